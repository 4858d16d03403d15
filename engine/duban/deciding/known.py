"""What the latest audit knows: its bearers, its findings, and what was proposed of whom."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.errors import Issue, UsageError
from duban.model import Status
from duban.pack import Pack, load_pack
from duban.report.judgement import read_candidates
from duban.report.results import duties_of, read_settings

OPEN = (Status.BREACHED, Status.LATE, Status.MANUAL, Status.UNPROVEN)
_ORDER = "bearer_kind, bearer_id, fingerprint"


@dataclass(frozen=True)
class Bearer:
    """Somebody who has duties."""

    jurisdiction: str
    kind: str
    id: str
    name: str


@dataclass(frozen=True)
class Known:
    """The folder of an audit's results, read once. `duties` by fingerprint, `proposed`: rows of judgement.json."""

    pack: Pack
    bearers: tuple[Bearer, ...]
    duties: dict[str, dict[str, Any]]
    proposed: tuple[dict[str, Any], ...]

    def bearer(self, said: str, kind: str = "", measure: str = "") -> Bearer | Issue:
        """A bearer by number or name; of several kinds the one for whom the measure is proposed."""
        named = [one for one in self.bearers if said in (one.id, one.name) and kind in ("", one.kind)]
        if not named:
            known = [*{one.id for one in self.bearers}, *{one.name for one in self.bearers}]
            return Issue("M002", f"审核结果中没有责任主体“{said}”", hint=near(said, known) or "请写编号或名称")
        if len(named) > 1:
            own = [one for one in named if self.proposals(one, measure)]
            named = own or named
        if len(named) > 1:
            titles = "、".join(f"{one.kind}（{self.pack.header.bearers[one.kind].title}）" for one in named)
            return Issue("M003", f"“{said}”是几种责任主体：{titles}", hint="请用 --kind 写明是哪一种")
        return named[0]

    def proposals(self, bearer: Bearer, measure: str) -> list[str]:
        """The fingerprints for which the audit proposes a measure of a bearer."""
        return [
            finding["fingerprint"]
            for one in self.proposed
            if one["measure"] == measure
            and one["bearer_kind"] == bearer.kind
            and one["jurisdiction"] == bearer.jurisdiction
            if bearer.id in (one["bearer_id"], *one.get("also", ()))
            for finding in one["findings"]
            if not one.get("also") or finding["bearer_id"] == bearer.id  # two posts, one line: each has its own
        ]

    def finding(self, fingerprint: str, bearer: Bearer | None) -> Issue | None:
        """What is wrong with naming a finding; None if nothing is."""
        duty = self.duties.get(fingerprint)
        if duty is None:
            hint = near(fingerprint, self.duties) or "指纹见 violations.csv 第一列"
            return Issue("M005", f"审核结果中没有指纹为“{fingerprint}”的事项", hint=hint)
        if Status(duty["status"]) not in OPEN:
            text = f"{fingerprint} 现在是“{Status(duty['status']).chinese}”，不是待处理的事项"
            return Issue("M006", text, hint="请重新审核，按最新结果登记")
        if bearer is None:
            return None
        own, concerned = (duty["bearer_kind"], duty["bearer_id"]), (duty["about_kind"], duty["about_id"])
        if (bearer.kind, bearer.id) in (own, concerned) and duty["jurisdiction"] == bearer.jurisdiction:
            return None
        whose = duty["bearer_name"] or duty["bearer_id"]
        return Issue("M007", f"{fingerprint} 是{whose}的事项，不是{bearer.name}的", hint="请核对指纹和责任主体")


def read_known(results: Path) -> Known:
    """Read the results of an audit; raises UsageError, PackError."""
    settings = read_settings(results)
    duties = duties_of(results, "TRUE", _ORDER)
    bearers = dict.fromkeys(
        Bearer(row["jurisdiction"], row["bearer_kind"], row["bearer_id"], row["bearer_name"] or row["bearer_id"])
        for row in duties
    )
    folder = Path(settings["pack"]["folder"])
    if not folder.is_dir():
        raise UsageError(f"审核所用的规则包 {folder} 已不在，请重新审核")
    found = {row["fingerprint"]: row for row in duties}
    return Known(load_pack(folder), tuple(bearers), found, tuple(read_candidates(results)))


def near(said: str, known: Collection[str]) -> str:
    """“是否为…？” for what is likely meant; '' for nothing like it."""
    close = difflib.get_close_matches(said, list(known), n=1)
    return f"是否为“{close[0]}”？" if close else ""
