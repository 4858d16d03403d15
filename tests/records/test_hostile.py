"""Files that are broken, or that somebody built to do harm: refused or read, within bounds, never with a traceback."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duban.records import archives, content
from duban.records.content import kind_of
from reading import Read

GOOD = "检查编号,检查时间,报送时间\nX,2023-11-09,2023-12-01\n"
SHEET = "xl/worksheets/sheet1.xml"


def xlsx(**changed: bytes) -> bytes:
    """A workbook of one record, some of its parts replaced."""
    book = openpyxl.Workbook()
    for row in (["检查编号", "检查时间", "报送时间"], ["X", "2023-11-09", "2023-12-01"]):
        book.active.append(row)
    out, again = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.get(name, old.read(name)))
    return again.getvalue()


def zipped(**files: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def sheet(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def read_beside(read: Read, folder: Path, name: str, content: bytes) -> Any:
    """Read a file beside a sound one."""
    (folder / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")
    (folder / name).write_bytes(content)
    return read(folder)


def test_cells_far_apart_do_not_ask_for_all_that_lies_between(read: Read, tmp_path: Path) -> None:
    far = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    got = read_beside(read, tmp_path, "inspection.xlsx", xlsx(**{SHEET: far}))
    assert (got.codes, got.loaded.unread) == (["D103"], ("inspection",))


def test_a_million_columns(read: Read, tmp_path: Path) -> None:
    wide = ",".join(f"列{i}" for i in range(200_000))
    got = read_beside(read, tmp_path, "inspection.csv", f"检查编号,{wide}\n".encode())
    assert (got.codes, got.loaded.unread) == (["D103"], ("inspection",))


def test_a_workbook_that_unpacks_to_more_than_a_hand_in_needs(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duban.records.readers.scan.PART", 1 << 20)
    bomb = sheet(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"九" * (1 << 20)}</t></is></c></row>')
    got = read_beside(read, tmp_path, "inspection.xlsx", xlsx(**{SHEET: bomb}))
    assert got.codes == ["D103"]


def test_entities_are_not_looked_up(read: Read, tmp_path: Path) -> None:
    book = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><workbook>&e;</workbook>'
    got = read_beside(read, tmp_path, "inspection.xlsx", xlsx(**{"xl/workbook.xml": book}))
    assert all("root" not in str(issue) for issue in got.loaded.issues)
    assert got.rows("inspection", "inspection_id") == []


@pytest.mark.parametrize(
    "name", ["../../inspection.csv", "/etc/inspection.csv", "C:\\x\\inspection.csv", "a/../inspection.csv"]
)
def test_paths_in_a_zip_lead_nowhere(read: Read, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in" / "deep"
    folder.mkdir(parents=True)
    got = read_beside(read, folder, "报送.zip", zipped(**{name: GOOD}))
    (file,) = {row[0] for row in got.rows("inspection", "_file", "inspection_id")}
    assert file.startswith("报送.zip/")
    assert ".." not in file
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"enterprise.csv", "报送.zip"}


def test_a_zip_bomb_is_left_where_the_bounds_are(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "BYTES", 1 << 20)
    got = read_beside(read, tmp_path, "报送.zip", zipped(**{"inspection.csv": GOOD, "b.csv": b"0" * (8 << 20)}))
    assert got.codes == ["D113"]
    assert got.rows("inspection", "inspection_id") == ["X"]


def test_a_zip_of_too_many_files(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MEMBERS", 3)
    got = read_beside(read, tmp_path, "报送.zip", zipped(**{f"inspection-{i}.csv": GOOD for i in range(9)}))
    assert "D113" in got.codes
    assert len(got.rows("inspection", "inspection_id")) == 3


def test_zips_are_opened_to_a_depth(read: Read, tmp_path: Path) -> None:
    nested = zipped(**{"inspection.csv": GOOD})
    for _ in range(4):
        nested = zipped(**{"x.zip": nested})
    got = read_beside(read, tmp_path, "报送.zip", nested)
    assert got.codes == ["D101"]


def test_names_in_a_zip_of_an_old_windows(read: Read, tmp_path: Path) -> None:
    name = "检查记录1.csv".encode("gbk")
    raw = zipped(**{"x" * len(name): GOOD}).replace(b"x" * len(name), name)
    got = read_beside(read, tmp_path, "报送.zip", raw)
    assert got.rows("inspection", "_file") == ["报送.zip/检查记录1.csv"]


@pytest.mark.parametrize("seed", range(12))
def test_cut_and_scrambled_files_are_an_issue(read: Read, tmp_path: Path, seed: int) -> None:
    """A bounded draw; what it draws is fixed by its seed."""
    chance = random.Random(seed)
    whole = bytearray(xlsx() if seed % 2 else zipped(**{"inspection.csv": GOOD}))
    if seed % 3:
        for _ in range(chance.randrange(1, 40)):
            whole[chance.randrange(len(whole))] = chance.randrange(256)
    cut = bytes(whole[: chance.randrange(len(whole))]) if seed % 4 else bytes(whole)
    got = read_beside(read, tmp_path, "inspection.xlsx", cut)
    assert got.rows("enterprise", "enterprise_id") == ["e1"]


def test_nul_bytes_and_wrong_encodings(read: Read, tmp_path: Path) -> None:
    got = read_beside(read, tmp_path, "inspection.csv", GOOD.encode("gb18030").replace(b"X", b"X\0\xff\xfe"))
    assert set(got.codes) >= {"D104", "D107"}


def test_formulas_are_text(read: Read, tmp_path: Path) -> None:
    got = read_beside(read, tmp_path, "inspection.csv", GOOD.replace("X", "=cmd|' /C calc'!A0").encode())
    assert got.rows("inspection", "inspection_id") == ["=cmd|' /C calc'!A0"]


KINDS = {
    "a.xlsx": (xlsx(), content.XLSX),
    "renamed.xls": (xlsx(), content.XLSX),
    "a.csv": (GOOD.encode(), content.TEXT),
    "export.xls": (GOOD.replace(",", "\t").encode(), content.TEXT),
    "a.zip": (zipped(a=b"1"), content.ZIP),
    "a.docx": (zipped(**{"word/document.xml": b"<x/>"}), content.OTHER),
    "web.xls": (b"<html><table><tr><td>1</td></tr></table></html>", content.HTML),
    "a.pdf": (b"%PDF-1.7", content.OTHER),
    "a.parquet": (b"PAR1....", content.PARQUET),
    "empty.xlsx": (b"", content.UNKNOWN),
    "broken.zip": (b"PK\x03\x04", content.UNKNOWN),
    "notes.txt": (b"a,b\n", content.UNKNOWN),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_what_it_holds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(KINDS[name][0])
    assert kind_of(path) == KINDS[name][1]


def test_a_locked_workbook_says_so(read: Read, tmp_path: Path) -> None:
    locked = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2040))
    locked[30:32], locked[48:52] = (9).to_bytes(2, "little"), (0).to_bytes(4, "little")
    name = "EncryptedPackage".encode("utf-16-le")
    locked[512 : 512 + len(name)] = name
    got = read_beside(read, tmp_path, "inspection.xlsx", bytes(locked))
    assert got.codes == ["D112"]
