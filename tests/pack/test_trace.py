"""clauses.yaml against the text: wrong quotations, sentences that nobody named, and `duban rules trace`."""

from __future__ import annotations

import csv
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_clauses import obligation, write

from duban.cli import duban
from duban.errors import PackError, UsageError
from duban.pack import load_pack
from duban.pack.clauses import FILE, read_clauses
from duban.pack.notice import split_notice
from duban.pack.trace import Trace, counts, trace

NOTICE = """
某县文件
一、检查
企业要每月检查，查到的要整
改；镇要督查。
组长：某甲 <县长>
附件
单位\t检查数
"""
CLAUSES = """
- {clause: 文首, summary: 机关, quote: 某县文件, not_a_norm: 格式}
- {clause: 一, summary: 标题, quote: 一、, not_a_norm: 标题}
- clause: 一
  summary: 企业检查
  quote: 每月检查
  register: R01
  checked: F
  encoded_by: monthly
  reading: 按自然月
  doubt: 首月
- {clause: 一, summary: 企业整改, quote: 整改, checked: P, encoded_by: monthly, manual: 由镇看整改}
- {clause: 一, summary: 镇督查, quote: 镇要督查, checked: P, manual: 由县看, leads: [overlap], measures: [interview]}
- {clause: 一, summary: 组长, place: {sentence: 4, title: 组长行}, not_a_norm: 名单}
- {clause: 附件, summary: 标志, quote: 附件, not_a_norm: 格式}
- {clause: 附件, summary: 表头, quote: 检查数, checked: N, manual: 由县看}
"""


def traced(folder: Path, clauses: str = CLAUSES, notice: str = NOTICE, quote: str = "查到的要整改") -> Trace:
    pack = load_pack(write(folder / "small", obligation("monthly", quote=quote), clauses))
    return trace(pack, read_clauses(folder / "small", pack), split_notice(notice))


def faults_of(found: Trace) -> list[str]:
    return [problem.code for problem in found.problems] + [f"{one.clause}{one.number}" for one in found.uncovered]


def test_all_is_there(tmp_path: Path) -> None:
    found = traced(tmp_path)
    assert faults_of(found) == []
    texts = [[sentence.text for sentence in row.sentences] for row in found.rows]
    assert texts[2] == texts[3] == ["企业要每月检查，查到的要整改；"]
    assert texts[5] == ["组长：某甲<县长>"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("quote: 每月检查", "quote: 每周检查", ["T001"]),
        ("quote: 检查数", "quote: 每月检查", ["T001", "附件2"]),
        ("quote: 镇要督查", "quote: 检查", ["T002", "一3"]),
        ("sentence: 4", "sentence: 5", ["T003", "一4"]),
        ("sentence: 4", "sentence: 3", ["一4"]),
        ("- {clause: 一, summary: 镇督查, quote: 镇要督查", "- {clause: 附件, summary: x, quote: 单位", ["一3"]),
    ],
)
def test_what_does_not_hold(old: str, new: str, code: list[str], tmp_path: Path) -> None:
    assert faults_of(traced(tmp_path, CLAUSES.replace(old, new))) == code


def test_a_wrong_quotation_says_where_it_stands(tmp_path: Path) -> None:
    found = traced(
        tmp_path,
        CLAUSES.replace("clause: 附件, summary: 表头, quote: 检查数", "clause: 附件, summary: 表头, quote: 整改"),
    )
    (problem,) = found.problems
    assert problem.message == "引文“整改”不在附件的原文中"
    assert problem.hint == "原文在一"
    assert problem.place.line == 1 + CLAUSES.lstrip("\n").splitlines().index(
        "- {clause: 附件, summary: 表头, quote: 检查数, checked: N, manual: 由县看}"
    )


def test_the_quotation_of_an_obligation_is_checked_too(tmp_path: Path) -> None:
    (problem,) = traced(tmp_path, quote="查到的不要整改").problems
    assert "monthly" in problem.message
    assert problem.place.file.endswith("1.yaml")
    assert faults_of(traced(tmp_path, quote="''")) == []


def test_counts_by_grade_and_way(tmp_path: Path) -> None:
    assert counts(traced(tmp_path).rows) == [
        ["可核程度", "规范", "规则", "规则＋人工", "线索＋措施＋人工", "人工"],
        ["F 台账可全部核对", "1", "1", "0", "0", "0"],
        ["P 台账可部分核对", "2", "0", "1", "1", "0"],
        ["N 台账不能核对", "1", "0", "0", "0", "1"],
        ["合计", "4", "1", "1", "1", "1"],
    ]


# ---- the command


def run(folder: Path, *options: str, clauses: str = CLAUSES, notice: str = NOTICE) -> Result:
    pack = write(folder / "small", obligation("monthly", quote="查到的要整改"), clauses)
    (folder / "notice.txt").write_text(notice, encoding="utf-8")
    at = folder / "notice.txt"
    arguments = [option.replace("{notice}", str(at)) for option in options]
    return CliRunner().invoke(duban, ["rules", "trace", str(pack), *arguments])


def test_text(tmp_path: Path) -> None:
    found = run(tmp_path, "--notice", "{notice}")
    assert found.exit_code == 0
    assert "  [P 规则＋人工] 企业整改（“整改”）\n      monthly　企业每月检查\n      人工：由镇看整改\n" in found.stdout
    assert "共8条：规范4条，非规范4条；义务1项。" in found.stdout
    assert "某甲" not in found.output
    assert "7句全部有条目" in found.stderr


def test_without_the_notice_nothing_is_held_against_it(tmp_path: Path) -> None:
    found = run(tmp_path, clauses=CLAUSES.replace("quote: 每月检查", "quote: 每周检查"))
    assert (found.exit_code, found.stderr) == (0, "")


def test_what_is_missing_ends_with_1(tmp_path: Path) -> None:
    found = run(tmp_path, "--notice", "{notice}", notice=NOTICE + "累计\t\n")
    assert found.exit_code == 1
    assert f"{tmp_path / 'notice.txt'}:9: 附件第3句没有对应的条目：累计 [T004]" in found.stderr
    found = run(
        tmp_path, "--notice", "{notice}", "--format", "csv", clauses=CLAUSES.replace("quote: 整改", "quote: 改正")
    )
    assert found.exit_code == 1
    assert "引文“改正”不在一的原文中" in found.stderr
    assert "改正”不在" not in found.stdout


def test_csv_has_a_bom_and_every_entry(tmp_path: Path) -> None:
    out = tmp_path / "对照.csv"
    found = run(tmp_path, "--notice", "{notice}", "--format", "csv", "--out", str(out))
    assert (found.exit_code, f"已写入 {out}" in found.stdout) == (0, True)
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(out.read_text(encoding="utf-8-sig"), newline="")))
    assert len(rows) == 8
    assert rows[2] == {
        "条款": "一", "句序": "2", "原文": "企业要每月检查，查到的要整改；", "概要": "企业检查", "登记": "R01",
        "可核程度": "F", "落实": "规则", "义务": "monthly 企业每月检查", "线索": "", "措施": "", "人工认定": "",
        "非规范的理由": "", "读法": "按自然月", "疑点": "首月",
    }  # fmt: skip
    assert rows[5]["原文"] == "第4句，组长行"
    assert (rows[4]["线索"], rows[4]["措施"]) == ("overlap", "interview")


class Page(HTMLParser):
    """The text of a page, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        self.loads += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_html_is_one_page_that_needs_nothing(tmp_path: Path) -> None:
    found = run(tmp_path, "--notice", "{notice}", "--format", "html", clauses=CLAUSES.replace("首月", "<script>首月"))
    page = Page(found.stdout)
    text = "".join(page.words)
    assert (found.exit_code, page.open, page.loads) == (0, [], [])
    for word in ("企业要每月检查，查到的要整改；", "由镇看整改", "<script>首月", "第4句，组长行", "7句全部有条目"):
        assert word in text
    assert "某甲" not in text
    assert (text.count("企业要每月检查，查到的要整改；"), found.stdout.count('rowspan="2"')) == (1, 1)


def test_html_says_what_is_missing(tmp_path: Path) -> None:
    found = run(tmp_path, "--notice", "{notice}", "--format", "html", notice=NOTICE + "累计\t\n")
    assert found.exit_code == 1
    assert "附件第3句没有对应的条目" in "".join(Page(found.stdout).words)


def test_what_cannot_be_traced(tmp_path: Path) -> None:
    found = run(tmp_path, "--notice", str(tmp_path / "nothing.txt"))
    assert isinstance(found.exception, UsageError)
    found = run(tmp_path, clauses="- {clause: 一}\n")
    assert isinstance(found.exception, PackError)
    assert f"{tmp_path / 'small' / FILE}:1" in str(found.exception)
    found = run(tmp_path, "--out", str(tmp_path))
    assert found.exit_code == 2
    (tmp_path / "small" / FILE).unlink()
    found = CliRunner().invoke(duban, ["rules", "trace", str(tmp_path / "small")])
    assert isinstance(found.exception, UsageError)
    assert FILE in str(found.exception)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    found = run(tmp_path, "--out", str(tmp_path / "nowhere" / "x.html"))
    assert isinstance(found.exception, UsageError)
    assert "nowhere" in str(found.exception)
