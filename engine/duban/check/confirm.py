"""The sheet of uncertain matches (待确认): two records that may be one, for a person to answer 是 or 否.

Laid among the records it is read like any of them, as 同一认定 (`vocabulary.SAMENESS`), and an audit follows its answers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from duban.check.twins import Pair
from duban.errors import Issue, Place, UsageError
from duban.records.spellings import FALSE, TRUE
from duban.records.tables import table_name
from duban.vocabulary import SAMENESS, SAMENESS_TYPE, RecordType

if TYPE_CHECKING:
    import duckdb

COLUMNS = tuple(spec.title for spec in SAMENESS_TYPE.fields.values())
Asked = tuple[str, str, str]  # title of the record type ('': any), and the two keys in order


@dataclass
class Sheet:
    """What has been answered, and what is asked anew. Answers are kept as they are."""

    rows: list[dict[str, str]] = field(default_factory=list)
    answers: dict[Asked, bool | None] = field(default_factory=dict)
    asked: list[Pair] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """The sheet of a file, empty if there is none; raises UsageError for an answer that is neither 是 nor 否."""
        sheet = cls()
        if not path.is_file():
            return sheet
        with path.open(encoding="utf-8-sig", newline="") as stream:
            sheet.rows = [{name: row.get(name) or "" for name in COLUMNS} for row in csv.DictReader(stream)]
        wrong = []
        for number, row in enumerate(sheet.rows, start=2):
            text = row["是否同一"].strip().lower()
            first, second = sorted((row["编号甲"].lstrip("'"), row["编号乙"].lstrip("'")))
            answer = True if text in TRUE else False if text in FALSE else None
            sheet.answers[row["记录类型"], first, second] = answer
            if text and answer is None:
                place = Place(str(path), 0, "", number, "是否同一")
                wrong.append(Issue("U023", f"写的是“{text}”", place, "请填“是”或“否”，不能确定的留空"))
        if wrong:
            raise UsageError("待确认表读不出", wrong)
        return sheet

    def told(self, con: duckdb.DuckDBPyConnection, types: Mapping[str, RecordType]) -> None:
        """Add what is answered among the records (同一认定); what the sheet itself says goes before."""
        rows = con.execute(
            f"SELECT record, first, second, same FROM {table_name(SAMENESS)} ORDER BY submitted_at"
        ).fetchall()
        titles = {name: spec.title for name, spec in types.items()}
        found = {
            (titles.get(record, record or ""), *sorted((one, other))): same
            for record, one, other, same in rows
            if one and other
        }
        self.answers = {**found, **self.answers}

    def keep(self, pairs: Iterator[Pair]) -> Iterator[Pair]:
        """The pairs with what was answered: 否 takes one out, 是 makes it certain, all others are asked."""
        for pair in pairs:
            asked = next((key for key in ((pair.record, *pair.keys), ("", *pair.keys)) if key in self.answers), None)
            answer = self.answers[asked] if asked is not None else None
            if answer is False:
                continue
            if answer is True:
                yield replace(pair, certain=True, similarity=1.0)
                continue
            if not pair.certain and asked is None:
                self.answers[(pair.record, *pair.keys)] = None
                self.asked.append(pair)
            yield pair

    def write(self, path: Path) -> list[str]:
        """Add the new pairs to the file; a note if there are any."""
        if not self.asked:
            return []
        self.rows += [_row(pair) for pair in self.asked]
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            out = csv.DictWriter(stream, COLUMNS)
            out.writeheader()
            out.writerows(self.rows)
        return [f"{len(self.asked)}对疑似同一隐患待确认，请在“{path}”的“是否同一”列填是或否"]


def _row(pair: Pair) -> dict[str, str]:
    one, other = pair.earlier, pair.later
    cells = (
        pair.record, one.key, other.key, pair.owner, str(one.day), str(other.day), one.place, other.place, one.text, other.text,
        f"{pair.similarity:.0%}", "", "", "",
    )  # fmt: skip
    return {name: plain(cell) for name, cell in zip(COLUMNS, cells, strict=True)}


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
