"""The one Chinese sentence of each duty, written in SQL so that a million of them cost little.

Wording follows the practice: “资料显示未达到…（待核实）”, never 违规; what the rule cannot see is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from duban.compile import sql
from duban.kinds.base import Amount
from duban.kinds.perform import Perform
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.sqltext import literal, quote


@dataclass(frozen=True)
class Wording:
    """The fixed parts of an obligation's sentences."""

    title: str
    kind: str
    unit: str
    trigger: str
    concerned: str  # the field of the trigger that says whom it is about; '': the bearer, or nobody with a name
    record: str
    base: str  # the title of the field of which a share is required
    tail: str
    advice: str
    manual: str

    @classmethod
    def of(cls, pack: Pack, obligation: Obligation) -> Wording:
        test = obligation.test
        trigger = pack.records[obligation.each.record].title if obligation.each is not None else ""
        record = pack.records[test.evidence_of(obligation.each.record if obligation.each else "")].title
        tail = f"（本项看不到：{obligation.cannot_see}）" if obligation.cannot_see else ""
        about = concerned(pack, obligation)
        advice = f"（仅提示：{obligation.advisory.why}）" if obligation.advisory else ""
        return cls(
            title=obligation.title,
            kind=test.word,
            unit=obligation.unit,
            trigger=trigger,
            concerned=about[0] if about is not None else "",
            record=record,
            base=_base(pack, obligation),
            tail=tail,
            advice=advice,
            manual=obligation.manual,
        )

    @property
    def speaks_for(self) -> str:
        """SQL: what speaks for the bearer."""
        parts = [
            "CASE WHEN s.mitigating THEN '替代要求在期限后办理；' ELSE '' END",
            "CASE WHEN s.status = 'pending' AND s.discharging THEN '替代路径已具备；' ELSE '' END",
            "CASE WHEN s.status IN ('breached', 'unproven', 'manual') AND s.could THEN '有记录因单元格为空或无法识别未计入，可能改变结论；' ELSE '' END",
            "CASE WHEN NOT s.enforceable AND s.full_ok AND NOT s.timely THEN '按完整日历周期计已达到；' ELSE '' END",
            "CASE WHEN s.status <> 'waived' AND s.waived_hit THEN '已获批准不计入；' ELSE '' END",
        ]
        return f"rtrim({' || '.join(parts)}, '；')"


def number(expression: str) -> str:
    """SQL: a number without a useless `.0`."""
    whole = f"CAST(CAST({expression} AS BIGINT) AS VARCHAR)"
    return f"coalesce(CASE WHEN {expression} = floor({expression}) THEN {whole} ELSE CAST({expression} AS VARCHAR) END, '？')"


def day(moment: str) -> str:
    """SQL: the day that a due or as_of belongs to, with the time where it is not 24:00."""
    exact = f"strftime({moment}, '%Y-%m-%d %H:%M')"
    whole = f"strftime({sql.due_day(moment)}, '%Y-%m-%d')"
    return f"CASE WHEN {moment} = {sql.first_day(moment)} THEN {whole} ELSE {exact} END"


def period(unit: str) -> str:
    """SQL: how a person names the period."""
    start = "s.period_start"
    forms = {
        "day": f"strftime({start}, '%Y-%m-%d')",
        "week": f"strftime({start}, '%Y-%m-%d') || '至' || strftime(s.period_end, '%m-%d') || '一周'",
        "month": f"year({start}) || '年' || month({start}) || '月'",
        "quarter": f"year({start}) || '年第' || quarter({start}) || '季度'",
        "half_year": f"year({start}) || CASE WHEN month({start}) < 7 THEN '年上半年' ELSE '年下半年' END",
        "year": f"year({start}) || '年'",
    }
    return f"coalesce({forms[unit]}, '')" if unit else "''"


def _base(pack: Pack, obligation: Obligation) -> str:
    """“从业人数”: the field whose percentage is required, where that is one of the bearer's."""
    test = obligation.test
    base = Amount.read(test.at_least).base if isinstance(test, Perform) else ""
    spec = pack.records[pack.header.bearers[obligation.bearer].record].field(base.removeprefix("bearer."))
    return f"“{spec.title}”" if spec is not None else ""


def concerned(pack: Pack, obligation: Obligation) -> tuple[str, str] | None:
    """Whom the trigger is about, if not the bearer: its first reference to bearers with a name, as (field, bearer kind)."""
    kinds = pack.header.bearers
    own = kinds[obligation.bearer]
    references = pack.records[obligation.each.record].references if obligation.each is not None else {}
    for field_name, group in references.items():
        for record, key in map(pack.schema.target, group):
            found = [name for name, kind in kinds.items() if kind.name and (kind.record, kind.key) == (record, (key,))]
            if found and (record, (key,)) != (own.record, own.key):
                return field_name, min(found, key=lambda name: bool(kinds[name].where))
    return None


def concerned_joins(pack: Pack, obligation: Obligation) -> str:
    """The joins that `subject` needs: the trigger's row as `gt`, whom it is about as `gn`."""
    found = concerned(pack, obligation)
    if found is None or obligation.each is None:
        return ""
    field_name, kind = found
    return (
        f'\nLEFT JOIN {quote("seen/" + obligation.each.record)} gt ON gt."$n" = s.trig\n'
        f"LEFT JOIN {quote(f'bearer/{kind}/ids')} gn ON gn.jurisdiction = s.jurisdiction\n"
        f"  AND gn.bearer_id = CAST(gt.{quote(field_name)} AS VARCHAR)"
    )


def subject(wording: Wording) -> str:
    """SQL: who, when, which trigger (and of whom): what."""
    who = "coalesce(nullif(s.bearer_name, ''), s.bearer_id || ' ')"
    about = ""
    if wording.concerned:
        cell = f"CAST(gt.{quote(wording.concerned)} AS VARCHAR)"
        about = f" || coalesce('，' || coalesce(nullif(gn.bearer_name, ''), {cell}), '')"
    trigger = f"'（' || {literal(wording.trigger)} || ' ' || s.trigger_id{about} || '）'" if wording.trigger else "''"
    return f"{who} || {period(wording.unit)} || {trigger} || {literal('“' + wording.title + '”：')}"


def message(wording: Wording, as_of: str) -> str:
    """SQL of the sentence, by status; `s` is `ID/status`."""
    required, observed = number("s.required"), number("s.observed")
    short = number("greatest(s.required - s.observed, 0)")
    counted = f"'要求' || {required} || '，查到' || {observed} || '，差' || {short}"
    named = "CASE WHEN len(s.missed) > 0 THEN '；未覆盖：' || array_to_string(s.missed[1:10], '、') || CASE WHEN len(s.missed) > 10 THEN '等' || len(s.missed) || '个' ELSE '' END ELSE '' END"
    through = "coalesce('；数据截至' || strftime(s.through - INTERVAL 1 DAY, '%Y-%m-%d'), '')"
    not_done = {
        "perform": f"{counted} || {named}",
        "respond": f"'应有' || {literal(wording.record)} || '，未查到'",
        "cover": f"{counted} || {named}",
        "done": f"'应于' || {day('s.due')} || '前完成，截至' || {day(as_of)} || '未见有效的完成日期'",
        "forbid": f"'查到' || {observed} || '条不应有的' || {literal(wording.record)}",
        "reconcile": f"'应相符' || {required} || '项，相符' || {observed} || '项'",
    }[wording.kind]
    done_on = "strftime(s.done_at, '%Y-%m-%d')"
    late_days = f"date_diff('day', {sql.due_day('s.due')}, CAST(s.done_at AS DATE))"
    late = f"'应于' || {day('s.due')} || '前完成，' || {done_on} || '完成，逾期' || {late_days} || '天达到'"
    left = f"date_diff('day', {sql.due_day(as_of)}, {sql.due_day('s.due')})"
    until = f"CASE WHEN s.due < {sql.END} THEN {day('s.due')} || '到期，余' || {left} || '天' ELSE '无期限' END"
    met = (
        f"'要求' || {required} || '，查到' || {observed}" if wording.kind in ("perform", "cover") else "'已按要求办理'"
    )
    if wording.kind == "forbid":
        met = "'未查到不应有的记录'"
    cases = [
        ("met", f"{met} || '。'"),
        ("late", f"{late} || '。'"),
        ("breached", f"{not_done} || {through} || '。资料显示未达到（待核实）。'"),
        ("discharged", "'按替代要求办理：' || s.path_title || '。'"),
        ("pending", f"{until} || CASE WHEN s.timely THEN '。' ELSE '，' || {not_done} || '。' END"),
        ("unproven", f"{why_unproven(wording)} || {through} || '。证据不足，不作为问题。'"),
        ("not_applicable", f"'不适用：' || {why_not()} || '。'"),
        ("waived", "'经批准不计入：' || coalesce(s.waiver, '批准不计入的日期') || '。'"),
    ]
    asked = f"coalesce(nullif(s.question, ''), {literal(wording.manual + '；')})"
    branches = "\n".join(f"    WHEN '{status}' THEN {text}" for status, text in cases)
    manual = f"{not_done} || {through} || '。需人工认定：' || rtrim({asked}, '；') || '。'"
    notes = "CASE WHEN s.notes = '' THEN '' ELSE '（' || rtrim(s.notes, '；') || '）' END"
    tail = f"{notes} || {literal(wording.tail)} || CASE WHEN s.advised THEN {literal(wording.advice)} ELSE '' END"
    return f"{subject(wording)} || CASE s.status\n{branches}\n    ELSE {manual} END || {tail}"


def why_unproven(wording: Wording) -> str:
    """SQL: which of the reasons of an unproven duty holds."""
    return (
        "CASE WHEN s.unknown IS NOT NULL THEN s.unknown WHEN s.applies_blank IS NOT NULL THEN '名册' || s.applies_blank || '为空，是否适用不明'\n"
        f"      WHEN s.unclear THEN {literal(f'基数{wording.base}为空')} WHEN NOT s.proven THEN '所需资料未报送齐' WHEN s.given_holds IS NOT NULL AND NOT s.given_holds THEN '前提是否成立不明'\n"
        "      ELSE '有记录单元格为空或无法识别' END"
    )


def why_not() -> str:
    """SQL: why an obligation does not apply."""
    return (
        "CASE WHEN s.live_start IS NULL THEN '该期间不在义务范围内' WHEN s.given_fails THEN '没有相应对象'\n"
        "      WHEN s.ended < s.due THEN '期间内退出（' || strftime(s.ended - INTERVAL 1 DAY, '%Y-%m-%d') || '）' ELSE '没有应办对象' END"
    )


def blind_message(wording: Wording, as_of: str, advised: str) -> str:
    """SQL: the sentence of a duty whose trigger cannot be known; `d` is the blind row, `i` the bearer."""
    who = "coalesce(nullif(i.bearer_name, ''), d.bearer_id)"
    head = f"“{wording.title}”：{wording.trigger}未报送齐，"
    waiting = literal(f"{head}是否有应办事项不明，尚未到期。{wording.tail}")
    unproven = literal(f"{head}是否有应办事项不明。证据不足，不作为问题。{wording.tail}")
    advice = f"CASE WHEN {advised} THEN {literal(wording.advice)} ELSE '' END"
    return f"{who} || CASE WHEN {as_of} < d.due THEN {waiting} ELSE {unproven} END || {advice}"
