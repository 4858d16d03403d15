"""pandera: a schema for each obligation, a check for each status, the failing rows are the findings.

A schema looks at one frame, row by row: who should have acted, what was counted, which days were handed in is joined by hand, with
the frames of the program in pandas. It cannot see a row that is not there, so it needs the anti-join by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from contenders.pandas_frames import DAY, MINE, MONTHS, NEVER, NOW, E, J, T, Work, filled, shown, with_evidence

TITLE = "pandera"
PACKAGES = ("pandera", "pandas", "pyarrow")
OBLIGATIONS = (
    "hazards-corrected-in-time",
    "enterprise-special-meeting",
    "head-leads-inspections",
    "no-blasting-in-severe-weather",
)
BY_HAND = ("pandas_frames",)
NOTE = (
    "0.35.0, October 2026. All frames are by hand, with parts of the program in pandas (whose lines are counted); a check says the status; "
    "needs the anti-join by hand"
)

HAZARD, MEETING, LEADS, BLASTING = OBLIGATIONS
Frame = pd.DataFrame


def schema(columns: dict[str, str | type], **checks: Callable[[Frame], pd.Series]) -> pa.DataFrameSchema:
    """Checks by status, each true where a row does not have it; the first in order counts."""
    return pa.DataFrameSchema(
        {name: pa.Column(kind, nullable=True) for name, kind in columns.items()},
        checks=[pa.Check(check, name=name) for name, check in checks.items()],
    )


COUNTED: dict[str, str | type] = {"n": int, "maybe": int, "proven": bool}
SCHEMAS = {
    MEETING: schema(
        {**COUNTED, "timely": int, "maybe_in_time": int},
        unproven=lambda f: (f.timely > 0) | (f.maybe_in_time == 0) & f.proven & ((f.n > 0) | (f.maybe == 0)),
        late=lambda f: (f.timely > 0) | (f.n == 0),
        breached=lambda f: f.n > 0,
    ),
    LEADS: schema(
        COUNTED,
        unproven=lambda f: (f.n >= 2) | (f.n + f.maybe < 2) & f.proven,
        breached=lambda f: f.n >= 2,
    ),
    BLASTING: schema(
        {"n": int, "proven": bool, "lifted": "datetime64[us]"},
        breached=lambda f: f.n == 0,
        unproven=lambda f: (f.lifted > NOW) | f.proven,
    ),
    HAZARD: schema(
        {"unknown": bool, "due": "datetime64[us]", "done": "datetime64[us]", "proven": bool},
        unproven=lambda f: ~f.unknown & ((f.due > NOW) | f.done.notna() | f.proven),
        late=lambda f: f.unknown | (f.due > NOW) | f.done.isna() | (f.done < f.due),
        breached=lambda f: f.unknown | (f.due > NOW) | f.done.notna(),
    ),
}


def judged(obligation: str, frame: Frame) -> Frame:
    """The rows that fail a check, with the status of the first one that they fail."""
    try:
        SCHEMAS[obligation].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failed = errors.failure_cases
        if len(odd := failed[~failed["check"].isin([check.name for check in SCHEMAS[obligation].checks])]):
            raise ValueError(f"{obligation}: {odd}") from errors
        order = {check.name: number for number, check in enumerate(SCHEMAS[obligation].checks)}
        first = failed.assign(order=failed["check"].map(order)).groupby("index")["order"].min()
        names = list(order)
        found = frame.loc[first.index]
        return found.assign(status=[names[number] for number in first]).reset_index(drop=True)
    return frame.head(0).assign(status="")


class Checked(Work):
    """The frames that the checks look at; the roster, newest rows and hand-ins are those of the program in pandas."""

    def checks(self) -> Frame:
        return pd.DataFrame()

    targets = checks

    def counts(self, duties: Frame, acts: Frame, on: list[str], *names: str) -> Frame:
        """The anti-join: each duty with its counts, 0 where there is nothing."""
        counted = acts.groupby(on, as_index=False, sort=False)[list(names)].sum()
        return filled(duties.merge(counted, on=on, how="left"), *names).reset_index(drop=True)

    def meeting(self) -> Frame:
        live = self.live("2023-11-03", "2023-11-11", ~self.mine["stopped"])
        acts = self.newest("enterprise_meeting", ["meeting_id"], [E, "held_on", "kinds"]).merge(
            live[[*MINE, "ls"]], on=MINE
        )
        acts = acts[(acts["held_on"] >= acts["ls"]) & (acts["held_on"] <= NOW)]
        acts["maybe"] = acts["kinds"].isna()
        acts["n"] = [kinds is not None and ("专题会" in kinds or "动员部署" in kinds) for kinds in acts["kinds"]]
        in_time = acts["held_on"] <= T("2023-11-11")
        acts = acts.assign(timely=acts["n"] & in_time, maybe_in_time=acts["maybe"] & in_time)
        frame = self.counts(live, acts, MINE, "n", "timely", "maybe", "maybe_in_time")
        frame["proven"] = self.proof(frame, "enterprise_meeting", "town", "ls", "le")
        found = with_evidence(judged(MEETING, frame), acts[acts["n"]], MINE, ["held_on", "meeting_id"], "meeting_id")
        return shown(found, MEETING, E, T("2023-11-11"), 1, found["n"])

    def leads(self) -> Frame:
        on = [*MINE, "m"]
        working = self.mine[~self.mine["stopped"]].merge(MONTHS, how="cross").merge(self.ended, on=MINE)
        working = working[
            (working["s"] < working["b"]) & (working["e"] > working["a"]) & (working["ended"] >= working["b"])
        ]
        working = working.assign(ls=working[["s", "a"]].max(axis=1), le=working[["e", "b"]].min(axis=1))
        duties = working.groupby([*on, "town", "b"], as_index=False, sort=False).agg(ls=("ls", "min"), le=("le", "max"))
        acts = self.newest("inspection", ["inspection_id"], [E, "start_at", "leaders", "levels"])
        acts = acts[["企业主要负责人带队" in levels for levels in acts["levels"]]]
        acts = acts.merge(working[[*on, "ls", "le", "head", "legal_person"]], on=MINE)
        acts = acts[(acts["start_at"] >= acts["ls"]) & (acts["start_at"] < acts["le"])]
        acts["maybe"] = acts["leaders"].isna()
        acts["ok"] = [
            names is not None and (head in names or legal in names)
            for names, head, legal in zip(acts["leaders"], acts["head"], acts["legal_person"], strict=True)
        ]
        day = acts["start_at"].dt.normalize()
        acts["n"] = acts["ok"] & ~acts.assign(d=day).where(acts["ok"]).duplicated([*on, "d"])
        frame = self.counts(duties, acts, on, "n", "maybe")
        frame["proven"] = self.proof(frame, "inspection", "town", "ls", "le")
        found = with_evidence(
            judged(LEADS, frame), acts[acts["ok"]], on, ["start_at", "inspection_id"], "inspection_id"
        )
        return shown(found, LEADS, E, found["b"], 2, found["n"], period=found["m"])

    def blasting(self) -> Frame:
        on = [*MINE, "warning_id"]
        warnings = self.newest("weather", ["warning_id"], ["kind", "colour", "issued_at", "lifted_at", "towns"])
        severe = warnings["kind"].isin(["暴雪", "暴雨", "道路结冰", "冰冻"]) & warnings["colour"].isin(["橙", "红"])
        warnings = warnings[severe & warnings["issued_at"].between(T("2023-11-03"), NOW)]
        warnings = (
            warnings.assign(lifted=warnings["lifted_at"].fillna(NEVER))
            .rename(columns={"towns": "town"})
            .explode("town")
        )
        mine = self.mine[self.mine["mine_type"].isin(["露天", "露天转地下"]) & (self.mine["status"] == "生产")]
        storms = mine.drop(columns="status").merge(warnings, on=[J, "town"]).merge(self.ended, on=MINE)
        storms = storms[
            (storms["s"] < storms["lifted"])
            & (storms["e"] > storms["issued_at"])
            & (storms["ended"] >= storms["lifted"])
        ]
        storms = storms.assign(ls=storms[["s", "issued_at"]].max(axis=1), le=storms[["e", "lifted"]].min(axis=1))
        duties = storms.groupby([*on, "town", "lifted"], as_index=False, sort=False).agg(
            ls=("ls", "min"), le=("le", "max")
        )
        acts = self.newest("blast", ["blast_no"], [E, "fired_at"]).merge(duties[[*on, "ls", "le"]], on=MINE)
        acts = acts[
            (acts["fired_at"] >= acts["ls"]) & (acts["fired_at"] < acts["le"]) & (acts["fired_at"] <= NOW)
        ].assign(n=1)
        frame = self.counts(duties, acts, on, "n")
        frame["proven"] = self.proof(frame, "blast", "town", "ls", "le")
        found = with_evidence(judged(BLASTING, frame), acts, on, ["fired_at", "blast_no"], "blast_no")
        due = found["lifted"].where(found["lifted"] < NEVER)
        return shown(found, BLASTING, E, due, 0, found["n"], found["warning_id"])

    def hazards(self) -> list[Frame]:
        frame = self.newest(
            "hazard", ["hazard_id"], [E, "found_date", "deadline", "source", "level", "done_date", "recheck_result"]
        )
        asked = frame["source"].fillna("企业自查").eq("企业自查") & frame["level"].fillna("一般").eq("一般")
        frame = frame[asked & (frame["found_date"] >= T("2023-11-11")) & (frame["found_date"] < T("2024-02-01"))]
        due, sound = frame["deadline"] + DAY, frame["recheck_result"].fillna("") != "不合格"
        unknown = frame["source"].isna() | frame["level"].isna() | due.isna()
        done = frame["done_date"].where((frame["done_date"] < NOW) & sound)
        frame = self.each(
            frame.assign(due=due, unknown=unknown, done=done)[
                [*MINE, "hazard_id", "found_date", "due", "unknown", "done"]
            ]
        )
        frame["proven"] = self.proof(frame, "hazard", "town", "ls", "le")
        found = judged(HAZARD, frame)
        bearers = self.mine1.rename(columns={E: "bearer", "town": "who"})
        return [
            shown(found, HAZARD, E, found["due"], 1, found["done"].notna(), found["hazard_id"]),
            self.blind(HAZARD, bearers, "hazard", ("2023-11-11", "2024-02-01"), "2024-02-01", 40),
        ]


def run(folder: Path, out: Path) -> None:
    work = Checked(folder)
    parts = [work.meeting(), work.leads(), work.blasting(), *work.hazards()]
    pd.concat([part for part in parts if len(part)], ignore_index=True).to_parquet(out)
