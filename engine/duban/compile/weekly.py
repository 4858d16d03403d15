"""What the weekly report counts: pack + weekly.yaml + as_of + known_by → a plan over the views of the records.

It runs after the plan of the duties, on the same connection, and changes none of its tables.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from datetime import datetime, timedelta

from duban.compile.common import plan_views
from duban.compile.kept import kept_plan
from duban.compile.planner import Compiler, in_order
from duban.compile.sql import END
from duban.kinds.base import boolean, exists_by
from duban.model import Plan
from duban.pack.names import fixed_columns
from duban.pack.pack import Pack
from duban.pack.weekly import FunnelSpec, Latest, Majors, Running, Weekly, duty_columns
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote
from duban.verification import IS_OPEN

WEEK = timedelta(days=7)
MOST = 60  # places that one number names
PREFIX = "weekly/"
_PLACE = (
    "CASE WHEN r._file = '' THEN '第' || r._row || '行'"
    " ELSE r._file || CASE WHEN r._sheet = '' THEN '' ELSE '[' || r._sheet || ']' END || '#' || r._row END"
)


def compile_weekly(pack: Pack, weekly: Weekly, as_of: datetime, known_by: datetime, apart: Iterable[str] = ()) -> Plan:
    """The plan; its tables begin with `PREFIX` and stay. `apart`: kinds of bearers whose senders belong to no town."""
    outside = tuple(sorted(set(apart)))
    asked = ("weekly", str(as_of), str(known_by), *outside, "", weekly.model_dump_json())
    return kept_plan(pack, *asked, make=lambda: _compiled(_Bench(pack, weekly, as_of, known_by), weekly, set(outside)))


def _compiled(bench: _Bench, weekly: Weekly, apart: set[str]) -> Plan:
    bench.senders(apart)
    bench.through()
    if weekly.accidents is not None:
        bench.accidents()
    if weekly.running is not None:
        bench.running(weekly.running)
    if weekly.majors is not None:
        bench.majors(weekly.majors)
    if weekly.sent is not None and weekly.sent.returned is not None:
        bench.returned()
    for index, funnel in enumerate(weekly.funnels):
        bench.funnel(index, funnel)
    for index, decision in enumerate(weekly.decisions):
        if decision.duties:
            bench.decision(index, decision.duties)
    wanted = [step.name for step in bench.compiler.steps if step.name.startswith(PREFIX)]
    return Plan(in_order(bench.compiler.steps, wanted), wanted[0], wanted[0], tuple(wanted))


class _Bench:
    """Adds the steps of each part."""

    def __init__(self, pack: Pack, weekly: Weekly, as_of: datetime, known_by: datetime) -> None:
        self.compiler = Compiler(pack, as_of, known_by)
        plan_views(self.compiler)
        self.pack, self.weekly, self.schema = pack, weekly, pack.schema
        self.start, self.end = literal(as_of - WEEK), literal(as_of)
        self.last = literal(as_of - timedelta(microseconds=1))  # the last moment that is over

    def add(self, name: str, sql: str, why: str) -> None:
        self.compiler.add(PREFIX + name, sql, why)

    # --- hand-ins
    def senders(self, apart: set[str]) -> None:
        """(sender, town): who hands in for one town's own duties."""
        parts = [
            f"SELECT jurisdiction, CAST({quote(word)} AS VARCHAR) AS sender, CAST({quote(kind.town)} AS VARCHAR) AS town FROM {quote('bearer/' + name)}"
            for name, kind in self.pack.header.bearers.items()
            if kind.town and name not in apart
            for word in kind.reports_through
        ]
        union = " UNION ALL ".join(parts) or "SELECT '' AS jurisdiction, '' AS sender, '' AS town WHERE FALSE"
        self.add(
            "senders",
            f"SELECT sender, any_value(town) AS town FROM ({union}) WHERE sender IS NOT NULL AND town IS NOT NULL\n"
            "GROUP BY sender HAVING count(DISTINCT town) = 1",
            "senders of one town",
        )

    def through(self) -> None:
        """(record_type, sender, through): the last day that a sender has handed in."""
        self.add(
            "through",
            "SELECT record_type, sender, min(s) AS first, CAST(max(e) - INTERVAL 1 DAY AS DATE) AS through,\n"
            f"  bool_or(s <= {self.start} AND e >= {self.end}) AS whole_week\n"
            f'FROM "manifest/lines" WHERE s < {self.end} GROUP BY ALL',
            "through which day records were handed in",
        )

    # --- parts
    def accidents(self) -> None:
        accidents = self.weekly.accidents
        assert accidents is not None
        row = Row(self.schema, accidents.record, "r")
        names = Names(self.schema, row)
        where = boolean(accidents.where, names).sql
        in_time = exists_by('r."$t"', 'r."$tb"', self.end)
        self.add(
            "accidents",
            f'SELECT r."$id" AS id, {_PLACE} AS place FROM {quote("seen/" + accidents.record)} r\n{names.joins()}\n'
            f'WHERE ({where}) AND r."$t" >= {self.start} AND {in_time} ORDER BY r."$t"',
            "what happened in the week",
        )

    def running(self, running: Running) -> None:
        """(bearer_id, name, place, in_group, part, before N, after N): the roster at the end, and a week before."""
        kind = running.bearer
        row = Row(self.schema, self.pack.header.bearers[kind].record, "r", self.last)
        names = Names(self.schema, row)

        def sql(text: str) -> str:
            return f"coalesce(({boolean(text, names).sql}), FALSE)"

        group = "".join(f"WHEN {sql(one.where)} THEN {index} " for index, one in enumerate(running.groups))
        part = "".join(
            f"WHEN {sql(one.where)} AND {sql(item.where)} THEN '{index}.{number}' "
            for index, one in enumerate(running.groups)
            for number, item in enumerate(one.parts)
        )
        turned = "".join(
            f", {sql(getattr(one, word))} AS {word}{index}"
            for index, one in enumerate(running.turned)
            for word in ("before", "after")
        )
        proofs = "".join(
            f", {self._has(one.proof.record, one.proof.where, kind)} AS proof{index}" if one.proof else ""
            for index, one in enumerate(running.turned)
        )
        where = boolean(running.where, names).sql
        for name, moment in (("now", self.last), ("before", f"({self.start} - INTERVAL 1 MICROSECOND)")):
            self.add(
                f"roster/{name}",
                f"SELECT r.bearer_id, coalesce(nullif(i.bearer_name, ''), r.bearer_id) AS name, i.town, {_PLACE} AS place,\n"
                f"  CASE {group} END AS grp, CASE {part or 'WHEN FALSE THEN NULL '} END AS part{turned}{proofs if name == 'now' else ''}\n"
                f"FROM {quote('bearer/' + kind)} r JOIN {quote(f'bearer/{kind}/ids')} i USING (jurisdiction, bearer_id)\n{names.joins()}\n"
                f'WHERE coalesce(({where}), TRUE) AND r."$s" <= {moment} AND {moment} < r."$e" ORDER BY r.bearer_id',
                "the roster at a moment",
            )

    def _has(self, record: str, where: str, bearer: str) -> str:
        """SQL: the bearer of `r` has a record that ended or happened in the week and meets a condition."""
        row = Row(self.schema, record, "q")
        names = Names(self.schema, row)
        chain = belonging(self.schema, record, bearer)
        assert chain is not None  # lint has seen to it
        who, condition = chain.sql(row), boolean(where, names).sql
        return (
            f"EXISTS (SELECT 1 FROM {quote('seen/' + record)} q {names.joins()} WHERE q.jurisdiction = r.jurisdiction"
            f" AND {who} = r.bearer_id AND ({condition}))"
        )

    def majors(self, majors: Majors) -> None:
        """One row for each major hazard: its texts, its state, its duty, who keeps it, who was there last."""
        row = Row(self.schema, majors.record, "r")
        names = Names(self.schema, row, {}, duty_columns())
        chain = belonging(self.schema, majors.record, majors.bearer)
        assert chain is not None
        who = chain.sql(row)
        state = "".join(
            f"WHEN {boolean(one.where, names).sql if one.where else 'TRUE'} THEN {index} "
            for index, one in enumerate(majors.states)
        )
        where, since = boolean(majors.where, names).sql, boolean(majors.since, names).sql
        slots = dict.fromkeys(name for _, name, _, _ in string.Formatter().parse(majors.hazard) if name)
        texts = ", ".join(f"'{name}': coalesce(CAST(r.{quote(name)} AS VARCHAR), '')" for name in slots)
        supervised = f"CAST(r.{quote(majors.supervised)} AS VARCHAR)" if majors.supervised else "NULL"
        self._keepers(majors)
        if majors.visited is not None:
            self._visits(majors.visited, majors.bearer)
        visit = (
            f"LEFT JOIN {quote(PREFIX + 'visits')} v ON v.jurisdiction = r.jurisdiction AND v.who = {who}"
            if majors.visited
            else ""
        )
        self.add(
            "majors",
            f"SELECT r.\"$id\" AS id, {_PLACE} AS place, {who} AS bearer_id, coalesce(nullif(i.bearer_name, ''), {who}) AS bearer_name,\n"
            f"  coalesce(i.town, '') AS town, CASE {state} END AS state, coalesce(({since}), FALSE) AS since, MAP {{{texts}}} AS texts,\n"
            f"  CAST(r.{quote(majors.found)} AS DATE) AS found, {supervised} AS supervised, y.fingerprint, y.status, y.due, y.days_overdue,\n"
            f"  k.posts, {'v.at, v.level' if majors.visited else 'CAST(NULL AS DATE) AS at, NULL AS level'}\n"
            f"FROM {quote('seen/' + majors.record)} r\n{names.joins()}\n"
            f"LEFT JOIN {quote(f'bearer/{majors.bearer}/ids')} i ON i.jurisdiction = r.jurisdiction AND i.bearer_id = {who}\n"
            f'LEFT JOIN (SELECT * FROM "duties" WHERE obligation IN ({", ".join(map(literal, majors.obligations))})\n'
            "  QUALIFY row_number() OVER (PARTITION BY jurisdiction, trigger_id ORDER BY status = 'not_applicable', due) = 1) y\n"
            '  ON y.jurisdiction = r.jurisdiction AND y.trigger_id = r."$id"\n'
            f"LEFT JOIN {quote(PREFIX + 'keepers')} k ON k.jurisdiction = r.jurisdiction AND k.who = {who}\n{visit}\n"
            f'WHERE {where} ORDER BY state, y.due, r."$id"',
            "the archive of major hazards",
        )

    def _keepers(self, majors: Majors) -> None:
        """(who, posts): by post, as the roster has it at the end of the week."""
        keeper = majors.keeper
        if keeper is None:
            nothing = "SELECT '' AS jurisdiction, '' AS who, CAST([] AS VARCHAR[]) AS posts WHERE FALSE"
            self.add("keepers", nothing, "nobody is said to look after a bearer")
            return
        row = Row(self.schema, keeper.record, "r", self.last)
        names = Names(self.schema, row)
        chain = belonging(self.schema, keeper.record, majors.bearer)
        assert chain is not None
        who, where = chain.sql(row), boolean(keeper.where, names).sql
        self.add(
            "keepers",
            f"SELECT r.jurisdiction, {who} AS who, list_sort(list(DISTINCT CAST(r.{quote(keeper.post)} AS VARCHAR))) AS posts\n"
            f"FROM {quote('seen/' + keeper.record)} r\n{names.joins()}\n"
            f'WHERE ({where}) AND r."$s" <= {self.last} AND {self.last} < coalesce(r."$e", {END}) AND r.{quote(keeper.post)} IS NOT NULL GROUP BY ALL',
            "who looks after a bearer, by post",
        )

    def _visits(self, visited: Latest, bearer: str) -> None:
        """(who, at, level): the last visit, and whose it was."""
        row = Row(self.schema, visited.record, "r")
        names = Names(self.schema, row)
        chain = belonging(self.schema, visited.record, bearer)
        assert chain is not None
        who, where = chain.sql(row), boolean(visited.where, names).sql
        level = "".join(f"WHEN {boolean(one.where, names).sql} THEN {literal(one.title)} " for one in visited.by)
        self.add(
            "visits",
            f"SELECT jurisdiction, who, CAST(max(t) AS DATE) AS at, arg_max(level, t) AS level FROM (\n"
            f'  SELECT r.jurisdiction, {who} AS who, r."$t" AS t, {f"CASE {level}END" if level else "NULL"} AS level\n'
            f"  FROM {quote('seen/' + visited.record)} r\n{names.joins()}\n  WHERE {where}) WHERE who IS NOT NULL AND t IS NOT NULL GROUP BY ALL",
            "the last visit to a bearer",
        )

    def returned(self) -> None:
        """The newest papers of each town, kind and month that meet the condition: not settled."""
        assert self.weekly.sent is not None
        returned = self.weekly.sent.returned
        assert returned is not None
        row = Row(self.schema, returned.record, "r")
        names = Names(self.schema, row)
        where = boolean(returned.where, names).sql
        by = ", ".join(f"r.{quote(name)}" for name in returned.by)
        self.add(
            "returned",
            f"SELECT place FROM (SELECT {_PLACE} AS place, ({where}) AS open FROM {quote('seen/' + returned.record)} r\n{names.joins()}\n"
            f'  QUALIFY row_number() OVER (PARTITION BY r.jurisdiction, {by} ORDER BY r."$t" DESC NULLS LAST, r."$id" DESC) = 1) WHERE open',
            "papers sent back and not settled",
        )

    def funnel(self, index: int, funnel: FunnelSpec) -> None:
        """(town, n0 …, p0 …): how many rows came to each step, and the places of some."""
        row = Row(self.schema, funnel.record, "r")
        names = Names(self.schema, row)
        chain = belonging(self.schema, funnel.record, funnel.bearer)
        assert chain is not None
        who, where = chain.sql(row), boolean(funnel.where, names).sql
        steps, reached = [], "TRUE"
        for number, stage in enumerate(funnel.stages):
            if stage.where:
                reached = f"{reached} AND coalesce(({boolean(stage.where, names).sql}), FALSE)"
            steps.append(f"({reached}) AS s{number}")
        counts = ", ".join(
            f"count(*) FILTER (s{n}) AS n{n}, list(place ORDER BY place) FILTER (s{n})[1:{MOST}] AS p{n}"
            for n in range(len(steps))
        )
        self.add(
            f"funnel/{index}",
            f"SELECT coalesce(town, '') AS town, {counts} FROM (SELECT i.town, {_PLACE} AS place, {', '.join(steps)}\n"
            f"  FROM {quote('seen/' + funnel.record)} r\n{names.joins()}\n"
            f"  LEFT JOIN {quote(f'bearer/{funnel.bearer}/ids')} i ON i.jurisdiction = r.jurisdiction AND i.bearer_id = {who}\n"
            f"  WHERE {where}) GROUP BY ALL ORDER BY town",
            "rectification, step by step",
        )

    def decision(self, index: int, duties: str) -> None:
        """Duties that meet a condition, in order: what the leaders are asked about."""
        where = boolean(duties, Names(self.schema, columns=fixed_columns())).sql
        columns = "fingerprint, bearer_name, period_start, period_end, required, observed, days_overdue, source"
        self.add(
            f"decision/{index}",
            f'SELECT {columns} FROM "duties" d WHERE ({where}) AND {IS_OPEN} ORDER BY due, fingerprint',
            "duties to be decided on",
        )
