"""Writes docs/images/*.png: the weekly report of the sample county, as the README shows it. `make screenshots` runs it.

    python docs/screenshots.py [RESULTS]

RESULTS is the folder of a run (default: one is made now, in a temporary folder). It needs Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
AS_OF = "2024-01-07"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 390, "height": 844}


def main(arguments: list[str]) -> int:
    browser = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if browser is None:
        print("no Chromium: no screenshots", file=sys.stderr)
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run = Path(arguments[0]) if arguments else audited(Path(folder))
        take((run / "2-股室内部" / "周调度表.html").resolve(), browser)
    return 0


def audited(folder: Path) -> Path:
    """The run of the sample county as of 7 January."""
    settings = ["--as-of", AS_OF, "--bureau", "data/bureau.yaml", "--out", str(folder), "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "duban", "audit", "data/samples/submissions", *settings], cwd=ROOT, check=True
    )
    return folder / AS_OF


def take(page: Path, browser: str) -> None:
    """The first screen, the towns, a finding that is open; and the first screen on a telephone."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=FLAGS)
        desk = chromium.new_page(viewport=WIDE)
        desk.goto(page.as_uri())
        shot(desk, "report-first.png")
        desk.locator("#towns").evaluate("node => node.scrollIntoView()")
        shot(desk, "report-towns.png")
        desk.locator("#findings").evaluate("node => node.scrollIntoView()")
        desk.locator("#rows .toggle").first.click()
        shot(desk, "report-finding.png")
        phone = chromium.new_page(viewport=NARROW)
        phone.goto(page.as_uri())
        shot(phone, "report-phone.png")
        chromium.close()


def shot(page: Any, name: str) -> None:
    """A picture of what is seen, with few colours: that keeps it small."""
    from io import BytesIO

    from PIL import Image

    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(64)
    picture.save(IMAGES / name, optimize=True)
    print(f"wrote docs/images/{name}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
