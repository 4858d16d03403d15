"""The manifest of an audit: all that its results follow from, by content. Its hash is the audit's id.

No place and no time stands in it: the same records in another folder, on another day, are the same audit. (What was handed
in by whom is the 报送清单, a record type; `records/manifest.py`.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban import __version__

if TYPE_CHECKING:
    from duban.auditing import Audit
    from duban.model import Judgement
    from duban.pack import Pack
    from duban.records import InputFile
    from duban.waivers import Waivers

Manifest = Mapping[str, Any]

FORMAT = 1
# The libraries whose version may change a byte of a result.
LIBRARIES = ("duckdb", "durable-rules", "openpyxl", "pandas", "python-calamine", "sqlglot", "xlrd", "xlsxwriter")
_NAMED = 3  # jurisdictions that are named
# What of audit.json says where things lay: it is left out of what two runs must have in common.
PLACES = ("records", "bureau")


def manifest_of(audit: Audit, judgement: Judgement | None, bureau: Path | None) -> dict[str, Any]:
    """What an audit follows from; `bureau` is the settings file that was read, if one was."""
    return {
        "format": FORMAT,
        **rules_of(audit.pack),
        "jurisdiction": jurisdiction_of(audit),
        "as_of": audit.as_of.isoformat(),
        "known_by": audit.known_by.isoformat(),
        "obligations": [] if audit.plan.obligations == in_force(audit.pack) else sorted(audit.plan.obligations),
        "bearers": sorted(audit.only),
        "judge": judgement.judge if judgement is not None else "none",
        "inputs": inputs_of(audit.inputs),
        "waivers": waivers_digest(audit.excused),
        "bureau": file_digest(bureau) if bureau is not None else "",
        "versions": versions(),
    }


def jurisdiction_of(audit: Audit) -> str:
    """Whose records an audit judged, by the rows, not by the pack: 某县; 某县、某区; 某县等12个（hash of the names）."""
    rows = audit.connection.execute("SELECT DISTINCT jurisdiction FROM duties ORDER BY 1").fetchall()
    names = [str(name) for (name,) in rows] or [audit.pack.header.jurisdiction]
    return "、".join(names) if len(names) <= _NAMED else f"{names[0]}等{len(names)}个（{_digest(names)[:8]}）"


def rules_of(pack: Pack) -> dict[str, Any]:
    """The part of a manifest that is about rules."""
    calendar = pack.calendar
    forms = pack.folder / "forms.yaml"
    return {
        "pack": pack.header.id,
        "rules": pack.written_digest,
        "calendar": _digest(
            [sorted(map(str, days)) for days in (calendar.holidays, calendar.workdays, calendar.sources)]
        ),
        "forms": file_digest(forms) if forms.is_file() else "",
        "parameters": {name: str(pack.values[name]) for name in sorted(pack.values)},
    }


def in_force(pack: Pack) -> tuple[str, ...]:
    """The obligations that are judged unless some are named."""
    return tuple(item.id for item in pack.obligations if not item.draft)


def inputs_of(inputs: Iterable[InputFile]) -> dict[str, str]:
    """Name → SHA-256 of each file that was read; frames have none."""
    return dict(sorted({(item.name, item.sha256) for item in inputs}))


def waivers_digest(waivers: Waivers) -> str:
    """A hash over what is excused, and over what is wrong with the file that says so."""
    return _digest([[one.waiver.model_dump(mode="json") for one in waivers.items], *map(str, waivers.issues)])


def versions() -> dict[str, str]:
    """The program and its libraries; one that is not installed is left out."""
    found = {"duban": __version__}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def audit_id(manifest: Manifest) -> str:
    """The id of an audit: 64 hexadecimal digits, of which a few are enough for a person."""
    return _digest(manifest)


def results_of(files: Iterable[Path], summary: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each result file by name; that of audit.json is over its facts, without the places."""
    facts = {key: value for key, value in summary.items() if key not in PLACES}
    facts["pack"] = {key: value for key, value in summary["pack"].items() if key != "folder"}
    return dict(sorted({**{path.name: file_digest(path) for path in files}, "audit.json": _digest(facts)}.items()))


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        digest = hashlib.sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# ---- what differs between two manifests, in words


def rule_changes(before: Manifest, after: Manifest) -> Iterator[str]:
    """A change of what is asked or of how it is read: no change of anybody's conduct."""
    if before["rules"] != after["rules"]:
        yield f"规则包文件已改：{before['rules'][:8]} → {after['rules'][:8]}"
    if before["calendar"] != after["calendar"]:
        yield "工作日历已改"
    if before["forms"] != after["forms"]:
        yield "报表格式（forms.yaml）已改"
    old, new = before["parameters"], after["parameters"]
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield f"口径 {name}：{old.get(name, '（无）')} → {new.get(name, '（无）')}"
    for word, title in (("obligations", "所判义务"), ("bearers", "所看主体")):
        if before[word] != after[word]:
            yield f"{title}：{_limits(before[word])} → {_limits(after[word])}"


def version_changes(before: Manifest, after: Manifest) -> Iterator[str]:
    """Another program, another library, another judge: the results should be the same, and may differ in bytes."""
    old, new = before["versions"], after["versions"]
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield f"{name} {old.get(name, '未安装')} → {new.get(name, '未安装')}"
    if before["judge"] != after["judge"]:
        yield f"判定器 {before['judge']} → {after['judge']}"


def input_changes(before: Manifest, after: Manifest) -> Iterator[str]:
    """Files that are there no more, that are new, and whose content is another."""
    old, new = before["inputs"], after["inputs"]
    for name in sorted({*old, *new}):
        if name not in new:
            yield f"缺文件 {name}"
        elif name not in old:
            yield f"多出文件 {name}"
        elif old[name] != new[name]:
            yield f"文件已改 {name}（{old[name][:8]} → {new[name][:8]}）"
    if before["waivers"] != after["waivers"]:
        yield "批准不计入（waivers.yaml）已改"


def _limits(names: list[str]) -> str:
    return "、".join(names) or "全部"


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
