"""A drawn world through the real engine: the pack as a folder, the rows as tables, the duties as plain dicts."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from datetime import date, datetime
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import duban

Row = dict[str, Any]
COLUMNS = [
    *("obligation", "jurisdiction", "bearer_id", "trigger_id", "period_start", "status", "enforceable"),
    *("required", "observed", "shortfall", "due", "live_start", "live_end", "evidence"),
]
NUMBERS = ("required", "observed", "shortfall")
MOMENTS = ("due", "live_start", "live_end")


def engine_duties(world: Row, records: Any = None) -> list[Row]:
    """The duties of a world; `records` instead of its rows: a folder of files, say."""
    audit = duban.audit(
        records if records is not None else world["rows"],
        pack_folder(yaml_text(world["pack"])),
        as_of=world["as_of"],
        known_by=world["known_by"],
        params=world["params"],
        waivers=world["waivers"] or None,
    )
    return [_plain(row) for row in rows_of(audit.duties)]


def yaml_text(pack: Row) -> str:
    """The three files of a pack in one text (so that equal packs share a folder)."""
    parts = [_dump(pack["pack"]), _dump(pack["records"]), _dump(pack["obligations"])]
    return "\x00".join(parts)


def _dump(value: Any) -> str:
    yaml, out = YAML(), StringIO()
    yaml.allow_unicode = True
    yaml.width = 1000
    yaml.dump(value, out)
    return out.getvalue()


_FOLDERS = tempfile.TemporaryDirectory(prefix="duban-drawn-")


@lru_cache(maxsize=64)
def pack_folder(text: str) -> Path:
    """The pack as a folder; its name is the pack's id."""
    place = Path(_FOLDERS.name) / hashlib.sha256(text.encode()).hexdigest()[:16] / "drawn"
    (place / "obligations").mkdir(parents=True, exist_ok=True)
    names = ("pack.yaml", "records.yaml", "obligations/drawn.yaml")
    for name, part in zip(names, text.split("\x00"), strict=True):
        (place / name).write_text(part, encoding="utf-8")
    return place


def rows_of(frame: Any) -> list[Row]:
    """The rows of a pandas frame, an arrow table or a list."""
    if hasattr(frame, "to_pylist"):
        return frame.to_pylist()
    if hasattr(frame, "to_dict"):
        return frame.to_dict("records")
    return [dict(row) for row in frame]


def _plain(row: Row) -> Row:
    """Only what is compared, as plain Python values; far-off moments (open ends) as None."""
    plain = {name: _value(row[name]) for name in COLUMNS}
    plain["trigger_id"] = plain["trigger_id"] or ""
    for name in MOMENTS:
        moment = plain[name]
        if isinstance(moment, date) and not isinstance(moment, datetime):
            moment = datetime(moment.year, moment.month, moment.day)
        plain[name] = None if moment is None or not 1900 < moment.year < 2200 else moment
    if isinstance(plain["period_start"], datetime):
        plain["period_start"] = plain["period_start"].date()
    for name in NUMBERS:
        plain[name] = None if plain[name] is None else float(plain[name])
    plain["evidence"] = set() if plain["evidence"] is None else set(map(str, plain["evidence"]))
    return plain


def _value(value: Any) -> Any:
    """numpy and pandas scalars as Python ones; NaN and NaT as None."""
    if value is None or isinstance(value, (str, list, set, tuple)):
        return value
    if hasattr(value, "tolist") and not hasattr(value, "to_pydatetime"):
        value = value.tolist()
    if isinstance(value, (list, str)) or value is None:
        return value
    if value != value:
        return None
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def write_tables(rows: dict[str, list[Row]], folder: Path) -> Path:
    """Each record type as two CSV files, the rows dealt out in turn."""
    for record, some in rows.items():
        for half in range(2):
            part = some[half::2]
            if part:
                _write_csv(folder / f"{record}_{half + 1}.csv", part)
    return folder


def _write_csv(path: Path, rows: list[Row]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        writer.writerows([[_cell(row.get(name)) for name in names] for row in rows])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(value)
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
