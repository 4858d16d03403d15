"""The embedded store: a file of SQLite, or a database of PostgreSQL where many people write.

One recording is one transaction: whenever the machine stops, the store is the old one or the new one. SQLite keeps its
rollback journal (`journal_mode=DELETE`), not WAL: WAL needs memory that all writers share, which a network drive does not
give, and a store in one file can be copied by hand. Writers take their turn: `BEGIN IMMEDIATE` in SQLite, an advisory
lock in PostgreSQL; who has to wait longer than `PATIENCE` is told so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from duban.errors import Issue, UsageError
from duban.history.upgrade import bring_up_to_date, shape_of

PATIENCE = 60  # seconds that a writer waits for the others
_LOCK = 0x647562616E  # “duban”: the advisory lock of all writers of one PostgreSQL database
_WRITES = "duban_writes"


@dataclass(frozen=True)
class Store:
    """An open store that is up to date. Close it when done."""

    engine: Engine
    name: str

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the store. Raises UsageError where it cannot be read."""
        one_state = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with _explained(self.name), self.engine.execution_options(**one_state).begin() as con:
            yield con

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the only writer: all of it is kept, or nothing. Raises UsageError where it cannot be."""
        with _explained(self.name), _writer(self.engine) as con:
            yield con

    def close(self) -> None:
        """Release the database."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(place: str | Path, *, create: bool = True) -> Store:
    """Open a store by path or URL, and bring one of an older version up to date (at once, or not at all).

    `create`: make one where there is none. Raises UsageError for one that is no store, is not there, is damaged, or was
    written by a newer version.
    """
    url = _url(place)
    name = url.render_as_string(hide_password=True) if url.host or url.drivername != "sqlite" else str(url.database)
    if url.drivername == "sqlite":
        _prepare_file(Path(str(url.database)), create)
    engine = _engine(url)
    try:
        with _explained(name):
            _make_ready(engine, name, create)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, name)


def _make_ready(engine: Engine, name: str, create: bool) -> None:
    """Nothing is written to a store that is up to date, so that readers do not wait for each other."""
    with engine.begin() as con:
        shape = shape_of(con)
    if shape.fresh and not create:
        raise UsageError(f"{name} 里还没有历史", [Issue("H002", "请先用 duban audit … --store 记一次审核")])
    shape.refuse_what_is_not_ours(name)
    if not shape.current:
        with _writer(engine) as con:
            bring_up_to_date(con, name)


# ---- where it is


def _url(place: str | Path) -> URL:
    """The URL of a path or of a URL as people write it. Raises UsageError."""
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):  # no address, or a port that is no number
        raise UsageError(f"历史库的地址“{_masked(str(place))}”无法识别", [_ADDRESS]) from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite" or not url.database:
        raise UsageError(f"历史库只能是 SQLite 文件或 PostgreSQL，不能是 {url.drivername}", [_ADDRESS])
    return url


_ADDRESS = Issue("H001", "请写成文件路径（历史.db），或 postgresql+psycopg://用户@主机:5432/库名")


def _masked(place: str) -> str:
    """An address without what stands between `:` and `@`: it may be a password."""
    head, sign, tail = place.rpartition("@")
    return f"{head.rpartition(':')[0]}:***@{tail}" if sign and head.count(":") > 1 else place


def _prepare_file(path: Path, create: bool) -> None:
    """The folder of a store, and whether there is a file; raises UsageError."""
    if path.is_dir():
        raise UsageError(f"{path} 是文件夹，不是历史库", [_ADDRESS])
    if not path.is_file():
        if not create:
            raise UsageError(
                f"找不到历史库 {path}", [Issue("H002", "请先用 duban audit … --store 记一次审核，或核对路径")]
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"历史库无法建立：{error.strerror or error}", [Issue("H003", str(path))]) from None


def _engine(url: URL) -> Engine:
    if url.drivername == "sqlite":
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": PATIENCE, "check_same_thread": False})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        return create_engine(url, poolclass=NullPool)
    except (NoSuchModuleError, ModuleNotFoundError):
        hint = Issue("H004", "请安装 psycopg：pip install 'duban[postgresql]'")
        raise UsageError("历史库在 PostgreSQL 上，但没有它的驱动程序", [hint]) from None


def _set_up_sqlite(connection: Any, _: Any) -> None:
    """Transactions are ours to begin (the driver would not hold those that change tables); a commit is on the disk."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(con: Connection) -> None:
    con.exec_driver_sql("BEGIN IMMEDIATE" if con.get_execution_options().get(_WRITES) else "BEGIN")


@contextmanager
def _writer(engine: Engine) -> Iterator[Connection]:
    """A transaction that begins when no other writer is there."""
    with engine.execution_options(**{_WRITES: True}).begin() as con:
        if con.dialect.name == "postgresql":
            con.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
            con.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        yield con


# ---- what went wrong, in words


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Errors of the database as something that a person can act on."""
    try:
        yield
    except DBAPIError as error:
        raise UsageError(*_reason(name, error)) from error


def _reason(name: str, error: DBAPIError) -> tuple[str, list[Issue]]:
    said = str(error.orig).strip().splitlines()[0]
    low = said.lower()
    if "locked" in low or "lock timeout" in low:
        hint = f"等了{PATIENCE}秒。请等另一个程序写完，或关闭正打开该文件的程序，再运行一次"
        return f"历史库 {name} 正被占用，没有写入", [Issue("H005", said, hint=hint)]
    if "not a database" in low or "malformed" in low or "disk image" in low:
        return f"{name} 不是历史库，或已损坏", [Issue("H006", said, hint="请核对路径；如已损坏，请从备份恢复")]
    if "readonly" in low or "read-only" in low or "unable to open" in low or "permission denied" in low:
        return f"历史库 {name} 不能读写", [Issue("H003", said, hint="请核对文件夹和文件的权限")]
    if "disk is full" in low or "no space" in low or "disk i/o" in low or "locking protocol" in low:
        return f"历史库 {name} 没有写入", [
            Issue("H003", said, hint="磁盘已满、网络盘断开或不支持文件锁；历史库仍是写入前的样子")
        ]
    if isinstance(error, DatabaseError) and error.connection_invalidated:
        return f"与历史库 {name} 的连接中断，没有写入", [Issue("H007", said)]
    return f"历史库 {name} 无法使用", [Issue("H007", said)]
