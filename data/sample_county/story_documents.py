"""The story's lines about the papers of mines: responsibility and emergencies. All are due at the campaign's end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sample_county.basics import day
from sample_county.records import County, Record

NONE = {"exists": False, "title": "", "doc_no": "", "made_on": None, "persons_named": None, "valid_to": None}


def entry(county: County, mine: str, kind: str) -> Record:
    """The one row that a mine has of a kind of paper."""
    (record,) = county.of("document", enterprise_id=mine, kind=kind)
    return record


def entered(county: County, mine: str, kind: str, on: str, **cells: Any) -> None:
    """The row as it was entered on another day."""
    record = entry(county, mine, kind)
    record.life = [(day(on), {**record.cells, "checked_on": day(on), **cells}, None)]


def again(county: County, mine: str, kind: str, on: str, **cells: Any) -> None:
    """A second row, entered later; the first stays as it is."""
    record = entry(county, mine, kind)
    county.add("document", record.keeper, day(on), **{**record.cells, "checked_on": day(on), **cells})


def f86(county: County) -> None:
    """M04 makes its 对标自查表 only on 02-04, after the phase. R50: 02-10 P, 0 of 1; 02-20 manual."""
    entered(county, "M04", "对标自查表", "02-05", made_on=day("02-04"))


def n61(county: County) -> None:
    """M11 makes it on 01-31, and enters it on 02-05. R50: 01-05 P; 02-10 M."""
    entered(county, "M11", "对标自查表", "02-05", made_on=day("01-31"))


def f87(county: County) -> None:
    """M17's 全员责任制 names nobody. R51: 02-20 manual."""
    entry(county, "M17", "全员责任制").set(persons_named=False)


def n62(county: County) -> None:
    """M19's has no date. R51: M, a standing paper is taken as made before."""
    entry(county, "M19", "全员责任制").set(made_on=None)


def f88(county: County) -> None:
    """M33 says that it has no 关键人员责任清单. R52: 02-20 manual."""
    entry(county, "M33", "关键人员责任清单").set(**NONE)


def n63(county: County) -> None:
    """M12 has none in November, one of 01-10 in its January file. R52: to 01-05 P; 02-10 M."""
    again(county, "M12", "关键人员责任清单", "01-15", made_on=day("01-10"))
    first, _ = county.of("document", enterprise_id="M12", kind="关键人员责任清单")
    first.set(**NONE)


def f89(county: County) -> None:
    """M40 enters nothing about 分管负责人清单. R53: 02-20 manual."""
    county.drop([entry(county, "M40", "分管负责人清单")])


def n64(county: County) -> None:
    """M41's is of March 2021. R53: M."""
    entry(county, "M41", "分管负责人清单").set(made_on=day("2021-03-05"))


def f90(county: County) -> None:
    """M42 has only people who do safety beside other work. R54: 02-20 manual."""
    entry(county, "M42", "安全机构或专职人员").set(**NONE, remark="只有兼职安全员")


def n65(county: County) -> None:
    """M44, long stopped but staffed, has its row like everybody (standing.py). R54: M, not n/a."""


def f91(county: County) -> None:
    """M15 leaves 有无 empty for 技术团队或专家. R55: P; 02-20 U: the cell may say yes."""
    entry(county, "M15", "技术团队或专家").set(exists=None)


def n66(county: County) -> None:
    """M06 has none in November, one of 01-19 in its January file. R55: to 01-05 P; 02-10 M."""
    again(county, "M06", "技术团队或专家", "01-22", made_on=day("01-19"))
    first, _ = county.of("document", enterprise_id="M06", kind="技术团队或专家")
    first.set(**NONE)


def f92(county: County) -> None:
    """M10's 预案备案 ended on 12-31, and was not renewed. R56: 1 of 2; 02-20 manual."""
    entry(county, "M10", "预案备案").set(valid_to=day("12-31"))


def n67(county: County) -> None:
    """M30's ends on 12-20, and is renewed on 12-15. R56: 12-08 P, 1 of 2; 12-31 M."""
    again(county, "M30", "预案备案", "12-18", made_on=day("12-15"), valid_to=day("2026-12-14"))
    first, _ = county.of("document", enterprise_id="M30", kind="预案备案")
    first.set(valid_to=day("12-20"))


def f93(county: County) -> None:
    """M22's lamps do not work, and it has no 应急物资清单. R57: 02-20 manual."""
    (record,) = county.of("supplies", enterprise_id="M22")
    record.set(ok=False)
    entry(county, "M22", "应急物资清单").set(**NONE)


def n68(county: County) -> None:
    """M24 has no record of supplies, but the list of them. R57: 02-10 P; 02-20 D."""
    county.drop(county.of("supplies", enterprise_id="M24"))


def f94(county: County) -> None:
    """M36's 救援协作协议 ended on 12-31, and was not renewed. R59: 02-20 manual."""
    entry(county, "M36", "救援协作协议").set(valid_to=day("12-31"))


def n69(county: County) -> None:
    """M08's says neither of when it is nor until when. R59: M."""
    entry(county, "M08", "救援协作协议").set(made_on=None, valid_to=None)


STORY_OF_DOCUMENTS: list[Callable[[County], None]] = [
    f86, n61, f87, n62, f88, n63, f89, n64, f90, n65, f91, n66, f92, n67, f93, n68, f94, n69,
]  # fmt: skip
