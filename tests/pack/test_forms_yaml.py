"""forms.yaml: every mistake with its line; the forms of each shipped pack are sound."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from duban.errors import PackError
from duban.pack import load_pack, shipped_packs
from duban.pack.forms import FILE, Forms, load_forms, read_forms

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "rules" / "zezhou-2023-331"
PACK = load_pack("zezhou-2023-331")


@pytest.mark.parametrize("name", shipped_packs())
def test_the_forms_of_a_shipped_pack_are_sound(name: str) -> None:
    pack = load_pack(name)
    assert [str(issue) for issue in read_forms(pack.folder, pack).issues] == []


def test_a_pack_without_the_file_has_no_forms() -> None:
    folder = ROOT / "tests" / "fixtures" / "chicago-2013"
    assert load_forms(load_pack(folder)) == Forms()


def test_the_annex_is_drawn_with_all_its_columns() -> None:
    """The headings of 附件, from the notice."""
    form, details = load_forms(PACK).forms["stat_form"].parts
    assert ["/".join(column.title) for column in form.columns] == [
        "行业", "成立督查组", "排查企业", "一般隐患/排查", "一般隐患/已整改", "重大隐患/排查", "重大隐患/已整改",
        "责令限期整改企业数", "行政罚款金额", "停产整顿数", "公开曝光案例数", "查处违法分包转包和挂靠资质行为数",
        "查处劳务派遣用工违法行为数",
    ]  # fmt: skip
    assert [column.heading for column in details.columns] == [
        "序号", "企业名称", "所在镇", "行业类别", "挂牌督办单位", "重大隐患明细及整改计划",
    ]  # fmt: skip


# a path in forms.yaml, what is put there, and what must be said.
MISTAKES: list[tuple[tuple[Any, ...], Any, str]] = [
    (("problems", "record"), "hazrad", "no record type `hazrad`"),
    (("problems", "key"), "hazard_no", "no field `hazard_no` in hazard"),
    (("problems", "also", 0, "where"), "confirm_resul = '重大'", "confirm_resul"),
    (("problems", "also", 0, "set"), {"level": "特大"}, "“特大” is no value of `level`"),
    (("problems", "also", 0, "fields"), {"deadline": "county_dedline"}, "county_dedline"),
    (("forms", "stat_form", "parts", 0, "record"), "stat_reprt", "no record type `stat_reprt`"),
    (("forms", "stat_form", "parts", 0, "lines", 0, "set"), {"line": "上期"}, "“上期” is no value of `line`"),
    (("forms", "stat_form", "parts", 0, "columns", 3, "field"), "gen_foud", "no field `gen_foud`"),
    (("forms", "stat_form", "parts", 0, "columns", 3, "title"), ["一般隐患", "已整改"], "stands here twice"),
    (("forms", "stat_form", "parts", 0, "columns", 1, "text"), "样", "a column has one of"),
    (("forms", "stat_form", "parts", 1, "details"), "maj_fund", "no figure `maj_fund`"),
    (("forms", "stat_form", "parts", 1, "rows", "where"), "level = 重大", "重大"),
    (
        ("forms", "stat_form", "parts", 1, "rows", "values", "plan"),
        "{descripton}",
        "nothing is called `descripton` here",
    ),
    (("forms", "stat_form", "parts", 1, "rows", "values", "plan"), "{description", "the braces do not fit"),
    (("forms", "stat_form", "sheet"), "问题清单", "has a sheet of that name"),
    (("forms", "stat_form", "title"), "{county}报表", "nothing is called `county` here"),
    (("forms", "problem_list", "parts", 0, "columns", 2, "shows"), "enterprise_id.twon", "leads nowhere from hazard"),
    (("forms", "duty_list", "parts", 0, "columns", 8, "post"), "leadr", "no post `leadr`"),
    (("figures", "fields", "gen_found", "count", "record"), "hazards", "no record type `hazards`"),
    (("figures", "fields", "gen_found", "count", "on"), "description", "no such field of hazard"),
    (("figures", "fields", "gen_found", "at_most"), "gen_fond", "no figure `gen_fond`"),
    (("figures", "fields", "gen_found", "ask"), "几项", "either `count` or `ask`"),
    (("figures", "fields", "gen_found", "cumulative"), "distinct", "`distinct` needs a count of distinct values"),
    (("figures", "fields", "fine_wan", "count", "record"), "weather", "nothing leads from weather to the town"),
    (("posts", "leader", "sources", 0, "field"), "deputys", "no field `deputys`"),
    (("town_pack", "roster"), "enterprises", "no record type `enterprises`"),
    (("town_pack", "sheets", 0, "carry"), "closed is null", "closed"),
    (("town_pack", "sheets", 0, "hide"), ["found_date"], "`found_date` cannot be hidden"),
    (("progress", "numbers", "open", "where"), "closed is null", "closed"),
    (("progress", "paragraphs", 1, "text"), "{gen_fund}项", "nothing is called `gen_fund` here"),
    (("progress", "paragraphs", 1, "txt"), "样", "unknown key `txt`"),
]


@pytest.mark.parametrize(("where", "value", "said"), MISTAKES, ids=lambda value: str(value)[:60])
def test_a_mistake_is_told_with_its_line(where: tuple[Any, ...], value: Any, said: str, tmp_path: Path) -> None:
    yaml = YAML()
    yaml.width = 4096
    document = yaml.load(FOLDER / FILE)
    at = document
    for step in where[:-1]:
        at = at[step]
    at[where[-1]] = value
    with (tmp_path / FILE).open("w", encoding="utf-8") as text:
        yaml.dump(document, text)
    issues = read_forms(tmp_path, PACK).issues
    assert any(said in issue.message for issue in issues), [str(issue) for issue in issues]
    assert all(issue.place.file.endswith(FILE) and issue.place.line for issue in issues)


def test_load_forms_raises_with_all_mistakes(tmp_path: Path) -> None:
    folder = tmp_path / "zezhou-2023-331"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("cases"))
    text = (folder / FILE).read_text(encoding="utf-8")
    text = text.replace("post: leader", "post: leadr").replace("roster: enterprise", "roster: enterprises")
    (folder / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_forms(load_pack(folder))
    assert {issue.message for issue in caught.value.issues} == {"no post `leadr`", "no record type `enterprises`"}
