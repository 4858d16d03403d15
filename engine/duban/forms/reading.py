"""Forms that were handed in, read back from workbooks: the parts found, what they are as records, what was odd."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from duban.errors import DataError, Issue, Place
from duban.pack import Pack
from duban.pack.forms import Forms
from duban.records.drawn import DrawnPart, read_grid
from duban.records.drawn_tables import first_cells


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
    from python_calamine import CalamineError, CalamineWorkbook

    parts: list[DrawnPart] = []
    issues: list[Issue] = []
    others: list[Place] = []
    for path in _files(paths):
        try:
            book = CalamineWorkbook.from_path(str(path))
            sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        except (CalamineError, OSError, ValueError) as error:
            hint = "请检查文件是否损坏、加密或正被占用"
            raise DataError(f"打不开 {path.name}", [Issue("F100", str(error), Place(path.name), hint)]) from error
        for name, sheet in sheets:
            grid = sheet.to_python(skip_empty_area=False)
            found, odd = read_grid(
                path.name, name, grid, forms, pack.records, first_cells(sheet.merged_cell_ranges or ())
            )
            parts += found
            issues += odd
            if not found and any(cell != "" for row in grid for cell in row):
                others.append(Place(path.name, 0, name))
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
            inside = sorted(item for item in path.rglob("*") if item.suffix.lower() in (".xlsx", ".xls", ".ods", ".et"))
            found += [item for item in inside if not item.name.startswith(("~$", ".~", "."))]
        else:
            found.append(path)
    return found
