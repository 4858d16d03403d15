"""An empty cell accuses nobody: the duty is unproven, and its message says which cell. Worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import duban

PACK = """
id: unknown
number: 1号
title: t
issuer: i
jurisdiction: 某县
complete: assumed
windows: {winter: {from: 2023-11-01, to: 2024-01-31}}
bearers:
  town: {record: town, key: town}
"""
RECORDS = """
town:
  title: 镇名册
  key: town
  fields: {town: {title: 镇}, plants: {title: 企业数, type: int}, ends: {title: 截止日期, type: date}}
figures:
  title: 统计表
  time: made_at
  period: month
  references: {town: town}
  fields:
    town: {title: 镇}
    month: {title: 月份, type: month}
    made_at: {title: 填表日期, type: date}
    line: {title: 行}
    found: {title: 排查数, type: int}
"""
HEAD = "- {id: a, title: t, clause: 一, bearer: town, window: winter, "
FIGURES = {"town": "甲岭镇", "month": "2023-12", "made_at": "2023-12-31", "line": "本期", "found": 3}


def judged(folder: Path, words: str, town: dict[str, Any], figures: dict[str, Any]) -> tuple[str, str]:
    """Status and message of the one duty."""
    for name, text in {"pack.yaml": PACK, "records.yaml": RECORDS, "obligations/1.yaml": HEAD + words}.items():
        (folder / "unknown" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "unknown" / name).write_text(text, encoding="utf-8")
    records = {"town": [{"town": "甲岭镇", **town}], "figures": [{**FIGURES, **figures}]}
    with duban.audit(records, folder / "unknown", as_of="2024-02-10") as result:
        (row,) = result.duties.to_dict("records")
    return row["status"], row["message"]


RECONCILE = "each: {record: figures}, reconcile: {equal: [found > 5]}}"
DEADLINE = "by: ends, perform: {record: figures}}"


@pytest.mark.parametrize(
    ("words", "town", "figures", "status", "says"),
    [
        (RECONCILE, {}, {}, "breached", "相符0项"),
        (RECONCILE, {}, {"month": None}, "unproven", "所属期间为空或无法识别。"),
        (RECONCILE, {}, {"made_at": None}, "unproven", "起算时间为空或无法识别。"),
        (RECONCILE.replace("figures}", "figures, where: line = '本期'}"), {}, {"line": None}, "unproven", "（“行”）"),
        (DEADLINE, {}, {}, "unproven", "应完成时间为空或无法识别（“截止日期”）"),
        ("every: once, perform: {record: figures, sum: found, at_least: 90% of bearer.plants}}", {}, {}, "unproven",
         "基数“企业数”为空"),
    ],
)  # fmt: skip
def test_what_is_empty_is_named(
    tmp_path: Path, words: str, town: dict[str, Any], figures: dict[str, Any], status: str, says: str
) -> None:
    found = judged(tmp_path, words, town, figures)
    assert found[0] == status
    assert says in found[1]
