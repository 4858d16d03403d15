"""A small ledger to check: what is wrong in it, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from duban.check import Report

NOW = datetime(2023, 12, 25, 10)
MINES = """企业编号,企业名称,所在镇,主要负责人,起
M1,甲岭样01号石料矿,甲岭镇,M01矿长,2017-03-01
M2,甲岭样02号石料矿,甲岭镇,M02矿长,2017-03-01
"""
HEADER = "隐患编号,企业编号,隐患来源,排查日期,隐患部位,隐患描述,隐患等级,整改时限,整改完成时间\n"
SOUND = HEADER + "H1,M1,企业自查,2023-12-04,破碎站,皮带机尾轮防护罩缺失,一般,2023-12-10,2023-12-08\n"
WRONG = (
    SOUND
    + "H2,M1,企业自查,2023-12-05,配电室,绝缘胶垫老化开裂,一般,尽快,\n"
    + "H3,M2,企业自查,2023-12-06,采场,转弯处未设置限速标志,一般,2023-11-01,\n"
    + "H4,M2,企业自查,2023-12-07,采场,边坡坡脚浮石未清理,一般,,\n"
)

Checked = Callable[..., Report]
