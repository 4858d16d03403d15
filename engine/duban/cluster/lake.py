"""The lake: which Parquet files are whose, by their paths; and jurisdictions packed into batches of like size.

Only names and sizes are looked at here: the driver opens no file. Either of two layouts, or both side by side:

    ROOT/jurisdiction=0571/inspection.parquet            (or inspection_2023-12.parquet, or inspection/part-0.parquet)
    ROOT/inspection/jurisdiction=0571/part-0.parquet     (or …/jurisdiction=0571/month=2023-12/part-0.parquet)
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from duban.errors import DataError, Issue, Place
from duban.records.sources import TypeNames
from duban.vocabulary import JURISDICTION, MANIFEST, MANIFEST_TYPE, RecordType

if TYPE_CHECKING:
    from pyarrow.fs import FileInfo, FileSystem

_NOBODY = "__HIVE_DEFAULT_PARTITION__"
_SHOWN = 10  # files that one message names


@dataclass(frozen=True)
class LakeFile:
    """One Parquet file: its path below the lake's root, its record type, its bytes."""

    name: str
    record: str
    size: int


@dataclass(frozen=True)
class Holding:
    """The files of one jurisdiction, by name; `fault`: why they cannot be judged, as their paths show already."""

    jurisdiction: str
    files: tuple[LakeFile, ...]
    fault: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


Batch = tuple[Holding, ...]


def open_root(root: str) -> tuple[FileSystem, str]:
    """The file system of a folder (a local path, file://, hdfs://, s3://), and the path in it. Raises DataError."""
    from pyarrow.fs import FileSystem

    try:
        system, path = FileSystem.from_uri(root if "://" in root else Path(root).resolve().as_uri())
    except (OSError, ValueError) as error:  # pyarrow's own errors are among them
        hint = "可用：本机目录、file://、hdfs://、s3://"
        raise DataError(f"打不开 {root}", [Issue("D700", str(error).splitlines()[0], hint=hint)]) from None
    return system, path.rstrip("/")


def survey(root: str, types: Mapping[str, RecordType]) -> list[Holding]:
    """Who has which files in a lake, by jurisdiction.

    What lies in a jurisdiction's folder and cannot be read makes that jurisdiction faulty. Raises DataError for files
    whose path does not say whose they are, and for a lake without any.
    """
    from pyarrow.fs import FileSelector, FileType

    system, base = open_root(root)
    try:
        found = system.get_file_info(FileSelector(base, recursive=True))
    except OSError as error:
        raise DataError(f"找不到台账：{root}", [Issue("D700", str(error).splitlines()[0])]) from None
    files = [info for info in found if info.type == FileType.File]
    names = TypeNames({**types, MANIFEST: MANIFEST_TYPE})
    held: dict[str, list[LakeFile]] = {}
    faults: dict[str, list[str]] = {}
    strays: list[str] = []
    for info in sorted(files, key=lambda info: info.path):
        _sort_in(info, info.path[len(base) :].lstrip("/"), types, names, held, faults, strays)
    if strays:
        raise _astray(root, strays)
    if not held and not faults:
        hint = "一个辖区一个目录，如 jurisdiction=0571/inspection.parquet；详见 docs/scale.md"
        raise DataError(f"{root} 中没有 parquet 文件", [Issue("D702", "没有可以读取的台账", hint=hint)])
    return [
        Holding(place, tuple(held.get(place, ())), "；".join(faults.get(place, [])[:_SHOWN]))
        for place in sorted({*held, *faults})
    ]


def _sort_in(
    info: FileInfo, name: str, types: Mapping[str, RecordType], names: TypeNames,
    held: dict[str, list[LakeFile]], faults: dict[str, list[str]], strays: list[str],
) -> None:  # fmt: skip
    """Put one file where it belongs. Hidden files, and what Spark writes beside its own (`_SUCCESS`), are none."""
    *folders, last = name.split("/")
    if any(part.startswith((".", "_")) for part in (*folders, last)):
        return
    keys = [part.split("=", 1) for part in folders if "=" in part]
    places = [unquote(value) for key, value in keys if key == JURISDICTION]
    if len(places) != 1 or places[0] in ("", _NOBODY):
        strays.append(name)
        return
    plain = [part for part in folders if "=" not in part]
    stem = last.rsplit(".", 1)[0]
    record = names.exact(plain[0]) if plain else names.exact(stem) or names.starting(stem)
    if fault := _fault(name, record, (key for key, _ in keys), types):
        faults.setdefault(places[0], []).append(fault)
    else:
        held.setdefault(places[0], []).append(LakeFile(name, record, info.size))


def _fault(name: str, record: str, keys: Iterable[str], types: Mapping[str, RecordType]) -> str:
    """Why a file cannot be read; '' if it can, as far as its path tells."""
    if not name.lower().endswith(".parquet"):
        return f"{name}：数据湖中只读 parquet，其他格式请先转换"
    if not record:
        return f"{name}：看不出是哪种台账（目录或文件名应是台账类型，如 inspection）"
    fields = types[record].fields if record in types else {}
    if lost := [key for key in keys if key in fields]:
        return f"{name}：字段 {lost[0]} 只写在路径里；除 {JURISDICTION} 外，字段应写在文件里"
    return ""


def _astray(root: str, names: Sequence[str]) -> DataError:
    hint = "路径中应有且只有一个 jurisdiction=辖区 目录；不是台账的文件请移出，或以 _ 或 . 开头"
    issues = [Issue("D701", "看不出属于哪个辖区", Place(file=name), hint) for name in names[:_SHOWN]]
    return DataError(f"{root} 中有{len(names)}个文件看不出属于哪个辖区，未作任何判定：", issues)


def pack_batches(holdings: Iterable[Holding], workers: int, most: int) -> list[Batch]:
    """Jurisdictions in batches of about as many bytes: the largest first, each into what is lightest so far.

    As few batches as keep `workers` tasks busy and hold, but for a single jurisdiction that is larger, about `most`
    bytes each: a plan costs seconds however little there is to judge.
    """
    heaviest = sorted(holdings, key=lambda holding: (-holding.size, holding.jurisdiction))
    rounds = max(1, -(-sum(holding.size for holding in heaviest) // (most * workers)))
    number = min(workers * rounds, len(heaviest))
    filled: list[list[Holding]] = [[] for _ in range(number)]
    lightest = [(0, 0, place) for place in range(number)]  # bytes, jurisdictions, place: a heap
    for holding in heaviest:
        size, count, place = heapq.heappop(lightest)
        filled[place].append(holding)
        heapq.heappush(lightest, (size + holding.size, count + 1, place))
    return [tuple(sorted(batch, key=lambda holding: holding.jurisdiction)) for batch in filled]
