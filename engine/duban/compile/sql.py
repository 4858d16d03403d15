"""Small pieces of SQL about time that several steps share. Moments are naive TIMESTAMPs; see docs/semantics.md §1, §5."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from duban.conditions import Checked, compile_moment
from duban.pack.timing import By, Duration
from duban.scope import Names, Row
from duban.sqltext import literal

# Stand-ins for “always was” and “still is”: infinities break arithmetic.
BEGIN, END = "TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 00:00:00'"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2060, 12, 31)  # of the workday table


def blank_cells(condition: Checked, row: Row | None = None) -> str:
    """SQL: the titles of the empty cells that a condition reads, “状态”“类型”; of `row` alone, or of all rows."""
    own = f"{row.alias}." if row is not None else ""
    cells = {column.sql: column.label for column in condition.columns if column.label and column.sql.startswith(own)}
    shown = [f"CASE WHEN {cell} IS NULL THEN {literal(f'“{label}”')} ELSE '' END" for cell, label in cells.items()]
    return " || ".join(shown) or "''"


def day_start(day: date) -> str:
    """SQL of 00:00 of a day."""
    return literal(datetime.combine(day, datetime.min.time()))


def day_end(day: date) -> str:
    """SQL of 24:00 of a day."""
    return day_start(day + timedelta(days=1))


def end_of(moment: str, bare: str) -> str:
    """SQL: a bare date's 24:00, else the moment itself."""
    if bare == "FALSE":
        return f"CAST({moment} AS TIMESTAMP)"
    whole = f"(CAST(CAST({moment} AS DATE) AS TIMESTAMP) + INTERVAL 1 DAY)"
    return whole if bare == "TRUE" else f"(CASE WHEN {bare} THEN {whole} ELSE CAST({moment} AS TIMESTAMP) END)"


def shift(moment: str, bare: str, offset: Duration | None) -> str:
    """SQL of a due: hours are exact, the other units end at 24:00 of the last day."""
    if offset is None:
        return end_of(moment, bare)
    if offset.unit == "hours":
        return f"({end_of(moment, bare)} + INTERVAL ({offset.n}) HOUR)"
    return f"(CAST({shift_day(f'CAST({moment} AS DATE)', offset)} AS TIMESTAMP) + INTERVAL 1 DAY)"


def shift_day(day: str, offset: Duration) -> str:
    """SQL of a day plus days, months (the same number, or the month's last) or workdays."""
    if offset.unit == "workdays":
        return _workday(day, offset.n)
    unit = "MONTH" if offset.unit == "months" else "DAY"
    return f"CAST({day} + INTERVAL ({offset.n}) {unit} AS DATE)"


def _workday(day: str, n: int) -> str:
    """The n-th working day after (before, for negative n) a day."""
    wanted = f"c.nth + {n}" if n >= 0 else f"c.nth - CAST(c.workday AS INTEGER) + {n + 1}"
    return (
        f"(SELECT t.day FROM calendar c JOIN calendar t ON t.workday AND t.nth = {wanted} WHERE c.day = {day})"
        if n
        else day
    )


def before(moment: str, bare: str, back: Duration) -> str:
    """SQL of the start of the time before a moment: hours exact, else 00:00 of the day so far back."""
    if back.unit == "hours":
        return f"(CAST({moment} AS TIMESTAMP) - INTERVAL ({back.n}) HOUR)"
    return f"CAST({shift_day(f'CAST({moment} AS DATE)', Duration(-back.n, back.unit))} AS TIMESTAMP)"


def due(by: By, names: Names, period: str, next_period: str) -> str:
    """SQL of an unrolled due; `period` and `next_period` are SQL of the period's first day and the next one's."""
    if by.expression is None:
        last = f"CAST({next_period} - INTERVAL 1 DAY AS DATE)"
        day = f"least(CAST({period} + INTERVAL ({by.day - 1}) DAY AS DATE), {last})"
        return shift(day, "TRUE", by.offset)
    checked = compile_moment(by.expression, names)
    return shift(checked.sql, checked.bare, by.offset)


def due_day(moment: str) -> str:
    """SQL of the day that a due belongs to: an exact midnight ends the day before."""
    return f"CAST({moment} - INTERVAL 1 MICROSECOND AS DATE)"


def rolled(moment: str) -> str:
    """SQL of a due moved to the end of the next workday, if its day is none."""
    day = due_day(moment)
    row = f"SELECT CASE WHEN c.workday THEN {moment} ELSE CAST(c.next_workday AS TIMESTAMP) + INTERVAL 1 DAY END"
    return f"({row} FROM calendar c WHERE c.day = {day})"


def first_day(moment: str) -> str:
    """SQL: 00:00 of the day of a moment."""
    return f"CAST(CAST({moment} AS DATE) AS TIMESTAMP)"


def last_day_end(moment: str) -> str:
    """SQL: the first midnight at or after a moment: the end of the last day that it touches."""
    return f"CAST(CAST({moment} + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND AS DATE) AS TIMESTAMP)"
