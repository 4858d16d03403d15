"""What the demands without a number leave behind in a faultless winter: 三违, papers of the campaign, praise, methods.

Regular throughout and without a random number, so that the sums can be done by hand.
"""

from __future__ import annotations

from datetime import date
from itertools import chain, cycle, repeat

from sample_county.basics import BUREAU, MONTHS, Row, day
from sample_county.documents import document
from sample_county.places import MINES_OF, TOWNS, Mine, Town
from sample_county.posts import group_of
from sample_county.records import BUREAU_LEVEL, TOWN, County, Record

VIOLATION_DAYS = ("11-15", "12-12", "01-10")
MINE_PAPERS = ("问题分析", "制度规程修订")  # both of the summing-up
TOWN_PAPERS = {  # kind: when the town entered it, its date
    "考核办法": ("11-06", "2023-03-01"), "奖惩记录": ("11-06", "2023-06-30"),
    "总结分析": ("02-05", "2024-02-05"), "制度修订": ("02-05", "2024-02-05"),
}  # fmt: skip
# By town: the mine that it praises, the mine that it exposes.
PRAISED = {
    "甲岭": 1,
    "乙溪": 8,
    "丙川": 17,
    "丁坪": 20,
    "戊塬": 28,
    "己湾": 32,
    "庚寨": 35,
    "辛庄": 38,
    "壬店": 44,
    "癸河": 46,
}
EXPOSED = {
    "甲岭": 3,
    "乙溪": 12,
    "丙川": 14,
    "丁坪": 21,
    "戊塬": 27,
    "己湾": 31,
    "庚寨": 36,
    "辛庄": 40,
    "壬店": 43,
    "癸河": 45,
}
CIRCULARS = (
    ("云应急通报〔2023〕1号", "2023-11", "11-30"),
    ("云应急通报〔2023〕2号", "2023-12", "12-29"),
    ("云应急通报〔2024〕2号", "2024-01", "01-29"),
)
WAYS_OF_TOWNS = ("四不两直", "日常", "专项检查", "明察暗访")  # in turn each month; more checks are 日常
WAYS_OF_BUREAU = ("双随机", "随机抽查", "突击检查")
UNANNOUNCED, JOINT = "四不两直", "联合执法"


def conduct(county: County) -> None:
    for mine in county.mines.values():
        if mine.active:
            _violations(county, mine)
            _papers(county, mine)
    for town in TOWNS:
        if town.name in MINES_OF:
            for kind, (checked, made) in TOWN_PAPERS.items():
                town_document(county, town, kind, checked, made)
            told_of(county, town, "先进", day("12-15"), PRAISED[town.short])
            told_of(county, town, "曝光", day("12-12"), EXPOSED[town.short])
    for number, month, made in CIRCULARS:
        county.add(
            "county_document", BUREAU, day(made), doc_id=number, kind="汇总通报", month=month, made_on=day(made),
            title=f"云示县“百日攻坚”冬季行动{int(month[5:])}月进展通报",
        )  # fmt: skip


# --- mines


def violation(county: County, mine: Mine, on: date, kind: str = "违章作业", by: str = "作业工1") -> Record:
    return county.add(
        "violation", mine.town, on, violation_id=f"{mine.id}-违-{on:%m%d}", enterprise_id=mine.id, occurred_on=on,
        person=f"{mine.id}{by}", unit=f"{mine.id}采掘班", kind=kind, penalty="批评教育并考核", repeat=False,
    )  # fmt: skip


def _violations(county: County, mine: Mine) -> None:
    """One a month: a mine that writes them down."""
    for on in map(day, VIOLATION_DAYS):
        if mine.open_on(on):
            violation(county, mine, on)


def _papers(county: County, mine: Mine) -> None:
    """The file of its group's inspection team, if it has a group; and what it wrote when summing up."""
    if group_of(mine):
        document(county, mine, "检查组文件", day("11-20"), day("11-10"))
    for kind in MINE_PAPERS:
        if mine.open_on(day("02-05")):
            document(county, mine, kind, day("02-05"), day("02-05"))


# --- towns


def town_document(county: County, town: Town, kind: str, checked: str, made: str) -> Record:
    return county.add(
        "town_document", town.name, day(checked), town=town.name, kind=kind, checked_on=day(checked), exists=True,
        title=f"{town.name}{kind}", doc_no="", made_on=day(made),
    )  # fmt: skip


def told_of(county: County, town: Town, kind: str, on: date, number: int) -> Record:
    """A mine praised or exposed by name in the town's channel."""
    return county.add(
        "publicity", town.name, on, publicity_id=f"{town.short}-{kind}", town=town.name, published_on=on,
        media="镇微信公众号", kind=kind, mentions_12350=False, target=county.mines[f"M{number:02}"].name,
    )  # fmt: skip


# --- ways of inspecting


def checks_of_town(county: County, town: str, month: int) -> list[Row]:
    """The centre's own checks of a month by time: all but the joint one, which has its own way."""
    rows = [
        row
        for row in county.inspections
        if TOWN in row["levels"] and row["mode"] != JOINT and row["start_at"].month == month
    ]
    rows = [row for row in rows if county.mines[row["enterprise_id"]].town == town]
    return sorted(rows, key=lambda row: (row["start_at"], row["enterprise_id"]))


def ways_of_inspecting(county: County) -> None:
    """How each check was made, in turn: after the story has moved them and taken some away.

    The bureau sees M01 on 11-13 unannounced, and everybody else in its three other ways; one check is joint (N12).
    """
    for town in MINES_OF:
        for month in MONTHS:
            turns = chain(WAYS_OF_TOWNS, repeat("日常"))
            for row, mode in zip(checks_of_town(county, town, month), turns, strict=False):
                row["mode"] = mode
    own = [row for row in county.inspections if BUREAU_LEVEL in row["levels"] and row["mode"] != JOINT]
    (unannounced,) = [row for row in county.checks("M01", BUREAU_LEVEL, 11) if row["start_at"].date() == day("11-13")]
    unannounced["mode"] = UNANNOUNCED
    ways = cycle(WAYS_OF_BUREAU)
    for row in sorted(own, key=lambda row: (row["start_at"], row["enterprise_id"])):
        if row is not unannounced:
            row["mode"] = next(ways)
