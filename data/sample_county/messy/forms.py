"""A table of the county drawn as a form: what stands above it, its header, what stands in and below it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sample_county.basics import COUNTY, Row
from sample_county.forms import RECORD_TYPES, headers
from sample_county.messy.office import Sheet

Writer = Callable[[Any, int], Any]  # a value and the number of its row → a cell


@dataclass(frozen=True)
class Table:
    """The columns of a record type (field → header) and their values."""

    kind: str
    columns: dict[str, str]
    rows: list[Row]

    def without(self, *fields: str) -> Table:
        return replace(self, columns={name: title for name, title in self.columns.items() if name not in fields})

    def renamed(self, **headers: str) -> Table:
        """Other headers for some fields."""
        return replace(self, columns={**self.columns, **headers})

    def split(self, name: str) -> dict[Any, Table]:
        """The rows by the value of a field, in the order of their first row."""
        parts: dict[Any, list[Row]] = {}
        for row in self.rows:
            parts.setdefault(row.get(name), []).append(row)
        return {value: replace(self, rows=rows) for value, rows in parts.items()}

    def ordered(self, *fields: str) -> Table:
        return replace(self, rows=sorted(self.rows, key=lambda row: [str(row.get(name)) for name in fields]))


def county_table(kind: str, rows: list[Row], style: str) -> Table:
    """A table as the clean samples have it. The style `slashes` keeps no 报送时间: the manifest tells it."""
    columns = {"jurisdiction": "辖区", **headers(kind, rows)}
    if style == "slashes":
        del columns["submitted_at"]
    return Table(kind, columns, [{"jurisdiction": COUNTY, **row} for row in rows])


# --- how a value is written


def typed(value: Any, _: int) -> Any:
    """As a program keeps it: dates as dates, numbers as numbers."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return "、".join(value) if isinstance(value, list) else value


DAYS = (
    "{0:%Y-%m-%d}", "{0.year}-{0.month}-{0.day}", "{0.year}/{0.month}/{0.day}", "{0.year}.{0.month}.{0.day}",
    "{0.year}年{0.month}月{0.day}日", "{0.year} - {0.month} - {0.day}", "{0.year}年{0.month}月{0.day}号",
)  # fmt: skip
CLOCKS = (" {0:%H:%M}", " {0.hour}:{0:%M}", " {0.hour}时{0:%M}分", "　{0.hour}：{0:%M}", " {0:%H:%M:%S}")


def text(value: Any, number: int = 0) -> Any:
    """As a careful clerk types it."""
    return worded(value, number, DAYS[:1], CLOCKS[:1])


def mixed(value: Any, number: int) -> Any:
    """As eight people type it into one column; each eighth date is a true one."""
    return typed(value, number) if isinstance(value, date) and number % 8 == 7 else worded(value, number, DAYS, CLOCKS)


def worded(value: Any, number: int, days: Sequence[str], clocks: Sequence[str]) -> Any:
    if isinstance(value, datetime):
        return (days[number % len(days)] + clocks[number % len(clocks)]).format(value)
    if isinstance(value, date):
        return days[number % len(days)].format(value)
    value = typed(value, number)
    return None if value is None else str(value)


_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})


def wide(value: Any, number: int) -> Any:
    """Numbers and dates in full-width characters, blanks around everything."""
    written = text(value, number)
    if written is None:
        return None
    numeric = isinstance(value, (int, float, date)) and not isinstance(value, bool)
    return f" {written.translate(_WIDE)}\u3000" if numeric else f"{written}\xa0"


def slashed(value: Any, number: int) -> Any:
    """Nothing is left empty."""
    written = text(value, number)
    return ("/", "—", "－", "空")[number % 4] if written is None else written


_DIGITS = "零一二三四五六七八九"


def chinese(value: Any, number: int) -> Any:
    """Whole numbers in words: 无, 三项 where the unit is known, 十二."""
    if not isinstance(value, int) or isinstance(value, bool) or value > 99:
        return text(value, number)
    if value == 0:
        return ("无", "0", "未发现")[number % 3]
    tens, ones = divmod(value, 10)
    return (("" if tens == 1 else _DIGITS[tens]) + "十" if tens else "") + (_DIGITS[ones] if ones else "")


def yearless(value: Any, number: int) -> Any:
    """Moments of the reporting year without it."""
    if isinstance(value, datetime):
        return (f"{value.month}月{value.day}日 {value:%H:%M}", f"{value.month}-{value.day} {value:%H:%M}")[number % 2]
    return text(value, number)


def ticked(value: Any, number: int) -> Any:
    """√ and ×; numbers and ids as text, marked with an apostrophe."""
    if isinstance(value, bool):
        return "√" if value else "×"
    written = text(value, number)
    return f"'{written}" if written is not None and isinstance(value, (int, float, date)) else written


def separated(value: Any, number: int) -> Any:
    """Lists with whatever separates them."""
    if isinstance(value, list):
        return ("，", "；", ",", "\n", "、", ";")[number % 6].join(value)
    return typed(value, number)


# --- the form


@dataclass(frozen=True)
class Form:
    """What is drawn around a table. `groups`: header → the header above it. `units`: a row of units below the header.
    `subtotals`: a field; a 小计 after each run of its values. `merge`: fields whose equal cells are merged downwards.
    """

    title: str = ""
    preface: Sequence[Sequence[str]] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    units: bool = False
    numbers: bool = False
    subtotals: str = ""
    total: bool = False
    notes: Sequence[str] = ()
    merge: Collection[str] = ()
    again: int = 0  # the header is printed again after so many rows
    blank: int = 0  # an empty row after so many rows
    ordinal: bool = False
    write: Writer = typed


def drawn(table: Table, name: str, form: Form) -> Sheet:
    """The table as a sheet."""
    fields = [*(["序号"] if form.ordinal else []), *table.columns]
    titles = [table.columns.get(item, item) for item in fields]
    sheet = Sheet(name, [])
    width = len(fields)
    if form.title:
        _wide_row(sheet, form.title, width)
    for pairs_ in form.preface:
        sheet.rows.append(_spread(pairs_, width))
    header = _header(sheet, titles, form)
    units = RECORD_TYPES.get(table.kind, {}).get("fields", {})
    if form.units:
        sheet.rows.append(
            [f"（{units.get(item, {}).get('unit')}）" if units.get(item, {}).get("unit") else None for item in fields]
        )
    if form.numbers:
        sheet.rows.append([str(i + 1) for i in range(width)])
    _body(sheet, table, fields, header, form)
    if form.total:
        sheet.rows.append(_spread(["合计", f"{len(table.rows)}"], width))
    for note in form.notes:
        _wide_row(sheet, note, width)
    return sheet


def _wide_row(sheet: Sheet, content: str, width: int) -> None:
    sheet.merged.append((len(sheet.rows), 0, len(sheet.rows), width - 1))
    sheet.rows.append(_spread([content], width))


def _spread(cells: Sequence[str], width: int) -> list[Any]:
    """A few texts over the width of the form."""
    row: list[Any] = [None] * width
    step = max(1, width // max(1, len(cells)))
    for i, cell in enumerate(cells):
        row[min(i * step, width - 1)] = cell
    return row


def _header(sheet: Sheet, titles: list[str], form: Form) -> list[list[Any]]:
    """One header row, or two with merged cells."""
    top = len(sheet.rows)
    if not form.groups:
        sheet.rows.append(list(titles))
        return [list(titles)]
    upper = [form.groups.get(title, title) for title in titles]
    lower: list[Any] = [title.removeprefix(form.groups[title]) if title in form.groups else None for title in titles]
    start = 0
    for i in range(1, len(titles) + 1):
        if i == len(titles) or upper[i] != upper[start] or lower[start] is None:
            if lower[start] is None:
                sheet.merged.append((top, start, top + 1, start))
            elif i - start > 1:
                sheet.merged.append((top, start, top, i - 1))
            start = i
    seen = [None if i and lower[i] is not None and upper[i] == upper[i - 1] else upper[i] for i in range(len(titles))]
    sheet.rows += [seen, lower]
    return [seen, lower]


def _body(sheet: Sheet, table: Table, fields: list[str], header: list[list[Any]], form: Form) -> None:
    run, last = 0, None
    for number, row in enumerate(table.rows):
        value = row.get(form.subtotals) if form.subtotals else None
        if form.subtotals and number and value != last:
            sheet.rows.append(_spread([f"{last}小计", str(run)], len(fields)))
            run = 0
        last, run = value, run + 1
        if form.again and number and number % form.again == 0:
            sheet.rows += [list(cells) for cells in header]
        if form.blank and number and number % form.blank == 0:
            sheet.rows.append([None] * len(fields))
        sheet.rows.append([number + 1 if item == "序号" else form.write(row.get(item), number) for item in fields])
    if form.subtotals:
        sheet.rows.append(_spread([f"{last}小计", str(run)], len(fields)))
    for item in form.merge:
        _merge_equal(sheet, fields.index(item), len(sheet.rows) - len(table.rows))


def _merge_equal(sheet: Sheet, column: int, first: int) -> None:
    """Merge runs of equal cells of a column, and keep the first cell of each alone."""
    start = first
    for i in range(first + 1, len(sheet.rows) + 1):
        if (
            i == len(sheet.rows)
            or sheet.rows[i][column] != sheet.rows[start][column]
            or sheet.rows[start][column] is None
        ):
            if i - start > 1:
                sheet.merged.append((start, column, i - 1, column))
                for row in sheet.rows[start + 1 : i]:
                    row[column] = None
            start = i
