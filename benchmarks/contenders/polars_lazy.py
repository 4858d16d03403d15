"""Hand-written polars: lazy scans on the streaming engine, counts first, evidence only for what is found."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
from polars import col

from workload import AS_OF_MOMENT, FINDINGS, files

TITLE = "polars by hand"
PACKAGES = ("polars",)

NOW = datetime.fromisoformat(AS_OF_MOMENT)
TODAY = NOW.date()
EVER, NEVER = date(1, 1, 1), date(9999, 1, 1)
J, E = "jurisdiction", "enterprise_id"
MINE = [J, E]
MONTHS = pl.LazyFrame(
    {
        "m": [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)],
        "a": [date(2023, 11, 11), date(2023, 12, 1), date(2024, 1, 1)],
        "b": [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)],
    }
)
DAY = pl.duration(days=1)


def run(folder: Path, out: Path) -> None:
    work = Work(folder)
    parts = [
        work.head_leads(), work.town_covers(), work.county_share(), work.special_meeting(), work.staff_trained(),
        work.units_covered(), work.hazards_corrected(), work.majors_rectified(), work.orders_rechecked(),
        work.reports_sent(), work.majors_detailed(), work.no_blasting(),
    ]  # fmt: skip
    pl.concat(part for one in parts for part in one).lazy().sink_parquet(out)


def unsure(*conditions: pl.Expr) -> pl.Expr:
    """unproven where any condition holds, else breached."""
    return pl.when(pl.any_horizontal(*conditions)).then(pl.lit("unproven")).otherwise(pl.lit("breached"))


def shown(found: pl.LazyFrame, obligation: str, bearer: str, due: pl.Expr, required: pl.Expr, observed: pl.Expr,
          trigger: pl.Expr | None = None, period: pl.Expr | None = None) -> pl.DataFrame:  # fmt: skip
    """The columns of FINDINGS; `found` has `status` and `evidence`."""
    return found.select(
        obligation=pl.lit(obligation),
        jurisdiction=col(J),
        bearer_id=col(bearer),
        trigger_id=trigger if trigger is not None else pl.lit(""),
        period_start=period if period is not None else pl.lit(None, pl.Date),
        due=due.cast(pl.Datetime("us")),
        status=col("status"),
        required=required.cast(pl.Float64),
        observed=observed.cast(pl.Float64),
        evidence=col("evidence"),
    ).select(list(FINDINGS)).collect(engine="streaming")  # fmt: skip


def with_evidence(found: pl.LazyFrame, acts: pl.LazyFrame, on: list[str], order: list[str], id_: str) -> pl.LazyFrame:
    """`found` with the ids of the acts that have the same `on`, in order."""
    ids = (
        acts.join(found.select(on).unique(), on=on, how="semi")
        .sort(order)
        .group_by(on, maintain_order=True)
        .agg(col(id_).alias("evidence"))
    )
    return found.join(ids, on=on, how="left").with_columns(
        col("evidence").fill_null(pl.lit([], dtype=pl.List(pl.String)))
    )


class Work:
    """One folder: what several obligations read is made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        roster = self.newest("enterprise", [E, "valid_from"])
        self.mine = (
            roster.select(
                J, E, "town", "mine_type", "status", "bureau", "employees", "unit_count", "head", "legal_person",
                s=col("valid_from").fill_null(EVER),
                e=(col("valid_to") + DAY).fill_null(NEVER),
                stopped=col("status") == "长期停产(无人作业)",
            ).collect().lazy()
        )  # fmt: skip
        whole = self.mine.group_by(MINE).agg(col("s").min(), col("e").max(), col("town", "bureau").first())
        self.mine1 = whole.collect().lazy()
        self.ended = self.mine1.select(*MINE, ended="e")
        self.town = self.newest("town", ["town"]).select(J, "town", "centre", "bureau").collect().lazy()
        self.county = self.newest("county", ["name"]).select(J, "name").collect().lazy()
        self.proven = self.hand_ins()
        self.check = self.checks()
        self.target = self.targets()

    def newest(self, record: str, key: list[str]) -> pl.LazyFrame:
        """The newest known rows of a record type. Only keys that come twice are sorted; most types have none."""
        known = pl.scan_parquet(files(self.folder, record)).filter(col("submitted_at") <= NOW)
        print_ = pl.struct(J, *key).hash().alias("h")
        twice = known.select(print_).group_by("h").len().filter(col("len") > 1).select("h").collect(engine="streaming")
        if twice.is_empty():
            return known
        marked = known.with_columns(print_)
        alone = marked.join(twice.lazy(), on="h", how="anti")
        last = marked.join(twice.lazy(), on="h", how="semi").sort("submitted_at").unique([J, *key], keep="last")
        return pl.concat([alone, last])

    def hand_ins(self) -> pl.DataFrame:
        """kind, type, jurisdiction, who, ps, pe: days handed in, merged; kind `centre`: by the centre or its town."""
        line = (
            pl.scan_parquet(files(self.folder, "manifest"))
            .filter(col("received_at") <= NOW)
            .select(
                J, "sender", "subject",
                type="record_type",
                ps="covered_from",
                pe=pl.min_horizontal(col("covered_through"), col("received_at").cast(pl.Date)) + DAY,
            )
        )  # fmt: skip
        own = line.filter(col("sender") == col("subject")).select(
            pl.lit("").alias("kind"), "type", J, pl.col("sender").alias("who"), "ps", "pe"
        )
        names = pl.concat([self.town.select(J, "town", sender=name) for name in ("town", "centre")])
        centre = (
            line.filter(col("type").is_in(["inspection", "stat_report", "major_detail"]))
            .join(names, on=[J, "sender"])
            .join(names.rename({"sender": "subject"}), on=[J, "subject", "town"], how="semi")
            .select(pl.lit("centre").alias("kind"), "type", J, pl.col("town").alias("who"), "ps", "pe")
        )
        group = ["kind", "type", J, "who"]
        return (
            pl.concat([own, centre])
            .filter(col("ps") < col("pe"))
            .sort(*group, "ps", "pe")
            .with_columns(before=col("pe").cum_max().shift(1).over(group))
            .with_columns(island=(col("before").is_null() | (col("ps") > col("before"))).cum_sum().over(group))
            .group_by(*group, "island")
            .agg(col("ps").min(), col("pe").max())
            .drop("island")
            .collect()
        )

    def handed(self, found: pl.LazyFrame, type_: str, who: str, start: pl.Expr, kind: str = "") -> pl.LazyFrame:
        """`found` with `pe`: up to when the days from `start` on were handed in (null: not even that one)."""
        spans = self.proven.lazy().filter(col("kind") == kind, col("type") == type_).select(J, "who", "ps", "pe")
        return (
            found.with_columns(start.cast(pl.Date).alias("start_"))
            .sort("start_")
            .join_asof(
                spans.sort("ps"), left_on="start_", right_on="ps", by_left=[J, who], by_right=[J, "who"],
                check_sortedness=False,
            )
            .with_columns(pe=pl.when(col("pe") > col("start_")).then(col("pe")))
        )  # fmt: skip

    def proof(self, found: pl.LazyFrame, type_: str, who: str, start: pl.Expr, end: pl.Expr, kind: str = "",
              name: str = "proven") -> pl.LazyFrame:  # fmt: skip
        """`found` with the column `name`: whether each day of [start, end) was handed in."""
        got = self.handed(found, type_, who, start, kind)
        return got.with_columns((col("pe") >= end.cast(pl.Date)).fill_null(False).alias(name)).drop(
            "pe", "start_", "ps", strict=False
        )

    def blind(self, obligation: str, bearers: pl.LazyFrame, type_: str, window: tuple[date, date], due: datetime, lag: int,
              kind: str = "") -> pl.DataFrame:  # fmt: skip
        """One unproven duty for each of `bearers` (bearer, who, s, e) with days not handed in on which a trigger may lie."""
        alive = bearers.with_columns(
            a=pl.max_horizontal(col("s"), pl.lit(window[0])), b=pl.min_horizontal(col("e"), pl.lit(window[1]))
        ).filter(col("a") < col("b"))
        found = (
            self.handed(alive, type_, "who", col("a"), kind)
            .filter(col("pe").is_null() | (col("pe") < col("b")))
            .with_columns(first=col("pe").fill_null(col("a")) + pl.duration(days=lag + 1))
            .with_columns(due=pl.max_horizontal(col("first").cast(pl.Datetime("us")), pl.lit(due)))
            .filter(col("due") <= NOW)
            .with_columns(status=pl.lit("unproven"), evidence=pl.lit([], dtype=pl.List(pl.String)))
        )
        return shown(found, obligation, "bearer", col("due"), pl.lit(None), pl.lit(None))

    # --- inspections

    def checks(self) -> pl.LazyFrame:
        levels, full = col("levels"), col("purpose") != "复查"
        return (
            self.newest("inspection", ["inspection_id"])
            .filter(col("start_at") >= datetime(2023, 11, 11), col("start_at") < datetime(2024, 2, 1))
            .select(
                J, E, "inspection_id", "start_at", "leaders",
                d=col("start_at").cast(pl.Date),
                m=col("start_at").cast(pl.Date).dt.truncate("1mo"),
                led=levels.list.contains("企业主要负责人带队"),
                by_town=levels.list.contains("镇中心"),
                by_county=levels.list.contains("县局"),
                full=pl.when(col("refused").fill_null(False)).then(False).otherwise(full),
            )
            .filter(col("led") | col("by_town") | col("by_county"))
            .collect(engine="streaming")
            .lazy()
        )  # fmt: skip

    def head_leads(self) -> list[pl.DataFrame]:
        working = self.mine.filter(~col("stopped"))
        has = col("leaders").list.contains
        led = (
            self.check.filter("led")
            .join(working.select(*MINE, "s", "e", "head", "legal_person"), on=MINE)
            .filter(col("d") >= col("s"), col("d") < col("e"))
            .with_columns(ok=has(col("head")) | has(col("legal_person")).fill_null(False))
            .filter(col("ok").fill_null(True))
            .select(*MINE, "m", "d", "start_at", "inspection_id", "ok")
            .collect(engine="streaming")
            .lazy()
        )
        counted = led.group_by(*MINE, "m").agg(n=col("d").filter(col("ok")).n_unique(), maybe=col("ok").is_null().sum())
        frame = (
            working.join(MONTHS, how="cross")
            .filter(col("s") < col("b"), col("e") > col("a"))
            .group_by(*MINE, "town", "m", "b")
            .agg(ls=pl.max_horizontal("s", "a").min(), le=pl.min_horizontal("e", "b").max())
            .join(self.ended, on=MINE)
            .filter(col("ended") >= col("b"))
            .join(counted, on=[*MINE, "m"], how="left")
            .with_columns(col("n", "maybe").fill_null(0))
            .filter(col("n") < 2)
        )
        found = self.proof(frame, "inspection", "town", col("ls"), col("le")).with_columns(
            status=unsure(col("n") + col("maybe") >= 2, ~col("proven"))
        )
        acts = led.filter(col("ok"))
        found = with_evidence(found, acts, [*MINE, "m"], ["start_at", "inspection_id"], "inspection_id")
        return [shown(found, "head-leads-inspections", E, col("b"), pl.lit(2), col("n"), period=col("m"))]

    def targets(self) -> pl.LazyFrame:
        """Mines that were there throughout a month, and what reached them in it; working: at work throughout."""
        held = (pl.min_horizontal("e", "b") - pl.max_horizontal("s", "a")).alias("held")
        there = (
            self.mine.join(MONTHS, how="cross")
            .filter(col("s") < col("b"), col("e") > col("a"))
            .with_columns(held)
            .group_by(*MINE, "town", "m", "a", "b")
            .agg(col("held").sum(), working=col("held").filter(~col("stopped")).sum())
            .filter(col("held") == col("b") - col("a"))
            .with_columns(working=col("working") == col("held"))
        )
        town, county = col("by_town"), col("by_county")
        reached = (
            self.check.filter(town | county)
            .group_by(*MINE, "m")
            .agg(
                town_ok=(town & col("full").fill_null(False)).any(),
                town_maybe=(town & col("full").is_null()).any(),
                town_any=town.any(),
                county_ok=county.any(),
            )
        )
        flags = col("town_ok", "town_maybe", "town_any", "county_ok").fill_null(False)
        return there.join(reached, on=[*MINE, "m"], how="left").with_columns(flags).collect(engine="streaming").lazy()

    def town_covers(self) -> list[pl.DataFrame]:
        working = self.target.filter("working")
        short = (
            working.group_by(J, "town", "m", "a", "b")
            .agg(
                n=pl.len(), c=col("town_ok").sum(), anyhow=col("town_any").sum(),
                q=(col("town_maybe") & ~col("town_ok")).sum(),
            )
            .filter(col("c") < col("n"))
        )  # fmt: skip
        could = col("c") + pl.min_horizontal(col("q"), col("n") - col("c")) >= col("n")
        found = (
            self.proof(short, "inspection", "town", col("a"), col("b"), "centre")
            .with_columns(status=unsure(could, ~col("proven")))
            .filter((col("anyhow") < col("n")) | (col("status") == "unproven"))
        )
        here = working.join(found.select(J, "town", "m"), on=[J, "town", "m"], how="semi").select(*MINE, "town", "m")
        acts = self.check.filter(col("by_town") & col("full")).join(here, on=[*MINE, "m"])
        found = with_evidence(found, acts, [J, "town", "m"], ["inspection_id"], "inspection_id")
        return [shown(found, "town-covers-all-mines", "town", col("b"), col("n"), col("c"), period=col("m"))]

    def county_share(self) -> list[pl.DataFrame]:
        def need(many: pl.Expr) -> pl.Expr:
            return (many.cast(pl.Int64) * 30 + 99) // 100

        short = (
            self.target.group_by(J, "m", "a", "b")
            .agg(
                n=pl.len(), c=col("county_ok").sum(), n2=col("working").sum(),
                c2=(col("working") & col("county_ok")).sum(),
            )
            .filter(col("c").cast(pl.Int64) < need(col("n")))
            .join(self.county, on=J)
        )  # fmt: skip
        found = (
            self.proof(short, "inspection", "name", col("a"), col("b"))
            .with_columns(status=unsure(~col("proven")))
            .filter(~col("proven") | (col("n2") == 0) | (col("c2").cast(pl.Int64) < need(col("n2"))))
        )
        here = self.target.join(found.select(J, "m"), on=[J, "m"], how="semi").select(*MINE, "m")
        acts = self.check.filter("by_county").join(here, on=[*MINE, "m"], how="semi")
        found = with_evidence(found, acts, [J, "m"], ["inspection_id"], "inspection_id")
        return [shown(found, "county-checks-share", J, col("b"), need(col("n")), col("c"), period=col("m"))]

    # --- what a mine keeps

    def live(self, start: date, end: date, where: pl.Expr) -> pl.LazyFrame:
        """Mines for which `where` holds on some days of [start, end) and that did not end before: first and last of them."""
        return (
            self.mine.filter(where, col("s") < end, col("e") > start)
            .sort("s")
            .group_by(MINE)
            .agg(
                col("town").first(),
                col("unit_count").is_null().any().alias("blank"),
                ls=pl.max_horizontal(col("s"), pl.lit(start)).min(),
                le=pl.min_horizontal(col("e"), pl.lit(end)).max(),
                employees=col("employees").last(),
            )
            .join(self.ended, on=MINE)
            .filter(col("ended") >= end)
        )

    def special_meeting(self) -> list[pl.DataFrame]:
        due = datetime(2023, 11, 11)
        kinds = col("kinds").list
        acts = (
            self.newest("enterprise_meeting", ["meeting_id"])
            .filter(col("held_on") >= datetime(2023, 11, 3), col("held_on") <= NOW)
            .with_columns(ok=kinds.contains("专题会") | kinds.contains("动员部署"))
            .filter(col("ok").fill_null(True))
            .select(*MINE, "meeting_id", "held_on", "ok")
        )
        live = self.live(date(2023, 11, 3), date(2023, 11, 11), ~col("stopped"))
        mine = acts.join(live.select(*MINE, "ls"), on=MINE).filter(col("held_on") >= col("ls").cast(pl.Datetime("us")))
        in_time = col("held_on") <= due
        counted = mine.group_by(MINE).agg(
            n=col("ok").sum(), timely=(col("ok") & in_time).sum(),
            maybe=col("ok").is_null().sum(), maybe_in_time=(col("ok").is_null() & in_time).sum(),
        )  # fmt: skip
        short = live.join(counted, on=MINE, how="left").with_columns(
            col("n", "timely", "maybe", "maybe_in_time").fill_null(0)
        )
        found = self.proof(
            short.filter(col("timely") == 0), "enterprise_meeting", "town", col("ls"), col("le")
        ).with_columns(
            status=pl.when((col("maybe_in_time") > 0) | ~col("proven") | ((col("n") == 0) & (col("maybe") > 0)))
            .then(pl.lit("unproven"))
            .when(col("n") > 0)
            .then(pl.lit("late"))
            .otherwise(pl.lit("breached"))
        )
        found = with_evidence(found, mine.filter("ok"), MINE, ["held_on", "meeting_id"], "meeting_id")
        return [shown(found, "enterprise-special-meeting", E, pl.lit(due), pl.lit(1), col("n"))]

    def staff_trained(self) -> list[pl.DataFrame]:
        due = date(2024, 2, 1)
        acts = (
            self.newest("training", ["training_id"])
            .filter(col("held_on") >= date(2023, 11, 3), col("held_on") < TODAY, col("collective").fill_null(True))
            .select(*MINE, "training_id", "held_on", "collective", "trainees")
        )
        live = self.live(date(2023, 11, 3), due, ~col("stopped"))
        mine = acts.join(live.select(*MINE, "ls"), on=MINE).filter(col("held_on") >= col("ls"))
        in_time, people = col("held_on") < due, col("trainees").filter(col("collective"))
        unknown = col("collective").is_null() | col("trainees").is_null()
        counted = mine.group_by(MINE).agg(
            n=people.sum(), timely=col("trainees").filter(col("collective") & in_time).sum(),
            maybe=unknown.any(), maybe_in_time=(unknown & in_time).any(),
        )  # fmt: skip
        short = (
            live.join(counted, on=MINE, how="left")
            .with_columns(col("n", "timely").fill_null(0), col("maybe", "maybe_in_time").fill_null(False))
            .filter(col("timely") < col("employees"))
        )
        enough = col("n") >= col("employees")
        found = (
            self.proof(short, "training", "town", col("ls"), col("le"))
            .with_columns(
                status=pl.when(enough & ~col("maybe_in_time") & col("proven"))
                .then(pl.lit("late"))
                .otherwise(unsure(col("maybe"), ~col("proven")))
            )
            .filter((col("status") != "breached") | (col("timely") * 100 < col("employees") * 95))
        )
        counts = mine.filter(col("collective") & col("trainees").is_not_null())
        found = with_evidence(found, counts, MINE, ["held_on", "training_id"], "training_id")
        return [shown(found, "all-staff-trained", E, pl.lit(due), col("employees"), col("n"))]

    def units_covered(self) -> list[pl.DataFrame]:
        start, end = date(2023, 11, 11), date(2024, 2, 1)
        frame = self.live(start, end, ~col("stopped") & (col("unit_count").fill_null(1) > 0))
        units = self.newest("work_unit", ["unit_id"]).group_by(MINE).agg(n=pl.len())
        acts = (
            self.newest("unit_check", ["inspection_id", "unit_id"])
            .select(*MINE, "inspection_id", "unit_id", "checked_on")
            .filter(col("checked_on") >= start, col("checked_on") < end)
            .join(frame.select(*MINE, "ls", "le"), on=MINE)
            .filter(col("checked_on") >= col("ls"), col("checked_on") < col("le"))
        )
        covered = acts.group_by(MINE).agg(c=col("unit_id").n_unique())
        short = (
            frame.join(units, on=MINE)
            .join(covered, on=MINE, how="left")
            .with_columns(col("c").fill_null(0))
            .filter(col("blank") | (col("c") < col("n")))
            .collect(engine="streaming")
            .lazy()
        )
        found = self.proof(short, "unit_check", "town", col("ls"), col("le")).with_columns(
            status=unsure(col("blank"), ~col("proven"))
        )
        counts = acts.with_columns(id=pl.concat_str("inspection_id", "unit_id", separator="/"))
        found = with_evidence(found, counts, MINE, ["inspection_id", "unit_id"], "id")
        return [shown(found, "self-inspection-covers-units", E, pl.lit(end), col("n"), col("c"))]

    # --- hazards

    def each(self, triggers: pl.LazyFrame) -> pl.LazyFrame:
        """Hazards of mines that existed meanwhile and did not end before due, with the days on which both did."""
        return (
            triggers.join(self.mine1, on=MINE)
            .with_columns(
                ls=pl.max_horizontal("found_date", "s"),
                le=pl.min_horizontal(col("due").fill_null(NEVER), col("e")),
            )
            .filter(col("ls") < col("le"), (col("e") >= col("due")).fill_null(True))
            .with_columns(evidence=pl.concat_list("hazard_id"))
        )

    def hazards_corrected(self) -> list[pl.DataFrame]:
        triggers = (
            self.newest("hazard", ["hazard_id"])
            .filter(col("found_date") >= date(2023, 11, 11), col("found_date") < date(2024, 2, 1))
            .select(
                *MINE, "hazard_id", "found_date",
                due=col("deadline") + DAY,
                sure=(col("source") == "企业自查") & (col("level") == "一般"),
                done=pl.when(col("done_date") < TODAY, (col("recheck_result") != "不合格").fill_null(True)).then(col("done_date")),
            )
            .filter(col("sure").fill_null(True))
            .with_columns(unknown=col("sure").is_null() | col("due").is_null())
            .filter(col("unknown") | (col("due") <= TODAY) & ~(col("done") < col("due")).fill_null(False))
        )  # fmt: skip
        found = self.proof(self.each(triggers), "hazard", "town", col("ls"), col("le")).with_columns(
            status=pl.when(col("unknown"))
            .then(pl.lit("unproven"))
            .when(col("done").is_not_null())
            .then(pl.lit("late"))
            .otherwise(unsure(~col("proven")))
        )
        name = "hazards-corrected-in-time"
        return [
            shown(found, name, E, col("due"), pl.lit(1), col("done").is_not_null(), col("hazard_id")),
            self.blind(
                name, self.mine1.select(J, "s", "e", bearer=E, who="town"), "hazard",
                (date(2023, 11, 11), date(2024, 2, 1)), datetime(2024, 2, 1), 40,
            ),
        ]  # fmt: skip

    def majors_rectified(self) -> list[pl.DataFrame]:
        last = date(2023, 12, 31)
        places = ("exception_reported_date", "five_measure_date", "five_resp_date", "five_fund_date", "five_deadline_date", "five_plan_date")  # fmt: skip
        own = (col("county_deadline") > last).fill_null(False)
        excused = pl.all_horizontal(
            *(col(place) <= last for place in places), (col("five_fund") > 0).fill_null(True)
        ).fill_null(False)
        triggers = (
            self.newest("major_hazard", ["hazard_id"])
            .filter(col("found_date") >= date(2023, 11, 3), col("found_date") <= last)
            .with_columns(
                sure=col("confirm_result") == "重大",
                due=pl.lit(date(2024, 1, 1)),
                done=((col("acceptance").fill_null("合格") == "合格") & (col("done_date") < TODAY)).fill_null(False),
            )
            .filter(col("sure").fill_null(True))
            .filter(
                col("sure").is_null()
                | ~(
                    (col("done") & (col("done_date") <= last)) | excused | (col("done") & own & (col("done_date") <= col("county_deadline")))
                ).fill_null(False)
            )
        )  # fmt: skip
        found = (
            self.proof(self.each(triggers), "major_hazard", "bureau", col("ls"), col("le"))
            .with_columns(
                status=pl.when(col("sure").is_null())
                .then(pl.lit("unproven"))
                .when("done")
                .then(pl.lit("late"))
                .otherwise(unsure(~col("proven")))
            )
            .filter((col("status") != "breached") | ~(own & (col("county_deadline") >= TODAY)))
        )
        name = "major-hazard-rectified"
        return [
            shown(found, name, E, col("due"), pl.lit(1), col("done"), col("hazard_id")),
            self.blind(
                name, self.mine1.select(J, "s", "e", bearer=E, who="bureau"), "major_hazard",
                (date(2023, 11, 3), date(2024, 1, 1)), datetime(2024, 1, 1), 7,
            ),
        ]  # fmt: skip

    # --- county and towns

    def orders_rechecked(self) -> list[pl.DataFrame]:
        ready = pl.min_horizontal("applied_on", "deadline")  # of one that is empty: the other
        orders = (
            self.newest("rectify_order", ["doc_no"])
            .with_columns(ready=ready)
            .filter(
                col("issued_by") == "县",
                col("ready").is_between(date(2023, 11, 3), date(2024, 2, 10)).fill_null(True),
                col("issued_on").is_between(date(2023, 1, 1), TODAY, closed="left"),
            )
            .select(J, "issued_on", "ready", order="doc_no", due=col("ready") + pl.duration(days=11))
        )
        answers = (
            self.newest("recheck", ["doc_no"])
            .filter(col("rechecked_on") < TODAY)
            .select(J, "doc_no", "rechecked_on", "opinion", order="order_no")
            .join(orders, on=[J, "order"])
            .filter(col("rechecked_on") >= col("issued_on"))
            .with_columns(ok=(col("opinion") == "合格") | (col("rechecked_on") >= col("ready")))
            .filter(col("ok").fill_null(True))
        )
        in_time = (col("rechecked_on") < col("due")).fill_null(False)
        counted = answers.group_by(J, "order").agg(
            n=col("ok").sum(), timely=(col("ok") & in_time).sum(),
            maybe=col("ok").is_null().sum(), maybe_in_time=(col("ok").is_null() & in_time).sum(),
        )  # fmt: skip
        short = (
            orders.join(counted, on=[J, "order"], how="left")
            .with_columns(col("n", "timely", "maybe", "maybe_in_time").fill_null(0))
            .filter(col("due").is_null() | (col("timely") == 0) & (col("due") <= TODAY))
            .join(self.county, on=J)
        )
        found = self.proof(short, "rectify_order", "name", col("issued_on"), col("due"))
        found = self.proof(found, "recheck", "name", col("issued_on"), col("due"), name="proven2").with_columns(
            status=pl.when(col("due").is_null() | (col("maybe_in_time") > 0) | ~col("proven") | ~col("proven2"))
            .then(pl.lit("unproven"))
            .when(col("n") > 0)
            .then(pl.lit("late"))
            .otherwise(unsure(col("maybe") > 0))
        )
        found = with_evidence(found, answers.filter("ok"), [J, "order"], ["rechecked_on", "doc_no"], "doc_no")
        name, always = "county-rechecks-orders", {"s": pl.lit(EVER), "e": pl.lit(NEVER)}
        return [
            shown(found, name, J, col("due"), pl.lit(1), col("n"), col("order")),
            self.blind(
                name, self.county.select(J, bearer=J, who="name", **always), "rectify_order",
                (date(2023, 1, 1), TODAY), NOW, 7,
            ),
        ]  # fmt: skip

    def reports_sent(self) -> list[pl.DataFrame]:
        dues = pl.LazyFrame(
            {
                "m": [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)],
                "a": [date(2023, 11, 3), date(2023, 12, 1), date(2024, 1, 1)],
                "due": [date(2023, 11, 28), date(2023, 12, 26), date(2024, 1, 26)],
            }
        )
        frame = self.town.join(dues, how="cross")
        sent = (
            self.newest("submission", ["submission_id"])
            .filter(col("kind") == "阶段性进展", col("sent_at") <= NOW)
            .select(J, "town", "submission_id", "sent_at", "month")
        )
        acts = frame.join(sent, on=[J, "town"]).filter((col("month").dt.truncate("1mo") == col("m")).fill_null(True))
        in_time, named = col("sent_at") <= col("due").cast(pl.Datetime("us")), col("month").is_not_null()
        key = [J, "town", "m"]
        counted = acts.group_by(key).agg(
            n=named.sum(), timely=(named & in_time).sum(), maybe=(~named).sum(), maybe_in_time=(~named & in_time).sum()
        )
        short = (
            frame.join(counted, on=key, how="left")
            .with_columns(col("n", "timely", "maybe", "maybe_in_time").fill_null(0))
            .filter(col("timely") == 0)
        )
        found = self.proof(short, "submission", "bureau", col("a"), col("due")).with_columns(
            status=pl.when((col("maybe_in_time") > 0) | ~col("proven"))
            .then(pl.lit("unproven"))
            .when(col("n") > 0)
            .then(pl.lit("late"))
            .otherwise(unsure(col("maybe") > 0))
        )
        found = with_evidence(found, acts.filter(named), key, ["sent_at", "submission_id"], "submission_id")
        return [shown(found, "stage-report-sent", "town", col("due"), pl.lit(1), col("n"), period=col("m"))]

    def majors_detailed(self) -> list[pl.DataFrame]:
        details = (
            self.newest("major_detail", ["town", "month", "serial"])
            .filter(col("made_on") < TODAY)
            .group_by(J, "town", "month")
            .agg(n=pl.len())
        )
        frame = (
            self.newest("stat_report", ["town", "month", "line"])
            .filter(col("line") == "本期", col("made_on").is_between(date(2023, 11, 3), TODAY, closed="left"))
            .join(details, on=[J, "town", "month"], how="left")
            .select(
                J, "town", "maj_found",
                n=col("n").fill_null(0),
                id=pl.concat_str("town", col("month").cast(pl.String), "line", separator="/"),
                due=col("made_on") + DAY,
                a=pl.max_horizontal(col("month"), pl.lit(date(2023, 11, 3))),
                b=pl.min_horizontal(col("made_on") + DAY, col("month").dt.offset_by("1mo")),
            )
        )  # fmt: skip
        found = self.proof(frame, "stat_report", "town", col("a"), col("b"), "centre")
        found = self.proof(found, "major_detail", "town", col("a"), col("b"), "centre", "proven2")
        equal = (col("maj_found") == col("n")).fill_null(False)
        found = found.filter(~equal | ~col("proven") | ~col("proven2")).with_columns(
            status=unsure(col("maj_found").is_null(), ~col("proven"), ~col("proven2")),
            evidence=pl.concat_list("id"),
        )
        name, always = "majors-detailed", {"s": pl.lit(EVER), "e": pl.lit(NEVER)}
        return [
            shown(found, name, "town", col("due"), pl.lit(1), equal, col("id")),
            self.blind(
                name, self.town.select(J, bearer="town", who="town", **always), "stat_report",
                (date(2023, 11, 3), TODAY), NOW, 40, "centre",
            ),
        ]  # fmt: skip

    def no_blasting(self) -> list[pl.DataFrame]:
        moment = pl.Datetime("us")
        warnings = (
            self.newest("weather", ["warning_id"])
            .filter(
                col("kind").is_in(["暴雪", "暴雨", "道路结冰", "冰冻"]),
                col("colour").is_in(["橙", "红"]),
                col("issued_at").is_between(datetime(2023, 11, 3), NOW),
            )
            .select(J, "warning_id", "issued_at", town="towns", lifted=col("lifted_at").fill_null(datetime(9999, 1, 1)))
            .explode("town")
        )
        stormy = (
            self.mine.filter(col("mine_type").is_in(["露天", "露天转地下"]), col("status") == "生产")
            .select(*MINE, "town", s=col("s").cast(moment), e=col("e").cast(moment))
            .join(warnings, on=[J, "town"])
            .filter(col("s") < col("lifted"), col("e") > col("issued_at"))
            .group_by(*MINE, "town", "warning_id", "lifted")
            .agg(ls=pl.max_horizontal("s", "issued_at").min(), le=pl.min_horizontal("e", "lifted").max())
            .join(self.ended, on=MINE)
            .filter(col("ended").cast(moment) >= col("lifted"))
        )
        key = [*MINE, "warning_id"]
        hits = (
            self.newest("blast", ["blast_no"])
            .filter(col("fired_at").is_between(datetime(2023, 11, 3), NOW))
            .select(*MINE, "blast_no", "fired_at")
            .join(stormy.select(*key, "ls", "le"), on=MINE)
            .filter(col("fired_at") >= col("ls"), col("fired_at") < col("le"))
        )
        frame = stormy.join(hits.group_by(key).agg(n=pl.len()), on=key, how="left").with_columns(col("n").fill_null(0))
        end = pl.when(col("le") == col("le").dt.truncate("1d")).then(col("le")).otherwise(col("le").dt.offset_by("1d"))
        found = (
            self.proof(frame, "blast", "town", col("ls"), end)
            .filter((col("n") > 0) | (col("lifted") <= NOW) & ~col("proven"))
            .with_columns(status=pl.when(col("n") > 0).then(pl.lit("breached")).otherwise(pl.lit("unproven")))
        )
        found = with_evidence(found, hits, key, ["fired_at", "blast_no"], "blast_no")
        due = pl.when(col("lifted") < datetime(9999, 1, 1)).then(col("lifted"))
        return [shown(found, "no-blasting-in-severe-weather", E, due, pl.lit(0), col("n"), col("warning_id"))]
