"""`duban rules doubts`: the open questions of a pack, and what another answer would change."""

from __future__ import annotations

import json
from pathlib import Path

import click

from duban.commands.options import (
    known_option,
    last_sunday,
    moment_option,
    pairs,
    rules_option,
    settings_option,
    today,
)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH…]", type=click.Path(path_type=Path))
@rules_option
@moment_option
@known_option
@settings_option
@click.option(
    "--try", "tries", multiple=True, metavar="K=V", callback=pairs,
    help="另外试算一个取值，可多次。 | Try one more value of a parameter; repeatable.",
)  # fmt: skip
@click.option(
    "--format", "style", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True,
    help="屏幕输出格式。 | Output on the screen.",
)  # fmt: skip
def doubts(
    paths: tuple[Path, ...], rules_name: str, as_of: str | None, known_by: str | None,
    settings: dict[str, str], tries: list[tuple[str, str]], style: str,
) -> None:  # fmt: skip
    """待局答复的口径：现用取值、其他取值；有台账的试算哪些结论会变。 | Open questions, and what answers change.

    一次改一个口径，只重新判断用到它的义务。 | One parameter at a time, judged only where it is read.
    """
    from duban.pack import load_pack
    from duban.report.doubts import record, table, text

    pack = load_pack(rules_name, settings)
    found = None
    if paths:
        from duban.doubts import doubts as run_doubts

        moment = as_of or last_sunday(today(rules_name)).isoformat()
        found = run_doubts(list(paths), pack, moment, known_by, tries=tries)
        pack = found.pack
    elif tries or as_of or known_by:
        raise click.UsageError("--try、--as-of、--known-by 要与台账一起用 | these options need records")
    if style == "json":
        click.echo(json.dumps(record(pack, found), ensure_ascii=False, indent=1, default=str))
    elif style == "csv":
        click.echo(table(pack, found), nl=False)
    else:
        click.echo("\n".join(text(pack, found)))
