"""A plan that has run on the same records does not run again; let one thing be another, and it does."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from duban import cache, evaluate
from duban.auditing import audit, audit_desk, only_of, open_desk
from duban.check import Asked, check
from duban.crew import Crew
from duban.doubts import contested_under
from duban.intake import intake
from duban.judging import judge_audit
from duban.model import Judgement, Plan
from duban.pack import Pack, load_pack
from duban.planning.seen import beside

ONE = "head-leads-inspections"
FILES = {
    "企业名册.csv": """
企业编号,企业名称,所在镇,生产状态,主要负责人,县监管部门
M01,一矿,甲岭镇,生产,M01矿长,云示县应急管理局
M02,二矿,甲岭镇,生产,M02矿长,云示县应急管理局
""",
    "检查记录.csv": """
检查编号,检查主体,被检查企业编号,检查时间,带队领导
I1,企业主要负责人带队,M02,2023-11-14,M02矿长
I2,企业主要负责人带队,M02,2023-11-16,M02矿长
""",
    "报送清单.csv": """
报送单位,所属主体,材料类型,数据起,数据止,收到时间
甲岭镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
""",
}
WAIVER = (
    f"- {{obligation: {ONE}, bearer: M01, reason: 大雪封山, approved_by: 局长, approved_on: 2023-12-20,"
    " from: 2023-11-30, until: 2023-11-30}\n"
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("zezhou-2023-331")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUBAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that were run since."""
    found: list[Plan] = []
    run = Crew.run

    def noted(crew: Crew, plan: Plan, **rest: Any) -> dict[str, float]:
        found.append(plan)
        return run(crew, plan, **rest)

    monkeypatch.setattr(Crew, "run", noted)
    return found


def judged(records: Any, pack: Pack, **changed: Any) -> tuple[Any, ...]:
    """The duties (their table has no order), what was not handed in, and what is said beside them."""
    settings = {"as_of": "2024-01-07", "obligations": [ONE], **changed}
    with audit(records, pack, **settings) as result:
        tables = (result.connection.execute(f"FROM {name}").fetchall() for name in ("duties", "missing"))
        rows, missing = (sorted(table, key=repr) for table in tables)
        return rows, missing, result.issues, result.inputs, result.future, result.waivers


def uncached(records: Any, pack: Pack, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> tuple[Any, ...]:
    with monkeypatch.context() as patched:
        patched.setenv("DUBAN_CACHE", "off")
        return judged(records, pack, **changed)


def test_the_second_run_is_no_run_and_says_the_same(
    records: Path, pack: Pack, runs: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = uncached(records, pack, monkeypatch)
    assert [row[0] for row in plain[0]]
    assert judged(records, pack) == plain
    runs.clear()
    assert judged(records, pack) == plain
    assert runs == []


def test_whatever_changes_is_judged_anew(
    records: Path, pack: Pack, runs: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(**settings: Any) -> None:
        runs.clear()
        rules = settings.pop("rules", pack)
        found = judged(records, rules, **settings)
        assert len(runs) == 1
        assert found == uncached(records, rules, monkeypatch, **settings)

    judged(records, pack)
    changed(as_of="2023-12-31")
    changed(known_by="2024-01-01")
    changed(params={"duty_counts_as_led": True})
    changed(obligations=["all-staff-trained"])
    assumed = pack.records["inspection"].model_copy(update={"complete": "assumed"})
    changed(rules=replace(pack, records={**pack.records, "inspection": assumed}))
    (records / "waivers.yaml").write_text(WAIVER, encoding="utf-8")
    changed()
    inspections = records / "检查记录.csv"
    inspections.write_text(inspections.read_text(encoding="utf-8").replace("M02,2023-11-16", "M01,2023-11-16"), "utf-8")
    changed()


@pytest.mark.parametrize("harm", ["flipped", "cut", "empty"])
def test_a_broken_entry_is_none(
    records: Path, pack: Pack, runs: list[Plan], harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = judged(records, pack)
    for entry in cache.entries():
        if entry.kind == "duties":
            data = entry.path.read_bytes()
            flipped = bytes(byte ^ 255 for byte in data[4096:])
            entry.path.write_bytes(
                {"flipped": data[:4096] + flipped, "cut": data[: len(data) // 2], "empty": b""}[harm]
            )
    runs.clear()
    assert judged(records, pack) == plain
    assert len(runs) == 1
    assert judged(records, pack) == plain
    assert len(runs) == 1


def test_the_database_stays_closed(records: Path, pack: Pack, own_cache: Path, tmp_path: Path) -> None:
    for _ in range(2):
        with audit(records, pack, "2024-01-07", obligations=[ONE]) as result:
            kept = [entry.path for entry in cache.entries() if entry.kind == "duties"]
            assert kept
            for statement in (
                f"FROM '{records / '检查记录.csv'}'",
                f"ATTACH '{kept[0]}' AS other (READ_ONLY)",
                f"COPY duties TO '{tmp_path / 'out.csv'}'",
                f"COPY duties TO '{own_cache / 'out.csv'}'",
                "SET enable_external_access = true",
            ):
                with pytest.raises(duckdb.Error, match=r"disabled by configuration|locked"):
                    result.connection.execute(statement)


def test_nothing_is_left_beside_the_cache(
    records: Path, pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    for _ in range(2):
        judged(records, pack)
    assert list(scratch.iterdir()) == []
    if os.name == "posix":
        assert all(entry.path.parent.stat().st_mode & 0o077 == 0 for entry in cache.entries())


def test_a_part_of_an_audit_changes_nothing_that_is_kept(records: Path, pack: Pack) -> None:
    plain = judged(records, pack)
    with audit(records, pack, "2024-01-07", obligations=[ONE]) as result:
        part = only_of(result, ["M01"])
        assert 0 < len(part.duties) < len(plain[0])
    assert judged(records, pack) == plain


def test_other_plans_on_the_same_records_are_found_again(records: Path, pack: Pack, runs: list[Plan]) -> None:
    def seen() -> list[Any]:
        with (
            audit(records, pack, "2024-01-07", obligations=[ONE]) as result,
            beside(result, ["inspection"], ["enterprise"], [ONE]) as views,
        ):
            return views.con.execute('FROM duties UNION ALL BY NAME FROM "seen/inspection"').fetchall()

    first = seen()
    runs.clear()
    assert seen() == first
    assert runs == []


def test_what_a_check_has_read_the_intake_finds(records: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    with (records / "检查记录.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("I3,企业主要负责人带队,M02,昨天上午,M02矿长\n")

    def told() -> tuple[Any, ...]:
        report = check(Asked([records], datetime(2024, 1, 8)), pack)
        drafted = intake(records, pack)
        return report.faults, report.notes, drafted.lines, drafted.issues

    with monkeypatch.context() as patched:
        patched.setenv("DUBAN_CACHE", "off")
        plain = told()
    assert len(plain[0]) == 1  # I3
    for _ in range(2):
        assert told() == plain
        assert [entry.kind for entry in cache.entries() if entry.kind == "records"] == ["records"]


def test_leads_are_found_again(records: Path, pack: Pack, runs: list[Plan]) -> None:
    few = replace(pack, leads=tuple(lead for lead in pack.leads if lead.record == "inspection")[:2])
    assert few.leads

    def leads() -> list[Any]:
        with audit(records, few, "2024-01-07", obligations=[ONE]) as result:
            return result.connection.execute(f"FROM {result.find_leads()}").fetchall()

    first = leads()
    runs.clear()
    assert leads() == first
    assert runs == []
    sheet = records / "企业名册.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("二矿", "乙矿"), encoding="utf-8")
    leads()
    assert [plan.result for plan in runs] == ["duties", "leads"]


def test_a_judgement_is_found_again_and_that_of_other_duties_is_not(
    records: Path, pack: Pack, runs: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    def conclusions(*bearers: str, as_of: str = "2024-01-07") -> Judgement:
        with audit(records, pack, as_of, obligations=[ONE]) as result:
            return judge_audit(only_of(result, bearers), "plain")

    with monkeypatch.context() as patched:
        patched.setenv("DUBAN_CACHE", "off")
        plain = conclusions()
    assert plain.findings
    assert conclusions() == plain
    runs.clear()
    assert conclusions() == plain
    assert runs == []
    part = conclusions("M02")  # its duties are not those that the plan left behind
    assert {one.bearer_id for one in part.findings} < {one.bearer_id for one in plain.findings}
    assert conclusions() == plain
    runs.clear()
    conclusions(as_of="2023-12-31")
    assert [plan.result for plan in runs][:2] == ["duties", "judgement/findings"]


def test_what_another_reading_would_change_is_kept(
    records: Path, pack: Pack, runs: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    def contested(rules: Pack, *, fresh: bool = False) -> dict[str, tuple[str, ...]]:
        desk = open_desk(records, rules, "2024-01-07", fresh=fresh)
        with audit_desk(desk, [ONE]) as result:
            rows = result.connection.execute("SELECT fingerprint, obligation FROM duties WHERE status = 'breached'")
            accused = dict(rows.fetchall())
            cursor = result.connection.cursor()
            try:
                return contested_under(replace(desk, connection=cursor), accused)
            finally:
                cursor.close()

    first = contested(pack, fresh=True)
    assert contested(pack) == first
    runs.clear()
    assert contested(pack) == first
    assert runs == []
    for entry in cache.entries():
        if entry.kind == "contested":
            entry.path.write_bytes(entry.path.read_bytes()[:-1])
    assert contested(pack) == first
    assert len(runs) > 0
    runs.clear()
    assert contested(replace(pack)) == first  # nobody knows what such a pack says
    assert len(runs) > 0


def test_what_shall_be_explained_is_run(records: Path, pack: Pack, runs: list[Plan]) -> None:
    judged(records, pack, keep=True)
    judged(records, pack, keep=True)
    assert len(runs) == 2


def test_a_replay_proves_from_the_files(records: Path, pack: Pack, runs: list[Plan]) -> None:
    judged(records, pack)
    desk = open_desk(records, pack, "2024-01-07", fresh=True)
    runs.clear()
    with audit_desk(desk, [ONE]):
        assert len(runs) == 1


def test_frames_and_large_results_are_not_kept(
    records: Path, pack: Pack, runs: list[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "_MOST", 1)
    judged(records, pack)
    judged({"enterprise": [{"enterprise_id": "M01", "town": "甲岭镇", "status": "生产"}]}, pack)
    assert len(runs) == 2
    assert [entry.kind for entry in cache.entries() if entry.kind == "duties"] == []
