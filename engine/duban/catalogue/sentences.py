"""An obligation in Chinese sentences: whom it binds, what calls for it, when it is due, how it is counted."""

from __future__ import annotations

from collections.abc import Iterator

from duban.catalogue.markdown import breaks, text
from duban.catalogue.spoken import Speech
from duban.kinds import Cover, Done, Forbid, Perform, Reconcile, Respond
from duban.kinds.base import Amount
from duban.kinds.reconcile import Side
from duban.pack.obligation import Obligation, Path, Tested

PERIODS = {
    "day": "每日",
    "week": "每周",
    "month": "每月",
    "quarter": "每季度",
    "half_year": "每半年",
    "year": "每年",
    "once": "全期一次",
}


def speech_of(speech: Speech, obligation: Obligation) -> Speech:
    """Whoever speaks about an obligation: its bearer, its trigger, the sides of its test."""
    trigger = obligation.each.record if obligation.each is not None else ""
    own = trigger or speech.pack.header.bearers[obligation.bearer].record
    return Speech(speech.pack, own, obligation.bearer, trigger, sides_of(obligation), speech.reads)


def sides_of(tested: Tested) -> dict[str, str]:
    return {name: side.record for name, side in tested.reconcile.sides.items()} if tested.reconcile else {}


def records(speech: Speech, name: str, where: str, link: str = "") -> str:
    """A record type with its condition."""
    record = speech.pack.records[name]
    speech.note(name, record.time)
    condition = f"（{speech.of(name).condition(where)}）" if where else ""
    chain = f"，按{speech.of(name).names((link,))}归属" if link and link != "none" else ""
    return f"{text(record.title)}{condition}{chain}"


# --- who, and what calls for it
def applies(speech: Speech, obligation: Obligation) -> str:
    roster = speech.pack.header.bearers[obligation.bearer].record
    return speech.of(roster).parts(obligation.applies) if obligation.applies else ""


def given(speech: Speech, obligation: Obligation) -> str:
    found = obligation.given
    if found is None:
        return ""
    return f"至少有{found.at_least}条{records(speech, found.record, found.where, found.link)}"


def trigger(speech: Speech, obligation: Obligation) -> str:
    each = obligation.each
    if each is None:
        return ""
    words = ("首条" if each.first else "每条") + records(speech, each.record, each.where, each.link)
    words += "，各算一项"
    if each.start or each.end:
        own = speech.of(each.record)
        start = own.moment(each.start) if each.start else "发生时"
        end = f"至{own.moment(each.end)}（空着的算未止）" if each.end else "起"
        words += f"；期间自{start}{end}"
    return words


# --- when
def window(speech: Speech, obligation: Obligation) -> str:
    start, end = speech.pack.window(obligation)
    return f"{start} 至 {end}" if start else ""


def period(speech: Speech, written: Obligation, obligation: Obligation) -> str:
    """`written` is the obligation as it stands in the file: a parameter may decide the period."""
    if not obligation.every:
        return ""
    name = (written.every or "").removeprefix("param.")
    chosen = f"（由{speech.parameter(name)}定）" if name != written.every else ""
    return PERIODS[obligation.every] + chosen


def due(speech: Speech, obligation: Obligation) -> str:
    if obligation.by:
        words = f"{speech.due(obligation.by)}以前（含当日，24时为限）"
    elif obligation.within:
        side = "之前" if obligation.before else "之后"
        words = f"触发{side}{speech.duration(obligation.within)}以内"
    elif obligation.unit:
        words = "每期末日24时"
    elif isinstance(obligation.test, Reconcile):
        words = "填报之日24时"
    elif obligation.each is not None:
        words = "触发期间终止时"
    else:
        words = "时段末日24时"
    expected = f"；过了{speech.due(obligation.expect_by)}还没有的，提高提示级别" if obligation.expect_by else ""
    return words + _rolled(speech, obligation.roll) + expected


def _rolled(speech: Speech, roll: str) -> str:
    if not roll:
        return ""
    if not roll.startswith("param."):
        return "，逢休息日顺延到下一工作日" if roll == "workday" else "，不顺延"
    name = roll.removeprefix("param.")
    now = "顺延到下一工作日" if speech.pack.values[name] == "workday" else "不顺延"
    return f"，逢休息日{now}（由{speech.parameter(name)}定）"


# --- how it is counted
def counted(speech: Speech, tested: Tested, written: Tested | None = None) -> Iterator[tuple[str, str]]:
    """How a test counts, piece by piece: label and words. `written` is the test as it stands in the file."""
    test = tested.tests[0]
    if isinstance(test, Perform):
        yield from _acts(speech, "数什么", test.record, test.where, test.link)
        yield "怎么数", _numbered(speech, test, written)
        yield "要多少", _amount(speech, test.at_least, "个" if test.distinct else "" if test.sum else "条")
    elif isinstance(test, Cover):
        yield from _cover(speech, test)
    elif isinstance(test, Done):
        yield "看什么", f"触发记录的{speech.moment(test.done)}不晚于期限"
        if test.require:
            yield "并且", speech.parts(test.require)
    elif isinstance(test, Respond):
        yield from _acts(speech, "期限内要有", test.record, test.where, test.link)
    elif isinstance(test, Forbid):
        yield from _acts(speech, "期内不得有", test.record, test.where, test.link)
        yield "要多少", "有一条即未达到"
    else:
        assert isinstance(test, Reconcile)
        yield "都要成立", breaks(f"{number}. {speech.condition(words)}" for number, words in enumerate(test.equal, 1))


def _acts(speech: Speech, label: str, record: str, where: str, chain: str) -> Iterator[tuple[str, str]]:
    yield label, records(speech, record, "", chain)
    if where:
        yield "条件", speech.of(record).parts(where)


def _numbered(speech: Speech, test: Perform, written: Tested | None) -> str:
    own, words = speech.of(test.record), "每条算一次"
    if test.distinct:
        word = written.perform.distinct if written is not None and written.perform is not None else ""
        name = word.removeprefix("param.")
        chosen = f"（由{speech.parameter(name)}定）" if name != word else ""
        words = f"按不同的{own.field(test.distinct)}计，相同的只算一次{chosen}"
    elif test.sum:
        words = f"把{own.field(test.sum)}加起来"
    return words + (f"；算在哪一期看{own.field(test.named_by)}" if test.named_by else "")


def _amount(speech: Speech, value: int | float | str, unit: str = "") -> str:
    found = Amount.read(value)
    if found.number is not None:
        return f"至少{text(found.number)}{unit}"
    if found.percent is not None and found.base:
        return f"至少为{speech.number(found.base)}的{found.percent}%"
    if found.percent is not None:
        return "全部" if found.percent == 100 else f"至少{found.percent}%（进位取整）"
    return f"至少{speech.number(found.expression)}{unit}"


def _cover(speech: Speech, test: Cover) -> Iterator[tuple[str, str]]:
    kind = speech.pack.header.bearers[test.targets]
    speech.note(kind.record, *kind.key)
    yield "对象", f"整期在册的{text(kind.title or test.targets)}"
    if test.where:
        yield "哪些", speech.of(kind.record).parts(test.where)
    yield "怎样算到", f"期内有{records(speech, test.by.record, '', test.by.link)}"
    if test.by.where:
        yield "条件", speech.of(test.by.record).parts(test.by.where)
    yield "要到多少", _amount(speech, test.at_least)


def sides(speech: Speech, tested: Tested) -> Iterator[list[str]]:
    """The sides of a reconcile: name, where it comes from, of which period."""
    for name, side in tested.reconcile.sides.items() if tested.reconcile is not None else ():
        when = "同一期" if side.period == "same" else "上一期"
        yield [f"〔{text(name)}〕", records(speech, side.record, side.where, side.link), when, _side(speech, side)]


def _side(speech: Speech, side: Side) -> str:
    if side.count:
        return "条数"
    if side.sum:
        return f"{speech.of(side.record).field(side.sum)}之和"
    return "该行各栏" + (f"，没有该行的按{text(side.absent)}" if side.absent is not None else "")


def alternative(speech: Speech, path: Path) -> Iterator[tuple[str, str]]:
    """Another way to be in order, or a reason to ask a person, piece by piece."""
    if path.where:
        yield "前提", speech.parts(path.where)
    if path.tests:
        own = Speech(speech.pack, speech.own, speech.bearer, speech.trigger, sides_of(path), speech.reads)
        yield from counted(own, path)
    if path.by:
        yield "期限", f"{speech.due(path.by)}以前"
    yield "成立的", f"不算未达到，交人认定：{text(path.manual)}" if path.manual else "算按替代要求办理"
