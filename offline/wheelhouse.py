"""`make wheelhouse PLATFORM=…`: everything that an office PC without a network needs to install duban, in one folder.

The folder holds wheels for one platform and one minor version of Python, their checksums, an install script and a
page in Chinese. pip chooses the wheels; but it judges environment markers (`; sys_platform == 'win32'`) by the machine
it runs on, not by the one it gathers for. So what each wheel asks for is read again for the target, until nothing is
missing.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Platform:
    """A platform by its wheel tags, best first, and as environment markers see it. `script` is copied as `shown`."""

    tags: tuple[str, ...]
    system: str
    machine: str
    script: str
    shown: str

    def markers(self, python: str) -> dict[str, str]:
        """The environment that a wheel's requirements are judged by."""
        windows = self.system == "Windows"
        return {
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "os_name": "nt" if windows else "posix",
            "sys_platform": "win32" if windows else "linux",
            "platform_system": self.system,
            "platform_machine": self.machine,
            "python_version": python,
            "python_full_version": f"{python}.0",
            "extra": "",
        }


def _manylinux(machine: str) -> tuple[str, ...]:
    """Kylin V10 and its like have glibc 2.28: wheels built for that, or for anything older."""
    newer = tuple(f"manylinux_2_{minor}_{machine}" for minor in range(28, 16, -1))
    return (*newer, f"manylinux2014_{machine}", f"linux_{machine}")


PLATFORMS = {
    "windows-x86_64": Platform(("win_amd64",), "Windows", "AMD64", "install.bat", "安装.bat"),
    "linux-x86_64": Platform(_manylinux("x86_64"), "Linux", "x86_64", "install.sh", "install.sh"),
    "linux-aarch64": Platform(_manylinux("aarch64"), "Linux", "aarch64", "install.sh", "install.sh"),
}


def main(arguments: list[str] | None = None) -> int:
    """Gather one wheelhouse; exit code 2 if a wheel is not to be had for the platform."""
    parser = argparse.ArgumentParser(description="离线安装包。 | Gather wheels for PCs without a network.")
    parser.add_argument("platform", choices=PLATFORMS)
    parser.add_argument("--python", default="3.12", choices=PYTHONS, help="Python 版本。 | Minor version of Python.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="写到何处。 | Where to.")
    chosen = parser.parse_args(arguments)
    folder = chosen.out / f"duban-offline-{chosen.platform}-py{chosen.python.replace('.', '')}"
    try:
        gather(PLATFORMS[chosen.platform], chosen.python, folder)
    except subprocess.CalledProcessError as error:
        print(error.stderr or error.stdout, file=sys.stderr)
        print(f"{chosen.platform}、Python {chosen.python} 的离线包没有做成（原因见上）", file=sys.stderr)
        return 2
    packed = pack(folder)
    size, number = packed.stat().st_size / 1e6, len(list((folder / "wheels").iterdir()))
    print(f"{packed}（{number} 个 wheel，{size:.0f} MB）：拷到目标电脑，解压，运行安装脚本")
    return 0


def gather(platform: Platform, python: str, folder: Path) -> None:
    """Write the folder anew: wheels/, SHA256SUMS, the install script and 说明.txt."""
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    _pip("wheel", "--no-deps", "--wheel-dir", str(wheels), str(ROOT))
    wanted = ["pip"]  # a Python without ensurepip installs by it
    while wanted:
        _download(wanted, platform, python, wheels)
        wanted = sorted(missing(wheels, platform.markers(python)))
    _write_scripts(platform, python, folder)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  wheels/{path.name}" for path in sorted(wheels.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="ascii", newline="\n")


def missing(wheels: Path, markers: dict[str, str]) -> set[str]:
    """The requirements of the wheels in a folder that none of them meets, in an environment."""
    there: dict[str, list[Version]] = {}
    for path in wheels.glob("*.whl"):
        name, version, _, _ = parse_wheel_filename(path.name)
        there.setdefault(name, []).append(version)
    wanted = set()
    for path in wheels.glob("*.whl"):
        for requirement in requirements(path):
            if requirement.marker is not None and not requirement.marker.evaluate(markers):
                continue
            versions = there.get(canonicalize_name(requirement.name), [])
            if not any(requirement.specifier.contains(version, prereleases=True) for version in versions):
                wanted.add(f"{requirement.name}{requirement.specifier}")
    return wanted


def requirements(wheel: Path) -> Iterator[Requirement]:
    """What a wheel says it needs."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (item for item in archive.namelist() if item.endswith(".dist-info/METADATA") and item.count("/") == 1)
        headers = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    yield from (Requirement(text) for text in headers.get_all("Requires-Dist", []))


def _download(names: Iterable[str], platform: Platform, python: str, wheels: Path) -> None:
    tags = [part for tag in platform.tags for part in ("--platform", tag)]
    version = ["--implementation", "cp", "--python-version", python]
    _pip("download", "--quiet", "--only-binary=:all:", "--dest", str(wheels), *version, *tags, *names)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def _write_scripts(platform: Platform, python: str, folder: Path) -> None:
    """The script and the page. A console of Chinese Windows reads scripts as GBK."""
    windows = platform.system == "Windows"
    for source, shown in ((platform.script, platform.shown), ("read-me.txt", "说明.txt")):
        text = (HERE / source).read_text(encoding="utf-8")
        text = (
            text.replace("@PYTHON@", python).replace("@MACHINE@", platform.machine).replace("@SCRIPT@", platform.shown)
        )
        encoding = "gbk" if windows and source.endswith(".bat") else "utf-8-sig" if windows else "utf-8"
        (folder / shown).write_text(text, encoding=encoding, newline="\r\n" if windows else "\n")
    if not windows:
        (folder / platform.shown).chmod(0o755)


def pack(folder: Path) -> Path:
    """The folder as a zip beside it; the install script stays executable."""
    target = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(item for item in folder.rglob("*") if item.is_file()):
            archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return target


if __name__ == "__main__":
    sys.exit(main())
