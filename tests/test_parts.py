"""Where memory is short, some jurisdictions are judged after the others: the same duties, and nothing else is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import duban
from duban import parts
from duban.crew import RECORDS
from duban.errors import EvaluationError
from duban.evaluate import Limits, Once, open_database, run
from duban.model import Plan, Step

ASKED = ["head-leads-inspections", "town-covers-all-mines", "major-hazard-rectified"]


def judged(records: Any, monkeypatch: pytest.MonkeyPatch, limits: Limits | None = None) -> tuple[Any, list[str], int]:
    """Duties, what is missing, what is said; the databases that are left; how many parts there were."""
    found: list[parts.Part] = []
    slices = parts._sliced
    with monkeypatch.context() as patched:
        patched.setattr(parts, "_sliced", lambda con, part, **how: found.append(part) or slices(con, part, **how))
        with duban.audit(records, "zezhou-2023-331", "2024-01-07", obligations=ASKED, limits=limits) as audit:
            con = audit.connection
            tables = [sorted(map(repr, con.execute(f"FROM {name}").fetchall())) for name in ("duties", "missing")]
            left = [name for (name,) in con.execute("SELECT database_name FROM duckdb_databases()").fetchall()]
            return (*tables, audit.issues, audit.counts), left, len(found)


@pytest.mark.parametrize("where", ["in memory", "in a folder"])
def test_parts_of_the_records_say_what_all_say(
    large_county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("DUBAN_CACHE", "off")
    whole, before, one = judged(large_county, monkeypatch)
    limits = Limits("2GB", temp_folder=str(tmp_path)) if where == "in a folder" else None
    monkeypatch.setattr(parts, "PER_RECORD", 1e12)  # so that each county is a part of its own
    apart, after, several = judged(large_county, monkeypatch, limits)
    assert (one, several) == (0, 6)
    assert apart == whole
    assert len(apart[0]) > 9_000
    assert after == before


def test_as_many_jurisdictions_together_as_fit() -> None:
    counted = [("甲", 3), ("乙", 4), ("丙", 2), ("丁", 9), ("戊", 1)]

    def names(most: float) -> list[str]:
        return ["".join(name for name, _ in part) for part in parts._packed(counted, most)]

    assert names(7) == ["甲乙", "丙", "丁", "戊"]
    assert names(100) == ["甲乙丙丁戊"]
    assert list(parts._packed([], 7)) == []


@pytest.mark.parametrize(
    ("records", "first"), [((3, 4, 2, 9, 1), 4), ((9, 1, 1), 1), ((1, 1, 9), 2), ((0, 0), 1), ((5, 5), 1)]
)
def test_a_part_is_halved_by_its_records(records: tuple[int, ...], first: int) -> None:
    part = tuple((str(number), count) for number, count in enumerate(records))
    assert parts.halves(part) == (part[:first], part[first:])


@pytest.mark.parametrize("memory", ["", "2GB"])
@pytest.mark.parametrize(("known", "cached"), [(True, False), (False, False), (False, True)])
def test_what_does_not_fit_is_halved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool, cached: bool, memory: str
) -> None:  # fmt: skip
    """Four counties, and a text of 16 MB in each: all in one text are too much. Whether or not that was foreseen."""
    monkeypatch.setenv("DUBAN_CACHE", "off")
    con = open_database(Limits(memory, temp_folder=str(tmp_path / "data")))
    con.execute(
        "CREATE TABLE raw_stop AS SELECT '县' || i AS jurisdiction, repeat('x', 16000000) AS note FROM range(4) r(i)"
    )
    con.execute("SET memory_limit = '150MB'")
    joined = "any_value(jurisdiction) AS jurisdiction, length(string_agg(note)) AS length, count(*) AS counties"
    plan = Plan(
        (Step("duties", f"SELECT {joined} FROM raw_stop"), Step("missing", "SELECT jurisdiction FROM raw_stop")),
        "duties",
        "missing",
    )
    once = Once("nothing", tmp_path) if cached else None
    if known:
        parts.run(con, plan, [tuple((f"县{number}", 1) for number in range(4))])
    else:
        run(con, plan, once=once, in_parts=True)
    assert con.execute("SELECT sum(counties), max(counties) < 4 FROM duties").fetchall() == [(4, True)]
    assert con.execute("SELECT count(*) FROM missing").fetchall() == [(4,)]
    tables = con.execute("SELECT database_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
    assert tables == [(RECORDS, name) for name in ("duties", "missing", "raw_stop")]
    con.close()


def test_a_part_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two parts has a text where a number should be."""
    con = open_database(Limits())
    con.execute("CREATE TABLE raw_stop AS FROM (VALUES ('一县', '1'), ('二县', '许多')) v(jurisdiction, days)")
    steps = (
        Step("duties", "SELECT jurisdiction, CAST(days AS INTEGER) AS days FROM raw_stop"),
        Step("missing", "SELECT jurisdiction FROM raw_stop WHERE days IS NULL"),
    )
    plan = Plan(steps, "duties", "missing")
    monkeypatch.setattr(parts, "PER_RECORD", 1e12)
    with pytest.raises(EvaluationError, match="duties"):
        run(con, plan, in_parts=True)
    tables = con.execute("SELECT database_name, table_name FROM duckdb_tables()").fetchall()
    assert tables == [(RECORDS, "raw_stop")]
    assert con.execute("SELECT count(*) FROM raw_stop").fetchall() == [(2,)]
    con.execute("DELETE FROM raw_stop WHERE days = '许多'")
    con.execute("INSERT INTO raw_stop VALUES ('三县', '3')")
    run(con, plan, in_parts=True)
    assert con.execute("FROM duties ORDER BY days").fetchall() == [("一县", 1), ("三县", 3)]
    con.close()
