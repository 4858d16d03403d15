"""Waivers written down or checked before they are handed in: the same rules as in an audit, and the latest audit's names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from duban.deciding.known import Known, near
from duban.deciding.register import Moment, Row, rows_of, write_rows
from duban.errors import DataError, Issue, Place
from duban.evaluate import Limits, database
from duban.pack import Pack
from duban.pack.obligation import LEGAL
from duban.records import load
from duban.records.register import cell_of
from duban.records.spellings import spelt
from duban.vocabulary import BUILT_IN, JURISDICTION, SUBMITTED_AT, WAIVER, WAIVER_TYPE
from duban.waivers import Granted, Waivers, check_waivers, legal, read_waivers, sheet_waivers

_WORDS = {"valid_from": "from", "valid_until": "until"}
_YAML = (".yaml", ".yml")


def add_waiver(row: Mapping[str, str], records: Path, known: Known, moment: Moment) -> Row:
    """Add a waiver (fields of the record type as text) to the register. Raises DataError with every mistake."""
    given = {name: cell_of(row.get(name, "")) for name in WAIVER_TYPE.fields}
    issues: list[Issue] = []
    for name, spec in WAIVER_TYPE.fields.items():
        if spec.type == "date" and given[name] and (day := spelt(spec, given[name])) is not None:
            given[name] = day.value[:10]
    own = known.pack.header.jurisdiction
    where, *others = _where(given, known)
    if others:
        told = f"“{given['bearer']}”在几个辖区都有：{'、'.join([where, *others])}"
        issues.append(Issue("W012", told, hint="请用 --finding 写指纹，指明是哪一项"))
    words = {_WORDS.get(name, name): text for name, text in given.items() if text} | {JURISDICTION: where}
    found = check_waivers([words], known.pack)
    issues += [Issue(one.code, one.message, hint=one.hint) for one in found.issues]
    for one in found.items:
        issues += _unknown(one, known)
        if one.waiver.approved_on > moment.day:
            issues.append(Issue("W005", f"批准日期{one.waiver.approved_on}晚于今天（{moment.day}）"))
        given["obligation"] = one.waiver.obligation
    if not found.items and given["bearer"]:  # malformed: the bearer is looked at all the same
        issues += _no_bearer(given["obligation"], given["bearer"], where, known, Place())
    given = {JURISDICTION: where, **given}
    same = [
        other for other in rows_of(records, WAIVER, known.pack) if all(other[name] == given[name] for name in given)
    ]
    if same:
        issues.append(Issue("W011", "同样的批准已经登记过"))
    if issues:
        raise DataError("批准没有登记：", issues)
    written = {**given, JURISDICTION: "" if where == own else where, SUBMITTED_AT: str(moment)}  # blank: the pack's own
    write_rows(records, WAIVER, [written])
    return written


def _where(given: Mapping[str, str], known: Known) -> list[str]:
    """The jurisdictions in which the audit has such a duty; where it has none, that of the audit, or else the pack's own."""
    duties = known.duties.values()
    found = {
        row["jurisdiction"]
        for row in duties
        if row["fingerprint"] == given["fingerprint"]
        or (row["bearer_id"] == given["bearer"] and given["obligation"] in (row["obligation"], row["title"]))
    }
    every = {row["jurisdiction"] for row in duties}
    return sorted(found) or (sorted(every) if len(every) == 1 else [known.pack.header.jurisdiction])


def check_file(path: Path, pack: Pack, known: Known | None = None) -> Waivers:
    """The waivers of a waivers.yaml or of a sheet, with every mistake; with an audit also names that are not there."""
    if path.suffix.lower() in _YAML:
        found = read_waivers(path, pack)
    else:
        with database(Limits()) as con:
            kinds, head = {WAIVER: BUILT_IN[WAIVER]}, pack.header
            loaded = load(con, kinds, path, jurisdiction=head.jurisdiction, timezone=head.timezone)
            read = sheet_waivers(con, pack)
            found = Waivers(read.items, (*loaded.issues, *read.issues), read.refused)
    more = [issue for one in found.items if known is not None for issue in _unknown(one, known)]
    return Waivers(found.items, (*found.issues, *more), found.refused)


def _unknown(one: Granted, known: Known) -> Iterator[Issue]:
    """A bearer or a fingerprint that the latest audit does not know; a duty that the law itself imposes."""
    waiver = one.waiver
    if waiver.fingerprint:
        duty = known.duties.get(waiver.fingerprint)
        if duty is None:
            hint = near(waiver.fingerprint, known.duties) or "指纹见 duties.parquet、violations.csv"
            yield Issue("W008", f"审核结果中没有指纹为“{waiver.fingerprint}”的履责项", one.place, hint)
        elif duty["basis"] == LEGAL:
            yield legal(duty["obligation"], one.place)
        return
    yield from _no_bearer(waiver.obligation, waiver.bearer, waiver.jurisdiction, known, one.place)


def _no_bearer(obligation: str, bearer: str, jurisdiction: str, known: Known, place: Place) -> Iterator[Issue]:
    """A bearer that has no such duty; the number is said where its name was written."""
    named = [row for row in known.duties.values() if row["obligation"] == obligation]
    ids = {row["bearer_id"]: row["bearer_name"] for row in named if row["jurisdiction"] == jurisdiction}
    if named and bearer not in ids:
        by_name = [number for number, name in ids.items() if name == bearer]
        hint = f"是否为“{by_name[0]}”？" if by_name else near(bearer, ids)
        yield Issue("W009", f"义务“{obligation}”没有责任主体“{bearer}”（须写编号）", place, hint)
