"""SQL of values as cells of a CSV file: what people read, and no spreadsheet program runs."""

from __future__ import annotations

# Excel runs a cell that begins like this as a formula; a quote mark before it keeps it text.
_FORMULA = "'^[=+@\\t\\r-]'"


def as_cell(sql: str) -> str:
    """SQL of a text that is no formula."""
    return f"CASE WHEN regexp_matches({sql}, {_FORMULA}) THEN '''' || {sql} ELSE {sql} END"


def moment_text(sql: str) -> str:
    """SQL: 24:00 of a day as the day, any other moment with its time."""
    day = f"strftime({sql} - INTERVAL 1 MICROSECOND, '%Y-%m-%d')"
    return f"CASE WHEN {sql} = date_trunc('day', {sql}) THEN {day} ELSE strftime({sql}, '%Y-%m-%d %H:%M:%S') END"


def number_text(sql: str) -> str:
    """SQL of a number: whole ones without a point."""
    return f"CASE WHEN {sql} = floor({sql}) THEN CAST(CAST({sql} AS BIGINT) AS VARCHAR) ELSE CAST({sql} AS VARCHAR) END"
