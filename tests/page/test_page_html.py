"""The page of a week as text: one file, nothing from elsewhere, nothing that a record says is markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from duban.report.page import page_html
from duban.report.page.payload import as_json
from duban.report.week import Audience
from duban.weekly import for_audience
from papers_world import finding
from weekly_world import week

HOSTILE = "</script><script>alert(1)</script>\u2028&lt;"
PAGE = page_html(week())


def data(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    value: dict[str, object] = json.loads(found[1])
    return value


def test_data_ends_no_element() -> None:
    text = as_json([HOSTILE])
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == [HOSTILE]


def test_every_text_of_a_record_is_escaped() -> None:
    one = replace(finding(1, HOSTILE), evidence=(HOSTILE,))
    made = week([one])
    made = replace(made, head=replace(made.head, title=HOSTILE), gaps=(replace(made.gaps[0], sender=HOSTILE),))
    page = page_html(made)
    assert "<script>alert" not in page
    assert page.count("<script") == 3
    assert HOSTILE in json.dumps(data(page), ensure_ascii=False).replace('\\"', '"')


def test_the_policy_allows_the_page_s_own_script_and_style_by_their_hashes() -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', PAGE)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    bodies = re.findall(r"<script>(.*?)</script>", PAGE, re.DOTALL) + re.findall(
        r"<style>(.*?)</style>", PAGE, re.DOTALL
    )
    assert len(bodies) == 3
    for body in bodies:
        assert base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() in policy


def test_nothing_is_linked_from_elsewhere() -> None:
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", PAGE, flags=re.DOTALL)
    assert re.findall(r'\b(?:src|href|action)="(?!#)[^"]*"', markup) == []
    assert "sourceMappingURL" not in PAGE
    assert re.findall(r'\sstyle="', markup) == []  # the policy would not let it work


def test_the_same_week_is_the_same_bytes() -> None:
    assert page_html(week()) == PAGE


def test_the_first_screen_comes_first_and_has_no_anomalies() -> None:
    first = PAGE[PAGE.index('<article id="first"') : PAGE.index("</article>")]
    assert "请局领导今日定措施" in first
    assert "□同意" in first
    assert "重叠" not in first
    assert "违规" not in first


@pytest.mark.parametrize("audience", [Audience.LEADERS, Audience.COMMITTEE])
def test_anomalies_are_the_section_s_alone(audience: Audience) -> None:
    assert "两处检查时间重叠" in PAGE
    assert "两处检查时间重叠" not in page_html(for_audience(week(), audience))


def test_a_first_audit_says_so() -> None:
    assert "首次审核，无上周对比" in page_html(replace(week(), trend=(), first=True))


def test_the_library_is_the_one_that_was_released() -> None:
    """Its bytes, as the npm package chart.js 4.6.1 has them: vendor/README.md says how to update it."""
    import duban.report.page as package

    body = (Path(package.__file__).parent / "vendor" / "chart.umd.min.js").read_bytes()
    assert b"Chart.js v4.6.1" in body[:100]
    assert hashlib.sha256(body).hexdigest() == "87364cc2b2a76a6684929e7d6b80b18a897794db38400caff1fcf1791c6925d2"
