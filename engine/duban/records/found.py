"""What loading found: the tables that were read, and what is to be said of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from duban.errors import Issue
from duban.records.drawn import DrawnPart


@dataclass(frozen=True)
class InputFile:
    """One table that was read: its file (relative name, hash of the bytes, size), sheet, type and number of rows.

    A frame has no file: name, hash and size are empty. `record_type` is '' for what no type was found for. `columns`:
    field → what a spreadsheet program calls its column; with the row of a record that is the cell of each value.
    """

    name: str
    sha256: str
    size: int
    sheet: str
    record_type: str
    rows: int
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """What `load` did: issues in the order of the files, the inputs, and the number of rows per record type.

    `unread`: the record types of which a table was handed in that could not be read at all, so that nobody may
    conclude anything from what the others lack. `notes`: how a file was read, where nobody has to do anything about it.
    `follows`: a hash of all that the tables follow from, '' where nobody asked for it or the files changed meanwhile.
    """

    issues: tuple[Issue, ...]
    inputs: tuple[InputFile, ...]
    counts: dict[str, int]
    unread: tuple[str, ...] = ()
    notes: tuple[Issue, ...] = ()
    drawn: tuple[DrawnPart, ...] = ()
    follows: str = ""
