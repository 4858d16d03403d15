"""A sheet of the faults, for a spreadsheet program: UTF-8 with BOM, no cell is taken for a formula."""

from __future__ import annotations

import csv
import io

from duban.check.confirm import plain
from duban.check.model import Report, by_place

COLUMNS = ("文件", "工作表", "行", "列", "单元格", "级别", "代码", "问题", "怎么改", "记录", "状态", "指纹")


def write(report: Report) -> str:
    """One line a fault; accepted ones say by whom and until when."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for fault in by_place(report.faults):
        where, kept = fault.where, fault.accepted
        state = f"已接受至{kept.until}（{kept.by}：{kept.why}）" if kept is not None else "待改正"
        cells = (
            where.file, where.sheet, str(where.row or ""), where.column, where.cell, fault.grade, fault.code,
            fault.message, fault.hint, fault.record, state, fault.fingerprint,
        )  # fmt: skip
        writer.writerow([plain(cell) for cell in cells])
    return "\ufeff" + out.getvalue()
