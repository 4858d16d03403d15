"""What a pack means, checked: names, types, mixes of words. Every problem of the pack in one run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from duban.pack.choices import problems, variants
from duban.pack.lint_obligation import ObligationLint
from duban.pack.lint_schema import lint_header, lint_record
from duban.pack.obligation import Obligation
from duban.pack.problem import Problem
from duban.pack.yaml import PathKey

if TYPE_CHECKING:
    from duban.pack.pack import Pack


def lint(pack: Pack) -> Iterator[Problem]:
    """Every problem of a pack, in the order of its files."""
    yield from lint_header(pack)
    for name, record in pack.own_records.items():
        yield from lint_record(pack.schema, name, record)
    seen: dict[str, int] = {}
    for index, obligation in enumerate(pack.written):
        where: PathKey = ("obligation", index)
        if obligation.id in seen:
            yield Problem((*where, "id"), f"the id `{obligation.id}` is used twice")
        seen[obligation.id] = index
        yield from _obligation(pack, obligation, where)


def _obligation(pack: Pack, obligation: Obligation, where: PathKey) -> Iterator[Problem]:
    """The problems of one obligation, whatever value the parameters take that decide a word of it."""
    for path, error in problems(obligation, pack.header.parameters, pack.schema):
        yield Problem((*where, *path), str(error), error.hint)
    told: set[Problem] = set()
    for chosen, variant in variants(obligation, pack.header.parameters, pack.values, pack.schema):
        found = [problem for problem in ObligationLint(pack, variant, where).run() if problem not in told]
        told |= set(found)
        yield from (replace(one, message=f"{one.message} (with {chosen})") if chosen else one for one in found)
