"""The text of a notice as sentences, each in its clause."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.errors import UsageError
from duban.pack.notice import Notice, read_notice, split_notice

TEXT = """
某县应急管理局文件

关于开展冬季行动的 通知

各镇，各企业：

为做好安全生产工作，现将有关事项通知如下：

一、总体安排

（一）动员部署（即日起—11月10日）。各镇要开会；各企业要制定方案，每月至少检查2次，突出“百

日攻坚”要求。行动于2.5个月内结束。

(二) 排查治理

1. 全面排查。运输道路等级、坡度和车

挡应当符合设计。“严禁冒险作业。”违者追责！

2．报告情况

(1)及时报告重大隐患，不得隐瞒

组 长：某 甲 县长

二、工作要求

各镇要报送总结

联系人：某乙 电话：0000

附件：1．工作报表

2．说明

2023年11月3日

附件1

工作报表

单位\t数量、金额\t\t说明
\t\t(个)\t(万)
1\t\t
.....\t

附件2

一、填报说明

（一）逐栏填写。
"""


def sentences(text: str) -> list[tuple[str, int, str]]:
    return [(one.clause, one.number, one.text) for one in split_notice(text).sentences]


def test_every_sentence_in_its_clause() -> None:
    assert sentences(TEXT) == [
        ("文首", 1, "某县应急管理局文件"),
        ("文首", 2, "关于开展冬季行动的通知"),
        ("文首", 3, "各镇，各企业："),
        ("文首", 4, "为做好安全生产工作，现将有关事项通知如下："),
        ("一", 1, "一、总体安排"),
        ("一(一)", 1, "（一）动员部署（即日起—11月10日）。"),
        ("一(一)", 2, "各镇要开会；"),
        ("一(一)", 3, "各企业要制定方案，每月至少检查2次，突出“百日攻坚”要求。"),
        ("一(一)", 4, "行动于2.5个月内结束。"),
        ("一(二)", 1, "(二)排查治理"),
        ("一(二)1", 1, "1.全面排查。"),
        ("一(二)1", 2, "运输道路等级、坡度和车挡应当符合设计。"),
        ("一(二)1", 3, "“严禁冒险作业。”"),
        ("一(二)1", 4, "违者追责！"),
        ("一(二)2", 1, "2．报告情况"),
        ("一(二)2(1)", 1, "(1)及时报告重大隐患，不得隐瞒"),
        ("一(二)2(1)", 2, "组长：某甲县长"),
        ("二", 1, "二、工作要求"),
        ("二", 2, "各镇要报送总结"),
        ("文末", 1, "联系人：某乙电话：0000"),
        ("文末", 2, "附件：1．工作报表"),
        ("文末", 3, "2．说明"),
        ("文末", 4, "2023年11月3日"),
        ("附件1", 1, "附件1"),
        ("附件1", 2, "工作报表"),
        ("附件1", 3, "单位数量、金额说明"),
        ("附件1", 4, "(个)(万)"),
        ("附件2", 1, "附件2"),
        ("附件2一", 1, "一、填报说明"),
        ("附件2一(一)", 1, "（一）逐栏填写。"),
    ]


def test_a_sentence_knows_the_line_on_which_it_begins() -> None:
    lines = TEXT.splitlines()
    for one in split_notice(TEXT).sentences:
        assert "".join(lines[one.line - 1].split()).find(one.text[:3]) >= 0


def texts(notice: Notice, clause: str, quote: str) -> list[list[str]]:
    return [[one.text for one in place] for place in notice.find(clause, quote)]


def test_quotations_are_found_in_their_clause() -> None:
    notice = split_notice(TEXT)
    plan = "各企业要制定方案，每月至少检查2次，突出“百日攻坚”要求。"
    assert texts(notice, "一(一)", "“百日攻坚”") == [[plan]]
    assert texts(notice, "一（一）", "制定方案, 每月") == [[plan]]
    assert texts(notice, "一(一)", "要开会；各企业") == [["各镇要开会；", plan]]
    assert len(notice.find("一(一)", "要")) == 3
    assert notice.find("一", "“百日攻坚”") == []
    assert notice.find("一(一)", "百日会战") == []
    assert notice.find("一(一)", " ") == []
    assert notice.elsewhere("逐栏填写") == ["附件2一(一)"]


def test_windows_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes("\ufeff一、总则\r\n各镇要开会。\r\n".encode())
    assert [one.text for one in read_notice(path).sentences] == ["一、总则", "各镇要开会。"]


@pytest.mark.parametrize("content", [None, "一、总则。".encode("gbk")], ids=["no file", "not UTF-8"])
def test_what_cannot_be_read_is_an_error_with_its_place(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_notice(path)
    assert caught.value.issues[0].place.file == str(path)
