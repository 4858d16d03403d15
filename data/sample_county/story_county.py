"""The story's lines about the bureau and the groups, and the leads."""

from __future__ import annotations

from datetime import timedelta

from sample_county.basics import Row, at, day
from sample_county.records import BUREAU_LEVEL, GROUP, SELF, TOWN, County
from sample_county.story_mines import extra_check


def group_visits(county: County, person: str, month: int) -> list[Row]:
    found = [row for row in county.inspections if GROUP in row["levels"] and person in row["leaders"]]
    return [row for row in found if row["start_at"].month == month]


def f16(county: County) -> None:
    """G1 Jan: 总经理 one visit, 书记/董事长 none; all its mines lie in the county. R13: 01-05 P; 02-10 B either way."""
    county.remove(group_visits(county, "G1总经理", 1)[1:])
    county.remove(group_visits(county, "G1董事长", 1))


def f17(county: County) -> None:
    """G5 never visits M38 (in the faultless county neither). R15: 12-31 P; 02-10 B, naming M38."""


def f23(county: County) -> None:
    """The bureau: 12 mines in November; of 45 it needs 14, of the 43 not deserted 13. 11-27 P; 12-08 B either way."""
    for mine in ("M05", "M38"):
        county.remove(county.checks(mine, BUREAU_LEVEL, 11))


def f24(county: County) -> None:
    """M10: the order of 11-22 ran to 12-02, re-check only 12-19. Due 12-12; 12-08 P; 12-31 L on the bureau."""
    extra_check(county, "M10", "12-19 09:40", [BUREAU_LEVEL], ["县局执法二队队长"], team=2)
    record = county.one("recheck", "云应急复查〔2023〕2号")
    record.life = [(day("12-19"), {**record.cells, "rechecked_on": day("12-19")}, None)]


def n05(county: County) -> None:
    """G1 Dec: one person in two posts, two visits (in the faultless county too). M for both posts."""


def n06(county: County) -> None:
    """G2's 总经理 Dec: one visit in the county; G2 has mines outside, and hands in nothing. 01-05 U."""
    county.remove(group_visits(county, "G2总经理", 12)[1:])


def n07(county: County) -> None:
    """G3 is private and has no 党委书记 (posts.py). n/a."""


def n11(county: County) -> None:
    """The bureau in January: 13 of 45 (faultless.py). 02-10 manual: fails the literal 14, passes 13 of 43."""


def leads(county: County) -> None:
    """L1 one inspector at two mines at once; L2 equal texts at M01–03; L3 a photo used twice at M38. No findings."""
    for mine, start, minutes in (("M35", "12-19 09:00", 90), ("M36", "12-19 10:00", 60)):
        (own,) = county.checks(mine, TOWN, 12, "百日攻坚")
        county.move(own, day("12-19"))
        own.update(start_at=at(start), end_at=at(start) + timedelta(minutes=minutes))
        own["inspectors"] = ["庚寨镇中心检查员2"]
    texts = "采场边坡局部有浮石；运输道路限速标志不清；配电室灭火器未按月点检"
    for mine in ("M01", "M02", "M03"):
        county.checks(mine, SELF, 12)[0].update(hazards_found=3, findings=texts)
    for month in (11, 12):
        county.checks("M38", SELF, month)[0]["attachments"] = "IMG_38_0117.jpg"
