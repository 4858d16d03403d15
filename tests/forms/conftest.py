from __future__ import annotations

import shutil
from pathlib import Path

import month
import pytest

from duban.forms.drawn import write_forms
from duban.forms.making import Made, make


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook as the town gets it, and as it comes back: made once, for it takes seconds."""
    folder = tmp_path_factory.mktemp("month")
    month.blank(folder / "月报.xlsx")
    shutil.copy(folder / "月报.xlsx", folder / "填好.xlsx")
    month.fill(folder / "填好.xlsx")
    return folder


@pytest.fixture(scope="session")
def made(kept: Path) -> Made:
    return make(kept / "填好.xlsx", month.PACK, month.FORMS, month.DAY)


@pytest.fixture(scope="session")
def lists(kept: Path, made: Made) -> Path:
    """The workbook of lists and form that comes out."""
    path = kept / "三清单和报表.xlsx"
    write_forms(path, month.PACK, month.FORMS, made)
    return path
