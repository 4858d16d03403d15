"""YAML 1.2 with places: plain Python values, and for each of them the line where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from duban import cache
from duban.errors import Issue, Place

PathKey = tuple[str | int, ...]
_KIND = "yaml"
_TAG = "tag:yaml.org,2002:"


@dataclass
class Document:
    """One YAML file: its value, and the line (from 1) of each key, item and value by its path."""

    name: str
    value: Any = None
    lines: dict[PathKey, int] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def place(self, path: PathKey) -> Place:
        """Where a path stands; for a missing key, where its parent does."""
        while path and path not in self.lines:
            path = path[:-1]
        return Place(self.name, self.lines.get(path, 1))

    def source(self, place: Place) -> str:
        """The line of the file, to be shown with an issue."""
        return self.text[place.line - 1].strip() if 0 < place.line <= len(self.text) else ""


def read_yaml(path: Path, name: str = "") -> Document:
    """Read one file. Problems of form (encoding, syntax, a key twice) are in `.issues`, never raised."""
    document = Document(name or path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else f"cannot be read: {error.strerror}"
        document.issues.append(Issue("P001", f"{document.name} {reason}", Place(document.name)))
        return document
    return parse_yaml(text, document)


def kept_yaml(path: Path, name: str) -> Document:
    """The same, parsed anew only if another text stands in the file than before: a pack has thousands of lines."""
    try:
        content = path.read_bytes()
    except OSError:
        return read_yaml(path, name)
    stamp = cache.key(name, content)
    document = cache.recall(_KIND, stamp)
    if not isinstance(document, Document):
        document = read_yaml(path, name)
        if not document.issues and path.read_bytes() == content:
            cache.remember(_KIND, stamp, document)
    return document


def parse_yaml(text: str, document: Document) -> Document:
    """Parse YAML text into a document that knows its name."""
    from ruamel.yaml import YAML  # loaded when a pack is read, not when the command line starts
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    document.text = text.splitlines()
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(document.name, mark.line + 1 if mark else 1)
        problem = " ".join(str(part) for part in (error.context, error.problem) if part)
        issue = Issue("P002", f"not YAML: {problem}", place, "check indentation, quotes and colons")
        document.issues.append(_with_source(issue, document))
        return document
    except YAMLError as error:
        document.issues.append(Issue("P002", f"not YAML: {error}", Place(document.name)))
        return document
    if root is not None:
        document.value = _value(root, (), document)
    return document


def _with_source(issue: Issue, document: Document) -> Issue:
    return Issue(issue.code, issue.message, issue.place, issue.hint, context=document.source(issue.place))


def _value(node: Any, path: PathKey, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node.value, list) and node.tag == _TAG + "map":
        return dict(_pairs(node, path, document))
    if isinstance(node.value, list):
        return [_value(item, (*path, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, path, document)


def _pairs(node: Any, path: PathKey, document: Document) -> Iterator[tuple[str, Any]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in seen:
            place = Place(document.name, line)
            message = f"the key `{key}` stands twice (first in line {seen[key]})"
            document.issues.append(_with_source(Issue("P003", message, place), document))
        seen[key] = line
        document.lines[(*path, key)] = line
        yield key, _value(value_node, (*path, key), document)


def _scalar(node: Any, path: PathKey, document: Document) -> Any:
    kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
    if node.style == ">":  # folding joins lines by a blank, which Chinese does not have
        text = re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text).strip()
    try:
        if kind == "int":
            # "0571" is YAML's 571: kept as text that looks like a number, so that a text field asks for quotes
            return int(text.replace("_", ""), 0) if not re.fullmatch(r"[-+]?0\d+", text) else int(text)
        if kind == "float":
            return float(text)
        if kind == "bool":
            return text.lower() == "true"
        if kind == "null":
            return None
        if kind == "timestamp":
            return datetime.fromisoformat(text) if re.search(r"[ tT]", text.strip()) else date.fromisoformat(text)
    except ValueError:
        place = document.place(path)
        issue = Issue("P004", f"`{text}` is no {kind}", place, "quote it if it is a text")
        document.issues.append(_with_source(issue, document))
    return text


def item_text(path: Path, line: int) -> str:
    """The item of a list that begins in a line, as it is written."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    block = [lines[line - 1]]
    for text in lines[line:]:
        deep = len(text) - len(text.lstrip())
        if text.strip() and not (deep == 0 and text.startswith("#")) and deep <= indent:
            break
        block.append(text)
    while block and (not block[-1].strip() or block[-1].lstrip().startswith("#")):
        block.pop()
    return "\n".join(text[indent:] for text in block)
