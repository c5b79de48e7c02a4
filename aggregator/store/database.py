"""Open the database: engine, transactions, migrations at start."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from aggregator.errors import StoreError

BUSY_TIMEOUT = 10_000  # milliseconds a writer waits for another one
MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 0x61676772  # PostgreSQL advisory lock: one process migrates, the others wait


class Database:
    """An engine, and the two kinds of transactions: reads see one state, writes never fail half way."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads."""
        with self.engine.connect().execution_options(reading=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes; it commits at the end, or leaves nothing behind."""
        with self.engine.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str | sa.URL) -> sa.Engine:
    """Make an engine for SQLite (a file) or PostgreSQL; raises StoreError where the URL is neither."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError("AGGREGATOR_DATABASE_URL", "is not a database URL") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return sa.create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise StoreError(_shown(parsed), "is neither sqlite:// nor postgresql://")


def sqlite_url(path: Path) -> sa.URL:
    """Return the URL of a SQLite file (built, not written: a path in a URL would be percent-decoded)."""
    return sa.URL.create("sqlite", database=str(path))


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT / 1000})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not before the first write
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A writer takes the lock at once: a reader that turns writer could not wait for it.
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def migrate(engine: sa.Engine) -> None:
    """Bring the schema to this program's version, all steps or none.

    Raises StoreError where the file is no database, belongs to something else, or is newer than this program.
    """
    subject = _shown(engine.url)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
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


def _shown(url: sa.URL) -> str:
    return (
        url.render_as_string(hide_password=True) if url.get_backend_name() != "sqlite" else str(url.database)
    )
