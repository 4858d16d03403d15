"""Why somebody is proposed: rule → findings → records → clause → reading, what speaks for it, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from duban.model import Candidate, Conclusion, Finding, Tier
from duban.pack.pack import Pack


def proof(pack: Pack, candidate: Candidate, hashes: Mapping[str, str]) -> Iterator[str]:
    """The proof of one candidate, as lines of text. `hashes`: of the files that hold its records, by name."""
    one = candidate
    yield f"{one.measure}　{one.tier.value}　{one.bearer_name}（{one.bearer_title}）"
    yield f"　由{one.convener}研究；对象：{_addressee(one)}。{one.nature}"
    if one.procedure:
        yield f"　还要办的：{'→'.join(one.procedure)}"
    for conclusion in one.conclusions:
        yield _conclusion(pack, conclusion)
    for finding in one.findings:
        yield from _finding(pack, finding)
    yield f"　有利情况：{'；'.join(one.speaks_for) or '查过，没有查到'}"
    if one.earlier:
        yield f"　此前：{'；'.join(one.earlier)}"
    for text in one.to_verify:
        yield f"　请核实：{text}"
    yield from _flips(one)
    yield from _files(one, hashes)


def _addressee(one: Candidate) -> str:
    if not one.addressee.person:
        return f"{one.addressee.post}（名册上没有任职人，请补）"
    on = f"，{one.addressee.on}在任" if one.addressee.on else ""
    return f"{one.addressee.post}（{one.addressee.person}{on}）"


def _conclusion(pack: Pack, conclusion: Conclusion) -> str:
    """What follows, by which rule, from which findings or earlier rules."""
    rule = next(rule for rule in pack.measures.rules if rule.id == conclusion.rule)
    what = f"情形“{conclusion.ground}”（{conclusion.tier}）" if conclusion.ground else conclusion.measure
    clause = f"（{rule.clause}）" if rule.clause else ""
    upon = conclusion.rests_on or conclusion.findings
    return f"　{what} ← 规则 {rule.id}“{rule.title}”{clause} ← {'、'.join(upon)}"


def _finding(pack: Pack, finding: Finding) -> Iterator[str]:
    obligation = pack.obligation(finding.obligation)
    yield f"　{finding.fingerprint}　{finding.verified.state.value}　{finding.message}"
    yield f"　　依据：{obligation.clause}（{obligation.basis}）“{obligation.quote}”"
    for record, place in zip(finding.evidence, finding.cells or finding.source, strict=False):
        yield f"　　记录：{record}　{place}"
    if obligation.reading:
        yield f"　　读法：{obligation.reading}"
    if finding.contested:
        yield f"　　取另一读法则不成立：{'、'.join(finding.contested)}"


def _flips(one: Candidate) -> Iterator[str]:
    """What single finding carries it alone."""
    for flip in one.flips:
        becomes = f"改列“{flip.becomes}”" if flip.becomes else "不再提出"
        yield f"　若 {flip.fingerprint} 一项已整改或经核实不成立：{becomes}"
    if not one.flips:
        kept = "优先研究" if one.tier == Tier.FIRST else "提出"
        yield f"　没有哪一项单独不成立就不再{kept}"


def _files(one: Candidate, hashes: Mapping[str, str]) -> Iterator[str]:
    """Each file that holds a record of it, once, with its hash: so that nobody speaks of two versions of it."""
    places = {place.rpartition("#")[0] for finding in one.findings for place in finding.source}
    named = [
        f"{file}（SHA-256：{digest}…）" for file, digest in hashes.items() if any(_in(place, file) for place in places)
    ]
    if named:
        yield f"　来源文件：{'；'.join(named)}"


def _in(place: str, file: str) -> bool:
    return place == file or place.startswith(f"{file}[")
