"""Text as clerks type it: full-width forms, stray blanks, and names that are nearly right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from duban.sqltext import literal

# Blanks that `str.strip` and SQL `trim` do not all agree on: ideographic and no-break space, BOM, zero-width space.
BLANKS = " \t\r\n\v\f\u3000\u00a0\ufeff\u200b"

# What people write into a cell that they leave empty. "无" is not among them: it is an answer.
NOTHING = ("/", "／", "\\", "-", "--", "—", "——", "－", "空", "空白")
# How a spreadsheet marks a number as text, where that was not its own doing.
APOSTROPHE = "'"

# What a text begins with that may be one of those words, or has such a mark.
FIRST_OF_NOTHING = APOSTROPHE + "".join(dict.fromkeys(word[0] for word in NOTHING))

_STARTS = literal([*BLANKS, *FIRST_OF_NOTHING])
_ENDS = literal(list(BLANKS))
_WORDS = literal(list(NOTHING))

# Full-width ASCII (！ to ～) and the ideographic space, with what they stand for.
_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_HALF_WIDTH = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)) + " "

_NARROW = str.maketrans(_FULL_WIDTH, _HALF_WIDTH)
_WHITESPACE = re.compile(rf"[\s{BLANKS}]+")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    r"""The form in which names are compared: half-width, lower case, no blanks or line breaks.

    >>> fold(" 整改\n期限（天） ")
    '整改期限(天)'
    """
    return _WHITESPACE.sub("", unicodedata.normalize("NFKC", text)).lower()


def narrowed(text: str) -> str:
    """Full-width letters, digits, punctuation and blanks made half-width.

    >>> narrowed("２０２３．１１．９　９：３０")
    '2023.11.9 9:30'
    """
    return text.translate(_NARROW)


def narrow(text: str) -> str:
    """The form in which allowed values are compared: half-width, lower case, no blanks.

    >>> narrow("停产（有人 作业）")
    '停产(有人作业)'
    """
    return _WHITESPACE.sub("", narrowed(text)).lower()


def trimmed(text: str) -> str:
    """What `trimmed_sql` makes of a text, '' where that is NULL.

    >>> trimmed(" '甲 矿 "), trimmed("——"), trimmed("-3")
    ('甲 矿', '', '-3')
    """
    bare = text.rstrip(BLANKS).lstrip(BLANKS + APOSTROPHE)
    return "" if bare in NOTHING else bare


def trimmed_sql(expression: str) -> str:
    """SQL: the text without blanks around it and an apostrophe before it, NULL if there is nothing else or only a word
    for it. Few cells need that looked at, which is slow.
    """
    bare = f"ltrim(rtrim({expression}, {literal(BLANKS)}), {literal(BLANKS + APOSTROPHE)})"
    plain = f"{expression} BETWEEN '0' AND 'Z~' AND NOT list_contains({_ENDS}, {expression}[-1])"
    return (
        f"CASE WHEN {plain} THEN {expression}"
        f" WHEN list_contains({_STARTS}, {expression}[1]) OR list_contains({_ENDS}, {expression}[-1])"
        f" THEN CASE WHEN NOT list_contains({_WORDS}, {bare}) THEN nullif({bare}, '') END"
        f" WHEN {expression} <> '' THEN {expression} END"
    )


def meant(wrong: str, known: Iterable[str]) -> str:
    """The known name that `wrong` is nearest to, '' if none is near."""
    from rapidfuzz import fuzz, process

    by_fold = {fold(name): name for name in known}
    near = process.extractOne(fold(wrong), list(by_fold), scorer=fuzz.ratio, score_cutoff=60)
    return by_fold[near[0]] if near else ""
