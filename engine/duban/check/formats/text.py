"""For a screen: by file, sheet and cell, and at the end the 报送回执."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from duban.check.model import Fault, Receipt, Report, Verdict, by_place
from duban.errors import Severity


def write(report: Report) -> str:
    """The whole report as lines."""
    return "\n".join([*_faults(report), *receipt_lines(report)]) + "\n"


def _faults(report: Report) -> Iterator[str]:
    for file, of_file in groupby(by_place(report.open), key=lambda fault: fault.where.file):
        yield file or "（没有文件名）"
        for sheet, of_sheet in groupby(of_file, key=lambda fault: fault.where.sheet):
            if sheet:
                yield f"  工作表“{sheet}”"
            for fault in of_sheet:
                yield from _fault(fault, "    " if sheet else "  ")
        yield ""


def _fault(fault: Fault, indent: str) -> Iterator[str]:
    cell = f"{fault.where.cell}  " if fault.where.cell else ""
    yield f"{indent}{cell}{fault.grade} {fault.code}  {sentence(fault)}"


def sentence(fault: Fault) -> str:
    """What is wrong, and what to do, as one sentence."""
    hint = f"。{fault.hint}" if fault.hint else ""
    kept = "（重大隐患照收，请尽快补正）" if fault.protected else ""
    return f"{fault.message}{kept}{hint}"


def receipt_lines(report: Report) -> Iterator[str]:
    """The 报送回执: what was handed in, with its hash, when first, and what becomes of it."""
    errors, warnings = report.number(Severity.ERROR), report.number(Severity.WARNING)
    accepted = len(report.faults) - len(report.open)
    yield "报送回执"
    about = [f"报送单位：{report.sender}" if report.sender else "", f"期间：{report.period}" if report.period else ""]
    yield "  " + "　".join(
        [*filter(None, about), f"核对时间：{shown(report.checked_at)}", f"规则：{report.pack}（{report.rules[:8]}）"]
    )
    for receipt in report.receipts:
        yield from _receipt(receipt)
    yield f"  合计：{len(report.receipts)}个文件，错误{errors}处，提示{warnings}处" + (
        f"，另有{accepted}处按基线接受" if accepted else ""
    )
    for text in report.unchecked:
        yield f"  未核对：{text}"
    for text in report.notes:
        yield f"  注意：{text}"


def _receipt(receipt: Receipt) -> Iterator[str]:
    yield f"  {receipt.file}　{receipt.verdict.value}"
    tables = "；".join(f"{table.title}{table.rows}行" for table in receipt.tables) or "没有读入任何表"
    yield f"    {tables}　{receipt.size}字节　SHA-256 {receipt.sha256 or '—'}"
    if receipt.protected and receipt.verdict is Verdict.CORRECT:
        yield f"    其中应当照收的重大隐患等{receipt.protected}行已先收下，不因其他差错退回"
    if receipt.first_received is not None:
        again = f"，第{receipt.times}次报送" if receipt.times > 1 else ""
        yield f"    首次收到：{shown(receipt.first_received)}{again}（是否按时以首次收到为准）"


def shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
