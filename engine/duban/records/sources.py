"""What was handed in: folders, files and frames, and which record type each of them holds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from duban.errors import DataError, Issue, Place
from duban.records import content, problems
from duban.records.archives import DEPTH, Unpacker
from duban.records.mapping import is_mapping
from duban.records.text import fold, meant
from duban.vocabulary import RecordType

# Files that may lie beside the records without being records.
_BESIDE = {"waivers.yaml", "truth.csv"}
# A file that names, one pattern a line, what else lies in its folder without being records.
IGNORE = ".dubanignore"


@dataclass(frozen=True)
class SourceFile:
    """One file and the name by which reports call it: relative to the folder that was given. `kind`: see `content`."""

    path: Path
    name: str
    kind: str = ""

    @property
    def stem(self) -> str:
        """The file name without folder and suffix."""
        return Path(self.name).stem


@dataclass
class Sources:
    """The files that can be read, sorted by name; the mapping files; and an issue for each file that is of no use."""

    files: list[SourceFile] = field(default_factory=list)
    mappings: list[SourceFile] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def paths_of(source: Any) -> list[Path]:
    """The paths of a source: one, or a list of them."""
    return [Path(source)] if isinstance(source, (str, os.PathLike)) else [Path(path) for path in source]


def source_files(
    source: Any, kinds: Collection[str], scratch: Path, kind_of: Callable[[Path], str] = content.kind_of
) -> Sources:
    """What a path or a list of paths holds. Zips are unpacked into the folder `scratch`. `kind_of`: what a file is.

    Raises DataError if a path does not exist or nothing readable is left.
    """
    paths = paths_of(source)
    found = Sources()
    taking = _Taking(found, kinds, Unpacker(scratch), kind_of)
    for path in paths:
        if not path.exists():
            raise DataError(f"找不到台账：{path}")
        for file in below(path):
            if is_mapping(file.path.name):
                found.mappings.append(file)
            elif path.is_file() or not _is_beside(file.path.name):
                taking.take(file, DEPTH)
    found.issues.sort(key=lambda issue: issue.place)
    if not found.files:
        where = "、".join(str(path) for path in paths)
        raise DataError(f"没有可以读取的台账（{_READABLE}）：{where or '未给出路径'}", found.issues)
    found.files = _distinct(found.files)
    return found


_READABLE = "xlsx、xls、et、ods、csv、tsv、parquet，或这些文件的zip"


def is_read(name: str, kind: str, kinds: Collection[str]) -> bool:
    """Whether anybody looks into a file of some kind further than what kind it is."""
    return kind in kinds or kind == content.ZIP or _promises(name, kind) or is_mapping(Path(name).name)


def _promises(name: str, kind: str) -> bool:
    """Whether a file of no known kind has a name that promises one."""
    return kind == content.UNKNOWN and Path(name).suffix.lower() in (*content.SHEET_SUFFIXES, ".parquet")


@dataclass(frozen=True)
class _Taking:
    """Sorts files into `found` by their kind."""

    found: Sources
    kinds: Collection[str]
    unpacker: Unpacker
    kind_of: Callable[[Path], str]

    def take(self, file: SourceFile, depth: int) -> None:
        """Add a file, or the files of a zip."""
        place, suffix = Place(file=file.name), file.path.suffix.lower()
        try:
            kind = self.kind_of(file.path)
        except OSError as error:
            self.found.issues.append(problems.unreadable_file(place, error.strerror or str(error)))
            return
        if kind == content.ZIP and depth:
            self._unpack(file, depth)
        elif kind in self.kinds:
            self.found.files.append(replace(file, kind=kind))
        elif kind == content.LOCKED:
            self.found.issues.append(problems.locked_file(place))
        elif _promises(file.name, kind):
            self.found.files.append(replace(file, kind=content.PARQUET if suffix == ".parquet" else content.XLSX))
        else:
            self.found.issues.append(problems.unsupported_file(place, suffix, web=kind == content.HTML))

    def _unpack(self, file: SourceFile, depth: int) -> None:
        for path, name in self.unpacker.unpack(file.path, file.name, self.found.issues):
            if not _is_beside(Path(name).name) and not _is_hidden(Path(name).name) and "__MACOSX" not in name:
                self.take(SourceFile(path, name), depth - 1)


def below(path: Path) -> Iterator[SourceFile]:
    """The file itself, or all files below a folder; hidden ones and lock files of office programs are no files."""
    if path.is_file():
        yield SourceFile(path, path.name)
        return
    for folder, folders, names in os.walk(path):
        ignored = _ignored(Path(folder)) if IGNORE in names else []
        folders[:] = [name for name in folders if not name.startswith(".") and not _matches(name, ignored)]
        for name in names:
            if not _is_hidden(name) and not _matches(name, ignored):
                found = Path(folder, name)
                yield SourceFile(found, found.relative_to(path).as_posix())


def _ignored(folder: Path) -> list[str]:
    lines = (folder / IGNORE).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    return [line.strip().rstrip("/") for line in lines if line.strip() and not line.startswith("#")]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _is_hidden(name: str) -> bool:
    """Hidden files, and those that office programs keep beside an open one: `~$台账.xlsx`, `.~台账.et`."""
    return name.startswith((".", "~$"))


def _is_beside(name: str) -> bool:
    return name in _BESIDE or name.upper().startswith("README") or name.lower().endswith(".md")


def _distinct(files: Sequence[SourceFile]) -> list[SourceFile]:
    """Files without repetition, by name; those that would share a name are called as they were given."""
    once = {file.path.resolve(): file for file in reversed(files)}.values()
    often = Counter(file.name for file in once)
    named = [
        # A file out of a zip lies where nobody can look it up: it keeps its name.
        file if often[file.name] == 1 or ".zip/" in file.name else replace(file, name=file.path.as_posix())
        for file in once
    ]
    return sorted(named, key=lambda file: file.name)


class TypeNames:
    """The record types by every name that a file, a sheet or a manifest line may use."""

    def __init__(self, types: Mapping[str, RecordType]) -> None:
        self._by_fold: dict[str, str] = {}
        for words in (
            {name: (name,) for name in types},
            {name: (record_type.title,) for name, record_type in types.items()},
            {name: record_type.aliases for name, record_type in types.items()},
        ):
            for name, known in words.items():
                for word in known:
                    self._by_fold.setdefault(fold(word), name)
        self.titles = {name: record_type.title for name, record_type in types.items()}
        self._words = [word for name, kind in types.items() for word in (name, kind.title, *kind.aliases)]

    def exact(self, text: str) -> str:
        """The type called so, '' if none is."""
        return self._by_fold.get(fold(text), "")

    def starting(self, text: str) -> str:
        """The type that a file or sheet name starts with, followed by no letter; the longest match counts."""
        folded = fold(text)
        for known in sorted(self._by_fold, key=len, reverse=True):
            if folded.startswith(known) and not folded[len(known) : len(known) + 1].isalpha():
                return self._by_fold[known]
        return ""

    def known(self) -> list[str]:
        """All types, as a message lists them."""
        return [f"{title}（{name}）" if title != name else name for name, title in self.titles.items()]

    def near(self, text: str) -> str:
        """The name that was probably meant, '' if none is near."""
        head = text.split("_")[0].split("-")[0]
        return meant(text, self._words) or meant(head, self._words)
