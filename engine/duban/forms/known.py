"""What is known about a town before a month is filled in: its mines, posts, open problems, and what was reported so far."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from duban.errors import UsageError
from duban.forms.desk import Desk
from duban.forms.figures import count_figure, count_values
from duban.pack.forms import Figure, Figures, PostSource
from duban.vocabulary import JURISDICTION


@dataclass(frozen=True)
class Before:
    """A figure before the month: the reported 累计, the values that were counted (of distinct ones).

    `remark`: why the 累计 is doubtful. `note`: what is to be looked at besides.
    """

    total: float | None
    counted: tuple[str, ...] = ()
    remark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Known:
    """All that is filled in beforehand for a town and a month."""

    town: str
    jurisdiction: str
    month: date
    mines: list[dict[str, Any]]
    posts: dict[str, dict[str, str]]  # enterprise → post → who
    rows: dict[str, list[dict[str, Any]]]
    before: dict[str, Before] = field(default_factory=dict)

    @property
    def period(self) -> tuple[date, date]:
        return month_of(self.month)


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month of a day."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def known(desk: Desk, town: str, month: date) -> Known:
    """What the records on a desk say about a town before (and in) a month.

    Raises UsageError if no roster knows the town.
    """
    forms = desk.forms
    if forms.town_pack is None or forms.figures is None:
        raise UsageError(f"规则包 {desk.pack.header.id} 的 forms.yaml 没有 town_pack")
    period = month_of(month)
    mines = desk.roster(forms.town_pack.roster, town)
    _check_town(desk, town, bool(mines))
    rows = {
        sheet.record: desk.select(sheet.record, town, sheet.carry, period) if sheet.carry else []
        for sheet in forms.town_pack.sheets
    }
    key = desk.pack.records[forms.town_pack.roster].key[0]
    posts = {str(mine[key]): _posts(desk, mine, key, town) for mine in mines}
    jurisdiction = str(mines[0][JURISDICTION]) if mines else desk.pack.header.jurisdiction
    return Known(town, jurisdiction, month, mines, posts, rows, _before(desk, forms.figures, town, period[0]))


def _check_town(desk: Desk, town: str, has_mines: bool) -> None:
    """A town is known by its roster, or by an enterprise in it."""
    assert desk.forms.figures is not None
    record = desk.pack.records[desk.forms.figures.record]
    names: set[str] = set()
    for reference in record.references.get(desk.forms.figures.town, ()):
        target, key = desk.pack.schema.target(reference)
        names |= {str(row[key]) for row in desk.roster(target)} if target else set()
    if town not in names and not has_mines:
        raise UsageError(f"名册里没有“{town}”；有：{'、'.join(sorted(names)) or '没有镇名册'}")


# --- posts
def _posts(desk: Desk, mine: dict[str, Any], key: str, town: str) -> dict[str, str]:
    return {
        name: next(filter(None, (_holder(desk, source, mine, key, town) for source in post.sources)), "")
        for name, post in desk.forms.posts.items()
    }


def _holder(desk: Desk, source: PostSource, mine: dict[str, Any], key: str, town: str) -> str:
    """What one source says about an enterprise, '' if nothing."""
    if not source.record:
        return source.text
    record = desk.pack.records[source.record]
    if key in record.fields:
        rows = desk.select(source.record, "", source.where)
        held = {str(row[key]): row for row in rows if _holds(desk, source.record, row)}
        found = held.get(str(mine[key]))
    else:
        found = next(iter(desk.roster(source.record, town)), None)
    value = found.get(source.field) if found else None
    return source.text.format(value) if value else ""


def _holds(desk: Desk, record: str, row: dict[str, Any]) -> bool:
    span = desk.pack.records[record].span
    if span is None:
        return True
    start, end, day = row.get(span.start), row.get(span.end), desk.as_of.date() - timedelta(days=1)
    return (start is None or start <= day) and (end is None or day <= end)


# --- figures so far
def _before(desk: Desk, figures: Figures, town: str, start: date) -> dict[str, Before]:
    """Per figure the 累计 that was reported last, and for distinct ones whom it counted."""
    record = desk.pack.records[figures.record]
    first = _first_month(desk, start)
    lines = desk.select(figures.record, town)
    previous = (start - timedelta(days=1)).replace(day=1)
    at = {str(row.get(figures.line)): row for row in lines if row.get(record.period) == previous}
    line = at.get(figures.total)
    found = {}
    for name, figure in figures.fields.items():
        if start <= first:
            found[name] = Before(0)
        elif line is None or line.get(name) is None:
            found[name] = Before(None, remark=f"没有{previous:%Y年%m月}的累计数，请补填")
        else:
            found[name] = _one(desk, town, figure, float(line[name]), (first, start - timedelta(days=1)))
            found[name] = replace(
                found[name], note=_left_out(desk, town, figure, at.get(figures.current, {}).get(name), previous)
            )
    return found


def _left_out(desk: Desk, town: str, figure: Figure, reported: float | None, previous: date) -> str:
    """What the month before now counts, where that is not what was reported: its last days come in after the form."""
    if figure.count is None or figure.cumulative != "adds" or reported is None:
        return ""
    if not desk.rows.get(figure.count.record):
        return ""
    number = count_figure(desk, figure.count, town, month_of(previous))
    if abs(number - float(reported)) < 1e-6:
        return ""
    return f"上月报{float(reported):g}，按现在掌握的台账重数为{number:g}；请核对；漏报的更正上月报表，不在本月补"


def _one(desk: Desk, town: str, figure: Figure, total: float, period: tuple[date, date]) -> Before:
    if figure.cumulative != "distinct" or figure.count is None:
        return Before(total)
    counted = count_values(desk, figure.count, town, period)
    if len(counted) == total:
        return Before(total, counted)
    return Before(total, counted, f"上期累计报{total:g}，按记录重数为{len(counted)}，请核对")


def _first_month(desk: Desk, start: date) -> date:
    """The month in which reporting began: that of the earliest window of the notice that the campaign has."""
    windows = [desk.pack.day(window.start) for name, window in desk.pack.header.windows.items() if name == "campaign"]
    windows = windows or [desk.pack.day(window.start) for window in desk.pack.header.windows.values()]
    return min(windows, default=start)
