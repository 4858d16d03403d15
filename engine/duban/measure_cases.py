"""Cases of measures: findings of one bearer, and which conclusions must follow, worked out by hand.

A file `cases/measures-*.yaml` of a pack: `rules`, the rules that its cases are about, and `cases`: each with `bearer`,
what is known of it (`findings`, `about`, `past`, `speaks_for`) and `expect`, one entry for each conclusion. A finding
needs its `obligation` only: the rest is what an enforceable, breached, unverified duty of it would have. Every case
runs on both judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from duban.cases import MEASURE_FILES, Outcome, read_cases
from duban.conditions import ConditionError
from duban.errors import UsageError
from duban.judge import Case, Fact, PlainJudge, compile_program, conclusions_of, open_judge
from duban.model import Conclusion, Verification
from duban.pack import Pack
from duban.pack.measures import PATTERNS, scopes
from duban.pack.yaml import read_yaml
from duban.vocabulary import Names, Word


class ExpectedConclusion(Word):
    """One conclusion; `findings` are the numbers of the findings (1 …, of `about` a1 …) that it rests on."""

    rule: str
    measure: str = ""
    tier: str = ""
    ground: str = ""
    findings: list[int | str] | None = None


class MeasureCase(Word):
    """One bearer. Conclusions that `expect` does not name fail the case, unless `others: ignore`."""

    name: str
    why: str
    bearer: str = "enterprise"
    params: dict[str, Any] = {}
    findings: list[dict[str, Any]] = []
    about: list[dict[str, Any]] = []
    past: list[dict[str, Any]] = []
    speaks_for: Names = ()
    expect: list[ExpectedConclusion]
    others: Literal["fail", "ignore"] = "fail"


class MeasureCaseFile(Word):
    """A file of cases for some rules of measures.yaml."""

    rules: Names
    cases: list[MeasureCase] = Field(min_length=1)


def run_measure_cases(pack: Pack, name: str = "") -> Iterator[Outcome]:
    """The cases of a pack's rules (of one); raises PackError if a case file is malformed."""
    for path in measure_case_files(pack):
        document = read_yaml(path, str(path))
        file = read_cases(document, MeasureCaseFile)
        if name and name not in file.rules:
            continue
        for index, case in enumerate(file.cases):
            place = document.place(("cases", index))
            yield Outcome("、".join(file.rules), case.name, place, tuple(_differences(pack, case)))


def measure_case_files(pack: Pack) -> list[Path]:
    """The case files of a pack's rules."""
    return sorted((pack.folder / "cases").glob(MEASURE_FILES))


def covered(pack: Pack) -> tuple[set[str], set[str]]:
    """The rules that some case expects to hold, and those that some case of theirs expects not to."""
    there: set[str] = set()
    absent: set[str] = set()
    for path in measure_case_files(pack):
        file = read_cases(read_yaml(path, str(path)), MeasureCaseFile)
        for case in file.cases:
            named = {item.rule for item in case.expect}
            there |= named
            absent |= set(file.rules) - named if case.others == "fail" else set()
    return there, absent


def _differences(pack: Pack, case: MeasureCase) -> Iterator[str]:
    try:
        ready = pack.with_values(case.params)
        told = Case("", case.bearer, "B", {kind: list(_facts(ready, case, kind)) for kind in PATTERNS})
    except (UsageError, ConditionError) as error:
        yield str(error)
        return
    program = compile_program(ready)
    plain = conclusions_of(PlainJudge(program), told)
    judge = open_judge(program)
    if judge.name != PlainJudge.name and conclusions_of(judge, told) != plain:
        yield f"the two judges differ: {judge.name} says {conclusions_of(judge, told)}"
    yield from _unlike(case, plain)


def _facts(pack: Pack, case: MeasureCase, kind: str) -> Iterator[Fact]:
    """The facts of a kind as the judge takes them; raises ConditionError for a field that they do not have."""
    if kind in ("finding", "about"):
        rows = case.findings if kind == "finding" else case.about
        for number, row in enumerate(rows, 1):
            fact = _finding(pack, row, str(number) if kind == "finding" else f"a{number}")
            yield {name: _plain(value) for name, value in fact.items() if value is not None}
    elif kind == "past":
        for number, row in enumerate(case.past, 1):
            _known(pack, kind, row)
            yield {"id": f"p{number}", "outcome": "采纳", **{name: _plain(value) for name, value in row.items()}}
    elif kind == "speaks_for":
        yield from ({"id": name} for name in case.speaks_for)


def _finding(pack: Pack, row: dict[str, Any], name: str) -> dict[str, Any]:
    _known(
        pack,
        "finding",
        {key: value for key, value in row.items() if key not in ("period_start", "period_end", "trigger")},
    )
    obligation = pack.obligation(row["obligation"])
    usual = {
        "id": name, "fingerprint": name, "status": "breached", "enforceable": True, "ground": obligation.ground,
        "basis": obligation.basis, "kind": obligation.test.word, "bearer_kind": obligation.bearer, "alert": "",
        "verification": Verification.OPEN.value, "marks": [], "contested": False, "settled": "", "taken": [],
        "trigger": "",
    }  # fmt: skip
    return {**usual, **row}


def _known(pack: Pack, kind: str, row: dict[str, Any]) -> None:
    fields = scopes(pack)[kind].fields
    for name in row:
        if name not in fields:
            raise ConditionError(f"a {kind} has no field `{name}`", "known: " + ", ".join(fields))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _unlike(case: MeasureCase, found: list[Conclusion]) -> Iterator[str]:
    left = {(item.rule, item.ground): item for item in found}
    for expected in case.expect:
        label = f"{expected.rule} {expected.ground}".strip()
        item = left.pop((expected.rule, expected.ground), None)
        if item is None:
            yield f"{label}: does not follow"
            continue
        for word in ("measure", "tier"):
            if getattr(item, word) != getattr(expected, word):
                yield f"{label}: {word} is {getattr(item, word)!r}, expected {getattr(expected, word)!r}"
        if expected.findings is not None and sorted(map(str, expected.findings)) != sorted(item.findings):
            yield f"{label}: rests on {list(item.findings)}, expected {expected.findings}"
    if case.others == "fail":
        for item in left.values():
            shown = replace(item, title="", jurisdiction="", bearer_kind="", bearer_id="")
            yield f"{item.rule}: not expected: {shown}"
