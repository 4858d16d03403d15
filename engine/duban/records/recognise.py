"""Which record type a table is of: as a mapping file says, by its names, by its headers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duban.records.headers import TypeHeaders
from duban.records.mapping import Mappings
from duban.records.raw import RawTable
from duban.records.sources import TypeNames


@dataclass(frozen=True)
class Recognised:
    """The type's name ('' if nobody can say), whether only the headers told it, and the types that fit equally well."""

    name: str
    by_headers: bool = False
    fitting: tuple[str, ...] = ()


def recognise(table: RawTable, names: TypeNames, headers: TypeHeaders, mappings: Mappings) -> Recognised:
    """Find the record type of a table."""
    if table.file and (told := mappings.of(table.file, table.sheet)):
        return Recognised(told.record)
    if name := next(filter(None, map(names.starting, table.names)), ""):
        return Recognised(name)
    fitting = tuple(headers.guess(table.columns))
    stem = names.starting(Path(table.file).stem)
    if len(fitting) > 1 and stem in fitting:
        return Recognised(stem)
    return Recognised(fitting[0], by_headers=True) if len(fitting) == 1 else Recognised("", fitting=fitting)
