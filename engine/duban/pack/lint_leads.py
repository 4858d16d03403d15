"""What leads.yaml means, checked: names, types, thresholds; and that each lead says what may explain it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duban.conditions import ConditionError, compile_boolean, compile_moment, parse, unknown_name
from duban.leads import LEADS, Lead, amount, period_columns, resolve, scope
from duban.leads.base import Amount
from duban.pack.problem import Problem, near
from duban.pack.timing import parse_by
from duban.pack.yaml import PathKey
from duban.scope import Names, Row, Schema, belonging

if TYPE_CHECKING:
    from duban.pack.pack import Pack

_ID = re.compile(r"[a-z][a-z0-9-]*")
_PATTERN = re.compile(r"P\d\d")


def lint_leads(pack: Pack) -> Iterator[Problem]:
    """Every problem of the leads; `where` is ('lead', index, …) or ('not_carried', index, …)."""
    seen: set[str] = set()
    for index, lead in enumerate(pack.leads):
        if lead.id in seen:
            yield Problem(("lead", index, "id"), f"the id `{lead.id}` is used twice")
        seen.add(lead.id)
        yield from LeadCheck(pack, lead, ("lead", index)).run()
    for index, item in enumerate(pack.not_carried):
        for word, message in (("pattern", f"`{item.pattern}` is no pattern"), ("why", "why not?")):
            if (word == "pattern" and not _PATTERN.fullmatch(item.pattern)) or (word == "why" and not item.why.strip()):
                yield Problem(("not_carried", index, word), message, "write P01 … P99" if word == "pattern" else "")


@dataclass
class LeadCheck:
    """Lint of one lead; also what its kind asks for help (leads.base.LeadLint)."""

    pack: Pack
    lead: Lead
    where: PathKey
    found: list[Problem] = field(default_factory=list)
    inside: PathKey = ()

    @property
    def schema(self) -> Schema:
        return self.pack.schema

    def run(self) -> list[Problem]:
        lead = self.lead
        if not _ID.fullmatch(lead.id):
            self.problem("id", f"`{lead.id}` cannot be an id", "small letters, digits and -")
        for name in lead.pattern or ("",):
            if not _PATTERN.fullmatch(name):
                self.problem("pattern", f"`{name}` is no pattern", "write P01 … P99")
        if not [text for text in lead.reasons if text.strip()]:
            self.problem("reasons", "no reason: what may explain it, and be in order?")
        if not lead.check.strip():
            self.problem("check", "how can a person find out?")
        if lead.window and lead.window not in self.pack.header.windows:
            self.problem("window", f"no window `{lead.window}`", near(lead.window, self.pack.header.windows))
        if self.record("record", lead.record):
            self._bearer()
            self.condition("where", lead.where, lead.record)
            self._kind()
        return self.found

    def _bearer(self) -> None:
        lead = self.lead
        if lead.bearer not in self.schema.bearers:
            self.problem("bearer", f"no bearer kind `{lead.bearer}`", near(lead.bearer, self.schema.bearers))
            return
        try:
            chain = belonging(self.schema, lead.record, lead.bearer, lead.link)
            if chain is None:
                message = f"nothing says whose a {lead.record} is: no chain of references to {lead.bearer}"
                self.problem("bearer", message, "write another bearer, or link:")
            else:
                chain.sql(Row(self.schema, lead.record, "r"))
        except ConditionError as error:
            self.problem("bearer", str(error), error.hint)

    def _kind(self) -> None:
        kinds = self.lead.kinds
        if len(kinds) != 1:
            words = " and ".join(kind.word for kind in kinds) or "none"
            self.problem("id", f"exactly one kind is needed, here: {words}", "one of " + ", ".join(LEADS))
            return
        self.inside = (kinds[0].word,)
        kinds[0].problems(self, self.lead.record)
        self.inside = ()

    # what a kind may ask
    def problem(self, word: str, message: str, hint: str = "") -> None:
        parts = [int(part) if part.isdigit() else part for part in word.split(".") if part]
        self.found.append(Problem((*self.where, *self.inside, *parts), message, hint))

    def record(self, word: str, record: str) -> bool:
        if record in self.schema.records:
            return True
        self.problem(word, f"no record type `{record}`", near(record, self.schema.records))
        return False

    def condition(self, word: str, text: str, record: str, *, period: bool = False) -> None:
        if text:
            try:
                compile_boolean(parse(text), self._names(record, period))
            except ConditionError as error:
                self.problem(word, str(error), error.hint)

    def moment(self, word: str, text: str, record: str, *, period: bool = False) -> None:
        if not text:
            return
        try:
            by = parse_by(text, self.schema.parameters)
            if by.expression is not None:
                compile_moment(by.expression, self._names(record, period))
            elif not period:
                raise ConditionError("`day N` is a day of a month: here is no month", "write a date field")
        except ConditionError as error:
            self.problem(word, str(error), error.hint)

    def fields(self, word: str, names: Iterable[str], record: str, *, personal: bool = True) -> None:
        row = Row(self.schema, record, "r")
        for name in names:
            try:
                column = resolve(row, name)
            except ConditionError as error:
                self.problem(word, f"{record}: {error}", error.hint)
                continue
            spec = row.type.field(name)
            if column.type == "list" and not word.endswith("shared"):
                self.problem(word, f"`{name}` is a list", "only `shared` takes the elements of a list one by one")
            if not personal and spec is not None and spec.personal:
                hint = "group by the enterprise, the town or the unit"
                self.problem(word, f"`{name}` names a person: a lead is about records", hint)

    def amount(self, word: str, value: Amount, *, share: bool = False) -> None:
        try:
            if isinstance(value, str) and value.startswith("param.") and value[6:] not in self.schema.parameters:
                raise unknown_name(value, (f"param.{name}" for name in self.schema.parameters))
            number = amount(self.schema, value)
        except ConditionError as error:
            self.problem(word, str(error), error.hint)
            return
        if number < 0 or (share and number > 1):
            what = "share between 0 and 1" if share else "count"
            self.problem(word, f"`{value}` is no {what}", "write 70% or 0.7" if share else "")

    def _names(self, record: str, period: bool) -> Names:
        window = ("DATE '2000-01-01'", "DATE '2000-01-01'") if self.lead.window else ("NULL", "NULL")
        return scope(self.schema, Row(self.schema, record, "r"), window, period_columns() if period else {})
