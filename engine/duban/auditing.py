"""The use case: a pack, records and a moment become judged duties. Reads top to bottom as the story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from duban import cache, remarks, verification
from duban import waivers as waiving
from duban.compile import ALL, compile_pack
from duban.compile.leads import LEADS, compile_leads
from duban.crew import Progress
from duban.errors import Issue, UsageError
from duban.evaluate import Limits, Once, beside, close_to_outside, complete, database, once, open_database, run
from duban.model import Plan, Status, WaiverUse
from duban.pack import Pack, load_pack
from duban.pack.forms import forms_digest, forms_of
from duban.stopwatch import count_rows, timed
from duban.waivers import (
    FILE,
    Waiver,
    Waivers,
    check_waivers,
    granted_digest,
    load_waivers,
    read_waivers,
    sheet_waivers,
)  # fmt: skip

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from duban.check import Report
    from duban.records import InputFile, Loaded

    Check = Callable[[duckdb.DuckDBPyConnection, Loaded, Pack], Report]

_FEW = 20_000  # rows
T = TypeVar("T")
Source = str | Path | Sequence[str | Path] | Mapping[str, Any]


@dataclass(frozen=True)
class Audit:
    """The result of one audit: the duties of a pack as of a moment, with what is needed to show and explain them.

    Tables live in an embedded database until `close()`; the properties return pandas DataFrames, one row per duty.
    """

    pack: Pack
    as_of: datetime
    known_by: datetime
    plan: Plan
    issues: tuple[Issue, ...]
    inputs: tuple[InputFile, ...]
    connection: duckdb.DuckDBPyConnection = field(repr=False)
    timings: Mapping[str, float] = field(default_factory=dict, repr=False)
    source: tuple[str, ...] = ()
    future: Mapping[str, int] = field(default_factory=dict)
    excused: Waivers = field(default_factory=Waivers)
    waivers: tuple[WaiverUse, ...] = ()
    only: tuple[str, ...] = ()  # the bearers that it is limited to; none: all
    checked: Report | None = None
    once: Once | None = None  # of a desk

    @cached_property
    def whole(self) -> bool:
        """Whether all obligations in force were judged, of all bearers."""
        asked = {item.id for item in self.pack.obligations if not item.draft}
        return not self.only and asked <= set(self.plan.obligations)

    @cached_property
    def counts(self) -> dict[Status, int]:
        """How many duties have each status."""
        rows = self.connection.execute("SELECT status, count(*) FROM duties GROUP BY status").fetchall()
        found = {Status(name): int(count) for name, count in rows}
        return {status: found.get(status, 0) for status in Status}

    @cached_property
    def cleared(self) -> dict[Status, int]:
        """How many breached, late and manual duties a person has cleared (已澄清): by the records they are so still."""
        cleared = f"SELECT status, count(*) FROM duties d WHERE {verification.IS_CLEARED} GROUP BY status"
        rows = self.connection.execute(cleared).fetchall()
        found = {Status(name): int(count) for name, count in rows}
        return {status: found.get(status, 0) for status in Status}

    @cached_property
    def duties(self) -> pd.DataFrame:
        """Every duty that exists by as_of."""
        return self.frame("TRUE")

    @cached_property
    def violations(self) -> pd.DataFrame:
        """Breached and late duties: to be verified, never to be called violations before that."""
        return self.frame("status IN ('breached', 'late')")

    @cached_property
    def unproven(self) -> pd.DataFrame:
        """Duties that cannot be judged, because data was not handed in or cannot be read."""
        return self.frame("status = 'unproven'")

    @cached_property
    def manual(self) -> pd.DataFrame:
        """Duties that only a person can judge."""
        return self.frame("status = 'manual'")

    @cached_property
    def missing(self) -> pd.DataFrame:
        """What was not handed in: record type, sender, days, and the number of duties that wait on it."""
        return self.connection.execute("SELECT * FROM missing ORDER BY ALL").df()

    @cached_property
    def leads(self) -> pd.DataFrame:
        """数据异常待核对: patterns in the records that a person should look at. Never findings; nothing depends on them."""
        return self.connection.execute(f"SELECT * FROM {self.find_leads()}").df()

    def find_leads(self) -> str:
        """The name of the table of leads; it is made when it is first asked for, from the versions that the duties saw."""
        with timed("异常线索"):
            planned = partial(compile_leads, self.pack, self.as_of, self.known_by)
            complete(self.connection, LEADS, planned, self.once)
        return LEADS

    def frame(self, where: str) -> pd.DataFrame:
        """Duties that meet a SQL condition, in a fixed order."""
        order = "obligation, jurisdiction, bearer_id, trigger_id, period_start"
        return self.connection.execute(f"SELECT * FROM duties WHERE {where} ORDER BY {order}").df()

    def beside(self, plan: Plan, shelf: str = "beside") -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """The tables of another plan on the same records, on a connection that sees those of the audit behind them."""
        return beside(self.connection, plan, self.plan, shelf, self._after())

    def again(self, kind: str, *asked: str, make: Callable[[], T]) -> T:
        """What follows from the records, the duties and the pack alone: made once, and then found in the cache."""
        once = self._after()
        moments = str(self.as_of), str(self.known_by)
        name = cache.key(kind, once.follows, self.pack.stamp, *moments, *asked) if once and self.pack.stamp else ""
        kept: T | None = cache.recall(kind, name) if name else None
        if kept is not None:
            return kept
        made = make()
        if name:
            cache.remember(kind, name, made)
        return made

    def _after(self) -> Once | None:
        """How what reads records and duties is found again; not at all, if some duties were taken out."""
        return self.once.after(self.plan) if self.once is not None and not self.only else None

    def close(self) -> None:
        """Release the database."""
        self.connection.close()

    def __enter__(self) -> Audit:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def audit(
    records: Source,
    pack: str | Path | Pack,
    as_of: date | datetime | str,
    known_by: date | datetime | str | None = None,
    params: Mapping[str, Any] | None = None,
    waivers: Iterable[Mapping[str, Any] | Waiver] | None = None,
    *,
    obligations: Iterable[str] = (),
    limits: Limits | None = None,
    output: Path | None = None,
    keep: bool = False,
    progress: Progress | None = None,
    check: Check | None = None,
) -> Audit:
    """Judge every duty of a pack from records, as of a moment.

    `records`: a folder or files, or a mapping of record type to list of dicts, DataFrame or Arrow table (the manifest
    among them). `as_of`, `known_by`: a date stands for its end; known_by defaults to as_of. `params` change the pack's
    parameters. `waivers` default to a waivers.yaml beside the records; rows of the record type `waiver` come on top.
    `output` is a folder that may be written to; `keep` keeps the plan's tables, which `explain` asks; `check` looks at the
    hand-ins before they are judged, and its report is `.checked`.

    Raises PackError, DataError, UsageError or EvaluationError; what is merely unsound in the data is in `.issues`.

    >>> import duban
    >>> roster = [{"enterprise_id": "M01", "name": "甲岭样01号石料矿", "town": "甲岭镇", "status": "生产"}]
    >>> with duban.audit({"enterprise": roster}, "zezhou-2023-331", as_of="2023-12-31") as result:
    ...     "head-leads-inspections" in set(result.unproven["obligation"])
    True
    """
    with timed("读规则包"):
        ready = ready_pack(pack, params)
    for name in obligations:
        ready.obligation(name)
    desk = open_desk(records, ready, as_of, known_by, waivers, limits=limits, output=output, check=check)
    return audit_desk(desk, obligations, keep=keep, progress=progress)


def audit_desk(
    desk: Desk, obligations: Iterable[str] = (), *, keep: bool = False, progress: Progress | None = None
) -> Audit:
    """Judge what lies on a desk; the audit takes over its connection."""
    con, ready, moment, known = desk.connection, desk.pack, desk.as_of, desk.known_by
    try:
        with timed("编译"):
            whole = keep or desk.few
            plan = compile_pack(ready, moment, known, obligations, whole=whole, together=1 if keep else ALL)
        with timed("推算"):
            lasting = plan.views if desk.few else ()  # the leads, the judge and the other readings ask for them again
            timings = run(con, plan, keep=keep, progress=progress, once=desk.once, lasting=lasting, in_parts=True)
    except BaseException:
        con.close()
        raise
    whole = {item.id for item in ready.obligations if not item.draft} <= set(plan.obligations)
    used = waiving.uses(con, desk.waivers.items, moment, known, plan.obligations)
    said = waiving.warnings(used, [one.place for one in desk.waivers.items])
    loose, later = remarks.loose(con, ready, plan), remarks.provisional(con, ready)
    issues = (*desk.issues, *said, *loose, *later, *verification.check(con, whole=whole))
    listed, future = (*used, *desk.waivers.refused), remarks.future(con, ready, desk.inputs, moment)
    return Audit(
        ready, moment, known, plan, issues, desk.inputs, con, timings, desk.source, future, desk.waivers, listed,
        checked=desk.checked, once=desk.once,
    )  # fmt: skip


def only_of(audit: Audit, bearers: Sequence[str]) -> Audit:
    """The audit with the duties and leads of some bearers (ids or names) alone; raises UsageError for an unknown one."""
    if not bearers:
        return audit
    con, keep = audit.connection, list(bearers)
    for bearer in bearers:
        if not con.execute("SELECT 1 FROM duties WHERE ? IN (bearer_id, bearer_name) LIMIT 1", [bearer]).fetchone():
            raise UsageError(f"没有主体“{bearer}”的任何履责项 | no duty of bearer {bearer}")
    con.execute(
        "DELETE FROM duties WHERE NOT (list_contains(?, bearer_id) OR list_contains(?, bearer_name))", [keep, keep]
    )
    con.execute(
        f"DELETE FROM {audit.find_leads()} WHERE NOT (list_has_any(bearer_ids, ?) OR list_has_any(bearer_names, ?))",
        [keep, keep],
    )
    return replace(audit, only=tuple(bearers))


@dataclass(frozen=True)
class Desk:
    """Records in a database that is closed to the outside, and what they are judged by: any plan may run on it.

    `pack` takes what could not be read as not handed in; `unread` are these record types. `once`: how plans that read
    nothing but these records are found in the cache; None: not at all. `few`: so few records that what is seen of them
    may stay for as long as the desk does, with all its columns.
    """

    connection: duckdb.DuckDBPyConnection
    pack: Pack
    as_of: datetime
    known_by: datetime
    inputs: tuple[InputFile, ...]
    issues: tuple[Issue, ...]
    waivers: Waivers = field(default_factory=Waivers)
    source: tuple[str, ...] = ()
    checked: Report | None = None
    once: Once | None = None
    unread: tuple[str, ...] = ()
    few: bool = False


def open_desk(
    records: Source, pack: Pack, as_of: date | datetime | str, known_by: date | datetime | str | None = None,
    waivers: Iterable[Mapping[str, Any] | Waiver] | None = None, *, limits: Limits | None = None, output: Path | None = None,
    check: Check | None = None, fresh: bool = False,
) -> Desk:  # fmt: skip
    """Load records and waivers once. Whoever opens a desk closes its connection. `fresh`: nothing out of the cache."""
    moment = moment_of(as_of, pack)
    known = moment_of(known_by, pack) if known_by is not None else moment
    con = open_database(limits or Limits())
    try:
        with timed("读资料") as part:
            loaded = _load(con, pack, records, known, fresh=fresh)
            count_rows(part, loaded.counts.items())
        checked = _checked(con, loaded, pack, check) if check is not None else None
        pack = _doubted(con, pack, loaded.unread)
        excused = _waivers(records, waivers, pack) + sheet_waivers(con, pack)
        load_waivers(con, excused.items)
        again = once(con, f"{loaded.follows} {granted_digest(con)}") if loaded.follows else None
        close_to_outside(
            con, *([output] if output is not None else []), *([again.scratch] if again is not None else [])
        )
    except BaseException:
        con.close()
        raise
    source = tuple(str(path) for path in _paths(records))
    issues = (*loaded.issues, *excused.issues)
    few = sum(loaded.counts.values()) <= _FEW
    return Desk(con, pack, moment, known, loaded.inputs, issues, excused, source, checked, again, loaded.unread, few)


def _checked(con: duckdb.DuckDBPyConnection, loaded: Loaded, pack: Pack, check: Check) -> Report:
    """On a connection of its own: the tables that a check makes go with it."""
    cursor = con.cursor()
    try:
        with timed("核对报送材料"):
            return check(cursor, loaded, pack)
    finally:
        cursor.close()


def ready_pack(pack: str | Path | Pack, params: Mapping[str, Any] | None) -> Pack:
    """A pack by name or as it is, with some parameters changed."""
    if isinstance(pack, Pack):
        return pack.with_values(params) if params else pack
    return load_pack(pack, params)


def _load(
    con: duckdb.DuckDBPyConnection, pack: Pack, records: Source, known_by: datetime, *, fresh: bool = False
) -> Loaded:
    from duban.records import load  # loaded with DuckDB, after the arguments have been checked

    place, zone = pack.header.jurisdiction, pack.header.timezone
    follows = None if fresh else forms_digest(pack)
    return load(
        con, pack.records, records, jurisdiction=place, timezone=zone, forms=forms_of(pack), known_by=known_by,
        follows=follows,
    )  # fmt: skip


def _doubted(con: duckdb.DuckDBPyConnection, pack: Pack, unread: Sequence[str]) -> Pack:
    """A record type with a file that could not be read is as good as not handed in: nobody is accused from the rest."""
    for name in unread:
        con.execute("DELETE FROM raw_manifest WHERE record_type = ?", [name])
    types = {
        name: pack.records[name].model_copy(update={"complete": "declared"}) for name in unread if name in pack.records
    }
    return replace(pack, records={**pack.records, **types}) if types else pack


def _paths(records: Source) -> list[Path]:
    if isinstance(records, Mapping):
        return []
    return [Path(records)] if isinstance(records, (str, Path)) else [Path(path) for path in records]


def _waivers(records: Source, waivers: Iterable[Mapping[str, Any] | Waiver] | None, pack: Pack) -> Waivers:
    if waivers is not None:
        return check_waivers(waivers, pack)
    files = [path / FILE for path in _paths(records) if (path / FILE).is_file()]
    return sum((read_waivers(path, pack) for path in files), start=Waivers())


def leads_of(
    records: Source, pack: Pack, as_of: date | datetime | str, known_by: date | datetime | str | None = None,
    params: Mapping[str, Any] | None = None, only: Iterable[str] = (),
) -> tuple[list[dict[str, Any]], tuple[Issue, ...]]:  # fmt: skip
    """The leads alone, without any duty: the rows of the table of leads, and what is unsound in the data."""
    ready = ready_pack(pack, params)
    moment = moment_of(as_of, ready)
    known = moment_of(known_by, ready) if known_by is not None else moment
    with database(Limits()) as con:
        loaded = _load(con, ready, records, known)
        ready = _doubted(con, ready, loaded.unread)
        close_to_outside(con)
        complete(con, LEADS, lambda: compile_leads(ready, moment, known, only))
        cursor = con.execute(f"SELECT * FROM {LEADS}")
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()], loaded.issues


def moment_of(value: date | datetime | str, pack: Pack) -> datetime:
    """A moment of the pack's clock: a date stands for its end, an offset is converted. Raises UsageError."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            if text.endswith("24:00"):
                return moment_of(text[:-5].strip(" T"), pack)
            raise UsageError(
                f"时点“{value}”无法识别", [Issue("U001", "请写成 2024-01-07 或 2024-01-07T09:30")]
            ) from None
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            from zoneinfo import ZoneInfo

            value = value.astimezone(ZoneInfo(pack.header.timezone)).replace(tzinfo=None)
        return value
    return datetime.combine(value + timedelta(days=1), time.min)
