"""Dates, moments and months as clerks write them."""

from __future__ import annotations

import contextlib
import re
from datetime import date

from duban.records.context import Context, serial_day
from duban.records.spelt import INFERRED_YEAR, SERIAL, TWO_DIGITS, Spelt
from duban.vocabulary import FieldSpec

_YEAR = r"(?P<y>1[89]\d\d|[2-9]\d{3})"
_DAY = rf"{_YEAR}(?:\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})\s*[日号]?|(?P<mm>\d\d)(?P<dd>\d\d))"
_HALF = r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|AM|PM)"
_CLOCK = (
    rf"(?:{_HALF}\s*)?(?P<h>\d{{1,2}})[:时点]"
    r"(?:整|(?P<half_past>半)|(?P<i>\d{1,2})(?:分|[:分](?P<s>\d{1,2}(?:\.\d{1,9})?)秒?)?)?(?:\s*(?P<m12>AM|PM))?"
)
_OFFSET = r"(?P<z>Z|[+-]\d{1,2}(?::?\d\d)?)"
_MOMENT = re.compile(rf"{_DAY}(?:[\sT]*{_CLOCK}(?:\s*{_OFFSET})?)?", re.ASCII | re.IGNORECASE)
_MONTH = re.compile(rf"{_YEAR}(?:\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*月?(?:份)?|(?P<mm>\d\d))", re.ASCII)
_YEARLESS = re.compile(r"(?P<m>\d{1,2})\s*(?P<by>月|[-/.])\s*(?P<d>\d{1,2})\s*[日号]?(?P<rest>.*)", re.ASCII | re.S)
_PART = re.compile(r"(?:上|中|下)旬|月初|月底|月末")
# `24.1.5`, `24年1月5日`; the first and the last number may be the year where 年 does not say so.
_SHORT = re.compile(
    r"(?P<a>\d{1,2})\s*(?P<by>[-/.年])\s*(?P<b>\d{1,2})\s*[-/.月]\s*(?P<c>\d{1,2})\s*[日号]?(?P<rest>(?!\d).*)",
    re.ASCII | re.S,
)
_YEAR_LAST = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:19|20)\d\d(?!\d).*", re.ASCII | re.S)
_SHORT_MONTH = re.compile(r"(?P<y>\d\d)\s*年\s*(?P<m>\d{1,2})\s*月(?:份)?", re.ASCII)
# 二〇二四年一月五日: the year digit by digit, all else as a number.
_CHINESE_YEAR = re.compile(r"[〇○零一二三四五六七八九]{4}(?=\s*年)|[〇○零一二三四五六七八九]{2}(?=\s*年)")
_CHINESE_NUMBER = re.compile(r"[零〇一二三四五六七八九十廿]{1,3}(?=\s*(?:月|日|号|时|点|分|秒))")

MONTH_ONLY, NO_YEAR, ORDER, NO_SUCH_DAY = "D309", "D310", "D313", "D314"


def moment(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """A moment, or a whole day."""
    text = in_digits(text)
    return (
        _moment(text) or _serial(text, context) or _short_year(field, text, context) or _yearless(field, text, context)
    )


def day(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """The day of a moment. 24:00 belongs to the day that it ends; an offset may lead to another day."""
    found = moment(field, text, context)
    if found is None or found.zoned:
        return found
    return Spelt(found.value[:10], bare=True, note=found.note)


def month(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """A month, or the month of a day."""
    text = in_digits(text)
    if found := _SHORT_MONTH.fullmatch(text):
        number = int(found["m"])
        return Spelt(f"20{found['y']}-{number:02}-01", bare=True, note=TWO_DIGITS) if 1 <= number <= 12 else None
    found = _MONTH.fullmatch(text)
    if found is None:
        return day(field, text, context)
    number = int(found["m"] or found["mm"])
    return Spelt(f"{found['y']}-{number:02}-01", bare=True) if 1 <= number <= 12 else None


def fault(text: str) -> str:
    """Why a text is no day though it says something about one: a month only, no year, numbers of which nobody
    can tell which is the year or the month, a day that no calendar has. '' for all others.
    """
    text = in_digits(text)
    month_only = _MONTH.fullmatch(text) or _SHORT_MONTH.fullmatch(text)
    if month_only or _PART.search(text):
        return MONTH_ONLY
    whole = _MOMENT.fullmatch(text)
    if whole and _day(whole) is None and (whole["m"] or 1 <= int(whole["mm"]) <= 12):
        return NO_SUCH_DAY
    if _YEAR_LAST.fullmatch(text):
        return ORDER
    if found := _SHORT.fullmatch(text):
        return ORDER if _meant(found) else NO_SUCH_DAY if found["by"] == "年" else ""
    yearless = _YEARLESS.fullmatch(text)
    if yearless and 1 <= int(yearless["m"]) <= 12 and 1 <= int(yearless["d"]) <= 31:
        return NO_YEAR
    return ""


def in_digits(text: str) -> str:
    """Chinese numerals of a date as digits: the year digit by digit, what else stands before 月, 日, 时 … as a number.

    >>> in_digits("二〇二四年一月十五日下午三点半")
    '2024年1月15日下午3点半'
    """
    text = _CHINESE_YEAR.sub(lambda found: "".join(str(_DIGITS[c]) for c in found[0]), text)
    return _CHINESE_NUMBER.sub(_number, text)


_DIGITS = {c: i for i, pair in enumerate(("零〇○", "一", "二", "三", "四", "五", "六", "七", "八", "九")) for c in pair}


def _number(found: re.Match[str]) -> str:
    """Up to 99: 五, 十五, 二十五, 廿五, 〇五; as it stands where it is no number."""
    tens, ten, ones = found[0].replace("廿", "二十").rpartition("十")
    if len(tens) > 1 or (ten and len(ones) > 1) or len(ones) > 2 or (len(ones) == 2 and ones[0] not in "零〇"):
        return found[0]
    last = _DIGITS[ones[-1]] if ones else 0
    return str((_DIGITS[tens] if tens else 1) * 10 + last if ten else last)


def _moment(text: str) -> Spelt | None:
    found = _MOMENT.fullmatch(text)
    whole = _day(found) if found else None
    if found is None or whole is None:
        return None
    if found["h"] is None:
        return Spelt(f"{whole} 00:00:00", bare=True)
    hour, minute = _hour(found), 30 if found["half_past"] else int(found["i"] or 0)
    second = float(found["s"] or 0)
    if hour is None:
        return None
    midnight = hour == 24 and minute == second == 0
    if not midnight and not (hour < 24 and minute < 60 and second < 60):
        return None
    clock = f"{hour:02}:{minute:02}:{found['s'] or '00'}"
    if not found["z"]:
        return Spelt(f"{whole} {clock}")
    return Spelt(f"{whole} {clock}{_offset(found['z'])}", zoned=True)


_MORNING, _NIGHT = ("凌晨", "清晨", "早上", "早晨", "上午", "AM"), ("傍晚", "晚上", "夜里")


def _hour(found: re.Match[str]) -> int | None:
    """The hour of the day: 下午3:00 is 15, 下午15:00 as well. None where the half of the day and the hour do not go
    together, and where nobody can tell (晚上12点: the day's begin or its end).
    """
    hour = int(found["h"])
    half = (found["half"] or found["m12"] or "").upper()
    if not half or (found["half"] and found["m12"]):
        return None if half else hour
    if half in ("AM", "PM"):
        return hour % 12 + (12 if half == "PM" else 0) if 1 <= hour <= 12 else None
    if half in _MORNING:
        return hour if hour < 12 else None
    if half == "中午":
        return hour if hour in (11, 12, 13) else 13 if hour == 1 else None
    if half in _NIGHT and not (5 <= hour <= 11 or 17 <= hour <= 23):
        return None  # 晚上12点, 夜里2点: of which day?
    return hour + 12 if 1 <= hour <= 11 else hour if 12 <= hour <= 23 else None


def _short_year(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """A day with two digits of its year, if only one can be meant, or only one lies near the reporting period."""
    found = _SHORT.fullmatch(text)
    meant = _meant(found) if found else []
    if len(meant) > 1:
        meant = [day for day in meant if context.is_near(day, happened=field.happened)]
    if found is None or len(meant) != 1:
        return None
    spelt = _moment(f"{meant[0]} {found['rest'].strip()}".strip())
    return Spelt(spelt.value, spelt.bare, spelt.zoned, TWO_DIGITS) if spelt else None


def _meant(found: re.Match[str]) -> list[date]:
    """The days that a text with two digits of a year may mean: year first, as here; and as a spreadsheet set to another
    country writes it, month first and the year last.
    """
    a, b, c = (int(found[part]) for part in "abc")
    orders = [(a, b, c)] if len(found["a"]) == 2 else []
    if found["by"] != "年" and len(found["c"]) == 2:
        orders.append((c, a, b))
    days = []
    for year, month, day in orders:
        with contextlib.suppress(ValueError):
            days.append(date(2000 + year, month, day))
    return list(dict.fromkeys(days))


def _serial(text: str, context: Context) -> Spelt | None:
    """A spreadsheet's number for a day. Where no workbook says from when it counts, that is marked."""
    found = serial_day(text, context.epoch)
    if found is None:
        return None
    note = "" if context.epoch else SERIAL
    minutes = round(float(text) % 1 * 1440)
    if minutes in (0, 1440):
        return Spelt(f"{found} 00:00:00", bare=True, note=note)
    return Spelt(f"{found} {minutes // 60:02}:{minutes % 60:02}:00", note=note)


def _yearless(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """A day without a year, if the reporting period leaves only one. `11.1` may be the 10th, cut by a spreadsheet."""
    found = _YEARLESS.fullmatch(text)
    if found is None or (found["by"] == "." and found["d"] in ("1", "2", "3")):
        return None
    meant = context.year_of(int(found["m"]), int(found["d"]), happened=field.happened)
    spelt = _moment(f"{meant} {found['rest'].strip()}".strip()) if meant else None
    return Spelt(spelt.value, spelt.bare, spelt.zoned, INFERRED_YEAR) if spelt else None


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
