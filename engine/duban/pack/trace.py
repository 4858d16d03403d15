"""Clause → sentence → what serves it: clauses.yaml held against the notice itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from duban.errors import Issue, Place
from duban.pack.clauses import Clauses, Entry
from duban.pack.notice import Notice, Sentence, plain
from duban.pack.pack import Pack

CHECKED = {"F": "台账可全部核对", "P": "台账可部分核对", "N": "台账不能核对"}
SERVED = {"encoded_by": "规则", "leads": "线索", "measures": "措施", "manual": "人工"}


@dataclass(frozen=True)
class Row:
    """One entry, and the sentences of the notice that it is about (none without the notice)."""

    entry: Entry
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Trace:
    """The matrix. `problems` are quotations that do not stand in the notice, `uncovered` sentences without an entry."""

    rows: tuple[Row, ...]
    problems: tuple[Issue, ...] = ()
    uncovered: tuple[Sentence, ...] = ()


def trace(pack: Pack, clauses: Clauses, notice: Notice | None = None) -> Trace:
    """The matrix of a pack; held against the text of its notice, where that is given."""
    if notice is None:
        return Trace(tuple(map(Row, clauses.entries)))
    rows, problems = [], []
    for entry, place in zip(clauses.entries, clauses.places, strict=True):
        sentences, found = _meant(entry, notice, place)
        rows.append(Row(entry, sentences))
        problems += found
    for one in pack.obligations:
        if one.quote and not notice.find(one.clause, one.quote):
            at = pack.places[one.id]
            place = Place(str(pack.folder / at.file), at.line)
            problems.append(_missing(f"义务 {one.id} 的引文", one.clause, one.quote, notice, place))
    covered = {sentence for row in rows for sentence in row.sentences}
    uncovered = tuple(sentence for sentence in notice.sentences if sentence not in covered)
    return Trace(tuple(rows), tuple(problems), uncovered)


def _meant(entry: Entry, notice: Notice, place: Place) -> tuple[tuple[Sentence, ...], list[Issue]]:
    """The sentences that an entry is about, or why they cannot be told."""
    own = notice.clauses.get(plain(entry.clause), [])
    if entry.place is not None:
        number = entry.place.sentence
        if number <= len(own):
            return (own[number - 1],), []
        message = f"{entry.clause}只有{len(own)}句，没有第{number}句（{entry.place.title}）"
        return (), [Issue("T003", message, place)]
    found = notice.find(entry.clause, entry.quote)
    if not found:
        return (), [_missing("引文", entry.clause, entry.quote, notice, place)]
    if len(found) > 1:
        message = f"引文“{entry.quote}”在{entry.clause}出现{len(found)}次，认不出是哪一句"
        return (), [Issue("T002", message, place, "多引几个字")]
    return tuple(found[0]), []


def _missing(what: str, clause: str, quote: str, notice: Notice, place: Place) -> Issue:
    elsewhere = notice.elsewhere(quote)
    hint = f"原文在{'、'.join(elsewhere)}" if elsewhere else "请与原文逐字核对"
    return Issue("T001", f"{what}“{quote}”不在{clause}的原文中", place, hint)


def served(entry: Entry) -> str:
    """What serves an entry, in a word: 规则, 规则＋人工, 人工 …; 非规范 for what is no norm."""
    return "＋".join(SERVED[word] for word in entry.served) or "非规范"


def counts(rows: tuple[Row, ...]) -> list[list[str]]:
    """How many norms records can show fully, partly, not; and how each is served: a table with its header and sums."""
    norms = [row.entry for row in rows if row.entry.checked]
    found = Counter((str(entry.checked), served(entry)) for entry in norms)
    ways = sorted({way for _, way in found}, key=lambda way: (way == "人工", "规则" not in way, len(way), way))
    table = [["可核程度", "规范", *ways]]
    for grade, title in CHECKED.items():
        numbers = [found[grade, way] for way in ways]
        table.append([f"{grade} {title}", str(sum(numbers)), *map(str, numbers)])
    sums = [sum(found[grade, way] for grade in CHECKED) for way in ways]
    return [*table, ["合计", str(sum(sums)), *map(str, sums)]]
