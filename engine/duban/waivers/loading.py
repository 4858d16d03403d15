"""Waivers between the records and the plan: rows of a sheet out of the database, sound ones into it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from duban.errors import Place
from duban.pack.pack import Pack
from duban.sqltext import quote
from duban.vocabulary import WAIVER, WAIVER_TYPE
from duban.waivers.reading import Granted, Waivers, Written, check_written

if TYPE_CHECKING:
    import duckdb

_WORDS = {"valid_from": "from", "valid_until": "until"}


def sheet_waivers(con: duckdb.DuckDBPyConnection, pack: Pack) -> Waivers:
    """The waivers that came as rows among the records, each at its row; the same rules as for waivers.yaml."""
    fields = ["jurisdiction", *WAIVER_TYPE.fields]
    columns = ", ".join(map(quote, fields))
    rows = con.execute(
        f"SELECT _file, _sheet, _row, CAST(submitted_at AS DATE), {columns} FROM {quote('raw_' + WAIVER)} ORDER BY _n"
    ).fetchall()
    written = []
    for file, sheet, row, handed_in, *cells in rows:
        words = {_WORDS.get(name, name): cell for name, cell in zip(fields, cells, strict=True) if cell is not None}
        written.append(Written(words, Place(file or WAIVER_TYPE.title, 0, sheet or "", row or 0), handed_in))
    return check_written(written, pack)


def load_waivers(con: duckdb.DuckDBPyConnection, waivers: Sequence[Granted]) -> None:
    """Create `sound_waiver`: `n` is the place in `waivers`, from 0."""
    con.execute(
        "CREATE TABLE sound_waiver (n BIGINT, jurisdiction VARCHAR, obligation VARCHAR, bearer VARCHAR, fingerprint"
        " VARCHAR, reason VARCHAR, known_on DATE, day_from DATE, day_until DATE)"
    )
    rows = [
        (
            number,
            one.waiver.jurisdiction,
            one.waiver.obligation,
            one.waiver.bearer,
            one.waiver.fingerprint,
            f"{one.waiver.reason}（{one.waiver.approved_by}）",
            one.known_on,
            one.waiver.start,
            one.waiver.end,
        )
        for number, one in enumerate(waivers)
    ]
    if rows:
        con.executemany(f"INSERT INTO sound_waiver VALUES ({', '.join('?' * 9)})", rows)


def granted_digest(con: duckdb.DuckDBPyConnection) -> str:
    """A hash of what a plan sees of the waivers."""
    rows = con.execute("SELECT CAST(w AS VARCHAR) FROM sound_waiver w ORDER BY n").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()
