"""The shape of one obligation: who × each trigger × every period → exactly one test (docs/language.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from duban.kinds import Cover, Done, Forbid, Perform, Reconcile, Respond, Test
from duban.pack.schema import Window
from duban.vocabulary import Names, Unit, Word

LEGAL = "法定义务"  # the basis of what the law itself imposes: it cannot be waived


class Given(Word):
    """The duty exists only where such records do."""

    record: str
    where: str = ""
    at_least: int = 1
    link: str = ""


class Each(Word):
    """The records that call duties into being, and how long each stays open."""

    record: str
    where: str = ""
    first: bool = False
    start: str = Field(default="", alias="from")
    end: str = Field(default="", alias="until")
    link: str = ""


class Note(Word):
    """A remark on the duty, shown where its condition holds; `mark` is its name for measures.yaml."""

    where: str
    text: str
    mark: str = ""


class Advisory(Word):
    """Why a duty is shown and never a ground, and where that is so: where the condition is true or unknown."""

    where: str
    why: str

    def __str__(self) -> str:
        return self.why if self.where == ALWAYS else f"{self.why}（{self.where}）"


ALWAYS = "true"


def _as_advisory(value: Any) -> Any:
    """A text alone says that it is always so."""
    return ({"where": ALWAYS, "why": value} if value else None) if isinstance(value, str) else value


def _text_or_date(value: Any) -> Any:
    """A bare YAML date is a literal date: the same as `date '…'` in an expression."""
    return value.isoformat() if isinstance(value, date) else value


Moment = Annotated[str, BeforeValidator(_text_or_date)]


_PERIODS = TypeAdapter[Any](Unit | Literal["once"] | None)


def _period_or_parameter(value: Any) -> Any:
    """A unit or `once`; `param.NAME` is replaced by one of them before anything reads it (pack/choices.py)."""
    named = isinstance(value, str) and value.startswith("param.")
    return value if named else _PERIODS.validate_python(value, strict=True)


_EVERY_SCHEMA: Any = Unit | Literal["once"] | Annotated[str, Field(pattern=r"^param\.\w+$")] | None
Every = Annotated[str | None, BeforeValidator(_period_or_parameter, json_schema_input_type=_EVERY_SCHEMA)]


class Tested(Word):
    """The six test words; exactly one is used."""

    perform: Perform | None = None
    cover: Cover | None = None
    done: str | None = None
    respond: Respond | None = None
    forbid: Forbid | None = None
    reconcile: Reconcile | None = None
    require: str = ""

    @property
    def tests(self) -> list[Test]:
        """The tests that are written down (lint wants exactly one)."""
        written: list[Test | None] = [self.perform, self.cover, self.respond, self.forbid, self.reconcile]
        if self.done is not None:
            written.append(Done(done=self.done, require=self.require))
        return [test for test in written if test is not None]


class Path(Tested):
    """An `otherwise` entry: another way to be in order, or a reason to ask a person."""

    title: str
    where: str = ""
    by: Moment = ""
    manual: str = ""


class Obligation(Tested):
    """One normative rule of a clause."""

    id: str
    title: str
    clause: str
    quote: str = ""
    bearer: str
    applies: str = ""
    given: Given | None = None
    each: Each | None = None
    window: str | Window = ""
    every: Every = None
    by: Moment = ""
    within: str = ""
    roll: str = ""
    expect_by: Moment = ""
    otherwise: tuple[Path, ...] | list[Path] = ()
    ground: str = ""
    alert: str = ""
    advisory: Annotated[
        Advisory | None, BeforeValidator(_as_advisory, json_schema_input_type=str | Advisory | None)
    ] = None
    manual: str = ""
    notes: tuple[Note, ...] | list[Note] = ()
    basis: Literal["通知要求", "法定义务"] = "通知要求"
    law: str = ""
    cannot_see: str = ""
    reading: str = ""
    register_rows: Names = Field(default=(), alias="register")
    handed_in_by: dict[str, str] = {}
    draft: str = ""

    @property
    def test(self) -> Test:
        """The one test; only after lint."""
        return self.tests[0]

    @property
    def unit(self) -> str:
        """The period's unit; '' for none and for `once`."""
        return "" if self.every in (None, "once") else str(self.every)

    @property
    def before(self) -> bool:
        """Whether the duty looks back from its trigger (`respond` with direction before)."""
        return self.respond is not None and self.respond.direction == "before"


def handed_in_by(obligation: Obligation, record: str, default: str) -> str:
    """Who must have handed in a record type to prove its days; '' for the bearer and whom it reports through."""
    overrides: Mapping[str, str] = obligation.handed_in_by
    return overrides.get(record, default)
