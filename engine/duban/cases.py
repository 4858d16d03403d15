"""Cases: small tables in YAML with the duties that must come of them, worked out by hand from the notice.

A file `cases/*.yaml` of a pack: `obligation`, optional `records` shared by its cases, and `cases`: each with `name`, `why`, `as_of`
(optional `known_by`, `params`, `waivers`, `complete`), `records`, and `expect`: one entry per duty with whatever is asserted of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from duban.auditing import audit
from duban.errors import DubanError, Issue, PackError, Place
from duban.pack import Pack
from duban.pack.yaml import Document, read_yaml
from duban.vocabulary import JURISDICTION, Word

Rows = dict[str, list[dict[str, Any]]]
File = TypeVar("File", bound=BaseModel)
# Of the case files, those that belong to leads (lead_cases.py) and to measures (measure_cases.py).
LEAD_FILES, MEASURE_FILES = "leads-*.yaml", "measures-*.yaml"


class Expected(Word):
    """One duty: which (bearer, trigger, period), and what is known of it by hand."""

    bearer: str
    trigger: str = ""
    period: date | str | None = None
    status: str
    enforceable: bool | None = None
    required: int | float | None = None
    observed: int | float | None = None
    shortfall: int | float | None = None
    due: date | datetime | str | None = None
    alert: str | None = None
    attainable: bool | None = None
    days_left: int | None = None
    days_overdue: int | None = None
    evidence: list[str] | None = None
    says: str = ""


class Case(Word):
    """One situation. Duties that `expect` does not name fail the case, unless `others: ignore`."""

    name: str
    why: str
    as_of: date | datetime | str
    known_by: date | datetime | str | None = None
    params: dict[str, Any] = {}
    complete: Literal["declared", "assumed"] | None = None
    waivers: list[dict[str, Any]] = []
    records: Rows = {}
    expect: list[Expected]
    others: Literal["fail", "ignore"] = "fail"


class CaseFile(Word):
    """A file of cases for one obligation."""

    obligation: str
    records: Rows = {}
    cases: list[Case] = Field(min_length=1)


_COMPARED = (
    "status", "enforceable", "required", "observed", "shortfall", "alert", "attainable", "days_left", "days_overdue",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """How one case went: the differences, none if it passed."""

    obligation: str
    case: str
    place: Place
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


def run_cases(pack: Pack, obligation: str = "") -> Iterator[Outcome]:
    """Run the cases of a pack (of one obligation); raises PackError if a case file is malformed."""
    for path in case_files(pack):
        if obligation not in path.read_text(encoding="utf-8"):  # reading YAML takes longer than most cases
            continue
        document = read_yaml(path, str(path))
        cases = read_cases(document, CaseFile)
        if obligation and cases.obligation != obligation:
            continue
        places = [document.place(("cases", index)) for index in range(len(cases.cases))]
        yield from _run_file(pack, cases, places)


def statuses(pack: Pack) -> dict[str, set[str]]:
    """For each obligation the statuses that its cases expect: what is covered by a case."""
    found: dict[str, set[str]] = {item.id: set() for item in pack.obligations}
    for path in case_files(pack):
        cases = read_cases(read_yaml(path, str(path)), CaseFile)
        found.setdefault(cases.obligation, set()).update(duty.status for case in cases.cases for duty in case.expect)
    return found


def read_cases(document: Document, kind: type[File]) -> File:
    """The cases of one file; raises PackError with every mistake."""
    issues = list(document.issues)
    try:
        if not issues:
            return kind.model_validate(document.value)
    except ValidationError as error:
        for problem in error.errors():
            path = tuple(part for part in problem["loc"] if isinstance(part, int) or part.islower())
            place = document.place(path)
            issues.append(
                Issue(
                    "P020",
                    f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}",
                    place,
                    context=document.source(place),
                )
            )
    raise PackError("案例文件有错误：", issues)


def _run_file(pack: Pack, cases: CaseFile, places: list[Place]) -> Iterator[Outcome]:
    """The outcomes of a file, in its order. Cases that are judged at the same moment are judged together, each as a
    jurisdiction of its own: nothing is ever joined across jurisdictions, and a plan costs more than its rows.
    """
    groups: dict[Any, list[int]] = {}
    for index, case in enumerate(cases.cases):
        groups.setdefault(_together(cases, case, index), []).append(index)
    found: dict[int, Outcome] = {}
    for members in groups.values():
        together = _judge(pack, cases, members) if len(members) > 1 else None
        for position, index in enumerate(members):
            differences = together[position] if together is not None else _judge_alone(pack, cases, index)
            found[index] = Outcome(cases.obligation, cases.cases[index].name, places[index], differences)
    yield from (found[index] for index in sorted(found))


def _together(cases: CaseFile, case: Case, index: int) -> Any:
    """What cases must share to be judged in one run. Waivers name no jurisdiction: such a case runs alone."""
    records = _records(cases, case)
    alone = case.waivers or any(JURISDICTION in row for rows in records.values() for row in rows)
    return index if alone else (case.as_of, case.known_by, str(case.params), case.complete, frozenset(records))


def _records(cases: CaseFile, case: Case) -> Rows:
    return merged(cases.records, case.records)


def merged(shared: Rows, own: Rows) -> Rows:
    """The rows of a case: its own and those that the file shares."""
    return {name: [*shared.get(name, []), *own.get(name, [])] for name in {**shared, **own}}


def _judge_alone(pack: Pack, cases: CaseFile, index: int) -> tuple[str, ...]:
    found = _judge(pack, cases, [index])
    assert found is not None  # a single case always has an outcome
    return found[0]


def _judge(pack: Pack, cases: CaseFile, members: list[int]) -> list[tuple[str, ...]] | None:
    """The differences of each of some cases, judged in one run; None if their data has errors and there are several:
    then nobody knows whose they are.
    """
    first, several = cases.cases[members[0]], len(members) > 1
    own = [pack.header.jurisdiction if not several else f"{pack.header.jurisdiction}-{index}" for index in members]
    records: Rows = {}
    for index, name in zip(members, own, strict=True):
        for record, rows in _records(cases, cases.cases[index]).items():
            records.setdefault(record, []).extend({**row, JURISDICTION: name} if several else row for row in rows)
    complete = first.complete or ("declared" if "manifest" in records else "assumed")
    ready = replace(pack, header=pack.header.model_copy(update={"complete": complete}))
    try:
        with audit(
            records, ready, first.as_of, first.known_by, first.params, first.waivers, obligations=[cases.obligation]
        ) as result:
            rows = list(_rows(result))
            spoiled = [str(issue) for issue in result.issues if issue.severity == "error"]
    except DubanError as error:
        return None if several else [(str(error),)]
    if several and spoiled:
        return None
    found = []
    for index, name in zip(members, own, strict=True):
        duties = {_key(_home(row["bearer_id"], name, pack), row["trigger_id"], row["period_start"]): row
                  for row in rows if row["jurisdiction"] == name}  # fmt: skip
        found.append((*spoiled, *_differences(cases.cases[index], duties)))
    return found


def _home(bearer: str, jurisdiction: str, pack: Pack) -> str:
    """The county itself is called by its jurisdiction."""
    return pack.header.jurisdiction if bearer == jurisdiction else bearer


def _rows(result: Any) -> list[dict[str, Any]]:
    cursor = result.connection.execute("SELECT * FROM duties")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _key(bearer: str, trigger: str, period: date | None) -> tuple[str, str, date | None]:
    return bearer, trigger, period


def _period(value: date | str | None) -> date | None:
    """`2023-12` stands for the month that begins then."""
    if isinstance(value, str):
        return date.fromisoformat(value if len(value) > 7 else value + "-01")
    return value


def _differences(case: Case, duties: dict[tuple[str, str, date | None], dict[str, Any]]) -> Iterator[str]:
    named = set()
    for expected in case.expect:
        key = _key(expected.bearer, expected.trigger, _period(expected.period))
        named.add(key)
        duty = duties.get(key)
        label = " ".join(str(part) for part in key if part)
        if duty is None:
            yield f"{label}: no such duty"
            continue
        for word in _COMPARED:
            wanted = getattr(expected, word)
            if wanted is not None and wanted != duty[word]:
                yield f"{label}: {word} is {duty[word]}, expected {wanted}"
        if expected.due is not None and _moment(expected.due) != duty["due"]:
            yield f"{label}: due is {duty['due']}, expected {_moment(expected.due)}"
        if expected.evidence is not None and sorted(expected.evidence) != sorted(duty["evidence"]):
            yield f"{label}: evidence is {sorted(duty['evidence'])}, expected {sorted(expected.evidence)}"
        if expected.says not in duty["message"] + duty["speaks_for"]:
            yield f"{label}: the message does not say “{expected.says}”: {duty['message']} {duty['speaks_for']}"
    if case.others == "fail":
        for key in duties.keys() - named:
            yield f"{' '.join(str(part) for part in key if part)}: not expected, but {duties[key]['status']}"


def _moment(value: date | datetime | str) -> datetime:
    """A due as the engine holds it: a bare day ends at 24:00."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        return value
    return datetime.combine(value + timedelta(days=1), datetime.min.time())


def case_files(pack: Pack) -> list[Path]:
    """The case files of the pack's obligations."""
    found = (pack.folder / "cases").glob("**/*.yaml")
    return sorted(path for path in found if not (path.match(LEAD_FILES) or path.match(MEASURE_FILES)))
