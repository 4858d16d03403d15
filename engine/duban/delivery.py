"""What a run leaves on the desk: a new folder, whole or not at all, with a folder in it for each audience; and its place
in the history. Reads top to bottom as the story.

A run never writes over files that somebody may have open: it is made beside its place, and moved there at the end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from duban.errors import Issue, UsageError
from duban.report.results import DATA
from duban.report.tables import add_timings, shown, write
from duban.stopwatch import running, timed

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.check import Report
    from duban.check.log import Entry
    from duban.history import Recorded, Store
    from duban.model import Judgement, Past

STORE = "duban.db"  # beside the runs
Told = Callable[[str], None]


@dataclass(frozen=True)
class Orders:
    """What is wanted of a run.

    `store`: one that is open. If it was `named` for this run, a run that cannot be recorded there is a mistake; the usual
    one (the environment's), or without one the store beside the runs, takes what can be recorded, unless `trial`: a run with
    other readings of the text is no week of the history. `reports`: whether people want to read it. `now`: the moment of
    the run, on the pack's clock. `intake`: the lines of the intake log.
    `other_readings`: judge once more under the other readings, to say how the list would change (as long again).
    """

    bureau: Path | None = None
    store: Store | None = None
    trial: bool = False
    reports: bool = True
    now: datetime = datetime.min
    intake: Sequence[Entry] = ()
    other_readings: bool = False
    named: bool = True


@dataclass(frozen=True)
class Delivery:
    """The folder of a run, its files for programs, what to open first (what it is, and where), its place in the history."""

    folder: Path
    data: tuple[Path, ...]
    opened: tuple[tuple[str, Path], ...] = ()
    recorded: Recorded | None = None
    store: str = ""
    checked: Report | None = None
    trial: bool = False
    several: bool = False

    def lines(self) -> Iterator[str]:
        """What the last screen says of it."""
        if self.recorded is not None:
            from duban.history.shown import course_line

            yield from ("", course_line(self.recorded.past))
        if self.checked is not None:
            from duban.report.checked import checked_line

            yield from ("", checked_line(self.checked))
        yield ""
        yield f"结果在 {self.folder}"
        for title, path in self.opened:
            yield f"  {title}：{path.relative_to(self.folder)}"
        yield f"  数据文件：{DATA}（{'、'.join(path.name for path in self.data[:4])}等{len(self.data)}个）"
        yield f"查看依据：duban explain 指纹 --out {self.folder}"
        if self.several:
            yield "台账有几个辖区，周报要分辖区审核才写出"
        if self.trial:
            yield "口径与规则包不同（--set），是试算，没有记入历史；要记入请加 --store"
        if self.recorded is not None:
            yield f"已记入历史：{self.recorded.id[:12]}（重做核对：duban replay {self.recorded.id[:12]} --store {self.store}）"


def deliver(
    audit: Audit, judgement: Judgement | None, base: Path, orders: Orders | None = None, told: Told = lambda _: None
) -> Delivery:
    """Write all files of a run below `base`, then record it. `told` hears which stage begins.

    Only a whole audit is recorded and reported on: from a part, everything else would seem to be gone. Raises UsageError if
    something cannot be written, or recorded where it must be; then nothing has changed.
    """
    orders = orders or Orders()
    whole = audit.whole and (judgement is not None or not audit.pack.measures.rules)
    if orders.store is not None and orders.named:
        from duban.history import check_whole

        check_whole(audit, judgement)
    usual = whole and not orders.trial
    with _run_folder(base, shown(audit.as_of)) as run, _store_of(orders, base, usual=usual) as store:
        told("写出数据")
        with timed("写出数据"):
            data = write(audit, run.stage / DATA, judgement, orders.bureau)
        opened: Sequence[tuple[str, Path]] = ()
        several = audit.connection.execute("SELECT count(DISTINCT jurisdiction) > 1 FROM duties").fetchone() == (True,)
        if whole and orders.reports and not several:
            from duban.editions import put_reports
            from duban.judging.otherwise import swing_of

            with timed("查历史"):
                past, swing = _past(store, audit, judgement), None
            if orders.other_readings and judgement is not None:
                told("按另一读法再审一遍")
                with timed("按另一读法再审"):
                    swing = swing_of(audit, judgement, judgement.judge)
            with timed("报告"):
                opened = put_reports(audit, judgement, orders.bureau, past, run.stage, swing, told)
        recorded = None
        if store is not None:
            from duban.history import record

            told("记入历史")
            with timed("入库"):
                recorded = record(store, audit, judgement, data, recorded_at=orders.now, intake=orders.intake)
        if (watch := running()) is not None:
            add_timings(run.stage / DATA, watch.told())
    folder = run.place
    return Delivery(
        folder,
        tuple(folder / path.relative_to(run.stage) for path in data),
        tuple((title, folder / path.relative_to(run.stage)) for title, path in opened),
        recorded,
        store.name if store is not None else "",
        audit.checked,
        orders.trial and store is None,
        several,
    )


@contextmanager
def _store_of(orders: Orders, base: Path, *, usual: bool) -> Iterator[Store | None]:
    """The store that is open already, or the one beside the runs; None for what is not recorded. `usual`: it is a week."""
    if orders.store is not None or not usual:
        yield orders.store if usual or orders.named else None
        return
    from duban.history import open_store  # loads SQLAlchemy

    with open_store(base / STORE) as store:
        yield store


def _past(store: Store | None, audit: Audit, judgement: Judgement | None) -> Past:
    from duban.history import past_of
    from duban.model import Past

    return past_of(store, audit, judgement) if store is not None else Past()


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
