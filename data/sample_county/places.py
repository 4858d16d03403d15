"""The twelve towns and the 46 mines, as the story has them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from sample_county.basics import day, words


@dataclass(frozen=True)
class Town:
    """A town and how it hands in: when its files arrive, and what its clerk's table of inspections looks like."""

    name: str
    monthly: tuple[str, str, str]  # the files of November, December, January: data through the 25th
    supplement: tuple[str, str]  # what was left of November, of December; that of January comes with the summary
    style: str = "plain"

    @property
    def centre(self) -> str:
        return f"{self.name}应急管理中心"

    @property
    def office(self) -> str:
        return f"{self.name}党政办"

    @property
    def short(self) -> str:
        return self.name.removesuffix("镇")


# Nov supplements by 12-05, Dec supplements by 01-04. N01: 甲岭's November papers came on Monday 27th; F04: 辛庄's
# December ones on the 29th.
TOWNS = [
    Town("甲岭镇", ("11-27 09:12", "12-25 15:40", "01-25 16:20"), ("12-04 10:25", "01-03 09:50")),
    Town("乙溪镇", ("11-25 16:05", "12-25 10:10", "01-25 10:30"), ("12-05 15:20", "01-04 08:55"), "slashes"),
    Town("丙川镇", ("11-25 11:30", "12-25 14:00", "01-25 11:10"), ("12-04 09:05", "01-04 10:15")),
    Town("丁坪镇", ("11-25 17:48", "12-25 16:30", "01-25 17:05"), ("12-05 11:10", "01-03 16:20"), "characters"),
    Town("戊塬镇", ("11-25 15:15", "12-25 11:25", "01-25 14:40"), ("", "01-04 09:30")),  # N04: no November supplement
    Town("己湾镇", ("11-25 10:40", "12-25 09:20", "01-25 09:25"), ("12-01 16:00", "01-02 15:05"), "dots"),
    Town("庚寨镇", ("11-25 14:22", "12-25 17:05", "01-25 15:50"), ("12-05 09:45", "01-04 16:40"), "workbook"),
    Town("辛庄镇", ("11-25 09:58", "12-29 16:10", "01-25 16:45"), ("12-04 14:30", "01-04 11:35"), "slashes"),
    Town("壬店镇", ("11-25 16:55", "12-25 08:50", "01-25 09:55"), ("12-05 10:00", "01-03 10:45")),
    Town("癸河镇", ("11-25 13:10", "12-25 15:00", "01-25 13:30"), ("12-04 16:15", "01-04 14:25")),
    Town(
        "子丑镇", ("11-24 09:00", "12-25 09:00", "01-25 09:00"), ("12-04 09:00", "01-03 09:00")
    ),  # N22: no mine, nil returns
    Town("寅卯镇", ("11-24 10:00", "12-25 10:00", "01-25 10:00"), ("12-04 10:00", "01-03 10:00")),
]

# fmt: off
MINES_OF = {
    "甲岭镇": range(1, 8), "乙溪镇": range(8, 14), "丙川镇": range(14, 19), "丁坪镇": range(19, 24),
    "戊塬镇": range(24, 29), "己湾镇": range(29, 34), "庚寨镇": range(34, 38), "辛庄镇": range(38, 42),
    "壬店镇": range(42, 45), "癸河镇": range(45, 47),
}
UNDERGROUND = {*range(8, 14), 24, 25, 26, 36}
TAILINGS = {33, 41}
UNATTENDED = {23, 37}  # long stopped, nobody there
STATUS = {23: "长期停产(无人作业)", 37: "长期停产(无人作业)", 44: "长期停产(有人作业)", 28: "季节性停产", 32: "建设"}
GROUPS = {  # name, seat, mines in the county (G2 has two more outside)
    "G1": ("样一矿业集团", "云示县", (1, 8, 14)),
    "G2": ("样二建材集团", "邻县甲（虚构）", (2, 9, 24)),
    "G3": ("样三石业公司", "云示县", (19, 20)),
    "G4": ("样四能源集团", "邻市乙（虚构）", (34, 35)),
    "G5": ("样五矿产集团", "云示县", (29, 30, 38)),
}
SILENT_GROUPS = {"G2"}  # hand in nothing themselves: their visits stand in the ledgers of the mines
GROUP_POSTS = ("党委书记", "董事长", "总经理")
WITHOUT_SECRETARY = {"G3"}  # N07
ONE_PERSON = {"G1"}  # N05: secretary and chairman are the same person
STAFF = {5: 35, 23: 0, 33: 70, 37: 0}  # the others: 30 and the mine's number
CITY_RUN = {8, 33}  # 市管: only counted out under a switch
GRADE_A = {1, 9, 43}  # 分类分级; of the others the roster says nothing, and only a lead asks (K13)
NOUNS = {"露天": "石料矿", "地下": "铁矿", "尾矿库": "尾矿库"}
MINERALS = {"露天": ("石灰岩", "白云岩", "建筑石料用灰岩", "砂岩"), "地下": ("铁矿",), "尾矿库": ("铁尾矿",)}
UNITS = {
    "露天": words("采场 运输道路 破碎站 配电室 机修车间"),
    "地下": words("主斜井 副井 中段采场 水泵房 风机房"),
    "尾矿库": words("坝体 排洪系统 库区 观测设施 值班室"),
}
UNITS_OF_M16 = words("采场 凿岩 铲装 运输道路 破碎站 筛分站 配电室 机修车间 排土场")
# fmt: on

OPENED = {45: day("12-11")}
CLOSED = {18: day("12-18")}


@dataclass
class Mine:
    """One mine of the county; `heads` are the heads in turn, each with the first day in office."""

    number: int
    town: str
    kind: str
    mineral: str
    opened: date
    closed: date | None = None
    heads: list[tuple[str, date]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"M{self.number:02}"

    @property
    def name(self) -> str:
        return f"{self.town.removesuffix('镇')}样{self.number:02}号{NOUNS[self.kind]}"

    @property
    def active(self) -> bool:
        """Somebody works there."""
        return self.number not in UNATTENDED

    @property
    def underground(self) -> bool:
        return self.number in UNDERGROUND

    @property
    def employees(self) -> int:
        return STAFF.get(self.number, 30 + self.number)

    @property
    def units(self) -> list[str]:
        return UNITS_OF_M16 if self.number == 16 else UNITS[self.kind]

    @property
    def status(self) -> str:
        return STATUS.get(self.number, "生产")

    def head(self, on: date) -> str:
        """Who is head on a day."""
        return [person for person, since in self.heads if since <= on][-1]

    def open_on(self, on: date) -> bool:
        return self.opened <= on and (self.closed is None or on <= self.closed)


def mines(rng: random.Random) -> list[Mine]:
    """The 46 mines: 45 in November, 46 in December, 45 in January."""
    found = []
    for town, numbers in MINES_OF.items():
        for number in numbers:
            kind = "地下" if number in UNDERGROUND else "尾矿库" if number in TAILINGS else "露天"
            kinds = MINERALS[kind]
            opened = OPENED.get(number) or date(2012 + rng.randrange(10), 1 + rng.randrange(12), 1)
            head = [(f"M{number:02}矿长", opened)]
            found.append(Mine(number, town, kind, kinds[number % len(kinds)], opened, CLOSED.get(number), head))
    return found
