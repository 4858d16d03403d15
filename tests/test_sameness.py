"""From the sheet of `duban check --confirm` to the audit: laid among the records, its answers count."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pytest

import duban
from duban.check import Asked, check
from duban.explain import explain, lines
from duban.pack import load_pack

PACK = load_pack("zezhou-2023-331")
FILES = {
    "企业名册.csv": "企业编号,企业名称,所在镇,生产状态\nM01,一矿,甲岭镇,生产\n",
    "镇名册.csv": "镇\n甲岭镇\n",
    "工作报表.csv": "填报镇,所属月份,行,填表日期,一般隐患排查,一般隐患已整改\n甲岭镇,2023-11,本期,2023-11-25,1,0\n",
    "隐患台账_企业.csv": "隐患编号,企业编号,隐患来源,排查日期,隐患部位,隐患描述,隐患等级,报送时间,填报单位\n"
    "H1,M01,企业自查,2023-11-13,破碎站,皮带机尾轮防护罩缺失,一般,2023-11-24,M01\n",
    "隐患台账_镇.csv": "隐患编号,企业编号,隐患来源,排查日期,隐患部位,隐患描述,隐患等级,报送时间,填报单位\n"
    "1,M01,镇查,2023-11-14,破碎站,皮带机尾轮的防护罩缺失,一般,2023-11-25,甲岭镇\n",
    "报送清单.csv": "报送单位,所属主体,材料类型,数据起,数据止,收到时间\n"
    "甲岭镇,,隐患台账,2023-10-01,2023-11-30,2023-12-01\n甲岭镇,,工作报表,2023-10-01,2023-11-30,2023-12-01\n",
}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """The mine and the town each tell of one hazard; the form counts one."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def answered(sheet: Path, answer: str) -> None:
    (row,) = csv.DictReader(sheet.read_text("utf-8-sig").splitlines())
    with sheet.open("w", encoding="utf-8-sig", newline="") as stream:
        out = csv.DictWriter(stream, row)
        out.writeheader()
        out.writerow({**row, "是否同一": answer, "确认人": "安监股", "确认日期": "2023-11-28"})


def test_the_sheet_is_read_by_the_audit(records: Path) -> None:
    def judged() -> tuple[str, str, duban.Audit]:
        audit = duban.audit(records, PACK, as_of="2023-12-03", obligations=["form-hazards-recounted"], keep=True)
        status, message = audit.connection.execute("SELECT status, message FROM duties").fetchall()[0]
        return status, message, audit

    sheet = records / "待确认表.csv"
    asked = Asked([records], datetime(2023, 12, 1), confirm=sheet)
    check(asked, PACK)
    status, message, _ = judged()
    assert status == "unproven"
    assert "是否同一条待确认：H1与1" in message
    answered(sheet, "是")
    assert judged()[0] == "met"
    answered(sheet, "否")
    status, message, audit = judged()
    assert status == "breached"
    assert not [fault for fault in check(Asked([records], datetime(2023, 12, 1)), PACK).faults if fault.code == "W205"]
    with audit:
        (fingerprint,) = audit.connection.execute("SELECT fingerprint FROM duties").fetchall()[0]
        assert "未达到" in "\n".join(lines(audit, explain(audit, fingerprint)))
