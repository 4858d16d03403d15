"""What is due as an iCalendar file (RFC 5545): for each item an all-day event on its day, and a to-do with the same due.

Calendars of phones show events only, and desks tick off to-dos. The file is the same bytes each time: the stamp is
as_of, the UIDs are the fingerprints, so that a later file moves an entry and does not add one.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from duban.planning.due import Due, Item
from duban.report.papers.words import shown

if TYPE_CHECKING:
    from icalendar import Component

EARLIER = timedelta(days=-1)  # the reminder: a day before


def as_ics(due: Due, name: str, zone: str) -> bytes:
    """The calendar of all items. `name`: what it is called; `zone`: the time zone of the pack, for dues with an hour."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", "-//duban//due//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    stamp = _utc(due.as_of, zone)
    for item in due.items:
        calendar.add_component(_event(item, stamp, zone))
        calendar.add_component(_todo(item, stamp, zone))
    return bytes(calendar.to_ical())


def _event(item: Item, stamp: datetime, zone: str) -> Component:
    from icalendar import Event

    event = Event()
    _common(event, item, stamp, f"{item.fingerprint}@duban")
    when = _when(item, zone)
    event.add("dtstart", when)
    if not isinstance(when, datetime):
        event.add("dtend", when + timedelta(days=1))  # the day itself: the end is not part of it
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(item, related="START"))
    return event


def _todo(item: Item, stamp: datetime, zone: str) -> Component:
    from icalendar import Todo

    todo = Todo()
    _common(todo, item, stamp, f"{item.fingerprint}-todo@duban")
    todo.add("related-to", f"{item.fingerprint}@duban")
    todo.add("due", _when(item, zone))
    todo.add("status", "NEEDS-ACTION")
    todo.add_component(_alarm(item, related="END"))
    return todo


def _common(part: Component, item: Item, stamp: datetime, uid: str) -> None:
    part.add("uid", uid)
    part.add("dtstamp", stamp)
    part.add("summary", shown(_summary(item)))
    about = [item.period, item.trigger_id, item.what, item.remark, f"条款：{item.clause}"]
    part.add("description", shown("\n".join(filter(None, about))))
    part.add("categories", [item.group.value])
    if item.town:
        part.add("location", item.town)


def _summary(item: Item) -> str:
    return f"{item.bearer_name}：{item.title}" + ("（仅提示）" if not item.enforceable else "")


def _alarm(item: Item, related: str) -> Component:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", shown(_summary(item)))
    alarm.add("trigger", EARLIER, parameters={"RELATED": related})
    return alarm


def _when(item: Item, zone: str) -> Any:
    """The day of a due that stands for its end; the moment in UTC of one with an hour."""
    return item.day if item.due.time() == datetime.min.time() else _utc(item.due, zone)


def _utc(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)
