"""plan.yaml: how a week is planned and what a page about one bearer shows, in terms of record types and obligations.

It changes no judgement: no audit reads it. A pack without it still has its duties listed and its covers planned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from duban.errors import Issue
from duban.kinds import Cover, Perform
from duban.pack.kept import kept_beside
from duban.pack.load import Draft
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.vocabulary import Listed, Names, Word

FILE = "plan.yaml"
Content = Literal["pending", "findings", "about", "missing", "look"]


class Urging(Word):
    """What may be urged of what is overdue.

    `corrections`: a reconcile that a corrected report puts right (the others are facts: nobody is asked to change them).
    `final`: what cannot be made good although its test would take a late act.
    """

    corrections: Names = ()
    final: Names = ()


class Party(Word):
    """Who goes out: a kind of bearer, what it is called, and which visits were its own."""

    bearer: str
    title: str
    where: str = ""


class Errand(Word):
    """Duties that a visit would settle besides the covers: those about a target, or the target's own once they are overdue.

    `by`: the party that goes, where the duty is not that party's own.
    """

    obligations: Names
    why: str
    by: str = ""


class OrderKey(Word):
    """One key of the order, and a column of the list. Exactly one of: `record` (how many records of a target meet `where`,
    more first), `errands` (how many are due, more first), `last` (how long ago that party was there, longest first, never
    before all), `field` of the roster (in the order of `values`).
    """

    title: str
    record: str = ""
    where: str = ""
    errands: bool = False
    last: str = ""
    field: str = ""
    values: Names = ()

    @property
    def forms(self) -> list[str]:
        """The ways in which it is written; lint wants one."""
        written = {"record": self.record, "errands": self.errands, "last": self.last, "field": self.field}
        return [name for name, value in written.items() if value]


class LeftOut(Word):
    """Targets that nobody is sent to, whatever a duty counts, and why."""

    where: str
    why: str


class Week(Word):
    """Proposed visits: to whom, what a visit is, by whom, in which order."""

    targets: str
    visit: str
    parties: Listed[Party]
    errands: Listed[Errand] = ()
    order: Listed[OrderKey] = ()
    leave_out: Listed[LeftOut] = ()


class Shown(Word):
    """A value with its label: a field of the bearer's roster row (through references, too), or of a record of its own."""

    title: str
    field: str
    record: str = ""
    where: str = ""


class ShownColumn(Word):
    """A column of a section: `field` may lead through references; `width` in parts of the page."""

    title: str
    field: str
    width: int = 2


class Section(Word):
    """One part of the page: rows of a record type, or one of the contents that every notice has.

    `obligations` limits duties (`about`: those of others about this bearer). `sort`: by that field, `newest` first or not.
    """

    title: str
    record: str = ""
    content: Content | None = None
    where: str = ""
    columns: Listed[ShownColumn] = ()
    sort: str = ""
    newest: bool = False
    most: int = 5
    obligations: Names = ()
    empty: str = "无"


class Look(Word):
    """What to look at on site where the roster row meets `where`, or where a record of the bearer does."""

    text: str
    record: str = ""
    where: str = ""


class Dossier(Word):
    """The page about one bearer. `within`: days for which pending duties are shown."""

    bearer: str
    title: str
    within: int = 14
    head: Listed[Shown]
    sections: Listed[Section]
    look: Listed[Look] = ()


class Planning(Word):
    """The whole of plan.yaml."""

    due: Urging = Urging()
    week: Week | None = None
    dossier: Dossier | None = None


@dataclass
class ReadPlanning:
    """The plan.yaml of a pack, and every mistake of the file; without the file there are none."""

    planning: Planning = field(default_factory=Planning)
    issues: list[Issue] = field(default_factory=list)


def read_planning(folder: Path, pack: Pack | None) -> ReadPlanning:
    """The plan.yaml of a pack; of a broken pack (None) what can be said without its record types."""
    from duban.pack.lint_planning import lint_planning

    if not (folder / FILE).is_file():
        return ReadPlanning()
    draft = Draft(folder)
    document = draft.read(FILE)
    found = draft.model(Planning, document.value or {}, document, ()) if not document.issues else None
    if found is None:
        return ReadPlanning(Planning(), draft.issues)
    if pack is not None:
        for problem in lint_planning(pack, found):
            draft.report(problem.code, document, problem.where, problem.message, problem.hint)
    return ReadPlanning(found, draft.issues)


def load_planning(pack: Pack) -> Planning:
    """The plan.yaml of a pack. Raises PackError with every mistake of the file."""

    def read() -> tuple[Planning, list[Issue]]:
        found = read_planning(pack.folder, pack)
        return found.planning, found.issues

    return kept_beside(pack, FILE, read)


def week_of(pack: Pack, planning: Planning) -> Week | None:
    """What plan.yaml says of the week; without it, the targets that most duties of others ask to be visited; None: none."""
    if planning.week is not None:
        return planning.week
    asked = [(item.bearer, *found) for item in pack.obligations if (found := visits_asked(pack, item)) is not None]
    counted = Counter((targets, visit) for bearer, targets, visit in asked if bearer != targets)
    if not counted:
        return None
    (targets, visit), _ = counted.most_common(1)[0]
    bearers = dict.fromkeys(bearer for bearer, *pair in asked if tuple(pair) == (targets, visit) and bearer != targets)
    parties = tuple(Party(bearer=name, title=pack.header.bearers[name].title or name) for name in bearers)
    return Week(targets=targets, visit=visit, parties=parties)


def serving(pack: Pack, week: Week) -> list[Obligation]:
    """The obligations of the parties that ask for visits to the targets."""
    parties = {party.bearer for party in week.parties}
    wanted = (week.targets, week.visit)
    return [item for item in pack.obligations if item.bearer in parties and visits_asked(pack, item) == wanted]


def visits_asked(pack: Pack, obligation: Obligation) -> tuple[str, str] | None:
    """(kind of targets, record type of the visits) that an obligation asks for in periods or once; None: it asks for none.

    A cover names its targets; a perform counts distinct ones by a field that refers to them.
    """
    test = obligation.test
    if obligation.draft or obligation.each is not None:
        return None
    if isinstance(test, Cover):
        return test.targets, test.by.record
    if isinstance(test, Perform) and test.distinct in pack.records[test.record].references:
        pointed = {pack.schema.target(item) for item in pack.records[test.record].references[test.distinct]}
        kinds = pack.header.bearers.items()
        named = [name for name, kind in kinds if len(kind.key) == 1 and (kind.record, kind.key[0]) in pointed]
        return (named[0], test.record) if named else None
    return None
