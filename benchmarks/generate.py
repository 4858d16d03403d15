"""Counties by the thousand: plausible records for the four headline duties, as Parquet, made by DuckDB in seconds.

A jurisdiction has 1,000 mines in 50 towns. Each mine has about 60 inspections over three months; one in twenty falls
short of its head's two inspections in December, one in a hundred hand-ins stops on the 25th. The same size, the same data.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

PER_JURISDICTION, PER_TOWN, PER_MINE = 1_000, 20, 60


def generate(mines: int, folder: Path) -> None:
    """Write enterprise, town, county, inspection, major_hazard and manifest for so many mines."""
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("SELECT setseed(0.5)")
    place = f"printf('县%05d', m // {PER_JURISDICTION}) AS jurisdiction"
    town = f"printf('镇%06d', m // {PER_TOWN})"
    tables = {
        "enterprise": f"""
            SELECT {place}, printf('M%07d', m) AS enterprise_id, printf('样矿%07d', m) AS name, {town} AS town,
              '露天' AS mine_type, CASE WHEN m % 50 = 7 THEN '长期停产(无人作业)' ELSE '生产' END AS status,
              '矿长' AS head, DATE '2023-01-01' AS valid_from, CAST(NULL AS DATE) AS valid_to FROM range({mines}) t(m)""",
        "town": f"SELECT DISTINCT {place}, {town} AS town, {town} || '应急管理中心' AS centre FROM range({mines}) t(m)",
        "county": f"SELECT DISTINCT {place}, '县应急管理局' AS name FROM range({mines}) t(m)",
        # 56 checks of the mine's own, of which every ninth is led by the head; four by town and county
        "inspection": f"""
            SELECT jurisdiction, printf('J%09d', m * {PER_MINE} + k) AS inspection_id, enterprise_id, start_at,
              CASE WHEN k >= 59 THEN ['县局'] WHEN k >= 56 THEN ['镇中心'] WHEN led THEN ['企业主要负责人带队'] ELSE ['企业自查'] END AS levels,
              CASE WHEN led THEN ['矿长'] ELSE ['安全科长'] END AS leaders, '百日攻坚' AS purpose, '日常' AS mode, hash(m * 61 + k) % 6 AS hazards_found,
              start_at + INTERVAL 2 DAY AS submitted_at
            FROM (SELECT {place}, m, k, printf('M%07d', m) AS enterprise_id,
                k % 9 = 0 AND k < 56 AND NOT (m % 20 = 3 AND k >= 27 AND k < 45) AS led,
                TIMESTAMP '2023-11-11 08:00:00' + INTERVAL (CASE WHEN k >= 59 THEN 25 WHEN k >= 56 THEN (k - 56) * 29 + 5 ELSE k * 3 // 2 END) DAY
                  + INTERVAL (CAST(hash(m * 67 + k) % 480 AS INTEGER)) MINUTE AS start_at
              FROM range({mines}) t(m), range({PER_MINE}) u(k))""",
        "major_hazard": f"""
            SELECT {place}, printf('ZD%07d', m) AS hazard_id, printf('M%07d', m) AS enterprise_id, DATE '2023-11-20' AS found_date, '县查' AS source,
              '重大' AS confirm_result,
              CASE WHEN m % 30 <> 0 THEN DATE '2023-12-20' END AS done_date, TIMESTAMP '2023-12-21 10:00:00' AS submitted_at
            FROM range({mines}) t(m) WHERE m % 10 = 0""",
        "manifest": f"""
            SELECT jurisdiction, sender, subject, record_type, DATE '2023-11-01' AS covered_from,
              CASE WHEN late THEN DATE '2023-12-25' ELSE DATE '2023-12-31' END AS covered_through,
              CASE WHEN late THEN TIMESTAMP '2023-12-25 17:00:00' ELSE TIMESTAMP '2024-01-04 17:00:00' END AS received_at, 1 AS rows
            FROM (SELECT DISTINCT {place}, {town} AS sender, {town} AS subject, m // {PER_TOWN} % 100 = 99 AS late FROM range({mines}) t(m)
              UNION SELECT DISTINCT {place}, {town} || '应急管理中心', {town} || '应急管理中心', FALSE FROM range({mines}) t(m)
              UNION SELECT DISTINCT {place}, '县应急管理局', '县应急管理局', FALSE FROM range({mines}) t(m)),
              (VALUES ('inspection'), ('major_hazard')) r(record_type)""",
    }
    for name, sql in tables.items():
        con.execute(f"COPY ({sql}) TO '{folder / (name + '.parquet')}' (FORMAT parquet, COMPRESSION zstd)")


if __name__ == "__main__":
    generate(int(sys.argv[1]), Path(sys.argv[2]))
