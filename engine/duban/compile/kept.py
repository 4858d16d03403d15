"""Plans kept in the cache: what a plan follows from is its pack, which knows its stamp, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable

from duban import cache
from duban.model import Plan
from duban.pack.pack import Pack

_KIND = "plan"


def kept_plan(pack: Pack, *asked: str, make: Callable[[], Plan]) -> Plan:
    """The plan that was made of a pack for what is asked, or one that is made now; a pack without stamp has none kept."""
    name = cache.key(pack.stamp, *asked) if pack.stamp else ""
    kept = cache.recall(_KIND, name) if name else None
    if isinstance(kept, Plan):
        return kept
    plan = make()
    if name:
        cache.remember(_KIND, name, plan)
    return plan
