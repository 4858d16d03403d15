"""What reading once found, kept in the cache: of a single file, and of all that lies in the given folders together.

The key of an entry is a hash of all that it follows from: the bytes of the files and the names by which messages call
them, what is declared of the record types, the forms, the place, the time zone, the libraries, the program. So it is
never out of date. What is kept are typed rows, and as JSON whatever else was found: issues, notes, inputs, headers.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import itertools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from pydantic import TypeAdapter

from duban import cache, keeping
from duban.errors import Issue
from duban.records.contents import Contents
from duban.records.drawn import DrawnPart
from duban.records.found import InputFile, Loaded
from duban.records.headers import columns_of
from duban.records.raw import RawColumn
from duban.records.readers import KINDS
from duban.records.sources import SourceFile, below, is_read
from duban.records.tables import last_rows, refill, typed_columns
from duban.sqltext import literal
from duban.vocabulary import RecordType

_FILE, _ALL = "file", "records"
_TOLD, _SUMS = "told.json", "sums.json"  # in the entry of a file, beside its tables
_MOST = 2_000_000  # rows of a folder; a larger one is kept file by file alone, not twice
_LIBRARIES = ("duckdb", "pydantic", "python-calamine", "rapidfuzz", "ruamel.yaml", "xlrd")


@dataclass(frozen=True)
class TableRead:
    """A table of a file: its record type, sheet, matched columns by field, and number of rows."""

    name: str
    sheet: str
    columns: dict[str, RawColumn]
    rows: int


@dataclass(frozen=True)
class FileRead:
    """All that reading one file found, but for its rows."""

    issues: tuple[Issue, ...]
    notes: tuple[Issue, ...]
    inputs: tuple[InputFile, ...]
    tables: tuple[TableRead, ...]


@dataclass(frozen=True)
class Rules:
    """What reading follows from beside the files, as text."""

    types: Mapping[str, RecordType]
    jurisdiction: str
    timezone: str
    forms: str
    known_by: datetime | None

    @functools.cached_property
    def of_files(self) -> tuple[str, ...]:
        """What the reading of a single file follows from."""
        types = [[name, kind.model_dump_json()] for name, kind in self.types.items()]
        return json.dumps(types, ensure_ascii=False), self.jurisdiction, self.timezone, self.forms, *_versions()


class Kept:
    """The entries of one run."""

    def __init__(self, con: duckdb.DuckDBPyConnection, rules: Rules, contents: Contents) -> None:
        self.con = con
        self.rules = rules
        self.contents = contents
        self.mappings: list[tuple[str, str]] = []  # name and SHA-256 of each mapping file
        self._waiting: dict[str, list[tuple[list[str], Path, int]]] = {}  # columns, file and number of rows, by type

    # ---- all together

    def name_of(self, paths: Sequence[Path]) -> str:
        """The key of all that lies at some paths; '' where they cannot be read or hold nothing."""
        try:
            listed = [self._listed(path, file) for path in paths for file in below(path)]
        except OSError:
            return ""
        known_by = str(self.rules.known_by)
        return cache.key(_ALL, *self.rules.of_files, known_by, json.dumps(listed)) if listed else ""

    def _listed(self, path: Path, file: SourceFile) -> list[Any]:
        kind = self.contents.kind(file.path)
        sha256 = self.contents.sha256(file.path)[0] if is_read(file.name, kind, KINDS) else ""
        # Where a file lies is part of its name if two have the same, and tells whether they are one.
        return [str(path), path.is_file(), file.name, os.path.realpath(file.path), kind, sha256]

    def restore(self, name: str) -> Loaded | None:
        """Bring back all tables of a key; None, with nothing done, if they are not kept."""
        told = keeping.restore(self.con, _ALL, name)
        return _loaded(told) if told is not None else None

    def keep(self, name: str, loaded: Loaded) -> None:
        """Keep all tables under a key, if they are not too large."""
        rows = sum(loaded.counts.values())
        if name and rows <= _MOST:
            keeping.keep(self.con, _ALL, name, None, _told(loaded), large=rows > keeping.MANY)

    # ---- file by file

    def restore_file(self, file: SourceFile, sha256: str) -> FileRead | None:
        """What a file was found to hold, if that is kept; its rows are written by the next `flush`."""
        name = self._file_key(file, sha256)
        path = cache.fetch(_FILE, name)
        if path is None:
            return None
        try:
            told, tables = _checked(path)
            read: FileRead = _as_json(FileRead).validate_json(told)
        except (OSError, ValueError):  # something is missing or has another sum; or it is no JSON
            cache.drop(_FILE, name)
            return None
        for table, rows in zip(read.tables, tables, strict=True):
            self._waiting.setdefault(table.name, []).append((self._columns(table), rows, table.rows))
        return read

    def flush(self, name: str | None = None) -> None:
        """Write the rows of all restored files (of one record type), in their order. Raises duckdb.Error."""
        for kind in [name] if name is not None else list(self._waiting):
            for columns, group in itertools.groupby(self._waiting.pop(kind, ()), key=lambda one: one[0]):
                refill(self.con, kind, columns, [(path, rows) for _, path, rows in group])

    def keep_file(self, file: SourceFile, sha256: str, read: FileRead) -> None:
        """Keep what a file, whose rows were written last, was found to hold, if it is still what it was."""
        once = len({table.name for table in read.tables}) == len(read.tables)
        if not once or cache.folder() is None or self.contents.sha256(file.path)[0] != sha256:
            return

        def write(path: Path) -> None:
            path.mkdir()
            for number, table in enumerate(read.tables):
                rows = last_rows(self.con, table.name, self._columns(table), table.rows)
                self.con.execute(f"COPY ({rows}) TO {literal(str(path / f't{number}.parquet'))} (FORMAT parquet)")
            (path / _TOLD).write_bytes(_as_json(FileRead).dump_json(read))
            (path / _SUMS).write_text(json.dumps(_sums(path)), encoding="utf-8")

        cache.store(_FILE, self._file_key(file, sha256), write)

    def _columns(self, table: TableRead) -> list[str]:
        return typed_columns(columns_of(table.name, self.rules.types[table.name]), table.columns)

    def _file_key(self, file: SourceFile, sha256: str) -> str:
        mappings = json.dumps(self.mappings)
        return cache.key(_FILE, *self.rules.of_files, mappings, file.name, file.kind, sha256)


def _sums(path: Path) -> list[list[str]]:
    """Name and SHA-256 of all that an entry holds."""
    found = sorted(part for part in path.iterdir() if part.name != _SUMS)
    return [[part.name, hashlib.sha256(part.read_bytes()).hexdigest()] for part in found]


def _checked(path: Path) -> tuple[bytes, list[Path]]:
    """The text and the tables of an entry, as they were written. Raises OSError or ValueError."""
    if json.loads((path / _SUMS).read_bytes()) != _sums(path):
        raise ValueError(path)
    return (path / _TOLD).read_bytes(), sorted(path.glob("t*.parquet"), key=lambda part: (len(part.name), part.name))


def _versions() -> Iterable[str]:
    return (f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)


# ---- as JSON


@functools.cache  # made where one is needed: that takes a while
def _as_json(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _told(loaded: Loaded) -> str:
    return _as_json(Loaded).dump_json(_with_values(loaded, _plain)).decode()


def _loaded(told: str) -> Loaded:
    return _with_values(_as_json(Loaded).validate_json(told), _meant)


def _with_values(loaded: Loaded, change: Any) -> Loaded:
    """What was loaded, with each value of a drawn row changed: JSON has no days."""

    def changed(part: DrawnPart) -> DrawnPart:
        rows = [replace(row, values={field: change(value) for field, value in row.values.items()}) for row in part.rows]
        return replace(part, rows=tuple(rows))

    return replace(loaded, drawn=tuple(map(changed, loaded.drawn)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _meant(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["datetime"]) if "datetime" in value else date.fromisoformat(value["date"])
