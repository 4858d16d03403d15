"""Readers: one file per kind of source, an explicit registry by content. A new format is a new line here.

A file reader is a generator: it yields the raw tables of one file, one at a time, and tidies up after each; what it
cannot read it appends to the issues of its task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duban.records import content
from duban.records.raw import RawTable
from duban.records.readers import delimited, parquet, workbook
from duban.records.readers.task import Task

FileReader = Callable[[Task], Iterator[RawTable]]

READERS: dict[str, FileReader] = {
    content.TEXT: delimited.read,
    content.XLSX: workbook.read,
    content.XLSB: workbook.read,
    content.XLS: workbook.read,
    content.ODS: workbook.read,
    content.PARQUET: parquet.read,
}
KINDS = frozenset(READERS)


def read_file(task: Task) -> Iterator[RawTable]:
    """The raw tables of a file, by the reader of its kind."""
    return READERS[task.file.kind](task)
