"""records.yaml of the shipped packs: who is marked personal, which numbers have a unit, what no rule may read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from duban.pack import load_pack
from duban.pack.kept import find_pack, shipped_packs
from duban.vocabulary import NUMERIC_TYPES, FieldSpec

PACKS = shipped_packs()
PERSON = re.compile(r"(人|人员|领导|书记|镇长|姓名|电话|执法证号|员证号|人证号)$")
# The number of a line or a version; hours of training; goods are counted in units of their own.
PLAIN = {"序号", "版次", "学时", "数量"}


def fields(name: str) -> Iterator[tuple[str, FieldSpec]]:
    for record, spec in load_pack(name).records.items():
        for field, column in spec.fields.items():
            yield f"{record}.{field}", column


@pytest.mark.parametrize("name", PACKS)
def test_whoever_is_named_is_marked_personal(name: str) -> None:
    named = [where for where, field in fields(name) if field.type in ("text", "list") and PERSON.search(field.title)]
    assert name != "zezhou-2023-331" or len(named) > 40
    assert [where for where, field in fields(name) if where in named and not field.personal] == []


@pytest.mark.parametrize("name", PACKS)
def test_numbers_have_a_unit(name: str) -> None:
    bare = [where for where, field in fields(name) if field.type in NUMERIC_TYPES and not field.unit]
    titles = dict(fields(name))
    assert [where for where in bare if titles[where].title not in PLAIN] == []


def test_no_rule_reads_the_maximum_of_a_fine() -> None:
    """It may be shown; nothing may measure a fine by it."""
    folder = find_pack("zezhou-2023-331")
    rules = [path for path in folder.glob("**/*.yaml") if path.name != "records.yaml"]
    assert len(rules) > 100
    assert [path.name for path in rules if "max_amount" in path.read_text(encoding="utf-8")] == []
