"""What one cell means: cells.csv, a line for each text, worked out by hand. BLANK: no answer. EMPTY: an empty list.

A line is read twice: by the function that reads unusual spellings, and through the database.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from reading import Read

from duban.errors import Place
from duban.records import problems
from duban.records.context import Context, context_of
from duban.records.spellings import ELEMENT, spelt
from duban.vocabulary import FieldSpec

with Path(__file__).with_name("cells.csv").open(encoding="utf-8", newline="") as lines:
    CELLS = list(csv.DictReader(lines))


def spec(cell: dict[str, str]) -> dict[str, Any]:
    more = cell["more"]
    return {
        "title": "项",
        "type": cell["type"],
        "unit": cell["unit"],
        "happened": more == "happened",
        "personal": more == "personal",
        "format": "uscc" if more == "uscc" else "",
        "values": more.removeprefix("values=").split("/") if more.startswith("values=") else [],
    }


def context(cell: dict[str, str]) -> Context:
    return context_of([cell["period"]], int(cell["epoch"] or 0))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['type']}-{cell['text']}")
def test_a_text(cell: dict[str, str]) -> None:
    field = FieldSpec.model_validate(spec(cell))
    if cell["more"] == "id" and cell["value"] == cell["text"]:
        pytest.skip("usual spellings are read by the database alone")
    means = spelt(field, cell["text"], context(cell))
    if cell["value"] == "BLANK":
        assert means is not None
        assert means.blank
    elif cell["value"]:
        assert means is not None
        value = means.value.replace(ELEMENT, "|").removesuffix(" 00:00:00")
        assert (value or "EMPTY", means.note) == (cell["value"], cell["code"])
    else:
        assert means is None
        assert problems.unusable_cell(Place(), field, cell["text"]).code == cell["code"]


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell['type']}-{cell['text']}")
def test_a_cell(cell: dict[str, str], read: Read, tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    kind = {"title": "台账", "fields": {"x": spec(cell), "y": {"title": "旁"}}}
    if cell["more"] == "id":
        kind["key"] = "x"
    path = tmp_path / f"t_{cell['period']}.xlsx"
    if cell["epoch"]:
        book = openpyxl.Workbook()
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH if cell["epoch"] == "1904" else book.epoch
        book.active.append(["x", "y"])
        book.active.append([float(cell["text"]), "旁"])
        book.save(path)
    else:
        path = path.with_suffix(".csv")
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([["x", "y"], [cell["text"], "旁"]])
    got = read(path, types={"t": kind})
    (found,) = got.rows("t", "x")
    assert shown(found, cell["type"]) == {"BLANK": "", "EMPTY": "EMPTY"}.get(cell["value"], cell["value"])
    said = [issue.code for issue in got.loaded.issues]
    assert said == ([cell["code"]] if cell["code"] else ["D304"] if cell["more"] == "id" and not found else [])


def shown(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "|".join(value) or "EMPTY"
    if isinstance(value, bool):
        return str(value).lower()
    if kind == "decimal":
        return f"{value.normalize():f}"
    if kind == "datetime":
        return str(value.isoformat(sep=" "))
    return value.isoformat() if isinstance(value, date) else str(value)
