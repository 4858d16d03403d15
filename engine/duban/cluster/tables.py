"""What a run writes: its tables and their columns. A task gives one kind of row, with a struct for each table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from duban.errors import Issue
from duban.model import Judgement
from duban.report.proof import proof
from duban.sqltext import literal
from duban.verification import IS_CLEARED

if TYPE_CHECKING:
    import pyarrow as pa

    from duban.auditing import Audit

DUTIES, CANDIDATES, MISSING = "duties", "candidates", "missing"
ISSUES, COUNTS, COUNTIES = "issues", "counts", "counties"
EVALUATED, NOT_EVALUATED = "evaluated", "not_evaluated"
ROWS = 8_192  # of one Arrow batch on its way to Spark

_TEXT, _TEXTS, _DAY, _MOMENT, _NUMBER, _COUNT, _FLAG = "string", "texts", "date", "moment", "double", "long", "boolean"

# One row for each duty, as in duties.parquet of an audit; `waived_by` are the places of the waivers.
_DUTY = {
    "fingerprint": _TEXT, "obligation": _TEXT, "jurisdiction": _TEXT, "bearer_kind": _TEXT, "bearer_id": _TEXT,
    "bearer_name": _TEXT, "town": _TEXT, "trigger_id": _TEXT, "period_start": _DAY, "period_end": _DAY, "due": _MOMENT,
    "status": _TEXT, "enforceable": _FLAG, "required": _NUMBER, "observed": _NUMBER, "shortfall": _NUMBER,
    "days_left": _COUNT, "days_overdue": _COUNT, "attainable": _FLAG, "live_start": _MOMENT, "live_end": _MOMENT,
    "done_at": _MOMENT, "message": _TEXT, "speaks_for": _TEXT, "data_through": _DAY, "evidence": _TEXTS, "source": _TEXTS,
    "last_act": _MOMENT, "last_received": _MOMENT, "kind": _TEXT, "ground": _TEXT, "basis": _TEXT, "alert": _TEXT,
    "elapsed": _NUMBER, "past_expected": _FLAG, "marks": _TEXTS, "about_kind": _TEXT, "about_id": _TEXT, "waived_by": _TEXTS,
    "verification": _TEXT, "verified_by": _TEXT, "verified_on": _DAY, "verified_how": _TEXT, "verified_evidence": _TEXT,
    "statement": _TEXT, "clause": _TEXT, "title": _TEXT, "quote": _TEXT, "known_by": _MOMENT,
}  # fmt: skip
# `rank`: the place on the list of the jurisdiction, from 1. `detail`: the whole candidate as judgement.json has it.
_CANDIDATE = {
    "jurisdiction": _TEXT, "rank": _COUNT, "bearer_kind": _TEXT, "bearer_id": _TEXT, "bearer_name": _TEXT, "town": _TEXT,
    "uscc": _TEXT, "measure": _TEXT, "tier": _TEXT, "grounds": _TEXTS, "convener": _TEXT, "clause": _TEXT,
    "findings": _TEXTS, "proof": _TEXTS, "detail": _TEXT,
}  # fmt: skip
_GAP = {
    "record_type": _TEXT, "jurisdiction": _TEXT, "sender": _TEXT, "missing_from": _DAY, "missing_through": _DAY, "duties": _COUNT,
}  # fmt: skip
_ISSUE = {
    "jurisdiction": _TEXT, "severity": _TEXT, "code": _TEXT, "file": _TEXT, "row": _COUNT, "column": _TEXT, "value": _TEXT,
    "message": _TEXT, "hint": _TEXT,
}  # fmt: skip
# `duties` of them `cleared` by a person.
_TALLY = {"jurisdiction": _TEXT, "obligation": _TEXT, "status": _TEXT, "duties": _COUNT, "cleared": _COUNT}
# One row for each jurisdiction of the lake, whatever became of it; `state`: evaluated, or not_evaluated with the reason.
_COUNTY = {
    "jurisdiction": _TEXT, "state": _TEXT, "reason": _TEXT, "files": _COUNT, "bytes": _COUNT, "records": _COUNT,
    "duties": _COUNT, "judge": _TEXT,
}  # fmt: skip

TABLES: Mapping[str, Mapping[str, str]] = {
    DUTIES: _DUTY, CANDIDATES: _CANDIDATE, MISSING: _GAP, ISSUES: _ISSUE, COUNTS: _TALLY, COUNTIES: _COUNTY,
}  # fmt: skip
_DDL = {_TEXT: "string", _TEXTS: "array<string>", _DAY: "date", _MOMENT: "timestamp_ntz", _NUMBER: "double",
        _COUNT: "bigint", _FLAG: "boolean"}  # fmt: skip


def ddl() -> str:
    """The row of a task as Spark declares it: a struct for each table, one of which is not null."""
    structs = (
        (name, ", ".join(f"`{column}`: {_DDL[kind]}" for column, kind in columns.items()))
        for name, columns in TABLES.items()
    )
    return ", ".join(f"`{name}` struct<{columns}>" for name, columns in structs)


@cache
def struct_of(table: str) -> pa.StructType:
    """The columns of a table in Arrow."""
    import pyarrow as pa

    kinds = {
        _TEXT: pa.string(), _TEXTS: pa.list_(pa.string()), _DAY: pa.date32(), _MOMENT: pa.timestamp("us"),
        _NUMBER: pa.float64(), _COUNT: pa.int64(), _FLAG: pa.bool_(),
    }  # fmt: skip
    return pa.struct([(column, kinds[kind]) for column, kind in TABLES[table].items()])


def rows_of(table: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[pa.RecordBatch]:
    """Rows of one table as batches of the common row."""
    import pyarrow as pa

    found = pa.Table.from_pylist(list(rows), schema=pa.schema(list(struct_of(table))))
    for batch in found.to_batches(max_chunksize=ROWS):
        yield wide(table, batch)


def wide(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of one table as the common row: its struct is filled, the others are null."""
    import pyarrow as pa

    kind = struct_of(table)
    columns = [batch.column(field.name).cast(field.type) for field in kind]
    own = pa.StructArray.from_arrays(columns, fields=list(kind))
    arrays = [own if name == table else pa.nulls(batch.num_rows, struct_of(name)) for name in TABLES]
    return pa.RecordBatch.from_arrays(arrays, names=list(TABLES))


# --- from an audit


def audited(audit: Audit, judgement: Judgement | None) -> Iterator[pa.RecordBatch]:
    """Duties, counts, gaps and candidates of an audit of one or more jurisdictions."""
    con, pack = audit.connection, audit.pack
    con.execute("CREATE TEMP TABLE said (obligation VARCHAR, clause VARCHAR, title VARCHAR, quote VARCHAR)")
    texts = [(item.id, item.clause, item.title, item.quote) for item in pack.obligations]
    con.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", texts)
    places = (
        literal([str(one.place) for one in audit.excused.items]) if audit.excused.items else "CAST([] AS VARCHAR[])"
    )
    duties = (
        f"SELECT d.* REPLACE (list_transform(waived_by, lambda n: {places}[n + 1]) AS waived_by), t.clause, t.title, t.quote,\n"
        f"  {literal(audit.known_by)} AS known_by FROM duties d JOIN said t USING (obligation)"
    )
    yield from _selected(audit, DUTIES, duties)
    yield from _selected(audit, MISSING, "SELECT * FROM missing")
    tally = f"SELECT jurisdiction, obligation, status, count(*) AS duties, count(*) FILTER ({IS_CLEARED}) AS cleared FROM duties d GROUP BY ALL"
    yield from _selected(audit, COUNTS, tally)
    if judgement is not None:
        yield from rows_of(CANDIDATES, _candidates(audit, judgement))


def _selected(audit: Audit, table: str, sql: str) -> Iterator[pa.RecordBatch]:
    found: Any = audit.connection.sql(sql)
    # DuckDB 1.5 gave it the new name.
    reader = found.to_arrow_reader if hasattr(found, "to_arrow_reader") else found.fetch_arrow_reader
    for batch in reader(ROWS):
        yield wide(table, batch)


def _candidates(audit: Audit, judgement: Judgement) -> Iterator[dict[str, Any]]:
    ranks: dict[str, int] = {}
    for one in judgement.candidates:
        ranks[one.jurisdiction] = ranks.get(one.jurisdiction, 0) + 1
        detail = json.dumps(asdict(one), ensure_ascii=False, default=str)
        yield {
            **{name: getattr(one, name) for name in _CANDIDATE if hasattr(one, name)},
            "rank": ranks[one.jurisdiction],
            "tier": one.tier.value,
            "findings": [finding.fingerprint for finding in one.findings],
            "proof": list(proof(audit.pack, one, judgement.files)),
            "detail": detail,
        }


def issue_row(issue: Issue, jurisdiction: str) -> dict[str, Any]:
    """One row of `issues`; `jurisdiction` is '' for what concerns a batch as a whole."""
    place = issue.place
    return {
        "jurisdiction": jurisdiction, "severity": issue.severity.value, "code": issue.code, "file": place.file, "row": place.row or None,
        "column": place.column, "value": issue.value, "message": issue.message, "hint": issue.hint,
    }  # fmt: skip
