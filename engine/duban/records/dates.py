"""Dates, moments and months as clerks write them."""

from __future__ import annotations

import re
from datetime import date

from duban.records.context import Context, serial_day
from duban.records.spelt import INFERRED_YEAR, SERIAL, Spelt
from duban.vocabulary import FieldSpec

_YEAR = r"(?P<y>1[89]\d\d|[2-9]\d{3})"
_DAY = rf"{_YEAR}(?:\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})\s*[日号]?|(?P<mm>\d\d)(?P<dd>\d\d))"
_CLOCK = r"(?P<h>\d{1,2})[:时点](?:整|(?P<i>\d{1,2})(?:分|[:分](?P<s>\d{1,2}(?:\.\d{1,9})?)秒?)?)?"
_OFFSET = r"(?P<z>Z|[+-]\d{1,2}(?::?\d\d)?)"
_MOMENT = re.compile(rf"{_DAY}(?:[\sT]*{_CLOCK}(?:\s*{_OFFSET})?)?", re.ASCII | re.IGNORECASE)
_MONTH = re.compile(rf"{_YEAR}(?:\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*月?(?:份)?|(?P<mm>\d\d))", re.ASCII)
_YEARLESS = re.compile(r"(?P<m>\d{1,2})\s*(?P<by>月|[-/.])\s*(?P<d>\d{1,2})\s*[日号]?(?P<rest>.*)", re.ASCII | re.S)
_PART = re.compile(r"(?:上|中|下)旬|月初|月底|月末")

MONTH_ONLY, NO_YEAR = "D309", "D310"


def moment(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """A moment, or a whole day."""
    return _moment(text) or _serial(text, context) or _yearless(field, text, context)


def day(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """The day of a moment. 24:00 belongs to the day that it ends; an offset may lead to another day."""
    found = moment(field, text, context)
    if found is None or found.zoned:
        return found
    return Spelt(found.value[:10], bare=True, note=found.note)


def month(field: FieldSpec, text: str, context: Context) -> Spelt | None:
    """A month, or the month of a day."""
    found = _MONTH.fullmatch(text)
    if found is None:
        return day(field, text, context)
    number = int(found["m"] or found["mm"])
    return Spelt(f"{found['y']}-{number:02}-01", bare=True) if 1 <= number <= 12 else None


def fault(text: str) -> str:
    """Why a text is no day though it says something about one: a month only, or no year. '' for all others."""
    month_only = _MONTH.fullmatch(text)
    if month_only or _PART.search(text):
        return MONTH_ONLY
    yearless = _YEARLESS.fullmatch(text)
    if yearless and 1 <= int(yearless["m"]) <= 12 and 1 <= int(yearless["d"]) <= 31:
        return NO_YEAR
    return ""


def _moment(text: str) -> Spelt | None:
    found = _MOMENT.fullmatch(text)
    whole = _day(found) if found else None
    if found is None or whole is None:
        return None
    if found["h"] is None:
        return Spelt(f"{whole} 00:00:00", bare=True)
    hour, minute, second = int(found["h"]), int(found["i"] or 0), float(found["s"] or 0)
    midnight = hour == 24 and minute == second == 0
    if not midnight and not (hour < 24 and minute < 60 and second < 60):
        return None
    clock = f"{hour:02}:{minute:02}:{found['s'] or '00'}"
    if not found["z"]:
        return Spelt(f"{whole} {clock}")
    return Spelt(f"{whole} {clock}{_offset(found['z'])}", zoned=True)


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
