"""Where the time went: stages within stages, rows, steps; what is told of it, and that it changes no result."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from delivery_world import audit, county, run
from duban import stopwatch
from duban.report.results import DATA
from duban.report.timings import where_it_went
from duban.stopwatch import Part, Ran, Stopwatch, kind_of, timed


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks that go on by one second, and a processor that works half of it, whenever they are read."""
    read = {"wall": 100.0, "cpu": 10.0}

    def tick(name: str, by: float) -> float:
        read[name] += by
        return read[name]

    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: tick("wall", 1))
    monkeypatch.setattr(stopwatch.time, "process_time", lambda: tick("cpu", 0.5))
    monkeypatch.setattr(stopwatch, "since_launch", lambda: 3.0)


def test_without_a_watch_nothing_is_timed() -> None:
    with timed("读资料") as part:
        assert part is None
    assert stopwatch.running() is None


@pytest.mark.usefixtures("ticking")
def test_stages_lie_within_stages_and_add_up() -> None:
    """Each stage reads the clock when it begins and when it ends: the outer one has the four readings of the inner."""
    with Stopwatch().running() as watch:
        with timed("读资料"):
            for _ in range(2):
                with timed("hazard"):
                    pass
        with pytest.raises(ValueError, match="x"), timed("编译"):
            raise ValueError("x")
    read = watch.whole.parts["读资料"]
    assert (read.wall, read.cpu) == (5, 2.5)
    assert (read.parts["hazard"].wall, read.parts["hazard"].cpu) == (2, 1)
    assert watch.whole.parts["编译"].wall == 1
    assert watch.whole.parts["启动"].wall == 3
    assert list(watch.whole.parts) == ["启动", "读资料", "编译"]


def test_a_watch_is_of_its_thread() -> None:
    with Stopwatch().running():
        found: list[Stopwatch | None] = []
        other = threading.Thread(target=lambda: found.append(stopwatch.running()))
        other.start()
        other.join()
        assert found == [None]
        assert stopwatch.running() is not None


def test_rows_and_steps_are_told() -> None:
    watch = Stopwatch()
    watch.whole.parts = {"读资料": Part(2.0, 3.0, parts={"hazard": Part(0.5, 0.4), "town": Part(0.001, 0.001)})}
    stopwatch.count_rows(watch.whole.parts["读资料"], [("hazard", 1200), ("town", 3), ("drill", 0)])
    stopwatch.count_rows(None, [("hazard", 1)])
    for step, seconds, rows in (
        ("a/frame", 0.25, 4),
        ("b/frame", 0.5, 2),
        ("seen/hazard", 0.125, 9),
        ("a/frame", 0.5, 1),
    ):
        watch.ran(step, seconds, rows)
    assert watch.kinds() == {"ID/frame": Ran(1.25, 6, 3), "seen": Ran(0.125, 9, 1)}
    assert list(watch.slowest(2)) == ["a/frame", "b/frame"]
    told = watch.told()
    assert told["stages"]["读资料"]["parts"]["hazard"] == {"wall": 0.5, "cpu": 0.4, "rows": 1200}
    assert told["steps"][0] == {"name": "a/frame", "wall": 0.75, "rows": 4, "times": 2}
    shown = [line.split() for line in where_it_went(watch)]
    assert ["hazard", "0.50", "0.40", "1,200"] in [[word.strip("　") for word in line] for line in shown]
    assert not any("town" in word for line in shown for word in line)  # too little to be shown


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("duties", "duties"),
        ("seen/hazard", "seen"),
        ("scan/inspection/enterprise_id/loose", "scan"),
        ("o-1/otherwise 2/test", "ID/otherwise"),
        ("o-1/proof/0", "ID/proof"),
    ],
)
def test_the_kind_of_a_step(step: str, kind: str) -> None:
    assert kind_of(step) == kind


def test_it_stands_in_audit_json_and_in_no_result(tmp_path: Path) -> None:
    """The id and the hash of every result are those of a run without; a replay finds nothing that differs."""
    places = county(tmp_path)
    audit(*places, tmp_path / "out")
    said = audit(
        *places,
        tmp_path / "out",
        "--timings",
        "--profile-step",
        "bearer/enterprise",
        "--profile-step",
        "bearer/enterprize",
    )
    plain, timed_ = (
        json.loads((tmp_path / "out" / name / DATA / "audit.json").read_text("utf-8"))
        for name in ("2023-12-03", "2023-12-03-2")
    )
    told = timed_.pop("timings")
    assert timed_ == plain
    stages = [
        "启动",
        "读规则包",
        "读资料",
        "核对报送材料",
        "编译",
        "推算",
        "判断",
        "载入报告程序",
        "写出数据",
        "查历史",
        "报告",
        "入库",
    ]
    assert list(told["stages"]) == stages
    assert told["stages"]["读资料"]["parts"]["inspection"]["rows"] == 6
    assert {"1-局领导", "2-股室内部", "3-县安委办", "4-发各镇"} <= told["stages"]["报告"]["parts"].keys()
    assert {"name": "bearer/enterprise", "rows": 3} in [
        {key: step[key] for key in ("name", "rows")} for step in told["steps"]
    ]
    for text in (
        "用时：",
        "最慢的步骤：",
        "bearer/enterprise：",
        "ms            3  ",
        "没有执行名为“bearer/enterprize”的步骤，是不是：bearer/enterprise",
    ):
        assert text in said
    assert "逐字节" in run("replay", "--out", tmp_path / "out" / "2023-12-03-2")
