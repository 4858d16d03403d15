"""`duban intake FOLDER`: draft the manifest of what came in, as one sheet for an officer to confirm."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import rules_option

DRAFT = "报送清单_待确认.csv"


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@rules_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(DRAFT),
    show_default=True,
    help="拟出的清单写到哪里。 | Where the draft is written.",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="收件日志：收到时间取首次收到。 | The intake log: the first receipt is when it came in.",
)
@click.option("--force", is_flag=True, help="覆盖已有的清单。 | Overwrite a draft that is there.")
def intake(paths: tuple[Path, ...], rules_name: str, out: Path, log: Path | None, force: bool) -> None:
    """收件：由收到的文件拟出报送清单，供核对确认。 | Draft the manifest from what was handed in."""
    from duban.errors import Issue, UsageError
    from duban.intake import intake as draft
    from duban.pack import load_pack
    from duban.report.draft import write

    if out.exists() and not force:
        hint = Issue("U011", f"已有 {out}", hint="里面可能有已经核对过的行；另取一个名字，或加 --force 覆盖")
        raise UsageError("没有写入拟出的报送清单", [hint])
    found = draft(list(paths), load_pack(rules_name), log)
    for issue in found.issues:
        click.echo(str(issue), err=True)
    if found.known:
        click.echo(f"报送清单里已有的报送：{found.known}次，不再列出。")
    if not found.lines:
        click.echo("没有新收到的材料。")
        return
    write(found.lines, out)
    doubtful = sum(bool(line.doubts) for line in found.lines)
    click.echo(f"拟出{len(found.lines)}行，其中{doubtful}行有疑问：{out}")
    click.echo(
        "请逐行核对起止日期、所属主体和行数，把“确认”改为“是”，再存入台账文件夹。没有确认的行不作为已报送的依据。"
    )
