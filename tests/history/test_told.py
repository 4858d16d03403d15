"""What changed, in one line: what accuses somebody first; what was never more than late or unproven apart."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from duban.history.shown import course_line
from duban.model import Course, Life, Past

NEW, PERSISTING, CURED, CLEARED = Course.NEW, Course.PERSISTING, Course.CURED, Course.CLEARED
Change = tuple[Course, str, str, bool]  # what became of it, how it stood, how it stands, whether records came late


def line(*changes: Change) -> str:
    lives = [
        Life(f"{number:016x}", course, date(2023, 12, 3), 1, status, before, late_data=late)
        for number, (course, before, status, late) in enumerate(changes)
    ]
    return course_line(Past(datetime(2023, 12, 11), tuple(lives)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([], "待核实事项没有变化"),
        ([(NEW, "pending", "breached", False), (NEW, "", "manual", False)], "新增2"),
        ([(CURED, "breached", "met", True), (CURED, "breached", "late", False)], "已补正2（其中资料后到1）"),
        ([(CLEARED, "breached", "breached", False), (PERSISTING, "breached", "breached", False)], "持续1、已澄清1"),
        ([(NEW, "unproven", "breached", True)], "新增1（其中资料后到1）"),  # it accuses somebody now
        ([(PERSISTING, "breached", "unproven", False)], "持续1"),  # it accused somebody
        ([(NEW, "pending", "late", False)], "待核实事项没有变化；逾期达到（只作提醒）：新增1"),
        (
            [(NEW, "pending", "breached", False), (NEW, "", "unproven", False), (CURED, "unproven", "met", True)],
            "新增1；证据不足（不作为问题）：新增1、已补正1（其中资料后到1）",
        ),
        ([(NEW, "unproven", "late", False)], "待核实事项没有变化；逾期达到（只作提醒）：新增1"),
        ([(CURED, "late", "met", True)], "待核实事项没有变化；逾期达到（只作提醒）：已补正1（其中资料后到1）"),
    ],
)  # fmt: skip
def test_the_line_of_the_last_screen(changes: list[Change], told: str) -> None:
    assert line(*changes) == f"较上次（2023-12-10）：{told}"


def test_a_first_audit_has_nothing_to_compare_with() -> None:
    assert course_line(Past()) == "历史：这是本辖区、本规则包记入的第一次审核"
