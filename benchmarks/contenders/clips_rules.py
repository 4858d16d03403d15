"""CLIPS 6.4 through clipspy: records as facts, Rete joins, `not` and `exists` as patterns.

It says all five of its duties by itself, absence for each mine and month too, given that somebody asserts the duties; counts of
at least two are a joined pair of facts. It has no aggregation, no dates and no unknown: evidence, observed numbers, calendar and
live spans are by hand. The other seven would be more of the same; they are left out for the work, not because CLIPS could not.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clips

from contenders._by_hand import DAY, NOW, County, at, counties, of_blind, of_duty, of_hazard, write

TITLE = "CLIPS (clipspy)"
PACKAGES = ("clipspy", "pyarrow")
OBLIGATIONS = (
    "hazards-corrected-in-time",
    "enterprise-special-meeting",
    "head-leads-inspections",
    "no-blasting-in-severe-weather",
    "major-hazard-rectified",
)
BY_HAND = ("_by_hand",)
NOTE = (
    "1.0.6, October 2025. Newest versions, hand-ins merged, calendar, live spans, observed numbers and evidence are by hand; "
    "absence is a `not` pattern, over duties (roster × period) that are made by hand"
)

RULES = f"""
(defglobal ?*now* = {NOW} ?*from* = {at("2023-11-11")} ?*to* = {at("2024-02-01")} ?*campaign* = {at("2023-11-03")} ?*year-end* = {at("2024-01-01")} ?*day* = {DAY})

(deftemplate mine (slot id) (slot town) (slot bureau) (slot s) (slot e))

(deftemplate span (slot mine) (slot s) (slot e) (slot head) (slot legal) (slot working))

(deftemplate proven (slot who) (slot type) (slot s) (slot e))

(deftemplate hazard (slot id) (slot mine) (slot source) (slot level) (slot found) (slot deadline) (slot done) (slot recheck))

(deftemplate meeting (slot id) (slot mine) (slot at) (multislot kinds))

(deftemplate inspection (slot id) (slot mine) (slot at) (multislot leaders))

(deftemplate blast (slot id) (slot mine) (slot at))

(deftemplate duty (slot id) (slot obligation) (slot type) (slot mine) (slot town) (slot due) (slot unsure) (slot ls) (slot le) (slot proof))

(deftemplate hazard-duty (slot id) (slot mine) (slot town) (slot sure) (slot due) (slot done) (slot ls) (slot le))

(deftemplate act (slot duty) (slot id) (slot at) (slot sure))

(deftemplate found (slot duty) (slot status))

(deftemplate hazard-found (slot id) (slot mine) (slot due) (slot status) (slot done))

(deftemplate blind (slot obligation) (slot mine) (slot due))

(deftemplate watch (slot obligation) (slot type) (slot from) (slot to) (slot lag))

(deftemplate major (slot id) (slot mine) (slot found) (slot confirmed) (slot acceptance) (slot done) (slot postponed) (multislot steps) (slot fund))

(deftemplate rectified (slot id))

(deftemplate settled (slot id))

(deftemplate major-found (slot id) (slot mine) (slot status))

(defrule meeting-counts
  (duty (id ?d) (obligation "enterprise-special-meeting") (mine ?m) (ls ?ls))
  (meeting (id ?i) (mine ?m) (at ?t&:(<= ?ls ?t ?*now*)) (kinds $? ?kind&"专题会"|"动员部署"|nil $?))
  => (assert (act (duty ?d) (id ?i) (at ?t) (sure (neq ?kind nil)))))

(defrule head-leads
  (duty (id ?d) (obligation "head-leads-inspections") (mine ?m) (ls ?ls) (le ?le))
  (inspection (id ?i) (mine ?m) (at ?t&:(<= ?ls ?t)&:(< ?t ?le)) (leaders $?leaders))
  (span (mine ?m) (s ?s&:(<= ?s ?t)) (e ?e&:(< ?t ?e)) (working TRUE) (head ?head) (legal ?legal))
  =>
  (if (or (and (neq ?head nil) (member$ ?head ?leaders)) (and (neq ?legal nil) (member$ ?legal ?leaders)))
    then (assert (act (duty ?d) (id ?i) (at ?t) (sure TRUE)))
    else (if (or (eq ?head nil) (member$ nil ?leaders)) then (assert (act (duty ?d) (id ?i) (at ?t) (sure FALSE))))))

(defrule blasted
  (duty (id ?d) (obligation "no-blasting-in-severe-weather") (mine ?m) (ls ?ls) (le ?le))
  (blast (id ?i) (mine ?m) (at ?t&:(<= ?ls ?t ?*now*)&:(< ?t ?le)))
  => (assert (act (duty ?d) (id ?i) (at ?t) (sure TRUE))))

(defrule meeting-unproven (declare (salience -10))
  (duty (id ?d) (obligation "enterprise-special-meeting") (type ?type) (town ?town) (due ?due) (ls ?ls) (proof ?le))
  (not (act (duty ?d) (sure TRUE) (at ?t&:(<= ?t ?due))))
  (or (exists (act (duty ?d) (sure FALSE) (at ?u&:(<= ?u ?due))))
      (and (exists (act (duty ?d) (sure FALSE))) (not (act (duty ?d) (sure TRUE))))
      (not (proven (who ?town) (type ?type) (s ?s&:(<= ?s ?ls)) (e ?e&:(>= ?e ?le)))))
  => (assert (found (duty ?d) (status unproven))))

(defrule meeting-late (declare (salience -20))
  (duty (id ?d) (obligation "enterprise-special-meeting") (due ?due))
  (not (act (duty ?d) (sure TRUE) (at ?t&:(<= ?t ?due))))
  (exists (act (duty ?d) (sure TRUE)))
  (not (found (duty ?d) (status unproven)))
  => (assert (found (duty ?d) (status late))))

(defrule meeting-breached (declare (salience -20))
  (duty (id ?d) (obligation "enterprise-special-meeting"))
  (not (act (duty ?d) (sure TRUE)))
  (not (found (duty ?d) (status unproven)))
  => (assert (found (duty ?d) (status breached))))

(deffunction day (?t) (div ?t ?*day*))

(defrule head-unproven (declare (salience -10))
  (duty (id ?d) (obligation "head-leads-inspections") (type ?type) (town ?town) (ls ?ls) (proof ?le))
  (not (and (act (duty ?d) (sure TRUE) (at ?t)) (act (duty ?d) (sure TRUE) (at ?u&:(< (day ?t) (day ?u))))))
  (or (exists (act (duty ?d) (sure FALSE) (id ?i)) (act (duty ?d) (id ?j&~?i)))
      (not (proven (who ?town) (type ?type) (s ?s&:(<= ?s ?ls)) (e ?e&:(>= ?e ?le)))))
  => (assert (found (duty ?d) (status unproven))))

(defrule head-breached (declare (salience -20))
  (duty (id ?d) (obligation "head-leads-inspections"))
  (not (and (act (duty ?d) (sure TRUE) (at ?t)) (act (duty ?d) (sure TRUE) (at ?u&:(< (day ?t) (day ?u))))))
  (not (found (duty ?d) (status unproven)))
  => (assert (found (duty ?d) (status breached))))

(defrule blasting-breached (declare (salience -10))
  (duty (id ?d) (obligation "no-blasting-in-severe-weather") (unsure FALSE))
  (exists (act (duty ?d)))
  => (assert (found (duty ?d) (status breached))))

(defrule blasting-unproven (declare (salience -10))
  (duty (id ?d) (obligation "no-blasting-in-severe-weather") (type ?type) (town ?town) (due ?due&~nil&:(<= ?due ?*now*)) (ls ?ls) (proof ?le))
  (not (act (duty ?d)))
  (not (proven (who ?town) (type ?type) (s ?s&:(<= ?s ?ls)) (e ?e&:(>= ?e ?le))))
  => (assert (found (duty ?d) (status unproven))))

(defrule warning-for-nobody-knows-whom (declare (salience -10))
  (duty (id ?d) (unsure TRUE))
  => (assert (found (duty ?d) (status unproven))))

(defrule hazard-is-a-duty
  (hazard (id ?h) (mine ?m) (source ?source&"企业自查"|nil) (level ?level&"一般"|nil)
    (found ?f&:(<= ?*from* ?f)&:(< ?f ?*to*)) (deadline ?deadline) (done ?done) (recheck ?recheck))
  (mine (id ?m) (town ?town) (s ?s) (e ?e))
  =>
  (bind ?due (if (eq ?deadline nil) then nil else (+ ?deadline ?*day*)))
  (bind ?le (if (eq ?due nil) then ?e else (min ?due ?e)))
  (if (and (< (max ?f ?s) ?le) (or (eq ?due nil) (>= ?e ?due))) then
    (bind ?counts (and (neq ?done nil) (neq ?recheck "不合格") (< ?done ?*now*)))
    (assert (hazard-duty (id ?h) (mine ?m) (town ?town) (sure (and (neq ?source nil) (neq ?level nil))) (due ?due)
      (done (if ?counts then ?done else nil)) (ls (max ?f ?s)) (le ?le)))))

(defrule hazard-with-an-empty-cell
  (or (hazard-duty (id ?h) (mine ?m) (due ?due) (done ?done) (sure FALSE)) (hazard-duty (id ?h) (mine ?m) (due ?due&nil) (done ?done) (sure TRUE)))
  => (assert (hazard-found (id ?h) (mine ?m) (due ?due) (status unproven) (done ?done))))

(defrule hazard-late
  (hazard-duty (id ?h) (mine ?m) (sure TRUE) (due ?due&~nil&:(<= ?due ?*now*)) (done ?done&~nil&:(>= ?done ?due)))
  => (assert (hazard-found (id ?h) (mine ?m) (due ?due) (status late) (done ?done))))

(defrule hazard-breached
  (hazard-duty (id ?h) (mine ?m) (town ?town) (sure TRUE) (due ?due&~nil&:(<= ?due ?*now*)) (done nil) (ls ?ls) (le ?le))
  (exists (proven (who ?town) (type "hazard") (s ?s&:(<= ?s ?ls)) (e ?e&:(>= ?e ?le))))
  => (assert (hazard-found (id ?h) (mine ?m) (due ?due) (status breached))))

(defrule hazard-unproven
  (hazard-duty (id ?h) (mine ?m) (town ?town) (sure TRUE) (due ?due&~nil&:(<= ?due ?*now*)) (done nil) (ls ?ls) (le ?le))
  (not (proven (who ?town) (type "hazard") (s ?s&:(<= ?s ?ls)) (e ?e&:(>= ?e ?le))))
  => (assert (hazard-found (id ?h) (mine ?m) (due ?due) (status unproven))))

(deffacts watched
  (watch (obligation "hazards-corrected-in-time") (type "hazard") (from ?*from*) (to ?*to*) (lag (* 41 ?*day*)))
  (watch (obligation "major-hazard-rectified") (type "major_hazard") (from ?*campaign*) (to ?*year-end*) (lag (* 8 ?*day*))))

(defrule never-handed-in
  (watch (obligation ?o) (type ?type) (from ?from) (to ?to) (lag ?lag))
  (mine (id ?m) (town ?town) (bureau ?bureau) (s ?s) (e ?e&:(< (max ?s ?from) (min ?e ?to))))
  (not (proven (who ?town|?bureau) (type ?type) (s ?ps&:(<= ?ps (max ?s ?from))) (e ?pe&:(> ?pe (max ?s ?from)))))
  (test (<= (max ?to (+ (max ?s ?from) ?lag)) ?*now*))
  => (assert (blind (obligation ?o) (mine ?m) (due (max ?to (+ (max ?s ?from) ?lag))))))

(defrule not-handed-in-to-the-end
  (watch (obligation ?o) (type ?type) (from ?from) (to ?to) (lag ?lag))
  (mine (id ?m) (town ?town) (bureau ?bureau) (s ?s) (e ?e&:(< (max ?s ?from) (min ?e ?to))))
  (proven (who ?town|?bureau) (type ?type) (s ?ps&:(<= ?ps (max ?s ?from))) (e ?pe&:(> ?pe (max ?s ?from))&:(< ?pe (min ?e ?to))))
  (test (<= (max ?to (+ ?pe ?lag)) ?*now*))
  => (assert (blind (obligation ?o) (mine ?m) (due (max ?to (+ ?pe ?lag))))))

(defrule major-rectified
  (major (id ?h) (acceptance nil|"合格") (done ?done&~nil&:(< ?done ?*now*)))
  => (assert (rectified (id ?h))))

(defrule major-in-time
  (major (id ?h) (confirmed ~nil) (done ?done) (postponed ?until))
  (rectified (id ?h))
  (test (or (< ?done ?*year-end*) (and (neq ?until nil) (>= ?until ?*year-end*) (<= ?done ?until))))
  => (assert (settled (id ?h))))

(defrule major-reported-with-five-steps
  (major (id ?h) (confirmed ~nil) (steps $?steps&:(not (member$ nil ?steps))&:(< (max (expand$ ?steps)) ?*year-end*)) (fund ?fund&nil|:(> ?fund 0)))
  => (assert (settled (id ?h))))

(deffunction asked (?found ?e) (and (>= ?found ?*campaign*) (< ?found ?*year-end*) (>= ?e ?*year-end*)))

(defrule major-with-an-empty-cell (declare (salience -10))
  (major (id ?h) (mine ?m) (found ?f) (confirmed nil))
  (mine (id ?m) (e ?e&:(asked ?f ?e)))
  => (assert (major-found (id ?h) (mine ?m) (status unproven))))

(defrule major-late (declare (salience -10))
  (major (id ?h) (mine ?m) (found ?f) (confirmed "重大"))
  (mine (id ?m) (e ?e&:(asked ?f ?e)))
  (rectified (id ?h))
  (not (settled (id ?h)))
  => (assert (major-found (id ?h) (mine ?m) (status late))))

(defrule major-unproven (declare (salience -10))
  (major (id ?h) (mine ?m) (found ?f) (confirmed "重大"))
  (mine (id ?m) (bureau ?bureau) (s ?s) (e ?e&:(asked ?f ?e)))
  (not (rectified (id ?h)))
  (not (settled (id ?h)))
  (not (proven (who ?bureau) (type "major_hazard") (s ?ps&:(<= ?ps (max ?f ?s))) (e ?pe&:(>= ?pe ?*year-end*))))
  => (assert (major-found (id ?h) (mine ?m) (status unproven))))

(defrule major-breached (declare (salience -10))
  (major (id ?h) (mine ?m) (found ?f) (confirmed "重大") (postponed ?until))
  (mine (id ?m) (bureau ?bureau) (s ?s) (e ?e&:(asked ?f ?e)))
  (not (rectified (id ?h)))
  (not (settled (id ?h)))
  (exists (proven (who ?bureau) (type "major_hazard") (s ?ps&:(<= ?ps (max ?f ?s))) (e ?pe&:(>= ?pe ?*year-end*))))
  (test (or (eq ?until nil) (< ?until ?*year-end*) (<= (+ ?until ?*day*) ?*now*)))
  => (assert (major-found (id ?h) (mine ?m) (status breached))))
"""
STEPS = ("excepted", "measure_on", "resp_on", "fund_on", "deadline_on", "plan_on")
TYPES = ("hazard", "major_hazard", "enterprise_meeting", "inspection", "blast", "weather")
DUTY_TYPE = dict(zip(OBLIGATIONS[1:4], ("enterprise_meeting", "inspection", "blast"), strict=True))
NIL = clips.Symbol("nil")


def run(folder: Path, out: Path) -> None:
    env = clips.Environment()
    for construct in RULES.strip().split("\n\n"):
        env.build(construct)
    templates = {template.name: template for template in env.templates()}

    def tell(name: str, rows: list[dict[str, Any]], *left_out: str) -> None:
        template = templates[name]
        for row in rows:
            template.assert_fact(**{slot: _term(slot, value) for slot, value in row.items() if slot not in left_out})

    findings = []
    for county in counties(folder, TYPES):
        env.reset()
        bureaus = {mine["bureau"] for mine in county.mines}
        tell("mine", county.mines)
        tell("span", county.spans, "storm")
        tell("hazard", county.rows["hazard"])
        majors = (
            {**row, "steps": [row[step] for step in STEPS], "fund": row["fund"]} for row in county.rows["major_hazard"]
        )
        tell("major", list(majors), *STEPS)
        tell("proven", [run for run in county.proven if run["who"] not in bureaus or run["type"] == "major_hazard"])
        tell("meeting", county.rows["enterprise_meeting"])
        tell(
            "inspection", [row for row in county.rows["inspection"] if "企业主要负责人带队" in row["levels"]], "levels"
        )
        tell("blast", county.rows["blast"])
        for duty in county.duties:
            proof = {"proof": duty["proof_to"], "type": DUTY_TYPE[duty["obligation"]]}
            tell("duty", [{**duty, **proof}], "trigger", "period", "proof_to")
        env.run()
        findings += _findings(county, list(env.facts()))
    write(out, findings)


def _term(slot: str, value: Any) -> Any:
    if slot in ("kinds", "leaders", "steps"):
        return (NIL,) if value is None else [NIL if one is None else one for one in value]
    return NIL if value is None else clips.Symbol(str(value).upper()) if isinstance(value, bool) else value


def _findings(county: County, facts: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Findings out of what the rules asserted; what was counted is gathered here."""
    acts: dict[int, list[tuple[int, str]]] = {}
    for fact in facts:
        if fact.template.name == "act" and fact["sure"] == "TRUE":
            acts.setdefault(fact["duty"], []).append((fact["at"], fact["id"]))
    rectified = {fact["id"] for fact in facts if fact.template.name == "rectified"}
    for fact in facts:
        kind = fact.template.name
        if kind == "found":
            own = sorted(acts.get(fact["duty"], []))
            monthly = county.duties[fact["duty"]]["period"] is not None
            observed = len({moment // DAY for moment, _ in own}) if monthly else len(own)
            yield of_duty(county, fact["duty"], str(fact["status"]), observed, [i for _, i in own])
        elif kind == "hazard-found":
            due = None if fact["due"] == "nil" else fact["due"]
            yield of_hazard(
                county, fact["mine"], str(fact["status"]), due, fact["done"] not in (None, "nil"), fact["id"]
            )
        elif kind == "blind":
            yield of_blind(county, fact["mine"], fact["due"], fact["obligation"])
        elif kind == "major-found":
            done = fact["id"] in rectified
            yield of_hazard(
                county, fact["mine"], str(fact["status"]), at("2024-01-01"), done, fact["id"], OBLIGATIONS[4]
            )
