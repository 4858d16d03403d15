"""Pages that list obligations: by section of the notice, by who bears them, by the data that they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duban.catalogue import sentences
from duban.catalogue.markdown import Page, breaks, code, filled, link, table, text
from duban.catalogue.material import Material, Section
from duban.catalogue.sources import sender
from duban.catalogue.spoken import Reads
from duban.pack import Pack
from duban.pack.obligation import Obligation
from duban.vocabulary import ENVELOPE, FieldSpec, RecordType

BEARERS, RECORDS = "责任主体", "台账和名册"
_TYPES = {
    "text": "文字", "int": "整数", "decimal": "数", "bool": "是/否", "date": "日期", "datetime": "日期时间",
    "month": "月份", "list": "多项",
}  # fmt: skip


def section(material: Material, one: Section) -> Page:
    name = f"sections/{one.name}"
    lines = [f"{text(one.note)}。", ""] if one.note else []
    lines += obligations(material, one.obligations, name, clause=False)
    lines += toctree(f"/obligations/{item.id}" for item in one.obligations)
    return Page(name, one.title, lines)


def obligations(material: Material, found: Iterable[Obligation], here: str, *, clause: bool = True) -> Iterator[str]:
    """A table of obligations; drafts say that they are not in force."""
    rows = [_row(material, item, here, clause) for item in found]
    yield from filled(("条款", "义务", "责任主体", "周期和期限", "登记", "说明"), rows, "listing")


def _row(material: Material, item: Obligation, here: str, clause: bool) -> list[str]:
    speech = sentences.speech_of(material.speech(), item)
    written = material.written[item.id]
    bearer = material.pack.header.bearers[item.bearer].title or item.bearer
    when = breaks([sentences.period(speech, written, item), sentences.due(speech, item)])
    remarks = ["起草中" if item.draft else "", "只作提示" if item.advisory else "", "由人认定" if item.manual else ""]
    return [
        text(item.clause) if clause else "", link(text(item.title), f"obligations/{item.id}", here), text(bearer), when,
        text(item.register_rows), "、".join(filter(None, remarks)),
    ]  # fmt: skip


def bearer(material: Material, name: str) -> Page:
    pack, here = material.pack, f"bearers/{name}"
    kind = pack.header.bearers[name]
    roster = pack.records[kind.record]
    speech = material.speech().of(kind.record)
    through = "、".join(speech.field(one) for one in kind.reports_through)
    facts = {
        "名称": code(name),
        "名册": link(text(roster.title), f"records/{kind.record}", here),
        "认定": "、".join(speech.field(key) for key in kind.key) + "相同的是同一个",
        "条件": speech.condition(kind.where) if kind.where else "",
        "由谁报资料": f"自己，或{through}" if through else "自己",
    }
    lines = [*table(("项目", "内容"), ([label, words] for label, words in facts.items() if words), "facts")]
    mine = [item for item in material.pack.obligations if item.bearer == name]
    lines += [f"## 义务（{len(mine)}项）", *obligations(material, mine, here)]
    return Page(here, kind.title or name, lines, above=("bearers", BEARERS))


def bearers(material: Material) -> Page:
    pack = material.pack
    rows = []
    for name, kind in pack.header.bearers.items():
        mine = [item for item in pack.obligations if item.bearer == name]
        roster = link(text(pack.records[kind.record].title), f"records/{kind.record}", "bearers")
        rows.append([link(text(kind.title or name), f"bearers/{name}", "bearers"), *_numbers(mine), roster])
    lines = [*table(("责任主体", "施行的义务", "起草中", "名册"), rows)]
    return Page("bearers", BEARERS, lines)


def _numbers(found: list[Obligation]) -> list[str]:
    drafts = sum(bool(item.draft) for item in found)
    return [str(len(found) - drafts), str(drafts)]


def records_in(pack: Pack, reads: dict[str, Reads]) -> list[str]:
    """The record types that have a page: the pack's own, and those of every pack that an obligation of this one reads."""
    read = {name for found in reads.values() for name in found}
    return [name for name in pack.records if name in pack.own_records or name in read]


def records(material: Material, reads: dict[str, Reads]) -> Page:
    pack = material.pack
    rows = []
    for name in records_in(pack, reads):
        spec = pack.records[name]
        mine = [item for item in pack.obligations if name in reads[item.id]]
        kind = "名册" if spec.is_roster else "台账"
        rows.append(
            [link(text(spec.title), f"records/{name}", "records"), kind, str(len(spec.fields)), *_numbers(mine)]
        )
    lines = [
        "要报送的名册和台账。表头照通知附件和各单位常用的写法，另认几种别名。",
        *table(("台账", "类别", "栏数", "用到它的义务", "起草中的"), rows),
    ]
    return Page("records", RECORDS, lines)


def record(material: Material, name: str, reads: dict[str, Reads]) -> Page:
    """One record type: its columns, who hands it in, and which obligations read which of them."""
    pack, here = material.pack, f"records/{name}"
    spec = pack.records[name]
    lines = [f"{text(spec.note)}。", ""] if spec.note else []
    facts = {
        "名称": code(name) + (f"　也叫 {text(spec.aliases)}" if spec.aliases else ""),
        "哪一行": "、".join(_title(spec, key) for key in spec.key) + "相同的是同一条，以最后报送的为准"
        if spec.key
        else "每行一条",
        "时间": f"按{_title(spec, spec.time)}算在哪一天" if spec.time else "",
        "期间": f"自{_title(spec, spec.span.start)}至{_title(spec, spec.span.end)}（空着的不限）" if spec.span else "",
        "由谁报": sender(pack, name),
        "晚报": f"过后{text(spec.lag.removesuffix('s').removesuffix('day').strip())}日内报来的不算缺"
        if spec.lag
        else "",
    }
    lines += table(("项目", "内容"), ([label, words] for label, words in facts.items() if words), "facts")
    lines += ["## 栏目", *filled(("栏", "名称", "类型", "可填的值", "说明"), _columns(spec, material, here))]
    users = [item for item in pack.obligations if name in reads[item.id]]
    if users:
        lines += [f"## 用到它的义务（{len(users)}项）"]
        rows = [
            [text(item.clause), link(text(item.title), f"obligations/{item.id}", here) + ("（起草中）" if item.draft else ""),
             "、".join(_title(spec, field) for field in reads[item.id][name])]
            for item in users
        ]  # fmt: skip
        lines += table(("条款", "义务", "看哪几栏"), rows)
    looked = [lead for lead in pack.leads if name in (lead.record, *lead.kind.others())]
    if looked:
        lines += [
            "## 用到它的数据异常核对",
            "",
            *(f"- {link(text(lead.title), f'leads/{lead.id}', here)}" for lead in looked),
        ]
    return Page(here, spec.title, lines, above=("records", RECORDS))


def _title(spec: RecordType, name: str) -> str:
    found = spec.field(name)
    return f"“{text(found.title if found is not None else name)}”"


def _columns(spec: RecordType, material: Material, here: str) -> Iterator[list[str]]:
    for name, field in {
        **spec.fields,
        **{name: ENVELOPE[name] for name in ENVELOPE if name not in spec.fields},
    }.items():
        title = text(field.title) + (f"<br>（也认 {text(field.aliases)}）" if field.aliases else "")
        kind = _TYPES[field.type] + (f"，{text(field.unit)}" if field.unit else "")
        yield [title, code(name), kind, text(field.values), "；".join(_remarks(spec, name, field, material, here))]


def _remarks(spec: RecordType, name: str, field: FieldSpec, material: Material, here: str) -> Iterator[str]:
    if field.required:
        yield "必填"
    for reference in spec.references.get(name, ()):
        target, key = material.pack.schema.target(reference)
        if target:
            shown = link(text(material.pack.records[target].title), f"records/{target}", here)
            yield f"填{shown}的{_title(material.pack.records[target], key)}"
    if field.personal:
        yield "个人信息，不写进报告"
    if field.note:
        yield text(field.note)


def toctree(names: Iterable[str], caption: str = "") -> Iterator[str]:
    """What Sphinx shows in the side bar below this page."""
    yield from ["", "```{toctree}", ":hidden:"]
    if caption:
        yield f":caption: {caption}"
    yield from ["", *names, "```"]
