"""The story's lines about mines: who led, who met, who trained, what was cured when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sample_county.basics import at, day, workdays
from sample_county.ledgers import hot_work, training
from sample_county.places import MINES_OF
from sample_county.posts import roster_row
from sample_county.records import CLEAN, LED, TOWN, County, inspection


def f11(county: County) -> None:
    """M31 holds its mobilisation meeting only on 11-20. R05 and R48: 11-27 L."""
    record = county.one("enterprise_meeting", "M31-会")
    record.life = [(day("11-20"), {**record.cells, "held_on": at("11-20 15:00")}, None)]


def f12(county: County) -> None:
    """M36 hands in its ledger, which says 未制定方案, as of 11-10. R07: 11-27 on B, second tier."""
    record = county.one("enterprise_plan", "M36-方案")
    record.life = [(day("11-10"), {**record.cells, "state": "未制定", "made_on": day("11-10"), "doc_no": ""}, None)]


def f13_and_n28(county: County) -> None:
    """F13: M05's head led only one inspection in November, on 11-21. 11-27 P short 1; 12-08 B.

    N28: on 12-20, after the reminder, M05 hands in a true check of 11-28, with a photo and the gate log.
    As known by 12-08 it stays B; 12-31 M. No lead: the date lies before the reminder, but there is evidence.
    """
    first, second = county.checks("M05", LED, 11)
    county.move(first, day("11-21"))
    county.move(second, day("11-28"))
    second.update(handed="12-20 16:20", attachments="现场照片2张、门禁记录1页")


def f14(county: County) -> None:
    """M12's head: one inspection in November, none in December. 12-08 B (Nov); 01-05 B for both months."""
    county.remove(county.checks("M12", LED, 11)[1:])
    county.remove(county.checks("M12", LED, 12))


def f15(county: County) -> None:
    """M27 Dec: 12-05 and 12-20, but the leader of the second had left on 12-10. 12-31 P; 01-05 B, hand-over shown."""
    change_head(county, "M27", last_day="12-10", handed="12-13 10:00")
    first, second = county.checks("M27", LED, 12)
    county.move(first, day("12-05"))
    county.move(second, day("12-20"))
    second["leaders"] = first["leaders"] = ["M27矿长甲"]


def f18(county: County) -> None:
    """M16: a list of nine units, 排土场 (the ninth) never checked. R08: 01-05 P; 02-10 B, 8 of 9."""
    county.drop([county.one("unit_check", "M16-U9")])


def f19(county: County) -> None:
    """M21's December list is signed by the safety deputy, without an authorisation. R10: 12-31 B."""
    county.one("hazard_list", "M21-清单-2312").set(signer="M21安全副矿长", authorised=False)


def f20(county: County) -> None:
    """M29: two hazards of its own, due 12-10, cured only on 01-15. R12: 12-31 and 01-05 B; 02-10 L."""
    for number, found in enumerate(("12-01", "12-02"), 1):
        record = county.one("hazard", f"M29-自-2312-{number}")
        on, done = day(found), day("01-15")
        record.set(found_date=on, deadline=day("12-10"))
        first, (_, cured, _), (_, seen, _), told = record.life
        seen.update(recheck_date=done + timedelta(1), closed_date=done + timedelta(1))
        cured["done_date"] = done
        record.life = [(on, first[1], None), told, (done, cured, None), (done + timedelta(1), seen, None)]


def f34(county: County) -> None:
    """M33 trained 62 of its 70 people, the contractors' not among them. R49: 02-10 B, 88.6 %."""
    county.drop(county.of("training", enterprise_id="M33"))
    for number, held in enumerate(("11-20", "12-12"), 1):
        training(county, county.mines["M33"], number, day(held), 31)
    for record in county.of("training", enterprise_id="M33"):
        record.set(includes_contractors=False)


def f35(county: County) -> None:
    """M06's last drill was on 2023-05-20. R58, second half-year: 12-31 P; 01-05 B, 法定义务."""
    county.drop([county.one("drill", "M06-演-下")])
    move_drill(county, "M06-演-上", "2023-05-20")


def n20(county: County) -> None:
    """M38's drills: 2023-02-28 and 12-22. 01-05 M in both half-years; a rolling six months would accuse it."""
    move_drill(county, "M38-演-上", "2023-02-28")
    move_drill(county, "M38-演-下", "2023-12-22")


def f36(county: County) -> None:
    """M24 tested three of its four pumps. R70: 01-05 P; 02-10 B."""
    county.one("drainage_test", "M24-排").set(pumps_tested=3, conclusion="4号泵检修，未参试")


def f39(county: County) -> None:
    """M08: hot work on 12-07 from 13:50, approved 14:30. R73: 12-08 no duty known; 12-31 B."""
    hot_work(county, county.mines["M08"], day("12-07"), "13:50", "14:30", "13:40")


def f40(county: County) -> None:
    """M15: the blast of 01-09 has a design of 01-11. R74: 02-10 B."""
    county.one("blast", "M15-爆-0109").set(design_date=day("01-11"))


def f49(county: County) -> None:
    """M14: interviewed 12-12, feedback due 12-22 by the minutes, none came. R99: 12-31 B, next rung."""
    county.one("interview", "云应急约〔2023〕2号").life.pop()


def n03(county: County) -> None:
    """M26 Dec: 12-05 and 12-28, the latter in the file of 01-04. 12-31 P; 01-05 M."""
    first, second = county.checks("M26", LED, 12)
    county.move(first, day("12-05"))
    county.move(second, day("12-28"))


def n04(county: County) -> None:
    """戊塬 sends no Nov supplement; M24–28 led once by 11-25, once after: in the December file. 12-08 U; 12-31 M."""
    for number, on in zip(MINES_OF["戊塬镇"], ("11-27", "11-28", "11-29", "11-30", "11-26"), strict=True):
        county.move(county.checks(f"M{number}", LED, 11)[1], day(on))


def n08(county: County) -> None:
    """M18 closes 12-18: one led inspection in December, no check of the town's. n/a, and no finding on the town."""
    county.remove(county.checks("M18", TOWN, 12))
    county.remove(county.checks("M18", LED, 12)[1:])


def n09(county: County) -> None:
    """M45 opens 12-11: in nobody's coverage, neither of November nor of December. n/a."""
    county.remove(county.checks("M45", TOWN, 12))


def n10(county: County) -> None:
    """M23, M37: nobody there, nothing written down (in the faultless county too). n/a; by the literal switch manual."""


def n13(county: County) -> None:
    """M20's head changes on 12-15: the old one led 12-06, the new one 12-22. M."""
    change_head(county, "M20", last_day="12-14", handed="12-18 09:30")
    first, second = county.checks("M20", LED, 12)
    county.move(first, day("12-06"))
    county.move(second, day("12-22"))
    first["leaders"], second["leaders"] = ["M20矿长甲"], ["M20矿长乙"]


def n25(county: County) -> None:
    """M39 reports no hazard, with two led inspections and a check of the town's. M: finding nothing is no fault."""
    for row in county.inspections:
        if row["enterprise_id"] == "M39":
            row.update(hazards_found=0, findings=CLEAN)
    county.drop(county.of("hazard", enterprise_id="M39"))
    for record in county.of("hazard_list", enterprise_id="M39"):
        record.set(items=0)


def january(county: County) -> None:
    """丙川 keeps its register on line: its first days of January are in on 01-05."""
    for mine, on in (("M14", "01-02"), ("M15", "01-03"), ("M16", "01-04"), ("M17", "01-08")):
        county.move(county.checks(mine, LED, 1)[0], day(on))
    checks = [row for mine in ("M14", "M15", "M16", "M17") for row in county.checks(mine, TOWN, 1)]
    for row, moved_to in zip(checks, [day("01-04"), *workdays("01-08", "01-24")], strict=False):
        county.move(row, moved_to)
    first = county.checks("M14", TOWN, 1)[0]
    first.update(start_at=at("01-04 14:20"), end_at=at("01-04 15:30"))


def change_head(county: County, mine_id: str, last_day: str, handed: str) -> None:
    """A new head from the day after; the roster is corrected on `handed`."""
    mine = county.mines[mine_id]
    since = day(last_day) + timedelta(1)
    mine.heads = [(f"{mine_id}矿长甲", mine.opened), (f"{mine_id}矿长乙", since)]
    for row in county.inspections:
        if row["enterprise_id"] == mine_id and LED in row["levels"]:
            row["leaders"] = [mine.head(row["start_at"].date())]
    for record in county.records:
        for on, cells, _ in record.life:
            for name, cell in cells.items():
                if cell == f"{mine_id}矿长":
                    cells[name] = mine.head(on.date() if isinstance(on, datetime) else on)
    told = {"submitted_at": at(handed)}
    county.roster_changes.append({**roster_row(mine, mine.heads[0][0]), "valid_to": day(last_day), **told})
    new = {**roster_row(mine, mine.heads[1][0]), "head_from": since, "valid_from": since, **told}
    county.roster_changes.append(new)


def move_drill(county: County, number: str, held: str) -> None:
    record = county.one("drill", number)
    record.life = [(day(held), {**record.cells, "held_on": day(held)}, None)]


def extra_check(county: County, mine: str, start: str, levels: list[str], leaders: list[str], team: int = 1) -> None:
    """A 复查 beside the regular checks."""
    row = inspection(county, county.mines[mine], at(start), levels, leaders, purpose="复查", team=team)
    county.inspections.append(row)
