"""Lists and forms that were handed in, as records: those of one sender and month together, the lists put side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from duban.forms.known import month_of
from duban.pack.forms import Figures, Forms
from duban.records.drawn import DrawnPart, DrawnRow


@dataclass
class Handed:
    """What one sender handed in for one month: parts by form. A list may come in several sheets."""

    town: str
    month: date | None
    parts: dict[str, list[DrawnPart]] = field(default_factory=dict)

    def rows(self, form: str, index: int = 0) -> Iterator[tuple[DrawnPart, DrawnRow]]:
        """The rows of one table of a form, each with the part that it stands in."""
        for part in self.parts.get(form, ()):
            if part.index == index:
                for row in part.rows:
                    yield part, row

    def period(self, figures: Figures) -> tuple[date, date] | None:
        """The days that its figures count: to the day on which they were filled in, within the month."""
        if self.month is None:
            return None
        first, last = month_of(self.month)
        rows = [row.values for parts in self.parts.values() for part in parts for row in part.rows]
        made = max((row[figures.made_on] for row in rows if figures.made_on in row), default=None)
        return first, min(last, made) if made is not None and made >= first else last


def handed_in(parts: Iterable[DrawnPart], forms: Forms) -> list[Handed]:
    """The parts by sender and month, in order. What names no sender or month goes with the only one there is."""
    found: dict[tuple[str, date | None], Handed] = {}
    for part in parts:
        town = town_of(part, forms)
        found.setdefault((town, part.month), Handed(town, part.month)).parts.setdefault(part.form, []).append(part)
    named = [key for key in found if all(key)]
    if len(named) == 1:
        whole = found[named[0]]
        for key, other in found.items():
            if key != named[0] and (key[0] in ("", whole.town)) and key[1] in (None, whole.month):
                for form, parts in other.parts.items():
                    whole.parts.setdefault(form, []).extend(parts)
        return [whole, *(other for key, other in found.items() if key != named[0] and not _joined(key, whole))]
    return list(found.values())


def _joined(key: tuple[str, date | None], whole: Handed) -> bool:
    return key[0] in ("", whole.town) and key[1] in (None, whole.month)


def town_of(part: DrawnPart, forms: Forms) -> str:
    """Whose form it is, by its head."""
    figures = forms.figures
    for cell in forms.forms[part.form].head:
        if figures is not None and cell.field == figures.town and cell.title in part.head:
            before, _, after = cell.shown.partition("{}")
            value = part.head[cell.title]
            return value.removeprefix(before).removesuffix(after) or value
    return ""


def list_forms(forms: Forms) -> list[str]:
    """The lists of problems; the first is the one that the others must answer to."""
    if forms.problems is None:
        return []
    return [name for name, form in forms.forms.items() if form.parts[0].record == forms.problems.record]


def problems_in(handed: Handed, forms: Forms) -> list[dict[str, Any]]:
    """The problems of the lists, each once: what the lists say about one key, put together; the first list goes first."""
    assert forms.problems is not None
    key = forms.problems.key
    found: dict[str, dict[str, Any]] = {}
    loose: list[dict[str, Any]] = []
    for name in list_forms(forms):
        for _, row in handed.rows(name):
            mark = row.values.get(key)
            target = found.setdefault(str(mark), {}) if mark else {}
            if not mark:
                loose.append(target)
            for field_name, value in row.values.items():
                target.setdefault(field_name, value)
            for other, text in row.others.items():
                target.setdefault(other, text)
    return [*found.values(), *loose]


def records_in(handed: Handed, forms: Forms) -> dict[str, list[dict[str, Any]]]:
    """All that was handed in as records by type: the problems once, the figures and details as they stand."""
    found: dict[str, list[dict[str, Any]]] = {}
    lists = set(list_forms(forms))
    for name, parts in handed.parts.items():
        for part in parts:
            if name not in lists:
                found.setdefault(part.record, []).extend(dict(row.values) for row in part.rows)
    if forms.problems is not None and lists & set(handed.parts):
        rows = problems_in(handed, forms)
        found[forms.problems.record] = [{name: value for name, value in row.items() if ":" not in name} for row in rows]
    return found
