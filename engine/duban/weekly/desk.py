"""四、七、八、九、十: what is on the desk: decisions, what is to be verified, who is proposed, what ends, readings and data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from duban.model import Course, Life, Status, Tier
from duban.pack.weekly import Decision, Group
from duban.report.layout import period
from duban.report.week import Due, Line, Piece, Shown
from duban.weekly.facts import rows
from duban.weekly.material import ASKED, ENDING, NAMED, Material, resting
from duban.weekly.text import NOT_REPORTED, fill, joined, line, piece, short_day, some

LEGAL = "法定义务"


def decisions(m: Material) -> tuple[tuple[Line, ...], str]:
    """What the leaders are asked, and a note: how many more there are, or that there are none."""
    made = [one for index, spec in enumerate(m.weekly.decisions) for one in _decision(m, index, spec)]
    if not made:
        return (), "本周没有需要决定的事项。"
    rest = len(made) - ASKED
    return tuple(made[:ASKED]), f"另有{rest}条，见重大隐患和建议名单" if rest > 0 else ""


def _decision(m: Material, index: int, spec: Decision) -> Iterator[Line]:
    if spec.majors:
        for one in (item for item in m.majors if item.overdue):
            who = piece(one.bearer_name, [one.fingerprint], [one.place], strong=True)
            yield fill(
                spec.text,
                {"bearer": who, "hazard": one.hazard, "days": str(one.days or 0), "period": "", "numbers": ""},
            )
    elif spec.duties:
        for row in m.facts.rows(f"decision/{index}"):
            numbers = "" if row["required"] is None else f"{row['observed'] or 0:g}（要求{row['required']:g}）"
            yield fill(
                spec.text,
                {
                    "bearer": row["bearer_name"],
                    "hazard": "",
                    "days": str(row["days_overdue"] or 0),
                    "period": period(row["period_start"], row["period_end"]),
                    "numbers": piece(numbers, [row["fingerprint"]], row["source"][:60]),
                },
            )
    else:
        own = [one for one in m.proposed if one.measure == spec.measure and spec.tier in ("", one.tier)]
        if own:
            names_said = some([one.bearer_name for one in own], NAMED)
            prints = [name for one in own for name in one.fingerprints]
            yield fill(spec.text, {"count": piece(len(own), prints), "bearers": names_said})


def to_verify(m: Material) -> Iterator[Line]:
    counted = [one for one in m.findings if one.finding.status is Status.BREACHED and one.finding.enforceable]
    groups = m.weekly.groups or tuple(
        Group(title=kind.title or name, bearers=(name,)) for name, kind in m.audit.pack.header.bearers.items()
    )
    parts = []
    for group in groups:
        own = [one for one in counted if one.finding.bearer_kind in group.bearers]
        if own or m.weekly.groups:
            parts.append(_group(m, group, own))
    parts.append(_status(m.findings, Status.LATE, "逾期履行", "（不计入前列）"))
    unproven = _status(m.findings, Status.UNPROVEN, "证据不足", "（不作为问题）")
    parts.append(tuple(Piece(part.text, part.fingerprints, part.places, True) for part in unproven))
    parts.append(_status(m.findings, Status.MANUAL, "需人工认定", ""))
    advisory = [one for one in m.findings if one.finding.status is Status.BREACHED and not one.finding.enforceable]
    if advisory:
        parts.append(line(resting(f"提示性{len(advisory)}", advisory)))
    legal = [one for one in counted if one.finding.basis == LEGAL]
    tail = line("法定义务类", resting(f"{len(legal)}项", legal), "另送执法、法制。") if legal else ()
    yield (*joined(parts, "｜"), Piece("。"), *tail)


def _group(m: Material, group: Group, own: list[Shown]) -> Line:
    inside = [group.apart] if group.apart else []
    if m.past.before is not None:
        new = sum(one.course == Course.NEW.value for one in own)
        cleared = sum(_was_of(m, life, group) for life in m.past.lives if life.course is Course.CLEARED)
        inside += [f"新增{new}"] if new else []
        inside += [f"澄清{cleared}"] if cleared else []
    return line(resting(f"{group.title}{len(own)}", own), f"（{'、'.join(inside)}）" if inside else "")


def _was_of(m: Material, life: Life, group: Group) -> bool:
    """Whether a finding that is none any more was of a group: its duty says whose it was."""
    found = rows(m.audit.connection, "SELECT bearer_kind FROM duties WHERE fingerprint = ?", [life.fingerprint])
    return any(row["bearer_kind"] in group.bearers for row in found)


def interviews(m: Material) -> Iterator[Line]:
    listed = [one for one in m.proposed if one.listed]
    if not m.audit.pack.measures.rules:
        return  # the notice attaches nothing to its findings
    for tier, said in ((Tier.FIRST, "优先研究"), (Tier.SECOND, "先核实、提醒")):
        own = [one for one in listed if one.tier == tier.value]
        names = some([one.bearer_name for one in own], NAMED)
        prints = [name for one in own for name in one.fingerprints]
        yield line(piece(f"{said}{len(own)}", prints, strong=True), f"：{names}。" if own else "。")
    verified, stated = (sum(getattr(one, word) for one in listed) for word in ("verified", "stated"))
    tail = f"已核实{verified}、企业已说明{stated}。"
    late = [
        one
        for one in m.findings
        if one.finding.obligation == m.weekly.feedback and one.finding.status is Status.BREACHED
    ]
    if late:
        names = some([one.finding.bearer_name for one in late], NAMED)
        yield line(tail, "前期约谈逾期未反馈", resting(str(len(late)), late), f"：{names}。")
    else:
        yield line(tail)


def data(m: Material) -> Iterator[Line]:
    parts: list[Line] = [_through(m, spec.title, spec.records) for spec in m.weekly.data]
    asked = [one for one in m.readings if one.asked]
    parts.append(line(f"采用的有争议口径{len(asked)}项"))
    if m.swing is not None:
        parts.append(line(f"若全部取另一读法，名单变化：＋{m.swing.plus}／－{m.swing.minus}"))
    else:
        parts.append(line("取另一读法时名单如何变化未算"))
    changed = [one.title for one in m.readings if one.changed]
    if changed:
        parts.append(line(f"本次改了口径{len(changed)}项：{some(changed, 3, '项')}"))
    errors = [issue for issue in m.audit.issues if issue.severity.value == "error"]
    parts.append(line(f"数据问题{len(errors)}处错误、{len(m.audit.issues) - len(errors)}处提醒"))
    if m.audit.pack.header.complete == "assumed":
        parts.append(line("按“所给数据齐全”计算，未核对报送清单"))
    yield (*joined(parts, "；"), Piece("。"))


def _through(m: Material, title: str, records: Sequence[str]) -> Line:
    """The day through which every sender has handed in; the latest as well, where some are ahead."""
    newest: dict[str, date] = {}
    for row in m.facts.rows("through"):
        if row["record_type"] in records:
            newest[row["sender"]] = max(row["through"], newest.get(row["sender"], row["through"]))
    if not newest:
        return line(title, piece(NOT_REPORTED, strong=True))
    first, last = min(newest.values()), max(newest.values())
    if first == last:
        return line(f"{title}截至{short_day(first)}")
    behind = [name for name, through in newest.items() if through == first]
    return line(f"{title}截至{short_day(first)}至{short_day(last)}（最早：{some(sorted(behind), 3)}）")


def due_lines(due: Sequence[Due]) -> Iterator[Line]:
    """One line for each day and obligation."""
    if not due:
        yield line("无。")
    grouped: dict[tuple[str, str], list[Due]] = {}
    for one in due:
        grouped.setdefault((one.due, one.title), []).append(one)
    for (day, title), own in list(grouped.items())[:ENDING]:
        names = some([one.bearer_name for one in own], NAMED)
        yield line(piece(day, [one.fingerprint for one in own], strong=True), f"　{title}：{names}")
    if len(grouped) > ENDING:
        yield line(f"另有{len(grouped) - ENDING}项，见 duban due。")


def _status(findings: Sequence[Shown], status: Status, title: str, apart: str) -> Line:
    own = [one for one in findings if one.finding.status is status]
    return line(resting(f"{title}{len(own)}", own), apart)
