"""`duban map`: what it drafts, and that the draft, once filled in, makes the form readable."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from duban.errors import DataError
from duban.records.draft_mapping import draft_mapping
from duban.vocabulary import RecordType
from reading import TYPES, Read

KINDS = {name: RecordType.model_validate(kind) for name, kind in TYPES.items()}
ROWS = [["样县自用表", None, None], ["单号", "检查日期", "整改期限"], ["a", "2023-11-09", "2023-12-01"]]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.merge_cells("A1:C1")
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "检查记录.xlsx"
    book.save(path)
    return path


def test_what_is_known_is_said_and_the_rest_is_left_to_a_person(form: Path, tmp_path: Path) -> None:
    draft = draft_mapping(form, KINDS, tmp_path)
    (sheet,) = draft.sheets
    assert (sheet.record, sheet.header, sheet.known) == ("inspection", 2, (("检查日期", "start_at"),))
    assert [item.header for item in sheet.unknown] == ["单号", "整改期限"]
    assert sheet.unknown[1].fields[0][:2] == ("deadline", "整改时限")
    assert "\"整改期限\": ''" in draft.text()


def test_a_draft_changes_nothing_until_it_is_filled_in(form: Path, tmp_path: Path, read: Read) -> None:
    text = draft_mapping(form, KINDS, tmp_path).text()
    mapping = form.parent / "表头对应_样.yaml"
    mapping.write_text(text, encoding="utf-8")
    assert read(form.parent).rows("inspection", "inspection_id", "deadline") == [(None, None)]
    filled = text.replace("\"单号\": ''", '"单号": inspection_id').replace("\"整改期限\": ''", '"整改期限": deadline')
    mapping.write_text(filled, encoding="utf-8")
    got = read(form.parent)
    assert got.rows("inspection", "inspection_id") == ["a"]
    assert [str(value) for value in got.rows("inspection", "deadline")] == ["2023-12-01"]


@pytest.mark.parametrize(
    "text",
    [
        "files: [x",
        "files: x\n",
        "files: x\ntables: [{record: nothing}]",
        "files: x\ntables: [{record: inspection, columns: {a: b}}]",
    ],
)
def test_a_wrong_mapping_file_is_an_issue(form: Path, read: Read, text: str) -> None:
    (form.parent / "表头对应.yaml").write_text(text, encoding="utf-8")
    assert "D114" in read(form.parent).codes


def test_nothing_to_map(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    with pytest.raises(DataError, match="没有读得出的表"):
        draft_mapping(tmp_path / "a.csv", KINDS, tmp_path)
