"""A pack, read and ready: the notice's header, its record types, its obligations, and the values of its parameters."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban import cache
from duban.calendar import Calendar
from duban.conditions import ConditionError
from duban.errors import Place, UsageError
from duban.leads import Lead, NotCarried
from duban.pack.checks import ChecksFile
from duban.pack.choices import in_force
from duban.pack.measures import FILE as MEASURES
from duban.pack.measures import Measures
from duban.pack.obligation import Obligation
from duban.pack.schema import PackHeader, Window
from duban.pack.timing import duration_parameter
from duban.scope import Schema
from duban.vocabulary import RecordType

if TYPE_CHECKING:
    from pydantic import BaseModel

_PARAMETER = re.compile(r"\bparam\.(\w+)")


@dataclass(frozen=True)
class Pack:
    """One notice as data. `written` are the obligations as they stand in the files, `values` the parameters in force;
    `places` says where each obligation stands. `own` names the record types that the pack declares itself. `stamp`: a
    key by which what follows from the pack alone may be kept; '' where nobody knows one.
    """

    folder: Path
    header: PackHeader
    records: Mapping[str, RecordType]
    written: tuple[Obligation, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    leads: tuple[Lead, ...] = ()
    not_carried: tuple[NotCarried, ...] = ()
    measures: Measures = field(default_factory=Measures)
    checks: ChecksFile = field(default_factory=ChecksFile)
    own: frozenset[str] = frozenset()
    stamp: str = field(default="", init=False, compare=False)

    def stamped(self, stamp: str) -> Pack:
        """The pack with a name for all that it says; `replace` forgets it, since it may then say something else."""
        pack = copy(self)
        object.__setattr__(pack, "stamp", stamp)
        return pack

    @cached_property
    def schema(self) -> Schema:
        """What conditions can talk about."""
        parameters = {name: (spec.type, self.values[name]) for name, spec in self.header.parameters.items()}
        return Schema(self.records, self.header.bearers, parameters)

    @property
    def own_records(self) -> dict[str, RecordType]:
        """The record types that the pack declares; `records` has the built-in ones as well."""
        return {name: record for name, record in self.records.items() if name in self.own}

    @cached_property
    def obligations(self) -> tuple[Obligation, ...]:
        """The obligations with the words in force that a parameter decides."""
        return tuple(in_force(obligation, self.values) for obligation in self.written)

    @cached_property
    def named(self) -> Mapping[str, frozenset[str]]:
        """The parameters that each obligation may be changed by: it, its bearer, or its windows name them."""
        windows = {name: parameters_in(window) for name, window in self.header.windows.items()}
        bearers = {name: parameters_in(kind) for name, kind in self.header.bearers.items()}
        found = {}
        for item in self.written:
            own = parameters_in(item) | bearers[item.bearer]  # a window of its own stands in it
            span = [windows[item.window]] if isinstance(item.window, str) and item.window else windows.values()
            found[item.id] = own.union(*([] if isinstance(item.window, Window) else span))
        return found

    def assumes(self, record: str) -> bool:
        """Whether a type's data is taken as complete: the type says so, or else the pack does, or it is a roster."""
        spec = self.records[record]
        if spec.complete is not None:
            return spec.complete == "assumed"
        return self.header.complete == "assumed" or spec.is_roster

    def obligation(self, name: str) -> Obligation:
        """The obligation of that id; raises UsageError with what is near."""
        import difflib

        for obligation in self.obligations:
            if obligation.id == name:
                return obligation
        known = [obligation.id for obligation in self.obligations]
        close = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"；是否为 {'、'.join(close)}？" if close else f"；现有：{'、'.join(known)}"
        raise UsageError(f"规则包 {self.header.id} 中没有义务“{name}”{hint}")

    def window(self, obligation: Obligation) -> tuple[date | None, date | None]:
        """First and last day of an obligation's window; without one, of all the pack's windows together; else None."""
        named = obligation.window
        if isinstance(named, Window):
            return self._days(named)
        if named:
            return self._days(self.header.windows[named])
        spans = [self._days(window) for window in self.header.windows.values()]
        return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else (None, None)

    def _days(self, window: Window) -> tuple[date, date]:
        return self.day(window.start), self.day(window.end)

    def day(self, value: date | str) -> date:
        """A literal day, or the one that a parameter holds."""
        if isinstance(value, date):
            return value
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ConditionError(f"`{value}` is no date") from None
        name = value.removeprefix("param.")
        found = self.values.get(name) if value.startswith("param.") else None
        if not isinstance(found, date):
            raise ConditionError(f"`{value}` is no date", "write 2023-11-11 or param.NAME of a date parameter")
        return found

    def with_values(self, settings: Mapping[str, Any]) -> Pack:
        """The pack with some parameters changed; raises UsageError for an unknown name or an unfit value."""
        values = dict(self.values)
        for name, value in settings.items():
            spec = self.header.parameters.get(name)
            if spec is None:
                known = "、".join(self.header.parameters) or "无"
                raise UsageError(f"没有名为“{name}”的参数；本规则包的参数：{known}")
            values[name] = parameter_value(name, spec.type, value)
            if spec.values and values[name] not in [parameter_value(name, spec.type, item) for item in spec.values]:
                raise UsageError(f"参数 {name} 只能取：{'、'.join(str(item) for item in spec.values)}")
            if spec.type == "int" and values[name] < 0 and name in self._durations():
                raise UsageError(f"参数 {name} 是时长，不能为负：{value}")
        changed = replace(self, values=values)
        if self.stamp:
            changed = changed.stamped(cache.key(self.stamp, repr(sorted(values.items()))))
        for name, window in self.header.windows.items():
            start, end = changed.day(window.start), changed.day(window.end)
            if start > end:
                raise UsageError(f"这样取值，时段 {name} 的起（{start}）晚于止（{end}）：{dict(settings)}")
        return changed

    def _durations(self) -> set[str]:
        """The parameters that are the number of some duration."""
        return {
            duration_parameter(text)
            for o in self.obligations
            for text in (o.by, o.within, o.expect_by, *(path.by for path in o.otherwise))
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the files of the pack, and the parameters in force: which rules these were."""
        total = hashlib.sha256(self._written())
        for name, value in sorted(self.values.items()):
            total.update(f"{name}={value}\0".encode())
        return total.hexdigest()

    @cached_property
    def written_digest(self) -> str:
        """SHA-256 over the files alone: tells a changed rule from a changed parameter."""
        return hashlib.sha256(self._written()).hexdigest()

    def _written(self) -> bytes:
        files = pack_files(self.folder)
        return b"".join(p.relative_to(self.folder).as_posix().encode() + b"\0" + p.read_bytes() + b"\0" for p in files)


def parameters_in(part: BaseModel) -> frozenset[str]:
    """The parameters that a part of a pack names."""
    return frozenset(_PARAMETER.findall(part.model_dump_json()))


def pack_files(folder: Path) -> list[Path]:
    """The files that make the rules of an audit, in a fixed order: not the cases, nor what a hand-in must satisfy."""
    names = [folder / name for name in ("pack.yaml", "records.yaml", "leads.yaml", MEASURES)]
    names += sorted((folder / "obligations").glob("*.yaml"))
    return [path for path in names if path.is_file()]


def parameter_value(name: str, kind: str, value: Any) -> Any:
    """A parameter's value in its type; text is read the way `--set name=value` gives it. Raises UsageError."""
    text = str(value).strip()
    try:
        if kind == "bool":
            return {"true": True, "false": False, "是": True, "否": False}[text.lower()]
        if kind == "int":
            return int(text)
        if kind == "decimal":
            return float(text)
        if kind == "date":
            return date.fromisoformat(text)
    except (ValueError, KeyError):
        example = {"bool": "true", "int": "2", "decimal": "0.5", "date": "2023-11-03"}[kind]
        raise UsageError(f"参数 {name} 的值“{value}”不对：应为 {kind}，如 {example}") from None
    return text
