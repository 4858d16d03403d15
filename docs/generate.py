"""Writes the generated parts of docs/: cli.md, catalogue.md and schema/*.json.

`python docs/generate.py` writes them; with `--check` it names those that are stale, and exits with 1 if there are any.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from duban.cases import Case, CaseFile, Expected, case_files
from duban.cli import duban
from duban.kinds import Cover, Done, Forbid, Perform, Reconcile, Respond, Test
from duban.model import Status
from duban.pack import Obligation, Pack, load_pack, shipped_packs
from duban.pack.clauses import read_clauses
from duban.pack.jsonschema import document
from duban.pack.obligation import Path as Otherwise
from duban.pack.trace import Row, counts, served, trace
from duban.pack.yaml import read_yaml
from duban.report.trace import shown

DOCS = Path(__file__).parent
WIDTH = 100
SCHEMAS = ("pack", "records", "obligations", "leads", "clauses")
GENERATED = "<!-- Written by `make docs`. Do not edit. -->"


def main(arguments: list[str]) -> int:
    wanted = {DOCS / name: text for name, text in pages()}
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for path in (DOCS / "schema").glob("*.json") if path not in wanted]
    if arguments == ["--check"]:
        for path in stale:
            print(f"{path.relative_to(DOCS.parent).as_posix()} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        if path not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
        print(f"wrote {path.relative_to(DOCS.parent).as_posix()}")
    return 0


def pages() -> Iterator[tuple[str, str]]:
    """Every generated page: its name below docs/, and its text."""
    yield "cli.md", text_of(cli())
    yield "catalogue.md", text_of(catalogue())
    for what in SCHEMAS:
        yield f"schema/{what}.json", json.dumps(document(what), ensure_ascii=False, indent=2) + "\n"


def text_of(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


# ---- cli.md


def cli() -> Iterator[str]:
    yield "# The command line"
    yield ""
    yield GENERATED
    yield ""
    yield "Exit codes: 0 clean · 1 findings at or above `--fail-on`, or a case that failed ·"
    yield "2 bad usage, rules or data · 3 a bug of ours."
    yield from verb(duban, "duban", None)


def verb(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    """One verb and its sub-verbs, as `--help` prints them on a terminal of fixed width."""
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=WIDTH)
    yield f"\n## {context.command_path}\n"
    yield "```"
    yield "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield "```"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from verb(found, child, context)


# ---- catalogue.md


def catalogue() -> Iterator[str]:
    yield "# 义务目录"
    yield ""
    yield GENERATED
    yield ""
    yield "每项义务：条款、原文、责任主体、期限、计法、读法，以及按原文手工推算、由 `duban rules test` 逐一核对的案例。"
    for name in shipped_packs():
        yield from pack_entry(load_pack(name))


def pack_entry(pack: Pack) -> Iterator[str]:
    header = pack.header
    yield f"\n## {header.number} {header.title}\n"
    yield f"规则包 `{header.id}`，{header.issuer}。共{len(pack.obligations)}项义务。\n"
    if header.parameters:
        yield "| 口径参数 | 默认 | 条款 | 说明 |"
        yield "|---|---|---|---|"
        for name, spec in header.parameters.items():
            yield row(f"`{name}` {spec.title}", yaml_value(spec.default), spec.clause, spec.why)
    yield from sentences(pack)
    cases: dict[str, list[Case]] = {}
    for path in case_files(pack):
        found = CaseFile.model_validate(read_yaml(path).value)
        cases.setdefault(found.obligation, []).extend(found.cases)
    for obligation in pack.obligations:
        yield from entry(pack, obligation, cases.get(obligation.id, []))


def sentences(pack: Pack) -> Iterator[str]:
    """How many norms the notice holds, how far records show them; and what serves each."""
    rows = trace(pack, read_clauses(pack.folder, pack)).rows
    if not rows:
        return
    yield "\n### 逐句对照\n"
    norms = [found for found in rows if found.entry.checked]
    yield f"通知共{len(rows)}条，其中规范{len(norms)}条。可核程度指台账能核对到什么程度，各列是现在由什么落实。"
    yield "与通知原文核对：`duban rules trace --notice 通知.txt`。\n"
    head, *lines = counts(rows)
    yield row(*head)
    yield "|" + "---|" * len(head)
    yield from (row(*line) for line in lines)
    yield "\n| 条款 | 规范 | 登记 | 可核 | 落实 | 义务 | 人工认定 |"
    yield "|---|---|---|---|---|---|---|"
    yield from map(norm, norms)


def norm(found: Row) -> str:
    """One norm as a line of the table."""
    entry = found.entry
    duties = "、".join(f"`{name}`" for name in (*entry.encoded_by, *entry.leads, *entry.measures))
    what = f"{entry.summary}（{shown(found)}）"
    return row(
        entry.clause, what, "、".join(entry.register_rows), str(entry.checked), served(entry), duties, entry.manual
    )


def entry(pack: Pack, obligation: Obligation, cases: list[Case]) -> Iterator[str]:
    yield f"\n### {obligation.clause} {obligation.title}\n"
    facts = {
        "编号": f"`{obligation.id}`" + "".join(f"，登记{item}" for item in obligation.register_rows),
        "原文": f"“{obligation.quote}”" if obligation.quote else "",
        "责任主体": who(pack, obligation),
        "触发": trigger(pack, obligation),
        "期限": when(pack, obligation),
        "计法": counted(pack, obligation.test),
        "替代": "；".join(map(alternative, obligation.otherwise)),
        "读法": obligation.reading,
        "看不到": obligation.cannot_see,
        "只作提示": str(obligation.advisory or ""),
        "起草中，尚未施行": obligation.draft,
        "人工认定": obligation.manual,
        "情形": obligation.ground,
        "性质": obligation.basis + (f"，{obligation.law}" if obligation.law else ""),
    }
    yield from (f"- {name}：{joined(text)}" for name, text in facts.items() if text)
    if cases:
        yield ""
        yield "| 案例 | 截至 | 结果 | 理由 |"
        yield "|---|---|---|---|"
        for case in cases:
            results = "；".join(map(result, case.expect)) or "没有履责项"
            yield row(case.name, circumstances(case), results, case.why)


def who(pack: Pack, obligation: Obligation) -> str:
    kind = pack.header.bearers[obligation.bearer]
    text = kind.title or obligation.bearer
    if obligation.applies:
        text += f"，适用于 `{obligation.applies}`"
    if obligation.given is not None:
        at_least = f"至少{obligation.given.at_least}条" if obligation.given.at_least != 1 else ""
        text += f"，前提是有{at_least}{records(pack, obligation.given.record, obligation.given.where)}"
    return text


def alternative(path: Otherwise) -> str:
    return path.title + (f"（交人工认定：{path.manual}）" if path.manual else "")


def trigger(pack: Pack, obligation: Obligation) -> str:
    each = obligation.each
    if each is None:
        return ""
    text = ("首条" if each.first else "每条") + records(pack, each.record, each.where)
    if each.start or each.end:
        text += f"，自 `{each.start or '发生时'}` 至 `{each.end or '不限'}`"
    return text


UNITS = {
    "day": "每日",
    "week": "每周",
    "month": "每月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
    "once": "一次",
}


def when(pack: Pack, obligation: Obligation) -> str:
    start, end = pack.window(obligation)
    parts = [UNITS[obligation.every]] if obligation.every else []
    parts += [f"{start} 至 {end}"] if start else []
    parts += [f"`{obligation.by}` 前"] if obligation.by else []
    parts += [f"触发{'前' if obligation.before else '后'} `{obligation.within}` 内"] if obligation.within else []
    if obligation.roll:
        parts.append("遇休息日顺延" if obligation.roll == "workday" else f"顺延按 `{obligation.roll}`")
    return "，".join(parts)


def counted(pack: Pack, test: Test) -> str:
    """How a test counts, in a sentence."""
    if isinstance(test, Perform):
        field = pack.records[test.record].field(test.distinct or test.sum)
        title = field.title if field is not None else "日期"
        how = f"按不同{title}计，" if test.distinct else f"{title}合计，" if test.sum else ""
        return f"{records(pack, test.record, test.where)}，{how}至少 {test.at_least}"
    if isinstance(test, Cover):
        kind = pack.header.bearers[test.targets]
        targets = (kind.title or test.targets) + (f"（`{test.where}`）" if test.where else "")
        return f"对象：{targets}；有{records(pack, test.by.record, test.by.where)}即覆盖，至少 {test.at_least}"
    if isinstance(test, Done):
        return f"`{test.done}` 有日期" + (f"，且 `{test.require}`" if test.require else "")
    if isinstance(test, Respond):
        return f"有{records(pack, test.record, test.where)}"
    if isinstance(test, Forbid):
        return f"不得有{records(pack, test.record, test.where)}"
    assert isinstance(test, Reconcile)
    return "；".join(f"`{text}`" for text in test.equal)


def records(pack: Pack, name: str, where: str) -> str:
    """A record type with its condition."""
    return pack.records[name].title + (f"（`{where}`）" if where else "")


def circumstances(case: Case) -> str:
    """As of when, known by when, and which parameters were set."""
    known = f"，掌握至{case.known_by}" if case.known_by is not None else ""
    return f"{case.as_of}{known}" + "".join(f"，`{name}={yaml_value(value)}`" for name, value in case.params.items())


def result(duty: Expected) -> str:
    """One expected duty, short."""
    period = duty.period.isoformat() if isinstance(duty.period, date) else duty.period
    name = " ".join(part for part in (duty.bearer, duty.trigger, period) if part)
    numbers = f"（{duty.observed}/{duty.required}）" if duty.observed is not None and duty.required is not None else ""
    return f"{name} {Status(duty.status).chinese}{numbers}" + ("（提示性）" if duty.enforceable is False else "")


def yaml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def row(*cells: str) -> str:
    """A line of a table; a bar inside a cell would end it."""
    return "| " + " | ".join(joined(cell).replace("|", "\\|") for cell in cells) + " |"


def joined(text: str) -> str:
    """One line; without the blanks that YAML puts between the folded lines of a Chinese text."""
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(text.split()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
