"""Figures of a form, counted from records: for the period, and together with what was reported before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from duban.forms.desk import Desk
from duban.pack.forms import Count, Figure, Figures

if TYPE_CHECKING:
    from duban.forms.known import Before


@dataclass(frozen=True)
class Value:
    """A figure: the number of the period, the 累计, and what a person must know about them. None is not known."""

    current: float | None
    total: float | None
    remarks: tuple[str, ...] = ()


def counted_rows(desk: Desk, count: Count, town: str, period: tuple[date, date]) -> list[dict[str, Any]]:
    """The records that a figure counts: of the town, by their date in the period."""
    spec = desk.pack.records[count.record].fields[count.on]
    start, end = period
    day = f"{count.on} >= date '{start}' and {count.on} <= date '{end}'"
    if spec.type == "datetime":
        day = f"{count.on} >= date '{start}' and {count.on} < date '{end.fromordinal(end.toordinal() + 1)}'"
    where = f"({count.where}) and {day}" if count.where else day
    return desk.select(count.record, town, where)


def count_values(desk: Desk, count: Count, town: str, period: tuple[date, date]) -> tuple[str, ...]:
    """The distinct values that a figure counts, sorted."""
    rows = counted_rows(desk, count, town, period)
    return tuple(sorted({str(row[count.distinct]) for row in rows if row.get(count.distinct) is not None}))


def count_figure(desk: Desk, count: Count, town: str, period: tuple[date, date]) -> float:
    """The number itself."""
    if count.distinct:
        return len(count_values(desk, count, town, period))
    rows = counted_rows(desk, count, town, period)
    if count.sums:
        return float(sum(row[count.sums] or 0 for row in rows)) / count.per
    return len(rows)


def reckon(figure: Figure, current: float | None, values: tuple[str, ...], before: Before) -> Value:
    """The 累计 of a figure, from that of the month before and this month's. What is not known stays empty."""
    remarks = (before.remark,) if before.remark else ()
    if current is None or before.total is None:
        return Value(current, None, remarks)
    if figure.cumulative == "largest":
        return Value(current, max(current, before.total), remarks)
    if figure.cumulative == "adds":
        return Value(current, round(current + before.total, 6), remarks)
    if len(before.counted) != before.total:  # who was counted is not known: the sum would count some twice
        least, most = max(current, before.total), current + before.total
        total = least if least == most else None
        return Value(
            current, total, remarks if total is not None else (*remarks, f"累计在{least:g}和{most:g}之间，请填")
        )
    return Value(current, len({*before.counted, *values}), remarks)


def asked(figures: Figures) -> dict[str, Figure]:
    """The figures that only a person can give."""
    return {name: figure for name, figure in figures.fields.items() if figure.ask}
