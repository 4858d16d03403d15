"""The words of a check as plain data: a fault, what was accepted before, the receipt of a file, the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from duban.errors import Severity


class Verdict(str, Enum):
    """What becomes of a file; `value` is what the receipt says."""

    COMPLETE = "齐全，已收"
    TAKEN = "已收，待补正（含重大隐患，不退回）"
    CORRECT = "退回补正"
    NO_TABLE = "已收，不是表格，未核对"
    UNREADABLE = "打不开，请重新报送"


@dataclass(frozen=True)
class Where:
    """A place in what was handed in. `row` is the spreadsheet's, 0 for the whole sheet; `column` is the header as the
    file has it; `cell` its address (`G7`), '' where that is not known.
    """

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""

    def __str__(self) -> str:
        sheet = f"工作表“{self.sheet}”" if self.sheet else ""
        row = f"第{self.row}行" if self.row else ""
        column = f"“{self.column}”列" if self.column else ""
        return " ".join(filter(None, [self.file, sheet, f"{row}{column}"]))


@dataclass(frozen=True)
class Accepted:
    """Why a fault is accepted, by whom, and until when."""

    why: str
    by: str
    until: date


@dataclass(frozen=True)
class Fault:
    """One thing to correct (error) or to look at (warning), in words for the clerk.

    `record` is the key of the row; `field` the declared field; `protected`: an error on a row that is always taken, and
    so only a warning. `fingerprint` stays the same when rows move and files are renamed.
    """

    code: str
    title: str
    severity: Severity
    message: str
    hint: str
    where: Where
    record_type: str = ""
    record: str = ""
    field: str = ""
    value: str = ""
    protected: bool = False
    fingerprint: str = ""
    accepted: Accepted | None = None

    @property
    def counts(self) -> bool:
        """Whether it is still to be dealt with."""
        return self.accepted is None

    @property
    def grade(self) -> str:
        """错误 or 提示, as a clerk reads it."""
        return "错误" if self.severity is Severity.ERROR else "提示"


@dataclass(frozen=True)
class Table:
    """What was read from a file: a sheet ('' for a file without sheets), its record type, and the number of rows."""

    sheet: str
    record_type: str
    title: str
    rows: int


@dataclass(frozen=True)
class Receipt:
    """One file of the 报送回执. `path`: where it lies, as it was given. `protected`: rows that are taken whatever becomes of the file. `first_received` is when
    the hand-in came for the first time, None without a log.
    """

    file: str
    sha256: str
    size: int
    tables: tuple[Table, ...]
    verdict: Verdict
    errors: int
    warnings: int
    protected: int = 0
    path: str = ""
    received: datetime | None = None
    first_received: datetime | None = None
    times: int = 0


@dataclass(frozen=True)
class Report:
    """What a check found. `unchecked`: comparisons that nothing was there for; `notes`: about the baseline and the log."""

    pack: str
    rules: str
    checked_at: datetime
    sender: str
    period: str
    faults: tuple[Fault, ...]
    receipts: tuple[Receipt, ...]
    unchecked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Fault, ...]:
        """The faults that are not accepted."""
        return tuple(fault for fault in self.faults if fault.counts)

    def path(self, file: str) -> str:
        """Where a file lies, as it was given: what a pipeline calls it; its name for one inside a zip."""
        return next((receipt.path for receipt in self.receipts if receipt.file == file and receipt.path), file)

    def number(self, severity: Severity) -> int:
        """How many faults of a severity are open."""
        return sum(fault.severity is severity for fault in self.open)

    @property
    def unreadable(self) -> bool:
        """Whether a file could not be opened, or none of them is a table."""
        verdicts = [receipt.verdict for receipt in self.receipts]
        return Verdict.UNREADABLE in verdicts or all(verdict is Verdict.NO_TABLE for verdict in verdicts)


def by_place(faults: Iterable[Fault]) -> list[Fault]:
    """In the order in which one walks through the files."""
    return sorted(faults, key=lambda item: (item.where.file, item.where.sheet, item.where.row, item.code, item.message))
