"""A week as the templates show it: plain dicts, numbers with the place of what they rest on in `bases`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from duban.model import Status
from duban.report.papers.words import moment_text
from duban.report.week import Audience, Funnel, Heat, Line, Piece, Section, Table, Week

STATUSES = (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN)
SHORT = ("未", "逾", "认", "缺")  # in a cell of the heat table, with the legend beside it
KINDS = ("breached", "late", "manual", "unproven")
COUNTED = (*(status.chinese for status in Status), "已澄清")


@dataclass
class Bases:
    """What the buttons of the page open, numbered."""

    found: list[Piece] = field(default_factory=list)

    def add(self, piece: Piece) -> int | None:
        if not piece.fingerprints and not piece.places:
            return None
        self.found.append(piece)
        return len(self.found) - 1


def view(week: Week) -> tuple[dict[str, Any], list[Piece]]:
    """The context of page.html, and what its numbers rest on."""
    bases = Bases()
    shown = {
        "head": week.head,
        "audience": week.head.audience.value + (f"/{week.head.town}" if week.head.town else ""),
        "sections": [_section(one, bases) for one in week.sections],
        "heat": _heat(week),
        "clauses": [_clause(one.counts, one) for one in week.clauses],
        "counted": [word for word in COUNTED if any(word in dict(one.counts) for one in week.clauses)],
        "trend": [(moment_text(one.as_of), one) for one in week.trend],
        "first": week.first,
        "gone": week.gone,
        "funnels": _funnels(week.funnels, week.head.town, bases),
        "majors": week.majors,
        "suggested": week.suggested,
        "proposed": _proposed(week),
        "findings": len(week.findings),
        "towns": sorted({one.finding.town for one in week.findings if one.finding.town}, key=_order(week.heat)),
        "asked": [one for one in week.readings if one.asked],
        "others": [one for one in week.readings if not one.asked],
        "gaps": week.gaps,
        "anomalies": week.anomalies if week.head.audience is Audience.SECTION else (),
        "internal": week.head.audience is not Audience.TOWN,
        "weekly": week.head.audience in (Audience.LEADERS, Audience.SECTION),
    }
    return shown, bases.found


def _order(heat: Heat) -> Any:
    places = {town: index for index, town in enumerate(heat.towns)}
    return lambda town: (places.get(town, len(places)), town)


def _line(one: Line, bases: Bases) -> list[dict[str, Any]]:
    return [{"text": part.text, "strong": part.strong, "basis": bases.add(part)} for part in one]


def _section(one: Section, bases: Bases) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "lines": [_line(item, bases) for item in one.lines],
        "table": _table(one.table, bases) if one.table is not None else None,
        "choices": one.choices,
        "note": one.note,
    }


def _table(one: Table, bases: Bases) -> dict[str, Any]:
    rows = [[(column, _line(cell, bases)) for column, cell in zip(one.columns, row, strict=True)] for row in one.rows]
    return {"caption": one.caption, "columns": one.columns, "rows": rows, "note": one.note}


def _heat(week: Week) -> dict[str, Any] | None:
    """Rows are the obligations with something to look at, columns the towns: so that it fits an upright sheet.

    A cell says what there is in words as well as in colour.
    """
    heat, known = week.heat, {one.id: one for one in week.clauses}
    if not heat.obligations:
        return None
    return {
        "towns": [{"shown": town or "县级", "name": town} for town in heat.towns],
        "rows": [
            {"item": known[name], "cells": [_cell(row[index]) for row in heat.cells]}
            for index, name in enumerate(heat.obligations)
        ],
    }


def _cell(cell: tuple[int, int, int, int] | None) -> dict[str, Any]:
    if cell is None:
        return {"kind": "none", "text": "", "said": "无此项"}
    parts = [(SHORT[index], count, STATUSES[index].chinese) for index, count in enumerate(cell) if count]
    if not parts:
        return {"kind": "clear", "text": "·", "said": "没有"}
    kind = KINDS[next(index for index, count in enumerate(cell) if count)]
    text = " ".join(f"{short}{count}" for short, count, _ in parts)
    return {"kind": kind, "text": text, "said": "，".join(f"{words}{count}项" for _, count, words in parts)}


def _clause(counts: Iterable[tuple[str, int]], one: Any) -> dict[str, Any]:
    return {"item": one, "counts": dict(counts)}


def _proposed(week: Week) -> list[dict[str, Any]]:
    """The candidates by measure: those of the list by tier, first; the others after them, in the order of the list."""
    known = {one.finding.fingerprint: one.finding for one in week.findings}
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in sorted(week.proposed, key=lambda item: not item.listed):
        rests = [(name, known[name].title if name in known else "") for name in one.fingerprints]
        groups.setdefault((one.measure, one.tier), []).append({"item": one, "rests": rests})
    return [{"title": f"{measure}·{tier}", "items": items} for (measure, tier), items in groups.items()]


def _funnels(funnels: Sequence[Funnel], town: str, bases: Bases) -> list[dict[str, Any]]:
    """Each funnel of the edition, with a row for each town where it has them."""
    return [
        {
            "title": one.title,
            "stages": [
                {"title": stage.title, "piece": _line((Piece(str(stage.count), (), stage.places),), bases)[0]}
                for stage in one.stages
            ],
            "towns": [item for item in funnels if item.title == one.title and item.town and not town],
        }
        for one in funnels
        if one.town == town
    ]
