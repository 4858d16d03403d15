"""The files of an audit: findings as CSV for a desk, all duties as Parquet, and audit.json that says how they came about."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban import __version__
from duban.audit_manifest import audit_id, manifest_of, results_of
from duban.report import origin
from duban.report.cells import as_cell, moment_text, number_text
from duban.report.desk import LIST, ROWS, bureau_file, bureau_of, write_list
from duban.report.judgement import FILE as JUDGEMENT
from duban.report.judgement import judgement_json
from duban.report.leads import FILE as LEADS
from duban.report.leads import leads_sql
from duban.report.waivers import FILE as WAIVERS
from duban.report.waivers import as_json
from duban.report.waivers import write_csv as write_waivers
from duban.sqltext import literal

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.model import Judgement

# The columns of violations.csv, unproven.csv, manual.csv and waived.csv, in order.
COLUMNS = (
    "fingerprint", "obligation", "clause", "title", "bearer_kind", "bearer_id", "bearer_name", "town", "trigger_id",
    "period_start", "period_end", "due", "status", "enforceable", "required", "observed", "shortfall", "days_overdue",
    "ground", "basis", "alert", "message", "speaks_for", "verification", "data_through", "quote", "evidence", "source",
    "as_of", "known_by",
)  # fmt: skip
FINDINGS = {
    "violations.csv": "status IN ('breached', 'late')",
    "unproven.csv": "status = 'unproven'",
    "manual.csv": "status = 'manual'",
    "waived.csv": "status = 'waived'",
}
ORDER = "obligation, jurisdiction, bearer_id, trigger_id, period_start"


def findings_sql(audit: Audit, where: str) -> str:
    """SQL of the finding columns as text and numbers, in the fixed order of rows."""
    _texts(audit)
    shown = {
        "due": moment_text("d.due"),
        "evidence": "array_to_string(d.evidence, '；')",
        "source": "array_to_string(d.source, '；')",
        "as_of": moment_text(literal(audit.as_of)),
        "known_by": moment_text(literal(audit.known_by)),
        **{name: f"t.{name}" for name in ("clause", "title", "quote")},
        **{name: number_text(f"d.{name}") for name in ("required", "observed", "shortfall")},
    }
    texts = {"bearer_id", "bearer_name", "town", "trigger_id", "message", "speaks_for", "evidence", "source"}
    columns = []
    for name in COLUMNS:
        sql = shown.get(name, f"d.{name}")
        if name in texts:
            sql = as_cell(sql)
        columns.append(f"{sql} AS {name}")
    order = ", ".join(f"d.{name}" for name in ORDER.split(", "))
    return f"SELECT {', '.join(columns)} FROM duties d JOIN obligation_text t USING (obligation) WHERE {where} ORDER BY {order}"


def _texts(audit: Audit) -> None:
    """The pack's texts as a table, once."""
    con = audit.connection
    con.execute(
        "CREATE TEMP TABLE IF NOT EXISTS obligation_text (obligation VARCHAR, clause VARCHAR, title VARCHAR, quote VARCHAR)"
    )
    if con.execute("SELECT count(*) FROM obligation_text").fetchone() == (0,):
        rows = [(item.id, item.clause, item.title, item.quote) for item in audit.pack.obligations]
        if rows:  # one statement: executemany would plan one for each row
            columns = [list(column) for column in zip(*rows, strict=True)]
            con.execute("INSERT INTO obligation_text SELECT unnest($1), unnest($2), unnest($3), unnest($4)", columns)


def write(audit: Audit, folder: Path, judgement: Judgement | None = None, bureau: Path | None = None) -> list[Path]:
    """Write the files for programs and for a desk of an audit, and of what follows from it, into a new folder.

    `bureau` is the bureau's settings file. Raises UsageError if that has mistakes; OSError is left to whoever made the
    folder, and takes it away again.
    """
    settings_file = bureau_file(audit, bureau)
    settings = bureau_of(audit, settings_file)
    folder.mkdir(parents=True, exist_ok=True)
    for name, where in FINDINGS.items():
        _csv(audit, findings_sql(audit, where), folder / name)
    _csv(audit, "SELECT * FROM missing ORDER BY ALL", folder / "missing.csv")
    if audit.pack.leads:
        _csv(audit, leads_sql(audit), folder / LEADS)
    write_waivers(audit.waivers, titles_of(audit), folder / WAIVERS)
    _issues(audit, folder / "issues.csv")
    _parquet(audit, folder / "duties.parquet")
    if judgement is not None:
        (folder / JUDGEMENT).write_text(judgement_json(audit.pack, judgement), encoding="utf-8")
        write_list(audit, judgement, settings, folder)
    told = _account(audit, manifest_of(audit, judgement, settings_file), settings_file, folder)
    text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
    (folder / "audit.json").write_text(text + "\n", encoding="utf-8")
    leads = [LEADS] if audit.pack.leads else []
    others = [ROWS, LIST, JUDGEMENT] if judgement is not None else []
    names = (*FINDINGS, WAIVERS, *leads, "missing.csv", "issues.csv", "duties.parquet", "audit.json", *others)
    return [folder / name for name in names]


def _account(audit: Audit, manifest: dict[str, Any], bureau: Path | None, folder: Path) -> dict[str, Any]:
    """audit.json: the id, the facts, where the inputs lay, the manifest, and the hash of each result."""
    facts = json.loads(json.dumps(summary(audit), default=str))
    results = results_of((path for path in folder.iterdir() if path.is_file()), facts)
    place = {"bureau": str(bureau.resolve()) if bureau is not None else ""}
    return {"id": audit_id(manifest), **facts, **place, "manifest": manifest, "results": results}


def add_timings(folder: Path, timings: dict[str, Any]) -> None:
    """Say in audit.json where the time went. Two runs of one audit differ in it: it is no part of what is hashed, kept
    in a store, or compared by a replay.
    """
    path = folder / "audit.json"
    told = {**json.loads(path.read_text(encoding="utf-8")), "timings": timings}
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def titles_of(audit: Audit) -> dict[str, str]:
    """Obligation → its title."""
    return {item.id: item.title for item in audit.pack.obligations}


def _csv(audit: Audit, sql: str, path: Path) -> None:
    """UTF-8 with BOM, so that Excel and WPS read the Chinese."""
    body = path.with_suffix(".part")
    audit.connection.execute(f"COPY ({sql}) TO {literal(str(body.resolve()))} (FORMAT csv, HEADER true)")
    with path.open("wb") as stream, body.open("rb") as rows:
        stream.write(b"\xef\xbb\xbf")
        shutil.copyfileobj(rows, stream, 1 << 20)
    body.unlink()


def _issues(audit: Audit, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["severity", "code", "file", "sheet", "row", "column", "value", "message", "hint"])
        for issue in audit.issues:
            place = issue.place
            rows.writerow([issue.severity.value, issue.code, place.file, place.sheet, place.row or place.line or "", place.column,
                           "'" + issue.value if issue.value[:1] in "=+-@\t\r" and issue.value else issue.value, issue.message, issue.hint])  # fmt: skip


def _parquet(audit: Audit, path: Path) -> None:
    _texts(audit)
    sql = (
        f"SELECT d.*, t.clause, t.title, t.quote, {literal(audit.as_of)} AS as_of, {literal(audit.known_by)} AS known_by\n"
        f"FROM duties d JOIN obligation_text t USING (obligation) ORDER BY {ORDER}"
    )
    audit.connection.execute(f"COPY ({sql}) TO {literal(str(path.resolve()))} (FORMAT parquet, COMPRESSION zstd)")


def summary(audit: Audit) -> dict[str, Any]:
    """What audit.json says: the rules, the moment, the readings used, the inputs with hashes, the counts, the issues."""
    pack = audit.pack
    by_obligation: dict[str, dict[str, int]] = {}
    for obligation, status, count in audit.connection.execute(
        "SELECT obligation, status, count(*) FROM duties GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        by_obligation.setdefault(obligation, {})[status] = count
    return {
        "duban": __version__,
        "pack": {
            "id": pack.header.id,
            "number": pack.header.number,
            "title": pack.header.title,
            "folder": str(pack.folder.resolve()),
            "jurisdiction": pack.header.jurisdiction,
            "timezone": pack.header.timezone,
            "sha256": pack.digest,
        },
        "as_of": shown(audit.as_of),
        "known_by": shown(audit.known_by),
        "complete": pack.header.complete,
        "readings": [
            {"name": name, "value": str(pack.values[name]), "default": str(spec.default), "title": spec.title, "clause": spec.clause, "why": spec.why}
            for name, spec in pack.header.parameters.items()
        ],
        "records": list(audit.source),
        "inputs": [{key: value for key, value in vars(item).items() if value not in ("", {})} for item in audit.inputs],
        "reads": origin.written(pack),
        "after_as_of": dict(audit.future),
        "duties": {status.value: count for status, count in audit.counts.items()},
        "cleared": {status.value: count for status, count in audit.cleared.items() if count},
        "waivers": [as_json(one) for one in audit.waivers],
        "by_obligation": by_obligation,
        "obligations": sorted(by_obligation),
        "issues": [{"severity": issue.severity.value, "code": issue.code, "place": str(issue.place), "message": issue.message, "hint": issue.hint}
                   for issue in audit.issues],
    }  # fmt: skip


def shown(moment: datetime) -> str:
    """A moment as a person and `--as-of` read it: 24:00 of a day as the day."""
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return (moment.date().fromordinal(moment.toordinal() - 1)).isoformat()
    return moment.isoformat(sep=" ")
