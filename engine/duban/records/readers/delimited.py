"""CSV: sound files are read by DuckDB in parallel; anything odd is read again, patiently, line by line.

Odd is: not UTF-8, NUL bytes, blank lines, rows of another length than the header, broken quotes, mixed line ends.
A row that cannot be taken apart stays as a row without content: what it said is unknown, not absent.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.cells import Stage, transposed
from duban.records.raw import RawColumn, RawTable
from duban.records.sources import SourceFile
from duban.records.text import BLANKS
from duban.sqltext import literal

_BLOCK = 1 << 22
_CHUNK = 50_000
_LONGEST_RECORD = 200  # lines; a quoted cell with more is a quote that was never closed


def read(con: duckdb.DuckDBPyConnection, file: SourceFile, issues: list[Issue]) -> Iterator[RawTable]:
    """The one table of a CSV file."""
    place = Place(file=file.name)
    try:
        look = look_at(file.path)
        if look.encoding != "utf-8":
            issues.append(problems.recoded(place, look.encoding.upper()))
        elif look.broken:
            issues.append(problems.broken_text(place))
        if look.nul:
            issues.append(problems.nul_bytes(place))
        header = next(iter(_Patient(file.path, look)), None)
    except OSError as error:
        issues.append(problems.unreadable_file(place, error.strerror or str(error)))
        return
    if header is None:
        issues.append(problems.empty_table(place))
        return
    headers = [cell.strip(BLANKS) for cell in header.cells]
    while len(headers) > 1 and not headers[-1]:
        headers.pop()
    patient = _Reading(con, file, look, headers, issues)
    try:
        if look.odd or len(headers) < len(header.cells):
            yield patient.table()
        else:
            yield _by_duckdb(file, headers, look.delimiter, patient)
    finally:
        patient.close()


def _by_duckdb(file: SourceFile, headers: list[str], delimiter: str, patient: _Reading) -> RawTable:
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(headers)))
    relation = (
        f"read_csv({literal(str(file.path))}, columns = {{{names}}}, auto_detect = false, header = false, skip = 1,"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', strict_mode = true)"
    )
    columns = tuple(RawColumn(header, f"c{i}") for i, header in enumerate(headers))
    return RawTable(file.name, "", columns, relation, 2, (file.stem,), instead=patient.table)


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
    nul = blank = broken = False
    tail = b"\n"  # so that a blank first line shows
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            joined = tail + block.removeprefix(codecs.BOM_UTF8)
            nul = nul or b"\0" in block
            blank = blank or b"\n\n" in joined or b"\n\r\n" in joined or b"\r\r" in joined
            tail = block[-2:]
            if not broken:
                try:
                    decoder.decode(block, final=len(block) < _BLOCK)
                except UnicodeDecodeError:
                    broken = True
    encoding = "gb18030" if broken and not _header_is_utf8(path) else "utf-8"
    return _Look(encoding, _delimiter(path, encoding), nul, odd=nul or blank or broken, broken=broken)


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
    headers: list[str]
    issues: list[Issue]
    stage: Stage | None = field(default=None)

    def table(self) -> RawTable:
        """Read the whole file, row by row."""
        width = len(self.headers)
        self.stage = Stage(self.con, width)
        rows: list[int] = []
        cells: list[list[str | None]] = []
        faults = 0
        records = iter(_Patient(self.file.path, self.look))
        next(records, None)
        for record in records:
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
        columns = tuple(RawColumn(header, f"c{i}") for i, header in enumerate(self.headers))
        return RawTable(self.file.name, "", columns, self.stage.relation, "_row", (self.file.stem,), sparse=False)

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
