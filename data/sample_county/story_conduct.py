"""The story's lines about methods, papers of the campaign, 三违, praise and exposure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sample_county.basics import Row, at, day
from sample_county.conduct import checks_of_town, told_of, violation, ways_of_inspecting
from sample_county.documents import document
from sample_county.places import GROUPS
from sample_county.records import BUREAU_LEVEL, TOWN, County, Record
from sample_county.story_towns import form, named

EXPERT = "样安全技术服务机构专家1"


# --- ways of inspecting


def methods(county: County) -> None:
    """How everybody inspects. N40: the bureau in one way until 11-09, in four from 11-27 on. 11-09 P; 11-27 M.

    N38: the bureau has only the joint check of 12-12 (N12) that is of the kinds asked for. 12-31 M.
    F56, F57: 癸河's two checks are both 四不两直. R31: 02-10 B; R96: 02-10 P, 02-20 B (schedule.py: nil return of
    02-19). F55: in January the bureau went by lot or by surprise to all 13. R19: 01-05 P; 02-10 B. All only advisory.
    """
    ways_of_inspecting(county)


def f54(county: County) -> None:
    """己湾 Dec: five checks, all of the daily kind. R19: 12-31 P; 01-05 B, only advisory."""
    daily(checks_of_town(county, "己湾镇", 12))


def n35(county: County) -> None:
    """戊塬 Jan: all of the daily kind, but an expert went along to M26 on 01-09. R19: 02-10 M."""
    daily(checks_of_town(county, "戊塬镇", 1))
    with_expert(county, "M26", TOWN, "01-09 14:55")


def n36(county: County) -> None:
    """The bureau in December: by lot or by surprise, but with an expert at M31 on 12-14. R19: 12-08 P; 12-31 M."""
    with_expert(county, "M31", BUREAU_LEVEL, "12-14 08:55")


def n37(county: County) -> None:
    """丙川: of 专项检查 and the like only the joint check of M14 (N12), in the bureau's file. R31: 12-08 P; 12-31 M."""
    for month in (11, 12, 1):
        daily(checks_of_town(county, "丙川镇", month)[1:])


def n39(county: County) -> None:
    """己湾 Jan: one check does not say how it was made. R96: M all the same."""
    row = checks_of_town(county, "己湾镇", 1)[4]
    assert (row["enterprise_id"], row["start_at"]) == ("M33", at("01-11 15:25"))
    row["mode"] = ""


def daily(rows: list[Row]) -> None:
    for row in rows:
        row["mode"] = "日常"


def with_expert(county: County, mine: str, level: str, start: str) -> None:
    (row,) = [row for row in county.checks(mine, level, day(start[:5]).month) if row["start_at"] == at(start)]
    row["levels"] = [*row["levels"], "专家"]
    row["inspectors"] = [*row["inspectors"], EXPERT]


# --- the bureau


def f50(county: County) -> None:
    """December's circular comes only on 01-04. R02: 12-31 P; 01-05 L, only advisory."""
    number, late = "云应急通报〔2024〕1号", day("01-04")
    record = county.one("county_document", "云应急通报〔2023〕2号")
    record.life = [(late, {**record.cells, "doc_id": number, "made_on": late}, None)]


def n31(county: County) -> None:
    """November's circular is of the last day, 11-30 (in the faultless county too). R02: 11-27 P; 12-08 M."""


def f69(county: County) -> None:
    """M21's penalty: nobody looked whether it belongs on the list. R98: 02-10 P; 02-20 manual."""
    county.one("penalty", "云应急罚〔2023〕1号").set(list_reviewed_on=None)


def n52(county: County) -> None:
    """M03's penalty: looked at on 02-09, entered on 02-19. R98: 02-10 P; 02-20 M."""
    record = county.one("penalty", "云应急罚〔2024〕1号")
    record.set(list_reviewed_on=None)
    record.then(at("02-19 10:00"), list_reviewed_on=day("02-09"))


# --- papers of mines


def paper_of(county: County, kind: str, **cells: Any) -> Record:
    """The one row of a paper in the ledger of a mine or a town."""
    (record,) = county.of("document" if "enterprise_id" in cells else "town_document", kind=kind, **cells)
    return record


def entered(record: Record, checked: str = "", made: str | None = None) -> None:
    """Entered on another day, or made on another; made "": no date."""
    changed: Row = {"checked_on": day(checked) if checked else record.cells["checked_on"]}
    if made is not None:
        changed["made_on"] = day(made) if made else None
    record.life = [(changed["checked_on"], {**record.cells, **changed}, None)]


def none_there(record: Record) -> None:
    """The ledger says 无."""
    record.set(exists=False, title="", made_on=None)


def f51(county: County) -> None:
    """G5: its three mines say that there is no file of an inspection team; the group's own return of 02-18 is nil.

    R14: 02-10 P; 02-20 manual.
    """
    for number in GROUPS["G5"][2]:
        none_there(paper_of(county, "检查组文件", enterprise_id=f"M{number:02}"))


def n32(county: County) -> None:
    """G3: M19 says 无, M20 has the file, without a date. R14: 11-27 on M."""
    none_there(paper_of(county, "检查组文件", enterprise_id="M19"))
    entered(paper_of(county, "检查组文件", enterprise_id="M20"), made="")


def f59(county: County) -> None:
    """M22 has no analysis of its problems. R24: 02-10 P; 02-20 manual."""
    none_there(paper_of(county, "问题分析", enterprise_id="M22"))


def n42(county: County) -> None:
    """M33's analysis is of 02-09, entered on 02-14, in the final return. R24: 02-10 P; 02-20 D."""
    entered(paper_of(county, "问题分析", enterprise_id="M33"), "02-14", "02-09")


def f61(county: County) -> None:
    """M10 mended its rules on 2023-10-15, before the campaign. R25: 02-10 P; 02-20 manual."""
    entered(paper_of(county, "制度规程修订", enterprise_id="M10"), made="2023-10-15")


def n44(county: County) -> None:
    """M34 says 无 on 11-20; mended on 02-03, entered on 02-05. R25: 11-27 P; 02-10 M."""
    entered(paper_of(county, "制度规程修订", enterprise_id="M34"), made="02-03")
    document(county, county.mines["M34"], "制度规程修订", day("11-20"), exists=False)


# --- papers of towns


def f62(county: County) -> None:
    """壬店 has no 考核办法. R27: 02-10 P; 02-20 manual."""
    none_there(paper_of(county, "考核办法", town="壬店镇"))


def n45(county: County) -> None:
    """癸河's 考核办法 has no date. R27: 11-27 on M."""
    entered(paper_of(county, "考核办法", town="癸河镇"), made="")


def f63(county: County) -> None:
    """己湾's last 奖惩记录 is of 2022-12-30. R28: 02-10 P; 02-20 manual."""
    entered(paper_of(county, "奖惩记录", town="己湾镇"), made="2022-12-30")


def n46(county: County) -> None:
    """戊塬's 奖惩记录 is of 2023-01-01, the first day that counts. R28: 11-27 on M."""
    entered(paper_of(county, "奖惩记录", town="戊塬镇"), made="2023-01-01")


def f58(county: County) -> None:
    """辛庄 has no 总结分析. R23: 02-10 P; 02-20 manual."""
    none_there(paper_of(county, "总结分析", town="辛庄镇"))


def n41(county: County) -> None:
    """丁坪's 总结分析 is of 02-08, entered on 02-12, in the final return. R23: 02-10 P; 02-20 D."""
    entered(paper_of(county, "总结分析", town="丁坪镇"), "02-12", "02-08")


def f60(county: County) -> None:
    """乙溪 mended its rules on 2023-10-20, before the campaign. R25: 02-10 P; 02-20 manual."""
    entered(paper_of(county, "制度修订", town="乙溪镇"), made="2023-10-20")


def n43(county: County) -> None:
    """庚寨 mended its rules on 11-03, the first day of the campaign. R25: 11-27 on M."""
    entered(paper_of(county, "制度修订", town="庚寨镇"), "11-20", "2023-11-03")


# --- praise and exposure


def f64(county: County) -> None:
    """庚寨 praises nobody (nor does 癸河, F47). R29: 02-10 P; 02-20 B, only advisory."""
    county.drop([county.one("publicity", "庚寨-先进")])


def n47(county: County) -> None:
    """辛庄 praises a mine only on 02-08, in the final return. R29: 02-10 P; 02-20 M."""
    record = county.one("publicity", "辛庄-先进")
    record.life = [(day("02-08"), {**record.cells, "published_on": day("02-08")}, None)]


def f65(county: County) -> None:
    """辛庄 exposes nobody (nor does 癸河, F47). R29: 02-10 P; 02-20 B, only advisory."""
    county.drop([county.one("publicity", "辛庄-曝光")])


def n48(county: County) -> None:
    """庚寨 circulates a criticism instead of publishing it. R29: 12-31 on M."""
    county.one("publicity", "庚寨-曝光").set(publicity_id="庚寨-通报", kind="通报")


def f68(county: County) -> None:
    """M14 was interviewed on 12-12; 丙川 exposes another mine. R95: 02-10 P; 02-20 manual."""
    county.one("publicity", "丙川-曝光").set(target=county.mines["M15"].name)


def n51(county: County) -> None:
    """M21 was interviewed on 11-20; 丁坪 names it on 12-12 (in the faultless county too). R95: 12-08 P; 12-31 M."""


def n53(county: County) -> None:
    """戊塬 exposes a second mine on 12-28, after the form of 12-25, which counts one. R108: M.

    And 庚寨's form counts its 通报 as a case (n53_form): M.
    """
    told_of(county, named("戊塬"), "曝光", day("12-28"), 25).set(publicity_id="戊塬-曝光-2")


def n53_form(county: County) -> None:
    exposed(county, "庚寨", 1)


def f70(county: County) -> None:
    """乙溪 Dec: 3 cases in the form, one in the register. R108: 12-31 B, 数据存疑."""
    exposed(county, "乙溪", 3)


def exposed(county: County, town: str, number: int) -> None:
    """So many cases in the December form, and in the sums from then on."""
    for month, line in (("2023-12", "本期"), ("2023-12", "累计"), ("2024-01", "累计")):
        form(county, town, month, line).set(exposed=number)


# --- 三违, meetings, ledgers


def f66(county: County) -> None:
    """M19: 违章作业 three times in December, the last by a man who did it before. R30: 12-31 on B, only advisory."""
    mine = county.mines["M19"]
    violation(county, mine, day("12-05"))
    violation(county, mine, day("12-19")).set(repeat=True)


def n49(county: County) -> None:
    """M35: three in December, of one kind only two. R30: M."""
    mine = county.mines["M35"]
    violation(county, mine, day("12-05"))
    violation(county, mine, day("12-19"), "违章指挥", "班长1")


def f67(county: County) -> None:
    """丁坪's meeting of 12-18 decided nothing, says so. R92: 12-31 on manual."""
    county.one("town_meeting", "丁坪-会-1218").set(resolutions="无")


def n50(county: County) -> None:
    """己湾 leaves out what its meeting of 12-18 decided, and fills it in on 01-02. R92: 12-31 U; 01-05 M."""
    record = county.one("town_meeting", "己湾-会-1218")
    decided = record.cells["resolutions"]
    record.set(resolutions="")
    record.then(day("12-28"), resolutions=decided)


def f52(county: County) -> None:
    """M42 makes no list of problems. R09: 02-10 B."""
    county.drop(county.of("hazard_list", enterprise_id="M42"))


def n33(county: County) -> None:
    """M39's lists have no item (N25). R09: 11-27 on M. M18, closed 12-18: n/a."""


def f53(county: County) -> None:
    """M41: no measure against one of its hazards. R17: 12-31 on manual."""
    county.one("hazard", "M41-自-2312-1").set(measure="")


def n34(county: County) -> None:
    """M06: nobody named for one of its hazards, filled in with the supplement of 12-04. R17: 11-27 manual; 12-08 P."""
    record = county.one("hazard", "M06-自-2311-1")
    named_then = record.cells["resp_person"]
    record.set(resp_person="")
    record.then(day("11-28"), resp_person=named_then)


STORY_OF_CONDUCT: list[Callable[[County], None]] = [
    methods, f50, f51, f52, f53, f54, f58, f59, f60, f61, f62, f63, f64, f65, f66, f67, f68, f69,
    n31, n32, n33, n34, n35, n36, n37, n39, n41, n42, n43, n44, n45, n46, n47, n48, n49, n50, n51, n52, n53,
]  # fmt: skip

# What is written into the forms comes after they are made.
FORMS_OF_CONDUCT: list[Callable[[County], None]] = [f70, n53_form]
