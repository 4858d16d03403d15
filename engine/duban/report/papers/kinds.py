"""The kinds of papers that may be drafted: a closed list, and for each of them what it may be made from.

What is not here cannot be written: no 通报批评 of an enterprise, no exposure, no paper of a penalty, no referral of a person.
Each of those is a legal act of its own with a procedure of its own (hearing, reasons, decision), and a draft would skip it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from duban.errors import DubanError
from duban.model import Candidate, Finding, Status, Tier, Verification

if TYPE_CHECKING:
    from duban.report.papers.bureau import Bureau


class PaperError(DubanError):
    """A paper was asked for that must not be drafted from what it was given."""


class Source(str, Enum):
    """What a paper is about."""

    CANDIDATE = "candidate"
    TOWN = "town"  # one town: its centre's and its mines' own duties
    COMMITTEE = "committee"  # duties of town leaders and of the bureau itself, by post
    FIGURES = "figures"  # numbers of towns and sections: no enterprise, no person


@dataclass(frozen=True)
class Kind:
    """A paper: `name` is the template's file name and the paper's own.

    `verified`: only from a candidate whose findings a person has confirmed. `ours`: only where the bureau itself convenes.
    `tier`: only for candidates of that tier. `person`: it needs the addressee's name; no other paper is given one.
    """

    name: str
    source: Source
    verified: bool = False
    ours: bool = False
    tier: Tier | None = None
    person: bool = False


CHECK = Kind("核实单", Source.CANDIDATE)
REMINDER = Kind("提醒函", Source.CANDIDATE, tier=Tier.SECOND)
URGING = Kind("催办单", Source.TOWN)
COMMITTEE = Kind("致县安委办工作提醒", Source.COMMITTEE)
CIRCULAR = Kind("工作通报", Source.FIGURES)
APPROVAL = Kind("约谈审批单", Source.CANDIDATE, verified=True, person=True)
INTERVIEW = (
    Kind("约谈通知书", Source.CANDIDATE, verified=True, ours=True, person=True),
    Kind("签到表", Source.CANDIDATE, verified=True, ours=True),
    Kind("约谈纪要", Source.CANDIDATE, verified=True, ours=True),
    Kind("整改情况反馈表", Source.CANDIDATE, verified=True, ours=True),
    Kind("约谈后核查表", Source.CANDIDATE, verified=True, ours=True),
)
KINDS = {kind.name: kind for kind in (CHECK, REMINDER, URGING, COMMITTEE, CIRCULAR, APPROVAL, *INTERVIEW)}

MEASURE = "约谈"  # a paper of an interview is drafted only where an interview is what is proposed
# What no template may say, not even one that the bureau wrote itself.
FORBIDDEN = (
    "通报批评", "曝光", "罚款", "处罚", "追责", "问责", "责令", "吊销", "停产停业", "黑名单", "失信", "应列入", "违规", "违法",
)  # fmt: skip
DISCLAIMER = "不作为处罚依据"


def why_not(kind: Kind, candidate: Candidate, bureau: Bureau) -> str:
    """Why this paper must not be drafted for a candidate; '' if it may."""
    who = candidate.bearer_name
    if KINDS.get(kind.name) is not kind or kind.source is not Source.CANDIDATE:
        return f"“{kind.name}”不是可以对单位拟写的文书"
    if candidate.bearer_kind in bureau.to_committee:
        return f"{who}的事项只报{bureau.committee}，不拟写“{kind.name}”"
    if not standing(candidate):
        return f"{who}的事项都已澄清"
    if kind.tier is not None and candidate.tier is not kind.tier:
        return f"“{kind.name}”只用于“{kind.tier.value}”"
    if kind.verified and not candidate.verified:
        return f"{who}还有事项没有核实，不拟写“{kind.name}”"
    if kind.verified and MEASURE not in candidate.measure:
        return f"对{who}建议的不是约谈，不拟写“{kind.name}”"
    if kind.ours and not bureau.convenes(candidate.convener):
        return f"约谈{who}的主体是{candidate.convener}，“{kind.name}”由其制发"
    return ""


def check(kind: Kind, candidate: Candidate, bureau: Bureau) -> None:
    """Raise PaperError unless this paper may be drafted for this candidate."""
    reason = why_not(kind, candidate, bureau)
    if reason:
        raise PaperError(reason)


def check_source(kind: Kind, source: Source) -> None:
    """Raise PaperError unless the paper is one of the list, and made from this."""
    if KINDS.get(kind.name) is not kind or kind.source is not source:
        raise PaperError(f"“{kind.name}”不是可以拟写的文书")


def standing(candidate: Candidate) -> tuple[Finding, ...]:
    """The findings of a candidate that have not been cleared."""
    return tuple(item for item in candidate.findings if item.verified.state is not Verification.CLEARED)


def not_yet(kind: Kind, candidate: Candidate) -> Candidate:
    """The candidate without the findings on which this paper was sent, or turned down, before: it is sent once."""
    left = tuple(item for item in candidate.findings if kind.name not in item.taken)
    if left == candidate.findings:
        return candidate
    grounds = tuple(dict.fromkeys(item.ground for item in left if item.ground))
    clause = "、".join(dict.fromkeys(item.clause for item in left))
    return replace(candidate, findings=left, grounds=grounds, clause=clause)


def unmet(findings: Sequence[Finding]) -> list[Finding]:
    """What is not done and still calls for somebody: neither cleared, nor dealt with by an earlier measure."""
    return [
        item
        for item in findings
        if item.status is Status.BREACHED and item.verified.state is not Verification.CLEARED and not item.settled
    ]


def forbidden(text: str) -> list[str]:
    """The words of a template's text that no paper of ours may say."""
    rest = text.replace(DISCLAIMER, "")
    return [word for word in FORBIDDEN if word in rest]
