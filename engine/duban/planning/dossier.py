"""One page about one bearer, for the car: who it is, what is open, what was found there, what is due, what to look at.

Which records and fields are shown stands in plan.yaml; without it the page has what every notice has.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from duban.errors import Issue, UsageError
from duban.model import Verification
from duban.pack.obligation import handed_in_by
from duban.pack.planning import Dossier, Look, Planning, Section, Shown, ShownColumn, load_planning
from duban.planning.due import Group, due_of, said
from duban.planning.seen import Line, Seen, beside, day_of
from duban.report.layout import period as period_text
from duban.sqltext import literal, quote
from duban.verification import told, verified_of

if TYPE_CHECKING:
    from duban.auditing import Audit

GENERAL = (  # what every notice has
    Section(title="待核实事项", content="findings", most=8, empty="没有"),
    Section(title="近日到期", content="pending", most=8),
    Section(title="现场看什么", content="look", most=6),
    Section(title="台账报送", content="missing", most=4, empty="都已报到截至日"),
)
HAND_INS = "manifest/lines"
SEARCHED = 5  # names that an error proposes


@dataclass(frozen=True)
class Table:
    """A part of the page: headings with their share of the width, rows of texts, and how many there are in all."""

    title: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    empty: str


@dataclass(frozen=True)
class Page:
    """The whole page; `facts` are the labelled values at its head."""

    title: str
    name: str
    bearer_id: str
    as_of: datetime
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class _Subject:
    """The bearer that was asked for."""

    jurisdiction: str
    kind: str
    id: str
    name: str
    town: str

    @property
    def key(self) -> tuple[str, str]:
        return self.jurisdiction, self.id


def dossier_of(audit: Audit, who: str, planning: Planning | None = None) -> Page:
    """The page about a bearer by id, name or former name. Raises UsageError: nobody, or several, are called so."""
    words = planning or load_planning(audit.pack)
    spec = words.dossier
    kinds = [spec.bearer] if spec is not None else list(audit.pack.header.bearers)
    with beside(audit, _records(spec), kinds, also=[HAND_INS]) as seen:
        subject = _found(audit, seen, kinds, who)
        page = _Maker(audit, seen, subject, words)
        sections = spec.sections if spec is not None else GENERAL
        return Page(
            title=spec.title if spec is not None else "简况",
            name=subject.name,
            bearer_id=subject.id,
            as_of=audit.as_of,
            facts=tuple(page.facts(spec)),
            tables=tuple(page.table(section) for section in sections),
        )


def _records(spec: Dossier | None) -> list[str]:
    """The record types that a page reads."""
    if spec is None:
        return []
    named = [
        *(one.record for one in spec.head),
        *(one.record for one in spec.sections),
        *(one.record for one in spec.look),
    ]
    return list(dict.fromkeys(name for name in named if name))


def _found(audit: Audit, seen: Seen, kinds: list[str], who: str) -> _Subject:
    """The one bearer that is called so: by its id, else by its name, else by another name that its roster knows."""
    known: dict[str, list[_Subject]] = {}
    for kind in kinds:
        spec = audit.pack.header.bearers[kind]
        others = [name for name in audit.pack.records[spec.record].named_by if name != spec.name]
        for line in seen.roster(kind, "", others):
            one = _Subject(line["jurisdiction"], kind, line["who"], line["name"] or line["who"], line["town"] or "")
            for call in (line["who"], line["name"], *(value for name in others for value in _listed(line[name]))):
                if call and one not in known.setdefault(str(call).strip(), []):
                    known[str(call).strip()].append(one)
    found = known.get(who.strip(), [])
    exact = (
        [one for one in found if one.id == who.strip()] or [one for one in found if one.name == who.strip()] or found
    )
    if len(exact) == 1:
        return exact[0]
    if exact:
        shown = "、".join(f"{one.name}（{one.id}，{one.jurisdiction}）" for one in exact)
        raise UsageError(f"“{who}”不止一家", [Issue("U016", shown, hint="请写编号")])
    near = [name for name in known if who.strip() and who.strip() in name]
    near += [name for name in difflib.get_close_matches(who.strip(), known, n=SEARCHED, cutoff=0.4) if name not in near]
    hint = f"是否为 {'、'.join(near[:SEARCHED])}？" if near else "写编号、名称或曾用名"
    raise UsageError("名册里没有这家单位", [Issue("U016", f"没有“{who}”", hint=hint)])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


@dataclass
class _Maker:
    """Asks the audit and the records what one page shows."""

    audit: Audit
    seen: Seen
    subject: _Subject
    words: Planning

    # --- the head
    def facts(self, spec: Dossier | None) -> Iterator[tuple[str, str]]:
        """Labelled values that are there; of a pack without a page, all that the roster says of nobody in person."""
        record = self.audit.pack.header.bearers[self.subject.kind].record
        shown = list(spec.head) if spec is not None else self._all_of(record)
        own = [one.field for one in shown if not one.record]
        line = next(iter(self.seen.roster(self.subject.kind, "", own, self.subject.key)), {})
        for one in shown:
            text = self._posts(one) if one.record else cell(line.get(one.field))
            if text:
                unit = self.audit.pack.records[one.record or record].fields.get(one.field)
                yield one.title, text + (unit.unit if unit is not None else "")

    def _all_of(self, record: str) -> list[Shown]:
        fields = self.audit.pack.records[record].fields.items()
        return [Shown(title=spec.title, field=name) for name, spec in fields if not spec.personal]

    def _posts(self, one: Shown) -> str:
        lines = self.seen.belonging(one.record, self.subject.kind, one.where, [one.field], self.subject.key)
        return "、".join(dict.fromkeys(text for line in lines if (text := cell(line[one.field]))))

    # --- the parts
    def table(self, section: Section) -> Table:
        columns, rows = self._records(section) if section.record else self._content(section)
        return Table(section.title, columns, tuple(rows[: section.most]), len(rows), section.empty)

    def _records(self, section: Section) -> tuple[tuple[tuple[str, int], ...], list[tuple[str, ...]]]:
        shows = list(
            dict.fromkeys([*(column.field for column in section.columns), *([section.sort] if section.sort else [])])
        )
        lines = self.seen.belonging(section.record, self.subject.kind, section.where, shows, self.subject.key)
        if section.sort:  # stable: equal ones stay in the order of their event; those without a value come last
            filled = [line for line in lines if line[section.sort] is not None]
            filled.sort(key=lambda line: line[section.sort], reverse=section.newest)
            lines = filled + [line for line in lines if line[section.sort] is None]
        return _heads(section.columns), [
            tuple(cell(line[column.field]) for column in section.columns) for line in lines
        ]

    def _content(self, section: Section) -> tuple[tuple[tuple[str, int], ...], list[tuple[str, ...]]]:
        if section.content == "pending":
            return (("期限", 2), ("事项", 6), ("目前情况", 6)), list(self._pending(section))
        if section.content == "findings":
            return (("事项", 5), ("资料显示", 7), ("有利情况", 3), ("核实", 2)), list(self._findings(section))
        if section.content == "about":
            return (("由谁", 3), ("事项", 6), ("对应记录", 3), ("期限", 2)), list(self._about(section))
        if section.content == "look":
            return (("", 1),), [(text,) for text in self._look(section)]
        return (("", 3), ("", 14)), list(self._handed_in())

    def _pending(self, section: Section) -> Iterator[tuple[str, ...]]:
        """Its own duties due within the days of the page."""
        within = self.words.dossier.within if self.words.dossier is not None else 14
        due = due_of(self.audit, within, [self.subject.id], planning=self.words) if self._has_duties() else None
        for item in due.of(Group.PENDING) if due is not None else ():
            mine = (item.jurisdiction, item.bearer_kind, item.bearer_id)
            if mine == (self.subject.jurisdiction, self.subject.kind, self.subject.id) and _of(
                section, item.obligation
            ):
                about = "，".join(filter(None, (item.period, item.trigger_id)))
                yield (
                    f"{item.at}（余{item.days_left}天）",
                    item.title + (f"（{about}）" if about else ""),
                    "；".join(filter(None, (item.what, item.remark))),
                )

    def _has_duties(self) -> bool:
        return bool(self._duties("TRUE", "bearer"))

    def _findings(self, section: Section) -> Iterator[tuple[str, ...]]:
        """What is to be looked into of its own duties, danger first; what a person has cleared stands last, and says so."""
        loud = "status IN ('breached', 'late', 'manual')"
        rows = [row for row in self._duties(loud, "bearer") if _of(section, row["obligation"])]
        rows.sort(
            key=lambda row: (
                _cleared(row),
                row["status"] != "breached",
                row["alert"] != "红",
                str(row["due"]),
                row["fingerprint"],
            )
        )
        for row in rows:
            item = self.audit.pack.obligation(row["obligation"])
            period = period_text(row["period_start"], row["period_end"]) if item.unit else ""
            about = "，".join(filter(None, (period, row["trigger_id"])))
            status = {"late": "逾期达到", "manual": "需人工认定"}.get(row["status"], "")
            facts = "；".join(filter(None, (status, said(row["message"], item.title))))
            yield item.title + (f"（{about}）" if about else ""), facts, row["speaks_for"] or "", told(verified_of(row))

    def _about(self, section: Section) -> Iterator[tuple[str, ...]]:
        """What others have to do about it: open duties, those that are overdue first."""
        open_ = "status IN ('pending', 'breached') AND trigger_id <> ''"
        for row in self._duties(open_, "about"):
            if _of(section, row["obligation"]):
                due = (
                    ""
                    if row["due"] is None
                    else f"{day_of(row['due'])}" + ("（已过）" if row["status"] == "breached" else "")
                )
                title = self.audit.pack.obligation(row["obligation"]).title
                yield row["bearer_name"] or row["bearer_id"], title, row["trigger_id"], due

    def _duties(self, where: str, role: str) -> list[Line]:
        """Its own duties (`bearer`), or those of others about it (`about`)."""
        cursor = self.audit.connection.execute(
            f"SELECT * FROM duties WHERE jurisdiction = ? AND {role}_kind = ? AND {role}_id = ? AND ({where}) ORDER BY due, fingerprint",
            [self.subject.jurisdiction, self.subject.kind, self.subject.id],
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    # --- what to look at
    def _look(self, section: Section) -> Iterator[str]:
        """What the notice says to look at on such a site, then what no record can show of what is open."""
        for look in self.words.dossier.look if self.words.dossier is not None else ():
            if self._looks(look):
                yield look.text
        rows = self._duties("status IN ('breached', 'manual') AND enforceable", "bearer")
        for name in dict.fromkeys(row["obligation"] for row in rows if not _cleared(row)):
            item = self.audit.pack.obligation(name)
            if item.cannot_see and _of(section, name):
                yield f"{item.title}：资料看不到{item.cannot_see}"

    def _looks(self, look: Look) -> bool:
        if look.record:
            return bool(self.seen.belonging(look.record, self.subject.kind, look.where, (), self.subject.key))
        return any(line["met"] for line in self.seen.roster(self.subject.kind, look.where, (), self.subject.key))

    def _handed_in(self) -> Iterator[tuple[str, ...]]:
        """Up to which day its records were handed in, for each type that its duties read: what reaches least far first."""
        last = {line["record_type"]: line["through"] for line in self._lines()}
        today = day_of(self.audit.as_of)
        found: dict[date | None, list[str]] = {}
        for record in self._read_by_duties():
            through = last.get(record)
            if through is None or through < today:
                found.setdefault(through, []).append(self.audit.pack.records[record].title)
        for day, titles in sorted(found.items(), key=lambda item: (item[0] is not None, item[0] or date.min)):
            yield f"报到{day}" if day is not None else "没有报过", "、".join(titles)

    def _lines(self) -> list[Line]:
        """The last day covered of each record type, by whoever may hand in for it."""
        spec = self.audit.pack.header.bearers[self.subject.kind]
        line = next(iter(self.seen.roster(self.subject.kind, "", spec.reports_through, self.subject.key)), {})
        senders = [self.subject.id, *(str(one) for name in spec.reports_through for one in _listed(line.get(name)))]
        told = literal(senders)
        return self.seen.lines(
            "SELECT record_type, CAST(max(e) - INTERVAL 1 DAY AS DATE) AS through FROM "
            f"{quote(HAND_INS)} WHERE jurisdiction = ? AND list_contains({told}, sender) AND list_contains({told}, subject) GROUP BY record_type",
            [self.subject.jurisdiction],
        )

    def _read_by_duties(self) -> list[str]:
        """The record types that its duties read and that it, or whom it reports through, has to hand in."""
        pack = self.audit.pack
        names: list[str] = []
        for name in dict.fromkeys(row["obligation"] for row in self._duties("status <> 'not_applicable'", "bearer")):
            item = pack.obligation(name)
            needs = item.test.needs(item.each.record if item.each is not None else "")
            names += [
                need.record
                for need in needs
                if not handed_in_by(item, need.record, pack.records[need.record].handed_in_by)
            ]
        return [name for name in dict.fromkeys(names) if not pack.assumes(name)]


def _of(section: Section, obligation: str) -> bool:
    return not section.obligations or obligation in section.obligations


def _cleared(row: Line) -> bool:
    return bool(row["verification"] == Verification.CLEARED.value)


def _heads(columns: tuple[ShownColumn, ...]) -> tuple[tuple[str, int], ...]:
    return tuple((column.title, column.width) for column in columns)


def cell(value: Any) -> str:
    """A value as a reader sees it: whole numbers without a point, moments to the minute, lists joined."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.min.time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)
