"""A week as plain data: what the HTML page, the Excel workbook and the Word report show. No logic.

`weekly` builds it and cuts it for an audience. Every text is Chinese, is ready to be shown, and has telephones and
identity numbers masked; it is text, never markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from duban.model import Finding, Point


class Audience(str, Enum):
    """For whom an edition is; `value` is the name of its folder."""

    LEADERS = "1-局领导"
    SECTION = "2-股室内部"
    COMMITTEE = "3-县安委办"
    TOWN = "4-发各镇"


@dataclass(frozen=True)
class Piece:
    """A stretch of text. A number carries what it rests on: findings or duties by fingerprint, rows as `file[sheet]#row`."""

    text: str
    fingerprints: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    strong: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Table:
    """A small table: a caption, headings, and rows of cells."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A numbered section of the first screen. `choices` stand after each line: 同意／不同意／再核; `note` below them."""

    key: str
    title: str
    lines: tuple[Line, ...]
    table: Table | None = None
    choices: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class InputFile:
    """A file that was read, and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Head:
    """What stands above and below every edition. `made_on` is the day after the data ends."""

    title: str
    issuer: str
    notice: str
    cut_off: str
    made_on: str
    label: str
    audience: Audience
    town: str
    version: str
    pack: str
    digest: str
    judge: str
    as_of: datetime
    known_by: datetime
    inputs: tuple[InputFile, ...]


@dataclass(frozen=True)
class Shown:
    """A finding as a report shows it. `kind` is what its kind of bearer is called; `course` what became of it since the
    audit before ('' in a first audit); `apart`: it goes to the committee, by post. `leads_to` are the measures that rest on it.
    """

    finding: Finding
    kind: str
    course: str = ""
    first_seen: date | None = None
    weeks: int = 0
    late_data: bool = False
    apart: bool = False
    leads_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of the measures that holds: its id, what it says, its clause."""

    id: str
    title: str
    clause: str


@dataclass(frozen=True)
class Proposed:
    """A candidate, by post and without a name of a person. `stated`: the bearer has given its account (情况说明).

    `listed`: it stands on the list of interviews. `flips`: what single finding carries it alone.
    """

    bearer_kind: str
    kind: str
    bearer_id: str
    bearer_name: str
    town: str
    measure: str
    tier: str
    listed: bool
    pointer: bool
    grounds: tuple[str, ...]
    post: str
    convener: str
    clause: str
    nature: str
    procedure: tuple[str, ...]
    rules: tuple[Rule, ...]
    fingerprints: tuple[str, ...]
    speaks_for: tuple[str, ...]
    to_verify: tuple[str, ...]
    earlier: tuple[str, ...]
    flips: tuple[str, ...]
    verified: bool
    stated: bool
    red: bool
    apart: bool


@dataclass(frozen=True)
class Tally:
    """How many duties of a town, a kind of bearer and an obligation have a status; `cleared` ones are counted as that."""

    town: str
    bearer_kind: str
    obligation: str
    status: str
    enforceable: bool
    cleared: bool
    count: int


@dataclass(frozen=True)
class Clause:
    """An obligation as it is shown beside its findings. `counts`: duties by status in words, in the order of Status."""

    id: str
    clause: str
    title: str
    quote: str
    reading: str
    cannot_see: str
    basis: str
    law: str
    bearer_kind: str
    kind: str
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Heat:
    """Town × obligation, in the bureau's order of towns, never by a figure. '' is the county itself.

    `cells[town][obligation]`: duties that are (breached, late, manual, unproven), never added up; None: no duty there.
    """

    towns: tuple[str, ...]
    obligations: tuple[str, ...]
    cells: tuple[tuple[tuple[int, int, int, int] | None, ...], ...]


@dataclass(frozen=True)
class Stage:
    """A step of the funnel: how many of the one before came so far."""

    title: str
    count: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Funnel:
    """Found → fixed → re-checked → closed, of a town or ('') of the county."""

    title: str
    town: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Major:
    """A row of the archive of major hazards: `state` in words, `overdue` if its day is over and it is not done.

    `unproven`: the data that would tell is not complete.
    """

    hazard_id: str
    bearer_id: str
    bearer_name: str
    town: str
    hazard: str
    found: str
    due: str
    state: str
    part: str
    overdue: bool
    closed: bool
    since: bool
    days: int | None
    supervised: str
    keeper: str
    visited: str
    advice: str
    fingerprint: str
    place: str
    unproven: bool = False


@dataclass(frozen=True)
class Due:
    """Duties of one bearer that end within the days ahead."""

    due: str
    obligation: str
    title: str
    bearer_kind: str
    bearer_name: str
    town: str
    shortfall: str
    fingerprint: str


@dataclass(frozen=True)
class Reading:
    """A parameter as it was used. `asked`: only the bureau can answer; `changed`: not the pack's default.

    `obligations`: those that read it.
    """

    name: str
    title: str
    value: str
    default: str
    clause: str
    why: str
    asked: bool
    changed: bool
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """What was not handed in: `town` of the sender, '' where it is none's."""

    record: str
    sender: str
    town: str
    start: date
    end: date
    duties: int


@dataclass(frozen=True)
class Anomaly:
    """A lead (数据异常待核对): by record, never by person; why it may be harmless, and how to check."""

    fingerprint: str
    title: str
    clause: str
    bearers: tuple[str, ...]
    towns: tuple[str, ...]
    period: str
    records: tuple[str, ...]
    places: tuple[str, ...]
    numbers: str
    reasons: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class Suggested:
    """A mine that is proposed for an inspection this week, and why."""

    bearer_id: str
    bearer_name: str
    town: str
    why: str


@dataclass(frozen=True)
class Swing:
    """How the list of interviews would change if every open question were read the other way."""

    plus: int
    minus: int


@dataclass(frozen=True)
class Week:
    """All that one edition shows. `trend` ends with this audit; `first`: there is no audit before to compare with.

    `gone`: findings of the audit before that are none any more, by what became of them. `apart`: the kinds of bearers whose
    findings go to the committee.
    """

    head: Head
    sections: tuple[Section, ...]
    findings: tuple[Shown, ...]
    proposed: tuple[Proposed, ...]
    clauses: tuple[Clause, ...]
    tallies: tuple[Tally, ...]
    heat: Heat
    funnels: tuple[Funnel, ...]
    majors: tuple[Major, ...]
    due: tuple[Due, ...]
    readings: tuple[Reading, ...]
    gaps: tuple[Gap, ...]
    anomalies: tuple[Anomaly, ...]
    suggested: tuple[Suggested, ...]
    trend: tuple[Point, ...]
    gone: tuple[tuple[str, int], ...]
    first: bool
    apart: tuple[str, ...]
