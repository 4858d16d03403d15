"""`duban verify write|read`: hand out what a person has to look into, and read back what was found."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import click

file_argument = click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path, dir_okay=False))


@click.group()
def verify() -> None:
    """核实：发出核实单，读回核实结果。 | Hand out findings to be verified, and read the results back."""


@verify.command()
@file_argument
@click.option(
    "--out", "results", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="审核时的结果目录，取最近一次运行。 | The audit's --out; its latest run.",
)  # fmt: skip
@click.option("--town", "towns", multiple=True, help="只发某镇的，可多次。 | Only of this town; repeatable.")
@click.option("--bearer", "bearers", multiple=True, help="只发某主体的，可多次。 | Only of this bearer; repeatable.")
@click.option("--obligation", "obligations", multiple=True, help="只发某义务的，可多次。 | Only this one; repeatable.")
@click.option("--force", is_flag=True, help="覆盖已有的文件。 | Overwrite a file that is there.")
def write(
    file: Path,
    results: Path,
    towns: tuple[str, ...],
    bearers: tuple[str, ...],
    obligations: tuple[str, ...],
    force: bool,
) -> None:
    """发出核实单：未达到的、需人工认定的各一行，由人填写核实结果。 | Write a sheet of findings to be verified."""
    from duban.errors import Issue, UsageError
    from duban.report.results import data_of
    from duban.report.verify_sheet import write as write_sheet
    from duban.verifying import Wanted, hand_out

    if file.suffix.lower() != ".xlsx":
        raise UsageError(f"核实单须是 xlsx 文件：{file}")
    if file.exists() and not force:
        hint = Issue("U011", f"已有 {file}", hint="里面可能有填好的核实结果；另取一个名字，或加 --force 覆盖")
        raise UsageError("没有写入核实单", [hint])
    items, handout = hand_out(data_of(results), Wanted(towns, bearers, obligations))
    if not items:
        click.echo("没有需要核实的事项，没有写文件。")
        return
    write_sheet(items, handout, file)
    looked = sum(bool(item.verified.by) for item in items)
    click.echo(f"核实单：{len(items)}项，其中{looked}项此前已核实：{file}")
    click.echo(f"填好后读回：duban verify read {file} --into 台账文件夹")


@verify.command()
@file_argument
@click.option(
    "--into", "records", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="台账文件夹，写入其中的核实结果.csv。 | The folder of the records: results go into 核实结果.csv there.",
)  # fmt: skip
@click.option(
    "--as-of", metavar="DATE|DATETIME",
    help="读入时点，即各条结果的报送时间；默认现在。 | When they were handed in; default: now.",
)  # fmt: skip
def read(file: Path, records: Path, as_of: str | None) -> None:
    """读回核实单：有一处错误就一条也不写，一次列出全部错误。 | Read a filled-in sheet back: all of it, or nothing."""
    from zoneinfo import ZoneInfo

    from duban.errors import DataError
    from duban.verifying import REGISTER, Moment, moment_of, open_sheet, read_results, take_in

    sheet = open_sheet(file)
    zone = sheet.handout.timezone
    now = datetime.now(ZoneInfo(zone)).replace(microsecond=0, tzinfo=None)
    moment = moment_of(as_of, zone) if as_of else Moment(now)
    found = read_results(sheet, (moment.at - timedelta(microseconds=0 if moment.bare else 1)).date())
    if found.issues:
        raise DataError(f"核实单 {file} 有{len(found.issues)}处错误，没有写入任何一条：", found.issues)
    taken = take_in(found.results, records, sheet.handout, moment)
    written = len(taken.new) + len(taken.changed)
    click.echo(
        f"读入核实结果：新增{len(taken.new)}项，更改{len(taken.changed)}项，已有{taken.same}项，未填{found.blank}项。"
    )
    for result, before in taken.changed:
        click.echo(
            f"  更改 {result.finding}（第{result.row}行）：{before or '（空）'} → {result.state}，{result.verified_by}"
        )
    if written:
        click.echo(f"已写入 {records / REGISTER}；重新审核后即反映在各项结果中。")
