"""Cases as tables: the records that are handed in, and the duties (or leads) that must come of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from duban.cases import Case, CaseFile, Expected, Rows
from duban.catalogue.markdown import breaks, code, filled, fold, shown, table, text
from duban.lead_cases import ExpectedLead, LeadCase, LeadCaseFile
from duban.model import Status
from duban.pack import Pack
from duban.vocabulary import ENVELOPE, MANIFEST, MANIFEST_TYPE

_EXPECTED = ("责任主体", "触发记录", "期", "应得", "要求", "实得", "差", "期限", "级别", "计入的记录", "其他")


def cases(pack: Pack, files: Iterable[CaseFile]) -> Iterator[str]:
    """All cases of an obligation: an overview, then each with its records."""
    found = list(files)
    rows = [
        [text(case.name), circumstances(case), breaks(map(_result, case.expect)) or "没有履责项", text(case.why)]
        for file in found
        for case in file.cases
    ]
    yield from table(("案例", "截至", "应得", "理由"), rows, "overview")
    for file in found:
        yield from _shared(pack, file.records)
        for case in file.cases:
            yield from fold(f"{case.name}　（截至 {shown(case.as_of)}）", _case(pack, case), "case")


def _case(pack: Pack, case: Case) -> Iterator[str]:
    yield f"{text(case.why)}。截至 {circumstances(case)}。"
    yield from tables(pack, case.records)
    if case.waivers:
        columns = list(dict.fromkeys(name for waiver in case.waivers for name in waiver))
        yield from ["", "经批准不计入："]
        yield from table(map(code, columns), [[text(waiver.get(name)) for name in columns] for waiver in case.waivers])
    yield from ["", "应得：" + ("" if case.expect else "没有履责项。")]
    yield from filled(_EXPECTED, map(_expected, case.expect))
    if case.others == "ignore":
        yield "其余履责项不看。"


def _expected(duty: Expected) -> list[str]:
    others = {
        "只作提示": duty.enforceable is False,
        "已不可能达到": duty.attainable is False,
        f"还有{duty.days_left}日": duty.days_left is not None,
        f"逾期{duty.days_overdue}日": duty.days_overdue is not None,
        f"写明“{text(duty.says)}”": bool(duty.says),
    }
    return [
        text(duty.bearer), text(duty.trigger), text(duty.period), Status(duty.status).chinese, text(duty.required),
        text(duty.observed), text(duty.shortfall), text(duty.due), text(duty.alert),
        "无" if duty.evidence == [] else text(duty.evidence), "；".join(words for words, holds in others.items() if holds),
    ]  # fmt: skip


def circumstances(case: Case | LeadCase) -> str:
    """As of when, known by when, and what was set."""
    known = f"，掌握至 {_moment(case.known_by)}" if case.known_by is not None else ""
    complete = {"assumed": "，资料按齐全计", "declared": "，资料按报送清单计"}.get(case.complete or "", "")
    chosen = "".join(f"，{code(f'{name}={shown(value)}')}" for name, value in case.params.items())
    return f"{_moment(case.as_of)}{known}{complete}{chosen}"


def _moment(value: Any) -> str:
    """A case may write a moment as text, with its `T`."""
    return re.sub(r"(?<=\d)T(?=\d)", " ", text(value))


def _result(duty: Expected) -> str:
    """One expected duty, short."""
    period = duty.period.isoformat() if isinstance(duty.period, date) else duty.period
    name = " ".join(text(part) for part in (duty.bearer, duty.trigger, period) if part)
    numbers = f"（{duty.observed}/{duty.required}）" if duty.observed is not None and duty.required is not None else ""
    return f"{name} **{Status(duty.status).chinese}**{numbers}" + ("（提示性）" if duty.enforceable is False else "")


def lead_cases(pack: Pack, files: Iterable[LeadCaseFile]) -> Iterator[str]:
    """All cases of a lead."""
    for file in files:
        yield from _shared(pack, file.records)
        for case in file.cases:
            result = f"应列出{len(case.leads)}组" if case.leads else "不应列出"
            yield from fold(f"{case.name}　（{result}）", _lead_case(pack, case), "case")


def _lead_case(pack: Pack, case: LeadCase) -> Iterator[str]:
    yield f"{text(case.why)}。截至 {circumstances(case)}。"
    yield from tables(pack, case.records)
    yield from ["", "应列出：" + ("" if case.leads else "无。")]
    yield from filled(("记录", "量得", "写明"), map(_expected_lead, case.leads))


def _expected_lead(lead: ExpectedLead) -> list[str]:
    return [text(lead.records), text(lead.measured), text(lead.says)]


def _shared(pack: Pack, records: Rows) -> Iterator[str]:
    if records:
        yield from fold("各案例共有的台账", tables(pack, records), "case")


def tables(pack: Pack, records: Rows) -> Iterator[str]:
    """The rows of each record type under the titles of its columns."""
    for name, rows in records.items():
        spec = MANIFEST_TYPE if name == MANIFEST else pack.records.get(name)
        titles = {**ENVELOPE, **spec.fields} if spec is not None else {}
        order = [*(spec.fields if spec is not None else ()), *(column for row in rows for column in row)]
        columns = [column for column in dict.fromkeys(order) if any(column in row for row in rows)]
        yield from ["", f"{text(spec.title if spec is not None else name)}{'：' if columns else '：没有记录。'}"]
        heads = [text(titles[column].title) if column in titles else code(column) for column in columns]
        yield from table(heads, [[_cell(row, column) for column in columns] for row in rows] if columns else [])


def _cell(row: dict[str, Any], column: str) -> str:
    return text(row.get(column))
