"""weekly.yaml: what the weekly report of a notice counts, and what it calls it. It changes no judgement.

A notice without it still gets the sections that every notice has. Conditions are those of obligations, over records as
they are seen at (as_of, known_by); in `majors` they may ask for `duty.` as well, in `decisions` they are over duties.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from duban.conditions import Column
from duban.errors import Issue
from duban.pack.kept import kept_beside
from duban.pack.load import Draft
from duban.vocabulary import Listed, Names, Word

if TYPE_CHECKING:
    from duban.pack.pack import Pack

FILE = "weekly.yaml"


class Accidents(Word):
    """Records that happened in the week. `said` has {count}; where nobody handed any in, that is said instead."""

    record: str
    where: str = ""
    title: str
    said: str


class Part(Word):
    """A part of the roster or of a state: those that meet `where` as well; `said` is shown in brackets."""

    title: str
    where: str


class RosterGroup(Word):
    """Rows of the roster that are counted together; the first group that fits takes a row."""

    title: str
    where: str
    parts: Listed[Part] = ()


class Proof(Word):
    """Records of a bearer that show that something was done."""

    record: str
    where: str = ""
    title: str


class Turned(Word):
    """Bearers whose row of the roster met `before` at the start of the week, and `after` at its end."""

    title: str
    before: str
    after: str
    proof: Proof | None = None


class Running(Word):
    """How many there are of each sort at the end of the week. `where`: who is on the roster at all."""

    bearer: str
    title: str
    unit: str = "家"
    where: str = ""
    groups: Listed[RosterGroup]
    turned: Listed[Turned] = ()


class State(Word):
    """A state of a major hazard, the first that fits. `closed`: there is nothing left to do, it has no row.

    `overdue` makes the sentence and the decisions; `advice` is what the report suggests.
    """

    title: str
    where: str = ""
    of: str = ""
    closed: bool = False
    overdue: bool = False
    advice: str = ""


class Latest(Word):
    """The last record of a bearer: its day, with the first of `by` whose condition it meets."""

    record: str
    where: str = ""
    by: Listed[Part] = ()


class Keeper(Word):
    """Who looks after a bearer: a roster, and its field with the post (never the name)."""

    record: str
    post: str
    where: str = ""


class Majors(Word):
    """The archive of major hazards. `since`: found in the campaign; others are told apart where still open.

    `obligations`: whose duties say how each stands; `hazard` names it: a text with the record's fields.
    """

    record: str
    bearer: str
    where: str = ""
    since: str
    obligations: Names
    hazard: str
    found: str
    supervised: str = ""
    states: Listed[State]
    keeper: Keeper | None = None
    visited: Latest | None = None
    said: str
    none: str


class Checks(Word):
    """The share that the county must inspect (`quota`), and the towns' full coverage; both are `cover` obligations."""

    quota: str
    coverage: str = ""
    unit: str = "家"
    said: str
    shortfall: str = ""


class Returned(Word):
    """Papers sent back and not settled: the newest of each `by` meets `where`."""

    record: str
    by: Names
    where: str


class Sent(Word):
    """What counts as papers sent in: obligations with a due of their own."""

    title: str = "材料"
    unit: str = "镇"
    obligations: Names
    returned: Returned | None = None


class Group(Word):
    """Findings counted together, by the kind of their bearer; `apart` is said in brackets (单列)."""

    title: str
    bearers: Names
    apart: str = ""


class Decision(Word):
    """What the leaders are asked: about each overdue major hazard, each duty that meets `duties`, or the candidates of
    a `measure` (of a `tier`) together. `text` has {bearer}, {hazard}, {days}, {period}, {numbers}; of candidates
    {count} and {bearers}.
    """

    majors: bool = False
    duties: str = ""
    measure: str = ""
    tier: str = ""
    text: str


class DataThrough(Word):
    """Through which day whose records were handed in."""

    title: str
    records: Names


class FunnelStage(Word):
    """A step: those of the step before that meet `where`."""

    title: str
    where: str = ""


class FunnelSpec(Word):
    """Rectification, step by step, over the rows of a record type."""

    title: str
    record: str
    bearer: str
    where: str = ""
    stages: Listed[FunnelStage]


class Weekly(Word):
    """The whole of weekly.yaml."""

    title: str = ""
    numbered_from: date | str = ""
    accidents: Accidents | None = None
    running: Running | None = None
    majors: Majors | None = None
    checks: Checks | None = None
    sent: Sent | None = None
    groups: Listed[Group] = ()
    decisions: Listed[Decision] = ()
    feedback: str = ""
    data: Listed[DataThrough] = ()
    funnels: Listed[FunnelSpec] = ()


def duty_columns(alias: str = "y") -> Mapping[str, Column]:
    """What `majors` may ask of the duty that a record triggered; it is empty where there is none."""
    kinds = {"status": "text", "days_overdue": "int", "enforceable": "bool", "obligation": "text", "marks": "list"}
    return {f"duty.{name}": Column(f'{alias}."{name}"', kind) for name, kind in kinds.items()}


@dataclass
class ReadWeekly:
    """The weekly.yaml of a pack, and every mistake of the file; without the file it is empty."""

    weekly: Weekly = field(default_factory=Weekly)
    issues: list[Issue] = field(default_factory=list)


def read_weekly(folder: Path, pack: Pack | None) -> ReadWeekly:
    """What the report of a pack counts; of a broken pack (None) what can be said without its record types."""
    from duban.pack.lint_weekly import lint_weekly

    if not (folder / FILE).is_file():
        return ReadWeekly()
    draft = Draft(folder)
    document = draft.read(FILE)
    weekly = draft.model(Weekly, document.value or {}, document, ()) if not document.issues else None
    if weekly is None:
        return ReadWeekly(Weekly(), draft.issues)
    if pack is not None:
        for problem in lint_weekly(pack, weekly):
            draft.report(problem.code, document, problem.where, problem.message, problem.hint)
    return ReadWeekly(weekly, draft.issues)


def load_weekly(pack: Pack) -> Weekly:
    """What the report of a pack counts. Raises PackError with every mistake of the file."""

    def read() -> tuple[Weekly, list[Issue]]:
        found = read_weekly(pack.folder, pack)
        return found.weekly, found.issues

    return kept_beside(pack, FILE, read)
