"""The plain data that the layers hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum


class Status(str, Enum):
    """The judgement on one duty; the value is what data files hold, `chinese` what reports say."""

    MET = "met"
    LATE = "late"
    BREACHED = "breached"
    DISCHARGED = "discharged"
    PENDING = "pending"
    UNPROVEN = "unproven"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    MANUAL = "manual"

    @property
    def chinese(self) -> str:
        return _CHINESE[self]


_CHINESE = {
    Status.MET: "已达到",
    Status.LATE: "逾期达到",
    Status.BREACHED: "未达到（待核实）",
    Status.DISCHARGED: "按替代要求办理",
    Status.PENDING: "未到期",
    Status.UNPROVEN: "证据不足",
    Status.NOT_APPLICABLE: "不适用",
    Status.WAIVED: "经批准不计入",
    Status.MANUAL: "需人工认定",
}


@dataclass(frozen=True)
class Step:
    """One named SQL step of a plan: it creates the table `name`, from the tables of the steps in `reads`."""

    name: str
    sql: str
    why: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Named SQL steps in order. `result` is the table of judged duties, `missing` that of the gaps in the hand-ins;
    `kept` are others that are read after the run, `obligations` those whose duties it judges. `views`: its steps that
    follow from the records and the moments alone, and are in every plan of the pack what they are in this.
    """

    steps: tuple[Step, ...]
    result: str
    missing: str
    kept: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    views: tuple[str, ...] = ()

    @property
    def stays(self) -> tuple[str, ...]:
        """The tables that are still there after the run."""
        return (self.result, self.missing, *self.kept)


class Verification(str, Enum):
    """What a person found about a finding (核实); `value` is what sheets and reports say."""

    OPEN = "待核实"
    CONFIRMED = "已核实"
    CLEARED = "已澄清"
    PARTLY = "部分属实"
    UNCLEAR = "无法核实"


class Tier(str, Enum):
    """How urgently a candidate is proposed; never “应列入”."""

    FIRST = "建议优先研究"
    SECOND = "建议先核实、提醒"


@dataclass(frozen=True)
class Verified:
    """Who found what, when and how; `statement` is what the bearer said (情况说明)."""

    state: Verification = Verification.OPEN
    by: str = ""
    on: date | None = None
    how: str = ""
    evidence: str = ""
    statement: str = ""


@dataclass(frozen=True)
class Finding:
    """A duty that a person must look at, as the judge, the list and the papers see it.

    `marks` are the machine names of its notes; `contested` the readings under which it would be none (`name=value`);
    `settled` the measure that has dealt with the same facts, on `settled_on`; `taken` all measures that were taken, or
    turned down, on them: none of these is proposed of it again. In one order: `evidence`, the ids of the records;
    `source`, their `file[sheet]#row`; `cells`, the same with the cells that decided.
    """

    fingerprint: str
    obligation: str
    title: str
    clause: str
    quote: str
    jurisdiction: str
    bearer_kind: str
    bearer_id: str
    bearer_name: str
    town: str
    trigger_id: str
    period_start: date | None
    period_end: date | None
    due: datetime | None
    status: Status
    enforceable: bool
    required: float | None
    observed: float | None
    shortfall: float | None
    days_overdue: int | None
    ground: str
    basis: str
    alert: str
    message: str
    speaks_for: str
    evidence: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    verified: Verified = Verified()
    contested: tuple[str, ...] = ()
    settled: str = ""
    settled_on: date | None = None
    taken: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


class WaiverState(str, Enum):
    """What became of a waiver (经批准不计入) in an audit; `value` is what reports say."""

    USED = "已使用"
    UNUSED = "未用上"
    EXPIRED = "已过期"
    LATER = "尚未生效"
    REFUSED = "不予采用"


@dataclass(frozen=True)
class WaiverUse:
    """A waiver as it was handed in, and the fingerprints of the duties that it covers; `why` there is none.

    `place` is where it stands. What could not be read of a refused one is '' or None.
    """

    place: str
    state: WaiverState
    why: str
    jurisdiction: str
    obligation: str
    bearer: str
    fingerprint: str
    reason: str
    approved_by: str
    approved_on: date | None
    start: date | None
    end: date | None
    duties: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conclusion:
    """A rule of measures.yaml that holds for a bearer: its proof are the findings, and the conclusions it rests on."""

    rule: str
    title: str
    jurisdiction: str
    bearer_kind: str
    bearer_id: str
    measure: str
    tier: str = ""
    ground: str = ""
    findings: tuple[str, ...] = ()  # fingerprints, sorted
    rests_on: tuple[str, ...] = ()  # rules, sorted


@dataclass(frozen=True)
class Addressee:
    """Whom a paper is for: the post, and who held it on the due date by the roster; no person: none is known."""

    post: str
    person: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Flip:
    """A finding that, cured or refuted, alone takes the candidate off its tier; `becomes`: the tier left or empty."""

    fingerprint: str
    becomes: str


@dataclass(frozen=True)
class Candidate:
    """A line of the list: one bearer, all its causes merged, and what speaks for it.

    `also` are other bearers that the same person answers for: two posts make one line. `measure` is what is proposed
    (警示约谈 …), `convener` by whom, `nature` its legal nature, `procedure` what is still owed. `speaks_for` is what
    the exculpatory scan found, `to_verify` what a person has to look at, `earlier` what was done before.
    """

    jurisdiction: str
    bearer_kind: str
    bearer_title: str
    bearer_id: str
    bearer_name: str
    town: str
    uscc: str
    measure: str
    tier: Tier
    grounds: tuple[str, ...]
    addressee: Addressee
    convener: str
    clause: str
    nature: str
    procedure: tuple[str, ...]
    conclusions: tuple[Conclusion, ...]
    findings: tuple[Finding, ...]
    speaks_for: tuple[str, ...] = ()
    to_verify: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    flips: tuple[Flip, ...] = ()
    red: bool = False
    also: tuple[str, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether every finding that carries it has been confirmed by a person (已核实, 部分属实)."""
        good = (Verification.CONFIRMED, Verification.PARTLY)
        return bool(self.findings) and all(finding.verified.state in good for finding in self.findings)


@dataclass(frozen=True)
class Taken:
    """A measure that was taken, or turned down (`outcome`); `id` is its record, `findings` are those that it names.

    `due` is until when it is to be answered, by its own paper or minutes.
    """

    jurisdiction: str
    bearer_kind: str
    bearer_id: str
    id: str
    measure: str
    outcome: str
    on: date
    reason: str = ""
    doc_no: str = ""
    findings: tuple[str, ...] = ()
    due: date | None = None
    answered_on: date | None = None
    rechecked_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class Judgement:
    """What an audit leads to: candidates in the order of the list, all conclusions, their findings, the judge used; and
    the measures that were taken before.

    `files`: the hashes (SHA-256, their first digits) of the files in which the findings' records stand.
    """

    candidates: tuple[Candidate, ...]
    conclusions: tuple[Conclusion, ...]
    findings: tuple[Finding, ...]
    judge: str  # durable-rules or plain
    taken: tuple[Taken, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


class Course(str, Enum):
    """What has become of a finding since the audit before; `value` is what reports say."""

    NEW = "新增"
    PERSISTING = "持续"
    CURED = "已补正"
    CLEARED = "已澄清"
    WAIVED = "经批准不计入"
    GONE = "不再成立"  # its trigger, bearer or reading is no more, or the rules were changed


@dataclass(frozen=True)
class Life:
    """A finding over the audits of one jurisdiction: `status` now and `before` ('' for none); `weeks` it has been open.

    `late_data`: the change rests on records that were handed in after the audit before, on acts that lie before it.
    """

    fingerprint: str
    course: Course
    first_seen: date
    weeks: int
    status: str = ""
    before: str = ""
    why: str = ""
    late_data: bool = False


@dataclass(frozen=True)
class Point:
    """One earlier audit, or this one, in the trend: open findings by status, without cleared ones."""

    as_of: datetime
    breached: int
    late: int
    manual: int
    unproven: int
    candidates: int


@dataclass(frozen=True)
class Past:
    """What the store knows when a report is written. `lives` by fingerprint: this audit's findings, and those of the
    audit before that are none any more. `trend` is in order of time and ends with this audit; `before` is None for the
    first audit of a jurisdiction.
    """

    before: datetime | None = None
    lives: tuple[Life, ...] = ()
    trend: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why a visit is proposed: whose duty it serves, by when, and how many visits that still needs (None: this one)."""

    obligation: str
    party: str
    text: str
    due: date | None = None
    still: int | None = None


@dataclass(frozen=True)
class Suggestion:
    """A proposed visit (建议检查). `parties` are to go this week, together where there are several; none: it can wait.

    `facts` are what the order rests on, as (heading, value), in the order of plan.yaml.
    """

    jurisdiction: str
    target_kind: str
    target_id: str
    name: str
    town: str
    parties: tuple[str, ...]
    reasons: tuple[Reason, ...]
    facts: tuple[tuple[str, str], ...] = ()
