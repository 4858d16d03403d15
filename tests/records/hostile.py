"""Files built to do harm, larger than a test should keep: each is written when it is needed, in no time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

HEAD = "检查编号,检查时间,报送时间"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MB = 1 << 20


def sheet(rows: str) -> bytes:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def words(*texts: str) -> bytes:
    inner = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst xmlns="{MAIN}">{inner}</sst>'.encode()


HEADER_ROW = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'


def workbook(**changed: bytes) -> dict[str, bytes]:
    """The parts of a workbook of one sheet, some of them replaced or added."""
    relation = f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    relation += f'<Relationship Id="rId2" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    parts = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>',
        "xl/sharedStrings.xml": words(*HEAD.split(","), "X", "2023-11-09"),
        "xl/worksheets/sheet1.xml": sheet(HEADER_ROW + row(2, 3, 4, 4)),
    }
    return {name: text.encode() if isinstance(text, str) else text for name, text in (parts | changed).items()}


def row(number: int, *indexes: int) -> str:
    cells = "".join(f'<c r="{"ABC"[i]}{number}" t="s"><v>{index}</v></c>' for i, index in enumerate(indexes))
    return f'<row r="{number}">{cells}</row>'


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def bomb(name: str, start: bytes, megabytes: int, claimed: int, beside: dict[str, bytes] | None = None) -> bytes:
    """A zip with a member that unpacks to so many megabytes of blanks and claims to be as large as `claimed`."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MB) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + block * megabytes + packer.flush()
    out = io.BytesIO(zipped(beside or {}))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.CRC, info.compress_size, info.file_size = 0, len(packed), claimed
        info.header_offset = archive.start_dir
        archive.fp.seek(archive.start_dir)  # type: ignore[union-attr]
        path = name.encode()
        head = (b"PK\3\4", 20, 0, 8, 0, 33, 0, len(packed), claimed, len(path), 0)
        archive.fp.write(struct.pack("<4s5HLLL2H", *head) + path + packed)  # type: ignore[union-attr]
        archive.start_dir = archive.fp.tell()  # type: ignore[union-attr]
        archive.filelist.append(info)
        archive.NameToInfo[name] = info
        archive._didModify = True  # type: ignore[attr-defined]
    return out.getvalue()


def without(part: str) -> dict[str, bytes]:
    return {name: content for name, content in workbook().items() if name != part}


def laughs(mark: str = "") -> bytes:
    """A billion laughs, in a part of a workbook."""
    levels = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    kind = f'<?xml version="1.0"?>{mark}<!DOCTYPE x [<!ENTITY a0 "ha">{levels}]>'
    return f'{kind}<sst xmlns="{MAIN}"><si><t>&a9;</t></si></sst>'.encode()


def open_document(rows: str, before: str = "") -> bytes:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = f'<?xml version="1.0"?>{before}<office:document-content {names}><office:body><office:spreadsheet>'
    content += (
        f'<table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    return zipped(kind | {"content.xml": content.encode()})


def ods_row(text: str, often: str = "") -> str:
    cell = f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    return f"<table:table-row {often}>{cell}</table:table-row>"


def columns_of_one_value(rows: int) -> bytes:
    """A parquet file of a few kilobytes with as many rows."""
    import duckdb

    path = Path(f"rows-{rows}.parquet")
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 'X' AS 检查编号 FROM range({rows})) TO '{path}' (FORMAT parquet)")
    content = path.read_bytes()
    path.unlink()
    return content


LONG = "九" * (32 << 20)  # 96 MB
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
# name → (file, what it holds, the code that is told; "" where it is read)
FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": ("a.zip", lambda: bomb("inspection.csv", b"a,b\n", 3_000, 3_000 * MB), "D113"),
    "zip bomb that claims to be small": ("a.zip", lambda: bomb("inspection.csv", b"a,b\n", 10_000, 1000), "D113"),
    "workbook bomb": (
        "inspection.xlsx",
        lambda: bomb(SHEET, sheet(HEADER_ROW)[:-24], 3_000, 3_000 * MB, without(SHEET)),
        "D103",
    ),
    "workbook bomb that claims to be small": (
        "inspection.xlsx",
        lambda: bomb(SHEET, sheet(HEADER_ROW)[:-24] + b"<row><c><v>", 10_000, 1000, without(SHEET)),
        "D103",
    ),
    "strings bomb that claims to be small": (
        "inspection.xlsx",
        lambda: bomb(STRINGS, f'<sst xmlns="{MAIN}"><si><t>'.encode(), 10_000, 1000, without(STRINGS)),
        "D103",
    ),
    "one text in a million cells": (
        "inspection.xlsx",
        lambda: zipped(
            workbook(
                **{
                    STRINGS: words(*HEAD.split(","), "九" * 30_000, "X"),
                    SHEET: sheet(HEADER_ROW + "".join(row(i, 3, 3, 3) for i in range(2, 100_000))),
                }
            )
        ),
        "D103",
    ),
    "100 MB in one cell": ("inspection.csv", lambda: f"{HEAD}\n{LONG},2023-11-09,\n".encode(), ""),
    "100 MB in one cell of a workbook": (
        "inspection.xlsx",
        lambda: zipped(workbook(**{STRINGS: words(*HEAD.split(","), LONG, "2023-11-09")})),
        "",
    ),
    "100 MB without a line break": ("inspection.csv", lambda: f'{HEAD}\n"{LONG}'.encode(), "D106"),
    "a million columns": ("inspection.csv", lambda: (",".join(f"列{i}" for i in range(1_000_000))).encode(), "D103"),
    "a billion rows in one": (
        "inspection.ods",
        lambda: open_document(ods_row("检查编号") + ods_row("X", 'table:number-rows-repeated="1000000000"')),
        "D103",
    ),
    "a billion blank rows": (
        "inspection.ods",
        lambda: open_document(
            ods_row("检查编号") + ods_row("", 'table:number-rows-repeated="1000000000"') + ods_row("X")
        ),
        "D103",
    ),
    "a billion laughs": ("inspection.xlsx", lambda: zipped(workbook(**{STRINGS: laughs()})), "D103"),
    "a billion laughs in ods": (
        "inspection.ods",
        lambda: open_document(
            ods_row("检查编号") + ods_row("&a9;"), laughs(f"<!--{'x' * 5000}-->").decode()[21:].partition("<sst")[0]
        ),
        "D103",
    ),
    "external links": (
        "inspection.xlsx",
        lambda: zipped(
            workbook(
                **{
                    "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>'.encode(),
                    SHEET: sheet(HEADER_ROW + row(2, 3, 4, 4).replace("<v>3</v>", "<f>[1]a!A1</f><v>3</v>")),
                }
            )
        ),
        "",
    ),
    "twenty million rows in a few kilobytes": (
        "inspection.parquet",
        lambda: columns_of_one_value(20_000_000),
        "D103",
    ),
}
