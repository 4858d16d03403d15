"""What a town keeps in a faultless winter: its meetings and its publicity."""

from __future__ import annotations

from datetime import date

from sample_county.basics import at, day
from sample_county.places import MINES_OF, TOWNS, Town
from sample_county.records import County

RESOLVED = {
    "专题会": "部署冬季行动，明确分工",
    "调度会": "研究解决隐患整改资金和技术支持问题，明确责任人和时限",
}
DISPATCH_DAYS = ("11-20", "12-18", "01-15", "02-05")


def meetings_and_publicity(county: County) -> None:
    for town in TOWNS:
        meeting(county, town, town.name, "11-07", "专题会", f"{town.short}镇中心主任")
        if town.name in MINES_OF:
            for on in DISPATCH_DAYS:
                meeting(county, town, town.office, on, "调度会", f"{town.name}镇长")
        publicity(county, town, day("11-15"))


def meeting(county: County, town: Town, keeper: str, on: str, kind: str, chair: str) -> None:
    """The special meeting is the centre's, which the town hands in; the monthly one is the office's."""
    held = at(f"{on} 09:00")
    county.add(
        "town_meeting", keeper, held, meeting_id=f"{town.short}-会-{held:%m%d}", town=town.name, held_on=held,
        kinds=[kind], chair=chair, topics="非煤矿山“百日攻坚”冬季行动", resolutions=RESOLVED[kind],
    )  # fmt: skip


def publicity(county: County, town: Town, on: date) -> None:
    county.add(
        "publicity", town.name, on, publicity_id=f"{town.short}-宣", town=town.name, published_on=on,
        media="镇微信公众号", kind="宣传", mentions_12350=True, target="",
    )  # fmt: skip
