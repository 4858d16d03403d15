"""Texts of forms.yaml with their slots filled in: what is not known is a blank to be filled by a person, never a 0."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

BLANK = "____"


def filled_in(text: str, values: Mapping[str, Any]) -> str:
    """A text with its `{slots}` filled in.

    >>> filled_in("排查{gen_found}项，罚款{fine_wan}万元，时限{deadline}", {"gen_found": 3.0, "fine_wan": 0.5})
    '排查3项，罚款0.5万元，时限____'
    """
    parts = []
    for literal, slot, _, _ in string.Formatter().parse(text):
        parts.append(literal)
        if slot is not None:
            parts.append(shown(values.get(slot)))
    return "".join(parts)


def shown(value: Any) -> str:
    """A value as a text reads it; a blank where there is none."""
    if value is None or value == "":
        return BLANK
    return f"{value:g}" if isinstance(value, float) else str(value)
