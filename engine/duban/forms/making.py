"""From a filled workbook to the lists: the problems each once, the figures counted and added up, the numbers of the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duban.errors import Issue, Place, Severity
from duban.forms.desk import Desk, opened
from duban.forms.figures import Value, count_figure, count_values, counted_rows, reckon
from duban.forms.filled import Filled, read_filled
from duban.forms.known import Before
from duban.forms.problems import Row, alike, problems_of
from duban.pack import Pack
from duban.pack.forms import Count, Figure, Forms
from duban.records.text import fold
from duban.vocabulary import ENVELOPE

# Nothing that was typed is cut off: a date too far ahead is told by the check of the records.
_EVER = datetime(2200, 1, 1)


@dataclass(frozen=True)
class Made:
    """All that the lists, the form and the draft are written from."""

    filled: Filled
    problems: list[Row]
    tables: Mapping[tuple[str, int], list[Row]]  # the problems in each table: by form and number of the part
    values: Mapping[str, Value]
    slots: Mapping[str, Any]
    issues: tuple[Issue, ...]
    nothing: bool = False  # the town says that there is no problem


def make(path: Path, pack: Pack, forms: Forms, day: date) -> Made:
    """Read a filled workbook and work out what goes into the lists. `day` stands in for an empty 填表日期.

    Raises DataError if the file is no town's workbook.
    """
    filled = read_filled(path, pack, forms, day)
    assert forms.problems is not None
    assert forms.town_pack is not None
    main = forms.problems.record
    with opened([path], pack, forms, _EVER) as desk:
        problems, odd = problems_of(desk, filled.town, _shows(forms))
        frames = {sheet.record: desk.select(sheet.record) for sheet in forms.town_pack.sheets}
        frames |= {forms.town_pack.roster: desk.select(forms.town_pack.roster), main: _plain(pack, main, problems)}
        # A town's own workbook needs no 报送时间: it is not handed in yet.
        issues = [*filled.issues, *(issue for issue in desk.issues if issue.code != "D402"), *odd]
        owner = owner_of(pack, main, forms.town_pack.roster)
        for row in problems:
            posts = filled.posts.get(str(row.get(owner)), {})
            row.update({f"post:{name}": posts.get(name, "") for name in forms.posts})  # no field is called so
    with opened({name: rows for name, rows in frames.items() if rows}, pack, forms, _EVER) as desk:
        issues += alike(desk)
        values = _values(desk, filled, issues)
        tables = _tables(desk, filled, problems)
        slots = {**_slots(filled, values), **_numbers(desk, filled)}
    nothing = fold(pack.records[main].title) in filled.nothing
    if not problems and not nothing:
        message = f"“{pack.records[main].title}”没有记录，又没有写明“无”，清单空着，不写“无”"
        issues.append(Issue("F122", message, Place(sheet="※填表说明"), "确实没有的，在“本月有无”选“无”"))
    return Made(filled, problems, tables, values, slots, tuple(_named(issues, path)), nothing)


def _named(issues: list[Issue], path: Path) -> list[Issue]:
    """Issues with the file they are about."""
    return [
        issue if issue.place.file else replace(issue, place=replace(issue.place, file=path.name)) for issue in issues
    ]


def _shows(forms: Forms) -> list[str]:
    """What the tables show of other records."""
    found = [column.shows for _, _, part in forms.parts() for column in part.columns if column.shows]
    return [*dict.fromkeys(found)]


def _plain(pack: Pack, main: str, problems: list[Row]) -> list[Row]:
    """The problems as records of the main type."""
    fields = [*pack.records[main].fields, *ENVELOPE]
    return [{name: row.get(name) for name in fields if name in row} for row in problems]


def owner_of(pack: Pack, record: str, roster: str) -> str:
    """The field of a record type that names a row of a roster; '' if none does."""
    for name, references in pack.records[record].references.items():
        if any(pack.schema.target(reference)[0] == roster for reference in references):
            return name
    return ""


# --- figures
def _values(desk: Desk, filled: Filled, issues: list[Issue]) -> dict[str, Value]:
    assert desk.forms.figures is not None
    found = {}
    for name, figure in desk.forms.figures.fields.items():
        before = filled.before.get(name, Before(None))
        current, values = _current(desk, filled, name, figure, issues)
        found[name] = reckon(figure, current, values, before)
        title = desk.pack.records[desk.forms.figures.record].fields[name].title
        for remark in found[name].remarks:
            place = Place(sheet="※报表数字")
            issues.append(
                Issue("F120", f"“{title}”：{remark}", place, "报表上累计空着的，请核对后填", Severity.WARNING)
            )
    return found


def _current(
    desk: Desk, filled: Filled, name: str, figure: Figure, issues: list[Issue]
) -> tuple[float | None, tuple[str, ...]]:
    """A figure of the month. A sheet without a row of the month counts as nothing only if the cover says 无."""
    if figure.count is None:
        return filled.asked.get(name), ()
    count, period = figure.count, filled.period
    values = count_values(desk, count, filled.town, period) if count.distinct else ()
    number = count_figure(desk, count, filled.town, period)
    record = desk.pack.records[count.record]
    if number or fold(record.title) in filled.nothing:
        return number, values
    if counted_rows(desk, Count.model_validate({"record": count.record, "on": record.time}), filled.town, period):
        return number, values
    assert desk.forms.figures is not None
    title = desk.pack.records[desk.forms.figures.record].fields[name].title
    message = f"“{record.title}”没有本月的记录，又没有写明“无”，报表上“{title}”空着"
    issues.append(Issue("F121", message, Place(sheet="※填表说明"), "确实没有的，在“本月有无”选“无”", Severity.WARNING))
    return None, ()


def _tables(desk: Desk, filled: Filled, problems: list[Row]) -> dict[tuple[str, int], list[Row]]:
    """The problems that stand in each table: all, or those that its condition names and that are known by then."""
    spec = desk.forms.problems
    assert spec is not None
    time = desk.pack.records[spec.record].time
    found = {}
    for name, form in desk.forms.forms.items():
        for index, part in enumerate(form.parts):
            rows = problems
            if part.rows.where:
                chosen = desk.select(spec.record, filled.town, part.rows.where, filled.period)
                keys = {str(row.get(spec.key)) for row in chosen}
                rows = [
                    row for row in problems if str(row.get(spec.key)) in keys and _by(row.get(time), filled.through)
                ]
            found[name, index] = rows
    return found


def _by(value: Any, day: date) -> bool:
    found = value.date() if isinstance(value, datetime) else value
    return isinstance(found, date) and found <= day


# --- the numbers of the draft
def _slots(filled: Filled, values: Mapping[str, Value]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "jurisdiction": filled.jurisdiction, "town": filled.town,
        "month_text": f"{filled.month.year}年{filled.month.month}月",
        "through_text": f"{filled.through.year}年{filled.through.month}月{filled.through.day}日",
    }  # fmt: skip
    for name, value in values.items():
        found[name], found[f"{name}_total"] = value.current, value.total
    return found


def _numbers(desk: Desk, filled: Filled) -> dict[str, int]:
    """The numbers that forms.yaml names for the draft: of the roster at the end of the data, of other records as they are."""
    found = {}
    for name, number in (desk.forms.progress.numbers if desk.forms.progress is not None else {}).items():
        if desk.pack.records[number.record].is_roster:
            rows = desk.roster(number.record, filled.town, filled.through, number.where)
        else:
            rows = desk.select(number.record, filled.town, number.where, filled.period)
        found[name] = len(rows)
    return found
