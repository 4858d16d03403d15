"""audit(A ∪ B) = audit(A) ∪ audit(B): nothing that one county hands in, or does not, says anything of another.

Every case of a pack says it, too: cases of one moment are judged in one run, each as a jurisdiction of its own, with
its own lists, hand-ins and record types (cases.py, lead_cases.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import duban
from duban.auditing import open_desk
from duban.judging import judge_audit
from duban.pack import load_pack
from duban.sqltext import quote
from engine_world import engine_duties, pack_folder, yaml_text
from reference.strategies import Row, draw_uneven, of_county, worlds
from reference.vocabulary import HOME, OTHER, RECORDS, pack_yaml

ROOT = Path(__file__).parents[1]
Rows = dict[str, list[Row]]


def told(world: Row, counties: Iterable[Rows]) -> list[str]:
    """All that an audit says of some counties: every column of every duty, and what is missing.

    Each county's rows are a frame of their own, as they are files: so a row has its place, whoever is beside it.
    """
    records: dict[str, list[list[Row]]] = {}
    for county in counties:
        for name, some in county.items():
            records.setdefault(name, []).append(some)
    clock = {name: world[name] for name in ("as_of", "known_by", "params")}
    with duban.audit(records, pack_folder(yaml_text(world["pack"])), **clock, waivers=world["waivers"]) as audit:
        return said(audit.connection, "duties", "missing")


def said(con: Any, *tables: str) -> list[str]:
    return sorted(
        repr((table, row)) for table in tables for row in con.execute(f"SELECT * FROM {quote(table)}").fetchall()
    )


@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(world=worlds(at_most=2), seed=st.integers(0, 2**32))
def test_two_counties_in_one_audit_are_two_audits(world: Row, seed: int) -> None:
    chance = Random(seed)
    rows = draw_uneven(chance, world["rows"])
    counties = [county for home in (True, False) if (county := of_county(rows, home=home))]
    apart = sorted(line for county in counties for line in told(world, [county]))
    assert told(world, chance.sample(counties, len(counties))) == apart


def ids_of_stops(*before: Row) -> list[str]:
    """The triggers of two equal stops without a number, after other rows."""
    rule = {"id": "o", "title": "复产", "clause": "一", "quote": "应当", "ground": "不认真", "bearer": "county"}
    rule |= {"window": "campaign", "each": {"record": "stop"}, "by": "start_at + 5 days", "done": "end_at"}
    stop = {"stop_id": None, "enterprise_id": "E1", "start_at": date(2023, 11, 10), "cause": "检修"}
    rows = {"county": [{"code": "C1"}], "stop": [*before, stop, stop]}
    clock = {"as_of": date(2024, 2, 20), "known_by": None, "params": {}, "waivers": []}
    pack = {"pack": pack_yaml("assumed", 2), "records": RECORDS, "obligations": [rule]}
    found = [duty for duty in engine_duties({"pack": pack, "rows": rows, **clock}) if duty["jurisdiction"] == HOME]
    return sorted(duty["trigger_id"] for duty in found)


def test_the_id_of_a_record_without_a_number_hangs_on_no_other_row() -> None:
    """`#`, 12 hex digits of what it says, and an ordinal among equals; another county's count for nothing."""
    first, second = ids_of_stops()
    assert len(first) == 13
    assert second == f"{first}-2"
    other = {
        "stop_id": None,
        "enterprise_id": "E1",
        "start_at": date(2023, 11, 10),
        "cause": "检修",
        "jurisdiction": OTHER,
    }
    assert ids_of_stops(other, other) == [first, second]
    assert ids_of_stops({**other, "stop_id": "S1", "jurisdiction": None}) == [first, second, "S1"]


# ---- the plan of a real pack: leads and what follows from findings, too

PACK = "zezhou-2023-331"
ASKED = (
    "head-leads-inspections",
    "major-hazard-rectified",
    "town-covers-all-mines",
    "group-posts-visit",
    "interview-feedback",
)
# What the other county lacks: rosters, whole types, and all hand-ins of one type.
LACKING = {"town", "group", "town_leaders", "stop", "drill", "interview"}
UNDECLARED = "inspection"


@cache
def sample_county() -> dict[str, Any]:
    """The records of the sample county as Arrow tables, by record type."""
    with open_desk(ROOT / "data" / "samples", load_pack(PACK), "2024-01-31").connection as con:
        found = {}
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'raw_%'").fetchall():
            columns = [row[0] for row in con.execute(f"DESCRIBE {quote(table)}").fetchall()]
            shown = ", ".join(quote(name) for name in columns if not name.startswith("_") and "$" not in name)
            rows = con.sql(f"SELECT {shown} FROM {quote(table)} ORDER BY _n").to_arrow_table()
            found |= {table.removeprefix("raw_"): rows} if len(rows) else {}
        return found


def neighbour() -> dict[str, Any]:
    """A county with the same numbers and names, which handed in less."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = {name: table for name, table in sample_county().items() if name not in LACKING}
    found["manifest"] = found["manifest"].filter(pc.not_equal(found["manifest"]["record_type"], UNDECLARED))
    place = {name: table.column_names.index("jurisdiction") for name, table in found.items()}
    return {
        name: table.set_column(place[name], "jurisdiction", pa.array([OTHER] * len(table)))
        for name, table in found.items()
    }


def all_told(*counties: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Duties, missing and leads; and what the judge says of them."""
    records: dict[str, list[Any]] = {}
    for county in counties:
        for name, table in county.items():
            records.setdefault(name, []).append(table)
    with duban.audit(records, PACK, as_of="2024-01-31", obligations=ASKED) as audit:
        judgement = judge_audit(audit, switches=False)
        tables = said(
            audit.connection, "duties", "missing", audit.find_leads(), "judgement/findings", "judgement/speaks"
        )
    judged = (judgement.candidates, judgement.conclusions, judgement.findings, judgement.taken)
    return tables, sorted(repr(one) for some in judged for one in some)


def test_two_counties_are_judged_apart() -> None:
    apart = [all_told(sample_county()), all_told(neighbour())]
    together = all_told(neighbour(), sample_county())
    assert all(len(some) > 10 for county in apart for some in county)
    for what, (here, there) in zip(together, zip(*apart, strict=True), strict=True):
        assert what == sorted([*here, *there])
