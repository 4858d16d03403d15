"""The short catalogue that stands in the repository: counts and one line for each obligation; the rest is the site."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from duban.catalogue.markdown import joined, table
from duban.catalogue.material import Material
from duban.catalogue.sentences import PERIODS
from duban.pack import Pack
from duban.pack.obligation import Obligation
from duban.pack.trace import counts


def lines(pack: Pack, folder: str) -> Iterator[str]:
    """`folder` is the link to the pack's folder."""
    material, header = Material(pack), pack.header
    drafts = sum(bool(item.draft) for item in pack.obligations)
    yield f"\n## {header.number} {header.title}\n"
    yield f"规则包 [`{header.id}`]({folder})，{header.issuer}。{len(pack.obligations)}项义务：施行{len(pack.obligations) - drafts}项，起草中{drafts}项；"
    yield f"案例{sum(len(file.cases) for files in material.cases.values() for file in files)}个；口径参数{len(header.parameters)}个；"
    yield f"待{header.issuer}答复的问题{len(header.questions)}个；数据异常核对{len(pack.leads)}种。"
    if material.rows:
        norms = sum(row.entry.checked is not None for row in material.rows)
        yield "\n### 规范与落实\n"
        yield f"通知共{len(material.rows)}条，其中规范{norms}条。可核程度指台账能核对到什么程度，各列是现在由什么落实。"
        head, *rest = counts(material.rows)
        yield from table(head, rest)
    yield "### 义务"
    for file, found in groupby(pack.obligations, lambda item: pack.places[item.id].file):
        section = next(one for one in material.sections if file.endswith(f"/{one.name}.yaml"))
        yield f"\n#### {joined(section.title)}"
        yield from table(
            ("条款", "义务", "编号", "责任主体", "周期", "登记", ""), (_row(material, item, folder) for item in found)
        )


def _row(material: Material, item: Obligation, folder: str) -> list[str]:
    pack = material.pack
    kind = pack.header.bearers[item.bearer]
    place = pack.places[item.id]
    name = f"[`{item.id}`]({folder}/{place.file})"
    when = "每次触发" if item.each is not None and not item.every else PERIODS.get(str(item.every), "一次")
    return [
        item.clause,
        item.title,
        name,
        kind.title or item.bearer,
        when,
        "、".join(item.register_rows),
        "起草中" if item.draft else "",
    ]
