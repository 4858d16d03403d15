"""The reports of a run, by who may see them: what is in a folder may be handed on as it is. Reads top to bottom as the story.

Each edition is made from one week, cut for its audience: what is not theirs is in none of its files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from duban.forms.county import Sheet, annexes, annexes_read
from duban.judging import findings_of
from duban.model import Judgement, Past, Suggestion
from duban.planning import suggested, visits_read
from duban.planning.due import Due as Ahead
from duban.planning.due import Group, Item, due_of
from duban.planning.due_sheet import put_town_sheets
from duban.planning.seen import Seen
from duban.report.brief import write_brief
from duban.report.checked import NAME, write_checked
from duban.report.desk import bureau_of, notice_of
from duban.report.meeting import write_workbook
from duban.report.page import write_page
from duban.report.papers.write import folder_of, new_folder
from duban.report.week import Audience, Due, Suggested, Swing, Week
from duban.stopwatch import timed
from duban.weekly import for_audience, week_of, week_plan
from duban.weekly.found import plain_findings

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.report.papers import Bureau

Told = Callable[[str], None]
Made = tuple[str, Path]  # what it is, and where

CHECKED = f"{NAME}.xlsx"
PAGE, BOOK, BRIEF = "周调度表.html", "周调度表.xlsx", "周报（草稿）.docx"
TOWN_PAGE, TOWN_BOOK = "本镇待核实事项.html", "本镇待核实事项.xlsx"
DAYS = 7  # of what is due and of the visits that are proposed
_NO_JUDGEMENT = Judgement((), (), (), "none")


def write_reports(
    audit: Audit, judgement: Judgement | None, bureau: Path | None, past: Past, folder: Path, swing: Swing | None = None
) -> tuple[Made, ...]:
    """Every edition, into a folder that must be new or empty: all of them, or none.

    Raises UsageError if the folder is not empty or cannot be written, PackError for a file of the pack with mistakes.
    """
    with new_folder(folder, "周报") as stage:
        made = put_reports(audit, judgement, bureau, past, stage, swing)
        return tuple((title, folder / path.relative_to(stage)) for title, path in made)


def put_reports(
    audit: Audit, judgement: Judgement | None, bureau: Path | None, past: Past, folder: Path,
    swing: Swing | None = None, told: Told = lambda _: None,
) -> tuple[Made, ...]:  # fmt: skip
    """The same into a folder that is there. Returns what to open first, in order. Raises OSError, too."""
    told("编排本周情况")
    settings = bureau_of(audit, bureau)
    judged = judgement or _NO_JUDGEMENT
    read = week_plan(audit, settings, visits_read(audit) | annexes_read(audit))
    with audit.beside(read) as seen:  # one run for all that is read beside the duties: they share most of the tables
        with timed("一周安排和到期提示"):
            visits = [_visit(one) for one in suggested(audit, days=DAYS, seen=Seen(seen, audit.pack, audit.as_of))]
            ahead = due_of(audit, DAYS)
            coming = [_coming(item) for item in ahead.of(Group.PENDING) if item.begins is not None]
        with timed("本周情况"):
            findings = findings_of(audit) if judgement is not None else plain_findings(audit)
            week = week_of(
                audit, judged, findings, settings, past, suggested=visits, coming=coming, swing=swing, seen=seen
            )
            forms = annexes(audit, settings.name, filter(None, week.heat.towns), seen)
    told("写出报告")
    return (*_inside(audit, week, forms, folder), *_for_towns(audit, week, forms, settings, ahead, folder))


def _visit(one: Suggestion) -> Suggested:
    """A proposed visit as the first screen names it."""
    return Suggested(one.target_id, one.name, one.town, "；".join(reason.text for reason in one.reasons))


def _coming(item: Item) -> Due:
    """A duty that begins within the days ahead, and ends within them."""
    starts = f"{item.begins.month}月{item.begins.day}日起" if item.begins is not None else ""
    day = f"{item.day.month}月{item.day.day}日"
    return Due(
        day, item.obligation, item.title, item.bearer_kind, item.bearer_name, item.town, starts, item.fingerprint
    )


def _inside(audit: Audit, week: Week, forms: Mapping[str, Sheet], folder: Path) -> Iterator[Made]:
    """Leaders, the section, the committee's office: a page and a workbook each; for the section the 周报 as a draft."""
    titles = {
        Audience.LEADERS: "局领导（首页、图表、清单）",
        Audience.SECTION: "股室（全部，含数据异常待核对）",
        Audience.COMMITTEE: "县安委办（镇领导和县局自身的事项）",
    }
    for audience, title in titles.items():
        place = folder / audience.value
        place.mkdir(parents=True, exist_ok=True)
        with timed(audience.value):
            edition = for_audience(week, audience)
            page = write_page(edition, place / PAGE)
            write_workbook(edition, place / BOOK, _of(forms, "") if audience is not Audience.COMMITTEE else [])
        yield title, page
    brief = folder / Audience.SECTION.value / BRIEF
    with timed(BRIEF):
        write_brief(for_audience(week, Audience.LEADERS), brief)
    yield "周报草稿（Word）", brief
    checked = folder / Audience.SECTION.value / CHECKED
    if audit.checked is not None and write_checked(audit.checked, week.head, checked):
        yield "报送核对（退各单位补正）", checked


def _for_towns(
    audit: Audit, week: Week, forms: Mapping[str, Sheet], bureau: Bureau, ahead: Ahead, folder: Path
) -> Iterator[Made]:
    """For each town its own duties and mines, its form as it reported it, and what it still has to do."""
    place = folder / Audience.TOWN.value
    with timed(Audience.TOWN.value):
        for town in filter(None, week.heat.towns):
            edition = for_audience(week, Audience.TOWN, town)
            own = place / folder_of(town)
            own.mkdir(parents=True, exist_ok=True)
            write_page(edition, own / TOWN_PAGE)
            write_workbook(edition, own / TOWN_BOOK, _of(forms, town))
            if audit.checked is not None:
                write_checked(audit.checked, week.head, own / CHECKED, town)
        put_town_sheets(ahead, bureau, notice_of(audit), place)
    if place.is_dir():
        yield "发各镇（每镇一个文件夹）", place


def _of(forms: Mapping[str, Sheet], town: str) -> list[Sheet]:
    return [forms[town]] if town in forms else []
