"""The files of a batch, read through pyarrow into piles of one shape: DuckDB itself opens nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duban.cluster.lake import Batch, Holding, LakeFile, open_root
from duban.records.readers.piles import MEMBER, ROW, Pile, PileFile

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.fs import FileSystem

_HEADER = 2  # the first row as a spreadsheet would show it, as for any Parquet file
Shape = tuple[tuple[tuple[str, str], ...], tuple[str, ...]]


@dataclass(frozen=True)
class Sheet:
    """One file, read: its rows, and what must be the same in all files of a pile."""

    file: PileFile
    table: pa.Table

    @property
    def shape(self) -> Shape:
        """The columns and their types, and the columns of timestamps that hold nothing but midnights."""
        import pyarrow as pa

        moments = [column.name for column in self.table.schema if pa.types.is_timestamp(column.type)]
        bare = tuple(name for name in moments if _only_midnights(self.table[name]))
        return tuple((column.name, str(column.type)) for column in self.table.schema), bare


@dataclass
class Readings:
    """What a batch holds: per record type and jurisdiction its files in order; and why some jurisdictions have none."""

    sheets: dict[str, dict[str, list[Sheet]]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def piles(self) -> dict[str, list[Pile]]:
        """The files by record type, in as few piles as keep the files of each jurisdiction in their order."""
        return {record: list(_in_piles({**held})) for record, held in self.sheets.items()}


def read_batch(root: str, batch: Batch) -> Readings:
    """Read every file of a batch; a jurisdiction with a file that cannot be read is left out, with the reason."""
    system, base = open_root(root)
    found = Readings()
    for holding in batch:
        if holding.fault:
            found.faults[holding.jurisdiction] = holding.fault
            continue
        try:
            sheets = [(file.record, _read(system, base, holding, file)) for file in holding.files]
        except _UnreadableError as error:
            found.faults[holding.jurisdiction] = str(error)
            continue
        for record, sheet in sheets:
            found.sheets.setdefault(record, {}).setdefault(holding.jurisdiction, []).append(sheet)
    return found


class _UnreadableError(Exception):
    """A file that cannot be read, and why."""


def _read(system: FileSystem, base: str, holding: Holding, file: LakeFile) -> Sheet:
    """One file. Its bytes are hashed, so that a finding can name the very file that it rests on."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with system.open_input_file(f"{base}/{file.name}") as stream:
            content = stream.read()
        table = _plain(pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False))
    except (OSError, ValueError, NotImplementedError) as error:  # pa.ArrowInvalid is a ValueError
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _UnreadableError(f"{file.name}：读不出，内容不完整或已损坏，可能没有传完（{reason}）") from None
    known = PileFile(file.name, hashlib.sha256(content).hexdigest(), len(content), table.num_rows, holding.jurisdiction)
    return Sheet(known, table)


def _plain(table: pa.Table) -> pa.Table:
    """The table as DuckDB would have read it from the file: without what Arrow alone writes beside the columns."""
    import pyarrow as pa

    for i, column in enumerate(table.schema):
        kind = column.type
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        elif pa.types.is_null(kind):
            kind = pa.string()
        elif pa.types.is_date64(kind):
            kind = pa.date32()
        if kind != column.type:
            table = table.set_column(i, column.name, table[column.name].cast(kind))
    return table.replace_schema_metadata(None)


def _only_midnights(column: pa.ChunkedArray) -> bool:
    """As `records.filling` asks of a file: some moments, and each of them a midnight."""
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return False
    return bool(pc.all(pc.equal(column, pc.floor_temporal(column, unit="day"))).as_py())


def _in_piles(queues: dict[str, list[Sheet]]) -> Iterator[Pile]:
    """Pile after pile: of each jurisdiction the files in front that have the shape of the very first."""
    while queues:
        shape = next(iter(queues.values()))[0].shape
        taken: list[Sheet] = []
        for place, queue in list(queues.items()):
            while queue and queue[0].shape == shape:
                taken.append(queue.pop(0))
            if not queue:
                del queues[place]
        yield _pile(taken)


def _pile(sheets: list[Sheet]) -> Pile:
    import pyarrow as pa

    tables = []
    for number, sheet in enumerate(sheets, start=1):
        rows = sheet.table.num_rows
        table = sheet.table.append_column(MEMBER, pa.array([number] * rows, pa.int32()))
        tables.append(table.append_column(ROW, pa.array(range(_HEADER, rows + _HEADER), pa.int64())))
    return Pile(pa.concat_tables(tables), tuple(sheet.file for sheet in sheets))
