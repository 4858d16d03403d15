"""The pages of leads: patterns in the records that a person should look at, and what may well explain them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from duban.catalogue.markdown import Page, block, fold, link, table, text
from duban.catalogue.material import Material
from duban.catalogue.queries import Queries
from duban.catalogue.sentences import PERIODS
from duban.catalogue.spoken import Speech
from duban.catalogue.worked import lead_cases
from duban.leads import LateEntry, Lead, Overlap, Ratio, RepeatedValue, SimilarText, WrongOrder
from duban.leads.base import Amount
from duban.leads.base import amount as threshold

TITLE = "数据异常核对"
_NOTICE = "**数据异常待核对，只供内部核对**：不是结论，不进问题清单，不影响任何判定。"


def index(material: Material) -> Page:
    pack = material.pack
    rows = [
        [
            text(lead.pattern),
            link(text(lead.title), f"leads/{lead.id}", "leads"),
            text(pack.records[lead.record].title),
            text(lead.clause),
        ]
        for lead in pack.leads
    ]
    lines = [_NOTICE, *table(("模式", "异常", "台账", "条款"), rows)]
    if pack.not_carried:
        lines += [
            "## 没有列入的",
            *table(("模式", "为什么"), [[text(one.pattern), text(one.why)] for one in pack.not_carried]),
        ]
    return Page("leads", TITLE, lines)


def pages(material: Material, queries: Queries) -> Iterator[Page]:
    sources = dict(material.lead_sources()) if material.pack.leads else {}
    for lead in material.pack.leads:
        yield _page(material, queries, lead, sources[lead.id])


def _page(material: Material, queries: Queries, lead: Lead, source: str) -> Page:
    here, pack = f"leads/{lead.id}", material.pack
    speech = Speech(pack, lead.record)
    kind: Any = lead.kind
    facts = {
        "编号": f"`{lead.id}`　模式 {text(lead.pattern)}",
        "条款": text(lead.clause),
        "台账": link(text(pack.records[lead.record].title), f"records/{lead.record}", here),
        "属于谁": text(pack.header.bearers[lead.bearer].title or lead.bearer),
        "只看": speech.condition(lead.where) if lead.where else "",
        "时段": _window(material, lead),
        "怎么看": _KINDS[kind.word](speech, kind),
        "常见正当原因": text(lead.reasons),
        "核对办法": text(lead.check),
        "说明": text(lead.note),
    }
    lines = [_NOTICE, *table(("项目", "内容"), ([name, words] for name, words in facts.items() if words), "facts")]
    files = material.lead_cases.get(lead.id, [])
    if files:
        lines += [f"## 案例（{sum(len(file.cases) for file in files)}个）", *lead_cases(pack, files)]
    steps = queries.lead(lead.id)
    lines += [
        "## 规则写法",
        *block(source, "yaml"),
        "## 查询（SQL）",
        *fold(f"各步查询（{len(steps)}步）", queries.shown(steps), "sql"),
    ]
    return Page(here, lead.title, lines, above=("leads", TITLE))


def _window(material: Material, lead: Lead) -> str:
    if not lead.window:
        return ""
    window = material.pack.header.windows[lead.window]
    return f"{material.pack.day(window.start)} 至 {material.pack.day(window.end)}"


def amount(speech: Speech, value: Amount) -> str:
    """A threshold: a number, a percentage, or a parameter with its value in force."""
    words = str(value).strip()
    if not words.startswith("param."):
        return text(words)
    name = words.removeprefix("param.")
    return f"{text(speech.pack.values[name])}（{speech.parameter(name)}）"


def _alike(speech: Speech, kind: Overlap | RepeatedValue) -> str:
    parts = [
        f"{speech.names(kind.shared)}里有同一个值" if kind.shared else "",
        f"{speech.names(kind.same)}相同" if kind.same else "",
    ]
    return "、".join(filter(None, parts))


def _overlap(speech: Speech, kind: Overlap) -> str:
    words = f"两条记录{_alike(speech, kind)}" + (f"而{speech.names(kind.differ)}不同" if kind.differ else "")
    words += f"，时间重叠。时间自{speech.due(kind.start)}" + (f"至{speech.due(kind.end)}" if kind.end else "")
    if threshold(speech.pack.schema, kind.gap):
        words += f"；间隔不到{amount(speech, kind.gap)}分钟的也算"
    other = kind.other
    if other is None:
        return words
    there = speech.of(other.record)
    where = f"（{there.condition(other.where)}）" if other.where else ""
    matched = [f"对应{there.names(names)}" for names in (other.shared, other.same) if names]
    span = f"自{there.due(other.start)}" + (f"至{there.due(other.end)}" if other.end else "")
    return f"{words}。另一条是{text(speech.pack.records[other.record].title)}{where}，{'，'.join([*matched, f'时间{span}'])}"


def _similar_text(speech: Speech, kind: SimilarText) -> str:
    share = amount(speech, kind.at_least)
    alike = "相同" if share in ("1", "100%") else f"几乎相同（相同的三字片段占{share}以上）"
    same = f"，{speech.names(kind.same)}相同" if kind.same else ""
    words = f"{speech.names(kind.text)}的文字{alike}{same}，而{speech.names(kind.differ)}不同；不足{amount(speech, kind.shortest)}字的不看"
    return words + (
        f"，超过{amount(speech, kind.common)}个不同{speech.names(kind.differ)}的视为通用语，不看" if kind.common else ""
    )


def _repeated_value(speech: Speech, kind: RepeatedValue) -> str:
    return (
        f"几条记录{_alike(speech, kind)}，而{speech.names(kind.differ)}至少有{amount(speech, kind.at_least)}个不同的值"
    )


def _wrong_order(speech: Speech, kind: WrongOrder) -> str:
    pairs = []
    for pair in kind.pairs:
        first, then = speech.moment(pair.first), speech.moment(pair.then)
        pairs.append(
            f"{first}至{then}不到{amount(speech, pair.apart)}分钟" if pair.apart is not None else f"{then}早于{first}"
        )
    return "同一条记录里，" + "，或".join(pairs)


def _ratio(speech: Speech, kind: Ratio) -> str:
    every = PERIODS[kind.every] if kind.every else ""
    group = f"{every}按{speech.names(kind.per)}分组，" if kind.per else f"{every}逐条看，"
    among = f"{speech.condition(kind.of)}的记录里" if kind.of else "全部记录里"
    counted = f"{speech.condition(kind.count)}的" if kind.count else f"不同的{speech.names((kind.distinct,))}"
    if not kind.per:
        return f"{group}列出{counted}"
    if kind.at_most is not None:
        share = f"不超过{amount(speech, kind.at_most)}"
    else:
        share = f"占{amount(speech, kind.at_least if kind.at_least is not None else '100%')}以上".replace(
            "100%以上", "100%"
        )
    least = f"；不足{amount(speech, kind.least)}条的不看" if kind.least != 1 else ""
    beside = (
        f"；同组同期须有至少{amount(speech, kind.given.at_least)}条{speech.condition(kind.given.where)}的记录"
        if kind.given
        else ""
    )
    return f"{group}{among}，{counted}{share}{least}{beside}"


def _late_entry(speech: Speech, kind: LateEntry) -> str:
    when = f"{speech.due(kind.moment)}以前"
    late = f"其后又改了填过的{speech.names(kind.changed)}，没有注明更正" if kind.changed else "首次报来却在其后"
    words = f"事情发生在{when}，{late}（{PERIODS[kind.every]}一期）"
    words += f"，且{speech.names(kind.without)}都空着" if kind.without else ""
    return words + (f"；同一单位一次补报{amount(speech, kind.batch)}条以上的视为整份迟报，不看" if kind.batch else "")


_KINDS: dict[str, Callable[[Speech, Any], str]] = {
    "overlap": _overlap,
    "similar_text": _similar_text,
    "repeated_value": _repeated_value,
    "wrong_order": _wrong_order,
    "ratio": _ratio,
    "late_entry": _late_entry,
}
