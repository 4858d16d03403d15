"""Small audits ready to be kept, and processes that keep them. Little is imported: they are forked often."""

from __future__ import annotations

import os
import signal
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import event

from duban.audit_manifest import audit_id
from duban.history.record import Payload, keep
from duban.history.store import open_store

DUTIES, FINDINGS = 40, 15  # of each audit that is kept under fire


def manifest(as_of: datetime, **changes: Any) -> dict[str, Any]:
    """What an audit of a county of two mines follows from."""
    found: dict[str, Any] = {
        "format": 1, "pack": "drawn", "rules": "r1", "calendar": "c1", "forms": "", "parameters": {"least": "2"},
        "jurisdiction": "云示县", "as_of": as_of.isoformat(), "known_by": as_of.isoformat(), "obligations": [],
        "bearers": [], "judge": "plain", "inputs": {"检查.csv": "a"}, "waivers": "w", "bureau": "",
        "versions": {"duban": "0"},
    }  # fmt: skip
    return {**found, **changes}


def payload(
    as_of: datetime,
    duties: list[dict[str, Any]],
    recorded_at: datetime | None = None,
    results: str = "x",
    **changes: Any,
) -> Payload:
    """An audit with some duties; those that are breached, late, manual or unproven are findings."""
    told = manifest(as_of, **changes)
    counts: dict[str, int] = {}
    for duty in duties:
        counts[duty["status"]] = counts.get(duty["status"], 0) + 1
    audit = {
        "id": audit_id(told), "jurisdiction": told["jurisdiction"], "pack": told["pack"], "pack_digest": "d",
        "as_of": as_of, "known_by": datetime.fromisoformat(told["known_by"]), "recorded_at": recorded_at or as_of,
        "judge": "plain", "version": "0", "counts": counts, "manifest": told, "results": {"violations.csv": results},
        "places": {"rules": "", "records": [], "bureau": ""},
    }  # fmt: skip
    looked_at = [one for one in duties if one["status"] in ("breached", "late", "manual", "unproven")]
    return Payload(audit, duties, [finding(one["fingerprint"]) for one in looked_at])


def duty(fingerprint: str, status: str, **changes: Any) -> dict[str, Any]:
    found = {
        "fingerprint": fingerprint, "obligation": "head-leads", "kind": "perform", "status": status,
        "verification": "待核实", "due": datetime(2023, 12, 1), "done_at": None, "last_act": None, "received": None,
    }  # fmt: skip
    return {**found, **changes}


def finding(fingerprint: str) -> dict[str, Any]:
    texts = (
        "clause", "town", "trigger_id", "ground", "basis", "alert", "speaks_for", "verified_by", "verified_how",
        "verified_evidence", "statement",
    )  # fmt: skip
    return {
        "fingerprint": fingerprint, "title": "每月带队检查", "jurisdiction": "云示县", "bearer_kind": "enterprise",
        "bearer_id": "M01", "bearer_name": "甲岭样01号石料矿", "period_start": None, "period_end": None,
        "enforceable": True, "required": 2.0, "observed": 1.0, "shortfall": 1.0, "days_overdue": 7,
        "message": "要求2，查到1", "verified_on": None, "evidence": ["I1"], "source": ["检查.csv#2"],
        **dict.fromkeys(texts, ""),
    }  # fmt: skip


def under_fire(run: int, number: int) -> Payload:
    """The audits that are kept while processes are killed; each has another id and another day."""
    day = datetime(2000, 1, 1) + timedelta(days=run * 1000 + number)
    statuses = ["breached"] * FINDINGS + ["met"] * (DUTIES - FINDINGS)
    return payload(day, [duty(f"{index:016x}", status) for index, status in enumerate(statuses)])


def keep_on(place: str, run: int, many: int, told: Connection) -> None:
    """Keep audits one after the other, and tell of each when it is kept."""
    told.send(-1)
    with open_store(place) as store:
        for number in range(many):
            one = under_fire(run, number)
            with store.writing() as con:
                keep(con, one)
            told.send(number)


def die_before_commit(place: str) -> None:
    """Write all of an audit, and be killed instead of committing."""
    with open_store(place) as store:
        event.listen(store.engine, "commit", lambda con: os.kill(os.getpid(), signal.SIGKILL))
        with store.writing() as con:
            keep(con, under_fire(999, 0))


def die_while_upgrading(place: str) -> None:
    """Be killed in the last step of the way to the newest shape."""
    from alembic.operations import Operations

    def killed(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    Operations.create_index = killed  # type: ignore[assignment]
    open_store(place)
