"""Run by Alembic: the steps go over the connection of the caller, inside his transaction."""

from alembic import context

from duban.history.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,
)
context.run_migrations()
