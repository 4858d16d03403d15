"""From a column to typed values, as SQL: the usual spellings, by the million rows.

A field is worked out in steps, each a level of one nested SELECT, so that nothing is computed twice. `s0`: the cell as
it came. `f0`: its value if it is written just as DuckDB or the pack writes it, as most cells of a large table are.
`r0`: the trimmed text (or the typed value) of all other cells, NULL if empty. `v0`: the value of either. Where `r0` is
something and `v0` is NULL, the cell is spelt unusually, or wrong: `spellings` decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from duban.records.numbers import HEADER_UNIT, units_agree
from duban.records.raw import RawColumn
from duban.records.spellings import ELEMENT, FALSE, TRUE, UNUSABLE
from duban.records.text import BLANKS, FIRST_OF_NOTHING, trimmed, trimmed_sql
from duban.sqltext import literal
from duban.vocabulary import NUMERIC_TYPES, FieldSpec, FieldType

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

# The type of a column of text in which Python lists may be, their elements separated by ELEMENT.
STAGED = "VARCHAR staged"

# Lists that are no list: "无", names with "等3人".
_ODD_LISTS = r"^无$|等[\d一二三四五六七八九十]*[人名位]?$"

# A list whose elements need trimming, or are separated otherwise than by 、.
_BLANK = rf"\s{BLANKS[6:]}#"
_ODD_ELEMENTS = rf"[；;，,|\x1f{_BLANK}]|、、|^、|、$|{_ODD_LISTS}"
# A text that may need trimming for what the above does not find, or has no content.
_ODD_ENDS = rf"^$|^[\v{re.escape(FIRST_OF_NOTHING)}]|\v$".replace("'", "''")

# How many characters the usual spellings have that DuckDB writes, too: year of four digits, no fraction.
_LENGTHS: dict[FieldType, str] = {"int": "<= 18", "date": "= 10", "datetime": "= 19"}

_DAY = r"(1[89]|[2-9]\d)\d\d[-/]\d{1,2}[-/]\d{1,2}"
_MOMENT = _DAY + r"([ T]\d\d?:\d\d(:\d\d(\.\d{1,6})?)?)?"
_MONTH = r"(1[89]|[2-9]\d)\d\d-\d\d"


@dataclass(frozen=True)
class Coercion:
    """The SQL of one field, each step of which may use the names of those before it: `source`, `fast` ('' if there is
    no such way), `raw`, `value`; `bare`, for a datetime.
    """

    source: str
    fast: str
    raw: str
    value: str
    bare: str = ""


@dataclass(frozen=True)
class Source:
    """A column to be read: its expression and DuckDB type.

    `midnights`: a column of timestamps that holds nothing but midnights. `identity`: it tells one row from another, or
    points at one, so that a number that lost its digits is of no use. `usual`: a column of lists that holds nothing but
    usual ones (`usual_element`), each of which is its own value.
    """

    expression: str
    type: str
    midnights: bool = False
    identity: bool = False
    usual: bool = False


def coerce(field: FieldSpec, number: int, column: Source, timezone: str) -> Coercion:
    """How the cells of a column become values of a field; its steps are called `s<number>`, `f<number>` …"""
    expression, source, midnights = column.expression, column.type, column.midnights
    s, f, r, v = (f"{step}{number}" for step in "sfrv")
    family = family_of(source)
    if family == "zoned":
        expression, family = f"timezone({literal(timezone)}, {expression})", "moment"
    direct = _DIRECT.get((family, field.type))
    if direct is not None:
        bare = f"CASE WHEN {v} IS NOT NULL THEN {str(family == 'date' or midnights).lower()} END"
        raw, value = _present(family, s), direct.format(r=r)
        return Coercion(expression, "", raw, value, bare if field.type == "datetime" else "")
    if column.usual:
        return Coercion(expression, "", s, r)
    if family != "text":
        expression = _as_text(family, expression, column.identity)
    if field.type != "list" and (family == "list" or source == STAGED):
        expression = f"replace(rtrim({expression}, chr(31)), chr(31), '、')"
    fast, sure = _fast(field, s, f)
    raw, value, bare = trimmed_sql(s), _from_text(field, r, column.identity), f"NOT contains({r}, ':')"
    if sure:
        raw = f"CASE WHEN {sure} THEN NULL ELSE {raw} END"
        value = f"CASE WHEN {r} IS NULL THEN {f} ELSE {value} END"
        bare = f"{r} IS NOT NULL AND {bare}"
    bare = f"CASE WHEN {v} IS NOT NULL THEN {bare} END" if field.type == "datetime" else ""
    return Coercion(expression, fast, raw, value, bare)


def _fast(field: FieldSpec, s: str, f: str) -> tuple[str, str]:
    """The value of a text that needs neither trimming nor reading, and what makes sure that it is one; '' for neither.

    Never another value than `_from_text` has for the trimmed text, and NULL for a text without content. A number or a
    moment is sure if it is written back as the same text, which is found out sooner than by a pattern.
    """
    if field.type == "text":
        known = _clean(field.values)
        return (f"CASE WHEN {_among(s, known)} THEN {s} END", f"{f} IS NOT NULL") if known else ("", "")
    if field.type == "list":
        known = tuple(value for value in _clean(field.values) if "、" not in value)
        if field.values and not known:
            return "", ""
        plain = _among(s, known) if field.values else f"NOT regexp_matches({s}, '{_ODD_ELEMENTS}|{_ODD_ENDS}')"
        value = f"[{s}]" if field.values else f"string_split({s}, '、')"
        return f"CASE WHEN {plain} THEN {value} END", f"{f} IS NOT NULL"
    if field.type not in _LENGTHS:
        return "", ""
    sure = f"strlen({s}) {_LENGTHS[field.type]} AND cast({f} AS VARCHAR) = {s}"
    if field.type != "int":
        sure += f" AND {s} BETWEEN '1800' AND ':'"
    return f"try_cast({s} AS {SQL_TYPES[field.type]})", sure


def usual_element(field: FieldSpec, element: str) -> str:
    """SQL: whether an element of a list is one that is taken as it stands, whatever stands beside it; NULL is not.

    A column of a million lists has few elements, and to look at these costs a tenth of looking at every list.
    """
    if field.values:
        return _among(element, _clean(field.values))
    odd = f"contains({element}, '、') OR regexp_matches({element}, '{_ODD_ELEMENTS}|{_ODD_ENDS}')"
    return f"coalesce(NOT ({odd}), false)"


def _clean(values: tuple[str, ...]) -> tuple[str, ...]:
    """The allowed values that trimming leaves as they are."""
    return tuple(value for value in values if value and value == trimmed(value))


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


def under_unit(column: RawColumn, field: FieldSpec) -> RawColumn:
    """A column of numbers as text with the unit of its header, where the field has another one: `0.5` under 万元 is
    read as `0.5万元` is.
    """
    if field.type not in NUMERIC_TYPES or not column.unit or not field.unit or units_agree(column.unit, field.unit):
        return column
    expression, family = column.expression, family_of(column.type)
    if family != "text":
        expression = _as_text(family, expression, identity=False)
    number = f"regexp_full_match({expression}, '[+-]?[\\d,]*\\.?\\d+')"
    text = f"CASE WHEN {number} THEN {expression} || {literal(HEADER_UNIT + column.unit)} ELSE {expression} END"
    return replace(column, expression=text, type="VARCHAR")


def _as_text(family: str, expression: str, identity: bool) -> str:
    if family == "float":
        lost = f"WHEN abs({expression}) >= 1e15 THEN format('{{:.2E}}', {expression})" if identity else ""
        whole = f"cast(try_cast({expression} AS HUGEINT) AS VARCHAR)"
        return (
            f"CASE WHEN isnan({expression}) THEN NULL {lost} WHEN {expression} = trunc({expression}) THEN {whole}"
            f" ELSE cast({expression} AS VARCHAR) END"
        )
    if family == "list":
        return f"nullif(array_to_string({expression}, {literal(ELEMENT)}), '') || {literal(ELEMENT)}"
    return f"cast({expression} AS VARCHAR)"


def _from_text(field: FieldSpec, r: str, identity: bool) -> str:
    """The value of the usual spellings of a text, NULL for all others."""
    if field.type == "text":
        if field.values:
            return f"CASE WHEN {_among(r, field.values)} THEN {r} END"
        if field.format:
            return "NULL::VARCHAR"  # each distinct text is looked at
        odd = f"starts_with({r}, '#') AND {_among(r, tuple(sorted(UNUSABLE)))}"
        if identity:
            odd += rf" OR contains({r}, 'E+') AND regexp_full_match({r}, '\d(\.\d+)?E\+\d+')"
        return f"CASE WHEN NOT ({odd}) THEN {r} END"
    if field.type == "list":
        return _list(field, r)
    if field.type == "bool":
        return f"CASE WHEN {_among(r, TRUE)} THEN true WHEN {_among(r, FALSE)} THEN false END"
    usual, value = {
        "int": (r"-?\d{1,18}", r),
        "decimal": (r"-?\d{1,14}(\.\d{1,4})?", r),
        "date": (_DAY, r),
        "datetime": (_MOMENT, r),
        "month": (_MONTH, f"{r} || '-01'"),
    }[field.type]
    return f"CASE WHEN regexp_full_match({r}, '{usual}') THEN try_cast({value} AS {SQL_TYPES[field.type]}) END"


def _list(field: FieldSpec, r: str) -> str:
    """Elements separated by 、 or ELEMENT and not in need of trimming or looking up."""
    staged = f"string_split(rtrim({r}, chr(31)), chr(31))"
    if field.values:
        split = f"CASE WHEN ends_with({r}, chr(31)) THEN {staged} ELSE string_split({r}, '、') END"
        return f"list_filter([{split}], lambda x: list_has_all({_array(field.values)}, x))[1]"
    return (
        f"CASE WHEN NOT regexp_matches({r}, '{_ODD_ELEMENTS}') THEN string_split({r}, '、')"
        f" WHEN ends_with({r}, chr(31)) AND NOT regexp_matches({r}, '[{_BLANK}]|\\x1f\\x1f|^\\x1f') THEN {staged} END"
    )


def _among(expression: str, values: tuple[str, ...]) -> str:
    # Not `IN`, nor what DuckDB rewrites to it: a long one becomes a join, which costs more than all the rest here, and
    # the order of the rows.
    return f"coalesce(list_position({_array(values)}, {expression}), 0) > 0"


def _array(values: tuple[str, ...]) -> str:
    return f"[{', '.join(literal(value) for value in values)}]"
