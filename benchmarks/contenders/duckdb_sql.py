"""Hand-written DuckDB SQL: each file scanned once, counts first, evidence only for what is found."""

from __future__ import annotations

from pathlib import Path

import duckdb

from workload import AS_OF_MOMENT, files

TITLE = "DuckDB, SQL by hand"
PACKAGES = ("duckdb",)

NOW = f"TIMESTAMP '{AS_OF_MOMENT}'"
STOPPED = "长期停产(无人作业)"
MONTHS = """(VALUES (DATE '2023-11-01', DATE '2023-11-11', DATE '2023-12-01'), (DATE '2023-12-01', DATE '2023-12-01', DATE '2024-01-01'),
  (DATE '2024-01-01', DATE '2024-01-01', DATE '2024-02-01')) AS p(period_start, a, b)"""


def run(folder: Path, out: Path) -> None:
    con = duckdb.connect()

    def newest(record: str, columns: str, key: str, where: str = "TRUE") -> str:
        """SQL of the newest known rows of a record type. Only keys that come twice are sorted; most types have none."""
        source = f"read_parquet({files(folder, record)}) WHERE submitted_at <= {NOW}"
        twice = f"SELECT hash(jurisdiction, {key}) AS h FROM {source} GROUP BY h HAVING count(*) > 1"
        again = [row[0] for row in con.execute(f"{twice} LIMIT 1").fetchall()]
        if not again:
            return f"(SELECT jurisdiction, {columns} FROM {source} AND {where})"
        con.execute(f"CREATE TEMP TABLE again_{record} AS {twice}")
        return f"""(SELECT jurisdiction, {columns} FROM {source} AND hash(jurisdiction, {key}) NOT IN (FROM again_{record}) AND {where}
          UNION ALL SELECT jurisdiction, {columns} FROM (FROM {source} AND hash(jurisdiction, {key}) IN (FROM again_{record})
            QUALIFY row_number() OVER (PARTITION BY jurisdiction, {key} ORDER BY submitted_at DESC) = 1) WHERE {where})"""

    def make(name: str, sql: str) -> None:
        con.execute(f"CREATE TEMP TABLE {name} AS {sql}")

    rosters(make, newest, files(folder, "manifest"))
    found = [
        *inspections(make, newest),
        *meetings_and_trainings(make, newest),
        *units(make, newest),
        *hazards(make, newest),
        *county_and_towns(make, newest),
        weather(make, newest),
    ]
    con.execute(f"COPY ({' UNION ALL BY NAME '.join(found)}) TO '{out}' (FORMAT parquet)")


def rosters(make, newest, manifest) -> None:
    """mine: spans of the roster; mine1: each mine once; proven: days handed in, merged, by who must hand in."""
    roster = newest(
        "enterprise",
        "enterprise_id, town, mine_type, status, bureau, employees, unit_count, head, legal_person, valid_from, valid_to",
        "enterprise_id, coalesce(valid_from, DATE '0001-01-01')",
    )
    make(
        "mine",
        f"""SELECT * EXCLUDE (valid_from, valid_to), coalesce(valid_from, DATE '0001-01-01') AS s,
          coalesce(valid_to + 1, DATE '9999-01-01') AS e, status = '{STOPPED}' AS stopped FROM {roster}""",
    )
    make(
        "mine1",
        "SELECT jurisdiction, enterprise_id, min(s) AS s, max(e) AS e, any_value(town) AS town, any_value(bureau) AS bureau FROM mine GROUP BY ALL",
    )
    make("town", f"FROM {newest('town', 'town, centre, bureau', 'town')}")
    make("county", f"FROM {newest('county', 'name', 'name')}")
    make(
        "line",
        f"""SELECT jurisdiction, sender, subject, record_type AS type, covered_from AS s,
          least(covered_through, CAST(received_at AS DATE)) + 1 AS e FROM read_parquet({manifest}) WHERE received_at <= {NOW}""",
    )
    # `who` is the town for its mines, the bureau for its own; 'centre' marks what the centre or its town handed in.
    make(
        "proven",
        """WITH spans AS (SELECT '' AS kind, jurisdiction, sender AS who, type, s, e FROM line WHERE sender = subject
            UNION ALL SELECT 'centre', l.jurisdiction, t.town, type, s, e FROM line l JOIN town t
              ON l.jurisdiction = t.jurisdiction AND l.sender IN (t.town, t.centre) AND l.subject IN (t.town, t.centre)
            WHERE type IN ('inspection', 'stat_report', 'major_detail')),
          marked AS (SELECT *, s > max(e) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS fresh FROM spans
            WHERE s < e WINDOW w AS (PARTITION BY kind, jurisdiction, who, type ORDER BY s, e)),
          islands AS (SELECT *, count(*) FILTER (fresh) OVER (PARTITION BY kind, jurisdiction, who, type ORDER BY s, e) AS island FROM marked)
        SELECT kind, jurisdiction, who, type, min(s) AS s, max(e) AS e FROM islands GROUP BY kind, jurisdiction, who, type, island""",
    )


def proof(type_: str, who: str, start: str, end: str, kind: str = "", name: str = "p") -> str:
    """A join after which `p.s IS NOT NULL` says that each day of [start, end) was handed in."""
    return f"""LEFT JOIN proven {name} ON {name}.kind = '{kind}' AND {name}.jurisdiction = f.jurisdiction AND {name}.type = '{type_}'
      AND {name}.who = {who} AND {name}.s <= CAST({start} AS DATE) AND {name}.e >= CAST({end} AS DATE)"""


def blind(
    obligation: str, bearers: str, type_: str, window: tuple[str, str], due: str, lag: int, kind: str = ""
) -> str:
    """One unproven duty for each of `bearers` (jurisdiction, bearer_id, who, s, e) who may have triggers on days not handed in."""
    return f"""SELECT '{obligation}' AS obligation, jurisdiction, bearer_id, '' AS trigger_id, NULL::DATE AS period_start, due, 'unproven' AS status,
        NULL::DOUBLE AS required, NULL::DOUBLE AS observed, []::VARCHAR[] AS evidence
      FROM (SELECT f.*, greatest({due}, CAST(coalesce(p.e, f.a) + {lag + 1} AS TIMESTAMP)) AS due
        FROM (SELECT *, greatest(s, DATE '{window[0]}') AS a, least(e, DATE '{window[1]}') AS b FROM ({bearers})) f
        LEFT JOIN proven p ON p.kind = '{kind}' AND p.jurisdiction = f.jurisdiction AND p.type = '{type_}' AND p.who = f.who AND p.s <= f.a AND p.e > f.a
        WHERE f.a < f.b AND (p.e IS NULL OR p.e < f.b)) WHERE due <= {NOW}"""


def inspections(make, newest) -> list[str]:
    rows = newest(
        "inspection",
        """inspection_id, enterprise_id, start_at, start_at::DATE AS d, leaders, date_trunc('month', start_at)::DATE AS m,
        list_contains(levels, '企业主要负责人带队') AS led, list_contains(levels, '镇中心') AS by_town, list_contains(levels, '县局') AS by_county,
        CASE WHEN coalesce(refused, FALSE) THEN FALSE ELSE purpose <> '复查' END AS full_check""",
        "inspection_id",
        f"start_at BETWEEN TIMESTAMP '2023-11-11' AND {NOW} AND start_at < DATE '2024-02-01' AND list_has_any(levels, ['企业主要负责人带队', '镇中心', '县局'])",
    )
    make("check_", f"FROM {rows}")
    # the head leads: who is head is told by the roster of the day
    make(
        "led",
        """SELECT * FROM (SELECT c.jurisdiction, c.enterprise_id, m, d, start_at, inspection_id,
            list_contains(leaders, head) OR coalesce(list_contains(leaders, legal_person), FALSE) AS ok
          FROM check_ c JOIN mine r ON r.jurisdiction = c.jurisdiction AND r.enterprise_id = c.enterprise_id AND start_at >= r.s AND start_at < r.e
          WHERE led AND NOT stopped) WHERE ok IS DISTINCT FROM FALSE""",
    )
    make(
        "head_found",
        f"""WITH frame AS (SELECT jurisdiction, enterprise_id, period_start, b, any_value(town) AS town, min(greatest(s, a)) AS ls, max(least(e, b)) AS le
            FROM mine JOIN {MONTHS} ON s < b AND e > a WHERE NOT stopped GROUP BY ALL),
          counted AS (SELECT jurisdiction, enterprise_id, m, count(DISTINCT d) FILTER (ok) AS n, count(*) FILTER (ok IS NULL) AS maybe FROM led GROUP BY ALL)
        SELECT f.jurisdiction, f.enterprise_id, period_start, f.b, coalesce(n, 0) AS n,
          CASE WHEN coalesce(n, 0) + coalesce(maybe, 0) >= 2 OR p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status
        FROM frame f JOIN mine1 o USING (jurisdiction, enterprise_id) LEFT JOIN counted c ON c.jurisdiction = f.jurisdiction AND c.enterprise_id = f.enterprise_id AND m = period_start
        {proof("inspection", "f.town", "ls", "le")} WHERE coalesce(n, 0) < 2 AND o.e >= f.b""",
    )
    yield_head = """SELECT 'head-leads-inspections' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, '' AS trigger_id, period_start,
        f.b::TIMESTAMP AS due, status, 2::DOUBLE AS required, n::DOUBLE AS observed,
        coalesce(list(inspection_id ORDER BY start_at, inspection_id) FILTER (ok), []) AS evidence
      FROM head_found f LEFT JOIN led l ON l.jurisdiction = f.jurisdiction AND l.enterprise_id = f.enterprise_id AND m = period_start GROUP BY ALL"""
    # cover: mines that were there (for the town: and at work) throughout the month
    make(
        "target",
        f"""SELECT jurisdiction, enterprise_id, any_value(town) AS town, period_start, a, b, sum(least(e, b) - greatest(s, a)) FILTER (NOT stopped) = b - a AS working
        FROM mine JOIN {MONTHS} ON s < b AND e > a GROUP BY jurisdiction, enterprise_id, period_start, a, b HAVING sum(least(e, b) - greatest(s, a)) = b - a""",
    )
    make(
        "reached",
        """SELECT jurisdiction, enterprise_id, m, bool_or(full_check) FILTER (by_town) AS town_ok, bool_or(full_check IS NULL) FILTER (by_town) AS town_maybe,
          bool_or(by_town) AS town_any, bool_or(by_county) AS county_ok FROM check_ WHERE by_town OR by_county GROUP BY ALL""",
    )
    make(
        "town_found",
        f"""SELECT f.*, CASE WHEN c + least(q, n - c) >= n OR p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status FROM (
          SELECT t.jurisdiction, t.town, period_start, a, b, count(*) AS n, count(*) FILTER (town_ok) AS c, count(*) FILTER (town_any) AS anyhow,
            count(*) FILTER (town_maybe AND town_ok IS DISTINCT FROM TRUE) AS q
          FROM target t LEFT JOIN reached r ON r.jurisdiction = t.jurisdiction AND r.enterprise_id = t.enterprise_id AND m = period_start
          WHERE coalesce(working, FALSE) GROUP BY ALL HAVING c < n) f
        {proof("inspection", "f.town", "a", "b", "centre")} WHERE anyhow < n OR c + least(q, n - c) >= n OR p.s IS NULL""",
    )
    yield_town = """SELECT 'town-covers-all-mines' AS obligation, f.jurisdiction, f.town AS bearer_id, '' AS trigger_id, f.period_start, f.b::TIMESTAMP AS due,
        status, n::DOUBLE AS required, c::DOUBLE AS observed, coalesce(list(inspection_id ORDER BY inspection_id) FILTER (by_town AND full_check), []) AS evidence
      FROM town_found f JOIN target t ON t.jurisdiction = f.jurisdiction AND t.town = f.town AND t.period_start = f.period_start AND working
      LEFT JOIN check_ k ON k.jurisdiction = t.jurisdiction AND k.enterprise_id = t.enterprise_id AND m = t.period_start GROUP BY ALL"""
    make(
        "county_found",
        f"""SELECT f.*, CASE WHEN p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status FROM (
          SELECT t.jurisdiction, period_start, a, b, count(*) AS n, count(*) FILTER (county_ok) AS c, ceil(count(*) * 30 / 100) AS need,
            count(*) FILTER (working) AS n2, count(*) FILTER (working AND county_ok) AS c2
          FROM target t LEFT JOIN reached r ON r.jurisdiction = t.jurisdiction AND r.enterprise_id = t.enterprise_id AND m = period_start
          GROUP BY ALL HAVING c < need) f JOIN county y USING (jurisdiction)
        {proof("inspection", "y.name", "a", "b")} WHERE p.s IS NULL OR n2 = 0 OR c2 < ceil(n2 * 30 / 100)""",
    )
    yield_county = """SELECT 'county-checks-share' AS obligation, f.jurisdiction, f.jurisdiction AS bearer_id, '' AS trigger_id, f.period_start, f.b::TIMESTAMP AS due,
        status, need::DOUBLE AS required, c::DOUBLE AS observed, coalesce(list(inspection_id ORDER BY inspection_id) FILTER (by_county), []) AS evidence
      FROM county_found f JOIN target t ON t.jurisdiction = f.jurisdiction AND t.period_start = f.period_start
      LEFT JOIN check_ k ON k.jurisdiction = t.jurisdiction AND k.enterprise_id = t.enterprise_id AND m = t.period_start GROUP BY ALL"""
    return [yield_head, yield_town, yield_county]


def live(start: str, end: str) -> str:
    """Mines that were at work in [start, end), with the first and last of those days; ended: their last day of all."""
    return f"""SELECT m.jurisdiction, m.enterprise_id, any_value(o.town) AS town, o.e AS ended, min(greatest(m.s, DATE '{start}')) AS ls,
        max(least(m.e, DATE '{end}')) AS le, arg_max(m.employees, CASE WHEN m.s < DATE '{end}' THEN m.s ELSE DATE '0001-01-01' END) AS employees
      FROM mine m JOIN mine1 o USING (jurisdiction, enterprise_id) WHERE NOT stopped AND m.s < DATE '{end}' AND m.e > DATE '{start}' AND o.e >= DATE '{end}' GROUP BY ALL"""


def meetings_and_trainings(make, newest) -> list[str]:
    meetings = newest(
        "enterprise_meeting",
        "meeting_id, enterprise_id, held_on, list_has_any(kinds, ['专题会', '动员部署']) AS ok",
        "meeting_id",
    )
    make("meeting", f"FROM {meetings} WHERE ok IS DISTINCT FROM FALSE AND held_on BETWEEN DATE '2023-11-03' AND {NOW}")
    met = f"""SELECT 'enterprise-special-meeting' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, '' AS trigger_id, NULL::DATE AS period_start,
        TIMESTAMP '2023-11-11' AS due, CASE WHEN maybe_in_time > 0 OR p.s IS NULL OR n = 0 AND maybe > 0 THEN 'unproven' WHEN n > 0 THEN 'late' ELSE 'breached' END AS status,
        1::DOUBLE AS required, n::DOUBLE AS observed, coalesce(ids, []) AS evidence
      FROM (SELECT f.jurisdiction, f.enterprise_id, town, ls, le, count(*) FILTER (ok) AS n, count(*) FILTER (ok AND held_on <= DATE '2023-11-11') AS timely,
          count(meeting_id) FILTER (ok IS NULL) AS maybe, count(meeting_id) FILTER (ok IS NULL AND held_on <= DATE '2023-11-11') AS maybe_in_time,
          list(meeting_id ORDER BY held_on, meeting_id) FILTER (ok) AS ids
        FROM ({live("2023-11-03", "2023-11-11")}) f LEFT JOIN meeting k ON k.jurisdiction = f.jurisdiction AND k.enterprise_id = f.enterprise_id AND held_on >= ls
        GROUP BY ALL HAVING timely = 0) f {proof("enterprise_meeting", "f.town", "ls", "le")}"""
    trainings = newest("training", "training_id, enterprise_id, held_on, collective, trainees", "training_id")
    make(
        "training",
        f"FROM {trainings} WHERE collective IS DISTINCT FROM FALSE AND held_on >= DATE '2023-11-03' AND held_on < {NOW}",
    )
    timely = "held_on < DATE '2024-02-01'"
    unknown = "(training_id IS NOT NULL AND (collective IS NULL OR trainees IS NULL))"
    trained = f"""SELECT 'all-staff-trained' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, '' AS trigger_id, NULL::DATE AS period_start,
        TIMESTAMP '2024-02-01' AS due, CASE WHEN n >= employees AND NOT maybe_in_time AND p.s IS NOT NULL THEN 'late'
          WHEN maybe OR p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status,
        employees::DOUBLE AS required, n::DOUBLE AS observed, coalesce(ids, []) AS evidence
      FROM (SELECT f.jurisdiction, f.enterprise_id, town, ls, le, employees, coalesce(sum(trainees) FILTER (collective), 0) AS n,
          coalesce(sum(trainees) FILTER (collective AND {timely}), 0) AS timely, coalesce(bool_or({unknown}), FALSE) AS maybe,
          coalesce(bool_or({unknown} AND {timely}), FALSE) AS maybe_in_time,
          list(training_id ORDER BY held_on, training_id) FILTER (collective AND trainees IS NOT NULL) AS ids
        FROM ({live("2023-11-03", "2024-02-01")}) f LEFT JOIN training k ON k.jurisdiction = f.jurisdiction AND k.enterprise_id = f.enterprise_id AND held_on >= ls
        GROUP BY ALL HAVING timely < employees) f {proof("training", "f.town", "ls", "le")}
      WHERE n >= employees OR maybe OR p.s IS NULL OR timely * 100 < employees * 95"""
    return [met, trained]


def units(make, newest) -> list[str]:
    make("unit", f"FROM {newest('work_unit', 'unit_id, enterprise_id', 'unit_id')}")
    rows = newest("unit_check", "inspection_id, unit_id, enterprise_id, checked_on", "inspection_id, unit_id")
    make("unit_check", f"FROM {rows} WHERE checked_on >= DATE '2023-11-11' AND checked_on < DATE '2024-02-01'")
    # Where a mine stopped for long, checks count while it did not; so do they only while it is there.
    make(
        "unit_frame",
        """SELECT m.jurisdiction, m.enterprise_id, o.town, o.e AS ended, bool_or(unit_count IS NULL) AS blank, min(greatest(m.s, DATE '2023-11-11')) AS ls,
          max(least(m.e, DATE '2024-02-01')) AS le FROM mine m JOIN mine1 o USING (jurisdiction, enterprise_id)
        WHERE NOT stopped AND coalesce(unit_count, 1) > 0 AND m.s < DATE '2024-02-01' AND m.e > DATE '2023-11-11' AND o.e >= DATE '2024-02-01' GROUP BY ALL""",
    )
    make(
        "unit_found",
        f"""SELECT f.*, CASE WHEN blank OR p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status FROM (
          SELECT f.*, n, coalesce(c, 0) AS c FROM unit_frame f
          JOIN (SELECT jurisdiction, enterprise_id, count(*) AS n FROM unit GROUP BY ALL) u USING (jurisdiction, enterprise_id)
          LEFT JOIN (SELECT f.jurisdiction, f.enterprise_id, count(DISTINCT unit_id) AS c FROM unit_frame f JOIN unit_check k
            ON k.jurisdiction = f.jurisdiction AND k.enterprise_id = f.enterprise_id AND checked_on >= ls AND checked_on < le GROUP BY ALL) USING (jurisdiction, enterprise_id)
          WHERE blank OR coalesce(c, 0) < n) f {proof("unit_check", "f.town", "ls", "le")}""",
    )
    return [
        """SELECT 'self-inspection-covers-units' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, '' AS trigger_id, NULL::DATE AS period_start,
        TIMESTAMP '2024-02-01' AS due, status, n::DOUBLE AS required, c::DOUBLE AS observed,
        coalesce(list(inspection_id || '/' || unit_id ORDER BY inspection_id, unit_id) FILTER (unit_id IS NOT NULL), []) AS evidence
      FROM unit_found f LEFT JOIN unit_check k ON k.jurisdiction = f.jurisdiction AND k.enterprise_id = f.enterprise_id AND checked_on >= ls AND checked_on < le GROUP BY ALL"""
    ]


def hazards(make, newest) -> list[str]:
    ordinary = newest(
        "hazard",
        """hazard_id, enterprise_id, found_date, deadline + 1 AS due, source = '企业自查' AND level = '一般' AS sure,
        CASE WHEN done_date <= DATE '2024-02-04' AND coalesce(recheck_result <> '不合格', TRUE) THEN done_date END AS done""",
        "hazard_id",
        """(source = '企业自查' AND level = '一般') IS DISTINCT FROM FALSE AND found_date >= DATE '2023-11-11' AND found_date < DATE '2024-02-01'""",
    )
    each = "SELECT jurisdiction, enterprise_id AS bearer_id, {who} AS who, s, e FROM mine1"
    corrected = f"""SELECT 'hazards-corrected-in-time' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, hazard_id AS trigger_id, NULL::DATE AS period_start,
        due::TIMESTAMP AS due, CASE WHEN sure IS NULL OR due IS NULL THEN 'unproven' WHEN done IS NOT NULL THEN 'late' WHEN p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status,
        1::DOUBLE AS required, (done IS NOT NULL)::DOUBLE AS observed, [hazard_id] AS evidence
      FROM (SELECT h.*, town, greatest(h.found_date, s) AS ls, least(coalesce(due, DATE '9999-01-01'), e) AS le FROM {ordinary} h JOIN mine1 o USING (jurisdiction, enterprise_id)
        WHERE (sure IS NULL OR due IS NULL OR due <= {NOW} AND NOT coalesce(done < due, FALSE))
          AND coalesce(e >= due, TRUE) AND greatest(h.found_date, s) < least(coalesce(due, DATE '9999-01-01'), e)) f
      {proof("hazard", "f.town", "ls", "le")}"""
    major = newest(
        "major_hazard",
        """hazard_id, enterprise_id, found_date, confirm_result = '重大' AS sure, coalesce(acceptance, '合格') = '合格' AS sound, done_date, county_deadline,
        exception_reported_date <= DATE '2023-12-31' AND five_measure_date <= DATE '2023-12-31' AND five_resp_date <= DATE '2023-12-31'
          AND five_fund_date <= DATE '2023-12-31' AND five_deadline_date <= DATE '2023-12-31' AND five_plan_date <= DATE '2023-12-31'
          AND coalesce(five_fund > 0, TRUE) AS five_places""",
        "hazard_id",
        "(confirm_result = '重大') IS DISTINCT FROM FALSE AND found_date >= DATE '2023-11-03' AND found_date < DATE '2024-01-01'",
    )
    done = "(sound AND done_date <= DATE '2024-02-04')"
    rectified = f"""SELECT 'major-hazard-rectified' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, hazard_id AS trigger_id, NULL::DATE AS period_start,
        TIMESTAMP '2024-01-01' AS due, CASE WHEN sure IS NULL THEN 'unproven' WHEN done THEN 'late' WHEN p.s IS NULL THEN 'unproven' ELSE 'breached' END AS status,
        1::DOUBLE AS required, done::DOUBLE AS observed, [hazard_id] AS evidence
      FROM (SELECT h.*, bureau, greatest(found_date, s) AS ls, least(DATE '2024-01-01', e) AS le, coalesce({done}, FALSE) AS done FROM {major} h JOIN mine1 o USING (jurisdiction, enterprise_id)
        WHERE e >= DATE '2024-01-01' AND (sure IS NULL OR NOT coalesce({done} AND done_date <= DATE '2023-12-31', FALSE) AND NOT coalesce(five_places, FALSE)
          AND NOT coalesce({done} AND county_deadline > DATE '2023-12-31' AND done_date <= county_deadline, FALSE))) f
      {proof("major_hazard", "f.bureau", "ls", "le")}
      WHERE sure IS NULL OR done OR p.s IS NULL OR NOT coalesce(county_deadline > DATE '2023-12-31' AND county_deadline + 1 > {NOW}, FALSE)"""
    return [
        corrected,
        blind(
            "hazards-corrected-in-time",
            each.format(who="town"),
            "hazard",
            ("2023-11-11", "2024-02-01"),
            "TIMESTAMP '2024-02-01'",
            40,
        ),
        rectified,
        blind(
            "major-hazard-rectified",
            each.format(who="bureau"),
            "major_hazard",
            ("2023-11-03", "2024-01-01"),
            "TIMESTAMP '2024-01-01'",
            7,
        ),
    ]


def county_and_towns(make, newest) -> list[str]:
    ready = "coalesce(least(applied_on, deadline), deadline, applied_on)"
    orders = newest(
        "rectify_order",
        f"doc_no, issued_on, {ready} AS ready",
        "doc_no",
        f"issued_by = '县' AND coalesce({ready} BETWEEN DATE '2023-11-03' AND DATE '2024-02-10', TRUE) AND issued_on >= DATE '2023-01-01' AND issued_on < {NOW}",
    )
    rechecks = newest("recheck", "doc_no, order_no, rechecked_on, opinion", "doc_no", f"rechecked_on < {NOW}")
    make(
        "answer",
        f"""SELECT o.jurisdiction, o.doc_no AS order_id, issued_on, ready + 11 AS due, r.doc_no, rechecked_on, opinion = '合格' OR rechecked_on >= ready AS ok
        FROM {orders} o LEFT JOIN {rechecks} r ON r.jurisdiction = o.jurisdiction AND r.order_no = o.doc_no AND rechecked_on >= issued_on""",
    )
    answered = f"""SELECT 'county-rechecks-orders' AS obligation, f.jurisdiction, f.jurisdiction AS bearer_id, order_id AS trigger_id, NULL::DATE AS period_start, due::TIMESTAMP AS due,
        CASE WHEN due IS NULL OR maybe_in_time > 0 OR p.s IS NULL OR q.s IS NULL THEN 'unproven' WHEN n > 0 THEN 'late' WHEN maybe > 0 THEN 'unproven' ELSE 'breached' END AS status,
        1::DOUBLE AS required, n::DOUBLE AS observed, coalesce(ids, []) AS evidence
      FROM (SELECT jurisdiction, order_id, issued_on, due, count(*) FILTER (ok) AS n, count(*) FILTER (ok AND rechecked_on < due) AS timely,
          count(doc_no) FILTER (ok IS NULL) AS maybe, count(doc_no) FILTER (ok IS NULL AND rechecked_on < due) AS maybe_in_time,
          list(doc_no ORDER BY rechecked_on, doc_no) FILTER (ok) AS ids
        FROM answer GROUP BY ALL HAVING due IS NULL OR timely = 0 AND due <= {NOW}) f JOIN county y USING (jurisdiction)
      {proof("rectify_order", "y.name", "issued_on", "due")} {proof("recheck", "y.name", "issued_on", "due", name="q")}"""
    sent = newest(
        "submission",
        "submission_id, town, month, sent_at",
        "submission_id",
        f"kind = '阶段性进展' AND sent_at <= {NOW}",
    )
    make("sent", f"FROM {sent}")
    reported = f"""SELECT 'stage-report-sent' AS obligation, f.jurisdiction, f.town AS bearer_id, '' AS trigger_id, period_start, f.b::TIMESTAMP AS due,
        CASE WHEN maybe_in_time > 0 OR p.s IS NULL THEN 'unproven' WHEN n > 0 THEN 'late' WHEN maybe > 0 THEN 'unproven' ELSE 'breached' END AS status,
        1::DOUBLE AS required, n::DOUBLE AS observed, coalesce(ids, []) AS evidence
      FROM (SELECT t.jurisdiction, t.town, bureau, period_start, a, b, count(month) AS n, count(month) FILTER (sent_at <= b) AS timely,
          count(submission_id) FILTER (month IS NULL) AS maybe, count(submission_id) FILTER (month IS NULL AND sent_at <= b) AS maybe_in_time,
          list(submission_id ORDER BY sent_at, submission_id) FILTER (month IS NOT NULL) AS ids
        FROM town t, (VALUES (DATE '2023-11-01', DATE '2023-11-03', DATE '2023-11-28'), (DATE '2023-12-01', DATE '2023-12-01', DATE '2023-12-26'),
          (DATE '2024-01-01', DATE '2024-01-01', DATE '2024-01-26')) AS p(period_start, a, b)
        LEFT JOIN sent s ON s.jurisdiction = t.jurisdiction AND s.town = t.town AND coalesce(date_trunc('month', month), period_start) = period_start
        GROUP BY ALL HAVING timely = 0) f {proof("submission", "f.bureau", "a", "b")}"""
    forms = newest(
        "stat_report",
        "town, month, line, made_on, maj_found",
        "town, month, line",
        "line = '本期' AND made_on >= DATE '2023-11-03' AND made_on <= DATE '2024-02-04'",
    )
    details = newest("major_detail", "town, month, serial", "town, month, serial", "made_on <= DATE '2024-02-04'")
    id_ = "f.town || '/' || f.month || '/' || f.line"
    asked = ("greatest(f.month, DATE '2023-11-03')", "least(f.made_on + 1, f.month + INTERVAL 1 MONTH)")
    detailed = f"""SELECT 'majors-detailed' AS obligation, f.jurisdiction, f.town AS bearer_id, {id_} AS trigger_id, NULL::DATE AS period_start, (f.made_on + 1)::TIMESTAMP AS due,
        CASE WHEN maj_found IS NULL OR p.s IS NULL OR q.s IS NULL THEN 'unproven' ELSE 'breached' END AS status, 1::DOUBLE AS required,
        coalesce(maj_found = n, FALSE)::DOUBLE AS observed, [{id_}] AS evidence
      FROM (SELECT f.*, coalesce(n, 0) AS n FROM {forms} f LEFT JOIN (SELECT jurisdiction, town, month, count(*) AS n FROM {details} GROUP BY ALL) d USING (jurisdiction, town, month)) f
      {proof("stat_report", "f.town", *asked, kind="centre")} {proof("major_detail", "f.town", *asked, kind="centre", name="q")}
      WHERE maj_found IS DISTINCT FROM n OR p.s IS NULL OR q.s IS NULL"""
    always = "DATE '0001-01-01' AS s, DATE '9999-01-01' AS e"
    return [
        answered,
        blind(
            "county-rechecks-orders",
            f"SELECT jurisdiction, jurisdiction AS bearer_id, name AS who, {always} FROM county",
            "rectify_order",
            ("2023-01-01", "2024-02-05"),
            NOW,
            7,
        ),
        reported,
        detailed,
        blind(
            "majors-detailed",
            f"SELECT jurisdiction, town AS bearer_id, town AS who, {always} FROM town",
            "stat_report",
            ("2023-11-03", "2024-02-05"),
            NOW,
            40,
            "centre",
        ),
    ]


def weather(make, newest) -> str:
    warnings = newest(
        "weather",
        "warning_id, issued_at, coalesce(lifted_at, TIMESTAMP '9999-01-01') AS lifted, unnest(towns) AS town",
        "warning_id",
        f"kind IN ('暴雪', '暴雨', '道路结冰', '冰冻') AND colour IN ('橙', '红') AND issued_at BETWEEN DATE '2023-11-03' AND {NOW}",
    )
    make(
        "blast",
        f"FROM {newest('blast', 'blast_no, enterprise_id, fired_at', 'blast_no', f'fired_at BETWEEN TIMESTAMP {chr(39)}2023-11-03{chr(39)} AND {NOW}')}",
    )
    make(
        "stormy",
        f"""SELECT m.jurisdiction, m.enterprise_id, m.town, warning_id, lifted, min(greatest(m.s, issued_at)) AS ls, max(least(m.e, lifted)) AS le
        FROM {warnings} w JOIN mine m ON m.jurisdiction = w.jurisdiction AND m.town = w.town JOIN mine1 o ON o.jurisdiction = m.jurisdiction AND o.enterprise_id = m.enterprise_id
        WHERE mine_type IN ('露天', '露天转地下') AND status = '生产' AND m.s < lifted AND m.e > issued_at AND (o.e >= lifted OR o.e = DATE '9999-01-01') GROUP BY ALL HAVING ls < {NOW}""",
    )
    return f"""SELECT 'no-blasting-in-severe-weather' AS obligation, f.jurisdiction, f.enterprise_id AS bearer_id, warning_id AS trigger_id, NULL::DATE AS period_start,
        nullif(lifted, TIMESTAMP '9999-01-01') AS due, CASE WHEN n > 0 THEN 'breached' ELSE 'unproven' END AS status, 0::DOUBLE AS required, n::DOUBLE AS observed,
        coalesce(ids, []) AS evidence
      FROM (SELECT f.*, count(blast_no) AS n, list(blast_no ORDER BY fired_at, blast_no) FILTER (blast_no IS NOT NULL) AS ids FROM stormy f
        LEFT JOIN blast k ON k.jurisdiction = f.jurisdiction AND k.enterprise_id = f.enterprise_id AND fired_at >= ls AND fired_at < le GROUP BY ALL) f
      {proof("blast", "f.town", "ls", "le - INTERVAL 1 MICROSECOND + INTERVAL 1 DAY")} WHERE n > 0 OR lifted <= {NOW} AND p.s IS NULL"""
