from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from checking import MINES, NOW, WRONG, Checked

from duban.check import Asked, Report, check
from duban.pack import Pack, load_pack


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack("zezhou-2023-331")


@pytest.fixture
def hazards(tmp_path: Path) -> Path:
    """A ledger with a date that is none (H2), one that is too early (H3), and a blank one (H4); the roster beside."""
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "企业名册.csv").write_text(MINES, encoding="utf-8-sig")
    path = tmp_path / "隐患台账.csv"
    path.write_text(WRONG, encoding="utf-8-sig")
    return path


@pytest.fixture
def checked(pack: Pack) -> Checked:
    """Check files of a folder in which `beside/` holds the roster."""

    def run(*paths: Path, now: datetime = NOW, **asked: Any) -> Report:
        beside = [path for path in (paths[0].parent / "beside",) if path.exists()]
        return check(Asked(paths, now, **{"beside": beside, **asked}), pack)

    return run
