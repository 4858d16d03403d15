"""The README's story, run once as it stands; and what it leaves behind, held against the story of the sample county.

Its audits are of three Sundays: 17 and 24 December and 7 January. What is new, cured or persists between them follows
from the dates of the planted faults (the comments name them), and from when their papers were handed in. A fourth, of
the 24th once more, has what was entered after the 17th: a verification, and a waiver. The folder of 7 January is
searched for what must not be in it.
"""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from console_pages import ROOT, check_page, run_page
from duban.cli import duban as cli
from duban.pack import load_pack
from duban.report.results import COMMITTEE, DATA, LEADERS, SECTION, TOWNS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell"),
]

FIRST, SECOND, THIRD = "2023-12-17", "2023-12-24", "2024-01-07"
MONTHLY = "head-leads-inspections"
NOVEMBER, DECEMBER = "2023-11-01", "2023-12-01"
Told = tuple[str, str, str, str]  # obligation, bearer, trigger, first day of the period


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the story is run."""
    return tmp_path_factory.mktemp("story") / "here"


@pytest.fixture(scope="module")
def story(here: Path) -> list[tuple[str, list[str], str]]:
    return run_page(ROOT / "README.md", here)


@pytest.fixture(scope="module")
def runs(story: list[tuple[str, list[str], str]], here: Path) -> Path:
    return here / "out" / "sample"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_the_readme_shows_what_the_commands_print(story: list[tuple[str, list[str], str]]) -> None:
    check_page(story)


# ---- three weeks


def lives(store: Path, before: str, after: str) -> dict[Told, dict[str, Any]]:
    found = json.loads(run("diff", before, after, "--store", store, "--format", "json"))
    return {
        (row["obligation"], row["bearer_id"], row["trigger_id"] or "", row["period_start"] or ""): row
        for row in found["findings"]
    }


def course(row: dict[str, Any]) -> tuple[str, bool]:
    return row["course"], row["late_data"]


def test_from_the_first_week_to_the_second_one_mine_is_cleared_by_late_evidence(runs: Path) -> None:
    """N28, and nothing else: whatever accused somebody on the 17th does so on the 24th, except two."""
    found = lives(runs / "duban.db", FIRST, SECOND)
    row = found.pop((MONTHLY, "M05", "", NOVEMBER))
    assert (*course(row), row["before"], row["status"], row["weeks"]) == ("已补正", True, "breached", "met", 1)
    assert row["why"] == "资料后到：2023-12-20报送的资料，所载为2023-12-17及以前的事"
    breached = {told for told, one in found.items() if "breached" in (one["before"], one["status"])}
    assert breached == {
        ("enterprise-plan-made", "M36", "", ""),  # F12
        ("town-plan-sent", "辛庄镇", "", ""),  # F02
        ("three-lists-sent", "丙川镇", "", NOVEMBER),  # F03
        (MONTHLY, "M12", "", NOVEMBER),  # F14
        ("county-checks-share", "云示县", "", NOVEMBER),  # F23
        ("self-found-major-not-withheld", "M13", "ZD09", ""),  # F28
        ("contractor-agreement-first", "M07", "M07-外", ""),  # F41; its December paper comes on the 25th
        ("town-deputy-visits-weekly", "壬店镇", "", "2023-12-04"),  # F44
    }
    assert {course(found[told]) for told in breached} == {("持续", False)}


NEW = {
    ("major-hazard-rectified", "M09", "ZD02", ""): False,  # F25: due on the 31st
    ("major-hazard-rectified", "M25", "ZD06", ""): False,  # F26
    ("major-hazard-rectified", "M34", "ZD10", ""): False,  # F27
    (MONTHLY, "M12", "", DECEMBER): False,  # F14
    (MONTHLY, "M27", "", DECEMBER): False,  # F15
    ("town-covers-all-mines", "丁坪镇", "", DECEMBER): False,  # F21
    ("town-principals-visit", "丙川镇", "", DECEMBER): False,  # F43
    ("hot-work-approved-first", "M08", "M08-火-1207", ""): True,  # F39: of 7 December, filed on the 24th
    ("town-deputy-visits-weekly", "壬店镇", "", "2023-12-18"): True,  # F44: unproven on the 24th
    ("interview-feedback", "M14", "云应急约〔2023〕2号", ""): True,  # F49: due on the 22nd, unproven on the 24th
}


def test_from_the_second_week_to_the_third(runs: Path) -> None:
    """New because it fell due, or because papers of before the 24th came; cured in fact, and cured late."""
    found = lives(runs / "duban.db", SECOND, THIRD)
    assert {told: course(found[told]) for told in NEW} == {told: ("新增", late) for told, late in NEW.items()}
    assert {found[told]["status"] for told in NEW} == {"breached"}
    late = found["contractor-agreement-first", "M07", "M07-外", ""]  # F41
    assert (*course(late), late["before"], late["status"]) == ("已补正", True, "breached", "late")
    confirmed = found[
        "county-confirms-major", "云示县", "ZD08", ""
    ]  # F29: confirmed on 4 January, which is no late paper
    assert (*course(confirmed), confirmed["status"]) == ("已补正", False, "met")
    for told in [(MONTHLY, "M12", "", NOVEMBER), ("enterprise-plan-made", "M36", "", "")]:  # F14, F12
        assert (*course(found[told]), found[told]["first_seen"]) == ("持续", False, SECOND)  # of these two audits


def test_it_is_proposed_while_it_accuses_somebody(runs: Path) -> None:
    """M05 leaves 八 when its evidence is in (first-screen: the visible example)."""
    listed = {
        day: {row["bearer_id"] for row in rows_of(runs / day / DATA / "interviews.csv")} for day in (FIRST, SECOND)
    }
    assert listed == {FIRST: {"M05", "M12", "M13", "M36"}, SECOND: {"M12", "M13", "M36"}}
    assert "甲岭样05号石料矿" in section(runs / FIRST, "interviews")
    assert "甲岭样05号石料矿" not in section(runs / THIRD, "interviews")
    assert "乙溪样12号铁矿" in section(runs / THIRD, "interviews")


def section(folder: Path, name: str) -> str:
    """A section of the first screen of the section's page."""
    page = (folder / SECTION / "周调度表.html").read_text(encoding="utf-8")
    found = re.search(rf'<h2 id="s-{name}".*?(?=<h2 )', page, re.DOTALL)
    assert found is not None
    return found[0]


@pytest.fixture(scope="module")
def entered(here: Path, runs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The screen of the 24th, and its store, with what was entered on the 18th: M13 is cleared, M36 excused."""
    folder = tmp_path_factory.mktemp("entered")
    records, out, store = folder / "records", runs / FIRST, folder / "duban.db"
    shutil.copytree(here / "data" / "samples" / "submissions", records)
    shutil.copy(runs / "duban.db", store)
    sheet = folder / "核实单.xlsx"
    run("verify", "write", sheet, "--out", out, "--bearer", "M13")
    fill(
        sheet,
        {"核实结果": "已澄清", "核实人": "监管股", "核实日期": "2023-12-18", "核实方式": "现场", "佐证": "现场记录1号"},
    )
    assert "新增1项" in run("verify", "read", sheet, "--into", records, "--as-of", "2023-12-18")
    run(
        "waiver", "add", "--obligation", "enterprise-plan-made", "--bearer", "M36", "--reason", "停产检修",
        "--by", "局长", "--on", "2023-12-18", "--from", "2023-11-03", "--until", "2023-12-31",
        "--into", records, "--out", out, "--as-of", "2023-12-18",
    )  # fmt: skip
    screen = run(
        "audit", records, "--as-of", SECOND, "--bureau", here / "data" / "bureau.yaml", "--no-reports",
        "--out", folder / "out", "--store", store,
    )  # fmt: skip
    return screen, store


def fill(path: Path, values: dict[str, str]) -> None:
    """The first finding of a sheet, as a person fills it in."""
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    header = next(number for number, row in enumerate(rows) if "核实结果" in row)
    for title, value in values.items():
        column = next(index for index, cell in enumerate(rows[header]) if str(cell or "").startswith(title))
        book.worksheets[0].cell(header + 2, column + 1).value = value
    book.save(path)


def test_what_people_enter_between_the_weeks_is_told(entered: tuple[str, Path]) -> None:
    screen, store = entered
    assert "已澄清1" in screen
    assert "经批准不计入1" in screen
    found = lives(store, FIRST, SECOND)  # the audit recorded last stands for the 24th
    assert course(found["self-found-major-not-withheld", "M13", "ZD09", ""]) == ("已澄清", False)
    assert course(found["enterprise-plan-made", "M36", "", ""]) == ("经批准不计入", False)
    assert course(found[MONTHLY, "M05", "", NOVEMBER]) == ("已补正", True)
    run_of_it = next((store.parent / "out").glob("*/")) / DATA
    assert {row["bearer_id"] for row in rows_of(run_of_it / "interviews.csv")} == {"M12"}


# ---- who may see what, on the whole county


def texts_of(path: Path) -> str:
    """All that a file says, as it may be read with any tool: the parts of a zip, and what JSON escapes."""
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        text = "\n".join([*archive.namelist(), *parts])
    else:
        text = path.read_text(encoding="utf-8")
    return html.unescape(re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text))


@pytest.fixture(scope="module")
def towns(runs: Path) -> dict[str, str]:
    """What the folder of each town says."""
    return {
        place.name: "\n".join(texts_of(path) for path in sorted(place.rglob("*")) if path.is_file())
        for place in (runs / THIRD / TOWNS).iterdir()
    }


def test_each_edition_has_its_files(runs: Path) -> None:
    run_folder = runs / THIRD
    names = {path.name: sorted(one.name for one in path.iterdir()) for path in run_folder.iterdir()}
    assert names[LEADERS] == names[COMMITTEE] == ["周调度表.html", "周调度表.xlsx"]
    assert names[SECTION] == ["周报（草稿）.docx", "周调度表.html", "周调度表.xlsx", "报送核对.xlsx", "数据"]
    assert len(names[TOWNS]) == 12  # two of them without a mine
    allowed = {"本镇待核实事项.html", "本镇待核实事项.xlsx", "催办单.xlsx", "报送核对.xlsx"}
    for town in names[TOWNS]:
        found = {path.name for path in (run_folder / TOWNS / town).iterdir()}
        assert {"本镇待核实事项.html", "本镇待核实事项.xlsx"} <= found <= allowed
    assert sorted(names) == [LEADERS, SECTION, COMMITTEE, TOWNS]


def test_a_town_reads_of_no_other_town(towns: dict[str, str]) -> None:
    """A mine has its town's name in its own, so one word finds both."""
    for town, text in towns.items():
        assert town in text
        others = [other for other in towns if other != town and other.removesuffix("镇") in text]
        assert others == [], town


def test_a_town_reads_of_its_own_findings(towns: dict[str, str]) -> None:
    """The search above searches what is said: each town's own is found by it."""
    assert "丁坪样22号石料矿" in towns["丁坪镇"]  # F21
    assert "乙溪样12号铁矿" in towns["乙溪镇"]  # F14


NOT_FOR_TOWNS = (
    # candidates
    "拟提请", "建议优先研究", "建议先核实", "警示约谈", "提请法制研究", "追责", "公开曝光线索", "执法核查",
    # leads; leaders; the bureau
    "数据异常待核对", "疑似重复", "雷同",
    "主要领导", "分管领导", "党委书记", "县应急管理局每月", "违规",
)  # fmt: skip


QUOTED = "对主要负责人进行警示约谈"  # the notice's words, where a mine of the town was called in and owes an answer


@pytest.mark.parametrize("word", NOT_FOR_TOWNS)
def test_a_town_reads_nothing_that_is_for_the_bureau(word: str, towns: dict[str, str]) -> None:
    assert [town for town, text in towns.items() if word in text.replace(QUOTED, "")] == []


def test_a_town_reads_no_duty_of_leaders_groups_or_the_bureau(towns: dict[str, str], runs: Path) -> None:
    pack = load_pack("zezhou-2023-331")
    own = {item.title for item in pack.obligations if item.bearer in ("enterprise", "town", "town_centre")}
    others = {item.title for item in pack.obligations} - own
    assert len(others) > 20
    assert [(town, title) for town, text in towns.items() for title in others if title in text] == []
    leads = rows_of(runs / THIRD / DATA / "leads.csv")
    marks = {row[name] for row in leads for name in ("fingerprint", "title")}
    assert [(town, mark) for town, text in towns.items() for mark in marks if mark in text] == []


TELEPHONE = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z.])")


def test_no_telephone_leaves_the_section(towns: dict[str, str], runs: Path) -> None:
    for place in (LEADERS, COMMITTEE):
        for path in (runs / THIRD / place).iterdir():
            assert TELEPHONE.findall(texts_of(path)) == [], path
    assert [town for town, text in towns.items() if TELEPHONE.search(text)] == []


def pages_for_people(folder: Path) -> Iterator[Path]:
    for place in (LEADERS, SECTION, COMMITTEE):
        yield from (path for path in (folder / place).iterdir() if path.is_file())


def test_every_page_inside_the_bureau_says_that_it_is_internal(runs: Path) -> None:
    """On the screen, in the head of each printed sheet, in the head of the draft."""
    for path in pages_for_people(runs / THIRD):
        if path.suffix == ".html":
            assert "内部资料" in path.read_text(encoding="utf-8"), path
            continue
        with zipfile.ZipFile(path) as archive:
            parts = [
                name for name in archive.namelist() if re.search(r"worksheets/sheet\d+\.xml|word/header\d+\.xml", name)
            ]
            assert parts, path
            shown = {name: "内部资料" in archive.read(name).decode("utf-8") for name in parts}
        assert all(shown.values()), (path, shown)


def test_leads_are_the_sections_alone(runs: Path) -> None:
    titles = {row["title"] for row in rows_of(runs / THIRD / DATA / "leads.csv")}
    for place in (LEADERS, COMMITTEE):
        for path in (runs / THIRD / place).iterdir():
            text = texts_of(path)
            assert [title for title in titles if title in text] == [], path
