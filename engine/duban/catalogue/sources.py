"""Which data an obligation reads: record types, the fields of each, and who must hand it in."""

from __future__ import annotations

from collections.abc import Iterator

from duban.catalogue.markdown import breaks, link, text
from duban.catalogue.spoken import Reads, Speech
from duban.conditions import ConditionError
from duban.kinds import Cover, Done, Forbid, Perform, Reconcile, Respond
from duban.pack import Pack
from duban.pack.obligation import Obligation, Tested, handed_in_by
from duban.scope import Chain, belonging, chain_to


def note_keys(speech: Speech, obligation: Obligation) -> None:
    """Notes what is read though no condition names it: keys, spans, and the references that say whose a record is."""
    _roster(speech, obligation.bearer)
    each, given = obligation.each, obligation.given
    if each is not None:
        speech.note(each.record, *speech.pack.records[each.record].key)
        _chain(speech, each.record, _whose(speech, each.record, obligation.bearer, each.link))
    if given is not None:
        _chain(speech, given.record, _whose(speech, given.record, obligation.bearer, given.link))
    for tested in (obligation, *obligation.otherwise):
        _test(speech, obligation, tested)


def _roster(speech: Speech, bearer: str) -> None:
    kind = speech.pack.header.bearers[bearer]
    span = speech.pack.records[kind.record].span
    speech.note(kind.record, *(name for name in kind.key if speech.pack.records[kind.record].field(name)))
    if span is not None:
        speech.note(kind.record, span.start, span.end)


def _test(speech: Speech, obligation: Obligation, tested: Tested) -> None:
    for test in tested.tests:
        if isinstance(test, (Perform, Respond, Forbid)):
            _chain(speech, test.record, _act(speech, obligation, test.record, test.link))
        elif isinstance(test, Cover):
            _roster(speech, test.targets)
            _chain(speech, test.by.record, _whose(speech, test.by.record, test.targets, test.by.link))
        elif isinstance(test, Reconcile):
            for side in test.sides.values():
                _chain(speech, side.record, _whose(speech, side.record, obligation.bearer, side.link))
        else:
            assert isinstance(test, Done)


def _act(speech: Speech, obligation: Obligation, record: str, link_: str) -> Chain | None:
    """An act belongs to the trigger where a chain leads there, else to the bearer."""
    each = obligation.each
    if each is not None and each.record != record and not link_:
        key = speech.pack.records[each.record].key
        found = chain_to(speech.pack.schema, record, each.record, key) if key else None
        if found is not None:
            return found
    return _whose(speech, record, obligation.bearer, link_)


def _whose(speech: Speech, record: str, bearer: str, link_: str) -> Chain | None:
    try:
        return belonging(speech.pack.schema, record, bearer, link_)
    except ConditionError:  # two ways, and `where` decides
        return None


def _chain(speech: Speech, record: str, chain: Chain | None) -> None:
    """The fields of a chain, each under the record type that it is a field of."""
    schema, current = speech.pack.schema, record
    for name in chain.path if chain is not None else ():
        speech.note(current, name)
        targets = [schema.target(reference)[0] for reference in speech.pack.records[current].references.get(name, ())]
        current = next(filter(None, targets), current)
    if chain is not None:
        speech.note(current, *(key for key in chain.keys if speech.pack.records[current].fields.get(key)))


def table_rows(pack: Pack, obligation: Obligation, reads: Reads, here: str) -> Iterator[list[str]]:
    """Record type, the fields that are read, who hands it in."""
    for record, names in reads.items():
        spec = pack.records[record]
        fields = "、".join(text(spec.fields[name].title) for name in names if name in spec.fields) or "是否在册"
        yield [link(text(spec.title), f"records/{record}", here), fields, sender(pack, record, obligation)]


def sender(pack: Pack, record: str, obligation: Obligation | None = None) -> str:
    """Who must have handed in a record type for its days to be proven."""
    spec = pack.records[record]
    if pack.assumes(record):
        return "按齐全计（名册）" if spec.is_roster else "按齐全计"
    by = handed_in_by(obligation, record, spec.handed_in_by) if obligation is not None else spec.handed_in_by
    if obligation is None:
        return _named(by) if by else "由义务的责任主体"
    kind = pack.header.bearers[obligation.bearer]
    roster = pack.records[kind.record]
    if by.startswith("bearer."):
        field = roster.field(by.removeprefix("bearer."))
        return f"{text(roster.title)}“{text(field.title if field is not None else by)}”所写的单位"
    if by:
        return _named(by)
    through = [roster.field(name) for name in kind.reports_through if name != kind.name]
    titles = "、".join(f"“{text(field.title)}”" for field in through if field is not None)
    return breaks([f"{text(kind.title or obligation.bearer)}自己", f"或其{titles}" if titles else ""])


def _named(by: str) -> str:
    return f"责任主体名册“{text(by.removeprefix('bearer.'))}”所写的单位" if by.startswith("bearer.") else text(by)
