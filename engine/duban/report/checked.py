"""报送核对: what is to be corrected in what was handed in, as a sheet for the section, and for each town its own files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duban.report.book import written
from duban.report.meeting.table import Column, draw_table

if TYPE_CHECKING:
    from duban.check import Fault, Receipt, Report
    from duban.report.week import Head

NAME = "报送核对"
_FAULTS: tuple[Column[Fault], ...] = (
    Column("级别", 7, lambda one: one.grade),
    Column("文件", 30, lambda one: one.where.file),
    Column("工作表", 14, lambda one: one.where.sheet),
    Column("单元格", 9, lambda one: one.where.cell or (f"第{one.where.row}行" if one.where.row else "")),
    Column("问题", 48, lambda one: one.message),
    Column("怎么改", 36, lambda one: one.hint),
    Column("代码", 8, lambda one: one.code),
    Column("指纹", 18, lambda one: one.fingerprint, aside=True),
)
_RECEIPTS: tuple[Column[Receipt], ...] = (
    Column("文件", 40, lambda one: one.file),
    Column("内容", 40, lambda one: "、".join(f"{table.title}{table.rows}行" for table in one.tables)),
    Column("结论", 26, lambda one: one.verdict.value),
    Column("错误", 7, lambda one: one.errors),
    Column("提示", 7, lambda one: one.warnings),
    Column("SHA-256", 66, lambda one: one.sha256, aside=True),
)


def faults_of(report: Report, folder: str = "") -> list[Fault]:
    """The faults that are to be dealt with; of the files in one folder of what was handed in, or all."""
    return [one for one in report.open if not folder or _in(one.where.file, folder)]


def _in(file: str, folder: str) -> bool:
    return Path(file).parts[:1] == (folder,)


def write_checked(report: Report, head: Head, path: Path, folder: str = "") -> bool:
    """Write the sheet; False, and no file, if nothing is to be corrected. Raises UsageError if it cannot be written."""
    faults = faults_of(report, folder)
    if not faults:
        return False
    receipts = [one for one in report.receipts if not folder or _in(one.file, folder)]
    note = f"{head.cut_off}　请改正后重新报送；以首次收到的时间认定是否按时。重大隐患的报告不因格式退回"
    with written(path, NAME, head.as_of.date()) as book:
        draw_table(book, NAME, f"报送材料核对（{len(faults)}处）", note, _FAULTS, faults)
        draw_table(book, "报送回执", "报送回执", head.cut_off, _RECEIPTS, receipts)
        for sheet in book.book.worksheets():
            sheet.set_header(f"&C{head.label}")
    return True


def checked_line(report: Report) -> str:
    """What the last screen says of it."""
    errors = sum(one.grade == "错误" for one in report.open)
    files: Sequence[str] = [one.file for one in report.receipts if one.errors]
    if not report.open:
        return "报送核对：没有要改正的"
    back = f"，{len(files)}份须补正" if files else ""
    return f"报送核对：错误{errors}处、提示{len(report.open) - errors}处{back}"
