"""Two audits told apart: first what changed in the rules, then what became of each finding (`duban diff`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from duban.audit_manifest import rule_changes, version_changes
from duban.errors import Issue, UsageError
from duban.history.past import Kept, audits_of, lives_over, series_of
from duban.history.snapshots import Snapshot, of_folder, of_store
from duban.history.store import Store
from duban.model import Course, Life

_SHORT = 4  # digits of an id that are enough to look for it


@dataclass(frozen=True)
class Difference:
    """`rules`: another reading is no other conduct; `versions`: of the program; `lives` of all findings of either."""

    before: Snapshot
    after: Snapshot
    rules: tuple[str, ...]
    versions: tuple[str, ...]
    lives: tuple[Life, ...]

    def of(self, course: Course) -> list[Life]:
        return [life for life in self.lives if life.course is course]

    def told(self, life: Life) -> Mapping[str, Any]:
        """What is said of a finding by the later audit, or else by the earlier one."""
        for snapshot in (self.after, self.before):
            if life.fingerprint in snapshot.told:
                return snapshot.told[life.fingerprint]
        return {}


def compare(before: Snapshot, after: Snapshot) -> Difference:
    """What became of the findings of one audit in another. Raises UsageError for two that have nothing in common."""
    for word, title in (("pack", "规则包"), ("jurisdiction", "辖区")):
        if before.manifest[word] != after.manifest[word]:
            told = f"{before.manifest[word]}、{after.manifest[word]}"
            raise UsageError(f"两次审核的{title}不同，不能比较", [Issue("H021", told)])
    if before.moment.as_of > after.moment.as_of:
        before, after = after, before
    names = {name for one in (before, after) for name, standing in one.standings.items() if standing.looked_at}
    names |= {name for name, standing in after.standings.items() if standing.cleared}
    lives = lives_over([(one.moment, one.standings) for one in (before, after)], names)
    rules = tuple(rule_changes(before.manifest, after.manifest))
    return Difference(before, after, rules, tuple(version_changes(before.manifest, after.manifest)), tuple(lives))


def snapshot_named(name: str, store: Store | None, jurisdiction: str = "", pack: str = "") -> Snapshot:
    """An audit by the folder of its results, by (the beginning of) its id, or by its day. Raises UsageError."""
    folder = Path(name)
    if (folder / "audit.json").is_file():
        return of_folder(folder)
    if store is None:
        hint = Issue("H022", "写结果文件夹；用编号或日期时请加 --store")
        raise UsageError(f"“{name}”不是审核结果的文件夹", [hint])
    with store.reading() as con:
        return of_store(con, find_audit(con, name, jurisdiction, pack).number)


def find_audit(con: Connection, name: str, jurisdiction: str = "", pack: str = "") -> Kept:
    """An audit of the store by id or day; of one day the one recorded last. Raises UsageError: none, or several."""
    audits = audits_of(con, jurisdiction, pack)
    day = _day(name)
    if day is not None:
        audits = [one for one in audits if one.moment.day == day]
        kinds = {(one.jurisdiction, one.pack) for one in audits}
        if len(kinds) > 1:
            told = "；".join(f"{where}（{what}）" for where, what in sorted(kinds))
            hint = "请加 --jurisdiction 或 --rules，或写编号"
            raise UsageError(f"{name} 有不止一个辖区或规则包的审核", [Issue("H023", told, hint=hint)])
        audits = audits and series_of(audits)[-1:]
    else:
        audits = [one for one in audits if len(name) >= _SHORT and one.id.startswith(name.lower())]
    if len(audits) == 1:
        return audits[0]
    if audits:
        raise UsageError(f"编号 {name} 不止一个", [Issue("H023", "、".join(one.id[:12] for one in audits))])
    known = Issue("H022", "编号和日期见 duban history；编号至少写4位，日期写 2023-12-31")
    raise UsageError(f"历史库中没有审核“{name}”", [known])


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
