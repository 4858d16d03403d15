"""A field as a column of a sheet that a clerk fills in: width, format, drop-down, what may be typed, what it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from duban.forms.masking import masked
from duban.report.book import Book, height, put, wide
from duban.vocabulary import ASIDE, FieldSpec, RecordType

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

CHOICES = f"{ASIDE}选项"
LAST_ROW = 2000  # rows below the header that are checked while one types
_WIDTHS = {"date": 12, "datetime": 17, "month": 10, "int": 10, "decimal": 12, "bool": 10}
_FORMATS = {"date": "entry_date", "int": "entry_number", "decimal": "entry_number"}
_HOW = {
    "date": "填日期，如 2024-1-20",
    "datetime": "填日期和时间，如 2024-1-20 9:30；只知道日期的只填日期",
    "month": "填月份，如 2024-01",
    "int": "填整数，不带单位",
    "decimal": "填数字，不带单位",
    "bool": "填“是”或“否”",
    "list": "几项的用顿号隔开，如 甲、乙",
}
_PROMPT = 255  # characters of a prompt in Excel; of its title 32


class Choices:
    """The lists behind drop-downs, each a column of a hidden sheet: Excel takes no more than 255 characters in a cell's."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._lists: dict[tuple[str, ...], str] = {}

    def range(self, values: Sequence[str]) -> str:
        """The range that holds a list of values."""
        key = tuple(values)
        if key not in self._lists:
            letter = column_letters(len(self._lists))
            self._lists[key] = f"='{CHOICES}'!${letter}$1:${letter}${len(key)}"
        return self._lists[key]

    def write(self) -> None:
        """The hidden sheet, the last of the workbook."""
        if self._lists:
            sheet = self._book.sheet(CHOICES)
            sheet.hide()
            for column, values in enumerate(self._lists):
                sheet.write_column(0, column, values)


def column_letters(column: int) -> str:
    """`0` → A, `26` → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def meaning(spec: FieldSpec) -> str:
    """What a clerk is told about a field, in one line: how to fill it, its unit, the note of the pack."""
    how = "从下拉中选" if spec.values and spec.type == "text" else _HOW.get(spec.type, "")
    if spec.type == "list" and spec.values:
        how = "从下拉中选，几项的用顿号隔开"
    unit = f"单位：{spec.unit}" if spec.unit else ""
    return "；".join(filter(None, (how, unit, spec.note)))


def cell_value(spec: FieldSpec, value: Any) -> Any:
    """A value read from a table, as it is written into a cell of that field."""
    if isinstance(value, (list, tuple)):
        return "、".join(str(item) for item in value)
    if spec.type == "month" and isinstance(value, date):
        return f"{value:%Y-%m}"
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return f"{value:%Y-%m-%d}" if midnight or spec.type == "date" else f"{value:%Y-%m-%d %H:%M}"
    return value


def column_width(spec: FieldSpec) -> float:
    """The width of a column: room for its heading, more for texts that run on."""
    return float(max(_WIDTHS.get(spec.type, 20 if not spec.values else 14), min(wide(spec.title) + 3, 24)))


def write_columns(
    book: Book,
    sheet: Worksheet,
    record: RecordType,
    choices: Choices,
    *,
    only: Mapping[str, Sequence[str]] | None = None,
    hide: Sequence[str] = (),
) -> list[str]:
    """The header row of a record type, and its columns ready to be filled in. Returns the fields in order.

    `only`: for some fields the values there are (the enterprises of a town).
    """
    for column, (name, spec) in enumerate(record.fields.items()):
        needed = spec.required or name in record.key or name == record.time
        sheet.write_string(0, column, spec.title, book.style("required" if needed else "optional"))
        told = "；".join(filter(None, ("必填" if needed else "", meaning(spec))))
        if told:
            sheet.write_comment(0, column, told, {"font_size": 10, "x_scale": 1.6, "y_scale": 0.6 + len(told) / 60})
        width = column_width(spec)
        style = book.style(_FORMATS.get(spec.type, "entry_text"))
        sheet.set_column(column, column, width, style, {"hidden": True} if name in hide else {})
        _check(sheet, column, spec, choices, tuple((only or {}).get(name, ())))
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, LAST_ROW, max(len(record.fields) - 1, 0))
    sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(record.fields))}{LAST_ROW}"})
    return list(record.fields)


def _check(sheet: Worksheet, column: int, spec: FieldSpec, choices: Choices, known: Sequence[str]) -> None:
    """What may be typed below a header; a list of several, a moment and a code only warn or tell."""
    rule: dict[str, Any] = {"ignore_blank": True, "input_title": spec.title[:32], "error_title": "请核对"}
    told = meaning(spec)
    if told:
        rule["input_message"] = told[:_PROMPT]
    if spec.type == "bool":
        rule |= {"validate": "list", "source": ["是", "否"], "error_message": "请填“是”或“否”"}
    elif spec.values or known:
        several = spec.type == "list" or bool(known)
        rule |= {"validate": "list", "source": choices.range(known or spec.values), "show_error": not several}
        rule["error_message"] = "只能填下拉中的内容"
    elif spec.type == "date":
        low, high = datetime(1990, 1, 1), datetime(2099, 12, 31)
        rule |= {"validate": "date", "criteria": "between", "minimum": low, "maximum": high}
        rule["error_message"] = "请填日期，如2024-1-20；不要写“尽快”“长期”"
    elif spec.type == "int":
        rule |= {"validate": "integer", "criteria": ">=", "value": 0, "error_message": "请只填整数，如3，不带单位"}
    elif spec.type == "decimal":
        rule |= {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "请只填数字，如1.5，不带单位"}
    elif told:
        rule |= {"validate": "any"}
    else:
        return
    sheet.data_validation(1, column, LAST_ROW, column, rule)


def write_rows(
    book: Book, sheet: Worksheet, record: RecordType, rows: Sequence[Mapping[str, Any]], first: int = 1
) -> None:
    """Known records below the header, to be changed where they have changed; numbers of persons are masked."""
    widths = [column_width(spec) for spec in record.fields.values()]
    for offset, row in enumerate(rows, start=first):
        values = [cell_value(spec, row.get(name)) for name, spec in record.fields.items()]
        values = [
            masked(value) if spec.personal else value
            for value, spec in zip(values, record.fields.values(), strict=True)
        ]
        for column, (value, spec) in enumerate(zip(values, record.fields.values(), strict=True)):
            put(sheet, offset, column, value, book.style(_FORMATS.get(spec.type, "entry_text")))
        sheet.set_row(offset, height([str(value or "") for value in values], widths))
