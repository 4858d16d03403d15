"""Invented weeks for the tests of reports. No town, mine or person of them exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from duban.model import Finding, Point, Status
from duban.report.week import (
    Anomaly,
    Audience,
    Clause,
    Due,
    Funnel,
    Gap,
    Head,
    InputFile,
    Major,
    Piece,
    Proposed,
    Reading,
    Rule,
    Section,
    Shown,
    Stage,
    Table,
    Tally,
    Week,
)
from duban.weekly import parts
from papers_world import finding, hazard

AS_OF = datetime(2024, 1, 8)  # 7 January, 24:00
TOWNS = ("甲岭镇", "乙溪镇", "丙川镇")
APART = ("county", "town", "town_principals", "town_deputy")
KINDS = {"enterprise": "企业", "town_centre": "镇应急管理中心", "town_deputy": "镇分管领导", "county": "县应急管理局"}


def findings() -> list[Finding]:
    """An overdue hazard, a short month, a late centre, a deputy, the bureau itself, and what could not be told."""
    return [
        hazard(9, "乙溪样09号铁矿", "乙溪镇", days_overdue=7),
        finding(1),
        finding(
            2, "丙川镇应急管理中心", "丙川镇", bearer_kind="town_centre", obligation="stage-report-sent", title="每月报送阶段性进展",
            clause="五(四)", quote="每月25日前报送", status=Status.LATE, alert="蓝", ground="",
        ),
        finding(
            3, "乙溪镇分管领导", "乙溪镇", bearer_kind="town_deputy", obligation="town-deputy-visits-weekly", title="分管领导每周督导检查",
            clause="五(一)", quote="分管领导每周至少深入企业开展1次督导检查", ground="", source=("乙溪镇党政办/督导.csv#3",),
        ),
        finding(
            4, "云示县应急管理局", "", bearer_kind="county", obligation="county-checks-share", title="县局每月检查30%", clause="三(三)",
            quote="每月至少检查30%", ground="监管执法不严格", required=14, observed=12, shortfall=2, source=("县局/检查.xlsx[检查]#4",),
        ),
        finding(5, "甲岭样05号石料矿", status=Status.UNPROVEN, alert="蓝", ground="", observed=0, evidence=(), source=()),
    ]  # fmt: skip


def shown(one: Finding, **changes: Any) -> Shown:
    return replace(Shown(one, KINDS[one.bearer_kind], apart=one.bearer_kind in APART), **changes)


def week(found: list[Finding] | None = None, **changes: Any) -> Week:
    """The week of the section: three towns, one of each thing that a report shows."""
    given = findings() if found is None else found
    counted = tuple(
        Tally(one.town, one.bearer_kind, one.obligation, one.status.value, one.enforceable, False, 1) for one in given
    )
    clauses = parts.recount(tuple(_clause(one) for one in {one.obligation: one for one in given}.values()), counted)
    base = Week(
        head=_head(),
        sections=_sections(),
        findings=tuple(shown(one) for one in given),
        proposed=(_proposed(),),
        clauses=clauses,
        tallies=counted,
        heat=parts.heat(counted, clauses, TOWNS),
        funnels=(
            Funnel("一般隐患", "", (Stage("查出", 30, ("台账.xlsx#2",)), Stage("已整改", 20), Stage("已复查合格", 12), Stage("已销号", 9))),
            Funnel("一般隐患", "甲岭镇", (Stage("查出", 8), Stage("已整改", 8), Stage("已复查合格", 7), Stage("已销号", 6))),
            Funnel("一般隐患", "乙溪镇", (Stage("查出", 22), Stage("已整改", 12), Stage("已复查合格", 5), Stage("已销号", 3))),
        ),
        majors=(_major(),),
        due=(Due("1月10日", "head-leads-inspections", "带队检查", "enterprise", "甲岭样01号石料矿", "甲岭镇", "要求2，已有1", "d" * 16),),
        readings=(
            Reading("campaign_start", "行动起始日", "2023年11月3日", "2023年11月3日", "三", "缺成文日期", True, False, ("head-leads-inspections",)),
            Reading("principal_leader", "镇“主要领导”是谁", "任一", "任一", "五(一)", "从宽", True, False, ("town-principals-visit",)),
        ),
        gaps=(
            Gap("检查记录", "甲岭镇", "甲岭镇", date(2023, 12, 26), date(2023, 12, 31), 1),
            Gap("检查记录", "乙溪镇党政办", "", date(2024, 1, 1), date(2024, 1, 7), 1),
        ),
        anomalies=(
            Anomaly("e" * 16, "两处检查时间重叠", "五(三)", ("乙溪样09号铁矿",), ("乙溪镇",), "2023年12月", ("JC-1", "JC-2"), ("乙溪镇/检查.csv#4",), "", ("联合检查",), "调阅原件"),
        ),
        suggested=(),
        trend=(
            Point(datetime(2023, 12, 25), 5, 2, 1, 9, 3),
            Point(datetime(2024, 1, 1), 6, 1, 1, 4, 4),
            Point(AS_OF, 4, 1, 0, 1, 1),
        ),
        gone=(("已补正", 2), ("已澄清", 1)),
        first=False,
        apart=APART,
    )  # fmt: skip
    return replace(base, **changes)


def _head() -> Head:
    return Head(
        title="非煤矿山行业安全生产“百日攻坚”冬季行动周调度表（第10期）",
        issuer="云示县应急管理局",
        notice="云应急发〔2023〕1号 冬季行动",
        cut_off="数据截至2024年1月7日24时",
        made_on="编制：1月8日（周一）",
        label="内部资料·机器初筛·待核实·不得外传·不作为处罚依据",
        audience=Audience.SECTION,
        town="",
        version="0.1.0",
        pack="zezhou-2023-331",
        digest="ab" * 32,
        judge="plain",
        as_of=AS_OF,
        known_by=AS_OF,
        inputs=(InputFile("甲岭镇/inspection_2023-12.csv", "1" * 64), InputFile("县局/检查.xlsx", "2" * 64)),
    )


def _sections() -> tuple[Section, ...]:
    overdue = Piece("1", (f"{9:016x}",), ("major_hazard.csv#9",), True)
    deputy = Piece("镇领导1", (f"{3:016x}",))
    cell = (Piece("乙溪样09号铁矿"),)
    table = Table("未销号的重大隐患", ("企业", "现状"), ((cell, (Piece("逾期7天", strong=True),)),))
    return (
        Section("sentence", "一、一句话", ((Piece("重大隐患逾期未整改"), overdue, Piece("条，请局领导今日定措施。")),)),
        Section("majors", "三、重大隐患", ((Piece("行动以来1条。"),),), table),
        Section(
            "decide", "四、请局领导本周决定", ((Piece("乙溪样09号铁矿：定措施"),),), None, ("同意", "不同意", "再核")
        ),
        Section(
            "verify", "七、待核实事项（较上周）", ((Piece("企业2｜"), deputy, Piece("｜证据不足1（不作为问题）。")),)
        ),
    )


def _clause(one: Finding) -> Clause:
    kind = one.bearer_kind
    return Clause(
        one.obligation, one.clause, one.title, one.quote, "按日期计", "现场", one.basis, "", kind, KINDS[kind]
    )


def _major() -> Major:
    return Major(
        "ZD09", "M09", "乙溪样09号铁矿", "乙溪镇", "中段：安全出口堵塞", "11月18日", "12月31日", "未整改", "逾期", True, False, True, 7,
        "云示县应急管理局", "未报", "12月21日镇", "今日定措施", f"{9:016x}", "major_hazard.csv#9",
    )  # fmt: skip


def _proposed() -> Proposed:
    return Proposed(
        bearer_kind="enterprise",
        kind="企业",
        bearer_id="M09",
        bearer_name="乙溪样09号铁矿",
        town="乙溪镇",
        measure="警示约谈",
        tier="建议优先研究",
        listed=True,
        pointer=False,
        grounds=("隐患整治不彻底",),
        post="主要负责人",
        convener="县应急管理局",
        clause="四(一)2",
        nature="行政指导性质的内部监督措施，不是行政处罚",
        procedure=("先核实并听取说明", "局长批准"),
        rules=(Rule("overdue-major", "重大隐患逾期未整改", "四(一)2"),),
        fingerprints=(f"{9:016x}",),
        speaks_for=(),
        to_verify=("到现场看隐患是否仍在",),
        earlier=(),
        flips=(f"若 {9:016x} 一项已整改或经核实不成立：不再提出",),
        verified=False,
        stated=False,
        red=True,
        apart=False,
    )


def full_screen() -> tuple[Section, ...]:
    """A first screen as full as it may get: every list at its limit, every name long."""
    mine = "癸河样一百零一号建筑石料用灰岩矿"
    names = "、".join([mine] * 6) + "等20家"
    cell = (Piece(mine),)
    hazard = (Piece("采场北帮：工作帮坡角大于设计，未采取有效措施，坡脚被采动"),)
    row = (
        cell,
        hazard,
        (Piece("11月18日／12月31日"),),
        (Piece("未整改·五到位缺项"),),
        (Piece("云示县应急管理局／副局长"),),
        (Piece("12月21日县局"),),
        (Piece("今日定措施：停用、撤人或挂牌督办，派人到场"),),
    )
    columns = ("企业", "隐患", "发现／期限", "现状", "挂牌／包保", "最近到场", "建议")
    asked = f"{mine}“采场北帮：工作帮坡角大于设计，未采取有效措施”逾期17天：派人到场核实，定停用、撤人或挂牌督办"

    def section(
        key: str, title: str, *lines: str, table: Table | None = None, choices: tuple[str, ...] = ()
    ) -> Section:
        return Section(key, title, tuple((Piece(text),) for text in lines), table, choices)

    return (
        section("sentence", "一、一句话", f"本周接报事故、险情0起。重大隐患逾期未整改20条（{names}），请局领导今日定措施。县局1月检查3/145家，距30%（44家）还差41家，余18个工作日。"),
        section("running", "二、矿山运行", f"名册145家：在产134｜基建3｜停产4｜停产整顿1｜长期停产3（无人2）。本周停产→复产6家（{names}），复产验收手续：未见（{names}）。"),
        section("majors", "三、重大隐患", "行动以来38条：已销号12｜待验收1｜未整改25（逾期20、五到位缺项1、已报告缓改1、县局限期内1）；另行动前遗留1条。", table=Table("未销号的重大隐患", columns, (row,) * 8, "另有18条见重大隐患一节")),
        section("decide", "四、请局领导本周决定", *[asked] * 7, choices=("同意", "不同意", "再核")),
        section("checks", "五、检查任务", "县局：11月12/145（不足，已列本局整改）→12月15/146→1月3/145。", f"镇全覆盖（12月）：121/142，缺：{names}；其中2镇需人工认定。", f"本周建议检查：{names}。"),
        section("sent", "六、报送", f"12月材料：12镇收齐8，按时5、迟报3（{names[:60]}）、未收齐4；以前各期仍未收齐2项；退改未结2；下次：1月25日。"),
        section("verify", "七、待核实事项（较上周）", "企业116（新增5、澄清3）｜镇应急管理中心14（新增1）｜县局自身5（单列、新增1）｜镇及镇领导职务3（单列，送县安委办）｜逾期履行17（不计入前列）｜证据不足109（不作为问题）｜需人工认定16｜提示性13。法定义务类14项另送执法、法制。"),
        section("interviews", "八、拟提请约谈研究（建议稿）", f"优先研究20：{names}。", f"先核实、提醒35：{names}。", f"已核实0、企业已说明1。前期约谈逾期未反馈6：{names}。"),
        section("due", "九、七日内到期", *[f"1月25日　镇应急管理中心每月25日前报送阶段性进展：{names[:80]}"] * 4, "另有3项，见 duban due。"),
        section("data", "十、口径与数据", "企业数据截至12月25日至12月31日（最早：甲岭镇、乙溪镇、丙川镇等12家）；县局数据截至1月7日；采用的有争议口径13项；若全部取另一读法，名单变化：＋11／－12；本次改了口径3项；数据问题2处错误、242处提醒。"),
    )  # fmt: skip
