"""CSV as it comes: encodings, blank lines, ragged rows, broken quotes."""

from __future__ import annotations

from pathlib import Path

import pytest

from reading import Read, Reading

HEAD = "检查编号,检查时间,处理结果\n"


def from_bytes(read: Read, tmp_path: Path, content: bytes) -> Reading:
    (tmp_path / "inspection.csv").write_bytes(content)
    # A second file, so that one without rows is no error of the whole folder.
    (tmp_path / "enterprise.csv").write_text("企业编号\ne1\n", encoding="utf-8")
    return read(tmp_path)


def rows(got: Reading) -> list[tuple[int, str | None, str | None]]:
    return [tuple(row) for row in got.rows("inspection", "_row", "inspection_id", "result")]


def codes(got: Reading) -> list[str]:
    """The codes, without those about a missing hand-in time and missing references."""
    return [code for code in got.codes if code not in ("D402", "D203")]


SOUND = [
    ("plain", HEAD + "a,2023-11-09,合格\nb,2023-11-10,\n", [(2, "a", "合格"), (3, "b", None)]),
    ("no final line end", HEAD + "a,2023-11-09,合格", [(2, "a", "合格")]),
    ("windows line ends", HEAD.replace("\n", "\r\n") + "a,2023-11-09,合格\r\n", [(2, "a", "合格")]),
    ("mixed line ends", HEAD + "a,2023-11-09,合格\r\nb,2023-11-09,合格\n", [(2, "a", "合格"), (3, "b", "合格")]),
    ("old mac line ends", (HEAD + "a,2023-11-09,合格\n").replace("\n", "\r"), [(2, "a", "合格")]),
    ("quoted", HEAD + '"a,1","2023-11-09","合格"\n', [(2, "a,1", "合格")]),
    ("doubled quotes", HEAD + '"a""1",2023-11-09,合格\n', [(2, 'a"1', "合格")]),
    ("quoted line break", HEAD + '"a\n1",2023-11-09,合格\nb,2023-11-09,\n', [(2, "a\n1", "合格"), (3, "b", None)]),
    ("blank lines count", HEAD + "\na,2023-11-09,合格\n\n\nb,2023-11-09,\n", [(3, "a", "合格"), (6, "b", None)]),
    ("blank first line", "\n" + HEAD + "a,2023-11-09,合格\n", [(3, "a", "合格")]),
    ("rows of commas", HEAD + ",,\na,2023-11-09,合格\n , ,\n", [(3, "a", "合格")]),
    ("blank and commas", HEAD + "\n,,\na,2023-11-09,合格\n", [(4, "a", "合格")]),
    ("semicolons", HEAD.replace(",", ";") + "a;2023-11-09;合格\n", [(2, "a", "合格")]),
    ("tabs", HEAD.replace(",", "\t") + "a\t2023-11-09\t合格\n", [(2, "a", "合格")]),
    ("header over two lines", '检查编号,"检查\n时间",处理结果\na,2023-11-09,合格\n', [(2, "a", "合格")]),
    ("trailing empty columns", HEAD.replace("\n", ",,\n") + "a,2023-11-09,合格,,\n", [(2, "a", "合格")]),
    ("more empty cells than headers", HEAD + "a,2023-11-09,合格,,\n", [(2, "a", "合格")]),
    ("header only", HEAD, []),
    ("header without line end", HEAD.strip(), []),
    ("quotes inside", HEAD + '5"管,2023-11-09,合格\nb,2023-11-09,\n', [(2, '5"管', "合格"), (3, "b", None)]),
]


@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in SOUND], ids=[case[0] for case in SOUND])
def test_sound(read: Read, tmp_path: Path, bom: str, text: str, expected: list[tuple[int, str, str]]) -> None:
    got = from_bytes(read, tmp_path, (bom + text).encode())
    assert rows(got) == expected
    assert codes(got) == []
    assert got.loaded.counts["inspection"] == len(expected)


ODD = [
    ("too few cells", HEAD + "a\nb,2023-11-09,合格\n", [(2, "a", None), (3, "b", "合格")], ["D106"], [2]),
    (
        "too many cells",
        HEAD + "a,2023-11-09,合格,x\nb,2023-11-09,合格\n",
        [(2, None, None), (3, "b", "合格")],
        ["D106"],
        [2],
    ),
    (
        "a quote that is never closed",
        HEAD + 'a,2023-11-09,"合格\nb,2023-11-09,合格\nc,2023-11-09,\n',
        [(2, None, None), (3, "b", "合格"), (4, "c", None)],
        ["D106"],
        [2],
    ),
    (
        "text after a quote",
        HEAD + 'a,2023-11-09,合格\n"b"x,2023-11-09,合格\nc,2023-11-09,合格\n',
        [(2, "a", "合格"), (3, None, None), (4, "c", "合格")],
        ["D106"],
        [3],
    ),
    (
        "an open quote met by the next one",
        HEAD + '"a,2023-11-09,合格\n"b",2023-11-09,合格\n',
        [(2, None, None), (3, "b", "合格")],
        ["D106"],
        [2],
    ),
    (
        "line and row differ",
        HEAD + '"a\n1",2023-11-09,合格\nb\n',
        [(2, "a\n1", "合格"), (3, "b", None)],
        ["D106"],
        [3],
    ),
]


@pytest.mark.parametrize(("text", "expected", "said", "at"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_a_broken_row_costs_only_itself(
    read: Read, tmp_path: Path, text: str, expected: list[object], said: list[str], at: list[int]
) -> None:
    got = from_bytes(read, tmp_path, text.encode())
    assert rows(got) == expected
    broken = [issue for issue in got.loaded.issues if issue.code == "D106"]
    assert [issue.code for issue in broken] == said
    assert [issue.place.row for issue in broken] == at
    assert all(issue.place.file == "inspection.csv" for issue in broken)


def test_the_line_in_the_file_is_named_where_it_differs(read: Read, tmp_path: Path) -> None:
    got = from_bytes(read, tmp_path, (HEAD + '"a\n1",2023-11-09,合格\nb\n').encode())
    assert got.only("D106").message == "第3行（文本第4行）只有1格，表头有3列，缺的格按空白处理"


@pytest.mark.parametrize("encoding", ["gb18030", "gbk"])
def test_chinese_encodings(read: Read, tmp_path: Path, encoding: str) -> None:
    got = from_bytes(read, tmp_path, (HEAD + "甲-1,2023-11-09,合格\n").encode(encoding))
    assert rows(got) == [(2, "甲-1", "合格")]
    assert got.only("D104").place.file == "inspection.csv"
    assert "GB18030" in got.only("D104").message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_of_spreadsheets(read: Read, tmp_path: Path, encoding: str) -> None:
    text = "\ufeff" * (encoding != "utf-16") + HEAD.replace(",", "\t") + "甲\t2023-11-09\t合格\n"
    got = from_bytes(read, tmp_path, text.encode(encoding))
    assert rows(got) == [(2, "甲", "合格")]


def test_bytes_of_no_encoding_are_no_crash(read: Read, tmp_path: Path) -> None:
    got = from_bytes(read, tmp_path, HEAD.encode() + b"\xff\xfe\xfd,2023-11-09,\n" + "b,2023-11-09,合格\n".encode())
    assert codes(got) == ["D109"]
    assert rows(got) == [(2, "\ufffd\ufffd\ufffd", None), (3, "b", "合格")]


def test_nul_bytes_are_dropped(read: Read, tmp_path: Path) -> None:
    got = from_bytes(read, tmp_path, (HEAD + "a\0b,2023-11-09,合\0格\n").encode())
    assert rows(got) == [(2, "ab", "合格")]
    assert codes(got) == ["D107"]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \n"])
def test_empty_file(read: Read, tmp_path: Path, content: str) -> None:
    got = from_bytes(read, tmp_path, content.encode())
    assert codes(got) == ["D105"]
    assert rows(got) == []
    assert got.loaded.unread == ("inspection",)


def test_many_broken_rows_are_summed_up(read: Read, tmp_path: Path) -> None:
    got = from_bytes(read, tmp_path, (HEAD + "a\n" * 250).encode())
    broken = [issue for issue in got.loaded.issues if issue.code == "D106"]
    assert len(broken) == 201
    assert broken[-1].message == "另有50处同类问题，未逐条列出"
    assert len(rows(got)) == 250


def test_both_ways_of_reading_agree(read: Read, tmp_path: Path) -> None:
    """The fast way, and the patient one that a blank line at the end enforces."""
    body = "".join(f'"{i}、甲",2023-11-{i % 28 + 1:02},{"合格" if i % 3 else ""}\n' for i in range(1, 2000))
    fast = from_bytes(read, tmp_path, (HEAD + body).encode())
    one = fast.rows("inspection", "_n", "_row", "inspection_id", "start_at", "result")
    slow = from_bytes(read, tmp_path, (HEAD + body + "\n\n").encode())
    assert slow.rows("inspection", "_n", "_row", "inspection_id", "start_at", "result") == one
    assert len(one) == 1999
