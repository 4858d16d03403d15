"""CLIPS 6.4 through clipspy: records as facts, Rete joins, `not` and `exists` as patterns.

It says all four of its duties by itself, absence for each mine and month too, given that somebody asserts the duties; counts of
at least two are a joined pair of facts. It has no aggregation, no dates and no unknown: evidence, observed numbers, calendar and
live spans are by hand. The other eight would be more of the same; they are left out for the work, not because CLIPS could not.
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
)
BY_HAND = ("_by_hand",)
NOTE = (
    "1.0.6, October 2025. Newest versions, hand-ins merged, calendar, live spans, observed numbers and evidence are by hand; "
    "absence is a `not` pattern, over duties (roster × period) that are made by hand"
)

RULES = f"""
(defglobal ?*now* = {NOW} ?*from* = {at("2023-11-11")} ?*to* = {at("2024-02-01")} ?*day* = {DAY})

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

(deftemplate blind (slot mine) (slot due))

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

(defrule hazards-never-handed-in
  (mine (id ?m) (town ?town) (s ?s) (e ?e&:(< (max ?s ?*from*) (min ?e ?*to*))))
  (not (proven (who ?town) (type "hazard") (s ?ps&:(<= ?ps (max ?s ?*from*))) (e ?pe&:(> ?pe (max ?s ?*from*)))))
  (test (<= (max ?*to* (+ (max ?s ?*from*) (* 41 ?*day*))) ?*now*))
  => (assert (blind (mine ?m) (due (max ?*to* (+ (max ?s ?*from*) (* 41 ?*day*)))))))

(defrule hazards-not-handed-in-to-the-end
  (mine (id ?m) (town ?town) (s ?s) (e ?e&:(< (max ?s ?*from*) (min ?e ?*to*))))
  (proven (who ?town) (type "hazard") (s ?ps&:(<= ?ps (max ?s ?*from*))) (e ?pe&:(> ?pe (max ?s ?*from*))&:(< ?pe (min ?e ?*to*))))
  (test (<= (max ?*to* (+ ?pe (* 41 ?*day*))) ?*now*))
  => (assert (blind (mine ?m) (due (max ?*to* (+ ?pe (* 41 ?*day*)))))))
"""
TYPES = ("hazard", "enterprise_meeting", "inspection", "blast", "weather")
DUTY_TYPE = dict(zip(OBLIGATIONS[1:], ("enterprise_meeting", "inspection", "blast"), strict=True))
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
        tell("mine", county.mines)
        tell("span", county.spans, "storm")
        tell("proven", county.proven)
        tell("hazard", county.rows["hazard"])
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
    if slot in ("kinds", "leaders"):
        return (NIL,) if value is None else value
    return NIL if value is None else clips.Symbol(str(value).upper()) if isinstance(value, bool) else value


def _findings(county: County, facts: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Findings out of what the rules asserted; what was counted is gathered here."""
    acts: dict[int, list[tuple[int, str]]] = {}
    for fact in facts:
        if fact.template.name == "act" and fact["sure"] == "TRUE":
            acts.setdefault(fact["duty"], []).append((fact["at"], fact["id"]))
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
            yield of_blind(county, fact["mine"], fact["due"])
