"""A small county to read into: its record types, and what a reading left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb

from duban.records import Loaded

COUNTY = "泽州县"

TYPES = {
    "enterprise": {
        "title": "企业名册",
        "key": "enterprise_id",
        "span": {"from": "valid_from", "to": "valid_to"},
        "fields": {
            "enterprise_id": {"title": "企业编号"},
            "name": {"title": "企业名称", "aliases": ["单位名称"]},
            "valid_from": {"title": "起", "type": "date"},
            "valid_to": {"title": "止", "type": "date"},
        },
    },
    "inspection": {
        "title": "检查记录",
        "aliases": ["现场检查记录"],
        "key": "inspection_id",
        "time": "start_at",
        "references": {"enterprise_id": "enterprise"},
        "fields": {
            "inspection_id": {"title": "检查编号", "aliases": ["文书编号"]},
            "enterprise_id": {"title": "被检查单位"},
            "start_at": {"title": "检查时间", "aliases": ["检查日期"], "type": "datetime", "happened": True},
            "levels": {"title": "检查级别", "type": "list", "values": ["县局", "镇中心", "企业主要负责人带队"]},
            "hazards": {"title": "隐患数", "type": "int"},
            "deadline": {"title": "整改时限", "type": "date"},
            "result": {"title": "处理结果", "values": ["合格", "限期整改（一般）"]},
            "phone": {"title": "电话", "type": "int", "personal": True},
        },
    },
    "major_hazard": {
        "title": "重大隐患",
        "time": "found_date",
        "fields": {"found_date": {"title": "发现日期", "type": "date", "required": True}, "text": {"title": "内容"}},
    },
}


class Reading:
    """One `load` and what it left in the database."""

    def __init__(self, con: duckdb.DuckDBPyConnection, loaded: Loaded) -> None:
        self.con = con
        self.loaded = loaded

    def rows(self, name: str, *fields: str) -> list[Any]:
        """The rows of a table in order, as tuples of the named fields (one field: bare values)."""
        columns = ", ".join(f'"{field}"' for field in fields)
        found = self.con.execute(f'SELECT {columns} FROM "raw_{name}" ORDER BY _n').fetchall()
        return [row[0] for row in found] if len(fields) == 1 else found

    @property
    def codes(self) -> list[str]:
        return [issue.code for issue in self.loaded.issues]

    def only(self, code: str) -> Any:
        """The one issue of a code."""
        (issue,) = [issue for issue in self.loaded.issues if issue.code == code]
        return issue


Read = Callable[..., Reading]
