"""The catalogue: what its pages say, that they lead somewhere, and that Sphinx builds a site that can be searched."""

from __future__ import annotations

import json
import posixpath
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from duban.catalogue import build, sentences
from duban.catalogue.extension import _SPLIT, Pairs
from duban.catalogue.markdown import Page
from duban.catalogue.material import Material
from duban.catalogue.site import pages
from duban.catalogue.spoken import Speech
from duban.cli import duban
from duban.errors import UsageError
from duban.pack import Pack, load_pack
from duban.pack.notice import split_notice
from duban.pack.obligation import Obligation
from duban.pack.trace import counts

ROOT = Path(__file__).parents[1]
FOLDERS = [*sorted(path.parent for path in ROOT.glob("rules/*/pack.yaml")), ROOT / "tests/fixtures/chicago-2013"]
SMALL = {"county-checks-share", "major-hazard-rectified", "form-adds-up", "town-checks-by-surprise"}


@cache
def all_pages(folder: Path) -> dict[str, Page]:
    return {page.name: page for page in pages(load_pack(folder))}


@pytest.fixture(scope="module")
def zezhou() -> Pack:
    return load_pack("zezhou-2023-331")


@pytest.fixture(scope="module")
def written(zezhou: Pack) -> dict[str, Page]:
    return all_pages(ROOT / "rules/zezhou-2023-331")


CLAUSES = """
- {clause: 三(三), summary: 县局检查30%, quote: 总数的30%, register: R22, checked: F, encoded_by: county-checks-share}
- {clause: 三(三), summary: 抽查, quote: 四不两直, register: R19, checked: P, encoded_by: town-checks-by-surprise}
- {clause: 三(三), summary: 阶段, quote: (三)督查检查阶段, not_a_norm: 标题}
- {clause: 四(一)2, summary: 改, quote: 改, register: [R33, R34, R35], checked: P, encoded_by: major-hazard-rectified}
- {clause: 附件, summary: 累计, quote: 累计, register: R108, checked: F, encoded_by: form-adds-up}
"""


@pytest.fixture(scope="module")
def small(zezhou: Pack, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """A few obligations of the notice: a trigger, targets, figures, something drafted or advisory; no leads."""
    kept = tuple(one for one in zezhou.written if one.id in SMALL)
    assert len(kept) == len(SMALL)
    folder = tmp_path_factory.mktemp("small") / "pack"
    shutil.copytree(zezhou.folder / "obligations", folder / "obligations")
    (folder / "cases").mkdir()
    for name in SMALL:
        shutil.copy(zezhou.folder / "cases" / f"{name}.yaml", folder / "cases")
    (folder / "clauses.yaml").write_text(CLAUSES, encoding="utf-8")
    return replace(zezhou, folder=folder, written=kept, leads=())


# ---- what pages say


def section(page: Page, title: str) -> str:
    """What stands under a heading."""
    return page.markdown.partition(f"## {title}")[2].partition("\n## ")[0]


def test_every_obligation_lead_record_and_bearer_has_a_page(zezhou: Pack, written: dict[str, Page]) -> None:
    names = [f"obligations/{one.id}" for one in zezhou.obligations] + [f"leads/{one.id}" for one in zezhou.leads]
    names += [f"records/{name}" for name in zezhou.own_records] + [f"bearers/{name}" for name in zezhou.header.bearers]
    assert set(names) < set(written)


def test_an_entry_says_all_of_it(written: dict[str, Page]) -> None:
    page = written["obligations/county-checks-share"]
    assert page.title == "县应急局每月至少检查非煤矿山企业总数的30%"
    assert page.markdown.splitlines()[2:5] == [
        "> 县应急局每月至少检查本辖区非煤矿山企业总数的30%",
        ">",
        "> —— 泽应急发〔2023〕331号　三(三)",
    ]
    for cell in (
        "| 编号 | `county-checks-share`　登记 R22 |",
        "| 责任主体 | [县应急管理局](../bearers/county.md) |",
        "| 时段 | 2023-11-11 至 2024-01-31 |",
        "| 周期 | 每月 |",
        "| 期限 | 每期末日24时 |",
        "| 情形 | 监管执法不严格 |",
        "| 性质 | 通知要求 |",
    ):
        assert cell in page.lines
    assert "| 条件 | “检查主体”含“县局” |" in section(page, "怎么计")
    assert "| 要到多少 | 至少30%（进位取整） |" in section(page, "怎么计")
    assert "检查时间、检查主体、被检查企业编号 | 县应急管理局自己 |" in section(page, "看什么资料")
    assert "**看不到**：检查的深度和实际效果。" in section(page, "看什么资料")
    assert "都不足才列为未达到，只有按字面（全部）不足的交人工认定" in section(page, "读法和口径")
    assert "[3. 30%和全覆盖的基数" in section(page, "读法和口径")
    assert "F　台账可全部核对" in section(page, "对应的规范")
    assert "- id: county-checks-share\n" in section(page, "规则写法")
    assert "-- county-checks-share/status" in section(page, "查询（SQL）")


def test_cases_show_the_records_that_come_in_and_the_duties_that_come_out(written: dict[str, Page]) -> None:
    cases = section(written["obligations/county-checks-share"], "案例")
    case = cases.partition("<summary>11家查3家，未达到")[2].partition("</details>")[0]
    assert "11家的30%是3.3家，进位为4家。截至 2023-11-30。" in case
    assert "| 检查编号 | 检查主体 | 被检查企业编号 | 检查时间 |" in case
    assert "| I2 | 县局 | M04 | 2023-11-20 09:00 |" in case
    assert "| 责任主体 | 期 | 应得 | 要求 | 实得 | 差 | 级别 |" in case
    assert "| 泽州县 | 2023-11 | 未达到（待核实） | 4 | 3 | 1 | 黄 |" in case


def test_drafts_say_that_they_are_not_in_force(zezhou: Pack, written: dict[str, Page]) -> None:
    for one in zezhou.obligations:
        assert ("**起草中，尚未施行**" in written[f"obligations/{one.id}"].markdown) == bool(one.draft)
    drafts = sum(bool(one.draft) for one in zezhou.obligations)
    standing = f"其中施行{len(zezhou.obligations) - drafts}项、起草中{drafts}项" if drafts else "项义务。"
    assert standing in written["index"].markdown


def test_norms_are_counted(zezhou: Pack, written: dict[str, Page]) -> None:
    for row in counts(Material(zezhou).rows):
        assert "| " + " | ".join(row) + " |" in written["index"].lines
        assert "| " + " | ".join(row) + " |" in (ROOT / "docs/catalogue.md").read_text(encoding="utf-8").splitlines()


def test_the_matrix_shows_whole_sentences_where_the_notice_is_at_hand(small: Pack) -> None:
    text = "三、工作安排\n（三）督查检查阶段。\n各镇每月全覆盖。县应急局每月至少检查本辖区非煤矿山企业总数的30%。"
    alone, beside = ({page.name: page for page in pages(small, notice)} for notice in (None, split_notice(text)))
    assert "| “总数的30%” | 县局检查30% | R22 | F　台账可全部核对 |" in alone["trace"].markdown
    assert "| 县应急局每月至少检查本辖区非煤矿山企业总数的30%。 | 县局检查30% |" in beside["trace"].markdown


def test_parameters_give_their_reasons_and_readers(written: dict[str, Page]) -> None:
    told = section(written["parameters"], "行动起始日（成文日期）")
    assert "| 现取 | 2023-11-03 |" in told
    assert "手头文本缺成文日期" in told
    assert "(obligations/major-hazard-rectified.md)" in told
    asked = written["questions"].markdown
    assert "## 1. 成文日期（印发日期）是哪一天" in asked
    assert "[行动起始日（成文日期）](#param-campaign_start)" in asked


def test_a_record_names_its_columns_and_who_reads_them(written: dict[str, Page]) -> None:
    page = written["records/inspection"]
    assert "| 检查主体<br>（也认 检查级别） | `levels` | 多项 | 企业自查、企业主要负责人带队" in section(page, "栏目")
    assert "必填；填[企业名册](enterprise.md)的“企业编号”" in section(page, "栏目")
    assert "(../obligations/county-checks-share.md)" in section(page, "用到它的义务")


# ---- conditions in words


def said(zezhou: Pack, name: str) -> tuple[Speech, Obligation]:
    found = zezhou.obligation(name)
    return sentences.speech_of(Material(zezhou).speech(), found), found


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("status = '生产'", "“生产状态”为“生产”"),
        ("status <> '生产' and employees >= 10", "“生产状态”不是“生产”，且“从业人数”不少于10"),
        ("status in ('生产', '建设') or town is null", "“生产状态”是“生产”、“建设”之一，或“所在镇”空着"),
        ("status not in ('生产', '建设')", "“生产状态”不是“生产”、“建设”中的任何一个"),
        ("not (confined_space and town is not null)", "并非（“是否有有限空间”为“是”，且“所在镇”已填）"),
        ("not coalesce(confined_space, false)", "“是否有有限空间”（空着的按“否”）为“否”"),
        ("coalesce(status = '生产', true)", "“生产状态”为“生产”（空着的也算）"),
        ("valid_from between date '2023-11-03' and window.end", "“起”在2023-11-03至时段末日之间（含两端）"),
        ("valid_from < date '2023-11-03'", "“起”早于2023-11-03"),
        (
            "(status = '生产' or status = '建设') and pump_count * 2 > 3",
            "（“生产状态”为“生产”，或“生产状态”为“建设”），且“水泵台数”×2大于3",
        ),
        ("not contains(name, '石')", "“企业名称”没有写到“石”"),
        ("days_between(valid_from, valid_to) > 30", "“起”到“止”的天数大于30"),
        ("town.centre = '甲岭镇应急管理中心'", "镇名册“镇应急管理中心”为“甲岭镇应急管理中心”"),
        ("valid_from >= param.campaign_start", "“起”不早于口径“[行动起始日（成文日期）](#param-campaign_start)”"),
        ("head = bearer.head", "“主要负责人”为责任主体的“主要负责人”"),
    ],
)  # fmt: skip
def test_conditions_are_said_in_chinese(zezhou: Pack, condition: str, words: str) -> None:
    assert Speech(zezhou, "enterprise", "enterprise").condition(condition) == words


def test_whoever_says_a_condition_knows_what_it_reads(zezhou: Pack) -> None:
    speech = Speech(zezhou, "inspection")
    speech.condition("enterprise.town = '甲岭镇' and has(levels, '县局')")
    assert {record: list(names) for record, names in speech.reads.items()} == {
        "inspection": ["enterprise_id", "levels"],
        "enterprise": ["town"],
    }


def test_dues_are_said_in_chinese(zezhou: Pack) -> None:
    speech, found = said(zezhou, "unsafe-mine-stopped")
    due = sentences.due(speech, found)
    assert due.startswith("触发之后30日（口径“[评估不能保证安全后几日内应有处置](#param-stop_order_days)”现取30）以内")
    speech, found = said(zezhou, "form-sent")
    assert sentences.due(speech, found).startswith("当月25日（口径")
    assert "逢休息日顺延到下一工作日（由口径“" in sentences.due(speech, found)
    speech, found = said(zezhou, "major-hazard-rectified")
    assert sentences.due(speech, found).startswith("2023-12-31以前（含当日，24时为限），逢休息日不顺延")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_nothing_is_left_in_code(folder: Path) -> None:
    """In the words of a rule no operator and no field name of the language is left over."""
    for page in all_pages(folder).values():
        if page.name.startswith(("obligations/", "leads/")):
            told = section(page, "怎么计") or page.markdown.partition("\n## ")[0]
            words = re.sub(r"\(#param-\w+\)|\([\w./-]+\.md\)|`[^`]*`|“[^“”]*”", "", told)
            assert not re.search(r" (and|or|not|is|in) |<>|>=|bearer\.|trigger\.|param\.", words), page.name


# ---- links


def test_an_item_is_cut_out_as_it_is_written(tmp_path: Path) -> None:
    from duban.pack.yaml import item_text

    path = tmp_path / "x.yaml"
    path.write_text(
        "# head\n- id: a\n  say: >-\n    one\n\n    two\n\n# about b\n- {id: b}\n- id: c\n", encoding="utf-8"
    )
    assert item_text(path, 2) == "- id: a\n  say: >-\n    one\n\n    two"
    assert item_text(path, 9) == "- {id: b}"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_links_lead_to_pages_and_anchors(folder: Path) -> None:
    found = {name: page.markdown for name, page in all_pages(folder).items()}
    anchors = {name for text in found.values() for name in re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE)}
    for name, text in found.items():
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([\w./#-]+)\)", prose):
            if target.startswith("#"):
                assert target[1:] in anchors, (name, target)
            else:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(name), target)).removesuffix(".md") in found


# ---- the command


def test_markdown_alone_needs_no_sphinx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "find_spec", lambda name: None)
    folder = str(ROOT / "tests/fixtures/chicago-2013")
    done = CliRunner().invoke(duban, ["rules", "site", folder, "--out", str(tmp_path), "--markdown"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "source/obligations/high-risk-twice-a-year.md").is_file()
    assert not (tmp_path / "html").exists()
    done = CliRunner().invoke(duban, ["rules", "site", folder, "--out", str(tmp_path)])
    assert isinstance(done.exception, UsageError)
    assert "没有安装 Sphinx、MyST-Parser、Furo" in str(done.exception)
    assert "pip install 'duban[docs]'" in str(done.exception)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, small: Pack) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/thesis.md").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="不是本命令写的"):
        build.write(small, [], tmp_path)
    assert (tmp_path / "source/thesis.md").is_file()


# ---- the built site


class Resources(HTMLParser):
    """What a browser loads with a page: scripts, styles, pictures, frames."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        loads = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}.get(tag)
        self.found += [value for name, value in attrs if name == loads and value]


def resources(page: Path) -> list[str]:
    parser = Resources()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser.found


def index_of(html: Path) -> dict[str, object]:
    text = (html / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert isinstance(found, dict)
    return found


def search(html: Path, query: str) -> set[str]:
    """The pages that hold every term of a query, as the browser finds them."""
    index = index_of(html)
    hits = []
    for term in terms(query):
        pages_ = [index[where].get(term, []) for where in ("terms", "titleterms")]  # type: ignore[attr-defined]
        hits.append({page for found in pages_ for page in (found if isinstance(found, list) else [found])})
    return {index["docnames"][page] for page in set.intersection(*hits)}  # type: ignore[index]


def terms(query: str) -> list[str]:
    """What the browser looks up: pairs of a run (a run of one is itself), words, no bare numbers."""
    found = []
    for run in re.findall(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+", query.lower()):
        whole = len(run) == 1 or not re.match(r"[\u3400-\u9fff]", run)
        found += [run] if whole else [run[at : at + 2] for at in range(len(run) - 1)]
    return [term for term in found if not term.isdigit()]


def checked(source: Path) -> Path:
    """The built site; each page is there, and nothing comes from another host."""
    html = build.build(source).parent
    for page in source.rglob("*.md"):
        assert (html / page.relative_to(source)).with_suffix(".html").is_file()
    for page in html.rglob("*.html"):
        for target in resources(page):
            assert not re.match(r"(https?:)?//", target), (page, target)
            assert (page.parent / re.split("[?#]", target)[0]).exists(), (page, target)
    for style in html.rglob("*.css"):
        assert not re.search(r"url\([\"']?(https?:)?//|@import [\"'](https?:)?//", style.read_text(encoding="utf-8"))
    return html


def test_a_small_site_is_built_and_can_be_searched(small: Pack, tmp_path: Path) -> None:
    html = checked(build.write(small, pages(small), tmp_path))
    assert "obligations/county-checks-share" in search(html, "总数的30%")
    assert "records/major_hazard" in search(html, "县局限期")
    assert "obligations/major-hazard-rectified" in search(html, "五到位")
    assert search(html, "煤气中毒") == set()
    assert search(html, "island") == set()  # stands in SQL only
    text = (html / "obligations/county-checks-share.html").read_text(encoding="utf-8")
    assert '<html class="no-js" lang="zh-CN"' in text
    assert not re.search(r"On this page|Back to top|>Next<|>Previous<", text)


def test_a_site_is_written_anew(small: Pack, tmp_path: Path) -> None:
    first = list(pages(small))
    build.write(small, first, tmp_path)
    (tmp_path / "html").mkdir()
    source = build.write(small, [page for page in first if page.name != "trace"], tmp_path)
    assert not (source / "trace.md").exists()
    assert not (tmp_path / "html").exists()


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_site_is_built_without_a_warning(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(duban, ["rules", "site", str(folder), "--out", str(tmp_path), "--markdown"])
    assert done.exit_code == 0, done.output
    html = checked(tmp_path / "source")
    if folder.name == "zezhou-2023-331":
        assert "obligations/head-leads-inspections" in search(html, "带队检查")


# ---- the search itself


def test_text_is_cut_into_pairs() -> None:
    split = Pairs({}).split
    assert split("带队检查，每月2次") == ["带", "队", "检", "查", "带队", "队检", "检查", "每", "月", "每月", "2", "次"]
    assert split("county-checks-share R22") == ["county", "checks", "share", "R22"]
    assert split("-- a/b: why\nSELECT 1;") == []
    assert not Pairs({}).word_filter("30")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_a_query_is_cut_alike_in_the_browser() -> None:
    for query in ("带队检查", "镇", "R22 县局", "county-checks-share", "五到位30%"):
        script = f"{_SPLIT}\nconsole.log(JSON.stringify(splitQuery({json.dumps(query)}.toLowerCase())))"
        shown = subprocess.run(["node", "-e", script], capture_output=True, encoding="utf-8", check=True).stdout
        assert [term for term in json.loads(shown) if not term.isdigit()] == terms(query)
