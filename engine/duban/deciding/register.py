"""A register of a built-in record type among the records: its rows as text, and new rows after them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from duban.errors import DataError, Issue, UsageError
from duban.evaluate import Limits, database
from duban.pack import Pack
from duban.records import load
from duban.records.readers import KINDS
from duban.records.register import append, cell_of
from duban.records.sources import TypeNames, source_files
from duban.records.spellings import spelt
from duban.records.tables import table_name
from duban.sqltext import quote
from duban.vocabulary import BUILT_IN, FieldSpec

Row = dict[str, str]


@dataclass(frozen=True)
class Moment:
    """When something is written down, on the pack's clock; `bare`: a whole day."""

    at: datetime
    bare: bool = False

    @property
    def day(self) -> date:
        """The last day that has begun by then."""
        return self.at.date()

    def __str__(self) -> str:
        return self.at.date().isoformat() if self.bare else self.at.isoformat(sep=" ", timespec="seconds")


def moment_of(text: str) -> Moment:
    """A moment as `--as-of` gives it; raises UsageError."""
    found = spelt(FieldSpec(title="", type="datetime"), text.strip())
    if found is None:
        raise UsageError(f"时点“{text}”无法识别", [Issue("U001", "请写成 2024-01-07 或 2024-01-07T09:30")])
    return Moment(datetime.fromisoformat(found.value).replace(tzinfo=None), found.bare)


def after(moment: Moment, newest: str) -> Moment | None:
    """A hand-in time after that of the newest version; None if that one is of a later day."""
    before = datetime.fromisoformat(newest) if newest else None
    if before is None or before < moment.at:
        return moment
    return Moment(before.replace(microsecond=0) + timedelta(seconds=1)) if before.date() <= moment.day else None


def path_of(records: Path, name: str) -> Path:
    """The register of a record type; raises UsageError where there is no folder."""
    if not records.is_dir():
        raise UsageError(f"没有台账文件夹 {records}")
    return records / f"{BUILT_IN[name].title}.csv"


def rows_of(records: Path, name: str, pack: Pack) -> list[Row]:
    """All rows of a type among the records as text, in the order of their hand-in; raises DataError if one is unreadable."""
    path_of(records, name)
    kind = BUILT_IN[name]
    fields = ["jurisdiction", *kind.fields, "submitted_at"]
    with tempfile.TemporaryDirectory() as scratch, database(Limits()) as con:
        try:
            found = source_files(records, KINDS, Path(scratch)).files
        except DataError:  # nothing there yet
            return []
        named = TypeNames({name: kind})
        files = [file.path for file in found if named.starting(file.stem)]
        if not files:
            return []
        head = pack.header
        loaded = load(con, {name: kind}, files, jurisdiction=head.jurisdiction, timezone=head.timezone)
        if loaded.unread:
            raise DataError(f"已有的{kind.title}读不出，无法续写", loaded.issues)
        texts = ", ".join(
            f"coalesce(array_to_string({quote(field)}, '、'), '')" if field in kind.fields and kind.fields[field].type == "list"
            else f"coalesce(CAST({quote(field)} AS VARCHAR), '')"
            for field in fields
        )  # fmt: skip
        order = "submitted_at NULLS FIRST, _n"
        rows = con.execute(f"SELECT {texts} FROM {table_name(name)} ORDER BY {order}").fetchall()
    return [dict(zip(fields, map(cell_of, row), strict=True)) for row in rows]


def write_rows(records: Path, name: str, rows: Sequence[Mapping[str, str]]) -> Path:
    """Add rows to the register; raises DataError or UsageError, and then nothing is written."""
    path = path_of(records, name)
    append(path, name, BUILT_IN[name], rows)
    return path
