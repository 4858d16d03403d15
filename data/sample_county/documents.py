"""The ledger of a mine's papers (企业资料台账): a row says what there was of a kind on the day it was entered."""

from __future__ import annotations

from datetime import date
from typing import Any

from sample_county.places import Mine
from sample_county.records import County, Record


def document(
    county: County, mine: Mine, kind: str, checked: date, made: date | None = None, *, exists: bool = True, **more: Any
) -> Record:
    """`made`: the day that the paper itself is of; without it, and where there is none, the cell is empty."""
    cells = {"title": f"{mine.name}{kind}" if exists else "", "doc_no": "", "persons_named": None, "valid_to": None}
    return county.add(
        "document", mine.town, checked, enterprise_id=mine.id, kind=kind, checked_on=checked, exists=exists,
        made_on=made if exists else None, **{**cells, "remark": "", **more},
    )  # fmt: skip
