"""Texts of a week: pieces with what they rest on, templates filled with them, days and lists as a leader reads them."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from operator import is_
from typing import Any, TypeVar

from duban.report.papers.words import shown
from duban.report.week import Line, Piece

NOT_REPORTED, BLANK = "未报", "____"
T = TypeVar("T")


def piece(text: object, fingerprints: Iterable[str] = (), places: Iterable[str] = (), *, strong: bool = False) -> Piece:
    """A number or a name with what it rests on, each once."""
    return Piece(str(text), tuple(dict.fromkeys(fingerprints)), tuple(dict.fromkeys(places)), strong)


def line(*parts: str | Piece) -> Line:
    """Texts and pieces one after the other; empty texts are left out."""
    found = (Piece(part) if isinstance(part, str) else part for part in parts)
    return tuple(part for part in found if part.text)


def joined(lines: Iterable[Line], by: str) -> Line:
    """Several stretches in one line, with a mark between them."""
    found: list[Piece] = []
    for one in lines:
        if found and one:
            found.append(Piece(by))
        found += one
    return tuple(found)


def fill(template: str, values: Mapping[str, str | Piece]) -> Line:
    """A template of weekly.yaml with its slots filled; lint has seen to the names."""
    parts: list[str | Piece] = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts += [text] if name is None else [text, values[name]]
    return line(*parts)


def plain(one: Line) -> str:
    """A line without what it rests on."""
    return "".join(part.text for part in one)


def some(names: Sequence[str], most: int, unit: str = "家") -> str:
    """`甲、乙等9家`."""
    text = "、".join(names[:most])
    return f"{text}等{len(names)}{unit}" if len(names) > most else text


def last_day(moment: datetime) -> date:
    """The last day that is over at a moment: 24:00 belongs to the day before."""
    return (moment - timedelta(microseconds=1)).date()


def long_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def short_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def cut_off(moment: datetime) -> str:
    """`2024年1月7日24时`, or the hour and minute."""
    if (moment.hour, moment.minute) == (0, 0):
        return f"{long_day(last_day(moment))}24时"
    return f"{long_day(moment.date())}{moment.hour}时{moment.minute:02d}分"


def weekday(day: date) -> str:
    return "周" + "一二三四五六日"[day.weekday()]


def masked(value: T) -> T:
    """Plain data with telephones and identity numbers masked, and without characters that no document can hold."""
    return _masked(value)  # type: ignore[no-any-return]


def _masked(value: Any) -> Any:
    if type(value) is str:
        return shown(value)
    if type(value) is tuple:
        masked = tuple(_masked(item) for item in value)
        return value if all(map(is_, masked, value)) else masked  # most of a week is as it was, and stays so
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for spec in fields(value):
            old = getattr(value, spec.name)
            new = _masked(old)
            if new is not old:
                changed[spec.name] = new
        return replace(value, **changed) if changed else value
    return value
