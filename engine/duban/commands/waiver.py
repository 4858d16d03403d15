"""`duban waiver check|add|list`: waivers before they are handed in, into the register, and as an audit found them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from duban.commands.options import rules_option

into_option = click.option(
    "--into", "records", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="台账文件夹，写入其中的经批准不计入.csv。 | Folder of the records: 经批准不计入.csv there grows.",
)  # fmt: skip


@click.group()
def waiver() -> None:
    """经批准不计入：核对、登记、列出。 | Check, write down and list waivers."""


@waiver.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@rules_option
@click.option(
    "--out", "results", type=click.Path(path_type=Path, file_okay=False),
    help="审核结果目录：同时核对责任主体和指纹。 | Results of an audit: check bearers and fingerprints as well.",
)  # fmt: skip
def check(file: Path, rules_name: str, results: Path | None) -> None:
    """核对 waivers.yaml 或表格，一次列出全部错误。 | Check a waivers.yaml or a sheet; every mistake with its line."""
    from duban.deciding import check_file, read_known
    from duban.errors import DataError
    from duban.pack import load_pack
    from duban.report.results import data_of

    known = read_known(data_of(results)) if results is not None else None
    found = check_file(file, known.pack if known is not None else load_pack(rules_name), known)
    for one in found.items:
        about = one.waiver.fingerprint or f"{one.waiver.bearer} {one.waiver.obligation}"
        click.echo(f"{one.place}: {about}，{one.waiver.start}至{one.waiver.end}")
    if found.issues:
        raise DataError(f"{file} 有{len(found.issues)}处错误：", found.issues)
    click.echo(f"{file}：{len(found.items)}份批准，未发现错误。")


@waiver.command()
@click.option("--obligation", default="", help="义务，编号或标题。 | The obligation's id or title.")
@click.option("--bearer", default="", help="责任主体编号。 | The bearer's id.")
@click.option("--finding", "fingerprint", default="", help="或者指纹。 | Or a fingerprint.")
@click.option("--reason", default="", help="理由。 | Why.")
@click.option("--by", "approved_by", default="", help="批准人。 | Who approved it.")
@click.option("--on", "approved_on", default="", metavar="DATE", help="批准日期。 | When it was approved.")
@click.option("--from", "valid_from", default="", metavar="DATE", help="起。 | The first day that it excuses.")
@click.option(
    "--until", "valid_until", default="", metavar="DATE", help="止，必写。 | The last day; it always expires."
)
@into_option
@click.option(
    "--out", "results", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="审核时的结果目录，取最近一次运行。 | The audit's --out; its latest run.",
)  # fmt: skip
@click.option("--as-of", metavar="DATE|DATETIME", help="登记时点；默认现在。 | When it is written down; default: now.")
def add(records: Path, results: Path, as_of: str | None, **row: str) -> None:
    """登记一份批准；法定义务不能登记。 | Write a waiver down; never for a duty that the law itself imposes."""
    from zoneinfo import ZoneInfo

    from duban.deciding import Moment, add_waiver, moment_of, read_known
    from duban.report.results import data_of

    known = read_known(data_of(results))
    now = datetime.now(ZoneInfo(known.pack.header.timezone)).replace(microsecond=0, tzinfo=None)
    written = add_waiver(row, records, known, moment_of(as_of) if as_of else Moment(now))
    about = written["fingerprint"] or f"{written['bearer']} {written['obligation']}"
    click.echo(
        f"已登记：{about}，{written['valid_from']}至{written['valid_until']}，写入 {records / '经批准不计入.csv'}"
    )


@waiver.command("list")
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path, file_okay=False))
def show(results: Path) -> None:
    """列出审核时各份批准：覆盖了哪些，没有用上的为什么。 | What each waiver covers in an audit, or why nothing."""
    from duban.pack import load_pack
    from duban.report.results import data_of, read_settings
    from duban.report.waivers import from_json, waiver_lines

    settings = read_settings(data_of(results))
    found = [from_json(one) for one in settings.get("waivers", [])]
    titles = {item.id: item.title for item in load_pack(settings["pack"]["folder"]).obligations}
    for line in waiver_lines(found, titles, most=len(found)):
        click.echo(line)
    if not found:
        click.echo("没有批准不计入的。")
