"""The fixed vocabulary of the drawn worlds: record types, bearers, and a small, collision-rich domain of values."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

HOME, OTHER = "泽州县", "高平市"
ENTERPRISES, TOWNS = ["E1", "E2", "E3"], ["T1", "T2"]
POSTS = [("T1", "矿长"), ("T2", "总工")]
TEAMS = ["一队", "二队"]
PERSONS = ["甲", "乙"]
LEVELS = ["企业", "镇", "县"]
KINDS = ["日常", "专项", "复查"]

_DAYS = """
2023-10-30 2023-11-01 2023-11-03 2023-11-06 2023-11-10 2023-11-15 2023-11-18 2023-11-20 2023-11-24 2023-11-25
2023-11-30 2023-12-01 2023-12-04 2023-12-10 2023-12-11 2023-12-15 2023-12-20 2023-12-25 2023-12-29 2023-12-30
2023-12-31 2024-01-01 2024-01-02 2024-01-05 2024-01-10 2024-01-15 2024-01-20 2024-01-31 2024-02-03
"""
DAYS = [date.fromisoformat(text) for text in _DAYS.split()]
MONTHS = [date(2023, 10, 1), date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)]
TIMES = [time(0, 0), time(9, 30), time(15, 0)]


def _field(title: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "type": kind, **more}


def _texts(title: str, *values: str, kind: str = "text") -> dict[str, Any]:
    return _field(title, kind, values=list(values))


RECORDS: dict[str, dict[str, Any]] = {
    "enterprise": {
        "title": "企业名册",
        "key": "enterprise_id",
        "span": {"from": "valid_from", "to": "valid_to"},
        "references": {"town": "town"},
        "fields": {
            "enterprise_id": _field("企业编号", "text"),
            "town": _field("所在镇", "text"),
            "status": _texts("状态", "正常", "停产", "关闭"),
            "workers": _field("人数", "int"),
            "valid_from": _field("起日", "date"),
            "valid_to": _field("止日", "date"),
        },
    },
    "town": {
        "title": "镇名册",
        "key": "town_id",
        "fields": {"town_id": _field("镇编号", "text"), "lead": _field("负责人", "text")},
    },
    "county": {
        "title": "县名册",
        "key": "code",
        "fields": {"code": _field("县编号", "text"), "quota": _field("定额", "int")},
    },
    "post": {
        "title": "岗位名册",
        "key": ["org_id", "post"],
        "span": {"from": "valid_from", "to": "valid_to"},
        "fields": {
            "org_id": _field("单位", "text"),
            "post": _field("岗位", "text"),
            "person": _field("任职人", "text"),
            "valid_from": _field("任职起", "date"),
            "valid_to": _field("任职止", "date"),
        },
    },
    "inspection": {
        "title": "检查记录",
        "key": "inspection_id",
        "time": "start_at",
        "references": {"enterprise_id": "enterprise"},
        "fields": {
            "inspection_id": _field("检查编号", "text"),
            "enterprise_id": _field("受检企业", "text"),
            "start_at": _field("检查时间", "datetime"),
            "levels": _texts("检查层级", *LEVELS, kind="list"),
            "leaders": _field("带队人", "list"),
            "team": _field("检查组", "text"),
            "kind": _texts("检查类别", *KINDS),
            "hazards": _field("隐患数", "int"),
            "hours": _field("时长", "decimal"),
        },
    },
    "hazard": {
        "title": "隐患台账",
        "key": "hazard_id",
        "time": "found_date",
        "references": {"enterprise_id": "enterprise"},
        "identity": {
            "owner": "enterprise_id",
            "day": "found_date",
            "place": "place",
            "text": "text",
            "days": 3,
            "alike": 0.75,
        },
        "fields": {
            "hazard_id": _field("隐患编号", "text"),
            "enterprise_id": _field("隐患企业", "text"),
            "grade": _texts("等级", "一般", "重大"),
            "found_date": _field("发现日期", "date"),
            "deadline": _field("整改期限", "date"),
            "done_date": _field("完成日期", "date", happened=True),
            "acceptance": _texts("验收", "合格", "不合格"),
            "accepted_on": _field("验收日期", "date", happened=True),
            "reported_on": _field("报告日期", "date", happened=True),
            "planned": _field("有预案", "bool"),
            "cancelled": _field("销号日期", "date"),
            "place": _field("部位", "text"),
            "text": _field("描述", "text"),
        },
    },
    "assessment": {
        "title": "评估记录",
        "key": "assessment_id",
        "time": "done_at",
        "references": {"hazard_id": "hazard"},
        "fields": {
            "assessment_id": _field("评估编号", "text"),
            "hazard_id": _field("评估隐患", "text"),
            "done_at": _field("评估时间", "datetime", happened=True),
            "result": _texts("结论", "合格", "不合格"),
            "score": _field("得分", "int"),
        },
    },
    "stop": {
        "title": "停产记录",
        "key": "stop_id",
        "time": "start_at",
        "references": {"enterprise_id": {"to": "enterprise", "outside": "ignore"}},
        "fields": {
            "stop_id": _field("停产编号", "text"),
            "enterprise_id": _field("停产企业", "text"),
            "start_at": _field("停产时间", "datetime"),
            "end_at": _field("复产时间", "datetime"),
            "cause": _texts("原因", "检修", "整改"),
        },
    },
    "report": {
        "title": "统计报表",
        "key": "report_id",
        "time": "reported_on",
        "period": "period",
        "references": {"town": "town"},
        "fields": {
            "report_id": _field("报表编号", "text"),
            "town": _field("填报镇", "text"),
            "reported_on": _field("报表日期", "date"),
            "period": _field("报表月份", "month"),
            "line": _texts("行次", "累计", "本期"),
            "found": _field("发现数", "int"),
            "fixed": _field("整改数", "int"),
        },
    },
    "submission": {
        "title": "材料报送",
        "key": "submission_id",
        "time": "sent_at",
        "period": "period",
        "references": {"town": "town"},
        "fields": {
            "submission_id": _field("报送编号", "text"),
            "town": _field("报送镇", "text"),
            "sent_at": _field("报送日期时间", "datetime"),
            "period": _field("所属月份", "month"),
            "kind": _texts("材料种类", "进展", "总结"),
        },
    },
    "detail": {
        "title": "明细",
        "time": "day",
        "references": {"enterprise_id": "enterprise"},
        "fields": {
            "enterprise_id": _field("明细企业", "text"),
            "day": _field("明细日期", "date"),
            "kind": _texts("明细类别", "罚款", "整改"),
            "amount": _field("金额", "int"),
        },
    },
}

BEARERS: dict[str, dict[str, Any]] = {
    "enterprise": {"title": "企业", "record": "enterprise", "key": "enterprise_id", "reports_through": "town"},
    "town_centre": {"title": "镇中心", "record": "town", "key": "town_id"},
    "county": {"title": "县局", "record": "county", "key": "jurisdiction"},
    "group_post": {"title": "岗位", "record": "post", "key": ["org_id", "post"], "reports_through": ["org_id"]},
    "team": {"title": "检查组", "record": "inspection", "key": "team"},
}

# Places and texts: equal but for marks, alike, one within the other, something else.
PLACES = ["破碎站", "破碎 站", "破碎站一层", "配电室"]
HAZARDS = ["护栏缺失", "1、护栏缺失。", "护栏有缺失", "皮带无罩"]

NUMBERS: dict[str, list[Any]] = {
    "workers": [None, 4, 6, 10],
    "quota": [None, 2, 4],
    "hazards": [None, 0, 1, 2],
    "hours": [None, Decimal("0.5"), Decimal("1.5"), Decimal("2")],
    "score": [None, 40, 60, 80],
    "found": [None, 1, 2, 3],
    "fixed": [None, 1, 2],
    "amount": [None, 1, 2, 5],
}

SENDERS = [*ENTERPRISES, *TOWNS, *TEAMS, *("/".join(post) for post in POSTS), HOME, OTHER]


def pack_yaml(complete: str, quota: int, enterprise_where: str | None = None) -> dict[str, Any]:
    """pack.yaml around the vocabulary."""
    bearers = {name: dict(spec) for name, spec in BEARERS.items()}
    if enterprise_where:
        bearers["enterprise"]["where"] = enterprise_where
    return {
        "id": "drawn",
        "number": "测试〔2023〕1号",
        "title": "随机规则包",
        "issuer": "测试",
        "jurisdiction": HOME,
        "timezone": "Asia/Shanghai",
        "complete": complete,
        "calendar": "cn",
        "windows": {
            "campaign": {"from": "param.start", "to": "2024-01-20"},
            "autumn": {"from": "2023-11-03", "to": "2023-12-31"},
            "winter": {"from": "2023-12-01", "to": "2024-01-31"},
        },
        "parameters": {
            "start": {"type": "date", "default": "2023-11-03", "why": "测试", "clause": "一"},
            "cutoff": {"type": "date", "default": "2023-12-15", "why": "测试", "clause": "一"},
            "quota": {"type": "int", "default": quota, "why": "测试", "clause": "一"},
        },
        "bearers": bearers,
        "grounds": ["不认真"],
    }
