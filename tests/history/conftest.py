"""A store of each sort: a file, and a schema of a PostgreSQL server that the tests start from what the machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

_SCHEMAS = count(1)


def _programs() -> Path | None:
    """The folder of initdb and pg_ctl: the newest of Debian's packages, or what is on PATH."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    folders.sort(key=lambda one: float(one.parent.name))
    if found := shutil.which("initdb"):
        folders.insert(0, Path(found).resolve().parent)
    fit = [one for one in folders if (one / "initdb").is_file() and (one / "pg_ctl").is_file()]
    return fit[-1] if fit else None


def _as_somebody(folder: Path) -> list[str]:
    """The server refuses to run as root: as whom it runs instead, and may write."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    for user in ("postgres", "nobody"):
        if subprocess.run(["id", user], capture_output=True, check=False).returncode == 0:
            shutil.chown(folder, user)
            return ["setpriv", f"--reuid={user}", "--clear-groups"]
    pytest.skip("PostgreSQL: no user but root to run the server")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server of our own, on a socket in a folder of its own; skipped, loudly, where there is none."""
    pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is not installed (pip install 'duban[postgresql]')")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL: neither initdb nor pg_ctl on this machine (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))  # a socket's path must be short
    folder.chmod(0o755)
    user, data = _as_somebody(folder), folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*user, str(programs / program), "-D", str(data), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=300, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    try:
        run("initdb", "-U", "duban", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB"
        run("pg_ctl", "-w", "-t", "240", "-l", str(folder / "log"), "-o", settings, "start")
        try:
            yield f"postgresql+psycopg://duban@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there is no store yet."""
    if request.param == "sqlite":
        return str(tmp_path / "历史 库.db")
    from sqlalchemy import create_engine, text

    server, schema = request.getfixturevalue("server"), f"test_{next(_SCHEMAS)}"
    engine = create_engine(server)
    with engine.begin() as con:
        con.execute(text(f"CREATE SCHEMA {schema}"))
    engine.dispose()
    return f"{server}&options=-csearch_path%3D{schema}"
