"""Write data/samples/submissions: the records of 云示县 once more, as messy as such files come.

    python data/generate_submissions.py [FOLDER]        # default: data/samples/submissions beside this file

Every row of data/samples is there, in at least twenty shapes: old formats, forms, odd spellings, zips. Read, they
are the same tables. The same bytes every time, with one version of xlwt and of pyarrow.
"""

from __future__ import annotations

import sys
from pathlib import Path

from generate_samples import county_tables
from sample_county.basics import Row
from sample_county.forms import csv_bytes, table
from sample_county.messy import plan
from sample_county.messy.forms import Table, county_table
from sample_county.messy.office import packed


def submissions() -> dict[str, bytes]:
    """Every file of data/samples/submissions, by name."""
    tables = county_tables()
    for roster in ("enterprise.csv", "enterprise_变更.csv"):
        plan.NAMES.update({row["enterprise_id"]: row["name"] for row in tables[roster][1]})
    drawn = {name: county_table(*item) for name, item in tables.items()}
    made: dict[str, bytes] = {}
    called: dict[str, str] = {}  # old name → new name, for the manifest
    for name, (new, shape) in plan.FILES.items():
        made[new], called[name] = shape(drawn.pop(name)), new
    _towns(drawn, made, called)
    _zips(drawn, made, called)
    made["名册/名册.xlsx"] = plan.many_sheets((title, drawn.pop(name)) for title, name in plan.ROSTERS.items())
    made["督查股/表头对应_督查股.yaml"] = plan.MAPPING.encode()
    manifest: list[Row] = tables["manifest.csv"][1]
    del drawn["manifest.csv"]
    for name in drawn:  # the rest come as they are
        made[f"县局/{name}"], called[name] = csv_bytes(table(*tables[name])), f"县局/{name}"
    lines = [{**row, "file": called.get(row.get("file", ""), row.get("file"))} for row in manifest]
    made["manifest.csv"] = csv_bytes(table("manifest", lines))
    for lock in ("甲岭镇/~$检查记录_2023-11.xlsx", "丙川镇/.~检查记录_2023-11.et"):
        made[lock] = b"\x02\xe6\xa0\xb7"  # what an office program leaves beside an open file
    return made


def _towns(drawn: dict[str, Table], made: dict[str, bytes], called: dict[str, str]) -> None:
    for name in [name for name in drawn if name.startswith(tuple(f"{town}镇/" for town in plan.TOWNS))]:
        folder, _, file = name.partition("/")
        month = file.removesuffix(".csv").removesuffix(".xlsx").split("_")[-1]
        if month.endswith("补报"):
            continue
        pattern, shape = plan.TOWNS[folder.removesuffix("镇")]
        new = f"{folder}/{pattern.format(month)}"
        made[new], called[name] = shape(drawn.pop(name)), new


def _zips(drawn: dict[str, Table], made: dict[str, bytes], called: dict[str, str]) -> None:
    """What mines of one sort keep in one zip; what came late in a zip, and what came later still in a zip in it."""
    mines: dict[str, str | bytes] = {}
    for name in plan.OPENCAST:
        mines[f"露天矿山/{name}"], called[name] = plan.GBK(drawn.pop(name)), f"县局/露天矿山.zip/露天矿山/{name}"
    made["县局/露天矿山.zip"] = packed(mines)
    later: dict[str, str | bytes] = {}
    for name in [name for name in drawn if name.endswith("补报.csv")]:
        file = name.replace("/", "_").replace("inspection_", "检查记录_")
        file = f"检查记录_{file.replace('检查记录_', '')}"
        later[file], called[name] = plan.xlsx_plain(drawn.pop(name)), f"县局/补报.zip/单独补报.zip/{file}"
    late: dict[str, str | bytes] = {"单独补报.zip": packed(later)}
    for name in plan.LATE:
        late[name], called[name] = plan.GBK(drawn.pop(name)), f"县局/补报.zip/{name}"
    made["县局/补报.zip"] = packed(late)


def main(folder: Path) -> None:
    """Write the submissions; a file of an earlier run that is no longer made is removed."""
    made = submissions()
    for old in sorted(folder.rglob("*")):
        if old.is_file() and old.name != "README.md" and old.relative_to(folder).as_posix() not in made:
            old.unlink()
    for name, content in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "samples" / "submissions")
