"""`duban lists FILLED`: the three lists, the form and the draft from a filled workbook; `--check` reads them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.commands.options import new_file, rules_option, today_of

if TYPE_CHECKING:
    from duban.errors import Issue
    from duban.pack import Pack
    from duban.pack.forms import Forms


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path, exists=True))
@rules_option
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR", show_default=True,
    help="写到哪个目录。 | Folder to write to.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="覆盖已有的文件。 | Overwrite files that are there.")
@click.option(
    "--check", "checking", is_flag=True,
    help="不写，只核对报来的三清单和报表。 | Write nothing; read lists and forms that were handed in, and check them.",
)  # fmt: skip
@click.pass_context
def lists(
    context: click.Context, paths: tuple[Path, ...], rules_name: str, out: Path, force: bool, checking: bool
) -> None:
    """三清单和报表：由填好的工作簿写出，或核对报来的。 | Write the lists and the form, or check those handed in."""
    if checking:
        context.exit(_check(paths, rules_name))
    if _make_all(paths, rules_name, out, force):
        context.exit(1)


def _make_all(paths: tuple[Path, ...], rules_name: str, out: Path, force: bool) -> int:
    """Write what comes out of the workbooks; the number of errors in them."""
    from duban.pack import load_pack
    from duban.pack.forms import load_forms

    pack = load_pack(rules_name)
    forms = load_forms(pack)
    return sum(_make(path, pack, forms, out, force) for path in paths)


def _make(path: Path, pack: Pack, forms: Forms, out: Path, force: bool) -> int:
    """Write what comes out of one workbook; the number of errors in it."""
    from duban.forms.drawn import write_forms
    from duban.forms.making import make
    from duban.forms.progress import write_progress

    made = make(path, pack, forms, today_of(pack))
    name = f"{made.filled.town}_{made.filled.month:%Y-%m}"
    book = new_file(out / f"{name}_三清单和报表.xlsx", force)
    draft = new_file(out / f"{name}_阶段性进展（草稿）.docx", force) if forms.progress is not None else None
    write_forms(book, pack, forms, made)
    if forms.progress is not None and draft is not None:
        write_progress(draft, forms.progress, made)
    errors = _tell(made.issues)
    click.echo(
        f"{made.filled.town}{made.filled.month:%Y年%m月}，数据截至{made.filled.through}：问题{len(made.problems)}条。"
    )
    for written in filter(None, (book, draft)):
        click.echo(f"写出：{written}")
    if errors:
        click.echo("上面的错误改好以前，清单和报表不完整；改好工作簿后再写一次（--force）。")
    return errors


def _check(paths: tuple[Path, ...], rules_name: str) -> int:
    """Say what does not agree in lists and forms that were handed in: exit code 1 if anything."""
    from duban.forms.crosscheck import crosscheck
    from duban.forms.reading import read_drawn
    from duban.pack import load_pack
    from duban.pack.forms import load_forms

    pack = load_pack(rules_name)
    forms = load_forms(pack)
    drawn = read_drawn(list(paths), pack, forms)
    result = crosscheck(drawn.parts, pack, forms)
    errors = _tell((*drawn.issues, *result.issues))
    for line in result.lines():
        click.echo(line)
    return 1 if errors else 0


def _tell(issues: tuple[Issue, ...]) -> int:
    """Say the issues; the number of errors among them."""
    from duban.errors import Severity

    for issue in issues:
        click.echo(str(issue), err=True)
    return sum(issue.severity is Severity.ERROR for issue in issues)
