"""The lists of the workbook: findings by status, proposals, major hazards, what is due, gaps, anomalies, readings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from duban.model import Status, Verification
from duban.report.layout import period
from duban.report.meeting import names
from duban.report.meeting.table import HEADER, Column, draw_table
from duban.report.week import Anomaly, Due, Gap, Major, Proposed, Reading, Shown, Week

if TYPE_CHECKING:
    from duban.report.book import Book
    from duban.report.meeting import Page

_ALERTS = {"红": "red", "黄": "yellow", "蓝": "blue"}
_NOTES = {
    Status.BREACHED: "资料显示未达到，均待核实；核实、听取说明以前不是认定结论。本表只列未达到的，逾期达到、证据不足另表，各表不相加",
    Status.LATE: "已经做到，但晚于期限：只作提醒，不列入未达到",
    Status.UNPROVEN: "能作判断的资料没有报来或看不清：不作为问题，请补报资料",
    Status.MANUAL: "规则只能提示，须由人看材料认定",
}


# --- findings
def findings(week: Week) -> Iterator[Page]:
    """A sheet for each status; that of the breached ones also if there is none."""
    for status, name in names.SHEETS:
        own = [one for one in week.findings if one.finding.status is status and not _cleared(one)]
        if own or status is Status.BREACHED:
            yield name, partial(draw_findings, week, own, status)
    cleared = [one for one in week.findings if _cleared(one)]
    if cleared:
        yield names.CLEARED, partial(draw_findings, week, cleared, None)


def _cleared(one: Shown) -> bool:
    return one.finding.verified.state is Verification.CLEARED


def draw_findings(week: Week, own: Sequence[Shown], status: Status | None, book: Book, name: str) -> None:
    """One row for each finding; what programs need stands beside the page."""
    clauses = {one.id: one for one in week.clauses}
    columns: list[Column[Shown]] = [
        Column("预警", 6, lambda one: one.finding.alert),
        Column("责任主体", 17, lambda one: one.finding.bearer_name),
        Column("镇", 9, lambda one: one.finding.town),
        Column("要求（条款）", 26, lambda one: f"{one.finding.title}（{one.finding.clause}）"),
        Column("期间", 12, lambda one: period(one.finding.period_start, one.finding.period_end)),
        Column("期限", 11, lambda one: _day(one.finding.due)),
        Column("要求数", 7, lambda one: one.finding.required),
        Column("查到数", 7, lambda one: one.finding.observed),
        Column("资料显示", 46, lambda one: one.finding.message),
        Column("有利情况", 22, lambda one: one.finding.speaks_for),
        Column("核实状态", 9, lambda one: one.finding.verified.state.value),
        Column("较上次", 9, lambda one: _course(week, one)),
        Column("提示性", 7, lambda one: "" if one.finding.enforceable else "提示性"),
        Column("指纹", 18, lambda one: one.finding.fingerprint, aside=True),
        Column("依据的记录", 30, lambda one: "；".join(one.finding.evidence), aside=True),
        Column("所在文件", 40, lambda one: "；".join(one.finding.source), aside=True),
        Column("原文", 30, lambda one: one.finding.quote, aside=True),
        Column("看不到的", 24, lambda one: clauses[one.finding.obligation].cannot_see if one.finding.obligation in clauses else "", aside=True),
    ]  # fmt: skip
    title = names.TITLE if status is Status.BREACHED else f"{name}事项"
    said = _NOTES[status] if status is not None else "经核实不作为问题，不在其他各表之内"
    note = f"{week.head.cut_off}　{week.head.label}　{said}"
    sheet = draw_table(book, name, title, note, columns, own, a3=True)
    for number, one in enumerate(own, start=1):
        if one.finding.alert in _ALERTS:
            sheet.write_string(HEADER + number, 1, one.finding.alert, book.style(_ALERTS[one.finding.alert]))


def _course(week: Week, one: Shown) -> str:
    if week.first or not one.course:
        return ""
    weeks = f"（第{one.weeks + 1}周）" if one.weeks else ""
    return f"{one.course}{weeks}" + ("·资料后到" if one.late_data else "")


def _day(due: datetime | None) -> date | None:
    """The last day on which it could be done: 24:00 belongs to the day before."""
    return None if due is None else (due - timedelta(microseconds=1)).date()


# --- proposals
def proposed(week: Week) -> Iterator[Page]:
    """Whom one might call in (建议稿), and what only points a person at something."""
    if week.proposed:
        yield names.PROPOSED, partial(_draw_proposed, week)


def _draw_proposed(week: Week, book: Book, name: str) -> None:
    columns: list[Column[Proposed]] = [
        Column("建议", 12, lambda one: one.measure),
        Column("层级", 14, lambda one: one.tier),
        Column("单位", 18, lambda one: one.bearer_name),
        Column("镇", 9, lambda one: one.town),
        Column("职务", 14, lambda one: one.post),
        Column("情形", 18, lambda one: "、".join(one.grounds)),
        Column("依据的规则", 34, lambda one: "；".join(f"{rule.title}（{rule.clause}）" for rule in one.rules)),
        Column("事项数", 7, lambda one: len(one.fingerprints)),
        Column("有利情况", 24, lambda one: "；".join(one.speaks_for)),
        Column("须先核实", 24, lambda one: "；".join(one.to_verify)),
        Column("此前措施", 18, lambda one: "；".join(one.earlier)),
        Column("由谁", 14, lambda one: one.convener),
        Column("核实状态", 9, lambda one: "已核实" if one.verified else "待核实"),
        Column("采纳／不采纳／再核", 12, lambda one: None),
        Column("法律性质", 22, lambda one: one.nature, aside=True),
        Column("尚须办理", 30, lambda one: "；".join(one.procedure), aside=True),
        Column("哪一项澄清即移出", 24, lambda one: "；".join(one.flips), aside=True),
        Column("指纹", 30, lambda one: "；".join(one.fingerprints), aside=True),
    ]
    note = f"{week.head.cut_off}　{week.head.label}　机器提出的建议，不是决定；核实、听取陈述、法制审核后由人决定"
    draw_table(book, name, "拟提请约谈研究和其他建议（建议稿·未经核实）", note, columns, week.proposed, a3=True)


# --- major hazards, what is due, what is missing
def majors(week: Week) -> Iterator[Page]:
    """Every major hazard of the archive."""
    if week.majors:
        yield names.MAJORS, partial(_draw_majors, week)


def _draw_majors(week: Week, book: Book, name: str) -> None:
    columns: list[Column[Major]] = [
        Column("企业", 18, lambda one: one.bearer_name),
        Column("镇", 9, lambda one: one.town),
        Column("隐患", 34, lambda one: one.hazard),
        Column("发现", 11, lambda one: one.found),
        Column("期限", 11, lambda one: one.due),
        Column("现状", 16, lambda one: f"{one.state}·{one.part}" if one.part and one.part != one.state else one.state),
        Column("逾期天数", 8, lambda one: one.days if one.overdue else None),
        Column("挂牌督办", 18, lambda one: one.supervised),
        Column("包保", 12, lambda one: one.keeper),
        Column("最近到场", 14, lambda one: one.visited),
        Column("建议", 26, lambda one: one.advice),
        Column("隐患编号", 14, lambda one: one.hazard_id, aside=True),
        Column("指纹", 18, lambda one: one.fingerprint, aside=True),
        Column("所在文件", 36, lambda one: one.place, aside=True),
    ]
    order = sorted(week.majors, key=lambda one: (not one.overdue, one.closed, one.due, one.bearer_id, one.hazard_id))
    draw_table(book, name, "重大隐患", f"{week.head.cut_off}　{week.head.label}", columns, order)


def due(week: Week) -> Iterator[Page]:
    """What ends within the days ahead."""
    if week.due:
        yield names.DUE, partial(_draw_due, week)


def _draw_due(week: Week, book: Book, name: str) -> None:
    columns: list[Column[Due]] = [
        Column("期限", 12, lambda one: one.due),
        Column("责任主体", 20, lambda one: one.bearer_name),
        Column("镇", 9, lambda one: one.town),
        Column("要求", 40, lambda one: one.title),
        Column("还差", 20, lambda one: one.shortfall),
        Column("指纹", 18, lambda one: one.fingerprint, aside=True),
    ]
    draw_table(book, name, "七日内到期", f"{week.head.cut_off}　未到期，不是问题", columns, week.due)


def gaps(week: Week) -> Iterator[Page]:
    """What was not handed in."""
    if week.gaps:
        yield names.GAPS, partial(_draw_gaps, week)


def _draw_gaps(week: Week, book: Book, name: str) -> None:
    columns: list[Column[Gap]] = [
        Column("应报单位", 22, lambda one: one.sender),
        Column("镇", 9, lambda one: one.town),
        Column("资料", 20, lambda one: one.record),
        Column("自", 12, lambda one: one.start),
        Column("至", 12, lambda one: one.end),
        Column("因此不能判断的事项数", 12, lambda one: one.duties),
    ]
    note = f"{week.head.cut_off}　没有报来的资料不作为问题；补报以后再判"
    draw_table(book, name, "未报送的资料", note, columns, week.gaps)


# --- for the section
def anomalies(week: Week) -> Iterator[Page]:
    """数据异常待核对: by record, never a conclusion."""
    if week.anomalies:
        yield names.ANOMALIES, partial(_draw_anomalies, week)


def _draw_anomalies(week: Week, book: Book, name: str) -> None:
    columns: list[Column[Anomaly]] = [
        Column("异常", 30, lambda one: one.title),
        Column("涉及单位", 24, lambda one: "、".join(one.bearers)),
        Column("期间", 14, lambda one: one.period),
        Column("数", 16, lambda one: one.numbers),
        Column("常见正当原因", 34, lambda one: "；".join(one.reasons)),
        Column("核对办法", 34, lambda one: one.check),
        Column("记录", 28, lambda one: "；".join(one.records), aside=True),
        Column("所在文件", 36, lambda one: "；".join(one.places), aside=True),
        Column("指纹", 18, lambda one: one.fingerprint, aside=True),
    ]
    note = f"{week.head.cut_off}　{week.head.label}　只供股室内部核对记录，不是结论，不据此提出任何建议"
    draw_table(book, name, "数据异常待核对", note, columns, week.anomalies)


def readings(week: Week) -> Iterator[Page]:
    """Which readings of the text were used."""
    if week.readings:
        yield names.READINGS, partial(_draw_readings, week)


def _draw_readings(week: Week, book: Book, name: str) -> None:
    columns: list[Column[Reading]] = [
        Column("口径", 34, lambda one: one.title),
        Column("采用", 16, lambda one: one.value),
        Column("默认", 16, lambda one: one.default if one.changed else ""),
        Column("条款", 14, lambda one: one.clause),
        Column("理由", 60, lambda one: one.why),
        Column("待局里确定", 9, lambda one: "是" if one.asked else ""),
        Column("参数名", 22, lambda one: one.name, aside=True),
    ]
    note = f"{week.head.cut_off}　规则包{week.head.pack}（{week.head.digest[:8]}）　改一项：duban audit --set 名称=值"
    draw_table(book, name, "采用的口径", note, columns, week.readings)
