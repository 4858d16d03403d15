"""Records beside the duties of an audit: as seen at its (as_of, known_by), asked for rows by whom they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from duban.compile import Beside, compile_beside, compile_pack
from duban.conditions import compile_boolean, parse
from duban.scope import Names, Row, belonging
from duban.sqltext import literal, quote

if TYPE_CHECKING:
    import duckdb

    from duban.auditing import Audit
    from duban.pack import Pack

Line = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """Tables of a plan that ran beside those of an audit; they are gone when the block ends."""

    con: duckdb.DuckDBPyConnection
    pack: Pack
    as_of: datetime

    def lines(self, sql: str, values: Sequence[Any] = ()) -> list[Line]:
        """The rows of a query as dicts."""
        cursor = self.con.execute(sql, list(values))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def belonging(
        self, record: str, kind: str, where: str = "", shows: Iterable[str] = (), only: tuple[str, str] | None = None
    ) -> list[Line]:
        """Rows of a type that meet a condition and belong to a bearer kind: jurisdiction, who, at, and what `shows` names.

        `only`: (jurisdiction, id) of one bearer. Of a roster only what holds at as_of. In the order of the event.
        """
        row, names = self._row(record)
        chain = belonging(self.pack.schema, record, kind)
        if chain is None:
            raise ValueError(f"nothing leads from {record} to {kind}")
        wanted = [f"({compile_boolean(parse(where), names).sql})"] if where else []
        return self._read(record, row, chain.sql(row), wanted, shows, only)

    def roster(
        self, kind: str, where: str = "", shows: Iterable[str] = (), only: tuple[str, str] | None = None
    ) -> list[Line]:
        """The newest row by as_of of each bearer of a kind: jurisdiction, who, name, town, ended, and what `shows` names."""
        spec = self.pack.header.bearers[kind]
        row, names = self._row(spec.record)
        cells = {name: row.resolve(tuple(name.split("."))) for name in shows}
        columns = "".join(f", {cell.sql} AS {quote(name)}" for name, cell in cells.items() if cell is not None)
        met = compile_boolean(parse(where), names).sql if where else "TRUE"
        mine = " AND r.jurisdiction = ? AND r.bearer_id = ?" if only else ""
        newest = 'QUALIFY row_number() OVER (PARTITION BY r.jurisdiction, r.bearer_id ORDER BY r."$s" DESC) = 1'
        return self.lines(
            f"SELECT r.jurisdiction, r.bearer_id AS who, i.bearer_name AS name, i.town, coalesce({met}, FALSE) AS met,\n"
            f'  r."$e" <= {literal(self.as_of)} AS ended{columns}\n'
            f"FROM {quote('bearer/' + kind)} r JOIN {quote(f'bearer/{kind}/ids')} i USING (jurisdiction, bearer_id)\n{names.joins()}\n"
            f'WHERE r."$s" < {literal(self.as_of)}{mine} {newest} ORDER BY r.jurisdiction, r.bearer_id',
            only or (),
        )

    def _row(self, record: str) -> tuple[Row, Names]:
        row = Row(self.pack.schema, record, "r", literal(self.as_of - timedelta(microseconds=1)))
        return row, Names(self.pack.schema, row)

    def _read(
        self, record: str, row: Row, who: str, wanted: list[str], shows: Iterable[str], only: tuple[str, str] | None
    ) -> list[Line]:
        cells = {name: row.resolve(tuple(name.split("."))) for name in shows}
        columns = "".join(f", {cell.sql} AS {quote(name)}" for name, cell in cells.items() if cell is not None)
        spec = self.pack.records[record]
        table = "span" if spec.span is not None and spec.key else "seen"
        if spec.span is not None:
            moment = literal(self.as_of)
            wanted.append(f'r."$s" < {moment} AND {moment} <= r."$e"')
        if only:
            wanted.append(f"r.jurisdiction = ? AND {who} = ?")
        wanted.append(f"{who} IS NOT NULL")
        return self.lines(
            f'SELECT r.jurisdiction, {who} AS who, r."$t" AS at{columns}\nFROM {quote(f"{table}/{record}")} r\n'
            + "\n".join(row.joins.values())
            + f'\nWHERE {" AND ".join(wanted)} ORDER BY r.jurisdiction, who, r."$t", r."$n"',
            only or (),
        )


def tables_of(pack: Pack, records: Iterable[str], kinds: Iterable[str]) -> list[str]:
    """The tables of a plan that conditions over these record types and bearer kinds may read."""
    found = dict.fromkeys([*records, *(pack.header.bearers[kind].record for kind in kinds)])
    front = list(found)
    while front:
        references = pack.records[front.pop()].references.values()
        new = {pack.schema.target(item)[0] for group in references for item in group} - found.keys() - {""}
        found.update(dict.fromkeys(sorted(new)))
        front += sorted(new)
    tables = [f"seen/{name}" for name in found]
    tables += [f"span/{name}" for name in found if pack.records[name].span is not None and pack.records[name].key]
    return tables + [name for kind in kinds for name in (f"bearer/{kind}", f"bearer/{kind}/ids")]


@contextmanager
def beside(
    audit: Audit, records: Iterable[str], kinds: Iterable[str], obligations: Sequence[str] = (), also: Sequence[str] = (),
    *, moment: datetime | None = None, shelf: str = "planning",
) -> Iterator[Seen]:  # fmt: skip
    """Views of an audit's records, and the tables in `also` of the obligations that are named, beside the duties.

    `moment` instead of the audit's as_of: for duties that have not begun, and these are judged; what was known stays the same.
    """
    tables = (*tables_of(audit.pack, records, list(kinds)), *also)
    if moment is None:
        with seeing(audit, Beside(tables, tuple(obligations)), shelf) as seen:
            yield seen
        return
    plan = compile_pack(audit.pack, moment, audit.known_by, obligations, tables, together=1)
    with audit.beside(plan, shelf) as con:
        yield Seen(con, audit.pack, moment)


@contextmanager
def seeing(audit: Audit, wanted: Beside, shelf: str = "planning") -> Iterator[Seen]:
    """Tables beside the duties of an audit."""
    with audit.beside(compile_beside(audit.pack, audit.as_of, audit.known_by, wanted), shelf) as con:
        yield Seen(con, audit.pack, audit.as_of)


def day_of(moment: datetime) -> date:
    """The day that a moment belongs to: 24:00 to the day before."""
    return (moment - timedelta(microseconds=1)).date()
