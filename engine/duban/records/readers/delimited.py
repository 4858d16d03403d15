"""CSV, TSV: sound files are read by DuckDB in parallel; anything odd is read again, patiently, line by line.

Odd is: not UTF-8, NUL bytes, blank lines, rows of another length than the header, broken quotes, mixed line ends, a
form instead of a table (a title, two header rows, totals, notes).
A row that cannot be taken apart stays as a row without content: what it said is unknown, not absent.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.cells import Stage, transposed
from duban.records.context import Context, context_of
from duban.records.layout import end_of
from duban.records.pools import SMALL
from duban.records.raw import WIDEST, RawColumn, RawTable, letters
from duban.records.readers.task import Task
from duban.records.sources import SourceFile
from duban.records.text import BLANKS
from duban.sqltext import literal

LARGE = SMALL  # bytes; a larger file goes to all cores
_BLOCK = 1 << 22
_PIECE = 1 << 15
_CHUNK = 50_000
_LONGEST_RECORD = 200  # lines; a quoted cell with more is a quote that was never closed


_FORM = 64 << 20  # bytes; nobody draws a form of that size
# What a row that is no record begins with. Looked for in small files, and at the end of large ones.
_ENDS = tuple(
    word.encode()
    for word in (
        "合计",
        "小计",
        "总计",
        "共计",
        "累计",
        "填表",
        "填报人",
        "审核",
        "负责人",
        "签字",
        "注：",
        "注:",
        "说明",
    )
)
_TAIL = 4096


def read(task: Task) -> Iterator[RawTable]:
    """The one table of a CSV file."""
    file, issues = task.file, task.issues
    place = Place(file=file.name)
    try:
        look = look_at(file.path)
        if look.encoding != "utf-8":
            issues.append(problems.recoded(place, look.encoding.upper()))
        elif look.broken:
            issues.append(problems.broken_text(place))
        if look.nul:
            issues.append(problems.nul_bytes(place))
        head = _head(task, look)
    except OSError as error:
        issues.append(problems.unreadable_file(place, error.strerror or str(error)))
        return
    if head is None:
        issues.append(problems.empty_table(place))
        return
    if len(head.columns) > WIDEST:
        issues.append(problems.unreadable_file(place, f"有{len(head.columns)}列，多于{WIDEST}列"))
        return
    patient = _Reading(task.con, file, look, head, issues)
    try:
        if head.skipped:
            task.notes.append(problems.no_records(place, head.skipped))
        yield patient.table() if look.odd or head.odd else _by_duckdb(file, head, look.delimiter, patient)
    finally:
        patient.close()


@dataclass(frozen=True)
class _Head:
    """The columns of a file, the row of its header, and the rows below that are no records. `odd`: not for DuckDB."""

    columns: tuple[RawColumn, ...]
    row: int
    skipped: dict[int, str]
    context: Context
    odd: bool
    preface: tuple[tuple[str, str], ...] = ()


def _head(task: Task, look: _Look) -> _Head | None:
    """The header of a file, None if there is nothing in it."""
    path, stem = task.file.path, task.file.name
    records = iter(_Patient(path, look))
    first = next(records, None)
    if first is None:
        return None
    second = next(records, None)
    headers = [cell.strip(BLANKS) for cell in first.cells]
    while len(headers) > 1 and not headers[-1]:
        headers.pop()
    size = path.stat().st_size if len(headers) <= WIDEST else _FORM + 1
    columns = tuple(RawColumn(text, f"c{i}", letter=letters(i)) for i, text in enumerate(headers))
    plain = _Head(columns, first.row, {}, context_of([stem]), len(headers) < len(first.cells))
    if size > _FORM or task.is_plain(headers, second.cells if second else [], ""):
        return _without_ends(task, look, plain) if _may_end(path, size, look) else plain
    rows = list(_Patient(path, look))
    found = task.find_layout(_padded([record.cells for record in rows]), (), "")
    if found.first == found.last == 0 and not found.skipped and len(found.labels) == len(headers):
        return plain
    labels = list(found.labels)
    while len(labels) > 1 and not labels[-1].text:
        labels.pop()
    return _Head(
        tuple(
            RawColumn(label.text, f"c{i}", letter=letters(i), names=label.names, unit=label.unit)
            for i, label in enumerate(labels)
        ),
        rows[found.last].row,
        {rows[index].row: why for index, why in found.skipped.items()},
        context_of((*found.titles, *(value for _, value in found.preface), stem)),
        True,
        found.preface,
    )


def _padded(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _may_end(path: Path, size: int, look: _Look) -> bool:
    """Whether a file holds a word that totals and notes begin with."""
    with path.open("rb") as stream:
        if size > SMALL:
            stream.seek(-_TAIL, 2)
        text = stream.read()
    if look.encoding != "utf-8":
        text = text.decode(look.encoding, "replace").encode()
    if not any(word in text for word in _ENDS):
        return False
    lines = text.decode("utf-8", "replace").splitlines()[1:]
    return size <= SMALL or any(end_of(line.split(look.delimiter)[:4], ()) for line in lines)


def _without_ends(task: Task, look: _Look, plain: _Head) -> _Head:
    """The head of a plain table with its totals and notes found."""
    rows = list(_Patient(task.file.path, look))
    ends = task.not_records([record.cells[:4] for record in rows], 0)
    if not ends:
        return plain
    return replace(plain, skipped={rows[index].row: why for index, why in ends.items()}, odd=True)


def _by_duckdb(file: SourceFile, head: _Head, delimiter: str, patient: _Reading) -> RawTable:
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(head.columns)))
    relation = (
        f"read_csv({literal(str(file.path))}, columns = {{{names}}}, auto_detect = false, header = false, skip = 1,"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', strict_mode = true)"
    )
    return RawTable(
        file.name, "", head.columns, relation, 2, (file.stem,), context=head.context,
        large=file.path.stat().st_size > LARGE, instead=patient.table,
    )  # fmt: skip


@dataclass(frozen=True)
class _Look:
    """What one pass over the bytes shows."""

    encoding: str
    delimiter: str
    nul: bool
    odd: bool
    broken: bool = False  # not valid UTF-8


def look_at(path: Path) -> _Look:
    """Encoding, delimiter and oddities of a file."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _Look("utf-16", _delimiter(path, "utf-16"), nul=False, odd=True)
    decoder = codecs.getincrementaldecoder("utf-8")()
    nul = blank = broken = endless = False
    tail = b"\n"  # so that a blank first line shows
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            joined = tail + block.removeprefix(codecs.BOM_UTF8)
            nul = nul or b"\0" in block
            # Of a last line that is longer than its buffer DuckDB reads nothing, and says nothing.
            endless = endless or (len(block) == _BLOCK and b"\n" not in block)
            blank = blank or b"\n\n" in joined
            if not blank and b"\r" in joined:
                blank = b"\n\r\n" in joined or b"\r\r" in joined
            tail = block[-2:]
            broken = broken or not _is_utf8(decoder, block, final=len(block) < _BLOCK)
    encoding = "gb18030" if broken and not _header_is_utf8(path) else "utf-8"
    return _Look(encoding, _delimiter(path, encoding), nul, odd=nul or blank or broken or endless, broken=broken)


def _is_utf8(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bool:
    """Whether a block goes on as UTF-8; in pieces that stay in the processor's cache, which takes half the time."""
    view = memoryview(block)
    try:
        for start in range(0, len(block), _PIECE):
            decoder.decode(view[start : start + _PIECE], final=final and start + _PIECE >= len(block))
    except UnicodeDecodeError:
        return False
    return True


def _header_is_utf8(path: Path) -> bool:
    """Whether the first line is Chinese in UTF-8, so that the file is, too, though some of its bytes are broken."""
    with path.open("rb") as stream:
        line = stream.readline(_BLOCK)
    try:
        return not line.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _delimiter(path: Path, encoding: str) -> str:
    """The separator that the first line that is not blank uses most; a comma if none."""
    with _opened(path, encoding) as text:
        line = next((line for line in text if line.strip(BLANKS)), "")
    outside = "".join(line.split('"')[::2])
    best = max(",\t;|", key=lambda mark: (outside.count(mark), mark == ","))
    return best if best in outside else ","


def _opened(path: Path, encoding: str) -> io.TextIOWrapper:
    """The file as text: line ends as they are, a BOM dropped, bytes that fit nothing as �."""
    return path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="")


@dataclass(frozen=True)
class _Record:
    """One row of the file: its number as a spreadsheet shows it, its first line, its cells; `fault` if it has none."""

    row: int
    line: int
    cells: list[str]
    fault: str = ""


class _Patient:
    """The records of a CSV file one by one; a broken one costs only its own first line."""

    def __init__(self, path: Path, look: _Look) -> None:
        self._path = path
        self._look = look

    def __iter__(self) -> Iterator[_Record]:
        row = 0
        for line, text in self._pieces():
            row += 1
            if not text.strip(BLANKS):
                continue
            cells, fault = self._cells(text)
            yield _Record(row, line, cells, fault)

    def _pieces(self) -> Iterator[tuple[int, str]]:
        """Lines, joined where a quoted cell runs over several; each with the number of its first line."""
        with _opened(self._path, self._look.encoding) as stream:
            waiting: deque[str] = deque()  # lines that a broken quote had swallowed
            number = 0
            while True:
                line = waiting.popleft() if waiting else stream.readline()
                if not line:
                    return
                number += 1
                if line.count('"') % 2 == 0:
                    yield number, line
                    continue
                joined = [line]
                quotes = 1
                while quotes % 2 and len(joined) < _LONGEST_RECORD:
                    more = waiting.popleft() if waiting else stream.readline()
                    if not more:
                        break
                    joined.append(more)
                    quotes += more.count('"')
                whole = "".join(joined)
                if quotes % 2 == 0 and not self._cells(whole)[1]:
                    yield number, whole
                    number += len(joined) - 1
                else:
                    waiting.extendleft(reversed(joined[1:]))
                    yield number, line

    def _cells(self, text: str) -> tuple[list[str], str]:
        """The cells of one record, or what is wrong with it."""
        text = text.rstrip("\r\n")
        if self._look.nul:
            text = text.replace("\0", "")
        if '"' not in text:
            return text.split(self._look.delimiter), ""
        try:
            return next(csv.reader([text], delimiter=self._look.delimiter, strict=True)), ""
        except csv.Error:
            return [], "的引号不成对，读不出"


@dataclass
class _Reading:
    """The patient way of one file into a table of text."""

    con: duckdb.DuckDBPyConnection
    file: SourceFile
    look: _Look
    head: _Head
    issues: list[Issue]
    stage: Stage | None = field(default=None)

    def table(self) -> RawTable:
        """Read the whole file, row by row."""
        width = len(self.head.columns)
        self.stage = Stage(self.con, width)
        rows: list[int] = []
        cells: list[list[str | None]] = []
        faults = 0
        for record in _Patient(self.file.path, self.look):
            if record.row <= self.head.row or record.row in self.head.skipped:
                continue
            fitted, fault = _fit(record, width)
            if not fault and not any(cell and cell.strip(BLANKS) for cell in fitted):
                continue
            if fault:
                faults += 1
                if faults <= problems.CAP:
                    place = Place(file=self.file.name, row=record.row)
                    self.issues.append(problems.malformed_row(place, record.line, fault))
            rows.append(record.row)
            cells.append(fitted)
            if len(rows) == _CHUNK:
                self.stage.add(rows, transposed(cells, width))
                rows, cells = [], []
        self.stage.add(rows, transposed(cells, width))
        if faults > problems.CAP:
            self.issues.append(problems.more("D106", Place(file=self.file.name), faults - problems.CAP, error=True))
        return RawTable(
            self.file.name, "", self.head.columns, self.stage.relation, "_row", (self.file.stem,), sparse=False,
            header=self.head.row, context=self.head.context, preface=self.head.preface,
        )  # fmt: skip

    def close(self) -> None:
        if self.stage is not None:
            self.stage.drop()


def _fit(record: _Record, width: int) -> tuple[list[str | None], str]:
    """The cells of a record under the header, and what was wrong: too few are filled up, too many are not believed."""
    nothing: list[str | None] = [None] * width
    if record.fault:
        return nothing, record.fault + "，整行按空白处理"
    cells: list[str | None] = list(record.cells)
    if len(cells) < width:
        return [*cells, *nothing[len(cells) :]], f"只有{len(cells)}格，表头有{width}列，缺的格按空白处理"
    if any(cell and cell.strip(BLANKS) for cell in cells[width:]):
        return nothing, f"有{len(cells)}格，表头只有{width}列，分不清各格属于哪一列，整行按空白处理"
    return cells[:width], ""
