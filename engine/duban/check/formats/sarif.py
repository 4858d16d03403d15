"""SARIF 2.1.0: static analysis results, as code scanning takes them; what was accepted is a suppression."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from duban import __version__
from duban.check.formats.text import sentence
from duban.check.model import Fault, Report, by_place
from duban.errors import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def write(report: Report) -> str:
    """One run; the rules are the codes that occur."""
    faults = by_place(report.faults)
    codes = list(dict.fromkeys(fault.code for fault in faults))
    first = {fault.code: fault for fault in reversed(faults)}
    run = {
        "tool": {
            "driver": {
                "name": "duban",
                "version": __version__,
                "language": "zh-CN",
                "rules": [_rule(first[code]) for code in codes],
            }
        },
        "automationDetails": {"id": f"duban/{report.pack}/{report.period or 'all'}/"},
        "invocations": [{"executionSuccessful": not report.unreadable}],
        "artifacts": [
            {
                "location": {"uri": _uri(report.path(receipt.file))},
                "length": receipt.size,
                "hashes": {"sha-256": receipt.sha256},
                "description": {"text": receipt.verdict.value},
            }
            for receipt in report.receipts
        ],
        "results": [_result(report, fault, codes.index(fault.code)) for fault in faults],
        "columnKind": "utf16CodeUnits",
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(fault: Fault) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": fault.code, "shortDescription": {"text": fault.title or fault.code}}
    if fault.hint:
        rule["help"] = {"text": fault.hint}
    rule["defaultConfiguration"] = {"level": _level(fault)}
    return rule


def _result(report: Report, fault: Fault, index: int) -> dict[str, Any]:
    where = fault.where
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.path(where.file))}}
    if where.row:
        physical["region"] = {"startLine": where.row}
    location: dict[str, Any] = {"physicalLocation": physical}
    name = "!".join(filter(None, [where.sheet, where.cell]))
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "member"}]
    result: dict[str, Any] = {
        "ruleId": fault.code,
        "ruleIndex": index,
        "level": _level(fault),
        "message": {"text": sentence(fault)},
        "locations": [location],
        "partialFingerprints": {"dubanFault/v1": fault.fingerprint},
    }
    if fault.accepted is not None:
        kept = fault.accepted
        why = f"{kept.why}（{kept.by}，至{kept.until}）"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


def _level(fault: Fault) -> str:
    return "error" if fault.severity is Severity.ERROR else "warning"


def _uri(file: str) -> str:
    return quote(file.replace("\\", "/")) or "."
