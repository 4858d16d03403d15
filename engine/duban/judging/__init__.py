"""The use case after the audit: findings become conclusions and candidates. Reads top to bottom as the story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from duban.auditing import Audit, Desk
from duban.compile.judgement import FINDINGS, compile_judgement
from duban.doubts import contested_under
from duban.evaluate import complete
from duban.judge import Judge, PlainJudge, compile_program, conclusions_of, open_judge
from duban.judging.candidates import Bearer, order_of
from duban.judging.cases import Dossier, case_of, dossiers, taken_of
from duban.judging.together import merged
from duban.model import Candidate, Conclusion, Finding, Judgement, Tier
from duban.report.origin import Deciding, deciding
from duban.stopwatch import timed

Contested = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Judged:
    """A bearer of whom something follows."""

    dossier: Dossier
    conclusions: list[Conclusion]


def judge_audit(audit: Audit, engine: str = "auto", *, switches: bool = True) -> Judgement:
    """Derive what the notice attaches to the findings of an audit.

    `engine`: auto, durable-rules or plain. `switches`: judge the obligations of the first tier again under each other
    reading of the text; what would not stand is contested, and no more than the second tier. Raises UsageError,
    EvaluationError.
    """
    program = compile_program(audit.pack)
    judge = open_judge(program, engine)
    if not program.strata:
        return Judgement((), (), (), judge.name)
    with timed("所据事实"):
        _prepare(audit)
    with timed("推导"):
        kept = [one for one in _all(audit, judge) if one.conclusions]
    with timed("另一读法"):
        contested = _contested(audit, kept) if switches else {}
    if contested:
        kept = [_again(audit, judge, one, contested) for one in kept]
    asking = PlainJudge(program)  # a thousand times what would be if …: the same answer, sooner
    with timed("处置建议"):
        proposed = [item for one in kept for item in _candidates(audit, asking, one, contested)]
        candidates = merged(proposed, _shared(kept))
    candidates.sort(key=lambda item: order_of(audit.pack, item))
    cells = deciding(audit.pack, audit.inputs)
    candidates = [replace(one, findings=tuple(_with_cells(cells, item) for item in one.findings)) for one in candidates]
    carrying = {one.fingerprint: one for item in candidates for one in item.findings}
    conclusions = tuple(item for one in kept for item in one.conclusions)
    taken = tuple(taken_of(audit.connection))
    hashes = cells.origins.hashes(place for one in carrying.values() for place in one.source)
    return Judgement(tuple(candidates), conclusions, tuple(carrying.values()), judge.name, taken, hashes)


def _with_cells(cells: Deciding, finding: Finding) -> Finding:
    return replace(finding, cells=cells.all(finding.obligation, finding.source))


def _prepare(audit: Audit) -> None:
    """Run what of the judgement's plan is not there yet."""
    # It reads the duties, and these follow from the records by their own plan, unless some were taken out since.
    once = audit.once.after(audit.plan) if audit.once is not None and not audit.only else None
    complete(audit.connection, FINDINGS, partial(compile_judgement, audit.pack, audit.as_of, audit.known_by), once)


def _all(audit: Audit, judge: Judge) -> Iterator[_Judged]:
    for dossier in dossiers(audit.connection, audit.pack):
        case, _ = case_of(dossier, audit.pack.measures, audit.as_of, {})
        yield _Judged(dossier, conclusions_of(judge, case))


def _contested(audit: Audit, kept: list[_Judged]) -> Contested:
    """Which findings of the first tier would be none under which other reading."""
    first = {
        name for one in kept for item in one.conclusions if item.tier == Tier.FIRST.value for name in item.findings
    }
    rows = [row for one in kept for row in one.dossier.findings if row["fingerprint"] in first]
    if not rows:
        return {}
    desk = Desk(
        audit.connection.cursor(), audit.pack, audit.as_of, audit.known_by, audit.inputs, audit.issues, once=audit.once
    )
    try:
        return contested_under(desk, {row["fingerprint"]: row["obligation"] for row in rows}, audit.plan)
    finally:
        desk.connection.close()


def _again(audit: Audit, judge: Judge, one: _Judged, contested: Contested) -> _Judged:
    """The same bearer, now that it is known what hangs on a reading."""
    if not any(row["fingerprint"] in contested for row in one.dossier.findings):
        return one
    case, _ = case_of(one.dossier, audit.pack.measures, audit.as_of, contested)
    return _Judged(one.dossier, conclusions_of(judge, case))


def findings_of(audit: Audit) -> Iterator[Finding]:
    """Every finding of an audit that has been judged, as papers need them; cleared ones are left out."""
    cells = deciding(audit.pack, audit.inputs)
    for dossier in dossiers(audit.connection, audit.pack):
        case, known = case_of(dossier, audit.pack.measures, audit.as_of, {})
        yield from (_with_cells(cells, known[fact["fingerprint"]]) for fact in case.of("finding"))


def _shared(kept: list[_Judged]) -> dict[tuple[str, str, str], str]:
    """What the bearers of one addressee have in common, by bearer."""
    rows = [(one.dossier.key, row["together"]) for one in kept for row in one.dossier.findings]
    return {key: shared for key, shared in rows if shared}


def _candidates(audit: Audit, judge: Judge, one: _Judged, contested: Contested) -> Iterator[Candidate]:
    case, known = case_of(one.dossier, audit.pack.measures, audit.as_of, contested)
    yield from Bearer(audit.pack, judge, case, one.dossier, one.conclusions, known).candidates()


__all__ = ["findings_of", "judge_audit"]
