"""`duban rules site`: the catalogue of a pack as a static site with search."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import DEFAULT_PACK, settings_option


@click.command()
@click.argument("pack", default=DEFAULT_PACK)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out/site"), show_default=True,
    help="写入的文件夹。 | Folder to write to.",
)  # fmt: skip
@click.option(
    "--notice", "notice_file", type=click.Path(path_type=Path, dir_okay=False),
    help="通知原文（UTF-8 文本），逐句对照时显示全句。 | The notice as text: the matrix shows whole sentences.",
)  # fmt: skip
@click.option("--markdown", is_flag=True, help="只写 Markdown，不生成网页。 | Only write the Markdown.")
@settings_option
def site(pack: str, out: Path, notice_file: Path | None, markdown: bool, settings: dict[str, str]) -> None:
    """义务目录网站：一项义务一页，可搜索，离线可看。 | The catalogue as a static site that can be searched offline.

    网页由 Sphinx 生成：pip install 'duban[docs]'。 | The pages are built by Sphinx: the extra `docs`.
    """
    from duban.catalogue import build
    from duban.catalogue.site import pages
    from duban.errors import Issue, UsageError
    from duban.pack import load_pack
    from duban.pack.notice import read_notice

    found = load_pack(pack, settings)
    notice = read_notice(notice_file) if notice_file is not None else None
    written = list(pages(found, notice))
    source = build.write(found, written, out)
    click.echo(f"{found.header.id}：{len(written)}页，Markdown 已写入 {source}")
    if markdown:
        return
    missing = build.missing()
    if missing:
        hint = Issue(
            "U013", f"没有安装 {'、'.join(missing)}", hint="pip install 'duban[docs]'，或加 --markdown 只写 Markdown"
        )
        raise UsageError("未生成网页", [hint])
    click.echo(f"网页：{build.build(source)}")
