"""What must never be drafted is not: the list of papers is closed, and each kind says what it may be made from."""

from __future__ import annotations

import ast
import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from duban.errors import UsageError
from duban.model import Tier
from duban.report.papers import KINDS, Kind, PaperError, read_bureau, write_papers
from duban.report.papers.fields import Desk, candidate_fields, circular_fields, committee_fields, town_fields
from duban.report.papers.figures import figures
from duban.report.papers.forms import SHIPPED, Forms, read_form, text_of
from duban.report.papers.kinds import FORBIDDEN, Source, forbidden, not_yet, why_not
from duban.report.papers.towns import towns_to_urge
from papers_world import (
    AS_OF,
    CLEARED,
    NOTICE,
    ROOT,
    bureau,
    candidate,
    centre,
    finding,
    m12,
    principals,
    world,
)

DESK = Desk(bureau(), NOTICE, AS_OF, AS_OF, {})


def test_a_reminder_is_drafted_once_for_the_same_facts() -> None:
    sent, new = finding(1, taken=("提醒函",)), finding(2, clause="三(三)", ground="隐患整治不彻底")
    item = candidate(sent, new, grounds=("自查自改不认真", "隐患整治不彻底"), tier=Tier.SECOND)
    left = not_yet(KINDS["提醒函"], item)
    assert (left.findings, left.grounds, left.clause) == ((new,), ("隐患整治不彻底",), "三(三)")
    assert why_not(KINDS["提醒函"], left, bureau()) == ""
    again = not_yet(KINDS["提醒函"], candidate(sent, tier=Tier.SECOND))
    assert why_not(KINDS["提醒函"], again, bureau()) != ""  # nothing is left to remind of
    assert not_yet(KINDS["核实单"], item) == item


# ---- which papers there are


def test_the_list_of_papers_is_closed() -> None:
    assert list(KINDS) == [
        "核实单", "提醒函", "催办单", "致县安委办工作提醒", "工作通报", "约谈审批单", "约谈通知书", "签到表",
        "约谈纪要", "整改情况反馈表", "约谈后核查表",
    ]  # fmt: skip
    assert {path.stem for path in SHIPPED.glob("*.docx")} == set(KINDS)


def test_papers_of_an_interview_take_what_was_verified_alone() -> None:
    assert {name for name, kind in KINDS.items() if kind.verified} == {
        "约谈审批单", "约谈通知书", "签到表", "约谈纪要", "整改情况反馈表", "约谈后核查表",
    }  # fmt: skip
    assert {name for name, kind in KINDS.items() if kind.person} == {"约谈审批单", "约谈通知书"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.verified], ids=lambda kind: kind.name)
def test_no_interview_from_what_is_not_verified(kind: Kind) -> None:
    one_open = candidate(m12()[0], finding(99, "乙溪样12号铁矿", "乙溪镇"))
    with pytest.raises(PaperError, match="没有核实"):
        candidate_fields(kind, 1, one_open, DESK)
    assert candidate_fields(kind, 1, candidate(*m12()), DESK)["已核实"]


@pytest.mark.parametrize(
    ("kind", "who", "why"),
    [
        ("约谈审批单", candidate(*m12(), measure="追责问责"), "建议的不是约谈"),
        ("约谈审批单", candidate(*m12(), measure="公开曝光"), "建议的不是约谈"),
        ("约谈通知书", candidate(*m12(), convener="县安委办"), "主体是县安委办"),
        ("约谈通知书", candidate(centre(), convener="不认识的主体"), "主体是不认识的主体"),
        ("核实单", candidate(principals()), "只报云示县安全生产委员会办公室"),
        ("提醒函", candidate(finding(1)), "只用于“建议先核实、提醒”"),
        ("核实单", candidate(finding(1, verified=CLEARED)), "都已澄清"),
        ("催办单", candidate(finding(1)), "不是可以对单位拟写的文书"),
    ],
)
def test_what_a_paper_is_refused_for(kind: str, who: Any, why: str) -> None:
    with pytest.raises(PaperError, match=why):
        candidate_fields(KINDS[kind], 1, who, DESK)


def test_a_kind_that_somebody_makes_up_is_refused() -> None:
    strange = Kind("行政处罚决定书", Source.CANDIDATE)
    twin = Kind("约谈通知书", Source.CANDIDATE)  # the name of a real one, without its conditions
    for kind in (strange, twin):
        with pytest.raises(PaperError):
            candidate_fields(kind, 1, candidate(*m12()), DESK)
        with pytest.raises(PaperError):
            Forms(bureau())[kind]


def test_a_town_paper_is_made_of_a_town_alone() -> None:
    (town, *_) = towns_to_urge(world().findings, bureau())
    with pytest.raises(PaperError):
        town_fields(KINDS["约谈通知书"], town, DESK)
    assert {"镇领导", "本局"} <= set(committee_fields(world().findings, DESK))
    assert "单位" not in figures(world().findings, (), bureau()).towns[0]


def test_who_goes_to_the_committee_is_on_no_list(tmp_path: Path) -> None:
    write_papers(tmp_path / "out", world(), bureau(), NOTICE, AS_OF)
    with zipfile.ZipFile(tmp_path / "out" / "2-股室内部" / "拟提请约谈研究名单.xlsx") as book:
        told = book.read("xl/sharedStrings.xml").decode()
    told += (tmp_path / "out" / "2-股室内部" / "interviews.csv").read_text(encoding="utf-8-sig")
    assert "癸河镇应急管理中心" in told
    assert "丙川镇" not in told
    assert "云示县应急管理局" not in told
    assert "样甲" not in told


# ---- what they may say


def test_no_template_says_what_no_paper_may_say() -> None:
    """Every text that a template can produce: of all parts, tags and branches included."""
    for path in SHIPPED.glob("*.docx"):
        with zipfile.ZipFile(path) as package:
            parts = [package.read(name).decode() for name in package.namelist() if name.startswith("word/")]
        assert forbidden("".join(text_of(part) for part in parts)) == [], path.name


def test_nothing_that_is_written_says_it_either(tmp_path: Path) -> None:
    """Nor does what the code adds: the findings of the fixture have none of these words."""
    for path in write_papers(tmp_path / "out", world(), bureau(), NOTICE, AS_OF):
        if path.suffix == ".csv":
            told = path.read_text(encoding="utf-8-sig")
        else:
            with zipfile.ZipFile(path) as package:
                told = "".join(
                    text_of(package.read(name).decode()) for name in package.namelist() if name.endswith(".xml")
                )
        assert forbidden(told) == [], path.name


def test_no_text_in_the_code_says_it() -> None:
    """Every string of the package but the list of forbidden words itself and docstrings."""
    with_docstring = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for path in (ROOT / "engine" / "duban" / "report" / "papers").glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        documents = {ast.get_docstring(node, clean=False) for node in nodes if isinstance(node, with_docstring)}
        strings = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        assert [text for text in strings - documents - set(FORBIDDEN) if forbidden(text)] == [], path.name


# ---- templates of the bureau


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "模板"
    shutil.copytree(SHIPPED, folder)
    return folder


def edited(path: Path, change: Callable[[Any], None]) -> None:
    document = Document(str(path))
    change(document)
    document.save(str(path))


def said_by(folder: Path) -> str:
    made = write_papers(folder.parent / "out", world(), bureau(templates=str(folder)), NOTICE, AS_OF)
    (circular,) = [path for path in made if path.stem == "工作通报"]
    return "\n".join(paragraph.text for paragraph in Document(str(circular)).paragraphs)


def test_a_bureau_may_change_a_template(own: Path) -> None:
    def split_in_runs(document: Any) -> None:
        paragraph = document.add_paragraph()
        for piece in ("本件由{", "{ 股", "室 }", "}承办"):  # as Word leaves it after some editing
            paragraph.add_run(piece).bold = piece == "{ 股"

    edited(own / "工作通报.docx", split_in_runs)
    assert "本件由工贸非煤股承办" in said_by(own)


def test_a_folder_with_some_templates_is_enough(own: Path) -> None:
    for path in own.glob("*.docx"):
        if path.stem != "工作通报":
            path.unlink()
    assert "工作情况通报" in said_by(own)


@pytest.mark.parametrize(
    "words", ["责令你单位停产", "对你单位通报批评", "处以罚款____元", "予以公开曝光", "依规追责问责", "存在违规行为"]
)
def test_a_template_that_goes_too_far_is_refused(own: Path, words: str) -> None:
    edited(own / "工作通报.docx", lambda document: document.add_paragraph(words))
    with pytest.raises(UsageError, match="不得拟写的内容"):
        said_by(own)
    assert not (own.parent / "out").exists()


def test_a_word_that_is_broken_into_runs_is_found(own: Path) -> None:
    def broken(document: Any) -> None:
        paragraph = document.add_paragraph("处以罚")
        paragraph.add_run("款").bold = True

    edited(own / "工作通报.docx", broken)
    with pytest.raises(UsageError, match="罚款"):
        said_by(own)


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.sections[0].header.paragraphs[0].clear(),
        lambda document: document.sections[0].even_page_header.paragraphs[0].clear(),
        lambda document: setattr(document.sections[0], "different_first_page_header_footer", True),
        lambda document: setattr(document.add_section(), "different_first_page_header_footer", True),
        lambda document: setattr(document.add_section().header, "is_linked_to_previous", False),
    ],
    ids=["odd", "even", "first", "first of a second section", "second section"],
)
def test_a_template_with_a_page_that_is_not_marked_is_refused(own: Path, change: Callable[[Any], None]) -> None:
    edited(own / "工作通报.docx", change)
    with pytest.raises(UsageError, match="没有标明"):
        said_by(own)


def test_a_template_of_another_paper_is_refused(own: Path) -> None:
    shutil.copy(own / "工作通报.docx", own / "行政处罚决定书.docx")
    with pytest.raises(UsageError, match="没有这种文书"):
        said_by(own)


@pytest.mark.parametrize(
    ("words", "message"),
    [("{{ 单为 }}", "无法填写"), ("{% if 红头 %}", "无法填写|写法不对"), ("{{ 股室.__class__.__mro__ }}", "无法填写")],
)
def test_a_template_that_is_wrong_names_itself(own: Path, words: str, message: str) -> None:
    edited(own / "工作通报.docx", lambda document: document.add_paragraph(words))
    with pytest.raises(UsageError, match=message) as error:
        said_by(own)
    assert "工作通报.docx" in str(error.value)


def test_what_is_no_docx_is_told(own: Path) -> None:
    (own / "工作通报.docx").write_text("样")
    with pytest.raises(UsageError, match="模板打不开"):
        said_by(own)


def test_the_shipped_templates_are_what_the_script_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "data"))
    from generate_templates import templates

    made = templates()
    assert sorted(made) == sorted(path.name for path in SHIPPED.glob("*.docx"))
    for name, content in made.items():
        assert contents(content) == contents((SHIPPED / name).read_bytes()), f"{name}: run data/generate_templates.py"


def contents(package: bytes) -> dict[str, bytes]:
    """The parts that Word shows; the others depend on the version of python-docx."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist() if name.startswith("word/")}


# ---- settings


def test_the_example_of_the_settings_is_sound() -> None:
    settings = read_bureau(ROOT / "data" / "bureau.yaml")
    assert settings.name == "云示县应急管理局"
    assert not settings.red_head
    assert settings.convenes("县应急管理局")
    assert not settings.convenes("县安委办")
    assert settings.section_of("四(一)2") == "综合执法队"
    assert settings.section_of("四(二)1") == settings.section


GOOD = (
    "name: 样局\ncommittee: 样安委办\nsection: 样股\nlegal_section: 样法规股\ncontact: {person: 样股, phone: '0000'}\n"
)


@pytest.mark.parametrize(
    ("written", "line", "message"),
    [
        (GOOD.replace("section: 样股\n", ""), 1, "缺 section"),
        (GOOD + "redhead: true\n", 6, "不认识的键 redhead"),
        (GOOD + "red_head: 是\n", 6, "red_head 应是 true 或 false"),
        (GOOD.replace("'0000'", "0000"), 5, "phone 应是文字"),
        (GOOD + "numbers: {行政处罚决定书: 样罚}\n", 6, "没有“行政处罚决定书”这种文书"),
        (GOOD + "templates: 没有的文件夹\n", 6, "模板文件夹不存在"),
        (GOOD + "name: 又一个\n", 6, "stands twice"),
        ("- 样局\n", 1, "设置文件应是"),
    ],
)
def test_a_mistake_in_the_settings_has_its_line(tmp_path: Path, written: str, line: int, message: str) -> None:
    path = tmp_path / "bureau.yaml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_bureau(path)
    (issue,) = error.value.issues
    assert issue.place.line == line
    assert message in str(error.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bureau.yaml"
    path.write_text("name: 1\nnamee: 2\n", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_bureau(path)
    assert len(error.value.issues) == 6
    assert "是否为 name？" in str(error.value)


def test_the_command_line_stays_quick() -> None:
    """Nothing of Word or Excel is loaded before a paper is written."""
    heavy = ("docx", "docxtpl", "jinja2", "lxml", "xlsxwriter")
    code = f"import duban.report.papers, sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_form_reads_a_template_by_itself() -> None:
    form = read_form(SHIPPED / "签到表.docx")
    assert set(form.filled) >= {"word/document.xml", "word/header1.xml", "word/footer1.xml"}


# ---- the page for the bureau


def test_the_page_names_every_field() -> None:
    """docs/papers.md is what a bureau edits its templates by."""
    page = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
    named = set(re.split(r"[^\w]+", page))
    (town, *_) = towns_to_urge(world().findings, bureau())
    made = [
        candidate_fields(KINDS["约谈通知书"], 1, candidate(*m12()), DESK),
        town_fields(KINDS["催办单"], town, DESK),
        committee_fields(world().findings, DESK),
        circular_fields(KINDS["工作通报"], figures(world().findings, (), bureau()), DESK),
    ]
    fields = {name for found in made for name in found}
    fields |= {name for found in made for rows in found.values() if isinstance(rows, list) for row in rows
               if isinstance(row, dict) for name in row}  # fmt: skip
    assert sorted(fields - named) == []
    assert [name for name in KINDS if name not in page] == []
