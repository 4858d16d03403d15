"""Results into the register 核实结果.csv among the records: a changed result is a new version, the old one stays."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from duban.errors import DataError, Issue, UsageError
from duban.evaluate import Limits, database
from duban.records import load
from duban.records.readers import KINDS
from duban.records.register import append, cell_of
from duban.records.sources import TypeNames, source_files
from duban.records.spellings import spelt
from duban.records.tables import table_name
from duban.report.verify_sheet import FILLED, Handout
from duban.sqltext import quote
from duban.verifying.reading import Result
from duban.vocabulary import VERIFICATION, VERIFICATION_TYPE, FieldSpec

REGISTER = f"{VERIFICATION_TYPE.title}.csv"


@dataclass(frozen=True)
class Moment:
    """When results were read in, on the pack's clock; `bare`: a whole day."""

    at: datetime
    bare: bool = False

    def __str__(self) -> str:
        return self.at.date().isoformat() if self.bare else self.at.isoformat(sep=" ", timespec="seconds")


@dataclass
class Taken:
    """What was written: new results, changed ones (with what stood there before), and those that were there already."""

    new: list[Result] = field(default_factory=list)
    changed: list[tuple[Result, str]] = field(default_factory=list)
    same: int = 0


def moment_of(text: str, timezone: str) -> Moment:
    """A moment as `--as-of` gives it; raises UsageError."""
    found = spelt(FieldSpec(title="", type="datetime"), text.strip())
    if found is None:
        raise UsageError(f"时点“{text}”无法识别", [Issue("U001", "请写成 2024-01-07 或 2024-01-07T09:30")])
    moment = datetime.fromisoformat(found.value)
    if moment.tzinfo is not None:
        from zoneinfo import ZoneInfo

        moment = moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return Moment(moment, found.bare)


def take_in(results: Iterable[Result], records: Path, handout: Handout, moment: Moment) -> Taken:
    """Add the results that are not there yet to the register in a folder of records.

    Raises DataError or UsageError, and then has written nothing.
    """
    if not records.is_dir():
        raise UsageError(f"没有台账文件夹 {records}")
    known = _known(records, handout)
    taken, rows, issues = Taken(), [], []
    for result in results:
        versions = known.get((result.jurisdiction, result.finding), [])
        if any(version.content == result.content for version, _ in versions):
            taken.same += 1
            continue
        at = _later(moment, versions)
        if at is None:
            issues.append(_older(result, versions, moment))
            continue
        texts = {name: getattr(result, name) for name in ("finding", *FILLED)}
        other = result.jurisdiction if result.jurisdiction != handout.jurisdiction else ""  # blank: the pack's own
        rows.append({**texts, "jurisdiction": other, "submitted_at": str(at)})
        if versions:
            taken.changed.append((result, versions[-1][0].state))
        else:
            taken.new.append(result)
    if issues:
        raise DataError("核实结果没有读入", issues)
    if rows:
        append(records / REGISTER, VERIFICATION, VERIFICATION_TYPE, rows)
    return taken


Versions = dict[tuple[str, str], list[tuple[Result, datetime | None]]]


def _known(records: Path, handout: Handout) -> Versions:
    """The versions of each result among the records, the newest last."""
    names = TypeNames({VERIFICATION: VERIFICATION_TYPE})
    with tempfile.TemporaryDirectory() as scratch, database(Limits()) as con:
        try:
            found = source_files(records, KINDS, Path(scratch)).files
        except DataError:  # nothing there yet
            return {}
        files = [file.path for file in found if names.starting(file.stem)]
        if not files:
            return {}
        loaded = load(
            con,
            {VERIFICATION: VERIFICATION_TYPE},
            files,
            jurisdiction=handout.jurisdiction,
            timezone=handout.timezone,
        )
        if loaded.unread:
            raise DataError("已有的核实结果读不出，无法续写", loaded.issues)
        fields = ["jurisdiction", "finding", *FILLED]
        texts = ", ".join(f"coalesce(CAST({quote(name)} AS VARCHAR), '')" for name in fields)
        order = "submitted_at NULLS FIRST, _n"
        rows = con.execute(f"SELECT {texts}, submitted_at FROM {table_name(VERIFICATION)} ORDER BY {order}").fetchall()
    versions: Versions = {}
    for *cells, at in rows:
        texts_of: dict[str, Any] = dict(zip(fields, map(cell_of, cells), strict=True))  # as the register writes them
        result = Result(**texts_of)
        versions.setdefault((result.jurisdiction, result.finding), []).append((result, at))
    return versions


def _later(moment: Moment, versions: list[tuple[Result, datetime | None]]) -> Moment | None:
    """A hand-in time after that of the newest version; None if that one is of a later day.

    What is read in twice on one day is told apart by seconds.
    """
    newest = versions[-1][1] if versions else None
    if newest is None or newest < moment.at:
        return moment
    return Moment(newest.replace(microsecond=0) + timedelta(seconds=1)) if newest.date() <= moment.at.date() else None


def _older(result: Result, versions: list[tuple[Result, datetime | None]], moment: Moment) -> Issue:
    newest, at = versions[-1]
    text = f"第{result.row}行的事项（{result.finding}）已有更晚报送的结果：{newest.state}，{newest.verified_by}，{at}"
    return Issue("V201", text, hint=f"本次读入的时点是 {moment}；请核对 --as-of，或用新发的核实单填写")
