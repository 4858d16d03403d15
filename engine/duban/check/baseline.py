"""A baseline: old faults that somebody accepted, by fingerprint, until a day. What has run out counts again, loudly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from duban.check.model import Accepted, Fault
from duban.errors import Issue, Place, UsageError
from duban.pack.yaml import read_yaml
from duban.vocabulary import Word


class Entry(Word):
    """One accepted fault: its fingerprint, why, by whom, until when; code, place and text are for the reader."""

    fingerprint: str
    why: str = Field(min_length=1)
    by: str = Field(min_length=1)
    until: date
    code: str = ""
    where: str = ""
    message: str = ""


@dataclass(frozen=True)
class Applied:
    """The faults, some of them accepted; `notes` name what has run out or is no longer found."""

    faults: list[Fault]
    notes: list[str]


def read(path: Path) -> list[Entry]:
    """The entries of a baseline file; raises UsageError with every mistake in it."""
    if not path.is_file():
        raise UsageError(f"找不到基线文件：{path}")
    document = read_yaml(path, str(path))
    issues = list(document.issues)
    listed = document.value if document.value is not None else []
    if not isinstance(listed, list):
        raise UsageError(f"基线文件应是一个列表：{path}")
    entries: list[Entry] = []
    for index, value in enumerate(listed):
        try:
            entries.append(Entry.model_validate(value))
        except ValidationError as error:
            for problem in error.errors():
                place = document.place((index, *problem["loc"]))
                word = ".".join(map(str, problem["loc"]))
                hint = "每条要有fingerprint、why、by、until（如2024-03-31）"
                issues.append(Issue("U021", f"“{word}”：{problem['msg']}", Place(place.file, place.line), hint))
    if issues:
        raise UsageError(f"基线文件有{len(issues)}处错误", issues)
    return entries


def apply(entries: Iterable[Entry], faults: Iterable[Fault], today: date) -> Applied:
    """Mark the accepted faults. The last day of an entry still counts."""
    known = {entry.fingerprint: entry for entry in entries}
    found: list[Fault] = []
    expired: list[Entry] = []
    for fault in faults:
        entry = known.pop(fault.fingerprint, None)
        if entry is not None and entry.until < today:
            expired.append(entry)
            message = f"{fault.message}（基线{entry.until}到期，原由{entry.by}接受：{entry.why}）"
            found.append(replace(fault, message=message))
        elif entry is not None:
            found.append(replace(fault, accepted=Accepted(entry.why, entry.by, entry.until)))
        else:
            found.append(fault)
    notes = []
    if expired:
        notes.append(f"基线中有{len(expired)}条已到期，重新计入：{'、'.join(entry.fingerprint for entry in expired)}")
    if known:
        notes.append(f"基线中有{len(known)}条已不再出现，可以删去：{'、'.join(known)}")
    return Applied(found, notes)


def write(path: Path, faults: Iterable[Fault], why: str, by: str, until: date) -> int:
    """Write the open faults as a new baseline; the number of entries."""
    from ruamel.yaml import YAML

    entries: list[dict[str, Any]] = [
        {
            "fingerprint": fault.fingerprint,
            "why": why,
            "by": by,
            "until": until,
            "code": fault.code,
            "where": str(fault.where),
            "message": fault.message,
        }
        for fault in faults
        if fault.counts
    ]
    yaml = YAML()
    yaml.width = 10_000
    yaml.allow_unicode = True
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        yaml.dump(entries, stream)
    return len(entries)
