"""The story's lines about the monthly form and the ledgers behind it: recounted, do they agree?

What is changed is changed in the sums, too, so that the form adds up.
"""

from __future__ import annotations

from collections.abc import Callable

from sample_county.basics import day
from sample_county.records import County
from sample_county.story_towns import form


def counted(county: County, town: str, month: str, sums: tuple[str, ...], field: str, change: int) -> None:
    """So many more in the line of a month, and in the sums of some months."""
    for record in (form(county, town, month), *(form(county, town, later, "累计") for later in sums)):
        record.set(**{field: record.cells[field] + change})


def f95(county: County) -> None:
    """己湾 Jan: three more 一般隐患 than in the ledger. R108: 02-10 on B, 2 of 3."""
    counted(county, "己湾", "2024-01", ("2024-01",), "gen_found", 3)


def n70(county: County) -> None:
    """丙川 Nov counts what the bureau found at M16, too. R108: M, either way is right."""
    counted(county, "丙川", "2023-11", ("2023-11", "2023-12", "2024-01"), "gen_found", 1)


def f96(county: County) -> None:
    """癸河 Jan: a major hazard in the form and its detail, but not in the archive. R108: 02-10 on B; R109: M."""
    counted(county, "癸河", "2024-01", ("2024-01",), "maj_found", 1)
    made = day("01-25")
    county.add(
        "major_detail", "癸河镇", made, town="癸河镇", month="2024-01", serial=1, made_on=made,
        enterprise_name=county.mines["M46"].name, supervise_unit="", plan="排土场边坡变形；已编制整改方案",
    )  # fmt: skip


def n71(county: County) -> None:
    """己湾 Nov counts ZD05, which the bureau calls 一般 on 12-01. R108: M, it stands in the archive of the month."""


def f97(county: County) -> None:
    """丁坪 Dec: no mine under an order, though M22's order is of 12-15. R108: 12-31 on B, 4 of 5."""
    counted(county, "丁坪", "2023-12", ("2023-12", "2024-01"), "ordered_enterprises", -1)


def n72(county: County) -> None:
    """甲岭 Dec: six pits stopped for the snow, 停产整顿 0. R108: M, they stopped by themselves."""


STORY_OF_FORMS: list[Callable[[County], None]] = [f95, n70, f96, n71, f97, n72]
