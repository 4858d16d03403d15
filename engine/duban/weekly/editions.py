"""The editions of a week, each in the folder of its audience: what is in a folder may be handed on as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from duban.report.page import write_page
from duban.report.papers.write import new_folder, safe
from duban.report.week import Audience, Week
from duban.weekly.cut import for_audience

PAGE, TOWN_PAGE = "周调度表.html", "本镇待核实事项.html"


def write_reports(week: Week, folder: Path) -> list[Path]:
    """Every edition of a full week, into a folder that must be new or empty: all of them, or none. Returns the files.

    Raises UsageError if the folder is not empty or cannot be written.
    """
    with new_folder(folder, "周报") as stage:
        found = put_reports(week, stage)
        return [folder / path.relative_to(stage) for path in found]


def put_reports(week: Week, folder: Path) -> list[Path]:
    """The same into a folder that is there, beside what else is in it. Raises OSError."""
    found = []
    for audience, town, path in _editions(week, folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        found.append(write_page(for_audience(week, audience, town), path))
    return found


def _editions(week: Week, folder: Path) -> Iterator[tuple[Audience, str, Path]]:
    for audience in (Audience.LEADERS, Audience.SECTION, Audience.COMMITTEE):
        yield audience, "", folder / audience.value / PAGE
    for town in week.heat.towns:
        if town:
            yield Audience.TOWN, town, folder / Audience.TOWN.value / safe(town) / TOWN_PAGE
