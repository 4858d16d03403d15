"""The bureau's settings file (bureau.yaml): who issues, who is asked, who gets a copy, and the bureau's own templates."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from duban.errors import Issue, Place, UsageError
from duban.pack.yaml import Document, PathKey, read_yaml
from duban.report.papers.kinds import KINDS
from duban.vocabulary import Names, Word

EXAMPLE = "data/bureau.yaml"


class Contact(Word):
    """Whom to call. It is printed as it stands: write an office, no private telephone."""

    person: str
    phone: str


class Section(Word):
    """A section (股室) of the bureau, and the clauses whose duties it works on, as the notice numbers them."""

    name: str
    clauses: Names = ()


class Bureau(Word):
    """bureau.yaml. Papers are named as in `kinds.KINDS`."""

    name: str
    committee: str
    section: str
    legal_section: str
    contact: Contact
    also_called: Names = ("县应急管理局", "县局", "本局")
    sections: tuple[Section, ...] | list[Section] = ()
    numbers: dict[str, str] = {}
    copies: dict[str, Names] = {}
    red_head: bool = False
    town_order: Names = ()
    to_committee: Names = ("county", "town", "town_principals", "town_deputy")
    own: Names = ("county",)
    templates: str = Field("", description="folder, from where bureau.yaml is")

    def convenes(self, convener: str) -> bool:
        """Whether a proposed convener is this bureau."""
        return convener in (self.name, *self.also_called)

    def section_of(self, clause: str) -> str:
        """The section that works on a clause: the longest that fits, else the one in charge."""
        fits = [(len(start), item.name) for item in self.sections for start in item.clauses if clause.startswith(start)]
        return max(fits, key=lambda fit: fit[0])[1] if fits else self.section


def read_bureau(path: Path) -> Bureau:
    """Read and check a settings file. Raises UsageError with every mistake, each with its line."""
    document = read_yaml(path, str(path))
    issues = list(document.issues)
    bureau = None
    if not issues:
        value = document.value if document.value is not None else {}
        if isinstance(value, dict):
            bureau, found = _model(value, document)
            issues += found
        else:
            issues.append(Issue("B001", "设置文件应是“键: 值”", document.place(()), f"可照 {EXAMPLE} 填写"))
    if bureau is not None:
        issues += _meaning(bureau, document, path.parent)
    if issues or bureau is None:
        raise UsageError(f"单位设置 {path} 有{len(issues)}处错误，没有拟写文书：", issues)
    folder = str((path.parent / bureau.templates).resolve()) if bureau.templates else ""
    return bureau.model_copy(update={"templates": folder})


def _model(value: Mapping[str, Any], document: Document) -> tuple[Bureau | None, list[Issue]]:
    try:
        return Bureau.model_validate(value), []
    except ValidationError as error:
        issues: dict[PathKey, Issue] = {}
        for problem in error.errors():
            at = tuple(part for part in problem["loc"] if isinstance(part, int) or part.isidentifier())
            message, hint = _explained(dict(problem))
            issues.setdefault(at, _issue("B002", message, document, at, hint))
        return None, list(issues.values())


def _explained(problem: Mapping[str, Any]) -> tuple[str, str]:
    """A pydantic error in Chinese."""
    steps = [part for part in problem["loc"] if isinstance(part, str) and part.isidentifier()]
    word, value = (steps[-1] if steps else ""), problem.get("input")
    if problem["type"] == "extra_forbidden":
        kinds: dict[str, type[BaseModel]] = {"contact": Contact, "sections": Section}
        known = list(kinds.get(steps[0], Bureau).model_fields if len(steps) > 1 else Bureau.model_fields)
        close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
        return f"不认识的键 {word}", f"是否为 {close[0]}？" if close else f"可用：{'、'.join(known)}"
    if problem["type"] == "missing":
        return f"缺 {word}", f"可照 {EXAMPLE} 填写"
    if problem["type"] == "string_type" and isinstance(value, (int, float)):
        return f"{word} 应是文字", f"请加引号：'{value}'"
    if problem["type"] == "bool_type":
        return f"{word} 应是 true 或 false", ""
    return f"{word} 的写法不对", str(problem["msg"])


def _meaning(bureau: Bureau, document: Document, folder: Path) -> list[Issue]:
    """What a shape cannot tell: papers that there are not, a folder that is not there."""
    issues = []
    for word, papers in (("numbers", bureau.numbers), ("copies", bureau.copies)):
        for name in papers:
            if name not in KINDS:
                hint = f"可用：{'、'.join(KINDS)}"
                issues.append(_issue("B003", f"{word} 里没有“{name}”这种文书", document, (word, name), hint))
    if bureau.templates and not (folder / bureau.templates).is_dir():
        message = f"模板文件夹不存在：{folder / bureau.templates}"
        issues.append(_issue("B004", message, document, ("templates",), "路径从设置文件所在的文件夹算起"))
    return issues


def _issue(code: str, message: str, document: Document, at: PathKey, hint: str) -> Issue:
    place: Place = document.place(at)
    return replace(Issue(code, message, place, hint), context=document.source(place))
