"""The page of a week in a real browser: what a person at a desk, on a telephone, or with a keyboard can do with it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import Any

import pytest

Open = Callable[..., Any]


def test_all_findings_are_listed_as_they_were_given(opened: Open) -> None:
    page = opened()
    assert page.found() == "6项"
    assert page.names()[:2] == ["乙溪样09号铁矿", "甲岭样01号石料矿"]


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("by-status", "5", ["甲岭样05号石料矿"]),  # 证据不足 is the sixth of the statuses
        ("by-kind", "镇应急管理中心", ["丙川镇应急管理中心"]),
        ("by-town", "甲岭镇", ["甲岭样01号石料矿", "甲岭样05号石料矿"]),
        ("by-town", "-", ["云示县应急管理局"]),
        ("by-obligation", "county-checks-share", ["云示县应急管理局"]),
        ("by-alert", "红", ["乙溪样09号铁矿"]),
        ("by-course", "新增", ["甲岭样01号石料矿"]),
    ],
)
def test_filters(opened: Open, field: str, value: str, names: list[str]) -> None:
    page = opened()
    page.page.select_option(f"#{field}", value)
    assert page.names() == names
    assert page.found().startswith(f"{len(names)}项，共6项")


def test_search_finds_every_word_and_can_be_cleared(opened: Open) -> None:
    page = opened()
    page.page.fill("#q", "甲岭 带队")  # both words, in whatever field
    assert page.names() == ["甲岭样01号石料矿", "甲岭样05号石料矿"]
    page.page.fill("#q", "zd09")  # the number of a record, in small letters
    assert page.names() == ["乙溪样09号铁矿"]
    page.page.fill("#q", "没有这样的字")
    assert page.names() == []
    page.page.click("#clear")
    assert len(page.names()) == 6
    assert page.page.input_value("#q") == ""


def test_sorting_both_ways_and_said_to_a_screen_reader(opened: Open) -> None:
    page = opened()
    header = page.page.locator("#list th", has=page.page.locator("[data-sort=due]"))
    page.page.click("[data-sort=bearer]")
    rising = page.names()
    page.page.click("[data-sort=bearer]")
    assert page.names() == rising[::-1]
    assert header.get_attribute("aria-sort") == "none"
    page.page.click("[data-sort=due]")
    assert header.get_attribute("aria-sort") == "ascending"


def test_a_finding_opens_to_clause_numbers_evidence_and_what_follows(opened: Open) -> None:
    page = opened()
    button = page.page.locator("#rows .toggle", has_text="甲岭样01号石料矿")
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    detail = page.page.locator(f"#{button.get_attribute('aria-controls')}")
    told = detail.text_content()
    for text in (
        "三(二)",
        "“每月至少带队检查2次”",
        "要求2，查到1",
        "带-001　甲岭镇/inspection_2023-12.csv#1",
        "有利情况",
        "警示约谈 ← 情形成立",
    ):
        assert text in told, text
    assert "新增·因资料后到" in page.page.locator("#rows").text_content()
    button.click()
    assert detail.count() == 0


def test_a_number_says_what_it_rests_on_and_leads_there(opened: Open) -> None:
    page = opened()
    page.page.locator(".first .num", has_text="1").first.click()
    told = page.page.locator("#basis")
    assert told.is_visible()
    assert "major_hazard.csv#9" in told.text_content()
    told.locator("[data-reveal]").click()
    assert page.names() == ["乙溪样09号铁矿"]
    assert not told.is_visible()
    assert page.page.evaluate("document.activeElement.className") == "toggle"  # on the first of them, for the keyboard


def test_a_cell_of_the_heat_table_shows_its_findings(opened: Open) -> None:
    page = opened()
    page.page.click(".heat [data-town=乙溪镇][data-obligation=major-hazard-rectified]")
    assert page.names() == ["乙溪样09号铁矿"]


def test_with_the_keyboard_alone(opened: Open) -> None:
    page = opened()
    press = page.page.keyboard.press
    press("Tab")
    assert page.page.evaluate("document.activeElement.textContent") == "跳到正文"
    press("Enter")
    assert page.page.evaluate("document.activeElement.id") == "main"
    page.page.locator("#rows .toggle").first.focus()
    press("Enter")
    assert page.page.locator("#rows .detail").count() == 1
    assert page.page.evaluate("document.activeElement.className") == "toggle"  # the focus stays where it was
    press("Space")
    assert page.page.locator("#rows .detail").count() == 0
    page.page.locator(".first .num").first.focus()
    press("Enter")
    assert page.page.locator("#basis").is_visible()
    press("Escape")
    assert not page.page.locator("#basis").is_visible()


def test_twenty_thousand_findings_stay_a_page_of_fifty(opened: Open) -> None:
    page = opened("large")
    count = "document.querySelectorAll('#rows > tr').length"
    assert page.found() == "20000项"
    assert page.page.evaluate(count) == 50
    page.page.fill("#q", "样00007号")
    assert (page.page.evaluate(count), page.found()) == (1, "1项，共20000项")
    page.page.fill("#q", "")
    page.page.click("[data-sort=bearer]")
    page.page.click("#next")
    assert page.page.evaluate(count) == 50
    assert page.page.locator("#page").text_content() == "第2页，共400页"
    nodes = page.page.evaluate("document.querySelectorAll('*').length")
    assert nodes < 4000, "no node for what is not shown"


def test_what_looks_like_markup_stays_text(opened: Open) -> None:
    page = opened("hostile")
    page.page.on("dialog", lambda dialog: page.errors.append(f"a dialog: {dialog.message}"))
    shown = page.page.locator("#rows .toggle").first
    assert shown.text_content().startswith("<script>alert(1)</script>")
    shown.click()
    assert page.page.locator("#rows script, #rows img").count() == 0
    assert page.page.evaluate("document.scripts.length") == 3  # the data, the library, the page's own


def test_on_a_telephone_nothing_runs_over_the_edge(opened: Open) -> None:
    page = opened("small", 390, 844)
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.page.locator("#rows .toggle").first.click()
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_fullest_first_screen_is_one_page(opened: Open) -> None:
    page = opened("full")
    page.page.evaluate("document.body.classList.add('only-first')")
    assert page.page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") == 1


def test_the_first_screen_prints_as_one_page(opened: Open, tmp_path: Path) -> None:
    page = opened()
    page.page.evaluate("document.body.classList.add('only-first')")
    made = page.page.pdf(prefer_css_page_size=True, print_background=True)
    assert made.count(b"/Type /Page\n") == 1
    page.page.evaluate("document.body.classList.remove('only-first')")
    whole = tmp_path / "all.pdf"
    page.page.pdf(path=str(whole), prefer_css_page_size=True)
    assert whole.read_bytes().count(b"/Type /Page\n") > 1
    if which("pdftotext"):
        first = subprocess.run(
            ["pdftotext", "-l", "1", str(whole), "-"], capture_output=True, encoding="utf-8", check=True
        )
        assert "七、待核实事项" in first.stdout
        assert "重大隐患档案" not in first.stdout  # what follows begins on a page of its own


def test_landmarks_headings_labels_and_captions(opened: Open) -> None:
    page = opened()
    ask = page.page.evaluate
    assert ask("document.documentElement.lang") == "zh-CN"
    assert ask("document.querySelectorAll('main').length") == 1
    assert ask("document.querySelectorAll('h1').length") == 1
    levels = ask("[...document.querySelectorAll('h1,h2,h3,h4')].map(node => Number(node.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert ask("[...document.querySelectorAll('table')].filter(node => !node.caption).length") == 0
    unnamed = "[...document.querySelectorAll('input, select')].filter(node => !node.labels.length).length"
    assert ask(unnamed) == 0
    assert ask("[...document.querySelectorAll('canvas')].filter(node => !node.getAttribute('aria-label')).length") == 0
    assert ask("[...document.querySelectorAll('[id]')].length") == ask(
        "new Set([...document.querySelectorAll('[id]')].map(n => n.id)).size"
    )


CONTRAST = """
() => {
  const light = (text) => {
    const [r, g, b] = text.match(/[\\d.]+/g).slice(0, 3).map(Number).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || ["SCRIPT", "STYLE", "OPTION"].includes(node.tagName) || node.disabled) continue;
    const [a, b] = [light(getComputedStyle(node).color), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(poor)];
}
"""


def test_every_text_stands_out(opened: Open) -> None:
    """WCAG 2.2 1.4.3: a contrast of at least 4.5 : 1."""
    page = opened()
    page.page.locator("#rows .toggle").first.click()
    assert page.page.evaluate(CONTRAST) == []


def test_charts_are_drawn(opened: Open) -> None:
    page = opened()
    drawn = "[...document.querySelectorAll('canvas')].map(node => Boolean(Chart.getChart(node)))"
    assert page.page.evaluate(drawn) == [True, True]
