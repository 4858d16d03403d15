"""Leads: what comes out of the sample county, what never does, and two kinds against plain Python on random data."""

from __future__ import annotations

import csv
import random
import re
import shutil
import unicodedata
from datetime import datetime, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import duban
from duban.auditing import leads_of
from duban.lead_cases import LeadCaseFile, lead_case_files
from duban.pack import Pack, load_pack
from duban.pack.kept import find_pack
from duban.pack.load import read_pack
from duban.report.leads import COLUMNS, LABEL
from duban.report.tables import write

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data" / "samples"
PACK = "zezhou-2023-331"


# ---- the sample county: /data/samples tells a story; what leads come of it was worked out by hand

with (ROOT / "tests" / "data" / "truth-leads.csv").open(encoding="utf-8-sig", newline="") as text:
    TRUTH = list(csv.DictReader(text))
VIEWS = sorted({(line["as_of"], line["known_by"]) for line in TRUTH})
END = "2024-02-20T23:59"


@cache
def sample_leads(as_of: str, known_by: str = "") -> list[dict[str, Any]]:
    rows, _ = leads_of(SAMPLES, load_pack(PACK), as_of, known_by=known_by or None)
    return rows


@pytest.mark.parametrize(("as_of", "known_by"), VIEWS)
def test_the_leads_are_those_of_the_table(as_of: str, known_by: str) -> None:
    """Every lead of its story (L1–L41), and none of what looks like it (K1–K41; N12's joint check, N28's late one)."""
    lines = [line for line in TRUTH if (line["as_of"], line["known_by"]) == (as_of, known_by)]
    expected = sorted((line["lead"], line["records"].split(" + ")) for line in lines)
    assert sorted((row["lead"], sorted(row["records"])) for row in sample_leads(as_of, known_by)) == expected


# What no story of the sample county tells; their own cases do (rules/…/cases).
UNTOLD = {"hazard-past-changed", "major-past-changed"}


def test_every_lead_of_the_pack_is_in_the_table() -> None:
    assert {line["lead"] for line in TRUTH} | UNTOLD == {lead.id for lead in load_pack(PACK).leads}
    assert not UNTOLD & {line["lead"] for line in TRUTH}


def test_l1_one_inspector_at_two_mines_at_once() -> None:
    (row,) = [row for row in sample_leads(END) if row["lead"] == "one-person-two-mines"]
    assert (row["bearer_ids"], row["towns"], str(row["period_start"])) == (["M35", "M36"], ["庚寨镇"], "2023-12-19")
    assert row["measured"] == 30  # 10:00 to 10:30
    assert all(place.startswith("庚寨镇/inspection_庚寨_2023-12") for place in row["places"]), row["places"]


def test_l2_three_mines_with_one_text() -> None:
    (row,) = [row for row in sample_leads(END) if row["lead"] == "same-findings-across-mines"]
    assert (row["bearer_ids"], row["measured"], row["many"]) == (["M01", "M02", "M03"], 1, 3)


def test_l3_one_photo_in_two_months() -> None:
    (row,) = [row for row in sample_leads(END) if row["lead"] == "attachment-reused"]
    assert (row["bearer_ids"], row["measured"]) == (["M38"], 2)
    assert [str(row["period_start"])[:7], str(row["period_end"])[:7]] == ["2023-11", "2023-12"]


# ---- the pack


def test_every_pattern_is_carried_or_said_why_not() -> None:
    pack = load_pack(PACK)
    carried = {name for lead in pack.leads for name in lead.pattern}
    said = {item.pattern for item in pack.not_carried}
    assert carried | said == {f"P{number:02}" for number in range(1, 33)}
    assert not carried & said


def test_every_lead_has_a_case_that_fires_and_one_that_does_not() -> None:
    pack = load_pack(PACK)
    fires: dict[str, set[bool]] = {}
    for path in lead_case_files(pack):
        file = LeadCaseFile.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
        fires.setdefault(file.lead, set()).update(bool(case.leads) for case in file.cases)
    assert fires == {lead.id: {True, False} for lead in pack.leads}


def test_thresholds_are_parameters_that_only_leads_read() -> None:
    pack = load_pack(PACK)
    text = (pack.folder / "leads.yaml").read_text(encoding="utf-8")
    named = set(re.findall(r"param\.(\w+)", text))
    assert named == {name for name, spec in pack.header.parameters.items() if spec.for_leads}


# ---- files, screen, Python


def small() -> dict[str, list[dict[str, Any]]]:
    check, day = {"levels": ["镇中心"], "leaders": ["王某某"], "findings": "=1+1"}, "2023-12-05"
    return {
        "enterprise": [
            {"enterprise_id": name, "name": f"样{name}矿", "town": "甲岭镇", "status": "生产"}
            for name in ("M01", "M02")
        ],
        "inspection": [
            {
                "inspection_id": name,
                "enterprise_id": mine,
                "start_at": f"{day} {start}",
                "end_at": f"{day} {end}",
                **check,
            }
            for name, mine, start, end in (("I1", "M01", "09:00", "11:00"), ("I2", "M02", "10:00", "12:00"))
        ],
    }


def judged(**options: Any) -> duban.Audit:
    return duban.audit(small(), PACK, as_of="2023-12-31", obligations=["town-covers-all-mines"], **options)


def test_leads_are_a_frame_of_their_own() -> None:
    with judged() as result:
        before = result.duties
        (row,) = result.leads.to_dict("records")
        assert (row["lead"], list(row["records"]), list(row["bearer_names"])) == (
            "one-person-two-mines",
            ["I1", "I2"],
            ["样M01矿", "样M02矿"],
        )
        assert result.duties.equals(before)
        assert "one-person-two-mines" not in set(result.duties["obligation"])


def test_leads_come_with_tables_that_are_kept() -> None:
    with judged(keep=True) as result:
        assert len(result.leads) == 1
        assert result.connection.execute('SELECT count(*) FROM "seen/inspection"').fetchone() == (2,)


def test_a_fingerprint_does_not_depend_on_rows() -> None:
    pack = load_pack(PACK)
    records = small()
    (first,), _ = leads_of(records, pack, "2023-12-31")
    records["inspection"].reverse()
    (second,), _ = leads_of(records, pack, "2024-01-31")
    assert first["fingerprint"] == second["fingerprint"]
    assert re.fullmatch("[0-9a-f]{16}", first["fingerprint"])


def test_the_file_is_apart_and_names_no_person(tmp_path: Path) -> None:
    with judged(output=tmp_path) as result:
        names = [path.name for path in write(result, tmp_path)]
    assert "leads.csv" in names
    text = (tmp_path / "leads.csv").read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(text.splitlines())
    assert tuple(row) == COLUMNS
    assert row["label"] == LABEL == "数据异常待核对（只供股室内部核对，不是结论）"
    assert (row["bearer_name"], row["numbers"]) == (
        "样M01矿；样M02矿",
        "时间重叠60分钟；“带队领导”“检查人员”中有1个相同",
    )
    assert row["reasons"]
    assert row["check"]
    assert not {"status", "alert", "ground", "verification"} & set(row)
    assert "王某某" not in text
    assert "one-person-two-mines" not in (tmp_path / "violations.csv").read_text(encoding="utf-8-sig")


def test_a_pack_without_leads_has_no_file(tmp_path: Path) -> None:
    folder = shutil.copytree(find_pack(PACK), tmp_path / PACK)
    (folder / "leads.yaml").unlink()
    for path in (folder / "cases").glob("leads-*.yaml"):
        path.unlink()
    with duban.audit(
        small(), folder, as_of="2023-12-31", obligations=["town-covers-all-mines"], output=tmp_path
    ) as result:
        assert result.leads.empty
        assert "leads.csv" not in [path.name for path in write(result, tmp_path / "out")]


def test_the_screen_says_one_line() -> None:
    from duban.report.screen import screen

    with judged() as result:
        lines = list(screen(result))
    assert [line for line in lines if "数据异常待核对" in line] == [
        "数据异常待核对1条，见 leads.csv（只供股室内部核对，不是结论）"
    ]
    assert not [line for line in lines if line.strip().startswith("lead_")]


# ---- lint

WRONG = """
leads:
- id: Wrong
  title: t
  pattern: P1
  record: inspecton
  bearer: enterprise
  wrong_order: {pairs: []}
  reasons: []
  check: c
- id: no-reasons
  title: t
  pattern: P01
  record: inspection
  bearer: enterprise
  check: c
- id: names
  title: t
  pattern: P01
  record: inspection
  bearer: enterprise
  where: levls is null
  window: campain
  ratio: {count: "levels = '县局'", per: leader, at_least: 170%}
  reasons: [r]
  check: ' '
- id: fields
  title: t
  pattern: P01
  record: inspection
  bearer: enterprize
  where: levls is null
  overlap:
    same: [levels, levls]
    from: levels
    gap: param.lead_travel
    with:
      record: stop
      same: [enterprise_id]
      from: start
  reasons: [r]
  check: c
- id: personal
  title: t
  pattern: P01
  record: training
  bearer: town_deputy
  ratio: {count: trainees > 3, distinct: topic, per: topic, at_most: 0}
  reasons: [r]
  check: c
- id: two
  title: t
  pattern: P01
  record: hazard
  bearer: enterprise
  ratio: {count: level = '重大', per: finder, at_most: 0}
  late_entry: {moment: found_date + 3 dys}
  reasons: [r]
  check: c
- id: two
  title: t
  pattern: P01
  record: hazard
  bearer: enterprise
  ratio: {count: level = '重大', per: finder, at_most: 0}
  reasons: [r]
  check: c
not_carried:
- {pattern: PX, why: ''}
led: []
"""
SAID = {
    3: ["`Wrong` cannot be an id → small letters"],
    5: ["`P1` is no pattern"],
    6: ["no record type `inspecton` → did you mean `inspection`?"],
    9: ["no reason"],
    11: ["`reasons` is missing"],
    22: ["unknown name `levls` → did you mean levels"],
    23: ["no window `campain` → did you mean `campaign`?"],
    24: ["unknown name `leader` → did you mean leaders", "compares a list with a text", "`170%` is no share"],
    26: ["how can a person find out?"],
    31: ["no bearer kind `enterprize` → did you mean `enterprise`?"],
    32: ["unknown name `levls` → did you mean levels"],
    34: ["`levels` is a list → only `shared`", "inspection: unknown name `levls`"],
    35: ["`levels` is a list, a date is needed"],
    36: ["unknown name `param.lead_travel` → did you mean param.lead_travel_minutes"],
    39: ["`same` does not match that of the lead"],
    40: ["unknown name `start` → did you mean start_at"],
    47: ["nothing says whose a training is"],
    48: ["a ratio counts one thing", "what is not there must have been handed in"],
    51: ["exactly one kind is needed, here: ratio and late_entry"],
    60: ["the id `two` is used twice"],
    65: ["what is not there must have been handed in", "`finder` names a person"],
    69: ["`PX` is no pattern", "why not?"],
    70: ["unknown key `led` → known: leads, not_carried"],
}


def test_lint_names_every_mistake_with_its_place(tmp_path: Path) -> None:
    folder = shutil.copytree(find_pack(PACK), tmp_path / PACK)
    (folder / "leads.yaml").write_text(WRONG, encoding="utf-8")
    _, issues = read_pack(folder)
    said: dict[int, list[str]] = {}
    for issue in issues:
        assert issue.place.file == str(folder / "leads.yaml"), issue
        said.setdefault(issue.place.line, []).append(issue.message + (f" → {issue.hint}" if issue.hint else ""))
    missing = {
        line: text
        for line, texts in SAID.items()
        for text in texts
        if not any(text in one for one in said.get(line, []))
    }
    assert missing == {}, said
    assert set(said) == set(SAID), {line: texts for line, texts in said.items() if line not in SAID}


# ---- against plain Python: slow, and obviously right

SMALL_PACK = {
    "pack.yaml": {
        "id": "small", "number": "1号", "title": "t", "issuer": "i", "jurisdiction": "甲县",
        "windows": {"all": {"from": "2023-01-01", "to": "2023-12-31"}},
        "bearers": {"mine": {"record": "mine", "key": "mine_id"}},
    },
    "records.yaml": {
        "mine": {"title": "矿", "key": "mine_id", "fields": {"mine_id": {"title": "矿号"}}},
        "visit": {
            "title": "检查", "key": "visit_id", "time": "start_at",
            "references": {"mine_id": {"to": "mine", "outside": "ignore"}},
            "fields": {
                "visit_id": {"title": "编号"}, "mine_id": {"title": "矿号"},
                "start_at": {"title": "起", "type": "datetime"}, "end_at": {"title": "止", "type": "datetime"},
                "people": {"title": "人", "type": "list", "personal": True}, "text": {"title": "情况"},
            },
        },
    },
    "leads.yaml": {
        "overlap": {"shared": "people", "differ": "mine_id", "from": "start_at", "to": "end_at", "gap": 10},
        "similar_text": {"text": "text", "differ": "mine_id", "at_least": 0.6, "shortest": 5, "common": 4},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def small_pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("packs") / "small"
    (folder / "obligations").mkdir(parents=True)
    common = {"title": "t", "pattern": "P01", "record": "visit", "bearer": "mine", "reasons": ["r"], "check": "c"}
    for name, value in SMALL_PACK.items():
        if name == "leads.yaml":
            value = {"leads": [{**common, "id": kind.replace("_", "-"), kind: words} for kind, words in value.items()]}
        with (folder / name).open("w", encoding="utf-8") as stream:
            YAML().dump(value, stream)
    return load_pack(folder)


AS_OF = datetime(2023, 12, 2)


def visits(seed: int) -> list[dict[str, Any]]:
    """Visits at few mines by few people, with empty and bare times, in two counties; texts with small changes."""
    draw = random.Random(seed)
    base = ["采场东帮边坡浮石未清理", "运输道路限速标志不清楚", "配电室灭火器未按月点检", "甲乙丙丁"]
    rows = []
    for number in range(draw.randint(4, 24)):
        start = datetime(2023, 11, 30) + timedelta(minutes=5 * draw.randrange(0, 80))
        end = start + timedelta(minutes=5 * draw.randrange(0, 24))
        text = list("，".join(draw.sample(base, draw.randint(1, 2))))
        for _ in range(draw.choice([0, 0, 1, 2])):
            text[draw.randrange(len(text))] = draw.choice("一 。二A")
        rows.append({
            "jurisdiction": draw.choice([f"甲{seed}县", f"甲{seed}县", f"乙{seed}县"]),
            "visit_id": f"V{number}",
            "mine_id": draw.choice(["M1", "M2", "M3", "M4", "M5", None]),
            "start_at": draw.choice([start] * 6 + [start.date()]),
            "end_at": draw.choice([end] * 6 + [None, start, start.date(), start - timedelta(minutes=5)]),
            "people": draw.sample(["张", "李", "王"], draw.randint(0, 2)),
            "text": "".join(text) if draw.random() > 0.1 else None,
        })  # fmt: skip
    return rows


def group(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({f"{row['jurisdiction']}:{row['visit_id']}" for row in rows}))


def told(records: list[dict[str, Any]], pack: Pack, lead: str) -> set[tuple[str, ...]]:
    rows, _ = leads_of({"visit": records}, pack, AS_OF.isoformat(), only=[lead])
    found = [tuple(sorted(f"{row['jurisdiction']}:{name}" for name in row["records"])) for row in rows]
    assert len(found) == len(set(found))
    return set(found)


def exists(row: dict[str, Any]) -> bool:
    start = row["start_at"]
    return start <= AS_OF if isinstance(start, datetime) else datetime(start.year, start.month, start.day) < AS_OF


def span(row: dict[str, Any]) -> tuple[datetime, datetime] | None:
    """When it was for sure: a bare date begins at its end, and ends at its beginning; an empty time is unknown."""
    start, end = row["start_at"], row["end_at"]
    if end is None:
        return None
    if not isinstance(start, datetime):
        start = datetime(start.year, start.month, start.day) + timedelta(days=1)
    if not isinstance(end, datetime):
        end = datetime(end.year, end.month, end.day)
    end = min(end, AS_OF)
    return (start, end) if start < end else None


def overlaps(rows: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    gap, tick = timedelta(minutes=10), timedelta(microseconds=1)
    found = set()
    for one, other in combinations(rows, 2):
        a, b = span(one), span(other)
        if (
            a is None
            or b is None
            or not exists(one)
            or not exists(other)
            or not set(one["people"]) & set(other["people"])
        ):
            continue
        if one["jurisdiction"] != other["jurisdiction"] or None in (one["mine_id"], other["mine_id"]):
            continue
        ends = [max(end, start + tick) + gap for start, end in (a, b)]
        if one["mine_id"] != other["mine_id"] and a[0] < ends[1] and b[0] < ends[0]:
            found.add(group([one, other]))
    return found


def plain(text: str) -> str:
    return "".join(
        mark for mark in unicodedata.normalize("NFKC", text).lower() if unicodedata.category(mark)[0] in "LN"
    )


def alike(one: str, other: str) -> float:
    a, b = ({text[at : at + 3] for at in range(len(text) - 2)} for text in (one, other))
    return len(a & b) / len(a | b)


def similar(rows: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """Join records whose texts are alike and whose mines are not the same one alone; what hangs together is a group."""
    rows = [row for row in rows if exists(row) and row["text"] and row["mine_id"] and len(plain(row["text"])) >= 5]
    texts: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        texts.setdefault((row["jurisdiction"], plain(row["text"])), []).append(row)
    owners = {key: {row["mine_id"] for row in members} for key, members in texts.items()}
    texts = {key: members for key, members in texts.items() if len(owners[key]) <= 4}
    groups = [{key} for key in texts]
    for one, other in combinations(texts, 2):
        if one[0] == other[0] and alike(one[1], other[1]) >= 0.6 and len(owners[one] | owners[other]) > 1:
            mine, yours = (next(g for g in groups if key in g) for key in (one, other))
            if mine is not yours:
                mine |= yours
                groups.remove(yours)
    return {
        group([row for key in keys for row in texts[key]])
        for keys in groups
        if len(set().union(*(owners[key] for key in keys))) > 1
    }


@pytest.mark.parametrize("batch", range(4))
def test_overlap_and_similar_text_agree_with_plain_python(batch: int, small_pack: Pack) -> None:
    """Fifty draws in one run, each in two counties of its own: nothing may be compared across them."""
    draws = [visits(seed) for seed in range(batch * 50, batch * 50 + 50)]
    rows = [row for draw in draws for row in draw]
    wanted = {"overlap": set[tuple[str, ...]](), "similar-text": set[tuple[str, ...]]()}
    for draw in draws:
        wanted["overlap"] |= overlaps(draw)
        wanted["similar-text"] |= similar(draw)
    for lead, groups in wanted.items():
        assert told(rows, small_pack, lead) == groups
        assert len(groups) > 20  # the draw is no use if nothing ever comes of it
