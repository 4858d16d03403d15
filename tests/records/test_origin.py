"""The cell of a value: by the column of its field in that very file, and the row of its record."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest

from duban.pack import load_pack
from duban.records.origin import Origins, Spot, cell_of
from duban.report.origin import deciding, read_back, reads, written
from reading import Read

TITLES = {"enterprise_id": "被检查单位", "start_at": "检查时间", "deadline": "整改时限"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A title, columns in an order of its own, records in rows 3 and 4; and a plain file beside it."""
    path = tmp_path / "检查记录[12月].xlsx"
    made = openpyxl.Workbook()
    made.active.title = "检查记录"
    for row in (
        ["12月检查记录"],
        ["检查时间", "序号", "检查编号", "被检查单位"],
        ["2023-12-01", 1, "X1", "e1"],
        ["2023-12-02", 2, "X2", "e1"],
    ):
        made.active.append(row)
    made.save(path)
    (tmp_path / "enterprise.csv").write_text("企业名称,企业编号\n甲,e1\n", encoding="utf-8")
    return path


def test_the_cells_of_a_record(book: Path, read: Read) -> None:
    inputs = read(book.parent).loaded.inputs
    assert cell_of(inputs, book.name, 4, "start_at", "检查记录") == "A4"
    assert cell_of(inputs, book.name, 4, "enterprise_id", "检查记录", "inspection") == "D4"
    assert cell_of(inputs, book.name, 4, "deadline", "检查记录") == ""  # no such column
    assert cell_of(inputs, "enterprise.csv", 2, "enterprise_id") == "B2"
    assert cell_of(inputs, "没有.csv", 2, "enterprise_id") == ""


def test_a_place_is_found_as_reports_write_it(book: Path, read: Read) -> None:
    origins = Origins(read(book.parent).loaded.inputs)
    place = str(Spot(book.name, "检查记录", 4))
    assert place == "检查记录[12月].xlsx[检查记录]#4"
    assert origins.cells(place, "inspection", TITLES) == "被检查单位=D4 检查时间=A4"
    assert origins.cells("第4行", "inspection", TITLES) == ""  # of a frame
    digest = hashlib.sha256(book.read_bytes()).hexdigest()
    assert origins.hashes([place, place]) == {book.name: digest[:12]}


# obligation → the fields that its test reads of the records behind it, read off the rules by hand
READ = {
    "major-hazard-rectified": ["确认结论", "整改完成时间", "验收意见"],
    "no-blasting-in-severe-weather": ["爆破时间"],
    "head-leads-inspections": ["检查主体", "检查时间", "带队领导"],
}


@pytest.mark.parametrize("name", READ)
def test_what_an_obligation_reads(name: str) -> None:
    pack = load_pack("zezhou-2023-331")
    assert sorted(reads(pack, pack.obligation(name)).fields.values()) == sorted(READ[name])


def test_audit_json_is_enough_to_tell_the_cells(book: Path, read: Read) -> None:
    pack = load_pack("zezhou-2023-331")
    inputs = read(book.parent).loaded.inputs
    settings = {"inputs": [vars(item) for item in inputs], "reads": written(pack)}
    place = str(Spot(book.name, "检查记录", 3))
    now, later = deciding(pack, inputs), read_back(settings)
    name = "town-covers-all-mines"
    assert later.at(name, place) == now.at(name, place) == f"{place} 检查时间=A3"
    assert read_back({"inputs": settings["inputs"]}).at(name, place) == place  # of an older version
