"""The problems that the three lists list: hazards of the ledger, and those of other types that are not in it yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from duban.errors import Issue, Place, Severity
from duban.forms.desk import Desk
from duban.pack.forms import Problems as Spec
from duban.pack.lint_forms import town_chain
from duban.records.text import fold
from duban.report.layout import some

Row = dict[str, Any]


def problems_of(desk: Desk, town: str, shows: Iterable[str]) -> tuple[list[Row], list[Issue]]:
    """The problems of a town, each once, in the order of their days; and what is odd about them.

    A row has the fields of the main type, of what it refers to (`shows`), and those that only another type has.
    """
    spec = desk.forms.problems
    assert spec is not None
    chain = town_chain(desk.pack, desk.forms, spec.record) or ""
    wanted = [*dict.fromkeys([*shows, chain])]
    rows = desk.select(spec.record, shows=wanted)
    by_key = {str(row[spec.key]): row for row in rows if row.get(spec.key)}
    by_content = {mark: row for row in rows if (mark := _mark(row, spec)) is not None}
    for source in spec.also:
        for other in desk.select(source.record, where=source.where, shows=wanted):
            row = {**other, **{mine: other.get(theirs) for mine, theirs in source.fields.items()}, **source.sets}
            mark = _mark(row, spec)
            known = by_key.get(str(row.get(spec.key))) or (by_content.get(mark) if mark is not None else None)
            if known is None:
                rows.append(row)
                continue
            for name, value in row.items():  # what only the other record says
                if known.get(name) is None:
                    known[name] = value
    rows.sort(key=lambda row: (str(row.get(desk.pack.records[spec.record].time) or "9"), str(row.get(spec.key) or "")))
    theirs = [row for row in rows if row.get(chain) != town]
    return [row for row in rows if row.get(chain) in (town, None)], _strangers(desk, town, chain, theirs)


def _mark(row: Mapping[str, Any], spec: Spec) -> tuple[str, ...] | None:
    """What two rows of different types have in common if they are one problem; None where something is empty."""
    values = [row.get(name) for name in spec.same]
    return (
        tuple(fold(str(value)) for value in values) if values and all(value is not None for value in values) else None
    )


def _strangers(desk: Desk, town: str, chain: str, rows: list[Row]) -> list[Issue]:
    """Rows of another town, which are left out, and of nobody that is known, which stay: both are said."""
    spec = desk.forms.problems
    assert spec is not None
    place = Place(sheet=desk.pack.records[spec.record].title)
    others = [str(row.get(spec.key)) for row in rows if row.get(chain) is not None]
    nobody = [str(row.get(spec.key)) for row in rows if row.get(chain) is None]
    issues = []
    if others:
        message = f"{len(others)}条不是{town}的企业，没有列入：{some(others)}"
        issues.append(Issue("F110", message, place, "请核对企业编号", Severity.WARNING))
    if nobody:
        message = f"{len(nobody)}条看不出是哪家企业，列入清单，没有计入报表：{some(nobody)}"
        issues.append(Issue("F112", message, place, "请补填企业编号，或在企业名册里补上这家企业"))
    return issues


def alike(desk: Desk) -> list[Issue]:
    """Problems under two numbers that may be one: which, only a person can say. `desk`: the problems themselves."""
    spec = desk.forms.problems
    if spec is None or spec.alike is None:
        return []
    record = desk.pack.records[spec.record]
    found: dict[tuple[str, ...], list[str]] = {}
    for row in desk.select(spec.record, where=spec.alike.where):
        if all(row.get(name) is not None for name in spec.alike.fields):
            mark = tuple(str(row[name]) for name in spec.alike.fields)
            found.setdefault(mark, []).append(str(row.get(spec.key)))
    return [
        Issue(
            "F111",
            f"{'、'.join(keys)}（{'，'.join(mark)}）是不是同一条？",
            Place(sheet=record.title),
            "是同一条的，把编号改成一样，清单里就只列一次；不是的不用改",
            Severity.WARNING,
        )
        for mark, keys in found.items()
        if len(keys) > 1
    ]
