"""The condition language: parse (`language`), check and write as SQL (`check`).

Names are looked up in a `Scope`, types compared; nothing that the pack's author wrote reaches the database unread.
Semantics: docs/semantics.md §3.
"""

from duban.conditions.check import FUNCTIONS, Checked, called, compile_boolean, compile_moment, compile_number
from duban.conditions.language import (
    Column,
    Condition,
    ConditionError,
    Scope,
    parse,
    parse_moment,
    unknown_name,
)

__all__ = [
    "FUNCTIONS",
    "Checked",
    "Column",
    "Condition",
    "ConditionError",
    "Scope",
    "called",
    "compile_boolean",
    "compile_moment",
    "compile_number",
    "parse",
    "parse_moment",
    "unknown_name",
]
