"""`duban audit PATH…`: read, audit, judge, write, and show the last screen."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from duban.commands.options import (
    bureau_option,
    cache_option,
    judge_option,
    known_option,
    last_sunday,
    moment_option,
    now_of,
    rules_option,
    settings_option,
    store_option,
    today,
)
from duban.commands.terminal import Stages, show
from duban.stopwatch import Stopwatch, timed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection as Connection

    from duban.auditing import Audit, Check
    from duban.check import Report
    from duban.check.log import Entry
    from duban.delivery import Delivery
    from duban.history import Store
    from duban.model import Judgement
    from duban.pack import Pack
    from duban.records import Loaded

FAIL_ON = {
    "never": (),
    "breached": ("breached",),
    "late": ("breached", "late"),
    "unproven": ("breached", "late", "unproven"),
}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path())
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
    "out_name",
    type=click.Path(file_okay=False),
    help="结果目录，每次运行在其中新建一个文件夹。 | Folder for results; each run makes a new one in it.",
)
@store_option
@click.option(
    "--reports/--no-reports",
    default=True,
    show_default=True,
    help="是否写出供人看的报告。 | Whether to write the reports for people.",
)
@click.option(
    "--other-readings",
    is_flag=True,
    help="再按另一读法审一遍，看名单如何变化（用时约加倍）。 | Judge once more under the other readings (twice the time).",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="收件日志，随审核记入历史库。 | The intake log, kept in the store with the audit.",
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
@click.option(
    "--memory",
    default="",
    metavar="SIZE",
    help="本程序内存上限，如 4GB；数据改存临时目录，较慢。 | Memory of this process; data then lies in --temp, slower.",
)
@click.option("--threads", type=click.IntRange(1), help="线程数上限。 | Threads to use at most.")
@click.option(
    "--temp",
    default="",
    metavar="DIR",
    help="临时文件目录，须在磁盘上。 | Folder, on a disk, for what does not fit into memory.",
)
@click.option(
    "--timings",
    is_flag=True,
    help="显示各环节用时和最慢的步骤，并写入 audit.json。 | Show where the time went; kept in audit.json, too.",
)
@click.option(
    "--profile-step",
    "profiled",
    multiple=True,
    metavar="STEP",
    help="显示某一步的执行计划，可多次。 | Show how DuckDB executes a step; repeatable.",
)
@click.option(
    "--spark",
    metavar="MASTER",
    help="在 Spark 上审核一个数据湖（docs/scale.md）。 | Judge a lake of many counties on Spark: local[4], spark://…, yarn.",
)
@cache_option
@click.option("--quiet", is_flag=True, help="不显示结果，只看退出码和文件。 | Say nothing; files and exit code only.")
@click.pass_context
def audit(
    context: click.Context, paths: tuple[str, ...], rules_name: str, as_of: str | None, known_by: str | None,
    settings: dict[str, str], engine: str, bureau: Path | None, bearers: tuple[str, ...], obligations: tuple[str, ...],
    out_name: str | None, store_name: str | None, reports: bool, other_readings: bool, log: Path | None, style: str, fail_on: str, memory: str,
    threads: int | None, temp: str, timings: bool, profiled: tuple[str, ...], spark: str | None, quiet: bool,
) -> None:  # fmt: skip
    """审核：由规则包与台账得出待核实清单。 | Judge every duty from records as of a date."""
    if spark is not None:
        from duban.commands.lake import Asked, audit_lake

        asked = Asked(
            paths, rules_name, as_of, known_by, settings, engine, obligations, out_name, style, FAIL_ON[fail_on], memory,
            threads or 1, temp, quiet,
        )  # fmt: skip
        audit_lake(context, spark, asked, on=not quiet and sys.stderr.isatty())
        return
    from duban.auditing import audit as run_audit
    from duban.auditing import only_of
    from duban.evaluate import Limits

    places, out = tuple(Path(path) for path in paths), Path(out_name) if out_name is not None else None
    named = bool(store_name) and context.get_parameter_source("store_name") is ParameterSource.COMMANDLINE
    if named and out is None:
        raise click.UsageError("记入历史须同时写出结果：请加 --out | --store needs --out")
    if out is None:
        store_name = None  # of the environment: what is not written is not recorded
    if log is not None and out is None:
        raise click.UsageError("收件日志记入历史库：请加 --out | --log needs --out")
    intake = _receipts(log)
    moment = as_of or last_sunday(today(rules_name)).isoformat()
    stages = Stages(on=not quiet and sys.stderr.isatty())
    with _watched(profiled, timings=timings), stages, _opened(store_name) as store:
        stages.stage("读取台账")
        with run_audit(
            list(places), rules_name, moment, known_by, settings, obligations=obligations, output=out,
            limits=Limits(memory, threads or 0, temp), progress=lambda step: stages.stage("审核", step),
            check=_check(places, stages) if out is not None and reports and not obligations else None,
        ) as whole:  # fmt: skip
            stages.stage("判定措施")
            with timed("判断"):
                judgement = _judge(whole, engine, whole=not obligations)
            result = only_of(whole, bearers)
            delivery = None
            if out is not None:
                with timed("载入报告程序"):
                    from duban.delivery import Orders, deliver

                now, trial = now_of(result.pack), bool(settings)
                orders = Orders(bureau, store, trial, reports, now, intake, other_readings, named)
                delivery = deliver(result, judgement, out, orders, stages.stage)
            stages.stage("")
            if not quiet:
                _show(result, style, delivery, judgement)
            counts = {status.value: count - result.cleared[status] for status, count in result.counts.items()}
    if any(counts[status] for status in FAIL_ON[fail_on]):
        context.exit(1)


@contextmanager
def _opened(name: str | None) -> Iterator[Store | None]:
    """The store that was named, opened before the audit, so that nobody waits for it in vain."""
    if not name:
        yield None
        return
    from duban.history import open_store

    with open_store(name) as store:
        yield store


@contextmanager
def _watched(profiled: tuple[str, ...], *, timings: bool) -> Iterator[None]:
    """With a stopwatch where somebody asks for it; at the end it says where the time went."""
    if not timings and not profiled:
        yield
        return
    from duban.report.timings import profiles, where_it_went

    watch = Stopwatch(frozenset(profiled))
    with watch.running():
        yield
    for line in (*(where_it_went(watch) if timings else ()), *profiles(watch)):
        click.echo(line, err=True)


def _receipts(log: Path | None) -> list[Entry]:
    """The lines of the intake log; a broken one is said before the audit."""
    if log is None:
        return []
    from duban.check.log import read

    return read(log)


def _check(paths: tuple[Path, ...], stages: Stages) -> Check:
    """What was handed in is held to the pack's checks, as `duban check` does, before it is judged."""
    from duban.check import Asked, check_loaded
    from duban.forms.crosscheck import comparing

    def check(con: Connection, loaded: Loaded, pack: Pack) -> Report:
        stages.stage("核对报送材料")
        return check_loaded(con, loaded, Asked(paths, now_of(pack)), pack, comparing(pack))

    return check


def _judge(result: Audit, engine: str, *, whole: bool) -> Judgement | None:
    """What follows from the findings; not from those of some obligations alone, which would leave half of it out."""
    if engine == "none" or not whole or not result.pack.measures.rules:
        return None
    from duban.judging import judge_audit

    return judge_audit(result, engine)


def _show(result: Audit, style: str, delivery: Delivery | None, judgement: Judgement | None) -> None:
    if style == "text":
        from duban.report.screen import screen

        show(screen(result, judgement))
        if delivery is not None:
            show(delivery.lines())
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
