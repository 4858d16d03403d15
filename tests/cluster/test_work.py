"""A task without Spark: what a batch gives is what one process finds, and what cannot be judged stands alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402

from duban.cluster import tables, work  # noqa: E402
from duban.cluster.lake import Batch, survey  # noqa: E402
from duban.cluster.rules import ship, unpacked  # noqa: E402
from duban.errors import EvaluationError  # noqa: E402
from lake_world import STATUS, alone, order, rows_of, same_rows, statuses, truncated, write_lake  # noqa: E402

Found = dict[str, list[dict[str, Any]]]


def job_of(root: Path, rules: Path, batches: tuple[Batch, ...] | None = None) -> work.Job:
    """All of a lake in one batch, if nothing else is said."""
    asked = order(root, root, rules)
    held = batches or (tuple(survey(str(root), asked.pack.records)),)
    return work.Job(
        str(root), ship(asked.pack, {}), asked.as_of, asked.known_by, (), "plain", "500MB", 1, "", work.versions(), held
    )


def found_by(job: work.Job) -> Found:
    """The rows of all batches of a job, by table."""
    found: Found = {name: [] for name in tables.TABLES}
    for number in range(len(job.batches)):
        for batch in work.work(job, number):
            for name in tables.TABLES:
                found[name] += [row for row in batch.column(name).to_pylist() if row is not None]
    return found


def reasons(found: Found) -> dict[str, str]:
    return {row["jurisdiction"]: row["reason"] for row in found["counties"] if row["state"] == "not_evaluated"}


def test_a_batch_gives_what_one_process_finds(tmp_path: Path, rules: Path) -> None:
    root = write_lake(tmp_path)
    found = found_by(job_of(root, rules))
    assert statuses(found["duties"]) == STATUS
    same_rows(found, alone(root, rules))
    assert reasons(found) == {}
    assert [row["waived_by"] for row in found["duties"] if row["status"] == "waived"] == [
        ["jurisdiction=0572/waiver.parquet 第2行"]
    ]


def test_the_path_says_whose_the_rows_are_where_they_do_not(tmp_path: Path, rules: Path) -> None:
    found = found_by(job_of(write_lake(tmp_path, column=False, by_type=True), rules))
    assert statuses(found["duties"]) == STATUS
    (county,) = [row for row in found["counties"] if row["jurisdiction"] == "0571"]
    assert {name: county[name] for name in ("state", "files", "records", "duties")} == {
        "state": "evaluated", "files": 3, "records": 11, "duties": 4,
    }  # fmt: skip
    breached = [row for row in found["counts"] if (row["jurisdiction"], row["status"]) == ("0571", "breached")]
    assert breached == [
        {"jurisdiction": "0571", "obligation": "checks", "status": "breached", "duties": 2, "cleared": 0}
    ]


def test_counties_of_other_shapes_are_read_as_if_alone(tmp_path: Path, rules: Path) -> None:
    """One writes texts, one bare days, one moments with other columns: none changes how the others are read."""
    root = write_lake(tmp_path, ["0571", "1100", "3301"])
    for place, rows in {
        "0571": [
            {"编号": "A0", "企业": "A", "时间": "2023-12-05"},
            {"编号": "A1", "企业": "A", "时间": "2023-12-06 09:30"},
        ],
        "1100": [
            {"id": "A0", "mine": "A", "at": datetime(2023, 12, 31)},
            {"id": "A1", "mine": "A", "at": date(2023, 12, 31)},
        ],
    }.items():
        rows = [{name: datetime(value.year, value.month, value.day) if isinstance(value, date) else value
                 for name, value in row.items()} for row in rows]  # fmt: skip
        table = pa.Table.from_pylist([{**row, "jurisdiction": place} for row in rows])
        pq.write_table(table, root / f"jurisdiction={place}" / "check.parquet")
    found = found_by(job_of(root, rules))
    assert statuses(found["duties"])["0571"] == ("met", "breached", "breached")
    assert statuses(found["duties"])["1100"] == ("met", "breached", "breached")  # a bare 31st is the whole day
    same_rows(found, alone(root, rules))


def test_several_files_of_a_type_keep_their_order(tmp_path: Path, rules: Path) -> None:
    root = write_lake(tmp_path, ["0571"])
    more = [{"jurisdiction": "0571", "id": "B9", "mine": "B", "at": datetime(2023, 12, 9), "extra": 1}]
    pq.write_table(pa.Table.from_pylist(more), root / "jurisdiction=0571" / "check_2.parquet")
    found = found_by(job_of(root, rules))
    assert statuses(found["duties"])["0571"] == ("met", "met", "breached")
    (of_b,) = [row for row in found["duties"] if row["bearer_id"] == "B"]
    assert of_b["source"] == ["jurisdiction=0571/check.parquet#4", "jurisdiction=0571/check_2.parquet#2"]
    same_rows(found, alone(root, rules))


def test_a_truncated_file_stands_alone(tmp_path: Path, rules: Path) -> None:
    root = write_lake(tmp_path)
    truncated(root / "jurisdiction=0571" / "check.parquet")
    found = found_by(job_of(root, rules))
    assert statuses(found["duties"]) == {place: status for place, status in STATUS.items() if place != "0571"}
    assert list(reasons(found)) == ["0571"]
    assert "jurisdiction=0571/check.parquet：读不出" in reasons(found)["0571"]
    assert sorted(row["jurisdiction"] for row in found["counties"]) == sorted(STATUS)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"jurisdiction": "0572", "mine": "A", "shut": False}], "第2行写的辖区是“0572”，路径写的是“0571”"),
        ([{"jurisdiction": 571, "mine": "A", "shut": False}], "写的辖区是“571”"),
        ([{"一列": "甲"}], "有台账读不进来（mine）"),
    ],
)
def test_what_contradicts_its_path_or_has_no_known_column_stands_alone(
    tmp_path: Path, rules: Path, rows: list[dict[str, Any]], said: str
) -> None:
    root = write_lake(tmp_path, ["0571", "0572", "1100"])
    pq.write_table(pa.Table.from_pylist(rows), root / "jurisdiction=0571" / "mine.parquet")
    found = found_by(job_of(root, rules))
    assert list(reasons(found)) == ["0571"]
    assert said in reasons(found)["0571"]
    assert set(statuses(found["duties"])) == {"0572", "1100"}


def test_whatever_fails_in_a_batch_fails_alone(tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, asked = write_lake(tmp_path), []
    audit_desk = work.audit_desk

    def broken(desk: Any, obligations: Any) -> Any:
        places = {place for (place,) in desk.connection.execute("SELECT jurisdiction FROM raw_mine").fetchall()}
        asked.append(len(places))
        if "3301" in places:
            raise MemoryError("not enough")
        return audit_desk(desk, obligations)

    monkeypatch.setattr(work, "audit_desk", broken)
    found = found_by(job_of(root, rules))
    assert reasons(found) == {"3301": "程序内部错误（MemoryError）：not enough"}
    assert asked == [6, 3, 3, 1, 2]  # halves, until it stands alone
    assert statuses(found["duties"]) == {place: status for place, status in STATUS.items() if place != "3301"}


def test_batches_may_be_cut_anyhow(tmp_path: Path, rules: Path) -> None:
    root = write_lake(tmp_path)
    whole = job_of(root, rules)
    singly = job_of(root, rules, tuple((one,) for one in whole.batches[0]))
    one, many = found_by(whole), found_by(singly)
    for name in ("duties", "candidates", "missing", "counts", "counties"):
        assert sorted(map(str, one[name])) == sorted(map(str, many[name])), name


def test_a_worker_of_another_version_judges_nothing(tmp_path: Path, rules: Path) -> None:
    job = replace(job_of(write_lake(tmp_path, ["0571"]), rules), versions=(("duban", "9"), ("duckdb", "9")))
    found = found_by(job)
    assert "程序版本不同" in reasons(found)["0571"]
    assert found["duties"] == []


def test_rules_that_changed_on_their_way_judge_nothing(tmp_path: Path, rules: Path) -> None:
    job = job_of(write_lake(tmp_path, ["0571"]), rules)
    with pytest.raises(EvaluationError, match="内容不符"):
        unpacked(replace(job.rules, digest="0"))
    assert reasons(found_by(replace(job, rules=replace(job.rules, digest="0")))) == {
        "0571": "规则包送到执行机后内容不符"
    }


def test_the_columns_are_those_of_an_audit(tmp_path: Path, rules: Path) -> None:
    duties = list(alone(write_lake(tmp_path, ["0571"]), rules)["duties"][0])
    assert [name for name in tables.TABLES["duties"] if name in duties] == duties
    assert rows_of("0571")["mine"][3] == {"mine": "D", "shut": True}
