"""A small county for the tests of planning: its pack is in small/, its records here. Nobody of it exists.

As of Sunday 2024-01-14, 24:00. 甲镇: A1, A2, A3 (shut, nobody there); 乙镇: B1. The bureau has to visit half of the
four each month (two; A1 was visited on the 3rd, together with the town), each town all of its own that are not shut.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duban
from duban.auditing import Audit
from duban.pack import Pack, load_pack

Row = dict[str, Any]
AS_OF = "2024-01-14"
FOLDER = Path(__file__).parent / "small"
PLAN = (FOLDER / "plan.yaml").read_text(encoding="utf-8")

PHONE, MASKED = "13800001234", "138****1234"


def folder(place: Path, *, plan: str = PLAN, obligations: str = "") -> Path:
    """The pack with another plan.yaml (none: without one) and other obligations."""
    where = Path(shutil.copytree(FOLDER, place / "small"))
    (where / "plan.yaml").write_text(plan, encoding="utf-8")
    if not plan:
        (where / "plan.yaml").unlink()
    if obligations:
        (where / "obligations" / "1.yaml").write_text(obligations, encoding="utf-8")
    return where


def rows() -> dict[str, list[Row]]:
    """All records of the small county."""
    return {
        "mine": [
            {"mine_id": "A1", "name": "甲样1号矿", "town": "甲镇", "status": "生产", "grade": "A", "workers": 12,
             "former": ["老甲矿"]},
            {"mine_id": "A2", "name": "甲样2号矿", "town": "甲镇", "status": "生产", "grade": "C", "workers": 30,
             "head": f"矿长 {PHONE}"},
            {"mine_id": "A3", "name": "甲样3号矿", "town": "甲镇", "status": "停用", "grade": "B"},
            {"mine_id": "B1", "name": "乙样1号矿", "town": "乙镇", "status": "生产", "grade": "B"},
        ],
        "town": [{"town": "甲镇", "centre": "甲镇中心"}, {"town": "乙镇", "centre": "乙镇中心"}],
        "county": [{"name": "样县应急管理局"}],
        "visit": [
            visit("v1", "A1", "2024-01-03 09:00", "县", "镇"),
            visit("v2", "A2", "2023-12-20 09:00", "县"),
            visit("v3", "B1", "2024-01-05 09:00", "企"),
            visit("v4", "B1", "2024-01-09 09:00", "企"),
            visit("v5", "A2", "2024-01-19 09:00", "县"),                          # has not happened
            {**visit("v6", "A2", "2024-01-10 09:00", "县"), "submitted_at": datetime(2024, 1, 16, 9)},  # not known
        ],
        "hazard": [
            hazard("h1", "A2", "2023-12-20", "2024-01-10", level="重大", text=f"高边坡 {PHONE}"),
            hazard("h2", "B1", "2024-01-02", "2024-01-17"),
            hazard("h3", "B1", "2024-01-02", "2024-02-20"),
            hazard("h4", "A1", "2024-01-02", "2024-01-08", "2024-01-05"),
            hazard("h5", "A1", "2024-01-02", "2024-01-06", "2024-01-12"),
        ],
        "order": [{"order_no": "o1", "mine_id": "B1", "issued_on": date(2024, 1, 2), "deadline": date(2024, 1, 8)}],
        "recheck": [],
        "report": [
            {"town": "甲镇", "month": date(2023, 12, 1), "sent_on": date(2023, 12, 24), "found": 3, "fixed": 5},
        ],
        "plan": [{"mine_id": "A1", "made_on": date(2024, 1, 4)}],
        "training": [],
    }  # fmt: skip


def visit(name: str, mine: str, at: str, *levels: str) -> Row:
    return {"visit_id": name, "mine_id": mine, "at": datetime.fromisoformat(at), "levels": list(levels)}


def hazard(name: str, mine: str, found: str, deadline: str, done: str = "", **more: str) -> Row:
    days = {"found_on": date.fromisoformat(found), "deadline": date.fromisoformat(deadline)}
    ended = {"done_on": date.fromisoformat(done)} if done else {}
    return {"hazard_id": name, "mine_id": mine, "level": "一般", "text": "样例", **days, **ended, **more}


VISITS = ("county-share", "town-all", "hazard-done", "order-rechecked")


@cache
def read(place: Path) -> Pack:
    """The pack in a folder, read once."""
    return load_pack(place)


def audited(
    place: Path, as_of: str = AS_OF, known_by: str | None = None, records: Any = None, only: Iterable[str] = ()
) -> Audit:
    """The county, or other records, judged; by some obligations only where the others do not matter."""
    return duban.audit(records if records is not None else rows(), read(place), as_of, known_by, obligations=only)
