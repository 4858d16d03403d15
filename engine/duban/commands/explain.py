"""`duban explain FINGERPRINT|BEARER --out DIR`: how one finding came about, or why somebody is proposed."""

from __future__ import annotations

import re
from pathlib import Path

import click

from duban.commands.terminal import show


@click.command()
@click.argument("what", metavar="FINGERPRINT|BEARER")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="审核时的结果目录，取最近一次运行。 | The audit's --out; its latest run.",
)
def explain(what: str, out: Path) -> None:
    """说明一项结论或一个建议名单单位的由来。 | Why a finding came about, or why a bearer is proposed."""
    from duban.report.judgement import proofs_of, read_candidates
    from duban.report.results import data_of

    out = data_of(out)
    proofs = proofs_of(read_candidates(out), what)
    if not proofs or re.fullmatch("[0-9a-f]{16}", what):
        _explain_finding(what, out)
        proofs = [[lines[0]] for lines in proofs]
        if proofs:
            click.echo("\n据此提出：")
    for lines in proofs:
        show([*lines, ""] if len(lines) > 1 else lines)


def _explain_finding(fingerprint: str, out: Path) -> None:
    """Clause, numbers, each record that was counted or not, and why."""
    from duban.auditing import audit
    from duban.explain import explain as explain_duty
    from duban.explain import lines
    from duban.report.results import obligation_of, read_settings

    settings = read_settings(out)
    name = obligation_of(out, fingerprint)
    readings = {item["name"]: item["value"] for item in settings["readings"]}
    with audit(
        settings["records"],
        settings["pack"]["folder"],
        settings["as_of"],
        settings["known_by"],
        readings,
        obligations=[name],
        keep=True,
    ) as result:
        before = {(item.get("name"), item.get("sheet")): item.get("sha256") for item in settings["inputs"]}
        now = {(item.name, item.sheet or None): item.sha256 for item in result.inputs}
        if before != now:
            click.echo("注意：台账文件在审核之后有变动，以下按现在的文件说明。", err=True)
        if result.pack.digest != settings["pack"]["sha256"]:
            click.echo("注意：规则包在审核之后有变动，以下按现在的规则说明。", err=True)
        show(lines(result, explain_duty(result, fingerprint)))
