"""What a check finds beyond single cells: identity of hazards, protection of reports, what cannot be compared."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from checking import HEADER, SOUND, Checked

from duban.check import Verdict, baseline
from duban.errors import DataError, UsageError
from duban.records.identity import normalised

ONE = "H1,M1,企业自查,2023-12-04,破碎站,皮带机尾轮防护罩缺失,一般,2023-12-10,\n"


def ledger(path: Path, *lines: str) -> Path:
    path.write_text(HEADER + "".join(lines), encoding="utf-8-sig")
    return path


def test_a_joint_check_reported_by_two_senders_is_told_of_once(hazards: Path, checked: Checked) -> None:
    """The town's ledger of the same month beside the mine's: one hazard, two ids."""
    ledger(hazards.parent / "beside" / "隐患台账_镇.csv", ONE.replace("H1", "镇-1").replace("企业自查", "镇查"))
    (fault,) = checked(ledger(hazards, ONE)).faults
    assert fault.code == "W204"
    assert "“隐患台账_镇.csv”第2行“镇-1”" in fault.message


def test_an_uncertain_match_goes_to_a_sheet_and_its_answer_is_kept(hazards: Path, checked: Checked) -> None:
    sheet = hazards.parent / "待确认.csv"
    near = ONE.replace("H1", "H2").replace("2023-12-04", "2023-12-05").replace("尾轮防护罩", "尾轮的防护罩")
    ledger(hazards, ONE, near)
    report = checked(hazards, confirm=sheet)
    assert [fault.code for fault in report.faults] == ["W205"]
    assert "1对疑似同一隐患待确认" in report.notes[0]
    (row,) = csv.DictReader(sheet.read_text("utf-8-sig").splitlines())
    assert (row["编号甲"], row["编号乙"], row["是否同一"]) == ("H1", "H2", "")
    asked = sheet.read_bytes()
    assert [fault.code for fault in checked(hazards, confirm=sheet).faults] == ["W205"]
    assert sheet.read_bytes() == asked  # asked once
    for answer, codes in (("否", []), ("是", ["W204"])):
        row["是否同一"] = answer
        with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
            out = csv.DictWriter(stream, row)
            out.writeheader()
            out.writerow(row)
        assert [fault.code for fault in checked(hazards, confirm=sheet).faults] == codes, answer


def test_an_answer_that_is_none_is_an_error(hazards: Path, checked: Checked) -> None:
    sheet = hazards.parent / "待确认.csv"
    sheet.write_text("编号甲,编号乙,是否同一\nH1,H2,可能\n", encoding="utf-8-sig")
    with pytest.raises(UsageError, match="可能"):
        checked(hazards, confirm=sheet)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1、破碎站 护栏缺失。", "破碎站护栏缺失"), ("（二）Ｐ１泵故障", "p1泵故障"), ("①护栏\n缺失", "护栏缺失")],
)
def test_normalised_text(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_a_number_in_a_text_is_not_its_number() -> None:
    assert normalised("3号泵故障") != normalised("2号泵故障")


def test_a_report_of_a_major_hazard_is_never_refused(hazards: Path, checked: Checked) -> None:
    wrong = "H2,M9,企业自查,很早,采场,边坡滑移迹象明显,重大,尽快,2023-13-01\n"
    report = checked(ledger(hazards, wrong))
    assert {fault.code for fault in report.faults} == {"D301", "D306", "D314"}
    assert all(fault.grade == "提示" for fault in report.faults)
    assert report.receipts[0].verdict is Verdict.TAKEN


def test_other_errors_return_the_file_but_not_its_major_hazards(hazards: Path, checked: Checked) -> None:
    major = "H2,M1,企业自查,2023-12-04,采场,边坡滑移迹象明显,重大,2023-12-31,\n"
    ordinary = "H3,M1,企业自查,2023-12-04,采场,坡脚浮石未清理干净,一般,尽快,\n"
    report = checked(ledger(hazards, major, ordinary))
    (receipt,) = report.receipts
    assert (receipt.verdict, receipt.protected, receipt.errors) == (Verdict.CORRECT, 1, 1)


def test_what_has_nothing_to_compare_with_is_named(hazards: Path, checked: Checked) -> None:
    major = "H2,M1,企业自查,2023-12-04,采场,边坡滑移迹象明显,重大,2023-12-31,\n"
    report = checked(ledger(hazards, major))
    assert report.faults == ()
    assert any("W404" in text and "重大隐患档案" in text for text in report.unchecked)


def test_only_the_checked_files_are_told_of(hazards: Path, checked: Checked) -> None:
    ledger(hazards.parent / "beside" / "隐患台账_上月.csv", ONE.replace("2023-12-10", "尽快").replace("H1", "H9,"))
    hazards.write_text(SOUND, encoding="utf-8-sig")
    assert {fault.where.file for fault in checked(hazards).faults} <= {"隐患台账.csv"}


def test_of_two_versions_in_one_file_the_newer_is_judged(hazards: Path, checked: Checked) -> None:
    text = HEADER.rstrip() + ",报送时间\n" + ONE.replace("2023-12-10", "2023-11-01").rstrip() + ",2023-12-20\n"
    hazards.write_text(text + ONE.rstrip() + ",2023-12-25 09:00\n", encoding="utf-8-sig")
    assert checked(hazards).faults == ()


def test_a_folder_is_checked_file_by_file(hazards: Path, checked: Checked, tmp_path: Path) -> None:
    folder = tmp_path / "甲岭镇"
    (folder / "12月").mkdir(parents=True)
    (folder / "镇名册.csv").write_text("镇\n甲岭镇\n", encoding="utf-8-sig")
    ledger(folder / "12月" / "隐患台账.csv", ONE.replace("2023-12-10", "尽快"))
    report = checked(folder)
    assert [(fault.where.file, fault.where.cell) for fault in report.faults] == [("12月/隐患台账.csv", "H2")]
    assert [receipt.file for receipt in report.receipts] == ["12月/隐患台账.csv", "镇名册.csv"]


def test_a_path_that_is_not_there(tmp_path: Path, checked: Checked) -> None:
    with pytest.raises(DataError, match="找不到"):
        checked(tmp_path / "没有.csv")


@pytest.mark.parametrize("period", ["2023", "2023-13", "2023-1", "十二月"])
def test_a_period_is_a_month(period: str, hazards: Path, checked: Checked) -> None:
    with pytest.raises(UsageError, match="年-月"):
        checked(hazards, period=period)


# --- the baseline


def test_a_baseline_says_what_has_run_out_and_what_is_gone(hazards: Path, checked: Checked) -> None:
    path = hazards.parent / "基线.yaml"
    faults = checked(hazards).faults
    baseline.write(path, faults, "旧账", "股室负责人", date(2023, 12, 24))
    report = checked(hazards, baseline=path)
    assert len(report.open) == 3
    assert all("基线2023-12-24到期，原由股室负责人接受：旧账" in fault.message for fault in report.open)
    assert "3条已到期" in report.notes[0]
    baseline.write(path, faults, "旧账", "股室负责人", date(2024, 3, 31))
    hazards.write_text(SOUND, encoding="utf-8-sig")
    report = checked(hazards, baseline=path)
    assert report.faults == ()
    assert "3条已不再出现" in report.notes[0]


def test_every_mistake_of_a_baseline_in_one_run(hazards: Path, checked: Checked) -> None:
    path = hazards.parent / "基线.yaml"
    path.write_text("- {fingerprint: a, why: '', by: 我, until: 明年}\n- {fingerprint: b}\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        checked(hazards, baseline=path)
    assert [issue.place.line for issue in caught.value.issues] == [1, 1, 2, 2, 2]


def test_a_baseline_that_is_not_there(hazards: Path, checked: Checked) -> None:
    with pytest.raises(UsageError, match="找不到基线"):
        checked(hazards, baseline=hazards.parent / "无.yaml")
