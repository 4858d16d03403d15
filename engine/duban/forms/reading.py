"""Forms that were handed in, read back from workbooks: the parts found, what they are as records, what was odd."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from duban.errors import DataError, Issue, Place
from duban.forms.sent import sheets_of
from duban.pack import Pack
from duban.pack.forms import Forms
from duban.records.content import kind_of
from duban.records.drawn import DrawnPart, read_grid
from duban.records.drawn_tables import first_cells
from duban.records.readers.opening import WORKBOOKS


@dataclass(frozen=True)
class Drawn:
    """The parts of all forms that were found, in the order of files and sheets; issues; sheets that are no form."""

    parts: tuple[DrawnPart, ...]
    issues: tuple[Issue, ...]
    others: tuple[Place, ...] = ()

    def of(self, form: str) -> list[DrawnPart]:
        """The parts of one form."""
        return [part for part in self.parts if part.form == form]


def read_drawn(paths: Sequence[Path], pack: Pack, forms: Forms) -> Drawn:
    """Read the forms in some workbooks, or in all of a folder.

    Raises DataError if a file cannot be opened, or no form is found at all.
    """
    parts: list[DrawnPart] = []
    issues: list[Issue] = []
    others: list[Place] = []
    for path in _files(paths):
        for sheet in sheets_of(path):
            merged = first_cells(sheet.merged)
            found, odd = read_grid(path.name, sheet.name, sheet.rows, forms, pack.records, merged)
            parts += found
            issues += odd
            if not found and any(cell != "" for row in sheet.rows for cell in row):
                others.append(Place(path.name, 0, sheet.name))
    if not parts:
        known = "、".join(form.sheet for form in forms.forms.values())
        raise DataError(
            "没有找到通知所附的表", [Issue("F109", f"要找的是：{known}", hint="表名写在标题行或工作表名里")]
        )
    return Drawn(tuple(parts), tuple(issues), tuple(others))


def _files(paths: Iterable[Path]) -> list[Path]:
    """The workbooks given, and those in folders given."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                item for item in path.rglob("*") if item.is_file() and not item.name.startswith(("~$", "."))
            )
            found += [item for item in inside if kind_of(item) in WORKBOOKS]
        else:
            found.append(path)
    return found
