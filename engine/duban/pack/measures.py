"""The shape of measures.yaml: from findings to grounds to measures; what was done before; what speaks for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from duban.conditions import Column
from duban.model import Status, Tier, Verification
from duban.pack.fact_condition import FactScope
from duban.vocabulary import Listed, Names, Word

if TYPE_CHECKING:
    from duban.pack.pack import Pack

FILE = "measures.yaml"
FIRST, SECOND = Tier.FIRST.value, Tier.SECOND.value
PATTERNS = ("finding", "about", "conclusion", "past", "speaks_for")


class MeasureSpec(Word):
    """A measure: its rung on the ladder, its legal nature, and the procedure that it still owes.

    `listed`: its candidates stand on the list that goes to the leaders. `settles`: what was known when it was taken, or
    turned down, is dealt with. `pointer`: only points a person at something.
    """

    rung: int
    nature: str
    procedure: Names = ()
    listed: bool = False
    settles: bool = False
    pointer: bool = False


class Office(Word):
    """To whom a measure on a kind of bearer goes: a post, the roster's field of its holder; who would convene.

    `code` is the roster's field of the bearer's official number (统一社会信用代码). Bearers of the kind that share a
    person and the field `together` of the roster are one line of the list.
    """

    post: str
    person: str = ""
    code: str = ""
    together: str = ""
    convener: str


class History(Word):
    """Records that say what was done with bearers of a kind before, as facts `past`.

    `due`, `answered_on`, `rechecked_on` are their fields with the day of the answer and of the re-check.
    """

    record: str
    bearer: str
    link: str = ""
    where: str = ""
    on: str
    measure: str
    due: str = ""
    answered_on: str = ""
    rechecked_on: str = ""


class Exculpation(Word):
    """What may speak for a bearer: records of it in the duty's time (`record`), or its row of the roster.

    `by: trigger`: only for the duty that the record itself has called into being.
    """

    id: str
    title: str
    bearers: Names = Field(alias="for")
    record: str = ""
    by: Literal["bearer", "trigger"] = "bearer"
    where: str = ""
    link: str = ""


class Pattern(Word):
    """One thing that must, or must not, be known of the bearer; exactly one of `PATTERNS` is written.

    `finding` is a duty of the bearer's own, `about` one of somebody else's whose trigger is about the bearer.
    `at_least` counts them; `in_a_row` asks for one obligation in so many periods one after the other.
    """

    finding: str | None = None
    about: str | None = None
    conclusion: str | None = None
    past: str | None = None
    speaks_for: str | None = None
    at_least: int | str = 1
    in_a_row: int | str = 0

    @property
    def kinds(self) -> list[str]:
        """The kinds that are written down (lint wants exactly one)."""
        return [kind for kind in PATTERNS if getattr(self, kind) is not None]

    @property
    def kind(self) -> str:
        """The one kind; only after lint."""
        return self.kinds[0]

    @property
    def where(self) -> str:
        """Its condition."""
        return str(getattr(self, self.kind))


class Then(Word):
    """What follows: a ground (with its tier), or a measure. `ground: same` takes the grounds of the findings."""

    ground: str = ""
    tier: Literal["建议优先研究", "建议先核实、提醒", "same", ""] = ""
    measure: str = ""
    order: int = 9
    to_verify: str = ""


class Rule(Word):
    """If all of `when` holds of a bearer and none of `unless`, `then` follows."""

    id: str
    title: str
    bearers: Names = Field(alias="for")
    clause: str = ""
    when: Listed[Pattern]
    unless: Listed[Pattern] = ()
    then: Then
    why: str = ""


class Measures(Word):
    """measures.yaml. `decide_within`: days after which it is said of a line of the list that nobody has decided."""

    measures: dict[str, MeasureSpec] = {}
    bearers: dict[str, Office] = {}
    history: Listed[History] = ()
    exculpations: Listed[Exculpation] = ()
    rules: Listed[Rule] = ()
    decide_within: int | str = 0


def scopes(pack: Pack) -> Mapping[str, FactScope]:
    """What the conditions of each kind of pattern may read."""
    parameters = pack.schema.parameters
    fields = {
        "finding": _finding_fields(pack),
        "about": _finding_fields(pack),
        "conclusion": {
            "rule": _text(rule.id for rule in pack.measures.rules),
            "measure": _text(["", *pack.measures.measures]),
            "tier": _text(["", FIRST, SECOND]),
            "ground": _text(["", *pack.header.grounds]),
        },
        "past": {
            "measure": Column("", "text"),
            "outcome": Column("", "text"),
            "on": Column("", "date"),
            "days_ago": Column("", "int"),
        },
        "speaks_for": {"id": _text(item.id for item in pack.measures.exculpations)},
    }
    return {kind: FactScope(columns, parameters) for kind, columns in fields.items()}


def _text(values: object) -> Column:
    return Column("", "text", values=tuple(values))  # type: ignore[arg-type]


def _finding_fields(pack: Pack) -> dict[str, Column]:
    """The fields of a finding: what was judged, and what a person has made of it."""
    marks = {note.mark for item in pack.written for note in item.notes if note.mark}
    return {
        "obligation": _text(item.id for item in pack.written),
        "status": _text(status.value for status in Status),
        "ground": _text(["", *pack.header.grounds]),
        "enforceable": Column("", "bool"),
        "verification": _text(state.value for state in Verification),
        "basis": _text(["通知要求", "法定义务"]),
        "alert": Column("", "text"),
        "kind": Column("", "text"),
        "bearer_kind": _text(pack.header.bearers),
        "required": Column("", "decimal"),
        "observed": Column("", "decimal"),
        "shortfall": Column("", "decimal"),
        "days_overdue": Column("", "int"),
        "due": Column("", "date"),
        "marks": Column("", "list", values=tuple(sorted(marks))),
        "contested": Column("", "bool"),
        "settled": Column("", "text"),
        "taken": Column("", "list", values=tuple(pack.measures.measures)),
        "days_settled": Column("", "int"),
    }
