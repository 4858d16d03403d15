"""The plain data that the layers hand to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Status(str, Enum):
    """The judgement on one duty; the value is what data files hold, `chinese` what reports say."""

    MET = "met"
    LATE = "late"
    BREACHED = "breached"
    DISCHARGED = "discharged"
    PENDING = "pending"
    UNPROVEN = "unproven"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    MANUAL = "manual"

    @property
    def chinese(self) -> str:
        return _CHINESE[self]


_CHINESE = {
    Status.MET: "已达到",
    Status.LATE: "逾期达到",
    Status.BREACHED: "未达到（待核实）",
    Status.DISCHARGED: "按替代要求办理",
    Status.PENDING: "未到期",
    Status.UNPROVEN: "证据不足",
    Status.NOT_APPLICABLE: "不适用",
    Status.WAIVED: "经批准不计入",
    Status.MANUAL: "需人工认定",
}


@dataclass(frozen=True)
class Step:
    """One named SQL step of a plan: it creates the table `name`, from the tables of the steps in `reads`."""

    name: str
    sql: str
    why: str = ""
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Named SQL steps in order. `result` is the table of judged duties, `missing` that of the gaps in the hand-ins;
    `kept` are others that are read after the run, `obligations` those whose duties it judges.
    """

    steps: tuple[Step, ...]
    result: str
    missing: str
    kept: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()

    @property
    def stays(self) -> tuple[str, ...]:
        """The tables that are still there after the run."""
        return (self.result, self.missing, *self.kept)
