"""Everything one evaluation knows: pack, view, parameters, windows, and the resolution of names (semantics §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from reference.calendar import Period, Workdays
from reference.conditions import Resolve
from reference.records import ManifestLine, Record, View
from reference.schema import RecordType
from reference.temporal import END, START, Span, Temporal, boundary, day_it_ends, order_key, to_temporal


@dataclass
class World:
    pack: dict[str, Any]
    types: dict[str, RecordType]
    view: View
    manifest: list[ManifestLine]
    params: dict[str, Any]
    as_of: datetime
    known_by: datetime
    workdays: Workdays
    waivers: list[dict[str, Any]]
    cache: dict[Any, Any] = field(default_factory=dict)

    def window_of(self, obligation: dict[str, Any]) -> Span:
        """A name, a literal {from, to}, or by default from the first start to the last end of the pack's windows."""
        windows = self.pack.get("windows") or {}
        chosen = obligation.get("window")
        if chosen is None:
            spans = [self._window(spec) for spec in windows.values()] or [(START, END)]
            return min(a for a, _ in spans), max(b for _, b in spans)
        return self._window(windows[chosen] if isinstance(chosen, str) else chosen)

    def _window(self, spec: dict[str, Any]) -> Span:
        return order_key(self.date_value(spec["from"])), boundary(self.date_value(spec["to"]))

    def date_value(self, raw: Any) -> Temporal:
        """A bare date of the pack, or `param.x`."""
        if isinstance(raw, str) and raw.startswith("param."):
            return self.params[raw[len("param.") :]]
        return to_temporal(raw)

    def field(self, record: Record | None, path: tuple[str, ...]) -> Any:
        """A field of a row, or of a row that it refers to; without row: empty."""
        if record is None:
            return None
        if len(path) == 1:
            return record.values.get(path[0])
        return self.field(self.view.referenced(record, reference_field(record.type, path[0])), path[1:])

    def names(
        self,
        own: Record | None,
        bearer: Record | None = None,
        trigger: Record | None = None,
        window: Span | None = None,
        period: Period | None = None,
        sides: dict[str, Any] | None = None,
    ) -> Resolve:
        """How names resolve for a condition about one row."""

        def resolve(path: tuple[str, ...]) -> Any:
            head, rest = path[0], path[1:]
            if sides is not None and head in sides:
                return sides[head] if not rest else sides[head](rest)
            if not rest:
                return self.field(own, path)
            if head == "bearer":
                return self.field(bearer, rest)
            if head == "trigger":
                return self.field(trigger, rest)
            if head == "param":
                return self.params[rest[0]]
            if head == "period" and rest[0] in ("start", "end"):
                return None if period is None else period.first if rest[0] == "start" else period.last
            if head == "window" and window is not None:
                return window[0].date() if rest[0] == "start" else day_it_ends(window[1])
            return self.field(own, path)

        return resolve


def reference_field(record_type: RecordType, name: str) -> str:
    """REF: a reference field, or the record type that exactly one field refers to."""
    if name in record_type.references:
        return name
    fields = [f for f, targets in record_type.references.items() if any(t.type == name for t in targets)]
    if len(fields) != 1:
        raise ValueError(f"{record_type.name} has no reference {name}")
    return fields[0]


def read_params(pack: dict[str, Any], given: dict[str, Any] | None) -> dict[str, Any]:
    given = given or {}
    return {
        name: _typed(given.get(name, spec.get("default")), spec.get("type", "text"))
        for name, spec in (pack.get("parameters") or {}).items()
    }


def rules_in_force(rules: list[dict[str, Any]], params: dict[str, Any]) -> list[dict[str, Any]]:
    """Obligations with `every: param.x` and `distinct: param.x` replaced by the parameter's value."""
    return [
        {
            **_chosen(rule, params),
            **({"otherwise": [_chosen(path, params) for path in rule["otherwise"]]} if rule.get("otherwise") else {}),
        }
        for rule in rules
    ]


def _chosen(test: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    result = dict(test)
    if "every" in test:
        result["every"] = _value_of_param(test["every"], params)
    if "distinct" in (test.get("perform") or {}):
        result["perform"] = {**test["perform"], "distinct": _value_of_param(test["perform"]["distinct"], params)}
    return result


def _value_of_param(word: Any, params: dict[str, Any]) -> Any:
    return params[word.removeprefix("param.")] if str(word).startswith("param.") else word


def _typed(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "date":
        return to_temporal(value)
    if kind == "int":
        return int(value)
    if kind == "decimal":
        return Decimal(str(value))
    return value
