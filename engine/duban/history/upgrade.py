"""The shape of a store, and the way from an older one to that of this program: Alembic's steps, all or none.

A new store is made of the tables as they stand (a test holds the steps to them): Alembic takes longer to load than a
small audit takes to be judged, and is asked only where there is a way to go.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, text

from duban.errors import Issue, UsageError
from duban.history.tables import METADATA

if TYPE_CHECKING:
    from alembic.config import Config

# The newest step in migrations/versions: a test holds it to that.
HEAD = "0002"
VERSION_TABLE = "duban_version"
# As Alembic makes it. Apart from METADATA: it is no table of ours, and Alembic compares those.
_VERSION = Table(
    VERSION_TABLE, MetaData(), Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """What a database holds: the step that it is at ('' for none), and whether there are tables that we know nothing of."""

    version: str
    foreign: bool

    @property
    def fresh(self) -> bool:
        return not self.version and not self.foreign

    @property
    def current(self) -> bool:
        return self.version == HEAD

    def refuse_what_is_not_ours(self, name: str) -> None:
        """Raises UsageError for the database of another program, or of a newer version of this one."""
        if self.foreign:
            hint = "历史库请用单独的文件或单独的数据库"
            raise UsageError(f"{name} 不是督办的历史库，没有改动", [Issue("H006", "其中已有别的表", hint=hint)])
        if self.version > HEAD:
            told = f"库的版本 {self.version}，本程序认得到 {HEAD}"
            hint = "请升级 duban；旧程序不会改动它"
            raise UsageError(f"{name} 由更新版本的督办写成，没有改动", [Issue("H008", told, hint=hint)])


def shape_of(con: Connection) -> Shape:
    """What is there."""
    names = set(inspect(con).get_table_names())
    if VERSION_TABLE not in names:
        return Shape("", bool(names))
    row = con.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).fetchone()
    return Shape(str(row[0]) if row else "", False)


def bring_up_to_date(con: Connection, name: str) -> None:
    """Take the steps that are missing, in the transaction of `con`, whose writer is the only one.

    Another writer may have taken them while we waited. Raises UsageError where a step fails; then nothing has changed.
    """
    shape = shape_of(con)
    shape.refuse_what_is_not_ours(name)
    if shape.current:
        return
    try:
        if shape.fresh:
            _make(con)
        else:
            from alembic import command

            command.upgrade(alembic_config(con), "head")
    except Exception as error:
        told = str(getattr(error, "orig", error)).strip().splitlines()[0]
        hint = "库仍是原来的样子。请先备份它，再附上这条信息报告；也可另建一个库"
        raise UsageError(f"历史库 {name} 不能升级到版本 {HEAD}", [Issue("H009", told, hint=hint)]) from error


def _make(con: Connection) -> None:
    """A new store, at the newest step."""
    METADATA.create_all(con)
    _VERSION.create(con, checkfirst=True)
    con.execute(_VERSION.insert().values(version_num=HEAD))


def alembic_config(con: Connection) -> Config:
    """Alembic on one connection, inside its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes.update(connection=con, version_table=VERSION_TABLE)
    return config
