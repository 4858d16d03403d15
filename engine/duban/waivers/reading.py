"""What a waiver must say, wherever it comes from: waivers.yaml, a sheet of the record type `waiver`, or a caller."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from duban.errors import Issue, Place
from duban.model import WaiverState, WaiverUse
from duban.pack.obligation import LEGAL
from duban.pack.pack import Pack
from duban.pack.yaml import Document, read_yaml
from duban.vocabulary import JURISDICTION, WAIVER_TYPE, Word

FILE = "waivers.yaml"
_HINT = "需写明义务与责任主体（或指纹）、理由、批准人、批准日期、起止日期"
# Words of waivers.yaml → their titles.
_NAMES = ("jurisdiction", "obligation", "bearer", "fingerprint", "reason", "approved_by")
_DAYS = ("approved_on", "from", "until")
_SHEET_WORDS = {"from": "valid_from", "until": "valid_until"}


def _iso(value: Any) -> Any:
    """A date as text, as Python callers and JSON give it."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


Day = Annotated[date, BeforeValidator(_iso)]
Said = Annotated[str, Field(min_length=1)]


class Waiver(Word):
    """One decision: which duty (obligation and bearer, or fingerprint), why, who approved it, and for which days."""

    jurisdiction: str = ""
    obligation: str = ""
    bearer: str = ""
    fingerprint: str = ""
    reason: Said
    approved_by: Said
    approved_on: Day
    start: Day = Field(alias="from")
    end: Day = Field(alias="until")

    @model_validator(mode="after")
    def _names_a_duty(self) -> Waiver:
        if not self.fingerprint and not (self.obligation and self.bearer):
            raise ValueError("没有写明是哪一项：义务和责任主体两样都写，或者写指纹")
        if self.start > self.end:
            raise ValueError(f"“起”（{self.start}）晚于“止”（{self.end}）")
        return self


@dataclass(frozen=True)
class Granted:
    """A sound waiver and where it stands; `known_on`: the day from which it is approved, and known."""

    waiver: Waiver
    place: Place
    known_on: date

    def use(self, state: WaiverState, why: str = "", duties: Iterable[str] = ()) -> WaiverUse:
        """The waiver as reports list it."""
        one = self.waiver
        named = (one.jurisdiction, one.obligation, one.bearer, one.fingerprint, one.reason, one.approved_by)
        days = (one.approved_on, one.start, one.end)
        return WaiverUse(str(self.place), state, why, *named, *days, tuple(duties))


@dataclass(frozen=True)
class Waivers:
    """The sound waivers, what is wrong with the others, and those others as they will be listed."""

    items: tuple[Granted, ...] = ()
    issues: tuple[Issue, ...] = ()
    refused: tuple[WaiverUse, ...] = ()

    def __add__(self, other: Waivers) -> Waivers:
        issues, refused = self.issues + other.issues, self.refused + other.refused
        return Waivers(self.items + other.items, issues, refused)


@dataclass(frozen=True)
class Written:
    """A waiver as somebody wrote it: its words, where it stands, and when it was handed in."""

    words: Any
    place: Place
    handed_in: date | None = None


def read_waivers(path: Path, pack: Pack) -> Waivers:
    """Read a waivers.yaml; every mistake becomes an issue."""
    document = read_yaml(path, path.name)
    if document.value is not None and not isinstance(document.value, list):
        issue = Issue("W001", "豁免文件应是一个列表", document.place(()), "每项以 “- obligation: …” 开头")
        return Waivers((), (*document.issues, issue))
    written = [Written(value, document.place((index,))) for index, value in enumerate(document.value or [])]
    found = check_written(written, pack, document)
    return replace(found, issues=(*document.issues, *found.issues))


def check_waivers(values: Iterable[Any], pack: Pack) -> Waivers:
    """Check waivers that a caller gives as mappings."""
    return check_written([Written(value, Place(f"waivers[{index}]")) for index, value in enumerate(values)], pack)


def check_written(written: Iterable[Written], pack: Pack, document: Document | None = None) -> Waivers:
    """Sound waivers, and each mistake of the others at its own line, where the document knows it."""
    items: list[Granted] = []
    issues: list[Issue] = []
    refused: list[WaiverUse] = []
    for index, one in enumerate(written):
        wrong: list[Issue] = []
        try:
            waiver = one.words if isinstance(one.words, Waiver) else Waiver.model_validate(one.words)
            waiver = _filled(waiver, pack)
            wrong = list(_unfit(waiver.obligation, pack, one.place))
        except ValidationError as error:
            wrong = [_malformed(item, one.place, index, document) for item in error.errors()]
            wrong += _unfit(_named(one.words), pack, one.place)
        if wrong:
            issues += wrong
            refused.append(_refused(one, "；".join(issue.message for issue in wrong)))
        else:
            known = max(waiver.approved_on, one.handed_in or waiver.approved_on)
            items.append(Granted(waiver, one.place, known))
    return Waivers(tuple(items), tuple(issues), tuple(refused))


def _filled(waiver: Waiver, pack: Pack) -> Waiver:
    """With the pack's own jurisdiction where none is named; an obligation may be named by its title."""
    titles = {item.title: item.id for item in pack.obligations}
    return waiver.model_copy(
        update={
            JURISDICTION: waiver.jurisdiction or pack.header.jurisdiction,
            "obligation": titles.get(waiver.obligation, waiver.obligation),
        }
    )


def _named(words: Any) -> str:
    """The obligation that a malformed waiver names; '' for none."""
    return str(words.get("obligation") or "") if isinstance(words, Mapping) else ""


def _unfit(obligation: str, pack: Pack, place: Place) -> Iterator[Issue]:
    """A waiver on an obligation that is not there, or that the law itself imposes."""
    basis = {name: one.basis for one in pack.obligations for name in (one.id, one.title)}
    if obligation and obligation not in basis:
        close = difflib.get_close_matches(obligation, basis, n=1)
        hint = f"是否为“{close[0]}”？" if close else "义务编号见 duban rules list"
        yield Issue("W003", f"豁免所指义务“{obligation}”不存在，不予采用", place, hint)
    elif basis.get(obligation) == LEGAL:
        yield legal(obligation, place)


def legal(obligation: str, place: Place) -> Issue:
    """A waiver on what the law itself imposes."""
    text = f"豁免无效，不予采用：“{obligation}”是法定义务，不能批准不计入"
    return Issue("W004", text, place, "法定义务的期限和例外以法律规定为准")


def _malformed(problem: ErrorDetails, place: Place, index: int, document: Document | None) -> Issue:
    word = str(problem["loc"][0]) if problem["loc"] else ""
    if document is not None:
        place = document.place((index, word) if word else (index,))
    return Issue("W002", f"豁免无效，不予采用：{_fault(problem, word)}", place, _HINT)


def _fault(problem: ErrorDetails, word: str) -> str:
    spec = WAIVER_TYPE.field(_SHEET_WORDS.get(word, word))
    title = f"“{spec.title}”（{word}）" if spec is not None else f"“{word}”"
    if problem["type"] in ("missing", "string_too_short"):
        return f"缺{title}"
    if problem["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in Waiver.model_fields.items()]
        close = difflib.get_close_matches(word, known, n=1)
        return f"没有{title}这一项" + (f"，是否为 {close[0]}？" if close else "")
    if problem["type"].startswith(("date", "is_instance_of")):
        return f"{title}不是日期：{problem['input']}"
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    return f"{title}应写成文字：{problem['input']!r}" if word else "每一项应有“obligation: …”等各行"


def _refused(written: Written, why: str) -> WaiverUse:
    words: Mapping[str, Any] = written.words if isinstance(written.words, Mapping) else {}
    if isinstance(written.words, Waiver):
        words = written.words.model_dump(by_alias=True)
    named = [str(words.get(name) or "") for name in _NAMES]
    days = [_iso(words.get(name)) for name in _DAYS]
    sound = [day if isinstance(day, date) else None for day in days]
    return WaiverUse(str(written.place), WaiverState.REFUSED, why, *named, *sound)  # type: ignore[arg-type]
