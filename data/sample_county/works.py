"""The works in a faultless winter: papers of slopes and roads, tests of roofs and air, blasts, contractors."""

from __future__ import annotations

from datetime import date
from typing import Any

from sample_county.basics import MONTHS, day
from sample_county.documents import document
from sample_county.places import Mine
from sample_county.records import SELF, County, Record

ENTERED, SINCE = day("11-06"), day("2023-10-31")  # entered for the first return; the papers themselves are older
PIT_PAPERS = ("边坡监测记录", "运输道路测量", "运输设备核对")
CONTRACTOR_PAPERS = ("外包纳入体系文件", "外包统一协调文件", "外包职责清单")
SOUND = {"unstable": False, "conclusion": "没有顶板不稳固采区"}
WITH_CONTRACTOR = ("M01", "M24", "M35")


def works(county: County) -> None:
    for mine in county.mines.values():
        if mine.active and mine.kind == "露天":
            for kind in PIT_PAPERS:
                paper(county, mine, kind, ENTERED if mine.opened <= ENTERED else day("12-15"))
        elif mine.active and mine.underground:
            tested(county, mine, "风", "风速风量风质检测", day("11-20"), passed=True, conclusion="符合要求")
            tested(county, mine, "顶", "采空区顶板风险研判", day("12-08"), **SOUND)
    for mine_id in WITH_CONTRACTOR:
        for kind in CONTRACTOR_PAPERS:
            paper(county, county.mines[mine_id], kind, ENTERED)
        for month in MONTHS:
            contractor_checked(county, mine_id, month, 1)
    for record in county.of("blast", enterprise_id="M42"):  # it works along its final slope
        record.set(near_final_slope=True, controlled_blasting=True)


def paper(county: County, mine: Mine, kind: str, on: date, *, exists: bool = True) -> Record:
    """A paper of the works, entered on a day: that it is there, or that there is none."""
    return document(county, mine, kind, on, SINCE if on == ENTERED else on, exists=exists)


def tested(county: County, mine: Mine, mark: str, kind: str, on: date, /, **result: Any) -> Record:
    """A test or study but that of the pumps, with its result."""
    return county.add(
        "drainage_test", mine.town, on, test_id=f"{mine.id}-{mark}", enterprise_id=mine.id, kind=kind, tested_on=on,
        org=mine.name, **result,
    )  # fmt: skip


def contractor_checked(county: County, mine_id: str, month: int, which: int) -> None:
    """That one of the deputy's inspections saw the contractor; the first of a month is 0."""
    county.checks(mine_id, SELF, month)[which]["contract_id"] = f"{mine_id}-外"
