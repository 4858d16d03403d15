"""Waivers (经批准不计入) as reports list them: which covered what, and why another covers nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from duban.model import WaiverState, WaiverUse

FILE = "waivers.csv"
COLUMNS = (
    "state", "why", "place", "jurisdiction", "obligation", "title", "bearer", "fingerprint", "reason", "approved_by",
    "approved_on", "from", "until", "duties",
)  # fmt: skip


def in_order(waivers: Sequence[WaiverUse]) -> list[WaiverUse]:
    """What wants a person first: refused, expired, idle; then those that are used."""
    order = [WaiverState.REFUSED, WaiverState.EXPIRED, WaiverState.UNUSED, WaiverState.LATER, WaiverState.USED]
    return sorted(waivers, key=lambda one: order.index(one.state))


def waiver_lines(waivers: Sequence[WaiverUse], titles: Mapping[str, str], most: int) -> Iterator[str]:
    """The section of the screen; nothing where there are no waivers."""
    if not waivers:
        return
    covered = len({fingerprint for one in waivers for fingerprint in one.duties})
    found = [one.state for one in waivers]
    counts = "，".join(f"{state.value}{found.count(state)}份" for state in WaiverState if state in found)
    yield f"经批准不计入：{covered}项履责项；批准{len(waivers)}份：{counts}"
    for one in in_order(waivers)[:most]:
        yield f"  [{one.state.value}] {told(one, titles)}"
    if len(waivers) > most:
        yield f"  …其余{len(waivers) - most}份见 {FILE}"


def told(one: WaiverUse, titles: Mapping[str, str]) -> str:
    """One waiver in a line: what it is for, for which days, by whom, and what became of it."""
    about = f"{one.bearer}“{titles.get(one.obligation, one.obligation)}”" if one.obligation else one.fingerprint
    days = f"{one.start or '?'}至{one.end or '?'}"
    who = "，".join(filter(None, (one.approved_by, f"{one.approved_on}批准" if one.approved_on else "")))
    became = f"覆盖{len(one.duties)}项" if one.duties else one.why
    return f"{about or '（未写明）'}，{days}：{one.reason or '（无理由）'}（{who}）。{became}（{one.place}）"


def write_csv(waivers: Sequence[WaiverUse], titles: Mapping[str, str], path: Path) -> None:
    """waivers.csv: every waiver, used or not; UTF-8 with BOM, and no text that a spreadsheet would run."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(COLUMNS)
        for one in waivers:
            days = [str(day or "") for day in (one.approved_on, one.start, one.end)]
            texts = [
                one.state.value, one.why, one.place, one.jurisdiction, one.obligation, titles.get(one.obligation, ""),
                one.bearer, one.fingerprint, one.reason, one.approved_by, *days, "；".join(one.duties),
            ]  # fmt: skip
            rows.writerow([f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text for text in texts])


def as_json(one: WaiverUse) -> dict[str, Any]:
    """A waiver as audit.json has it."""
    return {**asdict(one), "state": one.state.value, "duties": list(one.duties)}


def from_json(found: Mapping[str, Any]) -> WaiverUse:
    """What `as_json` wrote, read back; days stay text where a file has made them text."""
    days = {
        name: date.fromisoformat(text) if (text := found[name]) else None for name in ("approved_on", "start", "end")
    }
    return WaiverUse(**{**found, **days, "state": WaiverState(found["state"]), "duties": tuple(found["duties"])})
