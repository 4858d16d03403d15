"""Mapping files (表头对应): what the odd headers of a sender mean, said once and read from then on.

files: [甲岭镇/*.xls]                     # which files: names or patterns, below the folder of this file
tables:
- sheet: 检查*                          # which sheets; all if left out
record: inspection                    # which record type they hold
header: 4                             # the last row of the header; found if left out
columns: {受检单位: enterprise_name, 备注: ''}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import ValidationError

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.text import fold
from duban.vocabulary import Names, RecordType, Word

PREFIXES = ("表头对应", "mapping")


class TableMapping(Word):
    """What the tables of some sheets are: the record type, the row of the header, header → field ('': not used)."""

    sheet: str = "*"
    record: str
    header: int = 0
    columns: dict[str, str] = {}

    @property
    def told(self) -> dict[str, str]:
        """Folded header → field."""
        return {fold(header): field for header, field in self.columns.items()}


class MappingFile(Word):
    """The mappings of one sender's files."""

    files: Names
    tables: tuple[TableMapping, ...]


@dataclass(frozen=True)
class _Given:
    folder: str  # the name of the folder that the patterns start from, with a slash, or ''
    mapping: MappingFile


def is_mapping(name: str) -> bool:
    """Whether a file beside the records is a mapping file."""
    return name.startswith(PREFIXES) and name.endswith((".yaml", ".yml"))


class Mappings:
    """All mapping files of a run."""

    def __init__(self) -> None:
        self._given: list[_Given] = []

    def read(self, path: Path, name: str, types: Mapping[str, RecordType]) -> list[Issue]:
        """Take in a mapping file; what is wrong with it is an issue, and then it maps nothing."""
        from ruamel.yaml import YAML  # loaded where there is a mapping file
        from ruamel.yaml.error import YAMLError

        place = Place(file=name)
        try:
            content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8-sig"))
            mapping = MappingFile.model_validate(_plain(content))
        except (OSError, UnicodeDecodeError, YAMLError) as error:
            return [problems.bad_mapping(place, " ".join(str(error).split()))]
        except ValidationError as error:
            return [problems.bad_mapping(place, _said(item)) for item in error.errors()]
        wrong = list(_unknown(mapping, types))
        if not wrong:
            folder = name.rpartition("/")[0]
            self._given.append(_Given(f"{folder}/" if folder else "", mapping))
        return [problems.bad_mapping(place, reason) for reason in wrong]

    def of(self, file: str, sheet: str) -> TableMapping | None:
        """What is said about a sheet of a file; of several the first."""
        for given in self._given:
            below = file.removeprefix(given.folder) if file.startswith(given.folder) else ""
            if below and any(fnmatchcase(below, pattern) for pattern in given.mapping.files):
                for table in given.mapping.tables:
                    if fnmatchcase(sheet, table.sheet):
                        return table
        return None


def _plain(content: object) -> object:
    """YAML lists as the tuples that the models hold."""
    if isinstance(content, dict) and isinstance(content.get("tables"), list):
        return {**content, "tables": tuple(content["tables"])}
    return content


def _said(error: Mapping[str, object]) -> str:
    where = ".".join(str(part) for part in error["loc"]) if isinstance(error["loc"], tuple) else ""
    return f"{where}: {error['msg']}" if where else str(error["msg"])


def _unknown(mapping: MappingFile, types: Mapping[str, RecordType]) -> Iterable[str]:
    for table in mapping.tables:
        record_type = types.get(table.record)
        if record_type is None:
            yield f"没有名为“{table.record}”的材料类型"
            continue
        for header, field in table.columns.items():
            if field and record_type.field(field) is None:
                yield f"“{record_type.title}”没有字段“{field}”（表头“{header}”）"
