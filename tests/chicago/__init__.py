"""The duties of tests/fixtures/chicago-2013 worked out in pandas, without the engine.

Written from the README of the data, docs/semantics.md and the titles of the obligations alone.
"""

from chicago import figures, periods, triggers
from chicago.counting import KEY, LOG, YEAR, Expected, failures
from chicago.periods import city, classes, covering, forbidden, from_a_day_on, listed, logged, monthly_by, periodic
from chicago.triggers import answered
from chicago.world import DAY, HIGH, LOW, MEDIUM, World

README = ("high-risk-twice-a-year", "medium-risk-once-a-year", "failure-seen-again")
IN_2014 = ("2014-01-01", "2014-12-31")

EXPECTED: dict[str, Expected] = {
    # 1-inspections.yaml
    "high-risk-twice-a-year": periodic(listed, "year", 2, only=periods.of_class(HIGH)),
    "medium-risk-once-a-year": periodic(listed, "year", 1, only=periods.of_class(MEDIUM)),
    "failure-seen-again": answered(),
    # 2-probes.yaml
    "each-day": periodic(city, "day", 1, bearer="city"),
    "each-week": periodic(city, "week", 150, LOG, bearer="city"),
    "each-quarter": periodic(listed, "quarter", 1, ("2012-05-20", "2013-11-10")),
    "each-half-year": periodic(listed, "half_year", 1),
    "two-days-a-year": periodic(listed, "year", 2, distinct="day"),
    "by-the-tenth": monthly_by(230, periods.day_of_month(10)),
    "by-a-workday": monthly_by(560, periods.rolled_day_of_month(25)),
    "by-midsummer": from_a_day_on(1, "2013-01-01", "2013-06-30"),
    "once-in-2012": from_a_day_on(2, "2012-01-01", "2012-12-31", but=LOW),
    "class-licences": periodic(classes, "month", 100, bearer="risk", distinct="license"),
    "class-by-condition": periodic(classes, "month", 100, bearer="risk", distinct="license"),
    "class-visits": periods.visits_of_a_class,
    "covers-all": covering(city, "month", 100, lambda w: w.canvass, periods.high_risk),
    "covers-share": covering(city, "month", 6.89, lambda w: periods.visits_for("Canvass")(w.visit), periods.high_risk),
    "class-covers-its-own": covering(classes, "quarter", 20, lambda w: w.canvass[w.canvass.results != "Fail"]),
    "no-failure-in-2014": forbidden(logged, IN_2014, lambda w: w.failed),
    "no-failure-at-all": forbidden(logged, IN_2014, lambda w: w.failed, once=True),
    "no-complaint-after-failure": triggers.no_complaint_after_failure,
    "class-stays": forbidden(listed, LOG, periods.other_class),
    "class-stays-by-reference": forbidden(listed, YEAR, periods.other_class),
    "failure-heralded": triggers.heralded(before_only=True),
    "failure-heralded-or-later": triggers.heralded(before_only=False),
    "first-failure-seen-again": answered(triggers=triggers.first_failures),
    "failure-seen-within-a-month": answered(triggers.a_month),
    "failure-seen-within-workdays": answered(triggers.ten_workdays),
    "failure-seen-rolled": answered(triggers.eight_days_rolled),
    "failure-then-two-visits": triggers.two_days_of_visits,
    "visits-after-first-failure": periods.quarters_after_first_failure,
    "failing-seen-twice": periodic(listed, "year", 2, only=periods.failed_in_2013),
    "restaurants-seen": periods.restaurants,
    "other-failures-seen-again": triggers.other_failures,
    "failure-seen-somehow": triggers.seen_somehow,
    "failure-looked-at": triggers.looked_at,
    "tally-agrees": figures.tally_agrees,
    "tally-adds-up": figures.tally_adds_up,
    "tally-sum": figures.tally_sum,
    "tally-sum-of-failures": figures.tally_sum_of_failures,
    # 3-more-probes.yaml
    "known-licence-seen": periods.known_licences,
    "high-risk-now-seen": periods.while_of("year", periods.of_high_risk, periods.visits_but("Consultation")),
    "restaurant-now-seen": periods.while_of(
        "year", periods.perhaps_restaurant, periods.visits_for("Canvass"), untold="facility_type"
    ),
    "no-worse-result": periods.complaints_after_a_failure,
    "failed-pair-seen": periodic(periods.failed_pairs, "year", 1, LOG, bearer="pair", chosen=periods.with_pair),
    "month-as-told": figures.as_told("canvasses", 100, lambda w: w.canvass),
    "month-failures-as-told": figures.as_told("failures", 102.5, lambda w: w.failed),
    "tally-in-time": figures.tally_in_time,
    "while-tallied": figures.while_tallied,
    "tallied-months-cover": figures.tallied_months_cover,
    "quarter-agrees": figures.quarter_agrees,
    "failure-seen-in-sixty": answered(tolerance=60 * DAY),
    "failure-canvassed-again": triggers.canvassed_again,
    "complaint-answered": triggers.complaint_answered,
    "kinds-of-facility": periods.kinds_of_facility,
    "soon-expected": monthly_by(92, periods.day_of_month(20), failures, expected_day=10),
    "licensed-and-seen": periods.licensed_and_seen,
    "week-or-the-next": periods.week_or_the_next,
    "covers-high-risk-now": periods.covers_high_risk_now,
}

__all__ = ["DAY", "EXPECTED", "KEY", "LOG", "README", "YEAR", "Expected", "World", "city", "periodic"]
