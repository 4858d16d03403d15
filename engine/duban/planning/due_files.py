"""What is due as text on a screen, as CSV and as JSON. Everything printed passes the gate that masks telephones."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from duban.planning.due import Due, Group, Item
from duban.report.papers.interviews import inert
from duban.report.papers.words import INTERNAL, moment_text, shown

MOST = 12  # names that a line of the screen holds; the files have all
# Column of the files: what it is called, in order.
COLUMNS = {
    "group": "状态", "bearer_title": "类别", "bearer_id": "编号", "bearer_name": "主体", "town": "镇", "title": "事项",
    "clause": "条款", "period": "期间", "trigger_id": "对应记录", "required": "要求", "observed": "已有", "short": "还差",
    "due": "期限", "days_left": "剩余天数", "what": "目前情况", "remark": "备注", "obligation": "义务编号",
    "fingerprint": "指纹",
}  # fmt: skip


def row_of(item: Item) -> dict[str, Any]:
    """An item as plain values, by the names of `COLUMNS`; the due as people say it."""
    values = {**asdict(item), "group": item.group.value, "due": item.at, "remark": item.remark}
    return {name: shown(value) if isinstance(value := values[name], str) else value for name in COLUMNS}


def as_csv(due: Due) -> str:
    """One line for each item, in Chinese headings."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS.values())
    for item in due.items:
        lines.writerow([_cell(value) for value in row_of(item).values()])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else inert(str(value))


def as_json(due: Due) -> str:
    """The items by the names of the fields, and what was left out."""
    items = [
        {**row_of(item), "group": item.group.name.lower(), "attainable": item.attainable, "enforceable": item.enforceable,
         "begins": item.begins.isoformat() if item.begins else None}
        for item in due.items
    ]  # fmt: skip
    left = [
        {"why": one.why, "count": one.count, "next": one.next.isoformat() if one.next else None} for one in due.left_out
    ]
    found = {"as_of": due.as_of.isoformat(), "until": due.until.isoformat(), "items": items, "left_out": left}
    return json.dumps(found, ensure_ascii=False, indent=1)


def as_lines(due: Due) -> Iterator[str]:
    """The list for a screen: by part, by day; what is the same for several stands once, with all their names."""
    yield f"截至{moment_text(due.as_of, hour=True)}，看到{moment_text(due.until, hour=True)}"
    yield INTERNAL
    for group in Group:
        items = due.of(group)
        yield f"\n{group.value}：{len(items)}项"
        day = ""
        for same in _alike(items):
            first = same[0]
            if first.at != day:
                day = first.at
                yield f"  {day}　{left_text(first)}"
            yield shown(f"    {_line(same)}")
            if first.what:
                yield shown(f"      {first.what}")
    if due.left_out:
        yield "\n没有列入的："
        for one in due.left_out:
            yield f"  {one.why}：{one.count}项" + (f"（最近{one.next}）" if one.next else "")


def _alike(items: Sequence[Item]) -> list[list[Item]]:
    """Items that differ only in who bears them, together; in the order of the first of them."""
    found: dict[tuple[Any, ...], list[Item]] = {}
    for item in items:
        found.setdefault(
            (item.at, item.urgent, item.obligation, item.period, item.trigger_id, item.what, item.remark), []
        ).append(item)
    return list(found.values())


def left_text(item: Item) -> str:
    """余7天, 已过7天, 当日."""
    if item.days_left > 0:
        return f"余{item.days_left}天"
    return f"已过{-item.days_left}天" if item.days_left else "当日"


def _line(same: Sequence[Item]) -> str:
    first = same[0]
    about = "，".join(filter(None, (first.period, first.trigger_id)))
    names = "、".join(item.bearer_name for item in same[:MOST]) + ("……" if len(same) > MOST else "")
    many = f"（{len(same)}个）" if len(same) > 1 else ""
    told = f"{first.title}" + (f"（{about}）" if about else "") + f"　[{first.clause}]"
    return f"{names}{many}　{told}" + (f"　{first.remark}" if first.remark else "")
