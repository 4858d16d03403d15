"""拟提请约谈研究名单.xlsx as the leaders handed it back: 采纳与否及理由 of each line, as measures."""

from __future__ import annotations

import csv
from pathlib import Path

from duban.deciding.measures import Measure
from duban.errors import DataError, Issue, Place, UsageError
from duban.records.cells import cell_text
from duban.records.readers.opening import UnreadableBookError, open_book
from duban.report.desk import ROWS
from duban.report.papers.sheet import DECISIONS

_NUMBER, _WHO, _DECISION, _DONE = "序号", "单位", "采纳与否及理由", "办结日期"
_BLANK = " ：:，,。.；;、\n\t\u3000"
_SEARCHED = 10  # rows in which the headings may stand


def read_list(path: Path, results: Path, decided_on: str) -> tuple[list[Measure], int]:
    """The decisions of a list, and how many lines are undecided (blank, or 再核). `results`: the audit that wrote it.

    Raises DataError with every cell that cannot be read.
    """
    rows, header = _table(path)
    listed = _listed(results)
    issues: list[Issue] = []
    found: list[Measure] = []
    undecided = 0
    for number, row in rows:
        cells = {title: row[index] if index < len(row) else "" for title, index in header.items()}
        if not cells[_NUMBER].isdigit():
            continue  # a band, or the note at the end
        line = listed.get(cells[_NUMBER])
        place = Place(path.name, 0, "", number, _DECISION)
        if line is None or cells[_WHO].split("\n")[0] != line["bearer_name"]:
            text = (
                f"第{number}行（序号{cells[_NUMBER]}，{cells[_WHO].split(chr(10))[0]}）不是 {results / ROWS} 中的那一家"
            )
            issues.append(Issue("M020", text, place, "请用写出这份名单的审核结果目录"))
            continue
        word = next((word for word in DECISIONS if cells[_DECISION].startswith(word)), "")
        if cells[_DECISION] and not word:
            text = f"第{number}行“{_DECISION}”写的是“{cells[_DECISION]}”"
            issues.append(Issue("M021", text, place, f"以其中一个开头：{'、'.join(DECISIONS)}，后面写理由"))
        if word in ("", DECISIONS[2]):
            undecided += 1
            continue
        reason = cells[_DECISION].removeprefix(word).strip(_BLANK)
        for bearer in line["bearer_id"].split("、"):
            found.append(
                Measure(
                    line["measure"], bearer, decided_on, line["bearer_kind"], word == DECISIONS[1], reason,
                    done_on=cells.get(_DONE, ""), findings=_own(line, bearer), where=f"{path.name} 第{number}行：",
                )
            )  # fmt: skip
    if issues:
        raise DataError(f"名单 {path.name} 没有读入：", issues)
    return found, undecided


def _own(line: dict[str, str], bearer: str) -> tuple[str, ...]:
    """The findings of a line that are this bearer's; all of them where the line has one bearer."""
    pairs = list(zip(line["findings"].split("；"), line["finding_bearers"].split("；"), strict=True))
    several = "、" in line["bearer_id"]
    return tuple(name for name, whose in pairs if not several or whose == bearer)


def _table(path: Path) -> tuple[list[tuple[int, list[str]]], dict[str, int]]:
    """The rows below the headings, numbered as a spreadsheet shows them, and the column of each heading."""
    try:
        book = open_book(path)
    except UnreadableBookError as error:
        raise DataError(f"{path.name} 打不开", [Issue("M022", str(error), Place(path.name))]) from None
    for sheet in book.sheets:
        rows = [[(cell_text(cell) or "").strip() for cell in row] for row in sheet.rows]
        for index, row in enumerate(rows[:_SEARCHED]):
            if {_NUMBER, _WHO, _DECISION} <= set(row):
                header = {title: column for column, title in enumerate(row) if title}
                return [(number + 1, cells) for number, cells in enumerate(rows) if number > index], header
    text = f"没有一张工作表的表头有“{_NUMBER}”“{_WHO}”“{_DECISION}”"
    raise DataError(f"{path.name} 不是拟提请约谈研究名单", [Issue("M023", text, Place(path.name))])


def _listed(results: Path) -> dict[str, dict[str, str]]:
    """The lines of interviews.csv by number."""
    path = results / ROWS
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            return {row["number"]: row for row in csv.DictReader(text)}
    except OSError:
        raise UsageError(f"{results} 中没有名单（{ROWS}），请重新审核") from None
