"""`duban report DIR`: the reports of an earlier run once more, an edition for each audience, beside the run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duban.commands.options import bureau_option, judge_option, store_option

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.model import Judgement, Past


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@bureau_option
@judge_option
@store_option
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="周报目录（新建或空的）；默认在那次运行旁边新建。 | New or empty folder; default: a new one beside the run.",
)
@click.option(
    "--other-readings/--no-other-readings",
    default=True,
    show_default=True,
    help="再按另一读法审一遍，看名单如何变化。 | Judge once more under the other readings, and count.",
)
def report(
    folder: Path, bureau: Path | None, engine: str, store_name: str | None, to: Path | None, other_readings: bool
) -> None:
    """周报重做：把以前一次审核的周报再写一份（审核时已写过一份）。 | Write the reports of an earlier audit once more.

    DIR：一次运行的文件夹，或审核的 --out（取最近一次）；台账按现在的文件。 | The folder of a run, or the audit's --out
    (its latest run); records as the files are now.
    """
    from duban.auditing import audit
    from duban.editions import write_reports
    from duban.judging import judge_audit
    from duban.judging.otherwise import swing_of
    from duban.report.results import beside, data_of, read_settings, run_of

    if engine == "none":
        raise click.UsageError("周报要推导措施，请选一个判定器 | it derives measures: choose a judge")
    data = data_of(folder)
    settings = read_settings(data)
    run = run_of(data)
    to = to or beside(run)
    readings = {item["name"]: item["value"] for item in settings["readings"]}
    if not settings["records"]:
        raise click.UsageError("这次审核的台账不是文件，不能重新读取 | its records were no files")
    used = bureau or (Path(settings["bureau"]) if settings.get("bureau") else None)
    with audit(
        settings["records"], settings["pack"]["folder"], settings["as_of"], settings["known_by"], readings
    ) as result:
        _compare(result, settings)
        judgement = judge_audit(result, engine) if result.pack.measures.rules else None
        swing = swing_of(result, judgement, engine) if other_readings and judgement is not None else None
        past = _past(result, judgement, store_name or _store_beside(run))
        made = write_reports(result, judgement, used, past, to, swing)
    click.echo(f"周报在 {to}：")
    for title, path in made:
        click.echo(f"  {title}：{path}")


def _store_beside(run: Path) -> str | None:
    """The store that the run was recorded in, where nobody named another one."""
    from duban.delivery import STORE

    store = run.parent / STORE
    return str(store) if store.is_file() else None


def _past(result: Audit, judgement: Judgement | None, store_name: str | None) -> Past:
    """What a store knows of earlier audits; without one, this is a first audit."""
    from duban.model import Past

    if not store_name:
        return Past()
    from duban.history import open_store, past_of

    with open_store(store_name, create=False) as store:
        return past_of(store, result, judgement)


def _compare(result: Audit, settings: dict[str, Any]) -> None:
    """Say what is no longer as it was when the audit was made."""
    before = {(item.get("name"), item.get("sheet")): item.get("sha256") for item in settings["inputs"]}
    now = {(item.name, item.sheet or None): item.sha256 for item in result.inputs}
    if before != now:
        click.echo("注意：台账文件在审核之后有变动，以下按现在的文件。", err=True)
    if result.pack.digest != settings["pack"]["sha256"]:
        click.echo("注意：规则包在审核之后有变动，以下按现在的规则。", err=True)
