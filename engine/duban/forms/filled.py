"""A town's workbook as it comes back: the cover, the posts, the figures that were typed; its records are read like any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from duban.errors import DataError, Issue, Place, Severity
from duban.forms import town_pack as pages
from duban.forms.known import Before, month_of
from duban.forms.sent import sheets_of
from duban.pack import Pack
from duban.pack.forms import Forms
from duban.records.cells import cell_text
from duban.records.spellings import spelt
from duban.records.text import BLANKS, fold
from duban.vocabulary import ASIDE, FieldSpec

Grid = Sequence[Sequence[Any]]
DAY, MONTH = FieldSpec(title="", type="date"), FieldSpec(title="", type="month")
NUMBER = FieldSpec(title="", type="decimal")


@dataclass
class Filled:
    """What stands beside the records: whose month it is, who typed it, and what was typed there."""

    town: str
    jurisdiction: str
    month: date
    made_by: str
    made_on: date
    through: date
    nothing: set[str]  # sheets (by title) that say that there is nothing in the month
    posts: dict[str, dict[str, str]]
    before: dict[str, Before]
    asked: dict[str, float | None]
    issues: list[Issue] = field(default_factory=list)

    @property
    def period(self) -> tuple[date, date]:
        """The days that the month's figures count."""
        return month_of(self.month)[0], self.through


def read_filled(path: Path, pack: Pack, forms: Forms, day: date) -> Filled:
    """Read the pages beside the records. `day` stands in for an empty 填表日期.

    Raises DataError if it is no town's workbook.
    """
    pages_of = aside(path)
    cover = pages_of.get(pages.COVER)
    missing = [name for name in (pages.COVER, pages.POSTS, pages.FIGURES) if name not in pages_of]
    if cover is None or missing:
        hint = "请用 duban town-pack 写出的工作簿，保留以“※”开头的工作表"
        raise DataError(
            f"{path.name} 不是镇月报工作簿", [Issue("F101", f"缺工作表：{'、'.join(missing)}", Place(path.name), hint)]
        )
    issues: list[Issue] = []
    labels = _labels(cover)
    town = labels.get(pages.TOWN, "")
    month = _value(MONTH, labels.get(pages.MONTH, ""))
    if not town or not isinstance(month, date):
        raise DataError(
            f"{path.name} 的“{pages.COVER}”没有填报单位或所属月份",
            [Issue("F102", "请填填报单位（镇名）和所属月份，如2024-01", Place(path.name, 0, pages.COVER))],
        )
    made_on = _day(path, labels, pages.MADE_ON, issues) or day
    last = month_of(month)[1]
    through = min(_day(path, labels, pages.THROUGH, issues) or made_on, last)
    if through < month:
        message = f"数据截至{through}，早于{month:%Y年%m月}，本月没有一天的数据"
        issues.append(Issue("F103", message, Place(path.name, 0, pages.COVER), "请核对填表日期、数据截至"))
    before, asked = _figures(path, pages_of[pages.FIGURES], pack, forms, issues)
    return Filled(
        town, labels.get(pages.COUNTY) or pack.header.jurisdiction, month, labels.get(pages.MADE_BY, ""), made_on, through, _nothing(cover),
        _posts(pages_of[pages.POSTS], pack, forms), before, asked, issues,
    )  # fmt: skip


def aside(path: Path) -> dict[str, Grid]:
    """The sheets that stand beside the records, cell by cell. Raises DataError if the file cannot be opened."""
    return {sheet.name: sheet.rows for sheet in sheets_of(path) if sheet.name.startswith(ASIDE)}


def text_of(value: Any) -> str:
    """A cell as text without blanks around it."""
    return (cell_text(value) or "").strip(BLANKS)


def _labels(cover: Grid) -> dict[str, str]:
    """What stands beside each label of the cover."""
    wanted = (pages.COUNTY, pages.TOWN, pages.MONTH, pages.MADE_BY, pages.MADE_ON, pages.THROUGH)
    found = {}
    for row in cover:
        if row and text_of(row[0]) in wanted:
            found[text_of(row[0])] = text_of(row[1]) if len(row) > 1 else ""
    return found


def _value(spec: FieldSpec, text: str) -> date | float | None:
    """A text as a value of a day, month or number; None if it cannot be read."""
    means = spelt(spec, text) if text else None
    if means is None:
        return None
    return float(means.value) if spec.type == "decimal" else date.fromisoformat(means.value[:10])


def _day(path: Path, labels: Mapping[str, str], label: str, issues: list[Issue]) -> date | None:
    text = labels.get(label, "")
    value = _value(DAY, text)
    if text and value is None:
        place = Place(path.name, 0, pages.COVER, 0, label)
        issues.append(Issue("F104", f"“{label}”写的是“{text}”，不是日期", place, "请填日期，如2024-1-20", value=text))
    return value if isinstance(value, date) else None


def _nothing(cover: Grid) -> set[str]:
    """The sheets of which the cover says 无."""
    heading = next(
        (row for row, cells in enumerate(cover) if cells and text_of(cells[0]) == pages.SHEETS_HEADING[0]), None
    )
    if heading is None:
        return set()
    return {fold(text_of(row[0])) for row in cover[heading + 1 :] if len(row) > 2 and text_of(row[2]) in ("无", "没有")}


def _posts(sheet: Grid, pack: Pack, forms: Forms) -> dict[str, dict[str, str]]:
    """Enterprise → post → who, by the headings of the sheet."""
    assert forms.town_pack is not None
    key = pack.records[forms.town_pack.roster].fields[pack.records[forms.town_pack.roster].key[0]].title
    headings = {fold(text_of(cell)): column for column, cell in enumerate(sheet[0] if sheet else ())}
    at = headings.get(fold(key))
    found: dict[str, dict[str, str]] = {}
    if at is None:
        return found
    for row in sheet[1:]:
        columns = {name: headings.get(fold(post.title)) for name, post in forms.posts.items()}
        found[text_of(row[at])] = {
            name: text_of(row[column]) for name, column in columns.items() if column is not None and column < len(row)
        }
    return found


def _figures(
    path: Path, sheet: Grid, pack: Pack, forms: Forms, issues: list[Issue]
) -> tuple[dict[str, Before], dict[str, float | None]]:
    """The figures before the month, and those that a person gives for it."""
    assert forms.figures is not None
    record = pack.records[forms.figures.record]
    titles = {fold(record.fields[name].title): name for name in forms.figures.fields}
    before: dict[str, Before] = {name: Before(None, remark="“※报表数字”里没有这一行") for name in forms.figures.fields}
    asked: dict[str, float | None] = {name: None for name, figure in forms.figures.fields.items() if figure.ask}
    for number, row in enumerate(sheet[1:], start=2):
        cells = [text_of(cell) for cell in row] + [""] * len(pages.FIGURES_HEADING)
        name = titles.get(fold(cells[0]))
        if name is None:
            continue
        total = _number(path, number, pages.FIGURES_HEADING[2], cells[2], issues)
        counted = tuple(part for part in cells[3].split("、") if part)
        before[name] = Before(total, counted, "" if total is not None else "没有上期累计")
        if name in asked:
            asked[name] = _number(path, number, pages.FIGURES_HEADING[4], cells[4], issues)
            if not cells[4]:
                place = Place(path.name, 0, pages.FIGURES, number, pages.FIGURES_HEADING[4])
                message = f"“{record.fields[name].title}”本期没有填，报表上空着，不按0计"
                issues.append(Issue("F105", message, place, "台账上数不出，请填；没有的填0", Severity.WARNING))
    return before, asked


def _number(path: Path, row: int, column: str, text: str, issues: list[Issue]) -> float | None:
    value = _value(NUMBER, text)
    if text and value is None:
        place = Place(path.name, 0, pages.FIGURES, row, column)
        issues.append(Issue("F106", f"第{row}行“{column}”写的是“{text}”，不是数字", place, "请只填数字", value=text))
    return value if isinstance(value, float) else None
