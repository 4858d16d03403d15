"""What is written down in the county: inspections, and everything else with what became of it."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sample_county.basics import BUREAU, Row, words
from sample_county.places import TOWNS, Mine, Town


@dataclass
class Record:
    """One thing that somebody keeps a record of, and its life: which cells became known on which day.

    A day or moment in it says when the thing happened. When it was handed in follows from the keeper; only where the
    story has it otherwise, the third part says so.
    """

    kind: str
    keeper: str
    life: list[tuple[date, Row, datetime | None]]
    check: Row | None = None  # the inspection in which it was found: where that goes, it goes

    @property
    def cells(self) -> Row:
        """All that is ever known of it."""
        found: Row = {}
        for _, cells, _ in self.life:
            found.update(cells)
        return found

    @property
    def key(self) -> str:
        """The number that its first cell gives."""
        return str(next(iter(self.life[0][1].values())))

    def set(self, **cells: Any) -> None:
        """Known from the beginning."""
        self.life[0][1].update(cells)

    def then(self, on: date, handed: datetime | None = None, /, **cells: Any) -> None:
        self.life.append((on, cells, handed))


@dataclass
class County:
    """Everything that was written down in the county."""

    rng: random.Random
    mines: dict[str, Mine]
    inspections: list[Row] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    roster_changes: list[Row] = field(default_factory=list)
    leader_changes: list[Row] = field(default_factory=list)

    def add(self, kind: str, keeper: str, on: date, /, **cells: Any) -> Record:
        """A new record; the first cell is its number."""
        record = Record(kind, keeper, [(on, cells, None)])
        self.records.append(record)
        return record

    def of(self, kind: str, /, **cells: Any) -> list[Record]:
        """The records of a kind with these cells."""
        found = [record for record in self.records if record.kind == kind]
        return [record for record in found if cells.items() <= record.cells.items()] if cells else found

    def one(self, kind: str, key: str) -> Record:
        (record,) = [record for record in self.records if record.kind == kind and record.key == key]
        return record

    def drop(self, records: Iterable[Record]) -> None:
        gone = {id(record) for record in records}
        self.records = [record for record in self.records if id(record) not in gone]

    def checks(self, mine: str, level: str, month: int, purpose: str = "") -> list[Row]:
        """The inspections of one mine by one level in a month, by time."""
        found = [
            row
            for row in self.inspections
            if row["enterprise_id"] == mine and level in row["levels"] and row["start_at"].month == month
        ]
        return sorted((row for row in found if purpose in row["purpose"]), key=lambda row: row["start_at"])

    def remove(self, rows: Iterable[Row]) -> None:
        """Inspections that did not take place, and what was found in them."""
        gone = {id(row) for row in rows}
        self.inspections = [row for row in self.inspections if id(row) not in gone]
        self.drop([record for record in self.records if record.check is not None and id(record.check) in gone])

    def move(self, row: Row, to: date) -> None:
        """The same inspection on another day, with what was found in it."""
        shift = to - row["start_at"].date()
        row["start_at"] += shift
        row["end_at"] += shift
        for record in self.records:
            if record.check is row:
                record.life = [
                    (on + shift, {name: shifted(cell, shift) for name, cell in cells.items()}, handed)
                    for on, cells, handed in record.life
                ]


def shifted(cell: Any, by: timedelta) -> Any:
    return cell + by if isinstance(cell, date) else cell


def town_of(mine: Mine) -> Town:
    return next(town for town in TOWNS if town.name == mine.town)


LED, SELF, TOWN, BUREAU_LEVEL = "企业主要负责人带队", "企业自查", "镇中心", "县局"
GROUP, PRINCIPAL, DEPUTY = "集团", "镇主要领导", "镇分管领导"

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


def fault_at(rng: random.Random, mine: Mine) -> tuple[str, str]:
    """Where in a mine, and what is wrong there."""
    return rng.choice(SITES[mine.kind]), rng.choice(FAULTS[mine.kind]).format(n=1 + rng.randrange(9))


def inspection(
    county: County, mine: Mine, start: datetime, levels: list[str], leaders: list[str], *,
    purpose: str = "百日攻坚", minutes: int = 0, team: int = 1, org: str = "", with_them: list[str] | None = None,
) -> Row:  # fmt: skip
    """One inspection record, with what was seen. A centre has two teams, too, of which the second does 回头看."""
    rng = county.rng
    number = rng.randrange(5)
    site = rng.choice(SITES[mine.kind])
    texts = ["".join(fault_at(rng, mine)) for _ in range(number)]
    centre = f"{mine.town}中心"
    inspectors = (
        with_them
        or {
            LED: [f"{mine.id}安全副矿长", f"{mine.id}技术科长"],
            SELF: [f"{mine.id}安全科长", f"{mine.id}安全员{1 + rng.randrange(3)}"],
            TOWN: [f"{centre}检查员{n}" for n in ((1, 2), (3, 4))[team - 1]],
            BUREAU_LEVEL: [f"县局执法{'一二'[team - 1]}队队员{n}" for n in (1, 2)],
        }[levels[0]]
    )
    return {
        "levels": levels,
        "org": org or {TOWN: f"{mine.town}应急管理中心", BUREAU_LEVEL: BUREAU}.get(levels[0], mine.name),
        "enterprise_id": mine.id,
        "enterprise_name": mine.name,
        "site": site,
        "start_at": start,
        "end_at": start + timedelta(minutes=minutes or 45 + 5 * rng.randrange(16)),
        "leaders": leaders,
        "inspectors": inspectors,
        "mode": rng.choice(MODES.get(levels[0], ["日常" if org else "自查"])),
        "purpose": purpose,
        "hazards_found": number,
        "findings": "；".join(texts) or CLEAN,
        "attachments": "",
    }


def clock(rng: random.Random, on: date) -> datetime:
    """A time of day at which people inspect, in steps of five minutes."""
    hour, minute = rng.choice([8, 8, 9, 9, 10, 14, 14, 15]), 5 * rng.randrange(12)
    return datetime.combine(on, time(hour, minute))
