"""Lists and forms held against each other: one key in all three lists, and each figure beside its recount.

A reported figure is never replaced. What cannot be recounted from what was handed in is said to be so, not passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from duban.errors import Issue, Severity
from duban.forms.desk import Desk, opened
from duban.forms.figures import count_figure
from duban.forms.handed import Handed, handed_in, list_forms, records_in
from duban.forms.texts import shown
from duban.pack import Pack
from duban.pack.forms import Figures, Forms, load_forms
from duban.records.drawn import DrawnPart, DrawnRow
from duban.report.layout import aligned

_EVER = datetime(2200, 1, 1)


@dataclass(frozen=True)
class Compared:
    """A reported figure and its recount; None is not reported, or cannot be recounted from what is here."""

    town: str
    month: date | None
    title: str
    reported: float | None
    recount: float | None
    basis: str

    @property
    def verdict(self) -> str:
        if self.recount is None:
            return "无从重数"
        if self.reported is None:
            return "没有填"
        return "相符" if abs(self.reported - self.recount) < 1e-6 else "不符"


@dataclass
class Result:
    """What does not agree, and every figure beside its recount."""

    issues: list[Issue] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    unmatched: dict[tuple[str, date | None], int] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """As a screen shows it."""
        for (town, month), number in self.unmatched.items():
            yield (
                f"{town}{month:%Y年%m月}：问题清单里没有整改或责任对应行的{number}条"
                if month
                else f"{town}：{number}条"
            )
        if self.compared:
            rows = [["镇", "月份", "栏目", "重数依据", "报的", "重数", ""]]
            rows += [
                [
                    one.town,
                    f"{one.month:%Y-%m}" if one.month else "",
                    one.title,
                    one.basis,
                    shown(one.reported),
                    shown(one.recount),
                    one.verdict,
                ]
                for one in self.compared
            ]
            yield from aligned(rows, left=4)


def crosscheck(parts: Sequence[DrawnPart], pack: Pack, forms: Forms) -> Result:
    """Check what was handed in, sender by sender, month by month."""
    result = Result()
    everything = handed_in(parts, forms)
    for handed in everything:
        _Lists(handed, pack, forms, result).check()
        if forms.figures is not None:
            _Form(handed, pack, forms, forms.figures, result, everything).check()
    return result


def comparing(pack: Pack) -> Callable[[Sequence[DrawnPart]], list[Issue]]:
    """For a check of a hand-in: its three lists and its form against each other."""

    def compare(parts: Sequence[DrawnPart]) -> list[Issue]:
        return crosscheck(parts, pack, load_forms(pack)).issues

    return compare


class _Lists:
    """The three lists of one sender: one key, each problem once in each."""

    def __init__(self, handed: Handed, pack: Pack, forms: Forms, result: Result) -> None:
        self.handed, self.pack, self.forms, self.result = handed, pack, forms, result
        self.names = list_forms(forms)
        self.key = forms.problems.key if forms.problems is not None else ""

    def check(self) -> None:
        there = [name for name in self.names if name in self.handed.parts]
        if not there:
            return
        for name in self.names:
            if name not in there:
                message = f"{self.handed.town or '报来的文件'}没有“{self.forms.forms[name].sheet}”"
                place = self.handed.parts[there[0]][0].place()
                self.issue("F200", message, place, "三张清单要一起报，没有问题的也要报，写“无”")
        keys = {name: self._keys(name) for name in there}
        for name in there:
            self._nothing(name)
            self._needed(name)
        base = self.names[0]
        if base not in there:
            return
        unmatched: set[str] = set()
        for name in there:
            if name == base:
                continue
            unmatched |= self._missing(base, keys[base], name, keys[name])
            self._differing(base, keys[base], name, keys[name])
        if len(there) > 1:
            self.result.unmatched[self.handed.town, self.handed.month] = len(unmatched)

    def _keys(self, name: str) -> dict[str, tuple[DrawnPart, DrawnRow]]:
        """The rows of a list by key; one without, or twice the same, is told."""
        found: dict[str, tuple[DrawnPart, DrawnRow]] = {}
        sheet = self.forms.forms[name].sheet
        title = self._title(name, self.key)
        for part, row in self.handed.rows(name):
            key = str(row.values.get(self.key) or "")
            if not key:
                message = f"第{row.row}行没有“{title}”，无法与其他两张清单对应"
                self.issue("F205", message, part.place(row.row, title), "三张清单用同一个编号")
            elif key in found:
                message = f"第{row.row}行“{key}”在“{sheet}”里不止一行，前面在第{found[key][1].row}行"
                self.issue(
                    "F204", message, part.place(row.row, title), "一个问题一行；是两个问题的，编号要分开", value=key
                )
            else:
                found[key] = part, row
        return found

    def _missing(
        self, base: str, mine: Mapping[str, tuple[DrawnPart, DrawnRow]], name: str, theirs: Mapping[str, tuple[DrawnPart, DrawnRow]]
    ) -> set[str]:  # fmt: skip
        """Problems that the other list lacks (returned), and rows of it that are no problem."""
        sheet, own = self.forms.forms[name].sheet, self.forms.forms[base].sheet
        code = "F201" if name == self.names[1] else "F202"
        for key, (part, row) in mine.items():
            if key not in theirs:
                message = f"第{row.row}行“{key}”在“{sheet}”里没有对应的行"
                self.issue(
                    code, message, part.place(row.row, self._title(base, self.key)), f"请在“{sheet}”里补上", value=key
                )
        for key, (part, row) in theirs.items():
            if key not in mine:
                message = f"第{row.row}行“{key}”在“{own}”里没有"
                self.issue(
                    "F203",
                    message,
                    part.place(row.row, self._title(name, self.key)),
                    f"请核对编号，或在“{own}”里补上",
                    value=key,
                )
        return {key for key in mine if key not in theirs}

    def _differing(
        self, base: str, mine: Mapping[str, tuple[DrawnPart, DrawnRow]], name: str, theirs: Mapping[str, tuple[DrawnPart, DrawnRow]]
    ) -> None:  # fmt: skip
        """What two lists say about one problem, and do not say alike."""
        for key, (part, row) in theirs.items():
            if key not in mine:
                continue
            here, there = {**mine[key][1].values, **mine[key][1].others}, {**row.values, **row.others}
            for word in sorted(set(here) & set(there) - {self.key}):
                if here[word] != there[word]:
                    title = self._title(name, word.removeprefix("shows:"))
                    own = self.forms.forms[base].sheet
                    message = f"第{row.row}行“{key}”的“{title}”与“{own}”第{mine[key][1].row}行不一样"
                    self.issue("F206", message, part.place(row.row, title), "请核对哪一张是对的", Severity.WARNING, key)

    def _nothing(self, name: str) -> None:
        """A list without a row must say 无: an empty one may be one that nobody filled in."""
        parts = self.handed.parts[name]
        if not any(part.rows or part.nothing for part in parts):
            message = f"“{self.forms.forms[name].sheet}”是空的，没有写“无”"
            self.issue("F208", message, parts[0].place(), "没有问题的写“无”，空表不作为没有问题")

    def _needed(self, name: str) -> None:
        for part, row in self.handed.rows(name):
            there = {**row.values, **row.others}
            empty = [
                column.heading
                for column in self.forms.forms[name].parts[part.index].columns
                if column.needed and not column.serial and column.heading not in part.missing
                and there.get(column.field or f"post:{column.post}") in (None, "")
            ]  # fmt: skip
            if empty:
                message = f"第{row.row}行“{row.values.get(self.key, '')}”没有填{'、'.join(empty)}"
                self.issue(
                    "F207",
                    message,
                    part.place(row.row, empty[0]),
                    "请补填；确实没有的说明原因",
                    Severity.WARNING,
                    str(row.values.get(self.key, "")),
                )

    def _title(self, name: str, word: str) -> str:
        columns = self.forms.forms[name].parts[0].columns
        return next((column.heading for column in columns if word in (column.field, column.shows)), word)

    def issue(
        self, code: str, message: str, place: Any, hint: str, severity: Severity = Severity.ERROR, value: str = ""
    ) -> None:
        """`value`: the key of the problem, by which a baseline knows it when rows move."""
        self.result.issues.append(Issue(code, message, place, hint, severity, value))


class _Form:
    """The form of one sender and month: recounted from its lists, added up, held against its details."""

    def __init__(
        self, handed: Handed, pack: Pack, forms: Forms, figures: Figures, result: Result, everything: list[Handed]
    ) -> None:
        self.handed, self.pack, self.forms, self.figures, self.result = handed, pack, forms, figures, result
        self.previous = next(
            (one for one in everything if one.town == handed.town and _follows(one.month, handed.month)), None
        )
        self.titles = {name: self.pack.records[figures.record].fields[name].title for name in figures.fields}

    def check(self) -> None:
        for name, form in self.forms.forms.items():
            for index, spec in enumerate(form.parts):
                if not spec.lines or spec.record != self.figures.record:
                    continue
                lines = self._lines(name, index)
                if self.figures.current in lines:
                    self._recount(*lines[self.figures.current])
                    self._details(name, *lines[self.figures.current])
                self._within(lines)
                self._sums(name, index, lines)

    def _lines(self, name: str, index: int, handed: Handed | None = None) -> dict[str, tuple[DrawnPart, DrawnRow]]:
        rows = (handed or self.handed).rows(name, index)
        return {str(row.values.get(self.figures.line)): (part, row) for part, row in rows}

    def _recount(self, part: DrawnPart, row: DrawnRow) -> None:
        """Each figure beside what the lists say. Figures of other records cannot be recounted here."""
        period = self.handed.period(self.figures)
        lists = [self.forms.forms[name].sheet for name in list_forms(self.forms) if name in self.handed.parts]
        main = self.forms.problems.record if self.forms.problems is not None else ""
        records = records_in(self.handed, self.forms)
        counts: dict[str, float] = {}
        if period is not None and lists and main in records:
            frames = {main: records[main], **_owners(self.pack, self.forms, main, records[main], self.handed.town)}
            with opened(frames, self.pack, self.forms, _EVER) as desk:
                counts = dict(self._counts(desk, main, period))
        for name, title in self.titles.items():
            reported = row.values.get(name)
            recount = counts.get(name)
            basis = "、".join(lists) if recount is not None else "需台账"
            one = Compared(self.handed.town, self.handed.month, title, reported, recount, basis)
            self.result.compared.append(one)
            place = part.place(row.row, title)
            if reported is None:
                self.warn("F211", f"“{title}”没有填", place, "没有的填0，空着不作为0")
            elif one.verdict == "不符":
                message = f"“{title}”报{reported:g}，按{basis}重数为{recount:g}"
                self.warn("F210", message, place, "数据存疑，请核对；报的数字不改动")

    def _counts(self, desk: Desk, main: str, period: tuple[date, date]) -> Iterator[tuple[str, float]]:
        for name, figure in self.figures.fields.items():
            if figure.count is not None and figure.count.record == main:
                yield name, count_figure(desk, figure.count, self.handed.town, period)

    def _details(self, form: str, part: DrawnPart, row: DrawnRow) -> None:
        """As many rows of details as the figure says."""
        for index, spec in enumerate(self.forms.forms[form].parts):
            if not spec.details:
                continue
            number = len(list(self.handed.rows(form, index)))
            reported = row.values.get(spec.details)
            title = self.titles[spec.details]
            self.result.compared.append(
                Compared(self.handed.town, self.handed.month, title, reported, number, spec.title)
            )
            if reported is not None and reported != number:
                message = f"“{title}”报{reported:g}，“{spec.title}”有{number}行"
                self.warn("F212", message, part.place(row.row, title), "每一条重大隐患都要列明细和整改计划")

    def _within(self, lines: Mapping[str, tuple[DrawnPart, DrawnRow]]) -> None:
        """What must hold inside a line: no more fixed than found. Of the month it may be older ones; of 累计 never."""
        for line, (part, row) in lines.items():
            summed = line == self.figures.total
            severity = Severity.ERROR if summed else Severity.WARNING
            hint = "请核对" if summed else "请核对；以前排查、本月整改的也计入的，请注明"
            for name, figure in self.figures.fields.items():
                value, most = row.values.get(name), row.values.get(figure.at_most)
                if value is not None and most is not None and value > most:
                    title = self.titles[name]
                    message = f"{line}“{title}”{value:g}，大于“{self.titles[figure.at_most]}”{most:g}"
                    self.result.issues.append(Issue("F213", message, part.place(row.row, title), hint, severity))

    def _sums(self, form: str, index: int, lines: Mapping[str, tuple[DrawnPart, DrawnRow]]) -> None:
        """累计 against the month, and against the form of the month before where that is here, too."""
        if self.figures.total not in lines or self.figures.current not in lines:
            return
        before = self._lines(form, index, self.previous).get(self.figures.total) if self.previous is not None else None
        part, row = lines[self.figures.total]
        for name, figure in self.figures.fields.items():
            now, total = lines[self.figures.current][1].values.get(name), row.values.get(name)
            past = before[1].values.get(name) if before is not None else None
            if now is None or total is None:
                continue
            least = max(now, past or 0)
            if figure.cumulative == "adds" and past is not None and abs(total - past - now) > 1e-6:
                message = f"“{self.titles[name]}”累计{total:g}，上期累计{past:g}加本期{now:g}为{past + now:g}"
            elif total < least or (figure.cumulative == "distinct" and past is not None and total > past + now):
                most = f"和{past + now:g}之间" if past is not None and figure.cumulative == "distinct" else "以上"
                message = f"“{self.titles[name]}”累计{total:g}，应在{least:g}{most}"
            else:
                continue
            self.warn("F214", message, part.place(row.row, self.titles[name]), "数据存疑，请核对；报的数字不改动")

    def warn(self, code: str, message: str, place: Any, hint: str) -> None:
        self.result.issues.append(Issue(code, message, place, hint, Severity.WARNING))


def _follows(month: date | None, later: date | None) -> bool:
    """Whether a month is the one before another."""
    return month is not None and later is not None and (later - timedelta(days=1)).replace(day=1) == month


def _owners(
    pack: Pack, forms: Forms, main: str, rows: list[dict[str, Any]], town: str
) -> dict[str, list[dict[str, Any]]]:
    """The roster that a list implies: whoever stands in the list of a town belongs to it."""
    if forms.town_pack is None or forms.figures is None:
        return {}
    roster = forms.town_pack.roster
    key = pack.records[roster].key[0]
    field_name = next(
        (name for name, refs in pack.records[main].references.items() if any(ref.to == roster for ref in refs)), ""
    )
    names = [name for name in pack.records[roster].references if name == forms.figures.town]
    owners = sorted({str(row[field_name]) for row in rows if row.get(field_name)})
    return {roster: [{key: owner, names[0]: town} for owner in owners]} if names and owners else {}
