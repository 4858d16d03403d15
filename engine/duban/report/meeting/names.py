"""What the sheets are called, and which of them a section of 首页 points at."""

from __future__ import annotations

from duban.model import Status

FIRST = "首页"
TITLE = "疑似未达要求事项清单（待核实）"
BREACHED, LATE, UNPROVEN, MANUAL = "未达到（待核实）", "逾期达到", "证据不足", "需人工认定"
PROPOSED, MAJORS, GAPS = "拟提请约谈研究", "重大隐患", "未报送资料"
DUE, CLEARED = "七日内到期", "已澄清"
HEAT, CHARTS, READINGS, ANOMALIES = "镇×义务", "图表", "口径与数据", "数据异常待核对"
# Breached, late and unproven are never added up: a sheet for each.
SHEETS = ((Status.BREACHED, BREACHED), (Status.LATE, LATE), (Status.UNPROVEN, UNPROVEN), (Status.MANUAL, MANUAL))
# By the key of a section (weekly).
SHEET_OF = {
    "majors": MAJORS,
    "verify": BREACHED,
    "interviews": PROPOSED,
    "sent": GAPS,
    "data": READINGS,
    "due": DUE,
}
