"""Writes all papers of a run into a new folder, sorted by who may see them: all of them, or none."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from duban.errors import Issue, UsageError
from duban.model import Finding, Judgement
from duban.report.papers.bureau import Bureau
from duban.report.papers.fields import Desk, candidate_fields, circular_fields, committee_fields, town_fields
from duban.report.papers.figures import figures
from duban.report.papers.forms import Forms
from duban.report.papers.interviews import Entry, entries, inert, write_csv
from duban.report.papers.kinds import (
    APPROVAL,
    CHECK,
    CIRCULAR,
    COMMITTEE,
    INTERVIEW,
    REMINDER,
    URGING,
    Kind,
    not_yet,
    unmet,
    why_not,
)
from duban.report.papers.sheet import NAME, write_sheet
from duban.report.papers.towns import CENTRE, towns_to_urge
from duban.report.papers.words import Notice, shown

# Folders by audience, as domain practice has them: a folder can be handed on as it is.
LEADERS, SECTION, COMMITTEE_OFFICE, TOWNS = "1-局领导", "2-股室内部", "3-县安委办", "4-发各镇"
INDEX = "文书目录.csv"
LONGEST_NAME = 40  # characters of a name inside a file name: three bytes each, and file systems end at 255
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


@dataclass
class Shelf:
    """Where the papers of a run are put, and what has been put there."""

    folder: Path
    forms: Forms
    papers: list[Path] = field(default_factory=list)
    index: list[tuple[str, str, str, str]] = field(default_factory=list)  # paper, whom it is about, file, note

    def add(self, name: str, about: str, where: PurePosixPath, note: str) -> Path:
        """The place of a new file: its folder is there, and it is listed."""
        path = self.folder / where
        path.parent.mkdir(parents=True, exist_ok=True)
        self.papers.append(path)
        self.index.append((name, about, str(where), note))
        return path

    def put(self, kind: Kind, about: str, where: PurePosixPath, fields: Mapping[str, object], note: str) -> None:
        content = self.forms[kind].fill(fields)
        self.add(kind.name, about, where, note).write_bytes(content)

    def omit(self, name: str, about: str, why: str) -> None:
        self.index.append((name, about, "", why))


def write_papers(
    folder: Path,
    judgement: Judgement,
    bureau: Bureau,
    notice: Notice,
    as_of: datetime,
    known_by: datetime | None = None,
    *,
    titles: Mapping[str, str] | None = None,
    towns: Iterable[str] = (),
) -> list[Path]:
    """Write the list and every paper that may be drafted into a folder that must be new or empty; return the files.

    - 2-股室内部: the list (.xlsx, and interviews.csv for machines); a 核实单 for each candidate with something left to verify; a
      提醒函 for each enterprise of the second tier; for each candidate whose findings are all confirmed, the 约谈审批单, and
      where the bureau itself convenes, the papers of the interview from notice to check on site.
    - 3-县安委办: one reminder with the duties of town leaders and of the bureau itself, by post.
    - 4-发各镇: one 催办单 for each town with its own and its mines' unmet and unproven duties.
    - 1-局领导: one internal circular with the figures of towns and sections.
    - 文书目录.csv: all of them, and which were not drafted and why.

    `titles` are what the kinds of bearers are called (for posts), `towns` all towns of the county (for the circular).
    A filled-in list is never overwritten. Raises UsageError if the folder is not empty or cannot be written, or if a
    template or the settings are wrong: then there is no folder.
    """
    known = known_by or as_of
    desk = Desk(bureau, notice, as_of, known, dict(titles or {}))
    findings = _all_findings(judgement)
    listed = entries(judgement.candidates, bureau)
    with new_folder(folder) as stage:
        shelf = Shelf(stage, Forms(bureau))
        inside = PurePosixPath(SECTION)
        note = f"{len(listed)}家，待研究"
        write_sheet(listed, notice, as_of, known, shelf.add(NAME, "", inside / f"{NAME}.xlsx", note))
        write_csv(listed, as_of, known, shelf.add("名单（数据）", "", inside / "interviews.csv", note))
        for entry in listed:
            _candidate_papers(shelf, entry, desk)
        _committee_paper(shelf, findings, desk)
        _town_papers(shelf, findings, desk)
        counted = circular_fields(CIRCULAR, figures(findings, towns, bureau), desk)
        shelf.put(CIRCULAR, "各镇、各股室", PurePosixPath(LEADERS) / f"{CIRCULAR.name}.docx", counted, "送局领导审定")
        _write_index(shelf)
    return [folder / path.relative_to(stage) for path in shelf.papers]


def _candidate_papers(shelf: Shelf, entry: Entry, desk: Desk) -> None:
    """Every paper that may be drafted for one candidate."""
    item, inside = entry.candidate, PurePosixPath(SECTION)
    about, start = item.bearer_name, f"{entry.number:02d}-{safe(item.bearer_name)}"

    def put(kind: Kind, where: PurePosixPath, note: str) -> None:
        shelf.put(kind, about, where, candidate_fields(kind, entry.number, item, desk), note)

    if not item.verified:
        put(CHECK, inside / CHECK.name / f"{start}-{CHECK.name}.docx", "先核实")
    reminded = not_yet(REMINDER, item)
    if item.bearer_kind != CENTRE and not why_not(REMINDER, reminded, desk.bureau):
        where = inside / REMINDER.name / f"{start}-{REMINDER.name}.docx"
        fields = candidate_fields(REMINDER, entry.number, reminded, desk)
        shelf.put(REMINDER, about, where, fields, "股室审定后发")
    if why := why_not(APPROVAL, item, desk.bureau):
        shelf.omit("约谈文书", about, why)
        return
    for number, kind in enumerate((APPROVAL, *INTERVIEW), 1):
        if why := why_not(kind, item, desk.bureau):
            shelf.omit(f"{kind.name}等", about, why)
            break
        put(kind, inside / "约谈" / start / f"{number}-{kind.name}.docx", "送审批")


def _committee_paper(shelf: Shelf, findings: Iterable[Finding], desk: Desk) -> None:
    held = unmet([item for item in findings if item.bearer_kind in desk.bureau.to_committee])
    if held:
        where = PurePosixPath(COMMITTEE_OFFICE) / f"{COMMITTEE.name}.docx"
        shelf.put(COMMITTEE, desk.bureau.committee, where, committee_fields(held, desk), "局领导审定后报")


def _town_papers(shelf: Shelf, findings: Iterable[Finding], desk: Desk) -> None:
    used: set[str] = set()
    for town in towns_to_urge(findings, desk.bureau):
        name = safe(town.name)
        while name.casefold() in used:
            name += "_"
        used.add(name.casefold())
        where = PurePosixPath(TOWNS) / name / f"{URGING.name}.docx"
        shelf.put(URGING, town.name, where, town_fields(URGING, town, desk), "股室审定后发")


def _all_findings(judgement: Judgement) -> list[Finding]:
    """The findings of a judgement, with those that only a candidate names, each once."""
    found = {item.fingerprint: item for item in judgement.findings}
    for candidate in judgement.candidates:
        for item in candidate.findings:
            found.setdefault(item.fingerprint, item)
    return list(found.values())


def _write_index(shelf: Shelf) -> None:
    path = shelf.folder / INDEX
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["文书", "对象", "文件", "说明"])
        rows.writerows([[inert(shown(cell)) for cell in line] for line in shelf.index])
    shelf.papers.append(path)


def safe(name: str) -> str:
    """A name as a part of a file name on any system: no separators, no dots at the ends, no device, not too long."""
    text = _UNSAFE.sub("_", name).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"_{text}" if not text or _RESERVED.fullmatch(text) else text


def folder_of(name: str) -> str:
    """The same for the folder of whoever is sent what lies in it: two names never share one."""
    text = safe(name)
    return text if text == name else f"{text}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


@contextmanager
def new_folder(folder: Path, what: str = "文书") -> Iterator[Path]:
    """A place beside the folder that takes its name at the end; nothing is left of it if anything fails.

    Raises UsageError if the folder is there and not empty, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = Issue("U012", f"{folder} 不是空文件夹", hint="里面可能有已经填写的意见，请另选一个文件夹")
        raise UsageError(f"{what}没有写入", [hint])
    beside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".duban-", dir=folder.parent))
        stage = beside / "papers"
        stage.mkdir()
        yield stage
        if folder.exists():
            folder.rmdir()
        stage.rename(folder)
    except OSError as error:
        hint = Issue("U010", f"{error.strerror or error}：{error.filename or folder}", hint="请检查磁盘空间和权限")
        raise UsageError(f"{what}没有写入 {folder}", [hint]) from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)
