"""Waivers: which count, which are refused and said aloud, what each covers, and that all outputs say the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import duban
from duban.model import Status, WaiverState, WaiverUse
from duban.pack import load_pack
from duban.report.screen import screen
from duban.report.tables import write
from duban.report.waivers import in_order, write_csv
from duban.waivers import FILE, check_waivers, read_waivers

PACK = load_pack("zezhou-2023-331")
MONTHLY, LEGAL = "head-leads-inspections", "all-staff-trained"
BLAST = "no-blasting-in-severe-weather"
FILES = {
    "企业名册.csv": """
企业编号,企业名称,所在镇,生产状态,主要负责人,县监管部门
M01,一矿,甲岭镇,生产,M01矿长,云示县应急管理局
M02,二矿,甲岭镇,生产,M02矿长,云示县应急管理局
""",
    "检查记录.csv": """
检查编号,检查主体,被检查企业编号,检查时间,带队领导
I1,企业主要负责人带队,M02,2023-11-14,M02矿长
I2,企业主要负责人带队,M02,2023-11-16,M02矿长
""",
    "报送清单.csv": """
报送单位,所属主体,材料类型,数据起,数据止,收到时间
甲岭镇,,检查记录,2023-11-01,2023-12-31,2024-01-03
云示县应急管理局,,约谈记录,2023-11-01,2023-12-21,2023-12-21
""",
    "约谈记录.csv": """
纪要编号,企业编号,约谈日期,书面反馈期限,报送时间
Y1,M01,2023-12-01,2023-12-10,2023-12-02
""",
}
SIGNED = {"reason": "大雪封山", "approved_by": "局长", "approved_on": "2023-12-20"}


def granted(**words: Any) -> dict[str, Any]:
    """A waiver on M01's November, with some words changed; None takes one away."""
    usual = {"obligation": MONTHLY, "bearer": "M01", **SIGNED, "from": "2023-11-30", "until": "2023-11-30"}
    return {name: value for name, value in {**usual, **words}.items() if value is not None}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two mines; M01's head led no inspection in November and December, M02's two in November."""
    folder = tmp_path_factory.mktemp("records")
    for name, text in FILES.items():
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def judged(records: Path, *waivers: dict[str, Any], as_of: str = "2024-01-07", **words: Any) -> duban.Audit:
    return duban.audit(records, PACK, **{"as_of": as_of, "waivers": waivers, "obligations": [MONTHLY], **words})


WHY = [
    # the waiver, what becomes of it, the code that is said, a part of why
    (granted(), WaiverState.USED, "", ""),
    (granted(until="2023-12-31"), WaiverState.USED, "", ""),
    (granted(until="2024-01-31", bearer="M02", **{"from": "2024-01-01"}), WaiverState.USED, "", ""),  # not due yet
    (granted(bearer="M02"), WaiverState.UNUSED, "W007", "为已达到，没有用上，且已于2023-11-30过期"),
    (granted(until="2023-11-29", **{"from": "2023-11-01"}), WaiverState.UNUSED, "W007", "期限为2023-11-30、2023-12-31"),
    (granted(bearer="M1"), WaiverState.UNUSED, "W007", "没有责任主体“M1”（须写编号），是否为“M01”？"),
    (granted(bearer="一矿"), WaiverState.UNUSED, "W007", "是否为“M01”？"),
    (granted(approved_on="2024-01-08"), WaiverState.LATER, "W005", "2024-01-08晚于本次掌握时点"),
    (granted(approved_on="2024-01-07"), WaiverState.USED, "", ""),
    (granted(jurisdiction="邻县"), WaiverState.UNUSED, "W007", "没有责任主体“M01”"),
    (granted(obligation="town-covers-all-mines"), WaiverState.UNUSED, "W007", "本次没有审核这条义务"),
    (granted(obligation=None, bearer=None, fingerprint="f" * 16), WaiverState.UNUSED, "W007", "没有指纹为ffff"),
    (granted(obligation="企业主要负责人每月带队检查不少于2次"), WaiverState.USED, "", ""),
    # refused before anything is judged
    (granted(obligation=LEGAL), WaiverState.REFUSED, "W004", "法定义务"),
    (granted(obligation="head-lead-inspections"), WaiverState.REFUSED, "W003", "不存在"),
    (granted(reason=None), WaiverState.REFUSED, "W002", "缺“理由”"),
    (granted(reason=""), WaiverState.REFUSED, "W002", "缺“理由”"),
    (granted(approved_by=None), WaiverState.REFUSED, "W002", "缺“批准人”"),
    (granted(approved_on="下周"), WaiverState.REFUSED, "W002", "“批准日期”（approved_on）不是日期：下周"),
    (granted(until=None), WaiverState.REFUSED, "W002", "缺“止”"),
    (granted(until="2023-11-29"), WaiverState.REFUSED, "W002", "“起”（2023-11-30）晚于“止”（2023-11-29）"),
    (granted(bearer=None), WaiverState.REFUSED, "W002", "没有写明是哪一项"),
    (granted(until="2023-11-30", untill="2023-11-30"), WaiverState.REFUSED, "W002", "是否为 until？"),
    (granted(bearer=1), WaiverState.REFUSED, "W002", "应写成文字：1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def each(records: Path, out: Path) -> Iterator[duban.Audit]:
    """All of them in one audit; none knows of another."""
    with judged(records, *(waiver for waiver, *_ in WHY), output=out) as audit:
        yield audit


@pytest.mark.parametrize("number", range(len(WHY)))
def test_what_becomes_of_a_waiver_and_why(each: duban.Audit, number: int) -> None:
    _, state, code, why = WHY[number]
    (found,) = [one for one in each.waivers if one.place == f"waivers[{number}]"]
    assert (found.state, bool(found.duties)) == (state, state is WaiverState.USED)
    assert why in found.why
    assert [issue.code for issue in each.issues if str(issue.place) == found.place] == ([code] if code else [])


def test_it_covers_the_dues_in_it_the_last_day_included(each: duban.Audit) -> None:
    duties = dict(each.connection.execute("SELECT fingerprint, due FROM duties").fetchall())
    dues = {one.place: sorted(str(duties[print_]) for print_ in one.duties) for one in each.waivers}
    assert dues["waivers[0]"] == ["2023-12-01 00:00:00"]
    assert dues["waivers[1]"] == ["2023-12-01 00:00:00", "2024-01-01 00:00:00"]


def test_a_legal_duty_is_refused_by_its_fingerprint_too(records: Path) -> None:
    with judged(records, obligations=[LEGAL], as_of="2024-02-10") as audit:
        fingerprint, status = audit.connection.execute(
            "SELECT fingerprint, status FROM duties WHERE bearer_id = 'M01'"
        ).fetchone()  # type: ignore[misc]
    waiver = granted(obligation=None, bearer=None, fingerprint=fingerprint, until="2024-02-28")
    with judged(records, waiver, obligations=[LEGAL], as_of="2024-02-10") as audit:
        assert audit.waivers[0].state is WaiverState.REFUSED
        assert [issue.code for issue in audit.issues if issue.code.startswith("W")] == ["W004"]
        rows = audit.connection.execute("SELECT status FROM duties WHERE bearer_id = 'M01'").fetchall()
        assert rows == [(status,)]
        assert status != "waived"


def test_an_expired_one_is_an_error_where_something_is_open(records: Path) -> None:
    """A feedback was due 12-11: a waiver holds while as_of ≤ until; afterwards it is breached as without one."""
    days = {"approved_on": "2023-12-05", "from": "2023-12-01", "until": "2023-12-20"}
    waiver = granted(obligation="interview-feedback", **days)
    said = []
    for as_of in ("2023-12-20", "2023-12-21"):
        with judged(records, waiver, obligations=["interview-feedback"], as_of=as_of) as audit:
            ((status,),) = audit.connection.execute("SELECT status FROM duties WHERE trigger_id <> ''").fetchall()
            found = [(issue.code, issue.severity.value) for issue in audit.issues if issue.code.startswith("W")]
            said.append((status, audit.waivers[0].state, found))
    assert said == [
        ("waived", WaiverState.USED, []),
        ("breached", WaiverState.EXPIRED, [("W006", "error")]),
    ]


def test_a_sheet_among_the_records_is_as_good_as_the_file(records: Path, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text.lstrip("\n"), encoding="utf-8")
    (tmp_path / "经批准不计入.csv").write_text(
        "义务,责任主体,理由,批准人,批准日期,起,止,报送时间\n"
        f"{MONTHLY},M01,大雪封山,局长,2023-12-20,2023-11-30,2023-11-30,\n"
        f"{MONTHLY},M02,,局长,2023-12-20,2023-11-30,2023-11-30,\n"
        f"{MONTHLY},M01,检修,局长,2023-12-20,2023-12-31,2023-12-31,2024-01-09\n",
        encoding="utf-8",
    )
    (tmp_path / FILE).write_text(
        f"- {{obligation: {MONTHLY}, bearer: M01, reason: 检修, approved_by: 局长,"
        " approved_on: 2023-12-20, from: 2023-12-31}\n",
        encoding="utf-8",
    )
    with judged(tmp_path, waivers=None) as audit:
        found = [(one.place, one.state) for one in audit.waivers]
        assert found == [
            ("经批准不计入.csv 第2行", WaiverState.USED),
            ("经批准不计入.csv 第4行", WaiverState.LATER),  # handed in after known_by
            ("waivers.yaml:1", WaiverState.REFUSED),
            ("经批准不计入.csv 第3行", WaiverState.REFUSED),
        ]
        statuses = audit.connection.execute("SELECT status FROM duties WHERE bearer_id = 'M01' ORDER BY due").fetchall()
        assert statuses[:2] == [("waived",), ("breached",)]


def test_every_output_says_the_same(each: duban.Audit, out: Path) -> None:
    write(each, out)
    shown = "\n".join(screen(each))
    told = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    with (out / "waivers.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    with (out / "waived.csv").open(encoding="utf-8-sig", newline="") as text:
        waived = [row["fingerprint"] for row in csv.DictReader(text)]
    states = [one.state.value for one in each.waivers]
    assert [one["state"] for one in told["waivers"]] == [row["state"] for row in rows] == states
    covered = {print_ for one in each.waivers for print_ in one.duties}
    assert set(waived) == covered == {print_ for row in rows for print_ in row["duties"].split("；") if print_}
    assert told["duties"]["waived"] == each.counts[Status.WAIVED] == 3
    used = states.count("已使用")
    assert f"经批准不计入：3项履责项；批准{len(WHY)}份：已使用{used}份" in shown
    assert not covered & set(each.violations["fingerprint"])
    names = {"M01“企业主要负责人每月带队检查不少于2次”，2023-11-30至2023-11-30：大雪封山（局长，2023-12-20批准）"}
    assert all(name in "\n".join(screen(each, most=100)) for name in names)


def test_no_text_of_a_waiver_is_a_formula(tmp_path: Path) -> None:
    (waiver,) = check_waivers([granted(reason="=1+1")], PACK).items
    write_csv([waiver.use(WaiverState.USED)], {}, tmp_path / "waivers.csv")
    assert ",'=1+1," in (tmp_path / "waivers.csv").read_text(encoding="utf-8-sig")


def test_a_mistake_of_the_file_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(
        f"- obligation: {MONTHLY}\n  bearer: M01\n  reason: 雪\n  approved_by: 局长\n"
        "  approved_on: 20231220\n  from: 2023-11-30\n  until: 2023-11-30\n- 大雪\n",
        encoding="utf-8",
    )
    found = read_waivers(path, PACK)
    assert [(issue.code, issue.place.line) for issue in found.issues] == [("W002", 5), ("W002", 8)]
    assert "不是日期：20231220" in found.issues[0].message
    assert found.items == ()
    path.write_text("obligation: x\n", encoding="utf-8")
    assert [issue.code for issue in read_waivers(path, PACK).issues] == ["W001"]


def test_days_may_be_days() -> None:
    words = granted(approved_on=date(2023, 12, 20))
    assert check_waivers([words], PACK).items[0].waiver.approved_on == date(2023, 12, 20)


def test_states_are_listed_with_what_wants_a_person_first() -> None:
    made = [WaiverUse("", state, "", "", "", "", "", "", "", None, None, None) for state in WaiverState]
    assert [one.state.value for one in in_order(made)] == ["不予采用", "已过期", "未用上", "尚未生效", "已使用"]
