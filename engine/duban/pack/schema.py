"""The shape of a pack's YAML: one pydantic model per word of the language. Unknown words are errors."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from duban.vocabulary import (  # noqa: F401  (the pack's vocabulary is part of its schema)
    ENVELOPE,
    JURISDICTION,
    MANIFEST,
    MANIFEST_TYPE,
    SUBMITTED_AT,
    SUBMITTED_BY,
    BearerKind,
    FieldSpec,
    FieldType,
    Names,
    RecordType,
    Reference,
    Span,
    Unit,
    Word,
)


class Window(Word):
    """A stretch of days; both ends included."""

    start: date | str = Field(alias="from")
    end: date | str = Field(alias="to")


class Parameter(Word):
    """A number or choice that the notice leaves open: default, why, and where it stands."""

    type: Literal["text", "int", "decimal", "bool", "date"]
    default: Any
    why: str
    clause: str = ""
    title: str = ""
    values: tuple[Any, ...] | list[Any] = ()
    for_leads: bool = False


class Alert(Word):
    """A colour and the condition over duty fields under which it is shown; the first that holds counts."""

    level: str
    where: str


class Headline(Word):
    """What the reader of the last screen asks first: duties under a title."""

    title: str
    where: str
    show: Literal["findings", "numbers"] = "findings"


class Question(Word):
    """What only the issuer can answer: the parameters that stand for its answer, or why there is none."""

    ask: str
    clause: str = ""
    parameters: Names = ()
    obligations: Names = ()
    why: str = ""


class PackHeader(Word):
    """pack.yaml: the notice as a whole."""

    id: str
    number: str
    title: str
    issuer: str
    jurisdiction: str
    timezone: str = "Asia/Shanghai"
    complete: Literal["declared", "assumed"] = "declared"
    calendar: str = ""
    windows: dict[str, Window] = {}
    parameters: dict[str, Parameter] = {}
    questions: tuple[Question, ...] | list[Question] = ()
    bearers: dict[str, BearerKind]
    grounds: Names = ()
    alerts: tuple[Alert, ...] | list[Alert] = ()
    headlines: tuple[Headline, ...] | list[Headline] = ()
    note: str = ""
