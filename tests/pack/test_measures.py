"""measures.yaml: conditions over facts, strata, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from duban.conditions import Column, ConditionError
from duban.pack.fact_condition import FactScope, holds, read_condition, value_of
from duban.pack.load import read_pack
from duban.pack.measures import FILE

SCOPE = FactScope(
    {
        "status": Column("", "text", values=("breached", "late")),
        "enforceable": Column("", "bool"),
        "observed": Column("", "decimal"),
        "due": Column("", "date"),
        "marks": Column("", "list", values=("refuted",)),
    },
    {"most": ("int", 3), "strict": ("bool", True)},
)
FACT = {"status": "breached", "enforceable": True, "observed": 2, "due": "2023-12-31", "marks": ["refuted"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("status = 'breached'", True),
        ("status <> 'breached'", False),
        ("not (status = 'late') and enforceable", True),
        ("not enforceable", False),
        ("observed < param.most", True),
        ("param.most <= observed", False),
        ("observed in (1, 2)", True),
        ("observed not in (1, 2)", False),
        ("observed between 2 and 3", True),
        ("not observed between 2 and 3", False),
        ("due > date '2023-12-30' and due <= date '2023-12-31'", True),
        ("has(marks, 'refuted')", True),
        ("not has(marks, 'refuted')", False),
        ("param.strict and enforceable", True),
        ("not param.strict or not enforceable", False),
        ("observed is null", False),
        ("observed is not null or true", True),
        ("-observed < 0 or observed > -1", True),
    ],
)
def test_conditions_over_a_fact(text: str, expected: bool) -> None:
    if text.startswith("-"):
        with pytest.raises(ConditionError, match="cannot be asked of a fact"):
            read_condition(text, SCOPE)
        return
    assert holds(read_condition(text, SCOPE), FACT) is expected


@pytest.mark.parametrize("text", ["observed > 1", "not observed > 1", "observed <> 1", "not (observed = 1 and true)"])
def test_an_empty_field_makes_nothing_true(text: str) -> None:
    assert value_of(read_condition(text, SCOPE), {}) is None
    assert not holds(read_condition(text, SCOPE), {})


def test_unknown_fields_decide_nothing_but_what_is_sure() -> None:
    tree = read_condition("status = 'late' and observed > 1", SCOPE)
    unknown = frozenset({"observed"})
    assert value_of(tree, {"status": "breached"}, unknown) is False
    assert value_of(tree, {"status": "late"}, unknown) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("status = 'broken'", "none of the allowed values"),
        ("state = 'late'", "unknown name"),
        ("observed < observed", "cannot be asked of a fact"),
        ("observed + 1 > 2", "cannot be asked of a fact"),
        ("len(marks) > 1", "cannot be asked of a fact"),
        ("observed", "must be true or false"),
        ("has(marks, 'refuged')", "none of the allowed values"),
    ],
)
def test_what_cannot_be_asked(text: str, message: str) -> None:
    with pytest.raises(ConditionError, match=message):
        read_condition(text, SCOPE)


# --- the file

PACK = {
    "pack.yaml": """
id: small
number: 1号
title: t
issuer: i
jurisdiction: 某县
windows: {december: {from: 2023-12-01, to: 2023-12-31}}
parameters:
  many: {type: int, default: 2, why: w}
  who: {type: text, default: 县局, why: w}
grounds: [不认真]
bearers:
  enterprise: {record: enterprise, key: enterprise_id, title: 企业}
  town: {record: town, key: town, title: 镇}
""",
    "records.yaml": """
enterprise:
  title: 企业名册
  key: enterprise_id
  fields: {enterprise_id: {title: 企业编号}, head: {title: 主要负责人}}
town: {title: 镇名册, key: town, fields: {town: {title: 镇}}}
inspection:
  title: 检查记录
  time: start_at
  references: {enterprise_id: enterprise}
  fields: {enterprise_id: {title: 企业编号}, start_at: {title: 检查时间, type: date}}
""",
    "obligations/1.yaml": """
- {id: monthly, title: t, clause: 一, bearer: enterprise, every: month, ground: 不认真, perform: {record: inspection}}
- {id: hinted, title: t, clause: 一, bearer: enterprise, every: month, advisory: 只提示, perform: {record: inspection}}
""",
}
HEAD = """
measures:
  约谈: {rung: 3, nature: n, listed: true, settles: true}
bearers:
  enterprise: {post: 负责人, person: head, convener: param.who}
"""
SOUND = """
rules:
- id: short
  title: t
  for: enterprise
  when: [{finding: obligation = 'monthly', at_least: param.many}]
  then: {ground: same, tier: 建议优先研究}
- {id: talk, title: t, for: enterprise, when: [{conclusion: ground <> ''}], then: {measure: 约谈, tier: same}}
"""


def problems(folder: Path, text: str) -> list[tuple[int, str]]:
    """The mistakes of a small pack with this measures.yaml: line and message."""
    for name, content in {**PACK, FILE: text}.items():
        (folder / "small" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "small" / name).write_text(content.lstrip("\n"), encoding="utf-8")
    _, issues = read_pack(folder / "small")
    return [(issue.place.line, f"{issue.message} → {issue.hint}") for issue in issues]


def test_a_sound_file_has_no_mistakes(tmp_path: Path) -> None:
    assert problems(tmp_path, HEAD + SOUND) == []


WRONG = """
measures:
  约谈: {rung: 3, nature: n}
  函: {rung: 2}                                                     #! `nature` is missing
bearers:
  enterprise: {post: 负责人, convener: c}
"""


def test_the_shape(tmp_path: Path) -> None:
    ((line, message),) = problems(tmp_path, WRONG)
    assert (line, message.split(" →")[0]) == (3, "`nature` is missing")


RULES = [
    ("for: town, when: [{finding: obligation = 'monthly'}], then: {measure: 约谈}", "`bearers` says nothing of `town`"),
    ("for: enterprise, when: [{finding: obligation = 'monthly'}], then: {measure: 谈话}", "no measure “谈话”"),
    ("for: enterprise, when: [{finding: obligation = 'monthly'}], then: {ground: 不认真}", "a ground has a tier"),
    ("for: enterprise, when: [{finding: obligation = 'monthly'}], then: {}", "a ground or proposes a measure"),
    ("for: enterprise, when: [{past: measure = '约谈'}], then: {measure: 约谈}", "rests on nothing that was found"),
    ("for: enterprise, when: [{finding: '', past: ''}], then: {measure: 约谈}", "exactly one kind of fact"),
    ("for: enterprise, when: [{finding: obligation = 'month'}], then: {measure: 约谈}", "none of the allowed values"),
    (
        "for: enterprise, when: [{finding: obligation = 'hinted'}], then: {ground: 不认真, tier: 建议优先研究}",
        "no obligation can have such a finding",
    ),
    ("for: enterprise, when: [{conclusion: measure = '约谈'}], then: {measure: 约谈}", "wait for each other"),
    (
        "for: enterprise, when: [{conclusion: ground = '不认真'}], then: {measure: 约谈, tier: same}",
        "no rule leads to such a conclusion",
    ),
    ("for: enterprise, when: [{conclusion: 'true', at_least: 2}], then: {measure: 约谈}", "only findings are counted"),
    ("for: enterprise, when: [{finding: 'true', at_least: param.few}], then: {measure: 约谈}", "is no number"),
]


@pytest.mark.parametrize(("rule", "message"), RULES, ids=[message for _, message in RULES])
def test_a_wrong_rule(rule: str, message: str, tmp_path: Path) -> None:
    found = problems(tmp_path, f"{HEAD}rules:\n- {{id: one, title: t, {rule}}}\n")
    assert [text for line, text in found if message in text and line == 6], found


def test_rules_that_wait_for_each_other(tmp_path: Path) -> None:
    rules = """
rules:
- {id: one, title: t, for: enterprise, when: [{conclusion: rule = 'two'}], then: {measure: 约谈}}
- {id: two, title: t, for: enterprise, when: [{conclusion: rule = 'one'}], then: {measure: 约谈}}
"""
    ((_, message),) = problems(tmp_path, HEAD + rules)
    assert "one → two → one" in message
