"""History in words: the list of audits, the life of one finding line by line, two audits compared; and as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from duban.errors import Issue, UsageError
from duban.history.compare import Difference
from duban.history.life import OPEN, Moment, Standing, day_of, life_of
from duban.history.past import Kept, audits_of, series_of
from duban.history.snapshots import Snapshot
from duban.history.tables import DUTIES, FINDINGS
from duban.model import Course, Life, Past, Status

SHORT = 12  # digits of an id that a person is shown
LATE = "资料后到"
_NAMES = {"breached": "未达到", "late": "逾期", "manual": "需认定", "unproven": "证据不足", "candidates": "拟约谈"}
# Changes are counted apart by what they are about, and never added up: what accuses somebody, what came late, what nobody
# knows. A duty that was breached and is met, late or unproven now belongs to the first.
_WEIGHTS = {"": "", "late": "逾期达到（只作提醒）", "unproven": "证据不足（不作为问题）"}
# Those of which only the number is said, unless all are asked for.
_QUIET = (Course.PERSISTING,)
COLUMNS = (
    "course", "late_data", "fingerprint", "obligation", "title", "bearer_kind", "bearer_id", "bearer_name", "town",
    "trigger_id", "period_start", "period_end", "before", "status", "first_seen", "weeks", "why",
)  # fmt: skip


def moment_text(moment: datetime) -> str:
    """A moment as `--as-of` reads it: 24:00 as the day."""
    day = day_of(moment)
    return day.isoformat() if (moment.hour, moment.minute) == (0, 0) else moment.isoformat(" ", "minutes")


# ---- the list


def audit_rows(audits: Iterable[Kept]) -> list[dict[str, Any]]:
    """Audits as plain values; `current`: the one that stands for its week."""
    audits = list(audits)
    kinds = {(one.jurisdiction, one.pack) for one in audits}
    current = {
        one.number
        for kind in kinds
        for one in series_of(item for item in audits if (item.jurisdiction, item.pack) == kind)
    }
    return [
        {
            "id": one.id,
            "jurisdiction": one.jurisdiction,
            "pack": one.pack,
            "as_of": moment_text(one.moment.as_of),
            "known_by": moment_text(one.moment.known_by),
            **{name: one.counts.get(name, 0) for name in _NAMES},
            "recorded_at": one.recorded_at.isoformat(" ", "seconds"),
            "judge": one.judge,
            "current": one.number in current,
        }
        for one in audits
    ]


def audit_lines(audits: Iterable[Kept]) -> Iterator[str]:
    """One block for each jurisdiction and pack, one line for each audit."""
    block = ("", "")
    for row in audit_rows(audits):
        if (row["jurisdiction"], row["pack"]) != block:
            block = (row["jurisdiction"], row["pack"])
            yield f"{block[0]}　{block[1]}"
        counts = "　".join(f"{title}{row[name]}" for name, title in _NAMES.items())
        known = "" if row["known_by"] == row["as_of"] else f"，掌握至{row['known_by']}"
        replaced = "" if row["current"] else "（同日另有后记的一次）"
        yield f"  {row['id'][:SHORT]}  截至{row['as_of']}{known}　{counts}{replaced}"


# ---- one finding


def finding_rows(con: Connection, fingerprint: str) -> list[dict[str, Any]]:
    """How a duty stood in each audit of its series. Raises UsageError for one that no audit knows."""
    rows = {
        row.audit: Standing(*row[1:]) for row in con.execute(select(DUTIES).where(DUTIES.c.fingerprint == fingerprint))
    }
    audits = audits_of(con)
    own = [one for one in audits if one.number in rows]
    if not own:
        raise UsageError(f"历史库中没有指纹 {fingerprint}", [Issue("H024", "指纹见 violations.csv 第一列")])
    series = series_of(one for one in audits if (one.jurisdiction, one.pack) == (own[0].jurisdiction, own[0].pack))
    found: list[dict[str, Any]] = []
    walked: list[tuple[Moment, Standing | None]] = []
    for one in series:
        standing = rows.get(one.number)
        walked.append((one.moment, standing))
        if standing is None and not found:
            continue  # it did not exist yet
        life = life_of(walked)
        found.append({"id": one.id, "as_of": moment_text(one.moment.as_of), **_stood(standing), **_lived(life)})
    return found


def finding_lines(con: Connection, fingerprint: str) -> Iterator[str]:
    """The life of a finding: what it is, then a line for each audit."""
    rows = finding_rows(con, fingerprint)
    told = con.execute(
        select(FINDINGS.c.message, FINDINGS.c.title)
        .where(FINDINGS.c.fingerprint == fingerprint)
        .order_by(FINDINGS.c.audit.desc())
    ).first()
    yield f"{fingerprint}　{told.title if told else rows[-1]['obligation']}"
    if told:
        yield f"  {told.message}"
    for row in rows:
        status = Status(row["status"]).chinese if row["status"] else "没有这一履责项"
        verified = f"（{row['verification']}）" if row["verification"] not in ("", "待核实") else ""
        course = f"　{row['course']}" if row["course"] else ""
        weeks = f"，首见{row['first_seen']}，历时{row['weeks']}周" if row["course"] else ""
        late = f"　[{LATE}]" if row["late_data"] else ""
        why = f"　{row['why']}" if row["why"] else ""
        yield f"  截至{row['as_of']}  {status}{verified}{course}{weeks}{late}{why}"


def _stood(standing: Standing | None) -> dict[str, Any]:
    if standing is None:
        return {"obligation": "", "status": "", "verification": ""}
    return {"obligation": standing.obligation, "status": standing.status, "verification": standing.verification}


def _lived(life: Life | None) -> dict[str, Any]:
    if life is None:
        return {"course": "", "late_data": False, "first_seen": "", "weeks": 0, "why": ""}
    return {
        "course": life.course.value,
        "late_data": life.late_data,
        "first_seen": life.first_seen.isoformat(),
        "weeks": life.weeks,
        "why": life.why,
    }


# ---- two audits


def difference_rows(found: Difference) -> list[dict[str, Any]]:
    """One row for each finding of either audit, by course."""
    order = list(Course)
    rows = []
    for life in sorted(
        found.lives, key=lambda one: (order.index(one.course), _order(found.told(one)), one.fingerprint)
    ):
        told, standing = found.told(life), _standing(found, life.fingerprint)
        rows.append({
            **_lived(life), "fingerprint": life.fingerprint, "obligation": standing.obligation, "before": life.before, "status": life.status,
            **{name: _plain(told.get(name)) for name in COLUMNS if name in told and name != "fingerprint"},
        })  # fmt: skip
    return [{name: row.get(name, "") for name in COLUMNS} for row in rows]


def difference_json(found: Difference) -> dict[str, Any]:
    """All that is known of a difference."""
    return {
        "before": _heading(found.before),
        "after": _heading(found.after),
        "rules": list(found.rules),
        "versions": list(found.versions),
        "counts": {course.value: len(found.of(course)) for course in Course},
        "late_data": sum(life.late_data for life in found.lives),
        "findings": difference_rows(found),
    }


def difference_lines(found: Difference, *, whole: bool = False) -> Iterator[str]:
    """The difference for a screen; `whole`: those that persist line by line, too."""
    yield f"{_named(found.before)} → {_named(found.after)}"
    if found.rules:
        yield f"规则或口径有{len(found.rules)}处不同，以下变化未必是履责的变化："
        yield from (f"  {line}" for line in found.rules)
    else:
        yield "规则和口径：相同"
    if found.versions:
        yield f"程序不同：{'；'.join(found.versions)}"
    rows = difference_rows(found)
    for weight, title in _WEIGHTS.items():
        group = [row for row in rows if _weight(row["before"], row["status"]) == weight]
        if group and title:
            yield f"另：{title}"
        for course in Course:
            own = [row for row in group if row["course"] == course.value]
            late = sum(row["late_data"] for row in own)
            if own or not title:
                yield f"{course.value}：{len(own)}项" + (f"，其中{LATE}{late}项（不是此后行为的变化）" if late else "")
            if whole or (course not in _QUIET and weight != "unproven"):
                yield from (f"  {_line(row)}" for row in own)


def _line(row: Mapping[str, Any]) -> str:
    period = f" {row['period_start']}至{row['period_end']}" if row["period_start"] else ""
    trigger = f" {row['trigger_id']}" if row["trigger_id"] else ""
    before, status = (Status(row[word]).chinese if row[word] else "无" for word in ("before", "status"))
    late = f"[{LATE}]" if row["late_data"] else ""
    why = f"（{row['why']}）" if row["why"] else ""
    return f"{row['fingerprint']} {late}{row['bearer_name'] or row['bearer_id']}{period}{trigger}“{row['title']}”：{before}→{status}{why}"


def course_line(past: Past) -> str:
    """`较上次（2023-12-24）：新增5、持续11、已补正3（其中资料后到1）…`: what the last screen says.

    What was never more than late or unproven is told apart: it is no fault of anybody's.
    """
    if past.before is None:
        return "历史：这是本辖区、本规则包记入的第一次审核"
    told = []
    for weight, title in _WEIGHTS.items():
        lives = [life for life in past.lives if _weight(life.before, life.status) == weight]
        if lives:
            told.append(f"{title}：{_courses(lives)}" if title else _courses(lives))
        elif not title:
            told.append("待核实事项没有变化")
    return f"较上次（{moment_text(past.before)}）：{'；'.join(told)}"


def _courses(lives: Iterable[Life]) -> str:
    lives = list(lives)
    many = Counter(life.course for life in lives)
    late = Counter(life.course for life in lives if life.late_data)
    return "、".join(
        f"{one.value}{many[one]}" + (f"（其中{LATE}{late[one]}）" if late[one] else "") for one in Course if many[one]
    )


def _weight(before: str, status: str) -> str:
    """Which of `_WEIGHTS` a change belongs to."""
    if {before, status} & OPEN:
        return ""
    return "unproven" if status != "late" and "unproven" in (before, status) else "late"


def _order(told: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(told.get(name) or "")
        for name in ("bearer_kind", "town", "bearer_id", "title", "trigger_id", "period_start")
    )


def _standing(found: Difference, fingerprint: str) -> Standing:
    standings = found.after.standings
    return standings[fingerprint] if fingerprint in standings else found.before.standings[fingerprint]


def _heading(snapshot: Snapshot) -> dict[str, Any]:
    moment: Moment = snapshot.moment
    words = ("jurisdiction", "pack", "rules", "parameters", "judge", "versions")
    return {
        "id": snapshot.id, "as_of": moment_text(moment.as_of), "known_by": moment_text(moment.known_by),
        **{word: snapshot.manifest[word] for word in words},
    }  # fmt: skip


def _named(snapshot: Snapshot) -> str:
    moment = snapshot.moment
    known = "" if moment.as_of == moment.known_by else f"，掌握至{moment_text(moment.known_by)}"
    return f"截至{moment_text(moment.as_of)}{known}（{snapshot.id[:SHORT]}）"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
