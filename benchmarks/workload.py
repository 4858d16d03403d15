"""The workload: twelve obligations of the real notice, and what every contender has to find.

A contender is a module `contenders/NAME.py` with

    TITLE: str            what the table calls it
    PACKAGES: tuple       the distributions that it needs (none missing: it runs)
    OBLIGATIONS: tuple    those of the twelve that it judges (default: all); a contender that cannot express a duty leaves it out
    BY_HAND: tuple        other modules of `contenders/` that it works with: their lines count among its own (default: none)
    VENV: tuple           what pip installs into an environment of its own, where its packages do not go with ours (own_venvs.py)
    NOTE: str             what its author had to do by hand, what it cannot express (default: nothing)
    def run(folder: Path, out: Path) -> None

`run` reads the Parquet files of `folder` (`files(folder, "inspection")`; columns as synthetic.py writes them) and writes the
findings, breached, late and unproven, to the Parquet file `out`, with the columns of FINDINGS in any order of rows. It is
timed after its imports. `differences` compares what it wrote with what duban wrote: only who finds the same is timed.

What every contender has to see to, as the notice does (docs/semantics.md):
* A record may be handed in again: of the rows of one county and key (for the roster: key and first day) that were handed
  in by AS_OF, the latest one counts. Events after AS_OF do not exist, and dates of what happened after it read as empty.
* An empty cell is unknown, never false: what it might have decided is unproven.
* Nobody is breached or late (but by a date on the trigger itself) unless each day on which it could have been otherwise was
  handed in: by the town for its mines; by the town or its centre for the centre; by the bureau for the county, for the
  archive of major hazards, and for what it receives.
* Evidence is the ids of the records counted: by time and id (cover: by id). Composite ids are joined by `/`.

What they may take for granted, though duban does not, and checks it in every run: each cell has its type and an allowed
value, references lead somewhere, each row names its bearer, spans of one bearer meet without hole or overlap, towns hand in
for their mines under their own name alone, no two keys are one thing, parameters and waivers are the default. Nor do they
keep file and row of each record, the message, the remark, who was missed, days overdue, alert, what was not handed in.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from importlib.metadata import Distribution
from pathlib import Path
from types import ModuleType

import duckdb

PACK = "zezhou-2023-331"
AS_OF = "2024-02-04"  # a Sunday, 24:00: the phases are over, the campaign is not
AS_OF_MOMENT = "2024-02-05 00:00:00"

# id → what it is (kind of test, bearer, reads)
OBLIGATIONS = {
    "head-leads-inspections": "perform, days told apart · mine and month · inspection",
    "enterprise-special-meeting": "perform once, late counts · mine · enterprise_meeting",
    "all-staff-trained": "perform, a sum against the roster · mine · training",
    "stage-report-sent": "perform by a rolled day, for a named month · town · submission",
    "town-covers-all-mines": "cover all, another reading goes to a person · town and month · inspection",
    "county-checks-share": "cover 30 %, two readings · county and month · inspection",
    "self-inspection-covers-units": "cover all · mine · work_unit, unit_check",
    "hazards-corrected-in-time": "done by its own deadline · each hazard · hazard",
    "major-hazard-rectified": "done, or else … · each major hazard · major_hazard",
    "county-rechecks-orders": "respond · each order · rectify_order, recheck",
    "no-blasting-in-severe-weather": "forbid · mine and warning · weather, blast",
    "majors-detailed": "reconcile with a recount · each form · stat_report, major_detail",
}
READS = (
    "enterprise", "town", "county", "work_unit", "inspection", "unit_check", "hazard", "blast", "training",
    "enterprise_meeting", "major_hazard", "rectify_order", "recheck", "stat_report", "major_detail", "submission",
    "weather", "manifest",
)  # fmt: skip
STATUSES = ("breached", "late", "unproven")
FINDINGS = {
    "obligation": "VARCHAR",
    "jurisdiction": "VARCHAR",
    "bearer_id": "VARCHAR",
    "trigger_id": "VARCHAR",  # '' where there is no trigger
    "period_start": "DATE",  # empty for `once`
    "due": "TIMESTAMP",
    "status": "VARCHAR",
    "required": "DOUBLE",
    "observed": "DOUBLE",
    "evidence": "VARCHAR[]",
}
HERE = Path(__file__).resolve().parent


def files(folder: Path, record: str) -> list[str]:
    """The Parquet files of a record type, in order: one, or one for each chunk of mines."""
    return sorted(map(str, [*folder.glob(f"{record}.parquet"), *folder.glob(f"{record}_[0-9]*.parquet")]))


def contenders() -> list[str]:
    """The names of all contenders; duban first."""
    names = {path.stem for path in (HERE / "contenders").glob("[a-z]*.py")}
    return ["duban_audit", *sorted(names - {"duban_audit"})]


def missing_packages(name: str) -> list[str]:
    """What a contender needs and is not installed, read without importing it."""
    own = Path(python_of(name)).parents[1]
    paths = [*map(str, own.glob("lib/python*/site-packages"))] if python_of(name) != sys.executable else sys.path
    return [
        package
        for package in module(name, only="PACKAGES")
        if next(iter(Distribution.discover(name=package, path=paths)), None) is None
    ]


def python_of(name: str) -> str:
    """The Python that runs a contender: one of its own, if it has an environment of its own, and that was made."""
    own = HERE.parent / ".venv-bench" / name / "bin" / "python"
    return str(own) if module(name, only="VENV") and own.is_file() else sys.executable


def module(name: str, only: str = "") -> ModuleType | tuple[str, ...]:
    """A contender; `only`: the value of one of its constants, without importing what it imports."""
    if not only:
        return import_module(f"contenders.{name}")
    for node in ast.parse((HERE / "contenders" / f"{name}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == only:
            return ast.literal_eval(node.value)
    return ()


def differences(ours: Path, theirs: Path, obligations: tuple[str, ...] = ()) -> list[str]:
    """What one of two files of findings has and the other has not, up to ten lines; none: they are equal.

    Rows are compared column by column, as often as they occur, in any order; of `obligations` alone, if given.
    """
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in FINDINGS.items())
    wanted = ", ".join(f"'{name}'" for name in obligations or OBLIGATIONS)
    one, other = (
        f"SELECT {columns} FROM read_parquet('{path}') WHERE obligation IN ({wanted})" for path in (ours, theirs)
    )
    con = duckdb.connect()
    lines = []
    for who, sql in (
        ("only duban", f"{one} EXCEPT ALL {other}"),
        ("only the contender", f"{other} EXCEPT ALL {one}"),
    ):
        rows = con.execute(f"SELECT *, count(*) OVER () AS many FROM ({sql}) ORDER BY ALL LIMIT 5").fetchall()
        lines += [f"{who} ({row[-1]} rows): {row[:-1]}" for row in rows]
    return lines


def lines_of_code(name: str) -> int:
    """Lines of a contender, and of what it works with, that are neither blank nor comment nor docstring; SQL counts."""
    return sum(map(_lines, (name, *module(name, only="BY_HAND"))))


def _lines(name: str) -> int:
    text = (HERE / "contenders" / f"{name}.py").read_text(encoding="utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            told.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return sum(
        1
        for number, line in enumerate(text.splitlines(), start=1)
        if number not in told and line.strip() and not line.strip().startswith(("#", "--"))
    )
