"""What was handed in: folders, files and frames, and which record type each of them holds."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.errors import DataError, Issue, Place
from duban.records import problems
from duban.records.text import fold, meant
from duban.vocabulary import RecordType

# Files that may lie beside the records without being records.
_BESIDE = {"waivers.yaml", "truth.csv"}


@dataclass(frozen=True)
class SourceFile:
    """One file and the name by which reports call it: relative to the folder that was given."""

    path: Path
    name: str

    @property
    def stem(self) -> str:
        """The file name without folder and suffix."""
        return self.path.stem


def source_files(source: Any, suffixes: frozenset[str]) -> tuple[list[SourceFile], list[Issue]]:
    """The readable files of a path or list of paths, sorted by name, and an issue for each that is of no use.

    Raises DataError if a path does not exist or nothing readable is left.
    """
    paths = [Path(source)] if isinstance(source, (str, os.PathLike)) else [Path(path) for path in source]
    files: list[SourceFile] = []
    issues: list[Issue] = []
    for path in paths:
        if not path.exists():
            raise DataError(f"找不到台账：{path}")
        for file in _below(path):
            suffix = file.path.suffix.lower()
            if path.is_dir() and _is_beside(file.path.name):
                continue
            if suffix in suffixes:
                files.append(file)
            else:
                issues.append(problems.unsupported_file(Place(file=file.name), suffix))
    if not files:
        where = "、".join(str(path) for path in paths)
        raise DataError(f"没有可以读取的台账（{'、'.join(sorted(suffixes))}）：{where or '未给出路径'}", issues)
    return _distinct(files), sorted(issues, key=lambda issue: issue.place)


def _below(path: Path) -> Iterator[SourceFile]:
    """The file itself, or all files below a folder; hidden ones and lock files of office programs are no files."""
    if path.is_file():
        yield SourceFile(path, path.name)
        return
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith((".", "~$")):
                found = Path(folder, name)
                yield SourceFile(found, found.relative_to(path).as_posix())


def _is_beside(name: str) -> bool:
    return name in _BESIDE or name.upper().startswith("README") or name.lower().endswith(".md")


def _distinct(files: Sequence[SourceFile]) -> list[SourceFile]:
    """Files without repetition, by name; those that would share a name are called as they were given."""
    once = {file.path.resolve(): file for file in reversed(files)}.values()
    often = Counter(file.name for file in once)
    named = [file if often[file.name] == 1 else SourceFile(file.path, file.path.as_posix()) for file in once]
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
