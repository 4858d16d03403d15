"""`duban diff A B`: what changed between two audits; each a folder of results, an id or a day of the store."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import ExitStack
from pathlib import Path

import click

from duban.commands.options import store_option


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@store_option
@click.option("--jurisdiction", default="", help="日期所指的辖区。 | Whose audit a day means.")
@click.option("--rules", "pack", default="", metavar="PACK", help="日期所指的规则包。 | Of which pack.")
@click.option("--all", "whole", is_flag=True, help="持续的也逐项列出。 | List those that persist, too.")
@click.option(
    "--format", "style", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True,
    help="输出格式。 | Output format.",
)  # fmt: skip
def diff(
    before: str, after: str, store_name: str | None, jurisdiction: str, pack: str, whole: bool, style: str
) -> None:
    """比较：两次审核之间的新增、持续、补正，规则变化先说。 | What changed between two audits.

    A、B：结果文件夹，或历史库中的编号（前几位即可）、截至日期。 | A folder of results, or an id or a day in the store.
    """
    from duban.history import open_store
    from duban.history.compare import compare, snapshot_named
    from duban.history.shown import COLUMNS, difference_json, difference_lines, difference_rows

    with ExitStack() as stack:
        store = stack.enter_context(open_store(store_name, create=False)) if store_name else None
        found = compare(*(snapshot_named(_place(name), store, jurisdiction, pack) for name in (before, after)))
    if style == "json":
        click.echo(json.dumps(difference_json(found), ensure_ascii=False, indent=1, default=str))
    elif style == "csv":
        out = csv.DictWriter(sys.stdout, COLUMNS)
        out.writeheader()
        out.writerows(difference_rows(found))
    else:
        for line in difference_lines(found, whole=whole):
            click.echo(line)


def _place(name: str) -> str:
    """A folder that holds runs, or is one, as the folder of its results; anything else as it is."""
    from duban.report.results import data_of

    return str(data_of(Path(name))) if Path(name).is_dir() else name
