"""The page of one obligation."""

from __future__ import annotations

from collections.abc import Iterator

from duban.catalogue import sentences
from duban.catalogue.markdown import Page, block, breaks, code, fold, link, table, text
from duban.catalogue.material import Material
from duban.catalogue.queries import Queries
from duban.catalogue.readings import value
from duban.catalogue.sources import note_keys, table_rows
from duban.catalogue.spoken import Speech
from duban.catalogue.worked import cases
from duban.pack.obligation import ALWAYS, Obligation, Tested
from duban.pack.questions import alternatives
from duban.pack.trace import CHECKED


def page(material: Material, queries: Queries, obligation: Obligation) -> Page:
    name = f"obligations/{obligation.id}"
    speech = sentences.speech_of(material.speech(obligation), obligation)
    lines = [
        *_head(material, obligation),
        *_facts(material, speech, obligation, name),
        *_counted(material, speech, obligation),
        *_read(material, speech, obligation, name),
        *_readings(material, obligation, name),
        *_sentences(material, obligation, name),
        *_cases(material, obligation),
        "## 规则写法",
        *block(material.source(obligation), "yaml"),
        "## 查询（SQL）",
        *_sql(queries, obligation, name),
    ]
    return Page(name, obligation.title, lines)


def _head(material: Material, obligation: Obligation) -> Iterator[str]:
    """The words of the notice, and what to know before all else."""
    source = f"{text(material.pack.header.number)}　{text(obligation.clause)}"
    if obligation.quote:
        yield f"> {text(obligation.quote)}"
        yield ">"
    yield f"> —— {source}"
    if obligation.draft:
        yield from ["", f"**起草中，尚未施行**：{text(obligation.draft)}。审核时不判定，点名时才判定。"]
    if obligation.advisory is not None:
        where = "" if obligation.advisory.where == ALWAYS else "（部分情形）"
        yield from ["", f"**只作提示{where}**：{text(obligation.advisory.why)}。"]


def _facts(material: Material, speech: Speech, obligation: Obligation, here: str) -> Iterator[str]:
    pack, written = material.pack, material.written[obligation.id]
    kind = pack.header.bearers[obligation.bearer]
    section = next(one for one in material.sections if obligation in one.obligations)
    law = f"：{text(obligation.law)}" if obligation.law else ""
    facts = {
        "编号": code(obligation.id) + "".join(f"　登记 {text(row)}" for row in obligation.register_rows),
        "条款": link(text(section.title), f"sections/{section.name}", here),
        "责任主体": link(text(kind.title or obligation.bearer), f"bearers/{obligation.bearer}", here),
        "适用": sentences.applies(speech, obligation),
        "前提": sentences.given(speech, obligation),
        "触发": sentences.trigger(speech, obligation),
        "时段": sentences.window(speech, obligation),
        "周期": sentences.period(speech, written, obligation),
        "期限": sentences.due(speech, obligation),
        "情形": text(obligation.ground),
        "性质": text(obligation.basis) + law,
        "级别": f"未达到的提示为{text(obligation.alert)}" if obligation.alert else "",
        "只作提示": _advisory(speech, obligation),
    }
    yield from table(("项目", "内容"), ([name, words] for name, words in facts.items() if words), "facts")


def _advisory(speech: Speech, obligation: Obligation) -> str:
    if obligation.advisory is None or obligation.advisory.where == ALWAYS:
        return ""
    return f"{speech.condition(obligation.advisory.where)}的"


def _counted(material: Material, speech: Speech, obligation: Obligation) -> Iterator[str]:
    yield "## 怎么计"
    yield from _test(speech, obligation, sentences.counted(speech, obligation, material.written[obligation.id]))
    if obligation.otherwise:
        yield "没有做到时，依次再看："
        for number, path in enumerate(obligation.otherwise, 1):
            yield from ["", f"**{number}. {text(path.title)}**"]
            yield from _test(speech, path, sentences.alternative(speech, path))
    if obligation.manual:
        yield from [f"**未达到的一律由人认定**：{text(obligation.manual)}。", ""]
    if obligation.notes:
        yield "同时注明："
        yield from table(
            ("注明", "什么时候"), [[text(note.text), speech.condition(note.where)] for note in obligation.notes]
        )


def _test(speech: Speech, tested: Tested, pieces: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield from table(("项目", "内容"), map(list, pieces), "facts")
    yield from table(("名称", "取自", "哪一期", "取什么"), sentences.sides(speech, tested))


def _read(material: Material, speech: Speech, obligation: Obligation, here: str) -> Iterator[str]:
    note_keys(speech, obligation)
    yield "## 看什么资料"
    yield from table(
        ("台账", "看哪几栏", "由谁报"), table_rows(material.pack, obligation, speech.reads, here), "sources"
    )
    if obligation.cannot_see:
        yield from [f"**看不到**：{text(obligation.cannot_see)}。", ""]


def _readings(material: Material, obligation: Obligation, here: str) -> Iterator[str]:
    names = material.parameters(obligation)
    if not obligation.reading and not names:
        return
    yield from ["## 读法和口径", ""]
    if obligation.reading:
        yield from [f"{text(obligation.reading)}。", ""]
    speech, header = material.speech(), material.pack.header
    rows = [
        [speech.parameter(name).removeprefix("口径"), value(material.pack, name, material.pack.values[name]),
         "、".join(value(material.pack, name, other) for other in alternatives(material.pack, name)),
         text(header.parameters[name].why)]
        for name in names
    ]  # fmt: skip
    yield from table(("口径", "现取", "其他取值", "为什么这样取"), rows)
    asked = [(number, one) for number, one in enumerate(header.questions, 1)
             if obligation.id in one.obligations or set(names) & set(one.parameters)]  # fmt: skip
    if asked:
        yield from [f"待{text(header.issuer)}答复：", ""]
        yield from (f"- {link(f'{number}. {text(one.ask)}', 'questions', here)}" for number, one in asked)
        yield ""


def _sentences(material: Material, obligation: Obligation, here: str) -> Iterator[str]:
    """The norms of the notice that the obligation serves, and what is left to a person."""
    rows = [row.entry for row in material.rows if obligation.id in row.entry.encoded_by]
    if not rows:
        return
    yield "## 对应的规范"
    yield from table(
        ("条款", "规范", "登记", "台账能核对到", "留给人认定的"),
        [
            [link(text(entry.clause), "trace", here), text(entry.summary), text(entry.register_rows),
             f"{entry.checked}　{CHECKED[entry.checked]}" if entry.checked else "",
             breaks([text(entry.manual), f"疑点：{text(entry.doubt)}" if entry.doubt else ""])]
            for entry in rows
        ],
        "norms",
    )  # fmt: skip


def _cases(material: Material, obligation: Obligation) -> Iterator[str]:
    files = material.cases.get(obligation.id, [])
    count = sum(len(file.cases) for file in files)
    if count:
        yield from [
            f"## 案例（{count}个）",
            "",
            "按原文手工推算，由 `duban rules test` 逐一核对。点开可看台账和应得结论。",
        ]
        yield from cases(material.pack, files)


def _sql(queries: Queries, obligation: Obligation, here: str) -> Iterator[str]:
    own = queries.own(obligation.id)
    yield f"本项由{len(own)}步查询得出，另用到{link('各项义务共用的各步', 'queries', here)}。"
    yield from fold(f"各步查询（{len(own)}步）", queries.shown(own), "sql")
