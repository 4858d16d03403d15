"""Forms as a notice draws them, read back: title, head, headers in two rows, units, fixed lines, several tables.

Which cells mean what is data (forms.yaml). A grid goes in, records come out, each value with the cell that it stood in.
Nothing is guessed: what cannot be read is an issue with its cell, and an empty cell stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from duban.errors import Issue, Place, Severity
from duban.pack.forms import Form, FormColumn, Forms, HeadCell, Part
from duban.records.cells import cell_text
from duban.records.drawn_header import Header, headers_of
from duban.records.spellings import ELEMENT, spelt
from duban.records.text import BLANKS, fold, narrowed
from duban.vocabulary import FieldSpec, RecordType

Grid = Sequence[Sequence[Any]]
Merged = Mapping[tuple[int, int], tuple[int, int]]  # a cell of a merged area → its first cell
_MONTH = re.compile(r"(20\d\d)\s*[-年./_]\s*(\d{1,2})(?!\d)")
_NOTES = ("注:", "说明:", "备注:", "审核", "负责人", "填表人", "签字", "签章", "合计", "小计", "总计")
_NOTHING = ("无", "没有", "无问题", "无隐患", "未发现", "零")
_NULLS = ("/", "-", "—", "——", "－", "空", "…", "...")
_DOTS = re.compile(r"[.。…·]+")
_UNIT_ONLY = re.compile(r"[(（]?(个|家|项|万|万元|元|人|条|次)[)）]?")


@dataclass(frozen=True)
class DrawnRow:
    """A line or row: its number in the spreadsheet, the values of its fields, the cell of each, other columns."""

    row: int
    values: dict[str, Any]
    cells: dict[str, str]
    others: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DrawnPart:
    """One table of a form, as it was found. `nothing`: it says 无. `missing`: headings that are not there. `fields`:
    those that its columns and its head fill.
    """

    form: str
    index: int
    record: str
    file: str
    sheet: str
    head: Mapping[str, str]
    month: date | None
    rows: tuple[DrawnRow, ...]
    nothing: bool
    missing: tuple[str, ...]
    fields: tuple[str, ...] = ()

    def place(self, row: int = 0, column: str = "") -> Place:
        return Place(self.file, 0, self.sheet, row, column)


def read_grid(
    file: str, sheet: str, grid: Grid, forms: Forms, records: Mapping[str, RecordType], merged: Merged | None = None
) -> tuple[list[DrawnPart], list[Issue]]:
    """The tables of the forms on a sheet, in order; none if it is no form that the notice draws."""
    texts = [[_text(cell) for cell in row] for row in grid]
    headers = list(headers_of(texts, sheet, forms, records))
    parts: list[DrawnPart] = []
    issues: list[Issue] = []
    for position, header in enumerate(headers):
        end = headers[position + 1].row if position + 1 < len(headers) else len(texts)
        begin = headers[position - 1].first if position else 0
        reader = _Reader(file, sheet, texts, forms, records, merged or {}, header, issues)
        parts.append(reader.part(range(begin, header.row), range(header.first, end), parts))
    return parts, issues


def _text(cell: Any) -> str:
    return (cell_text(cell) or "").strip(BLANKS)


# --- what stands below a header
@dataclass
class _Reader:
    """Reads one table."""

    file: str
    sheet: str
    texts: list[list[str]]
    forms: Forms
    records: Mapping[str, RecordType]
    merged: Merged
    header: Header
    issues: list[Issue]

    @property
    def form(self) -> Form:
        return self.forms.forms[self.header.form]

    @property
    def spec(self) -> Part:
        return self.form.parts[self.header.index]

    @property
    def record(self) -> RecordType:
        return self.records[self.spec.record]

    def part(self, above: range, below: range, before: list[DrawnPart]) -> DrawnPart:
        """The table, with what the head of its form says: what stands above it, or above its form's first table."""
        same = next((part for part in before if part.form == self.header.form), None)
        head = dict(same.head) if same is not None else self._head(above)
        month = same.month if same is not None else self._month(above, head)
        fixed = self._fixed(head, month)
        nothing = False
        rows: list[DrawnRow] = []
        for number in below:
            read = self._line(number, fixed) if self.spec.lines else self._row(number, fixed)
            if isinstance(read, DrawnRow):
                rows.append(read)
            nothing = nothing or read == "nothing"
        there = {column.heading for column in self.header.columns.values()}
        missing = tuple(
            column.heading for column in self.spec.columns if column.heading not in there and not column.serial
        )
        if missing:
            message = f"“{self.form.sheet}”缺{'、'.join(f'“{name}”' for name in missing)}列"
            place = Place(self.file, 0, self.sheet, self.header.row + 1)
            self.issues.append(Issue("F130", message, place, "请按通知的格式补上；没有的内容空着"))
        key = (self.header.form, self.header.index, self.spec.record)
        fields = (*fixed, *(column.field for column in self.header.columns.values() if column.field))
        return DrawnPart(*key, self.file, self.sheet, head, month, tuple(rows), nothing and not rows, missing, fields)

    # the head
    def _head(self, above: range) -> dict[str, str]:
        """What stands beside the labels of the head: behind the colon, or in the next cell that is not empty."""
        labels = {label: cell for cell in self.form.head for label in (cell.title, *cell.aliases)}
        pattern = re.compile(rf"({'|'.join(map(re.escape, labels)) or '$^'})\s*[:：]?\s*")
        found: dict[str, str] = {}
        for number in above:
            row = self.texts[number]
            for position, text in enumerate(row):
                hits = list(pattern.finditer(text))
                for order, hit in enumerate(hits, start=1):
                    end = hits[order].start() if order < len(hits) else None
                    value = text[hit.end() : end].strip(BLANKS + "_＿")
                    if not value and end is None:
                        beside = (cell for cell in row[position + 1 :] if cell)
                        value = (
                            next((cell for cell in beside if not pattern.match(cell)), "") if hit.start() == 0 else ""
                        )
                    found.setdefault(labels[hit[1]].title, value)
        return {title: value for title, value in found.items() if value}

    def _month(self, above: range, head: Mapping[str, str]) -> date | None:
        """The month that the sheet or a title names; else that of the day on which the form was filled in."""
        titles = [cell for number in above for cell in self.texts[number] if cell and not self._labelled(cell)]
        for text in (self.sheet, *titles, self.file):
            found = _MONTH.search(narrowed(text))
            if found and 1 <= int(found[2]) <= 12:
                return date(int(found[1]), int(found[2]), 1)
        made = next(
            (head[cell.title] for cell in self.form.head if cell.field == self._made_on and cell.title in head), ""
        )
        means = spelt(FieldSpec(title="", type="date"), made) if made else None
        return date.fromisoformat(means.value[:10]).replace(day=1) if means is not None else None

    def _labelled(self, cell: str) -> bool:
        return any(label in cell for item in self.form.head for label in (item.title, *item.aliases))

    @property
    def _made_on(self) -> str:
        return self.forms.figures.made_on if self.forms.figures is not None else ""

    def _fixed(self, head: Mapping[str, str], month: date | None) -> dict[str, Any]:
        """The fields that all rows of the table have from the head."""
        fixed: dict[str, Any] = {}
        for cell in self.form.head:
            spec = self.record.field(cell.field) if cell.field else None
            if spec is None or cell.title not in head:
                continue
            value = self._value(spec, _unwrapped(cell, head[cell.title]))
            if value is not None:
                fixed[cell.field] = value
            else:
                message = f"“{cell.title}”写的是“{head[cell.title]}”，读不出"
                place = Place(self.file, 0, self.sheet, 0, cell.title)
                self.issues.append(Issue("F131", message, place, "请填日期，如2024-1-25", value=head[cell.title]))
        if self.record.period and month is not None:
            fixed[self.record.period] = month
        return fixed

    # lines of figures
    def _line(self, number: int, fixed: Mapping[str, Any]) -> DrawnRow | str:
        """A fixed line, by its name; the row of units is none."""
        cells = self._cells(number)
        named = next((cells[at] for at, column in self.header.columns.items() if not _has_content(column)), "")
        named = named or next(iter(self.texts[number]), "")
        for line in self.spec.lines:
            if fold(named) in {fold(word) for word in (line.title, *line.aliases)}:
                values, places = self._values(number, cells)
                if not values and all(not cell or _UNIT_ONLY.fullmatch(cell) for cell in [*cells.values()][1:]):
                    return "units" if any([*cells.values()][1:]) else "blank"
                return DrawnRow(number + 1, {**fixed, **line.sets, **values}, places)
        return "other"

    # rows of a table
    def _row(self, number: int, fixed: Mapping[str, Any]) -> DrawnRow | str:
        cells = self._cells(number)
        content = {at: cell for at, cell in cells.items() if cell and not self._idle(self.header.columns[at])}
        if not content:
            return "blank"
        whole = [cell for cell in self.texts[number] if cell]
        titles = {part.title for part in self.form.parts}
        if len(whole) == 1 and (narrowed(whole[0]).startswith(_NOTES) or whole[0] in titles):
            return "note"
        if all(_DOTS.fullmatch(cell) for cell in content.values()):
            return "blank"
        if len(content) == 1 and next(iter(content.values())) in _NOTHING:
            return "nothing"
        values, places = self._values(number, cells)
        others = {
            f"post:{column.post}" if column.post else f"shows:{column.shows}": cells[at]
            for at, column in self.header.columns.items()
            if (column.post or column.shows) and cells.get(at)
        }
        return DrawnRow(number + 1, {**fixed, **values}, places, others)

    @staticmethod
    def _idle(column: FormColumn) -> bool:
        """Columns that a form has filled before anybody writes into it."""
        return column.serial or bool(column.text)

    def _cells(self, number: int) -> dict[int, str]:
        """The texts of the table's columns in a row. What is merged over rows stands in each; figures never do."""
        found = {}
        for position, column in self.header.columns.items():
            row = self.texts[number]
            text = row[position] if position < len(row) else ""
            top = self.merged.get((number, position))
            spec = self.record.field(column.field) if column.field else None
            counts = spec is not None and spec.type in ("int", "decimal")
            if not text and top is not None and top[0] >= self.header.first and top[1] == position and not counts:
                text = self.texts[top[0]][top[1]]
            found[position] = text
        return found

    def _values(self, number: int, cells: Mapping[int, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """The values of the fields of a row, and the cell of each; an issue for each that cannot be read."""
        values: dict[str, Any] = {}
        places: dict[str, str] = {}
        for position, column in self.header.columns.items():
            text, spec = cells[position], self.record.field(column.field) if column.field else None
            if spec is None or not text or text in _NULLS:
                continue
            places[column.field] = _cell_name(number, position)
            value = (
                self._number(spec, column, text, number) if spec.type in ("int", "decimal") else self._value(spec, text)
            )
            if value is None and not (spec.type in ("int", "decimal") and _UNIT_ONLY.fullmatch(text)):
                self._unreadable(number, position, column, spec, text)
            elif value is not None:
                values[column.field] = value
        return values, places

    def _unreadable(self, number: int, position: int, column: FormColumn, spec: FieldSpec, text: str) -> None:
        shown = "（个人信息，略）" if spec.personal else text[:60]
        message = f"{_cell_name(number, position)}“{column.heading}”写的是“{shown}”，读不出，按空白处理"
        allowed = f"只能填：{'、'.join(spec.values)}" if spec.values else _HINTS.get(spec.type, "请核对")
        place = Place(self.file, 0, self.sheet, number + 1, column.heading)
        self.issues.append(Issue("F132", message, place, allowed, value=shown))

    def _number(self, spec: FieldSpec, column: FormColumn, text: str, number: int) -> Any:
        """A figure with or without its unit: 3, 3个, 3(个); 无 is 0; 5000元 under 万 is 0.5, and said."""
        plain = fold(text)
        if plain in _NOTHING:
            return 0
        bare = re.sub(r"\(?(个|家|项|万元|万|人|条|次)\)?$", "", plain)
        if bare == plain and plain.endswith("元") and "万" in spec.unit:
            value = self._value(spec, plain.removesuffix("元"))
            if value is not None:
                message = (
                    f"第{number + 1}行“{column.heading}”写的是“{text}”，本栏以{spec.unit}计，按{value / 10000:g}读"
                )
                place = Place(self.file, 0, self.sheet, number + 1, column.heading)
                self.issues.append(Issue("F133", message, place, f"请以{spec.unit}填写", Severity.WARNING, text))
                return value / 10000
        return self._value(spec, bare)

    @staticmethod
    def _value(spec: FieldSpec, text: str) -> Any:
        """A text as a value of a field; None if it cannot be read."""
        if spec.type == "text" and not spec.values:
            return text
        means = spelt(spec, text)
        if means is None:
            return None
        if spec.type == "list":
            return means.value.split(ELEMENT)
        if spec.type in ("date", "month"):
            return date.fromisoformat(means.value[:10])
        if spec.type == "datetime":
            return datetime.fromisoformat(means.value)
        kinds: dict[str, Any] = {"int": int, "decimal": float, "bool": lambda word: word == "true"}
        return kinds.get(spec.type, str)(means.value)


_HINTS = {
    "date": "请填日期，如2024-1-20", "datetime": "请填日期或时间，如2024-1-20 9:30", "month": "请填月份，如2024-01",
    "int": "请只填整数，如3", "decimal": "请只填数字，如1.5", "bool": "请填“是”或“否”",
}  # fmt: skip


def _has_content(column: FormColumn) -> bool:
    return bool(column.field or column.shows or column.post or column.text or column.serial)


def _unwrapped(cell: HeadCell, value: str) -> str:
    """甲岭镇应急管理中心 as 甲岭镇, where that is how the head shows it."""
    before, _, after = cell.shown.partition("{}")
    return value.removeprefix(before).removesuffix(after) or value


def _cell_name(row: int, column: int) -> str:
    """(6, 2) → C7."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
