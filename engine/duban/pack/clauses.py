"""clauses.yaml: every sentence of a notice, and what serves it. It changes no judgement: no audit reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from duban.errors import Issue, Place
from duban.pack.load import Draft
from duban.pack.notice import END, FRONT, plain
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.pack.problem import near
from duban.pack.yaml import Document, PathKey
from duban.vocabulary import Names, Word

FILE = "clauses.yaml"
_NUMBER = re.compile(r"(附件\d*)?([一二三四五六七八九十]+(\([一二三四五六七八九十]+\))?(\d+)?(\(\d+\))?)?")


class Unquoted(Word):
    """A sentence that is not to be quoted (it names a person, or is a telephone number): its number in the clause."""

    sentence: int
    title: str


class Entry(Word):
    """A sentence of the notice, or one of the norms in it: which, and what serves it."""

    clause: str
    summary: str
    quote: str = ""
    place: Unquoted | None = None
    register_rows: Names = Field(default=(), alias="register")
    checked: Literal["F", "P", "N"] | None = None
    encoded_by: Names = ()
    leads: Names = ()
    measures: Names = ()
    manual: str = ""
    not_a_norm: str = ""
    reading: str = ""
    doubt: str = ""

    @property
    def served(self) -> tuple[str, ...]:
        """The words that say what serves it, in a fixed order; none for what is no norm."""
        words = ("encoded_by", "leads", "measures", "manual")
        return tuple(word for word in words if getattr(self, word))


@dataclass
class Clauses:
    """The entries of a pack's clauses.yaml, and where each stands; without the file there is none."""

    entries: tuple[Entry, ...] = ()
    places: tuple[Place, ...] = ()
    issues: list[Issue] = field(default_factory=list)

    def serving(self, obligation: str) -> list[Entry]:
        """The entries that an obligation serves."""
        return [entry for entry in self.entries if obligation in entry.encoded_by]


def read_clauses(folder: Path, pack: Pack | None) -> Clauses:
    """The clauses of a pack, with every mistake; of a broken pack (None) what can be said without its obligations."""
    if not (folder / FILE).is_file():
        return Clauses()
    draft = Draft(folder)
    document = draft.read(FILE)
    if not document.issues and not isinstance(document.value, list):
        draft.report("P012", document, (), f"{FILE} is a list of sentences", "begin each with `- clause: …`")
    values = document.value if isinstance(document.value, list) else []
    read = [(index, draft.model(Entry, value, document, (index,))) for index, value in enumerate(values)]
    found = [(index, entry) for index, entry in read if entry is not None]
    lint = _Lint(draft, document)
    for index, entry in found:
        lint.entry(index, entry, pack)
    places = tuple(Place(str(folder / FILE), document.place((index,)).line) for index, _ in found)
    clauses = Clauses(tuple(entry for _, entry in found), places, draft.issues)
    if pack is not None and values and len(found) == len(values):  # what cannot be read may well name them
        clauses.issues += [issue for one in pack.written for issue in _unserved(one, clauses, pack)]
        clauses.issues += _unnamed(clauses, pack)
    return clauses


@dataclass
class _Lint:
    """Checks the entries one after the other; knows what stood before."""

    draft: Draft
    document: Document
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def entry(self, index: int, entry: Entry, pack: Pack | None) -> None:
        for word, message, hint in (*_shape(entry), *_service(entry), *_names(entry, pack), *self._twice(entry)):
            path: PathKey = (index, *word.split(".")) if word else (index,)
            self.draft.report("P100", self.document, path, message, hint, entry.clause)
        self.seen.setdefault(_mark(entry), self.document.place((index,)).line)

    def _twice(self, entry: Entry) -> Iterator[tuple[str, str, str]]:
        line = self.seen.get(_mark(entry))
        if line is not None and _mark(entry)[1]:
            word = "quote" if entry.quote else "place"
            yield word, f"line {line} has the same `{word}`", "quote what only this sentence, or this norm of it, says"


def _mark(entry: Entry) -> tuple[str, str]:
    """What an entry is recognised by."""
    where = f"#{entry.place.sentence}" if entry.place is not None and not entry.quote else plain(entry.quote)
    return plain(entry.clause), where


def _shape(entry: Entry) -> Iterator[tuple[str, str, str]]:
    number = plain(entry.clause)
    if not number or (number not in (FRONT, END) and not _NUMBER.fullmatch(number)):
        yield "clause", f"`{entry.clause}` is no clause", f"write 四(一)2, 附件, {FRONT} or {END}"
    if not entry.quote and entry.place is None:
        yield "", "neither `quote` nor `place`: which sentence is it?", "quote a few words, or write its `place`"
    elif entry.quote and entry.place is not None:
        yield "place", "`place` is for a sentence that is not quoted", "leave out one of the two"
    if entry.place is not None and entry.place.sentence < 1:
        yield "place.sentence", "the sentences of a clause are counted from 1", ""


def _service(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Whether it says what serves the sentence, and says it once."""
    others = (*entry.served, *(["checked"] if entry.checked else []))
    if entry.not_a_norm:
        for word in others:
            yield word, f"what is no norm has no `{word}`", "leave out `not_a_norm`, or this"
        return
    if not entry.served:
        hint = "write encoded_by, manual, not_a_norm, leads or measures"
        yield "", "nothing says what serves this sentence", hint
    if entry.checked is None:
        yield "", "`checked` is missing", "how far can records show it: F fully, P partly, N not"


def _names(entry: Entry, pack: Pack | None) -> Iterator[tuple[str, str, str]]:
    if pack is not None:
        known = {"encoded_by": {one.id for one in pack.written}, "leads": {one.id for one in pack.leads}}
        for word, ids in known.items():
            what = "obligation" if word == "encoded_by" else "lead"
            for name in getattr(entry, word):
                if name not in ids:
                    yield word, f"no {what} `{name}`", near(name, sorted(ids)) if ids else f"the pack has no {what}"
    for word in ("encoded_by", "leads", "measures", "register_rows"):
        names = getattr(entry, word)
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield word.removesuffix("_rows"), f"`{name}` stands here twice", ""


def _unserved(obligation: Obligation, clauses: Clauses, pack: Pack) -> Iterator[Issue]:
    """What clauses.yaml lacks for an obligation: an entry, one under its own clause, its rows of the register."""
    serving = clauses.serving(obligation.id)
    rows = {row for entry in serving for row in entry.register_rows}
    messages = []
    if not serving:
        messages = [f"no sentence of {FILE} is `encoded_by: {obligation.id}`"]
    elif plain(obligation.clause) not in [plain(entry.clause) for entry in serving]:
        messages = [f"`{obligation.id}` serves no sentence of its own clause in {FILE}"]
    messages += [
        f"`{obligation.id}` serves no sentence of {FILE} that has row {row} of the register"
        for row in obligation.register_rows
        if serving and row not in rows
    ]
    place = pack.places[obligation.id]
    shown = Place(str(pack.folder / place.file), place.line)
    hint = f"add the id to `encoded_by` of its sentence of {obligation.clause} in {FILE}"
    for message in messages:
        yield Issue("P101", message, shown, hint, context=f"- id: {obligation.id}    （{obligation.clause}）")


def _unnamed(clauses: Clauses, pack: Pack) -> Iterator[Issue]:
    """The leads that no entry names."""
    named = {name for entry in clauses.entries for name in entry.leads}
    for lead in pack.leads:
        if lead.id not in named:
            place = Place(str(pack.folder / FILE))
            yield Issue(
                "P101", f"no sentence of {FILE} has the lead `{lead.id}`", place, "add it to the `leads` of one"
            )
