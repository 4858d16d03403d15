"""One person, one line: candidates of bearers that the same person answers for (two posts of a group) are merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from duban.judging.candidates import TIERS, most_pressing
from duban.model import Candidate, Flip

Item = TypeVar("Item")


def merged(candidates: Iterable[Candidate], shared: Mapping[tuple[str, str, str], str]) -> list[Candidate]:
    """`shared`: jurisdiction, kind, id of a bearer → what the bearers of one addressee have in common (`together`)."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for one in candidates:
        who = (one.jurisdiction, one.bearer_kind, one.bearer_id)
        person = one.addressee.person
        key = (*who[:2], shared[who], person) if person and shared.get(who) else who
        groups.setdefault((*key, one.measure), []).append(one)
    return [group[0] if len(group) == 1 else _one(group) for group in groups.values()]


def _one(group: Sequence[Candidate]) -> Candidate:
    """The line of all of them: every post, every cause, what speaks for each."""
    first = group[0]
    findings = tuple(sorted(chain.from_iterable(one.findings for one in group), key=most_pressing))
    tier = min((one.tier for one in group), key=TIERS.index)
    posts = dict.fromkeys(one.bearer_name for one in group)
    return replace(
        first,
        also=tuple(one.bearer_id for one in group[1:]),
        bearer_name="、".join(posts),
        tier=tier,
        grounds=_all(one.grounds for one in group),
        clause="、".join(_all(one.clause.split("、") for one in group)),
        conclusions=tuple(chain.from_iterable(one.conclusions for one in group)),
        findings=findings,
        speaks_for=_all(one.speaks_for for one in group),
        to_verify=_all(one.to_verify for one in group),
        earlier=_all(one.earlier for one in group),
        flips=tuple(_flips(group, tier.value)),
        red=any(one.red for one in group),
    )


def _all(parts: Iterable[Iterable[Item]]) -> tuple[Item, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def _flips(group: Sequence[Candidate], tier: str) -> Iterator[Flip]:
    """What takes the whole line off its tier: a finding of the only post that carries that tier."""
    names = [tier.value for tier in TIERS]
    for one in group:
        others = [other.tier.value for other in group if other is not one]
        if one.tier.value == tier and tier not in others:
            for flip in one.flips:
                becomes = min((name for name in (flip.becomes, *others) if name), key=names.index)
                yield Flip(flip.fingerprint, becomes)


__all__ = ["merged"]
