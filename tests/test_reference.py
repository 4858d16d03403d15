"""The reference evaluator against small worlds worked out by hand from docs/semantics.md."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import evaluate_world, properties
from reference.by_hand import enterprise, hazard, inspection, judge, line, statuses
from reference.calendar import Workdays, parse_duration, period_of
from reference.conditions import truth
from reference.holidays import CN
from reference.strategies import draw_world, worlds

Row = dict[str, Any]

MONTHLY = {
    "bearer": "enterprise",
    "window": "autumn",
    "every": "month",
    "perform": {"record": "inspection", "where": "has(levels, '企业')", "at_least": 2},
}


def test_periods_are_cut_by_the_window_and_final() -> None:
    rows = {
        "enterprise": [enterprise()],
        "inspection": [
            inspection("1", datetime(2023, 11, 2, 23, 0)),  # before the window: counts for nothing
            inspection("2", date(2023, 11, 3)),
            inspection("3", datetime(2023, 11, 30, 23, 59)),
            inspection("4", datetime(2023, 12, 1, 0, 0)),  # the first moment of December, not of November
        ],
    }
    november, december = judge(MONTHLY, rows)
    assert (november["status"], november["observed"], november["evidence"]) == ("met", 2, {"2", "3"})
    assert november["live_start"] == datetime(2023, 11, 3)
    assert november["due"] == datetime(2023, 12, 1)
    assert (december["status"], december["observed"], december["shortfall"]) == ("breached", 1, 1)


def test_a_bare_date_on_the_due_day_is_on_time_and_midnight_is_not_inside() -> None:
    # once, due = 2024-01-01 00:00 (24:00 of 31 December): bare 31 December is on time, so is the very moment of due
    # (t <= b); a moment after it is late, as the period is `once`.
    rule = {**MONTHLY, "every": "once", "perform": {"record": "inspection", "at_least": 1}}
    for at, status in [
        (date(2023, 12, 31), "met"),
        (datetime(2024, 1, 1), "met"),
        (date(2024, 1, 1), "late"),
        (datetime(2024, 1, 1, 0, 1), "late"),
    ]:
        assert statuses(judge(rule, {"enterprise": [enterprise()], "inspection": [inspection("1", at)]})) == [status]


def test_pending_until_due_and_over_when_due_equals_as_of() -> None:
    rows = {"enterprise": [enterprise()]}
    rule = {**MONTHLY, "every": "once"}
    assert statuses(judge(rule, rows, datetime(2023, 12, 31, 23, 59))) == ["pending"]
    assert statuses(judge(rule, rows, datetime(2024, 1, 1))) == ["breached"]  # due <= as_of
    assert statuses(judge(rule, rows, date(2023, 12, 31))) == ["breached"]  # bare as_of = its end
    assert judge(rule, rows, datetime(2023, 11, 3)) == []  # the first live moment is not before as_of


def test_unknown_where_is_unproven_only_if_it_could_close_the_gap() -> None:
    acts = [inspection("1", date(2023, 11, 5)), inspection("2", date(2023, 11, 6), levels=None)]
    rows = {"enterprise": [enterprise()], "inspection": acts}
    assert statuses(judge(MONTHLY, rows)) == ["unproven", "breached"]  # 1 + 1 unknown >= 2; December: 0 + 0 < 2
    three = {**MONTHLY, "perform": {**MONTHLY["perform"], "at_least": 3}}
    assert statuses(judge(three, rows)) == ["breached", "breached"]  # 1 + 1 < 3


def test_a_loose_record_might_be_anybodys() -> None:
    rows = {
        "enterprise": [enterprise()],
        "inspection": [inspection("1", date(2023, 11, 5)), inspection("2", date(2023, 11, 6), enterprise_id="E9")],
    }
    assert statuses(judge(MONTHLY, rows)) == ["unproven", "breached"]  # E9 is in no roster: reads as empty


def test_proof_needs_every_live_day_and_a_hand_in_covers_no_later_day() -> None:
    rows = {"enterprise": [enterprise()], "manifest": [line("inspection")]}
    early = judge(MONTHLY, rows, known_by=date(2024, 3, 30))
    assert statuses(early) == ["unproven", "unproven"]  # no received_at: it counts from 31 March on
    rows["manifest"] = [line("inspection", last=date(2024, 1, 10), received_at=None)]
    assert statuses(judge(MONTHLY, rows)) == ["breached", "breached"]
    rows["manifest"] = [line("inspection", received_at=datetime(2023, 12, 30, 9))]
    assert statuses(judge(MONTHLY, rows)) == ["breached", "unproven"]  # nothing is handed in for 31 December
    rows["manifest"] = [line("inspection", received_at=date(2024, 1, 5), subject="E2")]
    assert statuses(judge(MONTHLY, rows)) == ["unproven", "unproven"]  # E1 speaks for E2 here, not for itself
    rows["manifest"] = [line("inspection", received_at=date(2024, 1, 5), sender="T1", subject="E1")]
    rows["town"] = [{"town_id": "T2"}]
    assert statuses(judge(MONTHLY, rows)) == ["unproven", "unproven"]  # T1 is not in the roster: `town` reads as empty
    rows["town"] = [{"town_id": "T1"}]
    assert statuses(judge(MONTHLY, rows)) == ["breached", "breached"]  # it reports through its town


def test_under_half_of_the_month_is_advisory() -> None:
    rows = {"enterprise": [enterprise(first=date(2023, 11, 20))]}  # 11 of 30 days
    november, december = judge(MONTHLY, rows)
    assert (november["enforceable"], december["enforceable"]) == (False, True)


def test_a_cut_month_that_passes_as_a_whole_is_advisory() -> None:
    acts = [inspection("1", date(2023, 11, 1)), inspection("2", date(2023, 11, 10))]  # the window opens on the 3rd
    november = judge(MONTHLY, {"enterprise": [enterprise()], "inspection": acts})[0]
    assert (november["status"], november["enforceable"]) == ("breached", False)


def test_bearer_ended_before_due_and_gap() -> None:
    rows = {"enterprise": [enterprise(last=date(2023, 12, 20))]}
    assert statuses(judge(MONTHLY, rows)) == ["breached", "not_applicable"]
    gap = [enterprise(last=date(2023, 11, 10)), enterprise(first=date(2023, 12, 1))]
    november, december = judge(MONTHLY, {"enterprise": gap})
    assert november["live_end"] == datetime(2023, 11, 11)  # ended, but came back: not "ended before due"
    assert (november["status"], november["enforceable"]) == ("breached", False)  # 8 of 30 days
    assert december["status"] == "breached"


RECTIFY = {
    "bearer": "enterprise",
    "window": "campaign",
    "each": {"record": "hazard", "where": "grade = '重大'"},
    "by": "deadline",
    "done": "done_date",
    "require": "acceptance is null or acceptance = '合格'",
}


def test_done() -> None:
    def status(**fields: Any) -> list[str]:
        rows = {"enterprise": [enterprise()], "hazard": [hazard("H", date(2023, 11, 10), **fields)]}
        return statuses(judge(RECTIFY, rows, more=None))

    end = date(2023, 11, 30)
    assert status(deadline=end, done_date=date(2023, 11, 30)) == ["met"]
    assert status(deadline=end, done_date=date(2023, 12, 1)) == ["late"]
    assert status(deadline=end, done_date=None) == ["breached"]
    assert status(deadline=end, done_date=date(2023, 11, 20), acceptance="不合格") == ["breached"]
    assert status(deadline=None, done_date=date(2023, 11, 20)) == ["unproven"]  # due unknown
    assert status(deadline=end, done_date=date(2023, 11, 20), grade=None) == ["unproven"]  # trigger unknown
    assert status(deadline=end, done_date=date(2023, 11, 20), grade="一般") == []
    assert status(deadline=end, done_date=date(2024, 3, 1)) == ["breached"]  # has not happened yet at as_of
    assert status(deadline=date(2023, 11, 9)) == ["not_applicable"]  # due before it was found: no live time


def test_otherwise_and_waiver_and_manual() -> None:
    fields = {"deadline": date(2023, 11, 30), "reported_on": date(2023, 12, 20), "planned": True}
    rows = {"enterprise": [enterprise()], "hazard": [hazard("H", date(2023, 11, 10), **fields)]}
    path = {"title": "已报告", "by": "2023-12-31", "done": "reported_on", "require": "planned"}
    rule = {**RECTIFY, "otherwise": [path]}
    assert statuses(judge(rule, rows)) == ["discharged"]
    assert statuses(judge(rule, rows, date(2023, 12, 10))) == ["breached"]  # not reported yet
    assert statuses(judge(rule, rows, date(2023, 11, 29))) == ["pending"]
    assert statuses(judge({**RECTIFY, "otherwise": [{**path, "manual": "请核"}]}, rows)) == ["manual"]
    assert statuses(judge({**RECTIFY, "manual": "请核"}, rows)) == ["manual"]
    waiver = {"obligation": "o", "bearer": "E1", "approved_on": "2023-11-20", "from": "2023-11-01"}
    long, short = {**waiver, "until": "2024-02-20"}, {**waiver, "until": "2024-02-19"}
    assert statuses(judge(RECTIFY, rows, waivers=[long])) == ["waived"]
    assert statuses(judge(RECTIFY, rows, waivers=[short])) == ["breached"]  # done: the waiver has expired by as_of


def test_without_triggers_handed_in_there_is_one_unproven_duty() -> None:
    rows = {"enterprise": [enterprise()], "manifest": []}
    (duty,) = judge(RECTIFY, rows, date(2023, 12, 31))
    assert (duty["status"], duty["trigger_id"], duty["due"]) == ("unproven", "", datetime(2024, 1, 1))
    assert (duty["live_start"], duty["live_end"]) == (datetime(2023, 11, 3), datetime(2024, 1, 1))


def test_respond_after_and_before() -> None:
    stop = {"stop_id": "S", "enterprise_id": "E1", "start_at": datetime(2023, 11, 10, 9), "end_at": None}
    base = {"bearer": "enterprise", "window": "campaign", "each": {"record": "stop"}, "within": "24 hours"}
    after = {**base, "respond": {"record": "inspection"}}
    before = {**base, "respond": {"record": "inspection", "direction": "before"}}
    for at, want_after, want_before in [
        (datetime(2023, 11, 10, 9), "met", "met"),
        (datetime(2023, 11, 11, 9), "met", "late"),
        (datetime(2023, 11, 11, 9, 1), "late", "late"),
        (datetime(2023, 11, 9, 9), "breached", "met"),
        (datetime(2023, 11, 9, 8, 59), "breached", "breached"),
        (date(2023, 11, 10), "met", "met"),
        (date(2023, 11, 9), "breached", "met"),  # the day overlaps [9th 09:00, 10th 09:00)
    ]:
        rows = {"enterprise": [enterprise()], "stop": [stop], "inspection": [inspection("1", at)]}
        assert statuses(judge(after, rows)) == [want_after], at
        assert statuses(judge(before, rows)) == [want_before], at


def test_within_of_a_bare_trigger_counts_from_the_end_of_its_day() -> None:
    stop = {"stop_id": "S", "enterprise_id": "E1", "start_at": date(2023, 11, 10)}
    rule = {"bearer": "enterprise", "each": {"record": "stop"}, "respond": {"record": "inspection"}}
    rows = {"enterprise": [enterprise()], "stop": [stop]}
    assert judge({**rule, "within": "24 hours"}, rows)[0]["due"] == datetime(2023, 11, 12)
    assert judge({**rule, "within": "1 days"}, rows)[0]["due"] == datetime(2023, 11, 12)
    # the 10th is a Friday: the first working day after it is Monday the 13th
    assert judge({**rule, "within": "1 workdays"}, rows)[0]["due"] == datetime(2023, 11, 14)
    # the 11th is a Saturday: rolled to the end of Monday the 13th
    assert judge({**rule, "within": "1 days", "roll": "workday"}, rows)[0]["due"] == datetime(2023, 11, 14)


COVER = {
    "bearer": "town_centre",
    "window": {"from": "2023-11-01", "to": "2023-11-30"},
    "every": "month",
    "cover": {"targets": "enterprise", "where": "town = bearer.town_id", "by": {"record": "inspection"}},
}


def test_cover_counts_targets_that_exist_throughout() -> None:
    towns = [{"town_id": "T1"}, {"town_id": "T2"}]
    pair = [enterprise("E1"), enterprise("E2")]

    def only(acts: list[Row], roster: list[Row] = pair, at_least: Any = "100%") -> Row:
        rule = {**COVER, "cover": {**COVER["cover"], "at_least": at_least}}
        return judge(rule, {"town": towns, "enterprise": roster, "inspection": acts})[0]

    one_act = [inspection("1", date(2023, 11, 5))]
    assert (only(one_act)["status"], only(one_act)["required"], only(one_act)["observed"]) == ("breached", 2, 1)
    assert only(one_act, at_least="50%")["status"] == "met"
    newcomer = [enterprise("E1"), enterprise("E2", first=date(2023, 11, 2))]
    assert only(one_act, newcomer)["status"] == "met"  # E2 did not exist on the 1st: not asked for
    assert only([], [enterprise("E1", town="T2")])["status"] == "not_applicable"
    # E2's town is unknown: it may be a target (U), and is not covered: c = 1, need(1 + 1 - 0) = 2; not certain either
    assert only(one_act, [enterprise("E1"), enterprise("E2", town=None)])["status"] == "unproven"
    loose = [*one_act, inspection("2", date(2023, 11, 6), enterprise_id=None)]
    assert only(loose)["status"] == "unproven"  # it might cover E2


def test_forbid_is_breached_at_once_and_needs_proof_to_be_met() -> None:
    rule = {"bearer": "enterprise", "window": "autumn", "every": "month", "forbid": {"record": "detail"}}
    row = {"enterprise_id": "E1", "day": date(2023, 11, 10), "kind": "罚款", "amount": 1}
    hit = {"enterprise": [enterprise()], "detail": [row]}
    assert statuses(judge(rule, hit, date(2023, 11, 10))) == ["breached"]
    assert statuses(judge(rule, hit, date(2023, 11, 9))) == ["pending"]  # it has not happened yet
    assert statuses(judge(rule, {"enterprise": [enterprise()]})) == ["met", "met"]
    assert statuses(judge(rule, {"enterprise": [enterprise()], "manifest": []})) == ["unproven", "unproven"]
    waiver = {
        "obligation": "o",
        "bearer": "E1",
        "approved_on": "2023-11-01",
        "from": "2023-11-10",
        "until": "2023-11-10",
    }
    assert statuses(judge(rule, hit, waivers=[waiver])) == ["waived", "met"]  # its only hit is on a waived day


def test_roster_triggers_have_the_start_of_their_span_in_their_id() -> None:
    rule = {
        "bearer": "enterprise",
        "window": "campaign",
        "each": {"record": "enterprise"},
        "within": "10 days",
        "perform": {"record": "inspection", "at_least": 1},
    }
    spans = [enterprise(first=date(2023, 11, 5), last=date(2023, 12, 1)), enterprise(first=date(2023, 12, 20))]
    first, second = judge(rule, {"enterprise": spans, "inspection": [inspection("1", date(2023, 12, 25))]})
    assert (first["trigger_id"], first["status"]) == ("E1/2023-11-05", "late")
    assert (second["trigger_id"], second["status"]) == ("E1/2023-12-20", "met")


RECONCILE = {
    "bearer": "town_centre",
    "each": {"record": "report", "where": "line = '累计'"},
    "reconcile": {
        "equal": ["found = previous.found + current.found"],
        "with": {
            "current": {"record": "report", "where": "line = '本期'", "period": "same"},
            "previous": {"record": "report", "where": "line = '累计'", "period": "previous", "absent": 0},
        },
    },
}


def report(name: str, kind: str, month: int, found: Any) -> Row:
    event, period = date(2023, month + 1, 5) if month < 12 else date(2024, 1, 5), date(2023, month, 1)
    return {"report_id": name, "town": "T1", "reported_on": event, "period": period, "line": kind, "found": found}


def test_reconcile() -> None:
    def status(*reports: Row) -> list[str]:
        return statuses(judge(RECONCILE, {"town": [{"town_id": "T1"}], "report": list(reports)}))

    total, current = report("1", "累计", 11, 3), report("2", "本期", 11, 3)
    assert status(total, current) == ["met"]  # no row before: absent: 0
    assert status(total) == ["unproven"]  # no current row, no absent: empty
    assert status(total, report("2", "本期", 11, 2)) == ["breached"]
    assert status(total, current, report("3", "本期", 11, 3)) == ["unproven"]  # two rows: empty
    later = [report("4", "累计", 12, 5), report("5", "本期", 12, 2)]
    assert status(total, current, *later) == ["met", "met"]


def test_proof_of_reconcile_is_asked_within_the_window_and_existence() -> None:
    total, current = report("1", "累计", 11, 3), report("2", "本期", 11, 3)
    rows = {"town": [{"town_id": "T1"}], "report": [total, current]}

    def status(first: date, window: str, last: date = date(2023, 12, 31)) -> str:
        manifest = [line("report", first, last, sender="T1", received_at=date(2024, 1, 10))]
        duties = judge({**RECONCILE, "window": window}, {**rows, "manifest": manifest})
        return next(duty["status"] for duty in duties if duty["trigger_id"])

    assert status(date(2023, 11, 3), "autumn") == "met"  # of November and October, the days from 3 November on
    assert status(date(2023, 11, 4), "autumn") == "unproven"
    assert status(date(2023, 12, 1), "winter") == "met"  # the report came on 5 December; nothing of November is asked
    assert status(date(2023, 11, 3), "autumn", date(2023, 11, 29)) == "unproven"
    november = {**RECONCILE, "bearer": "enterprise", "each": {"record": "detail", "where": "kind = '罚款'"}}
    november |= {"window": "autumn", "reconcile": {"equal": ["amount = 1"]}}
    fined = [{"enterprise_id": "E1", "day": date(2023, 11, 20), "kind": "罚款", "amount": 1}]
    handed_in = line("detail", date(2023, 11, 12), received_at=date(2024, 1, 10))
    for opened, want in [(date(2023, 11, 12), "met"), (date(2023, 11, 11), "unproven")]:
        mine = {"enterprise": [enterprise(first=opened)], "detail": fined, "manifest": [handed_in]}
        assert statuses(judge(november, mine))[0] == want


def test_versions_known_by() -> None:
    first = {**hazard("H", date(2023, 11, 10), deadline=date(2023, 11, 30)), "submitted_at": datetime(2023, 12, 1, 8)}
    second = {**first, "done_date": date(2023, 11, 29), "submitted_at": datetime(2024, 1, 5, 8)}
    rows = {"enterprise": [enterprise()], "hazard": [second, first]}
    assert statuses(judge(RECTIFY, rows, known_by=date(2024, 1, 4))) == ["breached"]
    assert statuses(judge(RECTIFY, rows, known_by=date(2024, 1, 5))) == ["met"]


def test_duties_per_trigger_and_period() -> None:
    rule = {
        "bearer": "enterprise",
        "window": "campaign",  # 3 November to 20 January
        "each": {"record": "hazard", "until": "cancelled"},
        "every": "month",
        "perform": {"record": "assessment", "at_least": 1},
    }
    rows = {
        "enterprise": [enterprise()],
        "hazard": [hazard("H", date(2023, 11, 10), cancelled=date(2023, 12, 5))],
        "assessment": [{"assessment_id": "A", "hazard_id": "H", "done_at": datetime(2023, 12, 5, 23, 0)}],
    }
    november, december = judge(rule, rows)
    assert (november["status"], november["live_start"]) == ("breached", datetime(2023, 11, 10))
    assert (december["status"], december["live_end"], december["due"]) == (
        "met",
        datetime(2023, 12, 6),
        datetime(2024, 1, 1),
    )


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("a = 1 and b = 2", None),
        ("a = 2 and b = 2", False),
        ("a = 1 or b = 2", True),
        ("not b = 2", None),
        ("b in (1, 2)", None),
        ("a in (1, b)", True),
        ("a not in (2, b)", None),
        ("has(l, 'x') and not has(l, 'y')", True),
        ("has(b, 'x')", None),
        ("day_ <= at_", True),  # compared as days
        ("at_ > day_", False),
        ("at_ > timestamp '2023-11-05 08:59:00'", True),
        ("at_ between date '2023-11-05' and date '2023-11-05'", True),
        ("latest(day_, b) is null", True),
        ("days_between(day_, date '2023-11-30') = 25", True),
    ],
)
def test_conditions(text: str, want: bool | None) -> None:
    values = {"a": 1, "b": None, "l": ["x"], "day_": date(2023, 11, 5), "at_": datetime(2023, 11, 5, 9)}
    assert truth(text, lambda path: values[path[0]]) is want


def test_calendar() -> None:
    workdays = Workdays(CN["holidays"], CN["makeup"])
    assert not workdays.is_workday(date(2024, 1, 1))
    assert workdays.is_workday(date(2024, 2, 4))  # a Sunday worked in exchange
    assert parse_duration("1 months").due_after(date(2024, 1, 31), workdays) == datetime(2024, 3, 1)
    assert workdays.roll(datetime(2024, 1, 1)) == datetime(2024, 1, 3)  # due on Sunday the 31st, Monday is a holiday
    week, half = period_of(date(2024, 1, 1), "week"), period_of(date(2023, 11, 5), "half_year")
    assert (week.first, week.last) == (date(2024, 1, 1), date(2024, 1, 7))
    assert (half.first, half.last) == (date(2023, 7, 1), date(2023, 12, 31))


@given(world=worlds())
def test_drawn_worlds_can_be_judged(world: Row) -> None:
    duties = evaluate_world(world)
    for duty in duties:
        assert duty["status"] in STATUSES
        assert duty["shortfall"] is None or duty["shortfall"] >= 0


def test_drawn_worlds_show_every_status() -> None:
    seen = Counter(duty["status"] for seed in range(300) for duty in evaluate_world(draw_world(Random(seed))))
    assert set(seen) == STATUSES, seen


STATUSES = {"met", "late", "breached", "discharged", "pending", "unproven", "not_applicable", "waived", "manual"}


@given(world=worlds(), seed=st.integers(0, 2**32))
@pytest.mark.parametrize("check", properties.ALL)
def test_properties_hold_for_the_reference_itself(check: Any, world: Row, seed: int) -> None:
    check(evaluate_world, world, Random(seed))
