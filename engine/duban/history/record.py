"""Recording an audit: its rows are prepared first, then written in one transaction. The same audit twice is one audit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from duban.audit_manifest import PLACES, audit_id, manifest_of
from duban.errors import Issue, UsageError
from duban.history.past import past_of_snapshot
from duban.history.snapshots import Snapshot, account_of, of_audit
from duban.history.store import Store
from duban.history.tables import AUDITS, CANDIDATES, DUTIES, FINDINGS, INTAKE, MEASURES_TAKEN, WAIVERS
from duban.model import Judgement, Past

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.check.log import Entry

Row = dict[str, Any]
_TOGETHER = 5_000  # rows


@dataclass(frozen=True)
class Recorded:
    """An audit that is in the store: its id, and what was before. `again`: it was there already."""

    id: str
    past: Past
    again: bool = False


@dataclass(frozen=True)
class Payload:
    """The rows of one audit, ready to be written."""

    audit: Row
    duties: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)
    candidates: list[Row] = field(default_factory=list)
    waivers: list[Row] = field(default_factory=list)
    intake: list[Row] = field(default_factory=list)
    taken: list[Row] = field(default_factory=list)


def record(
    store: Store, audit: Audit, judgement: Judgement | None, files: Iterable[Path], *, recorded_at: datetime,
    intake: Iterable[Entry] = (),
) -> Recorded:  # fmt: skip
    """Keep an audit whose results have been written; `files` are what `report.tables.write` returned.

    Raises UsageError for an audit of a part only, for one of data without files, and where the store cannot be written;
    then nothing has changed.
    """
    check_whole(audit, judgement)
    account = account_of(next(iter(files)).parent)
    snapshot = of_audit(audit, account["id"], account["manifest"])
    payload = payload_of(audit, judgement, snapshot, account, recorded_at, intake)
    with store.writing() as con:
        again = keep(con, payload)
    return Recorded(snapshot.id, past_of_snapshot(store, snapshot, payload.audit["counts"]), again)


def past_of(store: Store, audit: Audit, judgement: Judgement | None) -> Past:
    """What was before an audit, recorded or not: for reports that are written before it is recorded."""
    manifest = manifest_of(audit, judgement, None)
    snapshot = of_audit(audit, audit_id(manifest), manifest)
    return past_of_snapshot(store, snapshot, counts_of(audit, judgement))


def check_whole(audit: Audit, judgement: Judgement | None) -> None:
    """Only a whole audit of files is a week of the history: from a part, everything else would seem to be gone."""
    if not audit.whole:
        hint = Issue("H010", "去掉 --obligation、--bearer，或去掉 --store")
        raise UsageError("只看部分义务或主体的审核不能记入历史", [hint])
    if judgement is None and audit.pack.measures.rules:
        raise UsageError("没有推导措施的审核不能记入历史", [Issue("H010", "去掉 --judge none，或去掉 --store")])
    if not all(item.sha256 for item in audit.inputs):
        raise UsageError("由内存数据做的审核不能记入历史", [Issue("H011", "历史只记可以重做的审核：请由文件审核")])


def payload_of(
    audit: Audit, judgement: Judgement | None, snapshot: Snapshot, account: Mapping[str, Any], recorded_at: datetime,
    intake: Iterable[Entry] = (),
) -> Payload:  # fmt: skip
    """The rows of an audit; `account` is its audit.json."""
    manifest = snapshot.manifest
    row = {
        "id": snapshot.id,
        "jurisdiction": manifest["jurisdiction"],
        "pack": manifest["pack"],
        "pack_digest": audit.pack.digest,
        "as_of": audit.as_of,
        "known_by": audit.known_by,
        "recorded_at": recorded_at,
        "judge": manifest["judge"],
        "version": manifest["versions"]["duban"],
        "counts": counts_of(audit, judgement),
        "manifest": manifest,
        "results": account["results"],
        "places": {"rules": account["pack"]["folder"], **{name: account[name] for name in PLACES}},
    }
    duties = [dict(vars(one)) for one in snapshot.standings.values()]  # flat; asdict copies each value
    return Payload(
        row,
        duties,
        [dict(one) for one in snapshot.told.values()],
        _candidates(judgement),
        list(_waivers(audit)),
        [_intake(manifest["jurisdiction"], entry) for entry in intake],
        list(_taken(audit, judgement, recorded_at)),
    )


def keep(con: Connection, payload: Payload) -> bool:
    """Write the rows of an audit; True if it was there already, and only its place in the order of recording moved.

    Raises UsageError where the same manifest once gave other results.
    """
    _add_intake(con, payload.intake)
    _keep_taken(con, payload.taken)
    row = payload.audit
    there = con.execute(select(AUDITS.c.number, AUDITS.c.results).where(AUDITS.c.id == row["id"])).fetchone()
    if there is not None:
        _same_results(there.results, row)
        moved = update(AUDITS).where(AUDITS.c.number == there.number)
        con.execute(moved.values(recorded_at=row["recorded_at"], places=row["places"]))
        return True
    made = con.execute(insert(AUDITS).values(**row)).inserted_primary_key
    assert made is not None  # a row that was inserted has a key
    number = made[0]
    for table, rows in (
        (DUTIES, payload.duties), (FINDINGS, payload.findings), (CANDIDATES, payload.candidates), (WAIVERS, payload.waivers),
    ):  # fmt: skip
        _add(con, table, ({**one, "audit": number} for one in rows))
    return False


def counts_of(audit: Audit, judgement: Judgement | None) -> dict[str, int]:
    """Duties by status, without cleared ones, and the candidates that stand on the list."""
    found = {status.value: count - audit.cleared[status] for status, count in audit.counts.items()}
    candidates = judgement.candidates if judgement is not None else ()
    listed = audit.pack.measures.measures
    return {**found, "candidates": sum(listed[one.measure].listed for one in candidates)}


def _add(con: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows, some thousands at a time: a driver holds all that it is given at once."""
    left = iter(rows)
    while some := list(islice(left, _TOGETHER)):
        con.execute(insert(table), some)


def _same_results(known: Mapping[str, str], row: Row) -> None:
    differ = sorted(name for name in known.keys() & row["results"].keys() if known[name] != row["results"][name])
    if differ:
        hint = "请勿改动历史库，附上两次的结果文件夹报告；可用 duban replay 复核"
        raise UsageError(
            f"同样的输入（{row['id'][:12]}）这次得出了不同的结果，没有记入历史",
            [Issue("H012", "、".join(differ), hint=hint)],
        )


def _candidates(judgement: Judgement | None) -> list[Row]:
    words = (
        "jurisdiction",
        "bearer_kind",
        "bearer_id",
        "bearer_name",
        "town",
        "measure",
        "convener",
        "verified",
        "red",
    )
    return [
        {
            "position": position,
            **{word: getattr(one, word) for word in words},
            "tier": one.tier.value,
            "grounds": list(one.grounds),
            "findings": [finding.fingerprint for finding in one.findings],
        }
        for position, one in enumerate(judgement.candidates if judgement is not None else (), start=1)
    ]


def _waivers(audit: Audit) -> Iterable[Row]:
    """Each waiver that says for which days it is, and what became of it: used, unused, expired, refused."""
    dated = [one for one in audit.waivers if None not in (one.approved_on, one.start, one.end)]
    for position, one in enumerate(dated, start=1):
        words = ("obligation", "bearer", "fingerprint", "reason", "approved_by", "approved_on")
        yield {
            "position": position,
            **{word: getattr(one, word) for word in words},
            "day_from": one.start,
            "day_until": one.end,
            "state": one.state.value,
        }


def _taken(audit: Audit, judgement: Judgement | None, recorded_at: datetime) -> Iterable[Row]:
    """The measures that were taken or turned down, as this audit knew them."""
    names = {
        (kind, bearer): name
        for kind, bearer, name in audit.connection.execute(
            "SELECT DISTINCT bearer_kind, bearer_id, bearer_name FROM duties"
        ).fetchall()
    }
    for one in judgement.taken if judgement is not None else ():
        yield {
            "jurisdiction": one.jurisdiction,
            "pack": audit.pack.header.id,
            "reference": one.id,
            "measure": one.measure,
            "bearer_kind": one.bearer_kind,
            "bearer_id": one.bearer_id,
            "bearer_name": names.get((one.bearer_kind, one.bearer_id)) or "",
            "taken_on": one.on,
            "feedback_due": one.due,
            "feedback_on": one.answered_on,
            "recheck_on": one.rechecked_on,
            "recheck_result": "",
            "findings": list(one.findings),
            "note": "；".join(filter(None, (one.outcome, one.doc_no, one.reason))),
            "entered_by": "",
            "entered_at": recorded_at,
        }


def _keep_taken(con: Connection, rows: list[Row]) -> None:
    """Each measure once, as the audit that was recorded last knew it."""
    for row in rows:
        same = [MEASURES_TAKEN.c[name] == row[name] for name in ("jurisdiction", "pack", "reference")]
        con.execute(delete(MEASURES_TAKEN).where(*same))
    _add(con, MEASURES_TAKEN, rows)


def _intake(jurisdiction: str, entry: Entry) -> Row:
    said = asdict(entry)
    said.pop("before")
    said.pop("size")
    line = hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return {"jurisdiction": jurisdiction, "line": line, **said, "kinds": list(entry.kinds)}


def _add_intake(con: Connection, rows: list[Row]) -> None:
    """The lines that are not there yet."""
    if rows:
        where = INTAKE.c.jurisdiction == rows[0]["jurisdiction"]
        there = set(con.execute(select(INTAKE.c.line).where(where)).scalars())
        _add(con, INTAKE, list({row["line"]: row for row in rows if row["line"] not in there}.values()))
