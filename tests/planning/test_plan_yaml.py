"""plan.yaml: every mistake with its line; that of each shipped pack is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import small_county as county
from ruamel.yaml import YAML

from duban.errors import PackError
from duban.pack import load_pack, shipped_packs
from duban.pack.planning import FILE, Planning, load_planning, read_planning, week_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", shipped_packs())
def test_that_of_a_shipped_pack_is_sound(name: str) -> None:
    pack = load_pack(name)
    assert [str(issue) for issue in read_planning(pack.folder, pack).issues] == []


def test_a_pack_without_the_file_has_an_empty_one() -> None:
    assert load_planning(load_pack(ROOT / "tests" / "fixtures" / "chicago-2013")) == Planning()


def test_without_the_file_the_week_is_read_from_the_obligations() -> None:
    """In the city's pack most duties ask for canvasses of establishments, by the classes of risk and by the city."""
    week = week_of(load_pack(ROOT / "tests" / "fixtures" / "chicago-2013"), Planning())
    assert week is not None
    assert (week.targets, week.visit) == ("establishment", "canvass")
    assert [party.bearer for party in week.parties] == ["risk_class", "city"]  # as their obligations stand in the files


# a path in plan.yaml, what is put there, and what must be said.
MISTAKES: list[tuple[tuple[Any, ...], Any, str]] = [
    (("due", "corrections"), ["report-agree"], "did you mean `report-agrees`?"),
    (("due", "corrections"), ["hazard-done"], "`hazard-done` is no reconcile"),
    (("due", "final"), ["none"], "no obligation `none`"),
    (("week", "targets"), "mines", "no bearer kind `mines`"),
    (("week", "targets"), "centre", "no duty of a party asks for `visit` of `centre`"),
    (("week", "visit"), "visits", "no record type `visits`"),
    (("week", "parties", 0, "bearer"), "burea", "no bearer kind `burea`"),
    (("week", "parties", 0, "where"), "has(levls, '县')", "levls"),
    (("week", "errands", 0, "by"), "mine", "no party `mine`"),
    (("week", "errands", 0), {"obligations": "hazard-done", "why": "看"}, "borne by none of the parties"),
    (("week", "errands", 0, "obligations"), "hazard", "no obligation `hazard`"),
    (("week", "order", 0), {"title": "空"}, "it has none"),
    (("week", "order", 0), {"title": "两样", "errands": True, "last": "bureau"}, "it has errands, last"),
    (("week", "order", 0, "where"), "done = 1", "done"),
    (("week", "order", 2, "last"), "burea", "no party `burea`"),
    (("week", "order", 3, "field"), "grad", "`grad` leads nowhere from mine"),
    (("week", "leave_out", "where"), "status = '停'", "停"),
    (("dossier", "bearer"), "mines", "no bearer kind `mines`"),
    (("dossier", "head", 3, "field"), "town.centr", "leads nowhere"),
    (("dossier", "sections", 0, "columns", 0, "field"), "hazard", "leads nowhere from hazard"),
    (("dossier", "sections", 0, "columns"), [], "names its `columns`"),
    (("dossier", "sections", 0, "content"), "look", "either `record` or `content`"),
    (("dossier", "sections", 0, "record"), "county", "nothing leads from county to mine"),
    (("dossier", "sections", 2, "content"), "finding", "finding"),
    (("dossier", "look", 0, "where"), "levl = '重大'", "levl"),
    (("dossier", "titel"), "简况", "did you mean `title`?"),
]


@pytest.mark.parametrize(("path", "value", "said"), MISTAKES, ids=["-".join(map(str, one[0])) for one in MISTAKES])
def test_each_mistake_is_told(path: tuple[Any, ...], value: Any, said: str, pack: Path, tmp_path: Path) -> None:
    yaml = YAML()
    whole = yaml.load(county.PLAN)
    at = whole
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    with (tmp_path / FILE).open("w", encoding="utf-8") as out:
        yaml.dump(whole, out)
    issues = read_planning(tmp_path, county.read(pack)).issues
    assert any(said in str(issue) for issue in issues), [str(issue) for issue in issues]
    assert all(issue.place is not None and issue.place.line for issue in issues)


def test_a_broken_file_stops_what_reads_it(tmp_path: Path) -> None:
    place = county.folder(tmp_path, plan="week: {targets: mines, visit: visit, parties: []}")
    with pytest.raises(PackError, match="no bearer kind `mines`"):
        load_planning(load_pack(place))
