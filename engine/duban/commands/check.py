"""`duban check FILE…`: what a clerk has to correct before handing in, and the receipt."""

from __future__ import annotations

import sys
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.commands.options import rules_option

if TYPE_CHECKING:
    from duban.check import Report

FORMATS = ("text", "json", "junit", "sarif", "github", "gitlab", "csv", "xlsx")
FAIL_ON = ("error", "warning")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@rules_option
@click.option("--as", "sender", default="", metavar="SENDER", help="报送单位。 | Who hands it in.")
@click.option("--period", default="", metavar="YYYY-MM", help="报送的是哪个月。 | The month that it is for.")
@click.option(
    "--with",
    "beside",
    multiple=True,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="名册和以前报送的材料，只用来对照，可多次。 | Rosters and earlier hand-ins to compare with; repeatable.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="输出格式；xlsx把原文件标注后退回。 | Output; xlsx gives the file back with its faults marked.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="写入文件；xlsx写入此文件夹。 | Write to this file; with xlsx, into this folder.",
)
@click.option("--force", is_flag=True, help="覆盖已有的结果文件。 | Overwrite result files that are there.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="error",
    show_default=True,
    help="有此级别及以上的问题时退出码为1。 | Exit 1 if there is anything at or above this.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    help="已接受的旧问题，到期重新计入。 | Accepted old faults; they count again once expired.",
)
@click.option(
    "--accept",
    type=click.Path(path_type=Path, dir_okay=False),
    help="把这次的问题写成新的基线文件。 | Write the faults found as a new baseline.",
)
@click.option("--accept-until", metavar="DATE", help="新基线的到期日。 | Until when the new baseline holds.")
@click.option("--accept-why", default="", help="为何接受。 | Why they are accepted.")
@click.option("--accept-by", default="", help="谁接受（写岗位）。 | Who accepts them, by post.")
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="登记到收件日志（只追加）；首次收到以它为准。 | Enter the receipt in this append-only log.",
)
@click.option(
    "--confirm",
    type=click.Path(path_type=Path, dir_okay=False),
    help="疑似同一隐患的待确认表，读已答的，添新的。 | Sheet of uncertain matches: answers are read, new ones added.",
)
@click.option("--now", metavar="DATETIME", help="核对时刻，默认现在。 | Moment of the check; default: now.")
@click.pass_context
def check(
    context: click.Context, paths: tuple[Path, ...], rules_name: str, sender: str, period: str, beside: tuple[Path, ...],
    style: str, out: Path | None, force: bool, fail_on: str, baseline: Path | None, accept: Path | None,
    accept_until: str | None, accept_why: str, accept_by: str, log: Path | None, confirm: Path | None, now: str | None,
) -> None:  # fmt: skip
    """核对：报送前看哪一格要改，报送后给回执。 | Check files before they are handed in; prints a receipt."""
    from duban.check import Asked
    from duban.check import check as run_check
    from duban.forms.crosscheck import comparing
    from duban.pack import load_pack

    pack = load_pack(rules_name)
    until = _accepting(accept, accept_until, accept_why, accept_by, force)
    _writable(style, out, paths, force)
    moment = _moment(now, pack.header.timezone)
    report = run_check(Asked(paths, moment, beside, sender, period, baseline, log, confirm), pack, comparing(pack))
    _write(report, style, out, paths)
    if accept is not None and until is not None:
        from duban.check.baseline import write

        click.echo(f"基线：{write(accept, report.faults, accept_why, accept_by, until)}条，{accept}", err=True)
    context.exit(_code(report, fail_on))


def _code(report: Report, fail_on: str) -> int:
    """2: something could not be opened; 1: something is to be corrected; 0: clean."""
    from duban.errors import Severity

    if report.unreadable:
        return 2
    wanted = Severity if fail_on == "warning" else (Severity.ERROR,)
    return 1 if any(report.number(severity) for severity in wanted) else 0


def _moment(text: str | None, timezone: str) -> datetime:
    """The moment of the check on the pack's clock."""
    from zoneinfo import ZoneInfo

    if text is None:
        return datetime.now(ZoneInfo(timezone)).replace(tzinfo=None, microsecond=0)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"“{text}”应写成 2023-12-25 或 2023-12-25T09:30", param_hint="--now") from None


def _accepting(path: Path | None, until: str | None, why: str, by: str, force: bool) -> date | None:
    """The last day of a new baseline; everything that an entry needs must be said."""
    if path is None:
        return None
    if not (until and why.strip() and by.strip()):
        raise click.UsageError(
            "--accept 还需要 --accept-until、--accept-why、--accept-by | say until when, why and by whom"
        )
    if path.exists() and not force:
        raise click.UsageError(f"已有 {path}；另取一个名字，或加 --force 覆盖 | {path} is there")
    try:
        return date.fromisoformat(until)
    except ValueError:
        raise click.BadParameter(f"“{until}”应写成 2024-03-31", param_hint="--accept-until") from None


def _writable(style: str, out: Path | None, paths: tuple[Path, ...], force: bool) -> None:
    """Nothing of a clerk's is overwritten, and nothing is checked for an hour before that is said."""
    if style == "xlsx":
        for target in _targets(paths, out).values():
            if target.exists() and not force:
                raise click.UsageError(f"已有 {target}；加 --force 覆盖 | {target} is there")
    elif out is not None and out.exists() and not force:
        raise click.UsageError(f"已有 {out}；另取一个名字，或加 --force 覆盖 | {out} is there")


def _targets(paths: tuple[Path, ...], out: Path | None) -> dict[Path, Path]:
    """Where the marked copy of each file goes; below a folder, at the same place."""
    from duban.check.formats.xlsx import SUFFIX

    found: dict[Path, Path] = {}
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.name.startswith((".", "~$")):
                inside = file.parent.relative_to(path) if path.is_dir() else Path()
                found[file] = (out or Path()) / inside / f"{file.stem}{SUFFIX}.xlsx"
    return found


def _write(report: Report, style: str, out: Path | None, paths: tuple[Path, ...]) -> None:
    if style == "xlsx":
        from duban.check.formats import text, xlsx
        from duban.check.given import given

        targets, names = _targets(paths, out), given(paths).by_name
        for receipt in report.receipts:
            file = names.get(receipt.file)
            if file is not None and (target := targets.get(file)) is not None and receipt.tables:
                xlsx.write(report, file, receipt.file, target)
                click.echo(f"已写入 {target}")
        click.echo("\n".join(text.receipt_lines(report)))
        return
    content: str = import_module(f"duban.check.formats.{style}").write(report)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(content.encode("utf-8", errors="replace"))
        return
    if style == "csv" and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(newline="")
    click.echo(content, nl=False)
