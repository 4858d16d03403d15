"""Numbers as clerks write them: `1,200`, `三项`, `0.5万`, `无`. What is not exact (`约3`, `≥2`) is no number."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from duban.records.spelt import OTHER_UNIT, Spelt
from duban.vocabulary import FieldSpec

# Stands between a number and the unit that its column's header gives; nobody types it.
HEADER_UNIT = "\x1e"

# Words that answer "how many?" with none.
_ZERO = frozenset(("无", "没有", "零", "无隐患", "未发现", "未发现隐患", "未发现问题", "无问题", "暂无", "未发生"))

_PLAIN = r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)"
_DIGITS = {
    c: i
    for i, pair in enumerate(("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in pair
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_CHINESE = f"[{''.join(_DIGITS)}{''.join(_TENS)}]+"
_NUMBER = re.compile(rf"(?P<n>{_PLAIN}|{_CHINESE})\s*{HEADER_UNIT}?(?P<u>\D*)", re.ASCII)

_MONEY = {"元": 1, "人民币": 1, "千元": 10**3, "万": 10**4, "万元": 10**4, "百万元": 10**6, "亿": 10**8, "亿元": 10**8}
# Units that count the same things. 家 (enterprises) and 项 (hazards) do not.
_COUNTS = ("项个处条件起次", "人名位", "家户", "天日", "台", "场", "份", "期", "组个")
COUNTERS = frozenset("".join(_COUNTS))


def whole(field: FieldSpec, text: str) -> Spelt | None:
    """A whole number."""
    found = _read(field, text)
    if found is None or found[0] != found[0].to_integral_value() or abs(found[0]) >= 2**63:
        return None
    return Spelt(str(int(found[0])), note=found[1])


def decimal(field: FieldSpec, text: str) -> Spelt | None:
    """A decimal number."""
    found = _read(field, text)
    if found is None or abs(found[0]) >= 10**14:
        return None
    return Spelt(format(found[0], "f"), note=found[1])


def units_agree(unit: str, declared: str) -> bool:
    """Whether a number under one unit is the same number under the other."""
    return unit == declared or any(unit in group and declared in group for group in _COUNTS)


def is_money(unit: str) -> bool:
    return unit in _MONEY


def _read(field: FieldSpec, text: str) -> tuple[Decimal, str] | None:
    """The number in the field's unit, and the note that goes with it."""
    if text in _ZERO:
        return Decimal(0), ""
    found = _NUMBER.fullmatch(text)
    number = _value(found["n"]) if found else None
    if found is None or number is None:
        return None
    unit = found["u"].strip()
    if not unit:
        return number, ""
    if is_money(unit) and is_money(field.unit):
        note = "" if HEADER_UNIT in text or _MONEY[unit] == _MONEY[field.unit] else OTHER_UNIT
        return (number * _MONEY[unit] / _MONEY[field.unit]).normalize(), note
    agrees = units_agree(unit, field.unit) if field.unit else unit in COUNTERS
    return (number, "") if agrees else None


def _value(text: str) -> Decimal | None:
    if text[0] in _DIGITS or text[0] in _TENS:
        return _chinese(text)
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _chinese(text: str) -> Decimal | None:
    """Chinese numerals up to 9999: 十二, 二十, 一百零五; or digit by digit: 二〇.

    >>> [str(_chinese(text)) for text in ("三", "十二", "二十", "一百零五", "贰", "十百")]
    ['3', '12', '20', '105', '2', 'None']
    """
    if len(text) > 1 and all(c in _DIGITS for c in text):
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total, digit, last = 0, None, 10**4
    for c in text:
        if c in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[c]
        else:
            size = _TENS[c]
            if size >= last or digit == 0:
                return None
            total, digit, last = total + (1 if digit is None else digit) * size, None, size
    return Decimal(total + (digit or 0))
