"""records.yaml as plain objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reference.calendar import parse_duration

BUILT_IN = ("jurisdiction", "submitted_at", "submitted_by")


@dataclass(frozen=True)
class Target:
    """Where a reference field points."""

    type: str
    field: str
    outside: str


@dataclass(frozen=True)
class RecordType:
    name: str
    key: tuple[str, ...]
    time: str | None
    period: str | None
    span: tuple[str, str] | None
    complete: str | None
    handed_in_by: str | None
    lag: int | None
    """A day is handed in up to so many days later (`lag: N days`)."""
    references: dict[str, tuple[Target, ...]]
    fields: dict[str, dict[str, Any]]
    identity: dict[str, Any] | None = None
    title: str = ""

    @property
    def happened(self) -> list[str]:
        return [name for name, field in self.fields.items() if field.get("happened")]


def as_tuple(value: Any) -> tuple[Any, ...]:
    """A YAML value that may be one or a list."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def read_types(raw: dict[str, Any]) -> dict[str, RecordType]:
    keys = {name: as_tuple(spec.get("key")) for name, spec in raw.items()}
    return {name: _read_type(name, spec, keys) for name, spec in raw.items()}


def _read_type(name: str, spec: dict[str, Any], keys: dict[str, tuple[str, ...]]) -> RecordType:
    span = spec.get("span")
    return RecordType(
        name=name,
        key=keys[name],
        time=spec.get("time"),
        period=spec.get("period"),
        span=(span["from"], span["to"]) if span else None,
        complete=spec.get("complete"),
        handed_in_by=spec.get("handed_in_by"),
        lag=None if spec.get("lag") is None else parse_duration(spec["lag"]).count,
        references={
            field: tuple(_read_target(target, keys) for target in as_tuple(targets))
            for field, targets in (spec.get("references") or {}).items()
        },
        fields=spec.get("fields") or {},
        identity=spec.get("identity"),
        title=spec.get("title", ""),
    )


def _read_target(raw: Any, keys: dict[str, tuple[str, ...]]) -> Target:
    where, outside = (raw["to"], raw.get("outside", "issue")) if isinstance(raw, dict) else (raw, "issue")
    record, _, field = str(where).partition(".")
    return Target(record, field or keys[record][0], outside)
