"""A pydantic model of each record type, built from records.yaml: what one row may say, and the exact message if not.

The reader coerces columns by the million in SQL; a cell that it cannot use is put to the model, whose message is what
a clerk reads. A test holds the two to each other: the model refuses a cell exactly if the reader makes it empty.
The models stand on their own, too: `row_model(...).model_validate(row)`, and `model_json_schema()` for a form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model, model_validator
from pydantic_core import PydanticCustomError

from duban.errors import Place
from duban.records import problems
from duban.records.cells import cell_text
from duban.records.headers import columns_of
from duban.records.spellings import ELEMENT, SCIENTIFIC, UNUSABLE, spelt
from duban.records.text import APOSTROPHE, BLANKS, fold
from duban.vocabulary import FieldSpec, FieldType, RecordType

Word = tuple[str, str]  # code and message
# Of these the hint alone says what is wrong: 请填日期，如2024-1-20.
_HINT_SAYS_IT = frozenset(("D301", "D302"))

_PYTHON: dict[FieldType, Any] = {
    "text": str,
    "int": int,
    "decimal": Decimal,
    "bool": bool,
    "date": date,
    "datetime": datetime,
    "month": date,
    "list": list[str],
}


class RowModel(BaseModel):
    """Base of the models: other columns are left alone, headers serve as well as field names."""

    model_config = ConfigDict(extra="ignore")
    by_header: ClassVar[Mapping[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _by_field(cls, row: Any) -> Any:
        if not isinstance(row, Mapping):
            return row
        return {cls.by_header.get(fold(str(header)), str(header)): cell for header, cell in row.items()}


def row_model(name: str, record: RecordType, timezone: str = "Asia/Shanghai") -> type[RowModel]:
    """The model of one row of a record type. Its errors carry the reader's codes (D301 …) in `ctx`."""
    fields: dict[str, Any] = {}
    declared = columns_of(name, record)
    for field, spec in declared.items():
        empty = _empty_code(record, field, spec)
        kind = _PYTHON[spec.type] if empty else _PYTHON[spec.type] | None
        about = spec.note or ("、".join(spec.values) and f"只能填：{'、'.join(spec.values)}") or None
        shown = Field(default=None, validate_default=True, title=spec.title, description=about)
        identity = field in record.key or field in record.references
        fields[field] = (Annotated[kind, BeforeValidator(_reader(spec, empty, identity, timezone))], shown)
    model: type[RowModel] = create_model(f"Row_{name}", __base__=RowModel, **fields)
    model.by_header = _headers(declared)
    return model


def _headers(fields: Mapping[str, FieldSpec]) -> dict[str, str]:
    """Folded header → field: a name beats a title, a title beats an alias, as in `records.headers`."""
    ranks: list[dict[str, tuple[str, ...]]] = [
        {field: (field,) for field in fields},
        {field: (spec.title,) for field, spec in fields.items()},
        {field: spec.aliases for field, spec in fields.items()},
    ]
    found: dict[str, str] = {}
    for rank in ranks:
        for field, headers in rank.items():
            for header in headers:
                found.setdefault(fold(header), field)
    return found


def _empty_code(record: RecordType, name: str, spec: FieldSpec) -> str:
    """The reader's code for an empty cell of a field, '' where it may be empty."""
    if name in record.key:
        return "D304"
    if name == record.time:
        return "D305"
    return "D303" if spec.required else ""


def _reader(spec: FieldSpec, empty: str, identity: bool, timezone: str) -> Callable[[Any], Any]:
    """From a cell of any kind to the value of a field; raises PydanticCustomError with what a clerk should do.

    `identity`: the field tells one row from another, or points at one.
    """
    zone = ZoneInfo(timezone)

    def read(value: Any) -> Any:
        text = (cell_text(value) or "").strip(BLANKS)
        if spec.type != "list":
            text = text.rstrip(ELEMENT).replace(ELEMENT, "、").strip(BLANKS)
        if not text.strip(BLANKS + ELEMENT):
            return nothing()
        means = spelt(spec, text)
        if means is None:
            if _plain(spec, text, identity):
                return text
            code, message = refusal(spec, text)
            raise PydanticCustomError("cell", "{message}", {"code": code, "message": message})
        if means.blank:
            return nothing()
        return _VALUES[spec.type](means.value if not means.zoned else _local(means.value, zone))

    def nothing() -> None:
        if empty:
            raise PydanticCustomError("empty", "{message}", {"code": empty, "message": "没有填写，请补填"})

    return read


def _plain(spec: FieldSpec, text: str, identity: bool) -> bool:
    """Whether a text needs no reading: what the reader's SQL takes as it is."""
    if spec.type != "text" or spec.values or spec.format or text in UNUSABLE or text.startswith(APOSTROPHE):
        return False
    return not (identity and "E+" in text and SCIENTIFIC.fullmatch(text))


def refusal(spec: FieldSpec, text: str) -> Word:
    """Why a text cannot be read as a field: the code, and the second half of a sentence that says what to do instead."""
    issue = problems.unusable_cell(Place(), spec.model_copy(update={"personal": False}), text)
    if issue.code in _HINT_SAYS_IT:
        return issue.code, issue.hint
    head = f"第0行“”写的是“{issue.value}”，" if issue.value else "第0行“”"
    wrong = issue.message.removeprefix(head).removesuffix("，按空白处理")
    return issue.code, f"{wrong}，{issue.hint}"


def _local(text: str, zone: ZoneInfo) -> str:
    moment = datetime.fromisoformat(_padded(text)).astimezone(zone)
    return moment.replace(tzinfo=None).isoformat(sep=" ")


def _padded(text: str) -> str:
    """Python 3.10 reads fractions of three or six digits only; 24:00 nobody but us."""
    head, dot, rest = text.partition(".")
    if not dot:
        return text
    digits = "".join(c for c in rest[: len(rest) - len(rest.lstrip("0123456789"))])
    return f"{head}.{digits[:6].ljust(6, '0')}{rest[len(digits) :]}"


def _moment(text: str) -> datetime:
    day, _, clock = _padded(text).partition(" ")
    if clock.startswith("24:"):
        return datetime.fromisoformat(day) + timedelta(days=1)
    return datetime.fromisoformat(f"{day} {clock}" if clock else day)


_VALUES: dict[FieldType, Callable[[str], Any]] = {
    "text": str,
    "int": int,
    "decimal": lambda text: Decimal(text).quantize(Decimal("0.0001"), ROUND_HALF_UP),
    "bool": lambda text: text == "true",
    "date": lambda text: _moment(text).date(),
    "datetime": _moment,
    "month": lambda text: _moment(text).date().replace(day=1),
    "list": lambda text: text.split(ELEMENT) if text else [],
}


def refused(model: type[RowModel], row: Mapping[str, Any]) -> dict[str, Word]:
    """Per field of a row that the model refuses: code and message."""
    try:
        model.model_validate(row)
    except ValidationError as error:
        found = {}
        for item in error.errors():
            context = item.get("ctx") or {}
            found[str(item["loc"][0])] = (str(context.get("code", "D301")), str(context.get("message", item["msg"])))
        return found
    return {}
