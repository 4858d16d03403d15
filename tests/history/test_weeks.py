"""Two weeks of a county of five mines through the command line: recorded, compared, told, and run again byte by byte.

As of 8 December: M1 and M4 led one inspection in November where two are asked for; M2 led two; M3 is excused; M5 none.
By the 15th: M1 hands in a true inspection of 28 November (on the 12th); M5 is cleared by a person.
"""

from __future__ import annotations

import csv
import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

import duban
from duban.audit_manifest import audit_id
from duban.check.log import Entry
from duban.cli import duban as cli
from duban.errors import DubanError, UsageError
from duban.history import open_store, past_of, record
from duban.history.snapshots import account_of
from duban.history.tables import INTAKE, WAIVERS
from duban.report.results import data_of
from duban.report.tables import write

PACK = {
    "pack.yaml": """
id: small
number: 样发〔2023〕1号
title: 每月带队检查
issuer: 样县应急管理局
jurisdiction: 样县
timezone: Asia/Shanghai
complete: declared
windows: {winter: {from: 2023-11-01, to: 2023-12-31}}
parameters: {least: {type: int, default: 2, why: 通知原文}}
bearers:
  enterprise: {title: 企业, record: enterprise, key: enterprise_id, name: name, town: town, reports_through: town}
grounds: [自查自改不认真]
""",
    "records.yaml": """
enterprise:
  title: 企业名册
  key: enterprise_id
  complete: assumed
  fields:
    enterprise_id: {title: 企业编号, required: true}
    name: {title: 企业名称}
    town: {title: 所在镇}
inspection:
  title: 检查记录
  key: inspection_id
  time: day
  references: {enterprise_id: enterprise}
  fields:
    inspection_id: {title: 检查编号, required: true}
    enterprise_id: {title: 企业编号, required: true}
    day: {title: 检查时间, type: date, required: true}
""",
    "obligations/1-heads.yaml": """
# 一 带队检查
- id: head-leads
  title: 主要负责人每月带队检查不少于2次
  clause: 一
  quote: 每月带队检查不少于2次
  bearer: enterprise
  window: winter
  every: month
  perform: {record: inspection, distinct: day, at_least: param.least}
  ground: 自查自改不认真
""",
}
MANIFEST = "报送单位,所属主体,材料类型,数据起,数据止,收到时间\n甲岭镇,,检查记录,2023-11-01,2023-11-30,2023-12-03\n"
FIRST_WEEK = {
    "企业名册.csv": "企业编号,企业名称,所在镇\n" + "".join(f"M{n},样{n}号石料矿,甲岭镇\n" for n in range(1, 6)),
    "检查记录.csv": "检查编号,企业编号,检查时间\n"
    + "I1,M1,2023-11-14\nI2,M2,2023-11-02\nI3,M2,2023-11-20\nI4,M4,2023-11-09\n",
    "报送清单.csv": MANIFEST,
    "waivers.yaml": "".join(
        f"- {{obligation: head-leads, bearer: {who}, reason: 停产检修, approved_by: 局长, approved_on: 2023-11-05,"
        f" from: {start}, until: {end}}}\n"
        for who, start, end in (
            ("M3", "2023-11-01", "2023-11-30"),
            ("M2", "2023-11-01", "2023-12-30"),
            ("M2", "2023-11-01", "2023-11-10"),
        )
    ),
}
LATE_FILE = "检查编号,企业编号,检查时间,报送时间\nI5,M1,2023-11-28,2023-12-12\n"
CLEARING = "指纹,核实结果,核实人,核实日期,核实方式,佐证,情况说明,报送时间\n{},已澄清,张三,2023-12-13,现场,台账样1号,,\n"
RESULTS = [
    "audit.json", "duties.parquet", "issues.csv", "manual.csv", "missing.csv", "unproven.csv", "violations.csv",
    "waived.csv", "waivers.csv",
]  # fmt: skip


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def run(*arguments: object, code: int = 0, **env: str) -> str:
    result: Result = CliRunner(env={"DUBAN_STORE": None, **env}).invoke(cli, [str(one) for one in arguments])
    if isinstance(result.exception, DubanError):
        assert code == 2, result.exception
        return str(result.exception)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


class County:
    """The folders of the two weeks, with their store."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.pack = written(base / "small", PACK)
        self.store = base / "历史" / "duban.db"
        self.records = [written(base / "records1", FIRST_WEEK)]
        self.out = [base / "out1", base / "out2"]
        self.screens = [self.audit(self.records[0], "2023-12-08", self.out[0])]
        second = base / "records2"
        shutil.copytree(self.records[0], second)
        written(second, {"检查记录_补报.csv": LATE_FILE, "核实结果.csv": CLEARING.format(self.fingerprint("M5"))})
        self.records.append(second)
        self.screens.append(self.audit(second, "2023-12-15", self.out[1]))
        self.data = [data_of(out) for out in self.out]

    def audit(self, records: Path, as_of: str, out: Path, *more: object, code: int = 0) -> str:
        fixed = ("--rules", self.pack, "--as-of", as_of, "--out", out)
        return run("audit", records, *fixed, *(more or ("--store", self.store)), code=code)

    def fingerprint(self, bearer: str) -> str:
        text = (data_of(self.out[0]) / "violations.csv").read_text(encoding="utf-8-sig")
        (found,) = [row["fingerprint"] for row in csv.DictReader(StringIO(text)) if row["bearer_id"] == bearer]
        return found


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return County(tmp_path_factory.mktemp("small-county"))


# ---- what is told


def test_the_last_screen_says_what_changed(county: County) -> None:
    assert "这是本辖区、本规则包记入的第一次审核" in county.screens[0]
    assert "较上次（2023-12-08）：持续1、已补正1（其中资料后到1）、已澄清1" in county.screens[1]


def test_the_list_of_audits(county: County) -> None:
    rows = json.loads(run("history", "--store", county.store, "--format", "json"))
    told = [(row["as_of"], row["breached"], row["jurisdiction"], row["pack"], row["current"]) for row in rows]
    assert told == [("2023-12-08", 3, "样县", "small", True), ("2023-12-15", 1, "样县", "small", True)]
    assert [row["id"] for row in rows] == [account_of(out)["id"] for out in county.data]
    lines = run("history", DUBAN_STORE=str(county.store)).splitlines()
    assert lines[0] == "样县　small"
    assert lines[2].startswith(f"  {rows[1]['id'][:12]}  截至2023-12-15　未达到1　逾期0")
    assert run("history", "--store", county.store, "--jurisdiction", "别县") == "还没有审核\n"


def test_the_life_of_a_finding(county: County) -> None:
    """M05 of the story, on a small scale: shown as data that came later, not as an improvement."""
    lines = run("history", "--store", county.store, "show", county.fingerprint("M1")).splitlines()
    assert lines[0].endswith("主要负责人每月带队检查不少于2次")
    assert lines[2] == "  截至2023-12-08  未达到（待核实）　新增，首见2023-12-08，历时0周"
    assert lines[3] == (
        "  截至2023-12-15  已达到　已补正，首见2023-12-08，历时1周　[资料后到]　"
        "资料后到：2023-12-12报送的资料，所载为2023-12-08及以前的事"
    )
    rows = json.loads(run("history", "show", county.fingerprint("M5"), "--store", county.store, "--format", "json"))
    assert [(row["status"], row["verification"], row["course"]) for row in rows] == [
        ("breached", "待核实", "新增"), ("breached", "已澄清", "已澄清"),
    ]  # fmt: skip
    assert "没有指纹" in run("history", "show", "0000", "--store", county.store, code=2)


@pytest.mark.parametrize("names", [("2023-12-08", "2023-12-15"), ("out1", "out2"), ("out2", "out1")])
def test_two_audits_compared(county: County, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """By day from the store or by folder, in either order: the same."""
    monkeypatch.chdir(county.base)
    asked = ("diff", *names, "--store", county.store)
    found = json.loads(run(*asked, "--format", "json"))
    assert found["rules"] == []
    told = {
        (row["bearer_id"], row["course"], row["late_data"], row["before"], row["status"]) for row in found["findings"]
    }
    assert told == {
        ("M1", "已补正", True, "breached", "met"),
        ("M4", "持续", False, "breached", "breached"),
        ("M5", "已澄清", False, "breached", "breached"),
    }
    assert found["late_data"] == 1
    lines = run(*asked).splitlines()
    assert lines[1:4] == ["规则和口径：相同", "新增：0项", "持续：1项"]
    assert lines[4] == "已补正：1项，其中资料后到1项（不是此后行为的变化）"
    assert "样1号石料矿 2023-11-01至2023-11-30" in lines[5]
    assert "样4号石料矿" in run(*asked, "--all")
    rows = list(csv.DictReader(StringIO(run(*asked, "--format", "csv"))))
    assert [row["bearer_name"] for row in rows] == ["样4号石料矿", "样1号石料矿", "样5号石料矿"]


def test_a_change_of_rules_is_said_first(county: County, tmp_path: Path) -> None:
    """With one inspection a month M1 and M4 have done enough: by no conduct of theirs."""
    county.audit(county.records[0], "2023-12-08", tmp_path / "other", "--set", "least=1")
    lines = run("diff", county.data[0], tmp_path / "other").splitlines()
    assert lines[1:3] == ["规则或口径有1处不同，以下变化未必是履责的变化：", "  口径 least：2 → 1"]
    rows = json.loads(run("diff", county.data[0], tmp_path / "other", "--format", "json"))["findings"]
    assert {(row["bearer_id"], row["course"], row["late_data"]) for row in rows} == {
        ("M1", "已补正", False), ("M4", "已补正", False), ("M5", "持续", False),
    }  # fmt: skip


def test_what_cannot_be_compared_is_said(county: County, tmp_path: Path) -> None:
    assert "没有审核“2024-01-01”" in run("diff", county.data[0], "2024-01-01", "--store", county.store, code=2)
    assert "请加 --store" in run("diff", county.data[0], "2024-01-01", code=2)
    shutil.copytree(county.data[0], tmp_path / "broken")
    (tmp_path / "broken" / "duties.parquet").write_bytes(b"PAR1")
    assert "损坏" in run("diff", county.data[0], tmp_path / "broken", code=2)
    (tmp_path / "broken" / "audit.json").write_text("{}", encoding="utf-8")
    assert "没有可用的审核结果" in run("diff", county.data[0], tmp_path / "broken", code=2)


# ---- what is kept


def test_waivers_are_kept_with_what_became_of_them(county: County) -> None:
    """M3's excused its November; M2's cover no due but one that was kept; that one of them has run out by
    8 December leaves nothing open."""
    with open_store(county.store) as store, store.reading() as con:
        rows = con.execute(select(WAIVERS.c.bearer, WAIVERS.c.state).where(WAIVERS.c.audit == 1)).all()
    assert [tuple(row) for row in rows] == [("M3", "已使用"), ("M2", "未用上"), ("M2", "未用上")]


def test_an_audit_and_its_intake_are_kept_once(county: County, place: str, tmp_path: Path) -> None:
    """On either backend."""
    out = tmp_path / "out"
    entry = Entry(
        "2023-12-03T09:00:00", "甲岭镇", "2023-11", "检查记录.csv", "a" * 64, 10, ("inspection",), 4, "complete", 0, 0
    )
    with (
        duban.audit(county.records[0], county.pack, "2023-12-08", output=out) as audit,
        open_store(place) as store,
    ):
        files = write(audit, out)
        before = past_of(store, audit, None)
        first = record(store, audit, None, files, recorded_at=audit.as_of, intake=[entry, entry])
        again = record(store, audit, None, files, recorded_at=audit.as_of, intake=[entry])
        with store.reading() as con:
            rows = con.execute(select(INTAKE.c.sender, INTAKE.c.kinds)).all()
    assert [tuple(row) for row in rows] == [("甲岭镇", ["inspection"])]
    assert (first.id, first.again, again.again) == (account_of(county.data[0])["id"], False, True)
    assert before == first.past == again.past
    assert (first.past.before, [life.course.value for life in first.past.lives]) == (None, ["新增"] * 3)
    assert [(point.breached, point.unproven) for point in first.past.trend] == [(3, 0)]


def test_recording_again_changes_nothing(county: County, tmp_path: Path) -> None:
    before = run("history", "--store", county.store)
    again = county.audit(county.records[1], "2023-12-15", tmp_path / "again", "--store", county.store)
    assert "较上次（2023-12-08）：持续1、已补正1（其中资料后到1）、已澄清1" in again
    assert run("history", "--store", county.store) == before


@pytest.mark.parametrize("part", [("--bearer", "M1"), ("--obligation", "head-leads")])
def test_a_part_is_no_week(county: County, tmp_path: Path, part: tuple[str, str]) -> None:
    """One obligation is all that this pack has: naming it leaves nothing out."""
    told = county.audit(
        county.records[0], "2023-12-08", tmp_path / "part", *part, "--store", tmp_path / "h.db",
        code=2 if part[0] == "--bearer" else 0,
    )  # fmt: skip
    assert ("不能记入历史" in told) == (part[0] == "--bearer")


def test_frames_and_stores_without_results_are_refused(county: County, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = run("audit", county.records[0], "--rules", county.pack, "--store", tmp_path / "h.db", code=2)
    assert "--store needs --out" in told
    asked = ("audit", county.records[0], "--rules", county.pack, "--log", county.records[0] / "waivers.yaml")
    assert "--log needs --out" in run(*asked, code=2)
    assert "收件日志不可用" in run(*asked, "--out", out, "--store", tmp_path / "h.db", code=2)
    assert not out.exists()
    rows = [{"enterprise_id": "M1", "name": "样1号石料矿", "town": "甲岭镇"}]
    with (
        duban.audit({"enterprise": rows}, county.pack, "2023-12-08", output=out) as audit,
        open_store(tmp_path / "h.db") as store,
    ):
        files = write(audit, out)
        with pytest.raises(UsageError, match="内存数据"):
            record(store, audit, None, files, recorded_at=audit.as_of)


# ---- run again


def test_the_id_is_the_hash_of_what_the_audit_follows_from(county: County, tmp_path: Path) -> None:
    """Another folder, another number of threads, another day: the same audit, byte by byte."""
    account = account_of(county.data[0])
    assert account["id"] == audit_id(account["manifest"])
    assert sorted(account["results"]) == RESULTS
    shutil.copytree(county.records[0], tmp_path / "elsewhere")
    county.audit(tmp_path / "elsewhere", "2023-12-08", tmp_path / "other", "--threads", "1")
    other = account_of(data_of(tmp_path / "other"))
    assert (other["id"], other["results"]) == (account["id"], account["results"])
    assert str(county.base) not in json.dumps(account["manifest"])


@pytest.mark.parametrize("from_store", [True, False])
def test_replay_proves_every_file(county: County, from_store: bool) -> None:
    name = account_of(county.data[1])["id"][:10]
    asked = (name, "--store", county.store) if from_store else ("--out", county.data[1])
    told = run("replay", *asked)
    assert f"审核 {name}" in told
    assert f"{len(RESULTS)}个结果文件逐字节相同，0个不同" in told


def test_replay_of_a_part_from_elsewhere(county: County, tmp_path: Path) -> None:
    records = tmp_path / "moved" / "records"
    shutil.copytree(county.records[0], records)
    county.audit(records, "2023-12-08", tmp_path / "part", "--bearer", "M1", "--set", "least=1")
    records.rename(tmp_path / "there")
    assert "找不到台账" in run("replay", "--out", tmp_path / "part", code=2)
    assert "0个不同" in run("replay", "--out", tmp_path / "part", "--records", tmp_path / "there")


def test_replay_refuses_what_is_not_the_same_with_a_list(county: County, tmp_path: Path) -> None:
    records = tmp_path / "records"
    shutil.copytree(county.records[1], records)
    (records / "检查记录_补报.csv").unlink()
    written(
        records, {"企业名册.csv": FIRST_WEEK["企业名册.csv"] + "M6,样6号石料矿,甲岭镇\n", "检查记录_新.csv": LATE_FILE}
    )
    written(records, {"waivers.yaml": ""})
    told = run("replay", "--out", county.data[1], "--records", records, code=2)
    for line in (
        "有4处与当时不同", "文件已改 企业名册.csv", "缺文件 检查记录_补报.csv", "多出文件 检查记录_新.csv",
        "批准不计入（waivers.yaml）已改", "--records",
    ):  # fmt: skip
        assert line in told
    pack = tmp_path / "small"
    shutil.copytree(county.pack, pack)
    county.audit(county.records[0], "2023-12-08", tmp_path / "out", "--rules", pack)
    written(pack, {"obligations/1-heads.yaml": PACK["obligations/1-heads.yaml"].replace("不少于2次\n", "不少于两次\n")})
    assert "规则包文件已改" in run("replay", "--out", tmp_path / "out", code=2)


def test_replay_says_what_differs(county: County, tmp_path: Path) -> None:
    """Results of which somebody changed the hash: what a program that is not the same would give."""
    shutil.copytree(county.data[0], tmp_path / "out")
    account: dict[str, Any] = account_of(tmp_path / "out")
    account["results"]["violations.csv"] = "0" * 64
    account["manifest"]["versions"]["duckdb"] = "0.0"
    (tmp_path / "out" / "audit.json").write_text(json.dumps(account), encoding="utf-8")
    assert "审核凭单被改动过" in run("replay", "--out", tmp_path / "out", code=2)
    account["id"] = audit_id(account["manifest"])
    (tmp_path / "out" / "audit.json").write_text(json.dumps(account), encoding="utf-8")
    told = run("replay", "--out", tmp_path / "out", code=1)
    assert "1个不同" in told
    assert "  不同 violations.csv" in told
    assert "程序与当时不同：duckdb 0.0 →" in told
    assert "name an audit" in run("replay", code=2)
    assert "不是 ffff" in run("replay", "ffff", "--out", tmp_path / "out", code=2)


def test_a_store_that_cannot_be_used_is_said_before_the_audit(county: County, tmp_path: Path) -> None:
    told = county.audit(county.records[0], "2023-12-08", tmp_path / "out", "--store", tmp_path, code=2)
    assert "是文件夹，不是历史库" in told
    assert not (tmp_path / "out").exists()
