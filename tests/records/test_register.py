"""A register only grows: what stands in it stays as it is, and new rows come under its own headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.errors import DataError, UsageError
from duban.records.register import append
from duban.vocabulary import VERIFICATION, VERIFICATION_TYPE

ROWS = [{"finding": "f1", "state": "已核实", "verified_by": "张三，李四", "statement": '停产"检修"'}]
SAID = '"停产""检修"""'
HEAD = "指纹,核实结果,核实人,核实日期,核实方式,佐证,情况说明,辖区,报送时间,填报单位,更正\r\n"
LINE = 'f1,已核实,张三，李四,,,,"停产""检修""",,,,\r\n'


def grow(path: Path) -> bytes:
    append(path, VERIFICATION, VERIFICATION_TYPE, ROWS)
    return path.read_bytes()


def test_it_is_begun_so_that_a_spreadsheet_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "核实结果.csv"
    assert grow(path) == ("\ufeff" + HEAD + LINE).encode()
    assert grow(path) == ("\ufeff" + HEAD + LINE * 2).encode()


@pytest.mark.parametrize(
    ("before", "encoding", "added"),
    [
        (
            "指纹,核实结论,fingerprint,verified_by,企业陈述\nf0,已核实,x,王五,",
            "utf-8",
            f"\r\nf1,已核实,f1,张三，李四,{SAID}\r\n",
        ),
        ("情况说明\t核 实人\t指纹\t核实结果\n", "gb18030", f"{SAID}\t张三，李四\tf1\t已核实\r\n"),
        ("指纹;核实结果;核实人;备注;情况说明\r\n", "utf-16", f"f1;已核实;张三，李四;;{SAID}\r\n"),
    ],
    ids=["no line end, aliases", "tabs, another encoding", "a column of their own"],
)
def test_a_file_of_other_hands(before: str, encoding: str, added: str, tmp_path: Path) -> None:
    path = tmp_path / "核实结果.csv"
    path.write_bytes(before.encode(encoding))
    assert grow(path).startswith(before.encode(encoding))
    assert path.read_bytes().decode(encoding) == before + added


@pytest.mark.parametrize(
    ("text", "says"),
    [("指纹,核实结果\n", "缺少表头“核实人”、“情况说明”"), ('指纹,"核实结果\n', "引号不成对"), ("", "缺少表头“指纹”")],
)
def test_a_file_that_has_no_place_for_the_rows(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "核实结果.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says):
        grow(path)
    assert (path.read_text(encoding="utf-8"), list(tmp_path.iterdir())) == (text, [path])


def test_one_at_a_time(tmp_path: Path) -> None:
    (tmp_path / ".核实结果.csv.part").touch()
    with pytest.raises(UsageError, match="另一次读入正在进行"):
        grow(tmp_path / "核实结果.csv")
    assert [path.name for path in tmp_path.iterdir()] == [".核实结果.csv.part"]
