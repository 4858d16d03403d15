"""What goes onto the desk after the judgement: the list beside the other files of an audit, and a folder of papers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from duban.model import Finding, Judgement
from duban.report.candidates import listed
from duban.report.papers import Bureau, Notice, read_bureau, write_papers
from duban.report.papers.bureau import Contact
from duban.report.papers.interviews import entries, write_csv
from duban.report.papers.sheet import NAME, write_sheet

if TYPE_CHECKING:
    from duban.auditing import Audit

LIST, ROWS = f"{NAME}.xlsx", "interviews.csv"
SETTINGS = "bureau.yaml"


def bureau_file(audit: Audit, path: Path | None) -> Path | None:
    """The bureau's settings: the file that is named, or the one beside the records, if there is one."""
    beside = [Path(source) / SETTINGS for source in audit.source if (Path(source) / SETTINGS).is_file()]
    return path or next(iter(beside), None)


def bureau_of(audit: Audit, path: Path | None) -> Bureau:
    """The bureau's settings; without a file the pack's issuer. Raises UsageError with every mistake of the file."""
    found = bureau_file(audit, path)
    if found is not None:
        return read_bureau(found)
    return Bureau(
        name=audit.pack.header.issuer,
        committee="县安委办",
        section="承办股室",
        legal_section="法制审核机构",
        contact=Contact(person="承办股室", phone="________"),
    )


def write_list(audit: Audit, judgement: Judgement, bureau: Bureau, folder: Path) -> None:
    """The list for people and the list for machines, into a folder."""
    chosen = entries(listed(audit.pack, judgement), bureau)
    write_sheet(chosen, notice_of(audit), audit.as_of, audit.known_by, folder / LIST)
    write_csv(chosen, audit.as_of, audit.known_by, folder / ROWS)


def papers_of(
    audit: Audit, judgement: Judgement, findings: Iterable[Finding], bureau: Bureau, folder: Path
) -> list[Path]:
    """The list and every paper that may be drafted, into a new or empty folder; `findings` are all that there are."""
    on_list = replace(judgement, candidates=tuple(listed(audit.pack, judgement)), findings=tuple(findings))
    titles = {name: kind.title for name, kind in audit.pack.header.bearers.items()}
    towns = audit.connection.execute(
        "SELECT DISTINCT town FROM duties WHERE coalesce(town, '') <> '' ORDER BY town"
    ).fetchall()
    names = [str(town) for (town,) in towns]
    return write_papers(
        folder, on_list, bureau, notice_of(audit), audit.as_of, audit.known_by, titles=titles, towns=names
    )


def notice_of(audit: Audit) -> Notice:
    """The notice that papers rest on."""
    return Notice(audit.pack.header.number, audit.pack.header.title)
