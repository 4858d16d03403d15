"""Unusual spellings: what a clerk writes and a database does not read, one distinct text at a time.

`coerce` reads the usual spellings in SQL, by the million; what it leaves over comes here, each text once. This is
the place to teach the engine another way to write a date or a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from duban.records import dates, numbers
from duban.records.codes import is_credit_code
from duban.records.context import PLAIN, Context
from duban.records.spelt import AND_OTHERS, BLANK, Spelt
from duban.records.text import APOSTROPHE, BLANKS, NOTHING, narrow, narrowed
from duban.vocabulary import FieldSpec

__all__ = ["BLANK", "ELEMENT", "ERROR_CELLS", "FALSE", "TRUE", "Spelt", "elements", "not_allowed", "spelt", "told_of"]

# Separates the elements of a list that did not come as text (a Python list in a row), so that none is split.
ELEMENT = "\x1f"

# What a spreadsheet shows for a formula that failed.
ERROR_CELLS = frozenset(("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"))
# What a reader puts where a formula has no stored result.
NO_RESULT = "#公式未计算!"
UNUSABLE = ERROR_CELLS | {NO_RESULT}

TRUE = ("是", "√", "✓", "✔", "有", "已", "true", "yes", "y", "1")
FALSE = ("否", "×", "✗", "✘", "无", "未", "false", "no", "n", "0")
_TRUE = frozenset((*TRUE, "☑", "对", "已完成", "合格", "已落实", "已整改"))
_FALSE = frozenset((*FALSE, "☐", "□", "没有", "未完成", "整改中", "不合格", "未落实", "未整改"))

# Numbers that a spreadsheet turned into floating point: digits are lost for good.
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")

# Words that say of a date that there is none. In a list, "无" says that there is nobody.
_NO_DATE = frozenset(("无", "0"))
_NOBODY = "无"
_SEPARATORS = re.compile(r"[、；;，,|\n\r]")
_OTHERS = re.compile(r"\s*等\s*(?:\d*|[一二三四五六七八九十]+)\s*[人名位]?$")


def spelt(field: FieldSpec, text: str, context: Context = PLAIN) -> Spelt | None:
    """What the text of a cell (not blank, trimmed) means for a field, in a table that says `context` of all its cells.

    None if it cannot be read.
    """
    if text in UNUSABLE:
        return None
    if text in NOTHING:
        return BLANK
    if text.startswith(APOSTROPHE):
        return spelt(field, bare, context) or _as_is(field, bare) if (bare := text.lstrip(APOSTROPHE)) else BLANK
    if field.type == "list":
        return _list(field, text)
    if field.type == "text":
        return _text(field, text)
    plain = narrowed(text)
    if field.type in ("date", "datetime", "month"):
        return BLANK if plain in _NO_DATE else _DATES[field.type](field, plain, context)
    return _READERS[field.type](field, plain)


def _as_is(field: FieldSpec, text: str) -> Spelt | None:
    """A text that needs no reading."""
    free = field.type == "text" and not field.values and not field.format
    return Spelt(text) if free and not SCIENTIFIC.fullmatch(text) else None


def elements(text: str, *, personal: bool = False) -> list[str]:
    """The elements of a list as written, without blanks. Between short names of persons a blank separates, too."""
    parts = text.split(ELEMENT) if ELEMENT in text else _SEPARATORS.split(text)
    if personal and len(parts) == 1 and ELEMENT not in text:
        names = text.split()
        parts = names if all(re.fullmatch(r"[\w（）()·]{2,12}", name) for name in names) else parts
    return [part for part in (part.strip(BLANKS) for part in parts) if part]


def not_allowed(field: FieldSpec, text: str) -> str:
    """The part of a cell that is not among the allowed values: an element of a list, else the whole."""
    if field.type != "list":
        return text
    allowed = _allowed(field)
    return next((part for part in elements(text) if part not in field.values and narrow(part) not in allowed), text)


def told_of(field: FieldSpec, text: str) -> str:
    """What the record type has to say about a text that is not allowed; '' for nothing."""
    return next((told for word, told in field.refused.items() if narrow(word) == narrow(text)), "")


def _allowed(field: FieldSpec) -> dict[str, str]:
    """What may be written, by the form in which it is compared → the value; of two alike the first counts."""
    also = {narrow(text): value for text, value in field.also.items()}
    return also | {narrow(value): value for value in reversed(field.values)}


def _text(field: FieldSpec, text: str) -> Spelt | None:
    if field.format == "uscc":
        code = narrow(text).upper()
        return Spelt(code) if is_credit_code(code) else None
    if not field.values:
        return None
    value = _allowed(field).get(narrow(text))
    return Spelt(value) if value is not None else None


def _list(field: FieldSpec, text: str) -> Spelt | None:
    note = ""
    if text == _NOBODY and text not in field.values:
        return Spelt("")
    if field.personal and (others := _OTHERS.search(text)):
        text, note = text[: others.start()], AND_OTHERS
    parts: list[str | None] = list(elements(text, personal=field.personal))
    if field.values:
        allowed = _allowed(field)
        parts = [part if part in field.values else allowed.get(narrow(part or "")) for part in parts]
    sound = [part for part in parts if part is not None and part not in UNUSABLE]
    return Spelt(ELEMENT.join(sound), note=note) if sound and len(sound) == len(parts) else None


def _bool(field: FieldSpec, text: str) -> Spelt | None:
    word = text.lower()
    return Spelt("true") if word in _TRUE else Spelt("false") if word in _FALSE else None


_READERS: dict[str, Callable[[FieldSpec, str], Spelt | None]] = {
    "int": numbers.whole,
    "decimal": numbers.decimal,
    "bool": _bool,
}
_DATES: dict[str, Callable[[FieldSpec, str, Context], Spelt | None]] = {
    "date": dates.day,
    "datetime": dates.moment,
    "month": dates.month,
}
