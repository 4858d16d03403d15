"""Unusual spellings: what a clerk writes and a database does not read, one distinct text at a time.

`coerce` reads the usual spellings in SQL, by the million; what it leaves over comes here, each text once. This is
the place to teach the engine another way to write a date or a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from duban.records.text import BLANKS, narrow, narrowed
from duban.vocabulary import FieldSpec

# Separates the elements of a list that did not come as text (a Python list in a row), so that none is split.
ELEMENT = "\x1f"

# What a spreadsheet shows for a formula that failed.
ERROR_CELLS = frozenset(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"))

TRUE = ("是", "√", "✓", "✔", "有", "已", "true", "yes", "y", "1")
FALSE = ("否", "×", "✗", "✘", "无", "未", "false", "no", "n", "0")

_YEAR = r"(?P<y>1[89]\d\d|[2-9]\d{3})"
_DAY = rf"{_YEAR}(?:\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})\s*日?|(?P<mm>\d\d)(?P<dd>\d\d))"
_CLOCK = r"(?P<h>\d{1,2})[:时点](?:整|(?P<i>\d{1,2})(?:分|[:分](?P<s>\d{1,2}(?:\.\d{1,9})?)秒?)?)?"
_OFFSET = r"(?P<z>Z|[+-]\d{1,2}(?::?\d\d)?)"
_MOMENT = re.compile(rf"{_DAY}(?:[\sT]*{_CLOCK}(?:\s*{_OFFSET})?)?", re.ASCII | re.IGNORECASE)
_MONTH = re.compile(rf"{_YEAR}(?:\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*月?|(?P<mm>\d\d))", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)", re.ASCII)
_SEPARATORS = re.compile(r"[、；;，,|\n\r]")


@dataclass(frozen=True)
class Spelt:
    """What a text means, in the spelling that DuckDB casts to the field's type.

    `bare`: a moment that is a whole day. `zoned`: a moment with its offset from UTC. A list has its elements joined
    by ELEMENT.
    """

    value: str
    bare: bool = False
    zoned: bool = False


def spelt(field: FieldSpec, text: str) -> Spelt | None:
    """What the text of a cell (not blank, trimmed) means for a field; None if it cannot be read."""
    if text in ERROR_CELLS:
        return None
    if field.type == "list":
        return _list(field, text)
    if field.type == "text":
        value = _allowed(field.values).get(narrow(text))
        return Spelt(value) if value is not None else None
    return _READERS[field.type](narrowed(text))


def elements(text: str) -> list[str]:
    """The elements of a list as written, without blanks."""
    parts = text.split(ELEMENT) if ELEMENT in text else _SEPARATORS.split(text)
    return [part for part in (part.strip(BLANKS) for part in parts) if part]


def not_allowed(field: FieldSpec, text: str) -> str:
    """The part of a cell that is not among the allowed values: an element of a list, else the whole."""
    if field.type != "list":
        return text
    allowed = _allowed(field.values)
    return next((part for part in elements(text) if part not in field.values and narrow(part) not in allowed), text)


def _allowed(values: tuple[str, ...]) -> dict[str, str]:
    """Allowed values by the form in which they are compared; of two that are the same the first counts."""
    return {narrow(value): value for value in reversed(values)}


def _list(field: FieldSpec, text: str) -> Spelt | None:
    parts: list[str | None] = list(elements(text))
    if field.values:
        allowed = _allowed(field.values)
        parts = [part if part in field.values else allowed.get(narrow(part or "")) for part in parts]
    sound = [part for part in parts if part is not None and part not in ERROR_CELLS]
    return Spelt(ELEMENT.join(sound)) if sound and len(sound) == len(parts) else None


def _int(text: str) -> Spelt | None:
    number = _number(text)
    if number is None or number != number.to_integral_value() or abs(number) >= 2**63:
        return None
    return Spelt(str(int(number)))


def _decimal(text: str) -> Spelt | None:
    number = _number(text)
    return Spelt(format(number, "f")) if number is not None and abs(number) < 10**14 else None


def _number(text: str) -> Decimal | None:
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _bool(text: str) -> Spelt | None:
    word = text.lower()
    return Spelt("true") if word in TRUE else Spelt("false") if word in FALSE else None


def _moment(text: str) -> Spelt | None:
    found = _MOMENT.fullmatch(text)
    day = _day(found) if found else None
    if found is None or day is None:
        return None
    if found["h"] is None:
        return Spelt(f"{day} 00:00:00", bare=True)
    hour, minute, second = int(found["h"]), int(found["i"] or 0), float(found["s"] or 0)
    midnight = hour == 24 and minute == second == 0
    if not midnight and not (hour < 24 and minute < 60 and second < 60):
        return None
    clock = f"{hour:02}:{minute:02}:{found['s'] or '00'}"
    if not found["z"]:
        return Spelt(f"{day} {clock}")
    return Spelt(f"{day} {clock}{_offset(found['z'])}", zoned=True)


def _date(text: str) -> Spelt | None:
    """The day of a moment. 24:00 belongs to the day that it ends; an offset may lead to another day."""
    moment = _moment(text)
    if moment is None or moment.zoned:
        return moment
    return Spelt(moment.value[:10], bare=True)


def _month(text: str) -> Spelt | None:
    found = _MONTH.fullmatch(text)
    if found is None:
        return _date(text)
    month = int(found["m"] or found["mm"])
    return Spelt(f"{found['y']}-{month:02}-01", bare=True) if 1 <= month <= 12 else None


def _day(found: re.Match[str]) -> date | None:
    try:
        return date(int(found["y"]), int(found["m"] or found["mm"]), int(found["d"] or found["dd"]))
    except ValueError:
        return None


def _offset(text: str) -> str:
    """`Z`, `+8`, `+0800`, `-01:00` as `+08:00`."""
    if text in "Zz":
        return "+00:00"
    digits = text[1:].replace(":", "")
    hours, minutes = (digits, "00") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    return f"{text[0]}{hours.zfill(2)}:{minutes}"


_READERS: dict[str, Callable[[str], Spelt | None]] = {
    "int": _int,
    "decimal": _decimal,
    "bool": _bool,
    "date": _date,
    "datetime": _moment,
    "month": _month,
}
