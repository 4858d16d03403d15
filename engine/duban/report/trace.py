"""The matrix clause → sentence → what serves it, as text for a terminal, one HTML page, or CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from html import escape
from io import StringIO
from itertools import groupby

from duban.errors import Issue, Place
from duban.pack import Pack
from duban.pack.notice import Notice, Sentence
from duban.pack.trace import CHECKED, Row, Trace, counts, served
from duban.report.layout import aligned

COLUMNS = (
    "条款", "句序", "原文", "概要", "登记", "可核程度", "落实", "义务", "线索", "措施", "人工认定", "非规范的理由",
    "读法", "疑点",
)  # fmt: skip
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 15px/1.6 system-ui, "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; margin: 2em auto;
  max-width: 76em; padding: 0 1em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin: 2em 0 .4em; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid var(--line); padding: .3em .6em;
  text-align: left; vertical-align: top; }
th { background: var(--soft); } table.counts { width: auto; } table.counts td + td { text-align: right; }
td.quote { width: 24%; } td.grade { width: 7em; } td.what { width: 18%; }
.F .grade { box-shadow: inset 5px 0 #2a8a4a; } .P .grade { box-shadow: inset 5px 0 #c98a00; }
.N .grade { box-shadow: inset 5px 0 #888; } td.grade { padding-left: .9em; }
tr.none td:not(.quote) { opacity: .7; } .bad { border: 2px solid #c22; padding: .5em 1em; } small { opacity: .8; }
code { font-size: .9em; } a { color: inherit; }
@media print { body { margin: 0; max-width: none; } tr { break-inside: avoid; } }
"""


def faults(found: Trace, notice: Notice) -> list[Issue]:
    """What does not hold against the notice: wrong quotations, then the sentences that no entry covers."""
    hint = "在 clauses.yaml 中写明由什么落实，或为什么不是规范（not_a_norm）"
    bare = [
        Issue("T004", f"{one.clause}第{one.number}句没有对应的条目：{one.short}", Place(notice.name, one.line), hint)
        for one in found.uncovered
    ]
    return [*found.problems, *bare]


def text(pack: Pack, found: Trace) -> Iterator[str]:
    """For a terminal."""
    yield f"{pack.header.number}　逐句对照"
    for clause, rows in groupby(found.rows, lambda row: row.entry.clause):
        yield f"\n{clause}"
        for row in rows:
            yield from _lines(pack, row)
    yield ""
    yield from summary(pack, found)


def summary(pack: Pack, found: Trace) -> Iterator[str]:
    """How many norms, how far records show them, and what serves them."""
    yield _total(pack, found)
    yield from aligned(counts(found.rows), left=1)


def _total(pack: Pack, found: Trace) -> str:
    norms = sum(row.entry.checked is not None for row in found.rows)
    return f"共{len(found.rows)}条：规范{norms}条，非规范{len(found.rows) - norms}条；义务{len(pack.obligations)}项。"


def _title(pack: Pack, name: str) -> str:
    """The title of an obligation; a draft says that it is not in force yet."""
    found = pack.obligation(name)
    return f"{found.title}（起草中）" if found.draft else found.title


def _lines(pack: Pack, row: Row) -> Iterator[str]:
    entry = row.entry
    rows = f"　{'、'.join(entry.register_rows)}" if entry.register_rows else ""
    yield f"  [{entry.checked or '－'} {served(entry)}] {entry.summary}（{shown(row)}）{rows}"
    for name in entry.encoded_by:
        yield f"      {name}　{_title(pack, name)}"
    for label, names in (("线索", entry.leads), ("措施", entry.measures)):
        if names:
            yield f"      {label}：{'、'.join(names)}"
    if entry.manual:
        yield f"      人工：{entry.manual}"
    if entry.not_a_norm:
        yield f"      非规范：{entry.not_a_norm}"


def shown(row: Row, whole: bool = False) -> str:
    """How a sentence is named: its excerpt, its words in the notice that is at hand (`whole`), or its place alone."""
    entry = row.entry
    if entry.place is not None:
        return f"第{entry.place.sentence}句，{entry.place.title}"
    if whole and row.sentences:
        return "".join(sentence.text for sentence in row.sentences)
    return f"“{entry.quote}”"


def table(pack: Pack, found: Trace) -> str:
    """CSV that Excel and WPS open: with BOM. The words of the notice are in it where it was given."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in found.rows:
        entry = row.entry
        duties = [f"{name} {_title(pack, name)}" for name in entry.encoded_by]
        cells = [
            entry.clause, _numbers(row.sentences), shown(row, whole=True), entry.summary, *_joined(entry.register_rows),
            entry.checked or "", served(entry), *_joined(duties), *_joined(entry.leads), *_joined(entry.measures),
            entry.manual, entry.not_a_norm, entry.reading, entry.doubt,
        ]  # fmt: skip
        writer.writerow(cells)
    return "\ufeff" + out.getvalue()


def _numbers(sentences: tuple[Sentence, ...]) -> str:
    return "、".join(str(sentence.number) for sentence in sentences)


def _joined(names: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield "；".join(names)


def page(pack: Pack, found: Trace, notice: Notice | None) -> str:
    """One HTML page that needs nothing else."""
    header = pack.header
    title = f"{escape(header.number)} 逐句对照"
    parts = [
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{title}</h1><p>{escape(header.title)}（规则包 <code>{escape(header.id)}</code>）。{_total(pack, found)}</p>",
        _counts(found),
        "<p><small>可核程度指台账能核对到什么程度；落实指现在由什么核对。规则核对的结论一律待核实。</small></p>",
        *_faults(found, notice),
    ]
    for clause, rows in groupby(found.rows, lambda row: row.entry.clause):
        parts.append(f'<h2 id="{escape(clause)}">{escape(clause)}</h2>')
        parts.append("<table><tr><th>原文</th><th>概要</th><th>可核</th><th>落实</th></tr>")
        for _, same in groupby(rows, lambda row: row.sentences or shown(row)):
            parts += _html_rows(pack, list(same))
        parts.append("</table>")
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _counts(found: Trace) -> str:
    head, *lines = counts(found.rows)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in lines)
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    return f'<table class="counts"><tr>{heads}</tr>{body}</table>'


def _faults(found: Trace, notice: Notice | None) -> Iterator[str]:
    if notice is None:
        yield "<p>没有与通知原文核对（--notice）。</p>"
        return
    problems = faults(found, notice)
    if not problems:
        yield f"<p>已与通知原文核对：{len(notice.sentences)}句全部有条目，引文都在所注条款的原文中。</p>"
        return
    items = "".join(f"<li>{escape(one.message)}</li>" for one in problems)
    yield f'<div class="bad"><p>与通知原文不符的有{len(problems)}处：</p><ul>{items}</ul></div>'


def _html_rows(pack: Pack, rows: list[Row]) -> Iterator[str]:
    """A sentence, and a row for each norm in it."""
    for row in rows:
        first = (
            f'<td class="quote" rowspan="{len(rows)}">{escape(shown(row, whole=True))}</td>' if row is rows[0] else ""
        )
        notes = ["、".join(row.entry.register_rows), shown(row) if len(rows) > 1 else ""]
        small = "".join(f"<br><small>{escape(note)}</small>" for note in notes if note)
        grade = f"{row.entry.checked} {CHECKED[row.entry.checked]}" if row.entry.checked else "－"
        yield (
            f'<tr class="{row.entry.checked or "none"}">{first}<td class="what">{escape(row.entry.summary)}{small}</td>'
            f'<td class="grade">{grade}</td><td>{_how(pack, row)}</td></tr>'
        )


def _how(pack: Pack, row: Row) -> str:
    """What serves a norm, and how its words were read."""
    entry = row.entry
    how = [f"<b>{served(entry)}</b>"]
    how += [f"<code>{escape(name)}</code> {escape(_title(pack, name))}" for name in entry.encoded_by]
    texts = {
        "线索": "、".join(entry.leads),
        "措施": "、".join(entry.measures),
        "人工": entry.manual,
        "理由": entry.not_a_norm,
        "读法": entry.reading,
        "疑点": entry.doubt,
    }
    return "<br>".join([*how, *(f"{label}：{escape(words)}" for label, words in texts.items() if words)])
