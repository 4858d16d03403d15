"""What measures.yaml means, checked: names, conditions, grounds that may be grounds, cycles, rules that can never hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from duban.conditions import ConditionError, compile_boolean, parse
from duban.pack.fact_condition import FactScope, Tree, read_condition, value_of
from duban.pack.measures import PATTERNS, Exculpation, History, Pattern, Rule, scopes
from duban.pack.problem import Problem, near
from duban.pack.strata import CycleError, may_follow, strata
from duban.scope import Names, Row, belonging

if TYPE_CHECKING:
    from duban.pack.obligation import Obligation
    from duban.pack.pack import Pack

_ID = re.compile(r"[a-z][a-z0-9-]*")
# What a ground may never rest on, whatever a rule says: the judge adds it to every such pattern.
GROUND_STATUS = "breached"


def lint_measures(pack: Pack) -> Iterator[Problem]:
    """Every problem of measures.yaml; `where` is the path in the file."""
    found = pack.measures
    for name, office in found.bearers.items():
        yield from _bearer(pack, name, ("bearers", name))
        record = pack.header.bearers[name].record if name in pack.header.bearers else ""
        fields = pack.records[record].fields if record in pack.records else {}
        if office.person and fields and office.person not in fields:
            yield Problem(
                ("bearers", name, "person"), f"{record} has no field `{office.person}`", near(office.person, fields)
            )
        if office.together and fields and office.together not in fields:
            yield Problem(
                ("bearers", name, "together"),
                f"{record} has no field `{office.together}`",
                near(office.together, fields),
            )
        if office.together and not office.person:
            yield Problem(("bearers", name, "together"), "bearers are put together by their `person`: name its field")
        if (
            office.convener.startswith("param.")
            and office.convener.removeprefix("param.") not in pack.header.parameters
        ):
            yield Problem(("bearers", name, "convener"), f"no parameter `{office.convener}`", "")
    for index, history in enumerate(found.history):
        yield from _history(pack, history, ("history", index))
    for index, exculpation in enumerate(found.exculpations):
        yield from _exculpation(pack, exculpation, ("exculpations", index))
    try:
        number(found.decide_within, scopes(pack)["finding"])
    except ConditionError as error:
        yield Problem(("decide_within",), str(error), error.hint)
    yield from _rules(pack)


def _bearer(pack: Pack, name: str, where: tuple[Any, ...]) -> Iterator[Problem]:
    if name not in pack.header.bearers:
        yield Problem(where, f"no bearer kind `{name}`", near(name, pack.header.bearers))


def _history(pack: Pack, history: History, where: tuple[Any, ...]) -> Iterator[Problem]:
    record = pack.records.get(history.record)
    if record is None:
        yield Problem((*where, "record"), f"no record type `{history.record}`", near(history.record, pack.records))
        return
    for word in ("on", "due", "answered_on", "rechecked_on"):
        name = getattr(history, word)
        spec = record.field(name)
        if (name or word == "on") and (spec is None or spec.type not in ("date", "datetime")):
            yield Problem((*where, word), f"`{name}` is no date of {history.record}", near(name, record.fields))
    yield from _over_record(pack, history.record, history.where, (*where, "where"))
    yield from _bearer(pack, history.bearer, (*where, "bearer"))
    if history.bearer in pack.header.bearers and pack.header.bearers[history.bearer].record in pack.records:
        yield from _belongs(pack, history.record, history.bearer, history.link, (*where, "record"))
    if history.measure not in pack.measures.measures:
        yield Problem(
            (*where, "measure"), f"no measure “{history.measure}”", near(history.measure, pack.measures.measures)
        )


def _exculpation(pack: Pack, item: Exculpation, where: tuple[Any, ...]) -> Iterator[Problem]:
    if not _ID.fullmatch(item.id):
        yield Problem((*where, "id"), f"`{item.id}` cannot be an id", "small letters, digits and -")
    for name in item.bearers:
        yield from _bearer(pack, name, (*where, "for"))
        if name not in pack.header.bearers or pack.header.bearers[name].record not in pack.records:
            continue
        if item.record and item.record in pack.records:
            yield from _belongs(pack, item.record, name, item.link, (*where, "record"), item.where)
        yield from _over_record(pack, item.record, item.where, (*where, "where"), name)
    if item.record and item.record not in pack.records:
        yield Problem((*where, "record"), f"no record type `{item.record}`", near(item.record, pack.records))
    if item.by == "trigger":
        triggers = {one.each.record for one in pack.obligations if one.each is not None and one.bearer in item.bearers}
        if item.record not in triggers:
            hint = near(item.record, triggers) if item.record else "name its record"
            yield Problem((*where, "by"), "no duty of theirs has such a trigger: this can never speak", hint)
    if not item.record and not item.where:
        yield Problem(where, "neither `record` nor `where`: what speaks for the bearer?")


def _belongs(
    pack: Pack, record: str, bearer: str, link: str, where: tuple[Any, ...], condition: str = ""
) -> Iterator[Problem]:
    try:
        if belonging(pack.schema, record, bearer, link) is None and "bearer." not in condition:
            hint = "declare a reference, write link:, or compare with bearer. in where"
            yield Problem(where, f"nothing says whose a {record} is", hint)
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)


def _over_record(pack: Pack, record: str, text: str, where: tuple[Any, ...], bearer: str = "") -> Iterator[Problem]:
    """A condition over records, as obligations write it."""
    from duban.pack.names import frame_columns

    if not text or (record and record not in pack.records):
        return
    rows = {"bearer": Row(pack.schema, pack.header.bearers[bearer].record, "b", "d.due")} if bearer else {}
    own = Row(pack.schema, record, "r") if record else rows.get("bearer")
    columns = {name: column for name, column in frame_columns().items() if name.startswith("period.")}
    try:
        compile_boolean(parse(text), Names(pack.schema, own, rows, columns))
    except ConditionError as error:
        yield Problem(where, str(error), error.hint)


# --- rules


def _rules(pack: Pack) -> Iterator[Problem]:
    rules = list(pack.measures.rules)
    names = [rule.id for rule in rules]
    scope = scopes(pack)
    sound = True
    for index, rule in enumerate(rules):
        where = ("rules", index)
        if not _ID.fullmatch(rule.id) or names.index(rule.id) != index:
            yield Problem(
                (*where, "id"), f"`{rule.id}` cannot be an id, or is used twice", "small letters, digits and -"
            )
        found = [*_shape(pack, rule, where), *_patterns(rule, scope, where)]
        sound = sound and not found
        yield from found
    if not sound:
        return  # what follows reads the conditions
    try:
        strata(rules, scope)
    except CycleError as error:
        yield Problem(("rules", names.index(error.rules[0])), str(error), "let one of them rest on findings")
        return
    for index, rule in enumerate(rules):
        yield from _reachable(pack, rule, scope, ("rules", index))


def _shape(pack: Pack, rule: Rule, where: tuple[Any, ...]) -> Iterator[Problem]:
    then, measures = rule.then, pack.measures.measures
    for name in rule.bearers:
        if name not in pack.measures.bearers:
            yield Problem(
                (*where, "for"),
                f"`bearers` says nothing of `{name}`: whom is it addressed to?",
                near(name, pack.measures.bearers),
            )
    if bool(then.ground) == bool(then.measure):
        yield Problem((*where, "then"), "a rule establishes a ground or proposes a measure: write one of the two")
    if then.measure and then.measure not in measures:
        yield Problem((*where, "then", "measure"), f"no measure “{then.measure}”", near(then.measure, measures))
    if then.ground and then.ground not in ("same", *pack.header.grounds):
        yield Problem(
            (*where, "then", "ground"),
            f"no ground “{then.ground}” in pack.yaml",
            near(then.ground, pack.header.grounds),
        )
    if then.ground and then.tier in ("", "same"):
        yield Problem((*where, "then", "tier"), "a ground has a tier", "write 建议优先研究 or 建议先核实、提醒")
    if then.ground and not any(pattern.kinds == ["finding"] for pattern in rule.when):
        yield Problem((*where, "when"), "a ground rests on findings of the bearer's own", "add a `finding`")
    if then.tier == "same" and not any(pattern.kinds == ["conclusion"] for pattern in rule.when):
        yield Problem((*where, "then", "tier"), "`same` takes the tier of a conclusion: there is none in `when`")
    if not {"finding", "about", "conclusion"} & {kind for pattern in rule.when for kind in pattern.kinds}:
        yield Problem((*where, "when"), "it rests on nothing that was found", "add a finding, about or conclusion")


def _patterns(rule: Rule, scope: Mapping[str, FactScope], where: tuple[Any, ...]) -> Iterator[Problem]:
    for word in ("when", "unless"):
        for index, pattern in enumerate(getattr(rule, word)):
            at = (*where, word, index)
            if len(pattern.kinds) != 1:
                yield Problem(at, "exactly one kind of fact is asked for", "one of " + ", ".join(PATTERNS))
                continue
            try:
                read_condition(pattern.where, scope[pattern.kind])
                for name in ("at_least", "in_a_row"):
                    number(getattr(pattern, name), scope[pattern.kind])
            except ConditionError as error:
                yield Problem((*at, pattern.kind), str(error), error.hint)
            if pattern.in_a_row and pattern.kind != "finding":
                yield Problem((*at, "in_a_row"), "only findings have periods one after the other")
            if (pattern.at_least != 1 or pattern.in_a_row) and pattern.kind not in ("finding", "about"):
                yield Problem((*at, "at_least"), "only findings are counted")


def number(value: int | str, scope: FactScope) -> int:
    """A number, or the one that a parameter holds; raises ConditionError."""
    if isinstance(value, int):
        return value
    kind, found = scope.parameters.get(value.removeprefix("param."), ("", None))
    if not value.startswith("param.") or kind != "int":
        raise ConditionError(f"`{value}` is no number", "write 2, or param.NAME of an int parameter")
    return int(found)


def _reachable(pack: Pack, rule: Rule, scope: Mapping[str, FactScope], where: tuple[Any, ...]) -> Iterator[Problem]:
    """Patterns that nothing can ever meet."""
    for index, pattern in enumerate(rule.when):
        tree = read_condition(pattern.where, scope[pattern.kind])
        at = (*where, "when", index)
        if pattern.kind == "conclusion" and not any(may_follow(tree, other) for other in pack.measures.rules):
            yield Problem(at, "no rule leads to such a conclusion: this can never hold")
        if pattern.kind in ("finding", "about"):
            able = [one for one in pack.obligations if _may_meet(tree, pattern, rule, one, scope["finding"])]
            if not able:
                yield Problem(at, "no obligation can have such a finding: this can never hold")


def _may_meet(tree: Tree, pattern: Pattern, rule: Rule, obligation: Obligation, scope: FactScope) -> bool:
    """Whether a finding of an obligation could meet a condition, by what is fixed of it."""
    fixed = {
        "obligation": obligation.id, "ground": obligation.ground, "basis": obligation.basis, "kind": obligation.test.word,
        "bearer_kind": obligation.bearer,
    }  # fmt: skip
    own = obligation.bearer in rule.bearers
    if pattern.kind == "finding" and not own:
        return False
    always_advisory = obligation.advisory is not None and obligation.advisory.where == "true"
    if rule.then.ground and (
        obligation.manual or always_advisory or (rule.then.ground == "same" and not obligation.ground)
    ):
        return False
    return value_of(tree, fixed, frozenset(scope.fields) - frozenset(fixed)) is not False
