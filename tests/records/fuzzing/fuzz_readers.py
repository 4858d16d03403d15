"""Fuzz the readers by coverage: whatever bytes a file holds, reading it ends with tables and issues.

    python tests/records/fuzzing/fuzz_readers.py TARGET [FOLDER …] [-max_total_time=60 …]   # atheris
    python tests/records/fuzzing/fuzz_readers.py --replay                                   # the corpus, without it

The targets are the folders of corpus/ beside this file, or `all` with an empty folder; options are those of libFuzzer.
A file of a zipped target (xlsx, ods) is one part of a sound workbook, its first line the name: changed bytes of a
zip would only ever meet a wrong checksum. What takes longer than ten seconds, or more than 1.5 GB, is a failure, too.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duban.records.raw import RawTable

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
BOUNDS = ["-timeout=10", "-rss_limit_mb=1536", "-max_len=4096", "-verbosity=0", f"-dict={HERE / 'words.dict'}"]


class UselessError(Exception):
    """The bytes stand for no part of a workbook: nothing could be learnt from them."""


def whole(data: bytes) -> bytes:
    return data


def part_of(book: str) -> Callable[[bytes], bytes]:
    """Puts a part into a sound workbook: the first line is the part's name, the rest its content."""

    @cache
    def sound() -> dict[str, bytes]:
        with zipfile.ZipFile(CORPUS / book) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def put(data: bytes) -> bytes:
        name, _, content = data.partition(b"\n")
        part = name.decode("utf-8", "replace")
        if part not in sound():
            raise UselessError
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for known, text in (sound() | {part: content}).items():
                archive.writestr(known, text)
        return out.getvalue()

    return put


# target → the name of the file, and the file that some bytes stand for
TARGETS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "csv": ("inspection.csv", whole),
    "xlsx": ("inspection.xlsx", part_of("sound.xlsx")),
    "ods": ("inspection.ods", part_of("sound.ods")),
    "xls": ("inspection.xls", whole),
    "zip": ("bundle.zip", whole),
    "parquet": ("inspection.parquet", whole),
}


class Reader:
    """Reads one file after the other: what it is, its tables, and what each of their cells may mean.

    That is `load` without its tables of records, which would take ten times as long; `whole_way` goes all the way.
    """

    def __init__(self, target: str, folder: Path) -> None:
        import duckdb

        from duban.records.headers import TypeHeaders
        from duban.records.sources import TypeNames
        from duban.vocabulary import RecordType

        sys.path.insert(0, str(HERE.parent))
        from reading import TYPES

        self.name, self.made = TARGETS[target]
        self.path = folder / target / self.name  # nothing else lies there
        self.path.parent.mkdir()
        self.con = duckdb.connect(config={"threads": 1})
        self.kinds = {name: RecordType.model_validate(kind) for name, kind in TYPES.items()}
        self.names, self.headers = TypeNames(self.kinds), TypeHeaders(self.kinds)
        self.fields = self.kinds["inspection"].fields.values()

    def __call__(self, data: bytes) -> int:
        """0; or -1, by which libFuzzer forgets the bytes."""
        try:
            self.path.write_bytes(self.made(data))
        except UselessError:
            return -1
        self.read()
        return 0

    def read(self) -> None:
        from duban.errors import DataError
        from duban.records.readers import KINDS, read_file
        from duban.records.readers.task import Task
        from duban.records.sources import source_files

        with tempfile.TemporaryDirectory() as scratch:
            try:
                found = source_files(self.path, KINDS, Path(scratch))
            except DataError:  # says that nothing of it can be read
                return
            for file in found.files:
                task = Task(self.con, file, found.issues, self.names, self.headers)
                for table in read_file(task):
                    self.look(table)
            assert all(issue.message for issue in found.issues)

    def look(self, table: RawTable) -> None:
        """Match the header, and read each cell as whatever it might be."""
        from duban.records.spellings import spelt

        self.headers.of("inspection").match(table, frozenset(), None)
        if not table.columns:
            return
        for row in self.rows(table):
            for text in filter(None, (cell and cell.strip() for cell in row)):
                for field in self.fields:
                    spelt(field, text, table.context)

    def rows(self, table: RawTable) -> list[tuple[str | None, ...]]:
        """The first rows; of a file that DuckDB refuses, those that patience finds."""
        import duckdb

        cells = ", ".join(f"CAST({column.expression} AS VARCHAR)" for column in table.columns)
        try:
            return self.con.execute(f"SELECT {cells} FROM {table.relation} LIMIT 5").fetchall()
        except duckdb.Error:
            again = table.instead() if table.instead else None
            return self.rows(again) if again else []

    def whole_way(self, data: bytes) -> None:
        """As `load` reads it, beside a sound file."""
        from duban.records import load
        from reading import COUNTY

        self.path.write_bytes(self.made(data))
        beside = self.path.with_name("enterprise.csv")
        beside.write_text("企业编号\ne1\n", encoding="utf-8")
        loaded = load(self.con, self.kinds, self.path.parent, jurisdiction=COUNTY, timezone="Asia/Shanghai")
        assert loaded.counts["enterprise"] >= 1
        assert all(issue.message for issue in loaded.issues)


class Mixed:
    """All targets in one process, which takes seconds to begin: the first byte says which reads the rest."""

    def __init__(self, folder: Path) -> None:
        self.readers = [Reader(target, folder) for target in TARGETS]

    def __call__(self, data: bytes) -> int:
        return self.readers[data[0]](data[1:]) if data and data[0] < len(self.readers) else -1

    def seed(self, folder: Path) -> None:
        """The corpus of all targets."""
        for number, target in enumerate(TARGETS):
            for path in (CORPUS / target).iterdir():
                (folder / f"{target}-{path.name}").write_bytes(bytes([number]) + path.read_bytes())


def replay(folder: Path) -> None:
    """Every file of the corpus once."""
    for target in TARGETS:
        read = Reader(target, folder)
        for path in sorted((CORPUS / target).iterdir()):
            try:
                read(path.read_bytes())
                read.whole_way(path.read_bytes())
            except BaseException:
                print(path)
                raise


def fuzz(target: str, options: list[str], folder: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["duban.records", "zipfile", "xlrd"], enable_loader_override=False):
        import xlrd  # noqa: F401

        import duban.records.load  # noqa: F401
    places = [option for option in options if not option.startswith("-")] or [str(CORPUS / target)]
    read: Reader | Mixed = Mixed(folder) if target == "all" else Reader(target, folder)
    if isinstance(read, Mixed):
        read.seed(Path(places[0]))
    atheris.Setup([sys.argv[0], *BOUNDS, *(option for option in options if option.startswith("-")), *places], read)
    atheris.Fuzz()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        if sys.argv[1] == "--replay":
            replay(Path(scratch))
        else:
            fuzz(sys.argv[1], sys.argv[2:], Path(scratch))
