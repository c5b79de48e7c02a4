"""Bring a database to this program's version, all steps or none."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from aggregator.errors import StoreError
from aggregator.store.database import MIGRATIONS


def upgrade(engine: sa.Engine, subject: str) -> None:
    """Do the migrations that are left; `subject` names the database in errors. Raises StoreError."""
    try:
        # One process migrates, the others wait.
        with engine.execution_options(migrating=True).begin() as connection:
            _refuse_foreign(connection, subject)
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            command.upgrade(config, "head")
    except (sa.exc.DatabaseError, OSError) as error:
        cause = error.orig if isinstance(error, sa.exc.DatabaseError) else error
        raise StoreError(subject, f"cannot be used as a database: {cause}") from error
    except CommandError as error:
        raise StoreError(subject, f"cannot be brought to this version: {error}") from error


def _refuse_foreign(connection: sa.Connection, subject: str) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(subject, "was written by a newer version of aggregator; upgrade the program")
    if current is None and (tables := sa.inspect(connection).get_table_names()):
        raise StoreError(subject, f"belongs to another program (it holds a table {tables[0]!r})")
