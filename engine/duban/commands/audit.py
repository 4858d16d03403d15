"""`duban audit PATH…`: read, audit, judge, write, and show the last screen."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.commands.options import (
    bureau_option,
    judge_option,
    known_option,
    last_sunday,
    moment_option,
    rules_option,
    settings_option,
    today,
)
from duban.commands.terminal import Stages, progress, show

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.delivery import Delivery
    from duban.model import Judgement

FAIL_ON = {
    "never": (),
    "breached": ("breached",),
    "late": ("breached", "late"),
    "unproven": ("breached", "late", "unproven"),
}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@rules_option
@moment_option
@known_option
@settings_option
@judge_option
@bureau_option
@click.option("--bearer", "bearers", multiple=True, help="只看某主体，可多次。 | Only this bearer; repeatable.")
@click.option(
    "--obligation", "obligations", multiple=True, help="只判某义务，可多次。 | Only this obligation; repeatable."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="结果目录，每次运行在其中新建一个文件夹。 | Folder for results; each run makes a new one in it.",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    show_default=True,
    help="屏幕输出格式。 | Output on the screen.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(FAIL_ON)),
    default="never",
    show_default=True,
    help="有此类结果（已澄清的除外）时退出码为1。 | Exit 1 at or above this, unless cleared.",
)
@click.option("--memory", default="", metavar="SIZE", help="内存上限，如 2GB。 | Memory limit, e.g. 2GB.")
@click.option("--threads", type=click.IntRange(1), help="线程数上限。 | Threads to use at most.")
@click.option("--temp", default="", metavar="DIR", help="临时文件目录。 | Folder for spilled data.")
@click.option("--quiet", is_flag=True, help="不显示结果，只看退出码和文件。 | Say nothing; files and exit code only.")
@click.pass_context
def audit(
    context: click.Context, paths: tuple[Path, ...], rules_name: str, as_of: str | None, known_by: str | None,
    settings: dict[str, str], engine: str, bureau: Path | None, bearers: tuple[str, ...], obligations: tuple[str, ...], out: Path | None, style: str,
    fail_on: str, memory: str, threads: int | None, temp: str, quiet: bool,
) -> None:  # fmt: skip
    """审核：由规则包与台账得出待核实清单。 | Judge every duty from records as of a date."""
    from duban.auditing import audit as run_audit
    from duban.evaluate import Limits

    moment = as_of or last_sunday(today(rules_name)).isoformat()
    limits = Limits(memory, threads or 0, temp)
    stages = progress() if not quiet else Stages(on=False)
    with stages:
        stages.stage("读取台账")
        with run_audit(
            list(paths), rules_name, moment, known_by, settings, obligations=obligations, limits=limits, output=out,
            progress=lambda step: stages.stage("审核", step),
        ) as result:  # fmt: skip
            stages.stage("判定措施")
            judgement = _judge(result, engine, whole=not obligations)
            _only(result, bearers)
            stages.stage("写出结果")
            delivery = _deliver(result, judgement, out, bureau) if out is not None else None
            stages.stage("")
            if not quiet:
                _show(result, style, delivery, judgement)
            counts = {status.value: count - result.cleared[status] for status, count in result.counts.items()}
    if any(counts[status] for status in FAIL_ON[fail_on]):
        context.exit(1)


def _deliver(result: Audit, judgement: Judgement | None, out: Path, bureau: Path | None) -> Delivery:
    from duban.delivery import deliver

    return deliver(result, judgement, out, bureau)


def _judge(result: Audit, engine: str, *, whole: bool) -> Judgement | None:
    """What follows from the findings; not from those of some obligations alone, which would leave half of it out."""
    if engine == "none" or not whole or not result.pack.measures.rules:
        return None
    from duban.judging import judge_audit

    return judge_audit(result, engine)


def _only(result: Audit, bearers: tuple[str, ...]) -> None:
    """Keep the duties of some bearers; an unknown one is an error, not an empty list."""
    if not bearers:
        return
    con = result.connection
    for bearer in bearers:
        if not con.execute(
            "SELECT 1 FROM duties WHERE bearer_id = ? OR bearer_name = ? LIMIT 1", [bearer, bearer]
        ).fetchone():
            raise click.UsageError(f"没有主体“{bearer}”的任何履责项 | no duty of bearer {bearer}")
    keep = list(bearers)
    con.execute(
        "DELETE FROM duties WHERE NOT (list_contains(?, bearer_id) OR list_contains(?, bearer_name))", [keep, keep]
    )
    con.execute(
        f"DELETE FROM {result.find_leads()} WHERE NOT (list_has_any(bearer_ids, ?) OR list_has_any(bearer_names, ?))",
        [keep, keep],
    )


def _show(result: Audit, style: str, delivery: Delivery | None, judgement: Judgement | None) -> None:
    if style == "text":
        from duban.report.screen import screen

        show(screen(result, delivery.data if delivery is not None else (), judgement))
        return
    from duban.report.tables import COLUMNS, FINDINGS, findings_sql, summary

    rows = result.connection.execute(findings_sql(result, FINDINGS["violations.csv"])).fetchall()
    if style == "csv":
        import csv

        out = csv.writer(sys.stdout)
        out.writerow(COLUMNS)
        out.writerows(rows)
        return
    found = summary(result)
    found["violations"] = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    click.echo(json.dumps(found, ensure_ascii=False, indent=1, default=str))
