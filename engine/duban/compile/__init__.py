"""Pack + as_of + known_by → a plan of named SQL steps.

Top to bottom: the views of the records, then per obligation frames → live duties → test → proof → status, and at the end one
table of all duties and one of what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from duban import cache
from duban.compile.common import plan_views
from duban.compile.duties import plan_duties_table
from duban.compile.frames import plan_frames
from duban.compile.live import plan_duties
from duban.compile.missing import plan_missing
from duban.compile.planner import Compiler, in_order
from duban.compile.proof import plan_blind, plan_proof
from duban.compile.status import BLIND, plan_blind_status, plan_status
from duban.kinds.base import Need
from duban.model import Plan
from duban.pack.obligation import Obligation
from duban.pack.pack import Pack
from duban.verification import SEEN

RESULT, MISSING = "duties", "missing"
_KIND = "plan"


def compile_pack(
    pack: Pack, as_of: datetime, known_by: datetime, only: Iterable[str] = (), also: Iterable[str] = ()
) -> Plan:
    """The plan of a linted pack; `only` limits it to some obligations. Drafts are judged only where they are named.

    `also`: more of its tables that stay after the run. The plan of a pack that knows its stamp is kept.
    """
    chosen, stays = frozenset(only), tuple(also)
    name = cache.key(pack.stamp, str(as_of), str(known_by), *sorted(chosen), "", *stays) if pack.stamp else ""
    kept = cache.recall(_KIND, name) if name else None
    if isinstance(kept, Plan):
        return kept
    plan = _compiled(Compiler(pack, as_of, known_by), chosen, stays)
    if name:
        cache.remember(_KIND, name, plan)
    return plan


def _compiled(compiler: Compiler, chosen: frozenset[str], stays: tuple[str, ...]) -> Plan:
    pack = compiler.pack
    plan_views(compiler)
    obligations = [item for item in pack.obligations if (item.id in chosen if chosen else not item.draft)]
    judged = {obligation.id: _plan_obligation(compiler, obligation) for obligation in obligations}
    for scan in compiler.scans.values():
        compiler.steps += scan.steps()
    blind = [name for names in judged.values() for name in names if name.endswith(BLIND)]
    plan_duties_table(compiler, obligations, blind, RESULT)
    plan_missing(compiler, obligations, MISSING)
    # One obligation after the other, so that its tables can go before the next one's come.
    wanted = [name for names in judged.values() for name in names]
    loose = tuple(f"{scan.name}/loose" for scan in compiler.scans.values())
    steps = in_order(compiler.steps, [*wanted, RESULT, MISSING, *stays])
    return Plan(steps, RESULT, MISSING, (*loose, SEEN, *stays), tuple(judged))


def compile_views(pack: Pack, as_of: datetime, known_by: datetime, tables: Sequence[str]) -> Plan:
    """Only the records as seen (`seen/T`, `span/T`) and the bearers (`bearer/K`): the tables that are named, and no duty."""
    compiler = Compiler(pack, as_of, known_by)
    plan_views(compiler)
    return Plan(in_order(compiler.steps, tables), tables[0], tables[-1], tuple(tables))


def _plan_obligation(compiler: Compiler, obligation: Obligation) -> list[str]:
    """The steps of one obligation; returns the tables that `duties` reads."""
    compiler.obligation = obligation
    duty = plan_frames(compiler, obligation)
    plan_duties(compiler, obligation, duty)
    result = obligation.test.plan(duty, compiler, f"{obligation.id}/test")
    needs = obligation.test.needs(duty.trigger)
    proof = plan_proof(compiler, obligation, duty, needs, f"{obligation.id}/proof")
    if obligation.given is not None:
        plan_proof(compiler, obligation, duty, (Need(obligation.given.record),), f"{obligation.id}/given/proof")
    names = plan_status(compiler, obligation, duty, result, proof)
    if duty.trigger and not compiler.pack.assumes(duty.trigger):
        names.append(plan_blind_status(compiler, obligation, duty, plan_blind(compiler, obligation, duty)))
    return names
