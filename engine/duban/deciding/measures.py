"""Measures taken (处理决定): one is written down, a version with what came of it follows, and all are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path

from duban.deciding.known import Bearer, Known, near
from duban.deciding.register import Moment, Row, after, rows_of, write_rows
from duban.errors import DataError, Issue
from duban.pack import Pack
from duban.records.register import cell_of
from duban.records.spellings import spelt
from duban.vocabulary import DECISION, DECISION_TYPE, JURISDICTION, SUBMITTED_AT

TAKEN, TURNED_DOWN = DECISION_TYPE.fields["outcome"].values
DAYS = ("decided_on", "held_on", "due", "answered_on", "rechecked_on", "done_on")
# What is over when it is written down; `due` is the only day that may lie ahead.
_PAST = tuple(name for name in DAYS if name != "due")


@dataclass(frozen=True)
class Measure:
    """A measure as it is to be written down: texts, '' for none; days as anybody writes them. `where`: where it stands."""

    measure: str
    bearer: str
    decided_on: str = ""
    kind: str = ""
    turned_down: bool = False
    reason: str = ""
    doc_no: str = ""
    held_on: str = ""
    due: str = ""
    answered_on: str = ""
    rechecked_on: str = ""
    recheck_result: str = ""
    done_on: str = ""
    findings: tuple[str, ...] = ()
    id: str = ""
    where: str = field(default="", compare=False)


# The fields of a measure that are fields of the record type as well.
_TEXTS = tuple(item.name for item in fields(Measure) if item.name in DECISION_TYPE.fields and item.name != "findings")


def take(measures: Sequence[Measure], records: Path, known: Known, moment: Moment) -> tuple[list[Row], int]:
    """Write measures down, all or none: the new rows, and how many were there already.

    Raises DataError with every mistake, and then nothing is written.
    """
    there = rows_of(records, DECISION, known.pack)
    issues: list[Issue] = []
    rows: list[Row] = []
    same = 0
    for one in measures:
        row, wrong = _row(one, known, moment)
        issues += [replace(issue, message=f"{one.where}{issue.message}") for issue in wrong]
        if wrong:
            continue
        if any(_same(row, other) for other in (*there, *rows)):
            same += 1
            continue
        row["decision_id"] = one.id or _number(row, [*there, *rows])
        if any(other["decision_id"] == row["decision_id"] for other in (*there, *rows)):
            hint = "补记反馈、复核用 duban measure update"
            issues.append(Issue("M010", f"{one.where}已有编号为“{row['decision_id']}”的决定", hint=hint))
        rows.append(row)
    if issues:
        raise DataError("措施没有登记：", issues)
    if rows:
        write_rows(records, DECISION, rows)
    return rows, same


def change(number: str, changes: Mapping[str, str], records: Path, pack: Pack, moment: Moment) -> Row:
    """A new version of a measure with what has come of it since; the old one stays. Raises DataError."""
    newest = {row["decision_id"]: row for row in rows_of(records, DECISION, pack)}
    before = newest.get(number)
    if before is None:
        hint = near(number, newest) or "编号见 duban measure list"
        raise DataError("措施没有更改：", [Issue("M011", f"没有编号为“{number}”的决定", hint=hint)])
    given = {name: cell_of(text) for name, text in changes.items() if text}
    issues: list[Issue] = []
    days = {name: _day(name, text, issues) for name, text in given.items() if name in DAYS}
    row = {**before, **given, **days}
    issues += _unsound(row, moment.day)
    at = after(moment, before[SUBMITTED_AT])
    if at is None:
        issues.append(Issue("M012", f"“{number}”已有更晚登记的版本：{before[SUBMITTED_AT]}", hint="请核对 --as-of"))
    if not given or all(before[name] == row[name] for name in given):
        issues.append(
            Issue("M013", f"“{number}”没有要更改的内容", hint="写明 --answered-on、--rechecked-on、--done-on 等")
        )
    if issues:
        raise DataError("措施没有更改：", issues)
    row[SUBMITTED_AT] = str(at)
    write_rows(records, DECISION, [_own(row, pack)])
    return row


def taken(records: Path, pack: Pack) -> list[Row]:
    """The newest version of each measure, by the day of the decision."""
    newest = {(row[JURISDICTION], row["decision_id"]): row for row in rows_of(records, DECISION, pack)}
    return sorted(newest.values(), key=lambda row: (row["decided_on"], row["decision_id"]))


def progress(row: Row, today: date) -> str:
    """What has come of a measure: 待反馈, 逾期未反馈 …; in the order in which it happens."""
    if row["outcome"] == TURNED_DOWN:
        return "不予采纳"
    if row["done_on"]:
        return "已办结"
    if row["rechecked_on"]:
        return f"已复核{row['recheck_result']}"
    if row["answered_on"]:
        return "已反馈，待复核"
    if row["due"]:
        return "逾期未反馈" if row["due"] < today.isoformat() else "待反馈"
    return "已采取"


# --- one row


def _row(one: Measure, known: Known, moment: Moment) -> tuple[Row, list[Issue]]:
    """The row of a measure, and everything that is wrong with it."""
    issues: list[Issue] = []
    known_measures = known.pack.measures.measures
    if one.measure not in known_measures:
        hint = near(one.measure, known_measures) or f"只能是：{'、'.join(known_measures)}"
        issues.append(Issue("M001", f"没有“{one.measure}”这种措施", hint=hint))
    bearer = known.bearer(one.bearer, one.kind, one.measure)
    if isinstance(bearer, Issue):
        issues.append(bearer)
    who = bearer if isinstance(bearer, Bearer) else None
    prints = list(dict.fromkeys(one.findings)) or (known.proposals(who, one.measure) if who else [])
    if who and not prints and one.measure in known_measures:
        text = f"审核结果中没有对{who.name}建议“{one.measure}”，要写明所涉事项"
        issues.append(Issue("M004", text, hint="用 --finding 指纹 写明，可多次"))
    issues += [wrong for name in prints if (wrong := known.finding(name, who)) is not None]
    row = {name: cell_of(getattr(one, name)) for name in _TEXTS}
    row |= {name: _day(name, row[name], issues) for name in DAYS if row[name]}
    row |= {
        "findings": "、".join(prints),
        "outcome": TURNED_DOWN if one.turned_down else TAKEN,
        SUBMITTED_AT: str(moment),
    }
    if who:
        row |= {"bearer_kind": who.kind, "bearer_id": who.id, JURISDICTION: who.jurisdiction}
    unread = [name for name in DAYS if getattr(one, name) and not row[name]]
    issues += _unsound(row, moment.day, unread)
    return _own(row, known.pack), issues


def _day(name: str, text: str, issues: list[Issue]) -> str:
    """A day as YYYY-MM-DD; '' with an issue for what is none."""
    found = spelt(DECISION_TYPE.fields[name], text)
    if found is None:
        title = DECISION_TYPE.fields[name].title
        issues.append(Issue("M008", f"“{title}”写的是“{text}”，不是日期", hint="如 2024-1-20", value=text))
        return ""
    return found.value[:10]


def _unsound(row: Mapping[str, str], today: date, unread: Sequence[str] = ()) -> Iterator[Issue]:
    """What of a row cannot be: days out of order, a result without its day, a refusal without its reason."""
    titles = {name: spec.title for name, spec in DECISION_TYPE.fields.items()}

    def wrong(text: str, hint: str = "") -> Issue:
        return Issue("M009", text, hint=hint)

    if not row["decided_on"] and "decided_on" not in unread:
        yield wrong(f"缺“{titles['decided_on']}”", "哪天决定的，须写明")
    for name in _PAST:
        if row[name] > today.isoformat():
            yield wrong(f"“{titles[name]}”{row[name]}晚于今天（{today}）", "还没有发生的不登记")
    began = row["held_on"] or row["decided_on"]
    for name in ("due", "answered_on", "rechecked_on", "done_on"):
        if row[name] and row[name] < began:
            yield wrong(f"“{titles[name]}”{row[name]}早于实施（决定）日期{began}")
    allowed = DECISION_TYPE.fields["recheck_result"].values
    if row["recheck_result"] and row["recheck_result"] not in allowed:
        yield wrong(f"“{titles['recheck_result']}”写的是“{row['recheck_result']}”", f"只能填：{'、'.join(allowed)}")
    if bool(row["recheck_result"]) != bool(row["rechecked_on"]):
        yield wrong(f"“{titles['rechecked_on']}”和“{titles['recheck_result']}”要一起写")
    if row["outcome"] == TURNED_DOWN and not row["reason"]:
        yield wrong("不予采纳的必须写理由", "用 --reason 写明")
    if row["outcome"] == TURNED_DOWN and any(row[name] for name in ("held_on", "due", "answered_on")):
        yield wrong("不予采纳的没有实施日期和反馈")


def _same(row: Row, other: Row) -> bool:
    """The same decision, written down before: who, what, when, how, on which facts."""
    return all(
        row[name] == other[name]
        for name in ("bearer_kind", "bearer_id", "measure", "outcome", "decided_on", "findings")
    )


def _number(row: Row, there: Sequence[Row]) -> str:
    """The document's number, or the day and a running number."""
    numbers = {other["decision_id"] for other in there}
    if row["doc_no"] and row["doc_no"] not in numbers:
        return row["doc_no"]
    start = f"CS{row['decided_on'].replace('-', '')}"
    return next(name for index in range(1, len(numbers) + 2) if (name := f"{start}-{index:02d}") not in numbers)


def _own(row: Row, pack: Pack) -> Row:
    """Without the pack's own jurisdiction: a blank stands for it."""
    return {**row, JURISDICTION: "" if row.get(JURISDICTION) == pack.header.jurisdiction else row.get(JURISDICTION, "")}
