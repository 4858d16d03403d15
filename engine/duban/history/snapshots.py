"""One audit as history needs it: what it follows from, and how each duty stood; out of a store, a folder, or as it runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from duban.audit_manifest import Manifest, audit_id
from duban.errors import Issue, UsageError
from duban.history.life import LOOKED_AT, Moment, Standing
from duban.history.tables import AUDITS, DUTIES, FINDINGS

if TYPE_CHECKING:
    import duckdb

    from duban.auditing import Audit

_STANDING = "fingerprint, obligation, kind, status, verification, due, done_at, last_act, last_received"
# What a finding is told by; the store keeps no more of the others than how they stood.
TOLD = tuple(column.name for column in FINDINGS.columns if column.name not in ("audit", "title", "clause"))
KEPT = (*sorted(LOOKED_AT), "waived")


@dataclass(frozen=True)
class Snapshot:
    """`standings` by fingerprint, `told`: the columns of `findings` by fingerprint, of those that are kept."""

    id: str
    manifest: Manifest
    standings: Mapping[str, Standing] = field(repr=False)
    told: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def moment(self) -> Moment:
        return moment_of(self.manifest)


def moment_of(manifest: Manifest) -> Moment:
    """When an audit looked, and by which rules."""
    rules = [manifest[word] for word in ("rules", "calendar", "forms", "parameters", "obligations", "bearers")]
    as_of, known_by = (datetime.fromisoformat(manifest[word]) for word in ("as_of", "known_by"))
    return Moment(as_of, known_by, json.dumps(rules, sort_keys=True))


def of_audit(audit: Audit, audit_id: str, manifest: Manifest) -> Snapshot:
    """The audit that runs."""
    texts = {item.id: {"title": item.title, "clause": item.clause} for item in audit.pack.obligations}
    rows = _rows(
        audit.connection,
        f"SELECT obligation, {', '.join(TOLD)} FROM duties WHERE status IN {KEPT} ORDER BY fingerprint",
    )
    told = {str(row["fingerprint"]): {**texts[row.pop("obligation")], **_filled(row)} for row in rows}
    return Snapshot(audit_id, manifest, _standings(audit.connection, "duties"), told)


def of_folder(folder: Path) -> Snapshot:
    """The results of an earlier audit. Raises UsageError."""
    import duckdb

    told = account_of(folder)
    with duckdb.connect() as con:
        try:
            table = con.read_parquet(str(folder / "duties.parquet"))
            table.create_view("results")
            standings = _standings(con, "results")
            rows = _rows(con, f"SELECT title, clause, {', '.join(TOLD)} FROM results WHERE status IN {KEPT}")
        except duckdb.Error:
            hint = Issue("H020", str(folder / "duties.parquet"), hint="请重新审核：duban audit … --out")
            raise UsageError("结果文件缺失、已损坏或由旧版本写出", [hint]) from None
    return Snapshot(told["id"], told["manifest"], standings, {str(row["fingerprint"]): _filled(row) for row in rows})


def account_of(folder: Path) -> dict[str, Any]:
    """audit.json of a folder, with its id and manifest. Raises UsageError."""
    path = folder / "audit.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if isinstance(found, dict) and {"id", "manifest", "results"} <= found.keys():
        return sound(found, str(path))
    hint = Issue("H020", str(path), hint="请重新审核：duban audit … --out")
    raise UsageError(f"{folder} 中没有可用的审核结果（缺 audit.json，或由旧版本写出）", [hint])


def sound(account: dict[str, Any], where: str) -> dict[str, Any]:
    """An account whose manifest makes its id; raises UsageError for one that somebody has altered."""
    if account["id"] != audit_id(account["manifest"]):
        hint = "编号是凭单内容的哈希，两者对不上；请从备份恢复，或重新审核"
        raise UsageError("审核凭单被改动过", [Issue("H025", where, hint=hint)])
    return account


def account_in(con: Connection, number: int) -> dict[str, Any]:
    """The same of an audit in the store: `id`, `manifest`, `results`, and `places`, where its inputs lay."""
    words = (AUDITS.c.id, AUDITS.c.manifest, AUDITS.c.results, AUDITS.c.places)
    found = dict(con.execute(select(*words).where(AUDITS.c.number == number)).mappings().one())
    return sound(found, str(found["id"]))


def of_store(con: Connection, number: int) -> Snapshot:
    """An audit of the store, by its number."""
    row = con.execute(select(AUDITS.c.id, AUDITS.c.manifest).where(AUDITS.c.number == number)).one()
    told = con.execute(select(FINDINGS).where(FINDINGS.c.audit == number)).mappings()
    return Snapshot(
        row.id, row.manifest, standings_of(con, [number])[number], {one["fingerprint"]: dict(one) for one in told}
    )


def standings_of(
    con: Connection, numbers: Sequence[int], statuses: Sequence[str] = ()
) -> dict[int, dict[str, Standing]]:
    """How the duties stood in some audits; `statuses` limits it to those."""
    wanted = DUTIES.c.audit.in_(numbers)
    query = select(DUTIES).where(wanted, DUTIES.c.status.in_(statuses)) if statuses else select(DUTIES).where(wanted)
    found: dict[int, dict[str, Standing]] = {number: {} for number in numbers}
    for audit, *values in con.execute(query):
        found[audit][values[0]] = Standing(*values)
    return found


def _standings(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, Standing]:
    rows = con.execute(f"SELECT {_STANDING} FROM {table} ORDER BY fingerprint").fetchall()
    return {row[0]: Standing(*row) for row in rows}


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with '' where a text is empty, and without NUL, which PostgreSQL does not take."""
    texts = {column.name for column in FINDINGS.columns if not column.nullable}
    found = {name: "" if value is None and name in texts else value for name, value in row.items()}
    return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in found.items()}
