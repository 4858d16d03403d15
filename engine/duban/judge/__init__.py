"""From findings to conclusions: measures.yaml on durable-rules, or on the plain judge where that is not there."""

from __future__ import annotations

import importlib.util

from duban.errors import UsageError
from duban.judge.conclude import Judge, conclusions_of, judge_all
from duban.judge.durable import DurableJudge
from duban.judge.facts import Case, Fact, Firing
from duban.judge.plain import PlainJudge
from duban.judge.program import Program, compile_program

ENGINES = ("auto", "durable-rules", "plain")


def open_judge(program: Program, engine: str = "auto") -> Judge:
    """durable-rules wherever it can be imported, else the plain judge; or the one that is named. Raises UsageError."""
    there = importlib.util.find_spec("durable") is not None and importlib.util.find_spec("durable_rules_engine")
    if engine == "plain" or (engine == "auto" and not there):
        return PlainJudge(program)
    try:
        return DurableJudge(program)
    except ImportError as error:
        if engine == "auto":  # built for another Python, say: found, and not importable
            return PlainJudge(program)
        raise UsageError(f"不能载入 durable-rules：{error}；可用 --judge plain，结论相同") from error


__all__ = [
    "ENGINES",
    "Case",
    "Fact",
    "Firing",
    "Judge",
    "PlainJudge",
    "Program",
    "compile_program",
    "conclusions_of",
    "judge_all",
    "open_judge",
]
