"""The last screen of an audit: what the head of the bureau asks, in that order, and where to look further.

First the pack's own `headlines`; then what was not handed in, what is to be verified (by kind of bearer), what a person has
cleared, what is excused, what cannot be judged, what is due within seven days, the data's faults, and the readings used.
Where the files are is said by the delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from duban.conditions import compile_boolean, parse
from duban.errors import Severity
from duban.model import Status, Verification
from duban.pack.names import fixed_columns
from duban.pack.schema import Headline
from duban.report.candidates import candidate_lines
from duban.report.layout import aligned, period, some
from duban.report.leads import lead_line
from duban.report.tables import shown, titles_of
from duban.report.waivers import waiver_lines
from duban.scope import Names
from duban.verification import IS_CLEARED, IS_OPEN, told, verified_of

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.model import Judgement

NOTICE = "内部资料·机器初筛·未经核实·不作为处罚依据"
SOON = 7  # days ahead that the last screen looks
LOOKED_AT = (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN)
OTHERS = (Status.PENDING, Status.MET, Status.DISCHARGED, Status.WAIVED, Status.NOT_APPLICABLE)
# What to show first: danger, then what counts, then what has been open longest.
ORDER = (
    "d.alert = '红' DESC, d.enforceable DESC, d.days_overdue DESC NULLS LAST, d.obligation, d.bearer_id, d.trigger_id,"
    " d.period_start"
)


def screen(audit: Audit, judgement: Judgement | None = None, most: int = 8) -> Iterator[str]:
    """The lines of the last screen; of each sort of finding at most `most`."""
    yield from _heading(audit)
    for headline in audit.pack.header.headlines:
        yield from _headline(audit, headline)
    yield from _missing(audit)
    yield from _to_verify(audit, most)
    yield from _cleared(audit, most)
    yield from _waived(audit, most)
    yield from _undecided(audit, most)
    if judgement is not None:
        yield ""
        yield from candidate_lines(audit.pack, judgement, most)
    yield from _soon(audit)
    yield from _issues(audit, most)
    yield from ("", line) if (line := lead_line(audit)) else ()
    yield from _readings(audit)


def _heading(audit: Audit) -> Iterator[str]:
    pack = audit.pack
    yield f"{pack.header.number} {pack.header.title}"
    known = "" if audit.known_by == audit.as_of else f"，掌握至{shown(audit.known_by)}"
    yield f"截至 {shown(audit.as_of)}{known}　规则包 {pack.header.id}（{pack.digest[:8]}）　{NOTICE}"
    if pack.header.complete == "assumed":
        yield "注意：按“所给数据齐全”计算，未核对报送清单。"
    counts = [f"{status.chinese.replace('（待核实）', '')}{audit.counts[status]}" for status in (*LOOKED_AT, *OTHERS)]
    yield f"{len(_judged(audit))}条义务，{sum(audit.counts.values())}项履责项：{'　'.join(counts)}"


def _judged(audit: Audit) -> set[str]:
    """The obligations that this audit judged: all of the pack, or those that were asked for."""
    return set(audit.plan.obligations)


def _whole(audit: Audit) -> bool:
    """Whether all obligations in force were judged."""
    return {item.id for item in audit.pack.obligations if not item.draft} <= _judged(audit)


# --- the pack's own questions
def _headline(audit: Audit, headline: Headline) -> Iterator[str]:
    names = Names(audit.pack.schema, columns=fixed_columns())
    where = compile_boolean(parse(headline.where), names).sql
    if headline.show == "findings":
        where = f"({where}) AND {IS_OPEN}"
        lines = list(_findings(audit, where, most=20))
        if not lines and not _whole(audit):
            return  # “none” would be a claim about what was not looked at
        yield ""
        yield f"{headline.title}：{_number(audit, where) or '无'}" + ("项" if lines else "")
        yield from lines
        return
    rows = audit.connection.execute(
        "SELECT bearer_name, period_start, period_end, observed, required, status, days_left, verification"
        f" FROM duties d WHERE {where} ORDER BY obligation, bearer_id, trigger_id, period_start"
    ).fetchall()
    if rows:  # none: the obligation was not asked about
        yield from ("", f"{headline.title}：")
    for bearer, start, end, observed, required, status, left, verified in rows:
        numbers = "" if observed is None or required is None else f"{observed:g}/{required:g}"
        time = f"，余{left}天" if left is not None else ""
        found = Status(status).chinese.replace("待核实", verified) if verified else Status(status).chinese
        yield f"  {bearer}{_span(start, end)}　{numbers}　{found}{time}"


def _span(start: date | None, end: date | None) -> str:
    """A period after a name; '' for none."""
    return f" {named}" if (named := period(start, end)) else ""


def _number(audit: Audit, where: str) -> int:
    return int((audit.connection.execute(f"SELECT count(*) FROM duties d WHERE {where}").fetchone() or (0,))[0])


def _findings(audit: Audit, where: str, most: int) -> Iterator[str]:
    """The findings that meet a condition, shortest form: fingerprint, colour, message, what speaks for the bearer."""
    rows = audit.connection.execute(
        "SELECT fingerprint, alert, enforceable, obligation, message, speaks_for, verification"
        f" FROM duties d WHERE {where} ORDER BY {ORDER} LIMIT {most}"
    ).fetchall()
    blind_spots = {item.id: f"（本项看不到：{item.cannot_see}）" for item in audit.pack.obligations}
    for fingerprint, alert, enforceable, obligation, message, speaks_for, verified in rows:
        text = message.replace(blind_spots[obligation], "").replace("资料显示未达到（待核实）。", "")
        mark = f"[{alert}]" if alert else ""
        advisory = "" if enforceable else "（提示性）"
        looked = f"（{verified}）" if verified not in ("", Verification.OPEN) else ""
        yield f"  {fingerprint} {mark}{text}{advisory}{looked}" + (f" 有利情况：{speaks_for}。" if speaks_for else "")


# --- what every notice asks
def _missing(audit: Audit) -> Iterator[str]:
    """Who has not handed in what: senders that lack the same types and days share a line."""
    rows = audit.connection.execute(
        "WITH gaps AS (SELECT sender, list(DISTINCT record_type ORDER BY record_type) AS types, min(missing_from) AS a,"
        " max(missing_through) AS b, sum(duties) AS n FROM missing GROUP BY sender)"
        " SELECT list(sender ORDER BY sender), types, a, b, sum(n) FROM gaps GROUP BY types, a, b ORDER BY sum(n) DESC, 1"
    ).fetchall()
    yield ""
    senders = sum(len(row[0]) for row in rows)
    yield f"未报送的资料：{senders}个单位" if rows else "未报送的资料：没有因未报送而不能判断的事项"
    for names, types, start, end, duties in rows[:12]:
        titles = [audit.pack.records[name].title if name in audit.pack.records else name for name in types]
        yield f"  {some(names, 4)}：{some(titles, 4)}，{start}至{end}间有未报送，{duties:g}项待判"
    if len(rows) > 12:
        yield f"  …其余{sum(len(row[0]) for row in rows[12:])}个单位见 missing.csv"


def _to_verify(audit: Audit, most: int) -> Iterator[str]:
    """Breached duties by kind of bearer; late ones apart, since they are only reminded of."""
    kinds = audit.pack.header.bearers
    table = [["责任主体", "未达到（待核实）", "其中提示性", "逾期达到", "需人工认定", "证据不足"]]
    for kind, breached, advisory, late, manual, unproven in audit.connection.execute(
        "SELECT bearer_kind, count(*) FILTER (status = 'breached'), count(*) FILTER (status = 'breached' AND NOT enforceable),"
        " count(*) FILTER (status = 'late'), count(*) FILTER (status = 'manual'), count(*) FILTER (status = 'unproven')"
        f" FROM duties d WHERE {IS_OPEN} GROUP BY bearer_kind"
    ).fetchall():
        if breached or late or manual or unproven:
            numbers = (breached, advisory, late, manual, unproven)
            table.append([kinds[kind].title or kind, *(str(number) if number else "·" for number in numbers)])
    yield ""
    breached, late = (audit.counts[status] - audit.cleared[status] for status in (Status.BREACHED, Status.LATE))
    yield f"待核实事项：{breached}项，另有逾期达到{late}项（只作提醒，不计入）{_looked_at(audit)}"
    if len(table) > 1:
        order = [kinds[kind].title or kind for kind in kinds]
        yield from (
            "  " + line for line in aligned([table[0], *sorted(table[1:], key=lambda row: order.index(row[0]))], 1)
        )
    for kind, spec in kinds.items():
        where = f"d.status = 'breached' AND d.bearer_kind = '{kind}' AND {IS_OPEN}"
        total = _number(audit, where)
        if total:
            yield f" {spec.title or kind}（{total}项）"
            yield from _findings(audit, where, most)
            if total > most:
                yield f"  …其余{total - most}项见 violations.csv"


def _looked_at(audit: Audit) -> str:
    """How many of the breached ones a person has looked at, without clearing them; '' for none."""
    rows = audit.connection.execute(
        f"SELECT verification, count(*) FROM duties d WHERE status = 'breached' AND {IS_OPEN} GROUP BY verification"
    ).fetchall()
    order = [state.value for state in Verification if state is not Verification.OPEN]
    looked = [f"{state}{dict(rows)[state]}项" for state in order if state in dict(rows)]
    return f"；其中{'、'.join(looked)}" if looked else ""


def _cleared(audit: Audit, most: int) -> Iterator[str]:
    """What a person has cleared, and by what: it stays in the files, and among no findings."""
    total = sum(audit.cleared.values())
    if not total:
        return
    cursor = audit.connection.execute(f"SELECT d.* FROM duties d WHERE {IS_CLEARED} ORDER BY {ORDER} LIMIT {most}")
    names = [column[0] for column in cursor.description or ()]
    yield ""
    yield f"已澄清{total}项（按资料未达到，经核实不作为问题，不在以上各项之内）"
    for row in cursor.fetchall():
        duty = dict(zip(names, row, strict=True))
        who = f"{duty['bearer_name'] or duty['bearer_id']}{_span(duty['period_start'], duty['period_end'])}"
        yield f"  {duty['fingerprint']} {who}“{audit.pack.obligation(duty['obligation']).title}”：{told(verified_of(duty))}"
    if total > most:
        yield f"  …其余{total - most}项见 violations.csv、manual.csv"


def _waived(audit: Audit, most: int) -> Iterator[str]:
    """The waivers: which covered what, and loudly which are malformed, expired or idle."""
    if audit.waivers:
        yield ""
        yield from waiver_lines(audit.waivers, titles_of(audit), most)


def _undecided(audit: Audit, most: int) -> Iterator[str]:
    """What the engine does not decide: a person must, or data is missing."""
    manual = audit.counts[Status.MANUAL] - audit.cleared[Status.MANUAL]
    unproven = audit.counts[Status.UNPROVEN]
    yield ""
    yield f"不能判断的：需人工认定{manual}项，证据不足{unproven}项（不作为问题）"
    yield from _findings(audit, f"d.status = 'manual' AND {IS_OPEN}", most)
    if manual > most:
        yield f"  …其余{manual - most}项见 manual.csv"
    rows = audit.connection.execute(
        "SELECT obligation, count(*) FROM duties WHERE status = 'unproven' GROUP BY obligation ORDER BY count(*) DESC, obligation"
    ).fetchall()
    for obligation, count in rows[:most]:
        yield f"  证据不足{count}项：{audit.pack.obligation(obligation).title}（unproven.csv）"


def _soon(audit: Audit) -> Iterator[str]:
    """What is due within seven days: one line for each obligation and due."""
    rows = audit.connection.execute(
        "SELECT obligation, due, list(DISTINCT bearer_name ORDER BY bearer_name) FROM duties"
        f" WHERE status = 'pending' AND enforceable AND days_left <= {SOON} AND coalesce(shortfall, 1) > 0"
        " GROUP BY obligation, due ORDER BY due, obligation"
    ).fetchall()
    yield ""
    yield f"{SOON}日内到期：" + ("" if rows else "无")
    for obligation, due, bearers in rows:
        yield f"  {shown(due)}　{audit.pack.obligation(obligation).title}：{some(bearers)}"


def _issues(audit: Audit, most: int) -> Iterator[str]:
    errors = [issue for issue in audit.issues if issue.severity is Severity.ERROR]
    if not audit.issues:
        return
    yield ""
    yield f"数据问题：{len(errors)}处错误、{len(audit.issues) - len(errors)}处提醒（见 issues.csv）"
    for issue in errors[:most]:
        yield "  " + str(issue).replace("\n", "\n  ")


def _readings(audit: Audit) -> Iterator[str]:
    specs = audit.pack.header.parameters
    if specs:
        yield ""
        yield "采用的口径（--set 名称=值 可改）："
        for name, spec in specs.items():
            changed = "" if str(audit.pack.values[name]) == str(spec.default) else f"（默认 {spec.default}）"
            if changed or not spec.for_leads:
                yield f"  {name}={audit.pack.values[name]}{changed}　{spec.title or spec.why}"
        if others := sum(spec.for_leads for spec in specs.values()):
            yield f"  另有{others}项只用于数据异常核对的阈值，见 audit.json"
