"""The records of made-up counties, as SQL: one query for each record type.

A row is drawn by the hash of its number, so the same size is the same data. h is drawn for a mine: of a thousand, twenty stopped for
long, ten more did on 20 December, seven closed, eight are new, twenty-five have a new head. k numbers the rows of a mine.
"""

from __future__ import annotations

from dataclasses import dataclass

PER_TOWN = 10
BUREAU = "printf('县%05d应急管理局', j)"
MINE, TOWN, CENTRE = "printf('M%05d', i)", "printf('镇%04d', t)", "printf('镇%04d应急管理中心', t)"
STATE = "CASE WHEN h < 20 OR h < 30 AND k = 1 THEN '长期停产(无人作业)' WHEN h % 10 = 3 THEN '停产整顿' ELSE '生产' END"
BEGUN = "CASE WHEN k = 1 THEN CASE WHEN h < 30 THEN DATE '2023-12-20' ELSE DATE '2023-12-15' END WHEN h >= 37 AND h < 45 THEN DATE '2023-12-05' ELSE DATE '2020-01-01' END"
ENDED = "CASE WHEN k = 1 THEN NULL WHEN h >= 20 AND h < 30 THEN DATE '2023-12-19' WHEN h >= 30 AND h < 37 THEN DATE '2023-12-10' WHEN h >= 45 AND h < 70 THEN DATE '2023-12-14' END"
TWO = "(h >= 20 AND h < 30 OR h >= 45 AND h < 70)"
HEAD = "CASE WHEN d >= DATE '2023-12-15' THEN '矿长乙' ELSE '矿长甲' END"
EMPLOYED = "CAST(20 + h % 40 AS INTEGER)"
ROSTERED = f"{BUREAU} AS submitted_by, TIMESTAMP '2023-11-02 15:00:00' AS submitted_at"
# A month's ledger comes on the 5th of the next, January's on 3 February.
LEDGER = "CASE WHEN {0} < DATE '2024-01-01' THEN date_trunc('month', {0}) + INTERVAL 1 MONTH + INTERVAL 113 HOUR ELSE TIMESTAMP '2024-02-03 17:00:00' END"
ORDERED = "DATE '2023-11-06' + CAST(hash(n) % 997 % 70 AS INTEGER)"


@dataclass(frozen=True)
class Counties:
    """The mines `first` ≤ m < `last`, `county` of them to a county, beginning with a whole one."""

    first: int
    last: int
    county: int
    faults: float = 1.0

    def tables(self) -> dict[str, str]:
        """Record type → SQL of its rows."""
        made = {**self.rosters(), "inspection": self.inspections(), "hazard": self.hazards(), **self.ledgers()}
        return {**made, **self.archive(), **self.forms(), "manifest": self.manifest()}

    def one_in(self, many: int, salt: int, key: str = "m * 64 + k") -> str:
        """SQL: this happens once in so many (oftener with more faults)."""
        return f"(hash(({key}) * 8191 + {salt}) % 100000 < {round(100_000 / many * self.faults)})"

    def of_mines(self, each: int, columns: str, where: str = "TRUE", day: str = "NULL::DATE") -> str:
        """`each` rows a mine, in the order of m and k. They may use j (county), i (in the county), t (town), h and x (drawn for the
        mine, for the row), and d: the `day`, which itself may use n (the row), k and x."""
        return (
            f"SELECT printf('县%05d', j) AS jurisdiction, {columns} FROM (SELECT *, m // {self.county} AS j, m % {self.county} AS i,\n"
            f"  m % {self.county} // {PER_TOWN} AS t, CAST(hash(m * 8191 + 7) % 1000 AS INTEGER) AS h FROM (\n"
            f"  SELECT n // {each} AS m, CAST(n % {each} AS INTEGER) AS k, CAST(hash(n) % 997 AS INTEGER) AS x, {day} AS d\n"
            f"  FROM range({self.first * each}, {self.last * each}) r(n))) WHERE {where}"
        )

    def of_towns(self, each: int, columns: str, where: str = "TRUE") -> str:
        """`each` rows a town; t is its number in the county, m its first mine."""
        return (
            f"SELECT printf('县%05d', j) AS jurisdiction, {columns} FROM (SELECT *, m // {self.county} AS j, m % {self.county} // {PER_TOWN} AS t,\n"
            f"  DATE '2023-11-01' + INTERVAL (k % 3) MONTH AS month FROM (SELECT unnest(range(c, least(c + {self.county}, {self.last}), {PER_TOWN})) AS m\n"
            f"  FROM range({self.first}, {self.last}, {self.county}) r(c)), (SELECT CAST(k AS INTEGER) AS k FROM range({each}) u(k))) WHERE {where} ORDER BY m, k"
        )

    def of_counties(self, rows: str, columns: str, where: str = "TRUE") -> str:
        return (
            f"SELECT printf('县%05d', j) AS jurisdiction, {columns}\n"
            f"FROM (SELECT c // {self.county} AS j FROM range({self.first}, {self.last}, {self.county}) r(c)), ({rows}) WHERE {where} ORDER BY j"
        )

    def handed(self, day: str, by: str = TOWN) -> str:
        late = self.one_in(100, 91)
        return f"{by} AS submitted_by, CASE WHEN {late} THEN TIMESTAMP '2024-02-10 09:00:00' ELSE {LEDGER.format(f'CAST({day} AS DATE)')} END AS submitted_at"

    def rosters(self) -> dict[str, str]:
        """Who there is."""
        return {
            "enterprise": self.of_mines(
                2,
                f"{MINE} AS enterprise_id, printf('样矿%05d', i) AS name, {TOWN} AS town, CASE WHEN m % 10 < 7 THEN '露天' ELSE '地下' END AS mine_type,\n"
                f"{STATE} AS status, '县管' AS supervision, {BUREAU} AS bureau, {EMPLOYED} AS employees,\n"
                f"CASE WHEN {self.one_in(300, 41, 'm')} THEN NULL ELSE 5 END AS unit_count, CASE WHEN k = 1 AND h >= 45 THEN '矿长乙' ELSE '矿长甲' END AS head,\n"
                f"CASE WHEN m % 4 = 0 THEN '法定代表人' END AS legal_person, {BEGUN} AS valid_from, {ENDED} AS valid_to, {ROSTERED}",
                f"k = 0 OR {TWO}",
            ),
            "town": self.of_towns(1, f"{TOWN} AS town, {CENTRE} AS centre, {BUREAU} AS bureau, {ROSTERED}"),
            "county": self.of_counties("SELECT 1", f"{BUREAU} AS name, {ROSTERED}"),
            "work_unit": self.of_mines(
                5, f"printf('M%05d-U%d', i, k) AS unit_id, {MINE} AS enterprise_id, '部位' AS kind, {ROSTERED}"
            ),
        }

    def inspections(self) -> str:
        """By the mine, its town and the county."""
        # k 0–8 the head leads, three a month; 9–15 self-checks; 16–18 the town's check of the month, 19–20 its re-checks; 21–23 the county.
        day = (
            "CASE WHEN k < 9 THEN DATE '2023-11-11' + CAST([1, 7, 14, 22, 31, 44, 52, 61, 74][k + 1] + x % 4 AS INTEGER)"
            " WHEN k < 16 THEN DATE '2023-11-11' + CAST((k - 9) * 11 + x % 5 AS INTEGER)"
            " WHEN k < 19 THEN DATE '2023-11-13' + CAST([0, 20, 52][k - 15] + x % 12 AS INTEGER)"
            " WHEN k < 21 THEN DATE '2023-11-25' + CAST((k - 19) * 30 + x % 6 AS INTEGER)"
            " ELSE DATE '2023-11-14' + CAST([0, 22, 50][k - 20] + x % 9 AS INTEGER) END"
        )
        there = (
            f"NOT (k < 9 AND k % 3 > 0 AND {self.one_in(25, 11, 'm * 64 + k // 3')}) AND NOT (k BETWEEN 16 AND 18 AND {self.one_in(400, 12)})"
            " AND (k < 21 OR (i + k) % (CASE WHEN j % 5 = 2 AND k = 22 THEN 4 ELSE 3 END) = 0)"
        )
        return self.of_mines(
            24,
            f"printf('J%05d%02d', i, k) AS inspection_id, {MINE} AS enterprise_id, CAST(d AS TIMESTAMP) + INTERVAL (8 * 60 + x % 480) MINUTE AS start_at,\n"
            "CASE WHEN k < 9 THEN ['企业主要负责人带队', '企业自查'] WHEN k < 16 THEN ['企业自查'] WHEN k < 21 THEN ['镇中心'] ELSE ['县局'] END AS levels,\n"
            f"CASE WHEN {self.one_in(200, 13)} THEN NULL WHEN k >= 9 THEN [printf('检查员%d', k)] WHEN {self.one_in(50, 14)} THEN ['副矿长']\n"
            f"  WHEN h >= 45 AND h < 70 THEN [{HEAD}] ELSE ['矿长甲'] END AS leaders,\n"
            f"CASE WHEN {self.one_in(1000, 15)} THEN NULL WHEN k BETWEEN 19 AND 20 OR k BETWEEN 16 AND 18 AND {self.one_in(600, 16)} THEN '复查' ELSE '百日攻坚' END AS purpose,\n"
            f"CASE WHEN k BETWEEN 16 AND 18 AND {self.one_in(2000, 17)} THEN TRUE END AS refused, '日常' AS mode, CAST(x % 5 AS INTEGER) AS hazards_found, {self.handed('d')}",
            there,
            day=day,
        )

    def hazards(self) -> str:
        """What the mine, its town and the county found."""
        kk = "(CASE WHEN k = 13 THEN 5 ELSE k END)"  # k 13 hands hazard 5 in again, now done
        found = f"DATE '2023-11-11' + CAST({kk} * 6 AS INTEGER)"
        done_in = f"CASE WHEN {self.one_in(33, 21)} THEN NULL WHEN {self.one_in(20, 22)} THEN 15 ELSE 7 END"
        return self.of_mines(
            14,
            f"printf('Y%05d%02d', i, {kk}) AS hazard_id, {MINE} AS enterprise_id,\n"
            f"CASE WHEN {self.one_in(2000, 23)} THEN NULL WHEN {kk} < 10 THEN '企业自查' WHEN {kk} < 12 THEN '镇查' ELSE '县查' END AS source,\n"
            "d AS found_date, ['采场', '运输道路', '变配电室', '破碎站', '炸药库', '办公楼', '空压机房'][k % 13 % 7 + 1] AS location,\n"
            f"printf('第%d处防护不符合要求，已要求整改', x + k) AS description, CASE WHEN {self.one_in(1000, 24)} THEN NULL ELSE '一般' END AS level,\n"
            f"'加固、清理并设置警示' AS measure, '安全科长' AS resp_person, CASE WHEN {self.one_in(400, 25)} THEN NULL ELSE d + 10 END AS deadline,\n"
            f"CASE WHEN k <> 5 THEN d + CAST({done_in} AS INTEGER) END AS done_date, CASE WHEN k % 2 = 0 THEN d + 12 END AS recheck_date,\n"
            f"CASE WHEN k % 2 = 0 THEN CASE WHEN {self.one_in(60, 26)} THEN '不合格' ELSE '合格' END END AS recheck_result,\n"
            f"CASE WHEN NOT {self.one_in(40, 27)} THEN d + 3 END AS reported_date, '镇' AS reported_to,\n"
            f"{TOWN} AS submitted_by, CASE WHEN k = 13 THEN TIMESTAMP '2024-02-03 17:00:00' WHEN k <> 5 AND {self.one_in(100, 28)} THEN TIMESTAMP '2024-02-10 09:00:00'\n"
            f"  ELSE {LEDGER.format('d')} END AS submitted_at",
            day=found,
        )

    def ledgers(self) -> dict[str, str]:
        """What else a mine keeps."""
        return {
            "unit_check": self.of_mines(
                10,
                f"printf('Z%05d%02d', i, k) AS inspection_id, printf('M%05d-U%d', i, k % 5) AS unit_id, {MINE} AS enterprise_id,\n"
                f"d AS checked_on, '已自查' AS result, {self.handed('d')}",
                f"NOT (k % 5 = 4 AND {self.one_in(25, 51, 'm')})",
                day="DATE '2023-11-15' + CAST(n % 10 * 7 AS INTEGER)",
            ),
            "blast": self.of_mines(
                3,
                f"printf('B%05d%d', i, k) AS blast_no, {MINE} AS enterprise_id, CAST(d AS TIMESTAMP) + INTERVAL (9 * 60 + x % 300) MINUTE AS fired_at,\n"
                f"'采场' AS site, {self.handed('d')}",
                "m % 10 < 7",
                day="DATE '2023-11-05' + CAST(n % 3 * 29 + hash(n * 3) % 29 AS INTEGER)",
            ),
            "training": self.of_mines(
                2,
                f"printf('P%05d%d', i, k) AS training_id, {MINE} AS enterprise_id, d AS held_on, CASE WHEN NOT {self.one_in(500, 61)} THEN TRUE END AS collective,\n"
                f"CASE WHEN {self.one_in(500, 62)} THEN NULL WHEN k = 1 THEN 3 WHEN {self.one_in(30, 63)} THEN {EMPLOYED} // 2\n"
                f"  WHEN {self.one_in(50, 64)} THEN {EMPLOYED} - 1 ELSE {EMPLOYED} END AS trainees, {self.handed('d')}",
                f"(k = 0 OR m % 3 = 0) AND NOT {self.one_in(40, 65)}",
                day=f"CASE WHEN {self.one_in(50, 66, 'n')} THEN DATE '2024-02-02' ELSE DATE '2023-11-10' + CAST(hash(n * 5) % 60 AS INTEGER) END",
            ),
            "enterprise_meeting": self.of_mines(
                1,
                f"printf('H%05d', i) AS meeting_id, {MINE} AS enterprise_id, CAST(d AS TIMESTAMP) + INTERVAL 9 HOUR AS held_on,\n"
                f"CASE WHEN {self.one_in(300, 71)} THEN NULL WHEN {self.one_in(60, 72)} THEN ['安全例会'] ELSE ['专题会', '动员部署'] END AS kinds, {self.handed('d')}",
                f"NOT {self.one_in(50, 73)}",
                day=f"CASE WHEN {self.one_in(40, 74, 'n')} THEN DATE '2023-11-16' ELSE DATE '2023-11-06' END",
            ),
        }

    def archive(self) -> dict[str, str]:
        """What the bureau keeps, and the weather."""
        return {
            "major_hazard": self.of_mines(
                1,
                f"printf('ZD%05d', i) AS hazard_id, {MINE} AS enterprise_id, d AS found_date, '县查' AS source, '排土场' AS location,\n"
                f"printf('第%d处台阶高度超过设计', x) AS description, CASE WHEN {self.one_in(100, 81)} THEN NULL WHEN x % 9 = 0 THEN '待确认' ELSE '重大' END AS confirm_result,\n"
                "CASE WHEN x % 12 = 1 THEN NULL WHEN x % 15 = 2 THEN DATE '2024-01-09' ELSE DATE '2023-12-20' END AS done_date,\n"
                "CASE WHEN x % 3 = 0 THEN '合格' WHEN x % 31 = 1 THEN '不合格' END AS acceptance,\n"
                "CASE WHEN x % 15 = 2 THEN CASE WHEN x % 2 = 0 THEN DATE '2024-01-10' ELSE DATE '2024-02-09' END END AS county_deadline,\n"
                "CASE WHEN x % 24 = 1 THEN DATE '2023-12-28' END AS exception_reported_date, CASE WHEN x % 24 = 1 THEN DATE '2023-12-28' END AS five_measure_date,\n"
                "CASE WHEN x % 24 = 1 THEN DATE '2023-12-28' END AS five_resp_date, CASE WHEN x % 24 = 1 THEN DATE '2023-12-28' END AS five_fund_date,\n"
                "CASE WHEN x % 24 = 1 THEN DATE '2023-12-29' END AS five_deadline_date, CASE WHEN x % 48 = 1 THEN DATE '2023-12-30' END AS five_plan_date,\n"
                f"CASE WHEN x % 24 = 1 THEN 50000.0 END AS five_fund, {BUREAU} AS submitted_by, TIMESTAMP '2024-02-03 10:00:00' AS submitted_at",
                "m % 10 = 0",
                day="DATE '2023-10-25' + CAST(hash(n * 9) % 62 AS INTEGER)",
            ),
            "rectify_order": self.of_mines(
                1,
                f"printf('改%05d号', i) AS doc_no, {MINE} AS enterprise_id, CASE WHEN x % 20 = 0 THEN '镇' ELSE '县' END AS issued_by, d AS issued_on,\n"
                f"CASE WHEN x % 150 <> 7 THEN d + CAST(10 + x % 8 AS INTEGER) END AS deadline, CASE WHEN x % 4 = 1 THEN d + 6 END AS applied_on,\n"
                f"{BUREAU} AS submitted_by, CAST(d AS TIMESTAMP) + INTERVAL 18 HOUR AS submitted_at",
                "m % 5 = 0",
                day=ORDERED,
            ),
            "recheck": self.of_mines(
                1,
                f"printf('复%05d号', i) AS doc_no, printf('改%05d号', i) AS order_no, {MINE} AS enterprise_id,\n"
                f"d + CAST(CASE WHEN x % 25 = 2 THEN 35 WHEN x % 30 = 4 THEN 2 ELSE 12 END AS INTEGER) AS rechecked_on,\n"
                f"CASE WHEN {self.one_in(60, 82)} THEN NULL WHEN x % 10 = 3 THEN '部分合格' ELSE '合格' END AS opinion,\n"
                f"{BUREAU} AS submitted_by, CAST(d AS TIMESTAMP) + INTERVAL 40 DAY AS submitted_at",
                "m % 5 = 0 AND x % 21 <> 5 AND d < DATE '2023-12-20'",
                day=ORDERED,
            ),
            "submission": self.of_towns(
                3,
                f"printf('收%04d%d', t, k) AS submission_id, {TOWN} AS town, '阶段性进展' AS kind, CASE WHEN NOT {self.one_in(200, 85)} THEN CAST(month AS DATE) END AS month,\n"
                f"CAST(month AS TIMESTAMP) + INTERVAL 22 DAY + INTERVAL (CASE WHEN {self.one_in(25, 86)} THEN 170 ELSE 10 END) HOUR AS sent_at,\n"
                f"{BUREAU} AS submitted_by, CAST(month AS TIMESTAMP) + INTERVAL 33 DAY AS submitted_at",
                f"NOT {self.one_in(50, 87)}",
            ),
            "weather": self.of_counties(
                f"SELECT *, list_transform(range(least(n, {-(-self.county // PER_TOWN) - 1})::BIGINT, {-(-self.county // PER_TOWN)}, 3), lambda t: {TOWN}) AS towns FROM (VALUES\n"
                "  (0, '暴雪', '橙', TIMESTAMP '2023-11-20 08:00:00', TIMESTAMP '2023-11-22 20:00:00'), (1, '道路结冰', '红', '2023-12-14 06:00:00', '2023-12-16 12:00:00'),\n"
                "  (2, '冰冻', '橙', '2024-01-15 07:30:00', '2024-01-19 18:00:00'), (0, '寒潮', '蓝', '2023-12-01 08:00:00', '2023-12-03 08:00:00'),\n"
                "  (1, '暴雪', '红', '2024-02-03 20:00:00', NULL)) w(n, kind, colour, issued_at, lifted_at)",
                "printf('W%d-%s', n, strftime(issued_at, '%m%d')) AS warning_id, kind, colour, towns, issued_at, lifted_at, "
                f"{BUREAU} AS submitted_by, issued_at AS submitted_at",
            ),
        }

    def forms(self) -> dict[str, str]:
        """What a town reports."""
        return {
            "stat_report": self.of_towns(
                6,
                f"{TOWN} AS town, CAST(month AS DATE) AS month, CASE WHEN k < 3 THEN '本期' ELSE '累计' END AS line, CAST(month AS DATE) + 24 AS made_on,\n"
                f"CAST(30 + m % 20 AS INTEGER) AS gen_found, CAST(20 + m % 20 AS INTEGER) AS gen_fixed,\n"
                f"CAST(CASE WHEN {self.one_in(200, 83)} THEN NULL WHEN {self.one_in(50, 84)} THEN 3 ELSE m // {PER_TOWN} % 2 END AS INTEGER) AS maj_found,\n"
                f"CAST(0 AS INTEGER) AS maj_fixed, {TOWN} AS submitted_by, CAST(month AS TIMESTAMP) + INTERVAL 591 HOUR AS submitted_at",
            ),
            "major_detail": self.of_towns(
                3,
                f"{TOWN} AS town, CAST(month AS DATE) AS month, 1 AS serial, CAST(month AS DATE) + 24 AS made_on, '排土场加固' AS plan,\n"
                f"{TOWN} AS submitted_by, CAST(month AS TIMESTAMP) + INTERVAL 591 HOUR AS submitted_at",
                f"m // {PER_TOWN} % 2 = 1",
            ),
        }

    def manifest(self) -> str:
        """Who handed in what: the towns for their mines, the centres, the bureau."""
        lines = (
            "SELECT {who} AS sender, {who} AS subject, record_type, CAST(f AS DATE) AS covered_from, CAST({through} AS DATE) AS covered_through,\n"
            "CAST({received} AS TIMESTAMP) AS received_at, 1 AS rows, j AS jj, kk FROM src, (VALUES {types}) y(record_type), "
            "(VALUES (0, '2023-11-01', '2023-11-30', '2023-12-05 17:00:00'), (1, '2023-12-01', '2023-12-31', '2024-01-05 17:00:00'),"
            " (2, '2024-01-01', '2024-02-03', '2024-02-03 18:00:00')) z(kk, f, u, v) WHERE {where}"
        )
        of_town = "('inspection'), ('hazard'), ('unit_check'), ('blast'), ('training'), ('enterprise_meeting'), ('stat_report'), ('major_detail')"

        towns = self.of_towns(1, "*").replace("SELECT printf('县%05d', j) AS jurisdiction, *", "SELECT j, t, m")
        src = f"WITH src AS ({towns})"
        by_town = lines.format(
            who=TOWN,
            types=of_town,
            through=f"CASE WHEN kk = 2 AND {self.one_in(80, 31, 'm')} THEN '2024-01-25' ELSE u END",
            received=f"CASE WHEN kk = 2 AND {self.one_in(90, 32, 'm')} THEN '2024-02-08 09:00:00' ELSE v END",
            where=f"NOT (kk = 2 AND {self.one_in(60, 33, 'm')}) AND NOT (kk = 1 AND record_type IN ('hazard', 'stat_report') AND {self.one_in(70, 34, 'm')})",
        )
        by_centre = lines.format(
            who=CENTRE,
            types="('inspection')",
            through="u",
            received="v",
            where=f"NOT (kk = 2 AND {self.one_in(70, 35, 'm')})",
        )
        of_bureau = "('inspection'), ('major_hazard'), ('rectify_order'), ('recheck'), ('submission')"
        return (
            f"SELECT printf('县%05d', jj) AS jurisdiction, * EXCLUDE (jj, kk) FROM ({src} {by_town} UNION ALL {by_centre}\nUNION ALL\n"
            f"SELECT {BUREAU} AS sender, {BUREAU} AS subject, record_type, CAST(f AS DATE), CAST(u AS DATE), CAST(v AS TIMESTAMP), 1, j, kk\n"
            f"FROM (SELECT c // {self.county} AS j FROM range({self.first}, {self.last}, {self.county}) r(c)), (VALUES {of_bureau}) y(record_type),\n"
            "(VALUES (-1, '2023-01-01', '2023-10-31', '2023-11-02 17:00:00'), (0, '2023-11-01', '2023-11-30', '2023-12-01 17:00:00'),\n"
            "  (1, '2023-12-01', '2023-12-31', '2024-01-02 17:00:00'), (2, '2024-01-01', '2024-02-04', '2024-02-04 18:00:00')) z(kk, f, u, v)\n"
            "WHERE NOT (j % 7 = 3 AND kk = 2 AND record_type IN ('recheck', 'rectify_order')) AND NOT (j % 11 = 5 AND kk = 1 AND record_type = 'major_hazard'))"
        )
