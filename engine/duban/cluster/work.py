"""A task: one batch of jurisdictions in, their duties and candidates out. It runs in a Python worker of Spark.

Nothing of Spark is needed here: `work` is a plain generator, and whoever runs it again gets the same rows.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from duban import __version__
from duban.auditing import Audit, Desk, audit_desk, open_desk
from duban.cluster import tables
from duban.cluster.lake import Batch, Holding
from duban.cluster.reading import read_batch
from duban.cluster.rules import Shipped, unpacked
from duban.errors import DubanError, Severity
from duban.evaluate import Limits
from duban.judging import judge_audit
from duban.model import Judgement
from duban.pack import Pack
from duban.records.readers.piles import Pile
from duban.records.tables import table_name
from duban.vocabulary import MANIFEST

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Iterator["pa.RecordBatch"]
_LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class Job:
    """What every task of a run must know. `memory` and `threads` are those of one task; `versions` the driver's."""

    root: str
    rules: Shipped
    as_of: datetime
    known_by: datetime
    obligations: tuple[str, ...]
    engine: str
    memory: str
    threads: int
    temp: str
    versions: tuple[tuple[str, str], ...]
    batches: tuple[Batch, ...]


def versions() -> tuple[tuple[str, str], ...]:
    """What must be the same on the driver and on every worker, or the same records could be judged differently."""
    return ("duban", __version__), ("duckdb", version("duckdb"))


def work(job: Job, number: int) -> Rows:
    """The rows of one batch. What cannot be evaluated is a row of `counties` with the reason, never an error."""
    os.environ.setdefault("DUBAN_CACHE", "off")  # a worker keeps nothing on its disk
    batch = job.batches[number]
    if (here := versions()) != job.versions:
        told, found = (", ".join(f"{name} {value}" for name, value in known) for known in (job.versions, here))
        yield from _failed({one.jurisdiction: f"执行机上的程序版本不同：{found}；应为 {told}" for one in batch}, batch)
        return
    try:
        pack = unpacked(job.rules)
    except DubanError as error:
        yield from _failed({one.jurisdiction: _reason(error) for one in batch}, batch)
        return
    yield from _in_halves(job, pack, batch)


def _in_halves(job: Job, pack: Pack, batch: Batch) -> Rows:
    """Judge all at once; if that fails, one half and then the other, until what fails stands alone."""
    with ExitStack() as stack:
        try:
            readings = read_batch(job.root, batch)
            sound = tuple(one for one in batch if one.jurisdiction not in readings.faults)
            judged = _judged(job, pack, sound, readings.piles(), stack) if sound else None
            faults = readings.faults
        except Exception as error:  # whatever it is, it is about some jurisdiction: the others must not wait for it
            judged, faults = None, {batch[0].jurisdiction: _reason(error)} if len(batch) == 1 else {}
        if judged is not None:
            yield from tables.audited(*judged)
            yield from _issues(judged[0], sound)
            yield from _counties(*judged, sound)
    if judged is not None or faults:
        yield from _failed(faults, batch)
        return
    middle = len(batch) // 2
    yield from _in_halves(job, pack, batch[:middle])
    yield from _in_halves(job, pack, batch[middle:])


class _ContradictedError(DubanError):
    """What was read does not let one of the jurisdictions be judged."""


def _judged(
    job: Job, pack: Pack, batch: Batch, piles: dict[str, list[Pile]], stack: ExitStack
) -> tuple[Audit, Judgement | None]:
    """The audit of some jurisdictions, in one database that is closed to the outside until the stack is."""
    scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="duban-", dir=job.temp or None))
    limits = Limits(job.memory, job.threads, scratch)
    desk = open_desk(piles, pack, job.as_of, job.known_by, (), limits=limits)
    stack.callback(desk.connection.close)
    piles.clear()  # all is in the database
    _check(desk, batch)
    audit = audit_desk(desk, job.obligations)
    if job.engine == "none" or job.obligations or not pack.measures.rules:
        return audit, None
    return audit, judge_audit(audit, job.engine)


def _check(desk: Desk, batch: Batch) -> None:
    """Every table could be read, and no row says that it is another jurisdiction's than its path does."""
    if desk.unread:
        told = [str(issue) for issue in desk.issues if issue.severity is Severity.ERROR]
        raise _ContradictedError(f"有台账读不进来（{'、'.join(desk.unread)}）：{'；'.join(told[:3])}")
    owners = {file.name: one.jurisdiction for one in batch for file in one.files}
    for name in {*desk.pack.records, MANIFEST}:
        found = f"SELECT _file, jurisdiction, min(_row) FROM {table_name(name)} GROUP BY ALL ORDER BY ALL"
        for file, told, row in desk.connection.execute(found).fetchall():
            if told != owners[file]:
                raise _ContradictedError(f"{file}：第{row}行写的辖区是“{told}”，路径写的是“{owners[file]}”")


def _reason(error: Exception) -> str:
    """Why a jurisdiction could not be evaluated, in one line."""
    text = " ".join(str(error).split())
    known = isinstance(error, DubanError)
    return (text if known else f"程序内部错误（{type(error).__name__}）：{text}")[:_LONGEST]


def _failed(reasons: dict[str, str], batch: Batch) -> Rows:
    rows = [
        _county(one, tables.NOT_EVALUATED, reason=reasons[one.jurisdiction])
        for one in batch
        if one.jurisdiction in reasons
    ]
    yield from tables.rows_of(tables.COUNTIES, rows)


def _counties(audit: Audit, judgement: Judgement | None, batch: Batch) -> Rows:
    owners = {file.name: one.jurisdiction for one in batch for file in one.files}
    records = Counter[str]()
    for item in audit.inputs:
        records[owners[item.name]] += item.rows
    sql = "SELECT jurisdiction, count(*) FROM duties GROUP BY ALL"
    duties = dict(audit.connection.execute(sql).fetchall())
    judge = judgement.judge if judgement is not None else ""
    rows = [
        _county(
            one,
            tables.EVALUATED,
            records=records[one.jurisdiction],
            duties=duties.get(one.jurisdiction, 0),
            judge=judge,
        )
        for one in batch
    ]
    yield from tables.rows_of(tables.COUNTIES, rows)


def _county(one: Holding, state: str, **told: Any) -> dict[str, Any]:
    known = {"jurisdiction": one.jurisdiction, "state": state, "files": len(one.files), "bytes": one.size}
    return {"reason": "", "records": 0, "duties": 0, "judge": "", **known, **told}


def _issues(audit: Audit, batch: Batch) -> Rows:
    owners = {file.name: one.jurisdiction for one in batch for file in one.files}
    rows = [tables.issue_row(issue, owners.get(issue.place.file, "")) for issue in audit.issues]
    yield from tables.rows_of(tables.ISSUES, rows)
