"""`duban measure add|update|read|list`: what was decided about a bearer, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from duban.commands.options import rules_option

if TYPE_CHECKING:
    from duban.deciding import Moment
    from duban.pack import Pack

into_option = click.option(
    "--into", "records", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="台账文件夹，写入其中的处理决定.csv。 | Folder of the records: 处理决定.csv there grows.",
)  # fmt: skip
results_option = click.option(
    "--out", "results", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="审核时的结果目录，取最近一次运行。 | The audit's --out; its latest run.",
)  # fmt: skip
moment_option = click.option(
    "--as-of", metavar="DATE|DATETIME", help="登记时点；默认现在。 | When it is written down; default: now."
)

# Option, field, help: what may be said when a measure is added, and later.
_LATER = (
    ("--doc-no", "doc_no", "文号、纪要编号。 | Number of the paper or the minutes."),
    ("--held-on", "held_on", "实施日期：约谈、发出的日期。 | When it was held, or sent."),
    ("--due", "due", "书面反馈期限，以文书、纪要所写为准。 | Until when to answer, as the paper says."),
    ("--answered-on", "answered_on", "收到书面反馈的日期。 | When the answer came."),
    ("--rechecked-on", "rechecked_on", "复核日期。 | When it was re-checked."),
    ("--recheck-result", "recheck_result", "复核结论：合格、不合格。 | What the re-check found."),
    ("--done-on", "done_on", "办结日期。 | When the matter was closed."),
    ("--reason", "reason", "理由；不予采纳的必须写。 | Why; required where it is turned down."),
)


def later_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of `_LATER`, as keyword arguments."""
    for option, name, text in reversed(_LATER):
        function = click.option(option, name, default="", help=text)(function)
    return function


@click.group()
def measure() -> None:
    """处理决定：登记采取的措施、反馈和复核。 | Write down measures taken, answers and re-checks."""


@measure.command()
@click.argument("name", metavar="MEASURE")
@click.option(
    "--bearer", "bearers", multiple=True, required=True, help="责任主体，编号或名称，可多次。 | The bearer; repeatable."
)
@click.option("--kind", default="", help="哪一种责任主体（同名时）。 | Which kind of bearer, where the name is shared.")
@click.option("--on", "decided_on", default="", metavar="DATE", help="决定日期。 | The day of the decision.")
@click.option(
    "--finding",
    "findings",
    multiple=True,
    help="所涉事项的指纹，可多次；默认审核建议的。 | Findings; default: as proposed.",
)
@click.option("--turned-down", is_flag=True, help="不予采纳。 | The proposal was turned down.")
@click.option(
    "--id",
    "number",
    default="",
    help="决定编号；默认文号或自动编号。 | Its number; default: the paper's, or a running one.",
)
@later_options
@into_option
@results_option
@moment_option
def add(
    name: str, bearers: tuple[str, ...], kind: str, decided_on: str, findings: tuple[str, ...], turned_down: bool,
    number: str, records: Path, results: Path, as_of: str | None, **later: str,
) -> None:  # fmt: skip
    """登记一项措施：有一处错误就不写，一次列出全部错误。 | Write a measure down: all of it, or nothing."""
    from duban.deciding import Measure, read_known, take
    from duban.report.results import data_of

    known = read_known(data_of(results))
    made = [
        Measure(name, bearer, decided_on, kind, turned_down, findings=findings, id=number, **later)
        for bearer in bearers
    ]
    rows, same = take(made, records, known, _moment(known.pack, as_of))
    _told(rows, same, records)


@measure.command()
@click.argument("number", metavar="ID")
@later_options
@into_option
@rules_option
@moment_option
def update(number: str, records: Path, rules_name: str, as_of: str | None, **later: str) -> None:
    """补记反馈、复核、办结：写一个新版本，原来的保留。 | Add what came of a measure, as a new version."""
    from duban.deciding import change, progress
    from duban.pack import load_pack

    pack = load_pack(rules_name)
    moment = _moment(pack, as_of)
    row = change(number, later, records, pack, moment)
    click.echo(
        f"{number}：{row['bearer_id']} {row['measure']}，{progress(row, moment.day)}。重新审核后即反映在各项结果中。"
    )


@measure.command()
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--on", "decided_on", required=True, metavar="DATE", help="决定日期。 | The day of the decision.")
@into_option
@results_option
@moment_option
def read(file: Path, decided_on: str, records: Path, results: Path, as_of: str | None) -> None:
    """读回批过的拟提请约谈研究名单：“采纳与否及理由”一栏。 | Read the list back that the leaders have decided on."""
    from duban.deciding import read_known, read_list, take
    from duban.report.results import data_of

    known = read_known(data_of(results))
    found, undecided = read_list(file, data_of(results), decided_on)
    rows, same = take(found, records, known, _moment(known.pack, as_of))
    _told(rows, same, records)
    click.echo(f"未决定的（空白、再核）{undecided}行。")


@measure.command("list")
@into_option
@rules_option
@moment_option
def show(records: Path, rules_name: str, as_of: str | None) -> None:
    """列出登记的措施和进展。 | List the measures written down, and how far each is."""
    from duban.deciding import progress, taken
    from duban.pack import load_pack
    from duban.report.layout import aligned

    pack = load_pack(rules_name)
    today = _moment(pack, as_of).day
    rows = taken(records, pack)
    if not rows:
        click.echo("没有登记过措施。")
        return
    table = [["编号", "决定日期", "责任主体", "措施", "反馈期限", "进展"]]
    for row in rows:
        names = (row["decision_id"], row["decided_on"], row["bearer_id"], row["measure"], row["due"] or "·")
        table.append([*names, progress(row, today)])
    for line in aligned(table, 0):
        click.echo(line)


def _moment(pack: Pack, as_of: str | None) -> Moment:
    from zoneinfo import ZoneInfo

    from duban.deciding import Moment, moment_of

    now = datetime.now(ZoneInfo(pack.header.timezone)).replace(microsecond=0, tzinfo=None)
    return moment_of(as_of) if as_of else Moment(now)


def _told(rows: list[dict[str, str]], same: int, records: Path) -> None:
    for row in rows:
        facts = len(row["findings"].split("、"))
        click.echo(f"{row['decision_id']}：{row['bearer_id']} {row['measure']}（{row['outcome']}），所涉事项{facts}项")
    click.echo(f"登记措施：新增{len(rows)}项，已有{same}项。")
    if rows:
        click.echo(f"已写入 {records / '处理决定.csv'}；重新审核后即反映在各项结果中。")
