"""What is no finding any more: counted apart from what was only late, or not known."""

from __future__ import annotations

from datetime import date

from duban.model import Course, Life, Past
from duban.weekly import parts

DAY = date(2024, 1, 7)


def life(number: int, course: Course, before: str) -> Life:
    return Life(f"{number:016x}", course, DAY, 1, "met", before)


def test_only_what_accused_somebody_is_counted() -> None:
    lives = (
        life(1, Course.CURED, "breached"),
        life(2, Course.CURED, "manual"),
        life(3, Course.CURED, "unproven"),  # its data came: nobody had been accused
        life(4, Course.GONE, "late"),
        life(5, Course.CLEARED, "breached"),
        life(6, Course.PERSISTING, "breached"),
    )
    assert parts.gone(Past(lives=lives)) == (("已补正", 2), ("已澄清", 1))
