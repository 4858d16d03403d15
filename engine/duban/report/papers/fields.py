"""What each template may print, by name. The names are Chinese, since the bureau writes them into its own templates.

Only papers that need the addressee's name (`Kind.person`) get one; all others get the post.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duban.model import Candidate, Finding, Verification
from duban.report.papers import words
from duban.report.papers.bureau import Bureau
from duban.report.papers.figures import Figures
from duban.report.papers.kinds import COMMITTEE, Kind, Source, check, check_source, standing, unmet
from duban.report.papers.towns import Town
from duban.report.papers.words import Notice, Plain

Fields = dict[str, Any]
NO_PERSON = "名册上没有，请补"


@dataclass(frozen=True)
class Desk:
    """What all papers of a run share."""

    bureau: Bureau
    notice: Notice
    as_of: datetime
    known_by: datetime
    titles: dict[str, str]  # of kinds of bearers


def candidate_fields(kind: Kind, number: int, candidate: Candidate, desk: Desk) -> Fields:
    """Fields of a paper about one candidate. Raises PaperError where that paper must not be drafted for it."""
    check(kind, candidate, desk.bureau)
    findings = standing(candidate)
    post = candidate.addressee
    found = {
        **_common(kind, desk, verified=candidate.verified),
        "序号": str(number),
        "单位": candidate.bearer_name,
        "类别": candidate.bearer_title,
        "信用代码": Plain(candidate.uscc),
        "所在镇": candidate.town,
        "职务": post.post,
        "任职日": words.day_text(post.on) if post.on else "",
        "情形": "、".join(candidate.grounds),
        "条款": candidate.clause,
        "条款原文": list(dict.fromkeys(words.clause_of(item) for item in findings)),
        "层级": candidate.tier.value,
        "措施": candidate.measure,
        "约谈主体": candidate.convener,
        "性质": candidate.nature,
        "程序": list(candidate.procedure),
        "有利情况": list(candidate.speaks_for),
        "需核实": list(candidate.to_verify),
        "此前": list(candidate.earlier),
        "事项": [_item(number, item) for number, item in enumerate(findings, 1)],
        "陈述": list(dict.fromkeys(item.verified.statement for item in findings if item.verified.statement)),
    }
    if kind.person:
        found["被约谈人"] = post.person or NO_PERSON
    return found


def town_fields(kind: Kind, town: Town, desk: Desk) -> Fields:
    """Fields of a paper for one town: what its centre and its mines have not done or not handed in."""
    check_source(kind, Source.TOWN)
    return {
        **_common(kind, desk, verified=False),
        "镇": town.name,
        "单位": town.centre,
        "本中心": _items(town.own),
        "企业": _items(town.mines),
        "待补": _items(town.unproven),
    }


def committee_fields(findings: Sequence[Finding], desk: Desk) -> Fields:
    """Fields of the reminder to the committee's office: duties of town leaders and of the bureau, by post.

    Neither names nor messages of findings are given, since a roster may call a post by its holder.
    """
    kind = COMMITTEE
    check_source(kind, Source.COMMITTEE)
    held = unmet(findings)
    confirmed = (Verification.CONFIRMED, Verification.PARTLY)
    own = [item for item in held if item.bearer_kind in desk.bureau.own]
    others = [item for item in held if item.bearer_kind not in desk.bureau.own]
    return {
        **_common(kind, desk, verified=bool(held) and all(item.verified.state in confirmed for item in held)),
        "单位": desk.bureau.committee,
        "镇领导": [_by_post(number, item, desk) for number, item in enumerate(others, 1)],
        "本局": [_by_post(number, item, desk) for number, item in enumerate(own, 1)],
    }


def circular_fields(kind: Kind, figures: Figures, desk: Desk) -> Fields:
    """Fields of the internal circular: numbers of towns and sections, in a fixed order, never added up."""
    check_source(kind, Source.FIGURES)
    return {
        **_common(kind, desk, verified=False),
        "各镇": [dict(row) for row in figures.towns],
        "各股室": [dict(row) for row in figures.sections],
        "按名": "" if desk.bureau.town_order else "按名称",
    }


def _common(kind: Kind, desk: Desk, *, verified: bool) -> Fields:
    bureau = desk.bureau
    word = bureau.numbers.get(kind.name, "")
    return {
        "已核实": verified,
        "建议稿": words.VERIFIED_DRAFT if verified else words.DRAFT,
        "内部": words.VERIFIED_INTERNAL if verified else words.INTERNAL,
        "文书": kind.name,
        "发文机关": bureau.name,
        "安委办": bureau.committee,
        "股室": bureau.section,
        "法制股室": bureau.legal_section,
        "联系人": bureau.contact.person,
        "电话": Plain(bureau.contact.phone),
        "文号": f"{word}〔____〕____号",
        "抄送": "，".join(bureau.copies.get(kind.name, ())),
        "红头": bureau.red_head,
        "通知文号": desk.notice.number,
        "通知名称": desk.notice.title,
        "截至": words.moment_text(desk.as_of, hour=True),
        "资料截至": words.moment_text(desk.known_by, hour=True),
        "某年月日": words.DAY,
    }


def _items(findings: Iterable[Finding]) -> list[Fields]:
    return [_item(number, item) for number, item in enumerate(findings, 1)]


def _item(number: int, finding: Finding) -> Fields:
    """One finding as an item of a paper."""
    open_still = finding.verified.state is Verification.OPEN
    return {
        "序号": str(number),
        "单位": finding.bearer_name,
        "事项": finding.title,
        "条款": finding.clause,
        "原文": finding.quote,
        "条款原文": words.clause_of(finding),
        "依据": finding.basis,
        "期间": words.period(finding),
        "情况": words.fact(finding),
        "详情": words.detail(finding),
        "看不到": words.limits(finding),
        "记录": words.records(finding),
        "来源": words.sources(finding),
        "记录简": words.some(finding.evidence, 6),
        "来源简": words.some(finding.source, 3),
        "有利": "；".join(words.speaks_for(finding)),
        "有利事实": finding.speaks_for,
        "核实": "" if open_still else words.state_of(finding),
        "核实证据": finding.verified.evidence,
        "陈述": finding.verified.statement,
    }


def _by_post(number: int, finding: Finding, desk: Desk) -> Fields:
    """One finding by the post that bears it."""
    title = desk.titles.get(finding.bearer_kind, "")
    ours = finding.bearer_kind in desk.bureau.own
    return {
        "序号": str(number),
        "责任": desk.bureau.section_of(finding.clause)
        if ours
        else f"{finding.town}：{title}"
        if title
        else finding.town,
        "事项": finding.title,
        "条款原文": words.clause_of(finding),
        "期间": words.period(finding),
        "情况": words.figures(finding),
        "核实": words.state_of(finding),
    }
