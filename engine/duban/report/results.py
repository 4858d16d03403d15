"""Where the files of an audit lie, and an earlier audit read back: audit.json and duties.parquet."""

from __future__ import annotations

import json
from itertools import chain, count
from pathlib import Path
from typing import Any

from duban.errors import UsageError

# Each run has a folder of its own below the one that --out names, and in it a folder for each audience (domain: who may
# see what); the files for programs are the section's.
LEADERS, SECTION, COMMITTEE, TOWNS = "1-局领导", "2-股室内部", "3-县安委办", "4-发各镇"
DATA = Path(SECTION, "数据")
SETTINGS = "audit.json"


def data_of(folder: Path) -> Path:
    """The files for programs of an audit: `folder` holds them, or is a run, or holds runs (then of the latest one)."""
    for one in (folder, folder / DATA):
        if (one / SETTINGS).is_file():
            return one
    runs = [path / DATA for path in folder.glob("*") if (path / DATA / SETTINGS).is_file()]
    return max(runs, key=lambda run: ((run / SETTINGS).stat().st_mtime_ns, run.parts), default=folder)


def run_of(data: Path) -> Path:
    """The run that the files for programs belong to: what was handed on in one piece."""
    data = data.resolve()
    return data.parents[len(DATA.parts) - 1] if data.parts[-len(DATA.parts) :] == DATA.parts else data


def beside(run: Path) -> Path:
    """A place for its reports made again, that nobody has taken: a run itself is never changed."""
    names = (f"{run.name}-周报{number}" for number in chain([""], (f"-{one}" for one in count(2))))
    return next(place for name in names if not (place := run.parent / name).exists())


def read_settings(folder: Path) -> dict[str, Any]:
    """audit.json of an earlier audit; raises UsageError."""
    path = folder / SETTINGS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise UsageError(f"{folder} 中没有审核结果（{SETTINGS}）；请先运行 duban audit … --out {folder}") from None
    except ValueError:
        raise UsageError(f"{path} 已损坏，请重新审核") from None
    if not isinstance(found, dict) or "records" not in found:
        raise UsageError(f"{path} 不是审核结果")
    return found


def obligation_of(folder: Path, fingerprint: str) -> str:
    """The obligation of a duty of an earlier audit; raises UsageError."""
    import duckdb  # reads one column of one file

    path = folder / "duties.parquet"
    try:
        row = duckdb.execute(
            "SELECT obligation FROM read_parquet(?) WHERE fingerprint = ?", [str(path), fingerprint]
        ).fetchone()
    except duckdb.Error:
        raise UsageError(f"{path} 缺失或已损坏，请重新审核") from None
    if row is None:
        raise UsageError(f"{folder} 中没有指纹为 {fingerprint} 的履责项（指纹见 violations.csv 第一列）")
    return str(row[0])


def duties_of(folder: Path, where: str, order: str) -> list[dict[str, Any]]:
    """The duties of an earlier audit that meet a condition; raises UsageError."""
    import duckdb

    path = folder / "duties.parquet"
    try:
        cursor = duckdb.execute(f"SELECT * FROM read_parquet(?) d WHERE {where} ORDER BY {order}", [str(path)])
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.Error:
        raise UsageError(f"{path} 缺失、已损坏或由旧版本写出，请重新审核") from None
