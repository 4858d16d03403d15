"""The use case: read what was handed in, hold it to the pack's checks, say what to correct, and give a receipt."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from duban import cache
from duban.check import baseline, confirm, protection, receipts, rows
from duban.check.given import given
from duban.check.model import Fault, Report, Where, by_place
from duban.check.reading import BROKEN_ROW, Reading
from duban.check.rules import CAP, Hit, Rules, reads
from duban.check.views import Views
from duban.errors import DataError, Issue, UsageError
from duban.evaluate import Limits, database
from duban.pack import Pack
from duban.pack.checks import FILE as CHECKS
from duban.pack.checks import Check, Circumstances
from duban.pack.forms import forms_digest, forms_of
from duban.records import Loaded, load
from duban.records.drawn import DrawnPart

if TYPE_CHECKING:
    import duckdb

Compare = Callable[[Sequence[DrawnPart]], Iterable[Issue]]
Found = tuple[protection.Protection, list[str], list[str]]  # faults; what could not be compared; notes
_KIND = "check"  # in the cache


@dataclass(frozen=True)
class Asked:
    """What is to be checked, and beside what: `beside` are rosters and earlier hand-ins, read but not checked.

    `now` is the moment of the check, on the pack's clock; `period` a month (`2023-12`). `baseline`, `log` and `confirm`
    are files; the log is written, and of the sheet to confirm new lines are added.
    """

    paths: Sequence[Path]
    now: datetime
    beside: Sequence[Path] = ()
    sender: str = ""
    period: str = ""
    baseline: Path | None = None
    log: Path | None = None
    confirm: Path | None = None


def check(asked: Asked, pack: Pack, compare: Compare | None = None) -> Report:
    """Check files; raises UsageError for a wrong period, baseline or log, DataError if a path does not exist.

    `compare` holds the forms that the notice draws against each other, if there are any: it knows more of them than we.
    """
    circumstances(asked)  # a wrong period is said before anything is read
    with database(Limits()) as con:
        return check_loaded(con, _load(con, asked, pack), asked, pack, compare)


def check_loaded(
    con: duckdb.DuckDBPyConnection, loaded: Loaded, asked: Asked, pack: Pack, compare: Compare | None = None
) -> Report:
    """The same of records that have been loaded already, as an audit has; no table of theirs is changed."""
    at = circumstances(asked)
    accepted = baseline.read(asked.baseline) if asked.baseline is not None else []
    mine = given(asked.paths)
    there = {item.name for item in loaded.inputs} | {issue.place.file for issue in loaded.issues}
    names = frozenset(filter(mine.holds, there))
    found, unchecked, notes = _faults(con, pack, loaded, names, at, asked)
    if compare is not None and loaded.drawn:
        found = replace(found, faults=[*found.faults, *_of_forms(pack, loaded, names, found.faults, compare)])
    letters = {(item.name, item.sheet): item.columns for item in loaded.inputs}
    faults = [_located(fault, pack, letters) for fault in found.faults]
    applied = baseline.apply(accepted, rows.fingerprinted(pack.header.id, by_place(faults)), at.today)
    source = receipts.Source(loaded, names, mine, found.rows)
    kept, resent = receipts.entered(asked, receipts.receipts(pack, source, applied.faults))
    faults = [*applied.faults, *rows.fingerprinted(pack.header.id, resent)]
    return Report(
        pack.header.id,
        _digest(pack),
        asked.now,
        asked.sender,
        asked.period,
        tuple(faults),
        tuple(kept),
        tuple(dict.fromkeys(unchecked)),
        (*applied.notes, *notes, *_how_read(loaded, names)),
    )


def circumstances(asked: Asked) -> Circumstances:
    """Day, month and sender for the conditions; raises UsageError for a period that is no month."""
    start, end = month(asked.period) if asked.period else (None, None)
    return Circumstances(asked.now.date(), start, end, asked.sender)


def month(text: str) -> tuple[date, date]:
    """First and last day of a month `2023-12`."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise UsageError(f"期间“{text}”应写成年-月，如 2023-12")
    year, number = int(text[:4]), int(text[5:])
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def _load(con: duckdb.DuckDBPyConnection, asked: Asked, pack: Pack) -> Loaded:
    """All records; if nothing at all can be read, what the reader says about that."""
    header = pack.header
    try:
        paths = [*asked.paths, *asked.beside]
        place, zone = header.jurisdiction, header.timezone
        return load(
            con,
            pack.records,
            paths,
            jurisdiction=place,
            timezone=zone,
            forms=forms_of(pack),
            follows=forms_digest(pack),
        )
    except DataError as error:
        if not error.issues:
            raise
        return Loaded(error.issues, (), {})


def _faults(
    con: duckdb.DuckDBPyConnection, pack: Pack, loaded: Loaded, names: frozenset[str], at: Circumstances, asked: Asked
) -> Found:
    """The faults of the checked files, out of the cache if these records have been held to these checks under the same circumstances before."""
    known = loaded.follows and pack.stamp and asked.confirm is None  # a sheet to confirm is written, too
    key = cache.key(_KIND, loaded.follows, pack.stamp, repr(at), *sorted(names)) if known else ""
    kept = cache.recall(_KIND, key) if key else None
    if isinstance(kept, tuple):
        return kept
    found = _checked(con, pack, loaded, names, at, asked)
    if key:
        cache.remember(_KIND, key, found)
    return found


def _checked(
    con: duckdb.DuckDBPyConnection, pack: Pack, loaded: Loaded, names: frozenset[str], at: Circumstances, asked: Asked
) -> Found:
    """The faults of the checked files with the keys of their rows; what could not be compared; notes."""
    faults = Reading(pack, loaded, names).faults()
    notes: list[str] = []
    views = Views(con, pack.schema, names, alone=all(item.name in names for item in loaded.inputs))
    run = Rules(views, at, pack.checks.checks)
    if loaded.counts:
        sheet = confirm.Sheet.read(asked.confirm) if asked.confirm is not None else confirm.Sheet()
        sheet.told(con, pack.records)
        run.twins = sheet.keep
        unread = _unread(pack, faults)
        run.unread = frozenset((fault.record_type, fault.field) for fault in faults if fault.where.row and fault.field)
        for item in pack.checks.checks:
            fields = reads(item, pack.schema)
            hits = [hit for hit in run.run(item) if not unread.get((hit.file, hit.sheet, hit.row), set()) & fields]
            if item.same is not None:
                faults = _without_conflicts(faults, hits)
            faults += _of_check(item, hits)
        if asked.confirm is not None:
            notes += sheet.write(asked.confirm)
        faults = rows.with_keys(con, pack.schema, faults)
        return protection.protect(views, pack.checks.never_refused, at, faults), run.unchecked, notes
    return protection.Protection(faults), run.unchecked, notes


def _of_forms(
    pack: Pack, loaded: Loaded, names: frozenset[str], known: Iterable[Fault], compare: Compare
) -> Iterator[Fault]:
    """What does not agree in the checked forms; of a cell that a check has told of, nothing more."""
    mine = [part for part in loaded.drawn if part.file in names]
    titles = {(f.where.file, f.where.sheet, f.where.row, _title(pack, f)) for f in known if f.where.row}
    for issue in compare(mine) if mine else ():
        place = issue.place
        if (place.file, place.sheet, place.row, place.column) not in titles:
            where = Where(place.file, place.sheet, place.row, place.column, place.cell)
            yield Fault(issue.code, "三清单和报表", issue.severity, issue.message, issue.hint, where, value=issue.value)


def _title(pack: Pack, fault: Fault) -> str:
    """The title of the field that a fault is about."""
    record = pack.records.get(fault.record_type)
    spec = record.field(fault.field) if record is not None and fault.field else None
    return spec.title if spec is not None else fault.where.column


def _unread(pack: Pack, faults: Iterable[Fault]) -> dict[tuple[str, str, int], set[str]]:
    """The fields of each row that the reader has something to say about; of a line that fell apart, all."""
    found: dict[tuple[str, str, int], set[str]] = {}
    for fault in faults:
        spot = (fault.where.file, fault.where.sheet, fault.where.row)
        if fault.code == BROKEN_ROW:
            found.setdefault(spot, set()).update(pack.records[fault.record_type].fields)
        elif fault.where.row and fault.field:
            found.setdefault(spot, set()).add(fault.field)
    return found


def _without_conflicts(faults: Iterable[Fault], hits: Iterable[Hit]) -> list[Fault]:
    """What a check says better than the reader (D401: one key, two contents) is said once."""
    told = {(hit.file, hit.sheet, hit.row) for hit in hits}
    return [
        fault
        for fault in faults
        if fault.code != "D401" or (fault.where.file, fault.where.sheet, fault.where.row) not in told
    ]


def _of_check(check: Check, hits: list[Hit]) -> list[Fault]:
    """The faults of one check; beyond a number that nobody reads, one line with the rest."""
    found: list[Fault] = []
    number: dict[str, int] = {}
    for hit in hits:
        number[hit.file] = number.get(hit.file, 0) + 1
        if number[hit.file] > CAP:
            continue
        where = Where(hit.file, hit.sheet, hit.row)
        message = f"第{hit.row}行{hit.message}"
        found.append(
            Fault(check.code, check.title, check.severity, message, check.hint, where, hit.record_type, "", hit.field)
        )
    for file, many in number.items():
        if many > CAP:
            text = f"另有{many - CAP}处同类问题（{check.title}），未逐条列出"
            found.append(Fault(check.code, check.title, check.severity, text, "请先改正已列出的各处", Where(file)))
    return found


def _located(fault: Fault, pack: Pack, letters: Mapping[tuple[str, str], Mapping[str, str]]) -> Fault:
    """A fault of a row with the title of its field, and the address of the cell, if the file has that column."""
    record = pack.records.get(fault.record_type)
    spec = record.field(fault.field) if record is not None and fault.field else None
    where = fault.where
    if spec is None or not where.row:
        return fault
    letter = letters.get((where.file, where.sheet), {}).get(fault.field, "")
    cell = where.cell or (f"{letter}{where.row}" if letter else "")
    return replace(fault, where=replace(where, column=where.column or spec.title, cell=cell))


def _how_read(loaded: Loaded, names: frozenset[str]) -> list[str]:
    """How the files were read, where nobody has to do anything about it: rows that are no records, say."""
    notes = [note for note in loaded.notes if note.place.file in names]
    return [f"{Where(note.place.file, note.place.sheet)}：{note.message}" for note in notes]


def _digest(pack: Pack) -> str:
    """Which rules these were: the pack, and its checks."""
    path = pack.folder / CHECKS
    content = path.read_bytes() if path.is_file() else b""
    return hashlib.sha256(pack.digest.encode() + content).hexdigest()
