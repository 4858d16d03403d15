"""The draft of the stage progress as a Word file: the numbers stand in it, what a person must judge is a blank."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duban.forms.making import Made
from duban.forms.texts import filled_in
from duban.pack.forms import Progress
from duban.report.document import Document

DRAFT = "草稿：数字由台账得出，请核对；划线处请填写"


def write_progress(path: Path, spec: Progress, made: Made) -> None:
    """Write the draft; the same bytes every time."""
    document = Document()
    document.title(filled_in(spec.title, made.slots), f"（{DRAFT}）")
    for item in spec.paragraphs:
        if item.heading:
            document.heading(item.heading)
        elif item.text:
            document.text(filled_in(item.text, made.slots))
        else:
            document.blank(item.blank)
    document.signed(f"{made.filled.town}应急管理中心", _day(made.filled.made_on))
    document.save(path, made.filled.made_on)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
