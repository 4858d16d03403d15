"""`duban replay ID`: run an audit again from its inputs, and prove that its files come out byte by byte."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import bureau_option, needed_store, store_option


@click.command()
@click.argument("name", metavar="[ID]", default="")
@store_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="一次运行的文件夹，代替历史库。 | The folder of a run, instead of a store.",
)  # fmt: skip
@click.option(
    "--records", multiple=True, type=click.Path(path_type=Path, exists=True),
    help="台账现在的位置，可多次；默认当时的位置。 | Where the records lie now; repeatable.",
)  # fmt: skip
@bureau_option
@click.pass_context
def replay(
    context: click.Context, name: str, store_name: str | None, out: Path | None, records: tuple[Path, ...],
    bureau: Path | None,
) -> None:  # fmt: skip
    """重做：按当时的输入再做一次，逐字节核对结果。 | Run an audit again, and compare its files byte by byte.

    ID：历史库中的编号或日期；用 --out 时可不写。 | An id or a day in the store; not needed with --out.
    """
    from duban.replaying import replay as run_replay
    from duban.replaying import told_by_folder, told_by_store
    from duban.report.results import data_of

    if out is not None:
        then = told_by_folder(data_of(out))
        if name and not then.id.startswith(name):
            raise click.UsageError(f"{out} 中是审核 {then.id[:12]}，不是 {name}")
    elif name:
        then = told_by_store(needed_store(store_name), name)
    else:
        raise click.UsageError("请写审核的编号，或用 --out 指出结果文件夹 | name an audit, or a folder with --out")
    found = run_replay(then, records, bureau)
    click.echo(f"审核 {found.id[:12]} 重做完成：{len(found.same)}个结果文件逐字节相同，{len(found.differing)}个不同")
    for file in found.same:
        click.echo(f"  相同 {file}{'（不含文件夹位置）' if file == 'audit.json' else ''}")
    for file in found.differing:
        click.echo(f"  不同 {file}")
    if found.versions:
        click.echo(f"程序与当时不同：{'；'.join(found.versions)}")
    if found.differing:
        context.exit(1)
