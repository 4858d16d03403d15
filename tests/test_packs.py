"""Every shipped pack: it lints clean, its cases pass, and no obligation lacks the cases that matter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from case_edges import edges_shown
from duban.all_cases import run_all_cases
from duban.cases import Outcome, statuses
from duban.pack import Pack, load_pack
from duban.pack.kept import find_pack, shipped_packs

PACKS = shipped_packs()


@cache
def pack_of(name: str) -> Pack:
    return load_pack(name)  # raises with every problem of the pack


@cache
def outcomes(name: str) -> dict[tuple[str, str], Outcome]:
    """How the cases of a pack went, by file and name."""
    return {(Path(one.place.file).name, one.case): one for one in run_all_cases(pack_of(name))}


def all_cases() -> Iterator[tuple[str, str, str]]:
    """(pack, file, case) of every case that is written down."""
    for name in PACKS:
        for path in sorted((find_pack(name) / "cases").glob("**/*.yaml")):
            for case in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["cases"]:
                yield name, path.name, case["name"]


def test_there_are_packs() -> None:
    assert "zezhou-2023-331" in PACKS


@pytest.mark.parametrize("name", PACKS)
def test_the_pack_lints_clean(name: str) -> None:
    assert pack_of(name).obligations


@pytest.mark.parametrize("name", PACKS)
def test_cases_have_names_of_their_own(name: str) -> None:
    written = [case[1:] for case in all_cases() if case[0] == name]
    assert len(written) == len(set(written))


@pytest.mark.parametrize(("name", "file", "case"), list(all_cases()))
def test_the_case_passes(name: str, file: str, case: str) -> None:
    assert outcomes(name)[file, case].differences == ()


@pytest.mark.parametrize("name", PACKS)
def test_every_obligation_has_the_cases_that_matter(name: str) -> None:
    """Met, breached, and what lies between: unproven or pending. (A manual obligation is never breached.)"""
    for obligation, seen in statuses(pack_of(name)).items():
        accused = "manual" if pack_of(name).obligation(obligation).manual else "breached"
        assert {"met", accused} <= seen, f"{obligation} lacks a case that is {' or '.join({'met', accused} - seen)}"
        assert seen & {"unproven", "pending"}, f"{obligation} lacks a case that is unproven or pending"


@pytest.mark.parametrize("name", PACKS)
def test_every_obligation_has_a_boundary_case(name: str) -> None:
    """Both sides of one edge: of the clock, of a day, or of a count (case_edges.py says what that is)."""
    lacking = sorted(obligation for obligation, edges in edges_shown(pack_of(name)).items() if not edges)
    assert lacking == []


@pytest.mark.parametrize("name", PACKS)
def test_every_obligation_quotes_its_clause(name: str) -> None:
    for obligation in pack_of(name).obligations:
        missing = [word for word in ("clause", "quote", "reading") if not getattr(obligation, word)]
        assert not missing, f"{obligation.id} has no {', '.join(missing)}"
