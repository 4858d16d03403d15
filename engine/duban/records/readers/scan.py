"""What the spreadsheet reader does not tell of a workbook: failed formulas, formulas without a result, hidden rows, the
day from which it counts, merged cells of .ods; and whether it is too large to be opened at all.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from duban.records import content
from duban.records.layout import Span
from duban.records.spellings import NO_RESULT

PART = 256 << 20  # bytes of one part, unpacked
BOOK = 1 << 30  # of all parts
TEXTS = 512 << 20  # of the texts of all cells
_RATIO = 1_032  # deflate packs no better
_STRINGS = "xl/sharedStrings.xml"
_SHORTEST = 12  # bytes of a cell with a text
_INDEX = re.compile(rb't="s"[^>]*><v>(\d{1,9})<')
CELLS = 20_000_000  # of a sheet that is mostly empty: a cell at XFD1048576 would ask for 400 GB
_SPARSE = 50

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.S)
_REF = re.compile(rb'\sr=["\']([A-Z]{1,3})([1-9]\d{0,6})["\']')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)<")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\shidden=[\"'](?:1|true)[\"'])[^>]*\sr=[\"']([1-9]\d{0,6})[\"']")
_WIDE = re.compile(rb'r="([A-Z]{2,3})\d')


class TooLargeError(Exception):
    """The file asks for more room than any hand-in needs."""


@dataclass
class SheetScan:
    """Rows and columns count from 0. `cells`: (row, column, what stands in for the value that is not there)."""

    cells: list[tuple[int, int, str]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    merged: list[Span] | None = None


@dataclass
class BookScan:
    """What is known of a workbook: the year from which it counts, and its sheets by name."""

    epoch: int = 1900
    sheets: dict[str, SheetScan] = field(default_factory=dict)

    def of(self, sheet: str) -> SheetScan:
        return self.sheets.get(sheet) or SheetScan()


def scan(path: Path, kind: str) -> BookScan:
    """Look through a workbook. What cannot be understood says nothing. Raises TooLargeError."""
    if kind == content.XLS:
        return _xls(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _bounded(archive)
            return _xlsx(archive) if kind == content.XLSX else _ods(archive) if kind == content.ODS else BookScan()
    except (*content.DAMAGED, ElementTree.ParseError):
        return BookScan()


def _bounded(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to too much. A part may be larger than the zip says: where that could be, it is unpacked once
    to no purpose, since the spreadsheet reader believes nothing and unpacks all.
    """
    members = archive.infolist()
    if any(member.file_size > PART for member in members):
        raise TooLargeError(f"解压后有大于{PART >> 20}MB的部分")
    if sum(member.file_size for member in members) > BOOK:
        raise TooLargeError(f"解压后大于{BOOK >> 20}MB")
    for member in members:
        if member.compress_size * _RATIO > PART:
            _unpacked(archive, member)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    try:
        with archive.open(member) as stream:
            while stream.read(1 << 20):
                pass
    except content.DAMAGED:
        raise TooLargeError("内容与所记的大小不符，可能已损坏") from None


# --- .xlsx


def _xlsx(archive: zipfile.ZipFile) -> BookScan:
    book, parts = _parts(archive)
    _check_texts(archive, parts.values())
    for name, part in parts.items():
        text = archive.read(part)
        _check_extent(text)
        book.sheets[name] = SheetScan(_odd_cells(text), [int(row) - 1 for row in _HIDDEN.findall(text)])
    return book


def _parts(archive: zipfile.ZipFile) -> tuple[BookScan, dict[str, str]]:
    """The workbook's epoch; sheet name → the file inside the archive that holds it."""
    relations = _tree(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    book, parts = BookScan(), {}
    for element in _tree(archive.read("xl/workbook.xml")).iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr" and element.get("date1904") in ("1", "true"):
            book.epoch = 1904
        elif tag == "sheet":
            target = targets.get(element.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.namelist():
                parts[element.get("name", "")] = part
    return book, parts


def _check_texts(archive: zipfile.ZipFile, parts: Collection[str]) -> None:
    """One long text that stands in many cells is small in a file and large in memory."""
    if _STRINGS not in archive.namelist():
        return
    cells = sum(archive.getinfo(part).file_size for part in parts) // _SHORTEST
    if archive.getinfo(_STRINGS).file_size * cells <= TEXTS:
        return
    lengths = [len(text) for text in archive.read(_STRINGS).split(b"</si>")]
    if max(lengths) * cells <= TEXTS:
        return
    said = (int(index) for part in parts for index in _INDEX.findall(archive.read(part)))
    if sum(lengths[index] for index in said if index < len(lengths)) > TEXTS:
        raise TooLargeError(f"各格文字合计大于{TEXTS >> 20}MB")


def _tree(text: bytes) -> ElementTree.Element:
    """Parsed XML, without entities of its own; in UTF-16 they would not be seen."""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text[:4]:
        raise ValueError("entities")
    return ElementTree.fromstring(text)


def _check_extent(text: bytes) -> None:
    """A few cells far apart make a sheet of many gigabytes."""
    last = text.rfind(b"<row ")
    found = re.search(rb'r="(\d{1,9})"', text[last : last + 200]) if last >= 0 else None
    rows = int(found[1]) if found else 0
    if rows * 16_384 <= CELLS:
        return
    wide = max((_column(letters.decode()) for letters in set(_WIDE.findall(text))), default=25) + 1
    if rows * wide > CELLS and rows * wide > _SPARSE * max(1, text.count(b"<c ")):
        raise TooLargeError(f"有{rows}行、{wide}列，几乎全是空格")


def _odd_cells(text: bytes) -> list[tuple[int, int, str]]:
    """Cells with a failed formula, and formulas that nobody has worked out."""
    errors = b't="e"' in text or b"t='e'" in text
    if not errors and not re.search(rb"<(?:\w+:)?f\b", text):
        return []
    found = []
    for attributes, inner in _CELL.findall(text):
        place = _REF.search(attributes)
        value = _VALUE.search(inner)
        if place is None:
            continue
        at = int(place[2]) - 1, _column(place[1].decode())
        if value and (b't="e"' in attributes or b"t='e'" in attributes):
            found.append((*at, value[1].decode("utf-8", "replace")))
        elif not value and re.search(rb"<(?:\w+:)?f\b", inner):
            found.append((*at, NO_RESULT))
    return found


def _column(letters: str) -> int:
    """`A` → 0, `AA` → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


# --- .ods


def _ods(archive: zipfile.ZipFile) -> BookScan:
    book = BookScan()
    with archive.open("content.xml") as stream:
        head = stream.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise TooLargeError("含有外部实体")
    with archive.open("content.xml") as stream:
        for name, table in _ods_tables(stream):
            book.sheets[name] = _ods_sheet(table)
    return book


def _ods_tables(stream: IO[bytes]) -> Iterator[tuple[str, ElementTree.Element]]:
    for _, element in ElementTree.iterparse(stream):
        if element.tag.endswith("}table"):
            yield next((v for k, v in element.items() if k.endswith("}name")), ""), element
            element.clear()


def _ods_sheet(table: ElementTree.Element) -> SheetScan:
    found = SheetScan(merged=[])
    row = 0
    for element in table.iter():
        if not element.tag.endswith("}table-row"):
            continue
        said = {key.rpartition("}")[2]: value for key, value in element.items()}
        often = int(said.get("number-rows-repeated", "1"))
        column = 0
        for cell in element:
            column += _ods_cell(cell, row, column, often, found)
        if said.get("visibility") in ("collapse", "filter") and often < 10_000:
            found.hidden += range(row, row + often)
        row += often
    return found


def _ods_cell(cell: ElementTree.Element, row: int, column: int, often: int, found: SheetScan) -> int:
    """Note what one cell says; the number of columns that it fills."""
    said = {key.rpartition("}")[2]: value for key, value in cell.items()}
    times = int(said.get("number-columns-repeated", "1"))
    text = "".join(cell.itertext()).strip()
    if text and times * often > 100_000:
        raise TooLargeError("同一格重复了十万次以上")
    down, across = int(said.get("number-rows-spanned", "1")), int(said.get("number-columns-spanned", "1"))
    if (down > 1 or across > 1) and found.merged is not None:
        found.merged.append(((row, column), (row + down - 1, column + across - 1)))
    if "formula" in said and text.startswith(("#", "Err:")):
        found.cells.append((row, column, text if text.startswith("#") else "#VALUE!"))
    return times


# --- .xls


def _xls(path: Path) -> BookScan:
    """By xlrd, which knows what a cell looks like; calamine reads the values."""
    import xlrd  # no types: everything of it is Any

    library: Any = xlrd
    book = BookScan()
    with contextlib.suppress(Exception), _Silence() as silence:  # xlrd raises anything on files that others read
        opened = library.open_workbook(str(path), logfile=silence, formatting_info=True)
        book.epoch = 1904 if opened.datemode else 1900
        for sheet in opened.sheets():
            hidden = [row for row, info in sheet.rowinfo_map.items() if info.hidden]
            book.sheets[sheet.name] = SheetScan(list(_xls_errors(sheet, library)), sorted(hidden))
    return book


def _xls_errors(sheet: Any, xlrd: Any) -> Iterator[tuple[int, int, str]]:
    for row in range(sheet.nrows):
        if xlrd.XL_CELL_ERROR in sheet.row_types(row):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    yield row, column, xlrd.error_text_from_code.get(sheet.cell_value(row, column), "#VALUE!")


class _Silence:
    """A place for the warnings that xlrd prints."""

    def __enter__(self) -> _Silence:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def write(self, _: str) -> int:
        return 0

    def flush(self) -> None:
        return None
