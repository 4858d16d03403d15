"""Load: everything that was handed in becomes one typed table per record type, and a list of issues.

Find the files or frames → read each table → match its header → coerce its cells → date the rows by the manifest
→ compare rows with each other and with what they refer to.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from duban.errors import DataError, Issue, PackError, Severity
from duban.pack.forms import Forms
from duban.records import answers, given, identity, manifest, names, problems, references, twins, versions
from duban.records.drawn import DrawnPart
from duban.records.drawn_tables import DrawnForms
from duban.records.headers import Seen, TypeHeaders, columns_of
from duban.records.mapping import Mappings
from duban.records.pools import Pool, Pools
from duban.records.raw import RawColumn, RawTable
from duban.records.readers import KINDS, frames, piles, read_file
from duban.records.readers.task import Task
from duban.records.recognise import recognise
from duban.records.sources import SourceFile, TypeNames, source_files
from duban.records.tables import Filling, create, fill, finish, table_name
from duban.vocabulary import MANIFEST, MANIFEST_TYPE, OWN_DAY, RecordType

_SMALL = 10_000  # rows


@dataclass(frozen=True)
class InputFile:
    """One table that was read: its file (relative name, hash of the bytes, size), sheet, type and number of rows.

    A frame has no file: name, hash and size are empty. `record_type` is '' for what no type was found for. `columns`:
    field → what a spreadsheet program calls its column; with the row of a record that is the cell of each value.
    """

    name: str
    sha256: str
    size: int
    sheet: str
    record_type: str
    rows: int
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loaded:
    """What `load` did: issues in the order of the files, the inputs, and the number of rows per record type.

    `unread`: the record types of which a table was handed in that could not be read at all, so that nobody may
    conclude anything from what the others lack. `notes`: how a file was read, where nobody has to do anything about it.
    """

    issues: tuple[Issue, ...]
    inputs: tuple[InputFile, ...]
    counts: dict[str, int]
    unread: tuple[str, ...] = ()
    notes: tuple[Issue, ...] = ()
    drawn: tuple[DrawnPart, ...] = ()


def load(
    con: duckdb.DuckDBPyConnection,
    types: Mapping[str, RecordType],
    source: Any,
    *,
    jurisdiction: str,
    timezone: str,
    forms: Callable[[], Forms] | None = None,
    known_by: datetime | None = None,
) -> Loaded:
    """Read records into the tables `raw_<type>` of `con`, one per record type (and the manifest), empty or not.

    `source`: a file or folder, a list of them, or a mapping of record type names to frames (list of dicts, pandas
    DataFrame, Arrow table, or a list of those). `jurisdiction` stands in where a row names none; moments with an
    offset become wall-clock time of `timezone`. Row order follows the files by name (`preserve_insertion_order`,
    DuckDB's default, must be on). `forms`: the forms that the notice draws, asked for when a sheet may be one.
    `known_by`: what was handed in later has no say in whether two rows are one, or what a reference may name; None:
    all has.

    Raises DataError if there is nothing that can be read at all.
    """
    return _Loading(con, {**types, MANIFEST: MANIFEST_TYPE}, jurisdiction, timezone, forms, known_by).run(source)


class _Loading:
    """One run of `load`: its settings, and what it has found so far."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType], jurisdiction: str, timezone: str,
        forms: Callable[[], Forms] | None, known_by: datetime | None,
    ) -> None:  # fmt: skip
        self.con = con
        self.types = types
        self.names = TypeNames(types)
        self.headers = TypeHeaders(types)
        self.mappings = Mappings()
        self.jurisdiction = jurisdiction
        self.timezone = timezone
        self.known_by = known_by
        self.forms = DrawnForms(forms, types) if forms is not None else None
        self.referenced = references.referenced_fields(types)
        self.issues: list[Issue] = []
        self.notes: list[Issue] = []
        self.inputs: list[InputFile] = []
        self.unread: dict[str, None] = {}  # the types of tables that could not be read, in order
        self.seen = Seen()
        self.pools = Pools(con)

    def run(self, source: Any) -> Loaded:
        self._check_timezone()
        for name, record_type in self.types.items():
            create(self.con, name, record_type)
        if isinstance(source, Mapping):
            self._frames(source)
        else:
            self._files(source)
        self._compare()
        for name in {*self.unread, *(item.record_type for item in self.inputs)} & {*self.types}:
            finish(self.con, name)
        drawn = tuple(self.forms.parts) if self.forms is not None else ()
        unread, notes = tuple(self.unread), tuple(self.notes)
        return Loaded(tuple(self.issues), tuple(self.inputs), self.counts(), unread, notes, drawn)

    def counts(self) -> dict[str, int]:
        """The rows read so far, per record type."""
        counts = dict.fromkeys(self.types, 0)
        for item in self.inputs:
            if item.record_type:
                counts[item.record_type] += item.rows
        return counts

    def _check_timezone(self) -> None:
        try:
            self.con.execute("SELECT timezone($1, TIMESTAMPTZ '2000-01-01 00:00:00+00')", [self.timezone])
        except duckdb.Error:
            raise PackError(f"没有“{self.timezone}”这个时区", [Issue("D001", "时区应如Asia/Shanghai")]) from None

    def _files(self, source: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="duban-") as scratch:
            found = source_files(source, KINDS, Path(scratch))
            self.issues.extend(map(self._no_ledger, found.issues))
            for mapping in found.mappings:
                self.inputs.append(InputFile(mapping.name, *_fingerprint(mapping.path), "", "", 0))
                self.issues.extend(self.mappings.read(mapping.path, mapping.name, self.types))
            for file in found.files:
                self._file(file)
            self._pour()
        if not any(item.record_type for item in self.inputs):
            raise DataError("没有一张表能读入，无法审核", self.issues)

    def _no_ledger(self, issue: Issue) -> Issue:
        """A document in place of a ledger: what it says is not read, and that is an error."""
        name = self.names.starting(Path(issue.place.file).stem) if issue.code == problems.NO_TABLE else ""
        if not name:
            return issue
        self.unread[name] = None
        return replace(issue, severity=Severity.ERROR)

    def _file(self, file: SourceFile) -> None:
        sha256, size = _fingerprint(file.path)
        before = len(self.inputs)
        task = Task(self.con, file, self.issues, self.names, self.headers, self.mappings, self.notes, self.forms)
        for table in read_file(task):
            name = self._type_of(table)
            rows = self._table(table, name, size)
            kind = name if rows is not None else ""
            columns = self.seen.letters(name, table) if kind else {}
            self.inputs.append(InputFile(file.name, sha256, size, table.sheet, kind, rows or 0, columns))
        if len(self.inputs) == before:
            if name := self.names.starting(file.stem):
                self.unread[name] = None
            self.inputs.append(InputFile(file.name, sha256, size, "", "", 0))

    def _type_of(self, table: RawTable) -> str:
        """The record type of a table: as told, by its names, by its headers; '' with an issue if nobody can say."""
        found, what = recognise(table, self.names, self.headers, self.mappings), table.names[0]
        if found.name:
            if found.by_headers:
                self.notes.append(problems.by_headers(table.place(), self.types[found.name].title))
        elif found.fitting:
            titles = [self.types[name].title for name in found.fitting]
            self.issues.append(problems.doubtful_type(table.place(), what, titles))
        elif given.explains(what):
            self.notes.append(problems.no_table(table.place()))
        else:
            self.issues.append(problems.unmatched(table.place(), what, self.names.known(), self.names.near(what)))
        return found.name

    def _frames(self, source: Mapping[str, Any]) -> None:
        for called, content in source.items():
            name = self.names.exact(str(called))
            if not name:
                self.issues.append(problems.unknown_type(str(called), self.names.known(), self.names.near(str(called))))
                continue
            for frame in frames.frames_of(content):
                if isinstance(frame, piles.Pile):
                    self._pile(name, frame)
                    continue
                small = isinstance(frame, list) and len(frame) < _SMALL
                for table in frames.read(self.con, name, frame):
                    with self._unrewritten() if small else nullcontext():
                        rows = self._table(table, name)
                    self.inputs.append(InputFile("", "", 0, "", name, rows or 0))

    def _pile(self, name: str, pile: piles.Pile) -> None:
        """Read the files of a pile at once; each is an input of its own, by its own name."""
        with piles.opened(self.con, pile) as table:
            if not table.columns:
                self.seen.add_empty(name, columns_of(name, self.types[name]))
            columns = self._matched(table, name) if table.columns else {}
            tables = [replace(table, file=file.name) for file in pile.files]
            if columns:
                for each in tables:
                    self.seen.add(name, each, columns)
                members, places = (
                    tuple((each, columns) for each in tables),
                    tuple(one.jurisdiction for one in pile.files),
                )
                fixed = self.types[name], columns, self.jurisdiction, self.timezone
                if self._fill(Filling(table, name, *fixed, members, places)) is None:
                    self.unread[name] = None
        kind = name if columns is not None else ""
        self.inputs += [InputFile(one.name, one.sha256, one.size, "", kind, one.rows) for one in pile.files]

    def _pour(self) -> None:
        """Write the rows of the pools, and set the number of rows of each of their files."""
        counted: dict[tuple[str, str, str], int] = {}
        with self._unrewritten():
            for pool in self.pools:
                counted.update(self._pour_one(pool))
        self.pools.close()
        self.inputs = [
            replace(item, rows=counted.get((item.record_type, item.name, item.sheet), item.rows))
            if item.record_type
            else item
            for item in self.inputs
        ]

    @contextmanager
    def _unrewritten(self) -> Iterator[None]:
        """On a few hundred rows DuckDB would rewrite expressions for a hundred times as long as it reads them."""
        self.con.execute("SET disabled_optimizers = 'expression_rewriter,filter_pushdown'")
        try:
            yield
        finally:
            self.con.execute("RESET disabled_optimizers")

    def _pour_one(self, pool: Pool) -> dict[tuple[str, str, str], int]:
        """Write the rows of one pool; the number of rows of each (type, file, sheet): a form may hold several types."""
        table, columns = pool.raw()
        fixed = self.types[pool.name], columns, self.jurisdiction, self.timezone
        rows, issues = fill(self.con, Filling(table, pool.name, *fixed, tuple(pool.members)))
        self.issues.extend(issues)
        last = f"SELECT _file, _sheet FROM {table_name(pool.name)} ORDER BY _n DESC LIMIT {rows}"
        found = self.con.execute(f"SELECT _file, _sheet, count(*) FROM ({last}) GROUP BY ALL").fetchall()
        return {(pool.name, file, sheet): number for file, sheet, number in found}

    def _table(self, table: RawTable, name: str, size: int = 0) -> int | None:
        """Read one table as records of a type: the number of rows (0: not yet known), or None if it was left out."""
        if not name:
            return None
        record_type = self.types[name]
        if not table.columns:
            self.seen.add_empty(name, columns_of(name, record_type))
            return 0
        table = given.with_given(table, self.headers.of(name))
        columns = self._matched(table, name)
        if columns is None:
            return None
        filling = Filling(table, name, record_type, columns, self.jurisdiction, self.timezone)
        rows = 0 if self._pooled(filling, size) else self._fill(filling)
        if rows is None:
            self.unread[name] = None
        else:
            self.seen.add(name, table, columns)
        return rows

    def _matched(self, table: RawTable, name: str) -> dict[str, RawColumn] | None:
        """Which column of a table is which field of its type; None, and an issue, if it has none that is known."""
        headers, told = self.headers.of(name), self.mappings.of(table.file, table.sheet) if table.file else None
        matched = headers.match(table, self.referenced.get(name, frozenset()), told.told if told else None)
        if all(column.given for column in matched.columns.values()):
            self.issues.append(
                problems.no_known_column(table.place(), self.types[name].title, _first_headers(self.types[name]))
            )
            self.unread[name] = None
            return None
        self.issues.extend(matched.issues)
        columns, filled = given.as_read(table, matched.columns, headers.fields)
        self.issues.extend(filled)
        return columns

    def _pooled(self, filling: Filling, size: int) -> bool:
        """Put a small table of text with others of its kind; one that DuckDB refuses goes its own way."""
        try:
            return self.pools.add(filling.name, filling.table, filling.columns, size)
        except duckdb.Error:
            return False

    def _fill(self, filling: Filling) -> int | None:
        """Write the rows of a table; if DuckDB refuses them, read them again patiently. None if that fails, too."""
        try:
            rows, issues = fill(self.con, filling)
        except duckdb.Error as error:
            again = filling.table.instead() if filling.table.instead else None
            if again is None:
                self.issues.append(problems.unreadable_file(filling.table.place(), str(error).splitlines()[0]))
                return None
            columns = {column.expression: column for column in again.columns}
            same = {field: columns[column.expression] for field, column in filling.columns.items()}
            return self._fill(replace(filling, table=again, columns=same))
        self.issues.extend(issues)
        return rows

    def _compare(self) -> None:
        self.issues.extend(manifest.check(self.con, self.names))
        filled = {name: self.types[name] for name, rows in self.counts().items() if rows and name != MANIFEST}
        self.issues.extend(names.resolve(self.con, self.types, filled, self.seen))
        self.issues = identity.fill(self.con, filled, self.issues)
        for name, record_type in filled.items():
            if record_type.time:
                manifest.date_rows(self.con, name, record_type)
                self.issues.extend(manifest.undated(self.con, name, record_type))
            if name in OWN_DAY:
                manifest.date_by_own_day(self.con, name, OWN_DAY[name])
        twins.find(self.con, filled, self.known_by)
        self.issues.extend(answers.check(self.con, filled))
        self.issues.extend(versions.check(self.con, filled))
        self.issues.extend(references.check(self.con, self.types, filled, self.seen, self.known_by))


def _first_headers(record_type: RecordType) -> list[str]:
    """The headers by which a table of a type is known at a glance: its key, whose it is, when."""
    first = dict.fromkeys([*record_type.key, *record_type.references, record_type.time, *record_type.fields])
    return [spec.title for name in first if (spec := record_type.field(name))][:4]


def _fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest(), path.stat().st_size
