"""Waivers: dated, signed decisions that a duty is excused. A malformed one is loud and never excuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from duban.errors import Issue
from duban.pack.pack import Pack
from duban.pack.yaml import Document, read_yaml
from duban.vocabulary import Word

if TYPE_CHECKING:
    import duckdb

FILE = "waivers.yaml"


def _iso(value: Any) -> Any:
    """A date as text, as Python callers and JSON give it."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


Day = Annotated[date, BeforeValidator(_iso)]


class Waiver(Word):
    """One decision: which duty (obligation and bearer, or fingerprint), why, who approved it, and for which days."""

    obligation: str = ""
    bearer: str = ""
    fingerprint: str = ""
    reason: str
    approved_by: str
    approved_on: Day
    start: Day = Field(alias="from")
    end: Day = Field(alias="until")

    @model_validator(mode="after")
    def _names_a_duty(self) -> Waiver:
        if not self.fingerprint and not (self.obligation and self.bearer):
            raise ValueError("write obligation and bearer, or fingerprint")
        if self.start > self.end:
            raise ValueError("`from` is after `until`")
        return self


@dataclass(frozen=True)
class Waivers:
    """The sound waivers, and what is wrong with the others."""

    items: tuple[Waiver, ...] = ()
    issues: tuple[Issue, ...] = ()


NO_WAIVERS = Waivers()


def read_waivers(path: Path, pack: Pack) -> Waivers:
    """Read a waivers.yaml; every mistake becomes an issue."""
    document = read_yaml(path, path.name)
    if document.value is not None and not isinstance(document.value, list):
        issue = Issue("W001", "豁免文件应是一个列表", document.place(()), "每项以 “- obligation: …” 开头")
        return Waivers((), (*document.issues, issue))
    found = check_waivers(document.value or [], pack, document)
    return Waivers(found.items, (*document.issues, *found.issues))


def check_waivers(values: Iterable[Any], pack: Pack, document: Document | None = None) -> Waivers:
    """Check waivers given as mappings; one on a duty that the law itself imposes is an error."""
    document = document or Document("waivers")
    basis = {obligation.id: obligation.basis for obligation in pack.obligations}
    items: list[Waiver] = []
    issues: list[Issue] = []
    for index, value in enumerate(values):
        place = document.place((index,))
        try:
            waiver = value if isinstance(value, Waiver) else Waiver.model_validate(value)
        except ValidationError as error:
            for problem in error.errors():
                word = ".".join(str(part) for part in problem["loc"])
                text = f"豁免第{index + 1}项无效，不予采用：{word} {problem['msg']}".strip()
                issues.append(
                    Issue("W002", text, place, "需写明义务与主体（或指纹）、理由、批准人、批准日期、起止日期")
                )
            continue
        if waiver.obligation and waiver.obligation not in basis:
            issues.append(Issue("W003", f"豁免第{index + 1}项所指义务“{waiver.obligation}”不存在，不予采用", place))
        elif basis.get(waiver.obligation) == "法定义务":
            text = f"豁免第{index + 1}项无效：“{waiver.obligation}”是法定义务，不能批准不计入"
            issues.append(Issue("W004", text, place))
        else:
            items.append(waiver)
    return Waivers(tuple(items), tuple(issues))


def load_waivers(con: duckdb.DuckDBPyConnection, waivers: Sequence[Waiver], pack: Pack) -> None:
    """Create `raw_waiver`. A fingerprint's obligation is unknown here: those on legal duties are left out by the plan."""
    con.execute(
        "CREATE TABLE raw_waiver (obligation VARCHAR, bearer VARCHAR, fingerprint VARCHAR, reason VARCHAR,"
        " approved_on DATE, day_from DATE, day_until DATE)"
    )
    rows: list[Mapping[str, Any] | tuple[Any, ...]] = [
        (
            item.obligation,
            item.bearer,
            item.fingerprint,
            f"{item.reason}（{item.approved_by}）",
            item.approved_on,
            item.start,
            item.end,
        )
        for item in waivers
    ]
    if rows:
        con.executemany("INSERT INTO raw_waiver VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
