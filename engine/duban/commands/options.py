"""Options that several verbs share."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from duban.pack import Pack

DEFAULT_PACK = "zezhou-2023-331"

rules_option = click.option(
    "--rules", "rules_name", default=DEFAULT_PACK, show_default=True, metavar="PACK",
    help="规则包名称或目录。 | Pack name or folder.",
)  # fmt: skip


moment_option = click.option(
    "--as-of", metavar="DATE|DATETIME",
    help="截至时点，日期指当日24时；默认上一个周日。 | Moment judged; a date is its end; default: last Sunday.",
)  # fmt: skip
known_option = click.option(
    "--known-by", metavar="DATE|DATETIME",
    help="掌握时点，默认同截至时点。 | Only hand-ins up to this moment count; default: as-of.",
)  # fmt: skip


judge_option = click.option(
    "--judge", "engine", default="auto", show_default=True,
    type=click.Choice(["auto", "durable-rules", "plain", "none"]),
    help="用哪个判定器推导措施，结论相同；none 不推导。 | Which judge derives measures; none: do not.",
)  # fmt: skip


bureau_option = click.option(
    "--bureau", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="单位设置文件；默认台账旁的 bureau.yaml。 | Settings of the bureau; default: bureau.yaml beside the records.",
)  # fmt: skip


def store_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--store PATH|URL`, or DUBAN_STORE: a URL may hold a password, which is not for the list of processes."""
    return click.option(
        "--store", "store_name", envvar="DUBAN_STORE", metavar="PATH|URL",
        help="历史库：文件或 postgresql+psycopg://…，或设 DUBAN_STORE。 | The store of audits; also DUBAN_STORE.",
    )(function)  # fmt: skip


def needed_store(name: str | None) -> str:
    """The store that a verb cannot do without."""
    if not name:
        raise click.UsageError("请用 --store 指出历史库 | name the store with --store")
    return name


def cache_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--no-cache`: as if DUBAN_CACHE=off were set, for this command and the processes that it starts."""
    return click.option(
        "--no-cache", is_flag=True, is_eager=True, expose_value=False, callback=_uncached,
        help="不用缓存，结果相同；也可设 DUBAN_CACHE=off。 | Without the cache; the same results.",
    )(function)  # fmt: skip


def _uncached(context: click.Context, _: click.Parameter, value: bool) -> None:
    if not value:
        return
    before = os.environ.get("DUBAN_CACHE")

    def restore() -> None:
        os.environ.pop("DUBAN_CACHE", None)
        if before is not None:
            os.environ["DUBAN_CACHE"] = before

    os.environ["DUBAN_CACHE"] = "off"
    context.call_on_close(restore)


def settings_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--set k=v`, any number of times, as a dict."""
    return click.option(
        "--set", "settings", multiple=True, metavar="K=V", callback=_settings,
        help="改一个口径参数，可多次。 | Change a parameter; repeatable.",
    )(function)  # fmt: skip


def _settings(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    return dict(pairs(context, parameter, values))


def pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
    """Texts `k=v` as pairs; a name may come more than once."""
    found = []
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"“{value}”应写成 名称=值")
        found.append((name.strip(), text.strip()))
    return found


def today(rules_name: str) -> date:
    """Today on the clock of a pack that is not read yet."""
    from duban.pack import load_pack

    return today_of(load_pack(rules_name))


def today_of(pack: Pack) -> date:
    """Today on the pack's clock."""
    return now_of(pack).date()


def now_of(pack: Pack) -> datetime:
    """The moment on the pack's clock, without a time zone, as everything else that is kept."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(pack.header.timezone)).replace(tzinfo=None)


def last_sunday(today: date) -> date:
    """The last completed Sunday: what a weekly audit runs as of, so that nobody is accused on the due day itself."""
    return today - timedelta(days=today.isoweekday())


def new_file(path: Path, force: bool) -> Path:
    """A file that may be written; what somebody has perhaps filled in is not overwritten unasked."""
    from duban.errors import Issue, UsageError

    if path.exists() and not force:
        hint = Issue("U011", f"已有 {path}", hint="里面可能有已经填好的内容；另取一个名字，或加 --force 覆盖")
        raise UsageError("没有写入", [hint])
    return path


def written_text(content: str | bytes, path: Path | None, *, mark: bool = False) -> None:
    """Content to a file, which takes the place of an old one when it is whole; without a path to the screen.

    `mark`: begin the file with a byte order mark, by which spreadsheet programs know UTF-8. Raises UsageError.
    """
    if path is None:
        click.echo(content, nl=False)
        return
    from duban.report.book import staged

    data = content if isinstance(content, bytes) else content.encode("utf-8-sig" if mark else "utf-8")
    with staged(path) as stage:
        stage.write_bytes(data)
    click.echo(f"写出：{path}", err=True)
