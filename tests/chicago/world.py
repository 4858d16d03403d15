"""The city's rows as pandas reads them, what is known of them as of a moment, and tallies that the tests make up."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

FILES = {"establishment": "establishments_2013", "canvass": "canvass", "visit": "visits"}
HIGH, MEDIUM, LOW = "Risk 1 (High)", "Risk 2 (Medium)", "Risk 3 (Low)"
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class World:
    """What is known at the end of `today`; dues until the end of `over` have passed. `day` is the day of a row."""

    establishment: pd.DataFrame
    canvass: pd.DataFrame
    visit: pd.DataFrame
    tally: pd.DataFrame
    today: pd.Timestamp
    over: pd.Timestamp

    def at(self, as_of: str) -> World:
        """As of a day's end, or as of a moment of a day."""
        day = pd.Timestamp(as_of[:10])
        logs = {name: getattr(self, name) for name in ("canvass", "visit", "tally")}
        seen = {name: log[log.day <= day] for name, log in logs.items()}
        return replace(self, today=day, over=day - DAY if len(as_of) > 10 else day, **seen)

    def without(self, name: str, column: str, rows: pd.Index) -> World:
        """The same, but that some cells of a log are empty."""
        log = getattr(self, name).copy()
        log.loc[rows, column] = ""
        return replace(self, **{name: log})

    @cached_property
    def failed(self) -> pd.DataFrame:
        return self.canvass[self.canvass.results == "Fail"]

    @cached_property
    def seen_again(self) -> pd.DataFrame:
        return self.visit[self.visit.inspection_purpose == "Canvass Re-Inspection"]


def unpack(source: Path, folder: Path) -> None:
    """The city's files, under the names of the pack's record types."""
    for name, file in FILES.items():
        with gzip.open(source / f"{file}.csv.gz") as packed:
            (folder / f"{name}.csv").write_bytes(packed.read())


def read(folder: Path) -> World:
    """All rows of the unpacked files."""
    tables = {name: pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False) for name in FILES}
    for name in ("canvass", "visit"):
        tables[name]["day"] = pd.to_datetime(tables[name].inspection_date)
    last = pd.Timestamp("2099-12-31")
    return World(**tables, tally=tallies(tables["canvass"]), today=last, over=last)


def tallies(canvass: pd.DataFrame) -> pd.DataFrame:
    """Each month's canvasses and failures, made on the fifth of the next month; some wrong, empty, or missing."""
    months = canvass.day.dt.to_period("M")
    counted = canvass.groupby(months).size().astype("Int64")
    failed = (canvass.results == "Fail").groupby(months).sum().astype("Int64")
    made = pd.DataFrame({"canvasses": counted, "failures": failed, "total": counted.cumsum()})
    made.iloc[4::5, 0] += 1
    made.iloc[7::9, 1] = pd.NA
    made.iloc[11, 2] = pd.NA
    made.insert(0, "month", made.index.to_timestamp())
    made.insert(1, "made_on", (made.month + pd.DateOffset(months=1) + 4 * DAY).dt.strftime("%Y-%m-%d"))
    made = made.drop(index=made.index[20]).reset_index(drop=True)
    return made.assign(day=pd.to_datetime(made.made_on))


def tables(world: World) -> dict[str, pd.DataFrame]:
    """The rows as they are handed in, by record type."""
    found = {name: getattr(world, name).drop(columns="day", errors="ignore") for name in (*FILES, "tally")}
    found["tally"] = found["tally"].assign(month=found["tally"].month.dt.strftime("%Y-%m"))
    return found
