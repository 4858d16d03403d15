"""The use case after the judgement: an audit becomes the week that reports show. Reads top to bottom as the story."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from duban import __version__
from duban.auditing import Audit
from duban.compile import Beside
from duban.errors import Issue, UsageError
from duban.model import Finding, Judgement, Past, Plan
from duban.pack.weekly import Weekly, load_weekly
from duban.report.papers.bureau import Bureau
from duban.report.week import Audience, Due, Head, InputFile, Suggested, Swing, Week
from duban.weekly import parts
from duban.weekly.cut import INTERNAL, for_audience
from duban.weekly.facts import facts_of, facts_plan
from duban.weekly.material import Material
from duban.weekly.screen import sections
from duban.weekly.text import BLANK, cut_off, last_day, masked, short_day, weekday

if TYPE_CHECKING:
    import duckdb


def week_of(
    audit: Audit,
    judgement: Judgement,
    findings: Iterable[Finding],
    bureau: Bureau,
    past: Past | None = None,
    *,
    suggested: Sequence[Suggested] = (),
    coming: Sequence[Due] = (),
    swing: Swing | None = None,
    seen: duckdb.DuckDBPyConnection | None = None,
) -> Week:
    """The full week, of the section: `for_audience` cuts it for others.

    `findings` are all that there are (judging.findings_of); `past` is what a store knows of earlier audits; `suggested` the
    inspections that are proposed; `coming` what begins and ends within the days ahead; `swing` what other readings would make
    of the list; `seen` is where the tables of `week_plan` are, if they are. Raises PackError for a weekly.yaml with mistakes,
    EvaluationError, UsageError if the records are of several jurisdictions.
    """
    _one_jurisdiction(audit)
    known = past or Past()
    pack, weekly = audit.pack, load_weekly(audit.pack)
    apart = tuple(bureau.to_committee)
    facts = facts_of(audit, weekly, apart, seen)
    shown = parts.shown_findings(pack, findings, judgement, known, apart)
    candidates = parts.proposed(pack, judgement, apart)
    counted = parts.tallies(facts)
    clauses, towns = parts.clauses(pack, counted), parts.towns_of(counted, bureau)
    majors, readings = parts.majors(weekly, facts), parts.readings(pack)
    due = (*parts.due(pack, facts), *coming)
    material = Material(
        audit, weekly, facts, shown, candidates, majors, due, readings, known, tuple(suggested), swing
    )  # fmt: skip
    week = Week(
        head=_head(audit, weekly, judgement, bureau),
        sections=sections(material),
        findings=shown,
        proposed=candidates,
        clauses=clauses,
        tallies=counted,
        heat=parts.heat(counted, clauses, towns),
        funnels=parts.funnels(weekly, facts, towns),
        majors=majors,
        due=due,
        readings=readings,
        gaps=parts.gaps(audit, facts),
        anomalies=parts.anomalies(audit),
        suggested=tuple(suggested),
        trend=known.trend,
        gone=parts.gone(known),
        first=known.before is None,
        apart=apart,
    )
    return masked(week)


def week_plan(audit: Audit, bureau: Bureau, also: Beside) -> Plan:
    """What a week reads beside the duties, and `also` for whom it is shown with; to be run beside the audit."""
    return facts_plan(audit, load_weekly(audit.pack), tuple(bureau.to_committee), also)


def _one_jurisdiction(audit: Audit) -> None:
    """A county's report must not add up two counties."""
    found = audit.connection.execute("SELECT DISTINCT jurisdiction FROM duties ORDER BY ALL").fetchall()
    if len(found) > 1:
        names = "、".join(str(name) for (name,) in found)
        hint = Issue("U024", f"台账里有：{names}", hint="请把各辖区的台账分开，各审核一次")
        raise UsageError("周报一次只写一个辖区", [hint])


def _head(audit: Audit, weekly: Weekly, judgement: Judgement, bureau: Bureau) -> Head:
    header = audit.pack.header
    made = last_day(audit.as_of) + timedelta(days=1)
    title = weekly.title or "{title}周调度表"
    known = "" if audit.known_by == audit.as_of else f"，掌握至{cut_off(audit.known_by)}"
    return Head(
        title=title.format(title=header.title, issue=_issue(audit, weekly)),
        issuer=bureau.name,
        notice=f"{header.number} {header.title}",
        cut_off=f"数据截至{cut_off(audit.as_of)}{known}",
        made_on=f"编制：{short_day(made)}（{weekday(made)}）",
        label=INTERNAL,
        audience=Audience.SECTION,
        town="",
        version=__version__,
        pack=header.id,
        digest=audit.pack.digest,
        judge=judgement.judge,
        as_of=audit.as_of,
        known_by=audit.known_by,
        inputs=tuple(InputFile(item.name, item.sha256) for item in audit.inputs),
    )


def _issue(audit: Audit, weekly: Weekly) -> str:
    """The number of the week, from the one in which the first day lies."""
    if not weekly.numbered_from:
        return BLANK
    first = audit.pack.day(weekly.numbered_from)
    monday = first - timedelta(days=first.weekday())
    return str(max((last_day(audit.as_of) - monday).days // 7 + 1, 1))


__all__ = ["for_audience", "week_of", "week_plan"]
