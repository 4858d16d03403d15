"""The small county, judged once for all tests of planning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_county import FOLDER, audited

from duban.auditing import Audit


@pytest.fixture(scope="session")
def pack() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def small(pack: Path) -> Iterator[Audit]:
    with audited(pack) as result:
        yield result
