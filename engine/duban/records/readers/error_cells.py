"""Failed formulas of an xlsx file: the spreadsheet reader gives them as empty cells, which would hide the failure."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^>]*\st=["']e["'])[^>]*\sr=["']([A-Z]+)(\d+)["'][^>]*>.*?<(?:\w+:)?v>([^<]*)<""", re.S
)


def error_cells(path: Path) -> dict[str, list[tuple[int, int, str]]]:
    """Per sheet the (row, column, text) of its error cells, counted from 0. What cannot be understood has none."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for sheet, part in _parts(archive).items():
                content = archive.read(part)
                if b't="e"' in content or b"t='e'" in content:
                    found[sheet] = [
                        (int(row) - 1, _column(letters.decode()), text.decode())
                        for letters, row, text in _ERROR.findall(content)
                    ]
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError, ValueError):
        return {}
    return found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → the file inside the archive that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    parts = {}
    for sheet in workbook.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            target = targets.get(sheet.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part in archive.namelist():
                parts[sheet.get("name", "")] = part
    return parts


def _column(letters: str) -> int:
    """`A` → 0, `AA` → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
