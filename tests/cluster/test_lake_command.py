"""`duban audit ROOT --spark MASTER`: what it refuses, what it says, and how it ends. Spark is played by a stub."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from duban import cli, cluster
from duban.cluster import Order, Run, session
from duban.errors import EvaluationError, UsageError

ACCOUNT = {
    "counties": {"evaluated": 2, "not_evaluated": 0}, "files": 9, "rows": 1_234, "batches": 2,
    "duties": {"breached": 3, "late": 1, "met": 1_000}, "cleared": {"breached": 1}, "not_evaluated": {},
}  # fmt: skip
FAILED = {
    **ACCOUNT,
    "counties": {"evaluated": 1, "not_evaluated": 1},
    "not_evaluated": {"0571": "check.parquet：读不出"},
}
Played = Callable[..., tuple[int, str, str, list[tuple[Order, str]]]]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], rules: Path) -> Played:
    """Runs the command on a cluster that answers with an account: exit code, what it said, and what was asked of it."""

    def call(*words: object, account: dict[str, Any] = ACCOUNT) -> tuple[int, str, str, list[tuple[Order, str]]]:
        asked: list[tuple[Order, str]] = []

        def run(order: Order, master: str) -> Run:
            asked.append((order, master))
            return Run("/out/pack=lake/as_of=2024-01-07", account)

        monkeypatch.setattr(cluster, "run", run)
        given = ["duban", "audit", "--rules", rules, "--as-of", "2024-01-07", "--spark", "local[2]", *words]
        monkeypatch.setattr(sys, "argv", list(map(str, given)))
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        assert isinstance(caught.value.code, int)
        return caught.value.code, printed.out, printed.err, asked

    return call


def test_it_says_how_many_counties_and_duties(played: Played) -> None:
    code, said, _, _ = played("/lake", "--out", "/out")
    assert code == 0
    assert said.splitlines() == [
        "一号　通知",
        "内部资料·机器初筛·未经核实·不作为处罚依据",
        "",
        "辖区：共 2 个，已判定 2 个，未能判定 0 个；台账 9 个文件 1,234 行，分 2 批",
        "履责项：共 1,004 项",
        "  未达到（待核实） 3（其中已澄清 1）",
        "  逾期达到 1",
        "  已达到 1,000",
        "结果：/out/pack=lake/as_of=2024-01-07",
    ]


def test_a_county_that_was_not_evaluated_is_named_and_ends_in_2(played: Played) -> None:
    code, said, _, _ = played("/lake", "--out", "/out", "--fail-on", "breached", account=FAILED)
    assert code == 2
    assert "未能判定的辖区：1 个，不计入以上各数\n  0571：check.parquet：读不出\n" in said


@pytest.mark.parametrize(("fail_on", "code"), [("never", 0), ("breached", 1), ("late", 1)])
def test_it_fails_on_what_an_audit_fails_on(played: Played, fail_on: str, code: int) -> None:
    assert played("/lake", "--out", "/out", "--quiet", "--fail-on", fail_on)[:2] == (code, "")


def test_what_a_person_has_cleared_does_not_fail(played: Played) -> None:
    account = {**ACCOUNT, "duties": {"breached": 1, "met": 5}}
    assert played("/lake", "--out", "/out", "--quiet", "--fail-on", "breached", account=account)[0] == 0


def test_json_is_the_account_of_the_run(played: Played) -> None:
    code, said, _, _ = played("/lake", "--out", "/out", "--format", "json")
    assert code == 0
    assert json.loads(said) == {**ACCOUNT, "folder": "/out/pack=lake/as_of=2024-01-07"}


def test_what_is_asked_reaches_the_cluster(played: Played) -> None:
    words = ("hdfs://name/lake", "--out", "hdfs://name/out", "--memory", "2GB", "--threads", "2", "--set", "needed=1")
    _, _, _, ((order, master),) = played(*words, "--obligation", "checks", "--no-reports")
    assert master == "local[2]"
    assert (order.root, order.out) == ("hdfs://name/lake", "hdfs://name/out")  # an address stays one
    assert (order.limits.memory, order.limits.threads) == ("2GB", 2)
    assert (order.settings, order.obligations) == ({"needed": "1"}, ("checks",))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["/lake"], "请加 --out"),
        (["/lake", "/other", "--out", "/out"], "只认一个数据湖"),
        (["/lake", "--out", "/out", "--bearer", "A"], "--bearer：请在结果的 duties 表中按主体筛选"),
        (["/lake", "--out", "/out", "--store", "s.db"], "--store：历史库按县记"),
        (["/lake", "--out", "/out", "--reports"], "--reports：不写报告"),
        (["/lake", "--out", "/out", "--other-readings"], "--other-readings"),
        (["/lake", "--out", "/out", "--format", "csv"], "只有 text 和 json"),
        (["/lake", "--out", "/out", "--obligation", "check"], "没有义务“check”"),
    ],
)
def test_what_it_does_not_do_is_refused(played: Played, words: list[str], said: str) -> None:
    code, _, errors, asked = played(*words)
    assert (code, asked) == (2, [])
    assert said in errors


def test_a_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyspark" else there(name))
    with pytest.raises(UsageError) as error:
        session.installed()
    assert "没有安装 pyspark" in str(error.value)
    assert "pip install 'duban[spark]'" in str(error.value)


def test_a_missing_java_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="中没有 java") as error:
        session.installed()
    assert "openjdk-17-jre-headless" in str(error.value)
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="找不到 java"):
        session.installed()


def test_what_spark_says_becomes_one_line() -> None:
    trace = "An error occurred.\n: org.apache.spark.SparkException: Job aborted\n\tat a.B.c(B.java)\n"
    assert str(session.explained(RuntimeError(trace))) == "Spark 未能完成：org.apache.spark.SparkException: Job aborted"
    worker = "…\nModuleNotFoundError: No module named 'duban'\n…"
    assert "没有 duban" in str(session.explained(RuntimeError(worker)))
    assert str(session.explained(PermissionError(13, "denied", "/out"))).startswith("结果写不进去")
    own = EvaluationError("第 3 步")
    assert session.explained(own) is own


@pytest.mark.parametrize(
    ("text", "size"), [("256m", 256 << 20), ("1G", 1 << 30), ("512", 512), ("8kb", 8 << 10), (" 2t ", 2 << 40)]
)
def test_sizes_are_written_as_spark_writes_them(text: str, size: int) -> None:
    assert session.size_of(text) == size


@pytest.mark.parametrize("text", ["", "0", "many", "1.5g"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="batchBytes"):
        session.size_of(text)


@pytest.mark.parametrize(
    ("out", "base", "path", "found"),
    [
        ("/out", "/out", "/out/x", "file:///out/x"),
        ("file:///out", "/out", "/out/x", "file:///out/x"),
        ("hdfs://name:8020/out", "/out", "/out/x", "hdfs://name:8020/out/x"),
        ("s3://bucket/out?region=cn-north-1", "bucket/out", "bucket/out/x", "s3a://bucket/out/x"),
    ],
)
def test_spark_has_its_own_names_for_places(out: str, base: str, path: str, found: str) -> None:
    assert session.for_spark(out, base, path) == found
