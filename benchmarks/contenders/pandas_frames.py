"""Hand-written pandas: merges and groupbys on frames, only the columns needed; no loop over rows but for lists of levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from workload import AS_OF_MOMENT, FINDINGS, files

TITLE = "pandas by hand"
PACKAGES = ("pandas", "pyarrow")

NOW = pd.Timestamp(AS_OF_MOMENT)
EVER, NEVER = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")
J, E = "jurisdiction", "enterprise_id"
MINE = [J, E]
DAY = pd.Timedelta(days=1)
T = pd.Timestamp
MONTHS = pd.DataFrame(
    {
        "m": [T("2023-11-01"), T("2023-12-01"), T("2024-01-01")],
        "a": [T("2023-11-11"), T("2023-12-01"), T("2024-01-01")],
        "b": [T("2023-12-01"), T("2024-01-01"), T("2024-02-01")],
    }
)


def run(folder: Path, out: Path) -> None:
    work = Work(folder)
    parts = [
        *work.head_leads(), *work.town_covers(), *work.county_share(), *work.special_meeting(), *work.staff_trained(),
        *work.units_covered(), *work.hazards_corrected(), *work.majors_rectified(), *work.orders_rechecked(),
        *work.reports_sent(), *work.majors_detailed(), *work.no_blasting(),
    ]  # fmt: skip
    pd.concat([part for part in parts if len(part)], ignore_index=True).to_parquet(out)


def shown(found: pd.DataFrame, obligation: str, bearer: str, due: object, required: object, observed: object,
          trigger: object = "", period: object = None) -> pd.DataFrame:  # fmt: skip
    """The columns of FINDINGS; `found` has `status` and `evidence`."""
    result = pd.DataFrame(index=found.index)
    result["obligation"] = obligation
    result[J] = found[J]
    result["bearer_id"] = found[bearer]
    result["trigger_id"] = trigger
    result["period_start"] = pd.to_datetime(pd.Series(period, index=found.index)).astype("datetime64[us]")
    result["due"] = pd.to_datetime(pd.Series(due, index=found.index)).astype("datetime64[us]")
    result["status"] = found["status"]
    result["required"] = pd.Series(required, index=found.index, dtype="float64")
    result["observed"] = pd.Series(observed, index=found.index, dtype="float64")
    result["evidence"] = found["evidence"]
    return result[list(FINDINGS)]


def with_evidence(found: pd.DataFrame, acts: pd.DataFrame, on: list[str], order: list[str], id_: str) -> pd.DataFrame:
    """`found` with the ids of the acts that have the same `on`, in order."""
    mine = acts.merge(found[on].drop_duplicates(), on=on).sort_values(order)
    ids = mine.groupby(on, sort=False)[id_].agg(list).rename("evidence").reset_index()
    found = found.merge(ids, on=on, how="left")
    found["evidence"] = [value if isinstance(value, list) else [] for value in found["evidence"]]
    return found


def status(found: pd.DataFrame, *choices: tuple[object, str]) -> np.ndarray:
    """The first choice whose condition holds, else breached."""
    return np.select([np.asarray(when, dtype=bool) for when, _ in choices], [name for _, name in choices], "breached")


def filled(frame: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Counts that were not joined are 0."""
    return frame.assign(**{name: frame[name].fillna(0).astype("int64") for name in names})


class Work:
    """One folder: what several obligations read is made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        roster = self.newest(
            "enterprise", [E, "valid_from"],
            ["valid_to", "town", "mine_type", "status", "bureau", "employees", "unit_count", "head", "legal_person"],
        )  # fmt: skip
        self.mine = roster.assign(
            s=roster["valid_from"].fillna(EVER),
            e=(roster["valid_to"] + DAY).fillna(NEVER),
            stopped=roster["status"] == "长期停产(无人作业)",
        ).sort_values([*MINE, "s"])
        self.mine1 = self.mine.groupby(MINE, as_index=False).agg(
            s=("s", "min"), e=("e", "max"), town=("town", "first"), bureau=("bureau", "first")
        )
        self.ended = self.mine1[[*MINE, "e"]].rename(columns={"e": "ended"})
        self.town = self.newest("town", ["town"], ["centre", "bureau"])
        self.county = self.newest("county", ["name"], [])
        self.proven = self.hand_ins()
        self.check = self.checks()
        self.target = self.targets()

    def newest(self, record: str, key: list[str], columns: list[str]) -> pd.DataFrame:
        """The newest known rows of a record type, dates as Timestamps."""
        frame = pd.concat(read(file, [J, *key, *columns, "submitted_at"]) for file in files(self.folder, record))
        frame = frame[frame["submitted_at"] <= NOW]
        if frame.duplicated([J, *key]).any():
            frame = frame.sort_values("submitted_at").drop_duplicates([J, *key], keep="last")
        return frame.reset_index(drop=True)

    def hand_ins(self) -> pd.DataFrame:
        """kind, type, jurisdiction, who, ps, pe: days handed in, merged; kind `centre`: by the centre or its town."""
        line = pd.concat(map(read, files(self.folder, "manifest")))
        line = line[line["received_at"] <= NOW].rename(columns={"record_type": "type", "covered_from": "ps"})
        line["pe"] = np.minimum(line["covered_through"], line["received_at"].dt.normalize()) + DAY
        line = line[[J, "sender", "subject", "type", "ps", "pe"]]
        own = line[line["sender"] == line["subject"]].assign(kind="").rename(columns={"sender": "who"})
        names = pd.concat(
            [self.town[[J, "town", name]].set_axis([J, "who", "sender"], axis=1) for name in ("town", "centre")]
        )
        centre = line[line["type"].isin(["inspection", "stat_report", "major_detail"])].merge(names, on=[J, "sender"])
        centre = centre.merge(names.rename(columns={"sender": "subject"}), on=[J, "who", "subject"]).assign(
            kind="centre"
        )
        group = ["kind", "type", J, "who"]
        spans = pd.concat([own[[*group, "ps", "pe"]], centre[[*group, "ps", "pe"]]])
        spans = spans[spans["ps"] < spans["pe"]].sort_values([*group, "ps", "pe"])
        reached = spans.groupby(group, sort=False)["pe"].cummax()
        before = reached.groupby([spans[name] for name in group], sort=False).shift()
        spans["island"] = (before.isna() | (spans["ps"] > before)).cumsum()
        return spans.groupby([*group, "island"], as_index=False, sort=False).agg(ps=("ps", "min"), pe=("pe", "max"))

    def handed(self, found: pd.DataFrame, type_: str, who: str, start: str, kind: str) -> pd.Series:
        """Up to when the days from `start` on were handed in (NaT: not even that one)."""
        spans = self.proven
        spans = spans[(spans["type"] == type_) & (spans["kind"] == kind)][[J, "who", "ps", "pe"]].sort_values("ps")
        asked = found[[J, who, start]].set_axis([J, "who", "at"], axis=1).reset_index(drop=True)
        asked = asked.assign(n=asked.index, at=asked["at"].dt.normalize()).sort_values("at")
        got = pd.merge_asof(asked, spans, left_on="at", right_on="ps", by=[J, "who"]).sort_values("n")
        return got["pe"].where(got["pe"] > got["at"]).set_axis(found.index)

    def proof(self, found: pd.DataFrame, type_: str, who: str, start: str, end: str, kind: str = "") -> pd.Series:
        """Whether each day of [start, end) was handed in."""
        return self.handed(found, type_, who, start, kind) >= found[end].dt.ceil("D")

    def blind(self, obligation: str, bearers: pd.DataFrame, type_: str, window: tuple[str, str], due: str, lag: int,
              kind: str = "") -> pd.DataFrame:  # fmt: skip
        """One unproven duty for each of `bearers` (bearer, who, s, e) with days not handed in on which a trigger may lie."""
        alive = bearers.assign(a=bearers["s"].clip(lower=T(window[0])), b=bearers["e"].clip(upper=T(window[1])))
        alive = alive[alive["a"] < alive["b"]]
        until = self.handed(alive, type_, "who", "a", kind)
        found = alive.assign(first=until.fillna(alive["a"]))[until.isna() | (until < alive["b"])]
        found["due"] = (found["first"] + (lag + 1) * DAY).clip(lower=T(due))
        found = found[found["due"] <= NOW].assign(status="unproven")
        found["evidence"] = [[] for _ in range(len(found))]
        return shown(found, obligation, "bearer", found["due"], np.nan, np.nan)

    # --- inspections

    def checks(self) -> pd.DataFrame:
        frame = self.newest("inspection", ["inspection_id"], [E, "start_at", "leaders", "levels", "purpose", "refused"])
        frame = frame[(frame["start_at"] >= T("2023-11-11")) & (frame["start_at"] < T("2024-02-01"))]
        levels = frame["levels"]
        frame = frame.assign(
            d=frame["start_at"].dt.normalize(),
            m=frame["start_at"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]"),
            led=["企业主要负责人带队" in names for names in levels],
            by_town=["镇中心" in names for names in levels],
            by_county=["县局" in names for names in levels],
            full=frame["purpose"].notna() & (frame["purpose"] != "复查") & ~frame["refused"].fillna(False).astype(bool),
            maybe=frame["purpose"].isna() & ~frame["refused"].fillna(False).astype(bool),
        )
        kept = frame["led"] | frame["by_town"] | frame["by_county"]
        return frame[kept].drop(columns=["levels", "purpose", "refused", "submitted_at"])

    def head_leads(self) -> list[pd.DataFrame]:
        working = self.mine[~self.mine["stopped"]]
        led = self.check[self.check["led"]].merge(working[[*MINE, "s", "e", "head", "legal_person"]], on=MINE)
        led = led[(led["d"] >= led["s"]) & (led["d"] < led["e"])]
        led["unknown"] = led["leaders"].isna()
        led["ok"] = [
            names is not None and (head in names or legal in names)
            for names, head, legal in zip(led["leaders"], led["head"], led["legal_person"], strict=True)
        ]
        sure = led[led["ok"]]
        on = [*MINE, "m"]
        frame = working.merge(MONTHS, how="cross")
        frame = frame[(frame["s"] < frame["b"]) & (frame["e"] > frame["a"])]
        frame = frame.assign(ls=np.maximum(frame["s"], frame["a"]), le=np.minimum(frame["e"], frame["b"]))
        frame = frame.groupby([*on, "town", "b"], as_index=False, sort=False).agg(ls=("ls", "min"), le=("le", "max"))
        frame = frame.merge(self.ended, on=MINE)
        frame = frame[frame["ended"] >= frame["b"]]
        n = sure.drop_duplicates([*on, "d"]).groupby(on, as_index=False, sort=False).size()
        maybe = led[led["unknown"]].groupby(on, as_index=False, sort=False).size()
        frame = frame.merge(n.rename(columns={"size": "n"}), on=on, how="left")
        frame = filled(frame.merge(maybe.rename(columns={"size": "maybe"}), on=on, how="left"), "n", "maybe")
        found = frame[frame["n"] < 2].reset_index(drop=True)
        proven = self.proof(found, "inspection", "town", "ls", "le")
        found["status"] = status(found, ((found["n"] + found["maybe"] >= 2) | ~proven, "unproven"))
        found = with_evidence(found, sure, on, ["start_at", "inspection_id"], "inspection_id")
        return [shown(found, "head-leads-inspections", E, found["b"], 2, found["n"], period=found["m"])]

    def targets(self) -> pd.DataFrame:
        """Mines that were there throughout a month, and what reached them in it; working: at work throughout."""
        frame = self.mine.merge(MONTHS, how="cross")
        frame = frame[(frame["s"] < frame["b"]) & (frame["e"] > frame["a"])]
        frame["held"] = np.minimum(frame["e"], frame["b"]) - np.maximum(frame["s"], frame["a"])
        frame["worked"] = frame["held"].where(~frame["stopped"], pd.Timedelta(0))
        there = frame.groupby([*MINE, "town", "m", "a", "b"], as_index=False, sort=False)[["held", "worked"]].sum()
        there = there[there["held"] == there["b"] - there["a"]]
        there["working"] = there["worked"] == there["held"]
        check = self.check[self.check["by_town"] | self.check["by_county"]]
        flags = check.assign(
            town_ok=check["by_town"] & check["full"], town_maybe=check["by_town"] & check["maybe"],
            town_any=check["by_town"], county_ok=check["by_county"],
        )  # fmt: skip
        names = ["town_ok", "town_maybe", "town_any", "county_ok"]
        reached = flags.groupby([*MINE, "m"], as_index=False, sort=False)[names].any()
        there = there.merge(reached, on=[*MINE, "m"], how="left")
        return there.assign(**{name: there[name].fillna(False).astype(bool) for name in names})

    def town_covers(self) -> list[pd.DataFrame]:
        on = [J, "town", "m"]
        working = self.target[self.target["working"]]
        working = working.assign(q=working["town_maybe"] & ~working["town_ok"])
        short = working.groupby([*on, "a", "b"], as_index=False, sort=False).agg(
            n=(E, "size"), c=("town_ok", "sum"), anyhow=("town_any", "sum"), q=("q", "sum")
        )
        short = short[short["c"] < short["n"]].reset_index(drop=True)
        could = short["c"] + np.minimum(short["q"], short["n"] - short["c"]) >= short["n"]
        proven = self.proof(short, "inspection", "town", "a", "b", "centre")
        short["status"] = status(short, (could | ~proven, "unproven"))
        found = short[(short["anyhow"] < short["n"]) | (short["status"] == "unproven")]
        check = self.check[self.check["by_town"] & self.check["full"]]
        acts = check.merge(working[[*MINE, "town", "m"]], on=[*MINE, "m"])
        found = with_evidence(found, acts, on, ["inspection_id"], "inspection_id")
        return [shown(found, "town-covers-all-mines", "town", found["b"], found["n"], found["c"], period=found["m"])]

    def county_share(self) -> list[pd.DataFrame]:
        target = self.target.assign(both=self.target["working"] & self.target["county_ok"])
        short = target.groupby([J, "m", "a", "b"], as_index=False, sort=False).agg(
            n=(E, "size"), c=("county_ok", "sum"), n2=("working", "sum"), c2=("both", "sum")
        )
        short["need"] = -(-short["n"] * 30 // 100)
        short = short[short["c"] < short["need"]].merge(self.county[[J, "name"]], on=J)
        proven = self.proof(short, "inspection", "name", "a", "b")
        short["status"] = status(short, (~proven, "unproven"))
        found = short[~proven | (short["n2"] == 0) | (short["c2"] < -(-short["n2"] * 30 // 100))]
        check = self.check[self.check["by_county"]]
        acts = check.merge(self.target[[*MINE, "m"]], on=[*MINE, "m"])
        found = with_evidence(found, acts, [J, "m"], ["inspection_id"], "inspection_id")
        return [shown(found, "county-checks-share", J, found["b"], found["need"], found["c"], period=found["m"])]

    # --- what a mine keeps

    def live(self, start: str, end: str, where: pd.Series) -> pd.DataFrame:
        """Mines for which `where` holds on some days of [start, end) and that did not end before: first and last of them."""
        frame = self.mine[where & (self.mine["s"] < T(end)) & (self.mine["e"] > T(start))]
        frame = frame.assign(
            ls=frame["s"].clip(lower=T(start)), le=frame["e"].clip(upper=T(end)), blank=frame["unit_count"].isna()
        )
        frame = frame.groupby(MINE, as_index=False, sort=False).agg(
            town=("town", "first"),
            blank=("blank", "any"),
            ls=("ls", "min"),
            le=("le", "max"),
            employees=("employees", "last"),
        )
        frame = frame.merge(self.ended, on=MINE)
        return frame[frame["ended"] >= T(end)]

    def special_meeting(self) -> list[pd.DataFrame]:
        due = T("2023-11-11")
        live = self.live("2023-11-03", "2023-11-11", ~self.mine["stopped"])
        acts = self.newest("enterprise_meeting", ["meeting_id"], [E, "held_on", "kinds"])
        acts = acts[(acts["held_on"] >= T("2023-11-03")) & (acts["held_on"] <= NOW)].merge(live[[*MINE, "ls"]], on=MINE)
        acts = acts[acts["held_on"] >= acts["ls"]]
        acts["maybe"] = acts["kinds"].isna()
        acts["n"] = [kinds is not None and ("专题会" in kinds or "动员部署" in kinds) for kinds in acts["kinds"]]
        in_time = acts["held_on"] <= due
        acts = acts.assign(timely=acts["n"] & in_time, maybe_in_time=acts["maybe"] & in_time)
        names = ["n", "timely", "maybe", "maybe_in_time"]
        counted = acts.groupby(MINE, as_index=False, sort=False)[names].sum()
        frame = filled(live.merge(counted, on=MINE, how="left"), *names)
        found = frame[frame["timely"] == 0].reset_index(drop=True)
        proven = self.proof(found, "enterprise_meeting", "town", "ls", "le")
        weak = (found["maybe_in_time"] > 0) | ~proven | ((found["n"] == 0) & (found["maybe"] > 0))
        found["status"] = status(found, (weak, "unproven"), (found["n"] > 0, "late"))
        found = with_evidence(found, acts[acts["n"]], MINE, ["held_on", "meeting_id"], "meeting_id")
        return [shown(found, "enterprise-special-meeting", E, due, 1, found["n"])]

    def staff_trained(self) -> list[pd.DataFrame]:
        due = T("2024-02-01")
        live = self.live("2023-11-03", "2024-02-01", ~self.mine["stopped"])
        acts = self.newest("training", ["training_id"], [E, "held_on", "collective", "trainees"])
        no = acts["collective"].notna() & ~acts["collective"].fillna(False).astype(bool)
        acts = acts[(acts["held_on"] >= T("2023-11-03")) & (acts["held_on"] < NOW) & ~no].merge(
            live[[*MINE, "ls"]], on=MINE
        )
        acts = acts[acts["held_on"] >= acts["ls"]]
        counts = acts["collective"].notna() & acts["trainees"].notna()
        in_time = acts["held_on"] < due
        people = acts["trainees"].where(counts, 0)
        acts = acts.assign(
            counts=counts, n=people, timely=people.where(in_time, 0), maybe=~counts, maybe_in_time=~counts & in_time
        )
        names = ["n", "timely", "maybe", "maybe_in_time"]
        counted = acts.groupby(MINE, as_index=False, sort=False)[names].sum()
        frame = filled(live.merge(counted, on=MINE, how="left"), *names)
        found = frame[frame["timely"] < frame["employees"]].reset_index(drop=True)
        proven = self.proof(found, "training", "town", "ls", "le")
        late = (found["n"] >= found["employees"]) & (found["maybe_in_time"] == 0) & proven
        found["status"] = status(found, (late, "late"), ((found["maybe"] > 0) | ~proven, "unproven"))
        found = found[(found["status"] != "breached") | (found["timely"] * 100 < found["employees"] * 95)]
        found = with_evidence(found, acts[acts["counts"]], MINE, ["held_on", "training_id"], "training_id")
        return [shown(found, "all-staff-trained", E, due, found["employees"], found["n"])]

    def units_covered(self) -> list[pd.DataFrame]:
        live = self.live("2023-11-11", "2024-02-01", ~self.mine["stopped"] & (self.mine["unit_count"].fillna(1) > 0))
        units = self.newest("work_unit", ["unit_id"], [E]).groupby(MINE, as_index=False, sort=False).size()
        acts = self.newest("unit_check", ["inspection_id", "unit_id"], [E, "checked_on"]).merge(
            live[[*MINE, "ls", "le"]], on=MINE
        )
        acts = acts[(acts["checked_on"] >= acts["ls"]) & (acts["checked_on"] < acts["le"])]
        covered = acts.drop_duplicates([*MINE, "unit_id"]).groupby(MINE, as_index=False, sort=False).size()
        frame = live.merge(units.rename(columns={"size": "n"}), on=MINE)
        frame = filled(frame.merge(covered.rename(columns={"size": "c"}), on=MINE, how="left"), "c")
        found = frame[frame["blank"] | (frame["c"] < frame["n"])].reset_index(drop=True)
        proven = self.proof(found, "unit_check", "town", "ls", "le")
        found["status"] = status(found, (found["blank"] | ~proven, "unproven"))
        acts = acts.merge(found[MINE], on=MINE)
        acts["id"] = acts["inspection_id"] + "/" + acts["unit_id"]
        found = with_evidence(found, acts, MINE, ["inspection_id", "unit_id"], "id")
        return [shown(found, "self-inspection-covers-units", E, T("2024-02-01"), found["n"], found["c"])]

    # --- hazards

    def each(self, triggers: pd.DataFrame) -> pd.DataFrame:
        """Hazards of mines that existed meanwhile and did not end before due, with the days on which both did."""
        frame = triggers.merge(self.mine1, on=MINE)
        frame["ls"] = np.maximum(frame["found_date"], frame["s"])
        frame["le"] = np.minimum(frame["due"].fillna(NEVER), frame["e"])
        frame = frame[(frame["ls"] < frame["le"]) & ~(frame["e"] < frame["due"])].reset_index(drop=True)
        frame["evidence"] = [[one] for one in frame["hazard_id"]]
        return frame

    def hazards_corrected(self) -> list[pd.DataFrame]:
        frame = self.newest(
            "hazard", ["hazard_id"], [E, "found_date", "deadline", "source", "level", "done_date", "recheck_result"]
        )
        no = (frame["source"].notna() & (frame["source"] != "企业自查")) | (
            frame["level"].notna() & (frame["level"] != "一般")
        )
        frame = frame[~no & (frame["found_date"] >= T("2023-11-11")) & (frame["found_date"] < T("2024-02-01"))]
        due = frame["deadline"] + DAY
        sound = frame["recheck_result"].isna() | (frame["recheck_result"] != "不合格")
        frame = frame.assign(
            due=due,
            unknown=frame["source"].isna() | frame["level"].isna() | due.isna(),
            done=frame["done_date"].where((frame["done_date"] < NOW) & sound),
        )
        frame = frame[frame["unknown"] | (frame["due"] <= NOW) & ~(frame["done"] < frame["due"])]
        found = self.each(frame[[*MINE, "hazard_id", "found_date", "due", "unknown", "done"]])
        proven = self.proof(found, "hazard", "town", "ls", "le")
        done = found["done"].notna()
        found["status"] = status(found, (found["unknown"], "unproven"), (done, "late"), (~proven, "unproven"))
        name = "hazards-corrected-in-time"
        bearers = self.mine1.rename(columns={E: "bearer", "town": "who"})
        return [
            shown(found, name, E, found["due"], 1, done, found["hazard_id"]),
            self.blind(name, bearers, "hazard", ("2023-11-11", "2024-02-01"), "2024-02-01", 40),
        ]

    def majors_rectified(self) -> list[pd.DataFrame]:
        last = T("2023-12-31")
        places = ["exception_reported_date", "five_measure_date", "five_resp_date", "five_fund_date", "five_deadline_date", "five_plan_date"]  # fmt: skip
        frame = self.newest(
            "major_hazard", ["hazard_id"],
            [E, "found_date", "confirm_result", "acceptance", "done_date", "county_deadline", "five_fund", *places],
        )  # fmt: skip
        unknown = frame["confirm_result"].isna()
        frame = frame.assign(unknown=unknown, due=last + DAY)[
            (unknown | (frame["confirm_result"] == "重大"))
            & (frame["found_date"] >= T("2023-11-03"))
            & (frame["found_date"] <= last)
        ]
        frame["done"] = (frame["acceptance"].isna() | (frame["acceptance"] == "合格")) & (frame["done_date"] < NOW)
        excused = (frame[places] <= last).all(axis=1) & (frame["five_fund"].isna() | (frame["five_fund"] > 0))
        own = frame["county_deadline"] > last
        held = frame["done"] & ((frame["done_date"] <= last) | own & (frame["done_date"] <= frame["county_deadline"]))
        found = self.each(frame[frame["unknown"] | ~(held | excused)])
        proven = self.proof(found, "major_hazard", "bureau", "ls", "le")
        found["status"] = status(found, (found["unknown"], "unproven"), (found["done"], "late"), (~proven, "unproven"))
        ordered = (found["county_deadline"] > last) & (found["county_deadline"] + DAY > NOW)
        found = found[(found["status"] != "breached") | ~ordered]
        name = "major-hazard-rectified"
        bearers = self.mine1.rename(columns={E: "bearer", "bureau": "who"})
        return [
            shown(found, name, E, found["due"], 1, found["done"], found["hazard_id"]),
            self.blind(name, bearers, "major_hazard", ("2023-11-03", "2024-01-01"), "2024-01-01", 7),
        ]

    # --- county and towns

    def orders_rechecked(self) -> list[pd.DataFrame]:
        frame = self.newest("rectify_order", ["doc_no"], ["issued_by", "issued_on", "deadline", "applied_on"])
        ready = frame[["applied_on", "deadline"]].min(axis=1)  # of one that is empty: the other
        frame = frame.assign(ready=ready, due=ready + 11 * DAY).rename(columns={"doc_no": "order"})
        frame = frame[
            (frame["issued_by"] == "县")
            & (ready.isna() | ready.between(T("2023-11-03"), T("2024-02-10")))
            & (frame["issued_on"] >= T("2023-01-01"))
            & (frame["issued_on"] < NOW)
        ]
        acts = self.newest("recheck", ["doc_no"], ["order_no", "rechecked_on", "opinion"]).rename(
            columns={"order_no": "order"}
        )
        acts = acts[acts["rechecked_on"] < NOW].merge(frame[[J, "order", "issued_on", "ready", "due"]], on=[J, "order"])
        acts = acts[acts["rechecked_on"] >= acts["issued_on"]]
        n = (acts["opinion"] == "合格") | (acts["rechecked_on"] >= acts["ready"])
        maybe = ~n & (acts["opinion"].isna() | acts["ready"].isna())
        in_time = acts["rechecked_on"] < acts["due"]
        acts = acts.assign(n=n, maybe=maybe, timely=n & in_time, maybe_in_time=maybe & in_time)
        names = ["n", "timely", "maybe", "maybe_in_time"]
        counted = acts.groupby([J, "order"], as_index=False, sort=False)[names].sum()
        short = filled(frame.merge(counted, on=[J, "order"], how="left"), *names).merge(self.county[[J, "name"]], on=J)
        unknown = short["due"].isna()
        found = short[unknown | (short["timely"] == 0) & (short["due"] <= NOW)].reset_index(drop=True)
        found["until"] = found["due"].fillna(NEVER)
        proven = self.proof(found, "rectify_order", "name", "issued_on", "until")
        proven &= self.proof(found, "recheck", "name", "issued_on", "until")
        weak = found["due"].isna() | (found["maybe_in_time"] > 0) | ~proven
        found["status"] = status(found, (weak, "unproven"), (found["n"] > 0, "late"), (found["maybe"] > 0, "unproven"))
        found = with_evidence(found, acts[acts["n"]], [J, "order"], ["rechecked_on", "doc_no"], "doc_no")
        name = "county-rechecks-orders"
        bearers = self.county.assign(bearer=self.county[J], who=self.county["name"], s=EVER, e=NEVER)
        return [
            shown(found, name, J, found["due"], 1, found["n"], found["order"]),
            self.blind(name, bearers, "rectify_order", ("2023-01-01", "2024-02-05"), AS_OF_MOMENT, 7),
        ]

    def reports_sent(self) -> list[pd.DataFrame]:
        dues = pd.DataFrame(
            {
                "m": [T("2023-11-01"), T("2023-12-01"), T("2024-01-01")],
                "a": [T("2023-11-03"), T("2023-12-01"), T("2024-01-01")],
                "due": [T("2023-11-28"), T("2023-12-26"), T("2024-01-26")],
            }
        )
        frame = self.town.merge(dues, how="cross")
        key = [J, "town", "m"]
        sent = self.newest("submission", ["submission_id"], ["town", "kind", "month", "sent_at"])
        sent = sent[(sent["kind"] == "阶段性进展") & (sent["sent_at"] <= NOW)].drop(columns="submitted_at")
        acts = frame[[*key, "due"]].merge(sent, on=[J, "town"])
        n = acts["month"].dt.to_period("M").dt.to_timestamp() == acts["m"]
        maybe, in_time = acts["month"].isna(), acts["sent_at"] <= acts["due"]
        acts = acts.assign(n=n, maybe=maybe, timely=n & in_time, maybe_in_time=maybe & in_time)
        names = ["n", "timely", "maybe", "maybe_in_time"]
        counted = acts.groupby(key, as_index=False, sort=False)[names].sum()
        frame = filled(frame.merge(counted, on=key, how="left"), *names)
        found = frame[frame["timely"] == 0].reset_index(drop=True)
        proven = self.proof(found, "submission", "bureau", "a", "due")
        weak = (found["maybe_in_time"] > 0) | ~proven
        found["status"] = status(found, (weak, "unproven"), (found["n"] > 0, "late"), (found["maybe"] > 0, "unproven"))
        found = with_evidence(found, acts[acts["n"]], key, ["sent_at", "submission_id"], "submission_id")
        return [shown(found, "stage-report-sent", "town", found["due"], 1, found["n"], period=found["m"])]

    def majors_detailed(self) -> list[pd.DataFrame]:
        on = [J, "town", "month"]
        details = self.newest("major_detail", ["town", "month", "serial"], ["made_on"])
        details = details[details["made_on"] < NOW].groupby(on, as_index=False, sort=False).size()
        frame = self.newest("stat_report", ["town", "month", "line"], ["made_on", "maj_found"])
        frame = frame[(frame["line"] == "本期") & (frame["made_on"] >= T("2023-11-03")) & (frame["made_on"] < NOW)]
        frame = filled(frame.merge(details.rename(columns={"size": "n"}), on=on, how="left"), "n")
        frame["due"] = frame["made_on"] + DAY
        frame["a"] = frame["month"].clip(lower=T("2023-11-03"))
        frame["b"] = np.minimum(frame["due"], frame["month"] + pd.offsets.MonthBegin(1))
        proven = self.proof(frame, "stat_report", "town", "a", "b", "centre")
        proven &= self.proof(frame, "major_detail", "town", "a", "b", "centre")
        equal = frame["maj_found"] == frame["n"]
        frame["status"] = status(frame, (frame["maj_found"].isna() | ~proven, "unproven"))
        found = frame.assign(equal=equal)[~equal | ~proven]
        id_ = found["town"] + "/" + found["month"].dt.strftime("%Y-%m-%d") + "/" + found["line"]
        found["evidence"] = [[one] for one in id_]
        name = "majors-detailed"
        bearers = self.town.assign(bearer=self.town["town"], who=self.town["town"], s=EVER, e=NEVER)
        return [
            shown(found, name, "town", found["due"], 1, found["equal"], id_),
            self.blind(name, bearers, "stat_report", ("2023-11-03", "2024-02-05"), AS_OF_MOMENT, 40, "centre"),
        ]

    def no_blasting(self) -> list[pd.DataFrame]:
        warnings = self.newest("weather", ["warning_id"], ["kind", "colour", "issued_at", "lifted_at", "towns"])
        warnings = warnings[
            warnings["kind"].isin(["暴雪", "暴雨", "道路结冰", "冰冻"])
            & warnings["colour"].isin(["橙", "红"])
            & warnings["issued_at"].between(T("2023-11-03"), NOW)
        ]
        warnings = warnings.assign(lifted=warnings["lifted_at"].fillna(NEVER)).rename(columns={"towns": "town"})
        warnings = warnings[[J, "warning_id", "issued_at", "lifted", "town"]].explode("town")
        mine = self.mine[self.mine["mine_type"].isin(["露天", "露天转地下"]) & (self.mine["status"] == "生产")]
        stormy = mine[[*MINE, "town", "s", "e"]].merge(warnings, on=[J, "town"])
        stormy = stormy[(stormy["s"] < stormy["lifted"]) & (stormy["e"] > stormy["issued_at"])]
        stormy = stormy.assign(
            ls=np.maximum(stormy["s"], stormy["issued_at"]), le=np.minimum(stormy["e"], stormy["lifted"])
        )
        key = [*MINE, "warning_id"]
        stormy = stormy.groupby([*key, "town", "lifted"], as_index=False, sort=False).agg(
            ls=("ls", "min"), le=("le", "max")
        )
        stormy = stormy.merge(self.ended, on=MINE)
        stormy = stormy[stormy["ended"] >= stormy["lifted"]]
        blasts = self.newest("blast", ["blast_no"], [E, "fired_at"])
        blasts = blasts[blasts["fired_at"].between(T("2023-11-03"), NOW)]
        hits = blasts.merge(stormy[[*key, "ls", "le"]], on=MINE)
        hits = hits[(hits["fired_at"] >= hits["ls"]) & (hits["fired_at"] < hits["le"])]
        counted = hits.groupby(key, as_index=False, sort=False).size().rename(columns={"size": "n"})
        frame = filled(stormy.merge(counted, on=key, how="left"), "n")
        proven = self.proof(frame, "blast", "town", "ls", "le")
        found = frame[(frame["n"] > 0) | (frame["lifted"] <= NOW) & ~proven]
        found = found.assign(status=np.where(found["n"] > 0, "breached", "unproven"))
        found = with_evidence(found, hits, key, ["fired_at", "blast_no"], "blast_no")
        due = found["lifted"].where(found["lifted"] < NEVER)
        return [shown(found, "no-blasting-in-severe-weather", E, due, 0, found["n"], found["warning_id"])]


def read(file: str, columns: list[str] | None = None) -> pd.DataFrame:
    """A Parquet file, dates as Timestamps: those can be compared by the column."""
    frame = pq.read_table(file, columns=columns).to_pandas(date_as_object=False)
    return frame.astype(dict.fromkeys(frame.select_dtypes("datetime").columns, "datetime64[us]"))
