"""What the tests on Spark share: they run where PySpark and Java are, and are skipped, loudly, where not."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from lake_world import write_pack


def _missing() -> str:
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed (pip install 'duban[spark]')"
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").exists() if home else shutil.which("java")):
        return "there is no Java (Debian: apt-get install openjdk-17-jre-headless)"
    return ""


@pytest.fixture(scope="session")
def spark_here() -> None:
    """Skip what needs Spark where it cannot run."""
    if missing := _missing():
        pytest.skip(f"nothing is tried on Spark: {missing}")


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small notice of the lake."""
    return write_pack(tmp_path_factory.mktemp("rules"))
