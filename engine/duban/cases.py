"""Cases: small tables in YAML with the duties that must come of them, worked out by hand from the notice.

A file `cases/*.yaml` of a pack: `obligation`, optional `records` shared by its cases, and `cases`: each with `name`, `why`, `as_of`
(optional `known_by`, `params`, `waivers`, `complete`), `records`, and `expect`: one entry per duty with whatever is asserted of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from duban.auditing import audit
from duban.errors import DubanError, Issue, PackError, Place
from duban.pack import Pack
from duban.pack.yaml import Document, read_yaml
from duban.vocabulary import JURISDICTION, MANIFEST, Word
from duban.waivers import EXPIRED

Rows = dict[str, list[dict[str, Any]]]
Key = tuple[str, str, date | None]  # bearer, trigger, period
Differences = tuple[str, ...]
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
    differences: Differences

    @property
    def passed(self) -> bool:
        return not self.differences


def run_cases(pack: Pack, obligation: str = "") -> Iterator[Outcome]:
    """Run the cases of a pack (of one obligation); raises PackError if a case file is malformed."""
    ready = list(_read_all(pack, obligation))
    groups: dict[Hashable, list[int]] = {}
    for index, one in enumerate(ready):
        groups.setdefault(index if one.together is None else one.together, []).append(index)
    found: dict[int, Differences] = {}
    for members in groups.values():
        found.update(_judge(pack, {index: ready[index] for index in members}))
    for index, one in enumerate(ready):
        yield Outcome(one.obligation, one.case.name, one.place, found[index])


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


@dataclass(frozen=True)
class _Ready:
    """A case with its rows. `together`: what cases must share to be judged in one run; None: such a case runs alone."""

    obligation: str
    case: Case
    place: Place
    records: Rows
    together: Hashable


def _read_all(pack: Pack, obligation: str) -> Iterator[_Ready]:
    """The cases of every file (of one obligation), in their order."""
    for path in case_files(pack):
        if obligation not in path.read_text(encoding="utf-8"):  # reading YAML takes longer than most cases
            continue
        document = read_yaml(path, str(path))
        file = read_cases(document, CaseFile)
        if obligation and file.obligation != obligation:
            continue
        for index, case in enumerate(file.cases):
            records = merged(file.records, case.records)
            together = _together(case, records)
            yield _Ready(file.obligation, case, document.place(("cases", index)), records, together)


def _together(case: Case, records: Rows) -> Hashable:
    """One moment, one set of answers, and whether hand-ins are declared: that is of the pack, not of a jurisdiction. What
    names a jurisdiction itself, or a fingerprint (which has one in it), runs alone.
    """
    waivers = {word for waiver in case.waivers for word in waiver}
    if waivers & {JURISDICTION, "fingerprint"} or any(JURISDICTION in row for rows in records.values() for row in rows):
        return None
    return case.as_of, case.known_by, str(case.params), case.complete, MANIFEST in records


def merged(shared: Rows, own: Rows) -> Rows:
    """The rows of a case: its own and those that the file shares."""
    return {name: [*shared.get(name, []), *own.get(name, [])] for name in {**shared, **own}}


def _judge(pack: Pack, members: Mapping[int, _Ready]) -> dict[int, Differences]:
    """The differences of each of some cases, judged in one run, since a plan costs more than its rows: each is a
    jurisdiction of its own, and nothing is ever joined across jurisdictions. Where their data has errors nobody knows
    whose they are: then each half is judged by itself, down to the case that has them.
    """
    several = len(members) > 1
    home = pack.header.jurisdiction
    own = {index: f"{home}-{index}" if several else home for index in members}
    try:
        rows, spoiled = _duties(pack, {own[index]: one for index, one in members.items()})
    except DubanError as error:
        rows, spoiled = [], [str(error)]
    if several and spoiled:
        listed = list(members.items())
        middle = len(listed) // 2
        return {**_judge(pack, dict(listed[:middle])), **_judge(pack, dict(listed[middle:]))}
    found: dict[tuple[str, str], dict[Key, dict[str, Any]]] = {}
    for row in rows:
        bearer = _home(row["bearer_id"], row["jurisdiction"], pack)
        duties = found.setdefault((row["jurisdiction"], row["obligation"]), {})
        duties[bearer, row["trigger_id"], row["period_start"]] = row
    return {
        index: (*spoiled, *_differences(one.case, found.get((own[index], one.obligation), {})))
        for index, one in members.items()
    }


def _duties(pack: Pack, members: Mapping[str, _Ready]) -> tuple[list[dict[str, Any]], list[str]]:
    """The duties of some cases, by jurisdiction, and the errors in their data; that a waiver has run out is none there."""
    first, several = next(iter(members.values())), len(members) > 1
    records: Rows = {}
    for home, one in members.items():
        for record, rows in one.records.items():
            records.setdefault(record, []).extend({**row, JURISDICTION: home} if several else row for row in rows)
    case = first.case
    complete = case.complete or ("declared" if MANIFEST in first.records else "assumed")
    ready = replace(pack, header=pack.header.model_copy(update={"complete": complete}))
    only = dict.fromkeys(one.obligation for one in members.values())
    waivers = [
        _elsewhere(waiver, pack, home) if several else waiver
        for home, one in members.items()
        for waiver in one.case.waivers
    ]
    with audit(records, ready, case.as_of, case.known_by, case.params, waivers, obligations=only) as result:
        wrong = [str(one) for one in result.issues if one.severity == "error" and one.code != EXPIRED]
        return list(_rows(result)), wrong


def _elsewhere(waiver: dict[str, Any], pack: Pack, home: str) -> dict[str, Any]:
    """A waiver of another jurisdiction; where it is for the county itself, for that one."""
    bearer = waiver.get("bearer")
    return {**waiver, JURISDICTION: home, "bearer": home if bearer == pack.header.jurisdiction else bearer}


def _home(bearer: str, jurisdiction: str, pack: Pack) -> str:
    """The county itself is called by its jurisdiction."""
    return pack.header.jurisdiction if bearer == jurisdiction else bearer


def _rows(result: Any) -> list[dict[str, Any]]:
    cursor = result.connection.execute("SELECT * FROM duties")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _period(value: date | str | None) -> date | None:
    """`2023-12` stands for the month that begins then."""
    if isinstance(value, str):
        return date.fromisoformat(value if len(value) > 7 else value + "-01")
    return value


def _differences(case: Case, duties: Mapping[Key, dict[str, Any]]) -> Iterator[str]:
    named: set[Key] = set()
    for expected in case.expect:
        key = (expected.bearer, expected.trigger, _period(expected.period))
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
