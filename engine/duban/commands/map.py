"""`duban map FILE`: draft the mapping file that makes a form with odd headers readable for good."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import rules_option


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@rules_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到哪里；默认在FILE旁边。 | Where the draft is written; default: beside FILE.",
)
@click.option("--force", is_flag=True, help="覆盖已有的对应文件。 | Overwrite a mapping file that is there.")
def map(file: Path, rules_name: str, out: Path | None, force: bool) -> None:
    """表头对应：为认不出的表拟一份对应文件。 | Draft a mapping file for a form with odd headers."""
    import tempfile

    from duban.errors import Issue, UsageError
    from duban.pack import load_pack
    from duban.records.draft_mapping import draft_mapping

    target = out or file.parent / f"表头对应_{file.stem}.yaml"
    if target.exists() and not force:
        hint = Issue("U011", f"已有 {target}", hint="里面可能有已经核对过的内容；另取一个名字，或加 --force 覆盖")
        raise UsageError("没有写入拟出的对应文件", [hint])
    with tempfile.TemporaryDirectory(prefix="duban-") as scratch:
        draft = draft_mapping(file, load_pack(rules_name).records, Path(scratch))
    for issue in draft.issues:
        click.echo(str(issue), err=True)
    for sheet in draft.sheets:
        where = f"工作表“{sheet.sheet}”" if sheet.sheet else "本表"
        click.echo(
            f"{where}：{sheet.why}，表头在第{sheet.header}行；认得{len(sheet.known)}列，认不出{len(sheet.unknown)}列。"
        )
    target.write_text(draft.text(), encoding="utf-8")
    if draft.unknown:
        click.echo(f"已拟出 {target}：请逐列填写，再放进报送的文件夹。没有填的列不读。")
    else:
        click.echo(f"各列都认得，不需要对应文件；已写出 {target} 备查。")
