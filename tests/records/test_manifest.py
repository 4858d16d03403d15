"""The manifest: sound lines, and rows dated by it (docs/semantics.md §2.1)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from reading import Read

LINE = {"sender": "甲镇", "record_type": "inspection", "covered_from": "2023-11-01", "covered_through": "2023-11-30"}
ROW = {"inspection_id": "1", "start_at": "2023-11-09 10:00"}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("written", ["inspection", "检查记录", "现场检查记录", " Inspection ", "检 查 记 录"])
def test_record_types_go_by_any_name(read: Read, written: str) -> None:
    got = read({"manifest": [{**LINE, "record_type": written}]})
    assert (got.rows("manifest", "record_type"), got.codes) == (["inspection"], [])


UNSOUND = [
    ({"record_type": "检查纪录"}, "D501", "第1行的材料类型“检查纪录”不认识，该行报送清单不计"),
    ({"covered_through": "2023-10-31"}, "D502", "第1行数据止（2023-10-31）早于数据起（2023-11-01），该行报送清单不计"),
    ({"sender": None}, "D503", "第1行缺少“报送单位”，该行报送清单不计"),
    ({"covered_from": "", "record_type": " "}, "D503", "第1行缺少“材料类型”、“数据起”，该行报送清单不计"),
    ({"covered_through": "月底"}, "D503", "第1行缺少“数据止”，该行报送清单不计"),
]


@pytest.mark.parametrize(("changed", "code", "message"), UNSOUND)
def test_unsound_lines_are_left_out(read: Read, changed: dict[str, Any], code: str, message: str) -> None:
    got = read({"manifest": [{**LINE, **changed}, {**LINE, "sender": "乙镇"}]})
    assert got.rows("manifest", "sender") == ["乙镇"]
    assert got.only(code).message == message
    assert set(got.codes) <= {code, "D301", "D309"}


def test_what_a_type_was_meant_to_be(read: Read) -> None:
    assert read({"manifest": [{**LINE, "record_type": "检查纪录"}]}).only("D501").hint.startswith("是不是“检查记录”？")


def test_a_line_of_one_day_and_of_no_rows_is_sound(read: Read) -> None:
    got = read({"manifest": [{**LINE, "covered_through": "2023-11-01", "rows": 0}]})
    assert (got.rows("manifest", "rows"), got.codes) == ([0], [])


# ---- dating rows: (row, lines) → submitted_at

DATED: list[tuple[str, dict[str, Any], list[dict[str, Any]], str | None]] = [
    (
        "its own time stands",
        {"submitted_at": "2023-11-10", "submitted_by": "甲镇"},
        [{"received_at": "2023-12-01"}],
        "2023-11-10",
    ),
    ("by the sender", {"submitted_by": "甲镇"}, [{"received_at": "2023-12-01 08:00"}], "2023-12-01 08:00"),
    ("another sender", {"submitted_by": "乙镇"}, [{"received_at": "2023-12-01"}], None),
    ("no sender and no file to go by", {}, [{"received_at": "2023-12-01"}], None),
    (
        "the earliest line",
        {"submitted_by": "甲镇"},
        [{"received_at": "2023-12-05"}, {"received_at": "2023-12-01"}, {"received_at": "2023-12-03"}],
        "2023-12-01",
    ),
    (
        "of one midnight the moment comes before the bare date",
        {"submitted_by": "甲镇"},
        [{"received_at": "2023-12-01"}, {"received_at": "2023-12-01 00:00"}],
        "2023-12-01 00:00",
    ),
    (
        "a line without a time does not help",
        {"submitted_by": "甲镇"},
        [{}, {"received_at": "2023-12-03"}],
        "2023-12-03",
    ),
    ("other days", {"submitted_by": "甲镇", "start_at": "2023-12-01"}, [{"received_at": "2023-12-05"}], None),
    (
        "the last day, late",
        {"submitted_by": "甲镇", "start_at": "2023-11-30 23:59"},
        [{"received_at": "2023-12-05"}],
        "2023-12-05",
    ),
    ("no event", {"submitted_by": "甲镇", "start_at": None}, [{"received_at": "2023-12-05"}], None),
    ("another type", {"submitted_by": "甲镇"}, [{"received_at": "2023-12-01", "record_type": "enterprise"}], None),
    ("another county", {"submitted_by": "甲镇"}, [{"received_at": "2023-12-01", "jurisdiction": "乙县"}], None),
    (
        "a line about a file says nothing of a frame",
        {"submitted_by": "甲镇"},
        [{"received_at": "2023-12-01", "file": "a.csv"}],
        None,
    ),
    (
        "a subject does not matter",
        {"submitted_by": "甲镇"},
        [{"received_at": "2023-12-01", "subject": "一号矿"}, {"received_at": "2023-12-02", "subject": "二号矿"}],
        "2023-12-01",
    ),
]


@pytest.mark.parametrize(("row", "lines", "expected"), [case[1:] for case in DATED], ids=[case[0] for case in DATED])
def test_rows_are_dated(read: Read, row: dict[str, Any], lines: list[dict[str, Any]], expected: str | None) -> None:
    got = read({"inspection": [{**ROW, **row}], "manifest": [{**LINE, **line} for line in lines]})
    ((at, bare),) = got.rows("inspection", "submitted_at", "submitted_at$bare")
    assert at == (moment(expected) if expected else None)
    assert bare == (None if expected is None else len(expected) == 10)
    assert got.codes.count("D402") == (expected is None)


FILES: list[tuple[str, str, str, str | None]] = [
    ("the file", "甲岭/inspection-1.csv", "", "2023-12-01"),
    ("without its folder", "inspection-1.csv", "", "2023-12-01"),
    ("with other slashes and case", "甲岭\\INSPECTION-1.CSV", "", "2023-12-01"),
    ("another file", "inspection-2.csv", "", None),
    ("the file and its sender", "inspection-1.csv", "甲镇", "2023-12-01"),
    ("the file, another sender", "inspection-1.csv", "乙镇", None),
]


@pytest.mark.parametrize(("file", "by", "expected"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_rows_are_dated_by_their_file(read: Read, tmp_path: Path, file: str, by: str, expected: str | None) -> None:
    (tmp_path / "甲岭").mkdir()
    (tmp_path / "甲岭" / "inspection-1.csv").write_text(
        f"检查编号,检查时间,填报单位\n1,2023-11-09,{by}\n", encoding="utf-8"
    )
    (tmp_path / "manifest.csv").write_text(
        f"报送单位,材料类型,数据起,数据止,收到时间,文件名\n甲镇,检查记录,2023-11-01,2023-11-30,2023-12-01,{file}\n",
        encoding="utf-8",
    )
    got = read(tmp_path)
    assert got.rows("inspection", "submitted_at") == [moment(expected) if expected else None]


def test_one_warning_per_file_counts_what_has_no_time(read: Read, tmp_path: Path) -> None:
    for name, rows in (("inspection-1", 3), ("inspection-2", 2)):
        body = "".join(f"{name}{i},2023-11-09\n" for i in range(rows))
        (tmp_path / f"{name}.csv").write_text("检查编号,检查时间\n" + body, encoding="utf-8")
    (tmp_path / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")  # a roster needs no time
    got = read(tmp_path)
    found = [(issue.place.file, issue.message) for issue in got.loaded.issues if issue.code == "D402"]
    assert found == [
        ("inspection-1.csv", "“检查记录”有3行查不到报送时间，按已掌握计"),
        ("inspection-2.csv", "“检查记录”有2行查不到报送时间，按已掌握计"),
    ]


def test_many_lines_and_rows_stay_quick(read: Read) -> None:
    """Ten thousand lines of one sender, and as many rows: lines that say the same are one."""
    lines = [{**LINE, "subject": f"矿{i}", "received_at": "2023-12-01"} for i in range(10_000)]
    rows = [{**ROW, "inspection_id": str(i), "submitted_by": "甲镇"} for i in range(10_000)]
    got = read({"inspection": rows, "manifest": lines})
    assert got.con.execute("SELECT count(*) FROM raw_inspection WHERE submitted_at IS NULL").fetchone() == (0,)
