"""The driver: one task for each batch, and what they found written under OUT/pack=…/as_of=….

A run is written beside the others first and put into its place when it is whole: one that fails leaves the last there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from duban import __version__
from duban.cluster import tables
from duban.cluster.lake import Batch, Holding, open_root, pack_batches, survey
from duban.cluster.rules import ship
from duban.cluster.work import Job, versions, work
from duban.errors import DataError, EvaluationError, Issue, UsageError
from duban.evaluate import Limits
from duban.model import Status

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from duban.pack import Pack

MANIFEST_FILE = "run.json"
# Settings of a Spark session that are ours: `--conf spark.duban.batchBytes=512m`.
BATCH_BYTES = "spark.duban.batchBytes"
_DEFAULT_BATCH = "256m"  # of Parquet: some 2 GB of memory on the way to the duties
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_INSTALL = "pip install 'duban[spark]'"
_ALWAYS = {
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.session.timeZone": "UTC",
}
_LOOPBACK = "127.0.0.1"
QUIET = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""
_JAVA = "Debian、Ubuntu：apt-get install openjdk-17-jre-headless；其他系统见 docs/scale.md"


@dataclass(frozen=True)
class Order:
    """What is asked for: the lake, the rules and the moment, the folder for the result, and the limits of one task."""

    root: str
    out: str
    pack: Pack
    as_of: datetime
    known_by: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    obligations: tuple[str, ...] = ()
    engine: str = "auto"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Run:
    """What became of it: where it lies, and run.json."""

    folder: str
    account: dict[str, Any]

    @property
    def counties(self) -> int:
        return int(self.account["counties"]["evaluated"])

    @property
    def failed(self) -> dict[str, str]:
        """Jurisdiction → why it was not evaluated."""
        return dict(self.account["not_evaluated"])

    @property
    def counts(self) -> dict[Status, int]:
        """Duties by status, of all jurisdictions that were evaluated."""
        return {status: int(self.account["duties"].get(status.value, 0)) for status in Status}

    @property
    def cleared(self) -> dict[Status, int]:
        """How many of them a person has cleared."""
        return {status: int(self.account["cleared"].get(status.value, 0)) for status in Status}


def run(order: Order, master: str) -> Run:
    """Judge a lake on Spark and write the result.

    Raises UsageError, DataError, EvaluationError; then nothing of an earlier result is replaced.
    """
    installed()
    holdings = survey(order.root, order.pack.records)
    with opened(master) as spark:
        batches = pack_batches(holdings, _cores(spark), size_of(spark.conf.get(BATCH_BYTES, _DEFAULT_BATCH)))
        try:
            return _write(spark, order, holdings, batches)
        except Exception as error:
            raise explained(error) from error


# --- Spark


def installed() -> None:
    """Whether what an extra brings is here. Raises UsageError with the command that installs it."""
    from importlib.util import find_spec

    if missing := [name for name in ("pyspark", "pyarrow") if find_spec(name) is None]:
        raise UsageError(
            f"没有安装 {'、'.join(missing)}，不能用 --spark", [Issue("U070", "缺少可选组件", hint=_INSTALL)]
        )
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").exists() if home else shutil.which("java")):
        where = f"JAVA_HOME（{home}）中没有 java" if home else "找不到 java"
        raise UsageError(f"{where}，不能用 --spark", [Issue("U071", "Spark 需要 Java 17", hint=_JAVA)])


@contextmanager
def opened(master: str, **settings: str) -> Iterator[SparkSession]:
    """A session on a master; one that is there already (a notebook's) is used, and left as it is."""
    from pyspark.sql import SparkSession

    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="duban-") as scratch:
        # Said of its pandas functions; rows come and go as Arrow here.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        there = SparkSession.getActiveSession()
        if there is not None:
            yield there
            return
        builder = SparkSession.builder.appName("duban").master(master)
        for name, value in {
            **_ALWAYS,
            **(_alone(Path(scratch)) if master.startswith("local") else {}),
            **settings,
        }.items():
            builder = builder.config(name, value)
        try:
            spark = builder.getOrCreate()
        except Exception as error:
            raise explained(error) from error
        spark.sparkContext.setLogLevel("ERROR")
        try:
            yield spark
        finally:
            spark.stop()


def _alone(scratch: Path) -> dict[str, str]:
    """Settings where all of Spark is on one machine: nothing listens but on its own loopback, and nothing chatters."""
    os.environ.setdefault("SPARK_LOCAL_IP", _LOOPBACK)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else a worker is whatever `python3` is
    found = {"spark.ui.enabled": "false", "spark.driver.host": _LOOPBACK, "spark.driver.bindAddress": _LOOPBACK}
    if "SPARK_CONF_DIR" not in os.environ:
        quiet = scratch / "log4j2.properties"
        quiet.write_text(QUIET, encoding="utf-8")
        found["spark.driver.extraJavaOptions"] = f"-Dlog4j2.configurationFile={quiet.as_uri()}"
    return found


def _cores(spark: SparkSession) -> int:
    """How many tasks run at a time: what has come up of a cluster so far, or what was asked for, if that is more."""
    known = spark.sparkContext.getConf()
    asked = int(known.get("spark.executor.instances", "0")) * int(known.get("spark.executor.cores", "1"))
    return max(int(spark.sparkContext.defaultParallelism), asked, int(known.get("spark.cores.max", "0")))


def explained(error: Exception) -> Exception:
    """What Spark says in a hundred lines of Java, in one."""
    if isinstance(error, (UsageError, DataError, EvaluationError)):
        return error
    if isinstance(error, OSError):
        return UsageError(f"结果写不进去：{error}")
    text = str(error)
    if missing := re.search(r"ModuleNotFoundError: No module named '([^']+)'", text):
        hint = "每台执行机都要装 duban；打包环境的办法见 docs/scale.md"
        return UsageError("执行机的 Python 里缺组件", [Issue("U072", f"没有 {missing[1]}", hint=hint)])
    causes = re.findall(r"^(?:Caused by: |: )?((?:\w+\.)*\w*(?:Error|Exception)\b.*)$", text, re.MULTILINE)
    cause = causes[-1] if causes else (text.strip().splitlines() or [type(error).__name__])[0]
    return UsageError(f"Spark 未能完成：{cause[:500]}")


def size_of(text: str) -> int:
    """`256m` as Spark writes it, in bytes. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d+)\s*([kmgt]?)b?\s*", text.lower())
    if found is None or not int(found[1]):
        raise UsageError(f"{BATCH_BYTES}={text}", [Issue("U073", "应写成 256m、1g")])
    return int(found[1]) * _UNITS[found[2]]


def _tasks(spark: SparkSession, job: Job) -> DataFrame:
    """The rows of all batches. Each partition of the range holds one number: that of its batch."""

    def judged(numbers: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in numbers:
            for number in batch.column(0).to_pylist():
                yield from work(job, number)

    count = len(job.batches)
    return spark.range(0, count, 1, count).mapInArrow(judged, tables.ddl())


# --- the result


def _write(spark: SparkSession, order: Order, holdings: list[Holding], batches: list[Batch]) -> Run:
    from pyspark.storagelevel import StorageLevel

    limits = order.limits
    job = Job(
        order.root, ship(order.pack, order.settings), order.as_of, order.known_by, order.obligations, order.engine,
        limits.memory, limits.threads or 1, limits.temp_folder, versions(), tuple(batches),
    )  # fmt: skip
    system, base = open_root(order.out)
    stage, place = f"{base}/_duban-{uuid4().hex}", f"{base}/{partition(order)}"
    system.create_dir(stage, recursive=True)  # where nothing can be written nobody need judge for hours
    rows = _tasks(spark, job).persist(StorageLevel.DISK_ONLY)  # judged once, read for each table
    try:
        account = _account(spark, order, rows, holdings, batches)
        for name in tables.TABLES:
            _of_table(rows, name).write.mode("overwrite").parquet(f"{for_spark(order.out, base, stage)}/{name}")
        with system.open_output_stream(f"{stage}/{MANIFEST_FILE}") as stream:
            stream.write((json.dumps(account, ensure_ascii=False, indent=1) + "\n").encode())
        _put(system, stage, place, f"{stage}-old")
    finally:
        rows.unpersist()
        _remove(system, stage)
    return Run(place, account)


def _of_table(rows: DataFrame, name: str) -> DataFrame:
    return rows.where(f"`{name}` IS NOT NULL").select(f"{name}.*")


def partition(order: Order) -> str:
    """`pack=ID/as_of=2024-01-07`; a trial (other parameters, some obligations) never takes the place of the whole."""
    trial = {
        "settings": {name: str(value) for name, value in order.settings.items()},
        "obligations": sorted(order.obligations),
    }
    digest = sha256(json.dumps(trial, sort_keys=True).encode()).hexdigest()[:8]
    mark = f"~{digest}" if any(trial.values()) else ""
    return f"pack={order.pack.header.id}{mark}/as_of={_shown(order.as_of)}"


def _shown(moment: datetime) -> str:
    """24:00 of a day as the day; else the moment, without colons, which Hadoop does not have in paths."""
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return moment.date().fromordinal(moment.toordinal() - 1).isoformat()
    return moment.isoformat().replace(":", "")


def _account(
    spark: SparkSession, order: Order, rows: DataFrame, holdings: list[Holding], batches: list[Batch]
) -> dict[str, Any]:
    """run.json: what was asked, by which program, and what became of each jurisdiction.

    Raises EvaluationError if one is neither evaluated nor said not to be, DataError if none could be evaluated.
    """
    counties = _of_table(rows, tables.COUNTIES).select("jurisdiction", "state", "reason", "judge", "records").collect()
    failed = {row.jurisdiction: row.reason for row in sorted(counties) if row.state == tables.NOT_EVALUATED}
    if sorted(row.jurisdiction for row in counties) != [one.jurisdiction for one in holdings]:
        raise EvaluationError("有辖区既没有判定，也没有说明原因；未写入任何结果")
    if len(failed) == len(holdings):
        told = [Issue("D703", f"{name}：{reason}") for name, reason in list(failed.items())[:10]]
        raise DataError(f"{len(failed)}个辖区没有一个能判定，未写入任何结果：", told)
    counts = _of_table(rows, tables.COUNTS).groupBy("status").sum("duties", "cleared").collect()
    return {
        "duban": __version__,
        "pack": {"id": order.pack.header.id, "number": order.pack.header.number, "sha256": order.pack.digest},
        "as_of": order.as_of.isoformat(),
        "known_by": order.known_by.isoformat(),
        "settings": {name: str(value) for name, value in order.settings.items()},
        "obligations": sorted(order.obligations),
        "records": order.root,
        "versions": {**dict(versions()), "spark": spark.version},
        "judge": sorted({row.judge for row in counties if row.judge}),
        "counties": {"evaluated": len(holdings) - len(failed), "not_evaluated": len(failed)},
        "files": sum(len(one.files) for one in holdings),
        "bytes": sum(one.size for one in holdings),
        "rows": sum(row.records for row in counties),
        "batches": len(batches),
        "duties": {row.status: row["sum(duties)"] for row in sorted(counts)},
        "cleared": {row.status: row["sum(cleared)"] for row in sorted(counts) if row["sum(cleared)"]},
        "not_evaluated": failed,
    }


def for_spark(out: str, base: str, path: str) -> str:
    """A path of the result as Spark has it: S3 is `s3a`, and without a scheme it may take a path for one of HDFS."""
    if "://" not in out or out.startswith("file:"):
        return f"file://{path}"
    scheme = out.partition("://")[0]
    if scheme == "s3":
        return f"s3a://{path}"
    return out.split("?")[0].rstrip("/") + path[len(base) :]


def _put(system: Any, stage: str, place: str, old: str) -> None:
    """Put a finished run into its place: two renames, and for the moment between them there is none.

    A store of objects has no renames: there it is copied, and only `run.json`, which comes last, says that it is whole.
    """
    from pyarrow.fs import FileSelector, FileType, copy_files

    system.create_dir(place.rpartition("/")[0], recursive=True)
    there = system.get_file_info(place).type == FileType.Directory
    if system.type_name in ("s3", "gcs", "abfs"):
        if there:
            system.delete_dir(place)
        inside = system.get_file_info(FileSelector(stage))
        for info in sorted(inside, key=lambda info: info.base_name == MANIFEST_FILE):
            copy_files(info.path, f"{place}/{info.base_name}", source_filesystem=system, destination_filesystem=system)
        return
    if there:
        system.move(place, old)
    system.move(stage, place)
    _remove(system, old)


def _remove(system: Any, folder: str) -> None:
    from pyarrow.fs import FileType

    if system.get_file_info(folder).type == FileType.Directory:
        system.delete_dir(folder)
