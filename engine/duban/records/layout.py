"""Where the table is on a sheet: which rows are its header, what stands above and below, which rows are no records.

A form as it is drawn has a title, a line such as 填报单位：甲岭镇, two header rows with merged cells, a row of units,
totals in between, notes and signatures below. A plain table has none of this, and is not looked at any closer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from duban.records.numbers import COUNTERS, is_money
from duban.records.text import fold

Row = Sequence[str]
Known = Callable[[str], bool]  # whether a folded header is one that some record type has
Span = tuple[tuple[int, int], tuple[int, int]]  # first and last (row, column) of merged cells

_LOOK = 40  # rows in which a header may begin
_DEEP = 3  # rows that a header may have

TOTAL, NOTE, UNITS, NUMBERS, AGAIN = "合计", "说明、签字", "单位", "栏号", "重复的表头"
_TOTALS = ("合计", "小计", "总计", "共计", "累计", "合 计", "小 计", "总 计")
_NOTES = re.compile(
    r"(?:注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|审批人?|负责人|单位负责人|主要负责人|分管领导|联系人|联系电话|电话"
    r"|填报日期|填表日期|报送日期|报送时间|填报时间|填报单位|报送单位|盖章|签字|签章)(?:[(（].{0,12}[)）])?\s*[:：]"
)
_SEVERAL = r"\s\u3000,，;；"
_PAIR = re.compile(
    rf"([\u4e00-\u9fff（）()]{{2,14}}?)\s*[:：]\s*([^:：]*?)(?=[{_SEVERAL}]+[\u4e00-\u9fff（）()]{{2,14}}\s*[:：]|\s*$)"
)
_UNIT = re.compile(r"[(（\[]?(?:单位[:：])?([^()（）\[\]]{1,4})[)）\]]?")
_DATA = re.compile(r"[\d０-９]+(?:[-/.:年月日时点分％%]|$)")


@dataclass(frozen=True)
class Label:
    """The header of a column: as a person would name it, its other readings (best first), and its unit."""

    text: str
    names: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Layout:
    """`first`, `last`: the header's rows, from 0. `skipped`: the rows below that are no records, and why.

    `preface`: (word, value) pairs from outside the table; `titles`: what else stands above it.
    """

    first: int
    last: int
    labels: tuple[Label, ...]
    skipped: Mapping[int, str] = field(default_factory=dict)
    preface: tuple[tuple[str, str], ...] = ()
    titles: tuple[str, ...] = ()


def is_plain(header: Row, second: Row, known: Known) -> bool:
    """Whether a row is a whole header without gaps, mostly of known words, with records right below."""
    cells = [cell for cell in header if cell.strip()]
    return (
        bool(cells)
        and all(cell.strip() for cell in header[: len(cells)])
        and sum(known(fold(cell)) for cell in cells) * 5 >= len(cells) * 3
        and _kind_after_header(second, len(cells)) == ""
    )


def find(rows: Sequence[Row], merged: Sequence[Span], known: Known, values: Collection[str], told: int = 0) -> Layout:
    """The layout of a sheet whose rows are all of one width.

    `known` recognises headers, `values` are words that may stand in a record though they look like a total (累计).
    `told`: the header's last row, counted from 1, where somebody says so.
    """
    filled = [index for index, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        return Layout(0, 0, ())
    first, last = _header(rows, merged, known, filled, told)
    labels = [_label(parts) for parts in _paths(rows, merged, first, last)]
    skipped: dict[int, str] = {}
    head = {fold(label.text) for label in labels if label.text}
    below = [index for index in filled if index > last]
    while below and (kind := _kind_after_header(rows[below[0]], len(head))):
        if kind == UNITS:
            labels = [_with_unit(label, rows[below[0]][i]) for i, label in enumerate(labels)]
        skipped[below.pop(0)] = kind
    wide = {span[0][0] for span in merged if span[1][1] - span[0][1] >= 2 and span[0][1] == 0}
    for index in below:
        if kind := _kind(rows[index], head, values, index in wide):
            skipped[index] = kind
    outside = [cell for i in filled if i < first or skipped.get(i) == NOTE for cell in rows[i] if cell.strip()]
    pairs, titles = _preface(outside)
    return Layout(first, last, tuple(labels), skipped, pairs, titles)


# --- the header


def _header(rows: Sequence[Row], merged: Sequence[Span], known: Known, filled: list[int], told: int) -> tuple[int, int]:
    """The first and the last row of the header: the block that names most columns, as shallow as can be."""
    best, found = 0.0, (filled[0], filled[0])
    for start in [index for index in filled if index < _LOOK] or filled[:1]:
        for last in range(start, min(start + _DEEP, len(rows))):
            if last > start and not any(cell.strip() for cell in rows[last]):
                break
            if told and last != told - 1:
                continue
            score = _score(rows, merged, start, last, known) - 0.1 * (last - start)
            if score > best:
                best, found = score, (start, last)
    if told and found[1] != told - 1:
        return told - 1, told - 1
    return found


def _score(rows: Sequence[Row], merged: Sequence[Span], first: int, last: int, known: Known) -> float:
    """How many columns a block of rows names; what cannot belong to a header counts against it."""
    score = 0.0
    for parts in _paths(rows, merged, first, last):
        if any(known(name) for name in _names(parts)):
            score += 1
        if len(parts) > 1 and (_DATA.match(parts[-1]) or not known(fold(parts[-1]))):
            score -= 0 if known(fold("".join(parts))) else 1
        elif parts and _DATA.match(parts[-1]):
            score -= 1
    return score


def _paths(rows: Sequence[Row], merged: Sequence[Span], first: int, last: int) -> list[tuple[str, ...]]:
    """The texts above each column, from top to bottom, none twice. Merged cells say the same in all their columns."""
    block = [list(row) for row in rows[first : last + 1]]
    for (top, left), (_, right) in merged:
        if first <= top <= last and right > left:
            for column in range(left, min(right + 1, len(block[0]))):
                block[top - first][column] = rows[top][left]
    if not merged and last > first:
        for upper, lower in pairwise(block):
            for column in range(1, len(upper)):
                if not upper[column].strip() and lower[column].strip():
                    upper[column] = upper[column - 1]
    paths = []
    for column in range(len(block[0]) if block else 0):
        texts = [row[column].strip() for row in block]
        paths.append(tuple(dict.fromkeys(text for text in texts if text)))
    return paths


def _names(parts: tuple[str, ...]) -> list[str]:
    """The readings of the texts above a column: all together, the last two, the last alone."""
    return list(dict.fromkeys(fold("".join(parts[i:])) for i in range(len(parts))))


def _label(parts: tuple[str, ...]) -> Label:
    return Label("".join(parts) if len(parts) < 2 else "/".join(parts), tuple(_names(parts)))


def _with_unit(label: Label, cell: str) -> Label:
    found = _UNIT.fullmatch(fold(cell))
    return Label(label.text, label.names, found[1]) if found and is_unit(found[1]) else label


def is_unit(text: str) -> bool:
    """Whether a word is a unit of money or a counter."""
    return is_money(text) or (len(text) == 1 and text in COUNTERS)


# --- what the other rows are


def _kind_after_header(row: Row, width: int) -> str:
    """What a row right below the header is: a row of units, of column numbers, or '' for neither."""
    cells = [fold(cell) for cell in row if cell.strip()]
    if not cells:
        return ""
    units = [_UNIT.fullmatch(cell) for cell in cells]
    if all(found and is_unit(found[1]) for found in units):
        return UNITS
    numbers = [cell.strip("()（）") for cell in cells]
    if len(numbers) >= max(3, width - 1) and numbers == [str(i + 1) for i in range(len(numbers))]:
        return NUMBERS
    return ""


def end_of(cells: Row, values: Collection[str]) -> str:
    """What the first cells of a row say that it is, if it is no record: a total, a note, or '' for neither."""
    texts = [cell.strip() for cell in cells if cell]
    for cell in texts[:2]:
        if len(cell) <= 8 and cell.endswith(_TOTALS) and fold(cell) not in values:
            return TOTAL
    return NOTE if texts and _NOTES.match(texts[0]) else ""


def _kind(row: Row, head: Collection[str], values: Collection[str], wide: bool) -> str:
    """What a row below the header is, if it is no record; '' if it is one."""
    if kind := end_of(row, values):
        return kind
    cells = [cell.strip() for cell in row if cell.strip()]
    if len(cells) == 1 and wide:
        return NOTE
    if len(cells) > 2 and sum(fold(cell) in head for cell in cells) * 3 >= len(cells) * 2:
        return AGAIN
    return ""


def _preface(cells: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The pairs such as 填报单位：甲岭镇 in cells outside the table, and the cells without any."""
    pairs: list[tuple[str, str]] = []
    titles: list[str] = []
    waiting = ""
    for cell in cells:
        text = " ".join(cell.split())
        if waiting and ":" not in text and "：" not in text:
            pairs.append((waiting, text))
            waiting = ""
            continue
        found = _PAIR.findall(text)
        waiting = found[-1][0] if found and not found[-1][1] else ""
        pairs += [(word, value.strip()) for word, value in found if value.strip()]
        if not found:
            titles.append(text)
    return tuple(pairs), tuple(titles)
