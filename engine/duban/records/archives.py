"""Zips of records: what is in them is laid into a folder of ours, under names of ours, within bounds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from duban.errors import Issue, Place
from duban.records import problems
from duban.records.content import DAMAGED

MEMBERS = 2_000
BYTES = 512 << 20
DEPTH = 2  # a zip in a zip
_BLOCK = 1 << 20


class _RefusedError(Exception):
    """Why a zip is not read any further."""


@dataclass
class Unpacker:
    """Unpacks into one folder; the bounds hold for all zips of a run together."""

    folder: Path
    members: int = 0
    bytes: int = 0

    def unpack(self, path: Path, name: str, issues: list[Issue]) -> Iterator[tuple[Path, str]]:
        """The files of a zip, each with its name: that of the zip, then its own."""
        try:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if not member.filename.endswith("/"):  # is_dir() fails on a member without a name
                        yield self._one(archive, member), f"{name}/{_safe(member)}"
        except _RefusedError as refused:
            issues.append(problems.refused_zip(Place(file=name), str(refused)))
        except DAMAGED as error:
            locked = "password" in str(error) or "encrypted" in str(error)
            reason = "有密码，无法打开" if locked else "已损坏"
            issues.append(problems.refused_zip(Place(file=name), reason))

    def _one(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Path:
        self.members += 1
        if self.members > MEMBERS:
            raise _RefusedError(f"文件多于{MEMBERS}个")
        target = self.folder / f"{self.members}{PurePosixPath(member.filename).suffix.lower()[:8]}"
        with archive.open(member) as source, target.open("wb") as out:
            while block := source.read(_BLOCK):
                self.bytes += len(block)
                if self.bytes > BYTES:
                    raise _RefusedError(f"解压后大于{BYTES >> 20}MB")
                out.write(block)
        return target


def _safe(member: zipfile.ZipInfo) -> str:
    """The member's name without anything that leads out of the zip. Old zips of Chinese Windows write GBK."""
    name = member.filename
    if not member.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = member.filename
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..") and ":" not in part]
    return "/".join(parts) or "未命名"
