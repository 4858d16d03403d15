"""A register of the bureau's own: a CSV of a built-in record type that only grows.

What stands in the file stays as it is, byte for byte, whoever wrote it: new rows come after it, in its encoding, with
its separator, under its headers.
"""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from duban.errors import DataError, Issue, Place, UsageError
from duban.records.headers import columns_of
from duban.records.readers import delimited
from duban.records.text import fold
from duban.vocabulary import FieldSpec, RecordType

_FORMULA = tuple("=+-@\t\r")


def cell_of(text: str) -> str:
    r"""A text as a cell of the file: in one line, and no formula.

    >>> cell_of("=1+1"), cell_of(" 停产\n检修 ")
    ("'=1+1", '停产 检修')
    """
    line = " ".join(text.split())
    return "'" + line if line.startswith(_FORMULA) else line


def append(path: Path, name: str, record_type: RecordType, rows: Sequence[Mapping[str, str]]) -> None:
    """Add rows (field → text) to a register, or begin it: the old file or the new one, never half of it.

    Raises DataError if the file has no place for them, UsageError if it cannot be written.
    """
    try:
        with _beside(path) as part:  # whoever comes meanwhile is turned away, and nobody's rows are lost
            body = _grown(path, name, record_type, rows)
            with part.open("wb") as stream:
                stream.write(body)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(path)
    except OSError as error:
        hint = Issue("U010", f"{error.strerror or error}：{path}", hint="若文件正在 Excel 或 WPS 中打开，请先关闭")
        raise UsageError(f"{path.name}无法写入，原有文件未改动", [hint]) from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside the register that only one can hold; it is gone at the end."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.open("xb").close()
    except FileExistsError as error:
        hint = Issue("U012", f"已有 {part.name}", hint=f"另一次读入正在进行；如确认没有，请删去 {part}")
        raise UsageError(f"{path.name}无法写入，原有文件未改动", [hint]) from error
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _grown(path: Path, name: str, record_type: RecordType, rows: Sequence[Mapping[str, str]]) -> bytes:
    """The bytes of the file with the rows after what is there."""
    out = StringIO(newline="")
    if not path.exists():
        columns = columns_of(name, record_type)
        _write(out, ",", [[spec.title for spec in columns.values()]], columns, rows)
        return codecs.BOM_UTF8 + out.getvalue().encode()
    before, looked = path.read_bytes(), delimited.look_at(path)
    encoding = looked.encoding
    if encoding == "utf-16":
        encoding = "utf-16-le" if before.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    text = before.decode(encoding, errors="replace").lstrip("\ufeff")
    fields = _fields(path, text, looked.delimiter, columns_of(name, record_type), rows)
    out.write("" if text.endswith("\n") else "\r\n")
    _write(out, looked.delimiter, [], fields, rows)
    return before + out.getvalue().encode(encoding)


def _write(
    out: StringIO, delimiter: str, head: list[list[str]], fields: Iterable[str], rows: Sequence[Mapping[str, str]]
) -> None:
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([*head, *([row.get(field, "") for field in fields] for row in rows)])


def _fields(
    path: Path, text: str, delimiter: str, columns: Mapping[str, FieldSpec], rows: Sequence[Mapping[str, str]]
) -> list[str]:
    """The field of each column of the file, '' for one that is none."""
    if text.count('"') % 2:
        raise _unfit(path, "引号不成对", "请在电子表格软件中核对后另存")
    header = next(csv.reader(StringIO(text, newline=""), delimiter=delimiter), [])
    words = {fold(word): field for field, spec in columns.items() for word in (*spec.aliases, spec.title, field)}
    fields = [words.get(fold(cell), "") for cell in header]
    lacking = [
        spec.title for field, spec in columns.items() if field not in fields and any(row.get(field) for row in rows)
    ]
    if lacking:
        raise _unfit(path, f"第一行缺少表头{'、'.join(f'“{title}”' for title in lacking)}", "请在第一行补上")
    return fields


def _unfit(path: Path, reason: str, hint: str) -> DataError:
    issue = Issue("V202", f"{reason}，没有写入任何一行", Place(file=path.name), hint)
    return DataError(f"{path.name}不能续写", [issue])
