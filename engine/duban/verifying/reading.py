"""What a 核实单 says that came back: sound results, or every mistake with its cell and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from duban.errors import Issue
from duban.model import Verification
from duban.records.register import cell_of
from duban.records.spellings import ERROR_CELLS, spelt
from duban.records.text import NOTHING
from duban.report.verify_sheet import FILLED, TELLING, check_of, heading
from duban.verifying.sheet import Logged, Row, Sheet
from duban.vocabulary import VERIFICATION_TYPE

# What is no 佐证 and no 情况说明, though it is an answer.
_NO_EVIDENCE = ("无", "没有", "暂无", "不详")


@dataclass(frozen=True)
class Result:
    """One result: the fields of the record type as text, '' for none; `row` is where it stands in the sheet."""

    jurisdiction: str
    finding: str
    state: str = ""
    verified_by: str = ""
    verified_on: str = ""  # YYYY-MM-DD
    how: str = ""
    evidence: str = ""
    statement: str = ""
    row: int = 0

    @property
    def content(self) -> tuple[str, ...]:
        """What makes two results the same."""
        return tuple(getattr(self, field) for field in FILLED)


@dataclass(frozen=True)
class Reading:
    """The results of a sheet, how many rows were left blank, and what is wrong."""

    results: tuple[Result, ...]
    blank: int
    issues: tuple[Issue, ...]


def read_results(sheet: Sheet, today: date) -> Reading:
    """Read every row; a result of a day after `today` is a mistake."""
    reader = _Reader(sheet, today)
    found: dict[str, Result] = {}
    blank = 0
    for row in sheet.rows:
        result = reader.result(row)
        if result is None:
            blank += bool(row.cells["指纹"])
        elif result.finding not in found:
            found[result.finding] = result
        elif found[result.finding].content != result.content:
            reader.differs(row, found[result.finding])
    return Reading(tuple(found.values()), blank, tuple(reader.issues))


class _Reader:
    """Reads rows, and collects what is wrong with them."""

    def __init__(self, sheet: Sheet, today: date) -> None:
        self.sheet, self.today = sheet, today
        self.issues: list[Issue] = []

    def result(self, row: Row) -> Result | None:
        """The result of a row, sound or not; None for a row that was left blank."""
        written = {field: row.cells[heading(field)] for field in FILLED}
        filled = {field: "" if text in NOTHING else cell_of(text) for field, text in written.items()}
        fingerprint = row.cells["指纹"]
        logged = self.sheet.logged.get(fingerprint)
        if logged is None and (fingerprint or any(filled.values())):
            self._unknown(row, fingerprint)
        if not any(filled.values()):
            return None
        if logged is not None:
            self._untouched(row, logged)
        result = Result(logged.jurisdiction if logged else "", fingerprint, **filled, row=row.number)
        for field, text in filled.items():
            if text in ERROR_CELLS:
                self._wrong("V111", row, field, text, "是电子表格的错误值", "请改填实际内容")
        state, day = self._state(row, result), self._day(row, result, logged)
        self._signed(row, result)
        if state == Verification.CLEARED.value and not any(map(_says_something, (result.evidence, result.statement))):
            hint = "已澄清等于替对方排除了问题，须写明依据：“佐证”或“情况说明”至少填一项"
            self._issue("V109", row, "evidence", f"第{row.number}行写的是“已澄清”，却没有“佐证”或“情况说明”", hint)
        return replace(result, state=state, verified_on=day)

    # --- which finding
    def _unknown(self, row: Row, fingerprint: str) -> None:
        written = f"的指纹“{fingerprint}”不在发出的核实单中" if fingerprint else "填了内容，却没有指纹"
        cell = self.sheet.columns["指纹"] + str(row.number)
        hint = "指纹不能改动；请对照原件恢复，新增事项请重新审核后再发核实单"
        text = f"第{row.number}行（{cell}）{written}"
        self.issues.append(Issue("V101", text, self.sheet.place(row.number, "指纹"), hint, value=fingerprint))

    def _untouched(self, row: Row, logged: Logged) -> None:
        """A row whose facts are not those that were handed out: its result may belong to another finding."""
        if check_of([row.cells[title] for title in TELLING]) != logged.check:
            text = f"第{row.number}行的{'、'.join(TELLING[1:])}与发出时不一致，核实结果可能错了行"
            hint = "这几列不能改动，排序时须整行一起；请对照原件恢复"
            self.issues.append(Issue("V102", text, self.sheet.place(row.number, "指纹"), hint))

    def differs(self, row: Row, other: Result) -> None:
        """The same finding with two results."""
        text = f"第{row.number}行与第{other.row}行是同一事项（{other.finding}），填的内容却不同"
        self.issues.append(Issue("V110", text, self.sheet.place(row.number, "指纹"), "请只保留一行"))

    # --- what was found
    def _state(self, row: Row, result: Result) -> str:
        spec = VERIFICATION_TYPE.fields["state"]
        may = f"只能填：{'、'.join(spec.values)}"
        if not result.state:
            text = f"第{row.number}行填了其他内容，却没有填“{spec.title}”（{self._cell(row, 'state')}）"
            self._issue("V103", row, "state", text, f"{may}；没有核实的，整行留空")
            return ""
        found = spelt(spec, result.state)
        if found is None and result.state not in ERROR_CELLS:
            self._wrong("V104", row, "state", result.state, "不在可填内容之内", may)
        return found.value if found is not None else ""

    def _signed(self, row: Row, result: Result) -> None:
        for field in ("verified_by", "verified_on"):
            if result.state and not getattr(result, field):
                text = f"第{row.number}行有核实结果，却没有填“{heading(field)}”（{self._cell(row, field)}）"
                self._issue("V105", row, field, text, "谁核实、哪天核实，都要写明")

    def _day(self, row: Row, result: Result, logged: Logged | None) -> str:
        text = result.verified_on
        if not text or text in ERROR_CELLS:
            return ""
        found = spelt(VERIFICATION_TYPE.fields["verified_on"], text)
        if found is None:
            self._wrong("V106", row, "verified_on", text, "不是日期", "请填日期，如2024-1-20")
            return ""
        day = found.value[:10]
        if day > self.today.isoformat():
            self._wrong("V107", row, "verified_on", text, f"晚于今天（{self.today}）", "请填实际核实的日期")
        elif logged is not None and logged.earliest and day < logged.earliest:
            wrong = f"早于该事项可以认定的日期（{logged.earliest}）"
            self._wrong("V108", row, "verified_on", text, wrong, "请填实际核实的日期；事项发生以前的检查不算核实")
        return day

    def _cell(self, row: Row, field: str) -> str:
        return f"{self.sheet.columns[heading(field)]}{row.number}"

    def _wrong(self, code: str, row: Row, field: str, text: str, wrong: str, hint: str) -> None:
        said = f"第{row.number}行“{heading(field)}”（{self._cell(row, field)}）写的是“{text}”，{wrong}"
        self._issue(code, row, field, said, hint, text)

    def _issue(self, code: str, row: Row, field: str, text: str, hint: str, value: str = "") -> None:
        place = self.sheet.place(row.number, heading(field))
        self.issues.append(Issue(code, text, place, hint, value=value))


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text)) and text.strip("。.") not in _NO_EVIDENCE
