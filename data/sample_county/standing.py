"""What a mine has standing, and shows when it is asked: papers of responsibility, for emergencies, and supplies."""

from __future__ import annotations

from datetime import date
from typing import Any

from sample_county.basics import Row, day
from sample_county.documents import document
from sample_county.places import OPENED, Mine
from sample_county.records import County, Record

# By kind: the title, the day made, and what else the ledger says. Those of a mine opened in the winter are of that day.
STANDING: dict[str, tuple[str, str, Row]] = {
    "全员责任制": ("全员安全生产岗位责任制", "2023-02-20", {"persons_named": True}),
    "关键人员责任清单": ("关键人员安全责任清单", "2023-02-20", {"persons_named": True}),
    "分管负责人清单": ("分管负责人职责清单和专项行动工作清单", "2023-11-04", {}),
    "安全机构或专职人员": ("关于设置安全科的通知", "2022-03-01", {}),
    "技术团队或专家": ("聘请专家协议", "2023-03-15", {}),
    "应急预案": ("生产安全事故应急预案", "2023-06-15", {}),
    "预案备案": ("应急预案备案登记表", "2023-07-10", {"valid_to": day("2026-07-09")}),
    "应急物资清单": ("应急物资清单", "2023-06-15", {}),
    "救援协作协议": ("应急救援协作协议", "2023-01-10", {"valid_to": day("2024-12-31")}),
}
BENCHMARK = "对标自查表"  # made in the campaign
ENTERED, ENTERED_BY_NEW = "11-06", "12-13"  # for the first return; a mine that is new, two days after it opened


def standing(county: County) -> None:
    """One row for each kind, and one item of the supplies, of every mine with somebody there."""
    for mine in county.mines.values():
        if mine.active:
            _standing(county, mine)


def _standing(county: County, mine: Mine) -> None:
    new = OPENED.get(mine.number)
    entered = day(ENTERED_BY_NEW if new else ENTERED)
    for number, (kind, (title, made, more)) in enumerate(STANDING.items(), 1):
        _numbered(county, mine, kind, entered, new or day(made), number, title=title, **more)
    self_check, checked = (day("12-18"), day("12-20")) if new else (day("12-08"), day("12-11"))
    _numbered(county, mine, BENCHMARK, checked, self_check, len(STANDING) + 1, title="对标对表自查自改表")
    county.add(
        "supplies", mine.town, entered,
        enterprise_id=mine.id, item="应急照明灯", checked_on=entered, qty=10, location="应急物资库", ok=True,
    )  # fmt: skip


def _numbered(county: County, mine: Mine, kind: str, checked: date, made: date, number: int, **more: Any) -> Record:
    return document(county, mine, kind, checked, made, doc_no=f"{mine.id}安〔{made.year}〕{number:02}号", **more)
