"""催办单 for towns: one workbook for each town, with what its centre and its mines still have to do, to be printed and ticked off.

A town's workbook holds its own bearers and nobody else: no leaders, no bureau, no other town, no candidates, no leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from duban.planning.due import Due, Group, Item
from duban.planning.due_files import left_text
from duban.report.book import Book, across, height, paper, put, written
from duban.report.papers.bureau import Bureau
from duban.report.papers.towns import in_order
from duban.report.papers.words import Notice, day_text, moment_text, shown
from duban.report.papers.write import folder_of, new_folder

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

NAME = "催办单"
HEADINGS = (
    ("序号", 5), ("单位", 22), ("事项", 34), ("期间或对应记录", 17), ("目前情况", 38), ("期限", 15), ("剩余", 9), ("备注", 12), ("落实情况（请填）", 18),
)  # fmt: skip
PARTS = {
    Group.PENDING: "一、即将到期，请按时办理",
    Group.OVERDUE: "二、期限已过、资料显示尚未办结，仍可补办（如已办结，请补报资料）",
    Group.UNPROVEN: "三、资料未报齐，请补报（不作为问题）",
}
_NOTHING = "没有"
_HEADING_ROW = 4


def town_items(due: Due, bureau: Bureau) -> dict[str, tuple[Item, ...]]:
    """What each town may be sent, in the bureau's order of towns: its own bearers' items without those for the committee.

    Two jurisdictions may have a town of one name: then the jurisdiction stands before it.
    """
    several = len({item.jurisdiction for item in due.items}) > 1
    found: dict[str, list[Item]] = {}
    for item in due.items:
        if item.town and item.bearer_kind not in bureau.to_committee:
            name = f"{item.jurisdiction}{item.town}" if several else item.town
            found.setdefault(name, []).append(item)
    return {town: tuple(found[town]) for town in in_order(found, bureau)}


def write_town_sheets(due: Due, bureau: Bureau, notice: Notice, folder: Path) -> list[Path]:
    """One folder for each town below `folder`, which must be new or empty; all of them, or none. Raises UsageError."""
    with new_folder(folder) as stage:
        return [folder / path.relative_to(stage) for path in put_town_sheets(due, bureau, notice, stage)]


def put_town_sheets(due: Due, bureau: Bureau, notice: Notice, folder: Path) -> list[Path]:
    """The same into a folder that is there, beside what else is in it."""
    paths: list[Path] = []
    for town, items in town_items(due, bureau).items():
        path = folder / folder_of(town) / f"{NAME}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, town, items, due, bureau, notice)
        paths.append(path)
    return paths


def _write(path: Path, town: str, items: Sequence[Item], due: Due, bureau: Bureau, notice: Notice) -> None:
    with written(path, f"{town}{NAME}", due.as_of.date()) as book:
        sheet = book.sheet(NAME)
        last = len(HEADINGS) - 1
        sheet.set_row(0, 30)
        across(sheet, 0, last, shown(f"{town}履责事项提示（{NAME}）"), book.style("title"))
        for row, text in enumerate(_head(due, bureau, notice), 1):
            across(sheet, row, last, shown(text), book.style("note"))
            sheet.set_row(row, height([text], [sum(width for _, width in HEADINGS)]))
        for column, (heading, width) in enumerate(HEADINGS):
            sheet.set_column(column, column, width)
            put(sheet, _HEADING_ROW, column, heading, book.style("heading"))
        row = _HEADING_ROW + 1
        for group, title in PARTS.items():
            row = _part(book, sheet, row, title, [item for item in items if item.group is group])
        across(
            sheet,
            row,
            last,
            "填报人：　　　　　　　联系电话：　　　　　　　填报日期：　　　年　　月　　日",
            book.style("head"),
        )
        sheet.set_row(row, 28)
        paper(sheet, landscape=True, repeat=(_HEADING_ROW, _HEADING_ROW))
        sheet.freeze_panes(_HEADING_ROW + 1, 0)
        sheet.print_area(0, 0, row, last)


def _head(due: Due, bureau: Bureau, notice: Notice) -> Iterator[str]:
    yield f"依据{notice.number}《{notice.title}》，按{moment_text(due.as_of, hour=True)}掌握的资料整理，列到{moment_text(due.until)}。"
    yield "本单是工作提示，由资料比对形成，尚未核实，不作为处理依据；与实际不符的，请在“落实情况”中说明并补报资料。标“仅提示”的，通知没有规定次数或期限，供工作参考。"
    yield f"{bureau.section}　联系人：{bureau.contact.person}"


def _part(book: Book, sheet: Worksheet, row: int, title: str, items: Sequence[Item]) -> int:
    last = len(HEADINGS) - 1
    text = title if items else f"{title}：{_NOTHING}"
    across(sheet, row, last, text, book.style("heading"))
    sheet.set_row(row, 22)
    for number, item in enumerate(items, 1):
        row += 1
        texts = [str(number), *(shown(cell) for cell in _cells(item)), ""]
        for column, cell in enumerate(texts):
            put(sheet, row, column, cell, book.style("centred" if column in (0, 5, 6) else "cell"))
        sheet.set_row(row, height(texts, [width for _, width in HEADINGS]))
    return row + 1


def _cells(item: Item) -> tuple[str, ...]:
    about = "，".join(filter(None, (item.period, item.trigger_id)))
    return (
        item.bearer_name,
        f"{item.title}（{item.clause}）",
        about,
        item.what,
        _day(item),
        left_text(item),
        item.remark,
    )


def _day(item: Item) -> str:
    return day_text(item.day) if item.due.time() == datetime.min.time() else item.at
