"""Ways of `otherwise`: what discharges a duty, or has a person decide, where the main test is not satisfied."""

from __future__ import annotations

from duban.compile import sql
from duban.compile.planner import Compiler
from duban.compile.stack import Stack, listed, union, union_alike
from duban.kinds import plan_tests
from duban.kinds.base import Ask, DutyTable, boolean
from duban.pack.obligation import Obligation, Path
from duban.scope import Names, Row
from duban.sqltext import literal, quote


def plan_paths(compiler: Compiler, stack: Stack, results: list[str]) -> str:
    """`ID/otherwise`: (duty, path, title, manual, holds, might, mitigates): each path's condition and test, with its own due.

    Only where the main test is not satisfied: a path matters nowhere else. Returns '' where no obligation has one.

    `might`: its test's unknown acts or targets keep us from knowing that it does not hold; then nobody is accused. An empty
    cell in `where` or the due means that the path is not open (no county order, say).
    """
    most = max(len(item.otherwise) for item in stack.obligations)
    if not most:
        return ""
    having = ", ".join(literal(item.id) for item in stack.obligations if item.otherwise)
    compiler.add(
        stack.step("open"),
        f"SELECT d.* FROM {quote(stack.step('duty'))} d\n"
        f"SEMI JOIN (SELECT duty FROM {union(results)} WHERE timely IS DISTINCT FROM TRUE) t ON t.duty = d.duty WHERE d.obligation IN ({having})",
        "duties for which a path may matter: not satisfied in time",
    )
    parts = [_plan_nth(compiler, stack, number) for number in range(1, most + 1)]
    return compiler.add(stack.step("otherwise"), "\nUNION ALL\n".join(parts), "the paths, and which of them hold")


def _plan_nth(compiler: Compiler, stack: Stack, number: int) -> str:
    """The n-th path of all obligations that have one; returns the SQL of its rows of `ID/otherwise`."""
    paths = {item.id: item.otherwise[number - 1] for item in stack.obligations if len(item.otherwise) >= number}
    having = [item for item in stack.obligations if item.id in paths]
    suffix = f"otherwise {number}"
    opened = union_alike(stack.duties("open", having), lambda duty: _opened(compiler, duty, paths[duty.obligation]))
    open_duties = compiler.add(stack.step(f"{suffix}/duty"), opened, "where the path is open, and until when")
    tested = plan_tests(
        [ask for item in having for ask in _asks(stack, item, paths[item.id], f"{suffix}/duty")],
        compiler,
        f"/{suffix}/test",
    )
    known = listed(
        [(name, path.title, path.manual, bool(path.tests), bool(path.by)) for name, path in paths.items()],
        "k", "obligation", "title", "manual", "tested", "until",
    )  # fmt: skip
    standing = f"coalesce(d.chosen AND (NOT k.until OR d.due > {compiler.as_of_sql}), FALSE)"
    holds, might, mitigates, join = standing, "FALSE", "FALSE", ""
    if tested:
        join = f" LEFT JOIN {union(tested)} t USING (duty)"
        holds = f"CASE WHEN k.tested THEN coalesce(d.chosen AND t.timely AND NOT t.empty, FALSE) ELSE {standing} END"
        might = "k.tested AND coalesce(d.chosen AND NOT t.empty AND d.due IS NOT NULL AND coalesce(t.timely OR t.could, TRUE), FALSE)"
        mitigates = "k.tested AND coalesce(d.chosen AND NOT t.timely AND t.done_at IS NOT NULL, FALSE)"
    return (
        f"SELECT d.duty, {number} AS path, k.title, k.manual, {holds} AS holds,\n  {might} AS might,\n  {mitigates} AS mitigates\n"
        f"FROM {quote(open_duties)} d JOIN {known} USING (obligation){join}"
    )


def _opened(compiler: Compiler, duty: DutyTable, path: Path) -> str:
    """SQL of the duties with the path's own due, and whether it is open."""
    names = own_names(compiler, duty)
    where = boolean(path.where, names).sql
    due = sql.due(compiler.by(path.by), names, "d.full_a", "d.full_b") if path.by else "d.due"
    needed = compiler.bearer_join(duty) if path.where or path.by else ""
    return f"SELECT d.* REPLACE ({due} AS due), {where} AS chosen FROM {duty.rows} d\n{needed}\n{names.joins()}"


def _asks(stack: Stack, obligation: Obligation, path: Path, suffix: str) -> list[Ask]:
    """The test of a path, if it has one, with the duties that it is asked of."""
    (duty,) = stack.duties(suffix, [obligation])
    own = DutyTable(
        duty.name, duty.obligation, duty.bearer, duty.trigger, obligation.unit, duty.has_by or bool(path.by),
        duty.before, duty.waivable, duty.shared,
    )  # fmt: skip
    return [(test, own) for test in path.tests[:1]]


def taken(paths: str) -> str:
    """SQL of one row per duty: what its paths come to. `paths` is the step."""
    free = "manual = ''"
    return (
        f"SELECT duty, bool_or(holds AND {free}) AS discharging, bool_or(holds AND NOT {free}) AS asking,\n"
        f"  bool_or(mitigates AND {free}) AS mitigating, bool_or(might) AS doubtful,\n"
        f"  string_agg(manual || {literal('；')}, '' ORDER BY path) FILTER (holds AND NOT {free}) AS question,\n"
        f"  string_agg(title, '' ORDER BY path) FILTER (holds AND {free}) AS path_title FROM {quote(paths)} GROUP BY duty"
    )


def own_names(compiler: Compiler, duty: DutyTable) -> Names:
    """What notes, paths and `advisory` read: the trigger's fields where there is one, else the bearer's."""
    own = Row(compiler.schema, duty.trigger, "tr") if duty.trigger else None
    names: Names = compiler.names(duty, own)
    if own is None:
        names.own = names.rows["bearer"]
    return names
