"""`duban report`: from the folder of an audit to its editions; of a notice without weekly.yaml and without measures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duban.auditing import audit
from duban.cli import duban
from duban.errors import UsageError
from duban.model import Judgement
from duban.weekly import week_of
from papers_world import bureau

PACK = Path(__file__).parent / "fixtures" / "chicago-2013"
ESTABLISHMENTS = "License,Risk\n1,Risk 1 (High)\n2,Risk 2 (Medium)\n3,Risk 3 (Low)\n"
# 1 was inspected once in 2013 and should have been twice; 2 was inspected, failed, and nobody came back.
CANVASSES = (
    "Inspection ID,License,Facility Type,Risk,Inspection Date,Inspection Type,Results\n"
    "11,1,Restaurant,Risk 1 (High),2013-03-01,Canvass,Pass\n"
    "12,2,Restaurant,Risk 2 (Medium),2013-05-01,Canvass,Fail\n"
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(duban, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    records = folder / "records"
    records.mkdir()
    (records / "establishment.csv").write_text(ESTABLISHMENTS, encoding="utf-8")
    (records / "canvass.csv").write_text(CANVASSES, encoding="utf-8")
    chosen = ["high-risk-twice-a-year", "medium-risk-once-a-year", "failure-seen-again"]
    only = [part for name in chosen for part in ("--obligation", name)]
    done = run("audit", records, "--rules", PACK, "--as-of", "2014-01-05", "--out", folder / "out", "--quiet", *only)
    assert done.exit_code == 0, done.output
    return folder / "out"


def test_a_notice_without_a_weekly_yaml_has_the_general_sections(results: Path, tmp_path: Path) -> None:
    done = run("report", results, "--to", tmp_path / "week")
    assert done.exit_code == 0, done.output
    names = sorted(path.relative_to(tmp_path / "week").as_posix() for path in (tmp_path / "week").rglob("*.html"))
    assert names == [
        "1-局领导/周调度表.html",
        "2-股室内部/周调度表.html",
        "3-县安委办/周调度表.html",
    ]  # it has no towns
    page = (tmp_path / "week" / names[1]).read_text(encoding="utf-8")
    headings = re.findall(r'<h2 id="s-[^>]*>([^<]*)', page)
    assert headings == [
        "一、一句话",
        "四、请局领导本周决定",
        "七、待核实事项（首次审核，无上周对比）",
        "九、七日内到期",
        "十、口径与数据",
    ]
    assert "本周事故、险情____（未接入，请填写）。" in page
    assert "inspected at least twice in the year" in page


def test_what_somebody_may_have_open_is_not_overwritten(results: Path, tmp_path: Path) -> None:
    (tmp_path / "week").mkdir()
    (tmp_path / "week" / "meeting.txt").write_text("notes", encoding="utf-8")
    done = run("report", results, "--to", tmp_path / "week")
    assert done.exit_code != 0
    assert "周报没有写入" in str(done.exception)
    assert [path.name for path in (tmp_path / "week").iterdir()] == ["meeting.txt"]


def test_a_folder_without_an_audit_is_told(tmp_path: Path) -> None:
    done = run("report", tmp_path)
    assert done.exit_code != 0
    assert "没有审核结果" in str(done.exception)


def test_two_counties_are_not_added_up() -> None:
    rows = [{"license": "1", "risk": "Risk 1 (High)", "jurisdiction": name} for name in ("Chicago", "Evanston")]
    chosen = ["high-risk-twice-a-year"]
    with (
        audit({"establishment": rows}, PACK, as_of="2014-01-05", obligations=chosen) as result,
        pytest.raises(UsageError) as told,
    ):
        week_of(result, Judgement((), (), (), "plain"), (), bureau())
    assert "Chicago、Evanston" in str(told.value)
