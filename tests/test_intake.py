"""`duban intake`: what the draft of a manifest says about small folders; the expected lines are worked out by hand."""

from __future__ import annotations

import csv
import os
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import duban
from duban.cli import duban as cli
from duban.intake import Line, intake
from duban.pack import load_pack

PACK = load_pack("zezhou-2023-331")
BUREAU = "云示县应急管理局"
ROSTERS = {
    "town.csv": "镇,镇应急管理中心,镇党政办\n甲岭镇,甲岭镇应急管理中心,甲岭镇党政办\n",
    "county.csv": f"单位名称\n{BUREAU}\n",
    "enterprise.csv": "企业编号,企业名称,所在镇,生产状态\nM01,甲岭样01号矿,甲岭镇,生产\nM02,甲岭样02号矿,甲岭镇,生产\n",
}
CHECKS = "检查编号,检查主体,被检查企业编号,检查时间,填报单位,报送时间\n"


def folder(path: Path, files: dict[str, str]) -> Path:
    """A folder of hand-ins, with the rosters beside them."""
    for name, text in {**ROSTERS, **files}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8-sig")
    return path


def drafted(path: Path) -> list[Line]:
    return list(intake(path, PACK).lines)


def told(line: Line) -> tuple[str, str, str, str, str, int]:
    days = (str(line.covered_from), str(line.covered_through))
    return (line.sender, line.subject, line.record_type, *days, line.rows)


def test_a_town_gets_a_line_for_itself_and_one_for_each_mine(tmp_path: Path) -> None:
    """Received on 12-04, after November's end: it covers the month. M02 has no row: a doubt, not an answer."""
    rows = "I1,镇中心,M01,2023-11-20,甲岭镇,2023-12-04 10:00\nI2,企业自查,M01,2023-11-28,甲岭镇,2023-12-04 10:00\n"
    lines = drafted(folder(tmp_path, {"检查记录_2023-11.csv": CHECKS + rows}))
    assert [told(line) for line in lines] == [
        ("甲岭镇", "甲岭镇应急管理中心", "检查记录", "2023-11-01", "2023-11-30", 2),
        ("甲岭镇", "M01", "检查记录", "2023-11-01", "2023-11-30", 2),
        ("甲岭镇", "M02", "检查记录", "2023-11-01", "2023-11-30", 0),
    ]
    assert [line.received_at for line in lines] == [datetime(2023, 12, 4, 10)] * 3
    assert [bool(line.doubts) for line in lines] == [False, False, True]


def test_a_file_within_its_month_covers_what_it_shows_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """The file of the 25th stops at its last row; the supplement of 12-04 begins the day after."""
    first = "I1,企业主要负责人带队,M01,2023-11-22,M01,2023-11-25 16:00\n"
    second = "I2,企业主要负责人带队,M01,2023-11-28,M01,2023-12-04 10:00\n"
    files = {"检查记录_2023-11.csv": CHECKS + first, "检查记录_2023-11补报.csv": CHECKS + second}
    lines = drafted(folder(tmp_path, files))
    assert [told(line)[3:5] for line in lines] == [("2023-11-01", "2023-11-22"), ("2023-11-23", "2023-11-30")]
    assert "2023-11-22" in lines[0].doubts[0]
    assert lines[1].doubts == ()


def test_a_form_names_its_month_and_the_day_it_was_filled_in(tmp_path: Path) -> None:
    """附件: 所属月份 December, 填表日期 12-25, sent that day; the folder is the town's, nobody wrote 填报单位."""
    text = (
        "填报镇,所属月份,行,填表日期,一般隐患排查\n甲岭镇,2023-12,本期,2023-12-25,3\n甲岭镇,2023-12,累计,2023-12-25,7\n"
    )
    path = folder(tmp_path, {"甲岭镇/工作报表.csv": text})
    moment = datetime(2023, 12, 25, 17, 20).timestamp()
    os.utime(path / "甲岭镇/工作报表.csv", (moment, moment))
    (line,) = drafted(path)
    assert told(line) == ("甲岭镇", "甲岭镇应急管理中心", "工作报表", "2023-12-01", "2023-12-25", 2)
    assert line.received_at == datetime(2023, 12, 25, 17, 20)
    assert "报送单位取文件夹“甲岭镇”" in line.grounds
    assert "没有报送时间，请填实际收到的时间" in line.doubts


def test_a_register_that_is_kept_day_by_day_is_one_hand_in(tmp_path: Path) -> None:
    """The bureau enters each check in the evening: one line to the last entry, not one a day."""
    rows = "".join(f"B{n},县局,M01,2023-11-{n} 09:00,{BUREAU},2023-11-{n} 17:30\n" for n in (13, 14, 15, 16, 17))
    lines = drafted(folder(tmp_path, {"检查记录_县局.csv": CHECKS + rows}))
    assert [told(line) for line in lines] == [(BUREAU, BUREAU, "检查记录", "2023-11-01", "2023-11-17", 5)]


def test_strangers_and_empty_tables_are_doubted(tmp_path: Path) -> None:
    rows = "I1,企业自查,M01,2023-11-20,某某公司,2023-12-04\n"
    lines = drafted(
        folder(
            tmp_path,
            {"检查记录_2023-11.csv": CHECKS + rows, "甲岭镇/爆破记录_2023-11.csv": "爆破编号,企业编号,爆破时间\n"},
        )
    )
    stranger = next(line for line in lines if line.record_type == "检查记录")
    assert "名册里没有“某某公司”" in stranger.doubts
    empty = [line for line in lines if line.record_type == "爆破记录"]
    assert {line.subject for line in empty} == {"甲岭镇应急管理中心", "M01", "M02"}
    assert all("空表：请确认是“没有发生”，还是没有填" in line.doubts for line in empty)


def test_what_the_manifest_knows_is_not_listed_again(tmp_path: Path) -> None:
    rows = "I1,企业自查,M01,2023-11-20,M01,2023-12-04 10:00\n"
    manifest = "报送单位,材料类型,数据起,数据止,收到时间\nM01,检查记录,2023-11-01,2023-11-30,2023-12-04 10:00\n"
    found = intake(folder(tmp_path, {"检查记录_2023-11.csv": CHECKS + rows, "报送清单.csv": manifest}), PACK)
    assert (found.lines, found.known) == ((), 1)


@pytest.mark.parametrize(("word", "status"), [("否", "unproven"), ("是", "breached")])
def test_a_draft_proves_nothing_until_it_is_confirmed(tmp_path: Path, word: str, status: str) -> None:
    """One led inspection of two in November; the ledger counts as handed in only where the officer wrote 是."""
    head = "检查编号,检查主体,被检查企业编号,检查时间,带队领导,填报单位,报送时间\n"
    rows = "I1,企业主要负责人带队,M01,2023-11-20,M01矿长,M01,2023-12-04 10:00\n"
    path = folder(tmp_path / "in", {"检查记录_2023-11.csv": head + rows})
    roster = ROSTERS["enterprise.csv"].replace("生产状态", "生产状态,主要负责人").replace("生产\n", "生产,M01矿长\n")
    (path / "enterprise.csv").write_text(roster, encoding="utf-8-sig")
    draft = path / "报送清单_待确认.csv"
    done = CliRunner().invoke(cli, ["intake", str(path), "--out", str(draft)])
    assert done.exit_code == 0, done.output
    with draft.open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.reader(stream))
    place = table[0].index("确认")
    assert {row[place] for row in table[1:]} == {"否"}
    for row in table[1:]:
        row[place] = word
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(table)
    with duban.audit(path, PACK, as_of="2023-12-05", obligations=["head-leads-inspections"]) as result:
        rows = result.frame("bearer_id = 'M01' AND period_start = DATE '2023-11-01'")
        assert list(rows["status"]) == [status]
        assert ("D504" in {issue.code for issue in result.issues}) == (word == "否")


def test_a_draft_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = folder(tmp_path / "in", {"检查记录_2023-11.csv": CHECKS + "I1,企业自查,M01,2023-11-20,M01,2023-12-04\n"})
    out = tmp_path / "draft.csv"
    out.write_text("核对过的行", encoding="utf-8")
    refused = CliRunner().invoke(cli, ["intake", str(path), "--out", str(out)])
    assert refused.exception is not None
    assert "--force" in str(refused.exception)
    assert out.read_text(encoding="utf-8") == "核对过的行"
    forced = CliRunner().invoke(cli, ["intake", str(path), "--out", str(out), "--force"])
    assert forced.exit_code == 0
    assert out.read_text(encoding="utf-8-sig").startswith("报送单位,所属主体")


def test_what_the_bureau_writes_down_itself_needs_no_line(tmp_path: Path) -> None:
    own = {
        "核实结果.csv": "指纹,核实结果,核实人,核实日期\nf1,已核实,张三,2024-01-10\n",
        "处理决定.csv": "决定编号,主体编号,措施,结论,决定日期\nJ1,M01,警示约谈,采纳,2024-01-12\n",
    }
    found = intake(folder(tmp_path, own), PACK)
    assert (found.lines, found.known, found.issues) == ((), 0, ())
