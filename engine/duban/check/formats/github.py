"""Workflow commands of GitHub Actions: each fault becomes an annotation of the file."""

from __future__ import annotations

from duban.check.formats.text import receipt_lines, sentence
from duban.check.model import Fault, Report, by_place
from duban.errors import Severity


def write(report: Report) -> str:
    """One command a fault, then the receipt, as plain lines of the log."""
    return "\n".join([*(_command(report, fault) for fault in by_place(report.open)), *receipt_lines(report)]) + "\n"


def _command(report: Report, fault: Fault) -> str:
    where = fault.where
    properties = {"file": report.path(where.file), "title": f"{fault.code} {fault.title}"}
    if where.row:
        properties["line"] = str(where.row)
    sheet = f"工作表“{where.sheet}” " if where.sheet else ""
    cell = f"{where.cell} " if where.cell else ""
    kind = "error" if fault.severity is Severity.ERROR else "warning"
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{kind} {listed}::{_data(sheet + cell + sentence(fault))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
