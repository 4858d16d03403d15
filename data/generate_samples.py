"""Write data/samples: the records of 云示县, a county that does not exist, as its towns and its bureau hand them in.

    python data/generate_samples.py [FOLDER]        # default: data/samples beside this file

The same bytes every time: one seed, no clock, files in fixed order, spreadsheets without compression.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sample_county.basics import BUREAU, Row
from sample_county.faultless import faultless
from sample_county.forms import csv_bytes, table, xlsx_bytes
from sample_county.handins import inspections, numbered, records
from sample_county.papers import papers
from sample_county.posts import enterprises, group_posts, groups, town_leaders, towns, work_units
from sample_county.story import STORY, STORY_OF_PAPERS


def county_tables() -> dict[str, tuple[str, list[Row], str]]:
    """Every table of the county by the name of its file: record type, rows, style of writing."""
    county = faultless()
    for event in STORY:
        event(county)
    papers(county)
    for event in STORY_OF_PAPERS:
        event(county)
    numbered(county)
    seen, manifest = inspections(county)
    kept, lines = records(county)
    manifest += lines
    manifest.sort(key=lambda row: (row["received_at"], row["sender"], row["record_type"], row["subject"]))
    first, changes = enterprises(county)
    plain = {
        "enterprise.csv": ("enterprise", first),
        "enterprise_变更.csv": ("enterprise", changes),
        "work_unit.csv": ("work_unit", work_units(county)),
        "town.csv": ("town", towns()),
        "town_leaders.csv": ("town_leaders", town_leaders(county)),
        "county.csv": ("county", [{"name": BUREAU}]),
        "group.csv": ("group", groups()),
        "group_post.csv": ("group_post", group_posts()),
        "manifest.csv": ("manifest", manifest),
        **{f"{kind}.csv": (kind, rows) for kind, rows in kept.items()},
    }
    return {
        **{name: (kind, rows, "plain") for name, (kind, rows) in plain.items()},
        **{name: ("inspection", rows, style) for name, (style, rows) in seen.items()},
    }


def samples() -> dict[str, bytes]:
    """Every file of data/samples but its README, by name."""
    return {
        name: (xlsx_bytes if name.endswith(".xlsx") else csv_bytes)(table(kind, rows, style))
        for name, (kind, rows, style) in county_tables().items()
    }


def main(folder: Path) -> None:
    """Write the samples; a file of an earlier run that is no longer made is removed."""
    made = samples()
    for old in sorted(folder.rglob("*")):
        if old.relative_to(folder).parts[0] in ("submissions", "broken"):
            continue
        if old.suffix in (".csv", ".xlsx") and old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "samples")
