"""Every case of a pack: of its obligations, its leads, its measures and its checks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from duban.cases import Outcome, run_cases
from duban.check_cases import run_check_examples
from duban.lead_cases import run_lead_cases
from duban.measure_cases import run_measure_cases
from duban.pack import Pack


def run_all_cases(pack: Pack, name: str = "") -> Iterator[Outcome]:
    """The outcomes, or those of one obligation, lead, rule or check; raises PackError if a case file is malformed."""
    yield from chain(run_cases(pack, name), run_lead_cases(pack, name), run_measure_cases(pack, name))
    yield from run_check_examples(pack, name)
