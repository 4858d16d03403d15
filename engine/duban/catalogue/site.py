"""The catalogue of one pack as pages: what stands on the first, and every other, in the order of the side bar."""

from __future__ import annotations

from collections.abc import Iterator

from duban.catalogue import entry, leads, listing, matrix, readings
from duban.catalogue.markdown import Page, link, table, text
from duban.catalogue.material import Material
from duban.catalogue.queries import Queries
from duban.pack import Pack
from duban.pack.notice import Notice


def pages(pack: Pack, notice: Notice | None = None) -> Iterator[Page]:
    """Every page of a pack's catalogue. Raises PackError if clauses.yaml or a case file has mistakes."""
    material = Material(pack, notice)
    queries = Queries(material)
    yield _first(material)
    yield from (listing.section(material, one) for one in material.sections)
    yield from (entry.page(material, queries, obligation) for obligation in pack.obligations)
    yield queries.page()  # what the entries share: only they know
    yield listing.bearers(material)
    yield from (listing.bearer(material, name) for name in pack.header.bearers)
    reads = {obligation.id: material.speech(obligation).reads for obligation in pack.obligations}
    yield listing.records(material, reads)
    yield from (listing.record(material, name, reads) for name in listing.records_in(pack, reads))
    yield readings.parameters(material)
    yield readings.asked(material)
    if material.rows:
        yield matrix.page(material)
    if pack.leads:
        yield leads.index(material)
        yield from leads.pages(material, queries)


def _first(material: Material) -> Page:
    pack = material.pack
    header = pack.header
    drafts = sum(bool(item.draft) for item in pack.obligations)
    standing = f"{len(pack.obligations)}项义务" + (
        f"，其中施行{len(pack.obligations) - drafts}项、起草中{drafts}项" if drafts else ""
    )
    lines = [
        f"**{text(header.title)}**（{text(header.issuer)}）。规则包 `{header.id}`，{standing}。",
        "",
        "一项义务一页：原文、谁、什么时候、怎么计、看什么资料、为什么这样读、案例、规则写法、查询。本目录由规则包生成。",
        "审核结论一律待核实，由人认定。",
    ]
    if header.note:
        lines += ["", f"{text(header.note)}。"]
    if material.rows:
        norms = sum(row.entry.checked is not None for row in material.rows)
        lines += ["## 规范与落实", "", f"通知共{len(material.rows)}条，其中规范{norms}条。"]
        lines += [*matrix.numbers(material), f"逐条见{link('逐句对照', 'trace', 'index')}。"]
    lines += ["## 按条款", *table(("条款", "施行", "起草中"), _sections(material))]
    lines += ["## 按别的", "", *_others(material)]
    lines += listing.toctree((f"/sections/{one.name}" for one in material.sections), "义务")
    lines += listing.toctree(("/bearers", "/records"), "谁、看什么")
    lines += listing.toctree(_readings(material), "怎么读")
    return Page("index", f"{header.number}　义务目录", lines)


def _sections(material: Material) -> Iterator[list[str]]:
    for one in material.sections:
        drafts = sum(bool(item.draft) for item in one.obligations)
        yield [link(text(one.title), f"sections/{one.name}", "index"), str(len(one.obligations) - drafts), str(drafts)]


def _others(material: Material) -> Iterator[str]:
    pack = material.pack
    counts = {
        "bearers": f"责任主体（{len(pack.header.bearers)}类）",
        "records": f"台账和名册（{len(pack.own_records)}种）",
        "parameters": f"口径参数（{len(pack.header.parameters)}个）",
        "questions": f"待{pack.header.issuer}答复的问题（{len(pack.header.questions)}个）",
        "leads": f"数据异常核对（{len(pack.leads)}种）" if pack.leads else "",
        "queries": "各项义务共用的各步查询",
    }
    yield from (f"- {link(text(label), name, 'index')}" for name, label in counts.items() if label)


def _readings(material: Material) -> list[str]:
    there = {
        "parameters": True,
        "questions": True,
        "trace": bool(material.rows),
        "leads": bool(material.pack.leads),
        "queries": True,
    }
    return [f"/{name}" for name, holds in there.items() if holds]
