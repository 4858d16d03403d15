"""JUnit XML, as CI systems show test results: a suite for each file, a failing case for each fault."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from duban.check.formats.text import sentence
from duban.check.model import Fault, Report
from duban.errors import Severity

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report) -> str:
    """One testcase for each fault; warnings and accepted faults are `skipped`, so that they show and do not fail."""
    root = ElementTree.Element("testsuites", name="duban check")
    suites = [_suite(root, receipt.file, report) for receipt in report.receipts]
    suites += [_suite(root, name, report) for name in _others(report)]
    for word in ("tests", "failures", "skipped"):
        root.set(word, str(sum(int(suite.get(word, "0")) for suite in suites)))
    root.set("errors", "0")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _others(report: Report) -> list[str]:
    known = {receipt.file for receipt in report.receipts}
    return sorted({fault.where.file for fault in report.faults} - known)


def _suite(root: ElementTree.Element, file: str, report: Report) -> ElementTree.Element:
    suite = ElementTree.SubElement(root, "testsuite", name=_clean(file) or "duban")
    suite.set("timestamp", report.checked_at.strftime("%Y-%m-%dT%H:%M:%S"))
    mine = [fault for fault in report.faults if fault.where.file == file]
    failures = skipped = 0
    for fault in mine:
        case = _case(suite, fault)
        if fault.counts and fault.severity is Severity.ERROR:
            failures += 1
            failure = ElementTree.SubElement(case, "failure", type=fault.code, message=_clean(fault.message))
            failure.text = _clean(sentence(fault))
        else:
            skipped += 1
            why = (
                f"已接受至{fault.accepted.until}：{fault.accepted.why}"
                if fault.accepted
                else f"提示：{sentence(fault)}"
            )
            ElementTree.SubElement(case, "skipped", message=_clean(why))
    if not mine:
        ElementTree.SubElement(suite, "testcase", name="核对通过", classname=_clean(file) or "duban", time="0")
    for word, number in (("tests", len(mine) or 1), ("failures", failures), ("errors", 0), ("skipped", skipped)):
        suite.set(word, str(number))
    return suite


def _case(suite: ElementTree.Element, fault: Fault) -> ElementTree.Element:
    where = fault.where
    name = f"{where.cell or where.row or ''} {fault.code} {fault.title}".strip()
    classname = ".".join(filter(None, [where.file, where.sheet]))
    return ElementTree.SubElement(
        suite, "testcase", name=_clean(name), classname=_clean(classname) or "duban", time="0"
    )


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
