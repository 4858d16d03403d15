"""A mistake in a pack: what every part of the lint yields."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from duban.pack.yaml import PathKey


@dataclass(frozen=True)
class Problem:
    """One mistake: where (`('obligation', index, …)`, `('record', name, …)` or `('pack', …)`), what, and a hint."""

    where: PathKey
    message: str
    hint: str = ""
    code: str = "P100"


def near(name: str, known: Iterable[str]) -> str:
    """A “did you mean” hint, or the list of what there is."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean `{close[0]}`?" if close else "known: " + ", ".join(names)
