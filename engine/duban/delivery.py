"""What a run leaves on the desk: a new folder, whole or not at all, with a folder in it for each audience.

A run never writes over files that somebody may have open. It is made beside its place, and moved there at the end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import Issue, UsageError
from duban.report.results import DATA
from duban.report.tables import shown, write

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.model import Judgement


@dataclass(frozen=True)
class Delivery:
    """The folder of a run, and the files for programs in it."""

    folder: Path
    data: tuple[Path, ...]


def deliver(audit: Audit, judgement: Judgement | None, base: Path, bureau: Path | None = None) -> Delivery:
    """Write all files of a run below `base`; raises UsageError if that cannot be, and then nothing has changed."""
    with _run_folder(base, shown(audit.as_of)) as run:
        data = write(audit, run.stage / DATA, judgement, bureau)
    folder = run.place
    return Delivery(folder, tuple(folder / path.relative_to(run.stage) for path in data))


@dataclass
class _Run:
    """Where a run is written; `place` is where it lies once it is whole."""

    stage: Path
    place: Path


@contextmanager
def _run_folder(base: Path, as_of: str) -> Iterator[_Run]:
    """A new folder named after the moment judged: `2024-01-07`, `2024-01-07-2` …"""
    made = [path for path in (base, *base.parents) if not path.exists()]
    run = None
    try:
        base.mkdir(parents=True, exist_ok=True)
        run = _Run(Path(tempfile.mkdtemp(prefix=".duban-", dir=base)), base)
        run.stage.chmod(0o755)
        yield run
        run.place = _moved(run.stage, base, as_of.replace(":", "").replace(" ", "_"))
    except BaseException as error:
        if run is not None:
            shutil.rmtree(run.stage, ignore_errors=True)
        for path in made:  # what was made for nothing
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        if isinstance(error, OSError):
            hint = Issue(
                "U010", f"{error.strerror or error}：{error.filename or base}", hint="请另选一个可以写入的目录"
            )
            raise UsageError(f"结果无法写入 {base}，原有文件未改动", [hint]) from error
        raise


def _moved(stage: Path, base: Path, name: str) -> Path:
    """The stage in its place, under the first name that nobody has taken."""
    for number in count(1):
        place = base / (name if number == 1 else f"{name}-{number}")
        if place.exists():
            continue
        try:
            return stage.rename(place)
        except OSError:
            if not place.exists():
                raise
    raise AssertionError("count() ends")
