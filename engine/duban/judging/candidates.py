"""From conclusions to the list: one line for each bearer and measure, all its causes merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from duban.judge import Case, Judge, conclusions_of
from duban.judging.cases import Dossier, Rows, without
from duban.model import Addressee, Candidate, Conclusion, Finding, Flip, Tier
from duban.pack.lint_measures import number
from duban.pack.measures import Rule, scopes
from duban.pack.pack import Pack

TIERS = list(Tier)


def order_of(pack: Pack, candidate: Candidate) -> tuple[Any, ...]:
    """The place on the list: tier, the first of its rules in their order, more grounds first, then who and what."""
    orders = {rule.id: rule.then.order for rule in pack.measures.rules}
    first = min(orders[item.rule] for item in candidate.conclusions)
    who = (candidate.jurisdiction, candidate.bearer_kind, candidate.bearer_id, candidate.measure)
    return (TIERS.index(candidate.tier), first, -len(candidate.grounds), *who)


@dataclass(frozen=True)
class Bearer:
    """One bearer with all that is known of it and follows for it; makes its candidates."""

    pack: Pack
    judge: Judge
    case: Case
    dossier: Dossier
    conclusions: Sequence[Conclusion]
    known: Mapping[str, Finding]

    def candidates(self) -> Iterator[Candidate]:
        """One for each measure that is proposed."""
        for measure in dict.fromkeys(item.measure for item in self.conclusions if item.measure):
            yield self._candidate(measure, _carrying(measure, self.conclusions))

    def _candidate(self, measure: str, carrying: Sequence[Conclusion]) -> Candidate:
        pack, case = self.pack, self.case
        spec, office = pack.measures.measures[measure], pack.measures.bearers[case.bearer_kind]
        prints = dict.fromkeys(name for item in carrying for name in item.findings)
        findings = sorted((self.known[name] for name in prints), key=most_pressing)
        rows = {row["fingerprint"]: row for row in (*self.dossier.findings, *self.dossier.about)}
        tier = _tier(measure, carrying)
        return Candidate(
            jurisdiction=case.jurisdiction,
            bearer_kind=case.bearer_kind,
            bearer_title=pack.header.bearers[case.bearer_kind].title,
            bearer_id=case.bearer_id,
            bearer_name=next((row["bearer_name"] for row in self.dossier.findings), "") or case.bearer_id,
            town=findings[0].town or "",
            uscc=next((row["code"] for row in self.dossier.findings if row["code"]), ""),
            measure=measure,
            tier=tier,
            grounds=tuple(dict.fromkeys(item.ground for item in carrying if item.ground)),
            addressee=_addressee(office.post, findings[0], rows[findings[0].fingerprint]),
            convener=_convener(pack, office.convener),
            clause="、".join(dict.fromkeys(one.clause for one in findings)),
            nature=spec.nature,
            procedure=tuple(spec.procedure),
            conclusions=tuple(carrying),
            findings=tuple(findings),
            speaks_for=tuple(_speaks(self.dossier.speaks, findings)),
            to_verify=(*_to_verify(pack, carrying, findings), *_undecided(pack, measure, findings)),
            earlier=tuple(_earlier(self.dossier.past)),
            flips=tuple(self._flips(measure, tier, findings)),
            red=any(one.alert == "红" for one in findings),
        )

    def _flips(self, measure: str, tier: Tier, findings: Sequence[Finding]) -> Iterator[Flip]:
        """The findings of which each alone, cured or refuted, would take the candidate off its tier."""
        for one in findings:
            left = conclusions_of(self.judge, without(self.case, one.fingerprint))
            carrying = _carrying(measure, left)
            becomes = _tier(measure, carrying).value if carrying else ""
            if becomes != tier.value:
                yield Flip(one.fingerprint, becomes)


def _carrying(measure: str, conclusions: Sequence[Conclusion]) -> list[Conclusion]:
    """The conclusions that propose a measure, after those that they rest on."""
    own = [item for item in conclusions if item.measure == measure]
    upon = {rule for item in own for rule in item.rests_on}
    return [*(item for item in conclusions if item.rule in upon and item not in own), *own]


def _tier(measure: str, carrying: Sequence[Conclusion]) -> Tier:
    """The more urgent tier that its own rules give a measure, not the grounds below them; without one the second."""
    given = (Tier(item.tier) for item in carrying if item.measure == measure and item.tier)
    return min(given, key=TIERS.index, default=Tier.SECOND)


def most_pressing(finding: Finding) -> tuple[Any, ...]:
    """Danger first, then what is overdue longest."""
    return (finding.alert != "红", str(finding.due), finding.obligation, finding.fingerprint)


def _addressee(post: str, finding: Finding, row: Mapping[str, Any]) -> Addressee:
    """The post, and who held it on the due date by the roster."""
    on = (finding.due - timedelta(microseconds=1)).date() if finding.due is not None else None
    return Addressee(post, row["person"] or "", on)


def _convener(pack: Pack, convener: str) -> str:
    return str(pack.values[convener.removeprefix("param.")]) if convener.startswith("param.") else convener


def _speaks(rows: Rows, findings: Sequence[Finding]) -> Iterator[str]:
    """What the exculpatory scan found of the findings that carry the candidate, and what speaks for each of them."""
    prints = {one.fingerprint for one in findings}
    told: dict[str, list[str]] = {}
    for row in rows:
        if row["fingerprint"] in prints:
            told.setdefault(row["title"], []).extend(row["records"])
    for title, records in told.items():
        shown = "、".join(dict.fromkeys(records))
        yield f"{title}（{shown}）" if shown else title
    yield from dict.fromkeys(one.speaks_for for one in findings if one.speaks_for)


def _to_verify(pack: Pack, carrying: Sequence[Conclusion], findings: Sequence[Finding]) -> Iterator[str]:
    """What a person must look at: what the rules say, and the readings that it hangs on."""
    rules: dict[str, Rule] = {rule.id: rule for rule in pack.measures.rules}
    yield from dict.fromkeys(text for item in carrying if (text := rules[item.rule].then.to_verify))
    if readings := dict.fromkeys(name for one in findings for name in one.contested):
        yield f"口径未定，取另一读法则不成立：{'、'.join(readings)}"


def _undecided(pack: Pack, measure: str, findings: Sequence[Finding]) -> Iterator[str]:
    """五(三), R99: a line of the list on which nobody has decided for so long (or it would not be proposed)."""
    within = number(pack.measures.decide_within, scopes(pack)["finding"])
    days = max((one.days_overdue or 0 for one in findings), default=0)
    if pack.measures.measures[measure].listed and within and days >= within:
        yield f"最早一项到期已{days}日（满{within}日）仍没有处理决定，请股室催办"


def _earlier(rows: Rows) -> Iterator[str]:
    for row in sorted(rows, key=lambda one: (one["on"], one["id"])):
        why = f"：{row['reason']}" if row["reason"] else ""
        outcome = "" if row["outcome"] == "采纳" else f"（{row['outcome']}{why}）"
        yield f"{row['on']:%Y-%m-%d} {row['measure']}{outcome}（{row['id']}）"
