"""拟提请约谈研究名单.xlsx: the list as a person reads it, writes on it and prints it (A3 across).

XlsxWriter and not openpyxl: it only writes, which is all we need; a text stays a text whatever it begins with; and it is
maintained. The tests read the file back with openpyxl.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.model import Tier, Verification
from duban.report.layout import width
from duban.report.papers import words
from duban.report.papers.interviews import COLUMNS, Entry, cells
from duban.report.papers.words import Notice

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

NAME = "拟提请约谈研究名单"
TITLE = f"{NAME}（建议稿）"
HEADER_ROW = 2  # below the title and the line that says what it rests on
SECTIONS = ((Tier.FIRST, "一、"), (Tier.SECOND, "二、"))
NOTE = (
    "说明：本名单由资料比对形成，供研究使用，不是认定结论；各条均待核实，核实、听取陈述、法制审核以后由局领导决定。"
    "镇领导和本局自身的事项不在本名单，另报县安委办。事实条数只是条数，不作排名。"
)
DECISIONS = ("采纳", "不予约谈", "再核")
A3 = 8
FONT, BODY, LINE = "仿宋", 10, 13.5  # points of the text and of a line of it
MOST_LINES = 29  # Excel's rows end at 409 points
CUT = "……（余下见核实单、审批单）"
_HEADINGS = [heading for heading, _, _ in COLUMNS]
_LAST = len(COLUMNS) - 1


def write_sheet(listed: Sequence[Entry], notice: Notice, as_of: datetime, known_by: datetime, path: Path) -> None:
    """Write the list. What a person fills in is left blank, with a choice for 核实结果 and 采纳与否."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": TITLE, "created": datetime(as_of.year, as_of.month, as_of.day)})
        page = book.add_worksheet("名单")
        formats = _formats(book)
        _head(page, formats, notice, as_of, known_by)
        row = HEADER_ROW + 1
        for tier, mark in SECTIONS:
            row = _section(page, formats, row, mark, tier, [item for item in listed if item.candidate.tier is tier])
        page.merge_range(row, 0, row, _LAST, NOTE, formats["note"])
        page.set_row(row, 30)
        _layout(page, row)


def _head(page: Worksheet, formats: Mapping[str, Format], notice: Notice, as_of: datetime, known_by: datetime) -> None:
    page.merge_range(0, 0, 0, _LAST, TITLE, formats["title"])
    page.set_row(0, 34)
    rests_on = f"依据：{notice.number} {notice.title}　　截至：{words.moment_text(as_of, hour=True)}　　"
    rests_on += f"掌握资料至：{words.moment_text(known_by, hour=True)}　　{words.DRAFT}"
    page.merge_range(1, 0, 1, _LAST, rests_on, formats["note"])
    page.set_row(1, 18)
    for column, (heading, wide, _) in enumerate(COLUMNS):
        page.set_column(column, column, wide)
        page.write_string(HEADER_ROW, column, heading, formats["heading"])
    page.set_row(HEADER_ROW, 32)


def _section(
    page: Worksheet, formats: Mapping[str, Format], row: int, mark: str, tier: Tier, listed: Sequence[Entry]
) -> int:
    """A tier: its band, then a line for each candidate. Returns the next free row."""
    page.merge_range(row, 0, row, _LAST, f"{mark}{tier.value}（{len(listed)}家）", formats["band"])
    page.set_row(row, 20)
    row += 1
    for entry in listed:
        made = [_fitted(text, wide) for (_, wide, _), text in zip(COLUMNS, cells(entry), strict=True)]
        for column, text in enumerate(made):
            page.write_string(row, column, text, formats[_style(column, entry)])
        page.set_row(row, _height(made))
        row += 1
    if not listed:
        page.merge_range(row, 0, row, _LAST, "无", formats["cell"])
        row += 1
    return row


def _style(column: int, entry: Entry) -> str:
    if _HEADINGS[column] == "层级" and entry.candidate.red:
        return "red"
    if _HEADINGS[column] == "办结日期":
        return "date"
    return "centred" if COLUMNS[column][1] <= 8 else "cell"


def _height(made: Sequence[str]) -> float:
    """The height that a row of wrapped texts takes: not every program fits rows when it opens a file."""
    return max(_lines(text, wide) for (_, wide, _), text in zip(COLUMNS, made, strict=True)) * LINE + 6


def _lines(text: str, wide: float) -> int:
    """How many lines a text takes in a column; a character less than there is room for, since no word is broken."""
    room = max(int(wide) - 1, 2)
    return sum(max(1, -(-width(line) // room)) for line in text.split("\n"))


def _fitted(text: str, wide: float) -> str:
    """What of a text a row can show: cut at a line, and it says so."""
    if _lines(text, wide) <= MOST_LINES:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        if _lines("\n".join([*kept, line, CUT]), wide) > MOST_LINES:
            break
        kept.append(line)
    if not kept:  # one line that is too long by itself
        kept.append(text[: int(wide - 1) // 2 * (MOST_LINES - 3)])
    return "\n".join([*kept, CUT])


def _layout(page: Worksheet, last: int) -> None:
    """Paper, marks on every page, what stays in sight, and the choices."""
    page.set_paper(A3)
    page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.7)
    page.set_header(f'&C&"{FONT},Bold"&12{words.DRAFT}')
    page.set_footer(f'&L&"{FONT}"&9{words.INTERNAL}&C&"{FONT}"&9第 &P 页，共 &N 页&R&"{FONT}"&9{TITLE}')
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)
    page.print_area(0, 0, last, _LAST)
    page.freeze_panes(HEADER_ROW + 1, 2)
    first = HEADER_ROW + 1
    states = [state.value for state in Verification]
    _choice(page, "核实结果", first, last - 1, states, "stop", "逐条结果不同的，写在核实单里")
    _choice(
        page,
        "采纳与否及理由",
        first,
        last - 1,
        list(DECISIONS),
        "information",
        "选定后在后面写明理由；不予约谈的必须写理由",
    )


def _choice(page: Worksheet, heading: str, first: int, last: int, values: list[str], kind: str, message: str) -> None:
    column = _HEADINGS.index(heading)
    options: dict[str, Any] = {
        "validate": "list",
        "source": values,
        "ignore_blank": True,
        "error_type": kind,
        "input_title": heading,
        "input_message": message,
    }
    page.data_validation(first, column, last, column, options)


def _formats(book: Workbook) -> dict[str, Format]:
    def made(**words_of: Any) -> Format:
        return book.add_format(
            {"font_name": FONT, "font_size": BODY, "valign": "vcenter", "text_wrap": True, **words_of}
        )

    return {
        "title": made(font_name="方正小标宋简体", font_size=20, align="center"),
        "note": made(align="left"),
        "heading": made(font_name="黑体", font_size=9, bold=True, align="center", border=1, bg_color="#E7E6E6"),
        "band": made(font_name="黑体", font_size=11, border=1, bg_color="#F2F2F2"),
        "cell": made(border=1, valign="top"),
        "centred": made(border=1, align="center", valign="top"),
        "red": made(border=1, bold=True, font_color="#C00000", valign="top"),
        "date": made(border=1, valign="top", num_format="yyyy-mm-dd"),
    }
