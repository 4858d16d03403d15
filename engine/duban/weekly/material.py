"""What the first screen is made of, and what its parts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duban.auditing import Audit
from duban.model import Past
from duban.pack.weekly import Weekly
from duban.report.week import Due, Major, Piece, Proposed, Reading, Shown, Suggested, Swing
from duban.weekly.facts import Facts
from duban.weekly.text import piece

NAMED = 6  # names that one sentence lists
ROWS, ASKED, ENDING = 8, 7, 4  # rows of a table, decisions, days on the first screen: it is one page


@dataclass(frozen=True)
class Material:
    """An audit, what weekly.yaml asks of it, and the parts of the week that are made already."""

    audit: Audit
    weekly: Weekly
    facts: Facts
    findings: Sequence[Shown]
    proposed: Sequence[Proposed]
    majors: Sequence[Major]
    due: Sequence[Due]
    readings: Sequence[Reading]
    past: Past
    suggested: Sequence[Suggested]
    swing: Swing | None


def resting(text: str, own: Sequence[Shown]) -> Piece:
    """A number that rests on findings."""
    return piece(text, (one.finding.fingerprint for one in own))
