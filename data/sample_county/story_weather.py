"""The story's lines about the weather, and about contractors."""

from __future__ import annotations

from sample_county.basics import day
from sample_county.bureau import ALL_TOWNS, warning
from sample_county.ledgers import blast, contractor, stop
from sample_county.records import County


def snow(county: County) -> None:
    """暴雪橙 at 甲岭, 12-13 18:00 to 12-14 20:00: its open pits stop, all but M03 (F37); M04 for longer (F38)."""
    warning(county, "暴雪橙-1213", "暴雪", "橙", ["甲岭镇"], "12-13 18:00", "12-14 20:00")
    for mine in ("M01", "M02", "M05", "M06", "M07"):
        stop(county, mine, "12-13 18:30", "12-15 08:00", ["12-13 19:30", "12-14 10:00", "12-15 07:30"])


def f37(county: County) -> None:
    """M03 does not stop, and blasts on 12-14 at 10:00. R61: 12-31 B red, to verify; that it stopped: manual."""
    blast(county, county.mines["M03"], day("12-14"), "10:00")


def f38(county: County) -> None:
    """M04 stops until 12-17, with nobody in the log of 12-15. R63: 12-31 B."""
    duties = ["12-13 19:30", "12-14 10:00", "12-16 10:00", "12-17 10:00"]
    stop(county, "M04", "12-13 18:30", "12-17 16:00", duties)


def n18(county: County) -> None:
    """M36 (underground) stops on 12-14 and keeps the power of its pumps and fans. R62: n/a, of open pits only."""
    stop(county, "M36", "12-14 08:00", "12-14 18:00", ["12-14 10:00"], power_cut=False)


def n19(county: County) -> None:
    """寒潮蓝 12-20, 大雾黄 12-23 in all towns; the pits work on. No duty: neither is 极端雨雪冰冻."""
    warning(county, "寒潮蓝-1220", "寒潮", "蓝", ALL_TOWNS, "12-20 08:00", "12-21 08:00")
    warning(county, "大雾黄-1223", "大雾", "黄", ALL_TOWNS, "12-23 06:00", "12-23 11:00")


def f41(county: County) -> None:
    """M07's contractor came on 11-20, the agreement is of 12-05. R87: 11-27 and 12-08 B; 12-31 L, 法定义务."""
    record = contractor(county, "M07", "2023-11-20", "2024-06-30")
    record.then(day("12-05"), agreement_date=day("12-05"))


def f42(county: County) -> None:
    """M28's contractor: licence to 12-31, works to 01-12 (known 01-25). R86: 12-31 M; 01-05 U; 02-10 B.

    On 12-31 the mine says that the work goes on, not until when.
    """
    dates = {"agreement": "2023-03-20", "valid_to": "2023-12-31"}
    record = contractor(county, "M28", "2023-04-01", "2023-12-31", **dates)
    record.then(day("12-31"), contract_to=None)
    record.then(day("01-12"), contract_to=day("01-12"))
