"""The list of candidates as rows: 拟提请约谈研究名单 for people, interviews.csv for machines."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from duban.model import Candidate, Finding, Tier, Verification
from duban.report.papers import words
from duban.report.papers.bureau import Bureau
from duban.report.papers.kinds import standing

NONE_KNOWN = "无记录"
RECORDS = 6  # of each fact that the list names; the papers name more

# The columns of interviews.csv, in order.
CSV_COLUMNS = (
    "number", "jurisdiction", "bearer_kind", "bearer_id", "bearer_name", "town", "uscc", "tier", "measure", "grounds", "convener",
    "addressee_post", "addressee_on", "clause", "nature", "procedure", "verified", "red", "rules", "obligations", "findings", "finding_bearers",
    "states", "records", "sources", "speaks_for", "to_verify", "flips", "earlier", "as_of", "known_by",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A candidate and its number: the same in the list, in file names and in papers."""

    number: int
    candidate: Candidate


def entries(candidates: Iterable[Candidate], bureau: Bureau) -> list[Entry]:
    """Who is on the list, first tier first, otherwise in the judge's order.

    Not on it: town leaders, towns and the bureau itself (they go to the committee), and who has been cleared of everything.
    """
    listed = [item for item in candidates if item.bearer_kind not in bureau.to_committee and standing(item)]
    ordered = sorted(listed, key=lambda item: item.tier is not Tier.FIRST)
    return [Entry(number, item) for number, item in enumerate(ordered, 1)]


def _triggers(item: Candidate) -> str:
    count = f"（情形{len(item.grounds)}项，事实{len(standing(item))}条）"
    return f"{'、'.join(item.grounds)}{count}"


def _clauses(item: Candidate) -> str:
    return "\n".join([item.clause, *dict.fromkeys(words.clause_of(finding) for finding in standing(item))])


def _each(item: Candidate, text: Callable[..., str], nothing: str = "") -> str:
    """A text of each finding, numbered as the facts are."""
    findings = standing(item)
    found = [text(finding) or nothing for finding in findings]
    return words.numbered(found) if any(found) else nothing


def _records(finding: Finding) -> str:
    return words.some(finding.evidence, RECORDS)


def _speaks_for(item: Candidate) -> str:
    told = [*item.speaks_for]
    for number, finding in enumerate(standing(item), 1):
        told += [f"第{number}条：{text}" for text in words.speaks_for(finding) if text not in item.speaks_for]
    return "\n".join(told) or words.NOTHING


def _fact(finding: Finding) -> str:
    return f"{finding.title}：{words.detail(finding)}"


def _to_verify(item: Candidate) -> str:
    """What a person has to look at, what no record can show (said once for all facts alike), and what would change it."""
    told = [*item.to_verify]
    numbers = {finding.fingerprint: number for number, finding in enumerate(standing(item), 1)}
    unseen: dict[str, list[str]] = {}
    for finding in standing(item):
        unseen.setdefault(words.limits(finding), []).append(str(numbers[finding.fingerprint]))
    told += [f"第{'、'.join(which)}条资料看不到：{text}" for text, which in unseen.items() if text]
    for flip in item.flips:
        if flip.fingerprint in numbers:
            then = f"改列“{flip.becomes}”" if flip.becomes else "不再列入本名单"
            told.append(f"第{numbers[flip.fingerprint]}条如澄清或已改正，{then}")
    return "\n".join(told)


def _states(item: Candidate) -> str:
    """What has been found so far; blank while nobody has looked, so that the cell is there to be filled."""
    states = [finding.verified.state for finding in standing(item)]
    if all(state is Verification.OPEN for state in states):
        return ""
    return states[0].value if len(set(states)) == 1 else words.numbered(state.value for state in states)


def _statements(item: Candidate) -> str:
    return "\n".join(dict.fromkeys(f.verified.statement for f in standing(item) if f.verified.statement))


def _tier(item: Candidate) -> str:
    return f"{'[红]' if item.red else ''}{item.tier.value}\n（{item.measure}）"


# The columns of the sheet, in order: heading, width in characters, what stands in it ('' for what a person writes).
COLUMNS: tuple[tuple[str, float, Callable[[Candidate], str]], ...] = (
    ("序号", 4, lambda item: ""),
    ("单位", 11, lambda item: f"{item.bearer_name}\n{item.town}".strip()),
    ("类别", 6, lambda item: item.bearer_title),
    ("被约谈人(职务)", 13, lambda item: item.addressee.post),
    ("触发情形", 10, _triggers),
    ("条款原文", 18, _clauses),
    ("事实与数据", 32, lambda item: _each(item, _fact)),
    ("证据记录号", 14, lambda item: _each(item, _records, "无对应记录")),
    ("层级", 9, _tier),
    ("建议约谈主体", 8, lambda item: item.convener),
    ("此前约谈情况", 9, lambda item: "\n".join(item.earlier) or NONE_KNOWN),
    ("有利情况", 14, _speaks_for),
    ("需核实事项", 20, _to_verify),
    ("核实结果", 8, _states),
    ("企业陈述", 10, _statements),
    ("股室意见", 9, lambda item: ""),
    ("法制审核意见", 9, lambda item: ""),
    ("分管领导意见", 9, lambda item: ""),
    ("局长批示", 9, lambda item: ""),
    ("采纳与否及理由", 10, lambda item: ""),
    ("承办人", 7, lambda item: ""),
    ("办结日期", 9, lambda item: ""),
)


def cells(entry: Entry) -> list[str]:
    """The cells of one line of the sheet, masked."""
    made = [words.shown(content(entry.candidate)) for _, _, content in COLUMNS]
    made[0] = str(entry.number)
    return made


def write_csv(listed: Sequence[Entry], as_of: datetime, known_by: datetime, path: Path) -> None:
    """interviews.csv: UTF-8 with BOM; a text that a spreadsheet would run as a formula gets a quote mark before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(CSV_COLUMNS)
        for entry in listed:
            rows.writerow([inert(words.shown(text)) for text in _machine_cells(entry, as_of, known_by)])


def inert(text: str) -> str:
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _machine_cells(entry: Entry, as_of: datetime, known_by: datetime) -> list[str]:
    item, post = entry.candidate, entry.candidate.addressee
    findings = standing(item)
    return [
        str(entry.number), item.jurisdiction, item.bearer_kind, "、".join((item.bearer_id, *item.also)), item.bearer_name, item.town, words.Plain(item.uscc),
        item.tier.name.lower(), item.measure, "；".join(item.grounds), item.convener,
        post.post, post.on.isoformat() if post.on else "", item.clause, item.nature, "；".join(item.procedure),
        str(item.verified).lower(), str(item.red).lower(), "；".join(one.rule for one in item.conclusions),
        "；".join(dict.fromkeys(one.obligation for one in findings)), "；".join(one.fingerprint for one in findings),
        "；".join(one.bearer_id for one in findings),
        "；".join(one.verified.state.value for one in findings),
        words.some([name for one in findings for name in one.evidence]), words.some([name for one in findings for name in one.source]),
        "；".join([*item.speaks_for, *(text for one in findings for text in words.speaks_for(one))]), "；".join(item.to_verify),
        "；".join(f"{flip.fingerprint}→{flip.becomes or '-'}" for flip in item.flips), "；".join(item.earlier),
        as_of.isoformat(sep=" "), known_by.isoformat(sep=" "),
    ]  # fmt: skip
