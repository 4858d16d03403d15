"""forms.yaml: the forms that a notice draws and the lists that it asks for, in terms of record types and fields.

One description serves for writing a form and for reading it back. It changes no judgement: no audit fails by it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from duban.errors import Issue
from duban.pack.kept import kept_beside
from duban.pack.load import Draft
from duban.pack.pack import Pack
from duban.vocabulary import Listed, Names, Word

FILE = "forms.yaml"
CONTENTS = ("field", "shows", "post", "text")


class HeadCell(Word):
    """A labelled cell above a form's tables (填报单位：…): the field that it fills, and how that is shown."""

    title: str
    aliases: Names = ()
    field: str = ""
    shown: str = "{}"


class FormColumn(Word):
    """A column of a form: its heading (two where it stands under a common one), and what stands in it.

    Exactly one of `CONTENTS`, or none for the column that names the lines. `field` is written and read back; `shows` is
    a field of another record, for the reader; `post` is one of `posts`; `text` is always the same. `serial` counts the
    rows, as a field or for the reader only. `unit` is what the form prints where the record type says it otherwise (万
    for 万元); `needed`: an empty cell is told.
    """

    title: Names
    aliases: Names = ()
    field: str = ""
    shows: str = ""
    post: str = ""
    text: str = ""
    serial: bool = False
    unit: str = ""
    width: int = 0
    needed: bool = False

    @property
    def heading(self) -> str:
        """The headings joined: 一般隐患排查."""
        return "".join(self.title)


class FormLine(Word):
    """A line of figures: what it is called, and the fields that say which line it is."""

    title: str
    aliases: Names = ()
    sets: dict[str, str] = Field(default={}, alias="set")


class Rows(Word):
    """Which of the problems stand in a table, and the texts that its fields are made of."""

    where: str = ""
    values: dict[str, str] = {}


class Part(Word):
    """One table of a form: rows of `record`, or with `lines` a fixed set of figures with a row of units.

    `details`: the figure of the form that its rows set out one by one.
    """

    record: str
    title: str = ""
    columns: Listed[FormColumn]
    lines: Listed[FormLine] = ()
    rows: Rows = Rows()
    blank: int = 0
    details: str = ""

    @property
    def deep(self) -> bool:
        """Whether its header takes two rows."""
        return any(len(column.title) > 1 for column in self.columns)


class Form(Word):
    """One sheet that is handed in: title, head, tables, a note below them."""

    title: str
    sheet: str
    clause: str = ""
    head: Listed[HeadCell] = ()
    parts: Listed[Part]
    note: str = ""
    landscape: bool = True


class Count(Word):
    """A figure counted from records of the town in the period: by `on`; distinct values of a field, or a sum."""

    record: str
    on: str
    where: str = ""
    distinct: str = ""
    sums: str = Field(default="", alias="sum")
    per: int = 1


class Figure(Word):
    """How a figure of the form comes about, and how its 累计 does.

    `count` from records, or `ask` a person. `cumulative`: `adds` to the previous one; `distinct` values since the
    campaign began; `largest` of the two. `at_most` another figure of the same line.
    """

    count: Count | None = None
    ask: str = ""
    cumulative: Literal["adds", "distinct", "largest"] = "adds"
    at_most: str = ""


class Figures(Word):
    """The figures of one record type: who reports them, for which period, and which line is which."""

    record: str
    town: str
    made_on: str
    line: str
    current: str
    total: str
    fields: dict[str, Figure]


class Source(Word):
    """Another record type whose rows are problems, too: its fields by the names of the main one; what is fixed."""

    record: str
    where: str = ""
    fields: dict[str, str] = {}
    sets: dict[str, str] = Field(default={}, alias="set")


class Alike(Word):
    """Which problems may be one under two numbers: those alike in all of these fields."""

    where: str = ""
    fields: Names


class Problems(Word):
    """What the three lists list: rows of `record`, told apart by its key, and those of other types that are not there.

    `same`: the fields that, all alike, make two rows of different types one problem. `alike`: what a person is asked.
    """

    record: str
    key: str
    also: Listed[Source] = ()
    same: Names = ()
    alike: Alike | None = None


class PackSheet(Word):
    """A record type in the town's workbook. `carry`: which known records are filled in beforehand."""

    record: str
    carry: str = ""
    hide: Names = ()
    note: str = ""


class PostSource(Word):
    """Where the holder of a post may stand: a field of a record of the enterprise or its town; or a text."""

    record: str = ""
    where: str = ""
    field: str = ""
    text: str = "{}"


class Post(Word):
    """A column of 责任清单 that a roster can fill beforehand; the first source that has something counts."""

    title: str
    sources: Listed[PostSource]


class TownPack(Word):
    """The workbook of a town for a month: its sheets of records, and the roster with the posts."""

    roster: str
    sheets: Listed[PackSheet]
    note: str = ""


class Paragraph(Word):
    """A paragraph of the draft: a heading, a text with figures in it, or a blank for a person's judgement."""

    heading: str = ""
    text: str = ""
    blank: str = ""


class Number(Word):
    """How many records of the town meet a condition at the end of the data; of a roster, those that hold then."""

    record: str
    where: str = ""


class Progress(Word):
    """The draft of the stage progress: numbers are filled in, judgement is left to a person."""

    title: str
    numbers: dict[str, Number] = {}
    paragraphs: Listed[Paragraph]


class Forms(Word):
    """The whole of forms.yaml."""

    forms: dict[str, Form] = {}
    problems: Problems | None = None
    figures: Figures | None = None
    posts: dict[str, Post] = {}
    town_pack: TownPack | None = None
    progress: Progress | None = None

    def parts(self) -> Iterator[tuple[str, Form, Part]]:
        """Every table with the id of its form and the form."""
        for name, form in self.forms.items():
            for part in form.parts:
                yield name, form, part


@dataclass
class ReadForms:
    """The forms of a pack, and every mistake of the file; without the file there are none."""

    forms: Forms = field(default_factory=Forms)
    issues: list[Issue] = field(default_factory=list)


def read_forms(folder: Path, pack: Pack | None) -> ReadForms:
    """The forms of a pack; of a broken pack (None) what can be said without its record types."""
    from duban.pack.lint_forms import lint_forms

    if not (folder / FILE).is_file():
        return ReadForms()
    draft = Draft(folder)
    document = draft.read(FILE)
    forms = draft.model(Forms, document.value or {}, document, ()) if not document.issues else None
    if forms is None:
        return ReadForms(Forms(), draft.issues)
    if pack is not None:
        for problem in lint_forms(pack, forms):
            draft.report(problem.code, document, problem.where, problem.message, problem.hint)
    return ReadForms(forms, draft.issues)


def forms_of(pack: Pack) -> Callable[[], Forms]:
    """The forms of a pack, read when they are first asked for: a mistake in them stops no audit."""
    return cache(lambda: read_forms(pack.folder, None).forms)


def forms_digest(pack: Pack) -> str:
    """SHA-256 of the file that the forms of a pack stand in; empty where there is none."""
    path = pack.folder / FILE
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def load_forms(pack: Pack) -> Forms:
    """The forms of a pack. Raises PackError with every mistake of the file."""

    def read() -> tuple[Forms, list[Issue]]:
        found = read_forms(pack.folder, pack)
        return found.forms, found.issues

    return kept_beside(pack, FILE, read)
