"""JSON Schema of the pack's YAML files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from duban.leads import LeadsFile
from duban.pack.checks import ChecksFile
from duban.pack.clauses import Entry
from duban.pack.forms import Forms
from duban.pack.measures import Measures
from duban.pack.obligation import Obligation
from duban.pack.planning import Planning
from duban.pack.schema import PackHeader
from duban.pack.weekly import Weekly
from duban.vocabulary import BUILT_IN, MANIFEST, RecordType

_SHAPES: dict[str, tuple[Any, str]] = {
    "pack": (PackHeader, "pack.yaml"),
    "records": (dict[str, RecordType], "records.yaml"),
    "obligations": (list[Obligation], "obligations/*.yaml"),
    "leads": (LeadsFile, "leads.yaml"),
    "measures": (Measures, "measures.yaml"),
    "checks": (ChecksFile, "checks.yaml"),
    "clauses": (list[Entry], "clauses.yaml"),
    "forms": (Forms, "forms.yaml"),
    "plan": (Planning, "plan.yaml"),
    "weekly": (Weekly, "weekly.yaml"),
}


def document(what: str) -> dict[str, Any]:
    """The schema of one kind of file: pack, records, obligations or clauses."""
    shape, title = _SHAPES[what]
    found: dict[str, Any] = TypeAdapter(shape).json_schema(by_alias=True)
    if what == "records":
        found["propertyNames"] = {"not": {"enum": [MANIFEST, *BUILT_IN]}}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"duban {title}", **found}
