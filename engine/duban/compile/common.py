"""The views that every plan stands on: records as seen, rosters cut into spans, bearers, hand-ins."""

from __future__ import annotations

from duban.compile.planner import Compiler
from duban.compile.proof import plan_lines
from duban.compile.views import bearers, seen, spans, workdays


def plan_views(compiler: Compiler) -> None:
    """Add them all; those that nobody asks for are left out by `in_order`."""
    compiler.steps.append(workdays(compiler.pack.calendar))
    for name, record in compiler.pack.records.items():
        compiler.steps += seen(compiler.schema, name, compiler.as_of_sql, compiler.known_by_sql)
        if record.span is not None and record.key:
            compiler.steps.append(spans(name, record))
    for kind_name, kind in compiler.pack.header.bearers.items():
        compiler.steps += bearers(kind_name, kind, compiler.pack)
    approved = f"CAST(known_on AS TIMESTAMP) < {compiler.known_by_sql}"
    compiler.add("waiver", f"SELECT * FROM sound_waiver WHERE {approved}", "waivers approved, and known, by known_by")
    plan_lines(compiler)
