"""`duban cache show|clear`: what lies in the cache, and away with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from duban.cache import Entry


@click.group()
def cache() -> None:
    """缓存：看有多少，删掉它；随时可删，不影响结果。 | What is cached, and how to delete it; always safe."""


@cache.command()
def show() -> None:
    """缓存在哪里、有多少。 | Where the cache is, and how much lies there."""
    from duban import cache as kept

    where = kept.folder()
    if where is None:
        click.echo(f"没有缓存：{kept.whynot()}")
        return
    found = kept.entries()
    click.echo(f"缓存在 {where}，{_total(found)}，上限{_shown(kept.bound())}（{kept.BOUND} 可改）。")
    for kind in sorted({entry.kind for entry in found}):
        click.echo(f"  {kind}：{_total([entry for entry in found if entry.kind == kind])}")


@cache.command()
def clear() -> None:
    """删除缓存。 | Delete the cache."""
    from duban import cache as kept
    from duban.errors import UsageError

    where = kept.folder()
    if where is None:
        raise UsageError(f"没有缓存可删：{kept.whynot()}")
    found = kept.entries()
    try:
        kept.clear()
    except OSError as error:
        raise UsageError(f"缓存没有删完：{error}") from None
    click.echo(f"已删除 {where}，{_total(found)}。")


def _total(entries: list[Entry]) -> str:
    return f"{len(entries)}项，{_shown(sum(entry.size for entry in entries))}"


def _shown(size: int) -> str:
    """Bytes for a person: 12.3MB."""
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f}{unit}"
    return f"{size}B"
