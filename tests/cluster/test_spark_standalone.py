"""On a standalone cluster of Spark that the test starts: a master and two workers, on the loopback alone."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from duban.cluster import run, session
from lake_world import STATUS, alone, order, read_result, same_rows, statuses, truncated, write_lake

pytestmark = [
    pytest.mark.spark,
    pytest.mark.usefixtures("spark_here"),
    # PySpark 3.5 leaves the socket of `collect` to the garbage collector; 4.x does not.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
HERE = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def master(spark_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a master with two workers of one core; all of them are gone at the end."""
    import pyspark

    scratch, port = tmp_path_factory.mktemp("standalone"), free_port()
    address = f"spark://{HERE}:{port}"
    quiet = scratch / "log4j2.properties"
    quiet.write_text(session.QUIET, encoding="utf-8")
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": HERE,  # what it listens on, its pages included
        "SPARK_LOCAL_DIRS": str(scratch),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": f"-Dspark.master.rest.enabled=false -Dlog4j2.configurationFile={quiet.as_uri()}",
    }
    launcher = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    worker = ["org.apache.spark.deploy.worker.Worker", "-h", HERE, "-c", "1", "-m", "1G", "--webui-port", "0"]
    started = [
        ["org.apache.spark.deploy.master.Master", "-h", HERE, "-p", str(port), "--webui-port", "0"],
        [*worker, "-d", str(scratch / "one"), address],
        [*worker, "-d", str(scratch / "two"), address],
    ]
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for words in started:
            processes.append(subprocess.Popen([launcher, *words], env=environment, preexec_fn=die_with_us))
            await_port(port)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def die_with_us() -> None:
    """Whatever ends the tests, nothing of the cluster stays behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def await_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HERE, port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the master of Spark has not come up within a minute")


def test_two_workers_give_what_one_process_gives(
    master: str, tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", HERE)
    root = write_lake(tmp_path / "lake")
    settings = {
        "spark.driver.host": HERE,
        "spark.driver.bindAddress": HERE,
        "spark.ui.enabled": "false",
        "spark.executor.memory": "512m",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",  # both workers, not the quicker one twice
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "60s",
        "spark.cores.max": "2",
        session.BATCH_BYTES: "8k",
    }
    with session.opened(master, **settings) as spark:
        found = run(order(root, tmp_path / "out", rules), master)
        executors = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1  # without the driver
        truncated(root / "jurisdiction=0572" / "waiver.parquet")
        again = run(order(root, tmp_path / "again", rules), master)
    assert executors == 2
    assert found.account["batches"] > 2
    result = read_result(Path(found.folder))
    assert statuses(result["duties"]) == STATUS
    assert list(again.failed) == ["0572"]
    assert statuses(read_result(Path(again.folder))["duties"]) == {
        place: told for place, told in STATUS.items() if place != "0572"
    }
    same_rows(result, alone(write_lake(tmp_path / "lake"), rules))
