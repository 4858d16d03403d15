"""From the tables of an audit to what a judge is told, one bearer after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from duban.compile.judgement import FINDINGS, PAST, SPEAKS
from duban.crew import beside
from duban.judge import Case, Fact
from duban.model import Finding, Status, Taken, Verification
from duban.pack.measures import Measures
from duban.pack.pack import Pack
from duban.sqltext import quote
from duban.verification import verified_of

if TYPE_CHECKING:
    import duckdb

Rows = list[dict[str, Any]]
Key = tuple[str, str, str]  # jurisdiction, bearer kind, bearer id
TURNED_DOWN = "不予采纳"
_BATCH = 10_000


@dataclass(frozen=True)
class Dossier:
    """All that is known of one bearer: its findings, those of others about it, what was done, what speaks for it."""

    key: Key
    findings: Rows = field(default_factory=list)
    about: Rows = field(default_factory=list)
    past: Rows = field(default_factory=list)
    speaks: Rows = field(default_factory=list)


def dossiers(con: duckdb.DuckDBPyConnection, pack: Pack) -> Iterator[Dossier]:
    """The bearers with any finding, in order; each is forgotten when the next one comes."""
    texts = {item.id: {"title": item.title, "clause": item.clause, "quote": item.quote} for item in pack.obligations}
    streams = {
        "findings": _stream(con, FINDINGS, "bearer_kind", "bearer_id", "fingerprint"),
        "about": _stream(con, FINDINGS, "about_kind", "about_id", "fingerprint", "about_id IS NOT NULL"),
        "past": _stream(con, PAST, "bearer_kind", "bearer_id", '"on", id'),
        "speaks": _stream(con, SPEAKS, "bearer_kind", "bearer_id", "id, fingerprint"),
    }
    heads = {name: next(stream, None) for name, stream in streams.items()}
    while keys := [head[0] for head in heads.values() if head is not None]:
        key = min(keys)
        found: dict[str, Rows] = {}
        for name, stream in streams.items():
            while (head := heads[name]) is not None and head[0] == key:
                found.setdefault(name, []).append(head[1])
                heads[name] = next(stream, None)
        for row in (*found.get("findings", ()), *found.get("about", ())):
            row.update(texts[row["obligation"]])
        if "findings" in found or "about" in found:
            yield Dossier(key, **found)


def _stream(
    con: duckdb.DuckDBPyConnection, table: str, kind: str, who: str, order: str, where: str = "TRUE"
) -> Iterator[tuple[Key, dict[str, Any]]]:
    """The rows of a table, bearer by bearer, in batches; ordered by bytes, as Python orders text."""
    by = f"jurisdiction, {kind}, {who}, {order}"
    cursor = beside(con).execute(f"SELECT * FROM {quote(table)} WHERE {where} ORDER BY {by}")
    names = [column[0] for column in cursor.description or ()]
    while batch := cursor.fetchmany(_BATCH):
        for values in batch:
            row = dict(zip(names, values, strict=True))
            yield (row["jurisdiction"], row[kind], row[who]), row


def case_of(
    dossier: Dossier, measures: Measures, as_of: datetime, contested: Mapping[str, Sequence[str]]
) -> tuple[Case, dict[str, Finding]]:
    """What the judge is told of a bearer; and its findings, by fingerprint. What a person has cleared is none."""
    findings = {
        row["fingerprint"]: _finding(row, dossier.past, measures, contested.get(row["fingerprint"], ()))
        for row in dossier.findings
        if row.get("verification") != Verification.CLEARED.value
    }
    rows = {row["fingerprint"]: row for row in (*dossier.findings, *dossier.about)}
    about = [replace(_finding(row, dossier.past, measures, ()), settled="", settled_on=None) for row in dossier.about]
    facts: dict[str, list[Fact]] = {
        "finding": [_fact(one, rows[one.fingerprint], as_of) for one in findings.values()],
        "about": [_fact(one, rows[one.fingerprint], as_of) for one in about],
        "past": [_past(row, as_of) for row in dossier.past],
        "speaks_for": [{"id": name} for name in dict.fromkeys(row["id"] for row in dossier.speaks)],
    }
    known = {**{one.fingerprint: one for one in about}, **findings}
    return Case(*dossier.key, facts), known


def _settles(row: Mapping[str, Any], measures: Measures) -> bool:
    spec = measures.measures.get(row["measure"])
    return spec is not None and spec.settles


def _finding(row: Mapping[str, Any], past: Rows, measures: Measures, contested: Sequence[str]) -> Finding:
    """A row of the findings with what a person made of it, and the measures that dealt with the same facts."""
    same = [one for one in past if _deals_with(one, row)]
    last = max((one for one in same if _settles(one, measures)), key=lambda one: one["on"], default=None)
    fields = {name: row[name] for name in _COPIED}
    return Finding(
        **fields,
        status=Status(row["status"]),
        evidence=tuple(row["evidence"]),
        source=tuple(row["source"]),
        marks=tuple(row["marks"]),
        verified=verified_of(row),
        contested=tuple(contested),
        settled="" if last is None else f"{'不予' if last['outcome'] == TURNED_DOWN else ''}{last['measure']}",
        settled_on=None if last is None else last["on"],
        taken=tuple(sorted({one["measure"] for one in same})),
    )


def _deals_with(past: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """A measure deals with the findings that it names; one that names none with all that was due when it was taken."""
    if past["findings"]:
        return row["fingerprint"] in past["findings"]
    due: datetime | None = row["due"]
    return due is not None and (due - timedelta(microseconds=1)).date() <= past["on"]


_COPIED = (
    "fingerprint", "obligation", "title", "clause", "quote", "jurisdiction", "bearer_kind", "bearer_id", "bearer_name",
    "town", "trigger_id", "period_start", "period_end", "due", "enforceable", "required", "observed", "shortfall",
    "days_overdue", "ground", "basis", "alert", "message", "speaks_for",
)  # fmt: skip


def _fact(finding: Finding, row: Mapping[str, Any], as_of: datetime) -> Fact:
    """A finding as a flat fact; days are ISO text, what is not known is left out."""
    found = {
        "id": finding.fingerprint,
        "fingerprint": finding.fingerprint,
        "obligation": finding.obligation,
        "trigger": finding.trigger_id,
        "status": finding.status.value,
        "ground": finding.ground,
        "enforceable": finding.enforceable,
        "verification": finding.verified.state.value,
        "basis": finding.basis,
        "alert": finding.alert,
        "kind": row["kind"],
        "bearer_kind": finding.bearer_kind,
        "required": finding.required,
        "observed": finding.observed,
        "shortfall": finding.shortfall,
        "days_overdue": finding.days_overdue,
        "due": _day(finding.due),
        "period_start": _day(finding.period_start),
        "period_end": _day(finding.period_end),
        "marks": list(finding.marks),
        "contested": bool(finding.contested),
        "settled": finding.settled,
        "taken": list(finding.taken),
        "days_settled": None if finding.settled_on is None else _days(finding.settled_on, as_of),
    }
    return {name: value for name, value in found.items() if value is not None}


def _past(row: Mapping[str, Any], as_of: datetime) -> Fact:
    return {
        "id": f"{row['measure']} {row['id']}",
        "measure": row["measure"],
        "outcome": row["outcome"] or "",
        "on": row["on"].isoformat(),
        "days_ago": _days(row["on"], as_of),
    }


def _days(day: date, as_of: datetime) -> int:
    """Days since, to the last day that is over."""
    return ((as_of - timedelta(microseconds=1)).date() - day).days


def _day(moment: date | datetime | None) -> str | None:
    """The day of a due (24:00 belongs to the day before), or a day itself."""
    if isinstance(moment, datetime):
        return (moment - timedelta(microseconds=1)).date().isoformat()
    return moment.isoformat() if moment is not None else None


def without(case: Case, fingerprint: str) -> Case:
    """The same bearer, had one finding been cured or refuted."""
    left = [fact for fact in case.of("finding") if fact["fingerprint"] != fingerprint]
    return replace(case, facts={**case.facts, "finding": left})


def taken_of(con: duckdb.DuckDBPyConnection) -> Iterator[Taken]:
    """Every measure that is known, whoever it was taken on, in a fixed order."""
    columns = [item.name for item in fields(Taken)]
    listed = ", ".join(map(quote, columns))
    order = 'jurisdiction, "on", bearer_kind, bearer_id, measure, id'
    for row in con.execute(f"SELECT {listed} FROM {quote(PAST)} ORDER BY {order}").fetchall():
        found = dict(zip(columns, row, strict=True))
        yield Taken(**{**found, "outcome": found["outcome"] or "", "findings": tuple(found["findings"])})
