"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import click

DEFAULT_PACK = "zezhou-2023-331"

rules_option = click.option(
    "--rules", "rules_name", default=DEFAULT_PACK, show_default=True, metavar="PACK",
    help="规则包名称或目录。 | Pack name or folder.",
)  # fmt: skip


def settings_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--set k=v`, any number of times, as a dict."""
    return click.option(
        "--set", "settings", multiple=True, metavar="K=V", callback=_settings,
        help="改一个口径参数，可多次。 | Change a parameter; repeatable.",
    )(function)  # fmt: skip


def _settings(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"“{value}”应写成 名称=值")
        found[name.strip()] = text.strip()
    return found


def last_sunday(today: date) -> date:
    """The last completed Sunday: what a weekly audit runs as of, so that nobody is accused on the due day itself."""
    return today - timedelta(days=today.isoweekday())
