"""Write data/samples: the records of 云示县, a county that does not exist, as its towns and its bureau hand them in.

    python data/generate_samples.py [FOLDER]        # default: data/samples beside this file

The same bytes every time: one seed, no clock, files in fixed order, spreadsheets without compression.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_county.basics import BUREAU
from sample_county.faultless import faultless
from sample_county.forms import csv_bytes, table, xlsx_bytes
from sample_county.handins import files, roster
from sample_county.places import GROUPS, TOWNS
from sample_county.story import STORY


def samples() -> dict[str, bytes]:
    """Every file of data/samples but its README, by name."""
    county = faultless()
    for event in STORY:
        event(county)
    inspections, manifest = files(county)
    first, changes = roster(county)
    groups = [{"group_id": key, "name": name, "seat": seat} for key, (name, seat, _) in GROUPS.items()]
    hazards = sorted(county.hazards, key=lambda row: (row["submitted_at"], row["hazard_id"]))
    tables = {
        "enterprise.csv": table("enterprise", first),
        "enterprise_变更.csv": table("enterprise", changes),
        "town.csv": table("town", [{"town": town.name, "centre": town.centre} for town in TOWNS]),
        "county.csv": table("county", [{"name": BUREAU}]),
        "group.csv": table("group", groups),
        "major_hazard.csv": table("major_hazard", hazards),
        "manifest.csv": table("manifest", manifest),
        **{name: table("inspection", rows, style) for name, (style, rows) in inspections.items()},
    }
    return {name: (xlsx_bytes if name.endswith(".xlsx") else csv_bytes)(cells) for name, cells in tables.items()}


def main(folder: Path) -> None:
    """Write the samples; a file of an earlier run that is no longer made is removed."""
    made = samples()
    for old in sorted(folder.rglob("*")):
        if old.suffix in (".csv", ".xlsx") and old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "samples")
