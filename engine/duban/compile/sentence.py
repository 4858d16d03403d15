"""The one Chinese sentence of each duty, written in SQL so that a million of them cost little.

Wording follows the practice: “资料显示未达到…（待核实）”, never 违规; what the rule cannot see is said.
"""

from __future__ import annotations

from duban.compile import sql
from duban.kinds.base import Amount, DutyTable
from duban.kinds.perform import Perform
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.sqltext import quote


def wording(pack: Pack, obligation: Obligation) -> dict[str, str]:
    """The fixed parts of an obligation's sentences, as columns of the table `rules`."""
    test = obligation.test
    trigger = obligation.each.record if obligation.each is not None else ""
    return {
        "title": obligation.title,
        "kind": test.word,
        "unit": obligation.unit,
        "trigger": pack.records[trigger].title if trigger else "",
        "record": pack.records[test.evidence_of(trigger)].title,
        "base": _base(pack, obligation),
        "tail": f"（本项看不到：{obligation.cannot_see}）" if obligation.cannot_see else "",
        "advice": f"（仅提示：{obligation.advisory.why}）" if obligation.advisory else "",
        "manual": obligation.manual,
    }


def speaks_for() -> str:
    """SQL: what speaks for the bearer."""
    parts = [
        "CASE WHEN s.mitigating THEN '替代要求在期限后办理；' ELSE '' END",
        "CASE WHEN s.status = 'pending' AND s.discharging THEN '替代路径已具备；' ELSE '' END",
        "CASE WHEN s.status IN ('breached', 'unproven', 'manual') AND (s.could OR s.could_late) AND s.twins IS NULL THEN '有记录因单元格为空或无法识别未计入，可能改变结论；' ELSE '' END",
        "CASE WHEN NOT s.enforceable AND s.full_ok AND NOT s.timely THEN '按完整日历周期计已达到；' ELSE '' END",
        "CASE WHEN s.status IN ('breached', 'unproven') AND len(s.waivers) > 0 THEN '已获批准不计入；' ELSE '' END",
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


def period() -> str:
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
    branches = " ".join(f"WHEN '{unit}' THEN {text}" for unit, text in forms.items())
    return f"coalesce(CASE r.unit {branches} END, '')"


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


def about(pack: Pack, obligation: Obligation, duty: DutyTable) -> str:
    """SQL of (duty, about_id, about): whom the trigger is about, if not the bearer (`concerned`): “，样某矿”."""
    found = concerned(pack, obligation)
    assert found is not None
    field_name, kind = found
    cell = f"CAST(gt.{quote(field_name)} AS VARCHAR)"
    shown = f"coalesce('，' || coalesce(nullif(gn.bearer_name, ''), {cell}), '')"
    return (
        f"SELECT d.duty, {cell} AS about_id, {shown} AS about FROM {duty.rows} d\n"
        f'JOIN {quote("seen/" + duty.trigger)} gt ON gt."$n" = d.trig\n'
        f"LEFT JOIN {quote(f'bearer/{kind}/ids')} gn ON gn.jurisdiction = d.jurisdiction AND gn.bearer_id = {cell}"
    )


def subject() -> str:
    """SQL: who, when, which trigger (and of whom): what."""
    who = "coalesce(nullif(s.bearer_name, ''), s.bearer_id || ' ')"
    trigger = "CASE WHEN r.trigger = '' THEN '' ELSE '（' || r.trigger || ' ' || s.trigger_id || s.about || '）' END"
    return f"{who} || {period()} || {trigger} || '“' || r.title || '”：'"


def message(as_of: str) -> str:
    """SQL of the sentence, by status; `s` is a judged duty, `r` its row of `rules`."""
    not_done = _not_done(as_of)
    through = "coalesce('；数据截至' || strftime(s.through - INTERVAL 1 DAY, '%Y-%m-%d'), '')"
    done_on = "strftime(s.done_at, '%Y-%m-%d')"
    late_days = f"date_diff('day', {sql.due_day('s.due')}, CAST(s.done_at AS DATE))"
    late = f"'应于' || {day('s.due')} || '前完成，' || {done_on} || '完成，逾期' || {late_days} || '天达到'"
    left = f"date_diff('day', {sql.due_day(as_of)}, {sql.due_day('s.due')})"
    until = f"CASE WHEN s.due < {sql.END} THEN {day('s.due')} || '到期，余' || {left} || '天' ELSE '无期限' END"
    met = (
        f"CASE r.kind WHEN 'perform' THEN {_found()} WHEN 'cover' THEN {_found()} WHEN 'forbid' THEN '未查到所列情形'\n"
        "      ELSE '已按要求办理' END"
    )
    cases = [
        ("met", f"{met} || '。'"),
        ("late", f"{late} || '。'"),
        ("breached", f"{not_done} || {through} || '。资料显示未达到（待核实）。'"),
        ("discharged", "'按替代要求办理：' || s.path_title || '。'"),
        ("pending", f"{until} || CASE WHEN s.timely THEN '。' ELSE '，' || {not_done} || '。' END"),
        ("unproven", f"{why_unproven()} || {through} || '。证据不足，不作为问题。'"),
        ("not_applicable", f"'不适用：' || {why_not()} || '。'"),
        ("waived", "'经批准不计入：' || w.reason || '。'"),
    ]
    branches = "\n".join(f"    WHEN '{status}' THEN {text}" for status, text in cases)
    asked = "coalesce(nullif(s.question, ''), r.manual || '；')"
    manual = f"{not_done} || {through} || '。需人工认定：' || rtrim({asked}, '；') || '。'"
    notes = "CASE WHEN s.notes = '' THEN '' ELSE '（' || rtrim(s.notes, '；') || '）' END"
    tail = f"{notes} || r.tail || CASE WHEN s.advised THEN r.advice ELSE '' END"
    return f"{subject()} || CASE s.status\n{branches}\n    ELSE {manual} END || {tail}"


def _found() -> str:
    """SQL: required and found, of what is counted."""
    return f"'要求' || {number('s.required')} || '，查到' || {number('s.observed')}"


def _not_done(as_of: str) -> str:
    """SQL: what there is instead of what was asked for, by kind of test."""
    observed = number("s.observed")
    more = "CASE WHEN len(s.missed) > 10 THEN '等' || len(s.missed) || '个' ELSE '' END"
    named = (
        f"CASE WHEN len(s.missed) > 0 THEN '；未覆盖：' || array_to_string(s.missed[1:10], '、') || {more} ELSE '' END"
    )
    short = f"{_found()} || '，差' || {number('greatest(s.required - s.observed, 0)')} || {named}"
    unequal = "CASE WHEN len(s.missed) > 0 THEN '（不符：' || array_to_string(s.missed, '；') || '）' ELSE '' END"
    texts = {
        "respond": "'应有' || r.record || '，未查到'",
        "done": f"'应于' || {day('s.due')} || '前完成，截至' || {day(as_of)} || '未见有效的完成日期'",
        "forbid": f"r.record || '中查到' || {observed} || '条所列情形'",
        "reconcile": f"'应相符' || {number('s.required')} || '项，相符' || {observed} || '项' || {unequal}",
    }
    branches = " ".join(f"WHEN '{kind}' THEN {text}" for kind, text in texts.items())
    return f"CASE r.kind {branches} ELSE {short} END"


def why_unproven() -> str:
    """SQL: which of the reasons of an unproven duty holds."""
    return (
        "CASE WHEN s.unknown IS NOT NULL THEN s.unknown WHEN s.applies_blank IS NOT NULL THEN '名册' || s.applies_blank || '为空，是否适用不明'\n"
        "      WHEN s.unclear THEN '基数' || r.base || '为空' WHEN NOT s.proven THEN '所需资料未报送齐' WHEN s.given_holds IS NOT NULL AND NOT s.given_holds THEN '前提是否成立不明'\n"
        "      WHEN s.twins IS NOT NULL THEN '是否同一条待确认：' || s.twins ELSE '有记录单元格为空或无法识别' END"
    )


def why_not() -> str:
    """SQL: why an obligation does not apply."""
    return (
        "CASE WHEN s.live_start IS NULL THEN '该期间不在义务范围内' WHEN s.given_fails THEN '没有相应对象'\n"
        "      WHEN s.ended < s.due THEN '期间内退出（' || strftime(s.ended - INTERVAL 1 DAY, '%Y-%m-%d') || '）' ELSE '没有应办对象' END"
    )


def blind_message(as_of: str) -> str:
    """SQL: the sentence of a duty whose trigger cannot be known; `s` is the blind duty, `r` its row of `rules`."""
    who = "coalesce(nullif(s.bearer_name, ''), s.bearer_id)"
    head = "'“' || r.title || '”：' || r.trigger || '未报送齐，是否有应办事项不明'"
    why = f"CASE WHEN {as_of} < s.due THEN '，尚未到期。' ELSE '。证据不足，不作为问题。' END"
    told = f"CASE WHEN s.given_fails THEN '“' || r.title || '”：不适用：没有相应对象。' ELSE {head} || {why} END"
    return f"{who} || {told} || r.tail || CASE WHEN s.advised THEN r.advice ELSE '' END"
