from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from duban.records import load
from duban.vocabulary import RecordType
from reading import COUNTY, TYPES, Read, Reading


@pytest.fixture
def types() -> dict[str, RecordType]:
    return {name: RecordType.model_validate(kind) for name, kind in TYPES.items()}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


@pytest.fixture
def read(con: duckdb.DuckDBPyConnection, types: dict[str, RecordType]) -> Read:
    def read(source: Any, **changed: Any) -> Reading:
        kinds = {name: RecordType.model_validate(kind) for name, kind in changed.pop("types", {}).items()} or types
        return Reading(
            con, load(con, kinds, source, **{"jurisdiction": COUNTY, "timezone": "Asia/Shanghai", **changed})
        )

    return read


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files below a new folder: name → text (UTF-8) or bytes."""

    def write(**files: str | bytes) -> Path:
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_csv", ".csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write
