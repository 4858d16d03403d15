"""reconcile: figures that were handed in must agree with each other, or with a recount of the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from duban.conditions import Checked, Column, ConditionError, compile_boolean, parse
from duban.kinds.base import RESULT, Ask, DutyTable, LintContext, Need, Planner, Test, as_one, boolean, step_interval
from duban.scope import Names, Row, Schema, belonging
from duban.sqltext import literal, quote
from duban.vocabulary import NUMERIC_TYPES, Word


class Side(Word):
    """Other rows of the same bearer: of the trigger's period or the one before.

    With `count` or `sum` the side's name is a number; else `name.field` reads its one row (`absent`: what a missing row reads as).
    `title` is what a reader is told that it is.
    """

    record: str
    title: str = ""
    where: str = ""
    period: Literal["same", "previous"] = "same"
    absent: int | float | None = None
    count: bool = False
    sum: str = ""
    link: str = ""

    @property
    def is_number(self) -> bool:
        return self.count or bool(self.sum)


class Reconcile(Test):
    """`{equal: [conditions over the trigger, its period and the sides], with: {name: side}}`. No late."""

    word: ClassVar[str] = "reconcile"
    needs_proof: ClassVar[bool] = True

    equal: tuple[str, ...] | list[str]
    sides: dict[str, Side] = Field(default={}, alias="with")

    def problems(self, lint: LintContext) -> None:
        if not lint.trigger:
            lint.problem("reconcile", "reconcile compares what a trigger states: it needs each")
            return
        for name, side in self.sides.items():
            lint.condition(f"with.{name}.where", side.where, side.record, "trigger")
            lint.belongs(f"with.{name}.record", side.record, side.link, "", lint.bearer)
            spec = lint.schema.records[side.record].field(side.sum) if side.record in lint.schema.records else None
            if side.sum and (spec is None or spec.type not in NUMERIC_TYPES):
                lint.problem(f"with.{name}.sum", f"`{side.sum}` is no number of {side.record}")
        scope = side_names(lint.schema, lint.trigger, self.sides, "g")
        for text in self.equal:
            try:
                compile_boolean(parse(text), scope)
            except ConditionError as error:
                lint.problem("equal", str(error), error.hint)

    def needs(self, trigger: str) -> tuple[Need, ...]:
        sides = [Need(side.record, side.period) for side in self.sides.values()]
        return tuple(dict.fromkeys([Need(trigger, "same"), *sides]))

    def evidence_of(self, trigger: str) -> str:
        return trigger

    @classmethod
    def plan_all(cls, asked: Sequence[Ask], planner: Planner, suffix: str) -> list[str]:
        """Each by itself: the figures of two obligations are not the same."""
        return [
            test._plan(duty, planner, duty.obligation + suffix) for test, duty in asked if isinstance(test, Reconcile)
        ]

    def _plan(self, duty: DutyTable, planner: Planner, name: str) -> str:
        tables = {
            side_name: planner.add(
                f"{name}/{side_name}", self._side(planner, duty, side), f"the side `{side_name}`, by duty"
            )
            for side_name, side in self.sides.items()
        }
        scope = side_names(planner.schema, duty.trigger, self.sides, "g")
        equations = [compile_boolean(parse(text), scope) for text in self.equal]
        checks = [equation.sql for equation in equations]
        figures = ", ".join(f"CASE WHEN ({one.sql}) IS FALSE THEN {_figures(one)} END" for one in equations)
        holds = " + ".join(f"CAST(coalesce({check}, FALSE) AS INTEGER)" for check in checks)
        false = " OR ".join(f"({check}) IS FALSE" for check in checks)
        joins = "\n".join(
            f"LEFT JOIN {quote(table)} {quote('side ' + side)} ON {quote('side ' + side)}.duty = d.duty"
            for side, table in tables.items()
        )
        return planner.add(
            name,
            f"SELECT {RESULT} FROM (SELECT d.duty, CAST({len(checks)} AS DOUBLE) AS required, CAST({holds} AS DOUBLE) AS observed,\n"
            f"  {holds} = {len(checks)} AS timely, CAST(NULL AS TIMESTAMP) AS done_at,\n"
            f"  NOT ({false}) AND {holds} < {len(checks)} AS could, FALSE AS could_late, FALSE AS full_ok, FALSE AS hit, CAST([] AS BIGINT[]) AS waived_by,\n"
            f"  FALSE AS empty, FALSE AS unclear, [d.trig] AS evidence, list_distinct([{figures}]) AS missed\n"
            f'FROM {duty.rows} d JOIN {quote("seen/" + duty.trigger)} g ON g."$n" = d.trig\n{scope.joins()}\n{joins})',
            "reconcile, by duty",
        )

    def _side(self, planner: Planner, duty: DutyTable, side: Side) -> str:
        """(duty, rows, and each number as `$value` or field): NULL where it cannot be known."""
        row, inner = Row(planner.schema, side.record, "r"), Row(planner.schema, side.record, "q")
        names = Names(planner.schema, row, {"trigger": Row(planner.schema, duty.trigger, "g")})
        chain = belonging(planner.schema, side.record, duty.bearer, side.link)
        who = chain.sql(inner) if chain is not None else "NULL"
        joins = "\n".join(inner.joins.values())
        owned = f'(SELECT q.*, {who} AS "$who" FROM {quote("seen/" + side.record)} q {joins})'
        # a row of nobody known might be this bearer's: it counts as unknown
        same = ' AND (r."$who" IS NULL OR r."$who" = d.bearer_id)' if chain is not None else ""
        checked = boolean(side.where, names)
        unit = duty.unit or "month"
        start = "d.full_a" if side.period == "same" else f"(d.full_a - {step_interval(unit)})"
        end = "d.full_b" if side.period == "same" else "d.full_a"
        period = 'r."$period"'
        here = f"({period} >= {start} AND {period} < {end})"
        counted = f"({as_one(checked.sql, planner.schema, side.record, 'r')} AND {here})"
        if chain is not None:
            counted = f'({counted} AND CASE WHEN r."$who" IS NOT NULL THEN TRUE END)'
        known = f"count(*) FILTER (({counted}) IS NULL) = 0"
        if side.count:
            values = f'CASE WHEN {known} THEN count(*) FILTER ({counted}) END AS "$value"'
        elif side.sum:
            amount = f"r.{quote(side.sum)}"
            sound = f"{known} AND count(*) FILTER ({counted} AND {amount} IS NULL) = 0"
            values = (
                f'CASE WHEN {sound} THEN coalesce(sum({amount}) FILTER ({counted}), {side.absent or 0}) END AS "$value"'
            )
        else:
            rows = f"count(*) FILTER ({counted})"
            values = f'CASE WHEN {known} THEN {rows} END AS "$rows", ' + ", ".join(
                f"CASE WHEN {known} AND {rows} = 1 THEN any_value(r.{quote(column)}) FILTER ({counted}) END AS {quote(column)}"
                for column in _columns(planner.schema, side)
            )
        return (
            f"SELECT d.duty, {values}\nFROM {duty.rows} d\n"
            f'JOIN {quote("seen/" + duty.trigger)} g ON g."$n" = d.trig\n'
            f"JOIN {owned} r ON r.jurisdiction = d.jurisdiction{same}\n{names.joins()}\nGROUP BY d.duty"
        )


def _figures(equation: Checked) -> str:
    """SQL of the figures that an equation compares, each with its name: “一般隐患排查31，台账复算29”."""
    named = {column.sql: column for column in equation.columns if column.label}
    parts = [f"{literal(column.label)} || {_shown(column)}" for column in named.values()]
    return " || '，' || ".join(parts) or "''"


def _shown(column: Column) -> str:
    """SQL: a cell as text; a whole number without its decimals, yes and no as a form has them."""
    text = f"CAST({column.sql} AS VARCHAR)"
    if column.type == "bool":
        text = f"CASE WHEN {column.sql} THEN '是' WHEN NOT {column.sql} THEN '否' END"
    if column.type in NUMERIC_TYPES:
        text = f"CASE WHEN {column.sql} = floor({column.sql}) THEN CAST(CAST({column.sql} AS BIGINT) AS VARCHAR) ELSE {text} END"
    return f"coalesce({text}{f' || {literal(column.unit)}' if column.unit else ''}, '（空）')"


def _columns(schema: Schema, side: Side) -> list[str]:
    """The fields of a one-row side, with the marks of bare dates."""
    columns = []
    for name, spec in schema.records[side.record].fields.items():
        columns += [name, name + "$bare"] if spec.type == "datetime" else [name]
    return columns


def side_names(schema: Schema, trigger: str, sides: dict[str, Side], alias: str) -> Names:
    """The scope of `equal`: the trigger's fields, and the sides' numbers or fields."""
    columns: dict[str, Column] = {}
    for name, side in sides.items():
        table = quote("side " + name)
        if side.is_number:
            absent = f'CASE WHEN {table}.duty IS NULL THEN {side.absent or 0} ELSE {table}."$value" END'
            columns[name] = Column(f"({absent})", "decimal", label=_title(schema, side), unit=_unit(schema, side))
            continue
        for field_name, spec in schema.records[side.record].fields.items() if side.record in schema.records else ():
            sql = f"{table}.{quote(field_name)}"
            if side.absent is not None and spec.type in NUMERIC_TYPES:
                none = f'{table}.duty IS NULL OR {table}."$rows" = 0'
                sql = f"(CASE WHEN {none} THEN {side.absent} ELSE {sql} END)"
            bare = f"{table}.{quote(field_name + '$bare')}" if spec.type == "datetime" else "FALSE"
            label = f"{_title(schema, side)}·{spec.title}"
            columns[f"{name}.{field_name}"] = Column(sql, spec.type, bare, spec.values, label, spec.unit)
    row = Row(schema, trigger, alias)
    return Names(schema, row, {"trigger": row}, columns)


def _title(schema: Schema, side: Side) -> str:
    """What a reader is told that a side is."""
    if side.title or side.record not in schema.records:
        return side.title
    return ("上期" if side.period == "previous" else "") + schema.records[side.record].title


def _unit(schema: Schema, side: Side) -> str:
    """The unit of a side that is a number: of the field that is summed up; rows are counted in 条."""
    spec = schema.records[side.record].field(side.sum) if side.record in schema.records else None
    return spec.unit if spec is not None else "条" if side.count else ""
