"""The page for the car: whom it finds, what it shows, and that it is one page."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
import small_county as county

from duban.auditing import Audit
from duban.errors import UsageError
from duban.pack.planning import Planning
from duban.planning.dossier import Page, Table, cell, dossier_of
from duban.planning.dossier_page import LINES, as_docx, as_lines, fitted, write_page


@pytest.fixture(scope="module")
def page(small: Audit) -> Page:
    return dossier_of(small, "A2")


def rows(page: Page, title: str) -> tuple[tuple[str, ...], ...]:
    (table,) = [table for table in page.tables if table.title == title]
    return table.rows


def test_who_and_where(page: Page) -> None:
    assert (page.name, page.bearer_id, page.title) == ("甲样2号矿", "A2", "随车简况")
    assert page.facts == (("镇", "甲镇"), ("人数", "30人"), ("负责人", f"矿长 {county.PHONE}"), ("中心", "甲镇中心"))


def test_what_is_open_and_what_was_found(page: Page) -> None:
    assert rows(page, "未整改隐患") == (("h1", f"高边坡 {county.PHONE}", "2024-01-10"),)
    assert rows(page, "最近检查") == (("2023-12-20 09:00", "县"),)  # not those of the 10th and the 19th


def test_findings_danger_first_with_their_verification(page: Page) -> None:
    found = rows(page, "待核实")
    assert found[0] == ("隐患按时限整改（h1）", "应于2024-01-10前完成，截至2024-01-14未见有效的完成日期", "", "待核实")
    assert [row[0] for row in found[1:]] == [
        "企业每周自查（2024-01-01至2024-01-07）",
        "制定方案",
        "企业每周自查（2024-01-08至2024-01-14）",
    ]


def test_what_is_due_and_what_others_have_to_do(small: Audit, page: Page) -> None:
    assert rows(page, "到期") == (("2024-01-21（余7天）", "企业每周自查（2024-01-15至2024-01-21）", "要求1；01-15起"),)
    other = dossier_of(small, "B1")
    assert rows(other, "待复查") == (("样县应急管理局", "期满十日内复查", "o1", "2024-01-18"),)
    assert [row[0] for row in rows(other, "到期")] == ["2024-01-17（余3天）", "2024-01-21（余7天）"]


def test_what_to_look_at(small: Audit, page: Page) -> None:
    assert rows(page, "看什么") == (("看重大隐患",), ("隐患按时限整改：资料看不到现场是否真改",))
    assert rows(dossier_of(small, "A3"), "看什么") == (("看停用",),)


def test_what_was_not_handed_in(page: Page) -> None:
    """Only training must be declared here, and nobody has declared any."""
    assert rows(page, "台账") == (("没有报过", "培训记录"),)


def test_how_far_it_was_handed_in(pack: Path) -> None:
    line = {"sender": "甲镇", "subject": "甲镇", "record_type": "training", "covered_from": "2024-01-01",
            "covered_through": "2024-01-09", "received_at": "2024-01-10"}  # fmt: skip
    with county.audited(pack, records={**county.rows(), "manifest": [line]}, only=["trained"]) as audit:
        assert rows(dossier_of(audit, "A2"), "台账") == (("报到2024-01-09", "培训记录"),)
        assert rows(dossier_of(audit, "B1"), "台账") == (("没有报过", "培训记录"),)


def test_a_section_says_how_many_more_there_are(small: Audit) -> None:
    lines = list(as_lines(dossier_of(small, "B1")))
    assert "【未整改隐患（共2条，另有1条）】" in lines
    assert lines[lines.index("【未整改隐患（共2条，另有1条）】") + 1] == "  · 编号：h2　描述：样例　时限：2024-01-17"


@pytest.mark.parametrize("who", ["A1", "甲样1号矿", "老甲矿", " A1 "])
def test_by_id_name_or_former_name(small: Audit, who: str) -> None:
    assert dossier_of(small, who).bearer_id == "A1"


@pytest.mark.parametrize(("who", "near"), [("甲样1号", "甲样1号矿"), ("A11", "A1"), ("老甲", "老甲矿")])
def test_an_unknown_one_is_an_error_with_what_is_near(small: Audit, who: str, near: str) -> None:
    with pytest.raises(UsageError) as caught:
        dossier_of(small, who)
    assert near in str(caught.value).split("是否为", 1)[1]


def test_a_name_that_two_have_asks_for_the_number(pack: Path) -> None:
    records = county.rows()
    records["mine"][1]["former"] = ["老甲矿"]
    several = pytest.raises(UsageError, match="不止一家")
    with county.audited(pack, records=records, only=["plan-made"]) as audit, several:
        dossier_of(audit, "老甲矿")


def test_a_notice_without_a_page_has_the_general_parts(small: Audit) -> None:
    page = dossier_of(small, "甲样2号矿", Planning())
    assert dict(page.facts)["分级"] == "C"
    assert "负责人" not in dict(page.facts)  # nobody in person
    assert [table.title for table in page.tables] == ["待核实事项", "近日到期", "现场看什么", "台账报送"]
    assert len(page.tables[0].rows) == 4
    assert dossier_of(small, "甲镇中心", Planning()).bearer_id == "甲镇"


# ---- the sheet


def crowded(page: Page) -> Page:
    text = "这是一段很长的检查情况，" * 40
    many = Table("很多", (("甲", 1), ("乙", 3)), tuple((str(n), text) for n in range(60)), 60, "无")
    return replace(page, tables=(many, replace(many, title="又有"), *page.tables), facts=(("说明", text[:90]),) * 12)


def lines_of(page: Page) -> int:
    from duban.planning.dossier_page import _fact_lines, _height

    return _fact_lines(page) + sum(map(_height, page.tables))


def test_what_does_not_fit_gives_way_and_is_counted(page: Page) -> None:
    full = fitted(crowded(page))
    assert lines_of(full) <= LINES
    assert all(table.rows or not table.total for table in full.tables)
    (first,) = [line for line in as_lines(crowded(page)) if line.startswith("【很多")]
    assert "共60条，另有" in first


def test_telephones_are_masked_and_the_bytes_are_the_same(page: Page) -> None:
    data = as_docx(page)
    assert as_docx(page) == data
    document = docx.Document(io.BytesIO(data))
    text = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert county.MASKED in text
    assert county.PHONE not in text + "\n".join(as_lines(page))
    assert "内部资料" in document.sections[0].footer.paragraphs[0].text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_it_is_one_page(page: Page, tmp_path: Path) -> None:
    """Rendered, and its pages counted: the usual one, and one with as much as can be."""
    for name, one in (("usual", page), ("crowded", crowded(page))):
        write_page(one, tmp_path / f"{name}.docx")
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "pdf"]
    names = [str(tmp_path / f"{name}.docx") for name in ("usual", "crowded")]
    subprocess.run([*command, "--outdir", str(tmp_path), *names], check=True, capture_output=True, timeout=180)
    for name in ("usual", "crowded"):
        data = (tmp_path / f"{name}.pdf").read_bytes()
        assert data.count(b"/Type/Page") - data.count(b"/Type/Pages") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "是"), (["县", "镇"], "县、镇"), (2.0, "2"), (2.5, "2.5"), (3, "3"), ("文", "文")],
)
def test_values_as_a_reader_sees_them(value: object, text: str) -> None:
    assert cell(value) == text
