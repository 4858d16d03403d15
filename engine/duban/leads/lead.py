"""The shape of leads.yaml: leads, each of one kind, and the patterns that none of them carries."""

from __future__ import annotations

from duban.leads.base import Kind
from duban.leads.late_entry import LateEntry
from duban.leads.overlap import Overlap
from duban.leads.ratio import Ratio
from duban.leads.repeated_value import RepeatedValue
from duban.leads.similar_text import SimilarText
from duban.leads.wrong_order import WrongOrder
from duban.vocabulary import Names, Word


class Lead(Word):
    """A pattern in the records that may have innocent reasons, and how a person finds out. Never a conclusion."""

    id: str
    title: str
    pattern: Names
    clause: str = ""
    record: str
    bearer: str
    link: str = ""
    where: str = ""
    window: str = ""
    overlap: Overlap | None = None
    similar_text: SimilarText | None = None
    repeated_value: RepeatedValue | None = None
    wrong_order: WrongOrder | None = None
    ratio: Ratio | None = None
    late_entry: LateEntry | None = None
    reasons: Names
    check: str
    note: str = ""

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that are written down (lint wants exactly one)."""
        written: list[Kind | None] = [
            self.overlap, self.similar_text, self.repeated_value, self.wrong_order, self.ratio, self.late_entry,
        ]  # fmt: skip
        return [kind for kind in written if kind is not None]

    @property
    def kind(self) -> Kind:
        """The one kind; only after lint."""
        return self.kinds[0]


class NotCarried(Word):
    """A pattern that no lead carries, or not all of it, and why."""

    pattern: str
    why: str


class LeadsFile(Word):
    """leads.yaml."""

    leads: tuple[Lead, ...] | list[Lead] = ()
    not_carried: tuple[NotCarried, ...] | list[NotCarried] = ()
