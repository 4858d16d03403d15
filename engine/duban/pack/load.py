"""From a folder to a Pack: reads the YAML, checks its shape, then its meaning (lint); every mistake in one run."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from duban.calendar import Calendar
from duban.errors import Issue, PackError, Place, UsageError
from duban.leads import Lead, LeadsFile, NotCarried
from duban.pack.checks import FILE as CHECKS
from duban.pack.checks import ChecksFile
from duban.pack.kept import CALENDARS, rules_folder
from duban.pack.lint import lint
from duban.pack.lint_checks import lint_checks
from duban.pack.lint_leads import lint_leads
from duban.pack.lint_measures import lint_measures
from duban.pack.measures import FILE as MEASURES
from duban.pack.measures import Measures
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack, parameter_value
from duban.pack.schema import PackHeader
from duban.pack.yaml import Document, PathKey, kept_yaml, read_yaml
from duban.vocabulary import BUILT_IN, DECISION, WAIVER, RecordType, Reference

Model = TypeVar("Model", bound=BaseModel)
LEADS = "leads.yaml"


@dataclass
class Draft:
    """A pack while it is read: documents, models, and the issues found so far."""

    folder: Path
    documents: dict[str, Document] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def read(self, name: str) -> Document:
        document = kept_yaml(self.folder / name, name)
        self.documents[name] = document
        self.issues += [
            replace(issue, place=replace(issue.place, file=str(self.folder / name))) for issue in document.issues
        ]
        return document

    def report(
        self, code: str, document: Document, path: PathKey, message: str, hint: str = "", clause: str = ""
    ) -> None:
        place = document.place(path)
        context = document.source(place) + (f"    （{clause}）" if clause else "")
        shown = Place(str(self.folder / place.file), place.line)
        self.issues.append(Issue(code, message, shown, hint, context=context))

    def model(self, kind: type[Model], value: Any, document: Document, path: PathKey) -> Model | None:
        """One pydantic model; its errors become issues with line and “did you mean”."""
        clause = str(value.get("clause", "")) if isinstance(value, dict) else ""
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            told: set[PathKey] = set()
            for problem in error.errors():
                at = (*path, *(part for part in problem["loc"] if _is_step(part)))
                if at in told:  # a choice of shapes: each shape complains of the same place
                    continue
                told.add(at)
                message, hint = explain(kind, dict(problem))
                self.report("P010", document, at, message, hint, clause)
        return None


def _is_step(part: str | int) -> bool:
    """Union members and validators leave class names in pydantic's places; keys of YAML are lower-case."""
    return isinstance(part, int) or (part.isascii() and part == part.lower() and "[" not in part) or not part.isascii()


def explain(kind: type[BaseModel], problem: Mapping[str, Any]) -> tuple[str, str]:
    """A pydantic error in the words of the language."""
    loc = [part for part in problem["loc"] if isinstance(part, str) and _is_step(part)]
    word = loc[-1] if loc else ""
    if problem["type"] == "extra_forbidden":
        known = words_of(_model_at(kind, problem["loc"][:-1]))
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
        return f"unknown key `{word}`", f"did you mean `{close[0]}`?" if close else "known: " + ", ".join(known)
    if problem["type"] == "missing":
        return f"`{word}` is missing", ""
    value = problem.get("input")
    if problem["type"] == "string_type" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"`{word}` must be text, not the number {value}", f"quote it: '{value}'"
    return f"`{word}`: {problem['msg']}", f"it says: {value!r}" if not isinstance(value, dict) else ""


def words_of(kind: type[BaseModel] | None) -> list[str]:
    """The YAML words that a model knows."""
    return [spec.alias or name for name, spec in kind.model_fields.items()] if kind is not None else []


def _model_at(kind: type[BaseModel], loc: Iterable[str | int]) -> type[BaseModel] | None:
    """The model that a pydantic place lies in."""
    current: type[BaseModel] | None = kind
    for part in loc:
        if isinstance(part, int) or current is None or not _is_step(part):
            continue
        found = [spec for name, spec in current.model_fields.items() if part in (name, spec.alias)]
        current = _first_model(found[0].annotation) if found else current
    return current


def _first_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _first_model(part)
        if found is not None:
            return found
    return None


def read_pack(folder: Path) -> tuple[Pack | None, list[Issue]]:
    """A pack and all its mistakes; the pack is None if its shape is broken."""
    draft = Draft(folder)
    head = draft.read("pack.yaml")
    header = draft.model(PackHeader, head.value or {}, head, ()) if not head.issues else None
    own = _records(draft)
    obligations, origins = _obligations(draft)
    leads, lines = _listed(draft, Lead, "leads")
    not_carried, others = _listed(draft, NotCarried, "not_carried")
    measures = _optional(draft, MEASURES, Measures)
    checks = _optional(draft, CHECKS, ChecksFile)
    records = {**built_in(own, header, measures), **own}
    if header is None:
        return None, draft.issues
    values = {}
    for name, spec in header.parameters.items():
        try:
            values[name] = parameter_value(name, spec.type, spec.default)
        except UsageError as error:
            draft.report("P011", head, ("parameters", name, "default"), str(error))
            values[name] = spec.default
    places = {item.id: origins[index][0].place(origins[index][1]) for index, item in enumerate(obligations)}
    calendar = _calendar(draft, head, header)
    written = tuple(obligations)
    pack = Pack(
        folder, header, records, written, values, places, calendar, leads, not_carried, measures, checks, frozenset(own)
    )
    broken = bool(draft.issues)
    for problem in lint(pack):
        document, path = _origin(problem.where, head, draft, origins)
        clause = obligations[int(problem.where[1])].clause if problem.where[0] == "obligation" else ""
        draft.report(problem.code, document, path, problem.message, problem.hint, clause)
    for problem in lint_leads(pack):
        at = (lines if problem.where[0] == "lead" else others)[int(problem.where[1])]
        path = (*at, *problem.where[2:])
        draft.report(problem.code, draft.documents[LEADS], path, problem.message, problem.hint)
    for problem in lint_measures(pack) if draft.documents.get(MEASURES) and not broken else ():
        draft.report(problem.code, draft.documents[MEASURES], problem.where, problem.message, problem.hint)
    for problem in lint_checks(pack) if draft.documents.get(CHECKS) and not broken else ():
        draft.report(problem.code, draft.documents[CHECKS], problem.where, problem.message, problem.hint)
    return (pack if not broken else None), draft.issues


def built_in(own: Mapping[str, RecordType], header: PackHeader | None, measures: Measures) -> dict[str, RecordType]:
    """The record types that every pack has, pointing at its own: whom a decision or a waiver is about, by number or by
    name; and the minutes (`history`) that a decision names by its document number.
    """
    if header is None:
        return dict(BUILT_IN)
    kinds = header.bearers.values()
    bearers = dict.fromkeys(kind.record for kind in kinds if own_key(own.get(kind.record)) == kind.key)
    minutes = dict.fromkeys(item.record for item in measures.history if len(own_key(own.get(item.record))) == 1)
    about = {
        DECISION: {"bearer_id": tuple(bearers), "doc_no": tuple(minutes)},
        WAIVER: {"bearer": tuple(bearers)},
    }
    found = dict(BUILT_IN)
    for name, fields in about.items():
        references = {
            field: tuple(Reference(to=record, outside="ignore") for record in records)
            for field, records in fields.items()
            if records
        }
        found[name] = found[name].model_copy(update={"references": references})
    return found


def own_key(record: RecordType | None) -> tuple[str, ...]:
    """The key of a record type; none of one that is not there."""
    return record.key if record is not None else ()


def _optional(draft: Draft, name: str, kind: type[Model]) -> Model:
    """A file of one model that a pack may lack."""
    if not (draft.folder / name).is_file():
        return kind()
    document = draft.read(name)
    return draft.model(kind, document.value or {}, document, ()) or kind()


def _records(draft: Draft) -> dict[str, RecordType]:
    document = draft.read("records.yaml")
    found = {}
    for name, value in (document.value or {}).items() if isinstance(document.value, dict) else ():
        record = draft.model(RecordType, value, document, (name,))
        if record is not None:
            found[name] = record
    return found


def _obligations(draft: Draft) -> tuple[list[Obligation], list[tuple[Document, PathKey]]]:
    found: list[Obligation] = []
    origins: list[tuple[Document, PathKey]] = []
    for path in sorted((draft.folder / "obligations").glob("*.yaml")):
        document = draft.read(f"obligations/{path.name}")
        if document.value is not None and not isinstance(document.value, list):
            draft.report("P012", document, (), "a file of obligations is a list", "begin each with `- id: …`")
            continue
        for index, value in enumerate(document.value or []):
            obligation = draft.model(Obligation, value, document, (index,))
            if obligation is not None:
                found.append(obligation)
                origins.append((document, (index,)))
    return found, origins


def _listed(draft: Draft, kind: type[Model], word: str) -> tuple[tuple[Model, ...], list[PathKey]]:
    """The items of one list of leads.yaml, and where each stands; the file is optional."""
    if not (draft.folder / LEADS).is_file():
        return (), []
    document = draft.documents.get(LEADS)
    if document is None:
        document = draft.read(LEADS)
        if document.value is not None and not isinstance(document.value, dict):
            message = f"{LEADS} has two lists: `leads` and `not_carried`"
            draft.report("P012", document, (), message, "begin with `leads:`")
        for key in document.value if isinstance(document.value, dict) else ():
            if key not in LeadsFile.model_fields:
                draft.report("P010", document, (key,), f"unknown key `{key}`", "known: leads, not_carried")
    listed = (document.value.get(word) or []) if isinstance(document.value, dict) else []
    if not isinstance(listed, list):
        draft.report("P012", document, (word,), f"`{word}` is a list", "begin each item with `- `")
        return (), []
    read = [(draft.model(kind, value, document, (word, index)), (word, index)) for index, value in enumerate(listed)]
    return tuple(item for item, _ in read if item is not None), [path for item, path in read if item is not None]


def _calendar(draft: Draft, head: Document, header: PackHeader) -> Calendar:
    """The pinned calendar that the pack names: beside the pack, or shipped."""
    if not header.calendar:
        return Calendar()
    for folder in (draft.folder, rules_folder() / CALENDARS):
        path = folder / f"{header.calendar}.yaml"
        if path.is_file():
            document = read_yaml(path, str(path))
            draft.issues += document.issues
            years = (document.value or {}).get("years") or {}
            try:
                return Calendar.from_data({"years": {int(year): entry for year, entry in years.items()}})
            except PackError as error:
                draft.issues += [replace(issue, place=Place(str(path), 1)) for issue in error.issues]
                return Calendar()
    draft.report("P013", head, ("calendar",), f"no calendar `{header.calendar}`")
    return Calendar()


def _origin(
    where: PathKey, head: Document, draft: Draft, origins: list[tuple[Document, PathKey]]
) -> tuple[Document, PathKey]:
    """The document and path of a lint problem: `where` starts with pack, record or obligation."""
    if where[0] == "obligation":
        document, base = origins[int(where[1])]
        return document, (*base, *where[2:])
    return (draft.documents["records.yaml"], where[1:]) if where[0] == "record" else (head, where[1:])
