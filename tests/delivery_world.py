"""A county of two towns and three mines, with two duties: small enough to be audited and reported on in a moment."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from duban.cli import duban as cli
from duban.errors import DubanError

PACK = {
    "pack.yaml": """
id: tiny
number: 样发〔2023〕2号
title: 每月带队检查和演练
issuer: 样县应急管理局
jurisdiction: 样县
timezone: Asia/Shanghai
complete: assumed
windows: {winter: {from: 2023-11-01, to: 2023-12-31}}
bearers:
  enterprise: {title: 企业, record: enterprise, key: enterprise_id, name: name, town: town, reports_through: town}
grounds: [自查自改不认真]
""",
    "records.yaml": """
enterprise:
  title: 企业名册
  key: enterprise_id
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
    kind: {title: 类型}
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
  perform: {record: inspection, where: "kind = '带队'", at_least: 2}
  ground: 自查自改不认真
- id: drills
  title: 企业每月演练
  clause: 二
  quote: 每月演练
  bearer: enterprise
  window: winter
  every: month
  perform: {record: inspection, where: "kind = '演练'", at_least: 1}
  ground: 自查自改不认真
""",
}
MINES = "企业编号,企业名称,所在镇\nM1,甲岭样1号矿,甲岭镇\nM2,甲岭样2号矿,甲岭镇\nM3,乙溪样3号矿,乙溪镇\n"
# In November M1 did both, M2 and M3 led once.
ACTS = "检查编号,企业编号,检查时间,类型\n" + "\n".join(
    f"I{number},{who},{day},{kind}"
    for number, (who, day, kind) in enumerate(
        [
            ("M1", "2023-11-02", "带队"), ("M1", "2023-11-20", "带队"), ("M1", "2023-11-21", "演练"),
            ("M2", "2023-11-03", "带队"), ("M2", "2023-11-08", "演练"), ("M3", "2023-11-04", "带队"),
        ]
    )
)  # fmt: skip
RECORDS = {"企业名册.csv": MINES, "检查记录.csv": ACTS + "\n"}
AS_OF = "2023-12-03"
# What a run leaves, without what is the towns'.
FILES = {
    "1-局领导": {"周调度表.html", "周调度表.xlsx"},
    "2-股室内部": {"周调度表.html", "周调度表.xlsx", "周报（草稿）.docx", "数据"},
    "3-县安委办": {"周调度表.html", "周调度表.xlsx"},
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def county(base: Path) -> tuple[Path, Path]:
    """The records and the pack, as folders."""
    return written(base / "台账", RECORDS), written(base / "tiny", PACK)


def run(*arguments: object, code: int = 0, **environment: str | None) -> str:
    """What a command prints, or its mistake."""
    result: Result = CliRunner(env={"DUBAN_STORE": None, **environment}).invoke(cli, [str(one) for one in arguments])
    if isinstance(result.exception, DubanError):
        assert code == 2, result.exception
        return str(result.exception)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def audit(records: Path, pack: Path, base: Path, *more: object, code: int = 0, **environment: str | None) -> str:
    fixed = ("--rules", pack, "--as-of", AS_OF, "--out", base)
    return run("audit", records, *fixed, *more, code=code, **environment)
