"""A city's real food inspections, through a pack, against the same duties worked out in pandas (tests/chicago).

The data is not in the repository: `.ci/run` sets DUBAN_CHICAGO to its folder where that stands beside the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import duban
from chicago import DAY, EXPECTED, KEY, LOG, README, YEAR, World, city, periodic
from chicago.triggers import by_due
from chicago.world import read, tables, unpack
from duban.report.results import data_of

PACK = Path(__file__).parent / "fixtures" / "chicago-2013"
LAST_DAY, SOME_DAY, LATER, A_MOMENT = "2014-10-31", "2013-08-12", "2014-12-31", "2013-09-30T18:00:00Z"
COMPARED = ("status", "observed", "required", "enforceable", "days_overdue", "past_expected")
# A choice of all kinds of tests, for what is tried with several audits.
VARIED = [
    *README, "each-week", "class-visits", "covers-share", "no-failure-at-all", "class-stays", "failing-seen-twice",
    "high-risk-now-seen", "failure-seen-somehow", "visits-after-first-failure", "tally-agrees", "while-tallied",
]  # fmt: skip
AFTERWARDS = [
    "failure-seen-again", "no-failure-in-2014", "no-failure-at-all", "kinds-of-facility", "month-as-told",
    "week-or-the-next", "licensed-and-seen", "failure-looked-at", "tally-sum",
]  # fmt: skip
# Those whose pandas reads rows without a licence as perhaps anybody's.
NOBODYS = [
    *README, "each-quarter", "two-days-a-year", "failure-seen-in-sixty", "failure-seen-within-a-month",
    "failure-then-two-visits", "failure-seen-somehow", "first-failure-seen-again", "class-visits", "covers-share",
    "licensed-and-seen",
]  # fmt: skip

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("DUBAN_CHICAGO"),
        reason="REAL DATA NOT TESTED: DUBAN_CHICAGO does not name the folder of the city's inspections",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's three files."""
    found = tmp_path_factory.mktemp("chicago")
    unpack(Path(os.environ["DUBAN_CHICAGO"]), found)
    return found


@pytest.fixture(scope="module")
def everything(folder: Path) -> World:
    return read(folder)


@pytest.fixture(scope="module")
def with_tallies(folder: Path, everything: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's files, and the tallies that nobody but these tests made."""
    found = tmp_path_factory.mktemp("chicago-tallies")
    for file in folder.glob("*.csv"):
        shutil.copy(file, found)
    tables(everything)["tally"].to_csv(found / "tally.csv", index=False)
    return found


@pytest.fixture(scope="module")
def judged(with_tallies: Path) -> Callable[[str], pd.DataFrame]:
    """The duties of all obligations as of a day; one audit per day."""
    return lru_cache(lambda as_of: audited(with_tallies, as_of))


def audited(records: Any, as_of: str, *, pack: Path = PACK, **settings: Any) -> pd.DataFrame:
    """The duties of an audit, without their long texts."""
    columns = ", ".join(["obligation", "jurisdiction", *KEY, "due", *COMPARED])
    with duban.audit(records, pack, as_of=as_of, **settings) as result:
        return result.connection.execute(f"SELECT {columns} FROM duties").df()


# --- the comparison ---------------------------------------------------------------------------------------------------


def compare(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Equal counts of every status, equal keys, and equal further columns where both have them."""
    if found.trigger_id.str.startswith("#").any():
        found = by_due(found.assign(due=found.due - DAY))  # 24:00 of the day
    counts = [frame.status.value_counts().sort_index().to_dict() for frame in (found, expected)]
    shared = [name for name in ("obligation", *KEY, *COMPARED) if name in found and name in expected]
    left, right = (comparable(frame[shared]) for frame in (found, expected))
    both = left.add_suffix("_engine").join(right.add_suffix("_pandas"), how="outer")
    wrong = [both[f"{name}_engine"] != both[f"{name}_pandas"] for name in left]
    differing = both[np.any(wrong, axis=0)]
    shown = differing.head(12).to_string()
    assert differing.empty, f"engine {counts[0]}, pandas {counts[1]}; {len(differing)} differ:\n{shown}"
    assert counts[0] == counts[1]


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """By key, values as text: a number, nothing, and “no such duty” all compare."""
    periods = pd.to_datetime(frame.period_start).dt.strftime("%Y-%m-%d").fillna("")
    keyed = frame.assign(period_start=periods).set_index([name for name in frame if name not in COMPARED])
    assert not keyed.index.has_duplicates
    return keyed.apply(lambda column: column if column.name == "status" else as_text(column))


def as_text(column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype("Float64")
    return numbers.map("{:g}".format, na_action="ignore").astype("object").where(numbers.notna(), "nothing")


# --- the duties -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [LAST_DAY, SOME_DAY])
@pytest.mark.parametrize("obligation", EXPECTED)
def test_duties_are_those_of_pandas(
    obligation: str, as_of: str, everything: World, judged: Callable[[str], pd.DataFrame]
) -> None:
    found = judged(as_of)
    compare(found[found.obligation == obligation], EXPECTED[obligation](everything.at(as_of)))


def test_after_the_windows_it_is_late_or_over(everything: World, with_tallies: Path) -> None:
    found, world = audited(with_tallies, LATER, obligations=AFTERWARDS), everything.at(LATER)
    for obligation in AFTERWARDS:
        compare(found[found.obligation == obligation], EXPECTED[obligation](world))


def test_a_day_is_over_at_its_end(everything: World, with_tallies: Path) -> None:
    """As of a moment: what bears that day's date is there, what is due that day is not over."""
    found, world = audited(with_tallies, A_MOMENT, obligations=VARIED), everything.at(A_MOMENT)
    for obligation in VARIED:
        expected = EXPECTED[obligation](world).drop(columns="days_overdue", errors="ignore")
        compare(found[found.obligation == obligation], expected)


def test_every_obligation_is_worked_out_in_pandas_too(judged: Callable[[str], pd.DataFrame]) -> None:
    assert set(judged(LAST_DAY).obligation) == set(EXPECTED)


def test_what_is_decided_never_becomes_pending_again(judged: Callable[[str], pd.DataFrame]) -> None:
    before, after = (judged(day).set_index(["obligation", *KEY]).status for day in (SOME_DAY, LAST_DAY))
    decided = before.index[before != "pending"]
    assert "pending" not in set(after.loc[decided])


def test_the_three_duties_of_the_readme_alone(folder: Path, judged: Callable[[str], pd.DataFrame]) -> None:
    """Without the tallies' file, and without the scans that other obligations share with them."""
    among_others = judged(LAST_DAY)
    alone = audited(folder, LAST_DAY, obligations=README)
    compare(alone, among_others[among_others.obligation.isin(README)])


def test_the_command_line_writes_the_same_findings(folder: Path, everything: World, tmp_path: Path) -> None:
    chosen = [word for name in README for word in ("--obligation", name)]
    command = [sys.executable, "-m", "duban", "audit", folder, "--rules", PACK, "--as-of", LAST_DAY, *chosen]
    command += ["--out", tmp_path / "out", "--fail-on", "breached", "--quiet"]
    done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    assert done.returncode == 1, done.stderr.decode()
    files = [data_of(tmp_path / "out") / f"{name}.csv" for name in ("violations", "unproven")]
    written = pd.concat([pd.read_csv(file, dtype=str, keep_default_na=False) for file in files])
    for name in README:
        expected = EXPECTED[name](everything.at(LAST_DAY))[[*KEY, "status"]]
        accusing = expected[expected.status.isin(["breached", "late", "unproven"])]
        compare(written[written.obligation == name], accusing)


# --- the same data, handed in otherwise -------------------------------------------------------------------------------


def test_files_and_order_do_not_matter(
    everything: World, tmp_path: Path, judged: Callable[[str], pd.DataFrame]
) -> None:
    """The rows of each type shuffled and split over three files, under other headers."""
    for name, rows in tables(everything).items():
        shuffled = rows.sample(frac=1, random_state=7).rename(columns=lambda column: column.replace("_", " ").upper())
        for part in range(3):
            shuffled.iloc[part::3].to_csv(tmp_path / f"{name}_{part}.csv", index=False)
    expected = judged(LAST_DAY)
    compare(audited(tmp_path, LAST_DAY, obligations=VARIED), expected[expected.obligation.isin(VARIED)])


def test_two_cities_are_judged_apart(everything: World) -> None:
    """Licences dealt out to two jurisdictions: together they give what each gives alone."""
    dealt = tables(everything)
    for name, rows in dealt.items():
        even = rows.license.str[-1:].isin(list("02468")) if "license" in rows else rows.month.notna()
        dealt[name] = rows.assign(jurisdiction=even.map({True: "North", False: "South"}))
    together = audited(dealt, LAST_DAY, obligations=VARIED)
    for name in ("North", "South"):
        own = {kind: rows[rows.jurisdiction == name] for kind, rows in dealt.items()}
        compare(together[together.jurisdiction == name], audited(own, LAST_DAY, obligations=VARIED))


def test_a_parameter_changes_what_is_required(everything: World, folder: Path) -> None:
    found = audited(folder, LAST_DAY, obligations=["each-week"], params={"few": 170})
    compare(found, periodic(city, "week", 170, LOG, bearer="city")(everything.at(LAST_DAY)))


def test_rows_that_name_nobody_might_be_anybodys(everything: World) -> None:
    """Some licences left empty: what such a row could still make good is unproven."""
    again, canvasses = everything.seen_again.index, everything.canvass.index
    others = everything.visit.index[everything.visit.inspection_purpose.isin(["Canvass", "License"])]
    world = everything.without("visit", "license", pd.Series(again).sample(30, random_state=3))
    world = world.without("visit", "license", pd.Series(others).sample(30, random_state=4))
    world = world.without("canvass", "license", pd.Series(canvasses).sample(8, random_state=5))
    found, known = audited(tables(world), LAST_DAY, obligations=NOBODYS), world.at(LAST_DAY)
    for obligation in NOBODYS:
        compare(found[found.obligation == obligation], EXPECTED[obligation](known))


def test_an_act_at_no_known_time_might_have_been_in_time(everything: World) -> None:
    """Re-inspections without a date: they might answer any failure of their licence."""
    undated = everything.seen_again[everything.seen_again.license != ""].sample(200, random_state=6)
    found = audited(
        tables(everything.without("visit", "inspection_date", undated.index)),
        LAST_DAY,
        obligations=["failure-seen-again"],
    )
    known = replace(everything, visit=everything.visit.drop(index=undated.index)).at(LAST_DAY)
    expected = EXPECTED["failure-seen-again"](known).drop(columns="days_overdue")
    open_still = expected.status.isin(["late", "breached"]) & expected.bearer_id.isin(undated.license)
    assert open_still.sum() > 20
    compare(found, expected.assign(status=expected.status.mask(open_still, "unproven")))


def test_a_corrected_row_counts_once_it_is_known(everything: World) -> None:
    """Two hundred failures, handed in again as passed on a day in June."""
    handed_in = tables(everything)
    wrong = handed_in["canvass"].inspection_id.isin(everything.failed.inspection_id.sample(200, random_state=11))
    again = handed_in["canvass"][wrong].assign(results="Pass", submitted_at="2014-06-01 09:00")
    handed_in["canvass"] = [handed_in["canvass"], again]
    right = everything.canvass.assign(results=everything.canvass.results.mask(wrong, "Pass"))
    for known_by, world in {"2014-06-01T08:59": everything, "2014-06-01": replace(everything, canvass=right)}.items():
        found = audited(handed_in, LAST_DAY, known_by=known_by, obligations=["failure-seen-again"])
        compare(found, EXPECTED["failure-seen-again"](world.at(LAST_DAY)))


def test_waivers_excuse_while_they_hold(everything: World, folder: Path) -> None:
    """Every fifth licence: excused in 2013 for good; after failures that were due until June, until this autumn."""
    excused = set(everything.establishment.license[::5]) | set(everything.failed.license[::5])
    common = {"reason": "tried", "approved_by": "somebody", "approved_on": "2014-08-01", "from": "2013-01-01"}
    until = {"high-risk-twice-a-year": "2014-06-30", "failure-seen-again": "2014-06-30"}
    waivers = [
        {"obligation": name, "bearer": bearer, "until": last, **common}
        for name, last in until.items()
        for bearer in sorted(excused)
    ]
    found = audited(folder, LAST_DAY, obligations=list(until), waivers=waivers)
    for name in until:
        expected = EXPECTED[name](everything.at(LAST_DAY))
        open_still = ~expected.status.isin(["met", "not_applicable"]) & expected.bearer_id.isin(excused)
        if "due" in expected:  # to respond: only what was done while the waiver held
            done = expected.due + pd.to_timedelta(expected.days_overdue.where(expected.status == "late"), "D")
            open_still &= expected.due.between("2013-01-01", "2014-06-30") & (done <= "2014-06-30")
        expected["status"] = expected.status.mask(open_still, "waived")
        compare(found[found.obligation == name], expected.drop(columns="days_overdue", errors="ignore"))
        assert open_still.sum() > 3


# --- what was not handed in -------------------------------------------------------------------------------------------

# Canvasses and visits as they might have been handed in: type, first and last day, received.
HANDED_IN = [
    ("canvass", "2011-09-02", "2013-06-30", "2013-07-05"),
    ("canvass", "2013-07-15", "2014-12-31", "2014-11-20"),
    ("visit", "2011-01-01", "2014-09-30", "2014-10-05"),
    ("canvass", "2013-07-01", "2013-07-20", "2014-12-01"),
]


@pytest.mark.parametrize("known_by", ["2013-12-31", "2014-10-31", "2014-11-30", "2014-12-31"])
def test_what_was_not_handed_in_accuses_nobody(everything: World, known_by: str, tmp_path: Path) -> None:
    """The same duties of a pack that takes nothing as complete, with a manifest; rows are dated by their files."""
    world = hand_in(everything, tmp_path / "records", known_by)
    found = audited(tmp_path / "records", LAST_DAY, pack=declared(tmp_path), known_by=known_by, obligations=README)
    gaps = {name: uncovered_days(name, known_by) for name in ("canvass", "visit")}
    for name in README:
        own, expected = found[found.obligation == name], EXPECTED[name](world)
        if "due" in expected:
            blind = own[own.trigger_id == ""]  # one for each licence whose failures cannot all be known
            all_known = is_covered(gaps["canvass"], *map(pd.Timestamp, LOG))
            assert set(blind.bearer_id) == (set() if all_known else set(world.canvass.license))
            assert set(blind.status) <= {"unproven"}
            own = own[own.trigger_id != ""]
            sound = are_covered(gaps["canvass"], expected) & are_covered(gaps["visit"], expected)
        else:
            sound = is_covered(gaps["canvass"], *map(pd.Timestamp, YEAR))
        unsound = expected.status.isin(["breached", "late"]) & ~np.asarray(sound)
        expected["status"] = expected.status.mask(unsound, "unproven")
        compare(own, expected.drop(columns="days_overdue", errors="ignore"))


def declared(folder: Path) -> Path:
    """The pack, but that its data is complete only where the manifest says so."""
    pack = folder / PACK.name
    shutil.copytree(PACK, pack)
    header = (pack / "pack.yaml").read_text(encoding="utf-8")
    (pack / "pack.yaml").write_text(header.replace("complete: assumed", "complete: declared"), encoding="utf-8")
    return pack


def hand_in(everything: World, folder: Path, known_by: str) -> World:
    """Writes a file for each hand-in and the manifest; returns what is known by then."""
    folder.mkdir()
    handed_in = tables(everything)
    handed_in["establishment"].to_csv(folder / "establishment.csv", index=False)
    left = {name: getattr(everything, name) for name in ("canvass", "visit")}
    known = {name: [rows.iloc[:0]] for name, rows in left.items()}
    lines = []
    for number, (name, first, last, received) in enumerate(HANDED_IN):
        chosen = left[name].day.between(first, last)
        rows, left[name] = left[name][chosen], left[name][~chosen]
        file = f"{name}_{number}.csv"
        rows.drop(columns="day").to_csv(folder / file, index=False)
        lines.append(("Chicago", name, first, last, received, file))
        if received <= known_by:
            known[name].append(rows)
    columns = ["sender", "record_type", "covered_from", "covered_through", "received_at", "file"]
    pd.DataFrame(lines, columns=columns).to_csv(folder / "manifest.csv", index=False)
    return replace(everything, **{name: pd.concat(parts) for name, parts in known.items()}).at(LAST_DAY)


def uncovered_days(name: str, known_by: str) -> pd.Series:
    """How many uncovered days there were until the end of each; a hand-in covers no day after it was received."""
    days = pd.Series(1, index=pd.date_range("2011-01-01", "2015-12-31"))
    for record, first, last, received in HANDED_IN:
        if record == name and received <= known_by:
            days[first : min(last, received)] = 0
    return days.cumsum()


def is_covered(gaps: pd.Series, first: pd.Timestamp, last: pd.Timestamp) -> bool:
    return bool(gaps[last] == gaps[first - DAY])


def are_covered(gaps: pd.Series, duties: pd.DataFrame) -> pd.Series:
    """Whether no day from trigger to due is uncovered."""
    return duties.due.map(gaps) == (duties.day - DAY).map(gaps)
