"""Templates: a workbook with an empty sheet for each record type, which reads back without an issue once it is filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import Issue, UsageError
from duban.forms.fields import Choices, meaning, write_columns
from duban.pack import Pack
from duban.report.book import Book, across, height, paper, put, sheet_name, written
from duban.vocabulary import ASIDE, ENVELOPE, SUBMITTED_AT, SUBMITTED_BY, RecordType

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

KEY = f"{ASIDE}填表说明"
_TYPES = {
    "text": "文字", "int": "整数", "decimal": "数字", "bool": "是/否", "date": "日期", "datetime": "日期时间",
    "month": "月份", "list": "可多项",
}  # fmt: skip
_COLUMNS = (("工作表", 16), ("栏目", 26), ("必填", 6), ("类型", 10), ("单位", 7), ("可填内容", 46), ("怎么填", 50))
RULES = (
    "一、底色为橙色的栏目必填，灰色的有就填。表头不要改，也不要加合计行；一行一条，不要合并单元格。",
    "二、不知道的空着，没有发生的写“无”或0，不要混用：空着是“不知道”，“无”是“没有”。",
    "三、日期填到日，如2024-1-20；整改时限不要写“尽快”“长期”。",
    "四、编号一旦用过就不再改；以后再报同一条，用同一个编号，序号不是编号。",
    "五、工作表名和文件名请保留；名称以“※”开头的工作表只是说明，不作为台账读取。",
)


def chosen_types(pack: Pack, names: Sequence[str]) -> dict[str, RecordType]:
    """The record types called so, by name or title; none: all. Raises UsageError naming every one that there is not."""
    from duban.records.sources import TypeNames

    if not names:
        return dict(pack.records)
    known = TypeNames(pack.records)
    found, issues = {}, []
    for name in names:
        exact = known.exact(name)
        if exact:
            found[exact] = pack.records[exact]
            continue
        near = known.near(name)
        issues.append(
            Issue("U020", f"没有名为“{name}”的台账", hint=f"是不是“{near}”？" if near else "见 duban rules show")
        )
    if issues:
        raise UsageError("没有写模板", issues)
    return found


def write_template(
    path: Path, pack: Pack, types: Mapping[str, RecordType], day: date, town: str = "",
    known: Mapping[str, Sequence[str]] | None = None,
) -> None:  # fmt: skip
    """Write an empty workbook for some record types.

    `known`: for fields that refer to something, the values there are, by `record type.field` of what they refer to.
    """
    with written(path, f"{pack.header.number} 台账模板", day) as book:
        key = book.sheet(KEY, protect=True)
        choices = Choices(book)
        for name, record in types.items():
            sheet = book.sheet(sheet_name(record.title), protect=True)
            write_columns(book, sheet, with_envelope(record), choices, only=_known(pack, name, town, known or {}))
            paper(sheet, landscape=True, repeat=(0, 0))
        choices.write()
        _key_sheet(book, key, pack, types, town)
        key.activate()


def with_envelope(record: RecordType) -> RecordType:
    """A record type with the columns that say who handed it in, and when: from a roster nobody needs them."""
    if record.is_roster:
        return record
    added = {name: ENVELOPE[name] for name in (SUBMITTED_BY, SUBMITTED_AT)}
    return record.model_copy(update={"fields": {**record.fields, **added}})


def _known(pack: Pack, name: str, town: str, known: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The values to choose from, for each field of a type that refers to a roster."""
    found: dict[str, Sequence[str]] = {}
    for field, references in pack.records[name].references.items():
        targets = [pack.schema.target(reference) for reference in references]
        values = [value for target, key in targets for value in known.get(f"{target}.{key}", ())]
        if not values and town and targets == [("town", "town")]:
            values = [town]
        if values:
            found[field] = values
    return found


def _key_sheet(book: Book, sheet: Worksheet, pack: Pack, types: Mapping[str, RecordType], town: str) -> None:
    """The key: how to fill in, and every field of every sheet."""
    last = len(_COLUMNS) - 1
    for column, (_, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
    across(sheet, 0, last, f"{pack.header.title}台账填表说明", book.style("title"))
    sheet.set_row(0, 34)
    whose = f"　　填报单位：{town}" if town else ""
    across(sheet, 1, last, f"依据：{pack.header.number}{whose}", book.style("head"))
    row = 2
    for text in RULES:
        across(sheet, row, last, text, book.style("note"))
        sheet.set_row(row, 17)
        row += 1
    for column, (heading, _) in enumerate(_COLUMNS):
        sheet.write_string(row, column, heading, book.style("aside"))
    sheet.freeze_panes(row + 1, 0)
    top = row
    for record in types.values():
        row = _explain(book, sheet, with_envelope(record), row + 1)
    paper(sheet, landscape=True, repeat=(top, top))


def _explain(book: Book, sheet: Worksheet, record: RecordType, row: int) -> int:
    """The rows about one record type; returns the last."""
    widths = [width for _, width in _COLUMNS]
    if record.note:
        across(sheet, row, len(_COLUMNS) - 1, f"{record.title}：{record.note}", book.style("note"))
        row += 1
    for name, spec in record.fields.items():
        needed = spec.required or name in record.key or name == record.time
        texts = [
            record.title, spec.title, "是" if needed else "", _TYPES[spec.type], spec.unit,
            "、".join(spec.values), meaning(spec),
        ]  # fmt: skip
        for column, text in enumerate(texts):
            put(sheet, row, column, text, book.style("centred" if column in (2, 3, 4) else "cell"))
        sheet.set_row(row, height(texts, widths))
        row += 1
    return row - 1
