"""Limits: an audit within little memory says the same, keeps its data in a folder, and leaves nothing behind."""

from __future__ import annotations

import gc
from pathlib import Path

import duckdb
import pytest

import duban
from duban import crew
from duban.errors import UsageError
from duban.evaluate import Limits, close_to_outside, complete, left_behind, open_database, run
from duban.model import Plan, Step

HEADS = "head-leads-inspections"
MINES = 3_000  # of large_county


def test_a_limit_changes_nothing_but_the_place(
    large_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within 200 MB, of which DuckDB has 50, the same duties; data is on the disk meanwhile, and gone afterwards."""
    monkeypatch.setenv("DUBAN_CACHE", "off")  # the second audit is to run
    with duban.audit(large_county, "zezhou-2023-331", "2024-01-07", obligations=[HEADS]) as whole:
        duties = whole.duties
    held: list[int] = []

    def look(_: str) -> None:
        held.append(sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()))

    limits = Limits(memory="200MB", temp_folder=str(tmp_path))
    with duban.audit(
        large_county, "zezhou-2023-331", "2024-01-07", obligations=[HEADS], limits=limits, progress=look
    ) as limited:
        assert limited.duties.equals(duties)
    # Three periods of each mine; every 20th leads none of December's: no day of it among its 27th to 44th check.
    assert len(duties) == MINES * 3
    assert max(held) > MINES * 60 * 10  # more bytes than ten for each record
    del limited
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_what_a_process_may_hold_is_more_than_what_the_database_may(tmp_path: Path) -> None:
    for memory, share in (("4GB", 3_000), ("4 GiB", 3_236), ("1.5gb", 1_000), ("400MB", 120), ("120MB", 30)):
        con = open_database(Limits(memory, temp_folder=str(tmp_path)))
        (text,) = con.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
        number, unit = text.split()
        size = float(number) * {"MiB": 2**20, "GiB": 2**30}[unit] / 1e6
        assert size == pytest.approx(share, rel=0.05), memory
        con.close()


@pytest.mark.parametrize("memory", ["much", "4", "-4GB", "4XB"])
def test_a_limit_that_is_no_size_is_bad_usage(memory: str) -> None:
    with pytest.raises(UsageError, match="4GB"):
        open_database(Limits(memory))


def test_the_folder_of_a_limit_may_be_new_and_need_not_be_there(tmp_path: Path) -> None:
    open_database(Limits("1GB", temp_folder=str(tmp_path / "new"))).close()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="限制"):
        open_database(Limits("1GB", temp_folder=str(tmp_path / "file")))


def test_a_limited_database_is_closed_to_the_outside_too(tmp_path: Path) -> None:
    """Its own folder stays open for the shelves, and nothing beside it."""
    (tmp_path / "secret.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "spill").mkdir()
    con = open_database(Limits("1GB", temp_folder=str(tmp_path / "spill")))
    close_to_outside(con)
    with pytest.raises(duckdb.Error):
        con.execute(f"FROM read_csv('{tmp_path / 'secret.csv'}')")
    with pytest.raises(duckdb.Error):
        con.execute(f"ATTACH '{tmp_path / 'other.duckdb'}'")
    run(
        con,
        Plan((Step("one", "SELECT 1 AS n"), Step("two", 'SELECT n + 1 AS n FROM "one"', reads=("one",))), "two", "two"),
    )
    assert con.execute("FROM two").fetchall() == [(2,)]
    con.close()


def test_a_step_that_fits_nowhere_says_what_to_do(tmp_path: Path) -> None:
    """One text of 100 MB cannot be spilled."""
    con = open_database(Limits("120MB", temp_folder=str(tmp_path)))
    step = Step("long", "SELECT string_agg(repeat('x', 1000), '') AS text FROM range(100000)")
    with pytest.raises(UsageError, match="--memory"):
        run(con, Plan((step,), "long", "long"))
    con.close()


def test_a_step_that_found_no_memory_is_taken_again_alone() -> None:
    """While it waits nobody takes another step; alone it is taken once more, and no third time."""
    steps = tuple(Step(name, "") for name in ("small", "big", "next"))
    rota = crew._Rota(Plan(steps, "big", "next"), keep=True, progress=None)
    assert rota.take() == (0, steps[0])
    assert rota.take() == (1, steps[1])
    assert rota.postpone(1)
    assert not rota._may_start()
    rota.done(0, 0.0)
    assert rota.take() == (1, steps[1])
    assert not rota._may_start()
    assert not rota.postpone(1)
    rota.done(1, 0.0)
    assert rota.take() == (2, steps[2])


def test_what_shall_last_is_found_by_the_plans_that_come_after() -> None:
    """A plan beside it takes the view as it is; one on other shelves sees it, makes and drops its own."""
    view, first = Step("seen/a", "SELECT 1 AS x"), Step("first", 'SELECT x + 1 AS x FROM "seen/a"', reads=("seen/a",))
    plan = Plan((view, first), "first", "first", views=("seen/a",))
    con = open_database(Limits(threads=2))

    def value(table: str, on: duckdb.DuckDBPyConnection = con) -> object:
        return on.execute(f'SELECT x FROM "{table}"').fetchall()

    run(con, plan)
    assert left_behind(con, plan) == set()
    con.execute('DROP TABLE "first"')
    run(con, plan, lasting=plan.views)
    assert left_behind(con, plan) == {"seen/a"}

    wrong = Step("seen/a", "SELECT error('made again')")
    second = Step("second", 'SELECT x + 10 AS x FROM "seen/a"', reads=("seen/a",))
    complete(con, "second", lambda: Plan((wrong, second), "second", "second"))
    complete(con, "second", lambda: Plan((wrong,), "second", "second"))
    assert value("second") == [(11,)]

    other = con.cursor()
    third = Step("third", 'SELECT x + 100 AS x FROM "seen/a"', reads=("seen/a",))
    run(other, Plan((wrong, third), "third", "third"), shelf="trial", there={"seen/a"}, behind="shelf")
    assert value("third", other) == [(101,)]
    own = Step("seen/a", "SELECT 5 AS x")
    other.execute('DROP TABLE "third"')
    run(other, Plan((own, third), "third", "third"), shelf="trial", behind="shelf")
    assert value("third", other) == [(105,)]
    assert value("seen/a") == [(1,)]
    assert left_behind(con, plan) == {"seen/a"}
    con.close()
