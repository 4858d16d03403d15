"""What is written down in the county: inspections and major hazards."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sample_county.basics import BUREAU, Row, at, day, words
from sample_county.places import Mine


@dataclass
class County:
    """Everything that was written down in the county, and when it was handed in."""

    rng: random.Random
    mines: dict[str, Mine]
    inspections: list[Row] = field(default_factory=list)
    hazards: list[Row] = field(default_factory=list)
    roster_changes: list[Row] = field(default_factory=list)

    def checks(self, mine: str, level: str, month: int) -> list[Row]:
        """The inspections of one mine by one level in a month, by time."""
        found = [
            row
            for row in self.inspections
            if row["enterprise_id"] == mine and level in row["levels"] and row["start_at"].month == month
        ]
        return sorted(found, key=lambda row: row["start_at"])

    def remove(self, rows: Iterable[Row]) -> None:
        gone = {id(row) for row in rows}
        self.inspections = [row for row in self.inspections if id(row) not in gone]

    def move(self, row: Row, to: date) -> None:
        """The same inspection on another day."""
        shift = to - row["start_at"].date()
        row["start_at"] += shift
        row["end_at"] += shift


LED, SELF, TOWN, BUREAU_LEVEL = "企业主要负责人带队", "企业自查", "镇中心", "县局"

# What inspectors write down. Sites, things and faults are combined, so that texts differ as they do in reality.
SITES = {
    "露天": words("采场东帮 采场北帮 +865m平台 +880m平台 排土场 运输道路弯道 破碎站 变配电室 油库 机修车间"),
    "地下": words("主斜井井口 副井绞车房 +720m中段 +680m中段 中央水泵房 风机房 采空区边缘 井下炸药库 井口调度室"),
    "尾矿库": words("坝顶 排洪斜槽 浸润线观测孔 库尾干滩 坝肩截水沟 应急物资库 值班室"),
}
COMMON_FAULTS = words("""
    {n}号灭火器压力不足  警示标志缺失{n}处  电缆接头裸露{n}处  作业人员{n}人未系安全带  交接班记录缺{n}次
    配电箱未上锁{n}台  防护栏杆松动{n}米  培训记录签字不全，缺{n}人  应急照明{n}盏不亮  特种作业证到期未复审{n}人
""")
FAULTS = {
    "露天": [
        *COMMON_FAULTS,
        *words("浮石未清理，约{n}立方米  车挡高度不足，长约{n}米  喷雾降尘装置{n}台停用  限速标志被遮挡{n}处"),
    ],
    "地下": [*COMMON_FAULTS, *words("顶板浮石未撬净{n}处  局部通风机风筒脱节{n}处  支护变形{n}架  排水沟淤堵{n}米")],
    "尾矿库": [*COMMON_FAULTS, *words("排水沟淤堵{n}米  位移观测点损坏{n}个  坝面冲沟{n}处")],
}
CLEAN = "未发现隐患"
MODES = {
    TOWN: words("日常 四不两直 专项检查 明察暗访"),
    BUREAU_LEVEL: words("四不两直 明察暗访 突击检查 随机抽查 双随机"),
}


def inspection(
    county: County, mine: Mine, start: datetime, levels: list[str], leaders: list[str], *,
    purpose: str = "百日攻坚", minutes: int = 0, team: int = 1,
) -> Row:  # fmt: skip
    """One inspection record, with what was seen."""
    rng = county.rng
    number = rng.randrange(5)
    sites, faults = SITES[mine.kind], FAULTS[mine.kind]
    site = rng.choice(sites)
    texts = [rng.choice(sites) + rng.choice(faults).format(n=1 + rng.randrange(9)) for _ in range(number)]
    centre = f"{mine.town}中心"
    inspectors = {
        LED: [f"{mine.id}安全副矿长", f"{mine.id}技术科长"],
        SELF: [f"{mine.id}安全科长", f"{mine.id}安全员{1 + rng.randrange(3)}"],
        TOWN: [f"{centre}检查员1", f"{centre}检查员2"],
        BUREAU_LEVEL: [f"县局执法{'一二'[team - 1]}队队员{n}" for n in (1, 2)],
    }[levels[0]]
    return {
        "levels": levels,
        "org": {TOWN: f"{mine.town}应急管理中心", BUREAU_LEVEL: BUREAU}.get(levels[0], mine.name),
        "enterprise_id": mine.id,
        "enterprise_name": mine.name,
        "site": site,
        "start_at": start,
        "end_at": start + timedelta(minutes=minutes or 45 + 5 * rng.randrange(16)),
        "leaders": leaders,
        "inspectors": inspectors,
        "mode": rng.choice(MODES.get(levels[0], ["自查"])),
        "purpose": purpose,
        "hazards_found": number,
        "findings": "；".join(texts) or CLEAN,
        "attachments": "",
    }


def clock(rng: random.Random, on: date) -> datetime:
    """A time of day at which people inspect, in steps of five minutes."""
    hour, minute = rng.choice([8, 8, 9, 9, 10, 14, 14, 15]), 5 * rng.randrange(12)
    return datetime.combine(on, time(hour, minute))


def hazard(county: County, heading: str, text: str, confirmed: str, handed: str, **more: Any) -> None:
    """A hazard as first handed in; `heading`: its number, mine, day found, by whom, where. Not confirmed: 疑似."""
    number, mine, found, source, place = heading.split()
    row = {
        "hazard_id": number,
        "enterprise_id": mine,
        "enterprise_name": county.mines[mine].name,
        "found_date": day(found),
        "source": source,
        "location": place,
        "description": text,
        "confirm_result": "重大" if confirmed else "待确认",
        "confirmed_date": day(confirmed) if confirmed else None,
        "supervise_unit": BUREAU,
        "submitted_at": at(handed),
        "submitted_by": BUREAU,
    }
    county.hazards.append({**row, **more})


def later(county: County, number: str, handed: str, **more: Any) -> None:
    """The same hazard reported again, with what has become of it."""
    last = [row for row in county.hazards if row["hazard_id"] == number][-1]
    county.hazards.append({**last, "submitted_at": at(handed), **more})


def cured(done: str, accepted: str = "", closed: str = "") -> Row:
    """The cells of a hazard that its mine says it has cured, and perhaps the bureau has accepted."""
    cells: Row = {"done_date": day(done), "acceptance_applied_date": day(done)}
    if accepted:
        cells.update(acceptance_date=day(accepted), acceptance="合格")
    if closed:
        cells["cancelled_date"] = day(closed)
    return cells
