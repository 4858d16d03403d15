"""What a pack talks about: record types with their fields and references, and the kinds of bearers. Pydantic models of
the YAML words; the lowest layer, since conditions, tests, packs and readers all need them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

FieldType = Literal["text", "int", "decimal", "bool", "date", "datetime", "month", "list"]
Unit = Literal["day", "week", "month", "quarter", "half_year", "year"]
NUMERIC_TYPES = frozenset({"int", "decimal"})
TEMPORAL_TYPES = frozenset({"date", "datetime", "month"})


class Word(BaseModel):
    """Base of all models of the language: strict types, no unknown keys, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


def _as_tuple(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, (str, dict)) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple, json_schema_input_type=str | list[str])]
Item = TypeVar("Item")
Listed = Annotated[tuple[Item, ...], BeforeValidator(_as_tuple)]  # a list in YAML; one item may stand alone


class FieldSpec(Word):
    """One column of a record type: header and aliases, type, unit, allowed values.

    `also`: what else people write for an allowed value, → that value. `refused`: what they write that is none of them,
    though it looks like one → what to tell them.
    """

    title: str
    aliases: Names = ()
    type: FieldType = "text"
    values: Names = ()
    also: dict[str, str] = {}
    refused: dict[str, str] = {}
    unit: str = ""
    required: bool = False
    happened: bool = False
    personal: bool = False
    format: Literal["", "uscc"] = ""
    names: str = ""
    note: str = ""


class Reference(Word):
    """Where a field points: a record type's key, or `record.field`; `outside`: what a value not found there means."""

    to: str
    outside: Literal["issue", "ignore"] = "issue"


def _as_references(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    return tuple({"to": item} if isinstance(item, str) else item for item in items)


References = Annotated[
    tuple[Reference, ...],
    BeforeValidator(_as_references, json_schema_input_type=str | Reference | list[str | Reference]),
]

JURISDICTION, SUBMITTED_AT, SUBMITTED_BY = "jurisdiction", "submitted_at", "submitted_by"
SUPERSEDES = "supersedes"

# What every table may hold besides its own fields (the envelope of a hand-in).
ENVELOPE = {
    JURISDICTION: FieldSpec(title="辖区", aliases=("县区",)),
    SUBMITTED_AT: FieldSpec(title="报送时间", aliases=("上报时间", "发送时间", "填报日期"), type="datetime"),
    SUBMITTED_BY: FieldSpec(title="填报单位", aliases=("报送单位",)),
    SUPERSEDES: FieldSpec(title="更正", aliases=("更正说明",), note="改了上次报过的内容的，写明改了什么、依据"),
}


class Span(Word):
    """The fields that say from when until when a roster row holds."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")


class Identity(Word):
    """What makes two rows one thing, whatever number they have: whose, when, where, what.

    Rows that agree in all of it, texts normalised, are one; what is nearly equal (days at most `days` apart, one place
    named within the other, texts `alike` by that share) may be one, and is a question for a person.
    """

    owner: Names
    day: str
    place: str = ""
    text: str
    days: int = Field(default=3, ge=0, le=31)
    alike: float = Field(default=0.75, gt=0, le=1)

    @property
    def fields(self) -> tuple[str, ...]:
        """All of them, in the order in which a key is made of them."""
        return (*self.owner, self.day, *((self.place,) if self.place else ()), self.text)


class RecordType(Word):
    """A kind of record: what identifies a row, when it happened, what it refers to, and its columns."""

    title: str
    aliases: Names = ()
    key: Names = ()
    time: str = ""
    period: str = ""
    span: Span | None = None
    complete: Literal["declared", "assumed"] | None = None
    handed_in_by: str = ""
    lag: str = ""
    references: dict[str, References] = {}
    named_by: Names = ()
    identity: Identity | None = None
    fields: dict[str, FieldSpec]
    note: str = ""

    def field(self, name: str) -> FieldSpec | None:
        """The field of that name, the envelope's included; None if there is none."""
        return self.fields.get(name) or ENVELOPE.get(name)

    @property
    def is_roster(self) -> bool:
        """A type without an event: it says who exists, and is complete unless declared otherwise."""
        return not self.time


# A sheet whose name begins so stands beside the records: explanations, drop-downs. No reader takes it for records.
ASIDE = "※"

MANIFEST = "manifest"
MANIFEST_TYPE = RecordType.model_validate(
    {
        "title": "报送清单",
        "fields": {
            "sender": {"title": "报送单位", "required": True},
            "subject": {"title": "所属主体"},
            "record_type": {"title": "材料类型", "required": True},
            "covered_from": {"title": "数据起", "type": "date", "required": True},
            "covered_through": {"title": "数据止", "type": "date", "required": True},
            "received_at": {"title": "收到时间", "type": "datetime"},
            "rows": {"title": "行数", "type": "int"},
            "file": {"title": "文件名"},
            "confirmed": {"title": "确认", "type": "bool"},
            "note": {"title": "依据"},
        },
    }
)


# What the bureau itself writes down about findings and records. Every pack has them; nothing is proven by them, so they
# need no line of the manifest. They have no event: what counts is when they were known (docs/semantics.md §9).
VERIFICATION, DECISION, WAIVER, SAMENESS = "verification", "decision", "waiver", "sameness"
VERIFICATION_TYPE = RecordType.model_validate(
    {
        "title": "核实结果",
        "key": "finding",
        "fields": {
            "finding": {"title": "指纹", "aliases": ["fingerprint", "待核实事项指纹"], "required": True},
            "state": {  # as model.Verification, but 待核实: that is no row
                "title": "核实结果",
                "aliases": ["核实结论"],
                "values": ["已核实", "已澄清", "部分属实", "无法核实"],
                "required": True,
            },
            "verified_by": {"title": "核实人", "required": True, "personal": True},
            "verified_on": {"title": "核实日期", "type": "date", "required": True},
            "how": {"title": "核实方式"},
            "evidence": {"title": "佐证", "aliases": ["佐证材料"]},
            "statement": {"title": "情况说明", "aliases": ["企业陈述"]},
        },
    }
)
DECISION_TYPE = RecordType.model_validate(
    {
        "title": "处理决定",
        "key": "decision_id",
        "fields": {
            "decision_id": {"title": "决定编号", "required": True},
            "bearer_kind": {"title": "主体类别"},
            "bearer_id": {"title": "主体编号", "required": True},
            "measure": {"title": "措施", "required": True},
            "outcome": {"title": "结论", "values": ["采纳", "不予采纳"], "required": True},
            "decided_on": {"title": "决定日期", "type": "date", "required": True},
            "reason": {"title": "理由"},
            "findings": {"title": "所涉指纹", "type": "list"},
            "doc_no": {"title": "文号", "aliases": ["文书编号", "纪要编号"]},
            "held_on": {"title": "实施日期", "aliases": ["约谈日期", "发出日期"], "type": "date", "happened": True},
            "due": {"title": "反馈期限", "type": "date"},
            "answered_on": {"title": "反馈日期", "type": "date", "happened": True},
            "rechecked_on": {"title": "复核日期", "aliases": ["复查日期"], "type": "date", "happened": True},
            "recheck_result": {"title": "复核结论", "aliases": ["复查结论"], "values": ["合格", "不合格"]},
            "done_on": {"title": "办结日期", "type": "date", "happened": True},
        },
    }
)
# A waiver as a row of a sheet. Nothing is `required` here: what a waiver must have is checked once for rows and for
# waivers.yaml (waivers/reading.py).
WAIVER_TYPE = RecordType.model_validate(
    {
        "title": "经批准不计入",
        "aliases": ["豁免", "不计入批准"],
        "fields": {
            "obligation": {"title": "义务", "aliases": ["义务编号"]},
            "bearer": {"title": "责任主体", "aliases": ["主体编号"]},
            "fingerprint": {"title": "指纹"},
            "reason": {"title": "理由"},
            "approved_by": {"title": "批准人", "personal": True},
            "approved_on": {"title": "批准日期", "type": "date"},
            "valid_from": {"title": "起", "aliases": ["起始日期"], "type": "date"},
            "valid_until": {"title": "止", "aliases": ["截止日期"], "type": "date"},
        },
    }
)
# Two records of one type under two keys: one thing or two? The sheet that `duban check --confirm` writes is such a
# table, so its columns for the reader are declared, too. A row without an answer says that somebody has asked.
SAMENESS_TYPE = RecordType.model_validate(
    {
        "title": "同一认定",
        "aliases": ["待确认表", "待确认", "同一隐患认定"],
        "key": ["record", "first", "second"],
        "fields": {
            "record": {"title": "记录类型", "required": True},
            "first": {"title": "编号甲", "required": True},
            "second": {"title": "编号乙", "required": True},
            "owner": {"title": "主体"},
            "first_day": {"title": "日期甲"},
            "second_day": {"title": "日期乙"},
            "first_place": {"title": "部位甲"},
            "second_place": {"title": "部位乙"},
            "first_text": {"title": "内容甲"},
            "second_text": {"title": "内容乙"},
            "similarity": {"title": "相似度"},
            "same": {"title": "是否同一", "type": "bool"},
            "confirmed_by": {"title": "确认人", "personal": True},
            "confirmed_on": {"title": "确认日期", "type": "date"},
        },
    }
)
# The record types that every pack has; the day of each on which a row without 报送时间 was handed in.
BUILT_IN = {
    VERIFICATION: VERIFICATION_TYPE,
    DECISION: DECISION_TYPE,
    WAIVER: WAIVER_TYPE,
    SAMENESS: SAMENESS_TYPE,
}
OWN_DAY = {
    VERIFICATION: "verified_on",
    DECISION: "decided_on",
    WAIVER: "approved_on",
    SAMENESS: "confirmed_on",
}


class BearerKind(Word):
    """Who can bear duties: rows of a record type, identified by `key`; see semantics.md §4."""

    record: str
    key: Names
    title: str = ""
    where: str = ""
    start: str = Field(default="", alias="from")
    end: str = Field(default="", alias="to")
    name: str = ""
    town: str = ""
    reports_through: Names = ()
