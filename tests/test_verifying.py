"""`duban verify`: how the 核实单 looks, every mistake in one that came back, and the way round to the next audit."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duban import cli
from duban.errors import DataError, DubanError
from duban.model import Verification, Verified
from duban.report.results import data_of
from duban.report.verify_sheet import FILLED, GIVEN, HEADER, LOG, MARK, METHODS, SHEET, Handout, Item, workbook, write
from duban.verifying import Moment, Reading, moment_of, open_sheet, read_results, take_in

HANDOUT = Handout("zezhou-2023-331", "2024-01-07", "2024-01-07", "云示县", "Asia/Shanghai")
TODAY = date(2024, 1, 12)
HEADINGS = [*GIVEN, "核实结果", "核实人", "核实日期", "核实方式", "佐证", "情况说明"]
LETTERS = dict(zip(HEADINGS, "ABCDEFGHIJKLMNOPQR", strict=True))


NOT_YET = Verified()


def item(number: int, found: Verified = NOT_YET, county: str = "云示县", message: str = "要求2，查到1，差1。") -> Item:
    """The finding f1, f2, … of a mine for a month; it can be verified from 2023-11-30 on."""
    given = (
        f"f{number}", "三(二)", "每月带队检查2次", f"{number}矿", "甲岭镇", "2023年11月", "2023-11-30",
        "未达到（待核实）", message, "", "I1；I2", "检查记录.csv#2",
    )  # fmt: skip
    return Item(given, county, date(2023, 11, 30), found)


ITEMS = [item(1), item(2), item(3), item(4, county="邻县")]
Fill = dict[str, Any]  # cell → value
SOUND: Fill = {"M3": "已核实", "N3": "张三", "O3": date(2024, 1, 10), "P3": "现场核查"}
CLEARED: Fill = {"M4": "已澄清", "N4": "李四", "O4": date(2024, 1, 11), "Q4": "检查记录12号", "R4": "镇里漏报"}


def given_of(number: int, row: int) -> Fill:
    """The given cells of a finding, in another row."""
    return {f"{letter}{row}": text for letter, text in zip("ABCDEFGHIJKL", ITEMS[number - 1].given, strict=True)}


def filled(path: Path, cells: Fill, items: list[Item] | None = None) -> Path:
    """A sheet that was handed out, with cells filled in."""
    book = openpyxl.load_workbook(BytesIO(workbook(items or ITEMS, HANDOUT)))
    for cell, value in cells.items():
        book[SHEET][cell] = value
    book.save(path)
    return path


def reading(path: Path, cells: Fill, items: list[Item] | None = None) -> Reading:
    return read_results(open_sheet(filled(path / "核实单.xlsx", cells, items)), TODAY)


# ---- the sheet


def test_the_sheet_has_what_a_person_needs_and_locks_the_rest(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(filled(tmp_path / "a.xlsx", {}))
    page = book[SHEET]
    assert [cell.value for cell in page[HEADER]] == HEADINGS
    assert tuple(cell.value for cell in page[3][: len(GIVEN)]) == tuple(text or None for text in ITEMS[0].given)
    assert MARK in page["A1"].value
    assert page.oddHeader.center.text == MARK
    assert (page.freeze_panes, page.print_title_rows) == ("B3", "$2:$2")
    assert page.protection.sheet
    locked = [cell.protection.locked for cell in page[3]]
    assert locked == [True] * len(GIVEN) + [False] * len(FILLED)
    assert all(cell.protection.locked for cell in page[HEADER])
    assert (page["A3"].number_format, page["O3"].number_format) == ("@", "yyyy-mm-dd")
    assert page.column_dimensions["I"].width > page.column_dimensions["A"].width > 16
    long = openpyxl.load_workbook(filled(tmp_path / "a.xlsx", {}, [item(1, message="甲" * 100), item(2)]))[SHEET]
    assert long.row_dimensions[3].height > long.row_dimensions[4].height
    assert book[LOG].sheet_state == "veryHidden"


def test_the_sheet_offers_choices(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(filled(tmp_path / "a.xlsx", {}))[SHEET]
    found = {str(choice.sqref): choice for choice in page.data_validations.dataValidation}
    assert set(found) == {"M3:M6", "P3:P6"}
    assert found["M3:M6"].formula1 == '"已核实,已澄清,部分属实,无法核实"'
    assert found["M3:M6"].showErrorMessage
    assert found["P3:P6"].formula1 == f'"{",".join(METHODS)}"'
    assert not found["P3:P6"].showErrorMessage


def test_what_was_verified_is_filled_in(tmp_path: Path) -> None:
    found = Verified(Verification.CLEARED, "张三", date(2024, 1, 10), "调阅原件", "检查记录12号", "漏报")
    page = openpyxl.load_workbook(filled(tmp_path / "a.xlsx", {}, [item(1, found), item(2)]))[SHEET]
    assert [cell.value for cell in page[3]][len(GIVEN) :] == [
        "已澄清", "张三", datetime(2024, 1, 10), "调阅原件", "检查记录12号", "漏报",
    ]  # fmt: skip
    assert [cell.value for cell in page[4]][len(GIVEN) :] == [None] * len(FILLED)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", '=HYPERLINK("http://a")', "a\x00b\x1fc"])
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    page = openpyxl.load_workbook(filled(tmp_path / "a.xlsx", {}, [item(1, message=text)]))[SHEET]
    cell = page["I3"]
    assert (cell.data_type, cell.value) == ("s", re.sub(r"[\x00\x1f]", "", text))
    assert cell.quotePrefix or text[0] not in "=+-@\t"


def test_a_long_text_is_cut_to_what_a_cell_holds(tmp_path: Path) -> None:
    page = openpyxl.load_workbook(filled(tmp_path / "a.xlsx", {}, [item(1, message="甲" * 40_000)]))[SHEET]
    assert page["I3"].value == "甲" * 32_000 + "……"


def test_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "核实单.xlsx"
    path.write_bytes(b"before")

    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(DubanError, match="请先关闭"):
        write(ITEMS, HANDOUT, path)
    assert (path.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (b"before", ["核实单.xlsx"])


# ---- reading it back


def test_results_are_read_and_blank_rows_are_counted(tmp_path: Path) -> None:
    found = reading(tmp_path, {**SOUND, **CLEARED})
    assert found.issues == ()
    assert [(one.finding, one.jurisdiction, one.row, *one.content) for one in found.results] == [
        ("f1", "云示县", 3, "已核实", "张三", "2024-01-10", "现场核查", "", ""),
        ("f2", "云示县", 4, "已澄清", "李四", "2024-01-11", "", "检查记录12号", "镇里漏报"),
    ]
    assert found.blank == 2


@pytest.mark.parametrize(
    "day",
    [
        "2024-1-10",
        "2024.1.10",
        "2024年1月10日",
        "２０２４／１／１０",
        "20240110",
        datetime(2024, 1, 10, 9, 30),
        20240110,
    ],
)
def test_days_as_people_write_them(day: Any, tmp_path: Path) -> None:
    (result,) = reading(tmp_path, {**SOUND, "O3": day}).results
    assert result.verified_on == "2024-01-10"


def test_what_may_be_done_to_a_sheet(tmp_path: Path) -> None:
    """Rows sorted and deleted, lines above, the sheet renamed, more columns, blanks and line breaks in cells."""
    path = filled(
        tmp_path / "a.xlsx", {**SOUND, **CLEARED, "M3": " 已核实 ", "R4": " 镇里\n漏报 ", "S2": "备注", "S3": "x"}
    )
    book = openpyxl.load_workbook(path)
    page = book[SHEET]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=3, max_row=4)]
    page.delete_rows(5, 2)
    for number, row in enumerate(reversed(rows), start=3):
        for column, value in enumerate(row, start=1):
            page.cell(number, column).value = value
    page.insert_rows(1, 2)
    page.title = "1月"
    book.save(path)
    found = read_results(open_sheet(path), TODAY)
    assert (found.issues, found.blank) == ((), 0)
    assert [(one.finding, one.row, one.state, one.statement) for one in found.results] == [
        ("f2", 5, "已澄清", "镇里 漏报"), ("f1", 6, "已核实", ""),
    ]  # fmt: skip


def test_the_same_row_twice_counts_once(tmp_path: Path) -> None:
    copy = given_of(1, row=7)
    again = {cell.replace("3", "7"): value for cell, value in SOUND.items()}
    assert len(reading(tmp_path, {**SOUND, **copy, **again}).results) == 1


Wrong = tuple[Fill, list[tuple[str, str]], str]  # cells, (code, cell) of each issue, a part of what the first says
WRONG: dict[str, Wrong] = {
    "no such state": (
        {**SOUND, "M3": "属实"}, [("V104", "M3")],
        "第3行“核实结果”（M3）写的是“属实”，不在可填内容之内 [V104]\n    → 只能填：已核实、已澄清、部分属实、无法核实",
    ),
    "待核实 is no result": ({"M3": "待核实"}, [("V104", "M3"), ("V105", "N3"), ("V105", "O3")], "写的是“待核实”"),
    "no state": ({**SOUND, "M3": None}, [("V103", "M3")], "没有填“核实结果”（M3）"),
    "a statement alone": ({"R5": "停产"}, [("V103", "M5")], "第5行填了其他内容"),
    "nobody": ({**SOUND, "N3": None}, [("V105", "N3")], "没有填“核实人”（N3）"),
    "no day": ({**SOUND, "O3": " "}, [("V105", "O3")], "没有填“核实日期”（O3）"),
    "no such day": ({**SOUND, "O3": "1月10日"}, [("V106", "O3")], "写的是“1月10日”，不是日期"),
    "no day that there is": ({**SOUND, "O3": "2024-02-30"}, [("V106", "O3")], "不是日期"),
    "tomorrow": ({**SOUND, "O3": date(2024, 1, 13)}, [("V107", "O3")], "晚于今天（2024-01-12）"),
    "before the finding": ({**SOUND, "O3": date(2023, 11, 29)}, [("V108", "O3")], "2023-11-30"),
    "cleared on nothing": ({**CLEARED, "Q4": None, "R4": None}, [("V109", "Q4")], "没有“佐证”或“情况说明”"),
    "cleared on no word": ({**CLEARED, "Q4": "无。", "R4": "——"}, [("V109", "Q4")], "至少填一项"),
    "an altered fingerprint": ({**SOUND, "A3": "f9"}, [("V101", "A3")], "指纹“f9”不在发出的核实单中"),
    "no fingerprint": ({**SOUND, "A3": None}, [("V101", "A3")], "第3行（A3）填了内容，却没有指纹"),
    "altered, and not filled in": ({"A3": "f9"}, [("V101", "A3")], "f9"),
    "the fingerprint of another row": (
        {**SOUND, "A3": "f3"}, [("V102", "A3")], "第3行的条款、事项、责任主体、期间、应完成日与发出时不一致",
    ),
    "another bearer": ({**SOUND, "D3": "2矿"}, [("V102", "A3")], "可能错了行"),
    "a failed formula": ({**SOUND, "Q3": "#N/A"}, [("V111", "Q3")], "写的是“#N/A”，是电子表格的错误值"),
    "two results of one finding": (
        {**SOUND, **given_of(1, row=4), **CLEARED},
        [("V110", "A4")], "第4行与第3行是同一事项（f1）",
    ),
    "all at once": (
        {**SOUND, "M3": "属实", "O3": "昨天", **CLEARED, "Q4": None, "R4": None, "A5": "f7"},
        [("V104", "M3"), ("V106", "O3"), ("V109", "Q4"), ("V101", "A5")], "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "expected", "says"), WRONG.values(), ids=WRONG)
def test_every_mistake_is_told_with_its_cell(
    cells: Fill, expected: list[tuple[str, str]], says: str, tmp_path: Path
) -> None:
    found = reading(tmp_path, cells)
    told = [(issue.code, LETTERS[issue.place.column] + str(issue.place.row)) for issue in found.issues]
    assert told == expected
    assert says in "\n".join(map(str, found.issues))
    assert all(issue.hint for issue in found.issues)
    assert {(issue.place.file, issue.place.sheet) for issue in found.issues} == {("核实单.xlsx", "核实单")}


def test_what_is_no_sheet_of_ours(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.xlsx", SOUND)
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    book = openpyxl.load_workbook(path)
    book[SHEET]["M2"] = "结果"
    book.save(tmp_path / "c.xlsx")
    book[SHEET]["M2"], book[SHEET]["N2"] = "核实结果", "谁"
    book.save(tmp_path / "d.xlsx")
    del book[LOG]
    book.save(tmp_path / "e.xlsx")
    wrong = {"none": "打不开", "b": "打不开", "c": "没有一张工作表", "d": "缺少“核实人”", "e": "发出记录"}
    for name, says in wrong.items():
        with pytest.raises(DataError, match=says):
            open_sheet(tmp_path / f"{name}.xlsx")


# ---- into the register


@pytest.fixture
def records(tmp_path: Path) -> Path:
    (tmp_path / "records").mkdir()
    return tmp_path / "records"


def taken(records: Path, cells: Fill, at: str = "2024-01-12 09:30") -> tuple[int, int, int]:
    """How many results were new, changed and there already."""
    found = reading(records.parent, cells)
    assert not found.issues
    done = take_in(found.results, records, HANDOUT, moment_of(at, "Asia/Shanghai"))
    return len(done.new), len(done.changed), done.same


def register(records: Path) -> list[list[str]]:
    with (records / "核实结果.csv").open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def test_the_register_is_begun_and_only_grows(records: Path) -> None:
    assert taken(records, SOUND) == (1, 0, 0)
    first = (records / "核实结果.csv").read_bytes()
    assert register(records) == [
        [
            "指纹",
            "核实结果",
            "核实人",
            "核实日期",
            "核实方式",
            "佐证",
            "情况说明",
            "辖区",
            "报送时间",
            "填报单位",
            "更正",
        ],
        ["f1", "已核实", "张三", "2024-01-10", "现场核查", "", "", "", "2024-01-12 09:30:00", "", ""],
    ]  # fmt: skip
    assert taken(records, {**SOUND, **CLEARED}, "2024-01-13") == (1, 0, 1)
    assert taken(records, {**SOUND, **CLEARED}, "2024-01-14") == (0, 0, 2)
    assert taken(records, {**SOUND, "M3": "部分属实"}, "2024-01-15 08:00") == (0, 1, 0)
    assert (records / "核实结果.csv").read_bytes().startswith(first)
    assert [(row[0], row[1], row[8]) for row in register(records)[2:]] == [
        ("f2", "已澄清", "2024-01-13"), ("f1", "部分属实", "2024-01-15 08:00:00"),
    ]  # fmt: skip
    assert [path.name for path in records.iterdir()] == ["核实结果.csv"]


def test_a_sheet_of_last_week_does_not_undo_what_came_after_it(records: Path) -> None:
    assert taken(records, SOUND, "2024-01-12") == (1, 0, 0)
    assert taken(records, {**SOUND, "M3": "部分属实"}, "2024-01-13") == (0, 1, 0)
    assert taken(records, SOUND, "2024-01-14") == (0, 0, 1)


def test_twice_on_one_day_is_told_apart_and_an_earlier_day_is_refused(records: Path) -> None:
    for state in ("已核实", "部分属实", "无法核实"):
        taken(records, {**SOUND, "M3": state}, "2024-01-12")
    assert [row[8] for row in register(records)[1:]] == ["2024-01-12", "2024-01-12 00:00:01", "2024-01-12 00:00:02"]
    before = register(records)
    with pytest.raises(DataError, match="已有更晚报送的结果：无法核实"):
        taken(records, {**SOUND, **CLEARED, "P3": "电话核实"}, "2024-01-11")
    assert register(records) == before


def test_another_county_is_named(records: Path) -> None:
    cells = {cell.replace("3", "6"): value for cell, value in SOUND.items()}
    taken(records, cells)
    assert register(records)[1][7] == "邻县"
    assert taken(records, cells, "2024-01-13") == (0, 0, 1)


def test_texts_are_no_formulas(records: Path) -> None:
    cells = {**CLEARED, "Q4": "=1+1", "R4": "-"}
    book = filled(records.parent / "核实单.xlsx", cells)
    page = openpyxl.load_workbook(book)
    page[SHEET]["Q4"].data_type = "s"
    page.save(book)
    results = read_results(open_sheet(book), TODAY).results
    for at in ("2024-01-12", "2024-01-13"):
        take_in(results, records, HANDOUT, moment_of(at, "Asia/Shanghai"))
    assert [row[5:7] for row in register(records)[1:]] == [["'=1+1", ""]]  # a dash says nothing


THEIRS = (
    "报送时间;指纹;核实结论;核实人;核实日期;核实方式;佐证;情况说明\r\n;f1;已核实;王五;2024-01-09;现场核查;;矿长在外"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_of_other_hands_is_continued_as_it_is(encoding: str, records: Path) -> None:
    (records / "核实结果.csv").write_bytes(THEIRS.encode(encoding))
    assert taken(records, {**SOUND, **CLEARED}) == (1, 1, 0)
    assert (records / "核实结果.csv").read_bytes().startswith(THEIRS.encode(encoding))
    with (records / "核实结果.csv").open(encoding=encoding, newline="") as text:
        assert list(csv.reader(text, delimiter=";"))[2:] == [
            ["2024-01-12 09:30:00", "f1", "已核实", "张三", "2024-01-10", "现场核查", "", ""],
            ["2024-01-12 09:30:00", "f2", "已澄清", "李四", "2024-01-11", "", "检查记录12号", "镇里漏报"],
        ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("指纹,核实结果,核实人,核实日期\nf9,已核实,王五,2024-01-09\n", "缺少表头“核实方式”、“报送时间”"),
        ('指纹,核实结果,核实人,核实日期\nf9,"已核实,王五,2024-01-09\n', "引号不成对"),
        ("甲,乙\n1,2\n", "没有一张表能读入"),
        ("", "没有一张表能读入"),
    ],
    ids=["columns", "quotes", "another table", "empty"],
)
def test_a_file_that_cannot_be_continued_is_left_alone(text: str, says: str, records: Path) -> None:
    path = records / "核实结果.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says):
        taken(records, SOUND)
    assert (path.read_text(encoding="utf-8"), list(records.iterdir())) == (text, [path])


def test_a_register_that_is_open_elsewhere(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken(records, SOUND)
    before = register(records)

    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refused)
        with pytest.raises(DubanError, match="若文件正在 Excel 或 WPS 中打开，请先关闭"):
            taken(records, CLEARED)
    assert (register(records), len(list(records.iterdir()))) == (before, 1)
    (records / ".核实结果.csv.part").touch()
    with pytest.raises(DubanError, match="另一次读入正在进行"):
        taken(records, CLEARED)
    assert register(records) == before


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-07", Moment(datetime(2024, 1, 7), bare=True)),
        ("2024-01-07T09:30", Moment(datetime(2024, 1, 7, 9, 30))),
        ("2024-01-07T01:30Z", Moment(datetime(2024, 1, 7, 9, 30))),
    ],
)
def test_moments(text: str, moment: Moment) -> None:
    assert moment_of(text, "Asia/Shanghai") == moment


# ---- the way round

FILES = {
    "企业名册.csv": """
企业编号,企业名称,所在镇,生产状态,主要负责人
M01,一矿,甲岭镇,生产,M01矿长
M02,二矿,乙溪镇,生产,M02矿长
""",
    "检查记录.csv": """
检查编号,检查主体,被检查企业编号,检查时间,带队领导
I1,企业主要负责人带队,M01,2023-11-14,M01矿长
""",
    "报送清单.csv": """
报送单位,所属主体,材料类型,数据起,数据止,收到时间
甲岭镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
乙溪镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
""",
}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process: exit code, what it printed, and its errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["duban", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err

    return call


@pytest.fixture
def county(records: Path) -> Path:
    """Two mines whose heads led too few inspections in November and December: four findings."""
    for name, text in FILES.items():
        (records / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return records


def audited(run: Run, county: Path, *words: str) -> dict[tuple[str, str], str]:
    """(bearer, month) → verification of each breached duty; the results lie beside the records."""
    only = ("--obligation", "head-leads-inspections", "--as-of", "2024-01-07", "--quiet")
    assert run("audit", county, "--out", county.parent / "out", *only, *words)[0] == 0
    with (data_of(county.parent / "out") / "violations.csv").open(encoding="utf-8-sig", newline="") as text:
        return {(row["bearer_id"], row["period_start"][:7]): row["verification"] for row in csv.DictReader(text)}


def test_written_filled_in_read_back_and_seen_by_the_next_audit(run: Run, county: Path) -> None:
    out, sheet = county.parent / "out", county.parent / "核实单.xlsx"
    assert set(audited(run, county).values()) == {"待核实"}

    code, said, _ = run("verify", "write", sheet, "--out", out)
    assert (code, said.splitlines()[0]) == (0, f"核实单：4项，其中0项此前已核实：{sheet}")
    assert run("verify", "write", sheet, "--out", out)[0] == 2
    assert run("verify", "write", sheet, "--out", out, "--force")[0] == 0

    book = openpyxl.load_workbook(sheet)
    page = book[SHEET]
    rows = {(page.cell(row, 4).value, page.cell(row, 6).value): row for row in range(3, 7)}
    results = {
        ("一矿", "2023年11月"): ["已澄清", "张三", date(2024, 1, 10), "调阅原件", "检查记录I9", "镇里漏报"],
        ("二矿", "2023年12月"): ["属实", "张三", date(2024, 1, 10)],
    }
    for who, cells in results.items():
        for column, value in enumerate(cells, start=13):
            page.cell(rows[who], column).value = value
    book.save(sheet)

    code, _, errors = run("verify", "read", sheet, "--into", county, "--as-of", "2024-01-10")
    assert (code, (county / "核实结果.csv").exists()) == (2, False)
    assert f"第{rows['二矿', '2023年12月']}行“核实结果”（M{rows['二矿', '2023年12月']}）写的是“属实”" in errors
    page.cell(rows["二矿", "2023年12月"], 13).value = "已核实"
    book.save(sheet)
    code, said, _ = run("verify", "read", sheet, "--into", county, "--as-of", "2024-01-10")
    assert (code, said.splitlines()[0]) == (0, "读入核实结果：新增2项，更改0项，已有0项，未填2项。")

    known = {("M01", "2023-11"): "已澄清", ("M02", "2023-12"): "已核实"}
    rest = dict.fromkeys([("M01", "2023-12"), ("M02", "2023-11")], "待核实")
    assert audited(run, county, "--known-by", "2024-01-10") == {**known, **rest}
    run("verify", "write", sheet, "--out", out, "--force")
    again = openpyxl.load_workbook(sheet)[SHEET]
    assert [cell.value for cell in again[rows["一矿", "2023年11月"]]][12:] == [
        "已澄清", "张三", datetime(2024, 1, 10), "调阅原件", "检查记录I9", "镇里漏报",
    ]  # fmt: skip
    code, said, _ = run("verify", "read", sheet, "--into", county, "--as-of", "2024-01-17")
    assert (code, said.splitlines()[0]) == (0, "读入核实结果：新增0项，更改0项，已有2项，未填2项。")

    assert set(audited(run, county).values()) == {"待核实"}, "as known on the 7th"


def test_a_changed_result_is_a_new_version(run: Run, county: Path) -> None:
    sheet = county.parent / "核实单.xlsx"
    audited(run, county)
    run("verify", "write", sheet, "--out", county.parent / "out", "--bearer", "一矿")
    book = openpyxl.load_workbook(sheet)
    for day, state in ((10, "已核实"), (15, "已澄清")):
        for column, value in enumerate([state, "张三", date(2024, 1, day), "", "检查记录I9"], start=13):
            book[SHEET].cell(3, column).value = value
        book.save(sheet)
        code, said, _ = run("verify", "read", sheet, "--into", county, "--as-of", f"2024-01-{day} 17:00")
        assert code == 0
    assert "已核实 → 已澄清，张三" in said
    for known_by, expected in {"2024-01-09": "待核实", "2024-01-14": "已核实", "2024-01-15": "已澄清"}.items():
        assert audited(run, county, "--known-by", known_by)["M01", "2023-11"] == expected


def test_filters_and_what_is_not_there(run: Run, county: Path) -> None:
    out, sheet = county.parent / "out", county.parent / "a.xlsx"
    audited(run, county)
    for words, number in {
        ("--town", "甲岭镇"): 2,
        ("--town", "甲岭镇", "--town", "乙溪镇"): 4,
        ("--bearer", "M02"): 2,
        ("--obligation", "head-leads-inspections", "--town", "乙溪镇"): 2,
    }.items():
        code, said, _ = run("verify", "write", sheet, "--out", out, "--force", *words)
        assert (code, said.splitlines()[0]) == (0, f"核实单：{number}项，其中0项此前已核实：{sheet}")
    for words, says in {
        ("--town", "甲岭"): "审核结果中没有镇“甲岭”；是否为“甲岭镇”？",
        ("--bearer", "M09"): "没有主体“M09”",
        ("--obligation", "head"): "没有义务“head”",
    }.items():
        code, _, errors = run("verify", "write", county.parent / "b.xlsx", "--out", out, *words)
        assert code == 2
        assert says in errors
    assert run("verify", "write", county.parent / "b.xls", "--out", out)[0] == 2
    assert run("verify", "write", county.parent / "b.xlsx", "--out", county)[0] == 2
    assert run("verify", "read", sheet, "--into", county / "none")[0] == 2
    assert not list(county.parent.glob("b.*"))


def test_nothing_to_verify(run: Run, county: Path) -> None:
    with (county / "检查记录.csv").open("a", encoding="utf-8") as text:
        for mine in ("M01", "M02"):
            for month in (11, 12):
                for day in (20, 25):
                    text.write(f"{mine}{month}{day},企业主要负责人带队,{mine},2023-{month}-{day},{mine}矿长\n")
    assert audited(run, county) == {}
    code, said, _ = run("verify", "write", county.parent / "a.xlsx", "--out", county.parent / "out")
    assert (code, said) == (0, "没有需要核实的事项，没有写文件。\n")
    assert not (county.parent / "a.xlsx").exists()
