"""`duban town-pack TOWN RECORDS… --period 2024-01`: one workbook, filled in as far as is known."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from duban.commands.options import new_file, rules_option, today_of


def month_option(_: click.Context, __: click.Parameter, value: str | None) -> date | None:
    """`2024-01` as the first day of that month."""
    if value is None:
        return None
    try:
        return date.fromisoformat(f"{value.strip()}-01")
    except ValueError:
        raise click.BadParameter(f"“{value}”不是月份，应如 2024-01") from None


@click.command("town-pack")
@click.argument("town", metavar="TOWN")
@click.argument("paths", nargs=-1, required=True, metavar="RECORDS…", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--period", "month", required=True, metavar="YYYY-MM", callback=month_option, help="哪个月的月报。 | The month."
)
@rules_option
@click.option(
    "--as-of", metavar="DATE", default=None,
    help="按哪天掌握的台账预填，默认今天。 | Records known by this day are filled in; default: today.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
    help="写到哪个文件，默认 镇_月份_月报.xlsx。 | The file to write.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="覆盖已有的文件。 | Overwrite a file that is there.")
def town_pack(
    town: str, paths: tuple[Path, ...], month: date, rules_name: str, as_of: str | None, out: Path | None, force: bool
) -> None:
    """镇月报工作簿：一个镇一个月，已知的先填好。 | A town's workbook of a month, filled in as far as known."""
    from duban.auditing import moment_of
    from duban.forms.desk import opened
    from duban.forms.known import known
    from duban.forms.town_pack import write_town_pack
    from duban.pack import load_pack
    from duban.pack.forms import load_forms

    pack = load_pack(rules_name)
    forms = load_forms(pack)
    moment = moment_of(as_of or today_of(pack), pack)
    target = new_file(out or Path(f"{town}_{month:%Y-%m}_月报.xlsx"), force)
    with opened(list(paths), pack, forms, moment) as desk:
        found = known(desk, town, month)
        for issue in desk.issues:
            click.echo(str(issue), err=True)
    write_town_pack(target, pack, forms, found, moment.date())
    counts = "、".join(f"{pack.records[name].title}{len(rows)}行" for name, rows in found.rows.items() if rows)
    click.echo(f"{town}{month:%Y年%m月}：矿山{len(found.mines)}家，已填好{counts or '0行'}。")
    for name, before in found.before.items():
        for text in filter(None, (before.remark, before.note)):
            assert forms.figures is not None
            click.echo(f"“{pack.records[forms.figures.record].fields[name].title}”{text}")
    click.echo(f"写出：{target}")
