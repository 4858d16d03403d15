"""Hostile files against a whole process: the memory that it took, the seconds of CPU, and what it said of each file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile import FILES, row, words

from duban.records.readers import scan

pytest.importorskip("resource", reason="limits of a process are those of Unix")
if not Path("/proc/self/status").exists():
    pytest.skip("the peak of a process is read from /proc", allow_module_level=True)

PEAK = 1_200  # MB of the whole process, Python and all its libraries among them
SECONDS = 12  # of CPU for one file
# One process reads them all, so that what one leaves behind counts for the next. A leak of memory is killed at 4 GB.
READER = """
import json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (4 << 30,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
sys.path.insert(0, sys.argv[1])
import duckdb
from reading import COUNTY, TYPES
from duban.records import load
from duban.vocabulary import RecordType
kinds = {name: RecordType.model_validate(kind) for name, kind in TYPES.items()}
for folder in sorted(Path(sys.argv[2]).iterdir()):
    start = time.process_time()
    with duckdb.connect(config={"threads": 1, "memory_limit": "512MB"}) as con:
        con.execute("SET enable_progress_bar = false")
        loaded = load(con, kinds, folder, jurisdiction=COUNTY, timezone="Asia/Shanghai")
    (peak,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    print(json.dumps({"codes": [issue.code for issue in loaded.issues], "rows": loaded.counts,
                      "seconds": time.process_time() - start, "peak": int(peak.split()[1]) >> 10}), flush=True)
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("hostile")
    for number, (name, make, _) in enumerate(FILES.values()):
        folder = root / f"{number:02}"
        folder.mkdir()
        (folder / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")
        (folder / name).write_bytes(make())
    command = [sys.executable, "-c", READER, str(Path(__file__).parent), str(root)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return dict(zip(FILES, map(json.loads, ran.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("what", FILES)
def test_within_bounds(seen: dict[str, Any], what: str) -> None:
    found, code = seen[what], FILES[what][2]
    assert found["rows"]["enterprise"] == 1  # what lies beside it is read
    assert code in found["codes"] if code else set(found["codes"]) <= {"D402"}  # nobody says when it was handed in
    assert found["rows"]["inspection"] == (1 if code in ("", "D106") else 0)
    assert found["seconds"] < SECONDS
    assert found["peak"] < PEAK


def test_texts_are_counted_by_the_cells_they_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A text in two cells counts twice; the short ones are nothing beside that."""
    from hostile import HEADER_ROW, SHEET, STRINGS, sheet, workbook, zipped

    parts = {STRINGS: words("a", "b", "c", "x" * 100_000), SHEET: sheet(HEADER_ROW + row(2, 3, 3))}
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(workbook(**parts)))
    monkeypatch.setattr(scan, "TEXTS", 201_000)  # with their tags
    scan.scan(path, "xlsx")
    monkeypatch.setattr(scan, "TEXTS", 199_000)
    with pytest.raises(scan.TooLargeError, match="各格文字合计"):
        scan.scan(path, "xlsx")
