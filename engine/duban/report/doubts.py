"""The open questions of a pack, and which findings another answer would change: as text, CSV or JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from duban.model import Status
from duban.pack import Pack
from duban.pack.questions import alternatives, measures_reading, questions, readers
from duban.pack.schema import Question
from duban.report.layout import some
from duban.report.screen import NOTICE
from duban.report.tables import shown

if TYPE_CHECKING:
    from duban.doubts import Change, Doubts, Trial

QUESTIONS = ("question", "clause", "parameter", "title", "value", "default", "alternatives", "why", "obligations")
CHANGES = (
    "parameter", "value", "fingerprint", "obligation", "title", "bearer_kind", "bearer_id", "bearer_name", "trigger_id",
    "period_start", "period_end", "before", "after",
)  # fmt: skip


def written(value: Any) -> str:
    """A value as `--set` takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- for a terminal
def text(pack: Pack, found: Doubts | None = None) -> Iterator[str]:
    """Question by question; with data, what each other value would change, and at the end which of them matter."""
    yield f"{pack.header.number} {pack.header.title}"
    if found is not None:
        known = "" if found.known_by == found.as_of else f"，掌握至{shown(found.known_by)}"
        yield f"截至 {shown(found.as_of)}{known}　规则包 {pack.header.id}（{pack.digest[:8]}）　{NOTICE}"
    asked = questions(pack)
    own = len(pack.header.questions)
    yield f"只有{pack.header.issuer}能答复的问题{own}个，其他口径{len(asked) - own}个"
    for number, question in enumerate(asked, 1):
        if number == own + 1:
            yield "\n其他口径"
        yield f"\n{number}. {question.ask}{_clause(question.clause)}"
        yield from _question(pack, question, found)
    if found is not None:
        yield from _which_matter(pack, asked, found)


def _question(pack: Pack, question: Question, found: Doubts | None) -> Iterator[str]:
    if question.why:
        yield f"   {question.why}"
    if question.obligations:
        yield f"   涉及：{some(list(question.obligations), 8)}"
    for name in question.parameters:
        yield from _parameter(pack, name, question.ask, found)


def _parameter(pack: Pack, name: str, asked: str, found: Doubts | None) -> Iterator[str]:
    spec, value = pack.header.parameters[name], written(pack.values[name])
    changed = "" if value == written(spec.default) else f"（默认 {written(spec.default)}）"
    others = "、".join(map(written, alternatives(pack, name))) or f"没有列出，可用 --try {name}=值 试算"
    reading = [item.id for item in readers(pack, name)]
    title = f"　{spec.title}" if spec.title != asked else ""
    yield f"   {name}={value}{changed}{title}"
    yield f"     理由：{spec.why}"
    yield f"     其他取值：{others}"
    yield f"     {len(reading)}项义务用到：{some(reading, 8)}" if reading else "     没有义务用到"
    if measures := measures_reading(pack, name):
        yield f"     措施建议用到：{some(measures, 8)}（换了看 duban interviews --set {name}=值）"
    for trial in _trials(found, name):
        yield from _trial(trial)


def _trial(trial: Trial) -> Iterator[str]:
    many = f"{len(trial.changes)}项有变化" if trial.changes else "不变"
    yield f"     改为 {written(trial.value)}：{many}（共判断{trial.duties}项）"
    kinds = sorted(trial.changes, key=_kind)
    for (obligation, before, after), same in groupby(kinds, key=_kind):
        names = [_name(change) for change in same]
        yield f"       {obligation}：{_status(before)}→{_status(after)} {len(names)}项（{some(names, 3)}）"


def _kind(change: Change) -> tuple[str, str, str]:
    return change.obligation, change.before, change.after


def _name(change: Change) -> str:
    period = change.period_start.isoformat() if change.period_start else ""
    return " ".join(part for part in (change.bearer_name or change.bearer_id, change.trigger_id, period) if part)


def _status(status: str) -> str:
    return Status(status).chinese.replace("（待核实）", "") if status else "无此项"


def _which_matter(pack: Pack, asked: Iterable[Question], found: Doubts) -> Iterator[str]:
    """What an officer asks: which of the questions matter now."""
    trials = {name: _trials(found, name) for question in asked for name in question.parameters}
    trials |= {trial.parameter: _trials(found, trial.parameter) for trial in found.trials}
    matter = [name for name, ones in trials.items() if any(one.changes for one in ones)]
    same = [name for name, ones in trials.items() if ones and name not in matter]
    untried = [name for name, ones in trials.items() if not ones]
    yield "\n小结"
    for label, names in (("换一种取值，结论会变", matter), ("试过的取值都不变", same), ("没有试算", untried)):
        if names:
            yield f"  {label}（{len(names)}个）：{'、'.join(names)}"


def _trials(found: Doubts | None, name: str) -> list[Trial]:
    return [trial for trial in found.trials if trial.parameter == name] if found is not None else []


def _clause(clause: str) -> str:
    return f"（{clause}）" if clause else ""


# --- for other programs
def table(pack: Pack, found: Doubts | None = None) -> str:
    """CSV: one row for each parameter of a question; with data, one for each duty that would change."""
    out = StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(QUESTIONS if found is None else CHANGES)
    rows.writerows([_cell(value) for value in row] for row in (_asked(pack) if found is None else _changed(found)))
    return out.getvalue()


def _asked(pack: Pack) -> Iterator[list[Any]]:
    for question in questions(pack):
        if not question.parameters:
            own = ["", "", "", "", "", question.why, "；".join(question.obligations)]
            yield [question.ask, question.clause, *own]
        for name in question.parameters:
            entry = _entry(pack, name)
            texts = ["；".join(entry[word]) for word in ("alternatives", "obligations")]
            values = [entry[word] for word in ("name", "title", "value", "default")]
            yield [question.ask, entry["clause"] or question.clause, *values, texts[0], entry["why"], texts[1]]


def _changed(found: Doubts) -> Iterator[list[Any]]:
    titles = {item.id: item.title for item in found.pack.obligations}
    for trial in found.trials:
        for change in trial.changes:
            row = {"parameter": trial.parameter, "value": written(trial.value), "title": titles[change.obligation]}
            row |= asdict(change)
            yield [row[name] for name in CHANGES]


def _cell(value: Any) -> Any:
    """No cell is a formula."""
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value


def record(pack: Pack, found: Doubts | None = None) -> dict[str, Any]:
    """Everything, for JSON."""
    asked: list[dict[str, Any]] = []
    for question in questions(pack):
        entry: dict[str, Any] = {"ask": question.ask, "clause": question.clause, "why": question.why}
        entry["obligations"] = list(question.obligations)
        entry["parameters"] = [_entry(pack, name) | _tried(found, name) for name in question.parameters]
        asked.append(entry)
    named = {name for question in questions(pack) for name in question.parameters}
    others = dict.fromkeys(trial.parameter for trial in found.trials if trial.parameter not in named) if found else {}
    moments = {"as_of": shown(found.as_of), "known_by": shown(found.known_by)} if found is not None else {}
    return {
        "pack": {"id": pack.header.id, "number": pack.header.number, "sha256": pack.digest},
        **moments,
        "questions": asked,
        "others": [_entry(pack, name) | _tried(found, name) for name in others],
    }


def _entry(pack: Pack, name: str) -> dict[str, Any]:
    spec = pack.header.parameters[name]
    return {
        "name": name,
        "title": spec.title,
        "clause": spec.clause,
        "why": spec.why,
        "value": written(pack.values[name]),
        "default": written(spec.default),
        "alternatives": [written(value) for value in alternatives(pack, name)],
        "obligations": [item.id for item in readers(pack, name)],
        "measures": measures_reading(pack, name),
    }


def _tried(found: Doubts | None, name: str) -> dict[str, Any]:
    if found is None:
        return {}
    trials = [
        {"value": written(one.value), "duties": one.duties, "changes": [asdict(change) for change in one.changes]}
        for one in _trials(found, name)
    ]
    return {"trials": trials}
