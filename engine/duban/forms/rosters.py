"""What a drop-down offers where a field refers to a roster: the enterprises of a town, its name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from duban.auditing import moment_of
from duban.forms.desk import opened
from duban.pack import Pack
from duban.pack.forms import load_forms


def known_values(pack: Pack, paths: list[Path], town: str, day: date) -> dict[str, list[str]]:
    """The keys of every roster as of a day, by `record type.field`; those of a town, where they have one."""
    found = {}
    rosters = [name for name, record in pack.records.items() if record.is_roster]
    with opened(paths, pack, load_forms(pack), moment_of(day, pack), rosters) as desk:
        for name, record in pack.records.items():
            if not record.is_roster or len(record.key) != 1:
                continue
            rows = desk.roster(name, town) or desk.roster(name)
            found[f"{name}.{record.key[0]}"] = [str(row[record.key[0]]) for row in rows]
    return found
