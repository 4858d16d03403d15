"""What a person sees on the terminal: readings used, counts, findings, what is missing, and where the files are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import Severity
from duban.model import Status
from duban.report.tables import shown

if TYPE_CHECKING:
    from duban.auditing import Audit

SHOWN = (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN, Status.PENDING, Status.MET, Status.DISCHARGED,
         Status.WAIVED, Status.NOT_APPLICABLE)  # fmt: skip
NOTICE = "内部资料·机器初筛·未经核实·不作为处罚依据"


def screen(audit: Audit, files: Iterable[Path] = (), most: int = 20) -> Iterator[str]:
    """The lines of the last screen, at most `most` findings of each sort."""
    pack = audit.pack
    yield f"{pack.header.number} {pack.header.title}"
    known = "" if audit.known_by == audit.as_of else f"，掌握至{shown(audit.known_by)}"
    yield f"截至 {shown(audit.as_of)}{known}　规则包 {pack.header.id}（{pack.digest[:8]}）　{NOTICE}"
    if pack.header.complete == "assumed":
        yield "注意：按“所给数据齐全”计算，未核对报送清单。"
    yield ""
    yield from _counts(audit)
    yield from _findings(audit, "status = 'breached'", "未达到（待核实）", most)
    yield from _findings(audit, "status = 'late'", "逾期达到（只作提醒）", most)
    yield from _findings(audit, "status = 'manual'", "需人工认定", most)
    yield from _unproven(audit)
    yield from _issues(audit, most)
    yield from _readings(audit)
    names = list(files)
    if names:
        yield ""
        yield f"结果文件在 {names[0].parent}：{'、'.join(path.name for path in names)}"
        yield f"查看依据：duban explain 指纹 --out {names[0].parent}"


def _counts(audit: Audit) -> Iterator[str]:
    rows = audit.connection.execute(
        "SELECT obligation, status, count(*) FROM duties GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    found = {(obligation, status): count for obligation, status, count in rows}
    used = [status for status in SHOWN if any(key[1] == status.value for key in found)]
    header = ["条款", "义务", *(status.chinese.replace("（待核实）", "") for status in used)]
    table = [header]
    for obligation in audit.pack.obligations:
        if any(key[0] == obligation.id for key in found):
            counts = (found.get((obligation.id, status.value), 0) for status in used)
            table.append([obligation.clause, obligation.title, *(str(count) if count else "·" for count in counts)])
    yield from aligned(table)


def _findings(audit: Audit, where: str, title: str, most: int) -> Iterator[str]:
    order = "alert = '红' DESC, enforceable DESC, days_overdue DESC NULLS LAST, obligation, bearer_id, trigger_id, period_start"
    rows = audit.connection.execute(
        f"SELECT fingerprint, alert, enforceable, message, speaks_for FROM duties WHERE {where} ORDER BY {order} LIMIT {most}"
    ).fetchall()
    total = (audit.connection.execute(f"SELECT count(*) FROM duties WHERE {where}").fetchone() or (0,))[0]
    if not total:
        return
    yield ""
    yield f"{title}：{total}项" + (f"，列出前{most}项" if total > most else "")
    for fingerprint, alert, enforceable, message, speaks_for in rows:
        marks = f"[{alert}]" if alert else ""
        advisory = "" if enforceable else "（提示性）"
        yield f"  {fingerprint} {marks}{message}{advisory}" + (f" 有利情况：{speaks_for}。" if speaks_for else "")


def _unproven(audit: Audit) -> Iterator[str]:
    count = audit.counts[Status.UNPROVEN]
    if not count:
        return
    yield ""
    yield f"证据不足：{count}项（不作为问题），见 unproven.csv"
    rows = audit.connection.execute(
        "SELECT record_type, sender, count(*) AS spans, min(missing_from), max(missing_through), sum(duties) FROM missing"
        " GROUP BY ALL ORDER BY sum(duties) DESC, sender, record_type LIMIT 12"
    ).fetchall()
    if rows:
        yield "未报送的资料："
    for record_type, sender, _, start, end, duties in rows:
        title = audit.pack.records[record_type].title if record_type in audit.pack.records else record_type
        yield f"  {sender}：{title} {start}至{end}间有未报送，{duties}项义务待判"


def _issues(audit: Audit, most: int) -> Iterator[str]:
    errors = [issue for issue in audit.issues if issue.severity is Severity.ERROR]
    if not audit.issues:
        return
    yield ""
    yield f"数据问题：{len(errors)}处错误、{len(audit.issues) - len(errors)}处提醒（见 issues.csv）"
    for issue in errors[:most]:
        yield "  " + str(issue).replace("\n", "\n  ")


def _readings(audit: Audit) -> Iterator[str]:
    specs = audit.pack.header.parameters
    if specs:
        yield ""
        yield "采用的口径（--set 名称=值 可改）："
        for name, spec in specs.items():
            changed = "" if str(audit.pack.values[name]) == str(spec.default) else f"（默认 {spec.default}）"
            yield f"  {name}={audit.pack.values[name]}{changed}　{spec.title or spec.why}"


def width(text: str) -> int:
    """Columns that a text takes on a terminal: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def aligned(table: list[list[str]]) -> Iterator[str]:
    """Rows of texts as lines with aligned columns; the first two left, the rest right."""
    widths = [max(width(row[index]) for row in table) for index in range(len(table[0]))]
    for row in table:
        cells = []
        for index, (cell, wide) in enumerate(zip(row, widths, strict=True)):
            pad = " " * (wide - width(cell))
            cells.append(cell + pad if index < 2 else pad + cell)
        yield "  ".join(cells).rstrip()
