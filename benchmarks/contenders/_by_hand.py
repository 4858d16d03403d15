"""What rules engines leave to the program around them: reading, newest versions, hand-ins merged, calendar, live spans.

None of them knows a period, a roster in time or a hand-in. All that is here stands before the engine and is counted among the
lines of each contender that uses it (`BY_HAND`). It stops short of judging: duties come out with their span and due, without
a status. Moments are whole seconds since 1970; days too, which end where the next begins. An engine sees one county at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from workload import AS_OF_MOMENT, FINDINGS, files

EPOCH = datetime(1970, 1, 1)
DAY = 86_400
ALWAYS = (-(10**11), 10**11)
STOPPED = "长期停产(无人作业)"
Row = dict[str, Any]


def at(text: str) -> int:
    """Seconds of a day's beginning or of a moment."""
    return int((datetime.fromisoformat(text) - EPOCH).total_seconds())


NOW = at(AS_OF_MOMENT)
MONTHS = [(at(p), at(a), at(b)) for p, a, b in (
    ("2023-11-01", "2023-11-11", "2023-12-01"), ("2023-12-01", "2023-12-01", "2024-01-01"), ("2024-01-01", "2024-01-01", "2024-02-01"),
)]  # fmt: skip
TYPES = {
    "enterprise": (
        "enterprise_id AS id, town, bureau, mine_type, status, head, legal_person AS legal, valid_from, valid_to",
        "enterprise_id, valid_from",
    ),
    "hazard": (
        "hazard_id AS id, enterprise_id AS mine, source, level, found_date AS found, deadline, done_date AS done, recheck_result AS recheck",
        "hazard_id",
    ),
    "major_hazard": (
        "hazard_id AS id, enterprise_id AS mine, found_date AS found, confirm_result AS confirmed, acceptance, done_date AS done, "
        "county_deadline AS postponed, exception_reported_date AS excepted, five_measure_date AS measure_on, five_resp_date AS resp_on, "
        "five_fund_date AS fund_on, five_deadline_date AS deadline_on, five_plan_date AS plan_on, CAST(five_fund AS DOUBLE) AS fund",
        "hazard_id",
    ),
    "enterprise_meeting": ('meeting_id AS id, enterprise_id AS mine, held_on AS "at", kinds', "meeting_id"),
    "inspection": ('inspection_id AS id, enterprise_id AS mine, start_at AS "at", levels, leaders', "inspection_id"),
    "blast": ('blast_no AS id, enterprise_id AS mine, fired_at AS "at"', "blast_no"),
    "weather": ("warning_id AS id, kind, colour, towns, issued_at, lifted_at", "warning_id"),
}


@dataclass
class County:
    """The facts of one county: what was recorded, by type, and what the program has worked out."""

    name: str
    rows: dict[str, list[Row]]
    mines: list[Row]  # id, town, bureau, s, e: from the first day in the roster to its last
    spans: list[Row]  # mine, s, e, head, legal, working (not stopped for long), storm (warnings concern it)
    proven: list[Row]  # who, type, s, e: days handed in without a gap
    duties: list[
        Row
    ]  # id, obligation, mine, town, trigger, unsure (the cell that calls for it is empty), period, due, ls, le; not the duties of hazards


def counties(folder: Path, types: tuple[str, ...]) -> Iterator[County]:
    """Each county with the newest known rows of `types`, in the order of time and id."""
    rows = {name: _newest(folder, name, *TYPES[name]) for name in ("enterprise", *types)}
    proven = _proven(folder)
    for name, roster in rows["enterprise"].items():
        mines, spans = _roster(roster)
        mine_rows = {kind: by_county.get(name, []) for kind, by_county in rows.items()}
        yield County(name, mine_rows, mines, spans, proven.get(name, []), _duties(mines, spans, mine_rows))


def _newest(folder: Path, record: str, columns: str, key: str) -> dict[str, list[Row]]:
    source = f"read_parquet({files(folder, record)})"
    con = duckdb.connect()
    typed = con.sql(f"SELECT {columns} FROM {source} LIMIT 0")
    shown = ", ".join(
        f'CAST(epoch("{name}") AS BIGINT) AS "{name}"' if str(kind) in ("DATE", "TIMESTAMP") else f'"{name}"'
        for name, kind in zip(typed.columns, typed.types, strict=True)
    )
    found = con.execute(f"""SELECT jurisdiction, {shown} FROM (SELECT jurisdiction, {columns} FROM {source}
      WHERE submitted_at <= TIMESTAMP '{AS_OF_MOMENT}'
      QUALIFY row_number() OVER (PARTITION BY jurisdiction, {key} ORDER BY submitted_at DESC) = 1) ORDER BY ALL""")
    names = [column[0] for column in found.description]
    counties: dict[str, list[Row]] = {}
    for values in found.fetchall():
        row = dict(zip(names, values, strict=True))
        counties.setdefault(row.pop("jurisdiction"), []).append(row)
    for rows in counties.values():
        rows.sort(key=lambda row: (row.get("at") or 0, row["id"]))
    return counties


def _roster(roster: list[Row]) -> tuple[list[Row], list[Row]]:
    mines: dict[str, Row] = {}
    spans = []
    for row in roster:
        s = ALWAYS[0] if row["valid_from"] is None else row["valid_from"]
        e = ALWAYS[1] if row["valid_to"] is None else row["valid_to"] + DAY
        stopped, open_pit = row["status"] == STOPPED, row["mine_type"] in ("露天", "露天转地下")
        own = {
            "mine": row["id"],
            "s": s,
            "e": e,
            "head": row["head"],
            "legal": row["legal"],
        }
        spans.append({**own, "working": not stopped, "storm": open_pit and row["status"] == "生产"})
        mine = mines.setdefault(
            row["id"], {"id": row["id"], "town": row["town"], "bureau": row["bureau"], "s": s, "e": e}
        )
        mine["s"], mine["e"] = min(mine["s"], s), max(mine["e"], e)
    return list(mines.values()), sorted(spans, key=lambda span: span["s"])


def _proven(folder: Path) -> dict[str, list[Row]]:
    lines = duckdb.execute(f"""SELECT jurisdiction, sender, record_type, CAST(epoch(covered_from) AS BIGINT),
      CAST(epoch(least(covered_through, CAST(received_at AS DATE)) + 1) AS BIGINT) FROM read_parquet({files(folder, "manifest")})
      WHERE received_at <= TIMESTAMP '{AS_OF_MOMENT}' AND sender = subject ORDER BY ALL""").fetchall()
    found: dict[str, list[Row]] = {}
    for county, who, type_, s, e in lines:
        runs = found.setdefault(county, [])
        if runs and (runs[-1]["who"], runs[-1]["type"]) == (who, type_) and s <= runs[-1]["e"]:
            runs[-1]["e"] = max(runs[-1]["e"], e)
        elif s < e:
            runs.append({"who": who, "type": type_, "s": s, "e": e})
    return found


def _duties(mines: list[Row], spans: list[Row], rows: dict[str, list[Row]]) -> list[Row]:
    """Which duties there are of the meeting, the led inspections and the warnings, with the days on which they lived."""
    found: list[Row] = []
    by_mine: dict[str, list[Row]] = {}
    for span in spans:
        by_mine.setdefault(span["mine"], []).append(span)

    def add(obligation: str, mine: Row, a: int, b: int, due: int | None, **more: Any) -> None:
        lives = "storm" if obligation == "no-blasting-in-severe-weather" else "working"
        live = [span for span in by_mine[mine["id"]] if span["s"] < b and span["e"] > a and span[lives]]
        if live and mine["e"] >= b:
            ls, le = max(live[0]["s"], a), min(live[-1]["e"], b)
            own = {"id": len(found), "obligation": obligation, "mine": mine["id"], "town": mine["town"], "due": due}
            more = {"trigger": "", "period": None, "unsure": False, **more}
            found.append({**own, **more, "ls": ls, "le": le, "proof_to": -(-le // DAY) * DAY})

    for mine in mines:
        if "enterprise_meeting" in rows:
            add("enterprise-special-meeting", mine, at("2023-11-03"), at("2023-11-11"), at("2023-11-11"))
        for period, a, b in MONTHS if "inspection" in rows else ():
            add("head-leads-inspections", mine, a, b, b, period=period)
        for warning in rows.get("weather", ()):
            severe = warning["kind"] in ("暴雪", "暴雨", "道路结冰", "冰冻") and warning["colour"] in ("橙", "红")
            if (
                severe
                and at("2023-11-03") <= warning["issued_at"] < NOW
                and mine["town"] in (warning["towns"] or [mine["town"]])
            ):
                lifted = warning["lifted_at"]
                until = ALWAYS[1] if lifted is None else lifted
                add(
                    "no-blasting-in-severe-weather",
                    mine,
                    warning["issued_at"],
                    until,
                    lifted,
                    trigger=warning["id"],
                    unsure=not warning["towns"],
                )
    return found


def by_mine(county: County, acts: tuple[str, ...]) -> Iterator[dict[str, list[Row]]]:
    """The facts of one mine after the other, for engines that take long over many: no duty here looks at two mines."""
    types = {"spans": county.spans, "duties": county.duties, **{name: county.rows[name] for name in acts}}
    found: dict[str, dict[str, list[Row]]] = {}
    for mine in county.mines:
        # The archive of major hazards is the bureau's; all else the town hands in for its mines.
        who = {"major_hazard": mine["bureau"]}
        runs = [run for run in county.proven if run["who"] == who.get(run["type"], mine["town"])]
        found[mine["id"]] = {"mines": [mine], "proven": runs, **{name: [] for name in types}}
    for name, rows in types.items():
        for row in rows:
            found[row["mine"]][name].append(row)
    yield from found.values()


def finding(county: County, obligation: str, mine: str, status: str, due: int | None, required: float | None = 1,
            observed: float | None = 0, evidence: list[str] | tuple[str, ...] = (), trigger: str = "", period: int | None = None) -> tuple[Any, ...]:  # fmt: skip
    """One row of the findings."""
    start = None if period is None else date(1970, 1, 1) + timedelta(seconds=period)
    ends = None if due is None else EPOCH + timedelta(seconds=due)
    return (obligation, county.name, mine, trigger, start, ends, status, required, observed, list(evidence))


def of_duty(county: County, number: int, status: str, observed: float, evidence: list[str]) -> tuple[Any, ...]:
    """A finding about one of `County.duties`."""
    duty = county.duties[number]
    required = 2 if duty["period"] is not None else 0 if duty["obligation"].startswith("no-") else 1
    own = (county, duty["obligation"], duty["mine"], status, duty["due"], required, observed, evidence)
    return finding(*own, duty["trigger"], duty["period"])


def of_hazard(
    county: County,
    mine: str,
    status: str,
    due: int | None,
    done: bool,
    hazard: str,
    obligation: str = "hazards-corrected-in-time",
) -> tuple[Any, ...]:
    return finding(county, obligation, mine, status, due, 1, done, [hazard], hazard)


def of_blind(county: County, mine: str, due: int, obligation: str = "hazards-corrected-in-time") -> tuple[Any, ...]:
    return finding(county, obligation, mine, "unproven", due, None, None)


def write(out: Path, findings: list[tuple[Any, ...]]) -> None:
    kinds = {"VARCHAR": pa.string(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us"), "DOUBLE": pa.float64(), "VARCHAR[]": pa.list_(pa.string())}  # fmt: skip
    columns = [pa.array([row[i] for row in findings], kinds[kind]) for i, kind in enumerate(FINDINGS.values())]
    pq.write_table(pa.table(columns, names=list(FINDINGS)), out)
