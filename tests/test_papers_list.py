"""拟提请约谈研究名单.xlsx and interviews.csv: the columns and their order, what is filled in, and how it prints."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from duban.model import Flip, Judgement, Tier, Verification
from duban.report.papers import write_papers
from duban.report.papers.interviews import CSV_COLUMNS
from papers_world import AS_OF, CONFIRMED, NOTICE, SECOND, bureau, candidate, finding, m12, world

COLUMNS = [
    "序号", "单位", "类别", "被约谈人(职务)", "触发情形", "条款原文", "事实与数据", "证据记录号", "层级",
    "建议约谈主体", "此前约谈情况", "有利情况", "需核实事项", "核实结果", "企业陈述", "股室意见", "法制审核意见",
    "分管领导意见", "局长批示", "采纳与否及理由", "承办人", "办结日期",
]  # fmt: skip
HEADER = 3  # the row with the headings, as Excel counts


def desk(folder: Path, judgement: Judgement) -> Path:
    write_papers(folder, judgement, bureau(), NOTICE, AS_OF)
    return folder / "2-股室内部"


def opened(folder: Path) -> Any:
    return load_workbook(folder / "拟提请约谈研究名单.xlsx")["名单"]


def lines(page: Any) -> list[dict[str, str]]:
    """The candidates of the sheet, by heading."""
    rows = [row for row in page.iter_rows(min_row=HEADER + 1, values_only=True) if str(row[0]).isdigit()]
    return [{name: cell or "" for name, cell in zip(COLUMNS, row, strict=True)} for row in rows]


def machine(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "interviews.csv").read_bytes().decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk(tmp_path_factory.mktemp("list") / "out", world())


@pytest.fixture(scope="module")
def page(papers: Path) -> Any:
    return opened(papers)


def test_columns_in_their_order(page: Any) -> None:
    assert [cell.value for cell in page[HEADER]] == COLUMNS
    assert page["A1"].value == "拟提请约谈研究名单（建议稿）"
    assert "云应急发〔2023〕1号" in page["A2"].value
    assert "截至：2024年1月7日24时" in page["A2"].value


def test_tiers_are_sections(page: Any) -> None:
    first = [str(row[0]) for row in page.iter_rows(min_row=HEADER + 1, values_only=True)]
    assert first[:-1] == ["一、建议优先研究（4家）", "1", "2", "3", "4", "二、建议先核实、提醒（2家）", "5", "6"]
    assert first[-1].startswith("说明：本名单由资料比对形成")
    assert [line["单位"].split("\n")[0] for line in lines(page)] == [
        "乙溪样09号铁矿", "乙溪样12号铁矿", "戊塬样25号铁矿", "癸河镇应急管理中心", "戊塬样27号石料矿",
        "庚寨样36号铁矿",
    ]  # fmt: skip


def test_a_line(page: Any) -> None:
    line = lines(page)[1]
    assert line["被约谈人(职务)"] == "矿长（主要负责人）"  # the post, not the person
    assert line["触发情形"] == "自查自改不认真（情形1项，事实2条）"
    assert line["条款原文"] == "五(三)\n三(二)“每月至少带队检查2次”"
    assert line["事实与数据"].startswith("1. 企业主要负责人每月带队检查不少于2次：2023年11月：要求2，查到1，差1；")
    assert "经核实未达到" in line["事实与数据"]
    assert line["证据记录号"] == "1. 带-002\n2. 无对应记录"
    assert line["层级"] == "建议优先研究\n（警示约谈）"
    assert line["此前约谈情况"] == "2023年12月12日警示约谈，已反馈"
    assert "第1条如澄清或已改正，改列“建议先核实、提醒”" in line["需核实事项"]
    assert line["核实结果"] == "已核实"
    assert line["企业陈述"] == "已安排补查"


def test_opinions_are_blank(page: Any) -> None:
    for line in lines(page):
        for name in ("股室意见", "法制审核意见", "分管领导意见", "局长批示", "采纳与否及理由", "承办人", "办结日期"):
            assert line[name] == ""
    assert [line["核实结果"] for line in lines(page)] == ["", "已核实", "部分属实", "已核实", "", ""]


def test_what_speaks_for_the_unit_and_what_is_unverified(page: Any) -> None:
    line = lines(page)[4]
    assert "主要负责人12月10日变更" in line["有利情况"]
    assert "第1条：口径有争议：按 distinct_by=inspection_id 读则不成立" in line["有利情况"]
    assert "资料显示未达到（待核实）" in line["事实与数据"]
    assert "本项看不到" not in line["事实与数据"]
    assert "第1条资料看不到：带队人是否到场、检查是否走过场" in line["需核实事项"]
    assert lines(page)[0]["层级"] == "[红]建议优先研究\n（警示约谈）"
    assert lines(page)[0]["此前约谈情况"] == "无记录"


def test_how_it_prints(page: Any) -> None:
    assert "建议稿·未经核实" in page.oddHeader.center.text
    assert "内部资料·未经核实·不得外传·不作为处罚依据" in page.oddFooter.left.text
    setup = page.page_setup
    assert (int(setup.paperSize), setup.orientation) == (8, "landscape")
    assert (setup.fitToWidth or 1, setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.print_title_rows == "$3:$3"
    assert page.print_area == f"'名单'!$A$1:$V${page.max_row}"
    assert page.freeze_panes == "C4"
    assert all(page.column_dimensions[cell.column_letter].width >= 4 for cell in page[HEADER])
    for row in page.iter_rows(min_row=HEADER, max_row=page.max_row - 1):
        assert all(cell.alignment.wrap_text for cell in row if cell.value)


def test_rows_are_tall_enough(tmp_path: Path) -> None:
    """A Chinese character is two columns wide; a line takes 13.5 points; Excel shows no row of more than 409."""
    many = (candidate(*(finding(100 * who + number) for number in range(who))) for who in (1, 3, 9, 60))
    page = opened(desk(tmp_path / "out", Judgement(tuple(many), (), (), "plain")))
    room = page.column_dimensions["G"].width
    for row in page.iter_rows(min_row=HEADER + 1):
        if str(row[0].value).isdigit():
            lines_of_it = sum(-(-len(line.encode("gbk", "replace")) // room) for line in str(row[6].value).split("\n"))
            assert 13.5 * lines_of_it <= page.row_dimensions[row[0].row].height <= 409


def test_choices(page: Any) -> None:
    found = {str(item.sqref): item for item in page.data_validations.dataValidation}
    states, decisions = (found[f"{letter}4:{letter}{page.max_row - 1}"] for letter in ("N", "T"))
    assert states.formula1 == '"待核实,已核实,已澄清,部分属实,无法核实"'
    assert states.errorStyle == "stop" or states.errorStyle is None
    assert decisions.formula1 == '"采纳,不予约谈,再核"'
    assert decisions.errorStyle == "information"  # a reason may follow


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://样","甲")', "+1样矿", "@样矿", "-样矿", "http://样矿", "007", "\t=1"]
)
def test_a_name_is_no_formula(tmp_path: Path, name: str) -> None:
    folder = desk(tmp_path / "out", Judgement((candidate(finding(1, name)),), (), (), "plain"))
    cell = opened(folder).cell(HEADER + 2, 2)
    assert cell.data_type == "s"
    assert cell.value.split("\n")[0].strip() == name.strip()
    assert cell.hyperlink is None
    (row,) = machine(folder)
    assert row["bearer_name"][0] not in "=+-@\t"


def test_mixed_states_are_told_one_by_one(tmp_path: Path) -> None:
    november, december = m12()
    state = replace(CONFIRMED, state=Verification.UNCLEAR)
    folder = desk(
        tmp_path / "out", Judgement((candidate(november, replace(december, verified=state)),), (), (), "plain")
    )
    (line,) = lines(opened(folder))
    assert line["核实结果"] == "1. 已核实\n2. 无法核实"


def test_a_long_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    many = candidate(*(finding(number) for number in range(60)))
    folder = desk(tmp_path / "out", Judgement((many,), (), (), "plain"))
    (line,) = lines(opened(folder))
    assert line["事实与数据"].endswith("。\n……（余下见核实单、审批单）")  # cut between two facts
    assert "第1、2、3、4、" in line["需核实事项"]  # the same limit is told once
    one = candidate(finding(1, message="很长" * 2000))
    (line,) = lines(opened(desk(tmp_path / "again", Judgement((one,), (), (), "plain"))))
    assert line["事实与数据"].endswith("\n……（余下见核实单、审批单）")


def test_nobody_on_the_list(tmp_path: Path) -> None:
    page = opened(desk(tmp_path / "out", Judgement((), (), (), "plain")))
    first = [str(row[0]) for row in page.iter_rows(min_row=HEADER + 1, values_only=True)]
    assert first[:4] == ["一、建议优先研究（0家）", "无", "二、建议先核实、提醒（0家）", "无"]


def test_the_first_tier_comes_first(tmp_path: Path) -> None:
    both = (candidate(finding(1, "样一矿"), **SECOND), candidate(finding(2, "样二矿")), candidate(finding(3, "样三矿")))
    page = opened(desk(tmp_path / "out", Judgement(both, (), (), "plain")))
    assert [line["单位"].split("\n")[0] for line in lines(page)] == ["样二矿", "样三矿", "样一矿"]


def test_the_machine_reads_the_same(papers: Path) -> None:
    path = papers / "interviews.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = machine(papers)
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["number"] for row in rows] == list("123456")
    row = rows[1]
    assert row["bearer_name"] == "乙溪样12号铁矿"
    assert row["tier"] == "first"
    assert row["verified"] == "true"
    assert row["findings"] == f"{2:016x}；{3:016x}"
    assert row["states"] == "已核实；已核实"
    assert row["flips"] == f"{2:016x}→{Tier.SECOND.value}"
    assert row["as_of"] == "2024-01-08 00:00:00"
    assert not any("样某" in cell for row in rows for cell in row.values())


def test_a_flip_that_ends_it(tmp_path: Path) -> None:
    one = candidate(finding(1), flips=(Flip(f"{1:016x}", ""), Flip("of nobody", "")))
    (line,) = lines(opened(desk(tmp_path / "out", Judgement((one,), (), (), "plain"))))
    assert "第1条如澄清或已改正，不再列入本名单" in line["需核实事项"]
