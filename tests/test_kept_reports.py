"""What reports are made of is found again on the same records; let one thing be another, and it is made anew."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from duban import cache
from duban.auditing import Audit, audit, only_of
from duban.check import Asked, Report, check_loaded
from duban.check import run as checking
from duban.compile import Beside, compile_beside
from duban.errors import PackError
from duban.pack import Pack, load_pack
from duban.pack import weekly as weekly_file
from duban.pack.weekly import load_weekly
from duban.report import page

ONE = "head-leads-inspections"
NOW = datetime(2024, 1, 8, 9)
ROSTER = "企业编号,企业名称,所在镇,生产状态\nM01,一矿,甲岭镇,生产\nM02,二矿,甲岭镇,生产\n"
LEDGER = (
    "隐患编号,企业编号,隐患来源,排查日期,整改时限\nH1,M01,企业自查,2023-12-04,2023-12-01\n"  # ends before it was found
)


@pytest.fixture(scope="module")
def ready() -> Pack:
    pack = load_pack("zezhou-2023-331")
    assert pack.stamp  # else nothing is kept
    return pack


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.SETTING, str(tmp_path / "cache"))


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "企业名册.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "隐患台账.csv").write_text(LEDGER, encoding="utf-8")
    return folder


def opened(records: Path, pack: Pack, **more: Any) -> Audit:
    return audit(records, pack, "2024-01-07", obligations=[ONE], **more)


def test_checks_of_the_same_records_on_the_same_day_are_found_again(
    records: Path, ready: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[datetime] = []
    real = checking._checked

    def counted(*given: Any) -> Any:
        made.append(given[-1].now)
        return real(*given)

    monkeypatch.setattr(checking, "_checked", counted)

    def checked(now: datetime) -> list[str]:
        def check(con: Any, loaded: Any, pack: Pack) -> Report:
            return check_loaded(con, loaded, Asked([records], now), pack)

        with opened(records, ready, check=check) as result:
            assert result.checked is not None
            assert result.checked.checked_at == now
            return [fault.code for fault in result.checked.faults]

    first = checked(NOW)
    assert "E102" in first
    assert checked(NOW + timedelta(minutes=5)) == first
    assert made == [NOW]
    assert checked(NOW + timedelta(days=1)) == first
    assert len(made) == 2  # what is in the future depends on the day
    (records / "隐患台账.csv").write_text(LEDGER.replace("2023-12-01", "2023-12-11"), encoding="utf-8")
    assert "E102" not in checked(NOW)


def test_a_plan_beside_an_audit_sees_its_own_tables_first(records: Path, ready: Pack) -> None:
    wanted = Beside((f"{ONE}/duty", "seen/enterprise"), (ONE,)) | Beside(("seen/enterprise", "bearer/town"))
    assert wanted == Beside((f"{ONE}/duty", "seen/enterprise", "bearer/town"), (ONE,))
    with opened(records, ready) as result:
        plan = compile_beside(ready, result.as_of, result.known_by, wanted)
        assert set(plan.stays) == set(wanted.tables)
        with result.beside(plan) as con:
            own = con.execute(f'SELECT count(*) FROM "{ONE}/duty" JOIN duties USING (fingerprint)').fetchone()
            assert own == result.connection.execute("SELECT count(*) FROM duties").fetchone()
        left = result.connection.execute("SELECT 1 FROM duckdb_tables() WHERE starts_with(database_name, 'beside')")
        assert left.fetchall() == []


def test_what_follows_from_the_duties_is_made_once(records: Path, ready: Pack) -> None:
    made: list[str] = []

    def make() -> tuple[str, ...]:
        made.append("once")
        return ()

    def again(*asked: str, part: bool = False) -> object:
        with opened(records, ready) as result:
            return (only_of(result, ["M01"]) if part else result).again("trial", *asked, make=make)

    assert again("a") == again("a") == ()
    assert len(made) == 1
    again("b")
    again("a", part=True)  # its duties are others
    again("a", part=True)
    assert len(made) == 4
    (records / "企业名册.csv").write_text(ROSTER.replace("二矿", "乙矿"), encoding="utf-8")
    again("a")
    assert len(made) == 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(load_pack("zezhou-2023-331").folder, tmp_path / "own" / "zezhou-2023-331"))


def test_a_file_beside_the_pack_is_read_again_if_it_says_something_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    real = weekly_file.read_weekly

    def counted(place: Path, pack: Pack | None) -> Any:
        read.append(place)
        return real(place, pack)

    monkeypatch.setattr(weekly_file, "read_weekly", counted)
    pack = load_pack(folder)
    first = load_weekly(pack)
    assert load_weekly(pack) == first
    assert len(read) == 1
    file = folder / weekly_file.FILE
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\nno_such_word: 1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PackError):
            load_weekly(pack)
    file.write_text(text, encoding="utf-8")
    assert load_weekly(pack) == first
    assert len(read) == 3


def test_templates_are_kept_as_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    def compiled(*_: object) -> None:
        raise AssertionError

    page._environment.cache_clear()
    page._environment().get_template("grounds.html")
    page._environment.cache_clear()
    again = page._environment()
    monkeypatch.setattr(type(again), "compile", compiled)
    again.get_template("grounds.html")
    monkeypatch.setenv(cache.SETTING, cache.OFF)
    with pytest.raises(AssertionError):
        again.get_template("parts.html")
    page._environment.cache_clear()
