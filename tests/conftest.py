"""Profiles of hypothesis: HYPOTHESIS_PROFILE=quick | default | thorough.

The first two draw the same worlds each time, so that a check says something of the change it checks; thorough explores.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=5, derandomize=True, **COMMON)
settings.register_profile("default", max_examples=12, derandomize=True, **COMMON)
settings.register_profile("thorough", max_examples=2000, **COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# Tests share a cache, and leave that of whoever runs them alone. (Workers of xdist inherit the folder.)
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DUBAN_CACHE"] = tempfile.mkdtemp(prefix="duban-tests-")
    atexit.register(shutil.rmtree, os.environ["DUBAN_CACHE"], ignore_errors=True)

# Fixtures of a folder are no doctests; collected as such, two files of one name are one module too many.
collect_ignore_glob = ["conftest.py", "*/conftest.py"]

# The files that take longest, longest first: handed out last, one of them would keep one worker busy while the others
# are done. `make test` tells xdist to keep this order.
LONGEST = [
    "test_readme.py",
    "test_agreement.py",
    "test_packs.py",
    "test_samples.py",
    "test_docs.py",
    "test_site.py",
    "test_cli.py",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def large_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 mines of six counties with about 60 records each, as Parquet."""
    generate = Path(__file__).parents[1] / "benchmarks" / "synthetic.py"
    folder = tmp_path_factory.mktemp("large_county")
    subprocess.run([sys.executable, str(generate), "3000", str(folder)], check=True)
    return folder
