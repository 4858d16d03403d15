"""The store on SQLite and on PostgreSQL, by the same tests: what is kept, killed, at once, old, new, and broken."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from kept_audits import (
    DUTIES,
    FINDINGS,
    die_before_commit,
    die_while_upgrading,
    duty,
    keep_on,
    manifest,
    payload,
    under_fire,
)
from sqlalchemy import func, inspect, select, text

from duban.errors import UsageError
from duban.history import store as store_module
from duban.history.compare import find_audit
from duban.history.life import Standing
from duban.history.past import audits_of, past_of_snapshot, series_of
from duban.history.record import keep
from duban.history.snapshots import Snapshot, of_store
from duban.history.store import Store, open_store
from duban.history.tables import AUDITS, METADATA
from duban.history.tables import DUTIES as DUTY_TABLE
from duban.history.tables import FINDINGS as FINDING_TABLE
from duban.history.upgrade import HEAD, VERSION_TABLE, alembic_config, shape_of
from duban.model import Course

KILLS = {"sqlite": 36, "postgresql": 18}
WEEK1, WEEK2, WEEK3 = datetime(2023, 12, 11), datetime(2023, 12, 18), datetime(2023, 12, 25)


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as opened:
        yield opened


def put(store: Store, *args: Any, **named: Any) -> bool:
    with store.writing() as con:
        return keep(con, payload(*args, **named))


def whole_audits(store: Store) -> int:
    """How many audits there are; each must have all its rows."""
    counts = []
    with store.reading() as con:
        for table, rows in ((DUTY_TABLE, DUTIES), (FINDING_TABLE, FINDINGS)):
            by_audit = con.execute(select(func.count()).select_from(table).group_by(table.c.audit)).scalars().all()
            assert set(by_audit) <= {rows}
            counts.append(len(by_audit))
        counts.append(con.execute(select(func.count()).select_from(AUDITS)).scalar_one())
        if con.dialect.name == "sqlite":
            assert con.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert len(set(counts)) == 1
    return counts[0]


# ---- what it keeps


def test_the_same_audit_twice_is_one_audit(store: Store) -> None:
    duties = [duty("f1", "breached"), duty("f2", "met")]
    assert put(store, WEEK1, duties) is False
    assert put(store, WEEK1, duties, recorded_at=WEEK2) is True
    with store.reading() as con:
        (audit,) = audits_of(con)
        assert (audit.recorded_at, audit.counts) == (WEEK2, {"breached": 1, "met": 1})
        found = of_store(con, audit.number)
    assert found.manifest == manifest(WEEK1)
    assert {name: one.status for name, one in found.standings.items()} == {"f1": "breached", "f2": "met"}
    assert found.standings["f1"] == Standing(**duties[0])
    assert found.told["f1"]["bearer_name"] == "甲岭样01号石料矿"
    assert found.told["f1"]["source"] == ["检查.csv#2"]


def test_other_results_of_the_same_inputs_are_refused(store: Store) -> None:
    put(store, WEEK1, [duty("f1", "breached")])
    with pytest.raises(UsageError, match=r"不同的结果(.|\n)*violations.csv"):
        put(store, WEEK1, [duty("f1", "met")], results="y")
    with store.reading() as con:
        assert audits_of(con)[0].counts == {"breached": 1}


def test_jurisdictions_and_packs_are_kept_apart(store: Store) -> None:
    put(store, WEEK1, [duty("f1", "breached")], jurisdiction="甲县")
    put(store, WEEK1, [duty("f2", "breached")], jurisdiction="乙县")
    put(store, WEEK1, [duty("f3", "breached")], jurisdiction="甲县", pack="other")
    now = Snapshot("now", manifest(WEEK2, jurisdiction="甲县"), {"f9": Standing(**duty("f9", "breached"))}, {})
    past = past_of_snapshot(store, now, {"breached": 1})
    assert [(life.fingerprint, life.course) for life in past.lives] == [("f1", Course.GONE), ("f9", Course.NEW)]
    assert past.before == WEEK1
    with store.reading() as con:
        with pytest.raises(UsageError, match="不止一个辖区"):
            find_audit(con, "2023-12-10")
        assert find_audit(con, "2023-12-10", "乙县").jurisdiction == "乙县"


def test_the_past_is_told_week_by_week(store: Store) -> None:
    """f1 was open three weeks and is met now; f2 came in the second week; f3 was never a finding."""
    put(store, WEEK1, [duty("f1", "breached"), duty("f3", "met")])
    put(store, WEEK2, [duty("f1", "breached"), duty("f2", "late"), duty("f3", "met")])
    now = {"f1": duty("f1", "met", last_act=datetime(2023, 12, 20)), "f2": duty("f2", "late"), "f3": duty("f3", "met")}
    snapshot = Snapshot("now", manifest(WEEK3), {name: Standing(**one) for name, one in now.items()}, {})
    past = past_of_snapshot(store, snapshot, {"late": 1, "candidates": 2})
    assert past.before == WEEK2
    assert [(one.fingerprint, one.course, str(one.first_seen), one.weeks) for one in past.lives] == [
        ("f1", Course.CURED, "2023-12-10", 2),
        ("f2", Course.PERSISTING, "2023-12-17", 0),
    ]
    assert [(p.as_of, p.breached, p.late, p.candidates) for p in past.trend] == [
        (WEEK1, 1, 0, 0), (WEEK2, 1, 1, 0), (WEEK3, 0, 1, 2),
    ]  # fmt: skip


def test_of_one_week_the_audit_recorded_last_counts(store: Store) -> None:
    put(store, WEEK1, [duty("f1", "breached")], recorded_at=datetime(2023, 12, 11, 9))
    put(store, WEEK1, [duty("f1", "met")], recorded_at=datetime(2023, 12, 11, 10), parameters={"least": "1"})
    with store.reading() as con:
        (current,) = series_of(audits_of(con))
        assert current.counts == {"met": 1}
        assert find_audit(con, "2023-12-10").id == current.id
        assert find_audit(con, current.id[:8]).number == current.number
        for name in ("2023-12-11", "ffffff", "abc"):
            with pytest.raises(UsageError, match="没有审核"):
                find_audit(con, name)
    # once more as it was before: it is the week's again
    put(store, WEEK1, [duty("f1", "breached")], recorded_at=datetime(2023, 12, 11, 11))
    with store.reading() as con:
        assert series_of(audits_of(con))[0].counts == {"breached": 1}


# ---- killed, and at once


@pytest.fixture(scope="module")
def forks() -> Any:
    """Processes that are quick to start: forked from one that has imported what keeping needs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kept_audits"])
    return context


def test_killed_at_any_moment_the_store_is_the_old_one_or_the_new(place: str, store: Store, forks: Any) -> None:
    """Every audit that was told to be kept is there, none is there in part, and nothing is locked for the next."""
    draw, kept = random.Random(331), 1
    began = time.monotonic()
    with store.writing() as con:
        keep(con, under_fire(800, 0))
    took, told_kept = time.monotonic() - began, 1
    for run in range(KILLS[store.engine.dialect.name]):
        here, there = forks.Pipe(duplex=False)
        process = forks.Process(target=keep_on, args=(place, run, 500, there))
        process.start()
        there.close()
        for _ in range(1 + draw.randrange(3)):  # it is there; it has kept one; another
            told_kept += here.recv() >= 0
        time.sleep(draw.uniform(0, 2 * took))
        process.kill()
        process.join()
        try:
            while True:
                here.recv()
                told_kept += 1
        except EOFError:
            here.close()
        kept = whole_audits(store)
        # The last one may have been kept without a word.
        assert told_kept <= kept <= told_kept + run + 1
    with store.writing() as con:
        keep(con, under_fire(900, 0))
    assert whole_audits(store) == kept + 1


def test_killed_just_before_the_end_nothing_is_kept(place: str, store: Store, forks: Any) -> None:
    process = forks.Process(target=die_before_commit, args=(place,))
    process.start()
    process.join()
    assert process.exitcode == -9
    assert whole_audits(store) == 0


def test_several_at_once_make_one_store_and_lose_nothing(place: str, forks: Any) -> None:
    """Three processes, of which two keep the same audits, make the store and write to it at the same time."""
    readers, processes = [], []
    for run in (1, 2, 2):
        here, there = forks.Pipe(duplex=False)
        processes.append(forks.Process(target=keep_on, args=(place, run, 6, there)))
        readers.append((here, there))
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    for here, there in readers:
        here.close()
        there.close()
    with open_store(place) as store:
        assert whole_audits(store) == 12


def test_who_waits_too_long_is_told(place: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "PATIENCE", 0.1)
    with open_store(place) as other, store.writing(), pytest.raises(UsageError, match="正被占用"), other.writing():
        pass
    with open_store(place) as other, store.writing(), other.reading() as con:  # readers do not wait
        assert audits_of(con) == []


def test_a_store_in_a_file_is_one_file(tmp_path: Path) -> None:
    """No WAL: it would need memory shared by all writers, which a network drive has not."""
    path = tmp_path / "new" / "duban.db"
    with open_store(path) as store:
        put(store, WEEK1, [duty("f1", "breached")])
        with store.reading() as con:
            assert con.execute(text("PRAGMA journal_mode")).scalar_one() == "delete"
    assert [one.name for one in path.parent.iterdir()] == ["duban.db"]


# ---- older and newer


def at_first_shape(place: str) -> None:
    """A store as the first version made it, with an audit in it."""
    from alembic import command

    with open_store(place) as store, store.writing() as con:
        METADATA.drop_all(con)
        con.execute(text(f"DELETE FROM {VERSION_TABLE}"))
        command.upgrade(alembic_config(con), "0001")
        keep(con, under_fire(1, 1))


def test_an_old_store_is_brought_up_to_date(place: str) -> None:
    at_first_shape(place)
    with open_store(place) as store:
        assert whole_audits(store) == 1
        with store.reading() as con:
            assert shape_of(con).version == HEAD
            assert "measures_taken" in inspect(con).get_table_names()


def test_killed_while_it_is_brought_up_to_date_it_is_the_old_one(place: str, forks: Any) -> None:
    at_first_shape(place)
    process = forks.Process(target=die_while_upgrading, args=(place,))
    process.start()
    process.join()
    assert process.exitcode == -9
    engine = store_module._engine(store_module._url(place))
    with engine.begin() as con:
        assert shape_of(con).version == "0001"
    engine.dispose()
    with open_store(place) as store:
        assert whole_audits(store) == 1


def test_a_store_that_cannot_be_upgraded_stays_as_it_was(place: str) -> None:
    """The second step makes measures_taken, and then finds that there is an intake already."""
    at_first_shape(place)
    engine = store_module._engine(store_module._url(place))
    with engine.begin() as con:
        con.execute(text("CREATE TABLE intake (x INTEGER)"))
    with pytest.raises(UsageError, match="不能升级") as caught:
        open_store(place)
    assert "备份" in str(caught.value)
    with engine.begin() as con:
        assert shape_of(con).version == "0001"
        assert "measures_taken" not in inspect(con).get_table_names()
    engine.dispose()


def test_a_newer_store_is_refused(place: str, store: Store) -> None:
    with store.writing() as con:
        con.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0099'"))
    with pytest.raises(UsageError, match=r"更新版本(.|\n)*0099(.|\n)*升级 duban"):
        open_store(place)


def test_the_steps_lead_to_the_tables(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with store.reading() as con:
        assert ScriptDirectory.from_config(alembic_config(con)).get_heads() == [HEAD]
        assert compare_metadata(MigrationContext.configure(con, opts={"version_table": VERSION_TABLE}), METADATA) == []


def test_a_new_store_is_what_the_steps_lead_to(tmp_path: Path) -> None:
    from alembic import command

    def shape(name: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(tmp_path / name)) as con:
            written = con.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
            versions = con.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()
        return [*sorted((*rest, " ".join((sql or "").split())) for *rest, sql in written), *versions]

    with open_store(tmp_path / "new.db"):
        pass
    engine = store_module._engine(store_module._url(tmp_path / "steps.db"))
    with engine.begin() as con:
        command.upgrade(alembic_config(con), "head")
    engine.dispose()
    assert shape("new.db") == shape("steps.db")


# ---- what is no store


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    text_file, other = tmp_path / "a.txt", tmp_path / "other.db"
    text_file.write_text("不是数据库" * 300, encoding="utf-8")
    with sqlite3.connect(other) as con:
        con.execute("CREATE TABLE theirs (x)")
    con.close()
    for path, told in (
        (text_file, "不是历史库"),
        (other, "不是督办的历史库"),
        (tmp_path, "是文件夹"),
        (text_file / "a.db", "无法建立"),
        ("mysql://somebody@host/db", "不能是 mysql"),
        ("://", "无法识别"),
    ):
        with pytest.raises(UsageError, match=told):
            open_store(path)
    with pytest.raises(UsageError, match="找不到历史库"):
        open_store(tmp_path / "none.db", create=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "other.db"]


def test_an_address_is_shown_without_its_password() -> None:
    with pytest.raises(UsageError) as caught:
        open_store("postgresql://clerk:secret@127.0.0.1:1/duban?connect_timeout=2")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
    with pytest.raises(UsageError) as caught:
        open_store("postgresql://clerk:secret@host:port/duban")
    assert "secret" not in str(caught.value)


def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"duban\[postgresql\]"):
        open_store("postgresql://clerk@host/duban")
