"""Cases of leads: small tables in YAML, and which groups of records must be looked at, worked out by hand.

A file `cases/leads-*.yaml` of a pack: `lead`, optional `records` shared by its cases, and `cases`: as the cases of an
obligation, but each with `leads`: one entry for each group of records that must come out. No entry: nothing may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from duban.auditing import leads_of
from duban.cases import LEAD_FILES, Outcome, Rows, merged, read_cases
from duban.errors import DubanError, Issue, Place
from duban.pack import Pack
from duban.pack.yaml import read_yaml
from duban.vocabulary import JURISDICTION, Names, Word


class ExpectedLead(Word):
    """One group of records, by their ids in any order, and what is known of it by hand."""

    records: Names
    measured: int | float | None = None
    says: str = ""


class LeadCase(Word):
    """One situation."""

    name: str
    why: str
    as_of: date | datetime | str
    known_by: date | datetime | str | None = None
    params: dict[str, Any] = {}
    complete: Literal["declared", "assumed"] | None = None
    records: Rows = {}
    leads: list[ExpectedLead]


class LeadCaseFile(Word):
    """A file of cases for one lead."""

    lead: str
    records: Rows = {}
    cases: list[LeadCase] = Field(min_length=1)


def run_lead_cases(pack: Pack, lead: str = "") -> Iterator[Outcome]:
    """The cases of a pack's leads (of one)."""
    for path in lead_case_files(pack):
        document = read_yaml(path, str(path))
        file = read_cases(document, LeadCaseFile)
        if not lead or file.lead == lead:
            places = [document.place(("cases", index)) for index in range(len(file.cases))]
            yield from _run_file(pack, file, places)


def lead_case_files(pack: Pack) -> list[Path]:
    """The case files of a pack's leads."""
    return sorted((pack.folder / "cases").glob(LEAD_FILES))


@dataclass(frozen=True)
class _Ready:
    """A case with its rows: cases judged in one run are told apart by their jurisdiction."""

    case: LeadCase
    place: Place
    rows: Rows
    home: str


def _run_file(pack: Pack, file: LeadCaseFile, places: list[Place]) -> Iterator[Outcome]:
    if file.lead not in {lead.id for lead in pack.leads}:
        for case, place in zip(file.cases, places, strict=True):
            yield Outcome(file.lead, case.name, place, (f"no lead `{file.lead}`",))
        return
    groups: dict[Any, list[_Ready]] = {}
    for index, (case, place) in enumerate(zip(file.cases, places, strict=True)):
        rows = merged(file.records, case.records)
        ready = _Ready(case, place, rows, f"{pack.header.jurisdiction}-{index}")
        own = any(JURISDICTION in row for row in chain(*rows.values()))
        together = index if own else (case.as_of, case.known_by, str(case.params), case.complete, "manifest" in rows)
        groups.setdefault(together, []).append(ready)
    for members in groups.values():
        yield from _run_together(pack, file.lead, members)


def _run_together(pack: Pack, lead: str, members: list[_Ready]) -> Iterator[Outcome]:
    """Cases of one moment in one run; each alone if their data has errors, since nobody knows whose they are."""
    first, several = members[0].case, len(members) > 1
    records: Rows = {}
    for member in members:
        for name, rows in member.rows.items():
            here = [{**row, JURISDICTION: member.home} if several else row for row in rows]
            records.setdefault(name, []).extend(here)
    complete = first.complete or ("declared" if "manifest" in records else "assumed")
    ready = replace(pack, header=pack.header.model_copy(update={"complete": complete}))
    spoiled: tuple[str, ...] = ()
    found: list[dict[str, Any]] = []
    try:
        found, issues = leads_of(records, ready, first.as_of, first.known_by, first.params, [lead])
        spoiled = tuple(_errors(issues))
    except DubanError as error:
        spoiled = (str(error),)
    if several and spoiled:
        for member in members:
            yield from _run_together(pack, lead, [member])
        return
    for member in members:
        own = [row for row in found if not several or row["jurisdiction"] == member.home]
        yield Outcome(lead, member.case.name, member.place, (*spoiled, *_differences(member.case, own)))


def _errors(issues: Iterable[Issue]) -> Iterator[str]:
    return (str(issue) for issue in issues if issue.severity == "error")


def _differences(case: LeadCase, found: list[dict[str, Any]]) -> Iterator[str]:
    rows = {tuple(sorted(row["records"])): row for row in found}
    for expected in case.leads:
        key = tuple(sorted(expected.records))
        label, row = "、".join(key), rows.pop(key, None)
        if row is None:
            yield f"{label}: no such lead"
            continue
        if expected.measured is not None and abs(expected.measured - row["measured"]) > 0.0005:
            yield f"{label}: measured is {row['measured']}, expected {expected.measured}"
        if expected.says not in row["numbers"]:
            yield f"{label}: the numbers do not say “{expected.says}”: {row['numbers']}"
    for key, row in rows.items():
        yield f"{'、'.join(key)}: not expected: {row['numbers']}"
