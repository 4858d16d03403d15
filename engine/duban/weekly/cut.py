"""One week, cut for those who may see it: what is not theirs is not in the data at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from duban.model import Finding, Status
from duban.report.week import Audience, Line, Piece, Section, Shown, Table, Week
from duban.weekly.desk import due_lines
from duban.weekly.field import MAJORS_COLUMNS
from duban.weekly.parts import heat, recount
from duban.weekly.text import line, piece, some

INTERNAL = "内部资料·机器初筛·待核实·不得外传·不作为处罚依据"
FOR_TOWN = "机器初筛·待核实·供本镇核对，不作为处罚依据"
_COUNTED = (
    (Status.BREACHED, "资料显示未达到（待核实）", ""),
    (Status.LATE, "逾期履行", "（只作提醒）"),
    (Status.MANUAL, "需人工认定", ""),
    (Status.UNPROVEN, "证据不足", "（不作为问题，请补报资料）"),
)


def for_audience(week: Week, audience: Audience, town: str = "") -> Week:
    """The edition of an audience; `week` is the full one, of the section.

    - SECTION sees all. LEADERS see no anomalies, and of what goes to the committee about towns only how many.
    - COMMITTEE sees what goes to it: town leaders by post, the bureau's own duties.
    - TOWN sees its own duties and mines: no candidates, anomalies, other towns, leaders' visits, bureau duties.
    """
    week = replace(week, head=replace(week.head, audience=audience, town=town))
    if audience is Audience.SECTION:
        return week
    if audience is Audience.LEADERS:
        return _leaders(week)
    if audience is Audience.COMMITTEE:
        return _committee(week)
    if not town:
        raise ValueError("an edition for a town needs its name")
    return _town(week, town)


# --- leaders
def _leaders(week: Week) -> Week:
    own = tuple(one for one in week.findings if not one.apart or not one.finding.town)
    hidden = {one.finding.fingerprint for one in week.findings} - {one.finding.fingerprint for one in own}
    counted = tuple(one for one in week.tallies if one.bearer_kind not in week.apart or not one.town)
    shown = recount(week.clauses, counted)
    return replace(
        week,
        findings=own,
        tallies=counted,
        clauses=shown,
        heat=heat(counted, shown, [town for town in week.heat.towns if town]),
        proposed=tuple(one for one in week.proposed if not one.apart or not one.town),
        sections=tuple(_without(section, hidden) for section in week.sections),
        anomalies=(),
    )


def _without(section: Section, hidden: set[str]) -> Section:
    """A section whose numbers do not point at findings that are not there."""
    table = section.table
    if table is not None:
        rows = tuple(tuple(_rest(cell, hidden) for cell in row) for row in table.rows)
        table = replace(table, rows=rows)
    return replace(section, lines=tuple(_rest(one, hidden) for one in section.lines), table=table)


def _rest(one: Line, hidden: set[str]) -> Line:
    if not any(hidden.intersection(part.fingerprints) for part in one):
        return one
    return tuple(
        replace(part, fingerprints=tuple(name for name in part.fingerprints if name not in hidden)) for part in one
    )


# --- the committee
def _committee(week: Week) -> Week:
    findings = tuple(one for one in week.findings if one.apart)
    kinds = {one.bearer_kind for one in week.clauses if one.bearer_kind in week.apart}
    counted = tuple(one for one in week.tallies if one.bearer_kind in kinds)
    proposed = tuple(one for one in week.proposed if one.apart)
    due = tuple(one for one in week.due if one.bearer_kind in kinds)
    reminders = tuple(
        line(piece(one.bearer_name, one.fingerprints, strong=True), f"：{one.measure}（{one.tier}）")
        for one in proposed
    )
    sections = (
        Section("verify", "一、待核实事项（镇、镇领导职务和县局自身）", tuple(_counts(findings))),
        Section("interviews", "二、建议工作提醒（由县安委办研究）", reminders or (line("无。"),)),
        Section("due", "三、七日内到期", tuple(due_lines(due))),
    )
    shown = recount(week.clauses, counted)
    return replace(
        week,
        sections=sections,
        findings=findings,
        proposed=proposed,
        clauses=shown,
        tallies=counted,
        heat=heat(counted, shown, [town for town in week.heat.towns if town]),
        due=due,
        funnels=(),
        majors=(),
        gaps=(),
        anomalies=(),
        suggested=(),
        trend=(),
        gone=(),
    )


# --- a town
def _town(week: Week, town: str) -> Week:
    findings = tuple(_handed_on(one, town) for one in week.findings if one.finding.town == town and not one.apart)
    counted = tuple(one for one in week.tallies if one.town == town and one.bearer_kind not in week.apart)
    shown = recount(week.clauses, counted)
    names = {one.id for one in shown}
    due = tuple(one for one in week.due if one.town == town and one.bearer_kind not in week.apart)
    majors = tuple(
        replace(one, advice="", visited="", keeper="", place=_place(one.place, town))
        for one in week.majors
        if one.town == town
    )
    gaps = tuple(one for one in week.gaps if one.town == town)
    cut = replace(
        week,
        head=replace(
            week.head,
            label=FOR_TOWN,
            judge="",
            inputs=tuple(one for one in week.head.inputs if _place(one.name, town)),
        ),
        findings=findings,
        proposed=(),
        clauses=shown,
        tallies=counted,
        heat=heat(counted, shown, (town,)),
        funnels=tuple(
            replace(one, stages=tuple(replace(stage, places=_places(stage.places, town)) for stage in one.stages))
            for one in week.funnels
            if one.town == town
        ),
        majors=majors,
        due=due,
        readings=tuple(one for one in week.readings if names.intersection(one.obligations)),
        gaps=gaps,
        anomalies=(),
        suggested=(),
        trend=(),
        gone=(),
        apart=(),
    )
    return replace(cut, sections=tuple(_town_sections(cut, town)))


def _handed_on(one: Shown, town: str) -> Shown:
    """A finding as a town sees it: no measure that is being studied, no name of who looked, no file of others."""
    finding: Finding = one.finding
    plain = replace(
        finding,
        ground="",
        settled="",
        settled_on=None,
        contested=(),
        source=_places(finding.source, town, keep=True),
        verified=replace(finding.verified, by="", how="", evidence=""),
    )
    return replace(one, finding=plain, leads_to=())


def _place(place: str, town: str) -> str:
    """A place in the town's own files; '' for one in others'."""
    return place if town in place else ""


def _places(places: Sequence[str], town: str, *, keep: bool = False) -> tuple[str, ...]:
    """`keep`: in step with the evidence, an empty text for each that is another's."""
    found = (_place(place, town) for place in places)
    return tuple(found) if keep else tuple(place for place in found if place)


def _town_sections(week: Week, town: str) -> Iterator[Section]:
    yield Section("verify", f"一、{town}待核实事项", tuple(_counts(week.findings)))
    open_ones = [one for one in week.majors if not one.closed]
    if week.majors:
        columns = (*MAJORS_COLUMNS[:4], "挂牌")
        rows = tuple(
            (
                line(piece(one.bearer_name, [one.fingerprint] if one.fingerprint else [])),
                line(one.hazard),
                line(f"{one.found}／{one.due}"),
                line(piece(f"{one.state}·{one.part}" if one.part else one.state, strong=one.overdue)),
                line(one.supervised),
            )
            for one in open_ones
        )
        table = Table("本镇未销号的重大隐患", columns, rows) if rows else None
        said = line(f"在册{len(week.majors)}条，未销号{len(open_ones)}条。")
        yield Section("majors", "二、本镇企业重大隐患", (said,), table)
    else:
        yield Section("majors", "二、本镇企业重大隐患", (line("档案中没有。"),))
    yield Section("due", "三、七日内到期", tuple(due_lines(week.due)))
    yield Section("gaps", "四、请补报的资料", tuple(_gap_lines(week)))


def _gap_lines(week: Week) -> Iterator[Line]:
    if not week.gaps:
        yield line("没有因未报送而不能判断的事项。")
    for one in week.gaps[:12]:
        yield line(f"{one.record}：{one.sender}，{one.start}至{one.end}间有未报送，", Piece(f"{one.duties}项"), "待判")
    if len(week.gaps) > 12:
        yield line(f"另有{len(week.gaps) - 12}项见后。")


def _counts(findings: Sequence[Shown]) -> Iterator[Line]:
    """One line for each status with anything: each apart from the others, never added up."""
    for status, title, note in _COUNTED:
        own = [one for one in findings if one.finding.status is status]
        if own:
            names = some(list(dict.fromkeys(one.finding.bearer_name for one in own)), 6)
            prints = [one.finding.fingerprint for one in own]
            yield line(title, piece(f"{len(own)}项", prints, strong=True), f"{note}：{names}。")
    if not any(one.finding.status in {status for status, _, _ in _COUNTED} for one in findings):
        yield line("没有待核实事项。")
