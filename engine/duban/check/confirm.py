"""The sheet of uncertain matches (待确认): two records that may be one, for a person to answer 是 or 否."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from duban.check.twins import Pair
from duban.errors import Issue, Place, UsageError
from duban.records.spellings import FALSE, TRUE

COLUMNS = ("编号甲", "编号乙", "主体", "日期甲", "日期乙", "部位甲", "部位乙", "内容甲", "内容乙", "相似度", "是否同一", "确认人", "确认日期")  # fmt: skip


@dataclass
class Sheet:
    """What has been answered, and what is asked anew. Answers are kept as they are."""

    rows: list[dict[str, str]] = field(default_factory=list)
    answers: dict[tuple[str, str], bool | None] = field(default_factory=dict)
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
            sheet.answers[first, second] = True if text in TRUE else False if text in FALSE else None
            if text and sheet.answers[first, second] is None:
                place = Place(str(path), 0, "", number, "是否同一")
                wrong.append(Issue("U023", f"写的是“{text}”", place, "请填“是”或“否”，不能确定的留空"))
        if wrong:
            raise UsageError("待确认表读不出", wrong)
        return sheet

    def keep(self, pairs: Iterator[Pair]) -> Iterator[Pair]:
        """The pairs with what was answered: 否 takes one out, 是 makes it certain, all others are asked."""
        for pair in pairs:
            answer = self.answers.get(pair.keys)
            if answer is False:
                continue
            if answer is True:
                yield replace(pair, certain=True, similarity=1.0)
                continue
            if not pair.certain and pair.keys not in self.answers:
                self.answers[pair.keys] = None
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
        one.key, other.key, pair.owner, str(one.day), str(other.day), one.place, other.place, one.text, other.text,
        f"{pair.similarity:.0%}", "", "", "",
    )  # fmt: skip
    return {name: plain(cell) for name, cell in zip(COLUMNS, cells, strict=True)}


def plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
