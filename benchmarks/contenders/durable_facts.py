"""durable-rules 2.0.28 (2020): records as facts, one state (`sid`) for each mine, joins and `none`.

What must be absent has to be asserted before the fact that it is absent for, so each duty ends with a gate fact, and what "in time"
and "handed in" mean is asserted as a fact first. There is no null (the field is left out), no count, no sorting: days told apart,
evidence and observed numbers are by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from durable.engine import MessageNotHandledException
from durable.lang import c, get_host, item, m, none, ruleset, when_all

from contenders._by_hand import DAY, NOW, County, Row, at, by_mine, counties, of_blind, of_duty, of_hazard, write

TITLE = "durable-rules"
PACKAGES = ("durable-rules", "pyarrow")
OBLIGATIONS = (
    "hazards-corrected-in-time",
    "enterprise-special-meeting",
    "head-leads-inspections",
    "no-blasting-in-severe-weather",
)
BY_HAND = ("_by_hand",)
NOTE = (
    "2.0.28, June 2020, the last. Newest versions, hand-ins merged, calendar, live spans, the duty of a hazard, days told apart, observed "
    "numbers and evidence are by hand; absence is a `none` pattern over duties made by hand, which needs a gate fact for each: what comes later is not taken back"
)

FROM, TO = at("2023-11-11"), at("2024-02-01")
MEETING, LEADS, BLASTING = OBLIGATIONS[1:]
PROOF = dict(zip(OBLIGATIONS, ("hazard", "enterprise_meeting", "inspection", "blast"), strict=True))
found: list[tuple[Any, str]] = []
acts: dict[int, list[tuple[int, str]]] = {}
maybe: dict[int, int] = {}
blind: list[int] = []


def count(facts: Any, sure: bool) -> None:
    duty, act = facts.duty, facts.act
    if sure:
        acts.setdefault(duty.number, []).append((act.at, act.name))
    else:
        maybe[duty.number] = maybe.get(duty.number, 0) + 1
    timely = duty.due is not None and act.at <= duty.due
    facts.assert_fact({"kind": "counted", "duty": duty.number, "act": act.name, "sure": sure, "timely": timely})


with ruleset("duban"):

    @when_all(
        c.act << (m.kind == "enterprise_meeting") & m.kinds.anyItem((item == "专题会") | (item == "动员部署")),
        c.duty << (m.obligation == MEETING) & (m.ls <= c.act.at),
    )
    def meeting_counts(c):
        count(c, True)

    @when_all(
        c.act << (m.kind == "enterprise_meeting") & -m.kinds, c.duty << (m.obligation == MEETING) & (m.ls <= c.act.at)
    )
    def meeting_may_count(c):
        count(c, False)

    @when_all(
        c.act << (m.kind == "inspection") & m.levels.anyItem(item == "企业主要负责人带队"),
        c.span << (m.kind == "span") & (m.working == True) & (m.s <= c.act.at) & (m.e > c.act.at),
        c.duty << (m.obligation == LEADS) & (m.ls <= c.act.at) & (m.le > c.act.at),
    )
    def head_leads(c):
        leaders = c.act.leaders or ()
        if (c.span.head is not None and c.span.head in leaders) or (
            c.span.legal is not None and c.span.legal in leaders
        ):
            count(c, True)
        elif c.span.head is None or c.act.leaders is None:
            count(c, False)

    @when_all(c.act << m.kind == "blast", c.duty << (m.obligation == BLASTING) & (m.ls <= c.act.at) & (m.le > c.act.at))
    def blasted(c):
        count(c, True)

    @when_all(
        c.run << m.kind == "proven",
        c.duty << (m.kind == "duty") & (m.type == c.run.type) & (m.ls >= c.run.s) & (m.proof_to <= c.run.e),
    )
    def handed_in(c):
        c.assert_fact({"kind": "handed in", "duty": c.duty.number})

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == MEETING),
        none((m.kind == "counted") & (m.sure == True) & (m.timely == True) & (m.duty == c.judge.duty)),
        c.maybe << (m.kind == "counted") & (m.sure == False) & (m.timely == True) & (m.duty == c.judge.duty),
    )
    def meeting_in_time_unknown(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == MEETING),
        none((m.kind == "counted") & (m.sure == True) & (m.duty == c.judge.duty)),
        c.maybe << (m.kind == "counted") & (m.sure == False) & (m.duty == c.judge.duty),
    )
    def meeting_unknown(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == MEETING),
        none((m.kind == "counted") & (m.sure == True) & (m.timely == True) & (m.duty == c.judge.duty)),
        none((m.kind == "handed in") & (m.duty == c.judge.duty)),
    )
    def meeting_not_handed_in(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == MEETING),
        none((m.kind == "counted") & (m.timely == True) & (m.duty == c.judge.duty)),
        c.late << (m.kind == "counted") & (m.sure == True) & (m.duty == c.judge.duty),
        c.whole << (m.kind == "handed in") & (m.duty == c.judge.duty),
    )
    def meeting_late(c):
        found.append((c.judge.duty, "late"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == MEETING),
        none((m.kind == "counted") & (m.duty == c.judge.duty)),
        c.whole << (m.kind == "handed in") & (m.duty == c.judge.duty),
    )
    def meeting_breached(c):
        found.append((c.judge.duty, "breached"))

    @when_all(c.judge << (m.kind == "judge") & (m.obligation == LEADS) & (m.days < 2) & (m.at_most >= 2))
    def leads_unknown(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == LEADS) & (m.days < 2) & (m.at_most < 2),
        none((m.kind == "handed in") & (m.duty == c.judge.duty)),
    )
    def leads_not_handed_in(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == LEADS) & (m.days < 2) & (m.at_most < 2),
        c.whole << (m.kind == "handed in") & (m.duty == c.judge.duty),
    )
    def leads_breached(c):
        found.append((c.judge.duty, "breached"))

    @when_all(c.judge << (m.kind == "judge") & (m.obligation == BLASTING) & (m.unsure == True))
    def warning_for_nobody_knows_whom(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(c.judge << (m.kind == "judge") & (m.obligation == BLASTING) & (m.unsure == False) & (m.days > 0))
    def blasting_breached(c):
        found.append((c.judge.duty, "breached"))

    @when_all(
        c.judge << (m.kind == "judge")
        & (m.obligation == BLASTING)
        & (m.unsure == False)
        & (m.days == 0)
        & (m.due <= NOW),
        none((m.kind == "handed in") & (m.duty == c.judge.duty)),
    )
    def blasting_not_handed_in(c):
        found.append((c.judge.duty, "unproven"))

    @when_all((m.kind == "judge") & (m.obligation == "hazard") & (m.blank == True))
    def hazard_blank(c):
        found.append((c.m.duty, "unproven"))

    @when_all((m.kind == "judge") & (m.obligation == "hazard") & (m.blank == False) & (m.due <= NOW) & (m.late == True))
    def hazard_late(c):
        found.append((c.m.duty, "late"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == "hazard") & (m.blank == False) & (m.due <= NOW) & -m.done,
        none((m.kind == "handed in") & (m.duty == c.judge.duty)),
    )
    def hazard_unproven(c):
        found.append((c.judge.duty, "unproven"))

    @when_all(
        c.judge << (m.kind == "judge") & (m.obligation == "hazard") & (m.blank == False) & (m.due <= NOW) & -m.done,
        c.whole << (m.kind == "handed in") & (m.duty == c.judge.duty),
    )
    def hazard_breached(c):
        found.append((c.judge.duty, "breached"))

    @when_all(
        c.run << (m.kind == "proven") & (m.type == "hazard"),
        c.mine << (m.kind == "mine") & (m.a >= c.run.s) & (m.a < c.run.e) & (m.b > c.run.e),
    )
    def hazards_not_to_the_end(c):
        blind.append(c.run.e)

    @when_all(
        c.mine << m.kind == "mine",
        none((m.kind == "proven") & (m.type == "hazard") & (m.s <= c.mine.a) & (m.e > c.mine.a)),
    )
    def hazards_never_handed_in(c):
        blind.append(c.mine.a)


ACTS = ("hazard", "enterprise_meeting", "inspection", "blast")


def run(folder: Path, out: Path) -> None:
    host = get_host()
    findings: list[tuple[Any, ...]] = []
    number = 0
    for county in counties(folder, (*ACTS, "weather")):
        for facts in by_mine(county, ACTS):
            number += 1
            findings += _judged(host, county, facts, str(number))
            host.delete_state("duban", str(number))
    write(out, findings)


def _judged(host: Any, county: County, facts: dict[str, list[Row]], sid: str) -> Iterator[tuple[Any, ...]]:
    for kept in (found, acts, maybe, blind):
        kept.clear()
    told = 0

    def tell(kind: str, row: Row) -> None:
        nonlocal told
        told += 1
        given = {name: value for name, value in row.items() if value is not None and name != "id"}
        with suppress(MessageNotHandledException):  # no rule asks for such a fact
            host.assert_fact("duban", {**given, "kind": kind, "name": row.get("id"), "id": f"{sid}-{told}", "sid": sid})

    mine = facts["mines"][0]
    hazards = {row["id"]: row for row in (_hazard(row, mine) for row in facts["hazard"]) if row}
    for name in ("enterprise_meeting", "inspection", "blast"):
        for row in facts[name]:
            if row["at"] <= NOW:
                tell(name, row)
    for row in facts["spans"]:
        tell("span", row)
    for row in facts["proven"]:
        tell("proven", row)
    for row in facts["duties"]:
        tell("duty", {**row, "number": row["id"], "type": PROOF[row["obligation"]]})
    for row in hazards.values():
        tell("duty", {"number": row["id"], "type": "hazard", "ls": row["ls"], "proof_to": row["le"]})
    days = {duty: len({moment // DAY for moment, _ in own}) for duty, own in acts.items()}
    for row in facts["duties"]:
        n = days.get(row["id"], 0)
        tell("judge", {**row, "duty": row["id"], "days": n, "at_most": n + maybe.get(row["id"], 0)})
    for row in hazards.values():
        tell("judge", {**row, "duty": row["id"], "obligation": "hazard"})
    a, b = max(mine["s"], FROM), min(mine["e"], TO)
    if a < b:
        tell("mine", {"a": a, "b": b})
    for duty, status in set(found):
        if duty in hazards:
            yield of_hazard(county, mine["id"], status, hazards[duty]["due"], hazards[duty]["done"] is not None, duty)
        else:
            own = sorted(acts.get(duty, []))
            observed = days.get(duty, 0) if county.duties[duty]["period"] is not None else len(own)
            yield of_duty(county, duty, status, observed, [act for _, act in own])
    for to in blind:
        if (due := max(TO, to + 41 * DAY)) <= NOW:
            yield of_blind(county, mine["id"], due)


def _hazard(row: Row, mine: Row) -> Row | None:
    """The duty of a hazard: arithmetic over two facts is not the engine's."""
    due = None if row["deadline"] is None else row["deadline"] + DAY
    ls, le = max(row["found"], mine["s"]), mine["e"] if due is None else min(due, mine["e"])
    if row["source"] not in ("企业自查", None) or row["level"] not in ("一般", None) or not FROM <= row["found"] < TO:
        return None
    if ls >= le or (due is not None and mine["e"] < due):
        return None
    done = row["done"] if row["done"] is not None and row["done"] < NOW and row["recheck"] != "不合格" else None
    blank = row["source"] is None or row["level"] is None or due is None
    late = done is not None and due is not None and done >= due
    return {"id": row["id"], "due": due, "ls": ls, "le": le, "done": done, "blank": blank, "late": late}
