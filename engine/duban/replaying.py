"""The use case of proof: an audit is run again from its manifest, and its result files are compared byte by byte."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.audit_manifest import (
    file_digest,
    input_changes,
    inputs_of,
    rule_changes,
    rules_of,
    version_changes,
    waivers_digest,
)
from duban.auditing import Audit, Desk, audit_desk, only_of, open_desk
from duban.errors import Issue, UsageError
from duban.history import open_store
from duban.history.compare import find_audit
from duban.history.snapshots import account_in, account_of
from duban.judging import judge_audit
from duban.pack import Pack, load_pack
from duban.report.tables import write


@dataclass(frozen=True)
class Told:
    """An audit as it was told: its id, what it followed from, the hash of each result, where its inputs lay."""

    id: str
    manifest: Mapping[str, Any]
    results: Mapping[str, str]
    records: tuple[Path, ...]
    rules: Path
    bureau: Path | None = None


@dataclass(frozen=True)
class Replayed:
    """`same` and `differing`: the result files; `versions`: what of the program is another than it was then."""

    id: str
    same: tuple[str, ...]
    differing: tuple[str, ...]
    versions: tuple[str, ...]


def told_by_folder(folder: Path) -> Told:
    """The audit whose results lie in a folder. Raises UsageError."""
    account = account_of(folder)
    return told(account["id"], account["manifest"], account["results"], {**account, "rules": account["pack"]["folder"]})


def told_by_store(place: str, name: str) -> Told:
    """An audit of a store by its id or day. Raises UsageError."""
    with open_store(place, create=False) as store, store.reading() as con:
        row = account_in(con, find_audit(con, name).number)
    return told(row["id"], row["manifest"], row["results"], row["places"])


def told(name: str, manifest: Mapping[str, Any], results: Mapping[str, str], places: Mapping[str, Any]) -> Told:
    """An audit as audit.json or the store tells it."""
    bureau = Path(places["bureau"]) if places["bureau"] else None
    return Told(name, manifest, results, tuple(map(Path, places["records"])), Path(places["rules"]), bureau)


def replay(then: Told, records: Sequence[Path] = (), bureau: Path | None = None) -> Replayed:
    """Run an audit again. `records`, `bureau`: where its inputs lie now, if not where they lay then.

    Raises UsageError with everything that is another than it was then: then there is nothing to prove.
    """
    bureau = bureau or then.bureau
    pack = _pack(then, bureau)
    moments = then.manifest["as_of"], then.manifest["known_by"]
    with tempfile.TemporaryDirectory(prefix="duban-replay-") as scratch:
        desk = open_desk([*(records or then.records)], pack, *moments, output=Path(scratch), fresh=True)
        with _judged_again(then, desk) as audit:
            engine = then.manifest["judge"]
            judgement = judge_audit(audit, engine) if engine != "none" else None
            write(only_of(audit, then.manifest["bearers"]), Path(scratch), judgement, bureau)
            now = account_of(Path(scratch))
    same = tuple(name for name, digest in then.results.items() if now["results"].get(name) == digest)
    differing = tuple(sorted({*then.results, *now["results"]} - {*same}))
    return Replayed(then.id, same, differing, tuple(version_changes(then.manifest, now["manifest"])))


def _pack(then: Told, bureau: Path | None) -> Pack:
    """The same rules under the same parameters; raises UsageError where they, or the settings, are others."""
    pack = load_pack(then.rules if then.rules.is_dir() else then.manifest["pack"])
    pack = pack.with_values({name: value for name, value in then.manifest["parameters"].items() if name in pack.values})
    changes = list(rule_changes(then.manifest, {**then.manifest, **rules_of(pack)}))
    if (file_digest(bureau) if bureau is not None and bureau.is_file() else "") != then.manifest["bureau"]:
        changes.append(f"单位设置已改或不在：{bureau or '（无）'}")
    _refuse(changes)
    return pack


def _judged_again(then: Told, desk: Desk) -> Audit:
    """The same obligations of the same records; raises UsageError where a file is another."""
    try:
        now = {"inputs": inputs_of(desk.inputs), "waivers": waivers_digest(desk.waivers)}
        _refuse(list(input_changes(then.manifest, {**then.manifest, **now})))
    except BaseException:
        desk.connection.close()
        raise
    return audit_desk(desk, then.manifest["obligations"])


def _refuse(changes: Sequence[str]) -> None:
    if changes:
        hint = "请恢复当时的文件；台账搬了位置用 --records，单位设置用 --bureau"
        raise UsageError(
            f"不能重做：有{len(changes)}处与当时不同",
            [*(Issue("H030", one) for one in changes[:-1]), Issue("H030", changes[-1], hint=hint)],
        )
