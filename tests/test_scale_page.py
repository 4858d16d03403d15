"""docs/scale.md: the estimate for the nation is what benchmarks/nation.py prints, and the arithmetic is right."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def nation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("nation", ROOT / "benchmarks" / "nation.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_shows_what_the_formula_gives(nation: ModuleType) -> None:
    assert "\n".join(nation.estimate()) in (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_arithmetic(nation: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # 1,000 records in a core-second. 3.6 million enterprises of 1,000 records are 3.6 million core-seconds: 1,000 h;
    # half of the time used: 2,000, at 0.5 yuan 1,000 yuan; on 128 cores 15.6 hours. The largest of 1,000 counties has
    # 10 times 3.6 million records: 10 hours on its core, which 512 cores (3.9 hours of work) have to wait for.
    figures = tmp_path / "spark.json"
    one = {"name": "Spark", "records": 500_000, "cpu": 500.0, "peak_mb": 2_048, "counties": 56}
    figures.write_text(json.dumps([{**one, "name": "one process"}, {**one, "cpu": 1.0}, one]), encoding="utf-8")
    monkeypatch.setattr(nation, "FIGURES", figures)
    told = "\n".join(nation.estimate(3_600_000, 1_000, counties=1_000, share=0.5, price=0.5))
    assert "3.6 billion records" in told
    assert "1,000 records per core-second" in told
    assert "2,000 core-hours,\n1,000 yuan" in told
    assert "| 128 | 15.6 | 128 | 256 |" in told
    assert "| 512 | 10.0 | 512 | 1,024 |" in told
