"""`duban history`: the audits of a store. `duban history show FINGERPRINT`: the life of a finding, line by line."""

from __future__ import annotations

import json

import click

from duban.commands.options import needed_store, store_option

style_option = click.option(
    "--format", "style", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True,
    help="输出格式。 | Output format.",
)  # fmt: skip


@click.group(invoke_without_command=True)
@store_option
@click.option("--jurisdiction", default="", help="只列某辖区。 | Only this jurisdiction.")
@style_option
@click.pass_context
def history(context: click.Context, store_name: str | None, jurisdiction: str, style: str) -> None:
    """历史：列出记下的各次审核，看一项的来龙去脉。 | The audits of a store, and the life of a finding."""
    context.obj = store_name
    if context.invoked_subcommand is not None:
        return
    from duban.history import audits_of, open_store
    from duban.history.shown import audit_lines, audit_rows

    with open_store(needed_store(store_name), create=False) as store, store.reading() as con:
        audits = audits_of(con, jurisdiction)
    if style == "text":
        click.echo("\n".join(audit_lines(audits)) or "还没有审核")
    else:
        _put(audit_rows(audits), style)


@history.command()
@click.argument("fingerprint")
@store_option
@style_option
@click.pass_context
def show(context: click.Context, fingerprint: str, store_name: str | None, style: str) -> None:
    """一项在各次审核中怎样。 | How one duty stood in each audit."""
    from duban.history import open_store
    from duban.history.shown import finding_lines, finding_rows

    with open_store(needed_store(store_name or context.obj), create=False) as store, store.reading() as con:
        if style == "text":
            for line in finding_lines(con, fingerprint):
                click.echo(line)
        else:
            _put(finding_rows(con, fingerprint), style)


def _put(rows: list[dict[str, object]], style: str) -> None:
    """Rows as JSON or CSV."""
    if style == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=str))
        return
    import csv
    import sys

    out = csv.DictWriter(sys.stdout, list(rows[0]) if rows else ["id"])
    out.writeheader()
    out.writerows(rows)
