"""Lists and forms as the notice draws them: what they look like, read back, and held against each other."""

from __future__ import annotations

import json
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import docx
import duckdb
import month
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from month import FIGURES, PROBLEMS

from duban.cli import duban as cli
from duban.errors import DataError, Severity
from duban.forms.crosscheck import Result, crosscheck
from duban.forms.handed import Handed, handed_in, records_in
from duban.forms.making import Made
from duban.forms.progress import write_progress
from duban.forms.reading import Drawn, read_drawn
from duban.pack.forms import forms_of
from duban.records import load
from duban.records.drawn import read_grid

MADE_ON = date(2023, 12, 25)


@pytest.fixture
def kept() -> Path:
    return month.kept()


@pytest.fixture
def made() -> Made:
    return month.made()


@pytest.fixture
def lists() -> Path:
    return month.lists()


def read(*paths: Path) -> Drawn:
    return read_drawn(list(paths), month.PACK, month.FORMS)


def checked(*paths: Path) -> Result:
    return crosscheck(read(*paths).parts, month.PACK, month.FORMS)


# ---- what is written


def test_the_form_is_drawn_as_in_the_annex(lists: Path) -> None:
    """Title, head, two header rows merged, units, 非煤矿山 and 累计, then 重大隐患明细 with its six columns."""
    sheet = openpyxl.load_workbook(lists)["工作报表 2023-12"]
    assert sheet["A1"].value == "云示县非煤矿山行业安全生产“百日攻坚”冬季行动工作报表"
    head = [cell.value for cell in sheet[2] if cell.value]
    assert head == ["填报单位：丙川镇应急管理中心", "填表人：丙川镇中心安全员", "填表日期：2023-12-25"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:M1", "A3:A4", "D3:E3", "F3:G3", "M3:M4"} <= merged
    assert [sheet[cell].value for cell in ("D3", "D4", "E4", "F3", "F4", "G4")] == [
        "一般隐患", "排查", "已整改", "重大隐患", "排查", "已整改",
    ]  # fmt: skip
    units = [cell.value for cell in sheet[5]][1:]
    assert units == ["(个)", "(家)", "(项)", "(项)", "(项)", "(项)", "(家)", "(万)", "(家)", "(个)", "(家)", "(个)"]
    assert [[cell.value for cell in sheet[row]] for row in (6, 7)] == [
        ["非煤矿山", *(now for now, _ in FIGURES.values())],
        ["累计", *(total for _, total in FIGURES.values())],
    ]
    assert [cell.value for cell in sheet[10] if cell.value] == [
        "序号", "企业名称", "所在镇", "行业类别", "挂牌督办单位", "重大隐患明细及整改计划",
    ]  # fmt: skip
    first = [cell.value for cell in sheet[11] if cell.value]
    assert first[:5] == [1, "丙川样17号石料矿", "丙川镇", "非煤矿山", "云示县应急管理局"]
    assert first[5] == "采场：样：台阶超高；整改措施：停用并削坡；整改时限：2023-12-31；责任人：M17矿长"
    second = [cell.value for cell in sheet[12] if cell.value]
    assert second[-1] == "排土场：样：排土场裂缝；整改措施：____；整改时限：____；责任人：____"  # blanks for a person


def test_three_lists_with_one_key(lists: Path) -> None:
    book = openpyxl.load_workbook(lists)
    for name in ("问题清单", "整改清单", "责任清单"):
        sheet = book[f"{name} 2023-12"]
        headings = [cell.value for cell in sheet[3]]
        column = headings.index("问题编号") + 1
        assert [sheet.cell(row, column).value for row in range(4, 4 + len(PROBLEMS))] == PROBLEMS
    duty = {cell.value: cell.column for cell in book["责任清单 2023-12"][3]}
    row = 4 + PROBLEMS.index("样-4")
    told = [
        book["责任清单 2023-12"].cell(row, duty[title]).value for title in ("企业责任人", "镇监管责任人", "督办领导")
    ]
    assert told == ["M17矿长", "丙川镇应急管理中心主任", "丙川镇分管领导"]


def test_the_draft_has_the_numbers_and_leaves_judgement_blank(made: Made, tmp_path: Path) -> None:
    assert month.FORMS.progress is not None
    for name in ("a.docx", "b.docx"):
        write_progress(tmp_path / name, month.FORMS.progress, made)
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    text = "\n".join(paragraph.text for paragraph in docx.Document(str(tmp_path / "a.docx")).paragraphs)
    assert "截至2023年12月25日，我镇非煤矿山企业5家，其中生产4家。本月成立督查组1个，排查企业2家。" in text
    assert "本月排查一般隐患2项，已整改1项；排查重大隐患2项，已整改1项。" in text
    assert "至今未销号的问题4项，其中重大隐患2项" in text
    assert "行政罚款2.5万元，停产整顿1家" in text
    assert "查处劳务派遣用工违法行为____个" in text
    assert text.count("【请填写：") == 4


def test_what_must_not_be_shown_is_masked_and_no_text_is_a_formula(kept: Path, tmp_path: Path) -> None:
    from duban.forms.drawn import write_forms
    from duban.forms.making import make

    book = openpyxl.load_workbook(kept / "填好.xlsx")
    month.append(book["隐患台账"], [
        {"隐患编号": "样-10", "企业编号": "M14", "排查日期": month.day("12-07"), "隐患等级": "一般",
         "整改责任人": "M14安全员13800001234", "整改措施": "=HYPERLINK(\"http://x\")"},
    ])  # fmt: skip
    book["隐患台账"]["A1"].value = "隐患编号"
    for row in book["隐患台账"].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                cell.data_type = "s"
    book.save(tmp_path / "a.xlsx")
    made = make(tmp_path / "a.xlsx", month.PACK, month.FORMS, month.DAY)
    write_forms(tmp_path / "b.xlsx", month.PACK, month.FORMS, made)
    cells = [cell for sheet in openpyxl.load_workbook(tmp_path / "b.xlsx") for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(cell.value == '=HYPERLINK("http://x")' for cell in cells)
    assert any(cell.value == "M14安全员138****1234" for cell in cells)


# ---- read back


def test_reading_back_gives_the_same_figures(lists: Path) -> None:
    drawn = read(lists)
    assert (drawn.issues, drawn.others) == ((), ())
    now, total = (row.values for row in drawn.of("stat_form")[0].rows)
    fixed = {"town": "丙川镇", "month": date(2023, 12, 1), "made_on": MADE_ON}
    assert now == {
        **fixed,
        "line": "本期",
        **{name: value for name, (value, _) in FIGURES.items() if value is not None},
    }
    assert total == {
        **fixed,
        "line": "累计",
        **{name: value for name, (_, value) in FIGURES.items() if value is not None},
    }
    assert drawn.of("stat_form")[0].rows[0].cells["gen_found"] == "D6"
    assert [row.values["enterprise_name"] for row in drawn.of("stat_form")[1].rows] == [
        "丙川样17号石料矿",
        "丙川样18号石料矿",
    ]


def test_the_lists_put_together_are_the_problems(lists: Path, made: Made) -> None:
    (handed,) = handed_in(read(lists).parts, month.FORMS)
    assert (handed.town, handed.month) == ("丙川镇", date(2023, 12, 1))
    rows = records_in(handed, month.FORMS)["hazard"]
    drawn = {
        column.field
        for form in ("problem_list", "rectify_list", "duty_list")
        for column in month.FORMS.forms[form].parts[0].columns
    }
    wanted = [{name: row[name] for name in drawn if name and row.get(name) is not None} for row in made.problems]
    assert [{**row, **({"fund": int(row["fund"])} if "fund" in row else {})} for row in rows] == wanted


def test_what_was_read_back_is_sound_as_records(lists: Path) -> None:
    """The records go through the same reader as any other, without an issue."""
    (handed,) = handed_in(read(lists).parts, month.FORMS)
    frames = records_in(handed, month.FORMS)
    with duckdb.connect() as con:
        loaded = load(con, month.PACK.records, frames, jurisdiction="云示县", timezone="Asia/Shanghai")
        assert [issue for issue in loaded.issues if issue.code != "D402"] == []
        assert {name: number for name, number in loaded.counts.items() if number} == {
            "hazard": 7,
            "stat_report": 2,
            "major_detail": 2,
        }


def test_the_form_as_clerks_send_it(tmp_path: Path) -> None:
    """No month in the sheet's name, the head in one cell, units in the line 非煤矿山, 3(个), 无, 5000元, notes."""
    path = annex(tmp_path / "报表.xlsx", {"行业": "非煤矿山", "now": [
        "2(个)", "4家", "12", "１１", "无", "0", "1", "5000元", "(家)", "3个", "/", None,
    ]})  # fmt: skip
    drawn = read(path)
    now, total = (row.values for row in drawn.of("stat_form")[0].rows)
    assert (now["town"], now["made_on"], now["month"]) == ("样镇", MADE_ON, date(2023, 12, 1))
    figures = {name: value for name, value in now.items() if name in FIGURES}
    assert figures == {
        "inspect_groups": 2, "enterprises_checked": 4, "gen_found": 12, "gen_fixed": 11, "maj_found": 0, "maj_fixed": 0,
        "ordered_enterprises": 1, "fine_wan": 0.5, "exposed": 3,
    }  # fmt: skip
    assert total["gen_found"] == 30
    (issue,) = drawn.issues
    assert (issue.code, issue.place.row, issue.place.column) == ("F133", 6, "行政罚款金额")
    (detail,) = drawn.of("stat_form")[1].rows
    assert (detail.row, detail.values["enterprise_name"], detail.values["serial"]) == (11, "样一矿", 1)


def test_a_figure_that_cannot_be_read_is_told_with_its_cell(tmp_path: Path) -> None:
    path = annex(tmp_path / "报表.xlsx", {"now": [2, 4, "十几", 11, 0, 0, 1, 0, 0, 0, 0, 0]})
    (issue,) = read(path).issues
    assert (issue.code, issue.value, issue.place.row) == ("F132", "十几", 6)
    assert issue.message.startswith("D6“一般隐患排查”写的是“十几”")


def annex(path: Path, given: dict[str, Any]) -> Path:
    """The form as a clerk draws it in a spreadsheet program, merged cells and all."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    rows: list[list[Any]] = [
        ["样县非煤矿山行业安全生产“百日攻坚”冬季行动工作报表"],
        ["填报单位：样镇应急管理中心　　填表人：样镇安全员　　填表日期：2023年12月25日"],
        ["行业", "成立督查组", "排查企业", "一般隐患", None, "重大隐患", None, "责令限期\n整改企业数", "行政罚款金额",
         "停产整顿数", "公开曝光案例数", "查处违法分包转包和挂靠资质行为数", "查处劳务派遣用工违法行为数"],
        [None, None, None, "排查", "已整改", "排查", "已整改"],
        ["非煤矿山", "(个)", "(家)", "(项)", "(项)", "(项)", "(项)", "(家)", "(万)", "(家)", "(个)", "(家)", "(个)"],
        [given.get("行业", "本期"), *given["now"]],
        ["累计", *given.get("total", [2, 5, 30, 29, 0, 0, 2, 0.5, 0, 4, 0, 0])],
        [],
        ["重大隐患明细"],
        ["序号", "企业名称", "所在镇", "行业类别", "挂牌督办单位", "重大隐患明细及整改计划"],
        [1, "样一矿", "样镇", "非煤矿山", "样县应急管理局", "样：台阶超高；停用并削坡"],
        [2], [3], ["....."],
        ["注：本表一式两份"], ["审核人：样镇主任"],
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    for area in (
        "A1:M1",
        "A2:M2",
        "A3:A4",
        "B3:B4",
        "C3:C4",
        "D3:E3",
        "F3:G3",
        "H3:H4",
        "I3:I4",
        "J3:J4",
        "K3:K4",
        "L3:L4",
        "M3:M4",
        "A9:M9",
    ):
        sheet.merge_cells(area)
    book.save(path)
    return path


def test_a_record_table_of_the_same_name_is_no_form(tmp_path: Path) -> None:
    """工作报表 with the columns of records.yaml is a table of records, whatever its sheet is called."""
    path = tmp_path / "工作报表.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "工作报表"
    spec = month.PACK.records["stat_report"]
    book.active.append([field.title for field in spec.fields.values()])
    book.active.append(["样镇", "2023-12", "本期", "2023-12-25", *[1] * 12])
    book.save(path)
    with pytest.raises(DataError, match="没有找到通知所附的表"):
        read(path)


# ---- held against each other


def test_what_we_write_agrees_with_itself(lists: Path) -> None:
    """Only blanks are told: what nobody filled in. The figures agree with the lists."""
    result = checked(lists)
    assert {issue.severity for issue in result.issues} == {Severity.WARNING}
    assert sorted({issue.code for issue in result.issues}) == ["F207", "F211"]
    assert [one.title for one in result.compared if one.verdict == "不符"] == []
    agreeing = {one.title: (one.reported, one.recount) for one in result.compared if one.verdict == "相符"}
    assert agreeing == {
        "一般隐患排查": (2, 2), "一般隐患已整改": (1, 1), "重大隐患排查": (2, 2), "重大隐患已整改": (1, 1),
    }  # fmt: skip
    assert result.unmatched == {("丙川镇", date(2023, 12, 1)): 0}
    assert [one.verdict for one in result.compared if one.title == "排查企业"] == ["无从重数"]


# name → sheet, what is changed in it, and the codes that must come (besides F207, F211 of blanks). Row 5 is 样-1: found
# and fixed in the month, so without its row of 整改清单 nobody sees it fixed (F210: 1 was reported).
FAULTS: dict[str, tuple[str, Any, set[str]]] = {
    "a problem without a row in 整改清单": ("整改清单", lambda sheet: sheet.delete_rows(5), {"F201", "F210"}),
    "a problem without a row in 责任清单": ("责任清单", lambda sheet: sheet.delete_rows(5), {"F202"}),
    "a row that is no problem": (
        "整改清单",
        lambda sheet: put(sheet, 5, "问题编号", "样-99"),
        {"F201", "F203", "F210"},
    ),
    # 样-2 now begins with the row of 样-1, which says another mine and text than the other lists.
    "a key twice": ("问题清单", lambda sheet: put(sheet, 5, "问题编号", "样-2"), {"F203", "F204", "F206", "F210"}),
    "no key": ("责任清单", lambda sheet: put(sheet, 5, "问题编号", None), {"F202", "F205"}),
    "another name of the mine": ("整改清单", lambda sheet: put(sheet, 5, "企业", "样别矿"), {"F206"}),
    "a problem more in the form": ("工作报表", lambda sheet: fill(sheet, "D6", 3), {"F210"}),
    "a major more in the form": ("工作报表", lambda sheet: fill(sheet, "F6", 3), {"F210", "F212", "F214"}),
    "more fixed than found": ("工作报表", lambda sheet: fill(sheet, "E7", 19), {"F213"}),
    "累计 below the month": ("工作报表", lambda sheet: fill(sheet, "C7", 1), {"F214"}),
}


def put(sheet: Any, row: int, heading: str, value: Any) -> None:
    headings = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(row, headings[heading]).value = value


def fill(sheet: Any, cell: str, value: Any) -> None:
    sheet[cell].value = value


@pytest.mark.parametrize(("sheet", "change", "codes"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told(sheet: str, change: Any, codes: set[str], lists: Path, tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    shutil.copy(lists, path)
    book = openpyxl.load_workbook(path)
    change(book[f"{sheet} 2023-12"])
    book.save(path)
    result = checked(path)
    assert {issue.code for issue in result.issues} - {"F207", "F211"} == codes
    for issue in result.issues:
        assert issue.place.file == "清单.xlsx"
        assert issue.hint


def test_a_reported_figure_stands_beside_its_recount(lists: Path, tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    shutil.copy(lists, path)
    book = openpyxl.load_workbook(path)
    book["工作报表 2023-12"]["D6"].value = 12
    book.save(path)
    result = checked(path)
    (issue,) = [issue for issue in result.issues if issue.code == "F210"]
    assert issue.message == "“一般隐患排查”报12，按问题清单、整改清单、责任清单重数为2"
    (one,) = [one for one in result.compared if one.verdict == "不符"]
    assert (one.reported, one.recount) == (12, 2)


def test_a_check_holds_them_against_each_other_in_every_format(lists: Path, tmp_path: Path) -> None:
    """`duban check` of a book of lists: the same issues in each format, and in a baseline; and a receipt."""
    path = tmp_path / "清单.xlsx"
    shutil.copy(lists, path)
    book = openpyxl.load_workbook(path)
    book["责任清单 2023-12"].delete_rows(5)
    book.save(path)

    def run(style: str, *words: str) -> Any:
        return CliRunner().invoke(cli, ["check", str(path), "--now", "2023-12-25", "--format", style, *words])

    found = run("json")
    assert found.exit_code == 1
    told = json.loads(found.output)
    (fault,) = [fault for fault in told["faults"] if fault["code"] == "F202"]
    assert (fault["where"]["sheet"], fault["where"]["row"], fault["value"]) == ("问题清单 2023-12", 5, "样-1")
    (receipt,) = told["receipt"]
    assert receipt["verdict"] == "退回补正"
    assert {"问题清单", "整改清单", "责任清单"} <= {table["title"] for table in receipt["tables"]}
    for style in ("text", "junit", "sarif", "github", "gitlab", "csv"):
        assert "F202" in run(style).output, style
    accepted = tmp_path / "基线.yaml"
    words = ["--accept", str(accepted), "--accept-until", "2024-01-31", "--accept-why", "补报中", "--accept-by", "股室"]
    run("json", *words)
    assert run("json", "--baseline", str(accepted)).exit_code == 0


def test_a_list_that_was_not_handed_in_and_an_empty_one(lists: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(lists)
    del book["责任清单 2023-12"]
    book["整改清单 2023-12"].delete_rows(4, 20)
    book.save(tmp_path / "a.xlsx")
    codes = [issue.code for issue in checked(tmp_path / "a.xlsx").issues if issue.severity is Severity.ERROR]
    assert codes == ["F200", "F208", *["F201"] * len(PROBLEMS)]


def test_the_month_before_is_held_against_the_sum(tmp_path: Path) -> None:
    """November 累计 30 found; December 12 and 累计 41: 42 was to be expected. Of mines: 5 before, 4 now, 累计 5…9."""
    november = annex(tmp_path / "报表2023-11.xlsx", {"now": [2, 5, 30, 29, 0, 0, 2, 0.5, 0, 4, 0, 0]})
    december = annex(
        tmp_path / "报表2023-12.xlsx",
        {"now": [2, 4, 12, 11, 0, 0, 0, 0, 0, 0, 0, 0], "total": [2, 10, 41, 40, 0, 0, 2, 0.5, 0, 4, 0, 0]},
    )
    rename(november, "2023年11月25日")
    told = [issue.message for issue in checked(november, december).issues if issue.code == "F214"]
    assert told == ["“排查企业”累计10，应在5和9之间", "“一般隐患排查”累计41，上期累计30加本期12为42"]


def rename(path: Path, made_on: str) -> None:
    book = openpyxl.load_workbook(path)
    book.active["A2"].value = f"填报单位：样镇应急管理中心　填表人：样镇安全员　填表日期：{made_on}"
    book.save(path)


def test_senders_are_kept_apart(lists: Path, tmp_path: Path) -> None:
    other = annex(tmp_path / "样镇.xlsx", {"now": [1] * 12, "total": [1] * 12})
    found: list[Handed] = handed_in(read(lists, other).parts, month.FORMS)
    assert [(handed.town, sorted(handed.parts)) for handed in found] == [
        ("丙川镇", ["duty_list", "problem_list", "rectify_list", "stat_form"]),
        ("样镇", ["stat_form"]),
    ]


# ---- among the records


def loaded(source: Path) -> tuple[Any, duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    where = {"jurisdiction": "云示县", "timezone": "Asia/Shanghai"}
    return load(con, month.PACK.records, source, **where, forms=forms_of(month.PACK)), con


def test_an_audit_reads_the_form_and_takes_no_list_for_a_ledger(lists: Path) -> None:
    """本期 and 累计, two details. As versions of a hazard the lists would empty what they leave out."""
    found, con = loaded(lists)
    assert [issue for issue in found.issues if issue.code != "D402"] == []
    assert {name: number for name, number in found.counts.items() if number} == {"stat_report": 2, "major_detail": 2}
    columns = ", ".join(FIGURES)
    rows = con.execute(f"SELECT line, _row, {columns} FROM raw_stat_report ORDER BY _n").fetchall()
    assert [[*row[:2], *(None if value is None else float(value) for value in row[2:])] for row in rows] == [
        ["本期", 6, *(now for now, _ in FIGURES.values())],
        ["累计", 7, *(total for _, total in FIGURES.values())],
    ]
    assert con.execute("SELECT town, month, serial, _row FROM raw_major_detail ORDER BY serial").fetchall() == [
        ("丙川镇", date(2023, 12, 1), 1, 11),
        ("丙川镇", date(2023, 12, 1), 2, 12),
    ]
    assert [note.place.sheet for note in found.notes if note.code == "D125"] == [
        f"{name} 2023-12" for name in ("问题清单", "整改清单", "责任清单")
    ]


def test_an_audit_says_which_cell_of_a_form_is_wrong(tmp_path: Path) -> None:
    path = annex(tmp_path / "报表.xlsx", {"now": [2, 4, "十几", 11, 0, 0, 1, 0, 0, 0, 0, 0]})
    found, con = loaded(path)
    assert [issue.code for issue in found.issues if issue.code != "D402"] == ["F132"]
    asked = con.execute("SELECT gen_found, gen_fixed FROM raw_stat_report WHERE line = '本期'")
    assert asked.fetchall() == [(None, 11)]


def test_a_form_without_details_was_handed_in_with_none(tmp_path: Path) -> None:
    path = annex(tmp_path / "报表.xlsx", {"now": [1] * 12})
    book = openpyxl.load_workbook(path)
    book.active.delete_rows(11)
    book.save(path)
    found, _ = loaded(path)
    assert {item.record_type: item.rows for item in found.inputs} == {"stat_report": 2, "major_detail": 0}


WORDS = """|无|1|3(个)|样|……|填报单位：样镇|填表日期：2023年13月99日|工作报表|问题清单|问题编号|合计|注：样|行业
|一般隐患|排查|已整改|非煤矿山|累计|重大隐患明细|=1+1|5000元|十几|\x00""".replace("\n", "").split("|")
HEADINGS = [column.heading for _, _, part in month.FORMS.parts() for column in part.columns]
VALUES = st.sampled_from([None, 2.5, 45270, True, date(2023, 12, 25)])
CELLS = st.one_of(st.sampled_from(WORDS), st.sampled_from(HEADINGS), VALUES, st.text(max_size=8))
CHANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 16), CELLS), max_size=40)


@cache
def sheets() -> dict[str, list[list[Any]]]:
    """The lists and the form as we write them, cell by cell."""
    book = openpyxl.load_workbook(month.lists())
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


@settings(deadline=None)
@given(st.integers(0, 3), CHANGES, st.integers(0, 16))
def test_no_grid_breaks_the_reader(which: int, changes: list[tuple[int, int, Any]], cut: int) -> None:
    """A form with cells overwritten anywhere and rows cut short: records or issues come out, never an exception."""
    name, rows = list(sheets().items())[which]
    grid = [list(row) for row in rows]
    for row, column, value in changes:
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = value
    if cut < len(grid):
        grid[cut] = grid[cut][:cut]
    merged = {(row, 0): (0, 0) for row in range(len(grid))}
    parts, issues = read_grid("样.xlsx", name, grid, month.FORMS, month.PACK.records, merged)
    for part in parts:
        assert all(
            row.row <= len(grid) and set(row.cells) - {"town"} <= {*row.values, *part.fields} for row in part.rows
        )
    assert all(issue.place.file == "样.xlsx" and issue.hint for issue in issues)
