"""The annex form of the whole county: what the towns reported for a month, added up, in the layout that the notice draws.

Nothing is counted anew here: whether a town's figures agree with its ledgers is judged by obligations of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from duban.compile import NOTHING, Beside, compile_beside
from duban.forms.desk import Desk
from duban.forms.drawn import Drawing
from duban.forms.figures import Value
from duban.forms.filled import Filled
from duban.forms.making import Made, owner_of
from duban.model import Plan
from duban.pack.forms import Figures, Form, Forms, Rows, load_forms
from duban.report.book import Book
from duban.vocabulary import JURISDICTION

if TYPE_CHECKING:
    import duckdb

    from duban.auditing import Audit
    from duban.pack import Pack

Row = dict[str, Any]
Sheet = tuple[str, Callable[[Book, str], None]]  # its name, and what draws it


@dataclass(frozen=True)
class Reported:
    """A month's form: figures by field, rows of the tables by record type, the towns that reported none."""

    jurisdiction: str
    month: date
    made_on: date
    values: dict[str, Value]
    tables: dict[str, list[Row]]
    without: tuple[str, ...]


def annexes(
    audit: Audit, issuer: str, towns: Iterable[str] = (), seen: duckdb.DuckDBPyConnection | None = None
) -> dict[str, Sheet]:
    """The form of the newest month that was reported: by town as it reported it, and by '' of all towns together, with
    `issuer` as 填报单位. Who reported none has none. `seen`: where the tables of `annexes_read` are already. Raises PackError
    for a forms.yaml with mistakes.
    """
    forms = load_forms(audit.pack)
    chosen = _chosen(forms)
    if forms.figures is None or chosen is None:
        return {}
    records = dict.fromkeys([forms.figures.record, *(part.record for part in chosen[1].parts)])
    roster = _roster(audit, forms.figures)
    with nullcontext(seen) if seen is not None else audit.beside(_plan(audit)) as con:
        desk = Desk(con, audit.pack, forms, audit.as_of, ())
        rows = {name: desk.select(name) for name in records}
        listed = [str(row[audit.pack.records[roster].key[0]]) for row in desk.roster(roster)]
    owners = {name: owner_of(audit.pack, name, roster) for name in records}
    own = {
        town: {name: [row for row in rows[name] if not town or row.get(owners[name]) == town] for name in records}
        for town in ("", *towns)
    }
    found = {town: _reported(audit.pack, forms.figures, handed, listed) for town, handed in own.items()}
    return {
        town: _sheet(audit, forms, chosen, reported, town or issuer, whole=not town)
        for town, reported in found.items()
        if reported is not None
    }


def annexes_read(audit: Audit) -> Beside:
    """The tables that are read beside the duties: records as the audit saw them; none, if there is no such form."""
    forms = load_forms(audit.pack)
    chosen = _chosen(forms)
    if forms.figures is None or chosen is None:
        return NOTHING
    types = dict.fromkeys([*(part.record for part in chosen[1].parts), _roster(audit, forms.figures)])
    spans = [f"span/{name}" for name in types if audit.pack.records[name].span is not None]
    return Beside((*(f"seen/{name}" for name in types), *spans))


def _plan(audit: Audit) -> Plan:
    return compile_beside(audit.pack, audit.as_of, audit.known_by, annexes_read(audit))


def _chosen(forms: Forms) -> tuple[str, Form] | None:
    """The form that adds up: one with lines of figures."""
    return next(((name, form) for name, form in forms.forms.items() if any(part.lines for part in form.parts)), None)


def _sheet(
    audit: Audit, forms: Forms, chosen: tuple[str, Form], reported: Reported, by: str, *, whole: bool
) -> Sheet:  # fmt: skip
    name, form = chosen

    def draw(book: Book, sheet: str) -> None:
        shown = _of_county(form, reported) if whole else form
        made = _made(audit, name, shown, reported, by)
        Drawing(book, audit.pack, forms, made).draw(name, _as_reported(shown), sheet)

    return f"{form.sheet} {reported.month:%Y-%m}", draw


def _of_county(form: Form, reported: Reported) -> Form:
    """The form with the county in its head, and below it whose figures are not in the sums."""
    head = tuple(cell.model_copy(update={"shown": "{}"}) for cell in form.head)
    without = f"；没有报表的镇：{'、'.join(reported.without)}" if reported.without else ""
    return form.model_copy(update={"head": head, "note": f"各镇报表之和{without}"})


def _as_reported(form: Form) -> Form:
    """The form with the rows of its tables as they were reported, and not made of hazards."""
    return form.model_copy(update={"parts": tuple(part.model_copy(update={"rows": Rows()}) for part in form.parts)})


def _made(audit: Audit, name: str, form: Form, reported: Reported, by: str) -> Made:
    county, day = reported.jurisdiction or audit.pack.header.jurisdiction, reported.made_on
    filled = Filled(by, county, reported.month, "", day, day, set(), {}, {}, {})
    tables = {(name, index): reported.tables.get(part.record, []) for index, part in enumerate(form.parts)}
    return Made(filled, [], tables, reported.values, {"jurisdiction": county, "town": by}, ())


def _reported(pack: Pack, figures: Figures, rows: dict[str, list[Row]], listed: list[str]) -> Reported | None:
    """The newest month of what was handed in, by record type; records that say no month are none of it. `listed`: all who
    are to report.
    """
    period = pack.records[figures.record].period
    lines = rows[figures.record]
    month = max((row[period] for row in lines if row[figures.line] == figures.current and row[period]), default=None)
    if month is None:
        return None
    own = [row for row in lines if row[period] == month]
    current = [row for row in own if row[figures.line] == figures.current]
    total = [row for row in own if row[figures.line] == figures.total]
    there = {row[figures.town] for row in current}
    counties = {str(row[JURISDICTION]) for row in current}
    return Reported(
        counties.pop() if len(counties) == 1 else "",
        month,
        max((row[figures.made_on] for row in own if row[figures.made_on]), default=month),
        {name: Value(_sum(row[name] for row in current), _sum(row[name] for row in total)) for name in figures.fields},
        {name: [row for row in found if row.get(pack.records[name].period) == month] for name, found in rows.items()},
        tuple(name for name in listed if name not in there),
    )


def _roster(audit: Audit, figures: Figures) -> str:
    """The roster of whoever reports the figures."""
    (group,) = (refs for name, refs in audit.pack.records[figures.record].references.items() if name == figures.town)
    return audit.pack.schema.target(next(iter(group)))[0]


def _sum(values: Iterable[Any]) -> float | None:
    """The sum of what is there; None if nothing is."""
    found = [float(value) for value in values if value is not None]
    return round(sum(found), 6) if found else None
