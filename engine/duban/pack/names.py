"""Which names a condition may use in which place of an obligation: shared by lint and the compiler."""

from __future__ import annotations

from collections.abc import Iterable

from duban.conditions import Column
from duban.pack.obligation import Obligation
from duban.scope import Names, Row, Schema

# What alerts and, later, measures may ask of a duty.
DUTY_COLUMNS = {
    "obligation": "text",
    "kind": "text",
    "bearer_kind": "text",
    "status": "text",
    "enforceable": "bool",
    "ground": "text",
    "basis": "text",
    "alert": "text",
    "required": "decimal",
    "observed": "decimal",
    "shortfall": "decimal",
    "days_left": "int",
    "days_overdue": "int",
    "elapsed": "decimal",
    "past_expected": "bool",
    "attainable": "bool",
}


def fixed_columns() -> dict[str, Column]:
    """The fields of a duty as names, for conditions over duties."""
    return {name: Column(f'd."{name}"', kind) for name, kind in DUTY_COLUMNS.items()}


def frame_columns(start: str = "NULL", end: str = "NULL") -> dict[str, Column]:
    """`window.start|end` (given as SQL) and `period.start|end`, from the columns of the duty table `d`.

    What a `reconcile` is about has a period too, though none in its key.
    """
    return {
        "window.start": Column(start, "date"),
        "window.end": Column(end, "date"),
        "period.start": Column("CAST(d.full_a AS DATE)", "date"),
        "period.end": Column("CAST(d.full_b - INTERVAL 1 DAY AS DATE)", "date"),
    }


def duty_names(
    schema: Schema,
    obligation: Obligation,
    own: Row | None,
    prefixes: Iterable[str],
    window: tuple[str, str] = ("NULL", "NULL"),
) -> Names:
    """The scope of a condition: its own row, the prefixes allowed there, the window and the parameters."""
    rows: dict[str, Row] = {}
    wanted = set(prefixes)
    if "bearer" in wanted:
        rows["bearer"] = Row(schema, schema.bearers[obligation.bearer].record, "b", "d.due")
    if "trigger" in wanted and obligation.each is not None and obligation.each.record in schema.records:
        rows["trigger"] = Row(schema, obligation.each.record, "g")
    columns = frame_columns(*window)
    if "period" not in wanted:
        columns = {name: column for name, column in columns.items() if not name.startswith("period.")}
    return Names(schema, own, rows, columns)
