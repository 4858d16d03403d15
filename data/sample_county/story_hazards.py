"""The story's lines about what towns and bureau found since January 2023: combed, registered, settled?"""

from __future__ import annotations

from collections.abc import Callable

from sample_county.basics import day
from sample_county.old_hazards import old_hazard
from sample_county.records import County


def f80(county: County) -> None:
    """乙溪's old hazard at M08 has no 部位. R38: from 11-09 on manual, one hit."""
    county.one("hazard", "M08-镇-2309").set(location=None)


def n55(county: County) -> None:
    """丙川's hazard at M14 of 11-13 came on 11-25 without 部位, with it on 12-04. R38: 11-27 manual; 12-08 P."""
    record = county.one("hazard", "M14-镇-2311")
    location = record.cells["location"]
    record.set(location=None)
    record.then(day("11-28"), location=location)


def f81(county: County) -> None:
    """What the bureau found at M22 on 12-15 has no 部位, though it was cured. R38: 12-31 on manual."""
    county.one("hazard", "M22-县-2312").set(location=None)


def n56(county: County) -> None:
    """M35: a hazard found by its group, with cells left blank: neither the town's to comb nor the bureau's."""
    old_hazard(
        county, "M35", "集-2309", "庚寨镇", "2023-09-05", source="集团", finder="G4安全部员1",
        description="培训记录缺签字", measure="补签", resp_person="M35安全副矿长", deadline=day("2024-04-30"),
    )  # fmt: skip


def f82(county: County) -> None:
    """丁坪's old hazard at M19 has no 类别. R40: from 11-09 on manual."""
    county.one("hazard", "M19-镇-2309").set(category=None)


def n57(county: County) -> None:
    """M29's two hazards that stay open until January (F20) have no 类别: its own find, not 己湾's. R40 of 己湾: M."""
    for number in (1, 2):
        county.one("hazard", f"M29-自-2312-{number}").set(category=None)


def f83(county: County) -> None:
    """The bureau's old hazard at M38 has no 类别. R40: from 11-09 on manual."""
    county.one("hazard", "M38-县-2306").set(category=None)


def n58(county: County) -> None:
    """The bureau's old hazard at M42 was without 类别 until the campaign began. No hit at any date."""
    record = county.one("hazard", "M42-县-2308")
    category = record.cells["category"]
    record.set(category=None)
    record.then(day("11-03"), category=category)


def f84(county: County) -> None:
    """庚寨's old hazard at M34 gets 整改措施 and 整改时限 in December. R41: to 12-08 manual; 12-31 P; 02-10 M."""
    record = county.one("hazard", "M34-镇-2309")
    settled = {name: record.cells[name] for name in ("measure", "deadline")}
    record.set(**dict.fromkeys(settled))
    record.then(day("12-15"), **settled)


def n59(county: County) -> None:
    """辛庄's hazard at M38 of December has no 责任单位, but was cured when it was handed in. R41: M."""
    county.one("hazard", "M38-镇-2312").set(resp_dept=None)


def f85(county: County) -> None:
    """What the bureau found at M01 on 01-05 has no 责任单位. R41: 01-05 manual; 02-10 M, cured on 01-13."""
    county.one("hazard", "M01-县-2401").set(resp_dept=None)


def n60(county: County) -> None:
    """What the bureau found at M11 on 12-13 has no 整改时限, and was cured on 12-20. R41: open at no date looked at."""
    county.one("hazard", "M11-县-2312").set(deadline=None)


STORY_OF_HAZARDS: list[Callable[[County], None]] = [f80, n55, f81, n56, f82, n57, f83, n58, f84, n59, f85, n60]
