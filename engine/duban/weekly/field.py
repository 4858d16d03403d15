"""一、二、三、五、六: what goes on in the county: the sentence, the roster, major hazards, checks, papers sent in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from duban.pack.weekly import Turned
from duban.report.week import Line, Major, Piece, Table
from duban.weekly.facts import Row
from duban.weekly.material import NAMED, ROWS, Material
from duban.weekly.text import BLANK, NOT_REPORTED, fill, joined, last_day, line, piece, short_day, some

MAJORS_COLUMNS = ("企业", "隐患", "发现／期限", "现状", "挂牌／包保", "最近到场", "建议")


def sentence(m: Material) -> Iterator[Line]:
    parts = [_accidents(m), _overdue(m), _quota(m)]
    if found := joined([part for part in parts if part], ""):
        yield found


def _accidents(m: Material) -> Line:
    spec = m.weekly.accidents
    if spec is None:
        return line(f"本周事故、险情{BLANK}（未接入，请填写）。")
    handed = [row for row in m.facts.rows("through") if row["record_type"] == spec.record]
    found = m.facts.rows("accidents")
    if not found and not any(row["whole_week"] for row in handed):
        return line(f"本周{spec.title}", piece(NOT_REPORTED, strong=True), "（没有单位报过本周的情况）。")
    count = piece(len(found), places=(row["place"] for row in found), strong=True)
    return fill(spec.said, {"count": count})


def _overdue(m: Material) -> Line:
    if m.weekly.majors is None:
        return ()
    if _unreported(m):
        return line("重大隐患档案", piece(NOT_REPORTED, strong=True), "，是否逾期不明。")
    unknown = [one for one in m.majors if one.unproven and not one.closed]
    doubt = line("重大隐患", _majors(f"{len(unknown)}条", unknown), "证据不足，是否逾期不明。") if unknown else ()
    late = [one for one in m.majors if one.overdue]
    if not late:
        return doubt if unknown else line(m.weekly.majors.none)
    said = piece(len(late), (one.fingerprint for one in late), (one.place for one in late), strong=True)
    names = some([one.bearer_name for one in late], NAMED)
    found = fill(m.weekly.majors.said, {"count": said, "names": names})
    return (*(Piece(part.text, part.fingerprints, part.places, True) for part in found), *doubt)


def _unreported(m: Material) -> bool:
    """Whether nobody has handed in the archive: no row then means nothing."""
    assert m.weekly.majors is not None
    record = m.weekly.majors.record
    handed = any(row["record_type"] == record for row in m.facts.rows("through"))
    return not m.majors and not handed and not m.audit.pack.assumes(record)


def _quota(m: Material) -> Line:
    checks = m.weekly.checks
    now = [row for row in _periods(m) if row["status"] == "pending"]
    if checks is None or not now:
        return ()
    row = now[0]
    short = max(row["required"] - row["observed"], 0)
    values: dict[str, str | Piece] = {
        "month": f"{row['period_start'].month}月" if row["period_start"] else "",
        "done": _basis(row, f"{row['observed']:g}"),
        "total": str(row["total"] or 0),
        "needed": f"{row['required']:g}",
        "short": piece(f"{short:g}", [row["fingerprint"]], strong=True),
        "days": str(_workdays(m, last_day(row["due"]))),
    }
    return fill(checks.said, values)


def _periods(m: Material) -> list[Row]:
    """The share, month by month: of those over and the one that runs."""
    checks = m.weekly.checks
    own = [row for row in m.facts.checks if checks is not None and row["obligation"] == checks.quota]
    return [row for row in own if row["required"] is not None and row["status"] != "not_applicable"]


def _workdays(m: Material, until: date) -> int:
    """Workdays after the data ends, the last one included."""
    day, count = last_day(m.audit.as_of) + timedelta(days=1), 0
    while day <= until:
        count += m.audit.pack.calendar.is_workday(day)
        day += timedelta(days=1)
    return count


def running(m: Material) -> Iterator[Line]:
    spec = m.weekly.running
    if spec is None:
        return
    own = m.facts.rows("roster/now")
    groups = [
        line(piece(f"{spec.title}{len(own)}{spec.unit}", places=(row["place"] for row in own), strong=True), "：")
    ]
    counted = []
    for index, group in enumerate(spec.groups):
        members = [row for row in own if row["grp"] == index]
        parts = [
            f"{part.title}{len(inside)}"
            for number, part in enumerate(group.parts)
            if (inside := [row for row in members if row["part"] == f"{index}.{number}"])
        ]
        shown = piece(f"{group.title}{len(members)}", places=(row["place"] for row in members))
        counted.append(line(shown, f"（{'、'.join(parts)}）" if parts else ""))
    if rest := [row for row in own if row["grp"] is None]:
        counted.append(line(piece(f"状态{NOT_REPORTED}{len(rest)}", places=(row["place"] for row in rest))))
    turned = [part for index, one in enumerate(spec.turned) for part in (_turned(m, index, one), line("。"))]
    yield joined([*groups, joined(counted, "｜"), line("。"), *turned], "")


def _turned(m: Material, index: int, spec: Turned) -> Line:
    earlier = {row["bearer_id"] for row in m.facts.rows("roster/before") if row[f"before{index}"]}
    found = [row for row in m.facts.rows("roster/now") if row["bearer_id"] in earlier and row[f"after{index}"]]
    head = line(f"本周{spec.title}", piece(f"{len(found)}家", places=(row["place"] for row in found)))
    if not found:
        return head
    names = f"（{some([row['name'] for row in found], NAMED)}）"
    if spec.proof is None:
        return (*head, Piece(names))
    without = [row["name"] for row in found if not row[f"proof{index}"]]
    said = "有" if not without else f"未见（{some(without, NAMED)}）"
    return (*head, Piece(f"{names}，{spec.proof.title}：{said}"))


def archive(m: Material) -> Iterator[Line]:
    spec = m.weekly.majors
    if spec is None:
        return
    if _unreported(m):
        yield line("重大隐患档案", piece(NOT_REPORTED, strong=True), "。")
        return
    since = [one for one in m.majors if one.since]
    states = list(dict.fromkeys(state.of or state.title for state in spec.states))
    shown = []
    for state in states:
        own = [one for one in since if one.state == state]
        parts = []
        for part in dict.fromkeys(item.title for item in spec.states if item.of == state):
            members = [one for one in own if one.part == part]
            if members:
                parts.append(line(_majors(f"{part}{len(members)}", members, strong=members[0].overdue)))
        if own:
            inside = (Piece("（"), *joined(parts, "、"), Piece("）")) if parts else ()
            shown.append((*line(_majors(f"{state}{len(own)}", own)), *inside))
    head = line("行动以来", _majors(f"{len(since)}条", since, strong=True), "：" if shown else "。")
    left = [one for one in m.majors if not one.since and not one.closed]
    tail = line("；另行动前遗留", _majors(f"{len(left)}条", left)) if left else ()
    yield joined([head, joined(shown, "｜"), tail, line("。" if shown or tail else "")], "")


def archive_table(m: Material) -> Table | None:
    open_ones = [one for one in m.majors if not one.closed]
    if not open_ones:
        return None
    first = sorted(open_ones, key=lambda one: not one.overdue)[:ROWS]
    table_rows = tuple(_row(one) for one in first)
    rest = len(open_ones) - len(first)
    return Table("未销号的重大隐患", MAJORS_COLUMNS, table_rows, f"另有{rest}条见重大隐患一节" if rest else "")


def checks(m: Material) -> Iterator[Line]:
    checks = m.weekly.checks
    if checks is None:
        return
    if months := [_month(m, row) for row in _periods(m)]:
        yield (Piece("县局：", strong=True), *joined(months, "→"), Piece("。"))
    yield from _coverage(m)
    names = some([one.bearer_name for one in m.suggested], 8)
    yield line(Piece("本周建议检查：", strong=True), names or f"{BLANK}（见 duban plan-week）", "。")


def _month(m: Material, row: Row) -> Line:
    checks = m.weekly.checks
    assert checks is not None
    said = {"breached": checks.shortfall, "manual": "需人工认定", "unproven": "证据不足"}.get(row["status"], "")
    named = f"{row['period_start'].month}月" if row["period_start"] else ""
    return line(named, _basis(row, f"{row['observed']:g}/{row['total'] or 0}"), f"（{said}）" if said else "")


def _coverage(m: Material) -> Iterator[Line]:
    """The last period that is over: how many mines were reached, and who was not, in the order of the towns."""
    checks = m.weekly.checks
    own = [row for row in m.facts.checks if checks is not None and row["obligation"] == checks.coverage]
    own = [row for row in own if row["status"] != "not_applicable"]
    over = [row for row in own if last_day(row["due"]) <= last_day(m.audit.as_of)]
    if not over:
        return
    start = max(row["period_start"] for row in over)
    last = [row for row in over if row["period_start"] == start]
    total, reached = sum(row["total"] for row in last), sum(row["reached"] for row in last)
    prints = [row["fingerprint"] for row in last]
    unsure = sum(row["unsure"] for row in last)
    missed = [f"{row['town']}{name}" for row in last for name in row["missed"] or ()]
    manual = sum(row["status"] == "manual" for row in last)
    unproven = sum(row["status"] == "unproven" for row in last)
    tail = [f"缺：{some(missed, NAMED)}"] if missed else []
    tail += [f"{unsure}家是否应计不明"] if unsure else []
    tail += [f"其中{manual}镇需人工认定"] if manual else []
    tail += [f"{unproven}镇证据不足"] if unproven else []
    text = f"，{'；'.join(tail)}" if tail else ""
    yield line(Piece(f"镇全覆盖（{start.month}月）：", strong=True), piece(f"{reached}/{total}", prints), f"{text}。")


def sent(m: Material) -> Iterator[Line]:
    spec = m.weekly.sent
    if spec is None:
        return
    over = [row for row in m.facts.sent if row["status"] != "pending"]
    parts: list[Line] = []
    if over:
        parts.append(_sent_last(m, [row for row in over if row["due"] == max(item["due"] for item in over)]))
        before = [
            row for row in over if row["due"] != max(item["due"] for item in over) and row["status"] == "breached"
        ]
        if before:
            prints = [row["fingerprint"] for row in before]
            parts.append(line("以前各期仍未收齐", piece(f"{len(before)}项", prints)))
    if spec.returned is not None:
        back = m.facts.rows("returned")
        parts.append(line("退改未结", piece(len(back), places=(row["place"] for row in back))))
    coming = [row for row in m.facts.sent if row["status"] == "pending"]
    if coming:
        following = min(row["due"] for row in coming)
        prints = [row["fingerprint"] for row in coming if row["due"] == following]
        parts.append(line("下次：", piece(short_day(last_day(following)), prints)))
    yield (*joined(parts, "；"), Piece("。"))


def _sent_last(m: Material, last: list[Row]) -> Line:
    """By sender, its worst paper: what was not received, could not be told, came late, came in time."""
    spec = m.weekly.sent
    assert spec is not None
    senders: dict[str, list[Row]] = {}
    for row in last:
        senders.setdefault(row["bearer_name"], []).append(row)
    order = ("breached", "unproven", "manual", "late", "met")
    worst = {
        name: next((one for one in order if any(row["status"] == one for row in own)), "met")
        for name, own in senders.items()
    }
    named = {"breached": "未收齐", "unproven": "证据不足", "manual": "需人工认定", "late": "迟报", "met": "按时"}
    month = (
        f"{last[0]['period_start'].month}月"
        if last[0]["period_start"]
        else f"{short_day(last_day(last[0]['due']))}到期"
    )
    here = [name for name, status in worst.items() if status in ("late", "met")]
    head = f"{len(senders)}{spec.unit}" + ("全部收到" if len(here) == len(senders) else f"收齐{len(here)}")
    counts = []
    for status in reversed(order):
        own = [name for name, found in worst.items() if found == status]
        if own:
            prints = [row["fingerprint"] for name in own for row in senders[name]]
            who = f"（{some(own, 3)}）" if status != "met" else ""
            counts.append(line(piece(f"{named[status]}{len(own)}", prints), who))
    return (
        *line(f"{month}{spec.title}：", piece(head, [row["fingerprint"] for row in last]), "，"),
        *joined(counts, "、"),
    )


def _basis(row: Row, text: str) -> Piece:
    return piece(text, [row["fingerprint"]], row["places"] or ())


def _majors(text: str, own: Sequence[Major], *, strong: bool = False) -> Piece:
    return piece(text, (one.fingerprint for one in own if one.fingerprint), (one.place for one in own), strong=strong)


def _row(one: Major) -> tuple[Line, ...]:
    state = f"{one.state}·{one.part}" if one.part else one.state
    days = f"{one.days}天" if one.overdue and one.days else ""
    prints = [one.fingerprint] if one.fingerprint else []
    return (
        line(piece(one.bearer_name, prints, [one.place])),
        line(one.hazard),
        line(f"{one.found}／{one.due}"),
        line(piece(f"{state}{days}", strong=one.overdue)),
        line(f"{one.supervised}／{one.keeper}"),
        line(one.visited),
        line(one.advice),
    )
