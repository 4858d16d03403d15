"""How one duty came to its status: clause, numbers, and each record that was counted or not, and why.

It audits the one obligation again from the same inputs (audit.json says which) and asks the plan's own tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from duban.compile.planner import Compiler
from duban.conditions import parse
from duban.errors import UsageError
from duban.kinds import Cover, Done, Forbid, Perform, Reconcile, Respond
from duban.kinds.acts import owner_of
from duban.kinds.base import DutyTable, boolean, exists_by
from duban.model import Status
from duban.records.origin import Spot, cell_of
from duban.report.origin import Deciding, deciding, hash_lines
from duban.report.tables import shown
from duban.scope import Chain, Row, belonging
from duban.sqltext import literal, quote
from duban.verification import told, verified_of

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.pack.obligation import Obligation


ELSEWHERE = "不符合条件，也不在计算期间"


def _starting(moment: datetime) -> str:
    """The start of a span as a day, with the time where it is not 00:00."""
    return moment.date().isoformat() if moment.time() == time.min else moment.isoformat(sep=" ")


@dataclass(frozen=True)
class Verdict:
    """One record that was looked at: its id, place, event, and why it counts or not."""

    record_id: str
    place: str
    event: str
    counted: bool
    reason: str


@dataclass(frozen=True)
class Explanation:
    """All that is known of one duty."""

    obligation: Obligation
    duty: dict[str, Any]
    deciding: Deciding
    verdicts: tuple[Verdict, ...]
    facts: tuple[tuple[str, str], ...]


def explain(audit: Audit, fingerprint: str) -> Explanation:
    """Explain a duty of an audit; the audit's tables must have been kept."""
    con = audit.connection
    cursor = con.execute("SELECT * FROM duties WHERE fingerprint = ?", [fingerprint])
    row = cursor.fetchone()
    if row is None:
        raise UsageError(f"没有指纹为 {fingerprint} 的履责项")
    duty = dict(zip([column[0] for column in cursor.description], row, strict=True))
    obligation = audit.pack.obligation(duty["obligation"])
    trace = _Trace(audit, obligation, fingerprint)
    return Explanation(obligation, duty, trace.deciding, tuple(trace.verdicts()), tuple(trace.facts()))


class _Trace:
    """Asks the plan's tables about one duty."""

    def __init__(self, audit: Audit, obligation: Obligation, fingerprint: str) -> None:
        self.audit, self.obligation = audit, obligation
        self.con = audit.connection
        self.deciding = deciding(audit.pack, audit.inputs)
        self.compiler = Compiler(audit.pack, audit.as_of, audit.known_by)
        trigger = obligation.each.record if obligation.each else ""
        unit = obligation.unit or ("month" if obligation.reconcile is not None else "")
        name = f"{obligation.id}/duty"
        self.one = f"(SELECT * FROM {quote(name)} WHERE fingerprint = {literal(fingerprint)})"
        self.duty = DutyTable(
            name, obligation.id, obligation.bearer, trigger, unit, bool(obligation.by), obligation.before
        )

    def verdicts(self) -> Iterator[Verdict]:
        """Every row of the act record that belongs to the duty's owner, in order of its event."""
        test = self.obligation.test
        if isinstance(test, (Perform, Respond, Forbid)):
            chain, owner = owner_of(self.compiler, self.duty, test.record, test.link)
            yield from self._rows(test.record, test.where, chain, f"who = d.{owner}" if chain else "TRUE")
        elif isinstance(test, Cover):
            chain = belonging(self.audit.pack.schema, test.by.record, test.targets, test.by.link)
            targets = f"(SELECT target FROM {quote(self.obligation.id + '/test/targets')} g WHERE g.duty = d.duty)"
            yield from self._rows(test.by.record, test.by.where, chain, f"who IN {targets}")

    def _rows(self, record: str, where: str, chain: Chain | None, mine: str) -> Iterator[Verdict]:
        spec = self.audit.pack.records[record]
        row = Row(self.audit.pack.schema, record, "r")
        names = self.compiler.names(self.duty, row, 'r."$t"')
        parts = [(part.text, boolean(part.text, names).sql) for part in parse(where).conjuncts()] if where else []
        who = chain.sql(row) if chain is not None else "''"
        bare = quote(spec.time + "$bare") if spec.fields[spec.time].type == "datetime" else "TRUE"
        moment = f"CAST(raw.{quote(spec.time)} AS TIMESTAMP)"
        mark = 'coalesce(r."submitted_at$bare", FALSE)'
        known = f"r.submitted_at IS NULL OR {exists_by('r.submitted_at', mark, self.compiler.known_by_sql)}"
        happened = exists_by('r."$t"', 'r."$tb"', self.compiler.as_of_sql)
        at_event = self.compiler.bearer_join(self.duty, 'r."$t"')
        event = f'raw.*, raw._n AS "$n", {moment} AS "$t", coalesce({bare}, FALSE) AS "$tb"'
        near = 'r."$t" < d.due AND r."$t" + INTERVAL 1 DAY > d.live_start'
        if self.duty.unit and not (isinstance(self.obligation.test, Perform) and self.obligation.test.named_by):
            near = 'r."$t" < greatest(d.full_b, d.due) AND r."$t" + INTERVAL 1 DAY > d.live_start'
        elif isinstance(self.obligation.test, Perform):
            near = 'r."$t" + INTERVAL 1 DAY > d.live_start' if not self.duty.unit else "TRUE"
        judged = ", ".join(f"{sql} AS q{index}" for index, (_, sql) in enumerate(parts)) or "TRUE AS q"
        twins = "CAST(NULL AS VARCHAR)"
        if spec.identity is not None:
            twins = f'(SELECT s."$twins" FROM {quote("seen/" + record)} s WHERE s."$n" = r."$n")'
        acts = quote(f"{self.obligation.id}/test/acts")
        joins = f"{at_event}\n{names.joins()}"
        key = (
            " || '/' || ".join(f"CAST(r.{quote(part)} AS VARCHAR)" for part in spec.key) if spec.key else "'#' || r._n"
        )
        sql = (
            f"WITH r AS (SELECT {event} FROM {quote('raw_' + record)} raw), looked AS (\n"
            f'SELECT DISTINCT {key} AS id, r._file, r._sheet, r._row, r."$t", r."$tb", ({known}) AS known,\n'
            f'  EXISTS (SELECT 1 FROM {quote("seen/" + record)} s WHERE s."$n" = r."$n") AS seen,\n'
            f"  {happened} AS happened, r.submitted_at, {near} AS near, {twins} AS twins,\n"
            f'  (SELECT max(CASE WHEN a.ok AND a.in_scope THEN 2 WHEN a.in_scope THEN 1 ELSE 0 END) FROM {acts} a WHERE a.duty = d.duty AND a.n = r."$n") AS used,\n'
            f"  {who} AS who, d.bearer_id, d.trigger_key, d.duty, {judged}\n"
            f"FROM {self.one} d JOIN r ON r.jurisdiction = d.jurisdiction\n{joins})\n"
            f'SELECT * FROM looked d WHERE {mine.replace("who", "d.who")} OR d.who IS NULL ORDER BY "$t" NULLS LAST, id'
        )
        cursor = self.con.execute(sql)
        columns = [column[0] for column in cursor.description]
        for values in cursor.fetchall():
            yield self._verdict(dict(zip(columns, values, strict=True)), parts)

    def _verdict(self, row: dict[str, Any], parts: list[tuple[str, str]]) -> Verdict:
        place = str(Spot(row["_file"], row["_sheet"], row["_row"]))
        event = "时间不明" if row["$t"] is None else str(row["$t"].date() if row["$tb"] else row["$t"])
        counted = row["used"] == 2 and row["seen"]
        return Verdict(row["id"], place, event, counted, "计入" if counted else self._reason(row, parts))

    def _reason(self, row: dict[str, Any], parts: list[tuple[str, str]]) -> str:
        """The first reason why a record does not count."""
        if not row["known"]:
            return f"在掌握时点之后才报送（{row['submitted_at']}）"
        if row["happened"] is False:
            return "发生在截至时点之后"
        if not row["seen"]:
            return "已有更新的版本"
        for index, (text, _) in enumerate(parts):
            if row[f"q{index}"] is False:
                return ELSEWHERE if row["$t"] is not None and not row["near"] else f"不符合条件：{text}"
        if row["$t"] is None:
            return "时间为空或无法识别，不计入，但可能改变结论"
        if row["who"] is None:
            return "所属单位为空或无法识别，不计入，但可能改变结论"
        for index, (text, _) in enumerate(parts):
            if row[f"q{index}"] is None:
                return f"条件无法判断（单元格为空）：{text}，不计入，但可能改变结论"
        if row["twins"] is not None and row["near"]:
            return f"与“{row['twins']}”是否同一条待确认，不计入，但可能改变结论"
        return "不在计算的时间范围内"

    def facts(self) -> Iterator[tuple[str, str]]:
        """What else decided: the trigger's cells, targets, equations, paths, proven days, waiver."""
        row = self._one(f"SELECT * FROM {quote(self.obligation.id + '/status')} f SEMI JOIN {self.one} d USING (duty)")
        if row is None:
            return
        for segment in row["segs"]:
            yield "计算期间", f"{_starting(segment['s'])} 至 {shown(segment['e'])}"
        if row["live_start"] is None:
            yield "计算期间", "无（名册、适用条件或触发期间之外）"
        if row["through"] is not None:
            yield "资料报送至", f"{shown(row['through'])}，{'齐全' if row['proven'] else '不齐'}"
        else:
            yield "资料报送", "按齐全计" if row["proven"] else "没有报送记录"
        test = self.obligation.test
        if isinstance(test, (Done, Reconcile)):
            yield from self._trigger_cells()
        if isinstance(test, Cover):
            yield from self._targets(test)
        for index, path in enumerate(self.obligation.otherwise):
            found = self._one(
                f"SELECT * FROM {quote(self.obligation.id + '/otherwise')} o SEMI JOIN {self.one} d USING (duty) WHERE path = {index + 1}"
            )
            if found is not None:
                state = "成立" if found["holds"] else "期限后才具备" if found["mitigates"] else "不成立"
                yield f"替代路径“{path.title}”", state + ("（由人认定）" if path.manual else "")
        for number in row["waivers"]:
            excuse = self._one(f'SELECT reason, day_from, day_until FROM "waiver" WHERE n = {number}')
            assert excuse is not None
            yield "经批准不计入", f"{excuse['reason']}，{excuse['day_from']}至{excuse['day_until']}"

    def _one(self, sql: str) -> dict[str, Any] | None:
        cursor = self.con.execute(sql)
        row = cursor.fetchone()
        return dict(zip([column[0] for column in cursor.description], row, strict=True)) if row is not None else None

    def _trigger_cells(self) -> Iterator[tuple[str, str]]:
        """The cells of the trigger's row, as seen."""
        record = self.duty.trigger
        row = self._one(f'SELECT g.* FROM {quote("seen/" + record)} g JOIN {self.one} d ON d.trig = g."$n"')
        spec = self.audit.pack.records[record]
        if row is None:
            return
        yield "记录", self.deciding.at(self.obligation.id, str(Spot(row["_file"], row["_sheet"], row["_row"])))
        for name, field_spec in spec.fields.items():
            value = row[name]
            cell = cell_of(self.audit.inputs, row["_file"], row["_row"], name, row["_sheet"], record)
            said = "（空）" if value is None else str(value)
            yield f"{spec.title}·{field_spec.title}", said + (f"（{cell}）" if cell else "")
        test = self.obligation.test
        texts = (
            [test.require]
            if isinstance(test, Done) and test.require
            else list(test.equal)
            if isinstance(test, Reconcile)
            else []
        )
        for text in texts:
            yield "条件", text

    def _targets(self, test: Cover) -> Iterator[tuple[str, str]]:
        ids = quote(f"bearer/{test.targets}/ids")
        rows = self.con.execute(
            f"SELECT coalesce(nullif(i.bearer_name, ''), g.target) || '（' || g.target || '）', g.sure,\n"
            f"  EXISTS (SELECT 1 FROM {quote(self.obligation.id + '/test/acts')} a WHERE a.duty = g.duty AND a.owner = g.target AND a.ok AND a.in_scope)\n"
            f"FROM {quote(self.obligation.id + '/test/targets')} g JOIN {self.one} d USING (duty)\n"
            f"JOIN {ids} i ON i.jurisdiction = d.jurisdiction AND i.bearer_id = g.target ORDER BY g.target"
        ).fetchall()
        for name, sure, covered in rows:
            yield f"对象 {name}", ("已覆盖" if covered else "未覆盖") + ("" if sure else "（是否应计不明）")


def lines(audit: Audit, found: Explanation) -> Iterator[str]:
    """The explanation as text."""
    obligation, duty = found.obligation, found.duty
    status = Status(duty["status"]).chinese.replace("待核实", duty["verification"])
    yield f"{duty['fingerprint']}　{status}{'' if duty['enforceable'] else '（提示性）'}"
    yield duty["message"]
    if duty["speaks_for"]:
        yield f"有利情况：{duty['speaks_for']}"
    if duty["verification"]:
        yield f"核实：{told(verified_of(duty))}"
    yield ""
    yield f"依据：{audit.pack.header.number} {obligation.clause}（{obligation.basis}{'，' + obligation.law if obligation.law else ''}）"
    if obligation.quote:
        yield f"原文：“{obligation.quote}”"
    if obligation.reading:
        yield f"读法：{obligation.reading}"
    due = "无期限" if duty["due"] is None else shown(duty["due"])
    yield f"期限：{due}　截至：{shown(audit.as_of)}　掌握至：{shown(audit.known_by)}"
    for label, text in found.facts:
        yield f"{label}：{text}"
    if found.verdicts:
        counted = sum(verdict.counted for verdict in found.verdicts)
        outside = sum(verdict.reason == ELSEWHERE for verdict in found.verdicts)
        yield ""
        yield f"逐条记录（{len(found.verdicts)}条，计入{counted}条，另有{outside}条既不符合条件、也不在计算期间）："
        for verdict in found.verdicts:
            if verdict.reason == ELSEWHERE:
                continue
            yield f"  {'✓' if verdict.counted else '·'} {verdict.record_id}　{verdict.event}　{found.deciding.at(obligation.id, verdict.place)}　{verdict.reason}"
    places = [verdict.place for verdict in found.verdicts if verdict.reason != ELSEWHERE] or list(duty["source"] or ())
    yield from (f"来源文件：{file}" for file in hash_lines(found.deciding.origins, places))
    (written,) = (item.model_dump_json() for item in audit.pack.written if item.id == obligation.id)
    used = [name for name in audit.pack.header.parameters if re.search(rf"\bparam\.{name}\b", written)]
    windows = [obligation.window] if isinstance(obligation.window, str) and obligation.window else []
    for name in windows:
        window = audit.pack.header.windows[name]
        used += [
            str(value).removeprefix("param.") for value in (window.start, window.end) if str(value).startswith("param.")
        ]
    if used:
        yield ""
        yield "相关口径："
        for name in dict.fromkeys(used):
            spec = audit.pack.header.parameters[name]
            yield f"  {name}={audit.pack.values[name]}　{spec.title}：{spec.why}"
