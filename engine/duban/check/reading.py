"""From the reader's issues to faults: those about the files that are checked, in words for a clerk.

What the reader says is for an audit (“按空白处理”: what it does with the cell). A clerk needs what to write instead, and
gets it from the model of the row.
"""

from __future__ import annotations

from dataclasses import dataclass

from duban.check.model import Fault, Where
from duban.check.models import RowModel, refused, row_model
from duban.errors import Issue, Place, Severity
from duban.pack import Pack
from duban.records import Loaded
from duban.records.problems import ONE
from duban.records.text import fold
from duban.vocabulary import MANIFEST, MANIFEST_TYPE, RecordType

# What the audit does about it is no news for who corrects it.
_CONSEQUENCES = ("，按空白处理", "，整行按空白处理", "，缺的格按空白处理")
UNREADABLE, NO_TABLE = frozenset(("D103", "D112", "D113")), "D101"
BROKEN_ROW, _WHOLE = "D106", "整行"
_CONFLICT, _UNDATED = "D401", "D402"

_TITLES = {
    "D1": "文件",
    "D2": "表头",
    "D3": "单元格",
    "D4": "行与行之间",
    "D5": "报送清单",
}


@dataclass
class Reading:
    """What a run of the reader found, and which of it is about the checked files."""

    pack: Pack
    loaded: Loaded
    files: frozenset[str]

    def __post_init__(self) -> None:
        self._types = {(item.name, item.sheet): item.record_type for item in self.loaded.inputs}
        self._models: dict[str, type[RowModel]] = {}

    def faults(self) -> list[Fault]:
        """One fault per issue about the checked files; nobody is told about another's."""
        mine = [issue for issue in self.loaded.issues if issue.place.file in self.files and not self._moot(issue)]
        lost = {_spot(issue.place) for issue in mine if issue.code == BROKEN_ROW and _WHOLE in issue.message}
        return [self._fault(issue) for issue in mine if issue.code == BROKEN_ROW or _spot(issue.place) not in lost]

    def _moot(self, issue: Issue) -> bool:
        """What is none of the sender's business: when it comes in is known on receipt; older versions may differ."""
        others = (item.name for item in self.loaded.inputs if item.name not in self.files)
        return issue.code in (_UNDATED, ONE) or (  # what is equal, a check says itself
            issue.code == _CONFLICT and any(f"“{name}”" in issue.message for name in others)
        )

    def type_at(self, file: str, sheet: str) -> str:
        """The record type of a table; of a file whose tables all have one type, also without the sheet."""
        found = self._types.get((file, sheet))
        if found is None:
            kinds = {kind for (name, _), kind in self._types.items() if name == file}
            found = kinds.pop() if len(kinds) == 1 else ""
        return found

    def _fault(self, issue: Issue) -> Fault:
        place = issue.place
        name = self.type_at(place.file, place.sheet)
        record = self._record(name)
        column = self._model(name, record).by_header if record is not None else {}
        field = column.get(fold(place.column), "")
        where = Where(place.file, place.sheet, place.row, place.column, place.cell)
        message, hint = self._words(issue, name, record, field)
        severity = Severity(self.pack.checks.severities.get(issue.code, issue.severity.value))
        return Fault(
            issue.code, _TITLES.get(issue.code[:2], ""), severity, message, hint, where, name, "", field, issue.value
        )

    def _words(self, issue: Issue, name: str, record: RecordType | None, field: str) -> tuple[str, str]:
        """Message and hint; of a cell, in one sentence."""
        if issue.code.startswith("D3") and record is not None and field and issue.place.row:
            told = refused(self._model(name, record), {field: issue.value}).get(field)
            head = f"第{issue.place.row}行“{issue.place.column}”"
            if told is not None and told[0] == issue.code:
                return (f"{head}写的是“{issue.value}”，{told[1]}" if issue.value else f"{head}{told[1]}"), ""
        message = issue.message
        for text in _CONSEQUENCES:
            message = message.replace(text, "")
        return message, issue.hint

    def _record(self, name: str) -> RecordType | None:
        return MANIFEST_TYPE if name == MANIFEST else self.pack.records.get(name)

    def _model(self, name: str, record: RecordType | None) -> type[RowModel]:
        if name not in self._models:
            assert record is not None
            self._models[name] = row_model(name, record, self.pack.header.timezone)
        return self._models[name]


def _spot(place: Place) -> tuple[str, str, int]:
    return place.file, place.sheet, place.row
