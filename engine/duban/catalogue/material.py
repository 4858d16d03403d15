"""What the pages of a catalogue are written from: the pack, its sentences, its cases, what each obligation reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from duban.cases import CaseFile, case_files, read_cases
from duban.catalogue.spoken import Reads, Speech
from duban.errors import PackError
from duban.lead_cases import LeadCaseFile, lead_case_files
from duban.leads import Lead
from duban.pack import Pack
from duban.pack.clauses import FILE as CLAUSES
from duban.pack.clauses import read_clauses
from duban.pack.notice import Notice
from duban.pack.obligation import Obligation
from duban.pack.questions import readers
from duban.pack.trace import Row, trace
from duban.pack.yaml import item_text, read_yaml

_WITHOUT_WINDOWS = date(2024, 1, 7)  # a moment that any pack can be compiled for: it only stands in SQL that is shown


@dataclass(frozen=True)
class Section:
    """One file of obligations: a section of the notice. Its title is the comment in the file's first line."""

    name: str
    title: str
    note: str
    obligations: tuple[Obligation, ...]


@dataclass(frozen=True)
class Material:
    """A pack, ready to be written about; `notice` is the text of the official paper, where it is at hand."""

    pack: Pack
    notice: Notice | None = None
    _reads: dict[str, Reads] = field(default_factory=dict)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """clauses.yaml, entry by entry; raises PackError if it has mistakes."""
        found = read_clauses(self.pack.folder, self.pack)
        if found.issues:
            raise PackError(f"{CLAUSES} 有 {len(found.issues)} 处错误：", found.issues)
        return trace(self.pack, found, self.notice).rows

    @cached_property
    def cases(self) -> dict[str, list[CaseFile]]:
        """The case files of each obligation."""
        found: dict[str, list[CaseFile]] = defaultdict(list)
        for path in case_files(self.pack):
            file = read_cases(read_yaml(path, str(path)), CaseFile)
            found[file.obligation].append(file)
        return dict(found)

    @cached_property
    def lead_cases(self) -> dict[str, list[LeadCaseFile]]:
        """The case files of each lead."""
        found: dict[str, list[LeadCaseFile]] = defaultdict(list)
        for path in lead_case_files(self.pack):
            file = read_cases(read_yaml(path, str(path)), LeadCaseFile)
            found[file.lead].append(file)
        return dict(found)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The files of the pack's obligations, in order."""
        files: dict[str, list[Obligation]] = {}
        for obligation in self.pack.obligations:
            files.setdefault(self.pack.places[obligation.id].file, []).append(obligation)
        return tuple(_section(self.pack.folder / name, tuple(found)) for name, found in files.items())

    @cached_property
    def written(self) -> dict[str, Obligation]:
        """The obligations as they stand in their files."""
        return {obligation.id: obligation for obligation in self.pack.written}

    @property
    def moment(self) -> datetime:
        """The end of the last window: as of when the SQL is shown."""
        spans = [self.pack.day(window.end) for window in self.pack.header.windows.values()]
        return datetime.combine(max(spans, default=_WITHOUT_WINDOWS) + timedelta(days=1), time.min)

    def speech(self, obligation: Obligation | None = None) -> Speech:
        """A voice for an obligation; what it reads is remembered under the obligation's id."""
        reads = self._reads.setdefault(obligation.id, {}) if obligation is not None else {}
        return Speech(self.pack, reads=reads)

    def parameters(self, obligation: Obligation) -> list[str]:
        """The parameters that can change an obligation."""
        return [name for name in self.pack.header.parameters if obligation.id in self._readers[name]]

    def leads_of(self, parameter: str) -> list[Lead]:
        """The leads whose threshold a parameter is."""
        return [lead for lead in self.pack.leads if re.search(rf"\bparam\.{parameter}\b", lead.model_dump_json())]

    @cached_property
    def _readers(self) -> dict[str, set[str]]:
        return {name: {item.id for item in readers(self.pack, name)} for name in self.pack.header.parameters}

    def source(self, obligation: Obligation) -> str:
        """An obligation's YAML."""
        place = self.pack.places[obligation.id]
        return item_text(self.pack.folder / place.file, place.line)

    def lead_sources(self) -> Iterator[tuple[str, str]]:
        """The YAML of each lead."""
        path = self.pack.folder / "leads.yaml"
        document = read_yaml(path)
        for index, lead in enumerate(document.value["leads"]):
            yield lead["id"], item_text(path, document.place(("leads", index)).line)


def _section(path: Path, obligations: tuple[Obligation, ...]) -> Section:
    first = path.read_text(encoding="utf-8-sig").partition("\n")[0]
    title, _, note = first.removeprefix("#").strip().partition("。") if first.startswith("#") else ("", "", "")
    title = re.sub(r"(?<=[^\x00-\x7f]|\d|\)) (?=[^\x00-\x7f])", "　", title)  # 三(三) 督查检查阶段
    clauses = "、".join(dict.fromkeys(obligation.clause for obligation in obligations))
    return Section(path.stem, title or clauses, note, obligations)
