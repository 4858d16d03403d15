"""The condition language: parse (`language`), check and write as SQL (`check`).

Names are looked up in a `Scope`, types compared; nothing that the pack's author wrote reaches the database unread.
Semantics: docs/semantics.md §3. The checker is loaded with sqlglot, when there is a condition to be checked.
"""

from __future__ import annotations

from duban.conditions.language import (
    Checked,
    Column,
    Condition,
    ConditionError,
    Scope,
    parse,
    parse_moment,
    unknown_name,
)


def compile_boolean(condition: Condition, scope: Scope) -> Checked:
    """Check a condition and write its SQL; the whole must be true or false. Raises ConditionError."""
    from duban.conditions import check

    return check.compile_boolean(condition, scope)


def compile_moment(condition: Condition, scope: Scope) -> Checked:
    """Check a date expression; `.bare` says in SQL whether the value is a whole day. Raises ConditionError."""
    from duban.conditions import check

    return check.compile_moment(condition, scope)


def compile_number(condition: Condition, scope: Scope) -> Checked:
    """Check a number expression. Raises ConditionError."""
    from duban.conditions import check

    return check.compile_number(condition, scope)


__all__ = [
    "Checked",
    "Column",
    "Condition",
    "ConditionError",
    "Scope",
    "compile_boolean",
    "compile_moment",
    "compile_number",
    "parse",
    "parse_moment",
    "unknown_name",
]
