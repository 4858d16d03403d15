"""The proposed list as lines for a screen: who, in which tier, why, by whom; and what only points a person at something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from duban.model import Candidate, Judgement, Tier
from duban.pack.pack import Pack
from duban.report.layout import some

TITLE = "拟提请约谈研究（建议稿·未经核实，由人核实后决定）"
JUDGES = {"plain": "普通判定器", "durable-rules": "durable-rules"}


def listed(pack: Pack, judgement: Judgement) -> list[Candidate]:
    """The candidates that stand on the list, in its order."""
    return [one for one in judgement.candidates if pack.measures.measures[one.measure].listed]


def candidate_lines(pack: Pack, judgement: Judgement, most: int = 8) -> Iterator[str]:
    """The list by tiers, then the other measures by name."""
    on_list = listed(pack, judgement)
    if not judgement.candidates:
        yield f"{TITLE}：无"
        return
    yield f"{TITLE}："
    for tier in Tier:
        own = [one for one in on_list if one.tier == tier]
        yield f" {tier.value}（{len(own)}家）"
        yield from (f"  {_line(one)}" for one in own[:most])
        if len(own) > most:
            yield f"  …其余{len(own) - most}家见 interviews.csv"
    for measure, spec in sorted(pack.measures.measures.items(), key=lambda item: item[1].rung):
        names = [one.bearer_name for one in judgement.candidates if one.measure == measure]
        if names and not spec.listed:
            pointer = "（只作提示，由有权的人研究）" if spec.pointer else ""
            yield f" {measure}{pointer}：{some(names)}"


def _line(one: Candidate) -> str:
    grounds = "、".join(one.grounds)
    carried = "；".join(dict.fromkeys(finding.title for finding in one.findings))
    state = "，已核实" if one.verified else ""
    return f"{'[红]' if one.red else ''}{one.bearer_name}（{grounds}{state}）：{carried}　→{one.convener}"


def judged_by(judgement: Judgement) -> str:
    """Which judge it was: the conclusions would be the same with the other."""
    return f"判定器：{JUDGES[judgement.judge]}"


def counts(candidates: Sequence[Candidate]) -> str:
    """“优先研究3，先核实、提醒14”."""
    first = sum(one.tier == Tier.FIRST for one in candidates)
    return f"{Tier.FIRST.value}{first}，{Tier.SECOND.value}{len(candidates) - first}"
