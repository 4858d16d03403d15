"""Every issue that reading records can raise: one function per kind, with its code and its Chinese sentence.

D1xx files and sheets · D2xx columns · D3xx cells · D4xx rows against each other · D5xx the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from duban.errors import Issue, Place, Severity
from duban.records import dates
from duban.records.numbers import HEADER_UNIT
from duban.records.spellings import ELEMENT, NO_RESULT, SCIENTIFIC, UNUSABLE, not_allowed, told_of
from duban.records.spelt import AND_OTHERS, INFERRED_YEAR, OTHER_UNIT, SERIAL, TWO_DIGITS
from duban.records.text import narrowed
from duban.vocabulary import FieldSpec

EMPTY, EMPTY_KEY, EMPTY_TIME = "D303", "D304", "D305"
ONE = "D406"
NO_TABLE = "D101"

# No clerk reads more than this many of one kind about one file; the rest is one line with a number.
CAP = 200

_SHOWN = 60  # characters of a cell

_EXAMPLES = {
    "date": ("日期", "请填日期，如2024-1-20"),
    "datetime": ("日期或时间", "请填日期或时间，如2024-1-20或2024-1-20 9:30"),
    "month": ("月份", "请填月份，如2024-01"),
    "int": ("整数", "请只填整数，如3，不带单位"),
    "decimal": ("数字", "请只填数字，如1.5，不带单位"),
    "bool": ("是或否", "请填“是”或“否”"),
}


def _warning(code: str, message: str, place: Place, hint: str = "", value: str = "") -> Issue:
    return Issue(code, message, place, hint, Severity.WARNING, value)


# ---- D1xx files and sheets


def unsupported_file(place: Place, suffix: str, *, web: bool = False) -> Issue:
    what = "内容是网页或XML的" if web else ""
    return _warning(
        NO_TABLE, f"不能读取{what}{suffix or '没有扩展名'}的文件，未读入", place, "请另存为csv或xlsx后放回原处"
    )


def unmatched(place: Place, what: str, known: Iterable[str], near: str) -> Issue:
    names = "、".join(known)
    hint = f"是不是“{near}”？" if near else ""
    hint += f"文件名或工作表名请以材料名称开头：{names}"
    return Issue("D102", f"认不出“{what}”是哪一种材料，未读入", place, hint)


def unreadable_file(place: Place, reason: str) -> Issue:
    return Issue("D103", f"文件打不开，未读入：{reason}", place, "请检查文件是否损坏、加密或正被占用，另存后重新放入")


def recoded(place: Place, encoding: str) -> Issue:
    return _warning("D104", f"文件不是UTF-8编码，已按{encoding}读取", place, "如有乱码，请另存为“CSV UTF-8”")


def empty_table(place: Place) -> Issue:
    return _warning("D105", "是空表，没有表头", place, "如确无内容，请保留表头并在报送清单中填行数0")


def malformed_row(place: Place, line: int, reason: str) -> Issue:
    at = f"第{place.row}行" + (f"（文本第{line}行）" if line != place.row else "")
    return Issue("D106", f"{at}{reason}", place, "请在电子表格软件中核对该行后另存")


def nul_bytes(place: Place) -> Issue:
    return _warning(
        "D107", "文件中有看不见的乱码（空字节），已略去", place, "文件可能没有存好，请用电子表格软件打开核对后另存"
    )


def unknown_type(what: str, known: Iterable[str], near: str) -> Issue:
    hint = f"是不是“{near}”？" if near else ""
    return Issue("D108", f"没有名为“{what}”的材料类型，未读入", Place(file=what), f"{hint}可用：{'、'.join(known)}")


def broken_text(place: Place) -> Issue:
    return _warning(
        "D109", "文件中有无法识别的字符，已用“\ufffd”代替", place, "文件可能损坏，请核对后另存为“CSV UTF-8”"
    )


def hidden_sheet(place: Place) -> Issue:
    return _warning("D110", f"工作表“{place.sheet}”是隐藏的，已一并读入", place, "如不是报送内容，请删去该工作表")


def hidden_rows(place: Place, rows: Sequence[int], number: int) -> Issue:
    listed = "、".join(map(str, rows)) + ("等" if number > len(rows) else "")
    return _warning("D111", f"第{listed}行是隐藏的（共{number}行），已一并读入", place, "如不是报送内容，请删去这些行")


def locked_file(place: Place) -> Issue:
    return Issue("D112", "文件有打开密码，未读入", place, "请取消密码后重新报送")


def refused_zip(place: Place, reason: str) -> Issue:
    return Issue("D113", f"压缩包{reason}，其余内容未读入", place, "请直接报送里面的表格")


def bad_mapping(place: Place, reason: str) -> Issue:
    return Issue("D114", f"表头对应文件有误，未使用：{reason}", place, "可用 duban map 重新拟一份")


def doubtful_type(place: Place, what: str, titles: Iterable[str]) -> Issue:
    names = "、".join(f"“{title}”" for title in titles)
    hint = "请把工作表或文件改名为其中一种，或用 duban map 写明"
    return Issue("D115", f"“{what}”的表头分不清是{names}中的哪一种，未读入", place, hint)


def by_headers(place: Place, title: str) -> Issue:
    return _warning("D116", f"名称认不出，按表头认作“{title}”", place)


def list_of_problems(place: Place, sheet: str) -> Issue:
    """A note: a list of problems is an extract of the ledger, and no ledger."""
    hint = "隐患台账另报；三张清单是否对得上，用 duban lists --check 核对"
    return _warning("D125", f"“{sheet}”是清单，不作为台账读入", place, hint)


def no_records(place: Place, rows: Mapping[int, str]) -> Issue:
    """A note: the rows below a header that are no records."""
    kinds: dict[str, list[int]] = {}
    for row, why in rows.items():
        kinds.setdefault(why, []).append(row)
    said = "；".join(f"{why}：第{'、'.join(map(str, at[:12]))}行{'等' * (len(at) > 12)}" for why, at in kinds.items())
    return _warning("D117", f"不是记录、没有计入的行：{said}", place)


def no_table(place: Place) -> Issue:
    return _warning("D118", "是说明，不是台账，没有读入", place)


def filled_down(place: Place, number: int) -> Issue:
    return _warning(
        "D325", f"“{place.column}”有{number}行是合并单元格，已按合并的内容补全", place, "请逐行填写，不要合并"
    )


def known_as(place: Place, text: str, key: str, target: str) -> Issue:
    return _warning("D326", f"“{place.column}”写的是“{text}”，按“{target}”认作{key}", place, f"请填{target}中的编号")


def two_known_as(place: Place, text: str, keys: Iterable[str], target: str) -> Issue:
    found = "、".join(keys)
    return Issue(
        "D327", f"“{place.column}”写的“{text}”在“{target}”中不止一个（{found}），按空白处理", place, "请填编号"
    )


# ---- D2xx columns


def unknown_column(place: Place, header: str, title: str, near: str) -> Issue:
    hint = f"是不是“{near}”？" if near else "如需使用该列，请在规则包的材料定义中登记"
    return _warning("D201", f"“{title}”没有“{header}”这一列，该列未使用", place, hint)


def missing_column(place: Place, header: str, title: str, *, error: bool) -> Issue:
    message = f"“{title}”缺少“{header}”列，各行此项按空白处理"
    hint = f"请补上表头为“{header}”的列"
    return Issue("D202", message, place, hint) if error else _warning("D203", message, place, hint)


def twice(place: Place, title: str, first: str, position: int) -> Issue:
    return _warning(
        "D204", f"“{place.column}”列（第{position}列）与“{first}”列都是“{title}”，只用前一列", place, "请只保留一列"
    )


def no_known_column(place: Place, title: str, headers: Iterable[str]) -> Issue:
    hint = f"请写明表头，如{'、'.join(f'“{header}”' for header in headers)}；可用 duban template 取空白表"
    return Issue("D205", f"表头中没有一列属于“{title}”，未读入", place, hint)


# ---- D3xx cells


def empty_cell(code: str, place: Place) -> Issue:
    """A cell that should not be empty."""
    why = {EMPTY: "", EMPTY_KEY: "，此行无法与其他版本、其他表对应", EMPTY_TIME: "，此行不知发生在何时"}[code]
    return _warning(code, f"第{place.row}行“{place.column}”没有填写{why}", place, "请补填")


def identified(issue: Issue) -> Issue:
    """An empty key that the row itself makes up for."""
    return replace(issue, message=issue.message.partition("，")[0] + "，暂按其他各项的内容认定是哪一条")


def unusable_cell(place: Place, field: FieldSpec, text: str) -> Issue:
    """A cell whose text cannot be read as its field: a failed formula, a value that is not allowed, or no such type."""
    if text == NO_RESULT:
        return _cell("D312", place, field, "", "是没有计算结果的公式", "请在电子表格软件中打开、保存后再报，或改填数值")
    if text in UNUSABLE:
        return _cell("D307", place, field, text, "是电子表格的错误值", "请修正公式或改填实际内容")
    if field.values and field.type in ("text", "list"):
        wrong = not_allowed(field, text)
        told = told_of(field, wrong)
        only = f"{told}。" if told else ""
        return _cell("D302", place, field, wrong, "不在可填内容之内", f"{only}只能填：{'、'.join(field.values)}")
    if field.format == "uscc":
        return _cell("D311", place, field, text, "不是有效的统一社会信用代码（18位，校验位不符）", "请对照营业执照核对")
    if field.type == "text" and SCIENTIFIC.fullmatch(text):
        hint = "请把该列设为“文本”格式，重新填写完整号码"
        return _cell("D308", place, field, text, "是电子表格变成的科学计数，后几位已丢失", hint)
    about = dates.fault(narrowed(text)) if field.type in ("date", "datetime") else ""
    if about == dates.MONTH_ONLY:
        return _cell(about, place, field, text, "只写到月份，不知是哪一天", "请写到日，如2024-1-20")
    if about == dates.NO_YEAR:
        return _cell(about, place, field, text, "没有年份，由所属月份也推不出唯一的一天", "请写全年月日，如2024-1-20")
    if about == dates.ORDER:
        return _cell(about, place, field, text, "分不清哪个数是年、哪个是月、哪个是日", "请写全年月日，如2024-1-20")
    if about == dates.NO_SUCH_DAY:
        return _cell(about, place, field, text, "没有这一天", "请核对后填日期，如2024-1-20")
    noun, hint = _EXAMPLES.get(field.type, ("内容", "请核对"))
    return _cell("D301", place, field, text, f"不是{noun}", hint)


_READ_AS = {
    TWO_DIGITS: ("年份只写了两位，按{value}计", "请写全年月日，如2024-1-20"),
    INFERRED_YEAR: ("没有年份，按所属月份推为{value}", "请写全年月日"),
    SERIAL: ("是电子表格的日期序号，按{value}计", "请把该列设为日期格式，如2024-1-20"),
    OTHER_UNIT: ("与本列单位“{unit}”不同，按{value}{unit}计", "请按表头的单位只填数字"),
    AND_OTHERS: ("还有人没有写出姓名，只计写出的{value}", "请写全姓名"),
}


def read_as(code: str, place: Place, field: FieldSpec, text: str, value: str) -> Issue:
    """A cell that was read, but not as it stands."""
    wrong, hint = _READ_AS[code]
    shown = "（个人信息，略）" if field.personal else value.replace(ELEMENT, "、").removesuffix(" 00:00:00")
    issue = _cell(code, place, field, text, wrong.format(value=shown, unit=field.unit), hint, outcome="")
    return replace(issue, severity=Severity.WARNING)


def outside(place: Place, field: FieldSpec, text: str, targets: str) -> Issue:
    """A cell that names something that is not there."""
    return _cell("D306", place, field, text, f"{targets}中没有", f"请核对，或补报{targets}")


def _cell(
    code: str, place: Place, field: FieldSpec, text: str, wrong: str, hint: str, outcome: str = "，按空白处理"
) -> Issue:
    plain = text.rstrip(ELEMENT).replace(ELEMENT, "、").replace(HEADER_UNIT, "")[:_SHOWN]
    shown = "（个人信息，略）" if field.personal else plain
    written = f"第{place.row}行“{place.column}”写的是“{shown}”，" if shown else f"第{place.row}行“{place.column}”"
    return Issue(code, f"{written}{wrong}{outcome}", place, hint, value=shown)


def more(code: str, place: Place, number: int, *, error: bool) -> Issue:
    """The line that stands for all issues of one code and table beyond the cap."""
    return Issue(
        code,
        f"另有{number}处同类问题，未逐条列出",
        place,
        "请先改正已列出的各处",
        Severity.ERROR if error else Severity.WARNING,
    )


# ---- D4xx rows against each other


def conflicting_versions(place: Place, other: str, key: str) -> Issue:
    message = f"第{place.row}行与{other}编号相同（{key}）、报送时间相同，内容却不同，只按其中一条计"
    return _warning("D401", message, place, "请注明报送时间，或删去作废的一行")


def undated(place: Place, number: int, title: str) -> Issue:
    message = f"“{title}”有{number}行查不到报送时间，按已掌握计"
    return _warning("D402", message, place, "请填“报送时间”列，或在报送清单中写明文件名、收到时间")


def taken_for_one(place: Place, key: str, other: str) -> Issue:
    message = f"第{place.row}行“{key}”与{other}编号不同，主体、日期、部位、内容都相同，按同一条计"
    return _warning(ONE, message, place, "不是同一条的，请在同一认定（待确认表）中填“否”")


def unsigned(place: Place) -> Issue:
    message = f"第{place.row}行“是否同一”已填，缺“确认人”或“确认日期”，不计，仍为待确认"
    return _warning("D407", message, place, "请补填确认人（岗位）和确认日期")


def contradicted(place: Place, one: str, other: str) -> Issue:
    message = f"第{place.row}行“{one}”与“{other}”填的是“否”，而经其他各行认定两者同一，互相矛盾，这几行都不计"
    return _warning("D408", message, place, "请核对后改正其中一行")


# ---- D5xx the manifest


def unconfirmed(place: Place, number: int) -> Issue:
    return _warning("D504", f"报送清单有{number}行“确认”为否，不作为已报送的依据", place, "核对后把“确认”改为“是”")


def manifest_line(code: str, place: Place, reason: str, hint: str) -> Issue:
    return Issue(code, f"第{place.row}行{reason}，该行报送清单不计", place, hint)
