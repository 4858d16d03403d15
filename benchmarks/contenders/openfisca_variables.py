"""OpenFisca: records are its persons, mines its groups, a duty is a variable of a period.

Counts for each mine and month and deadlines of single records are formulas over arrays, quick and close to the notice's words. What
does not fit: a group has to have a person, so each mine has an empty record, that a mine where nothing happened may be counted.
Texts, lists, empty cells, evidence and rosters in time are by hand. Left out: a duty between a mine and a warning, which are no
group of each other, and eight more for the work.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.periods import ETERNITY, MONTH
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from contenders.pandas_frames import DAY, MINE, MONTHS, NOW, E, T, Work, shown, with_evidence

TITLE = "OpenFisca"
PACKAGES = ("openfisca-core", "pandas", "pyarrow")
OBLIGATIONS = ("hazards-corrected-in-time", "enterprise-special-meeting", "head-leads-inspections")
BY_HAND = ("pandas_frames",)
NOTE = (
    "46.0.1, October 2026. Newest versions, hand-ins merged, who leads, days told apart and evidence are by hand, with parts of the program in "
    "pandas (whose lines are counted); needs the anti-join by hand (an empty record for each mine); a duty between a mine and a warning fits neither its persons nor its groups"
)

HAZARD, MEETING, LEADS = OBLIGATIONS
Frame = pd.DataFrame
ONCE = "2023-11"  # any month: a formula without one has no date to be in force on
FINE, UNPROVEN, LATE, BREACHED = range(4)
STATUS = np.array(["", "unproven", "late", "breached"])
Record = Entity("record", "records", "a row of a ledger", "")
Mine = GroupEntity(
    "mine", "mines", "a mine, or its duty", "", roles=[{"key": "row", "plural": "rows", "label": "a row"}]
)


def given(name: str, kind: type, entity: Entity, period: object) -> type[Variable]:
    """A variable that is told, not worked out."""
    return type(name, (Variable,), {"value_type": kind, "entity": entity, "definition_period": period})


class counts(Variable):
    value_type, entity, definition_period = bool, Record, ETERNITY

    def formula(record, period):
        return record("sure", period) & (record("at", period) >= record.mine("live_from", period))


class may_count(Variable):
    value_type, entity, definition_period = bool, Record, ETERNITY

    def formula(record, period):
        return record("unsure", period) & (record("at", period) >= record.mine("live_from", period))


class held(Variable):
    value_type, entity, definition_period = int, Mine, ETERNITY

    def formula(mine, period):
        return mine.sum(mine.members("counts", period))


class meeting_status(Variable):
    """enterprise-special-meeting"""

    value_type, entity, definition_period = int, Mine, ETERNITY

    def formula(mine, period):
        in_time = mine.members("at", period) <= T("2023-11-11").value // 10**9
        sure, maybe = mine.members("counts", period), mine.members("may_count", period)
        unknown = mine.any(maybe & in_time) | (mine("held", period) == 0) & mine.any(maybe)
        fine, weak = mine.any(sure & in_time), unknown | ~mine("proven", period)
        return np.select([fine, weak, mine("held", period) > 0], [FINE, UNPROVEN, LATE], BREACHED)


class days_led(Variable):
    value_type, entity, definition_period = int, Mine, MONTH

    def formula(mine, period):
        return mine.sum(mine.members("led_first_that_day", period))


class leads_status(Variable):
    """head-leads-inspections"""

    value_type, entity, definition_period = int, Mine, MONTH

    def formula(mine, period):
        at_most = mine("days_led", period) + mine.sum(mine.members("may_be_led", period))
        weak = (at_most >= 2) | ~mine("proven_month", period)
        fine = (mine("days_led", period) >= 2) | ~mine("has_duty", period)
        return np.select([fine, weak], [FINE, UNPROVEN], BREACHED)


class hazard_status(Variable):
    """hazards-corrected-in-time"""

    value_type, entity, definition_period = int, Record, ETERNITY

    def formula(record, period):
        over, done = record("due", period) <= NOW.value // 10**9, record("done", period)
        done_late, is_open = over & (done > 0) & (done >= record("due", period)), over & (done == 0)
        return np.select(
            [record("unsure", period), done_late, is_open & record("handed_in", period), is_open],
            [UNPROVEN, LATE, BREACHED, UNPROVEN], FINE,
        )  # fmt: skip


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([Record, Mine])
    told = {
        (Record, ETERNITY): {"sure": bool, "unsure": bool, "at": int, "due": int, "done": int, "handed_in": bool},
        (Record, MONTH): {"led_first_that_day": bool, "may_be_led": bool},
        (Mine, ETERNITY): {"live_from": int, "proven": bool},
        (Mine, MONTH): {"has_duty": bool, "proven_month": bool},
    }
    for (entity, period), names in told.items():
        made.add_variables(*(given(name, kind, entity, period) for name, kind in names.items()))
    made.add_variables(counts, may_count, held, meeting_status, days_led, leads_status, hazard_status)
    return made


class Told:
    """A simulation of records and their mines. A group without a person breaks its sums: each mine has an empty record at the end."""

    def __init__(self, made: TaxBenefitSystem, mines: int, member_of: pd.Series) -> None:
        self.records, self.empty = len(member_of), mines
        builder, member = SimulationBuilder(), np.concatenate([member_of.to_numpy(), np.arange(mines)])
        builder.create_entities(made)
        builder.declare_person_entity("record", np.arange(len(member)))
        groups = builder.declare_entity("mine", np.arange(mines))
        builder.join_with_persons(groups, member, np.full(len(member), "row"))
        self.simulation: Simulation = builder.build(made)

    def of_records(self, name: str, values: np.ndarray | pd.Series, period: str = ONCE) -> None:
        array = np.asarray(values)
        self.simulation.set_input(name, period, np.concatenate([array, np.zeros(self.empty, dtype=array.dtype)]))

    def of_mines(self, name: str, values: np.ndarray | pd.Series, period: str = ONCE) -> None:
        self.simulation.set_input(name, period, np.asarray(values))

    def __call__(self, name: str, period: str = ONCE) -> np.ndarray:
        """The values of a variable, worked out; of records: without the empty ones."""
        values = self.simulation.calculate(name, period)
        of_records = self.simulation.tax_benefit_system.get_variable(name).entity.key == "record"
        return values[: self.records] if of_records else values


def seconds(moments: pd.Series) -> np.ndarray:
    """Seconds since 1970; 0 where empty. (OpenFisca keeps 32 bits.)"""
    return moments.astype("datetime64[s]").astype("int64").where(moments.notna(), 0).to_numpy()


class Sums(Work):
    """The rows that the formulas look at; the roster, newest rows and hand-ins are those of the program in pandas."""

    def checks(self) -> Frame:
        return pd.DataFrame()

    targets = checks

    def meeting(self, made: TaxBenefitSystem) -> Frame:
        live = self.live("2023-11-03", "2023-11-11", ~self.mine["stopped"]).reset_index(drop=True)
        live["number"] = live.index
        acts = self.newest("enterprise_meeting", ["meeting_id"], [E, "held_on", "kinds"])
        acts = acts[acts["held_on"] <= NOW].merge(live[[*MINE, "number"]], on=MINE)
        acts["sure"] = [kinds is not None and ("专题会" in kinds or "动员部署" in kinds) for kinds in acts["kinds"]]
        told = Told(made, len(live), acts["number"])
        told.of_records("sure", acts["sure"])
        told.of_records("unsure", acts["kinds"].isna())
        told.of_records("at", seconds(acts["held_on"]))
        told.of_mines("live_from", seconds(live["ls"]))
        told.of_mines("proven", self.proof(live, "enterprise_meeting", "town", "ls", "le"))
        found = live.assign(status=STATUS[told("meeting_status")], n=told("held"))
        found = found[found["status"] != ""].reset_index(drop=True)
        counted = acts[told("counts")]
        found = with_evidence(found, counted, MINE, ["held_on", "meeting_id"], "meeting_id")
        return shown(found, MEETING, E, T("2023-11-11"), 1, found["n"])

    def leads(self, made: TaxBenefitSystem) -> list[Frame]:
        working = self.mine[~self.mine["stopped"]]
        mines = self.mine1.assign(number=self.mine1.index)
        acts = self.newest("inspection", ["inspection_id"], [E, "start_at", "leaders", "levels"])
        acts = acts[["企业主要负责人带队" in levels for levels in acts["levels"]]]
        acts = acts.merge(working[[*MINE, "s", "e", "head", "legal_person"]], on=MINE).merge(
            mines[[*MINE, "number"]], on=MINE
        )
        acts = acts[(acts["start_at"] >= acts["s"]) & (acts["start_at"] < acts["e"])].reset_index(drop=True)
        acts["day"] = acts["start_at"].dt.normalize()
        acts["ok"] = [
            names is not None and (head in names or legal in names)
            for names, head, legal in zip(acts["leaders"], acts["head"], acts["legal_person"], strict=True)
        ]
        first = acts["ok"] & ~acts.where(acts["ok"]).duplicated([*MINE, "day"])
        told = Told(made, len(mines), acts["number"])
        return [self.month(told, working, mines, acts, first, *month) for month in MONTHS.itertuples(index=False)]

    def month(self, told: Told, working: Frame, mines: Frame, acts: Frame, first: pd.Series, m: T, a: T, b: T) -> Frame:
        name, inside = m.strftime("%Y-%m"), (acts["start_at"] >= a) & (acts["start_at"] < b)
        alive = working[(working["s"] < b) & (working["e"] > a)]
        alive = alive.assign(ls=alive["s"].clip(lower=a), le=alive["e"].clip(upper=b))
        duties = mines.merge(
            alive.groupby(MINE, as_index=False).agg(ls=("ls", "min"), le=("le", "max")), on=MINE, how="left"
        )
        there = duties["ls"].notna() & (duties["e"] >= b)
        proven = self.proof(duties.fillna({"ls": a, "le": b}), "inspection", "town", "ls", "le")
        told.of_records("led_first_that_day", (first & inside), name)
        told.of_records("may_be_led", (acts["leaders"].isna() & inside), name)
        told.of_mines("has_duty", there, name)
        told.of_mines("proven_month", proven, name)
        found = duties.assign(status=STATUS[told("leads_status", name)], n=told("days_led", name))
        found = found[found["status"] != ""].reset_index(drop=True)
        found = with_evidence(found, acts[acts["ok"] & inside], MINE, ["start_at", "inspection_id"], "inspection_id")
        return shown(found, LEADS, E, b, 2, found["n"], period=m)

    def hazards(self, made: TaxBenefitSystem) -> list[Frame]:
        frame = self.newest(
            "hazard", ["hazard_id"], [E, "found_date", "deadline", "source", "level", "done_date", "recheck_result"]
        )
        asked = frame["source"].fillna("企业自查").eq("企业自查") & frame["level"].fillna("一般").eq("一般")
        frame = frame[asked & (frame["found_date"] >= T("2023-11-11")) & (frame["found_date"] < T("2024-02-01"))]
        unknown = frame["source"].isna() | frame["level"].isna() | frame["deadline"].isna()
        done = frame["done_date"].where((frame["done_date"] < NOW) & (frame["recheck_result"].fillna("") != "不合格"))
        frame = frame.assign(due=frame["deadline"] + DAY, unknown=unknown, done=done)
        frame = self.each(frame[[*MINE, "hazard_id", "found_date", "due", "unknown", "done"]])
        frame["number"] = frame[MINE].merge(self.mine1.assign(number=self.mine1.index), on=MINE, how="left")["number"]
        told = Told(made, len(self.mine1), frame["number"])
        told.of_records("unsure", frame["unknown"])
        told.of_records("due", seconds(frame["due"]))
        told.of_records("done", seconds(frame["done"]))
        told.of_records("handed_in", self.proof(frame, "hazard", "town", "ls", "le"))
        found = frame.assign(status=STATUS[told("hazard_status")])
        found = found[found["status"] != ""].reset_index(drop=True)
        bearers = self.mine1.rename(columns={E: "bearer", "town": "who"})
        return [
            shown(found, HAZARD, E, found["due"], 1, found["done"].notna(), found["hazard_id"]),
            self.blind(HAZARD, bearers, "hazard", ("2023-11-11", "2024-02-01"), "2024-02-01", 40),
        ]


def run(folder: Path, out: Path) -> None:
    work, made = Sums(folder), system()
    parts = [work.meeting(made), *work.leads(made), *work.hazards(made)]
    pd.concat([part for part in parts if len(part)], ignore_index=True).to_parquet(out)
