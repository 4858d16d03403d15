"""The ten sections of the first screen, in the order in which the head of the bureau asks. Numbers are computed.

Never here: rankings of towns, names of people, data anomalies, one total that mixes 未达到, 逾期 and 证据不足.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duban.auditing import Audit
from duban.conditions import compile_boolean, parse
from duban.model import Course, Life, Past, Status, Tier
from duban.pack.names import fixed_columns
from duban.pack.weekly import Decision, Group, Turned, Weekly
from duban.report.layout import period
from duban.report.week import Due, Line, Major, Piece, Proposed, Reading, Section, Shown, Suggested, Swing, Table
from duban.scope import Names
from duban.verification import IS_OPEN
from duban.weekly.facts import Facts, Row, rows
from duban.weekly.text import (
    BLANK,
    NOT_REPORTED,
    fill,
    joined,
    last_day,
    line,
    piece,
    short_day,
    some,
)

FIRST = "首次审核，无上周对比"
CHOICES = ("同意", "不同意", "再核")
MAJORS_COLUMNS = ("企业", "隐患", "发现／期限", "现状", "挂牌／包保", "最近到场", "建议")
NAMED = 6  # names that one sentence lists
ROWS, ASKED = 8, 8  # rows of a table, and decisions, on the first screen: it is one page
LEGAL = "法定义务"


@dataclass(frozen=True)
class Screen:
    """What the sections are made of."""

    audit: Audit
    weekly: Weekly
    facts: Facts
    findings: Sequence[Shown]
    proposed: Sequence[Proposed]
    majors: Sequence[Major]
    due: Sequence[Due]
    readings: Sequence[Reading]
    past: Past
    suggested: Sequence[Suggested]
    swing: Swing | None

    def sections(self) -> tuple[Section, ...]:
        """In order; a notice that says nothing of a section has none, and the numbers stay those of the form."""
        made: list[tuple[str, str, Iterable[Line], Table | None, tuple[str, ...]]] = [
            ("sentence", "一、一句话", self.sentence(), None, ()),
            ("running", "二、矿山运行", self.running(), None, ()),
            ("majors", "三、重大隐患", self.archive(), self.archive_table(), ()),
            ("decide", "四、请局领导本周决定", self.decisions(), None, CHOICES),
            ("checks", "五、检查任务", self.checks(), None, ()),
            ("sent", "六、报送", self.sent(), None, ()),
            ("verify", f"七、待核实事项（{'较上周' if self.past.before else FIRST}）", self.to_verify(), None, ()),
            ("interviews", "八、拟提请约谈研究（建议稿）", self.interviews(), None, ()),
            ("due", "九、七日内到期", due_lines(self.due), None, ()),
            ("data", "十、口径与数据", self.data(), None, ()),
        ]
        found = (Section(key, title, tuple(lines), table, choices) for key, title, lines, table, choices in made)
        return tuple(one for one in found if one.lines or one.table)

    # --- 一
    def sentence(self) -> Iterator[Line]:
        parts = [self._accidents(), self._overdue(), self._quota()]
        if found := joined([part for part in parts if part], ""):
            yield found

    def _accidents(self) -> Line:
        spec = self.weekly.accidents
        if spec is None:
            return line(f"本周事故、险情{BLANK}（未接入，请填写）。")
        handed = [row for row in self.facts.rows("through") if row["record_type"] == spec.record]
        found = self.facts.rows("accidents")
        if not found and not any(row["whole_week"] for row in handed):
            return line(f"本周{spec.title}", piece(NOT_REPORTED, strong=True), "（没有单位报过本周的情况）。")
        count = piece(len(found), places=(row["place"] for row in found), strong=True)
        return fill(spec.said, {"count": count})

    def _overdue(self) -> Line:
        if self.weekly.majors is None:
            return ()
        late = [one for one in self.majors if one.overdue]
        if not late:
            return line(self.weekly.majors.none)
        said = piece(len(late), (one.fingerprint for one in late), (one.place for one in late), strong=True)
        names = some([one.bearer_name for one in late], NAMED)
        found = fill(self.weekly.majors.said, {"count": said, "names": names})
        return tuple(Piece(part.text, part.fingerprints, part.places, True) for part in found)

    def _quota(self) -> Line:
        checks = self.weekly.checks
        now = [row for row in self._periods() if row["status"] == "pending"]
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
            "days": str(self._workdays(last_day(row["due"]))),
        }
        return fill(checks.said, values)

    def _periods(self) -> list[Row]:
        """The share, month by month: of those over and the one that runs."""
        checks = self.weekly.checks
        own = [row for row in self.facts.checks if checks is not None and row["obligation"] == checks.quota]
        return [row for row in own if row["required"] is not None and row["status"] != "not_applicable"]

    def _workdays(self, until: date) -> int:
        """Workdays after the data ends, the last one included."""
        day, count = last_day(self.audit.as_of) + timedelta(days=1), 0
        while day <= until:
            count += self.audit.pack.calendar.is_workday(day)
            day += timedelta(days=1)
        return count

    # --- 二
    def running(self) -> Iterator[Line]:
        spec = self.weekly.running
        if spec is None:
            return
        own = self.facts.rows("roster/now")
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
        turned = [part for index, one in enumerate(spec.turned) for part in (self._turned(index, one), line("。"))]
        yield joined([*groups, joined(counted, "｜"), line("。"), *turned], "")

    def _turned(self, index: int, spec: Turned) -> Line:
        earlier = {row["bearer_id"] for row in self.facts.rows("roster/before") if row[f"before{index}"]}
        found = [row for row in self.facts.rows("roster/now") if row["bearer_id"] in earlier and row[f"after{index}"]]
        head = line(f"本周{spec.title}", piece(f"{len(found)}家", places=(row["place"] for row in found)))
        if not found:
            return head
        names = f"（{some([row['name'] for row in found], NAMED)}）"
        if spec.proof is None:
            return (*head, Piece(names))
        without = [row["name"] for row in found if not row[f"proof{index}"]]
        said = "有" if not without else f"未见（{some(without, NAMED)}）"
        return (*head, Piece(f"{names}，{spec.proof.title}：{said}"))

    # --- 三
    def archive(self) -> Iterator[Line]:
        spec = self.weekly.majors
        if spec is None:
            return
        since = [one for one in self.majors if one.since]
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
        left = [one for one in self.majors if not one.since and not one.closed]
        tail = line("；另行动前遗留", _majors(f"{len(left)}条", left)) if left else ()
        yield joined([head, joined(shown, "｜"), tail, line("。" if shown or tail else "")], "")

    def archive_table(self) -> Table | None:
        open_ones = [one for one in self.majors if not one.closed]
        if not open_ones:
            return None
        first = sorted(open_ones, key=lambda one: not one.overdue)[:ROWS]
        table_rows = tuple(_row(one) for one in first)
        rest = len(open_ones) - len(first)
        return Table("未销号的重大隐患", MAJORS_COLUMNS, table_rows, f"另有{rest}条见重大隐患一节" if rest else "")

    # --- 四
    def decisions(self) -> Iterator[Line]:
        made = [one for spec in self.weekly.decisions for one in self._decision(spec)]
        yield from made[:ASKED]
        if len(made) > ASKED:
            yield line(f"另有{len(made) - ASKED}条，见重大隐患和建议名单")
        if not made:
            yield line("本周没有需要决定的事项。")

    def _decision(self, spec: Decision) -> Iterator[Line]:
        if spec.majors:
            for one in (item for item in self.majors if item.overdue):
                who = piece(one.bearer_name, [one.fingerprint], [one.place], strong=True)
                yield fill(
                    spec.text,
                    {"bearer": who, "hazard": one.hazard, "days": str(one.days or 0), "period": "", "numbers": ""},
                )
        elif spec.duties:
            names = Names(self.audit.pack.schema, columns=fixed_columns())
            where = compile_boolean(parse(spec.duties), names).sql
            columns = "fingerprint, bearer_name, period_start, period_end, required, observed, days_overdue, source"
            for row in rows(
                self.audit.connection, f"SELECT {columns} FROM duties d WHERE ({where}) AND {IS_OPEN} ORDER BY due"
            ):
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
            own = [one for one in self.proposed if one.measure == spec.measure and spec.tier in ("", one.tier)]
            if own:
                names_said = some([one.bearer_name for one in own], NAMED)
                prints = [name for one in own for name in one.fingerprints]
                yield fill(spec.text, {"count": piece(len(own), prints), "bearers": names_said})

    # --- 五
    def checks(self) -> Iterator[Line]:
        checks = self.weekly.checks
        if checks is None:
            return
        if months := [self._month(row) for row in self._periods()]:
            yield (Piece("县局：", strong=True), *joined(months, "→"), Piece("。"))
        yield from self._coverage()
        names = some([one.bearer_name for one in self.suggested], 8)
        yield line(Piece("本周建议检查：", strong=True), names or f"{BLANK}（见 duban plan-week）", "。")

    def _month(self, row: Row) -> Line:
        checks = self.weekly.checks
        assert checks is not None
        said = {"breached": checks.shortfall, "manual": "需人工认定", "unproven": "证据不足"}.get(row["status"], "")
        named = f"{row['period_start'].month}月" if row["period_start"] else ""
        return line(named, _basis(row, f"{row['observed']:g}/{row['total'] or 0}"), f"（{said}）" if said else "")

    def _coverage(self) -> Iterator[Line]:
        """The last period that is over: how many mines were reached, and who was not, in the order of the towns."""
        checks = self.weekly.checks
        own = [row for row in self.facts.checks if checks is not None and row["obligation"] == checks.coverage]
        own = [row for row in own if row["status"] != "not_applicable"]
        over = [row for row in own if last_day(row["due"]) <= last_day(self.audit.as_of)]
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
        yield line(
            Piece(f"镇全覆盖（{start.month}月）：", strong=True), piece(f"{reached}/{total}", prints), f"{text}。"
        )

    # --- 六
    def sent(self) -> Iterator[Line]:
        spec = self.weekly.sent
        if spec is None:
            return
        over = [row for row in self.facts.sent if row["status"] != "pending"]
        parts: list[Line] = []
        if over:
            parts.append(self._sent_last([row for row in over if row["due"] == max(item["due"] for item in over)]))
            before = [
                row for row in over if row["due"] != max(item["due"] for item in over) and row["status"] == "breached"
            ]
            if before:
                prints = [row["fingerprint"] for row in before]
                parts.append(line("以前各期仍未收齐", piece(f"{len(before)}项", prints)))
        if spec.returned is not None:
            back = self.facts.rows("returned")
            parts.append(line("退改未结", piece(len(back), places=(row["place"] for row in back))))
        coming = [row for row in self.facts.sent if row["status"] == "pending"]
        if coming:
            following = min(row["due"] for row in coming)
            prints = [row["fingerprint"] for row in coming if row["due"] == following]
            parts.append(line("下次：", piece(short_day(last_day(following)), prints)))
        yield (*joined(parts, "；"), Piece("。"))

    def _sent_last(self, last: list[Row]) -> Line:
        """By sender, its worst paper: what was not received, could not be told, came late, came in time."""
        spec = self.weekly.sent
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

    # --- 七
    def to_verify(self) -> Iterator[Line]:
        counted = [one for one in self.findings if one.finding.status is Status.BREACHED and one.finding.enforceable]
        groups = self.weekly.groups or tuple(
            Group(title=kind.title or name, bearers=(name,)) for name, kind in self.audit.pack.header.bearers.items()
        )
        parts = []
        for group in groups:
            own = [one for one in counted if one.finding.bearer_kind in group.bearers]
            if own or self.weekly.groups:
                parts.append(self._group(group, own))
        parts.append(_status(self.findings, Status.LATE, "逾期履行", "（不计入前列）"))
        unproven = _status(self.findings, Status.UNPROVEN, "证据不足", "（不作为问题）")
        parts.append(tuple(Piece(part.text, part.fingerprints, part.places, True) for part in unproven))
        parts.append(_status(self.findings, Status.MANUAL, "需人工认定", ""))
        advisory = [
            one for one in self.findings if one.finding.status is Status.BREACHED and not one.finding.enforceable
        ]
        if advisory:
            parts.append(line(_prints(f"提示性{len(advisory)}", advisory)))
        legal = [one for one in counted if one.finding.basis == LEGAL]
        tail = line("法定义务类", _prints(f"{len(legal)}项", legal), "另送执法、法制。") if legal else ()
        yield (*joined(parts, "｜"), Piece("。"), *tail)

    def _group(self, group: Group, own: list[Shown]) -> Line:
        inside = [group.apart] if group.apart else []
        if self.past.before is not None:
            new = sum(one.course == Course.NEW.value for one in own)
            cleared = sum(self._was_of(life, group) for life in self.past.lives if life.course is Course.CLEARED)
            inside += [f"新增{new}"] if new else []
            inside += [f"澄清{cleared}"] if cleared else []
        return line(_prints(f"{group.title}{len(own)}", own), f"（{'、'.join(inside)}）" if inside else "")

    def _was_of(self, life: Life, group: Group) -> bool:
        """Whether a finding that is none any more was of a group: its duty says whose it was."""
        found = rows(self.audit.connection, "SELECT bearer_kind FROM duties WHERE fingerprint = ?", [life.fingerprint])
        return any(row["bearer_kind"] in group.bearers for row in found)

    # --- 八
    def interviews(self) -> Iterator[Line]:
        listed = [one for one in self.proposed if one.listed]
        if not listed and not self.weekly.feedback:
            return
        for tier, said in ((Tier.FIRST, "优先研究"), (Tier.SECOND, "先核实、提醒")):
            own = [one for one in listed if one.tier == tier.value]
            names = some([one.bearer_name for one in own], NAMED)
            prints = [name for one in own for name in one.fingerprints]
            yield line(piece(f"{said}{len(own)}", prints, strong=True), f"：{names}。" if own else "。")
        verified, stated = (sum(getattr(one, word) for one in listed) for word in ("verified", "stated"))
        tail = f"已核实{verified}、企业已说明{stated}。"
        late = [
            one
            for one in self.findings
            if one.finding.obligation == self.weekly.feedback and one.finding.status is Status.BREACHED
        ]
        if late:
            names = some([one.finding.bearer_name for one in late], NAMED)
            yield line(tail, "前期约谈逾期未反馈", _prints(str(len(late)), late), f"：{names}。")
        else:
            yield line(tail)

    # --- 十
    def data(self) -> Iterator[Line]:
        parts: list[Line] = [self._through(spec.title, spec.records) for spec in self.weekly.data]
        asked = [one for one in self.readings if one.asked]
        parts.append(line(f"采用的有争议口径{len(asked)}项"))
        if self.swing is not None:
            parts.append(line(f"若全部取另一读法，名单变化：＋{self.swing.plus}／－{self.swing.minus}"))
        else:
            parts.append(line("取另一读法时名单如何变化未算"))
        changed = [one.title for one in self.readings if one.changed]
        if changed:
            parts.append(line(f"本次改了口径{len(changed)}项：{some(changed, 3, '项')}"))
        errors = [issue for issue in self.audit.issues if issue.severity.value == "error"]
        parts.append(line(f"数据问题{len(errors)}处错误、{len(self.audit.issues) - len(errors)}处提醒"))
        if self.audit.pack.header.complete == "assumed":
            parts.append(line("按“所给数据齐全”计算，未核对报送清单"))
        yield (*joined(parts, "；"), Piece("。"))

    def _through(self, title: str, records: Sequence[str]) -> Line:
        """The day through which every sender has handed in; the latest as well, where some are ahead."""
        newest: dict[str, date] = {}
        for row in self.facts.rows("through"):
            if row["record_type"] in records:
                newest[row["sender"]] = max(row["through"], newest.get(row["sender"], row["through"]))
        if not newest:
            return line(title, piece(NOT_REPORTED, strong=True))
        first, last = min(newest.values()), max(newest.values())
        if first == last:
            return line(f"{title}截至{short_day(first)}")
        behind = [name for name, through in newest.items() if through == first]
        return line(f"{title}截至{short_day(first)}至{short_day(last)}（最早：{some(sorted(behind), 3)}）")


# --- shared with the editions of towns
def due_lines(due: Sequence[Due]) -> Iterator[Line]:
    """One line for each day and obligation."""
    if not due:
        yield line("无。")
    grouped: dict[tuple[str, str], list[Due]] = {}
    for one in due:
        grouped.setdefault((one.due, one.title), []).append(one)
    for (day, title), own in list(grouped.items())[:6]:
        names = some([one.bearer_name for one in own], NAMED)
        yield line(piece(day, [one.fingerprint for one in own], strong=True), f"　{title}：{names}")
    if len(grouped) > 6:
        yield line(f"另有{len(grouped) - 6}项，见 duban due。")


def _status(findings: Sequence[Shown], status: Status, title: str, apart: str) -> Line:
    own = [one for one in findings if one.finding.status is status]
    return line(_prints(f"{title}{len(own)}", own), apart)


def _prints(text: str, own: Sequence[Shown]) -> Piece:
    return piece(text, (one.finding.fingerprint for one in own))


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
