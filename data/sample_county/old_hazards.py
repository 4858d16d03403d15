"""Hazards found before the campaign and not cured in it: found in September or before, so in no form and no window."""

from __future__ import annotations

from sample_county.basics import BUREAU, day
from sample_county.places import MINES_OF
from sample_county.records import County, Record

# One of each town with mines, at its first mine; 癸河's first opens only in December.
FOUND_BY_TOWNS = {
    "甲岭镇": "2023-09-11", "乙溪镇": "2023-09-12", "丙川镇": "2023-09-13", "丁坪镇": "2023-09-14",
    "戊塬镇": "2023-09-15", "己湾镇": "2023-09-18", "庚寨镇": "2023-09-19", "辛庄镇": "2023-09-20",
    "壬店镇": "2023-09-21", "癸河镇": "2023-09-22",
}  # fmt: skip
FOUND_BY_BUREAU = (
    ("M38", "2023-06-14", "变配电室", "变压器围栏老化，待更换", "更换围栏，更换前专人巡查"),
    ("M27", "2023-07-12", "破碎站", "除尘设施能力不足，待改造", "改造除尘设施，改造前洒水降尘"),
    ("M42", "2023-08-16", "变配电室", "变压器围栏老化，待更换", "更换围栏，更换前专人巡查"),
)


def old_hazards(county: County) -> None:
    for town, found in FOUND_BY_TOWNS.items():
        number = 46 if town == "癸河镇" else MINES_OF[town][0]
        mine = county.mines[f"M{number:02}"]
        old_hazard(
            county, mine.id, "镇-2309", town, found, source="镇查", finder=f"{town}中心检查员1",
            location="井口截水沟" if mine.underground else "截水沟", description="截水沟断面偏小，待春季扩挖",
            category="防治水", measure="春季扩挖，冬季专人巡查", resp_person=f"{mine.id}安全副矿长",
            resp_dept=f"{mine.id}安全科", fund=30000, deadline=day("2024-04-30"),
        )  # fmt: skip
    for mine_id, found, site, fault, measure in FOUND_BY_BUREAU:
        old_hazard(
            county, mine_id, f"县-{found[2:4]}{found[5:7]}", BUREAU, found, source="县查", finder="县局执法一队队员1",
            location=site, description=fault, category="设备设施", measure=measure,
            resp_person=f"{mine_id}安全副矿长", resp_dept=f"{mine_id}安全科", fund=30000, deadline=day("2024-03-31"),
        )  # fmt: skip


def old_hazard(
    county: County, mine: str, number: str, keeper: str, found: str, *, source: str, finder: str, **cells: object
) -> Record:
    """A hazard of 2023 in the ledger of its keeper, with nothing said of its cure."""
    on = day(found)
    return county.add(
        "hazard", keeper, on, hazard_id=f"{mine}-{number}", enterprise_id=mine, inspection_id="", source=source,
        found_date=on, finder=finder, level="一般", **cells,
    )  # fmt: skip
