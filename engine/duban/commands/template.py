"""`duban template [RECORD…]`: empty workbooks to fill in, one sheet for each record type."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import rules_option, today_of


@click.command()
@click.argument("names", nargs=-1, metavar="[RECORD…]")
@rules_option
@click.option(
    "--town", default="", metavar="TOWN",
    help="哪个镇填；给了名册，下拉只列该镇的企业。 | The town that fills it in.",
)  # fmt: skip
@click.option(
    "--records", "paths", multiple=True, metavar="PATH", type=click.Path(path_type=Path, exists=True),
    help="名册所在，供下拉列出企业、镇，可多次。 | Rosters for the drop-downs; repeatable.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
    help="写到哪个文件，默认 台账模板.xlsx。 | The file to write.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="覆盖已有的文件。 | Overwrite a file that is there.")
def template(
    names: tuple[str, ...], rules_name: str, town: str, paths: tuple[Path, ...], out: Path | None, force: bool
) -> None:
    """模板：写出供填报的空白台账。 | Write empty workbooks to fill in."""
    from duban.commands.options import new_file
    from duban.forms.rosters import known_values
    from duban.forms.template import chosen_types, write_template
    from duban.pack import load_pack

    pack = load_pack(rules_name)
    types = chosen_types(pack, names)
    day = today_of(pack)
    target = new_file(out or Path(f"{town}台账模板.xlsx"), force)
    known = known_values(pack, list(paths), town, day) if paths else {}
    write_template(target, pack, types, day, town, known)
    click.echo(f"写出{len(types)}类台账的模板：{target}")
    click.echo("请在各工作表表头以下填写；怎么填见“※填表说明”。填好后连同其他材料一起报送，不要改表头和工作表名。")
