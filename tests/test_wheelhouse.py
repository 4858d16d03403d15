"""The gathering of wheels for PCs without a network: markers are judged by the target, scripts fit their consoles.

The download itself is tried by hand (docs/install.md says on what): it takes some hundred megabytes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_spec = importlib.util.spec_from_file_location("wheelhouse", ROOT / "offline/wheelhouse.py")
assert _spec is not None
assert _spec.loader is not None
wheelhouse = importlib.util.module_from_spec(_spec)
sys.modules["wheelhouse"] = wheelhouse
_spec.loader.exec_module(wheelhouse)


def wheel(folder: Path, name: str, version: str, *requires: str) -> None:
    metadata = "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
                         + [f"Requires-Dist: {text}" for text in requires])  # fmt: skip
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}-{version}.dist-info/METADATA", metadata + "\n")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    wheel(tmp_path, "reader", "2.0", 'tzdata; sys_platform == "win32"', "numbers>=2", 'tests; extra == "dev"',
          'backport; python_version < "3.11"', 'arm_only; platform_machine == "aarch64"')  # fmt: skip
    wheel(tmp_path, "numbers", "1.9")
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "python", "expected"),
    [
        ("windows-x86_64", "3.12", {"tzdata", "numbers>=2"}),
        ("linux-x86_64", "3.12", {"numbers>=2"}),
        ("linux-x86_64", "3.10", {"numbers>=2", "backport"}),
        ("linux-aarch64", "3.11", {"numbers>=2", "arm_only"}),
    ],
)
def test_missing_is_judged_by_the_target(wheels: Path, platform: str, python: str, expected: set[str]) -> None:
    assert wheelhouse.missing(wheels, wheelhouse.PLATFORMS[platform].markers(python)) == expected


def test_nothing_is_missing_once_all_is_there(wheels: Path) -> None:
    wheel(wheels, "numbers", "2.1")
    assert wheelhouse.missing(wheels, wheelhouse.PLATFORMS["linux-x86_64"].markers("3.12")) == set()


def test_windows_console_reads_the_script(tmp_path: Path) -> None:
    wheelhouse._write_scripts(wheelhouse.PLATFORMS["windows-x86_64"], "3.11", tmp_path)
    script = (tmp_path / "安装.bat").read_bytes()
    assert b"\r\n" in script
    assert b"@PYTHON@" not in script
    assert "请先安装 64 位的 Python 3.11" in script.decode("gbk")
    assert "运行 安装.bat" in (tmp_path / "说明.txt").read_text(encoding="utf-8-sig")


@pytest.fixture
def offline(tmp_path: Path) -> Path:
    """An offline package without wheels, for this machine."""
    machine = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout.strip()
    if f"linux-{machine}" not in wheelhouse.PLATFORMS:
        pytest.skip(f"no offline package for {machine}")
    folder = tmp_path / "离线 安装"
    (folder / "wheels").mkdir(parents=True)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    wheelhouse._write_scripts(wheelhouse.PLATFORMS[f"linux-{machine}"], python, folder)
    return folder


def install(folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(folder / "install.sh"), str(target)], capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="a shell script")
def test_a_changed_package_is_not_installed(offline: Path, tmp_path: Path) -> None:
    (offline / "SHA256SUMS").write_text(f"{'0' * 64}  说明.txt\n", encoding="utf-8")
    done = install(offline, tmp_path / "duban")
    assert done.returncode == 2
    assert "不完整或被改动过" in done.stderr
    assert not (tmp_path / "duban").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="a shell script")
def test_the_old_version_stays_if_the_new_one_fails(offline: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256((offline / "说明.txt").read_bytes()).hexdigest()
    (offline / "SHA256SUMS").write_text(f"{digest}  说明.txt\n", encoding="utf-8")
    target = tmp_path / "duban"
    target.mkdir()
    (target / "mine").write_text("old")
    done = install(offline, target)
    assert done.returncode == 2
    assert "原来的版本未改动" in done.stderr
    assert [path.name for path in target.iterdir()] == ["mine"]
    assert not target.with_name("duban.old").exists()
