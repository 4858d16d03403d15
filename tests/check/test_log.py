"""The intake log: what was handed in when, first receipts, and that nobody changes a line unseen."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
from checking import SOUND, Checked

import duban
from duban.check import Verdict, log
from duban.errors import UsageError
from duban.intake import intake
from duban.pack import load_pack
from duban.report.draft import write

FIRST, SECOND, THIRD = datetime(2023, 12, 25, 9), datetime(2023, 12, 28, 9), datetime(2023, 12, 29, 9)
TOWN = {"sender": "甲岭镇", "period": "2023-12"}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "收件日志.jsonl"


def test_the_first_receipt_counts_even_if_it_was_returned(hazards: Path, checked: Checked, book: Path) -> None:
    returned = checked(hazards, now=FIRST, log=book, **TOWN)
    assert returned.receipts[0].verdict is Verdict.CORRECT
    hazards.write_text(SOUND, encoding="utf-8-sig")
    again = checked(hazards, now=SECOND, log=book, **TOWN)
    (receipt,) = again.receipts
    assert (receipt.verdict, receipt.first_received, receipt.received) == (Verdict.COMPLETE, FIRST, SECOND)
    assert receipt.times == 2
    assert again.faults == ()  # correcting what was returned is what was asked for


def test_another_version_of_what_was_complete_is_a_warning(hazards: Path, checked: Checked, book: Path) -> None:
    hazards.write_text(SOUND, encoding="utf-8-sig")
    checked(hazards, now=FIRST, log=book, **TOWN)
    hazards.write_text(SOUND.replace("尾轮", "头轮"), encoding="utf-8-sig")
    (fault,) = checked(hazards, now=SECOND, log=book, **TOWN).faults
    assert (fault.code, fault.grade) == ("W901", "提示")
    assert fault.fingerprint


def test_another_month_or_sender_is_another_hand_in(hazards: Path, checked: Checked, book: Path) -> None:
    checked(hazards, now=FIRST, log=book, **TOWN)
    for other in ({"sender": "乙溪镇", "period": "2023-12"}, {"sender": "甲岭镇", "period": "2024-01"}):
        hazards.write_text(SOUND + "\n" * len(other["period"]), encoding="utf-8-sig")
        (receipt,) = checked(hazards, now=SECOND, log=book, **other).receipts
        assert receipt.first_received == SECOND, other


def test_lines_are_only_appended(hazards: Path, checked: Checked, book: Path) -> None:
    checked(hazards, now=FIRST, log=book, **TOWN)
    before = book.read_bytes()
    checked(hazards, now=SECOND, log=book, **TOWN)
    assert book.read_bytes().startswith(before)
    lines = [json.loads(line) for line in book.read_text("utf-8").splitlines()]
    assert [line["received_at"] for line in lines] == ["2023-12-25T09:00:00", "2023-12-28T09:00:00"]
    assert lines[0]["kinds"] == ["hazard"]


@pytest.mark.parametrize("harm", ["change", "remove", "garbage"])
def test_a_log_that_was_changed_is_refused_and_left_alone(
    harm: str, hazards: Path, checked: Checked, book: Path
) -> None:
    for moment in (FIRST, SECOND):
        checked(hazards, now=moment, log=book, **TOWN)
    first, second = book.read_text("utf-8").splitlines()
    text = {"change": f"{first.replace('25T', '24T')}\n{second}\n", "remove": f"{second}\n", "garbage": f"{first}\nx\n"}
    book.write_text(text[harm], encoding="utf-8")
    with pytest.raises(UsageError, match="收件日志不可用"):
        checked(hazards, now=THIRD, log=book, **TOWN)
    assert book.read_text("utf-8") == text[harm]


def test_a_log_that_was_cut_in_the_middle_of_a_line_is_refused(hazards: Path, checked: Checked, book: Path) -> None:
    checked(hazards, now=FIRST, log=book, **TOWN)
    book.write_bytes(book.read_bytes()[:-20])
    with pytest.raises(UsageError):
        checked(hazards, now=SECOND, log=book, **TOWN)


def test_no_log_no_first_receipt(hazards: Path, checked: Checked) -> None:
    assert checked(hazards).receipts[0].first_received is None


def test_without_a_sender_only_the_same_bytes_are_the_same(hazards: Path, checked: Checked, book: Path) -> None:
    checked(hazards, now=FIRST, log=book)
    (receipt,) = checked(hazards, now=SECOND, log=book).receipts
    assert receipt.first_received == FIRST
    hazards.write_text(SOUND, encoding="utf-8-sig")
    (receipt,) = checked(hazards, now=THIRD, log=book).receipts
    assert receipt.first_received == THIRD


def test_an_empty_log_is_a_log(book: Path) -> None:
    book.write_bytes(b"")
    assert log.read(book) == []


def test_the_manifest_takes_the_first_receipt_from_the_log(hazards: Path, checked: Checked, book: Path) -> None:
    """Returned on the 25th, corrected on the 28th: the draft of the manifest says the 25th."""
    checked(hazards, now=FIRST, log=book, **TOWN)
    hazards.write_text(SOUND, encoding="utf-8-sig")
    checked(hazards, now=SECOND, log=book, **TOWN)
    pack = load_pack("zezhou-2023-331")
    (line,) = intake([hazards], pack, book).lines
    assert line.received_at == FIRST
    assert any("收件日志" in ground for ground in line.grounds)
    with pytest.raises(UsageError, match="找不到收件日志"):
        intake([hazards], pack, book.with_name("无.jsonl"))


def test_an_audit_knows_the_corrected_file_from_its_first_receipt_on(
    hazards: Path, checked: Checked, book: Path
) -> None:
    """Returned on the 25th, corrected on the 28th: on the 26th the audit knows the rows."""
    checked(hazards, now=FIRST, log=book, **TOWN)
    hazards.write_text(SOUND, encoding="utf-8-sig")
    checked(hazards, now=SECOND, log=book, **TOWN)
    pack = load_pack("zezhou-2023-331")
    drafted = hazards.with_name("报送清单.csv")
    write(intake([hazards], pack, book).lines, drafted)
    rows = list(csv.DictReader(drafted.read_text("utf-8-sig").splitlines()))
    with drafted.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.DictWriter(stream, rows[0])
        out.writeheader()
        out.writerows({**row, "报送单位": "甲岭镇", "确认": "是"} for row in rows)
    rule = "hazards-corrected-in-time"
    records = [hazards, drafted, hazards.parent / "beside"]
    for known_by, expected in (("2023-12-24", []), ("2023-12-26", [("H1", "met")])):
        audit = duban.audit(records, pack, as_of="2023-12-12", known_by=known_by, obligations=[rule])
        told = "SELECT trigger_id, status FROM duties WHERE trigger_id <> ''"
        assert audit.connection.execute(told).fetchall() == expected, known_by
