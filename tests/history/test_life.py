"""The life of a finding, on paper: courses, weeks, what is late data and no change of conduct. By hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from duban.history.life import Moment, Standing, course_of, day_of, is_late_data, life_of
from duban.model import Course

NEW, STAYS, CURED, CLEARED, WAIVED, GONE = Course
A, B = datetime(2023, 12, 9), datetime(2024, 1, 1)  # 8 and 31 December, 24:00
FIRST, SECOND = Moment(A, A, "r"), Moment(B, B, "r")
NOVEMBER, DECEMBER = datetime(2023, 12, 1), B
ACTED, CAME = datetime(2023, 11, 28), datetime(2023, 12, 20)  # M05's check, and when it was handed in


def standing(status: str, verification: str = "待核实", **words: Any) -> Standing:
    return Standing("f1", "head-leads", "perform", status, verification, **{"due": NOVEMBER, **words})


CLEAR = "已澄清"


@pytest.mark.parametrize(
    ("before", "after", "course"),
    [
        ("", "breached", NEW),
        ("pending", "breached", NEW),
        ("met", "manual", NEW),
        ("breached", "breached", STAYS),
        ("breached", "manual", STAYS),
        ("breached", "met", CURED),
        ("breached", "discharged", CURED),
        ("breached", "late", CURED),
        ("late", "late", STAYS),
        ("pending", "late", NEW),
        ("late", "breached", NEW),  # what was done was refuted: only now somebody is accused
        ("unproven", "breached", NEW),
        ("unproven", "unproven", STAYS),
        ("breached", "unproven", STAYS),
        ("unproven", "met", CURED),
        ("breached", "waived", WAIVED),
        ("breached", "not_applicable", GONE),
        ("breached", "pending", GONE),
        ("breached", "", GONE),
        ("breached", "breached " + CLEAR, CLEARED),
        ("", "manual " + CLEAR, CLEARED),
        ("breached " + CLEAR, "breached " + CLEAR, None),  # said once, in the week in which it was cleared
        ("breached " + CLEAR, "breached", NEW),  # the clearing was taken back
        ("breached " + CLEAR, "met", None),
        ("met", "met", None),
        ("pending", "waived", None),
        ("", "met", None),
    ],
)
def test_the_course_between_two_audits(before: str, after: str, course: Course | None) -> None:
    was, now = (standing(*text.split()) if text else None for text in (before, after))
    assert course_of(was, now) is course


def walk(*statuses: str) -> list[tuple[Moment, Standing | None]]:
    """Weekly audits from 3 December on."""
    days = [datetime(2023, 12, 4 + 7 * week) for week in range(4)] + [datetime(2024, 1, 1), datetime(2024, 1, 8)]
    moments = [Moment(day, day, "r") for day in days]
    return [
        (moment, standing(*text.split()) if text else None) for moment, text in zip(moments, statuses, strict=False)
    ]


@pytest.mark.parametrize(
    ("statuses", "course", "first", "weeks"),
    [
        (["breached"], NEW, "2023-12-03", 0),
        (["pending", "breached", "breached", "breached"], STAYS, "2023-12-10", 2),
        (["breached", "breached", "met"], CURED, "2023-12-03", 2),
        (["breached", "breached", "late"], CURED, "2023-12-03", 2),
        (["breached", "breached", "late", "late"], STAYS, "2023-12-03", 2),  # since then it is open no more
        (["pending", "late"], NEW, "2023-12-10", 0),
        (["breached", "breached", "breached 已澄清"], CLEARED, "2023-12-03", 2),
        (["pending", "breached 已澄清"], CLEARED, "2023-12-10", 0),
        (["breached", "met", "breached"], NEW, "2023-12-17", 0),
        (["unproven", "unproven", "breached", "breached"], STAYS, "2023-12-17", 1),
    ],
)
def test_first_seen_and_weeks_open(statuses: list[str], course: Course, first: str, weeks: int) -> None:
    life = life_of(walk(*statuses))
    assert life is not None
    assert (life.course, life.first_seen, life.weeks) == (course, date.fromisoformat(first), weeks)


def test_what_is_over_has_no_life() -> None:
    assert life_of(walk("breached", "met", "met")) is None
    assert life_of(walk("pending", "met")) is None
    assert life_of([]) is None


def test_what_comes_back_is_new_and_says_so() -> None:
    life = life_of(walk("breached", "met", "met", "breached"))
    assert life is not None
    assert life.course is NEW
    assert "曾于2023-12-10“已补正”，现再次出现" in life.why
    assert (life.before, life.status) == ("met", "breached")


def test_midnight_ends_the_day() -> None:
    assert day_of(datetime(2024, 1, 8)) == date(2024, 1, 7)
    assert day_of(datetime(2024, 1, 8, 0, 0, 1)) == date(2024, 1, 8)


LATE = [
    # story N28: breached on 8 December, and a true check of 28 November came on the 20th
    ("M05", standing("breached"), standing("met", last_act=ACTED, received=CAME)),
    ("what was not handed in came", standing("unproven"), standing("met", last_act=ACTED, received=CAME)),
    ("it came, and did not help", standing("unproven"), standing("breached", last_act=ACTED, received=CAME)),
    ("a return without rows", standing("unproven"), standing("breached")),
    ("a rectification of before", standing("breached"), standing("late", done_at=datetime(2023, 12, 5), received=CAME)),
    # F39: hot work on 7 December, filed on the 24th
    ("the trigger came", None, standing("breached", due=datetime(2023, 12, 7, 13, 50), received=CAME)),
    ("an act was withdrawn", standing("met"), standing("breached")),
    ("the record was taken back", standing("breached"), None),
    ("the roster was corrected", standing("breached"), standing("not_applicable")),
    (
        "a forbidden thing of before",
        standing("pending", due=DECEMBER),
        replace(standing("breached", due=DECEMBER, last_act=ACTED, received=CAME), kind="forbid"),
    ),
    ("the ledger was put right", standing("manual"), replace(standing("pending", due=B), kind="forbid")),
    ("the hit was none", standing("breached", due=DECEMBER), replace(standing("met", due=DECEMBER), kind="forbid")),
]
CONDUCT = [
    ("time went on", standing("pending", due=DECEMBER), standing("breached", due=DECEMBER)),
    ("done since", standing("breached"), standing("late", done_at=datetime(2023, 12, 15), received=CAME)),
    # F26: claimed on 28 December, refused by an acceptance of 4 January: see the moments below
    ("refused since", standing("met"), standing("breached", last_act=datetime(2023, 12, 27), received=CAME)),
    ("nothing new came in", standing("breached"), standing("met", last_act=ACTED, received=datetime(2023, 12, 3))),
    ("it stays", standing("breached"), standing("breached", received=CAME)),
    ("it was excused", standing("breached"), standing("waived", received=CAME)),
    ("another deadline", standing("breached"), standing("pending", due=datetime(2024, 2, 1))),
    ("it was cleared", standing("breached"), standing("breached", CLEAR, received=CAME)),
    ("closed since", standing("breached"), standing("not_applicable", last_act=datetime(2023, 12, 18), received=CAME)),
    (
        "a forbidden thing of now",
        standing("pending", due=DECEMBER),
        replace(standing("breached", due=DECEMBER, last_act=datetime(2023, 12, 14), received=CAME), kind="forbid"),
    ),
]


@pytest.mark.parametrize(("why", "was", "now"), LATE, ids=[one[0] for one in LATE])
def test_a_change_by_data_that_came_later(why: str, was: Standing | None, now: Standing | None) -> None:
    assert is_late_data(FIRST, SECOND, was, now)
    life = life_of([(FIRST, was), (SECOND, now)])
    assert life is not None
    assert life.late_data
    assert life.why.startswith("资料后到")


@pytest.mark.parametrize(("why", "was", "now"), CONDUCT, ids=[one[0] for one in CONDUCT])
def test_a_change_by_what_was_done_or_decided(why: str, was: Standing | None, now: Standing | None) -> None:
    assert not is_late_data(FIRST, SECOND, was, now)


def test_where_the_rules_changed_only_a_record_shows_that_it_was_the_data() -> None:
    other = replace(SECOND, rules="another")
    assert is_late_data(FIRST, other, standing("breached"), standing("met", last_act=ACTED, received=CAME))
    assert not is_late_data(FIRST, other, standing("met"), standing("breached"))
    assert not is_late_data(FIRST, other, standing("breached"), None)
    for was, now in ((standing("breached"), None), (None, standing("breached"))):
        life = life_of([(FIRST, was), (other, now)])
        assert life is not None
        assert life.why == "规则或口径已改"


def test_the_reason_names_the_day_of_the_hand_in() -> None:
    life = life_of([(FIRST, standing("breached")), (SECOND, standing("met", last_act=ACTED, received=CAME))])
    assert life is not None
    assert life.why == "资料后到：2023-12-20报送的资料，所载为2023-12-08及以前的事"
