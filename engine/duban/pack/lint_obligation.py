"""What one obligation means, checked: names, types, mixes of words, in the order in which it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duban.conditions import (
    Condition,
    ConditionError,
    compile_boolean,
    compile_moment,
    compile_number,
    parse,
    parse_moment,
)
from duban.kinds import KINDS
from duban.pack.names import duty_names
from duban.pack.obligation import Obligation, Path
from duban.pack.problem import Problem, near
from duban.pack.timing import parse_by, parse_duration
from duban.pack.yaml import PathKey
from duban.scope import Chain, Names, Row, Schema, belonging, chain_to

if TYPE_CHECKING:
    from duban.pack.pack import Pack

_ID = re.compile(r"[a-z][a-z0-9-]*")
NEEDS_EACH = ("done", "respond", "reconcile")


@dataclass
class ObligationLint:
    """Lint of one obligation; also what its tests ask for help (kinds.base.LintContext)."""

    pack: Pack
    obligation: Obligation
    where: PathKey
    found: list[Problem] = field(default_factory=list)
    inside: PathKey = ()

    @property
    def schema(self) -> Schema:
        return self.pack.schema

    @property
    def bearer(self) -> str:
        return self.obligation.bearer

    @property
    def trigger(self) -> str:
        each = self.obligation.each
        return each.record if each is not None and each.record in self.schema.records else ""

    @property
    def unit(self) -> str:
        return self.obligation.unit

    @property
    def has_by(self) -> bool:
        return bool(self.obligation.by)

    # what a test may ask
    def problem(self, word: str, message: str, hint: str = "") -> None:
        self.found.append(Problem((*self.where, *self.inside, *word.split(".")), message, hint))

    def condition(self, word: str, text: str, record: str, *prefixes: str) -> None:
        if text:
            self._check(word, text, record, prefixes, compile_boolean)

    def number(self, word: str, text: str, record: str) -> None:
        self._check(word, text, record, ("bearer",), compile_number)

    def moment(self, word: str, text: str, record: str) -> None:
        self._check(word, text, record, (), compile_moment)

    def belongs(self, word: str, record: str, link: str, where: str, target: str = "") -> None:
        spec = self.schema.records.get(record)
        if spec is None:
            self.problem(word, f"no record type `{record}`", near(record, self.schema.records))
            return
        if not spec.time and word != "given.record" and not word.startswith("with."):
            self.problem(word, f"{record} declares no `time`: when did it happen?", "add `time: FIELD` in records.yaml")
        try:
            chain = self._chain(record, link, target)
            if chain is not None:
                chain.sql(Row(self.schema, record, "r"))
        except ConditionError as error:
            self.problem(word, str(error), error.hint)
            return
        if chain is None and "bearer." not in where and target == "":
            hint = "declare a reference, write link:, or compare with bearer. in where"
            self.problem(word, f"nothing says whose a {record} is: no chain of references to {self.bearer}", hint)
        elif chain is None and target:
            self.problem(
                word, f"no chain of references from {record} to {target}", "declare a reference or write link:"
            )

    def _chain(self, record: str, link: str, target: str) -> Chain | None:
        if not target and self.trigger and link != "none" and record != self.trigger:
            key = self.schema.records[self.trigger].key
            chain = chain_to(self.schema, record, self.trigger, key, link) if key else None
            if chain is not None:
                return chain
        return belonging(self.schema, record, target or self.bearer, link)

    def _check(
        self, word: str, text: str, record: str, prefixes: Iterable[str],
        compiler: Callable[[Condition, Names], object],
    ) -> None:  # fmt: skip
        if record and record not in self.schema.records:
            return  # said where the record is named
        names = duty_names(self.schema, self.obligation, Row(self.schema, record, "r") if record else None, prefixes)
        try:
            read = parse_moment if compiler is compile_moment else parse
            compiler(read(text), names)
        except ConditionError as error:
            self.problem(word, str(error), error.hint)

    # the obligation itself, top to bottom
    def run(self) -> list[Problem]:
        obligation = self.obligation
        if not _ID.fullmatch(obligation.id):
            self.problem("id", f"`{obligation.id}` cannot be an id", "small letters, digits and -")
        if obligation.bearer not in self.schema.bearers:
            self.problem(
                "bearer", f"no bearer kind `{obligation.bearer}`", near(obligation.bearer, self.schema.bearers)
            )
            return self.found
        roster = self.schema.bearers[obligation.bearer].record
        if roster not in self.schema.records:
            return self.found
        self.condition("applies", obligation.applies, roster)
        self._given()
        self._trigger()
        self._time()
        self._tests()
        self._judgement()
        return self.found

    def _given(self) -> None:
        given = self.obligation.given
        if given is not None:
            self.condition("given.where", given.where, given.record, "bearer")
            self.belongs("given.record", given.record, given.link, given.where)

    def _trigger(self) -> None:
        each = self.obligation.each
        if each is None:
            return
        record = self.schema.records.get(each.record)
        if record is None:
            self.problem("each.record", f"no record type `{each.record}`", near(each.record, self.schema.records))
            return
        self.condition("each.where", each.where, each.record, "bearer")
        self.inside = ("each",)
        try:
            chain = belonging(self.schema, each.record, self.bearer, each.link)
            if chain is None and "bearer." not in each.where:
                self.problem("record", f"nothing says whose a {each.record} is", "declare a reference or write link:")
        except ConditionError as error:
            self.problem("record", str(error), error.hint)
        self.inside = ()
        if not each.start and not record.time and record.span is None:
            self.problem("each.record", f"{each.record} has no time: write `from: FIELD`")
        for word, text in (("each.from", each.start), ("each.until", each.end)):
            if text:
                self.moment(word, text, each.record)

    def _time(self) -> None:
        o = self.obligation
        if isinstance(o.window, str) and o.window and o.window not in self.pack.header.windows:
            self.problem("window", f"no window `{o.window}`", near(o.window, self.pack.header.windows))
        elif not isinstance(o.window, str):
            try:
                self.pack.window(o)
            except ConditionError as error:
                self.problem("window", str(error), error.hint)
        if o.by and o.within:
            self.problem("within", "by and within exclude each other")
        if o.within and o.each is None:
            self.problem("within", "within counts from a trigger: it needs each")
        if o.every == "once" and (o.by or o.each):
            self.problem("every", "`once` stands alone: with by or each it says nothing more")
        if o.every and o.within:
            self.problem("within", "a period is not counted from a trigger: every and within exclude each other")
        if o.every and o.each is None and not o.window and not self.pack.header.windows:
            self.problem("every", "the pack has no windows: from when to when?", "write window: {from: …, to: …}")
        self._due("by", o.by)
        self._due("expect_by", o.expect_by)
        if o.within:
            try:
                parse_duration(o.within, self.schema.parameters)
            except ConditionError as error:
                self.problem("within", str(error), error.hint)
        if o.roll and not (o.by or o.within):
            self.problem("roll", "only a due named by `by` or `within` rolls; a period ends when it ends")
        if o.roll and o.roll != "workday":
            parameter = o.roll.removeprefix("param.")
            if not o.roll.startswith("param.") or self.pack.values.get(parameter) not in ("workday", "none"):
                self.problem(
                    "roll", f"cannot roll to `{o.roll}`", "write workday, or param.NAME that holds workday or none"
                )

    def _due(self, word: str, text: str) -> None:
        if not text:
            return
        try:
            by = parse_by(text, self.schema.parameters)
        except ConditionError as error:
            self.problem(word, str(error), error.hint)
            return
        if by.day and self.unit != "month":
            self.problem(word, "`day N` is a day of a month: it needs `every: month`")
        if by.expression is not None:
            own = self.trigger or self.schema.bearers[self.bearer].record
            self._check(word, by.expression.text, own, ("bearer", "trigger", "period"), compile_moment)

    def _tests(self) -> None:
        o, tests = self.obligation, self.obligation.tests
        if len(tests) != 1:
            words = " and ".join(test.word for test in tests) or "none"
            self.problem("id", f"exactly one test is needed, here: {words}", "one of " + ", ".join(KINDS))
            return
        test = tests[0]
        if o.require and test.word != "done":
            self.problem("require", "require goes with done")
        if test.word in NEEDS_EACH and o.each is None:
            self.problem(test.word, f"{test.word} needs a trigger: write each")
            return
        if test.word in ("perform", "cover") and not (o.every or o.by or o.within):
            self.problem(test.word, f"{test.word} needs a time: write every or by")
        if test.word == "respond" and not (o.within or (o.by and not o.before)):
            self.problem("respond", "respond needs `within: N days`")
        if test.word == "done" and not (o.by or o.within):
            self.problem("done", "done needs a time: write by or within")
        if test.word == "reconcile" and o.within:
            self.problem("within", "reconcile takes by, or is due when its trigger was made")
        self._one(test.word, lambda: test.problems(self))

    def _one(self, word: str, check: Callable[[], None]) -> None:
        self.inside = (*self.inside, word) if word != "done" else self.inside
        try:
            check()
        except ConditionError as error:
            self.problem("", str(error), error.hint)
        self.inside = ()

    def _judgement(self) -> None:
        o, header = self.obligation, self.pack.header
        if o.ground and o.ground not in header.grounds:
            self.problem("ground", f"no ground “{o.ground}” in pack.yaml", near(o.ground, header.grounds))
        if o.handed_in_by:
            for record in o.handed_in_by:
                if record not in self.schema.records:
                    self.problem(
                        f"handed_in_by.{record}", f"no record type `{record}`", near(record, self.schema.records)
                    )
        own = self.trigger or self.schema.bearers[o.bearer].record
        if o.advisory is not None:
            self.condition("advisory.where", o.advisory.where, own, "bearer", "trigger", "period")
        for index, note in enumerate(o.notes):
            self.inside = ("notes", index)
            self.condition("where", note.where, own, "bearer", "trigger", "period")
        for index, path in enumerate(o.otherwise):
            self.inside = ("otherwise", index)
            self._path(path, own)
        self.inside = ()

    def _path(self, path: Path, own: str) -> None:
        inside = self.inside
        self.condition("where", path.where, own, "bearer", "trigger", "period")
        self._due("by", path.by)
        if len(path.tests) > 1:
            self.problem("title", "a path has one test at most")
        elif not path.tests and not path.where:
            self.problem("title", "a path needs a test or `where`")
        for test in path.tests:
            self._one(test.word, lambda test=test: test.problems(self))  # type: ignore[misc]
            self.inside = inside
