"""What one town is urged to do: its centre's and its mines' own duties, and no other town's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duban.model import Finding, Status, Verification
from duban.report.papers.bureau import Bureau
from duban.report.papers.kinds import unmet

CENTRE = "town_centre"


@dataclass(frozen=True)
class Town:
    """A town, the name of its centre, and what is not done or not handed in there."""

    name: str
    centre: str
    own: tuple[Finding, ...]
    mines: tuple[Finding, ...]
    unproven: tuple[Finding, ...]


def towns_to_urge(findings: Iterable[Finding], bureau: Bureau) -> list[Town]:
    """The towns that have something to do, by name or in the bureau's order.

    Left out: what goes to the committee (leaders, the town itself, the bureau), what is only late, and what is advisory.
    """
    by_town: dict[str, list[Finding]] = {}
    for item in findings:
        if item.town and item.enforceable and item.bearer_kind not in bureau.to_committee:
            by_town.setdefault(item.town, []).append(item)
    towns = [_town(name, by_town[name]) for name in in_order(by_town, bureau)]
    return [town for town in towns if town.own or town.mines or town.unproven]


def in_order(names: Iterable[str], bureau: Bureau) -> list[str]:
    """Towns as the bureau lists them, the others after them by name: never by a figure."""
    listed = list(bureau.town_order)
    return sorted(set(names), key=lambda name: (listed.index(name) if name in listed else len(listed), name))


def _town(name: str, findings: Sequence[Finding]) -> Town:
    held = unmet(findings)
    unproven = [
        item
        for item in findings
        if item.status is Status.UNPROVEN and item.verified.state is not Verification.CLEARED and not item.settled
    ]
    centres = [item.bearer_name for item in findings if item.bearer_kind == CENTRE]
    return Town(
        name,
        centres[0] if centres else f"{name}应急管理中心",
        tuple(item for item in held if item.bearer_kind == CENTRE),
        tuple(item for item in held if item.bearer_kind != CENTRE),
        tuple(unproven),
    )
