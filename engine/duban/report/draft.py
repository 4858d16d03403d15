"""The draft of a manifest as a sheet: the manifest's own columns, then what each line rests on and what is doubtful."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import Issue, UsageError
from duban.vocabulary import MANIFEST_TYPE

if TYPE_CHECKING:
    from duban.intake import Line

HEADER = [spec.title for spec in MANIFEST_TYPE.fields.values()]


def write(lines: Iterable[Line], path: Path) -> None:
    """Write the draft: UTF-8 with BOM, whole or not at all. Raises UsageError if the place cannot be written."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(HEADER)
            rows.writerows(map(_row, lines))
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        hint = Issue("U010", f"{error.strerror or error}：{path}", hint="若文件正在 Excel 或 WPS 中打开，请先关闭")
        raise UsageError("拟出的报送清单无法写入", [hint]) from error


def _row(line: Line) -> list[str]:
    """One line as cells, in the order of HEADER."""
    note = "；".join(line.grounds) + (f"。请核对：{'；'.join(line.doubts)}" if line.doubts else "")
    cells = {
        "sender": line.sender,
        "subject": line.subject,
        "record_type": line.record_type,
        "covered_from": line.covered_from.isoformat(),
        "covered_through": line.covered_through.isoformat(),
        "received_at": f"{line.received_at:%Y-%m-%d %H:%M}",
        "rows": str(line.rows),
        "file": line.file,
        "confirmed": "否",
        "note": note,
    }
    return [cells[name] for name in MANIFEST_TYPE.fields]
