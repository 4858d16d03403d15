"""The 报送回执: for each file what it held, when it came first, and whether it is complete or to be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from duban.check import log
from duban.check.baseline import Applied
from duban.check.model import Fault, Receipt, Report, Table, Verdict, Where
from duban.check.reading import UNREADABLE
from duban.errors import Severity
from duban.pack import Pack
from duban.records import Loaded

if TYPE_CHECKING:
    from duban.check.run import Asked

RESENT = "W901"


def report(
    asked: Asked,
    pack: Pack,
    rules: str,
    loaded: Loaded,
    names: frozenset[str],
    applied: Applied,
    unchecked: Sequence[str],
    notes: Sequence[str],
) -> Report:
    """The report of a check; with a log, each file is entered in it first."""
    found = [_receipt(pack, loaded, name, applied.faults) for name in sorted(names)]
    faults = list(applied.faults)
    if asked.log is not None:
        entries = [_entry(asked, receipt) for receipt in found]
        known = log.append(asked.log, entries)
        for index, (receipt, entry) in enumerate(zip(found, entries, strict=True)):
            first, times, changed = log.first_received(known, entry)
            found[index] = replace(receipt, received=asked.now, first_received=first or asked.now, times=times + 1)
            if changed:
                faults.append(_resent(receipt, times))
    return Report(
        pack.header.id,
        rules,
        asked.now,
        asked.sender,
        asked.period,
        tuple(faults),
        tuple(found),
        tuple(dict.fromkeys(unchecked)),
        (*applied.notes, *notes),
    )


def _receipt(pack: Pack, loaded: Loaded, name: str, faults: Sequence[Fault]) -> Receipt:
    inputs = [item for item in loaded.inputs if item.name == name]
    mine = [fault for fault in faults if fault.where.file == name and fault.counts]
    errors = sum(fault.severity is Severity.ERROR for fault in mine)
    if any(fault.code == UNREADABLE for fault in mine):
        verdict = Verdict.UNREADABLE
    elif errors:
        verdict = Verdict.CORRECT
    else:
        verdict = Verdict.TAKEN if any(fault.protected for fault in mine) else Verdict.COMPLETE
    titles = {kind: record.title for kind, record in pack.records.items()} | {"manifest": "报送清单"}
    tables = tuple(
        Table(item.sheet, item.record_type, titles[item.record_type], item.rows) for item in inputs if item.record_type
    )
    first = inputs[0] if inputs else None
    return Receipt(
        name, first.sha256 if first else "", first.size if first else 0, tables, verdict, errors, len(mine) - errors
    )


def _entry(asked: Asked, receipt: Receipt) -> log.Entry:
    kinds = tuple(sorted({table.record_type for table in receipt.tables}))
    return log.Entry(
        asked.now.isoformat(timespec="seconds"),
        asked.sender,
        asked.period,
        receipt.file,
        receipt.sha256,
        receipt.size,
        kinds,
        sum(table.rows for table in receipt.tables),
        receipt.verdict.name.lower(),
        receipt.errors,
        receipt.warnings,
    )


def _resent(receipt: Receipt, times: int) -> Fault:
    message = f"同一单位、同一期间的这类材料已报送过{times}次，这次内容不同"
    hint = "如是更正，请在“更正”列写明改了什么；首次收到时间不变"
    return Fault(RESENT, "重复报送", Severity.WARNING, message, hint, Where(receipt.file))
