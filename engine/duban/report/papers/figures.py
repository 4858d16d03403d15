"""The numbers of the internal circular: of towns and sections, each status in a column of its own, no sum over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duban.model import Finding, Status, Verification
from duban.report.papers.bureau import Bureau
from duban.report.papers.towns import CENTRE, in_order

_CONFIRMED = (Verification.CONFIRMED, Verification.PARTLY)
COLUMNS = ("中心待核实", "中心已核实", "企业待核实", "企业已核实", "待核实", "已核实", "逾期达到", "证据不足", "已澄清")


@dataclass(frozen=True)
class Figures:
    """A row for each town and for each section: its name under 名称, then `COLUMNS`."""

    towns: tuple[Mapping[str, str], ...]
    sections: tuple[Mapping[str, str], ...]


def figures(findings: Iterable[Finding], towns: Iterable[str], bureau: Bureau) -> Figures:
    """Count. `towns` are all of the county: one that has nothing is shown with zeros."""
    all_findings = [item for item in findings if item.enforceable]
    sections = list(dict.fromkeys([*(item.name for item in bureau.sections), bureau.section]))
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for item in all_findings:
        if item.bearer_kind in bureau.own:
            where = ("section", bureau.section_of(item.clause))
        elif item.town and item.bearer_kind not in bureau.to_committee:
            where = ("town", item.town)
        else:
            continue
        row = counts.setdefault(where, dict.fromkeys(COLUMNS, 0))
        for column in _columns(item):
            row[column] += 1
    named = in_order([*towns, *(name for kind, name in counts if kind == "town")], bureau)
    return Figures(
        tuple(_row(name, counts.get(("town", name))) for name in named),
        tuple(_row(name, counts.get(("section", name))) for name in sections),
    )


def _columns(item: Finding) -> tuple[str, ...]:
    """The columns that a finding counts in."""
    if item.verified.state is Verification.CLEARED:
        return ("已澄清",)
    if item.status is Status.LATE:
        return ("逾期达到",)
    if item.status is Status.UNPROVEN:
        return ("证据不足",)
    if item.status is not Status.BREACHED:
        return ()
    word = "已核实" if item.verified.state in _CONFIRMED else "待核实"
    return (word, ("中心" if item.bearer_kind == CENTRE else "企业") + word)


def _row(name: str, counts: Mapping[str, int] | None) -> dict[str, str]:
    return {"名称": name, **{column: str((counts or {}).get(column, 0)) for column in COLUMNS}}
