"""How the list of interviews would change if every open question were read the other way: one more audit."""

from __future__ import annotations

from duban.auditing import Audit
from duban.auditing import audit as run_audit
from duban.judging import judge_audit
from duban.model import Judgement
from duban.pack.pack import Pack
from duban.pack.questions import alternatives
from duban.report.candidates import listed
from duban.report.week import Swing


def swing_of(audit: Audit, judgement: Judgement, engine: str = "auto") -> Swing | None:
    """Who would come onto the list, and who would leave it; None where the records were no files to be read again.

    Only what the issuer alone can answer is turned; where any number or day may stand, it stays as it is. Raises
    what `audit` raises.
    """
    other = _otherwise(audit.pack)
    if other is None or not audit.source:
        return None
    with run_audit(list(audit.source), other, audit.as_of, audit.known_by) as again:
        theirs = _names(again.pack, judge_audit(again, engine, switches=False))
    ours = _names(audit.pack, judgement)
    return Swing(len(theirs - ours), len(ours - theirs))


def _otherwise(pack: Pack) -> Pack | None:
    """The pack with the first other value of every parameter that stands for an open question."""
    asked = dict.fromkeys(name for question in pack.header.questions for name in question.parameters)
    turned = {name: values[0] for name in asked if (values := alternatives(pack, name))}
    return pack.with_values(turned) if turned else None


def _names(pack: Pack, judgement: Judgement) -> set[tuple[str, str, str]]:
    return {(one.jurisdiction, one.bearer_kind, one.bearer_id) for one in listed(pack, judgement)}
