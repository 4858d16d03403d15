"""`duban plan-week PATH…`: whom to visit in the coming week, and why."""

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


@click.command("plan-week")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@rules_option
@moment_option
@known_option
@settings_option
@click.option(
    "--capacity", type=click.IntRange(0), metavar="N",
    help="每个单位本周最多去几家；默认按剩余工作日匀开。 | Visits of each party; default: spread evenly.",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(1, 31), default=7, show_default=True,
    help="排几天的。 | How many days to plan.",
)  # fmt: skip
@click.option(
    "--format", "style", default="text", show_default=True, type=click.Choice(["text", "csv", "json", "xlsx"]),
    help="输出格式。 | Output format.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="写到哪个文件。 | The file to write.",
)  # fmt: skip
def plan_week(
    paths: tuple[Path, ...], rules_name: str, as_of: str | None, known_by: str | None, settings: dict[str, str],
    capacity: int | None, days: int, style: str, out: Path | None,
) -> None:  # fmt: skip
    """一周检查建议：去哪几家、为什么。 | Whom to visit in the coming week, and why."""
    from duban.auditing import audit
    from duban.planning.week import plan_week as plan
    from duban.planning.week_files import as_csv, as_json, as_lines, write_book

    if style == "xlsx" and out is None:
        raise click.UsageError("--format xlsx 须用 --out 指定文件 | --format xlsx needs --out FILE")
    moment = as_of or last_sunday(today(rules_name)).isoformat()
    with audit(list(paths), rules_name, moment, known_by, settings) as result:
        found = plan(result, capacity, days)
    if style == "xlsx":
        assert out is not None
        write_book(found, out)
        click.echo(f"本周建议检查{len(found.chosen)}家，其余{len(found.rest)}家，写出：{out}")
    elif style == "text":
        written_text("\n".join(as_lines(found)) + "\n", out)
    else:
        written_text(as_csv(found) if style == "csv" else as_json(found) + "\n", out, mark=style == "csv")
