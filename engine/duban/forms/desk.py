"""Records on a desk: loaded, seen as of a day, and asked for rows of a town, with the conditions of forms.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from duban.compile.common import plan_views
from duban.compile.planner import Compiler, in_order
from duban.conditions import Column, compile_boolean, parse
from duban.errors import Issue
from duban.evaluate import Limits, database, run
from duban.model import Plan
from duban.pack import Pack
from duban.pack.forms import Forms
from duban.pack.lint_forms import town_chain
from duban.scope import Names, Row
from duban.sqltext import literal, quote
from duban.vocabulary import JURISDICTION

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Desk:
    """Records as of the end of a day, in a database; `issues`: what was odd about them; `rows`: per type, as loaded."""

    con: duckdb.DuckDBPyConnection
    pack: Pack
    forms: Forms
    as_of: datetime
    issues: tuple[Issue, ...]
    rows: Mapping[str, int] = field(default_factory=dict)

    def select(
        self, record: str, town: str = "", where: str = "", period: tuple[date, date] | None = None,
        shows: Iterable[str] = (),
    ) -> list[dict[str, Any]]:  # fmt: skip
        """The rows of a type that belong to a town and meet a condition, in the order of their event; as dicts.

        `shows`: fields of what they refer to (`enterprise_id.name`), which are added by that name.
        """
        spec = self.pack.records[record]
        row = Row(self.pack.schema, record, "r", literal(self.as_of))
        names = Names(self.pack.schema, row, columns=_columns(period))
        shown = {name: row.resolve(tuple(name.split("."))) for name in shows}
        columns = [f"r.{quote(name)}" for name in (JURISDICTION, *spec.fields)]
        columns += [f"{column.sql} AS {quote(name)}" for name, column in shown.items() if column is not None]
        wanted = [f"({compile_boolean(parse(where), names).sql})"] if where else []
        if town:
            wanted.append(f"{self._town(row, record)} = {literal(town)}")
        body = f"SELECT {', '.join(columns)} FROM {quote('seen/' + record)} r {names.joins()}"
        body += f" WHERE {' AND '.join(wanted)}" if wanted else ""
        keys = ", ".join(f"r.{quote(key)}" for key in spec.key)
        cursor = self.con.execute(f'{body} ORDER BY r."$t"{", " + keys if keys else ""}, r."$n"')
        titles = [column[0] for column in cursor.description or ()]
        return [dict(zip(titles, values, strict=True)) for values in cursor.fetchall()]

    def roster(self, record: str, town: str = "", day: date | None = None, where: str = "") -> list[dict[str, Any]]:
        """The rows of a roster that hold at the end of a day, or as of the desk's (with spans: one for each key)."""
        spec = self.pack.records[record]
        moment = literal(self.as_of if day is None else datetime(day.year, day.month, day.day, 23, 59, 59))
        row = Row(self.pack.schema, record, "r", moment)
        held = f'r."$s" <= {moment} AND {moment} <= r."$e"'
        held += f" AND {self._town(row, record)} = {literal(town)}" if town else ""
        if where:
            held += f" AND ({compile_boolean(parse(where), Names(self.pack.schema, row, columns=_columns(None))).sql})"
        table = quote(f"span/{record}" if spec.span is not None and spec.key else f"seen/{record}")
        keys = ", ".join(f"r.{quote(key)}" for key in spec.key) or 'r."$n"'
        fields = (JURISDICTION, *spec.fields)
        columns = ", ".join(f"r.{quote(name)}" for name in fields)
        joins = "\n".join(row.joins.values())
        cursor = self.con.execute(f"SELECT {columns} FROM {table} r {joins} WHERE {held} ORDER BY {keys}")
        return [dict(zip(fields, values, strict=True)) for values in cursor.fetchall()]

    def _town(self, row: Row, record: str) -> str:
        """SQL of the town that a row belongs to."""
        chain = town_chain(self.pack, self.forms, record)
        column = row.resolve(tuple(chain.split("."))) if chain else None
        return f"CAST({column.sql} AS VARCHAR)" if column is not None else "NULL"


def _columns(period: tuple[date, date] | None) -> dict[str, Column]:
    start, end = period or (None, None)
    return {"period.start": Column(literal(start), "date"), "period.end": Column(literal(end), "date")}


@contextmanager
def opened(source: Any, pack: Pack, forms: Forms, as_of: datetime, names: Iterable[str] = ()) -> Iterator[Desk]:
    """Load records (paths, or frames by record type) and see them as of a moment; closed at the end.

    Seen are the types that the forms read, or those in `names`. Raises DataError if nothing can be read.
    """
    from duban.records import load

    with database(Limits()) as con:
        place, zone = pack.header.jurisdiction, pack.header.timezone
        loaded = load(con, pack.records, source, jurisdiction=place, timezone=zone, known_by=as_of)
        compiler = Compiler(pack, as_of, as_of)
        plan_views(compiler)
        types = list(names) or _read_by(pack, forms)
        wanted = [f"seen/{name}" for name in types]
        wanted += [f"span/{name}" for name in types if pack.records[name].span is not None and pack.records[name].key]
        run(con, Plan(in_order(compiler.steps, wanted), "", "", tuple(wanted)), keep=True)
        yield Desk(con, pack, forms, as_of, loaded.issues, loaded.counts)


def _read_by(pack: Pack, forms: Forms) -> list[str]:
    """The record types that forms read, and those that they refer to."""
    found = {spec.record for spec in (forms.figures, forms.problems) if spec is not None}
    found |= {source.record for source in (forms.problems.also if forms.problems is not None else ())}
    found |= {
        figure.count.record for figure in (forms.figures.fields.values() if forms.figures else ()) if figure.count
    }
    found |= {source.record for post in forms.posts.values() for source in post.sources if source.record}
    found |= {number.record for number in (forms.progress.numbers.values() if forms.progress else ())}
    if forms.town_pack is not None:
        found |= {forms.town_pack.roster, *(sheet.record for sheet in forms.town_pack.sheets)}
    front = list(found)
    while front:
        references = pack.records[front.pop()].references.values()
        new = {pack.schema.target(item)[0] for group in references for item in group} - found - {""}
        found |= new
        front += new
    return sorted(found)
