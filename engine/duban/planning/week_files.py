"""The proposed visits as text, CSV, JSON and a workbook to print. For the bureau only: who is told of a surprise visit is warned."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.model import Suggestion
from duban.planning.seen import day_of
from duban.planning.week import Task, WeekPlan
from duban.report.book import Book, across, height, paper, put, wide, written
from duban.report.layout import some
from duban.report.papers.interviews import inert
from duban.report.papers.words import INTERNAL, shown

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

TITLE = "一周检查建议"
LATER = "本周可不去"
NOTE = (
    "建议由资料比对形成，去不去、哪天去由人决定；检查时间不要事先告知企业。同一家由两方去的，可联合检查，一次计两项。"
)


def span_text(plan: WeekPlan) -> str:
    """`2024-01-08至2024-01-14`."""
    return f"{day_of(plan.as_of) + timedelta(days=1)}至{day_of(plan.until)}"


def task_text(task: Task, capacity: int | None) -> str:
    """How far a party is with one duty, and what this week asks of it."""
    call = task.call
    period = f"{call.period}" if call.period else ""
    start = f"（{call.begins:%m-%d}起）" if call.begins is not None else ""
    told = (
        f"{call.bearer_name}　{period}{start}“{call.title}”：要求{call.required}家，已查{call.observed}家，还差{call.short}家；"
        f"期限{day_of(call.due)}，还有{task.pace.left}个工作日，其中本周{task.pace.week}个"
    )
    return told + (f"，本周至少{task.share}家" if capacity is None else "")


def as_lines(plan: WeekPlan, most: int = 15) -> Iterator[str]:
    """The plan for a screen; of what can wait the first `most`."""
    yield f"{TITLE}（{span_text(plan)}）　截至{day_of(plan.as_of)}"
    yield INTERNAL
    yield "\n任务进度："
    yield from (f"  {shown(task_text(task, plan.capacity))}" for task in plan.tasks)
    if not plan.tasks:
        yield "  没有未完成的检查任务"
    yield (
        f"\n本周建议检查{len(plan.chosen)}家"
        + (f"（每个单位最多{plan.capacity}家）" if plan.capacity is not None else "")
        + "："
    )
    for party in dict.fromkeys(name for task in plan.tasks for name in (task.call.bearer_name,)):
        mine = [one.name for one in plan.chosen if party in one.parties]
        if mine:
            yield shown(f"  {party}（{len(mine)}家）：{'、'.join(mine)}")
    for number, one in enumerate(plan.chosen, 1):
        yield from _entry(number, one)
    if plan.rest:
        yield f"\n其余{len(plan.rest)}家以后也要查到，依次为："
        for number, one in enumerate(plan.rest[:most], len(plan.chosen) + 1):
            yield shown(f"  {number:>3}. {one.name}（{one.target_id}，{one.town}）　{_facts(one)}")
        if len(plan.rest) > most:
            yield f"  ……共{len(plan.rest)}家，全部见 --format csv 或 xlsx"
    for why in dict.fromkeys(left.why for left in plan.left_out):
        names = [left.name for left in plan.left_out if left.why == why]
        yield f"\n不安排：{some(names)}（{why}）"
    yield f"\n{NOTE}"


def _entry(number: int, one: Suggestion) -> Iterator[str]:
    yield shown(f"  {number:>3}. {one.name}（{one.target_id}，{one.town}）　由{'、'.join(one.parties)}")
    yield shown(f"       {_facts(one)}")
    yield from (shown(f"       · {reason.party}：{reason.text}") for reason in one.reasons)


def _facts(one: Suggestion) -> str:
    return "　".join(f"{title} {value}" for title, value in one.facts if value and not value.startswith("0"))


# --- tables
def headings(plan: WeekPlan) -> list[str]:
    """The columns of the tables: those of the order stand between who goes and why."""
    some_one = next(iter((*plan.chosen, *plan.rest)), None)
    titles = [title for title, _ in some_one.facts] if some_one is not None else []
    return ["序号", "企业", "编号", "镇", "本周由谁去", *titles, "为什么"]


def cells(number: int, one: Suggestion) -> list[str]:
    why = "\n".join(f"{reason.party}：{reason.text}" for reason in one.reasons)
    values = [
        one.name,
        one.target_id,
        one.town,
        "、".join(one.parties) or LATER,
        *(value for _, value in one.facts),
        why,
    ]
    return [str(number), *(shown(value) for value in values)]


def _numbered(plan: WeekPlan) -> Iterator[list[str]]:
    for number, one in enumerate((*plan.chosen, *plan.rest), 1):
        yield cells(number, one)


def as_csv(plan: WeekPlan) -> str:
    """All proposals, first those of this week, then the rest."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(headings(plan))
    lines.writerows([inert(cell) for cell in row] for row in _numbered(plan))
    return out.getvalue()


def as_json(plan: WeekPlan) -> str:
    def one(item: Suggestion) -> dict[str, Any]:
        return {**asdict(item), "name": shown(item.name), "facts": dict(item.facts)}

    tasks = [
        {**asdict(task.call), "workdays_week": task.pace.week, "workdays_left": task.pace.left, "share": task.share}
        for task in plan.tasks
    ]
    found = {
        "as_of": plan.as_of, "until": plan.until, "capacity": plan.capacity, "tasks": tasks,
        "chosen": [one(item) for item in plan.chosen], "rest": [one(item) for item in plan.rest],
        "left_out": [asdict(left) for left in plan.left_out],
    }  # fmt: skip
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)


def write_book(plan: WeekPlan, path: Path) -> None:
    """A workbook with three sheets: this week, the rest, how far each task is. Raises UsageError."""
    with written(path, f"{TITLE} {span_text(plan)}", plan.as_of.date()) as book:
        head = headings(plan)
        _sheet(
            book,
            "本周建议",
            f"{TITLE}（{span_text(plan)}）",
            head,
            [cells(n, one) for n, one in enumerate(plan.chosen, 1)],
        )
        rest = [cells(n, one) for n, one in enumerate(plan.rest, len(plan.chosen) + 1)]
        _sheet(book, "其余", "其余：以后也要查到的，按先后排列", head, rest)
        lines = [[str(number), shown(task_text(task, plan.capacity))] for number, task in enumerate(plan.tasks, 1)]
        lines += [["", shown(f"不安排：{left.name}（{left.why}）")] for left in plan.left_out]
        _sheet(book, "任务进度", "任务进度", ["序号", "任务"], lines)


def _sheet(book: Book, name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    sheet = book.sheet(name)
    last = len(head) - 1
    widths = _widths(head, rows)
    across(sheet, 0, last, title, book.style("title"))
    sheet.set_row(0, 30)
    across(sheet, 1, last, f"{INTERNAL}　{NOTE}", book.style("note"))
    sheet.set_row(1, height([INTERNAL + NOTE], [sum(widths)]))
    for column, (heading, width) in enumerate(zip(head, widths, strict=True)):
        sheet.set_column(column, column, width)
        put(sheet, 2, column, heading, book.style("heading"))
    sheet.set_row(2, height(head, widths))
    for number, row in enumerate(rows, 3):
        _row(book, sheet, number, row, widths)
    paper(sheet, landscape=True, repeat=(2, 2))
    sheet.freeze_panes(3, 2 if len(head) > 2 else 0)
    sheet.print_area(0, 0, max(2 + len(rows), 3), last)


def _row(book: Book, sheet: Worksheet, number: int, row: Sequence[str], widths: Sequence[int]) -> None:
    for column, cell in enumerate(row):
        put(sheet, number, column, cell, book.style("cell" if column in (1, len(row) - 1) else "centred"))
    sheet.set_row(number, height(row, widths))


def _widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Columns of a sheet: fixed where the heading is ours, else as wide as what stands in them, within bounds."""
    fixed = {"序号": 5, "企业": 18, "编号": 7, "镇": 8, "本周由谁去": 18, "为什么": 62, "任务": 130}
    held = [max((wide(row[index]) for row in rows), default=0) for index in range(len(head))]
    return [fixed.get(title, min(max(room + 2, 8), 22)) for title, room in zip(head, held, strict=True)]
