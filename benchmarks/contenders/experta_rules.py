"""experta 1.9.4 (2019), a CLIPS in pure Python: facts, Rete joins, NOT.

Its NOT takes no TEST, so what "in time", "twice" and "handed in" mean has to be asserted as facts before it may be absent. Its
joins have no index, so the time grows faster than the facts: one mine at a time. Evidence and observed numbers are by hand. It asks for
frozendict 1.2, which does not import on Python 3.10 and later; with 2.x it runs, so it gets an environment of its own (VENV).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experta import MATCH, NOT, TEST, Fact, KnowledgeEngine, Rule

from contenders._by_hand import DAY, NOW, Row, at, by_mine, counties, of_blind, of_duty, of_hazard, write

TITLE = "experta"
PACKAGES = ("experta", "pyarrow")
VENV = ("--no-deps", "experta==1.9.4", "schema==0.6.7", "frozendict>=2.4", "duckdb", "pyarrow", "psutil")
OBLIGATIONS = (
    "hazards-corrected-in-time",
    "enterprise-special-meeting",
    "head-leads-inspections",
    "no-blasting-in-severe-weather",
)
BY_HAND = ("_by_hand",)
NOTE = (
    "1.9.4, November 2019, the last; runs only with a frozendict that it does not ask for, in an environment of its own. As CLIPS; besides, "
    "what must be absent is asserted as a fact first, since its `NOT` takes no test"
)

FROM, TO = at("2023-11-11"), at("2024-02-01")
MEETING, LEADS, BLASTING = OBLIGATIONS[1:]
PROOF = dict(zip(OBLIGATIONS[1:], ("enterprise_meeting", "inspection", "blast"), strict=True))


class Mine(Fact): ...


class Span(Fact): ...


class Proven(Fact): ...


class Hazard(Fact): ...


class Meeting(Fact): ...


class Inspection(Fact): ...


class Blast(Fact): ...


class Duty(Fact): ...


class HazardDuty(Fact): ...


class Act(Fact): ...


class Timely(Fact): ...


class Twice(Fact): ...


class HandedIn(Fact): ...


class Unproven(Fact): ...


class Runs(Fact): ...


class Judge(KnowledgeEngine):
    """Counts first (salience 20), then what follows from it (10), then what is unproven (5), then the rest."""

    found: list[tuple[Any, str]]
    acts: dict[int, list[tuple[int, str]]]
    hazards: list[tuple[str, Row]]
    blind: list[int]

    def count(self, duty: int, act: str, moment: int, sure: bool) -> None:
        self.declare(Act(duty=duty, id=act, day=moment // DAY, sure=sure))
        if sure:
            self.acts.setdefault(duty, []).append((moment, act))

    @Rule(
        Duty(id=MATCH.d, obligation=MEETING, ls=MATCH.ls, due=MATCH.due),
        Meeting(id=MATCH.i, at=MATCH.t, kinds=MATCH.kinds),
        TEST(lambda ls, t, kinds: ls <= t <= NOW and (kinds is None or "专题会" in kinds or "动员部署" in kinds)),
        salience=20,
    )
    def meeting_counts(self, d, i, t, kinds, due):
        self.count(d, i, t, kinds is not None)
        if t <= due:
            self.declare(Timely(duty=d, sure=kinds is not None))

    @Rule(
        Duty(id=MATCH.d, obligation=LEADS, ls=MATCH.ls, le=MATCH.le),
        Inspection(id=MATCH.i, at=MATCH.t, leaders=MATCH.leaders),
        Span(s=MATCH.s, e=MATCH.e, working=True, head=MATCH.head, legal=MATCH.legal),
        TEST(lambda ls, le, t, s, e: ls <= t < le and s <= t < e),
        salience=20,
    )
    def head_leads(self, d, i, t, leaders, head, legal):
        known = leaders or ()
        if (head is not None and head in known) or (legal is not None and legal in known):
            self.count(d, i, t, True)
        elif head is None or leaders is None:
            self.count(d, i, t, False)

    @Rule(
        Duty(id=MATCH.d, obligation=BLASTING, ls=MATCH.ls, le=MATCH.le),
        Blast(id=MATCH.i, at=MATCH.t),
        TEST(lambda ls, le, t: ls <= t < le and t <= NOW),
        salience=20,
    )
    def blasted(self, d, i, t):
        self.count(d, i, t, True)

    @Rule(
        Hazard(
            id=MATCH.h,
            source=MATCH.source,
            level=MATCH.level,
            found=MATCH.found,
            deadline=MATCH.deadline,
            done=MATCH.done,
            recheck=MATCH.recheck,
        ),
        Mine(s=MATCH.s, e=MATCH.e),
        TEST(
            lambda source, level, found: source in ("企业自查", None) and level in ("一般", None) and FROM <= found < TO
        ),
        salience=20,
    )
    def hazard_is_a_duty(self, h, source, level, found, deadline, done, recheck, s, e):
        due = None if deadline is None else deadline + DAY
        ls, le = max(found, s), e if due is None else min(due, e)
        if ls < le and (due is None or e >= due):
            counts = done is not None and done < NOW and recheck != "不合格"
            blank = source is None or level is None or due is None
            duty = {"id": h, "blank": blank, "due": due, "done": done if counts else None, "ls": ls}
            self.declare(HazardDuty(**duty, proof=le, type="hazard"))

    @Rule(
        Duty(id=MATCH.d, type=MATCH.type, ls=MATCH.ls, proof=MATCH.le),
        Proven(type=MATCH.type, s=MATCH.s, e=MATCH.e),
        TEST(lambda ls, le, s, e: s <= ls and e >= le),
        salience=10,
    )
    def duty_handed_in(self, d):
        self.declare(HandedIn(duty=d))

    @Rule(
        HazardDuty(id=MATCH.d, type=MATCH.type, ls=MATCH.ls, proof=MATCH.le),
        Proven(type=MATCH.type, s=MATCH.s, e=MATCH.e),
        TEST(lambda ls, le, s, e: s <= ls and e >= le),
        salience=10,
    )
    def hazard_handed_in(self, d):
        self.declare(HandedIn(duty=d))

    @Rule(
        Act(duty=MATCH.d, sure=True, day=MATCH.one),
        Act(duty=MATCH.d, sure=True, day=MATCH.other),
        TEST(lambda one, other: one < other),
        salience=10,
    )
    def twice(self, d):
        self.declare(Twice(duty=d))

    @Rule(
        Duty(id=MATCH.d, obligation=MEETING),
        NOT(Timely(duty=MATCH.d, sure=True)),
        Timely(duty=MATCH.d, sure=False),
        salience=5,
    )
    def meeting_in_time_unknown(self, d):
        self.declare(Unproven(duty=d))

    @Rule(
        Duty(id=MATCH.d, obligation=MEETING),
        NOT(Act(duty=MATCH.d, sure=True)),
        Act(duty=MATCH.d, sure=False),
        salience=5,
    )
    def meeting_unknown(self, d):
        self.declare(Unproven(duty=d))

    @Rule(
        Duty(id=MATCH.d, obligation=MEETING),
        NOT(Timely(duty=MATCH.d, sure=True)),
        NOT(HandedIn(duty=MATCH.d)),
        salience=5,
    )
    def meeting_not_handed_in(self, d):
        self.declare(Unproven(duty=d))

    @Rule(
        Duty(id=MATCH.d, obligation=MEETING),
        NOT(Timely(duty=MATCH.d, sure=True)),
        Act(duty=MATCH.d, sure=True),
        NOT(Unproven(duty=MATCH.d)),
    )
    def meeting_late(self, d):
        self.found.append((d, "late"))

    @Rule(Duty(id=MATCH.d, obligation=MEETING), NOT(Act(duty=MATCH.d)), NOT(Unproven(duty=MATCH.d)))
    def meeting_breached(self, d):
        self.found.append((d, "breached"))

    @Rule(
        Duty(id=MATCH.d, obligation=LEADS),
        NOT(Twice(duty=MATCH.d)),
        Act(duty=MATCH.d, sure=False, id=MATCH.one),
        Act(duty=MATCH.d, id=MATCH.other),
        TEST(lambda one, other: one != other),
        salience=5,
    )
    def leads_unknown(self, d):
        self.declare(Unproven(duty=d))

    @Rule(Duty(id=MATCH.d, obligation=LEADS), NOT(Twice(duty=MATCH.d)), NOT(HandedIn(duty=MATCH.d)), salience=5)
    def leads_not_handed_in(self, d):
        self.declare(Unproven(duty=d))

    @Rule(Duty(id=MATCH.d, obligation=LEADS), NOT(Twice(duty=MATCH.d)), NOT(Unproven(duty=MATCH.d)))
    def leads_breached(self, d):
        self.found.append((d, "breached"))

    @Rule(Duty(id=MATCH.d, unsure=True), salience=5)
    def warning_for_nobody_knows_whom(self, d):
        self.declare(Unproven(duty=d))

    @Rule(Duty(id=MATCH.d, obligation=BLASTING), Act(duty=MATCH.d), NOT(Unproven(duty=MATCH.d)))
    def blasting_breached(self, d):
        self.found.append((d, "breached"))

    @Rule(
        Duty(id=MATCH.d, obligation=BLASTING, due=MATCH.due),
        TEST(lambda due: due is not None and due <= NOW),
        NOT(Act(duty=MATCH.d)),
        NOT(HandedIn(duty=MATCH.d)),
        salience=5,
    )
    def blasting_not_handed_in(self, d):
        self.declare(Unproven(duty=d))

    @Rule(Unproven(duty=MATCH.d))
    def unproven(self, d):
        self.found.append((d, "unproven"))

    @Rule(HazardDuty(id=MATCH.d, blank=True, due=MATCH.due, done=MATCH.done))
    def hazard_blank(self, d, due, done):
        self.hazards.append((d, "unproven", due, done))

    @Rule(
        HazardDuty(id=MATCH.d, blank=False, due=MATCH.due, done=MATCH.done),
        TEST(lambda due, done: due <= NOW and done is not None and done >= due),
    )
    def hazard_late(self, d, due, done):
        self.hazards.append((d, "late", due, done))

    @Rule(
        HazardDuty(id=MATCH.d, blank=False, due=MATCH.due, done=None),
        TEST(lambda due: due <= NOW),
        HandedIn(duty=MATCH.d),
    )
    def hazard_breached(self, d, due):
        self.hazards.append((d, "breached", due, None))

    @Rule(
        HazardDuty(id=MATCH.d, blank=False, due=MATCH.due, done=None),
        TEST(lambda due: due <= NOW),
        NOT(HandedIn(duty=MATCH.d)),
    )
    def hazard_unproven(self, d, due):
        self.hazards.append((d, "unproven", due, None))

    @Rule(
        Mine(s=MATCH.ms),
        Proven(type="hazard", s=MATCH.s, e=MATCH.e),
        TEST(lambda ms, s, e: s <= max(ms, FROM) < e),
        salience=10,
    )
    def hazards_handed_in_to(self, e):
        self.declare(Runs(to=e))

    @Rule(Mine(s=MATCH.s, e=MATCH.e), NOT(Runs()))
    def hazards_never_handed_in(self, s, e):
        self.be_blind(s, e, max(s, FROM))

    @Rule(Mine(s=MATCH.s, e=MATCH.e), Runs(to=MATCH.to))
    def hazards_not_to_the_end(self, s, e, to):
        self.be_blind(s, e, to)

    def be_blind(self, s, e, to):
        due = max(TO, to + 41 * DAY)
        if max(s, FROM) < min(e, TO) and to < min(e, TO) and due <= NOW:
            self.blind.append(due)


ACTS = {"hazard": Hazard, "enterprise_meeting": Meeting, "inspection": Inspection, "blast": Blast}


def run(folder: Path, out: Path) -> None:
    judge = Judge()
    findings: list[tuple[Any, ...]] = []
    for county in counties(folder, (*ACTS, "weather")):
        for facts in by_mine(county, tuple(ACTS)):
            findings += _judged(judge, county, facts)
    write(out, findings)


def _judged(judge: Judge, county, facts: dict[str, list[Row]]) -> Iterator[tuple[Any, ...]]:
    judge.found, judge.acts, judge.hazards, judge.blind = [], {}, [], []
    judge.reset()
    mine = facts["mines"][0]
    judge.declare(Mine(**mine))
    for row in facts["proven"]:
        judge.declare(Proven(**row))
    for row in facts["spans"]:
        judge.declare(Span(**row))
    for row in facts["duties"]:
        judge.declare(Duty(**row, proof=row["proof_to"], type=PROOF[row["obligation"]]))
    for name, fact in ACTS.items():
        for row in facts[name]:
            if name != "inspection" or "企业主要负责人带队" in row["levels"]:
                judge.declare(fact(**row))
    judge.run()
    for number, status in judge.found:
        own = sorted(judge.acts.get(number, []))
        observed = (
            len({moment // DAY for moment, _ in own}) if county.duties[number]["period"] is not None else len(own)
        )
        yield of_duty(county, number, status, observed, [i for _, i in own])
    for hazard, status, due, done in judge.hazards:
        yield of_hazard(county, mine["id"], status, due, done is not None, hazard)
    for due in judge.blind:
        yield of_blind(county, mine["id"], due)
