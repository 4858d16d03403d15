"""What a mine keeps in a faultless winter: hazards, lists, meetings, training, drills, tickets, blasts, contractors."""

from __future__ import annotations

from datetime import date, timedelta

from sample_county.basics import MONTHS, Row, at, day, days_between, first_of, on_at, short_month
from sample_county.places import OPENED, Mine
from sample_county.records import SELF, TOWN, County, Record, fault_at

FOUND_DAYS = {11: ("11-13", "11-18"), 12: ("12-01", "12-12"), 1: ("01-03", "01-12")}
OTHER_DAYS = {(45, 12): ("12-12", "12-14"), (18, 12): ("12-02", "12-04")}  # opened 12-11, closed 12-18
BLAST_DAYS = ("11-14", "11-21", "12-05", "12-19", "01-09", "01-16")
# By a word of the text; whatever has none of them is a fault of 设备设施.
CATEGORIES = {
    "灭火器": "消防", "警示": "管理", "电缆": "电气", "安全带": "作业行为", "记录": "管理", "配电箱": "电气",
    "应急": "应急", "特种作业": "管理", "顶板": "顶板", "支护": "顶板", "浮石": "边坡排土场", "车挡": "运输",
    "限速": "运输", "风筒": "通风", "排水沟": "防治水", "冲沟": "边坡排土场",
}  # fmt: skip


def ledgers(county: County) -> None:
    for mine in county.mines.values():
        if mine.active:
            _hazards(county, mine)
            _meeting_and_plan(county, mine)
            _training_and_drills(county, mine)
            _units(county, mine)
            if mine.underground:
                _underground(county, mine)
            elif mine.kind == "露天" and mine.status == "生产":
                _blasts(county, mine)
    for mine_id in ("M01", "M24", "M35"):
        contractor(county, mine_id, "2023-03-01", "2024-06-30", agreement="2023-02-20")


def open_in(mine: Mine, month: int) -> bool:
    """Open at some time of the month, and long enough for a ledger to be kept in it."""
    last = first_of(month) + timedelta(24)
    return mine.opened <= last and (mine.closed is None or mine.closed >= first_of(month))


# --- hazards


def found_hazard(county: County, mine: Mine, number: str, keeper: str, source: str, on: date) -> Record:
    """A hazard on the day it was found, with a text, and eight days to cure it."""
    rng = county.rng
    site, fault = fault_at(rng, mine)
    category = next((named for word, named in CATEGORIES.items() if word in fault), "设备设施")
    finder = {"企业自查": f"{mine.id}安全员1", "镇查": f"{mine.town}中心检查员1", "县查": "县局执法一队队员1"}[source]
    return county.add(
        "hazard", keeper, on, hazard_id=f"{mine.id}-{number}", enterprise_id=mine.id, inspection_id="", source=source,
        found_date=on, finder=finder, location=site, description=fault,
        category=category, level="一般", measure="立即组织整改",
        resp_person=f"{mine.id}安全副矿长", resp_dept=f"{mine.id}安全科", fund=100 * (1 + rng.randrange(20)),
        deadline=on + timedelta(8),
    )  # fmt: skip


def corrected(record: Record, done: date, rechecked: date, by: str) -> None:
    """Cured, seen again, closed."""
    record.then(done, done_date=done)
    record.then(rechecked, rechecker=by, recheck_date=rechecked, recheck_result="合格", closed_date=rechecked)


def reported(record: Record, on: date, to: str = "镇") -> None:
    record.then(on, reported_to=to, reported_date=on)


def _hazards(county: County, mine: Mine) -> None:
    """Two that the mine finds itself every month, with its list; and one in every check of the town's."""
    for month in MONTHS:
        if open_in(mine, month):
            days = days_between(*OTHER_DAYS.get((mine.number, month), FOUND_DAYS[month]))
            closes = mine.closed is not None and mine.closed < first_of(month) + timedelta(24)
            for number, on in enumerate(sorted(county.rng.choice(days) for _ in range(2)), 1):
                record = found_hazard(county, mine, f"自-{short_month(on)}-{number}", mine.town, "企业自查", on)
                done = on + timedelta(3 + county.rng.randrange(4))
                corrected(record, done, done + timedelta(1), f"{mine.id}安全副矿长")
                reported(record, day("12-15") if closes else first_of(month) + timedelta(23))
            if not closes:
                _list(county, mine, first_of(month) + timedelta(22))
        for check in county.checks(mine.id, TOWN, month, "百日攻坚"):
            on = check["start_at"].date()
            record = found_hazard(county, mine, f"镇-{short_month(on)}", mine.town, "镇查", on)
            record.check = check
            corrected(record, on + timedelta(1), on + timedelta(2), f"{mine.town}中心检查员1")


def _list(county: County, mine: Mine, made: date) -> None:
    """The list of the month: made and signed on the 23rd, reported on the 24th."""
    cells: Row = {"items": 2, "signer": mine.head(made), "signed_date": made, "authorised": None}
    record = county.add(
        "hazard_list", mine.town, made,
        list_id=f"{mine.id}-清单-{short_month(made)}", enterprise_id=mine.id, made_on=made, **cells,
    )  # fmt: skip
    record.then(made + timedelta(1), reported_on=made + timedelta(1))


# --- meetings, training, drills


def _meeting_and_plan(county: County, mine: Mine) -> None:
    """All mines that there were by 10 November, each after the county's meeting of 7 November."""
    if mine.number in OPENED:
        return
    held, made = at("11-08 15:00"), day("11-09")
    county.add(
        "enterprise_meeting", mine.town, held, meeting_id=f"{mine.id}-会", enterprise_id=mine.id, held_on=held,
        kinds=["专题会", "动员部署"], chair=mine.head(held.date()), sign_in_count=mine.employees // 2,
        topics="“百日攻坚”冬季行动动员部署",
    )  # fmt: skip
    county.add(
        "enterprise_plan", mine.town, made,
        plan_id=f"{mine.id}-方案", enterprise_id=mine.id, state="已制定", made_on=made, doc_no=f"{mine.id}〔2023〕11号",
    )  # fmt: skip


def training(county: County, mine: Mine, number: int, held: date, trainees: int) -> None:
    county.add(
        "training", mine.town, held, training_id=f"{mine.id}-训-{number}", enterprise_id=mine.id, held_on=held,
        topic="冬季安全生产和事故案例", collective=True, hours=8, trainees=trainees, includes_contractors=True,
        exam_pass=trainees,
    )  # fmt: skip


def drill(county: County, mine: Mine, half: str, held: date) -> None:
    county.add(
        "drill", mine.town, held, drill_id=f"{mine.id}-演-{half}", enterprise_id=mine.id, held_on=held,
        plan_name="生产安全事故综合应急预案", kind="实战", participants=mine.employees // 2, evaluation="达到预期",
    )  # fmt: skip


def _training_and_drills(county: County, mine: Mine) -> None:
    if mine.number in OPENED:
        training(county, mine, 1, day("12-15"), mine.employees)
        drill(county, mine, "下", day("12-20"))
        return
    first = mine.employees // 2
    training(county, mine, 1, day("11-20"), first)
    training(county, mine, 2, day("12-12"), mine.employees - first)
    drill(county, mine, "上", date(2023, 5, 1 + mine.number % 28))
    drill(county, mine, "下", date(2023, 9, 1 + mine.number % 28))


def _units(county: County, mine: Mine) -> None:
    """Each unit once, in the deputy's second inspection of November and of December in turn."""
    spans = (("11-13", "11-24"), ("12-12", "12-20"))
    seen = [
        row
        for first, last in spans
        for row in county.checks(mine.id, SELF, day(first).month)
        if day(first) <= row["start_at"].date() <= day(last)
    ]
    for number in range(1, len(mine.units) + 1):
        check = seen[number % len(seen)]
        on = check["start_at"].date()
        record = county.add(
            "unit_check", mine.town, on, unit_id=f"{mine.id}-U{number}", inspection_id="", enterprise_id=mine.id,
            checked_on=on, result="已自查",
        )  # fmt: skip
        record.check = check


# --- underground


def _underground(county: County, mine: Mine) -> None:
    on = day("12-04") + timedelta(mine.number % 12)
    county.add(
        "drainage_test", mine.town, on, test_id=f"{mine.id}-排", enterprise_id=mine.id, kind="联合排水试验",
        tested_on=on, org=mine.name, pumps_total=4, pumps_tested=4, conclusion="满足要求",
    )  # fmt: skip
    for month in MONTHS:
        hot_work(county, mine, first_of(month) + timedelta(14), "09:00", "08:00", "08:40")


def hot_work(county: County, mine: Mine, on: date, start: str, approved: str, tested: str) -> Record:
    return county.add(
        "hot_work", mine.town, on, ticket_no=f"{mine.id}-火-{on:%m%d}", enterprise_id=mine.id, place="井下",
        grade="一级", approver=mine.head(on), approved_at=on_at(on, approved), start_at=on_at(on, start),
        end_at=on_at(on, start) + timedelta(hours=2), gas_test_at=on_at(on, tested), guardian=f"{mine.id}安全员2",
    )  # fmt: skip


# --- open pits


def blast(county: County, mine: Mine, on: date, clock: str = "11:30") -> Record:
    return county.add(
        "blast", mine.town, on, blast_no=f"{mine.id}-爆-{on:%m%d}", enterprise_id=mine.id, fired_at=on_at(on, clock),
        site="采场北帮", design_no=f"{mine.id}设-{on:%m%d}", design_date=on - timedelta(3), near_final_slope=False,
        controlled_blasting=False, alert_map=True, alert_points_set=True, signs_set=True,
    )  # fmt: skip


def _blasts(county: County, mine: Mine) -> None:
    for on in map(day, BLAST_DAYS):
        if mine.open_on(on):
            blast(county, mine, on)


def stop(county: County, mine_id: str, start: str, end: str, duties: list[str], *, power_cut: bool = True) -> None:
    """A stop for the weather, with the three measures, and who of the leaders was there."""
    mine, begun, over = county.mines[mine_id], at(start), at(end)
    record = county.add(
        "stop", mine.town, begun, stop_id=f"{mine.id}-停-{begun:%m%d}", enterprise_id=mine.id, start_at=begun,
        end_at=None, reason="恶劣天气", ordered_by="自行", alert_area=True, power_cut=power_cut, slope_cleared=True,
    )  # fmt: skip
    record.then(over, end_at=over)
    for moment in map(at, duties):
        county.add(
            "leader_duty", mine.town, moment, duty_id=f"{mine.id}-值-{moment:%m%d}", enterprise_id=mine.id,
            on_duty_at=moment, shift="夜" if moment.hour > 18 else "早", leader=f"{mine.id}安全副矿长", patrol="正常",
        )  # fmt: skip


# --- contractors


def contractor(
    county: County, mine_id: str, begin: str, end: str, *, agreement: str = "", valid_to: str = "2025-12-31"
) -> Record:
    mine = county.mines[mine_id]
    return county.add(
        "contractor", mine.town, day(begin), contract_id=f"{mine.id}-外", enterprise_id=mine.id,
        name=f"样外包工程公司{mine.number:02}", work_scope="采剥" if mine.kind == "露天" else "掘进",
        licence_to=day(valid_to), qualification_to=day(valid_to), contract_from=day(begin), contract_to=day(end),
        agreement_date=day(agreement) if agreement else None, headcount=12,
    )  # fmt: skip
