"""What the notice leaves open: the parameters with their reasons, and the questions that only the issuer can answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from duban.catalogue.markdown import Page, anchored, code, link, table, text
from duban.catalogue.material import Material
from duban.pack import Pack
from duban.pack.pack import parameter_value
from duban.pack.questions import alternatives, questions, readers
from duban.pack.schema import Question


def value(pack: Pack, name: str, chosen: Any) -> str:
    """A value of a parameter, as a reader and as `--set` know it."""
    spec = pack.header.parameters[name]
    return text(parameter_value(name, spec.type, chosen))


def parameters(material: Material) -> Page:
    """Every parameter: value, reason, alternatives, and what reads it."""
    pack = material.pack
    named = pack.header.parameters
    lines = [
        "原文没有写定、有不止一种读法的地方，各设一个口径：取什么、为什么、还可以取什么。",
        "改口径不用改规则：`duban audit … --set 名称=值`；各种取值下结论有什么不同：`duban rules doubts`。",
        "",
    ]
    for name in (name for name, spec in named.items() if not spec.for_leads):
        lines += _parameter(material, name)
    thresholds = [name for name, spec in named.items() if spec.for_leads]
    if thresholds:
        lines += [f"(param-{name})=" for name in thresholds]
        lines += ["## 数据异常核对的阈值", "", "不影响任何判定，只影响列出哪些记录供核对。"]
        lines += table(("阈值", "名称", "现取", "为什么", "用于"), (_threshold(material, name) for name in thresholds))
    return Page("parameters", "口径参数", lines)


def _parameter(material: Material, name: str) -> Iterator[str]:
    pack = material.pack
    spec = pack.header.parameters[name]
    yield from [f"(param-{name})=", f"## {text(spec.title or name)}"]
    changed = (
        ""
        if pack.values[name] == parameter_value(name, spec.type, spec.default)
        else f"（默认 {value(pack, name, spec.default)}）"
    )
    facts = {
        "名称": code(name),
        "条款": text(spec.clause),
        "现取": value(pack, name, pack.values[name]) + changed,
        "其他取值": "、".join(value(pack, name, other) for other in alternatives(pack, name)) or _free(spec.type),
        "为什么": text(spec.why),
        "用到它的义务": obligations(material, [item.id for item in readers(pack, name)], "parameters") or "没有",
    }
    yield from table(("项目", "内容"), ([label, words] for label, words in facts.items() if words), "facts")


def _free(kind: str) -> str:
    return {"date": "任一日期", "int": "任一整数", "decimal": "任一数"}.get(kind, "没有列出")


def _threshold(material: Material, name: str) -> list[str]:
    spec = material.pack.header.parameters[name]
    leads = "、".join(link(text(lead.title), f"leads/{lead.id}", "parameters") for lead in material.leads_of(name))
    return [text(spec.title), code(name), value(material.pack, name, material.pack.values[name]), text(spec.why), leads]


def obligations(material: Material, names: list[str], here: str) -> str:
    """Obligations by their titles; one that the pack does not have by its id."""
    found = {item.id: item for item in material.pack.obligations}
    return "、".join(
        link(text(found[name].title), f"obligations/{name}", here) + ("（起草中）" if found[name].draft else "")
        if name in found else code(name)
        for name in names
    )  # fmt: skip


def asked(material: Material) -> Page:
    """The questions of the pack, then the parameters that none of them names."""
    pack = material.pack
    own = len(pack.header.questions)
    everything = questions(pack)
    lines = [f"只有{text(pack.header.issuer)}能答复的问题{own}个；没有答复以前按现取的口径判断。", ""]
    for number, question in enumerate(everything[:own], 1):
        lines += _question(material, number, question)
    if everything[own:]:
        lines += ["## 其他口径", "", "规则自己取定、也可以改的口径："]
        lines += table(("口径", "条款", "现取", "为什么"), (_other(material, one) for one in everything[own:]))
    return Page("questions", "待答复的问题", lines)


def _question(material: Material, number: int, question: Question) -> Iterator[str]:
    yield f"## {number}. {text(question.ask)}"
    yield ""
    if question.clause:
        yield f"条款：{text(question.clause)}。"
    if question.why:
        yield f"{text(question.why)}。"
    if question.obligations:
        yield f"涉及：{obligations(material, list(question.obligations), 'questions')}。"
    yield from table(
        ("口径", "现取", "其他取值", "为什么", "用到它的义务"),
        (_answers(material, name) for name in question.parameters),
    )


def _answers(material: Material, name: str) -> list[str]:
    pack = material.pack
    spec = pack.header.parameters[name]
    others = "、".join(value(pack, name, other) for other in alternatives(pack, name)) or _free(spec.type)
    reading = obligations(material, [item.id for item in readers(pack, name)], "questions")
    return [
        anchored(text(spec.title or name), f"param-{name}"),
        value(pack, name, pack.values[name]),
        others,
        text(spec.why),
        reading,
    ]


def _other(material: Material, question: Question) -> list[str]:
    pack, name = material.pack, question.parameters[0]
    spec = pack.header.parameters[name]
    return [
        anchored(text(question.ask), f"param-{name}"),
        text(question.clause),
        value(pack, name, pack.values[name]),
        text(spec.why),
    ]
