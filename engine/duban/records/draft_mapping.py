"""A first mapping file for an odd form: what is known is said, what is like something is proposed, a person decides."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from duban.errors import DataError, Issue
from duban.records.headers import Headers, TypeHeaders
from duban.records.mapping import Mappings
from duban.records.raw import RawColumn, RawTable
from duban.records.readers import KINDS, read_file
from duban.records.readers.task import Task
from duban.records.recognise import recognise
from duban.records.sources import TypeNames, source_files
from duban.records.text import fold
from duban.vocabulary import RecordType

_NEAR = 50  # of 100
_BEST = 3


@dataclass(frozen=True)
class Proposal:
    """A column that nobody knows, and the fields that its header is like: (field, title, how much of 100)."""

    header: str
    fields: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class SheetDraft:
    """One table: its sheet, its likely type and why, the row of its header, what is known of it and what is not.

    `missing`: the titles of fields that must be there, and that no column was found for.
    """

    sheet: str
    record: str
    why: str
    header: int
    known: tuple[tuple[str, str], ...]
    unknown: tuple[Proposal, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """The mapping file of one file; `issues`: what could not be read of it."""

    file: str
    sheets: tuple[SheetDraft, ...]
    issues: tuple[Issue, ...]

    @property
    def unknown(self) -> int:
        return sum(len(sheet.unknown) for sheet in self.sheets)

    def text(self) -> str:
        """The YAML, for a person to finish."""
        return "\n".join(
            [*_HEAD, f"files: [{_quoted(self.file)}]", "tables:", *map("\n".join, map(_lines, self.sheets)), ""]
        )


_HEAD = (
    "# 表头对应：由 duban map 拟出。请逐列核对，把字段名填在引号里；留空('')的列不读。",
    "# “像……”只是按字面相近列出的，没有采用。填好后放在报送的文件夹里，以后同名的文件都照此读。",
)


def draft_mapping(path: Path, types: Mapping[str, RecordType], scratch: Path) -> Draft:
    """Draft the mapping file of a file. Raises DataError if nothing in it can be read."""
    found = source_files(path, KINDS, scratch)
    names, headers = TypeNames(types), TypeHeaders(types)
    sheets: list[SheetDraft] = []
    with duckdb.connect() as con:
        for file in found.files:
            for table in read_file(Task(con, file, found.issues, names, headers)):
                if table.columns:
                    sheets.append(_sheet(table, types, names, headers))
    if not sheets:
        raise DataError(f"“{path.name}”里没有读得出的表", found.issues)
    return Draft(path.name, tuple(sheets), tuple(found.issues))


def _sheet(table: RawTable, types: Mapping[str, RecordType], names: TypeNames, headers: TypeHeaders) -> SheetDraft:
    seen = recognise(table, names, headers, Mappings())
    name = seen.name or (seen.fitting[0] if seen.fitting else _likely(table, types, headers))
    own = headers.of(name)
    known: list[tuple[str, str]] = []
    unknown: list[RawColumn] = []
    for column in table.columns:
        if column.header.strip():
            field = own.find(column)[0]
            known += [(column.header, field)] if field else []
            unknown += [] if field else [column]
    taken = {field for _, field in known}
    missing = tuple(spec.title for field, spec in own.fields.items() if spec.required and field not in taken)
    why = "按名称认作" if seen.name and not seen.by_headers else "按表头认作" if seen.name else "认不准，请核对："
    proposals = tuple(_proposal(column, own, taken) for column in unknown)
    title = f"{why}“{own.record_type.title}”"
    return SheetDraft(table.sheet, name, title, table.header, tuple(known), proposals, missing)


def _likely(table: RawTable, types: Mapping[str, RecordType], headers: TypeHeaders) -> str:
    """The type that knows most of a table's columns, though not enough of them."""
    return max(types, key=lambda name: sum(bool(headers.of(name).find(column)[0]) for column in table.columns))


def _proposal(column: RawColumn, headers: Headers, taken: set[str]) -> Proposal:
    """The fields without a column that a header is most like, by their titles and aliases."""
    from rapidfuzz import fuzz

    scores: list[tuple[int, str, str]] = []
    for field, spec in headers.fields.items():
        if field not in taken:
            word = fold(column.header)
            score = max(fuzz.WRatio(word, fold(title)) for title in (spec.title, *spec.aliases))
            scores.append((round(score), field, spec.title))
    best = sorted(scores, key=lambda item: -item[0])[:_BEST]
    return Proposal(column.header, tuple((field, title, score) for score, field, title in best if score >= _NEAR))


def _lines(sheet: SheetDraft) -> Iterator[str]:
    yield f"  - sheet: {_quoted(sheet.sheet or '*')}"
    yield f"    record: {sheet.record}    # {sheet.why}"
    yield f"    header: {sheet.header}    # 表头的最后一行"
    if sheet.missing:
        yield f"    # 缺少必填的列：{'、'.join(sheet.missing)}"
    for header, field in sheet.known:
        yield f"    # 已认得：{_one_line(header)} → {field}"
    if not sheet.unknown:
        yield "    columns: {}"
        return
    yield "    columns:"
    for item in sheet.unknown:
        like = "，".join(f"{field}（{title}，{score}%）" for field, title, score in item.fields)
        yield f"      {_quoted(item.header)}: ''    # {'像 ' + like if like else '没有相近的字段'}"


def _quoted(text: str) -> str:
    """A text as YAML, on one line."""
    return json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    return " ".join(text.split())
