"""Folders, file names, sheets: what is read, as what, and what is said about the rest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from duban.errors import DataError
from duban.records.sources import TypeNames
from duban.vocabulary import RecordType
from reading import TYPES, Read

ROW = "检查编号,检查时间,报送时间\nX,2023-11-09,2023-12-01\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("inspection", "inspection"),
        ("inspection-2023-12", "inspection"),
        ("Inspection_甲岭", "inspection"),
        ("inspection2023", "inspection"),
        ("inspections", ""),
        ("检查记录", "inspection"),
        ("检查记录_甲岭", "inspection"),
        ("检查记录（甲岭）", "inspection"),
        ("检查记录2023年12月", "inspection"),
        ("检查记录甲岭", ""),
        ("现场检查记录-1", "inspection"),
        ("检 查 记 录", "inspection"),
        ("重大隐患", "major_hazard"),
        ("major_hazard-1", "major_hazard"),
        ("重大隐患排查", ""),
        ("2023检查记录", ""),
        ("", ""),
    ],
)
def test_type_of_a_name(stem: str, expected: str) -> None:
    names = TypeNames({name: RecordType.model_validate(kind) for name, kind in TYPES.items()})
    assert names.starting(stem) == expected


def test_the_longest_name_wins() -> None:
    kinds = {"stop": "停产", "stop_day": "停产日", "day": "停产日_甲"}
    names = TypeNames({name: RecordType(title=title, fields={}) for name, title in kinds.items()})
    assert [names.starting(text) for text in ("stop_day-1", "停产-日", "停产日_甲-1", "停产日_乙")] == [
        "stop_day",
        "stop",
        "day",
        "stop_day",
    ]


def test_a_folder_is_read_by_name_and_in_order(read: Read, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "b/检查记录.csv": ROW.replace("X", "2"),
            "a/inspection-1.csv": ROW.replace("X", "1"),
            "c.csv/现场检查记录.csv": ROW.replace("X", "3"),
            ".hidden.csv": ROW,
            ".git/inspection.csv": ROW,
            "~$inspection.csv": ROW,
            ".~inspection.csv": ROW,
            "waivers.yaml": "[]",
            "README.txt": "",
            "readme.csv": "",
            "truth.csv": "a,b\n1,2\n",
            "notes.md": "",
        },
    )
    got = read(tmp_path)
    assert got.codes == []
    assert got.rows("inspection", "_n", "_file", "_sheet", "_row", "inspection_id") == [
        (1, "a/inspection-1.csv", "", 2, "1"),
        (2, "b/检查记录.csv", "", 2, "2"),
        (3, "c.csv/现场检查记录.csv", "", 2, "3"),
    ]
    assert got.loaded.counts == {"enterprise": 0, "inspection": 3, "major_hazard": 0, "manifest": 0}


def test_inputs_are_named_hashed_and_counted(read: Read, tmp_path: Path) -> None:
    write(tmp_path, {"inspection.csv": ROW})
    (item,) = read(tmp_path).loaded.inputs
    assert (item.name, item.sheet, item.record_type, item.rows) == ("inspection.csv", "", "inspection", 1)
    assert item.size == len(ROW.encode())
    assert item.sha256 == hashlib.sha256(ROW.encode()).hexdigest()


def test_every_table_exists_even_without_rows(read: Read, tmp_path: Path) -> None:
    got = read(write(tmp_path, {"inspection.csv": ROW}))
    described = got.con.execute('DESCRIBE "raw_inspection"').fetchall()
    assert {name: kind for name, kind, *_ in described} == {
        "_n": "BIGINT",
        "_file": "VARCHAR",
        "_sheet": "VARCHAR",
        "_row": "INTEGER",
        "inspection_id": "VARCHAR",
        "enterprise_id": "VARCHAR",
        "start_at": "TIMESTAMP",
        "start_at$bare": "BOOLEAN",
        "levels": "VARCHAR[]",
        "hazards": "BIGINT",
        "deadline": "DATE",
        "result": "VARCHAR",
        "phone": "BIGINT",
        "jurisdiction": "VARCHAR",
        "submitted_at": "TIMESTAMP",
        "submitted_at$bare": "BOOLEAN",
        "submitted_by": "VARCHAR",
        "supersedes": "VARCHAR",
    }
    assert got.rows("enterprise", "name") == []
    columns = [name for name, *_ in got.con.execute('DESCRIBE "raw_manifest"').fetchall()]
    assert columns[-1] == "jurisdiction"


def test_what_is_not_read_is_said(read: Read, tmp_path: Path) -> None:
    other = "甲,乙\n1,2\n"
    write(tmp_path, {"inspection.csv": ROW, "方案.docx": "", "inspecton.csv": other, "其他.csv": other})
    got = read(tmp_path)
    assert [(issue.code, issue.place.file) for issue in got.loaded.issues] == [
        ("D101", "方案.docx"),
        ("D102", "inspecton.csv"),
        ("D102", "其他.csv"),
    ]
    near, far = (issue for issue in got.loaded.issues if issue.code == "D102")
    assert near.hint.startswith("是不是“inspection”？")
    assert "检查记录（inspection）" in far.hint
    assert "是不是" not in far.hint
    assert got.loaded.counts["inspection"] == 1


@pytest.mark.parametrize(
    ("files", "source", "says"),
    [
        ({}, "missing", "找不到台账"),
        ({}, ".", "没有可以读取的台账"),
        ({"a.docx": ""}, ".", "没有可以读取的台账"),
        ({"waivers.yaml": "[]"}, ".", "没有可以读取的台账"),
        ({"某某.csv": "甲,乙\n1,2\n"}, ".", "没有一张表能读入"),
        ({"inspection.csv": ""}, ".", "没有一张表能读入"),
    ],
)
def test_nothing_to_read_is_an_error(read: Read, tmp_path: Path, files: dict[str, str], source: str, says: str) -> None:
    write(tmp_path, files)
    with pytest.raises(DataError, match=says):
        read(tmp_path / source)


def test_no_path_at_all_is_an_error(read: Read) -> None:
    with pytest.raises(DataError, match="未给出路径"):
        read([])


def test_several_paths_overlap_without_repetition(read: Read, tmp_path: Path) -> None:
    write(tmp_path, {"x/inspection.csv": ROW.replace("X", "1"), "y/inspection.csv": ROW.replace("X", "2")})
    got = read([tmp_path / "x", str(tmp_path / "y" / "inspection.csv"), tmp_path / "y"])
    assert sorted(got.rows("inspection", "inspection_id")) == ["1", "2"]
    assert len(set(got.rows("inspection", "_file"))) == 2


def test_one_file_keeps_its_name(read: Read, tmp_path: Path) -> None:
    write(tmp_path, {"deep/er/inspection.csv": ROW})
    assert read(tmp_path / "deep" / "er" / "inspection.csv").rows("inspection", "_file") == ["inspection.csv"]


def test_how_files_are_split_changes_nothing(read: Read, tmp_path: Path) -> None:
    head, rows = "检查编号,检查时间,报送时间\n", [f"{i},2023-11-{i:02},2023-12-01\n" for i in range(1, 10)]
    whole = read(write(tmp_path / "whole", {"inspection.csv": head + "".join(rows)}))
    expected = whole.rows("inspection", "_n", "inspection_id", "start_at")
    split = read(
        write(
            tmp_path / "split",
            {"inspection-1.csv": head + "".join(rows[:4]), "inspection-2.csv": head + "".join(rows[4:])},
        )
    )
    assert split.rows("inspection", "_n", "inspection_id", "start_at") == expected


def test_an_unknown_time_zone_is_an_error(read: Read, tmp_path: Path) -> None:
    from duban.errors import PackError

    with pytest.raises(PackError, match="Mars"):
        read(write(tmp_path, {"inspection.csv": ROW}), timezone="Mars/Olympus")


def test_types_of_frames_go_by_any_name(read: Read) -> None:
    row = {"检查编号": "1", "检查时间": "2023-11-09", "报送时间": "2023-12-01"}
    got = read({"检查记录": [row], "企业名册": [], "inspektion": [row]})
    assert got.codes == ["D108"]
    assert got.only("D108").hint.startswith("是不是“inspection”？")
    assert got.loaded.counts["inspection"] == 1
