"""What a notice leaves open: the questions of a pack, what their parameters may be, and which obligations read them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from duban.conditions import ConditionError
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack, parameter_value, parameters_in
from duban.pack.schema import Question
from duban.pack.yaml import PathKey


def readers(pack: Pack, name: str) -> list[Obligation]:
    """The obligations that a parameter can change: they, their window or their bearers read it."""
    return [item for item in pack.written if name in read_by(pack, item)]


def measures_reading(pack: Pack, name: str) -> list[str]:
    """The rules of the measures that a parameter can change, and the kinds of bearers whose office reads it."""
    rules = [(rule.id, rule) for rule in pack.measures.rules]
    parts = [*rules, *pack.measures.bearers.items()]
    return [title for title, part in parts if name in parameters_in(part)]


def read_by(pack: Pack, obligation: Obligation) -> frozenset[str]:
    """The parameters that can change an obligation."""
    return pack.named[obligation.id]


def alternatives(pack: Pack, name: str) -> list[Any]:
    """The declared values of a parameter that are not in force; none where any number or day may stand."""
    spec = pack.header.parameters[name]
    listed = (True, False) if spec.type == "bool" else spec.values
    values = [parameter_value(name, spec.type, item) for item in (spec.default, *listed)] if listed else []
    return [value for value in dict.fromkeys(values) if value != pack.values[name]]


def questions(pack: Pack) -> list[Question]:
    """The pack's questions; then each parameter that none of them names, as a question of its own.

    Thresholds of leads are none: no finding depends on them.
    """
    asked = list(pack.header.questions)
    named = {name for question in asked for name in question.parameters}
    others = {name: spec for name, spec in pack.header.parameters.items() if name not in named and not spec.for_leads}
    return asked + [
        Question(ask=spec.title or name, clause=spec.clause, parameters=(name,)) for name, spec in others.items()
    ]


def problems(pack: Pack) -> Iterator[tuple[PathKey, ConditionError]]:
    """Questions that name what is not there, or that neither a parameter nor a reason settles."""
    ids = [obligation.id for obligation in pack.written]
    for index, question in enumerate(pack.header.questions):
        for word, names, known in (
            ("parameters", question.parameters, list(pack.header.parameters)),
            ("obligations", question.obligations, ids),
        ):
            for name in names:
                if name not in known:
                    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
                    hint = f"did you mean `{close[0]}`?" if close else "known: " + ", ".join(known)
                    yield (index, word), ConditionError(f"no {word.rstrip('s')} `{name}`", hint)
        if not question.parameters and not question.why:
            yield (index, "ask"), ConditionError("no parameter stands for the answer", "say `why`")
