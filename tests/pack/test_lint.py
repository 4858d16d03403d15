"""Lint: every mistake of a pack in one run, with file, line, reason and what was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duban.errors import Issue
from duban.pack import load_pack
from duban.pack.load import read_pack

# A pack with mistakes. Each wrong line ends with `#!` and what its issue must say (` → ` and its hint).
WRONG = {
    "pack.yaml": """
id: wrong
number: 1号
title: t
issuer: i
jurisdiction: 某县
calender: cn                                           #! unknown key `calender` → did you mean `calendar`?
windows:
  december: {from: 2023-12-01, to: 2023-12-31}
  never: {from: 2023-12-31, to: 2023-12-01}
parameters:
  needed: {type: int, default: 2}                      #! `why` is missing
bearers:
  enterprise: {record: enterprise, key: enterprise_id}
""",
    "records.yaml": """
enterprise:
  title: 企业名册
  key: enterprise_id
  fields:
    enterprise_id: {title: 企业编号}
    phone: {title: 0571}                               #! `title` must be text, not the number 571 → quote it: '571'
    size: {title: 规模, type: integer}                  #! `type`: Input should be 'text', 'int'
""",
    "obligations/1.yaml": """
- id: a
  title: t
  clause: 一
  bearer: enterprise
  evry: month                                          #! unknown key `evry` → did you mean `every`?
  perform: {record: inspection, at_last: 2}            #! unknown key `at_last` → did you mean `at_least`?
- id: b                                                #! `title` is missing
  clause: 一
  bearer: enterprise
- id: c
  title: t
  clause: 一
  bearer: enterprise
  every: fortnight                                     #! `every`: Input should be 'day', 'week'
  by: 2023-13-45                                       #! `2023-13-45` is no timestamp → quote it if it is a text
- id: c2
  title: t
  clause: 一
  bearer: enterprise
  every: [month]                                       #! `every`: Input should be 'day', 'week'
  advisory: 3                                          #! `advisory`: Input should be a valid dictionary
- id: c3
  title: t
  clause: 一
  bearer: enterprise
  advisory: {where: a = 1, why: b, text: x}            #! unknown key `text`
- id: c4
  title: t
  clause: 一
  bearer: enterprise
  advisory: {where: a = 1}                             #! `why` is missing
""",
    "obligations/2.yaml": """
id: not-a-list                                         #! a file of obligations is a list → begin each with
""",
    "obligations/3.yaml": """
- id: d
  title: t
  title: u                                             #! the key `title` stands twice (first in line 2)
  clause: 一
  bearer: enterprise
""",
    "obligations/4.yaml": """
- id: e
  title: [t
- id: f                                                #! not YAML
""",
}

# A pack whose shape is right and whose meaning is not.
MEANS_NOTHING = {
    "pack.yaml": """
id: another                                            #! the pack's id is `another`, its folder is `wrong`
number: 1号
title: t
issuer: i
jurisdiction: 某县
windows:
  december: {from: 2023-12-01, to: 2023-12-31}
  never: {from: 2023-12-31, to: 2023-12-01}            #! the window ends (2023-12-01) before it starts
  unset: {from: param.nothing, to: 2023-12-01}         #! `param.nothing` is no date
parameters:
  needed: {type: int, default: two, why: w}            #! 参数 needed 的值“two”不对
  waits: {type: int, default: -1, why: w}
  often: {type: text, default: month, values: [week, fortnight], why: w}
  unbound: {type: text, default: month, why: w}
  sometimes: {type: text, default: month, values: [month, once], why: w}
  counted: {type: text, default: date, values: [date, level], why: w}
  listed: {type: text, default: start_at, values: [levels, start_at], why: w}
questions:
  - {ask: 几次, parameters: [needed, wait]}              #! no parameter `wait` → did you mean `waits`?
  - {ask: 谁, why: w, obligations: unts}                #! no obligation `unts` → did you mean `units`?
  - {ask: 几日内}                                       #! no parameter stands for the answer → say `why`
bearers:
  enterprise: {record: enterprise, key: enterprise_id, name: nam}  #! enterprise has no field `nam` → `name`?
  ghost: {record: gost, key: id}                       #! no record type `gost`
  lorry: {record: enterprise, key: enterprise_id, where: nam = 'x'}  #! unknown name `nam` → did you mean name
grounds: [不认真]
alerts:
  - {level: 红, where: "staus = 'breached'"}            #! unknown name `staus` → did you mean status
""",
    "records.yaml": """
enterprise:
  title: 企业名册
  key: enterprise_id
  references: {town: twon}                             #! `twon` is no record type with a single key
  fields:
    enterprise_id: {title: 企业编号}
    name: {title: 名称, happened: true}                 #! `happened` goes with a date, not text
    workers: {title: 人数, type: int, values: ['1']}    #! allowed values go with text and list, not int
    kind: {title: 类型, values: [露天, 地下]}
    sort: {title: 种类, values: [甲, 乙], also: {甲类: 丙}}  #! “丙” is not among the allowed values
    rank: {title: 级别, values: [甲, 乙], refused: {甲: 不行}}  #! “甲” is allowed as it stands
    tier: {title: 层次, refused: {甲: 不行}}            #! `also` and `refused` go with allowed `values`
    town: {title: 名称}                                #! the header “名称” also belongs to `name`
    submitted_at: {title: 时间}                         #! `submitted_at` cannot name a field
inspection:
  title: 检查记录
  key: inspection_no                                   #! no field `inspection_no` → did you mean `inspection_id`?
  time: levels                                         #! `levels` is list, a date is needed
  references: {enterprise_id: enterprise}
  fields:
    inspection_id: {title: 检查编号}
    enterprise_id: {title: 企业编号}
    levels: {title: 主体, type: list}
    mode: {title: 方式, values: [日常, 突击]}
    start_at: {title: 时间, type: datetime}
meeting:
  title: 会议记录
  time: held_on
  lag: 2 weeks                                         #! cannot read the lag `2 weeks` → write N days
  fields:
    held_on: {title: 日期, type: date}
list:
  title: 清单
  lag: 3 days                                          #! list declares no `time`: there is no day from which to wait
  references: {enterprise_id: enterprise}
  fields: {enterprise_id: {title: 企业编号}, done: {title: 完成, type: date}}
decision:                                              #! `decision` is built in: every pack has it
  title: 决定
  fields: {enterprise_id: {title: 企业编号}}
result:
  title: 核实结果                                       #! “核实结果” names the built-in record type `verification`
  aliases: [结果, 报送清单]                              #! “报送清单” names the built-in record type `manifest`
  fields: {enterprise_id: {title: 企业编号}}
""",
    "obligations/1.yaml": """
- id: Bad_Id                                           #! `Bad_Id` cannot be an id
  title: t
  clause: 一
  bearer: enterprise
  applies: kind = '露天矿'                              #! '露天矿' is none of the allowed values → did you mean '露天'?
  window: decembre                                     #! no window `decembre` → did you mean `december`?
  every: month
  perform: {record: inspection}
  ground: 不仔细                                        #! no ground “不仔细” in pack.yaml
- id: same
  title: t
  clause: 一
  bearer: enterprize                                   #! no bearer kind `enterprize` → did you mean `enterprise`?
  perform: {record: inspection}
- id: same                                             #! the id `same` is used twice
  title: t
  clause: 一
  bearer: enterprise
  every: month
  perform: {record: inspectoin}                        #! no record type `inspectoin` → did you mean `inspection`?
- id: two-tests                                        #! exactly one test is needed, here: perform and forbid
  title: t
  clause: 一
  bearer: enterprise
  every: month
  perform: {record: inspection}
  forbid: {record: inspection}
- id: no-test                                          #! exactly one test is needed, here: none
  title: t
  clause: 一
  bearer: enterprise
- id: no-time
  title: t
  clause: 一
  bearer: enterprise
  perform: {record: inspection}                        #! perform needs a time: write every or by
- id: no-trigger
  title: t
  clause: 一
  bearer: enterprise
  done: done                                           #! done needs a trigger: write each
- id: times
  title: t
  clause: 一
  bearer: enterprise
  every: week
  by: day 32                                           #! `day 32`: a month has days 1 to 31
  expect_by: day 3                                     #! it needs `every: month`
  perform: {record: inspection}
- id: durations
  title: t
  clause: 一
  bearer: enterprise
  each: {record: inspection, from: start}              #! unknown name `start` → did you mean start_at?
  within: 10 lightyears                                #! cannot read the duration `10 lightyears` → write N hours
  roll: friday                                         #! cannot roll to `friday`
  respond: {record: inspection, link: enterprise}      #! leads nowhere
- id: numbers
  title: t
  clause: 一
  bearer: enterprise
  each: {record: inspection}
  by: 2023-12-31 - param.waiting days                  #! unknown name `param.waiting` → did you mean param.waits
  expect_by: 2023-12-31 - param.often workdays         #! `param.often` is text: so many workdays need an int
  done: levels                                         #! `levels` is a list, a date is needed
  otherwise:
    - title: later
      by: 2023-12-31 + param.waits days                #! `param.waits` is -1: a duration cannot be negative
      done: coalesce(start_at, level)                  #! unknown name `level` → did you mean levels?
- id: units
  title: t
  clause: 一
  bearer: enterprise
  every: param.often                                   #! `param.often` may be `fortnight`, which is no unit of time
  perform: {record: inspection}
- id: unbound
  title: t
  clause: 一
  bearer: enterprise
  every: param.unbound                                 #! `param.unbound` declares no `values` → add `values: […]`
  perform: {record: inspection, distinct: param.count}  #! unknown name `param.count` → did you mean param.counted
- id: no-text
  title: t
  clause: 一
  bearer: enterprise
  every: param.waits                                   #! `param.waits` is int: `every` is a text → `type: text`
  perform: {record: inspection}
- id: misfits
  title: t
  clause: 一
  bearer: enterprise
  every: param.sometimes                               #! it says nothing more (with param.sometimes = once)
  by: period.end
  perform: {record: inspection}
  otherwise:
    - title: other
      perform:
        record: inspection
        distinct: param.counted                        #! may be `level`, which is no field of inspection → `levels`?
  advisory: {where: level = '重大', why: w}             #! unknown name `level`
- id: lists
  title: t
  clause: 一
  bearer: enterprise
  every: month
  perform: {record: inspection, distinct: param.listed}  #! `levels` is a list (with param.listed = levels)
- id: nobody
  title: t
  clause: 一
  bearer: enterprise
  every: month
  perform:
    record: meeting                                    #! nothing says whose a meeting is
    at_least: 50%                                      #! a percentage of what?
    distinct: colour                                   #! meeting has no field `colour`
- id: alike
  title: t
  clause: 一
  bearer: enterprise
  every: month
  perform:
    record: inspection
    distinct: mode
    alike: [日常, 常规]                                   #! '常规' is none of the allowed values of `mode`: 日常、突击
  otherwise:
    - title: alone
      perform:
        record: inspection
        distinct: mode
        alike: 日常                                      #! one value alone is like no other → write two or more
    - title: nothing
      perform:
        record: inspection
        alike: [日常, 突击]                               #! `alike` goes with `distinct`
    - title: no text
      perform:
        record: inspection
        distinct: date
        alike: [日常, 突击]                               #! `date` is no text
- id: counted
  title: t
  clause: 一
  bearer: enterprise
  every: month
  perform:
    record: inspection
    where: has(levels, 1)                              #! is a number, a text is needed
    sum: start_at                                      #! `start_at` is no number
    at_least: 50% of bearer.kind                       #! is a text, a number is needed
- id: covers
  title: t
  clause: 一
  bearer: enterprise
  every: month
  cover:
    targets: mine                                      #! no bearer kind `mine`
    by: {record: inspection}
- id: dangerous
  title: t
  clause: 一
  bearer: enterprise
  every: month
  applies: getenv('HOME') = 'x'                        #! unknown function `getenv`
  perform:
    record: inspection
    where: enterprise_id in (select enterprise_id from x)  #! `in` needs a list of values
  otherwise:
    - title: nothing                                   #! a path needs a test or `where`
    - title: two tests                                 #! a path has one test at most
      forbid: {record: inspection}
      perform: {record: inspection}
    - {title: late, where: "kind = '露天'", by: '2023-13-45', manual: m}  #! `2023-13-45` is no date
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip("\n"), encoding="utf-8")
    return folder


def wanted(files: dict[str, str]) -> dict[tuple[str, int], str]:
    """(file, line) → what the issue there must say."""
    return {
        (name, number): line.partition("#!")[2].strip()
        for name, text in files.items()
        for number, line in enumerate(text.lstrip("\n").splitlines(), start=1)
        if "#!" in line
    }


def says(issue: Issue, text: str) -> bool:
    message, _, hint = text.partition(" → ")
    return message in issue.message and hint in issue.hint


@pytest.mark.parametrize("files", [WRONG, MEANS_NOTHING], ids=["shape", "meaning"])
def test_every_mistake_in_one_run(files: dict[str, str], tmp_path: Path) -> None:
    folder = write(tmp_path / "wrong", files)
    _, issues = read_pack(folder)
    expected = wanted(files)
    assert len(expected) >= 10
    left = []
    for issue in issues:
        place = (Path(issue.place.file).relative_to(folder).as_posix(), issue.place.line)
        if place in expected and says(issue, expected[place]):
            del expected[place]
        else:
            left.append(str(issue))
    assert (expected, left) == ({}, [])


def test_an_issue_shows_the_line_and_the_clause(tmp_path: Path) -> None:
    folder = write(tmp_path / "wrong", MEANS_NOTHING)
    _, issues = read_pack(folder)
    (issue,) = (issue for issue in issues if "getenv" in issue.message)
    assert "applies: getenv('HOME') = 'x'" in issue.context
    assert "（一）" in issue.context
    assert re.search(r"obligations.1\.yaml:\d+: unknown function `getenv` \[P100\]", str(issue))


@pytest.mark.parametrize(
    "pack", sorted(Path(__file__).parents[2].glob("rules/*/pack.yaml")), ids=lambda path: path.parent.name
)
def test_shipped_packs_are_clean(pack: Path) -> None:
    assert load_pack(pack.parent).obligations


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pack.yaml", "", "`id` is missing"),
        ("pack.yaml", "- a\n- b\n", ""),
        ("pack.yaml", "a: [", "not YAML"),
        ("records.yaml", "- a\n", ""),
        ("records.yaml", "", ""),
        ("obligations/1.yaml", "- 3\n", ""),
        ("obligations/1.yaml", "\t- id: x\n", "not YAML"),
    ],
)
def test_a_broken_file_is_an_issue_and_no_traceback(name: str, text: str, message: str, tmp_path: Path) -> None:
    files = {**MEANS_NOTHING, name: text}
    _, issues = read_pack(write(tmp_path / "wrong", files))
    assert issues
    assert any(message in issue.message for issue in issues)


def test_not_utf8(tmp_path: Path) -> None:
    folder = write(tmp_path / "wrong", MEANS_NOTHING)
    (folder / "records.yaml").write_bytes("标题: 企业".encode("gbk"))
    _, issues = read_pack(folder)
    assert any("is not UTF-8" in issue.message for issue in issues)
