"""The benchmark cannot rot: on the smallest counties every contender that is installed finds what duban finds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]
# Faults twenty times as often as in the benchmark, so that 46 mines have all that 10,000 have.
MINES, FAULTS = 46, 20.0


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The modules of the benchmark, a folder of records, and what duban finds in it."""
    before = set(sys.modules)
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import audits
        import contest
        import measure
        import report
        import synthetic
        import workload

        folder, out = tmp_path_factory.mktemp("records"), tmp_path_factory.mktemp("findings")
        synthetic.generate(MINES, folder, faults=FAULTS)
        ours = out / "ours.parquet"
        workload.module("duban_audit").run(folder, ours)
        modules = {
            "audits": audits,
            "contest": contest,
            "synthetic": synthetic,
            "measure": measure,
            "report": report,
            "workload": workload,
        }
        yield SimpleNamespace(**modules, folder=folder, ours=ours, out=out)
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(ROOT / "benchmarks")):
                del sys.modules[name]


NAMES = sorted(
    path.stem for path in (ROOT / "benchmarks" / "contenders").glob("[a-z]*.py") if path.stem != "duban_audit"
)


# pandera imports what pyspark makes of pandas, if it is there
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
@pytest.mark.parametrize("name", NAMES)
def test_a_contender_finds_what_duban_finds(bench: SimpleNamespace, name: str) -> None:
    missing = bench.workload.missing_packages(name)
    if missing:
        pytest.skip(f"NOT COMPARED: {name} needs {', '.join(missing)} (pip install -e '.[bench]')")
    theirs = bench.out / f"{name}.parquet"
    if bench.workload.python_of(name) == sys.executable:
        bench.workload.module(name).run(bench.folder, theirs)
    else:
        assert bench.measure.contender(name, bench.folder, theirs, 60).error == ""
    judged = tuple(bench.workload.module(name, only="OBLIGATIONS"))
    assert set(judged) <= set(bench.workload.OBLIGATIONS)
    assert bench.workload.differences(bench.ours, theirs, judged) == []
    assert bench.workload.lines_of_code(name) > 20


def test_every_obligation_has_findings_and_every_status_occurs(bench: SimpleNamespace) -> None:
    found = duckdb.execute(f"SELECT obligation, status FROM read_parquet('{bench.ours}')").fetchall()
    # a county of 16 mines has too few orders to find all in all; these hold at any size
    assert {obligation for obligation, _ in found} == set(bench.workload.OBLIGATIONS)
    assert {status for _, status in found} == set(bench.workload.STATUSES)


def test_a_difference_in_any_column_is_noticed(bench: SimpleNamespace) -> None:
    theirs = bench.out / "changed.parquet"
    for change in (
        "observed + 1 AS observed",
        "list_append(evidence, 'X') AS evidence",
        "coalesce(due, TIMESTAMP '2024-01-01') + INTERVAL 1 DAY AS due",
        "CASE status WHEN 'late' THEN 'breached' ELSE 'late' END AS status",
    ):
        duckdb.execute(
            f"COPY (SELECT * REPLACE ({change}) FROM read_parquet('{bench.ours}')) TO '{theirs}' (FORMAT parquet)"
        )
        assert bench.workload.differences(bench.ours, theirs)
    duckdb.execute(f"COPY (FROM read_parquet('{bench.ours}') ORDER BY ALL DESC) TO '{theirs}' (FORMAT parquet)")
    assert bench.workload.differences(bench.ours, theirs) == []


def only_in_one(bench: SimpleNamespace, other: Path) -> list[str]:
    """The record types of which the folder of the fixture has rows that another has not."""
    found = []
    for record in bench.workload.READS:
        ours, theirs = (bench.workload.files(folder, record) for folder in (bench.folder, other))
        rows = duckdb.execute(f"FROM read_parquet({ours}) EXCEPT ALL FROM read_parquet({theirs})").fetchall()
        found += [record] if rows else []
    return found


def test_the_same_size_is_the_same_data(bench: SimpleNamespace, tmp_path: Path) -> None:
    bench.synthetic.generate(MINES, tmp_path, faults=FAULTS)
    assert only_in_one(bench, tmp_path) == []


def test_many_mines_come_in_files_that_are_read_as_one(
    bench: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.synthetic, "PER_CHUNK", 32)  # two of the three counties; then the third
    bench.synthetic.generate(MINES, tmp_path, faults=FAULTS)
    names = [Path(name).name for name in bench.workload.files(tmp_path, "town")]
    assert names == ["town_000.parquet", "town_001.parquet"]
    assert only_in_one(bench, tmp_path) == []


def test_lines_of_code_leave_out_comments_and_docstrings(
    bench: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contenders").mkdir()
    text = (
        '"""Told.\n\nMore."""\n\nimport json  # counts\n# does not\n\n'
        'def run():\n    """Told."""\n    return """SELECT 1\n  -- does not\n  FROM t"""\n'
    )
    (tmp_path / "contenders" / "tiny.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(bench.workload, "HERE", tmp_path)
    assert bench.workload.lines_of_code("tiny") == 4  # import, def, and two lines of SQL


def test_what_is_done_by_hand_counts_among_the_lines(
    bench: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contenders").mkdir()
    (tmp_path / "contenders" / "judge.py").write_text('BY_HAND = ("_helper",)\nimport json\n', encoding="utf-8")
    (tmp_path / "contenders" / "_helper.py").write_text("# told\n\nHELP = 1\n", encoding="utf-8")
    monkeypatch.setattr(bench.workload, "HERE", tmp_path)
    assert bench.workload.lines_of_code("judge") == 3
    assert bench.workload.contenders() == ["duban_audit", "judge"]  # a helper is no contender


def test_a_contender_with_an_environment_of_its_own_is_looked_up_there(
    bench: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "benchmarks"
    (place / "contenders").mkdir(parents=True)
    text = 'VENV = ("engine==1",)\nPACKAGES = ("engine", "duckdb")\n'
    (place / "contenders" / "judge.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(bench.workload, "HERE", place)
    assert bench.workload.python_of("judge") == sys.executable
    assert bench.workload.missing_packages("judge") == ["engine"]
    own = tmp_path / ".venv-bench" / "judge"
    (own / "bin").mkdir(parents=True)
    (own / "bin" / "python").touch()
    info = own / "lib" / "python3.11" / "site-packages" / "engine-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: engine\nVersion: 1\n", encoding="utf-8")
    assert bench.workload.python_of("judge") == str(own / "bin" / "python")
    assert bench.workload.missing_packages("judge") == ["duckdb"]


def size_of(bench: SimpleNamespace, mines: int, **seconds: float) -> object:
    """A size of so many mines, 60 records each, with the seconds of each contender; none: not tried."""
    measured = bench.measure.Measured
    figures = {name: measured(took) if took else measured(error="more than 1 s") for name, took in seconds.items()}
    return bench.contest.Size(mines, mines * 60, figures=figures)


def told_by(lines: list[str]) -> dict[str, tuple[str, str]]:
    """Target → what was measured, hit or missed."""
    rows = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("|")]
    return {row[1]: (row[2], row[3]) for row in rows}


def test_targets_are_computed_from_the_figures(bench: SimpleNamespace) -> None:
    sizes = [
        size_of(bench, 10_000, duban_audit=2.0, duckdb_sql=1.0, polars_lazy=1.25, pandas_frames=12.0),
        size_of(bench, 100_000, duban_audit=12.0, duckdb_sql=10.0, polars_lazy=9.0, pandas_frames=50.0),
        size_of(bench, 1_000_000, duban_audit=150.0, duckdb_sql=90.0, polars_lazy=0.0, pandas_frames=0.0),
    ]
    lines = bench.report.targets("made", (), sizes)
    said = told_by(lines)
    assert said["within 1.5× of the floor at 100,000 mines"] == ("1.3×", "hit")  # 12 ÷ 9
    assert said["within 1.5× of the floor at 1,000,000 mines"] == (
        "1.7×",
        "**missed**",
    )  # 150 ÷ 90
    assert said["at least 5× faster than pandas"] == ("4.2× at 100,000 mines", "**missed**")  # the most that pandas did
    cost = "cost of a record at most 1.5× that at 10,000 mines"
    assert said[cost] == ("0.75× at the most, up to 1,000,000 mines", "hit")  # 200, 120 and 150 µs a mine
    assert said["`duban --help` under 150 ms"] == ("—", "not measured")
    again = "1 % new records: unchanged Parquet is not read again, and reading takes less"
    assert said[again] == ("—", "not measured")
    dearer = [*sizes[:2], size_of(bench, 1_000_000, duban_audit=320.0)]
    measured = bench.measure.Measured
    later = bench.audits.Again(10_000, *(measured(9.0, reading=took) for took in (3.0, 0.1, 1.2, 3.0)))
    lines = bench.report.targets("made", (), dearer, later=later)
    said = told_by(lines)
    assert said[cost] == ("1.60× at the most, up to 1,000,000 mines", "**missed**")
    assert said[again] == ("1.20 s instead of 3.00 s", "hit")


def test_who_could_not_be_in_time_is_not_tried(bench: SimpleNamespace) -> None:
    entry = bench.contest.Entry("slow", "slow", 1, ("majors-detailed",), "")
    before = [size_of(bench, 1_000, slow=20.0)]
    hopeless = bench.contest._hopeless
    assert hopeless(entry, size_of(bench, 2_000), before, budget=60) == ""  # 40 s, if time grows with size
    assert hopeless(entry, size_of(bench, 10_000), before, budget=60) == "not tried: 20 s at 1,000 mines"
    failed = [size_of(bench, 1_000, slow=0.0)]
    assert hopeless(entry, size_of(bench, 2_000), failed, budget=60) == "not tried: more than 1 s at 1,000 mines"
    assert hopeless(entry, size_of(bench, 1_000), [], budget=60) == ""
    quick = [size_of(bench, 100_000, slow=0.1, polars_lazy=2.0)]
    assert hopeless(entry, size_of(bench, 1_000_000), quick, budget=60) == "not tried above 100,000 mines"
    by_hand = bench.contest.Entry("polars_lazy", "polars", 1, (), "")
    assert hopeless(by_hand, size_of(bench, 1_000_000), quick, budget=60) == ""


def test_a_command_runs_in_the_environment_that_it_is_given(bench: SimpleNamespace) -> None:
    """Without it the cache is never off, and no limit of memory holds."""
    tell = "import os; assert os.environ['DUBAN_CACHE'] == 'off', 'not off'; print('{\"seconds\": 1}')"
    assert bench.measure.command([sys.executable, "-c", tell], 20, env={"DUBAN_CACHE": "off"}).error == ""
