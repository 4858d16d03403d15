"""Load: everything that was handed in becomes one typed table per record type, and a list of issues.

Find the files or frames → read each table → match its header → coerce its cells → date the rows by the manifest
→ compare rows with each other and with what they refer to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from duban import cache
from duban.errors import DataError, Issue, PackError, Severity
from duban.pack.forms import Forms
from duban.records import answers, given, identity, manifest, names, problems, references, twins, versions
from duban.records.contents import Contents
from duban.records.drawn import DrawnPart
from duban.records.drawn_tables import DrawnForms
from duban.records.found import InputFile, Loaded
from duban.records.headers import Seen, TypeHeaders, columns_of
from duban.records.kept import FileRead, Kept, Rules, TableRead
from duban.records.mapping import Mappings
from duban.records.pools import Pool, Pools
from duban.records.raw import RawColumn, RawTable
from duban.records.readers import KINDS, frames, piles, read_file
from duban.records.readers.task import Task
from duban.records.recognise import recognise
from duban.records.sources import SourceFile, TypeNames, paths_of, source_files
from duban.records.tables import Filling, create, fill, finish, table_name
from duban.sqltext import literal
from duban.stopwatch import timed
from duban.vocabulary import MANIFEST, MANIFEST_TYPE, OWN_DAY, RecordType

_SMALL = 10_000  # rows


def load(
    con: duckdb.DuckDBPyConnection,
    types: Mapping[str, RecordType],
    source: Any,
    *,
    jurisdiction: str,
    timezone: str,
    forms: Callable[[], Forms] | None = None,
    known_by: datetime | None = None,
    follows: str | None = None,
) -> Loaded:
    """Read records into the tables `raw_<type>` of `con`, one per record type (and the manifest), empty or not.

    `source`: a file or folder, a list of them, or a mapping of record type names to frames (list of dicts, pandas
    DataFrame, Arrow table, or a list of those). `jurisdiction` stands in where a row names none; moments with an
    offset become wall-clock time of `timezone`. Row order follows the files by name (`preserve_insertion_order`,
    DuckDB's default, must be on). `forms`: the forms that the notice draws, asked for when a sheet may be one.
    `known_by`: what was handed in later has no say in whether two rows are one, or what a reference may name; None:
    all has. `follows`: a hash of what the forms follow from; if it is given, files that are unchanged since they were
    last read come from the cache.

    Raises DataError if there is nothing that can be read at all.
    """
    types = {**types, MANIFEST: MANIFEST_TYPE}
    paths = [] if isinstance(source, Mapping) else paths_of(source)
    if follows is None or not paths or cache.folder() is None:
        return _Loading(con, types, jurisdiction, timezone, forms, known_by).run(source)
    contents = Contents(paths)
    kept = Kept(con, Rules(types, jurisdiction, timezone, follows, known_by), contents)
    name = kept.name_of(paths)
    loaded = kept.restore(name) if name else None
    if loaded is None:
        loading = _Loading(con, types, jurisdiction, timezone, forms, known_by, kept)
        try:
            loaded = loading.run(paths)
        except duckdb.Error:  # rows that were kept cannot be read, or there is something that no cache is to blame for
            loading.pools.close()
            loaded = _Loading(con, types, jurisdiction, timezone, forms, known_by).run(paths)
        if kept.name_of(paths) != name:  # somebody has written into a file while it was read
            name = ""
        kept.keep(name, loaded)
    contents.remember()
    return replace(loaded, follows=name)


class _Loading:
    """One run of `load`: its settings, and what it has found so far."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType], jurisdiction: str, timezone: str,
        forms: Callable[[], Forms] | None, known_by: datetime | None, kept: Kept | None = None,
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
        self.kept = kept
        self.contents = kept.contents if kept is not None else Contents()
        self.filled: list[TableRead] = []  # the tables of one file that went their own way

    def run(self, source: Any) -> Loaded:
        self._check_timezone()
        for name, record_type in self.types.items():
            create(self.con, name, record_type)
        if isinstance(source, Mapping):
            self._frames(source)
        else:
            self._files(source)
        few = sum(self.counts().values()) <= _SMALL
        with timed("对照"), self._unrewritten() if few else nullcontext():
            self._compare()
        for name in {*self.unread, *(item.record_type for item in self.inputs)} & {*self.types}:
            finish(self.con, name)
        unread, notes = tuple(self.unread), tuple(self.notes)
        return Loaded(tuple(self.issues), tuple(self.inputs), self.counts(), unread, notes, tuple(self._drawn()))

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
            found = source_files(source, KINDS, Path(scratch), self.contents.kind)
            self.issues.extend(map(self._no_ledger, found.issues))
            for mapping in found.mappings:
                sha256, size = self.contents.sha256(mapping.path)
                self.inputs.append(InputFile(mapping.name, sha256, size, "", "", 0))
                if self.kept is not None:
                    self.kept.mappings.append((mapping.name, sha256))
                self.issues.extend(self.mappings.read(mapping.path, mapping.name, self.types))
            for file in found.files:
                self._file(file)
            if self.kept is not None:
                self.kept.flush()
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
        sha256, size = self.contents.sha256(file.path)
        if self.kept is not None and (read := self.kept.restore_file(file, sha256)) is not None:
            self._take(file, read)
            return
        before, self.filled = (len(self.issues), len(self.notes), len(self.inputs), len(self._drawn())), []
        task = Task(self.con, file, self.issues, self.names, self.headers, self.mappings, self.notes, self.forms)
        for table in read_file(task):
            name = self._type_of(table)
            with timed(name or "认不出的表"):
                rows = self._table(table, name, size)
            kind = name if rows is not None else ""
            columns = self.seen.letters(name, table) if kind else {}
            self.inputs.append(InputFile(file.name, sha256, size, table.sheet, kind, rows or 0, columns))
        if len(self.inputs) == before[2]:
            if name := self.names.starting(file.stem):
                self.unread[name] = None
            self.inputs.append(InputFile(file.name, sha256, size, "", "", 0))
        self._keep(file, before)

    def _drawn(self) -> list[DrawnPart]:
        return self.forms.parts if self.forms is not None else []

    def _keep(self, file: SourceFile, before: tuple[int, int, int, int]) -> None:
        """Keep a file all of whose tables went their own way into those of their types: what is pooled is small."""
        issues, notes, inputs = self.issues[before[0] :], self.notes[before[1] :], self.inputs[before[2] :]
        if self.kept is not None and len(self.filled) == len(inputs) and len(self._drawn()) == before[3]:
            read = FileRead(tuple(issues), tuple(notes), tuple(inputs), tuple(self.filled))
            self.kept.keep_file(file, inputs[0].sha256, read)

    def _take(self, file: SourceFile, read: FileRead) -> None:
        """Take over what an earlier run found in a file; its rows are there already."""
        self.issues.extend(read.issues)
        self.notes.extend(read.notes)
        self.inputs.extend(read.inputs)
        for table in read.tables:
            self.seen.note(table.name, file.name, table.sheet, table.columns)

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
                    with timed(name), self._unrewritten() if small else nullcontext():
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
                with timed(pool.name):
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
        """On a few hundred rows DuckDB would improve a statement for a hundred times as long as it reads them. What is
        left on takes out the columns that nobody names.
        """
        listed = "SELECT string_agg(name, ',') FROM duckdb_optimizers() WHERE name <> 'unused_columns'"
        ((optimizers,),) = self.con.execute(listed).fetchall()
        self.con.execute(f"SET disabled_optimizers = {literal(optimizers)}")
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
        if len(pool.members) == 1:
            ((member, _),) = pool.members
            return {(pool.name, member.file, member.sheet): rows}
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
        pooled = self._pooled(filling, size)
        rows = 0 if pooled else self._fill(filling)
        if rows is None:
            self.unread[name] = None
            return None
        self.seen.add(name, table, columns)
        if not pooled:
            self.filled.append(TableRead(name, table.sheet, dict(columns), rows))
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
        if self.kept is not None:
            self.kept.flush(filling.name)
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
        with timed("报送清单"):
            self.issues.extend(manifest.check(self.con, self.names))
        filled = {name: self.types[name] for name, rows in self.counts().items() if rows and name != MANIFEST}
        with timed("名称与编号"):
            self.issues.extend(names.resolve(self.con, self.types, filled, self.seen))
            self.issues = identity.fill(self.con, filled, self.issues)
        with timed("报送时间"):
            self._date(filled)
        with timed("同一事项"):
            twins.find(self.con, filled, self.known_by)
            self.issues.extend(answers.check(self.con, filled))
        with timed("各次报送"):
            self.issues.extend(versions.check(self.con, filled))
        with timed("引用"):
            self.issues.extend(references.check(self.con, self.types, filled, self.seen, self.known_by))

    def _date(self, filled: Mapping[str, RecordType]) -> None:
        """When each row was handed in, where it does not say so itself."""
        for name, record_type in filled.items():
            if record_type.time:
                manifest.date_rows(self.con, name, record_type)
                self.issues.extend(manifest.undated(self.con, name, record_type))
            if name in OWN_DAY:
                manifest.date_by_own_day(self.con, name, OWN_DAY[name])


def _first_headers(record_type: RecordType) -> list[str]:
    """The headers by which a table of a type is known at a glance: its key, whose it is, when."""
    first = dict.fromkeys([*record_type.key, *record_type.references, record_type.time, *record_type.fields])
    return [spec.title for name in first if (spec := record_type.field(name))][:4]
