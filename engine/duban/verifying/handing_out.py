"""What a 核实单 hands out: the findings of an earlier audit that a person has to look into."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from duban.errors import UsageError
from duban.model import Status
from duban.report.layout import period
from duban.report.origin import Deciding, read_back
from duban.report.results import duties_of, read_settings
from duban.report.tables import shown
from duban.report.verify_sheet import Handout, Item
from duban.sqltext import literal
from duban.verification import verified_of

_MOST = 50  # records and places that one cell names
# Whoever carries the sheet goes from bearer to bearer.
_ORDER = "town, bearer_kind, bearer_name, bearer_id, due NULLS LAST, obligation, trigger_id, period_start"


@dataclass(frozen=True)
class Wanted:
    """Which findings are handed out: all, or those of some towns, bearers (id or name) and obligations."""

    towns: Sequence[str] = ()
    bearers: Sequence[str] = ()
    obligations: Sequence[str] = ()


def hand_out(results: Path, wanted: Wanted | None = None) -> tuple[list[Item], Handout]:
    """The rows of a sheet, from the folder of an audit's results.

    A person has to look into what is breached and what only a person can judge. What is late is only reminded of, and
    what is unproven is no finding. Raises UsageError, also for a town, bearer or obligation that is not there.
    """
    wanted = wanted or Wanted()
    settings = read_settings(results)
    pack = settings["pack"]
    if "timezone" not in pack:
        raise UsageError(f"{results} 是旧版本写出的结果，请重新审核")
    _must_be_there(results, wanted)
    where = " AND ".join(["d.status IN ('breached', 'manual')", *_filters(wanted)])
    rows = duties_of(results, where, _ORDER)
    cells = read_back(settings)
    handout = Handout(pack["id"], settings["as_of"], settings["known_by"], pack["jurisdiction"], pack["timezone"])
    return [_item(row, cells) for row in rows], handout


def _filters(wanted: Wanted) -> list[str]:
    asked = {
        "d.town": wanted.towns,
        "d.bearer_id, d.bearer_name": wanted.bearers,
        "d.obligation": wanted.obligations,
    }
    return [f"list_has_any([{columns}], {literal(list(names))})" for columns, names in asked.items() if names]


def _must_be_there(results: Path, wanted: Wanted) -> None:
    """A name that no duty of the audit has is a mistake; one that has no finding is not."""
    asked = (
        ("镇", wanted.towns, ("town",)),
        ("主体", wanted.bearers, ("bearer_id", "bearer_name")),
        ("义务", wanted.obligations, ("obligation",)),
    )
    if not any(names for _, names, _ in asked):
        return
    rows = duties_of(results, "TRUE", _ORDER)
    for label, names, columns in asked:
        known = dict.fromkeys(row[column] for row in rows for column in columns if row[column])
        for name in names:
            if name not in known:
                close = difflib.get_close_matches(name, known, n=1)
                hint = f"；是否为“{close[0]}”？" if close else ""
                raise UsageError(f"审核结果中没有{label}“{name}”{hint}")


def _item(duty: Mapping[str, Any], cells: Deciding) -> Item:
    due = duty["due"]
    given = (
        duty["fingerprint"],
        duty["clause"],
        duty["title"],
        duty["bearer_name"] or duty["bearer_id"],
        duty["town"] or "",
        period(duty["period_start"], duty["period_end"]),
        shown(due) if due is not None else "",
        Status(duty["status"]).chinese + ("" if duty["enforceable"] else "（提示性）"),
        duty["message"],
        duty["speaks_for"] or "",
        _joined(duty["evidence"]),
        _joined(cells.all(duty["obligation"], duty["source"] or ())),
    )
    first = duty["live_start"]
    if due is not None and duty["kind"] != "forbid":  # what is forbidden is found before the period is over
        first = due - timedelta(microseconds=1)
    return Item(given, duty["jurisdiction"], first.date() if first is not None else None, verified_of(duty))


def _joined(texts: Sequence[str] | None) -> str:
    listed = list(texts or ())
    return "；".join(listed[:_MOST]) + (f"……共{len(listed)}条" if len(listed) > _MOST else "")
