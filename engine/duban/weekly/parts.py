"""The parts of a week below its first screen: findings, candidates, obligations, heat, funnel, archive, readings, gaps, leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from duban.auditing import Audit
from duban.model import Candidate, Course, Finding, Judgement, Life, Past, Status
from duban.pack.pack import Pack
from duban.pack.questions import questions, readers
from duban.pack.weekly import Weekly
from duban.report.layout import period
from duban.report.papers.bureau import Bureau
from duban.report.papers.towns import in_order
from duban.report.week import (
    Anomaly,
    Clause,
    Due,
    Funnel,
    Gap,
    Heat,
    Major,
    Proposed,
    Reading,
    Rule,
    Shown,
    Stage,
    Tally,
)
from duban.weekly.facts import Facts, Row, rows
from duban.weekly.text import BLANK, NOT_REPORTED, last_day, long_day, plain, short_day
from duban.weekly.text import fill as filled

HEATED = (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN)


# --- findings and candidates
def shown_findings(
    pack: Pack, findings: Iterable[Finding], judgement: Judgement, past: Past, apart: Sequence[str]
) -> tuple[Shown, ...]:
    """Every finding with what has become of it and what rests on it: danger first, then what counts, then the longest open."""
    lives = {life.fingerprint: life for life in past.lives}
    resting = _resting(pack, judgement)
    kinds = pack.header.bearers
    found = [
        _shown(one, kinds[one.bearer_kind].title or one.bearer_kind, lives.get(one.fingerprint), resting, apart)
        for one in findings
    ]
    return tuple(sorted(found, key=_pressing))


def _shown(one: Finding, kind: str, life: Life | None, resting: Mapping[str, list[str]], apart: Sequence[str]) -> Shown:
    leads_to = tuple(dict.fromkeys(resting.get(one.fingerprint, ())))
    if life is None:
        return Shown(one, kind, apart=one.bearer_kind in apart, leads_to=leads_to)
    return Shown(
        one,
        kind,
        life.course.value,
        life.first_seen,
        life.weeks,
        life.late_data,
        one.bearer_kind in apart,
        leads_to,
    )


def _resting(pack: Pack, judgement: Judgement) -> dict[str, list[str]]:
    """Fingerprint → the measures and grounds that rest on it, each with its rule."""
    titles = {rule.id: rule.title for rule in pack.measures.rules}
    found: dict[str, list[str]] = {}
    for one in judgement.conclusions:
        what = one.measure or f"情形“{one.ground}”"
        for fingerprint in one.findings:
            found.setdefault(fingerprint, []).append(f"{what} ← {titles.get(one.rule, one.title)}（规则 {one.rule}）")
    return found


def _pressing(one: Shown) -> tuple[Any, ...]:
    finding = one.finding
    order = list(HEATED)
    place = order.index(finding.status) if finding.status in order else len(order)
    overdue = -(finding.days_overdue or 0)
    return (
        finding.alert != "红",
        place,
        not finding.enforceable,
        overdue,
        finding.clause,
        finding.bearer_id,
        finding.fingerprint,
    )


def proposed(pack: Pack, judgement: Judgement, apart: Sequence[str]) -> tuple[Proposed, ...]:
    """The candidates in the order of the list, by post."""
    return tuple(_proposed(pack, one, apart) for one in judgement.candidates)


def _proposed(pack: Pack, one: Candidate, apart: Sequence[str]) -> Proposed:
    rules = {rule.id: rule for rule in pack.measures.rules}
    spec = pack.measures.measures[one.measure]
    return Proposed(
        bearer_kind=one.bearer_kind,
        kind=one.bearer_title,
        bearer_id=one.bearer_id,
        bearer_name=one.bearer_name,
        town=one.town,
        measure=one.measure,
        tier=one.tier.value,
        listed=spec.listed,
        pointer=spec.pointer,
        grounds=one.grounds,
        post=one.addressee.post,
        convener=one.convener,
        clause=one.clause,
        nature=one.nature,
        procedure=one.procedure,
        rules=tuple(Rule(item.rule, rules[item.rule].title, rules[item.rule].clause) for item in one.conclusions),
        fingerprints=tuple(item.fingerprint for item in one.findings),
        speaks_for=one.speaks_for,
        to_verify=one.to_verify,
        earlier=one.earlier,
        flips=tuple(
            f"若 {flip.fingerprint} 一项已整改或经核实不成立："
            + (f"改列“{flip.becomes}”" if flip.becomes else "不再提出")
            for flip in one.flips
        ),
        verified=one.verified,
        stated=any(item.verified.statement for item in one.findings),
        red=one.red,
        apart=one.bearer_kind in apart,
    )


# --- obligations, heat
def tallies(facts: Facts) -> tuple[Tally, ...]:
    return tuple(Tally(**row) for row in facts.tallies)


def clauses(pack: Pack, counted: Sequence[Tally]) -> tuple[Clause, ...]:
    """The obligations that were judged, in the order of the notice."""
    found = dict.fromkeys(one.obligation for one in counted)
    return recount(
        tuple(
            Clause(
                item.id, item.clause, item.title, item.quote, item.reading, item.cannot_see, item.basis, item.law,
                item.bearer, pack.header.bearers[item.bearer].title or item.bearer,
            )
            for item in pack.obligations
            if item.id in found
        ),
        counted,
    )  # fmt: skip


def recount(found: Sequence[Clause], counted: Sequence[Tally]) -> tuple[Clause, ...]:
    """The same obligations with the numbers of these tallies; those of which nothing is counted are left out."""
    numbers: dict[str, dict[str, int]] = {}
    for one in counted:
        row = numbers.setdefault(one.obligation, {})
        word = "已澄清" if one.cleared else Status(one.status).chinese
        row[word] = row.get(word, 0) + one.count
    words = [*(status.chinese for status in Status), "已澄清"]
    return tuple(
        replace(item, counts=tuple((word, numbers[item.id][word]) for word in words if word in numbers[item.id]))
        for item in found
        if item.id in numbers
    )


def heat(counted: Sequence[Tally], shown: Sequence[Clause], towns: Sequence[str]) -> Heat:
    """Town × obligation, of the obligations with anything to look at; the county's own row comes last."""
    cells: dict[tuple[str, str], list[int]] = {}
    for one in counted:
        row = cells.setdefault((one.town, one.obligation), [0, 0, 0, 0])
        status = Status(one.status)
        if status in HEATED and not one.cleared:
            row[HEATED.index(status)] += one.count
    loud = {obligation for (_, obligation), row in cells.items() if any(row)}
    obligations = tuple(item.id for item in shown if item.id in loud)
    named = (*towns, *([""] if any(town == "" and name in loud for town, name in cells) else []))
    return Heat(
        named,
        obligations,
        tuple(tuple(_cell(cells.get((town, name))) for name in obligations) for town in named),
    )


def _cell(row: list[int] | None) -> tuple[int, int, int, int] | None:
    return None if row is None else (row[0], row[1], row[2], row[3])


def towns_of(counted: Sequence[Tally], bureau: Bureau) -> tuple[str, ...]:
    """All towns of the county in the bureau's order."""
    return tuple(in_order((one.town for one in counted if one.town), bureau))


# --- archive, funnel, what is due
def majors(weekly: Weekly, facts: Facts) -> tuple[Major, ...]:
    spec = weekly.majors
    if spec is None:
        return ()
    kept = bool(facts.rows("keepers"))
    return tuple(_major(weekly, row, kept) for row in facts.rows("majors"))


def _major(weekly: Weekly, row: Row, kept: bool) -> Major:
    spec = weekly.majors
    assert spec is not None
    state = spec.states[row["state"]] if row["state"] is not None else None
    due = row["due"]
    visited = f"{short_day(row['at'])}{row['level'] or ''}" if row["at"] else NOT_REPORTED
    keeper = "、".join(row["posts"] or ()) or ("未定" if kept else NOT_REPORTED)
    title = state.title if state is not None else "情况不明"
    return Major(
        hazard_id=row["id"],
        bearer_id=row["bearer_id"] or "",
        bearer_name=row["bearer_name"] or NOT_REPORTED,
        town=row["town"],
        hazard=plain(filled(spec.hazard, row["texts"])),
        found=short_day(row["found"]) if row["found"] else NOT_REPORTED,
        due=short_day(last_day(due)) if due else NOT_REPORTED,
        state=(state.of or state.title) if state is not None else title,
        part=title if state is not None and state.of else "",
        overdue=state is not None and state.overdue,
        closed=state is not None and state.closed,
        since=bool(row["since"]),
        days=row["days_overdue"],
        supervised=row["supervised"] or "未见",
        keeper=keeper,
        visited=visited,
        advice=state.advice if state is not None else "",
        fingerprint=row["fingerprint"] or "",
        place=row["place"],
        unproven=row["status"] == Status.UNPROVEN.value,
    )


def funnels(weekly: Weekly, facts: Facts, towns: Sequence[str]) -> tuple[Funnel, ...]:
    """Of the county first, then of each town in their order."""
    found: list[Funnel] = []
    for index, spec in enumerate(weekly.funnels):
        own = facts.rows(f"funnel/{index}")
        numbers = range(len(spec.stages))
        total = tuple(Stage(spec.stages[n].title, sum(row[f"n{n}"] for row in own), _places(own, n)) for n in numbers)
        found.append(Funnel(spec.title, "", total))
        found += [
            Funnel(
                spec.title,
                row["town"],
                tuple(Stage(spec.stages[n].title, row[f"n{n}"], tuple(row[f"p{n}"] or ())) for n in numbers),
            )
            for row in sorted(own, key=lambda row: towns.index(row["town"]) if row["town"] in towns else len(towns))
            if row["town"]
        ]
    return tuple(found)


def _places(own: list[Row], number: int) -> tuple[str, ...]:
    return tuple(place for row in own for place in row[f"p{number}"] or ())[:60]


def due(pack: Pack, facts: Facts) -> tuple[Due, ...]:
    titles = {item.id: item.title for item in pack.obligations}
    return tuple(
        Due(
            short_day(last_day(row["due"])),
            row["obligation"],
            titles[row["obligation"]],
            row["bearer_kind"],
            row["bearer_name"],
            row["town"],
            "" if row["required"] is None else f"要求{row['required']:g}，已有{row['observed'] or 0:g}",
            row["fingerprint"],
        )
        for row in facts.due
    )


# --- readings, gaps, leads
def readings(pack: Pack) -> tuple[Reading, ...]:
    """The parameters that a judgement may depend on; those that only the bureau can answer first."""
    asked = {name for question in pack.header.questions for name in question.parameters}
    order = list(dict.fromkeys(name for question in questions(pack) for name in question.parameters))
    found = []
    for name in order:
        spec = pack.header.parameters[name]
        value, default = _said(pack.values[name]), _said(spec.default)
        changed, reading = value != default, tuple(item.id for item in readers(pack, name))
        found.append(
            Reading(name, spec.title or name, value, default, spec.clause, spec.why, name in asked, changed, reading)
        )
    return tuple(found)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return long_day(value) if isinstance(value, date) else str(value)


def gaps(audit: Audit, facts: Facts) -> tuple[Gap, ...]:
    towns = {row["sender"]: row["town"] for row in facts.rows("senders")}
    found = rows(audit.connection, "SELECT * FROM missing ORDER BY duties DESC, sender, record_type, missing_from")
    records = audit.pack.records
    return tuple(
        Gap(
            records[row["record_type"]].title if row["record_type"] in records else row["record_type"],
            row["sender"] or "",
            towns.get(row["sender"], ""),
            row["missing_from"],
            row["missing_through"],
            int(row["duties"]),
        )
        for row in found
    )


def anomalies(audit: Audit) -> tuple[Anomaly, ...]:
    if not audit.pack.leads:
        return ()
    order = "lead, jurisdiction, period_start, bearer_ids, records"
    return tuple(
        Anomaly(
            row["fingerprint"],
            row["title"],
            row["clause"],
            tuple(row["bearer_names"]),
            tuple(row["towns"]),
            period(row["period_start"], row["period_end"]) or BLANK,
            tuple(row["records"][:50]),
            tuple(row["places"][:50]),
            row["numbers"] or "",
            tuple(row["reasons"]),
            row["check"],
        )
        for row in rows(audit.connection, f"SELECT * FROM {audit.find_leads()} ORDER BY {order}")
    )


def gone(past: Past) -> tuple[tuple[str, int], ...]:
    """What became of the findings of the audit before that are none any more; late and unproven ones were nobody's fault."""
    return tuple(_courses(past))


def _courses(past: Past) -> Iterator[tuple[str, int]]:
    lives = [life for life in past.lives if life.before in (Status.BREACHED.value, Status.MANUAL.value)]
    for course in (Course.CURED, Course.CLEARED, Course.WAIVED, Course.GONE):
        if count := sum(life.course is course for life in lives):
            yield course.value, count
