"""Small worlds worked out by hand: one obligation, a few rows, everything handed in."""

from __future__ import annotations

from datetime import date
from typing import Any

from reference import evaluate
from reference.vocabulary import RECORDS, pack_yaml

Row = dict[str, Any]
ALL_DAYS = (date(2023, 9, 1), date(2024, 3, 31))


def judge(rule: Row, rows: dict[str, list[Row]], as_of: Any = "2024-02-20", **more: Any) -> list[Row]:
    """The duties of one obligation; everything counts as handed in unless the test gives a manifest.

    parameters: more parameters of the pack; types: more words of its record types.
    """
    complete = "declared" if "manifest" in rows else "assumed"
    settings = pack_yaml(complete, quota=2)
    settings["parameters"] |= more.pop("parameters", {})
    changed = more.pop("types", {})
    records = {name: {**spec, **changed.get(name, {})} for name, spec in RECORDS.items()}
    pack = {"pack": settings, "records": records, "obligations": [{"id": "o", **rule}]}
    waivers = more.pop("waivers", ())
    return evaluate(pack, rows, as_of, more.get("known_by"), more.get("params"), waivers)


def statuses(duties: list[Row]) -> list[str]:
    return [duty["status"] for duty in duties]


def enterprise(name: str = "E1", first: date = date(2023, 1, 1), last: date | None = None, **more: Any) -> Row:
    return {"enterprise_id": name, "town": "T1", "status": "正常", "valid_from": first, "valid_to": last, **more}


def inspection(name: str, at: Any, **more: Any) -> Row:
    return {"inspection_id": name, "enterprise_id": "E1", "start_at": at, "levels": ["企业"], **more}


def hazard(name: str, found: Any, **more: Any) -> Row:
    return {"hazard_id": name, "enterprise_id": "E1", "found_date": found, "grade": "重大", **more}


def line(record: str, first: date = ALL_DAYS[0], last: date = ALL_DAYS[1], **more: Any) -> Row:
    return {"sender": "E1", "record_type": record, "covered_from": first, "covered_through": last, **more}
