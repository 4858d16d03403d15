"""On Spark in one machine (local[2,4]: two workers, four attempts): the result, its place, and killed workers."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")

from duban.cluster import run, session, tables
from duban.cluster.work import Job
from duban.errors import DataError, UsageError
from duban.model import Status
from lake_world import STATUS, alone, order, read_result, same_rows, statuses, truncated, write_lake

pytestmark = [
    pytest.mark.spark,
    pytest.mark.usefixtures("spark_here"),
    # PySpark 3.5 leaves the socket of `collect` to the garbage collector; 4.x does not.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
MASTER = "local[2,4]"


@pytest.fixture(scope="module", autouse=True)
def spark(spark_here: None) -> Iterator[Any]:
    """One session for all: `run` takes the one that is there."""
    with session.opened(MASTER) as opened:
        yield opened


def test_the_result_is_that_of_one_process(tmp_path: Path, rules: Path) -> None:
    root = write_lake(tmp_path / "lake")
    found = run(order(root, tmp_path / "out", rules), MASTER)
    folder = tmp_path / "out" / "pack=lake" / "as_of=2024-01-07"
    assert found.folder == str(folder)
    result = read_result(folder)
    assert statuses(result["duties"]) == STATUS
    same_rows(result, alone(root, rules))
    assert {row["jurisdiction"] for row in result["counties"]} == {*STATUS}  # '0571', not 571
    account = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert account["counties"] == {"evaluated": 6, "not_evaluated": 0}
    # By hand, over STATUS; D is shut in each of the six counties.
    assert account["duties"] == {"breached": 7, "met": 9, "not_applicable": 6, "unproven": 1, "waived": 1}
    assert found.counts[Status.BREACHED] == 7
    # Six rosters, five counties with checks, five with manifests, one waiver.
    assert (account["batches"], account["files"], account["settings"]) == (2, 17, {})
    assert [path.name for path in folder.parents[1].iterdir()] == ["pack=lake"]  # nothing is left of the writing


def test_a_truncated_file_is_one_jurisdiction_that_was_not_evaluated(tmp_path: Path, rules: Path) -> None:
    root = write_lake(tmp_path / "lake")
    truncated(root / "jurisdiction=3301" / "mine.parquet")
    found = run(order(root, tmp_path / "out", rules), MASTER)
    assert list(found.failed) == ["3301"]
    result = read_result(Path(found.folder))
    assert statuses(result["duties"]) == {place: told for place, told in STATUS.items() if place != "3301"}
    (county,) = [row for row in result["counties"] if row["state"] == "not_evaluated"]
    assert county["jurisdiction"] == "3301"
    assert "mine.parquet：读不出" in county["reason"]


def test_only_its_own_partition_is_written_anew(tmp_path: Path, rules: Path) -> None:
    root, out = write_lake(tmp_path / "lake", ["0571", "1100"]), tmp_path / "out"
    whole = Path(run(order(root, out, rules), MASTER).folder)
    trial = Path(run(order(root, out, rules, settings={"needed": 1}), MASTER).folder)
    assert trial.parent.name.startswith("pack=lake~")  # a trial stands beside the whole
    assert statuses(read_result(trial)["duties"])["0571"] == ("met", "met", "breached")
    before = {path.name: path.read_bytes() for path in trial.rglob("*.parquet")}
    truncated(root / "jurisdiction=0571" / "check.parquet")
    assert run(order(root, out, rules), MASTER).failed.keys() == {"0571"}
    assert statuses(read_result(whole)["duties"]) == {"1100": STATUS["1100"]}  # nothing of the last run is left
    assert {path.name: path.read_bytes() for path in trial.rglob("*.parquet")} == before


def test_a_run_that_fails_leaves_the_last_result(tmp_path: Path, rules: Path) -> None:
    root, out = write_lake(tmp_path / "lake", ["0571"]), tmp_path / "out"
    folder = Path(run(order(root, out, rules), MASTER).folder)
    truncated(root / "jurisdiction=0571" / "check.parquet")
    with pytest.raises(DataError, match="没有一个能判定，未写入任何结果") as error:
        run(order(root, out, rules), MASTER)
    assert "0571：jurisdiction=0571/check.parquet：读不出" in str(error.value)
    assert statuses(read_result(folder)["duties"]) == {"0571": STATUS["0571"]}
    assert [path.name for path in out.iterdir()] == ["pack=lake"]


@pytest.mark.parametrize("daemon", [False, True], ids=["worker", "daemon and worker"])
def test_a_killed_worker_changes_nothing(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, daemon: bool
) -> None:
    root, marks = write_lake(tmp_path / "lake"), tmp_path / "marks"
    marks.mkdir()
    monkeypatch.setattr(session, "work", slow_at_first(str(marks)))
    killed: list[int] = []
    killer = threading.Thread(target=kill_first, args=(marks, killed, daemon))
    killer.start()
    found = run(order(root, tmp_path / "out", rules), MASTER)
    killer.join(timeout=60)
    tries = sorted(path.name for path in marks.iterdir() if path.name.startswith("0-"))
    assert len(tries) == 2  # the batch was judged again, by another worker
    assert len(killed) == 1 + daemon
    assert f"0-{killed[-1]}" in tries
    assert found.failed == {}
    same_rows(read_result(Path(found.folder)), alone(root, rules))


def slow_at_first(marks: str) -> Any:
    """The work of a task, but whoever is first at batch 0 gives one county's rows and then waits to be killed."""

    def work(job: Job, number: int) -> Iterator[Any]:  # a function of a function travels to the workers by value
        import os
        import time
        from pathlib import Path

        from duban.cluster.work import work as judge

        first = number == 0 and not list(Path(marks).glob("0-*"))
        Path(marks, f"{number}-{os.getpid()}").touch()
        for batch in judge(job, number):
            yield batch
            if first:
                Path(marks, "ready").touch()
                time.sleep(60)

    return work


def kill_first(marks: Path, killed: list[int], daemon: bool) -> None:
    """Kill whoever waits at batch 0, by its own pid; before it, if asked, the daemon that has forked it."""
    deadline = time.monotonic() + 60
    while not (marks / "ready").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    pids = [int(mark.name.removeprefix("0-")) for mark in marks.glob("0-*")]
    if len(pids) != 1:
        return  # the run has failed; the test says why
    (pid,) = pids
    if daemon:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        assert b"pyspark" in Path(f"/proc/{parent}/cmdline").read_bytes()
        os.kill(parent, signal.SIGKILL)
        killed.append(parent)
    os.kill(pid, signal.SIGKILL)
    killed.append(pid)


def test_the_size_of_a_batch_is_a_setting_of_the_session(tmp_path: Path, rules: Path, spark: Any) -> None:
    root = write_lake(tmp_path / "lake")
    spark.conf.set(session.BATCH_BYTES, "1k")
    try:
        found = run(order(root, tmp_path / "out", rules), MASTER)
        assert found.account["batches"] == 6  # a county each
        assert statuses(read_result(Path(found.folder))["duties"]) == STATUS
        spark.conf.set(session.BATCH_BYTES, "much")
        with pytest.raises(UsageError, match="batchBytes=much"):
            run(order(root, tmp_path / "out", rules), MASTER)
    finally:
        spark.conf.unset(session.BATCH_BYTES)


def test_what_a_task_gives_is_what_spark_is_told(spark: Any) -> None:
    declared = spark.createDataFrame([], tables.ddl()).schema
    assert [(field.name, field.dataType.names) for field in declared] == [
        (name, list(columns)) for name, columns in tables.TABLES.items()
    ]
