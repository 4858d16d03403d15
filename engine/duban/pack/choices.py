"""Words that a parameter decides: `every: param.x` and `distinct: param.x` read as the parameter's value.

Nothing but this module and lint sees the word as it was written: `Pack.obligations` holds what is in force.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, get_args

from duban.conditions import ConditionError, unknown_name
from duban.pack.obligation import Obligation, Tested
from duban.pack.schema import Parameter
from duban.pack.yaml import PathKey
from duban.scope import Schema
from duban.vocabulary import Unit

PREFIX = "param."
PERIODS = (*get_args(Unit), "once")


@dataclass(frozen=True)
class Choice:
    """One such word: where it stands, its parameter, and whose fields it names ('': it is a unit)."""

    path: PathKey
    parameter: str
    record: str = ""

    def allowed(self, schema: Schema) -> list[str]:
        """What may stand there."""
        if self.path == ("every",):
            return list(PERIODS)
        record = schema.records.get(self.record)
        return ["date", *record.fields] if record is not None else []


def choices(obligation: Obligation) -> list[Choice]:
    """The words of an obligation that a parameter decides."""
    found = [Choice(("every",), _parameter(obligation.every), "")] if _parameter(obligation.every) else []
    for path, tested in _tested(obligation):
        name = _parameter(tested.perform.distinct) if tested.perform is not None else ""
        if tested.perform is not None and name:
            found.append(Choice((*path, "perform", "distinct"), name, tested.perform.record))
    return found


def in_force(obligation: Obligation, values: Mapping[str, Any]) -> Obligation:
    """The obligation with such words replaced. A value that cannot stand there is lint's business: a month, or none."""
    if not choices(obligation):
        return obligation
    name, every = _parameter(obligation.every), obligation.every
    if name:
        every = values.get(name) if values.get(name) in PERIODS else "month"
    paths = [path.model_copy(update=_distinct(path, values)) for path in obligation.otherwise]
    update = {"every": every, "otherwise": tuple(paths)}
    return obligation.model_copy(update=update | _distinct(obligation, values))


def problems(
    obligation: Obligation, parameters: Mapping[str, Parameter], schema: Schema
) -> Iterator[tuple[PathKey, ConditionError]]:
    """What is wrong with such words: the parameter, or one of the values that it may take."""
    for choice in choices(obligation):
        word, shown = choice.path[-1], f"`{PREFIX}{choice.parameter}`"
        spec = parameters.get(choice.parameter)
        if spec is None:
            yield choice.path, unknown_name(PREFIX + choice.parameter, (PREFIX + name for name in parameters))
            continue
        if spec.type != "text":
            yield choice.path, ConditionError(f"{shown} is {spec.type}: `{word}` is a text", "declare it `type: text`")
        elif not spec.values:
            message = f"{shown} declares no `values`: what may stand for `{word}`?"
            yield choice.path, ConditionError(message, "add `values: […]` to the parameter")
        elif choice.allowed(schema):
            for value in _values(spec):
                if value not in choice.allowed(schema):
                    yield choice.path, _unfit(value, choice, schema)


def variants(
    obligation: Obligation, parameters: Mapping[str, Parameter], values: Mapping[str, Any], schema: Schema
) -> Iterator[tuple[str, Obligation]]:
    """The obligation with every combination of values that its parameters may take, those in force first.

    Before each, which values are others than those in force. Values that cannot stand there are left out.
    """
    found = choices(obligation)
    names = list(dict.fromkeys(choice.parameter for choice in found))
    yield "", in_force(obligation, {name: _sound(values.get(name), name, found, schema) for name in names})
    options = [_values(parameters[name]) if name in parameters else [] for name in names]
    for combination in product(*options) if names else ():
        chosen = dict(zip(names, combination, strict=True))
        sound = all(_sound(value, name, found, schema) is not None for name, value in chosen.items())
        shown = ", ".join(f"{PREFIX}{name} = {value}" for name, value in chosen.items() if values.get(name) != value)
        if sound and shown:
            yield shown, in_force(obligation, chosen)


def _sound(value: Any, name: str, found: list[Choice], schema: Schema) -> Any:
    """The value, or None where it cannot stand for one of the words."""
    places = [choice for choice in found if choice.parameter == name]
    return value if all(value in choice.allowed(schema) for choice in places) else None


def _unfit(value: str, choice: Choice, schema: Schema) -> ConditionError:
    known = choice.allowed(schema)
    what = f"field of {choice.record}" if choice.record else "unit of time"
    close = difflib.get_close_matches(value, known, n=1, cutoff=0.5)
    hint = f"did you mean `{close[0]}`?" if close else "known: " + ", ".join(known)
    return ConditionError(f"`{PREFIX}{choice.parameter}` may be `{value}`, which is no {what}", hint)


def _values(spec: Parameter) -> list[str]:
    """What the parameter may be; its default too, which nobody has checked."""
    return list(dict.fromkeys(str(value) for value in (spec.default, *spec.values)))


def _parameter(word: str | None) -> str:
    """The parameter's name, '' for a word that is none."""
    return word.removeprefix(PREFIX) if word is not None and word.startswith(PREFIX) else ""


def _tested(obligation: Obligation) -> Iterator[tuple[PathKey, Tested]]:
    """The obligation's own test, and those of its paths."""
    yield (), obligation
    yield from ((("otherwise", index), path) for index, path in enumerate(obligation.otherwise))


def _distinct(tested: Tested, values: Mapping[str, Any]) -> dict[str, Any]:
    """What to change so that `distinct` is in force."""
    name = _parameter(tested.perform.distinct) if tested.perform is not None else ""
    if tested.perform is None or not name:
        return {}
    return {"perform": tested.perform.model_copy(update={"distinct": values.get(name) or ""})}
