"""The story's leads in the records of inspections: who was where, what was written, when it was handed in.

l04 … have what the lead of that number is to find, and (K) what looks like it and must not be found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from sample_county.basics import BUREAU, Row, at, day
from sample_county.records import BUREAU_LEVEL, CLEAN, DEPUTY, LED, SELF, TOWN, County
from sample_county.story_towns import visits

LIAISON, TEAM_LEADER, TEAM = "县安委办联络员1", "县督导组组长", "云示县安委会督导组"
SQUAD, OFFICE = f"{BUREAU}执法二队", f"{BUREAU}综合股"
TWELVE_OF_M22 = (
    "采场台阶坡面有浮石；运输道路未洒水；破碎站照明不足；皮带拉绳开关失灵；配电柜门未关；氧气瓶无防震圈；"
    "车挡缺损；反光标志缺失；值班电话不通；爬梯锈蚀；油桶未分区；消防沙不足"
)
TWELVE_OF_M21 = (
    "钻机除尘罩破损；铲车尾灯不亮；斜坡道护栏缺口；配重块无护网；移动电缆拖地；接地线脱落；"
    "筛分机盖板松动；水管冻裂；油罐呼吸阀堵；工具棚漏雨；对讲机无电；沉淀池无盖板"
)
AT_WORK = "采场北帮作业人员2人未系安全带"


def k01_to_k03(county: County) -> None:
    """Like L1–L3 (story_county.py), and none: straight from mine to mine; a 复查 that copies; no file's name."""
    (first,), (second,) = county.checks("M10", BUREAU_LEVEL, 12), county.checks("M40", BUREAU_LEVEL, 12)
    first["end_at"] = at("12-19 11:40")
    copied = county.checks("M01", SELF, 12)[0]["findings"]
    second.update(start_at=at("12-19 11:40"), end_at=at("12-19 12:30"), hazards_found=3, findings=copied)
    for month in (11, 12):
        county.checks("M41", SELF, month)[0]["attachments"] = "现场照片3张"


# --- visits of the deputies


def of_deputies(county: County, on: str, *places: str) -> Iterator[Row]:
    """Where deputies were on a day, and when: `甲岭 M01 09:00 09:50`. Without the second time no end is written."""
    for place in places:
        town, mine, *clocks = place.split()
        (row,) = visits(county, town, DEPUTY, on, on)
        assert row["enterprise_id"] == mine
        start, end, *_ = [*(at(f"{on} {clock}") for clock in clocks), None]
        row.update(start_at=start, end_at=end)
        yield row


def l04(county: County) -> None:
    """11-15: one liaison of the county with three deputies, and no end. K: on 11-22 with ends that tell it apart."""
    without_end = ("甲岭 M07 09:00", "乙溪 M08 10:40", "丙川 M15 15:00")
    with_end = ("甲岭 M01 09:00 09:50", "乙溪 M09 10:40 11:30", "丙川 M16 14:30 15:20")
    for row in (*of_deputies(county, "11-15", *without_end), *of_deputies(county, "11-22", *with_end)):
        row["inspectors"] = [*row["inspectors"], LIAISON]


def l05(county: County) -> None:
    """11-29: one leader at five mines. K: on 12-06, but one of the five was a joint visit."""
    clocks = ("08:30 09:10", "09:40 10:20", "10:50 11:30", "14:30 15:10", "15:40 16:20")
    for on, places in (
        ("11-29", ("甲岭 M02", "乙溪 M10", "丙川 M17", "丁坪 M19", "戊塬 M27")),
        ("12-06", ("甲岭 M03", "乙溪 M11", "丙川 M18", "丁坪 M20", "戊塬 M28")),
    ):
        timed = [f"{place} {clock}" for place, clock in zip(places, clocks, strict=True)]
        for row in of_deputies(county, on, *timed):
            row["leaders"] = [*row["leaders"], TEAM_LEADER]
    (joint,) = visits(county, "戊塬", DEPUTY, "12-06", "12-06")
    joint["levels"] = [DEPUTY, "专家"]


def l07(county: County) -> None:
    """12-20: five visits of one team at the same times. K: on 12-27 only four of the five are the team's."""
    same = ("乙溪 M13", "丁坪 M22", "戊塬 M25", "己湾 M30", "庚寨 M36")
    for row in of_deputies(county, "12-20", *(f"{place} 14:30 16:00" for place in same)):
        row["org"] = TEAM
    same = ("乙溪 M08", "丁坪 M19", "戊塬 M26", "己湾 M31")
    for row in of_deputies(county, "12-27", *(f"{place} 09:00 10:30" for place in same)):
        row["org"] = TEAM
    list(of_deputies(county, "12-27", "庚寨 M34 09:00 10:30"))


# --- inspections of mines


def moved(county: County, row: Row, start: str, end: str) -> Row:
    """The same inspection at another time: `12-14 09:30`, `10:30`."""
    on, _ = start.split()
    county.move(row, day(on))
    row.update(start_at=at(start), end_at=at(f"{on} {end}"))
    return row


def l06(county: County) -> None:
    """M22: twelve problems in 15 minutes. K: M21, twelve in 20."""
    for mine, minutes, texts in (("M22", 15, TWELVE_OF_M22), ("M21", 20, TWELVE_OF_M21)):
        row = county.checks(mine, SELF, 12)[0]
        row.update(end_at=row["start_at"] + timedelta(minutes=minutes), hazards_found=12, findings=texts)


def l08(county: County) -> None:
    """M31: its head leads an inspection while he has the chair (F11). K: M30's ends when the meeting begins."""
    moved(county, county.checks("M31", LED, 11)[1], "11-20 14:30", "16:30")
    moved(county, county.checks("M30", LED, 11)[1], "11-21 13:30", "15:00")
    held = at("11-21 15:00")
    county.add(
        "enterprise_meeting", "己湾镇", held, meeting_id="M30-例-1121", enterprise_id="M30", held_on=held,
        kinds=["安全例会"], chair="M30矿长", sign_in_count=20, topics="周安全例会",
    )  # fmt: skip


def l09(county: County) -> None:
    """12-14: one has the duty at M02 and inspects M03. K: at M01 it is the same mine. K30: nobody at work there."""
    director = "甲岭片区安全总监"
    county.one("leader_duty", "M02-值-1214").set(leader=director)
    moved(county, county.checks("M03", SELF, 12)[1], "12-14 09:30", "10:30")["leaders"] = [director]
    row = moved(county, county.checks("M01", SELF, 12)[1], "12-14 09:30", "10:30")
    row.update(hazards_found=1, findings="警戒区域标志缺失2处")


def l14(county: County) -> None:
    """M32: one text in two months. K: M34, one text twice in a month."""
    text = "排土场挡车堤高度不足约40米；破碎站检修平台护栏缺失；配电室绝缘垫老化未更换"
    for month in (11, 12):
        county.checks("M32", SELF, month)[0].update(hazards_found=3, findings=text)
    text = "采场入口限高杆变形；空压机安全阀未校验；值班室应急药箱药品过期"
    for row in county.checks("M34", SELF, 12)[::2]:
        row.update(hazards_found=3, findings=text)


def l25(county: County) -> None:
    """M42: inspected on 11-25 after 壬店's file was sent. K: M43, on the same day before it."""
    moved(county, county.checks("M42", SELF, 11)[2], "11-25 17:20", "18:05")
    moved(county, county.checks("M43", SELF, 11)[2], "11-25 10:00", "10:50")


def l30(county: County) -> None:
    """M07: people at work on 12-14, in its stop. K: M01 (K9), where only signs were missing.

    And M26 inspects before its own stop of 12-15 (K29).
    """
    row = moved(county, county.checks("M07", SELF, 12)[1], "12-14 14:00", "15:00")
    row.update(hazards_found=1, findings=AT_WORK)
    moved(county, county.checks("M26", SELF, 12)[1], "12-14 09:00", "10:00")


def l33(county: County) -> None:
    """M27: four of the five of November on its last two days, in the file of 12-25. K: M26, the same with photos."""
    for mine in ("M27", "M26"):
        first, second, third = county.checks(mine, SELF, 11)
        moved(county, first, "11-29 09:00", "10:00")
        moved(county, second, "11-29 14:00", "15:00")
        moved(county, third, "11-30 14:00", "15:00")
    moved(county, county.checks("M27", LED, 11)[1], "11-30 09:00", "10:30")
    for row, photo in zip(county.checks("M26", SELF, 11), ("1129_01", "1129_02", "1130_01"), strict=True):
        row["attachments"] = f"IMG_26_{photo}.jpg"


def l40_and_l41(county: County) -> None:
    """M44: 11-06, first handed in 12-28. L41: M46, after the list of November. K40: M42, with evidence. K41: N28."""
    row = moved(county, county.checks("M44", SELF, 11)[0], "11-06 09:00", "10:00")
    row["handed"] = "12-28 15:00"
    evidence = "现场照片1张、门禁记录1页"
    county.checks("M42", SELF, 11)[0].update(handed="12-28 16:00", attachments=evidence)
    county.checks("M46", SELF, 11)[2]["handed"] = "12-15 10:00"


# --- inspections of centres and of the bureau


def seen(county: County, mine_id: str, level: str, start: str, minutes: int, /, **cells: object) -> None:
    """One more inspection, that found nothing."""
    mine, begun = county.mines[mine_id], at(start)
    site = "主斜井井口" if mine.underground else "采场东帮"
    county.inspections.append({
        "levels": [level], "enterprise_id": mine.id, "enterprise_name": mine.name, "site": site, "start_at": begun,
        "end_at": begun + timedelta(minutes=minutes), "contract_id": "", "hazards_found": 0, "findings": CLEAN,
        "attachments": "", **cells,
    })  # fmt: skip


def l34(county: County) -> None:
    """戊塬's second team: all its 复查 of November on the last two days. K: 庚寨's, handed in within a week."""
    days = ("11-29 09:00", "11-29 10:30", "11-29 14:30", "11-30 09:00", "11-30 10:30")
    for town, mines in (("戊塬镇", "M24 M25 M26 M27 M28"), ("庚寨镇", "M34 M35 M36 M34 M35")):
        for mine in sorted(set(mines.split())):
            county.remove(county.checks(mine, TOWN, 11, "复查"))
        for mine, start in zip(mines.split(), days, strict=True):
            seen(
                county, mine, TOWN, start, 45, org=f"{town}应急管理中心二组", purpose="复查", mode="日常",
                leaders=[f"{town}中心副主任"], inspectors=[f"{town}中心检查员3", f"{town}中心检查员4"],
            )  # fmt: skip


def by_bureau(county: County, heading: str) -> Row:
    """The bureau's check of a mine on a day: `M35 11-20`."""
    mine, on = heading.split()
    (row,) = [row for row in county.checks(mine, BUREAU_LEVEL, day(on).month) if row["start_at"].date() == day(on)]
    return row


def l12(county: County) -> None:
    """M13 12-06: the bureau's leader alone. K: M07 12-07, one with him."""
    by_bureau(county, "M13 12-06")["inspectors"] = []
    by_bureau(county, "M07 12-07")["inspectors"] = ["县局执法一队队员1"]


def l13(county: County) -> None:
    """The second squad: twelve checks of four mines. K: another office, twelve of three, but mines of grade A."""
    old = "M35 11-20 M35 12-11 M34 12-18 M34 01-17 M11 12-22 M11 01-03 M17 12-28 M17 01-16"
    new = "M35 11-30 M34 12-29 M11 01-19 M17 01-23"
    team = {"leaders": ["县局执法二队队长"], "inspectors": ["县局执法二队队员1", "县局执法二队队员2"]}
    _checks_of(county, SQUAD, old, new, "10:00", 90, team)
    old = "M01 11-13 M01 01-05 M09 11-18 M09 01-10 M43 11-23 M43 01-24"
    new = "M01 11-21 M01 01-12 M09 11-24 M09 01-18 M43 11-30 M43 01-26"
    team = {"leaders": ["县局综合股股长"], "inspectors": ["县局综合股干部1"]}
    _checks_of(county, OFFICE, old, new, "16:30", 60, team)


def _checks_of(county: County, org: str, old: str, new: str, clock: str, minutes: int, team: Row) -> None:
    """Checks that are an office's, and some more of it."""
    for heading in pairs(old):
        by_bureau(county, heading)["org"] = org
    for heading in pairs(new):
        mine, on = heading.split()
        more = {"org": org, "purpose": "百日攻坚", "mode": "随机抽查", **team}
        seen(county, mine, BUREAU_LEVEL, f"{on} {clock}", minutes, **more)


def pairs(text: str) -> list[str]:
    """`M35 11-20 M35 12-11` → [`M35 11-20`, `M35 12-11`]."""
    words = text.split()
    return [f"{mine} {on}" for mine, on in zip(words[::2], words[1::2], strict=True)]


LEADS_OF_CHECKS: list[Callable[[County], None]] = [
    k01_to_k03, l04, l05, l06, l07, l08, l09, l12, l13, l14, l25, l30, l33, l34, l40_and_l41,
]  # fmt: skip
