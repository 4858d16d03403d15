"""`duban audit ROOT --spark MASTER`: a lake of many jurisdictions, judged on Spark. A part of the verb `audit`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from duban.commands.options import last_sunday, today
from duban.commands.terminal import Stages, show

if TYPE_CHECKING:
    from duban.cluster import Run
    from duban.pack import Pack

# What an audit on Spark does not do: option → why, and what to do instead.
_NOT_HERE = {
    "bearers": "--bearer：请在结果的 duties 表中按主体筛选",
    "store_name": "--store：历史库按县记，请对该县的台账另作一次审核",
    "bureau": "--bureau：不写报告，用不上单位设置",
    "reports": "--reports：不写报告；要某县的报告，请对该县的台账另作一次审核",
    "other_readings": "--other-readings：请用 --set 换一种读法另作一次",
    "log": "--log：不记历史库，用不上收件日志",
}
_MOST = 20  # jurisdictions that are named


@dataclass(frozen=True)
class Asked:
    """The options of `audit` that count on Spark as well."""

    paths: tuple[str, ...]
    rules_name: str
    as_of: str | None
    known_by: str | None
    settings: Mapping[str, str]
    engine: str
    obligations: tuple[str, ...]
    out: str | None
    style: str
    fail_on: tuple[str, ...]
    memory: str
    threads: int
    temp: str
    quiet: bool


def audit_lake(context: click.Context, master: str, asked: Asked, *, on: bool) -> None:
    """Judge a lake and say what became of it; the exit code is 2 if a jurisdiction could not be evaluated."""
    given = [name for name in _NOT_HERE if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    refused = [_NOT_HERE[name] for name in given if context.params[name]]  # --no-reports is what happens anyway
    if refused:
        raise click.UsageError("--spark 不支持：" + "；".join(refused))
    if len(asked.paths) != 1:
        raise click.UsageError("--spark 只认一个数据湖的根目录 | --spark takes one root of a lake")
    if asked.out is None:
        raise click.UsageError("--spark 的结果写成 parquet：请加 --out | --spark needs --out")
    if asked.style == "csv":
        raise click.UsageError("--spark 的屏幕输出只有 text 和 json | --spark prints text or json")
    with Stages(on=on) as stages:
        stages.stage("在 Spark 上审核")
        found, pack = _run(master, asked)
    if not asked.quiet:
        if asked.style == "json":
            click.echo(json.dumps({**found.account, "folder": found.folder}, ensure_ascii=False, indent=1))
        else:
            show(lines(found, pack))
    if found.failed:
        context.exit(2)
    if any(count - found.cleared[status] for status, count in found.counts.items() if status.value in asked.fail_on):
        context.exit(1)


def _run(master: str, asked: Asked) -> tuple[Run, Pack]:
    from duban.auditing import moment_of, ready_pack
    from duban.cluster import Order, run
    from duban.evaluate import Limits

    pack = ready_pack(asked.rules_name, asked.settings)
    for name in asked.obligations:
        pack.obligation(name)
    moment = moment_of(asked.as_of or last_sunday(today(asked.rules_name)), pack)
    known = moment_of(asked.known_by, pack) if asked.known_by is not None else moment
    limits = Limits(asked.memory, asked.threads, asked.temp)
    assert asked.out is not None
    order = Order(
        asked.paths[0], asked.out, pack, moment, known, dict(asked.settings), asked.obligations, asked.engine, limits
    )
    return run(order, master), pack


def lines(found: Run, pack: Pack) -> Iterator[str]:
    """The last screen: how many jurisdictions, their duties by status, and which could not be judged, and why."""
    from duban.report.screen import LOOKED_AT, NOTICE, OTHERS

    account = found.account
    yield f"{pack.header.number}　{pack.header.title}"
    yield NOTICE
    yield ""
    yield (
        f"辖区：共 {found.counties + len(found.failed):,} 个，已判定 {found.counties:,} 个，未能判定 {len(found.failed):,} 个；"
        f"台账 {account['files']:,} 个文件 {account['rows']:,} 行，分 {account['batches']:,} 批"
    )
    yield f"履责项：共 {sum(found.counts.values()):,} 项"
    for status in (*LOOKED_AT, *OTHERS):
        if count := found.counts[status]:
            cleared = f"（其中已澄清 {found.cleared[status]:,}）" if found.cleared[status] else ""
            yield f"  {status.chinese} {count:,}{cleared}"
    if found.failed:
        yield f"未能判定的辖区：{len(found.failed):,} 个，不计入以上各数"
        for name, reason in list(found.failed.items())[:_MOST]:
            yield f"  {name}：{reason}"
        if (rest := len(found.failed) - _MOST) > 0:
            yield f"  另有 {rest:,} 个，见 counties 表"
    yield f"结果：{found.folder}"
