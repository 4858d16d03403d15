"""`duban rules …`: lint, list, show, sql, test, trace, doubts, site and schema of a pack."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from duban.commands.doubts import doubts
from duban.commands.options import DEFAULT_PACK, settings_option
from duban.commands.site import site
from duban.commands.trace import trace

pack_argument = click.argument("pack", default=DEFAULT_PACK)
pack_option = click.option(
    "--rules",
    "pack",
    default=DEFAULT_PACK,
    show_default=True,
    metavar="PACK",
    help="规则包名称或目录。 | Pack name or folder.",
)


@click.group()
def rules() -> None:
    """规则包：检查、列出、查看、测试。 | Lint, list, show and test a pack of rules."""


rules.add_command(trace)
rules.add_command(doubts)
rules.add_command(site)


@rules.command()
@pack_argument
@click.option(
    "--waivers",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="同时检查豁免文件。 | Check a waivers.yaml as well.",
)
def lint(pack: str, waivers: Path | None) -> None:
    """检查规则包，一次列出全部错误。 | Check a pack; every mistake in one run."""
    from duban.errors import PackError
    from duban.pack import find_pack
    from duban.pack.clauses import read_clauses
    from duban.pack.forms import read_forms
    from duban.pack.load import read_pack
    from duban.pack.planning import read_planning
    from duban.pack.weekly import read_weekly
    from duban.waivers import read_waivers

    found, issues = read_pack(find_pack(pack))
    clauses = read_clauses(find_pack(pack), found)
    issues += clauses.issues
    issues += read_forms(find_pack(pack), found).issues
    issues += read_planning(find_pack(pack), found).issues
    issues += read_weekly(find_pack(pack), found).issues
    if waivers is not None and found is not None:
        issues += read_waivers(waivers, found).issues
    if issues:
        raise PackError(f"规则包 {pack} 有 {len(issues)} 处错误：", issues)
    assert found is not None
    sentences = f"、{len(clauses.entries)}条原文对照" if clauses.entries else ""
    click.echo(
        f"{found.header.id}：{len(found.obligations)}项义务、{len(found.own_records)}类台账{sentences}，未发现错误。"
    )


@rules.command("list")
@pack_argument
def list_obligations(pack: str) -> None:
    """列出全部义务。 | List the obligations."""
    from duban.pack import load_pack
    from duban.report.layout import aligned

    found = load_pack(pack)
    rows = [["条款", "编号", "主体", "义务"]]
    for item in found.obligations:
        bearer = found.header.bearers[item.bearer].title or item.bearer
        rows.append([item.clause, item.id, bearer, item.title])
    for line in aligned([[row[0], row[1]] for row in rows]) if not rows else _left(rows):
        click.echo(line)


def _left(rows: list[list[str]]) -> list[str]:
    from duban.report.layout import width

    widths = [max(width(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


@rules.command()
@click.argument("obligation")
@pack_option
def show(obligation: str, pack: str) -> None:
    """显示一项义务：条款、原文、写法。 | Show one obligation: clause, quotation, words."""
    from duban.pack import load_pack
    from duban.pack.yaml import item_text

    found = load_pack(pack)
    item = found.obligation(obligation)
    place = found.places[item.id]
    click.echo(f"{item.id}　{item.title}")
    click.echo(
        f"{found.header.number} {item.clause}：“{item.quote}”（{item.basis}{'，' + item.law if item.law else ''}）"
    )
    for label, text in (
        ("读法", item.reading),
        ("看不到", item.cannot_see),
        ("提示性", item.advisory),
        ("人工认定", item.manual),
    ):
        if text:
            click.echo(f"{label}：{text}")
    click.echo(f"\n{place}")
    click.echo(item_text(found.folder / place.file, place.line))


@rules.command()
@click.argument("obligation")
@pack_option
@settings_option
@click.option("--as-of", default="2024-01-07", show_default=True, help="截至时点。 | Moment judged.")
def sql(obligation: str, pack: str, settings: dict[str, str], as_of: str) -> None:
    """显示一项义务编译成的各步查询。 | Show the named SQL steps of one obligation."""
    from duban.auditing import moment_of
    from duban.compile import compile_pack
    from duban.pack import load_pack

    found = load_pack(pack, settings)
    found.obligation(obligation)
    moment: datetime = moment_of(as_of, found)
    for step in compile_pack(found, moment, moment, [obligation]).steps:
        click.echo(f"-- {step.name}: {step.why}\n{step.sql};\n")


@rules.command()
@pack_argument
@click.option(
    "--obligation",
    default="",
    help="只测一项义务、线索、措施规则或核对规则。 | Only this obligation, lead, rule or check.",
)
def test(pack: str, obligation: str) -> None:
    """运行规则包的案例。 | Run the cases of a pack."""
    from duban.all_cases import run_all_cases
    from duban.pack import load_pack

    found = load_pack(pack)
    others = {lead.id for lead in found.leads} | {rule.id for rule in found.measures.rules}
    others |= {check.code for check in found.checks.checks}
    if obligation and obligation not in others:
        found.obligation(obligation)
    passed = failed = 0
    for outcome in run_all_cases(found, obligation):
        if outcome.passed:
            passed += 1
            continue
        failed += 1
        click.echo(f"✗ {outcome.obligation}：{outcome.case}（{outcome.place}）")
        for difference in outcome.differences:
            click.echo(f"    {difference}")
    click.echo(f"案例 {passed + failed} 个，通过 {passed}，未通过 {failed}")
    if failed or not passed:
        raise click.exceptions.Exit(1 if failed else 2)


@rules.command()
@click.argument(
    "what",
    type=click.Choice(["pack", "records", "obligations", "leads", "measures", "checks", "clauses", "forms", "plan"]),
    default="obligations",
)
def schema(what: str) -> None:
    """输出 JSON Schema，供编辑器提示。 | Print the JSON Schema for editors."""
    from duban.pack.jsonschema import document

    click.echo(json.dumps(document(what), ensure_ascii=False, indent=2))
