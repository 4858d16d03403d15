"""`duban rules trace`: every sentence of the notice, and what serves it."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import DEFAULT_PACK


@click.command()
@click.argument("pack", default=DEFAULT_PACK)
@click.option(
    "--notice",
    "notice_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="通知原文（UTF-8 文本），与之核对引文、有无漏句。 | The notice as text: checks quotations and gaps.",
)
@click.option(
    "--format", "style", type=click.Choice(["text", "html", "csv"]), default="text", show_default=True,
    help="输出形式。 | Form of the output.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="写入文件，不打印。 | Write to a file instead."
)
def trace(pack: str, notice_file: Path | None, style: str, out: Path | None) -> None:
    """逐句对照：通知每一句由哪些义务落实，或由人认定什么。 | Each sentence of the notice, and what serves it.

    与原文不符（引文不在原文中，或有句子没有条目）时以 1 退出。 | Exits with 1 where the notice says otherwise.
    """
    from duban.errors import Issue, PackError, UsageError
    from duban.pack import find_pack, load_pack
    from duban.pack.clauses import FILE, read_clauses
    from duban.pack.notice import read_notice
    from duban.pack.trace import trace as held_against
    from duban.report.trace import faults, page, summary, table, text

    found = load_pack(pack)
    clauses = read_clauses(find_pack(pack), found)
    if clauses.issues:
        raise PackError(f"规则包 {pack} 的 {FILE} 有 {len(clauses.issues)} 处错误：", clauses.issues)
    if not clauses.entries:
        raise UsageError("不能逐句对照", [Issue("U021", f"规则包 {found.header.id} 没有 {FILE}")])
    notice = read_notice(notice_file) if notice_file is not None else None
    matrix = held_against(found, clauses, notice)
    whole = {
        "text": lambda: "\n".join(text(found, matrix)) + "\n",
        "html": lambda: page(found, matrix, notice),
        "csv": lambda: table(found, matrix),
    }[style]()
    if out is None:
        click.echo(whole, nl=False)
    else:
        _write(out, whole)
        click.echo("\n".join([*summary(found, matrix), f"已写入 {out}"]))
    problems = faults(matrix, notice) if notice is not None else []
    for problem in problems:
        click.echo(str(problem), err=True)
    if notice is not None:
        said = f"有{len(problems)}处不符" if problems else f"{len(notice.sentences)}句全部有条目，引文都在原文中"
        click.echo(f"与原文核对：{said}。", err=True)
    if problems:
        raise click.exceptions.Exit(1)


def _write(path: Path, whole: str) -> None:
    from duban.errors import Issue, UsageError

    try:
        path.write_text(whole, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError("逐句对照无法写入", [Issue("U010", f"{error.strerror or error}：{path}")]) from error
