"""A Chromium for all tests of the page, and pages made from invented weeks. Without one they are skipped, loudly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from duban.report.page import write_page
from duban.report.week import Week
from papers_world import finding
from weekly_world import findings, full_screen, shown, week

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HOSTILE = '<script>alert(1)</script><img src="http://example.invalid/x.png" onerror="alert(2)">\u2028</script>'


def chromium() -> str | None:
    """The browser of the system; none is downloaded."""
    named = os.environ.get("DUBAN_CHROMIUM", "")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = chromium()
    if path is None:
        pytest.skip("NO CHROMIUM: the page of the weekly report was not tried in a browser (set DUBAN_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """small: one of each thing; large: 20,000 findings; hostile: records that look like markup."""
    folder = tmp_path_factory.mktemp("page")
    many = [
        finding(number, f"{'甲乙丙丁'[number % 4]}岭样{number:05d}号石料矿", "甲岭镇" if number % 2 else "乙溪镇")
        for number in range(20_000)
    ]
    first = replace(finding(7, HOSTILE), message=HOSTILE, evidence=(HOSTILE,), source=(HOSTILE,), quote=HOSTILE)
    made: dict[str, Week] = {
        "small": week(),
        "large": week(many),
        "hostile": week([first, *findings()]),
        "full": week(sections=full_screen()),
    }
    made["small"] = replace(made["small"], findings=(*made["small"].findings[:1], lived(), *made["small"].findings[2:]))
    return {name: write_page(one, folder / f"{name}.html") for name, one in made.items()}


def lived() -> Any:
    """A finding that is new this week because records came later, and that carries a measure."""
    return shown(
        finding(1), course="新增", weeks=1, late_data=True, leads_to=("警示约谈 ← 情形成立（规则 interview）",)
    )


class Opened:
    """A page in a browser, with whatever went wrong in it, and whatever it asked for."""

    def __init__(self, browser: Any, path: Path, width: int, height: int) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def names(self) -> list[str]:
        """The bearers in the list, in the order shown."""
        found: list[str] = self.page.locator("#rows .toggle").all_text_contents()
        return found

    def found(self) -> str:
        text: str = self.page.locator("#found").text_content()
        return text


@pytest.fixture
def opened(browser: Any, pages: dict[str, Path]) -> Iterator[Callable[..., Opened]]:
    """Open one of the pages; when the test is over nothing may have gone wrong in it, or been fetched."""
    made: list[Opened] = []

    def open_page(name: str = "small", width: int = 1366, height: int = 900) -> Opened:
        made.append(Opened(browser, pages[name], width, height))
        return made[-1]

    yield open_page
    for one in made:
        one.context.close()
        assert one.errors == []
        assert [url for url in one.asked if not url.startswith("file:")] == []
        assert len(one.asked) == 1, "the page itself, and nothing else"
