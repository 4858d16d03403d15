"""Telephones, identity numbers and home addresses are masked in whatever is written (domain practice: everywhere)."""

from __future__ import annotations

import re
from typing import Any

# 18 digits (or 17 and X), 15 digits of the old kind; mobile numbers; numbers with an area code.
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}(\d{3}[0-9Xx])(?![0-9A-Za-z])")
_OLD_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{6}(\d{3})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[-—－ ]\d{3,4}(\d{4})(?!\d)")
_ADDRESS = re.compile(r"((?:家庭住址|家住|住址)[:：]?\s*)[^，。；,;\s]+")


def masked(value: Any) -> Any:
    """A text with what must not be shown replaced by stars; anything else as it is.

    >>> masked("张矿长 13800001234"), masked("14052519800101123X"), masked("0356-2066000"), masked(3)
    ('张矿长 138****1234', '140525********123X', '0356-****6000', 3)
    """
    if not isinstance(value, str):
        return value
    value = _IDENTITY.sub(r"\1********\2", value)
    value = _OLD_IDENTITY.sub(r"\1******\2", value)
    value = _MOBILE.sub(r"\1****\2", value)
    value = _LANDLINE.sub(r"\1-****\2", value)
    return _ADDRESS.sub(r"\1****", value)
