"""What can go wrong, as values: an `Issue` has a place and a hint; those of one run are collected, not first-only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How bad an issue is: an error leaves something out, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Place:
    """Where an issue is: a line of a YAML file, or a cell of a table.

    `line` counts from 1. `row` is the row number that a spreadsheet program shows (the header is row 1), `column` the
    header of a column, `cell` the name of a cell as in `C7`, where the file has such names.
    """

    file: str = ""
    line: int = 0
    sheet: str = ""
    row: int = 0
    column: str = ""
    cell: str = ""

    def __str__(self) -> str:
        parts = [f"{self.file}:{self.line}" if self.line else self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.row:
            parts.append(f"第{self.row}行")
        if self.column:
            parts.append(f"“{self.column}”列")
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class Issue:
    """One problem: a code that stays the same between versions, where, what, and what to do about it.

    `context` carries the offending line of a rule file and the clause that it stands for.
    """

    code: str
    message: str
    place: Place = Place()
    hint: str = ""
    severity: Severity = Severity.ERROR
    value: str = ""
    context: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: " if str(self.place) else ""
        lines = [f"{head}{self.message} [{self.code}]"]
        if self.context:
            lines.append(f"    {self.context}")
        if self.hint:
            lines.append(f"    → {self.hint}")
        return "\n".join(lines)


class DubanError(Exception):
    """Base of all errors that a user can cause. Carries every issue that was found, in order."""

    def __init__(self, message: str, issues: Iterable[Issue] = ()) -> None:
        self.issues = tuple(issues)
        super().__init__(message)

    def __str__(self) -> str:
        return "\n".join([super().__str__(), *(str(issue) for issue in self.issues)])


class PackError(DubanError):
    """The rules are wrong: nothing was evaluated."""


class DataError(DubanError):
    """The records cannot be used at all (no file, unreadable folder): nothing was evaluated."""


class UsageError(DubanError):
    """A flag or argument does not make sense."""


class EvaluationError(DubanError):
    """The plan failed while it ran; no duty has a status."""
