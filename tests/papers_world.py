"""Invented findings and candidates for the tests of the papers. No town, mine or person of them exists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duban.model import (
    Addressee,
    Candidate,
    Conclusion,
    Finding,
    Flip,
    Judgement,
    Status,
    Tier,
    Verification,
    Verified,
)
from duban.report.papers import Bureau, Notice, read_bureau

ROOT = Path(__file__).parents[1]
AS_OF = datetime(2024, 1, 8)  # 7 January, 24:00
NOTICE = Notice("云应急发〔2023〕1号", "非煤矿山行业安全生产“百日攻坚”冬季行动")
TITLES = {"town_principals": "镇主要领导", "town_deputy": "镇分管领导", "county": "县应急管理局", "town": "镇"}
OPEN = Verified()
CONFIRMED = Verified(
    Verification.CONFIRMED, "样例股核实员", date(2024, 1, 6), "现场核查", "现场核查记录样1号", "已安排补查"
)
PARTLY = replace(CONFIRMED, state=Verification.PARTLY, statement="")
CLEARED = replace(CONFIRMED, state=Verification.CLEARED, statement="")


def bureau(**changes: Any) -> Bureau:
    """The settings of the sample county."""
    return read_bureau(ROOT / "data" / "bureau.yaml").model_copy(update=changes)


def said(name: str, when: str, title: str, what: str, tail: str = "") -> str:
    """A message as the engine writes it."""
    return f"{name}{when}“{title}”：{what}；数据截至2023-12-31。资料显示未达到（待核实）。{tail}"


def finding(number: int, name: str = "甲岭样01号石料矿", town: str = "甲岭镇", **changes: Any) -> Finding:
    """The head of a mine led one inspection in December where two were asked for."""
    title, blind = "企业主要负责人每月带队检查不少于2次", "（本项看不到：带队人是否到场、检查是否走过场）"
    base = Finding(
        fingerprint=f"{number:016x}",
        obligation="head-leads-inspections",
        title=title,
        clause="三(二)",
        quote="每月至少带队检查2次",
        jurisdiction="云示县",
        bearer_kind="enterprise",
        bearer_id=name,
        bearer_name=name,
        town=town,
        trigger_id="",
        period_start=date(2023, 12, 1),
        period_end=date(2023, 12, 31),
        due=datetime(2024, 1, 1),
        status=Status.BREACHED,
        enforceable=True,
        required=2,
        observed=1,
        shortfall=1,
        days_overdue=7,
        ground="自查自改不认真",
        basis="通知要求",
        alert="黄",
        message=said(name, "2023年12月", changes.get("title", title), "要求2，查到1，差1", blind),
        speaks_for="",
        evidence=(f"带-{number:03d}",),
        source=(f"{town}/inspection_2023-12.csv#{number}",),
    )
    return replace(base, **changes)


def hazard(number: int, name: str, town: str, **changes: Any) -> Finding:
    """A major hazard that was not cured by the end of the year."""
    title, blind = (
        "专项期间发现的重大隐患12月底前整改到位",
        "（本项看不到：现场是否真正整改到位，只看自报日期与验收意见）",
    )
    what = "应于2023-12-31前完成，截至2024-01-07未见有效的完成日期"
    return finding(
        number,
        name,
        town,
        obligation="major-hazard-rectified",
        title=title,
        clause="四(一)2",
        quote="对专项期间发现的重大隐患原则上12月底前全部整改到位",
        trigger_id=f"ZD{number:02d}",
        period_start=None,
        period_end=None,
        ground="隐患整治不彻底",
        alert="红",
        message=said(name, f"（重大隐患档案 ZD{number:02d}）", title, what, blind),
        evidence=(f"ZD{number:02d}",),
        source=(f"major_hazard.csv#{number}",),
        **changes,
    )


def candidate(*findings: Finding, **changes: Any) -> Candidate:
    """The candidate that some findings of one bearer make."""
    first = findings[0]
    rule = Conclusion(
        "same-duty-twice", "同一义务连续两期未达到", "云示县", first.bearer_kind, first.bearer_id, "警示约谈"
    )
    base = Candidate(
        jurisdiction="云示县",
        bearer_kind=first.bearer_kind,
        bearer_title="企业",
        bearer_id=first.bearer_id,
        bearer_name=first.bearer_name,
        town=first.town,
        uscc="91000000MA00000000",
        measure="警示约谈",
        tier=Tier.FIRST,
        grounds=tuple(dict.fromkeys(item.ground for item in findings)),
        addressee=Addressee("矿长（主要负责人）", "样某某", date(2023, 12, 31)),
        convener="县应急管理局",
        clause="五(三)",
        nature="工作约谈，属行政指导",
        procedure=("股室提出", "法制审核", "局长批准", "书面通知"),
        conclusions=(rule,),
        findings=findings,
        to_verify=("到现场核对带队检查记录、签到和影像",),
        flips=(Flip(first.fingerprint, Tier.SECOND.value if len(findings) > 1 else ""),),
    )
    return replace(base, **changes)


SECOND: dict[str, Any] = {"tier": Tier.SECOND, "measure": "提醒函"}
COMMITTEE: dict[str, Any] = {"measure": "工作提醒", "convener": "县安委办"}


def m12(state: Verified = CONFIRMED) -> tuple[Finding, ...]:
    """One mine short in two months in a row."""
    name, town, title = "乙溪样12号铁矿", "乙溪镇", "企业主要负责人每月带队检查不少于2次"
    november = finding(
        2, name, town, verified=state, period_start=date(2023, 11, 1), period_end=date(2023, 11, 30),
        message=said(name, "2023年11月", title, "要求2，查到1，差1", "（本项看不到：带队人是否到场）"),
    )  # fmt: skip
    december = finding(
        3, name, town, verified=state, observed=0, evidence=(), source=(),
        message=said(name, "2023年12月", title, "要求2，查到0，差2", "（本项看不到：带队人是否到场）"),
    )  # fmt: skip
    return november, december


def centre() -> Finding:
    """A town centre that saw none of its mines in December; confirmed."""
    name, title = "癸河镇应急管理中心", "镇应急管理中心每月全覆盖检查本镇非煤矿山企业"
    return finding(
        7, name, "癸河镇", bearer_kind="town_centre", obligation="town-covers-all-mines", title=title, clause="三(三)",
        quote="每月对本镇非煤矿山企业进行全覆盖检查", ground="监管执法不严格", observed=0, evidence=(), source=(),
        message=said(name, "2023年12月", title, "要求2，查到0，差2；未覆盖：癸河样45号石料矿"), verified=CONFIRMED,
    )  # fmt: skip


def principals() -> Finding:
    """Town leaders that a careless roster calls by their names."""
    name, title = "样甲、样乙", "镇主要领导每月深入企业督导检查不少于1次"
    return finding(
        8, name, "丙川镇", bearer_kind="town_principals", title=title, clause="五(一)", required=1, observed=0,
        quote="主要领导每月至少深入企业督导检查1次", message=said(name, "2023年12月", title, "要求1，查到0，差1"),
    )  # fmt: skip


def county() -> Finding:
    title = "县应急局每月至少检查非煤矿山企业总数的30%"
    return finding(
        9, "云示县应急管理局", "", bearer_kind="county", title=title, clause="三(三)", quote=title, required=14,
        observed=12, ground="监管执法不严格", period_start=date(2023, 11, 1), period_end=date(2023, 11, 30),
    )  # fmt: skip


def others() -> tuple[Finding, ...]:
    """What makes no candidate: lists not sent, what is late, what is unproven."""
    lists = finding(
        10,
        "丙川镇应急管理中心",
        "丙川镇",
        bearer_kind="town_centre",
        title="镇应急管理中心每月25日前报送三清单",
        clause="五(四)",
    )
    late = finding(11, "庚寨镇应急管理中心", "庚寨镇", bearer_kind="town_centre", status=Status.LATE)
    blind = finding(
        12,
        "戊塬样28号石料矿",
        "戊塬镇",
        status=Status.UNPROVEN,
        message="戊塬样28号石料矿2023年12月：26—31日未报，证据不足。",
    )
    return lists, late, blind


def world() -> Judgement:
    """Candidates of both tiers, verified and not, a town centre, town leaders, the bureau, and one cleared."""
    m09 = hazard(1, "乙溪样09号铁矿", "乙溪镇")
    m25 = hazard(
        4, "戊塬样25号铁矿", "戊塬镇", verified=PARTLY, speaks_for="自报12月28日完成，验收不合格后已停用该巷道"
    )
    m27 = finding(
        5, "戊塬样27号石料矿", "戊塬镇", speaks_for="本月主要负责人有变更", contested=("distinct_by=inspection_id",)
    )
    m36 = finding(6, "庚寨样36号铁矿", "庚寨镇", title="企业制定本企业冬季行动方案", evidence=(), source=())
    m05 = finding(13, "甲岭样05号石料矿", "甲岭镇", verified=CLEARED)
    director = Addressee("镇应急管理中心主任", "样某", date(2023, 12, 31))
    candidates = (
        candidate(m09, red=True, to_verify=("到现场核对安全出口是否畅通",)),
        candidate(*m12(), earlier=("2023年12月12日警示约谈，已反馈",)),
        candidate(m25, speaks_for=("已提出延期验收申请",), addressee=Addressee("矿长（主要负责人）")),
        candidate(centre(), bearer_title="镇应急管理中心", convener="县安委办", uscc="", addressee=director),
        candidate(m27, speaks_for=("主要负责人12月10日变更",), **SECOND),
        candidate(m36, **SECOND),
        candidate(principals(), bearer_title="镇主要领导", **COMMITTEE),
        candidate(county(), bearer_title="县应急管理局", **COMMITTEE),
        candidate(m05, **SECOND),
    )
    found = (*(item for one in candidates for item in one.findings), *others())
    return Judgement(candidates, tuple(item for one in candidates for item in one.conclusions), found, "plain")
