"""`duban interviews PATH…`: who is proposed for a talk, why, and the papers for it."""

from __future__ import annotations

from pathlib import Path

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
from duban.commands.terminal import show


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@rules_option
@moment_option
@known_option
@settings_option
@judge_option
@bureau_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="文书目录（新建或空的）：名单和各种文书。 | New or empty folder for the list and the papers.",
)
@click.option("--proof", "shown", is_flag=True, help="逐家列出由来。 | Show the proof of each candidate.")
def interviews(
    paths: tuple[Path, ...], rules_name: str, as_of: str | None, known_by: str | None, settings: dict[str, str],
    engine: str, bureau: Path | None, out: Path | None, shown: bool,
) -> None:  # fmt: skip
    """拟提请约谈研究名单和文书（建议稿，由人核实后决定）。 | Propose whom to call in, and draft the papers."""
    from duban.auditing import audit
    from duban.judging import findings_of, judge_audit
    from duban.report.candidates import candidate_lines, judged_by, listed
    from duban.report.desk import bureau_of, papers_of
    from duban.report.proof import proof

    if engine == "none":
        raise click.UsageError("duban interviews 总要推导措施 | it derives measures: choose a judge")
    moment = as_of or last_sunday(today(rules_name)).isoformat()
    with audit(list(paths), rules_name, moment, known_by, settings) as result:
        judgement = judge_audit(result, engine)
        show(candidate_lines(result.pack, judgement, most=1000))
        for one in listed(result.pack, judgement) if shown else ():
            show(["", *proof(result.pack, one, judgement.files)])
        show(["", judged_by(judgement)])
        if out is not None:
            settings_of = bureau_of(result, bureau)
            files = papers_of(result, judgement, findings_of(result), settings_of, out)
            click.echo(f"文书 {len(files)} 份在 {out}，目录见 文书目录.csv")
