"""Pack + as_of + known_by → a plan of named SQL steps.

Top to bottom: the views of the records, then for the obligations of a stack frames → live duties → test → proof → status, and at the end one
table of all duties and one of what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from duban.compile.common import plan_views
from duban.compile.duties import plan_duties_table
from duban.compile.frames import plan_frames
from duban.compile.kept import kept_plan
from duban.compile.lean import lean
from duban.compile.live import given_need, plan_duties
from duban.compile.missing import blind_of, plan_missing
from duban.compile.planner import Compiler, in_order
from duban.compile.proof import plan_blind, plan_proof
from duban.compile.stack import Stack, stacks
from duban.compile.status import BLIND, plan_blind_status, plan_status
from duban.kinds import plan_tests
from duban.model import Plan
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.verification import SEEN

RESULT, MISSING = "duties", "missing"
ALL = 1000


def compile_pack(
    pack: Pack,
    as_of: datetime,
    known_by: datetime,
    only: Iterable[str] = (),
    also: Iterable[str] = (),
    *,
    whole: bool = False,
    together: int = ALL,
) -> Plan:
    """The plan of a linted pack; `only` limits it to some obligations. Drafts are judged only where they are named.

    `also`: more of its tables that stay after the run. `whole`: the records as seen with all their columns, for somebody who
    looks at them afterwards. `together`: how many obligations may share steps; with 1 each has steps of its own name. The
    plan of a pack that knows its stamp is kept.
    """
    chosen, stays = frozenset(only), tuple(also)
    asked = ("duties", str(as_of), str(known_by), *sorted(chosen), "", *stays, "", str(whole), str(together))
    return kept_plan(
        pack, *asked,
        make=lambda: _compiled(Compiler(pack, as_of, known_by), chosen, stays, whole=whole, together=together),
    )  # fmt: skip


def _compiled(
    compiler: Compiler, chosen: frozenset[str], stays: tuple[str, ...], *, whole: bool, together: int
) -> Plan:
    pack = compiler.pack
    plan_views(compiler)
    views = {step.name for step in compiler.steps}
    obligations = [item for item in pack.obligations if (item.id in chosen if chosen else not item.draft)]
    wanted = _plan_obligations(compiler, obligations, together)
    loose = tuple(f"{scan.name}/loose" for scan in compiler.scans.values())
    steps = in_order(compiler.steps, [*wanted, RESULT, MISSING, *stays])
    if not whole:
        steps = lean(steps, pack, (*stays, SEEN))
    made = tuple(step.name for step in steps if step.name in views)
    return Plan(steps, RESULT, MISSING, (*loose, SEEN, *stays), tuple(item.id for item in obligations), made)


def statuses_of(plan: Plan) -> list[str]:
    """The tables in which the duties of a plan have their status, before the result puts numbers and words to it.

    They do not hold the duties of bearers whose triggers cannot be known: none of these is breached.
    """
    (result,) = (step for step in plan.steps if step.name == plan.result)
    return [name for name in result.reads if name.endswith("/status") and not name.endswith(f"/{BLIND}")]


@dataclass(frozen=True)
class Beside:
    """Tables to be read beside the duties: records as seen (`seen/T`, `span/T`), bearers (`bearer/K`), and of some
    obligations what is known before their duties have a status (`ID/duty`, `ID/test/acts`).
    """

    tables: tuple[str, ...]
    obligations: tuple[str, ...] = ()

    def __or__(self, other: Beside) -> Beside:
        tables, names = (*self.tables, *other.tables), (*self.obligations, *other.obligations)
        return Beside(tuple(dict.fromkeys(tables)), tuple(dict.fromkeys(names)))


NOTHING = Beside(())


def compile_beside(pack: Pack, as_of: datetime, known_by: datetime, wanted: Beside) -> Plan:
    """Only these tables, with all their columns, and no duty is judged; obligations have steps of their own name."""

    def make() -> Plan:
        compiler = Compiler(pack, as_of, known_by)
        plan_views(compiler)
        if wanted.obligations:
            _plan_obligations(compiler, [pack.obligation(name) for name in wanted.obligations], 1)
        steps = in_order(compiler.steps, wanted.tables)
        return Plan(steps, wanted.tables[0], wanted.tables[-1], wanted.tables)

    asked = ("beside", str(as_of), str(known_by), *wanted.obligations, "", *wanted.tables)
    return kept_plan(pack, *asked, make=make)


def joined(plan: Plan, other: Plan) -> Plan:
    """Two plans of one pack and one moment as one, `other` being one that reads records as seen and nothing of obligations:
    so a step of both is the same in both.
    """
    there = {step.name for step in plan.steps}
    steps = (*plan.steps, *(step for step in other.steps if step.name not in there))
    return replace(plan, steps=steps, kept=tuple(dict.fromkeys((*plan.kept, *other.stays))))


def _plan_obligations(compiler: Compiler, obligations: list[Obligation], together: int) -> list[str]:
    """All steps of some obligations; returns the tables that `duties` reads, one stack after the other, so that the tables of
    one can go before the next one's come.
    """
    judging = stacks(obligations, together)
    judged = [_plan_stack(compiler, stack) for stack in judging]
    for scan in compiler.scans.values():
        compiler.steps += scan.steps()
    blind = [name for names in judged for name in names if name.endswith(f"/{BLIND}")]
    plan_duties_table(compiler, judging, blind, RESULT)
    plan_missing(compiler, judging, MISSING)
    return [name for names in judged for name in names]


def _plan_stack(compiler: Compiler, stack: Stack) -> list[str]:
    """The steps of some obligations; returns the tables that `duties` reads."""
    frames = plan_frames(compiler, stack)
    pieces = plan_duties(compiler, stack, frames)
    duties, by_id = stack.duties(), stack.by_id()
    results = plan_tests(stack.tests(duties), compiler, "/test")
    plan_proof(compiler, duties, lambda duty: by_id[duty.obligation].test.needs(duty.trigger), stack.step("proof"))
    given = [duty for duty in duties if by_id[duty.obligation].given is not None]
    if given:
        plan_proof(compiler, given, lambda duty: given_need(by_id[duty.obligation]), stack.step("given/proof"))
    names = plan_status(compiler, stack, results)
    blind = blind_of(compiler, stack)
    if blind:
        plan_blind(compiler, stack, blind, pieces)
        names.append(plan_blind_status(compiler, stack, blind, pieces))
    return names
