"""A town's workbook of a month: its mines with their state, open problems carried forward, posts, figures so far."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.forms.fields import Choices, write_columns, write_rows
from duban.forms.known import Known
from duban.pack import Pack
from duban.pack.forms import Forms
from duban.report.book import Book, across, height, paper, put, sheet_name, written
from duban.vocabulary import ASIDE

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

COVER, POSTS, FIGURES = f"{ASIDE}填表说明", f"{ASIDE}责任岗位", f"{ASIDE}报表数字"
COUNTY, TOWN, MONTH, MADE_BY, MADE_ON, THROUGH = "辖区", "填报单位", "所属月份", "填表人", "填表日期", "数据截至"
SHEETS_HEADING = ("工作表", "已填行数", "本月有无", "说明")
FIGURES_HEADING = ("栏目", "单位", "上期累计", "已计入的编号", "本期", "说明")
COUNTED = "由台账得出"
_STEPS = (
    "一、先核对“{roster}”，再填各台账：上月没有销号的、本月已经报来的都已填好，有变化的改，没有变化的不动；本月新增的接着往下填。",
    "二、每张台账本月有没有新情况，在下表“本月有无”选“有”或“无”：本月没有记录又没有选“无”的，报表上该数空着，不按0计。",
    "三、“※报表数字”里标“请填”的数，台账上数不出，请填；“※责任岗位”填职务，三清单的责任人由此得出。",
    "四、填好后存盘，运行 duban lists 本文件，就得到问题清单、整改清单、责任清单、工作报表和阶段性进展草稿，不用再抄。",
)  # fmt: skip


def write_town_pack(path: Path, pack: Pack, forms: Forms, known: Known, day: date) -> None:
    """Write the workbook of a town for a month."""
    assert forms.town_pack is not None
    spec = forms.town_pack
    titles = {name: pack.records[name].title for name in [spec.roster, *(sheet.record for sheet in spec.sheets)]}
    key = pack.records[spec.roster].key[0]
    mines = [str(mine[key]) for mine in known.mines]
    with written(path, f"{known.town}{known.month:%Y年%m月}月报", day) as book:
        cover = book.sheet(COVER, protect=True)
        choices = Choices(book)
        sheet = book.sheet(sheet_name(titles[spec.roster]), protect=True)
        write_columns(book, sheet, pack.records[spec.roster], choices)
        write_rows(book, sheet, pack.records[spec.roster], known.mines)
        paper(sheet, landscape=True, repeat=(0, 0))
        for item in spec.sheets:
            record = pack.records[item.record]
            sheet = book.sheet(sheet_name(record.title), protect=True)
            write_columns(
                book, sheet, record, choices, only=_only(pack, item.record, spec.roster, mines), hide=item.hide
            )
            write_rows(book, sheet, record, known.rows[item.record])
            paper(sheet, landscape=True, repeat=(0, 0))
        _posts_sheet(book, pack, forms, known)
        _figures_sheet(book, pack, forms, known)
        choices.write()
        _cover(book, cover, pack, forms, known)
        cover.activate()


def _only(pack: Pack, record: str, roster: str, mines: list[str]) -> dict[str, list[str]]:
    """The fields of a type that name an enterprise, with the town's to choose from."""
    references = pack.records[record].references
    return {name: mines for name, found in references.items() if mines and any(item.to == roster for item in found)}


def _cover(book: Book, sheet: Worksheet, pack: Pack, forms: Forms, known: Known) -> None:
    assert forms.town_pack is not None
    for column, width in enumerate((22, 12, 12, 74)):
        sheet.set_column(column, column, width)
    across(sheet, 0, 3, f"{known.town}非煤矿山月报（{known.month:%Y年%m月}）", book.style("title"))
    sheet.set_row(0, 36)
    across(sheet, 1, 3, f"依据：{pack.header.number}　{pack.header.title}", book.style("head"))
    labels = {
        COUNTY: known.jurisdiction,
        TOWN: known.town,
        MONTH: f"{known.month:%Y-%m}",
        MADE_BY: "",
        MADE_ON: "",
        THROUGH: "",
    }
    told = {
        MADE_BY: "填表人写职务", MADE_ON: "如 2024-1-25；报表上的填表日期",
        THROUGH: "数据截至哪一天；不填的按填表日期，不超过月底",
    }  # fmt: skip
    row = 2
    for label, value in labels.items():
        sheet.write_string(row, 0, label, book.style("aside"))
        style = book.style("cell" if value else "entry" if label == MADE_BY else "entry_day")
        sheet.merge_range(row, 1, row, 2, "", style)
        put(sheet, row, 1, value, style)
        sheet.write_string(row, 3, told.get(label, ""), book.style("head"))
        sheet.set_row(row, 22)
        row += 1
    row += 1
    roster = pack.records[forms.town_pack.roster].title
    for text in (*_STEPS, forms.town_pack.note):
        text = text.format(roster=roster)
        across(sheet, row, 3, text, book.style("note"))
        sheet.set_row(row, height([text], [118]))
        row += 1
    row += 1
    for column, heading in enumerate(SHEETS_HEADING):
        sheet.write_string(row, column, heading, book.style("aside"))
    notes = [
        (forms.town_pack.roster, len(known.mines), f"{known.town}的矿山和生产状态；状态有变的，原行填“止”，另起一行")
    ]
    notes += [(item.record, len(known.rows[item.record]), item.note) for item in forms.town_pack.sheets]
    for record, number, note in notes:
        row += 1
        sheet.write_string(row, 0, pack.records[record].title, book.style("cell"))
        sheet.write_number(row, 1, number, book.style("centred"))
        if record == forms.town_pack.roster:
            sheet.write_blank(row, 2, None, book.style("centred"))
        else:
            sheet.write_blank(row, 2, None, book.style("entry"))
            sheet.data_validation(row, 2, row, 2, {"validate": "list", "source": ["有", "无"]})
        sheet.write_string(row, 3, note, book.style("cell"))
        sheet.set_row(row, height([note], [74]))
    paper(sheet, landscape=True)


def _posts_sheet(book: Book, pack: Pack, forms: Forms, known: Known) -> None:
    """Who answers for each mine, by posts: what 责任清单 takes."""
    assert forms.town_pack is not None
    record = pack.records[forms.town_pack.roster]
    key = record.key[0]
    shown = [name for name in (key, "name", "mine_type", "status") if name in record.fields]
    sheet = book.sheet(POSTS, protect=True)
    headings = [*(record.fields[name].title for name in shown), *(post.title for post in forms.posts.values())]
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, book.style("aside"))
        sheet.set_column(column, column, 24 if column else 10)
    for row, mine in enumerate(known.mines, start=1):
        posts = known.posts[str(mine[key])]
        for column, name in enumerate(shown):
            put(sheet, row, column, mine.get(name), book.style("cell"))
        for column, name in enumerate(forms.posts, start=len(shown)):
            put(sheet, row, column, posts.get(name, ""), book.style("entry"))
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 2)
    paper(sheet, landscape=True, repeat=(0, 0))


def _figures_sheet(book: Book, pack: Pack, forms: Forms, known: Known) -> None:
    """The figures so far, and those that only a person can give."""
    assert forms.figures is not None
    record = pack.records[forms.figures.record]
    sheet = book.sheet(FIGURES, protect=True)
    widths = (34, 8, 10, 30, 13, 56)
    for column, (heading, width) in enumerate(zip(FIGURES_HEADING, widths, strict=True)):
        sheet.write_string(0, column, heading, book.style("aside"))
        sheet.set_column(column, column, width)
    for row, (name, figure) in enumerate(forms.figures.fields.items(), start=1):
        before = known.before[name]
        remark = "；".join(filter(None, (f"请填：{figure.ask}" if figure.ask else "", before.remark, before.note)))
        cells: list[tuple[Any, str]] = [
            (record.fields[name].title, "cell"), (record.fields[name].unit, "centred"),
            (before.total, "number" if before.total is not None and not before.remark else "entry"),
            ("、".join(before.counted), "cell"),
            (None if figure.ask else COUNTED, "entry" if figure.ask else "centred"), (remark, "cell"),
        ]  # fmt: skip
        for column, (value, style) in enumerate(cells):
            put(sheet, row, column, value, book.style(style))
        sheet.set_row(row, height([str(value or "") for value, _ in cells], widths))
    sheet.set_row(0, 24)
    paper(sheet, landscape=True, repeat=(0, 0))
