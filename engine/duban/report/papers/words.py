"""Findings and moments as the words of a paper: facts that are said to be unverified, periods, and what is masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from duban.model import Finding, Status, Verification

DRAFT, INTERNAL = "建议稿·未经核实", "内部资料·未经核实·不得外传·不作为处罚依据"
# A paper from verified findings is still a draft, and internal until somebody signs it.
VERIFIED_DRAFT, VERIFIED_INTERNAL = "建议稿·已核实·待签发", "内部资料·不得外传·不作为处罚依据"
UNVERIFIED_FACT = "资料显示未达到（待核实）"
_CONFIRMED = {Verification.CONFIRMED: "经核实未达到", Verification.PARTLY: "经核实部分属实"}
DAY = "____年__月__日"
NOTHING = "未见"
MOST = 30  # records that one place of a paper names

_LIMITS = re.compile(r"（本项看不到：((?:[^（）]|（[^（）]*）)*)）")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1[3-9]\d)\d{4}(\d{4})(?![0-9A-Za-z])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z〔-])(0\d{2,3})-?\d{4}(\d{3,4})(?![0-9A-Za-z-])")
_BORN = r"(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"(?<![0-9A-Za-z])([1-9]\d{{5}}){_BORN}(\d{{3}}[\dXx])(?![0-9A-Za-z])")
_LONG = re.compile(r"\d{7}")  # no number that is masked has fewer digits side by side
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Notice:
    """The notice that the papers rest on."""

    number: str
    title: str


class Plain(str):
    """A text that is printed as it stands: the bureau's own telephone, a company's public code."""

    __slots__ = ()


def shown(text: str) -> str:
    """A text as a paper prints it: telephones and identity numbers masked, no control characters."""
    clean = _NOT_XML.sub("", text)
    if isinstance(text, Plain) or _LONG.search(clean) is None:
        return clean
    for pattern in (_IDENTITY, _MOBILE, _LANDLINE):
        clean = pattern.sub(r"\1****\2", clean)
    return clean


def fact(finding: Finding) -> str:
    """What the records show, in a sentence; what they cannot show is told by `limits`."""
    text = _LIMITS.sub("", finding.message).strip()
    found = _CONFIRMED.get(finding.verified.state)
    if found:
        plain = text.replace(UNVERIFIED_FACT, found)
        return plain if found in plain else f"{plain.rstrip('。')}。{found}。"
    if finding.status is Status.BREACHED and "待核实" not in text:
        return f"{text.rstrip('。')}。{UNVERIFIED_FACT}。"
    return text


def detail(finding: Finding) -> str:
    """The fact without the name and the title, for a paper that has just said both."""
    told = fact(finding)
    head, title, tail = told.partition(f"“{finding.title}”：")
    if not title:
        return told
    which = head.removeprefix(finding.bearer_name)
    return f"{which}：{tail}" if which else tail


def limits(finding: Finding) -> str:
    """What no record can show of this duty, and so has to be seen."""
    return "；".join(_LIMITS.findall(finding.message))


def clause_of(finding: Finding) -> str:
    """`三(二)“每月至少带队检查2次”`; quotation marks inside become single ones."""
    quote = finding.quote.replace("“", "‘").replace("”", "’")
    return f"{finding.clause}“{quote}”" if quote else finding.clause


def period(finding: Finding) -> str:
    """The period, or the day by which it was due."""
    start, end = finding.period_start, finding.period_end
    if start and end:
        if start.day == 1 and (end + timedelta(days=1)).day == 1 and (start.year, start.month) == (end.year, end.month):
            return f"{start.year}年{start.month}月"
        if start == end:
            return day_text(start)
        last = day_text(end) if start.year != end.year else f"{end.month}月{end.day}日"
        return f"{day_text(start)}至{last}"
    return f"{moment_text(finding.due)}前" if finding.due else ""


def figures(finding: Finding) -> str:
    """`资料显示未达到：要求2，查到1`: the fact as a paper says it that names nobody."""
    said = _CONFIRMED.get(finding.verified.state, UNVERIFIED_FACT)
    if finding.required is not None and finding.observed is not None:
        said += f"：要求{finding.required:g}，查到{finding.observed:g}"
    return said if finding.enforceable else f"{said}（仅作提示）"


def state_of(finding: Finding) -> str:
    """`已核实（2024年1月8日，某某股，现场核查）`; nothing but 待核实 while nobody has looked."""
    found = finding.verified
    parts = [day_text(found.on) if found.on else "", found.by, found.how]
    told = "，".join(part for part in parts if part)
    return f"{found.state.value}（{told}）" if told and found.state is not Verification.OPEN else found.state.value


def speaks_for(finding: Finding) -> list[str]:
    """What speaks for the bearer in this finding, and under which reading it would be none."""
    told = [finding.speaks_for] if finding.speaks_for else []
    told += [f"口径有争议：按 {reading} 读则不成立" for reading in finding.contested]
    if not finding.enforceable:
        told.append("仅作提示，不计入")
    return told


def records(finding: Finding) -> str:
    return some(finding.evidence)


def sources(finding: Finding) -> str:
    """The cells that decided, where they are known."""
    return some(finding.cells or finding.source)


def some(names: Sequence[str], most: int = MOST) -> str:
    """`甲；乙；…共40条`."""
    text = "；".join(names[:most])
    return f"{text}……共{len(names)}条" if len(names) > most else text


def numbered(texts: Iterable[str]) -> str:
    """Each text on a line of its own, with its number if there are several."""
    lines = list(texts)
    return "\n".join(f"{number}. {text}" for number, text in enumerate(lines, 1)) if len(lines) > 1 else "".join(lines)


def day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def moment_text(moment: datetime, *, hour: bool = False) -> str:
    """24:00 of a day as the day; `hour`: with the hour said, as a cut-off asks for it."""
    if (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0):
        return day_text(moment.date() - timedelta(days=1)) + ("24时" if hour else "")
    return day_text(moment.date()) + (f"{moment.hour}时{moment.minute:02d}分" if hour else "")
