"""`duban explain FINGERPRINT --out DIR`: how one finding came about."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("fingerprint")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="审核时的结果目录。 | The folder of the audit's results.",
)
def explain(fingerprint: str, out: Path) -> None:
    """说明一项结论的由来：条款、数字、逐条记录。 | Show how one finding came about: clause, numbers, each record."""
    from duban.auditing import audit
    from duban.explain import explain as explain_duty
    from duban.explain import lines, obligation_of, read_settings

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
        for line in lines(result, explain_duty(result, fingerprint)):
            click.echo(line)
