"""The papers on the desk: what each says, what it leaves blank, and how it looks on every page."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docx.shared import Mm

from duban.errors import UsageError
from duban.model import Judgement, Status, Verification, Verified
from duban.report.papers import write_papers
from duban.report.papers.kinds import KINDS
from duban.report.papers.words import clause_of, moment_text, period
from duban.report.papers.write import LONGEST_NAME, folder_of, safe
from papers_world import (
    AS_OF,
    CLEARED,
    NOTICE,
    SECOND,
    TITLES,
    bureau,
    candidate,
    finding,
    hazard,
    m12,
    world,
)

INTERVIEW = "2-股室内部/约谈/02-乙溪样12号铁矿"
DRAFT, INTERNAL = "建议稿·未经核实", "内部资料·未经核实·不得外传·不作为处罚依据"
BLANK = "____年__月__日"


def written(folder: Path, judgement: Judgement) -> dict[str, Path]:
    """Papers by their place in the folder."""
    files = write_papers(folder, judgement, bureau(), NOTICE, AS_OF, titles=TITLES, towns=bureau().town_order)
    return {path.relative_to(folder).as_posix(): path for path in files}


def judged(*candidates: object) -> Judgement:
    found = tuple(item for one in candidates for item in one.findings)  # type: ignore[attr-defined]
    return Judgement(candidates, (), found, "plain")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return written(tmp_path_factory.mktemp("papers") / "out", world())


def text(path: Path) -> str:
    """All text of the body, tables included, in order."""
    return body_text(Document(str(path)))


def body_text(document: DocumentType) -> str:
    return "\n".join(
        "".join(part.text or "\n" for part in paragraph.iter(qn("w:t"), qn("w:br")))
        for paragraph in document.element.body.iter(qn("w:p"))
    )


# ---- which papers


def test_what_a_bureau_gets(papers: dict[str, Path]) -> None:
    assert sorted(papers) == sorted(
        [
            "1-局领导/工作通报.docx",
            "2-股室内部/拟提请约谈研究名单.xlsx",
            "2-股室内部/interviews.csv",
            "2-股室内部/核实单/01-乙溪样09号铁矿-核实单.docx",
            "2-股室内部/核实单/05-戊塬样27号石料矿-核实单.docx",
            "2-股室内部/核实单/06-庚寨样36号铁矿-核实单.docx",
            "2-股室内部/提醒函/05-戊塬样27号石料矿-提醒函.docx",
            "2-股室内部/提醒函/06-庚寨样36号铁矿-提醒函.docx",
            *(
                f"2-股室内部/约谈/{who}/{paper}.docx"
                for who in ("02-乙溪样12号铁矿", "03-戊塬样25号铁矿")
                for paper in (
                    "1-约谈审批单",
                    "2-约谈通知书",
                    "3-签到表",
                    "4-约谈纪要",
                    "5-整改情况反馈表",
                    "6-约谈后核查表",
                )
            ),
            "2-股室内部/约谈/04-癸河镇应急管理中心/1-约谈审批单.docx",
            "3-县安委办/致县安委办工作提醒.docx",
            *(f"4-发各镇/{town}/催办单.docx" for town in ("乙溪镇", "丙川镇", "戊塬镇", "庚寨镇", "癸河镇")),
            "文书目录.csv",
        ]
    )


def test_the_index_says_what_was_not_drafted_and_why(papers: dict[str, Path]) -> None:
    rows = papers["文书目录.csv"].read_text(encoding="utf-8-sig").splitlines()
    assert "约谈文书,乙溪样09号铁矿,,乙溪样09号铁矿还有事项没有核实，不拟写“约谈审批单”" in rows
    assert "约谈通知书等,癸河镇应急管理中心,,约谈癸河镇应急管理中心的主体是县安委办，“约谈通知书”由其制发" in rows
    assert sum(",2-股室内部/" in row for row in rows) == sum(name.startswith("2-") for name in papers)


def test_who_was_cleared_is_nowhere(papers: dict[str, Path]) -> None:
    assert not [name for name in papers if "05号" in name]
    assert not [name for name, path in papers.items() if name.endswith(".docx") and "甲岭样05号" in text(path)]


# ---- what they say


def test_a_paper_of_unverified_findings_says_so(papers: dict[str, Path]) -> None:
    said = text(papers["2-股室内部/核实单/01-乙溪样09号铁矿-核实单.docx"])
    assert "资料显示未达到（待核实）" in said
    assert "□ 已核实" in said
    assert "现场是否真正整改到位" in said  # what no record can show
    assert "四(一)2“对专项期间发现的重大隐患原则上12月底前全部整改到位”" in said
    assert "major_hazard.csv#1" in said
    assert "经核实" not in said


def test_what_speaks_for_a_unit_is_printed(papers: dict[str, Path]) -> None:
    said = text(papers["2-股室内部/核实单/05-戊塬样27号石料矿-核实单.docx"])
    assert "主要负责人12月10日变更" in said
    assert "本月主要负责人有变更；口径有争议：按 distinct_by=inspection_id 读则不成立" in said
    letter = text(papers["2-股室内部/提醒函/05-戊塬样27号石料矿-提醒函.docx"])
    assert "有利情况：本月主要负责人有变更。" in letter
    assert "distinct_by" not in letter  # how we read the notice is for the desk


def test_a_summons_has_its_fields_and_its_blanks(papers: dict[str, Path]) -> None:
    said = text(papers[f"{INTERVIEW}/2-约谈通知书.docx"])
    for part in (
        "云应急约〔____〕____号",
        "被约谈单位：乙溪样12号铁矿",
        "统一社会信用代码：91000000MA00000000",
        "被约谈人：样某某，职务：矿长（主要负责人）",
        "（三(二)“每月至少带队检查2次”）：2023年11月：要求2，查到1，差1；数据截至2023-12-31。经核实未达到。",
        "时间：____年__月__日__时__分",
        "地点：____",
        "主约谈人：____",
        "须提交的书面材料",
        "不得委托他人",
        "联系人：工贸非煤股　　电话：0000-1234567",
        "签发人：____",
        "抄送：云示县安全生产委员会办公室，所在镇人民政府",
        "送达回证",
        "送达人（两人）",
        "签收时间",
    ):
        assert part in said, part
    assert "待核实" not in said


def test_nobody_in_the_roster_is_said(papers: dict[str, Path]) -> None:
    assert "被约谈人：名册上没有，请补，职务：矿长（主要负责人）" in text(
        papers["2-股室内部/约谈/03-戊塬样25号铁矿/2-约谈通知书.docx"]
    )


def test_only_the_papers_that_need_it_name_a_person(papers: dict[str, Path]) -> None:
    named = {Path(name).stem for name, path in papers.items() if name.endswith(".docx") and "样某" in text(path)}
    assert named == {"1-约谈审批单", "2-约谈通知书"}


def test_partly_true_is_not_called_confirmed(papers: dict[str, Path]) -> None:
    said = text(papers["2-股室内部/约谈/03-戊塬样25号铁矿/1-约谈审批单.docx"])
    assert "经核实部分属实" in said
    assert "经核实未达到" not in said
    assert "部分属实（2024年1月6日，样例股核实员，现场核查）" in said


@pytest.mark.parametrize(
    ("paper", "parts"),
    [
        (
            "1-约谈审批单",
            ["承办股室意见", "政策法规股审核意见", "分管领导意见", "局长批示", "工作约谈，属行政指导", BLANK],
        ),
        ("3-签到表", ["约谈方", "被约谈方", "列　席", "签名"]),
        ("4-约谈纪要", ["记录人", "被约谈方陈述", "约谈要求", "书面反馈期限", f"{BLANK}前", "责任人", "抄　　送"]),
        ("5-整改情况反馈表", ["反馈期限", BLANK, "主要负责人签字（盖章）"]),
        ("6-约谈后核查表", ["□ 已整改", "核查人（两人）", "□ 闭环"]),
    ],
)
def test_the_papers_of_an_interview(papers: dict[str, Path], paper: str, parts: list[str]) -> None:
    said = text(papers[f"{INTERVIEW}/{paper}.docx"])
    assert [part for part in parts if part not in said] == []
    assert "乙溪样12号铁矿" in said


def test_a_town_reads_of_its_own_alone(papers: dict[str, Path]) -> None:
    said = text(papers["4-发各镇/丙川镇/催办单.docx"])
    assert "丙川镇应急管理中心：" in said
    assert "镇应急管理中心每月25日前报送三清单" in said
    assert not re.search("主要领导|样甲|县应急局|癸河|戊塬", said)
    assert "证据不足、请补报资料的事项（不作为问题）" in text(papers["4-发各镇/戊塬镇/催办单.docx"])


def test_what_was_dealt_with_is_not_urged_again(tmp_path: Path) -> None:
    settled = finding(1, settled="警示约谈")
    advisory = finding(2, enforceable=False)
    late = finding(3, status=Status.LATE)
    cleared = finding(4, verified=CLEARED)
    made = written(tmp_path / "out", Judgement((), (), (settled, advisory, late, cleared), "plain"))
    assert not [name for name in made if name.startswith("4-")]


def test_the_committee_is_told_by_post(papers: dict[str, Path]) -> None:
    said = text(papers["3-县安委办/致县安委办工作提醒.docx"])
    assert "丙川镇：镇主要领导" in said
    assert "资料显示未达到（待核实）：要求1，查到0" in said
    assert "要求14，查到12" in said
    assert "工贸非煤股" in said
    assert "样甲" not in said


def test_the_circular_has_figures_only(papers: dict[str, Path]) -> None:
    document = Document(str(papers["1-局领导/工作通报.docx"]))
    towns, sections = ([[cell.text for cell in row.cells] for row in table.rows] for table in document.tables)
    assert [row[0] for row in towns[1:]] == list(bureau().town_order)
    figures = {row[0]: row[1:] for row in towns}
    assert figures["戊塬镇"] == ["0", "0", "1", "1", "0", "1", "0"]
    assert figures["癸河镇"] == ["0", "1", "0", "0", "0", "0", "0"]
    assert [row[0] for row in sections[1:]] == ["工贸非煤股", "综合执法队"]
    said = body_text(document)
    assert not re.search("铁矿|石料矿|样某|样甲|M[0-9]|合计|总计", said)


# ---- how they look


def parts_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}


def test_the_marks_are_on_every_page(papers: dict[str, Path]) -> None:
    verified = ("建议稿·已核实·待签发", "内部资料·不得外传·不作为处罚依据")
    for name, path in papers.items():
        if not name.endswith(".docx"):
            continue
        document = Document(str(path))
        marks = verified if "/约谈/" in name else (DRAFT, INTERNAL)
        assert document.settings.odd_and_even_pages_header_footer
        for section in document.sections:
            assert not section.different_first_page_header_footer
            for header in (section.header, section.even_page_header):
                assert all(mark in header.paragraphs[0].text for mark in marks), name
            for footer in (section.footer, section.even_page_footer):
                assert footer.paragraphs[0].text == "— 1 —"
                assert footer.paragraphs[0]._p.xpath(".//w:instrText")[0].text.strip() == "PAGE"


def test_the_page_of_an_official_document(papers: dict[str, Path]) -> None:
    document = Document(str(papers[f"{INTERVIEW}/2-约谈通知书.docx"]))
    section = document.sections[0]
    page = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(length.mm) for length in (*page, section.left_margin, section.right_margin)] == [
        210,
        297,
        37,
        35,
        28,
        26,
    ]
    for style, font, size, line in (
        ("公文标题", "方正小标宋简体", 22, 34),
        ("公文正文", "仿宋_GB2312", 16, 28),
        ("公文一级标题", "黑体", 16, 28),
        ("公文二级标题", "楷体_GB2312", 16, 28),
    ):
        look = document.styles[style]
        assert look.element.rPr.rFonts.get(qn("w:eastAsia")) == font
        assert look.font.size.pt == size
        assert look.paragraph_format.line_spacing.pt == line
    used = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"公文标题", "公文正文", "公文一级标题", "公文落款"} <= used


def test_each_font_has_another_that_stands_in(papers: dict[str, Path]) -> None:
    fonts = parts_of(papers["1-局领导/工作通报.docx"])["word/fontTable.xml"]
    instead = dict(re.findall(r'w:name="([^"]+)"><w:altName w:val="([^"]+)"', fonts))
    assert instead["仿宋_GB2312"].startswith("仿宋,FangSong,")
    assert set(instead) == {"仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"}


def test_tables_keep_within_the_margins(papers: dict[str, Path]) -> None:
    for name, path in papers.items():
        if name.endswith(".docx"):
            for table in Document(str(path)).tables:
                assert sum(column.width for column in table.columns) <= Mm(156.5), name


def test_the_red_head_is_a_switch(tmp_path: Path) -> None:
    for red in (False, True):
        folder = tmp_path / str(red)
        write_papers(folder, world(), bureau(red_head=red), NOTICE, AS_OF)
        document = Document(str(folder / INTERVIEW / "2-约谈通知书.docx"))
        heads = [paragraph for paragraph in document.paragraphs if paragraph.style.name == "红头机关"]
        assert [head.text for head in heads] == (["云示县应急管理局文件"] if red else [])
        assert body_text(document).count("云应急约〔____〕____号") == 2  # once as its number, once in the receipt


def test_the_same_input_makes_the_same_bytes(papers: dict[str, Path], tmp_path: Path) -> None:
    again = written(tmp_path / "out", world())
    assert [name for name in papers if papers[name].read_bytes() != again[name].read_bytes()] == []


# ---- what names may hold


@pytest.mark.parametrize(
    "name", ["样<w:b/>&甲{{ 单位 }}矿", "{% for x in y %}样{# 注 #}矿", "“样”'矿'\"\x07\x0b\ud800", "样矿\n第二行"]
)
def test_a_name_stays_text(tmp_path: Path, name: str) -> None:
    made = written(
        tmp_path / "out", judged(candidate(finding(1, name), **SECOND), candidate(hazard(2, name, "甲<镇>")))
    )
    clean = re.sub("[\x07\x0b\ud800]", "", name)
    for path in made.values():
        if path.suffix == ".docx" and "通报" not in path.name:
            assert clean in text(path), path.name


@pytest.mark.parametrize(
    "name", ["a/b<script>", "../../样矿", "..", "C:\\样\\矿", "CON", "样矿. ", "样" * 300, "", "样\u202e矿"]
)
def test_a_name_never_leaves_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inside" / "out"
    made = written(folder, judged(candidate(*m12()), candidate(finding(9, name, name or "镇"))))
    assert [path for path in tmp_path.iterdir() if path.name != "inside"] == []
    assert all(path.resolve().is_relative_to(folder.resolve()) and path.is_file() for path in made.values())
    part = safe(name)
    assert part not in ("", ".", "..", "CON")
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\u202e]', part)
    assert len(part) <= LONGEST_NAME + 1


def test_two_names_never_share_a_folder() -> None:
    assert folder_of("甲岭镇") == "甲岭镇"
    names = ["甲/乙镇", "甲:乙镇", "甲_乙镇", "CON", "_CON"]
    assert len({folder_of(name) for name in names}) == len(names)


def test_two_towns_that_look_the_same_in_a_file_name(tmp_path: Path) -> None:
    made = written(tmp_path / "out", Judgement((), (), (finding(1, town="甲/镇"), finding(2, town="甲:镇")), "plain"))
    assert sorted(name for name in made if name.startswith("4-")) == [
        "4-发各镇/甲_镇/催办单.docx",
        "4-发各镇/甲_镇_/催办单.docx",
    ]


def test_personal_data_is_masked(tmp_path: Path) -> None:
    told = "电话13812345678、0356-2345678，身份证140500199001011234，编号带-2023-13812"
    state = Verified(Verification.CONFIRMED, statement=told)
    made = written(
        tmp_path / "out", judged(candidate(replace(finding(1), verified=state)), candidate(finding(2, speaks_for=told)))
    )
    for path in made.values():
        content = text(path) if path.suffix == ".docx" else path.read_bytes().decode("utf-8", "replace")
        assert not re.search("13812345678|2345678|140500199001011234", content), path.name
    said = text(made["2-股室内部/约谈/01-甲岭样01号石料矿/1-约谈审批单.docx"])
    assert "电话138****5678、0356****678，身份证140500****1234，编号带-2023-13812" in said
    assert "91000000MA00000000" in said  # a company's code is public


# ---- all or nothing


def test_filled_in_papers_are_not_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "已填.docx").write_text("x")
    with pytest.raises(UsageError, match="不是空文件夹"):
        write_papers(folder, world(), bureau(), NOTICE, AS_OF)
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "已填.docx"]


def test_nothing_is_left_of_a_run_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("duban.report.papers.write._write_index", fails)
    with pytest.raises(UsageError, match="没有写入"):
        write_papers(tmp_path / "out", world(), bureau(), NOTICE, AS_OF)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert written(tmp_path / "out", Judgement((), (), (), "plain"))
    assert not [path for path in tmp_path.iterdir() if path.name != "out"]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_others_may_read_the_folder_as_far_as_the_umask_says(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    written(tmp_path / "out", Judgement((), (), (), "plain"))
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "beside").stat().st_mode


def test_hundreds_of_candidates(tmp_path: Path) -> None:
    """Templates are read once: a paper costs a few milliseconds."""
    many = [candidate(*(finding(10 * n + k, f"甲岭样{n:03d}号石料矿") for k in range(3)), **SECOND) for n in range(200)]
    start = time.perf_counter()
    made = written(tmp_path / "out", judged(*many))
    assert len(made) == 2 * 200 + 5
    assert time.perf_counter() - start < 60


def test_every_kind_is_drafted_somewhere(papers: dict[str, Path]) -> None:
    named = {Path(name).stem.split("-")[-1] for name in papers if name.endswith(".docx")}
    assert named == set(KINDS)


def test_a_docx_opens_from_bytes(papers: dict[str, Path]) -> None:
    """The package is whole: every relation leads to a part."""
    for path in papers.values():
        if path.suffix == ".docx":
            document = Document(io.BytesIO(path.read_bytes()))
            assert document.core_properties.author == ""
            assert "{{" not in body_text(document)


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2023-11-01", "2023-11-30", "2023年11月"),
        ("2023-11-11", "2023-11-30", "2023年11月11日至11月30日"),
        ("2023-12-04", "2023-12-10", "2023年12月4日至12月10日"),
        ("2023-12-25", "2024-01-31", "2023年12月25日至2024年1月31日"),
        ("2023-12-15", "2023-12-15", "2023年12月15日"),
        ("2023-07-01", "2023-12-31", "2023年7月1日至12月31日"),
        ("", "", "2023年12月31日前"),
    ],
)
def test_periods(start: str, end: str, told: str) -> None:
    days = [date.fromisoformat(day) if day else None for day in (start, end)]
    assert period(finding(1, period_start=days[0], period_end=days[1])) == told


def test_a_quotation_inside_a_quotation() -> None:
    assert clause_of(finding(1, quote="落实“五到位”")) == "三(二)“落实‘五到位’”"
    assert clause_of(finding(1, quote="")) == "三(二)"


@pytest.mark.parametrize(
    ("moment", "told"),
    [(datetime(2024, 1, 1), "2023年12月31日24时"), (datetime(2023, 12, 8, 23, 59), "2023年12月8日23时59分")],
)
def test_a_cut_off_says_its_hour(moment: datetime, told: str) -> None:
    assert moment_text(moment, hour=True) == told
