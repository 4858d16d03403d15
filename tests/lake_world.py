"""A lake of six invented counties and a small notice: two checks of each mine a month, or it is called in."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from duban.auditing import Audit, audit, moment_of
from duban.cluster import Order
from duban.cluster import tables as names
from duban.evaluate import Limits
from duban.judging import judge_audit
from duban.pack import Pack, load_pack

Row = dict[str, Any]
AS_OF = "2024-01-07"
PACK = {
    "pack.yaml": """
id: lake
number: 一号
title: 通知
issuer: 省局
jurisdiction: 某县
windows: {month: {from: 2023-12-01, to: 2023-12-31}}
parameters:
  needed: {type: int, default: 2, values: [1, 2], why: 待局确认}
questions:
  - {ask: 检查几次, clause: 一, parameters: needed}
bearers: {mine: {title: 企业, record: mine, key: mine, name: mine, reports_through: mine}}
grounds: [不认真]
""",
    "records.yaml": """
mine: {title: 名册, key: mine, fields: {mine: {title: 企业}, shut: {title: 停产, type: bool}}}
check:
  title: 检查
  key: id
  time: at
  references: {mine: mine}
  fields: {id: {title: 编号}, mine: {title: 企业}, at: {title: 时间, type: datetime}}
""",
    "measures.yaml": """
measures: {约谈: {rung: 1, nature: 监督, listed: true}}
bearers: {mine: {post: 负责人, convener: 县局}}
rules:
  - id: short
    title: 次数不足
    for: mine
    when: {finding: status = 'breached'}
    then: {ground: 不认真, tier: 建议优先研究}
  - {id: talk, title: 情形成立, for: mine, when: {conclusion: ground = '不认真'}, then: {measure: 约谈}}
""",
    "obligations/1.yaml": """
- id: checks
  title: 每月检查
  clause: 一
  quote: 每月检查2次
  bearer: mine
  applies: not shut
  window: month
  every: month
  perform: {record: check, at_least: param.needed}
  ground: 不认真
""",
}
MINES = ("A", "B", "C", "D")
# Checks of A, B and C in December; D is shut. 4403 has not handed in its checks, 3302 those of C.
CHECKS = {
    "0571": (2, 1, 0),
    "0572": (2, 2, 2),
    "1100": (0, 0, 0),
    "3301": (3, 1, 2),
    "3302": (2, 0, 0),
    "4403": (2, 2, 2),
}
# By hand: two checks or more: met; fewer: breached, or unproven where the hand-in is missing and could hold more.
STATUS = {
    "0571": ("met", "breached", "breached"),
    "0572": ("met", "met", "waived"),
    "1100": ("breached", "breached", "breached"),
    "3301": ("met", "breached", "met"),
    "3302": ("met", "breached", "unproven"),
    "4403": ("met", "met", "met"),
}


@cache
def _loaded(folder: Path) -> Pack:
    return load_pack(folder)


def write_pack(folder: Path) -> Path:
    """The small notice as a folder."""
    for name, text in PACK.items():
        path = folder / "lake" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "lake"


def rows_of(place: str) -> dict[str, list[Row]]:
    """The records of one county."""
    counts = dict(zip(MINES, CHECKS[place], strict=False))
    if place == "0572":
        counts["C"] = 1  # and a waiver for the other
    checks = [
        {"id": f"{mine}{n}", "mine": mine, "at": datetime(2023, 12, 5 + 3 * n, 9)}
        for mine, count in counts.items()
        for n in range(count)
    ]
    manifest = [
        {
            "sender": mine, "subject": mine, "record_type": "check", "covered_from": date(2023, 12, 1),
            "covered_through": date(2023, 12, 31), "received_at": datetime(2024, 1, 2, 8), "rows": counts.get(mine, 0),
        }
        for mine in MINES
        if place != "4403" and (place, mine) != ("3302", "C")
    ]  # fmt: skip
    found = {"mine": [{"mine": mine, "shut": mine == "D"} for mine in MINES], "check": checks, "manifest": manifest}
    if place == "0572":
        found["waiver"] = [
            {
                "obligation": "checks", "bearer": "C", "reason": "道路中断", "approved_by": "县局局长",
                "approved_on": date(2023, 12, 20), "valid_from": date(2023, 12, 1), "valid_until": date(2024, 1, 31),
            }
        ]  # fmt: skip
    return {name: rows for name, rows in found.items() if rows}


def write_lake(root: Path, places: Any = tuple(CHECKS), *, column: bool = True, by_type: bool = False) -> Path:
    """The counties as a lake; `column`: each row names its county as well; `by_type`: the record type comes first."""
    for place in places:
        for name, rows in rows_of(place).items():
            own = [{"jurisdiction": place, **row} for row in rows] if column else rows
            folder, file = (f"{name}/jurisdiction={place}", "part-0") if by_type else (f"jurisdiction={place}", name)
            path = root / folder / f"{file}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.Table.from_pylist(own), path)
    return root


def truncated(path: Path) -> Path:
    """A file of which the second half has not arrived."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def order(root: Path, out: Path, folder: Path, **told: Any) -> Order:
    """Judge the lake with the small notice."""
    pack = _loaded(folder).with_values(told.get("settings", {}))
    moment = moment_of(AS_OF, pack)
    return Order(str(root), str(out), pack, moment, moment, limits=Limits("500MB", 1), **told)


def statuses(duties: list[Row]) -> dict[str, tuple[str, ...]]:
    """Jurisdiction → the status of A, B and C."""
    found = {(row["jurisdiction"], row["bearer_id"]): row["status"] for row in duties}
    return {place: tuple(found[place, mine] for mine in MINES[:3]) for place in sorted({place for place, _ in found})}


def alone(root: Path, folder: Path) -> dict[str, list[Row]]:
    """The duties, gaps and candidates of one process that reads the whole lake as a folder of files."""
    with audit([root], _loaded(folder), AS_OF) as result:
        judgement = judge_audit(result)
        duties = _rows(result, "SELECT * EXCLUDE (waived_by) FROM duties")
        missing = _rows(result, "SELECT * FROM missing")
    candidates = [
        {
            "jurisdiction": one.jurisdiction, "bearer_id": one.bearer_id, "measure": one.measure,
            "tier": one.tier.value, "findings": [finding.fingerprint for finding in one.findings],
        }
        for one in judgement.candidates
    ]  # fmt: skip
    return {names.DUTIES: duties, names.MISSING: missing, names.CANDIDATES: candidates}


def read_result(folder: Path) -> dict[str, list[Row]]:
    """The tables that a run has written, each file by itself: nothing is taken from the path."""
    files = {name: sorted((folder / name).glob("*.parquet")) for name in names.TABLES}
    return {
        name: [row for file in found for row in pq.ParquetFile(file).read().to_pylist()]
        for name, found in files.items()
    }


def _rows(result: Audit, sql: str) -> list[Row]:
    cursor = result.connection.execute(sql)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def same_rows(found: dict[str, list[Row]], expected: dict[str, list[Row]]) -> None:
    """Every row that one process found, with every column that it has, and no other; in any order."""
    for name, rows in expected.items():
        columns = list(rows[0]) if rows else []
        assert sorted(str({column: row[column] for column in columns}) for row in found[name]) == sorted(map(str, rows))
