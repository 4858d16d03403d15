"""A run is a new folder, whole or not at all, and a week of the history; whatever happens while it is made."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from delivery_world import AS_OF, FILES, MINES, RECORDS, audit, county, run, written
from duban.report.results import DATA, SECTION, TOWNS, data_of


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The records and the pack."""
    return county(tmp_path_factory.mktemp("delivery"))


@pytest.fixture(scope="module")
def base(places: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one run, in a path with Chinese and a space."""
    base = tmp_path_factory.mktemp("base") / "督办 结果"
    audit(*places, base)
    return base


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def whole(folder: Path) -> bool:
    """Whether a run has all that a run has."""
    return all({path.name for path in (folder / name).iterdir()} == files for name, files in FILES.items())


def visible(base: Path) -> list[str]:
    return sorted(path.name for path in base.iterdir() if not path.name.startswith("."))


# ---- the folder


def test_a_run_is_a_folder_of_its_own_beside_the_store(base: Path) -> None:
    assert visible(base) == [AS_OF, "duban.db"]
    assert whole(base / AS_OF)
    assert not [path for path in base.iterdir() if path.name.startswith(".duban-")]


def test_a_run_never_touches_an_older_one(places: tuple[Path, Path], tmp_path: Path) -> None:
    """Somebody has written into it, and has a file of it open."""
    audit(*places, tmp_path)
    first = tmp_path / AS_OF
    (first / SECTION / "会议记录.txt").write_text("第一周", encoding="utf-8")
    before = hashes(first)
    with (first / SECTION / "周调度表.xlsx").open("rb"):
        told = audit(*places, tmp_path)
    assert f"结果在 {tmp_path / AS_OF}-2" in told
    assert hashes(first) == before
    assert whole(tmp_path / f"{AS_OF}-2")


def test_the_latest_run_is_what_out_means(places: tuple[Path, Path], tmp_path: Path) -> None:
    """Of a folder of runs, of a run, and of the folder of its data."""
    audit(*places, tmp_path, "--no-reports")
    audit(*places, tmp_path, "--no-reports")
    latest = tmp_path / f"{AS_OF}-2"
    assert data_of(tmp_path) == data_of(latest) == data_of(latest / DATA) == latest / DATA
    assert f"{AS_OF}-2" not in run("diff", tmp_path / AS_OF, tmp_path)
    assert "0个不同" in run("replay", "--out", tmp_path)


def test_a_place_that_cannot_be_written_is_told(places: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "原有文件未改动" in audit(*places, tmp_path / "file" / "out", code=2)
    assert (tmp_path / "file").read_text(encoding="utf-8") == ""


def test_without_reports_only_the_data_is_there(places: tuple[Path, Path], tmp_path: Path) -> None:
    told = audit(*places, tmp_path, "--no-reports")
    assert [path.name for path in (tmp_path / AS_OF).iterdir()] == [SECTION]
    assert [path.name for path in (tmp_path / AS_OF / SECTION).iterdir()] == ["数据"]
    assert "已记入历史" in told


# ---- what is recorded


def test_a_part_has_no_reports_and_is_no_week(places: tuple[Path, Path], tmp_path: Path) -> None:
    told = audit(*places, tmp_path / "out", "--obligation", "drills")
    assert visible(tmp_path / "out") == [AS_OF]
    assert not (tmp_path / "out" / AS_OF / TOWNS).exists()
    assert "已记入历史" not in told


def test_a_store_of_the_environment_is_for_weeks_alone(places: tuple[Path, Path], tmp_path: Path) -> None:
    """It does not stand in the way of a part, nor of a look without results; a store that is named does."""
    store = str(tmp_path / "历史.db")
    assert "已记入历史" not in audit(*places, tmp_path / "part", "--obligation", "drills", DUBAN_STORE=store)
    run("audit", places[0], "--rules", places[1], "--as-of", AS_OF, DUBAN_STORE=store)
    assert "不能记入历史" in audit(*places, tmp_path / "named", "--obligation", "drills", "--store", store, code=2)
    assert not (tmp_path / "named").exists()
    assert run("history", DUBAN_STORE=store) == "还没有审核\n"
    assert "历史.db" in audit(*places, tmp_path / "whole", "--no-reports", DUBAN_STORE=store)
    assert visible(tmp_path / "whole") == [AS_OF]


def test_two_jurisdictions_in_one_store_are_kept_apart(places: tuple[Path, Path], tmp_path: Path) -> None:
    """Each has a first audit and a day of its own; a day alone names neither."""
    other = {
        name: "\n".join(
            f"{line},{'别县' if number else '辖区'}" for number, line in enumerate(text.strip().splitlines())
        )
        for name, text in RECORDS.items()
    }
    base = tmp_path / "out"
    there = written(tmp_path / "别县", other)
    told = [audit(records, places[1], base, "--no-reports") for records in (places[0], there)]
    assert all("这是本辖区、本规则包记入的第一次审核" in one for one in told)
    store = base / "duban.db"
    assert [line for line in run("history", "--store", store).splitlines() if not line.startswith(" ")] == [
        "别县　tiny", "样县　tiny",
    ]  # fmt: skip
    assert "不止一个辖区" in run("diff", AS_OF, AS_OF, "--store", store, code=2)
    assert "持续：3项" in run("diff", AS_OF, AS_OF, "--store", store, "--jurisdiction", "别县")
    assert "辖区不同" in run("diff", base / AS_OF, base / f"{AS_OF}-2", code=2)


# ---- at once, and killed

KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import duban, duban.delivery

records, pack, base, when = sys.argv[1:]

def told(stage):
    if stage == when:
        os.kill(os.getpid(), signal.SIGKILL)

def moved(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

if when == "recorded":
    duban.delivery._moved = moved
with duban.audit(records, pack, "2023-12-03", output=Path(base)) as audit:
    orders = duban.delivery.Orders(now=datetime(2023, 12, 4, 9))
    duban.delivery.deliver(audit, None, Path(base), orders, told)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize(
    ("when", "kept"), [("写出数据", 0), ("写出报告", 0), ("记入历史", 0), ("recorded", 1)]
)  # fmt: skip
def test_killed_at_any_stage_it_leaves_no_half_run(
    places: tuple[Path, Path], tmp_path: Path, when: str, kept: int
) -> None:
    """The store is the old one or the new one; the next run goes on as if nothing had happened."""
    base = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", KILLED, *map(str, (*places, base)), when], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [name for name in visible(base) if not name.startswith("duban.db")] == []
    if (base / "duban.db").exists():
        assert run("history", "--store", base / "duban.db").count("截至") == kept
    told = audit(*places, base)
    assert f"结果在 {base / AS_OF}\n" in told
    assert whole(base / AS_OF)
    assert run("history", "--store", base / "duban.db").count("截至") == 1


def process(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "duban", *map(str, arguments)]
    kept = {name: value for name, value in os.environ.items() if name != "DUBAN_STORE"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**kept, **environment})


def test_two_runs_at_once_both_succeed(places: tuple[Path, Path], tmp_path: Path) -> None:
    base = tmp_path / "out"
    arguments = ("audit", places[0], "--rules", places[1], "--as-of", AS_OF, "--out", base)
    both = [process(*arguments, PYTHONIOENCODING="utf-8") for _ in range(2)]
    outputs = [one.communicate()[0].decode() for one in both]
    assert [one.returncode for one in both] == [0, 0], outputs
    assert visible(base) == [AS_OF, f"{AS_OF}-2", "duban.db"]
    assert hashes(base / AS_OF / DATA) == hashes(base / f"{AS_OF}-2" / DATA)
    assert run("history", "--store", base / "duban.db").count("截至") == 1  # the same audit, once


def test_a_console_of_gbk_and_a_path_with_chinese_and_spaces(tmp_path: Path) -> None:
    """As a pipe on a Chinese Windows is; a name that GBK has no character for does not stop it."""
    here = tmp_path / "县局 电脑"
    records, pack = county(here)
    written(records, {"企业名册.csv": MINES.replace("乙溪样3号矿", "乙溪样3号矿\U00020bb7")})
    one = process("audit", records, "--rules", pack, "--as-of", AS_OF, "--out", here / "结 果", PYTHONIOENCODING="gbk")
    printed = one.communicate()[0].decode("gbk")
    assert one.returncode == 0, printed
    assert f"结果在 {here / '结 果' / AS_OF}" in printed
    assert whole(here / "结 果" / AS_OF)
