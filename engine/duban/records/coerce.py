"""From a cell to a typed value, as SQL: the usual spelling by a fast path, the others by a patient one.

Every field is worked out in steps, each a level of one nested SELECT, so that nothing is computed twice:
`raw` (trimmed text, or the typed value as it came; NULL if empty) → `fast` (NULL unless spelt the usual way) →
`parts` (only where fast failed) → `value`. A cell whose `raw` is something and whose `value` is NULL is unreadable.
"""

from __future__ import annotations

from dataclasses import dataclass

from duban.pack.schema import FieldSpec, FieldType
from duban.records.text import BLANKS, half_width_sql, literal, narrow, narrow_sql, trimmed_sql

SQL_TYPES: dict[FieldType, str] = {
    "text": "VARCHAR",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "bool": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "month": "DATE",
    "list": "VARCHAR[]",
}

# Separates the elements of a list that did not come as text (a Python list in a row), so that none is split.
ELEMENT = "\x1f"

ERROR_CELLS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")

_TRUE = ("是", "√", "✓", "✔", "有", "已", "true", "yes", "y", "1")
_FALSE = ("否", "×", "✗", "✘", "x", "无", "未", "false", "no", "n", "0")

_DAY = r"(1[89]\d\d|[2-9]\d{3})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d\d)(\d\d))"
_CLOCK = r"(\d{1,2})[:时点](?:整|(\d{1,2})(?:分|[:分](\d{1,2}(?:\.\d{1,9})?)秒?)?)?"
_OFFSET = r"\s*(?:([Zz])|([+-])(\d{1,2}):?(\d\d)?)?"
_MOMENT = rf"^{_DAY}(?:[\sT]*{_CLOCK}{_OFFSET})?$"
_MOMENT_PARTS = "['y','m','d','mm','dd','h','i','s','z','sign','oh','om']"
_MONTH = r"^(1[89]\d\d|[2-9]\d{3})(?:\s*[-/.年]\s*(\d{1,2})\s*月?|(\d\d))$"
_WHOLE = r"^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.0*)?$"
_NUMBER = r"^[+-]?((\d+|\d{1,3}(,\d{3})+)(\.\d*)?|\.\d+)$"


@dataclass(frozen=True)
class Coercion:
    """The SQL of one field, step by step (see the module); `r`, `f`, `p`, `v` with the field's number name the steps."""

    raw: str
    value: str
    fast: str = "NULL"
    parts: str = "NULL"
    bare: str = ""


def coerce(field: FieldSpec, number: int, expression: str, source: str, timezone: str, midnights: bool) -> Coercion:
    """How the cells of a column become values of a field.

    `source` is the column's DuckDB type; `midnights`: a column of timestamps that holds nothing but midnights.
    """
    family = family_of(source)
    if family == "zoned":
        expression, family = f"timezone({literal(timezone)}, {expression})", "moment"
    r = f"r{number}"
    direct = _DIRECT.get((family, field.type))
    if direct is not None:
        bare = ""
        if field.type == "datetime":
            bare = f"CASE WHEN v{number} IS NOT NULL THEN {str(family == 'date' or midnights).lower()} END"
        return Coercion(raw=_present(family, expression), value=direct.format(r=r), bare=bare)
    if family != "text":
        expression = _as_text(family, expression)
    return _from_text(field, number, trimmed_sql(expression), timezone)


def absent(field: FieldSpec) -> Coercion:
    """A field whose column is not there at all."""
    return Coercion(raw="NULL", value=f"NULL::{SQL_TYPES[field.type]}", bare="NULL" if field.type == "datetime" else "")


def family_of(source: str) -> str:
    """The family of a DuckDB type: text, int, float, decimal, bool, date, moment, zoned, list or other."""
    name = source.upper()
    if name.endswith("[]"):
        return "list"
    if name.startswith(("VARCHAR", "ENUM")):
        return "text"
    if name == "TIMESTAMP WITH TIME ZONE":
        return "zoned"
    if name.startswith("TIMESTAMP"):
        return "moment"
    if name.startswith("DECIMAL"):
        return "decimal"
    if name in ("FLOAT", "DOUBLE"):
        return "float"
    if name.lstrip("U") in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"):
        return "int"
    return {"BOOLEAN": "bool", "DATE": "date"}.get(name, "other")


# Typed source → field of the matching type, without a detour through text. {r} is the raw value.
_DIRECT: dict[tuple[str, FieldType], str] = {
    ("int", "int"): "try_cast({r} AS BIGINT)",
    ("float", "int"): "CASE WHEN {r} = trunc({r}) THEN try_cast({r} AS BIGINT) END",
    ("int", "decimal"): "try_cast({r} AS DECIMAL(18,4))",
    ("float", "decimal"): "try_cast({r} AS DECIMAL(18,4))",
    ("decimal", "decimal"): "try_cast({r} AS DECIMAL(18,4))",
    ("bool", "bool"): "{r}",
    ("date", "date"): "{r}",
    ("moment", "date"): "try_cast({r} AS DATE)",
    ("date", "datetime"): "try_cast({r} AS TIMESTAMP)",
    ("moment", "datetime"): "try_cast({r} AS TIMESTAMP)",
    ("date", "month"): "try_cast(date_trunc('month', {r}) AS DATE)",
    ("moment", "month"): "try_cast(date_trunc('month', {r}) AS DATE)",
}


def _present(family: str, expression: str) -> str:
    """The typed value, NULL where a frame says so by NaN."""
    return f"CASE WHEN NOT isnan({expression}) THEN {expression} END" if family == "float" else expression


def _as_text(family: str, expression: str) -> str:
    if family == "float":
        whole = f"cast(try_cast({expression} AS HUGEINT) AS VARCHAR)"
        return f"CASE WHEN isnan({expression}) THEN NULL WHEN {expression} = trunc({expression}) THEN {whole} ELSE cast({expression} AS VARCHAR) END"
    if family == "list":
        return f"nullif(array_to_string({expression}, {literal(ELEMENT)}), '') || {literal(ELEMENT)}"
    return f"cast({expression} AS VARCHAR)"


def _from_text(field: FieldSpec, number: int, raw: str, timezone: str) -> Coercion:
    r, f, p = f"r{number}", f"f{number}", f"p{number}"
    folded = f"CASE WHEN {f} IS NULL AND {r} IS NOT NULL THEN {half_width_sql(r)} END"
    if field.type == "text":
        if not field.values:
            return Coercion(raw, f"CASE WHEN NOT {is_error(r)} THEN {r} END")
        fast = f"CASE WHEN {_among(r, field.values)} THEN {r} END"
        parts = f"CASE WHEN {f} IS NULL AND {r} IS NOT NULL THEN {_allowed(field.values, r)} END"
        return Coercion(raw, f"coalesce({f}, {p})", fast, parts)
    if field.type == "int":
        fast = f"CASE WHEN regexp_full_match({r}, '-?\\d{{1,18}}') THEN try_cast({r} AS BIGINT) END"
        whole = f"replace(split_part({p}, '.', 1), ',', '')"
        slow = f"CASE WHEN regexp_matches({p}, '{_WHOLE}') THEN try_cast({whole} AS BIGINT) END"
        return Coercion(raw, f"coalesce({f}, {slow})", fast, folded)
    if field.type == "decimal":
        fast = f"CASE WHEN regexp_full_match({r}, '-?\\d{{1,14}}(\\.\\d{{1,4}})?') THEN try_cast({r} AS DECIMAL(18,4)) END"
        slow = f"CASE WHEN regexp_matches({p}, '{_NUMBER}') THEN try_cast(replace({p}, ',', '') AS DECIMAL(18,4)) END"
        return Coercion(raw, f"coalesce({f}, {slow})", fast, folded)
    if field.type == "bool":
        return Coercion(raw, f"coalesce({f}, {_truth(f'lower({p})')})", _truth(r), folded)
    if field.type == "list":
        return _list(field, number, raw)
    return _temporal(field.type, number, raw, timezone)


def _list(field: FieldSpec, number: int, raw: str) -> Coercion:
    r, f, p = f"r{number}", f"f{number}", f"p{number}"
    # One regular expression tells the tidy cells (甲、乙) from those that must be taken apart and trimmed.
    tidy = f"NOT regexp_matches({r}, '[；;，,|\\s\\x1f{BLANKS[6:]}#]|、、|^、|、$')"
    split = (
        f"CASE WHEN contains({r}, chr(31)) THEN string_split({r}, chr(31))"
        f" ELSE regexp_split_to_array({r}, '[、；;，,|\\n\\r]') END"
    )
    trimmed = f"list_filter(list_transform({split}, lambda x: {trimmed_sql('x')}), lambda x: x IS NOT NULL)"
    errors = f"[{', '.join(literal(error) for error in ERROR_CELLS)}]"
    fast = f"CASE WHEN {tidy} THEN string_split({r}, '、') WHEN {r} IS NOT NULL THEN {trimmed} END"
    good = f"len({f}) > 0 AND NOT (contains({r}, '#') AND list_has_any({errors}, {f}))"
    if not field.values:
        return Coercion(raw, f"CASE WHEN {good} THEN {f} END", fast)
    allowed = f"[{', '.join(literal(value) for value in field.values)}]"
    parts = (
        f"CASE WHEN list_has_all({allowed}, {f}) THEN {f} ELSE list_transform({f}, lambda x:"
        f" CASE WHEN {_among('x', field.values)} THEN x ELSE {_allowed(field.values, 'x')} END) END"
    )
    return Coercion(raw, f"CASE WHEN {good} AND list_count({p}) = len({f}) THEN {p} END", fast, parts)


def _temporal(kind: FieldType, number: int, raw: str, timezone: str) -> Coercion:
    r, f, p, v = f"r{number}", f"f{number}", f"p{number}", f"v{number}"
    late = f"{f} IS NULL AND {r} IS NOT NULL"
    iso_day = f"regexp_full_match({r}, '(1[89]|[2-9]\\d)\\d\\d-\\d\\d-\\d\\d')"
    taken = f"CASE WHEN {late} THEN regexp_extract({half_width_sql(r)}, '{_MOMENT}', {_MOMENT_PARTS}) END"
    day = f"try_cast({p}.y || '-' || {p}.m || {p}.mm || '-' || {p}.d || {p}.dd AS DATE)"
    clock = f"{p}.h || ':' || coalesce(nullif({p}.i, ''), '00') || ':' || coalesce(nullif({p}.s, ''), '00')"
    text = f"cast({day} AS VARCHAR) || ' ' || {clock}"
    offset = f"{p}.sign || lpad({p}.oh, 2, '0') || ':' || coalesce(nullif({p}.om, ''), '00')"
    zoned = f"CASE WHEN {p}.z <> '' THEN '+00:00' WHEN {p}.oh <> '' THEN {offset} END"
    moment = (
        f"CASE WHEN {p}.h = '' THEN {day}::TIMESTAMP WHEN {p}.z || {p}.oh = '' THEN try_cast({text} AS TIMESTAMP)"
        f" ELSE timezone({literal(timezone)}, try_cast({text} || {zoned} AS TIMESTAMPTZ)) END"
    )
    if kind == "datetime":
        iso_moment = f"regexp_full_match({r}, '(1[89]|[2-9]\\d)\\d\\d-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{{1,6}})?)?')"
        fast = f"CASE WHEN length({r}) = 10 AND {iso_day} OR length({r}) > 10 AND {iso_moment} THEN try_cast({r} AS TIMESTAMP) END"
        bare = f"CASE WHEN {v} IS NULL THEN NULL WHEN {f} IS NOT NULL THEN length({r}) = 10 ELSE {p}.h = '' END"
        return Coercion(raw, f"coalesce({f}, {moment})", fast, taken, bare)
    if kind == "date":
        fast = f"CASE WHEN {iso_day} THEN try_cast({r} AS DATE) END"
        # 24:00 belongs to the day before it, so the day is not taken from the moment unless an offset moves it.
        cut = f"CASE WHEN {p}.z || {p}.oh <> '' THEN ({moment})::DATE WHEN ({moment}) IS NOT NULL THEN {day} END"
        return Coercion(raw, f"coalesce({f}, {cut})", fast, taken)
    month = f"regexp_extract({half_width_sql(r)}, '{_MONTH}', ['y','m','mm'])"
    fast = f"CASE WHEN {r} IS NOT NULL THEN try_cast(nullif({month}.y, '') || '-' || {month}.m || {month}.mm || '-01' AS DATE) END"
    return Coercion(raw, f"coalesce({f}, date_trunc('month', {moment})::DATE)", fast, taken)


def _allowed(values: tuple[str, ...], expression: str) -> str:
    """The allowed value that a text means, whatever its width, case and blanks; NULL if none."""
    by_key: dict[str, str] = {}
    for value in values:
        by_key.setdefault(narrow(value), value)
    branches = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in by_key.items())
    return f"CASE {narrow_sql(expression)} {branches} END"


def _truth(expression: str) -> str:
    return f"CASE WHEN {_among(expression, _TRUE)} THEN true WHEN {_among(expression, _FALSE)} THEN false END"


def is_error(expression: str) -> str:
    """Whether a text is what a spreadsheet shows for a failed formula."""
    return f"(starts_with({expression}, '#') AND {_among(expression, ERROR_CELLS)})"


def _among(expression: str, values: tuple[str, ...]) -> str:
    # Not `IN`: from seven values on DuckDB makes it a join, which costs more than all the rest here.
    return f"list_contains([{', '.join(literal(value) for value in values)}], {expression})"
