"""`duban report DIR`: the weekly report of an earlier audit, an edition for each audience."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.commands.options import bureau_option, judge_option

if TYPE_CHECKING:
    from duban.auditing import Audit


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@bureau_option
@judge_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="周报目录（新建或空的）；默认结果目录下的“周报”。 | New or empty folder; default: DIR/周报.",
)
@click.option(
    "--other-readings/--no-other-readings",
    default=True,
    show_default=True,
    help="再按另一读法审一遍，看名单如何变化。 | Judge once more under the other readings, and count.",
)
def report(folder: Path, bureau: Path | None, engine: str, to: Path | None, other_readings: bool) -> None:
    """周报：首页、分镇、走势、清单，按对象分开。 | The weekly report, an edition for each audience."""
    from duban.auditing import audit
    from duban.judging import findings_of, judge_audit
    from duban.judging.otherwise import swing_of
    from duban.report.desk import bureau_of
    from duban.report.results import read_settings
    from duban.weekly import week_of
    from duban.weekly.editions import write_reports
    from duban.weekly.found import plain_findings

    if engine == "none":
        raise click.UsageError("周报要推导措施，请选一个判定器 | it derives measures: choose a judge")
    settings = read_settings(folder)
    readings = {item["name"]: item["value"] for item in settings["readings"]}
    if not settings["records"]:
        raise click.UsageError("这次审核的台账不是文件，不能重新读取 | its records were no files")
    with audit(
        settings["records"], settings["pack"]["folder"], settings["as_of"], settings["known_by"], readings
    ) as result:
        _compare(result, settings)
        judgement = judge_audit(result, engine)
        findings = findings_of(result) if result.pack.measures.rules else plain_findings(result)
        swing = swing_of(result, judgement, engine) if other_readings and result.pack.measures.rules else None
        week = week_of(result, judgement, findings, bureau_of(result, bureau), swing=swing)
    files = write_reports(week, to or folder / "周报")
    click.echo(f"周报{len(files)}份在 {to or folder / '周报'}，先打开：{files[0]}")


def _compare(result: Audit, settings: dict[str, object]) -> None:
    """Say what is no longer as it was when the audit was made."""
    inputs, pack = settings["inputs"], settings["pack"]
    assert isinstance(inputs, list)
    assert isinstance(pack, dict)
    before = {(item.get("name"), item.get("sheet")): item.get("sha256") for item in inputs}
    now = {(item.name, item.sheet or None): item.sha256 for item in result.inputs}
    if before != now:
        click.echo("注意：台账文件在审核之后有变动，以下按现在的文件。", err=True)
    if result.pack.digest != pack["sha256"]:
        click.echo("注意：规则包在审核之后有变动，以下按现在的规则。", err=True)
