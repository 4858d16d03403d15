"""The 报送回执: for each file what it held, when it came first, and whether it is complete or to be corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duban.check import log
from duban.check.given import Given, fingerprint
from duban.check.model import Fault, Receipt, Table, Verdict, Where
from duban.check.reading import NO_TABLE, UNREADABLE
from duban.errors import Severity
from duban.pack import Pack
from duban.pack.forms import forms_of
from duban.records import Loaded
from duban.vocabulary import MANIFEST, MANIFEST_TYPE

if TYPE_CHECKING:
    from duban.check.run import Asked

RESENT = "W901"


@dataclass(frozen=True)
class Source:
    """What was read: the checked files by name, where they lie, and how many rows of each are protected."""

    loaded: Loaded
    names: frozenset[str]
    given: Given
    protected: Mapping[str, int]


def receipts(pack: Pack, source: Source, faults: Sequence[Fault]) -> list[Receipt]:
    """A receipt for each file, also for one that could not be opened."""
    titles = {kind: record.title for kind, record in pack.records.items()} | {MANIFEST: MANIFEST_TYPE.title}
    forms = forms_of(pack)().forms if source.loaded.drawn else {}
    titles |= {name: form.sheet for name, form in forms.items()}
    return [_receipt(source, name, titles, faults) for name in sorted(source.names)]


def _receipt(source: Source, name: str, titles: Mapping[str, str], faults: Sequence[Fault]) -> Receipt:
    inputs = [item for item in source.loaded.inputs if item.name == name]
    mine = [fault for fault in faults if fault.where.file == name and fault.counts]
    errors = sum(fault.severity is Severity.ERROR for fault in mine)
    tables = tuple(
        Table(item.sheet, item.record_type, titles[item.record_type], item.rows) for item in inputs if item.record_type
    ) + _lists(source, name, titles)
    path = source.given.path(name)
    sha256, size = (inputs[0].sha256, inputs[0].size) if inputs else fingerprint(path) if path else ("", 0)
    protected = source.protected.get(name, 0)
    verdict = _verdict({fault.code for fault in mine}, errors, any(fault.protected for fault in mine))
    where = path.as_posix() if path else ""
    return Receipt(name, sha256, size, tables, verdict, errors, len(mine) - errors, protected, where)


def _lists(source: Source, name: str, titles: Mapping[str, str]) -> tuple[Table, ...]:
    """The lists in a file that are extracts, and so no table of records: problems, corrections, who answers for them."""
    read = {(item.sheet, item.record_type) for item in source.loaded.inputs if item.name == name}
    parts = [part for part in source.loaded.drawn if part.file == name and (part.sheet, part.record) not in read]
    return tuple(Table(part.sheet, part.form, titles[part.form], len(part.rows)) for part in parts)


def _verdict(codes: set[str], errors: int, protected: bool) -> Verdict:
    if UNREADABLE & codes:
        return Verdict.UNREADABLE
    if errors:  # a document in place of a ledger is one
        return Verdict.CORRECT
    if NO_TABLE in codes:
        return Verdict.NO_TABLE
    return Verdict.TAKEN if protected else Verdict.COMPLETE


def entered(asked: Asked, found: Sequence[Receipt]) -> tuple[list[Receipt], list[Fault]]:
    """The receipts, entered in the log if there is one; a warning for each that replaces a complete one."""
    if asked.log is None:
        return list(found), []
    entries = [_entry(asked, receipt) for receipt in found]
    known = log.append(asked.log, entries)
    kept: list[Receipt] = []
    resent: list[Fault] = []
    for receipt, entry in zip(found, entries, strict=True):
        first, times, replaces = log.first_received(known, entry)
        kept.append(replace(receipt, received=asked.now, first_received=first or asked.now, times=times + 1))
        if replaces:
            resent.append(_resent(receipt, times))
    return kept, resent


def _entry(asked: Asked, receipt: Receipt) -> log.Entry:
    return log.Entry(
        asked.now.isoformat(timespec="seconds"),
        asked.sender,
        asked.period,
        receipt.file,
        receipt.sha256,
        receipt.size,
        tuple(sorted({table.record_type for table in receipt.tables})),
        sum(table.rows for table in receipt.tables),
        receipt.verdict.name.lower(),
        receipt.errors,
        receipt.warnings,
    )


def _resent(receipt: Receipt, times: int) -> Fault:
    message = f"同一单位、同一期间的这类材料已报送过{times}次，这次内容不同"
    hint = "如是更正，请在“更正”列写明改了什么；首次收到时间不变"
    return Fault(RESENT, "重复报送", Severity.WARNING, message, hint, Where(receipt.file))
