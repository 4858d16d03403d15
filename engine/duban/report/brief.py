"""周报 as a Word file: a draft with the sentences and tables of the first screen; what a person must judge is a blank."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from duban.report.document import Document
from duban.report.week import Section, Week

DRAFT = "草稿：数字由资料得出、均待核实，请核对后定稿；划线处请填写"
_JUDGED = {  # by the key of a section: what only a person can add to it
    "majors": "各条的处置意见和到场情况",
    "checks": "检查中发现的共性问题",
    "verify": "核实安排：由谁、何时、怎样核实",
}
_ABSENT = ("decide",)  # for the leaders, not for a paper that goes round


def write_brief(week: Week, path: Path) -> None:
    """Write the draft of an edition; the same bytes every time. Raises UsageError if it cannot be written."""
    document = Document()
    title = week.head.title.replace("周调度表", "周报")
    document.title(title, f"（{DRAFT}）")
    document.header(week.head.label)
    document.text(f"{week.head.cut_off}。{week.head.label}。")
    for section in (one for one in week.sections if one.key not in _ABSENT):
        _section(document, section)
    document.heading("下周工作")
    document.blank("重点工作、责任人、时限")
    made = (week.head.as_of - timedelta(microseconds=1)).date() + timedelta(days=1)
    document.signed(week.head.issuer, f"{made.year}年{made.month}月{made.day}日")
    document.save(path, made)


def _section(document: Document, section: Section) -> None:
    document.heading(section.title)
    for line in section.lines:
        document.text("".join(part.text for part in line))
    if section.table is not None and section.table.rows:
        rows = [["".join(part.text for part in cell) for cell in row] for row in section.table.rows]
        document.table(section.table.columns, rows)
    if section.key in _JUDGED:
        document.blank(_JUDGED[section.key])
