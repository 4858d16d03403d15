"""Forms as the notice draws them: title, head, headers in two rows, units, figures, tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.forms.fields import cell_value
from duban.forms.making import Made
from duban.forms.masking import masked
from duban.forms.problems import Row
from duban.forms.texts import BLANK, filled_in
from duban.pack import Pack
from duban.pack.forms import Form, FormColumn, Forms, Part
from duban.report.book import Book, across, height, paper, put, written
from duban.vocabulary import FieldSpec

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

EMPTY = "无"
_TEXT = FieldSpec(title="")
_STYLES = {"date": "date", "datetime": "centred", "int": "number", "decimal": "number", "month": "centred"}


def write_forms(path: Path, pack: Pack, forms: Forms, made: Made) -> None:
    """Write every form of the pack into one workbook, a sheet each."""
    filled = made.filled
    with written(path, f"{filled.town}{filled.month:%Y年%m月}三清单和报表", filled.made_on) as book:
        for name, form in forms.forms.items():
            Drawing(book, pack, forms, made).draw(name, form, f"{form.sheet} {filled.month:%Y-%m}")


class Drawing:
    """One form on its sheet."""

    def __init__(self, book: Book, pack: Pack, forms: Forms, made: Made) -> None:
        self.book, self.pack, self.forms, self.made = book, pack, forms, made
        self.widths: list[float] = []

    def draw(self, name: str, form: Form, title: str) -> None:
        """The form `name` on a new sheet."""
        sheet = self.book.sheet(title)
        last = max(len(part.columns) for part in form.parts) - 1
        self.widths = _widths(form.parts[0])
        for column, width in enumerate(self.widths):
            sheet.set_column(column, column, width)
        across(sheet, 0, last, filled_in(form.title, self.made.slots), self.book.style("title"))
        sheet.set_row(0, 36)
        self._head(sheet, form, last)
        row = 2
        header: tuple[int, int] | None = None
        for index, part in enumerate(form.parts):
            if part.title:
                row += 1
                across(sheet, row, last, part.title, self.book.style("subtitle"))
                sheet.set_row(row, 24)
                row += 1
            first = row
            spans = _spans(part, form.parts[0], last)
            row = self._header(sheet, part, row, spans)
            header = header or (first, row - 1)
            rows = self.made.tables[name, index]
            row = self._figures(sheet, part, row) if part.lines else self._table(sheet, part, rows, row, spans)
        if form.note:
            across(sheet, row, last, f"注：{form.note}", self.book.style("note"))
            sheet.set_row(row, height([form.note], [sum(self.widths)]))
        paper(sheet, landscape=form.landscape, repeat=header if len(form.parts) == 1 else None)
        if len(form.parts) == 1 and header is not None:
            sheet.freeze_panes(header[1] + 1, 2)

    def _head(self, sheet: Worksheet, form: Form, last: int) -> None:
        """填报单位：…　填表人：…　填表日期：…, spread over the width."""
        filled, figures = self.made.filled, self.forms.figures
        assert figures is not None
        known = {figures.town: filled.town, figures.made_on: f"{filled.made_on}"}
        edges = [round(index * (last + 1) / len(form.head)) for index in range(len(form.head) + 1)]
        for index, cell in enumerate(form.head):
            value = cell.shown.format(known[cell.field]) if cell.field in known else filled.made_by
            text = f"{cell.title}：{masked(value)}"
            start, end = edges[index], edges[index + 1] - 1
            if end > start:
                sheet.merge_range(1, start, 1, end, "", self.book.style("head"))
            sheet.write_string(1, start, text, self.book.style("head"))
        sheet.set_row(1, 22)

    def _header(self, sheet: Worksheet, part: Part, row: int, spans: list[tuple[int, int]]) -> int:
        """The headings, those that stand under a common one in two rows; and the units. Returns the next row."""
        style, deep = self.book.style("heading"), int(part.deep)
        for column, (start, end) in zip(part.columns, spans, strict=True):
            if len(column.title) > 1:
                sheet.write_string(row + 1, start, column.title[1], style)
            elif deep or end > start:
                sheet.merge_range(row, start, row + deep, end, column.title[0], style)
            else:
                sheet.write_string(row, start, column.title[0], style)
        for start, end, title in _groups(part, spans):
            sheet.merge_range(row, start, row, end, title, style)
        sheet.set_row(row, 30)
        if deep:
            sheet.set_row(row + 1, 48)
        row += 1 + deep
        if not part.lines:
            return row
        for column, (start, _) in zip(part.columns, spans, strict=True):
            unit = column.unit or (self._spec(part, column).unit if column.field else "")
            sheet.write_string(row, start, f"({unit})" if unit else "", self.book.style("centred"))
        return row + 1

    def _figures(self, sheet: Worksheet, part: Part, row: int) -> int:
        """The lines of figures: of the month, and 累计. What is not known stays empty."""
        figures = self.forms.figures
        assert figures is not None
        for line in part.lines:
            total = line.sets.get(figures.line) == figures.total
            for index, column in enumerate(part.columns):
                if not column.field:
                    put(sheet, row, index, line.title, self.book.style("centred"))
                    continue
                value = self.made.values[column.field]
                put(sheet, row, index, value.total if total else value.current, self.book.style("number"))
            sheet.set_row(row, 30)
            row += 1
        return row

    def _table(self, sheet: Worksheet, part: Part, rows: list[Row], row: int, spans: list[tuple[int, int]]) -> int:
        """A row for each problem; 无 where it is known that there is none; then blank rows as the form has them."""
        widths = [sum(self.widths[start : end + 1]) for start, end in spans]
        told = next((index for index, column in enumerate(part.columns) if not column.serial), 0)
        for number, problem in enumerate(rows, start=1):
            texts = []
            for column, (start, end) in zip(part.columns, spans, strict=True):
                value = masked(self._value(part, column, problem, number))
                self._cell(sheet, row, (start, end), value, self._style(part, column))
                texts.append(str(value if value is not None else ""))
            sheet.set_row(row, height(texts, widths))
            row += 1
        none = not rows and self._known_to_be_none(part)
        for blank in range(max(part.blank - len(rows), 0) or (0 if rows else 1)):
            for index, span in enumerate(spans):
                self._cell(sheet, row, span, EMPTY if none and not blank and index == told else None, "centred")
            sheet.set_row(row, 24)
            row += 1
        return row

    def _known_to_be_none(self, part: Part) -> bool:
        """Whether a table without a row may say 无: its figure is 0, or the town says that there is nothing."""
        if part.details:
            return self.made.values[part.details].current == 0
        return self.made.nothing

    def _cell(self, sheet: Worksheet, row: int, span: tuple[int, int], value: Any, style: str) -> None:
        start, end = span
        if end > start:
            sheet.merge_range(row, start, row, end, "", self.book.style(style))
        put(sheet, row, start, value, self.book.style(style))

    def _value(self, part: Part, column: FormColumn, problem: Row, number: int) -> Any:
        if column.serial:
            return number
        if column.text:
            return column.text
        if column.post:
            return problem.get(f"post:{column.post}", "")
        if part.rows.values:
            text = filled_in(part.rows.values.get(column.field, BLANK), _texts(problem))
            return None if text == BLANK else text
        return cell_value(self._spec(part, column), problem.get(column.field or column.shows))

    def _style(self, part: Part, column: FormColumn) -> str:
        if column.serial:
            return "centred"
        spec = self._spec(part, column)
        return _STYLES.get(spec.type, "centred" if column.width <= 10 else "cell")

    def _spec(self, part: Part, column: FormColumn) -> FieldSpec:
        return self.pack.records[part.record].field(column.field) or _TEXT


def _texts(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell_value(_TEXT, value) for name, value in problem.items()}


def _widths(part: Part) -> list[float]:
    return [float(max(column.width, 6)) for column in part.columns]


def _spans(part: Part, first: Part, last: int) -> list[tuple[int, int]]:
    """Which columns of the sheet a column takes: a narrower table below a wider one is as wide as that."""
    if part is first or len(part.columns) > last:
        return [(index, index) for index in range(len(part.columns))]
    grid, wanted = _widths(first), _widths(part)
    scale, spans, start, taken = sum(grid) / sum(wanted), [], 0, 0.0
    for index, width in enumerate(wanted):
        taken += width * scale
        left = len(wanted) - index - 1
        end = start
        while end < last - left and sum(grid[: end + 1]) + grid[min(end + 1, last)] / 2 < taken:
            end += 1
        end = last if not left else end
        spans.append((start, end))
        start = end + 1
    return spans


def _groups(part: Part, spans: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """The common headings: from where to where, and what."""
    found: list[tuple[int, int, str]] = []
    for column, (start, end) in zip(part.columns, spans, strict=True):
        if len(column.title) < 2:
            continue
        if found and found[-1][2] == column.title[0] and found[-1][1] == start - 1:
            found[-1] = (found[-1][0], end, column.title[0])
        else:
            found.append((start, end, column.title[0]))
    return found
