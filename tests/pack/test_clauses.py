"""clauses.yaml: its mistakes with line and hint, and that the shipped packs leave no sentence and no obligation out."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest

from duban.errors import Issue
from duban.pack import Pack, load_pack, shipped_packs
from duban.pack.clauses import FILE, Clauses, Entry, read_clauses
from duban.pack.kept import find_pack
from duban.pack.load import read_pack
from duban.pack.notice import read_notice
from duban.pack.trace import counts, trace

PACK = {
    "pack.yaml": """
id: small
number: 1号
title: t
issuer: i
jurisdiction: 某县
windows: {december: {from: 2023-12-01, to: 2023-12-31}}
bearers: {enterprise: {record: enterprise, key: enterprise_id}}
""",
    "records.yaml": """
enterprise: {title: 企业名册, key: enterprise_id, fields: {enterprise_id: {title: 企业编号}}}
inspection:
  title: 检查记录
  time: start_at
  references: {enterprise_id: enterprise}
  fields: {enterprise_id: {title: 企业编号}, start_at: {title: 检查时间, type: date}}
""",
}
LEADS = """
leads:
- id: overlap
  title: t
  pattern: P01
  clause: 一
  record: inspection
  bearer: enterprise
  repeated_value: {same: enterprise_id, differ: start_at, at_least: 2}
  reasons: [r]
  check: c
"""
OBLIGATION = """
- id: {id}
  title: 企业每月检查
  clause: {clause}
  quote: {quote}
  register: [{register}]
  bearer: enterprise
  every: month
  perform: {{record: inspection}}
"""


def obligation(id: str, clause: str = "一", quote: str = "每月检查", register: str = "") -> str:
    return OBLIGATION.format(id=id, clause=clause, quote=quote, register=register).lstrip("\n")


def write(folder: Path, obligations: str, clauses: str) -> Path:
    """The small pack with these obligations and this clauses.yaml."""
    leads = {"leads.yaml": LEADS} if "overlap" in clauses else {}
    for name, text in {**PACK, **leads, "obligations/1.yaml": obligations, FILE: clauses}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def issues(folder: Path) -> list[Issue]:
    pack, found = read_pack(folder)
    return [*found, *read_clauses(folder, pack).issues]


# Each wrong line ends with `#!` and what its issue must say (` → ` and its hint).
WRONG = """
- clause: 一
  summary: s
  quote: 每月检查
  checked: F
  encoded_by: [monthly, montly]                        #! no obligation `montly` → did you mean `monthly`?
- clause: 一                                            #! nothing says what serves this sentence → encoded_by, manual
  summary: s
  quote: 甲
  checked: P
- {clause: 一, summary: s, quote: 乙, manual: m}         #! `checked` is missing → F fully, P partly
- {clause: 一, summary: s, checked: N, manual: m}        #! neither `quote` nor `place` → quote a few words
- clause: 一
  summary: s
  quote: 每月 检查                                       #! line 1 has the same `quote` → quote what only this
  not_a_norm: n
- {clause: 二, summary: s, quote: 每月检查, not_a_norm: n}
- clause: 一
  summary: s
  quote: 丙
  not_a_norm: n
  manual: m                                            #! what is no norm has no `manual` → leave out
- clause: 一
  summary: s
  quote: 丁
  not_a_norm: n
  checked: N                                           #! what is no norm has no `checked`
- {clause: 一, summary: s, place: {sentence: 3, title: t}, not_a_norm: n}
- clause: （一）
  summary: s
  place: {sentence: 3, title: u}
  not_a_norm: n
- clause: 一
  summary: s
  place: {sentence: 3, title: t}                       #! line 27 has the same `place`
  not_a_norm: n
- clause: 一
  summary: s
  place: {sentence: 0, title: t}                       #! the sentences of a clause are counted from 1
  not_a_norm: n
- clause: 一
  summary: s
  quote: 戊
  place: {sentence: 4, title: t}                       #! `place` is for a sentence that is not quoted
  not_a_norm: n
- clause: 第一条                                        #! `第一条` is no clause → write 四(一)2
  summary: s
  quote: 己
  leads: [overlap, overlap]                            #! `overlap` stands here twice
  checked: P
- clause: 一
  summary: s
  quote: 庚
  checked: X                                           #! `checked`: Input should be 'F', 'P' or 'N'
  manual: m
- clause: 一
  summary: s
  quote: 辛
  encodedby: monthly                                   #! unknown key `encodedby` → did you mean `encoded_by`?
- {clause: 五(四), summary: s, quote: 壬, measures: interview, leads: overlap, manual: m, checked: P}
- clause: 一
  summary: s
  quote: 癸
  leads: [overlap, overlop]                            #! no lead `overlop` → did you mean `overlap`?
  checked: P
"""


def test_every_mistake_in_one_run(tmp_path: Path) -> None:
    text = WRONG.replace("- clause: （一）", "- clause: 一(一)")
    folder = write(tmp_path / "small", obligation("monthly"), text)
    lines = text.lstrip("\n").splitlines()
    expected = {number: line.partition("#!")[2].strip() for number, line in enumerate(lines, 1) if "#!" in line}
    assert len(expected) == 15
    left = []
    for issue in issues(folder):
        message, _, hint = expected.get(issue.place.line, "?").partition(" → ")
        if message in issue.message and hint in issue.hint and Path(issue.place.file) == folder / FILE:
            del expected[issue.place.line]
        else:
            left.append(str(issue))
    assert (expected, left) == ({}, [])


def test_full_width_brackets_are_the_same_clause(tmp_path: Path) -> None:
    text = "- {clause: 三（一）2, summary: s, quote: 每月检查, checked: F, encoded_by: monthly}\n"
    assert issues(write(tmp_path / "small", obligation("monthly", clause="三(一)2"), text)) == []


SERVED = "- {clause: 一, summary: s, quote: 每月检查, register: R01, checked: F, encoded_by: monthly}\n"


@pytest.mark.parametrize(
    ("obligations", "message"),
    [
        (obligation("monthly") + obligation("weekly"), "no sentence of clauses.yaml is `encoded_by: weekly`"),
        (obligation("monthly", clause="二"), "`monthly` serves no sentence of its own clause"),
        (obligation("monthly", register="R01, R02"), "`monthly` serves no sentence of clauses.yaml that has row R02"),
    ],
    ids=["no entry", "another clause", "another row"],
)
def test_an_obligation_that_nothing_names(obligations: str, message: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "small", obligations, SERVED)
    (issue,) = issues(folder)
    assert message in issue.message
    name = issue.message.split("`")[1].removeprefix("encoded_by: ")
    lines = (folder / "obligations" / "1.yaml").read_text(encoding="utf-8").splitlines()
    assert issue.place.file == str(folder / "obligations" / "1.yaml")
    assert lines[issue.place.line - 1] == f"- id: {name}"
    assert "encoded_by" in issue.hint


def test_a_lead_that_nothing_names(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", obligation("monthly"), f"# no overlap\n{SERVED}")
    (issue,) = issues(folder)
    assert "no sentence of clauses.yaml has the lead `overlap`" in issue.message
    assert issue.place.file == str(folder / FILE)


def test_a_pack_without_the_file_is_sound(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", obligation("monthly"), "")
    (folder / FILE).unlink()
    assert issues(folder) == []
    assert read_clauses(folder, load_pack(folder)).entries == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is a list of sentences"), ("a: 1\n", "is a list of sentences"), ("- [", "not YAML"), ("- 3\n", "")],
)
def test_a_broken_file_is_an_issue_and_no_traceback(text: str, message: str, tmp_path: Path) -> None:
    found = issues(write(tmp_path / "small", obligation("monthly"), text))
    assert [issue.place.file for issue in found] == [str(tmp_path / "small" / FILE)]
    assert message in found[0].message


def test_a_broken_pack_does_not_hide_the_mistakes_of_its_clauses(tmp_path: Path) -> None:
    folder = write(tmp_path / "small", "- id: a\n", "- {clause: 一, summary: s, quote: q}\n" + SERVED)
    found = [issue.message for issue in issues(folder) if issue.place.file.endswith(FILE)]
    assert found == ["nothing says what serves this sentence", "`checked` is missing"]


# ---- the shipped packs


PACKS = [name for name in shipped_packs() if (find_pack(name) / FILE).is_file()]


@cache
def pack_of(name: str) -> Pack:
    return load_pack(name)


@cache
def clauses_of(name: str) -> Clauses:
    return read_clauses(find_pack(name), pack_of(name))


def entries_of(name: str) -> tuple[Entry, ...]:
    return clauses_of(name).entries


def test_the_notice_has_its_clauses() -> None:
    assert "zezhou-2023-331" in PACKS


@pytest.mark.parametrize("name", PACKS)
def test_every_clause_has_its_obligation_and_every_obligation_its_clause(name: str) -> None:
    assert [str(issue) for issue in clauses_of(name).issues] == []
    named = {one for entry in entries_of(name) for one in entry.encoded_by}
    assert named == {one.id for one in pack_of(name).obligations}


@pytest.mark.parametrize("name", PACKS)
def test_quotations_are_excerpts_and_name_nobody(name: str) -> None:
    for entry in entries_of(name):
        assert len(entry.quote) <= 24, entry.quote
        assert not re.search(r"@|\d{6}", entry.quote), entry.quote


def test_every_row_of_the_register_appears() -> None:
    entries = entries_of("zezhou-2023-331")
    rows = {row for entry in entries for row in entry.register_rows}
    assert rows == {f"R{number:02}" for number in range(1, 110)}


def test_every_manual_norm_says_who_judges_what_on_whom() -> None:
    """由…看…，认定（核对）…"""
    for entry in entries_of("zezhou-2023-331"):
        assert not entry.manual or re.search("由.*(认定|核对|明确|研究)", entry.manual), entry.summary


def test_every_norm_says_how_it_was_read() -> None:
    for entry in entries_of("zezhou-2023-331"):
        assert entry.not_a_norm or entry.reading, entry.summary


@pytest.mark.parametrize("name", PACKS)
def test_what_records_show_in_part_says_what_it_cannot_see(name: str) -> None:
    """`checked: P`: each obligation that encodes it says so in its messages."""
    partly = {one for entry in entries_of(name) if entry.checked == "P" for one in entry.encoded_by}
    assert partly
    assert {one for one in partly if not pack_of(name).obligation(one).cannot_see} == set()


@pytest.mark.parametrize("name", PACKS)
def test_counts_add_up(name: str) -> None:
    found = trace(pack_of(name), clauses_of(name))
    _, *lines = counts(found.rows)
    for _, total, *ways in lines:
        assert int(total) == sum(map(int, ways))
    for column in zip(*(line[1:] for line in lines), strict=True):
        assert sum(map(int, column[:-1])) == int(column[-1])
    assert int(lines[-1][1]) == sum(not entry.not_a_norm for entry in entries_of(name))


@pytest.mark.realdata
@pytest.mark.skipif(
    not os.environ.get("DUBAN_NOTICE"),
    reason="NOTICE NOT TRACED: DUBAN_NOTICE does not name the text of 泽应急发〔2023〕331号",
)
def test_every_sentence_of_the_notice_has_its_entry_in_order() -> None:
    name = "zezhou-2023-331"
    notice = read_notice(Path(os.environ["DUBAN_NOTICE"]))
    found = trace(pack_of(name), clauses_of(name), notice)
    assert [str(problem) for problem in found.problems] == []
    assert [f"{one.clause} {one.number}" for one in found.uncovered] == []
    at = {sentence: index for index, sentence in enumerate(notice.sentences)}
    order = [at[row.sentences[0]] for row in found.rows]
    assert order == sorted(order)
    copied = [row.entry.quote for row in found.rows if len(row.entry.quote) > 15]
    whole = {one.text.rstrip("。；") for one in notice.sentences}
    assert [quote for quote in copied if quote in whole] == []
