"""Intake: a draft of the manifest (报送清单), derived from the files that came in, for an officer to confirm.

Who sent a table is read from its 填报单位, else from the folder or the file's name; which days it covers from its
所属月份 or the name, and from its last row (of a form, the 填表日期); when it came in from its 报送时间, else from the
file. Nothing of this is known for sure, so every line says what it rests on, and is unconfirmed: it proves nothing
until somebody writes 是.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from duban.check import log as log_of
from duban.errors import Issue, UsageError
from duban.evaluate import Limits, open_database
from duban.pack import Pack
from duban.pack.forms import forms_digest, forms_of
from duban.records import InputFile, load
from duban.records.tables import table_name
from duban.records.text import fold
from duban.sqltext import quote
from duban.vocabulary import JURISDICTION, MANIFEST

if TYPE_CHECKING:
    import duckdb

# A table in which one sender has more moments than this is a register, kept day by day, and one hand-in.
_REGISTER = 3
_MONTH = re.compile(r"(20\d\d)\s*[-年./_]\s*(\d{1,2})(?!\d)")


@dataclass(frozen=True)
class Line:
    """One proposed line of the manifest; `grounds` say what it rests on, `doubts` what an officer must look at."""

    sender: str
    subject: str
    record_type: str
    covered_from: date
    covered_through: date
    received_at: datetime
    rows: int
    file: str
    grounds: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class HandIn:
    """The rows of one table that one sender handed in at one moment. `months`: of a 所属月份 column. `owners`: the
    number of rows by the value of each reference, as (record type, id). `logged`: its first receipt by the log.
    """

    record_type: str
    file: str
    sender: str
    received: datetime | None
    first: date | None
    last: date | None
    months: tuple[date, ...]
    rows: int
    owners: Mapping[tuple[str, str], int] = field(default_factory=dict)
    logged: datetime | None = None


@dataclass(frozen=True)
class Intake:
    """The draft, how many hand-ins the manifest knows already, and what was odd about the files."""

    lines: tuple[Line, ...]
    known: int
    issues: tuple[Issue, ...]


@dataclass
class Roster:
    """Who may hand in: every name → the subjects (bearer ids by record type) that report through it."""

    names: dict[str, str] = field(default_factory=dict)  # folded name → name as written
    own: dict[str, str] = field(default_factory=dict)  # sender → the name its own records go by
    through: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # sender → record type → bearer ids

    def add(self, name: str) -> None:
        self.names.setdefault(fold(name), name)


def intake(records: str | Path | Iterable[str | Path], pack: Pack, log: Path | None = None) -> Intake:
    """Draft the lines that the manifest among the records lacks.

    `log`: the intake log (`duban check --log`): the first receipt of a hand-in counts, even if it was returned.
    Raises DataError if nothing can be read, UsageError if the log is not there or was changed.
    """
    paths = [Path(records)] if isinstance(records, (str, Path)) else [Path(path) for path in records]
    con = open_database(Limits())
    try:
        place, zone = pack.header.jurisdiction, pack.header.timezone
        loaded = load(
            con,
            pack.records,
            paths,
            jurisdiction=place,
            timezone=zone,
            forms=forms_of(pack),
            follows=forms_digest(pack),
        )
        roster = _roster(con, pack)
        found = list(_hand_ins(con, pack))
        seen = {(item.record_type, item.file) for item in found}
        empty = [item for item in loaded.inputs if item.record_type in pack.records and not item.rows]
        found += [
            HandIn(item.record_type, item.name, "", None, None, None, (), 0)
            for item in empty
            if (item.record_type, item.name) not in seen and _wanted(pack, item.record_type)
        ]
        fresh = [item for item in found if not _known(con, item)]
        logged = _logged(log, loaded.inputs) if log is not None else {}
        lines = _lines(pack, roster, [replace(item, logged=logged.get(item.file)) for item in fresh], _arrivals(paths))
        return Intake(tuple(lines), len(found) - len(fresh), loaded.issues)
    finally:
        con.close()


def _wanted(pack: Pack, name: str) -> bool:
    """Types whose days must be proven: those that happen, and are not taken as complete."""
    spec = pack.records[name]
    return bool(spec.time) and spec.complete != "assumed"


# --- what is there
def _hand_ins(con: duckdb.DuckDBPyConnection, pack: Pack) -> Iterator[HandIn]:
    for name in pack.records:
        if _wanted(pack, name):
            owners = _owners(con, pack, name)
            yield from (
                replace(item, owners=owners.get((item.file, item.sender), {})) for item in _groups(con, pack, name)
            )


def _groups(con: duckdb.DuckDBPyConnection, pack: Pack, name: str) -> Iterator[HandIn]:
    """The rows of a type by file, sender and moment; those of a register together."""
    spec = pack.records[name]
    months = f"list(DISTINCT {quote(spec.period)})" if spec.period else "CAST([] AS DATE[])"
    event = f"CAST({quote(spec.time)} AS DATE)"
    rows = con.execute(
        f"WITH t AS (SELECT *, coalesce(submitted_by, '') AS sender FROM {table_name(name)}),\n"
        "moments AS (SELECT _file, sender, count(DISTINCT submitted_at) AS n FROM t GROUP BY ALL)\n"
        f"SELECT _file, sender, max(submitted_at), min({event}), max({event}), {months}, count(*)\n"
        "FROM t JOIN moments USING (_file, sender)\n"
        f"GROUP BY _file, sender, CASE WHEN n > {_REGISTER} THEN NULL ELSE submitted_at END ORDER BY 3, 2, 1"
    ).fetchall()
    for file, sender, received, first, last, named, count in rows:
        months_of = tuple(sorted(month for month in named if month is not None))
        yield HandIn(name, file, sender, received, first, last, months_of, count)


def _owners(con: duckdb.DuckDBPyConnection, pack: Pack, name: str) -> dict[tuple[str, str], dict[tuple[str, str], int]]:
    """(file, sender) → (record type, id) → rows, for each field that refers to a record type's key."""
    found: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for column, references in pack.records[name].references.items():
        for reference in references:
            if reference.to in pack.records:
                for file, sender, owner, count in con.execute(
                    f"SELECT _file, coalesce(submitted_by, ''), CAST({quote(column)} AS VARCHAR), count(*)"
                    f" FROM {table_name(name)} WHERE {quote(column)} IS NOT NULL GROUP BY ALL"
                ).fetchall():
                    found.setdefault((file, sender), {})[reference.to, owner] = count
    return found


def _known(con: duckdb.DuckDBPyConnection, item: HandIn) -> bool:
    """Whether the manifest has a line about this hand-in: the same type, and the same file or sender and moment."""
    found = con.execute(
        f"SELECT 1 FROM {table_name(MANIFEST)} WHERE record_type = $1"
        " AND (file = $2 OR sender = $3 AND received_at = $4) LIMIT 1",
        [item.record_type, item.file, item.sender, item.received],
    ).fetchone()
    return found is not None


def _roster(con: duckdb.DuckDBPyConnection, pack: Pack) -> Roster:
    """The bearers' ids, and the names that they report through."""
    roster = Roster()
    for kind in pack.header.bearers.values():
        if pack.records[kind.record].time:
            continue
        columns = (*kind.key, *kind.reports_through)
        listed = ", ".join(f"CAST({quote(name)} AS VARCHAR)" for name in columns)
        rows = con.execute(f"SELECT DISTINCT {listed} FROM {table_name(kind.record)} ORDER BY ALL").fetchall()
        for row in rows:
            bearer, names = "/".join(str(part) for part in row[: len(kind.key)]), row[len(kind.key) :]
            if kind.key != (JURISDICTION,):
                roster.add(bearer)
            for name in filter(None, names):
                roster.add(name)
                roster.own.setdefault(bearer, name)
                roster.through.setdefault(name, {}).setdefault(kind.record, []).append(bearer)
    return roster


def _arrivals(paths: Iterable[Path]) -> dict[str, datetime]:
    """When each file was last written, by its name below the folder given."""
    found = {}
    for path in paths:
        files = [path] if path.is_file() else sorted(item for item in path.rglob("*") if item.is_file())
        for file in files:
            name = file.name if path.is_file() else file.relative_to(path).as_posix()
            written = datetime.fromtimestamp(file.stat().st_mtime).replace(microsecond=0, second=0)
            found[name] = found[file.as_posix()] = written  # files that share a name are called by their paths
    return found


# --- from hand-ins to lines
def _logged(path: Path, inputs: Iterable[InputFile]) -> dict[str, datetime]:
    """When each file came in for the first time by the log, be it in a version that was returned."""
    if not path.is_file():
        raise UsageError(f"找不到收件日志：{path}")
    entries = log_of.read(path)
    by_hash = {entry.sha256: entry for entry in entries}
    found = {}
    for item in inputs:
        if (entry := by_hash.get(item.sha256)) is not None and (first := log_of.first_received(entries, entry)[0]):
            found[item.name] = first
    return found


def _lines(pack: Pack, roster: Roster, items: list[HandIn], arrivals: Mapping[str, datetime]) -> list[Line]:
    reached: dict[tuple[str, str, str], date] = {}  # sender, subject, type → last day covered so far
    lines = []
    for item in sorted(items, key=lambda one: (_received(one, arrivals)[0], one.sender, one.record_type, one.file)):
        draft = _draft(pack, roster, item, arrivals)
        for line in _per_subject(pack, roster, draft, item):
            key = (line.sender, line.subject, line.record_type)
            start = reached.get(key)
            if start is not None and line.covered_from <= start < line.covered_through:
                line = replace(line, covered_from=start + timedelta(1), grounds=(*line.grounds, "数据起接上一次报送"))
            reached[key] = max(line.covered_through, reached.get(key, line.covered_through))
            lines.append(line)
    return lines


def _received(item: HandIn, arrivals: Mapping[str, datetime]) -> tuple[datetime, str, str]:
    """When it came in, from what that is known, and what is doubtful about it."""
    if item.logged is not None:
        return item.logged, "收到时间取收件日志的首次收到", ""
    if item.received is not None:
        return item.received, "收到时间取“报送时间”列", ""
    return _arrival(arrivals, item.file), "收到时间取文件的修改时间", "没有报送时间，请填实际收到的时间"


def _arrival(arrivals: Mapping[str, datetime], file: str) -> datetime:
    """When a file was last written; of a file in a zip, when the zip was."""
    while file not in arrivals and "/" in file:
        file = file.rpartition("/")[0]
    return arrivals[file]


def _draft(pack: Pack, roster: Roster, item: HandIn, arrivals: Mapping[str, datetime]) -> Line:
    """The line of a hand-in as a whole, subject: the sender itself."""
    sender, sender_ground, sender_doubt = _sender(roster, item)
    received, received_ground, received_doubt = _received(item, arrivals)
    start, end, month_ground, end_doubt = _days(item, received.date())
    doubts = [sender_doubt, received_doubt, end_doubt]
    outside = [day for day in (item.first, item.last) if day is not None and not start <= day <= end]
    if outside:
        doubts.append(f"有记录的日期（{'、'.join(map(str, outside))}）在数据起止之外")
    if not item.rows:
        doubts.append("空表：请确认是“没有发生”，还是没有填")
    return Line(
        sender, sender, pack.records[item.record_type].title, start, end, received, item.rows, item.file,
        (sender_ground, month_ground, received_ground), tuple(filter(None, doubts)),
    )  # fmt: skip


def _sender(roster: Roster, item: HandIn) -> tuple[str, str, str]:
    if item.sender:
        known = fold(item.sender) in roster.names
        return item.sender, "报送单位取“填报单位”列", "" if known else f"名册里没有“{item.sender}”"
    *folders, name = item.file.split("/")
    for part in reversed(folders):
        if fold(part) in roster.names:
            return roster.names[fold(part)], f"报送单位取文件夹“{part}”", ""
    inside = [written for folded, written in roster.names.items() if folded in fold(name)]
    if inside:
        longest = max(inside, key=len)
        return longest, f"报送单位取文件名“{name}”", "" if len(inside) == 1 else "文件名里有几个单位，请核对"
    return "", "看不出报送单位", "请填报送单位"


def _days(item: HandIn, received: date) -> tuple[date, date, str, str]:
    """First and last day covered, from what, and what is doubtful.

    A file that came in after its month covers the month; one that came in before its end covers no more than its
    last row shows, since nobody knows how far the sender had looked (most monthly files stop at the 25th).
    """
    match = _MONTH.search(item.file.rsplit("/", 1)[-1])
    if item.months:
        months, ground = item.months, "起止取“所属月份”列"
    elif match is not None and 1 <= int(match[2]) <= 12:
        months, ground = (date(int(match[1]), int(match[2]), 1),), "起止取文件名里的月份"
    elif item.first is not None and item.last is not None:
        months, ground = (item.first, item.last), "起止取记录的日期所在的月份"
    else:
        months, ground = (received,), "起止取收到的月份"
    start, end = min(months).replace(day=1), _month_end(max(months))
    if received > end:
        return start, end, ground, ""
    seen = min(item.last or start, received)
    doubt = f"月内报来，数据止取表中最后的日期（{seen}）；写明截至日的以其为准"
    return start, max(start, seen), ground, doubt


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def _per_subject(pack: Pack, roster: Roster, line: Line, item: HandIn) -> Iterator[Line]:
    """What a sender forwards for others gets a line for each of them: no row may mean that nothing was sent."""
    targets = {reference.to for refs in pack.records[item.record_type].references.values() for reference in refs}
    yield replace(line, subject=roster.own.get(line.sender, line.sender))
    for record, bearers in roster.through.get(line.sender, {}).items():
        if record not in targets:
            continue
        for bearer in sorted(set(bearers)):
            rows = item.owners.get((record, bearer), 0)
            doubt = "" if rows else f"没有{bearer}的记录：是没有发生，还是没有转报？"
            doubts = tuple(filter(None, (*line.doubts, doubt)))
            yield replace(line, subject=bearer, rows=rows, grounds=(*line.grounds, "所属主体取名册"), doubts=doubts)
