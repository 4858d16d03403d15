"""The reports of a run, by who may see them: which files each has.

What is in them is searched on the whole county (tests/test_readme.py).
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from delivery_world import AS_OF, FILES, MINES, audit, county, run, written
from duban.report.results import TOWNS


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return county(tmp_path_factory.mktemp("editions"))


@pytest.fixture(scope="module")
def told(places: tuple[Path, Path]) -> str:
    return audit(*places, places[0].parent / "out")


@pytest.fixture(scope="module")
def folder(places: tuple[Path, Path], told: str) -> Path:
    """A run."""
    return places[0].parent / "out" / AS_OF


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_folder_for_each_audience_and_each_town(folder: Path) -> None:
    assert names(folder) == {*FILES, TOWNS}
    assert {name: names(folder / name) for name in FILES} == FILES
    assert names(folder / TOWNS) == {"甲岭镇", "乙溪镇"}


def test_a_town_has_its_own_alone(folder: Path) -> None:
    pages = {
        town: (folder / TOWNS / town / "本镇待核实事项.html").read_text(encoding="utf-8")
        for town in names(folder / TOWNS)
    }
    assert "甲岭样2号矿" in pages["甲岭镇"]
    assert "乙溪" not in pages["甲岭镇"]
    assert "乙溪样3号矿" in pages["乙溪镇"]
    assert "甲岭" not in pages["乙溪镇"]


def test_the_last_screen_names_what_to_open_in_order(told: str, folder: Path) -> None:
    lines = told[told.index("结果在") :].splitlines()
    named = [line.partition("：")[2] for line in lines if line.startswith("  ")]
    assert named[:5] == [
        "1-局领导/周调度表.html", "2-股室内部/周调度表.html", "3-县安委办/周调度表.html",
        "2-股室内部/周报（草稿）.docx", TOWNS,
    ]  # fmt: skip
    assert all((folder / name).exists() for name in named[:5])


def test_every_sheet_and_page_is_marked(folder: Path) -> None:
    """Inside the bureau as internal; for a town as not verified."""
    for path in [*folder.glob("*/*.xlsx"), *folder.glob(f"{TOWNS}/*/本镇*.xlsx")]:
        mark = "供本镇核对" if TOWNS in path.parts else "内部资料"
        for sheet in openpyxl.load_workbook(path).worksheets:
            assert mark in str(sheet.oddHeader.center.text), (path.name, sheet.title)
    for path in folder.rglob("*.html"):
        assert ("供本镇核对" if TOWNS in path.parts else "内部资料") in path.read_text(encoding="utf-8")


def test_a_town_whose_name_is_no_file_name(places: tuple[Path, Path], tmp_path: Path) -> None:
    """Another town's folder, or a folder above, is not written into."""
    records, pack = county(tmp_path)
    written(records, {"企业名册.csv": MINES.replace("乙溪镇", "../甲岭镇").replace("乙溪样3号矿", "丙矿")})
    audit(records, pack, tmp_path / "out")
    towns = tmp_path / "out" / AS_OF / TOWNS
    assert len(names(towns)) == 2
    assert names(tmp_path / "out" / AS_OF) == {*FILES, TOWNS}
    assert "丙矿" not in (towns / "甲岭镇" / "本镇待核实事项.html").read_text(encoding="utf-8")


# ---- made again


def test_reports_made_again_lie_beside_the_run(folder: Path) -> None:
    """Of a run, or of the latest run of a folder; the run itself is not changed, and the store beside it is asked."""
    base = folder.parent
    before = sorted(path.stat().st_mtime_ns for path in folder.rglob("*"))
    told = run("report", folder, "--no-other-readings")
    assert f"周报在 {base / AS_OF}-周报：" in told
    assert names(base / f"{AS_OF}-周报") == {*FILES, TOWNS}
    assert f"周报在 {base / AS_OF}-周报-2：" in run("report", base, "--no-other-readings")
    assert sorted(path.stat().st_mtime_ns for path in folder.rglob("*")) == before
    for name in ("1-局领导/周调度表.html", "4-发各镇/甲岭镇/本镇待核实事项.html"):
        assert (base / f"{AS_OF}-周报" / name).read_bytes() == (folder / name).read_bytes()
