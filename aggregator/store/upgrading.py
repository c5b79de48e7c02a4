"""Bring a database to this program's version, all steps or none."""

import logging
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from aggregator.errors import StoreError
from aggregator.store.copying import copy_before_upgrade
from aggregator.store.database import MIGRATIONS, newest_schema

log = logging.getLogger(__name__)


def upgrade(engine: sa.Engine, subject: str) -> None:
    """Do the migrations that are left; `subject` names the database in errors. Raises StoreError."""
    try:
        # One process migrates, the others wait.
        with engine.execution_options(migrating=True).begin() as connection:
            current = _refuse_foreign(connection, subject)
            _keep_a_copy(engine, current)
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            command.upgrade(config, "head")
    except (sa.exc.DatabaseError, OSError) as error:
        cause = error.orig if isinstance(error, sa.exc.DatabaseError) else error
        raise StoreError(subject, f"cannot be used as a database: {cause}") from error
    except CommandError as error:
        raise StoreError(subject, f"cannot be brought to this version: {error}") from error


def _keep_a_copy(engine: sa.Engine, current: str | None) -> None:
    """Copy a database in a file before it is changed; another connection sees it as it was."""
    path = Path(engine.url.database or "")
    if engine.dialect.name != "sqlite" or not path.is_file() or current in (None, newest_schema()):
        return
    kept = copy_before_upgrade(path, str(current))
    log.warning("bringing %s from schema %s to %s; a copy is kept: %s", path, current, newest_schema(), kept)


def _refuse_foreign(connection: sa.Connection, subject: str) -> str | None:
    """Return the schema that a database has; None: it is empty."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(subject, "was written by a newer version of aggregator; upgrade the program")
    if current is None and (tables := sa.inspect(connection).get_table_names()):
        raise StoreError(subject, f"belongs to another program (it holds a table {tables[0]!r})")
    return current
