"""`duban dossier ENTERPRISE PATH…`: one page about a bearer, for the car."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import (
    known_option,
    last_sunday,
    moment_option,
    rules_option,
    settings_option,
    today,
    written_text,
)


@click.command()
@click.argument("enterprise", metavar="ENTERPRISE")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@rules_option
@moment_option
@known_option
@settings_option
@click.option(
    "--format", "style", default="text", show_default=True, type=click.Choice(["text", "docx"]),
    help="text 看屏幕，docx 打印一页。 | For the screen, or a page to print.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="写到哪个文件；docx 默认 企业_简况.docx。 | The file to write; docx: NAME_简况.docx by default.",
)  # fmt: skip
def dossier(
    enterprise: str, paths: tuple[Path, ...], rules_name: str, as_of: str | None, known_by: str | None,
    settings: dict[str, str], style: str, out: Path | None,
) -> None:  # fmt: skip
    """随车简况：一家企业一页，写编号、名称或曾用名。 | One page about an enterprise (id or name), for the car."""
    from duban.auditing import audit
    from duban.planning.dossier import dossier_of
    from duban.planning.dossier_page import as_lines, write_page
    from duban.report.papers.write import safe

    moment = as_of or last_sunday(today(rules_name)).isoformat()
    with audit(list(paths), rules_name, moment, known_by, settings) as result:
        page = dossier_of(result, enterprise)
    if style == "docx" or (out is not None and out.suffix == ".docx"):
        target = out or Path(f"{safe(page.name)}_简况.docx")
        write_page(page, target)
        click.echo(f"写出：{target}")
    else:
        written_text("\n".join(as_lines(page)) + "\n", out)
