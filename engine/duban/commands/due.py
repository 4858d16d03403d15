"""`duban due PATH…`: what each bearer still has to do, by when, and how short."""

from __future__ import annotations

from pathlib import Path

import click

from duban.commands.options import (
    bureau_option,
    known_option,
    last_sunday,
    moment_option,
    rules_option,
    settings_option,
    today,
    written_text,
)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@rules_option
@moment_option
@known_option
@settings_option
@bureau_option
@click.option(
    "--within", default="7d", show_default=True, metavar="Nd|Nw",
    help="看几天内到期的，如 7d、2w。 | Due within so many days or weeks.",
)  # fmt: skip
@click.option(
    "--bearer", "bearers", multiple=True, metavar="ID|NAME",
    help="只看某主体，可多次。 | Only this bearer, by id or name; repeatable.",
)  # fmt: skip
@click.option("--town", default="", help="只看某镇的主体。 | Only bearers of this town.")
@click.option(
    "--format", "style", default="text", show_default=True, type=click.Choice(["text", "csv", "json", "ics", "xlsx"]),
    help="xlsx：每镇一份催办单。 | xlsx: one workbook for each town.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path),
    help="写到哪个文件；xlsx 是新建或空的文件夹。 | File to write; for xlsx a new or empty folder.",
)  # fmt: skip
def due(
    paths: tuple[Path, ...], rules_name: str, as_of: str | None, known_by: str | None, settings: dict[str, str],
    bureau: Path | None, within: str, bearers: tuple[str, ...], town: str, style: str, out: Path | None,
) -> None:  # fmt: skip
    """到期提示：各主体还要做什么、何时到期、还差多少。 | What each bearer still has to do, by when, how short."""
    from duban.auditing import audit
    from duban.planning.due import days_of, due_of
    from duban.planning.due_calendar import as_ics
    from duban.planning.due_files import as_csv, as_json, as_lines
    from duban.planning.due_sheet import write_town_sheets
    from duban.report.desk import bureau_of, notice_of

    days = days_of(within)
    if style == "xlsx" and out is None:
        raise click.UsageError("--format xlsx 须用 --out 指定文件夹 | --format xlsx needs --out FOLDER")
    moment = as_of or last_sunday(today(rules_name)).isoformat()
    with audit(list(paths), rules_name, moment, known_by, settings) as result:
        found = due_of(result, days, bearers, town)
        header = result.pack.header
        if style == "xlsx":
            assert out is not None
            files = write_town_sheets(found, bureau_of(result, bureau), notice_of(result), out)
            click.echo(f"催办单 {len(files)} 份在 {out}" if files else "没有要发给各镇的事项，没有写出催办单")
        elif style == "text":
            written_text("\n".join(as_lines(found)) + "\n", out)
        elif style == "ics":
            written_text(as_ics(found, f"{header.title}：到期提示", header.timezone), out)
        else:
            written_text(as_csv(found) if style == "csv" else as_json(found) + "\n", out, mark=style == "csv")
