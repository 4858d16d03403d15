"""The notice sentence by sentence: what serves each, and how many norms records can show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from duban.catalogue.markdown import Page, breaks, link, table, text
from duban.catalogue.material import Material
from duban.catalogue.readings import obligations
from duban.pack.trace import CHECKED, Row, counts, served
from duban.report.trace import shown


def page(material: Material) -> Page:
    rows = material.rows
    norms = [row for row in rows if row.entry.checked]
    lines = [
        f"通知共{len(rows)}条，其中规范{len(norms)}条。可核程度指台账能核对到什么程度；落实指现在由什么核对。规则得出的一律待核实。",
        *numbers(material),
        _held(material),
        "",
    ]
    for clause, found in groupby(rows, lambda row: row.entry.clause):
        lines += [
            f"## {text(clause)}",
            *table(("原文", "概要", "登记", "可核", "落实"), (_row(material, row) for row in found), "matrix"),
        ]
    return Page("trace", "逐句对照", lines)


def _held(material: Material) -> str:
    if material.notice is None:
        return (
            "引文只取能认出该句的几个字；全文未随规则包保存，核对引文和漏句用 `duban rules trace --notice 通知.txt`。"
        )
    return f"已与通知原文（{len(material.notice.sentences)}句）对照。"


def numbers(material: Material) -> Iterator[str]:
    """The norms by F, P, N, and how each is served; computed."""
    head, *lines = counts(material.rows)
    yield from table(head, lines, "counts")


def _row(material: Material, row: Row) -> list[str]:
    entry = row.entry
    names = [
        ("义务", obligations(material, list(entry.encoded_by), "trace")),
        ("线索", "、".join(_lead(material, name) for name in entry.leads)),
        ("措施", text(entry.measures)),
        ("人工", text(entry.manual)),
        ("不是规范", text(entry.not_a_norm)),
        ("读法", text(entry.reading)),
        ("疑点", text(entry.doubt)),
    ]
    how = [f"**{served(entry)}**" if entry.checked else "", *(f"{label}：{words}" for label, words in names if words)]
    grade = f"{entry.checked}　{CHECKED[entry.checked]}" if entry.checked else ""
    return [text(shown(row, whole=True)), text(entry.summary), text(entry.register_rows), grade, breaks(how)]


def _lead(material: Material, name: str) -> str:
    lead = next((one for one in material.pack.leads if one.id == name), None)
    return link(text(lead.title), f"leads/{name}", "trace") if lead is not None else text(name)
