"""A 核实单 that came back, opened: what was handed out, and the cells of its rows by heading. Nothing is judged yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.errors import DataError, Issue, Place
from duban.records.cells import cell_text
from duban.records.readers.opening import UnreadableBookError, open_book
from duban.records.text import BLANKS, fold
from duban.report.verify_sheet import ABOUT, FILLED, FORMAT, GIVEN, LOG, LOGGED, TELLING, Handout, heading

_SEARCHED = 10  # rows in which the headings may stand: somebody may have put lines above them


@dataclass(frozen=True)
class Logged:
    """What was handed out under a fingerprint."""

    jurisdiction: str
    earliest: str  # YYYY-MM-DD, or ''
    check: str


@dataclass(frozen=True)
class Row:
    """A row as it came back: its number as a spreadsheet shows it, and the text of its cells by heading."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet that came back. `columns`: heading → letter of the column."""

    file: str
    name: str
    handout: Handout
    logged: Mapping[str, Logged]
    columns: Mapping[str, str]
    rows: tuple[Row, ...]

    def place(self, row: int, title: str) -> Place:
        return Place(self.file, 0, self.name, row, title)


def open_sheet(path: Path) -> Sheet:
    """Open a 核实单. Raises DataError if it is none, or lacks a column."""
    try:
        book = open_book(path)
    except UnreadableBookError as error:
        hint = "请检查文件是否损坏、加密或正被占用"
        raise DataError(f"{path.name} 打不开", [Issue("V001", str(error), Place(path.name), hint)]) from None
    sheets = [(sheet.name, _texts(sheet.rows)) for sheet in book.sheets]
    handout, logged = _log(path, dict(sheets).get(LOG, []))
    for name, rows in sheets:
        for index, row in enumerate(rows[:_SEARCHED]):
            if {"指纹", heading("state")} <= {text.strip(BLANKS) for text in row}:
                return _sheet(path, name, handout, logged, rows, index)
    raise _no_sheet(path, f"没有一张工作表的表头有“指纹”和“{heading('state')}”")


def _texts(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[(cell_text(cell) or "").strip(BLANKS) for cell in row] for row in rows]


def _no_sheet(path: Path, reason: str) -> DataError:
    hint = "请用 duban verify write 发出的原件填写，不要把内容复制到别的文件"
    return DataError(f"{path.name} 不是核实单", [Issue("V001", reason, Place(path.name), hint)])


def _log(path: Path, rows: list[list[str]]) -> tuple[Handout, dict[str, Logged]]:
    pairs = {row[0]: row[1] for row in rows if len(row) > 1}
    if pairs.get("格式") != FORMAT or any(name not in pairs for name in ABOUT):
        raise _no_sheet(path, "其中没有发出记录，或不是本版本发出的")
    start = next((index for index, row in enumerate(rows) if tuple(row[: len(LOGGED)]) == LOGGED), len(rows))
    logged = {row[0]: Logged(*row[1:4]) for row in rows[start + 1 :] if row[0]}
    return Handout(*(pairs[name] for name in ABOUT)), logged


def _sheet(
    path: Path, name: str, handout: Handout, logged: dict[str, Logged], rows: list[list[str]], header: int
) -> Sheet:
    known = {fold(title): title for title in (*GIVEN, *map(heading, FILLED))}
    titles = [known.get(fold(text), "") for text in rows[header]]
    lacking = [title for title in (*TELLING, *map(heading, FILLED)) if title not in titles]
    if lacking:
        text = f"第{header + 1}行的表头缺少{'、'.join(f'“{title}”' for title in lacking)}"
        issue = Issue("V002", text, Place(path.name, 0, name, header + 1), "请恢复表头，或用原件重新填写")
        raise DataError(f"{path.name} 读不出", [issue])
    columns = {title: _letter(index) for index, title in enumerate(titles) if title}
    read = [
        Row(header + 2 + index, {title: text for title, text in zip(titles, row, strict=True) if title})
        for index, row in enumerate(rows[header + 1 :])
    ]
    return Sheet(path.name, name, handout, logged, columns, tuple(row for row in read if any(row.cells.values())))


def _letter(index: int) -> str:
    """0 → A, 26 → AA."""
    index, rest = divmod(index, 26)
    return (_letter(index - 1) if index else "") + chr(ord("A") + rest)
