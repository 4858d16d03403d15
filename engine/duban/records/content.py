"""What a file is, by its first bytes and never by its name: clerks rename .xls to .xlsx, systems write text as .xls."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path

TEXT, PARQUET, ZIP, UNKNOWN = "text", "parquet", "zip", ""
XLSX, XLSB, XLS, ODS = "xlsx", "xlsb", "xls", "ods"
LOCKED, HTML, OTHER = "locked", "html", "other"

# Names that promise a spreadsheet or a text of columns: if their content is neither, the file is broken.
SHEET_SUFFIXES = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods"))
TEXT_SUFFIXES = frozenset((".csv", ".tsv"))

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = (
    ("xl/workbook.xml", XLSX),
    ("xl/workbook.bin", XLSB),
    ("word/document.xml", OTHER),
    ("ppt/presentation.xml", OTHER),
)
_HEAD = 2048
# What zipfile raises over a damaged file, one time or another.
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError,
    EOFError, LookupError, OSError, RuntimeError, ValueError,
)  # fmt: skip


def kind_of(path: Path) -> str:
    """The kind of a file; `other` for what is known to hold no table, '' for what nobody knows.

    Raises OSError.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.startswith(_OLE):
        return _compound(path, head)
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return OTHER
    return _text(path, head)


def _text(path: Path, head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<?xml")):
        return HTML
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return TEXT
    first = head.split(b"\n", 1)[0]
    if suffix in SHEET_SUFFIXES and not head.count(b"\0") and any(mark in first for mark in (b"\t", b",", b";", b"|")):
        return TEXT
    return UNKNOWN


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                spreadsheet = b"opendocument.spreadsheet" in archive.read("mimetype")
                return ODS if spreadsheet else OTHER
    except DAMAGED:
        return UNKNOWN
    return next((kind for part, kind in _PARTS if part in names), ZIP)


def _compound(path: Path, head: bytes) -> str:
    """A compound file holds a workbook, a locked one, or something else: its directory says which."""
    sector = 1 << int.from_bytes(head[30:32], "little") if len(head) >= 52 else 512
    start = (int.from_bytes(head[48:52], "little") + 1) * min(sector, 4096)
    with path.open("rb") as stream:
        stream.seek(start)
        directory = stream.read(8192)
    names = directory.decode("utf-16-le", errors="ignore")
    if "EncryptedPackage" in names:
        return LOCKED
    if "Workbook" in names or "Book\0" in names:
        return XLS
    return OTHER
