"""Where the time of a run went, for whoever wants it to take less: stages, and the slowest steps. `duban audit --timings`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from duban.report.layout import aligned
from duban.stopwatch import Part, Ran, Stopwatch

MOST = 15  # steps that are shown; audit.json has all
_WIDE = 100  # characters of what an operator is about
_WRAPPING = {"RESULT_COLLECTOR", "EXPLAIN_ANALYZE"}
_GUESSED = {"Estimated Cardinality"}
_SHOWN = 0.005  # seconds: stages that take less are left out on the screen


def where_it_went(watch: Stopwatch) -> Iterator[str]:
    """The stages as a table, what is not in any of them, and the slowest steps with the obligations that they are of."""
    rows = [["环节", "时间(秒)", "处理器(秒)", "行数"]]
    rows += [row for name, part in watch.whole.parts.items() for row in _rows(name, part, 0)]
    rows.append(_row("其他", _rest(watch.whole)))
    rows.append(_row("合计", watch.whole))
    yield from ("", "用时：", *aligned(rows, left=1))
    if watch.steps:
        yield from ("", f"推算的步骤，各类合计（共{len(watch.steps)}步，几步同时进行，合计多于所用时间）：")
        yield from aligned(_steps(watch.kinds()), left=1)
        yield from ("", "最慢的步骤：")
        yield from aligned(_steps(watch.slowest(MOST)), left=1)
        yield "语句：duban rules sql 义务编号（步骤名中“/”或“+”之前）；执行计划：duban audit … --profile-step 步骤名"


def profiles(watch: Stopwatch) -> Iterator[str]:
    """How DuckDB executed the steps that were asked for; for one that did not run, those with names like it."""
    for name in sorted(watch.asked):
        if name in watch.profiles:
            yield from ("", f"{name}：", *_operators(watch.profiles[name]))
        else:
            close = "、".join(difflib.get_close_matches(name, watch.steps, n=3))
            yield f"没有执行名为“{name}”的步骤" + (
                f"，是不是：{close}" if close else "；步骤名见 --timings 或 duban rules sql"
            )


def _operators(profile: Mapping[str, Any]) -> Iterator[str]:
    """The tree of operators as DuckDB executed them, the last one first: milliseconds of all threads, rows, what it is
    about. Before version 2 it called them otherwise.
    """
    for top in profile.get("operator") or profile["children"]:
        yield from _operator(top, 0)


def _operator(node: Mapping[str, Any], depth: int) -> Iterator[str]:
    kind = node.get("type") or node["operator_type"]
    if kind not in _WRAPPING:
        about = [value for key, value in node["extra_info"].items() if key not in _GUESSED]
        texts = (", ".join(value) if isinstance(value, list) else str(value) for value in about)
        told = " ".join("；".join(texts).split())
        shown = told if len(told) <= _WIDE else told[:_WIDE] + "…"
        seconds = node.get("timing", node.get("operator_timing", 0))
        rows = node.get("intermediate_rows", node.get("operator_cardinality", 0))
        yield f"{seconds * 1000:>9.1f}ms {rows:>12,}  {'  ' * depth}{kind} {shown}".rstrip()
    for child in node.get("children", ()):
        yield from _operator(child, depth + 1)


def _steps(steps: Mapping[str, Ran]) -> list[list[str]]:
    rows = [[name, f"{ran.wall:.3f}", str(ran.times), f"{ran.rows:,}"] for name, ran in list(steps.items())[:MOST]]
    return [["步骤", "时间(秒)", "次数", "行数"], *rows]


def _rows(name: str, part: Part, depth: int) -> Iterator[list[str]]:
    if part.wall >= _SHOWN or depth == 0:
        yield _row("　" * depth + name, part)
        for inner, its in part.parts.items():
            yield from _rows(inner, its, depth + 1)


def _row(name: str, part: Part) -> list[str]:
    rows = f"{part.rows:,}" if part.rows is not None else ""
    return [name, f"{part.wall:.2f}", f"{part.cpu:.2f}", rows]


def _rest(whole: Part) -> Part:
    inner = whole.parts.values()
    return Part(whole.wall - sum(part.wall for part in inner), whole.cpu - sum(part.cpu for part in inner))
