"""Open the database: engine, transactions, migrations at start."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store.postgresql import READING, is_away, make_engine
from aggregator.store.trouble import refuse_damage, say_in_words

BUSY_TIMEOUT = 10_000  # milliseconds a writer waits for another one
CACHE = 8_000  # kB of pages a connection keeps; with SQLite's 2,000 the system is busy for a third longer
PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 1.9)  # seconds, 5 together: a server that is started again is back by then
MIGRATIONS = Path(__file__).with_name("migrations")

Guard = Callable[[sa.Connection], None]  # raises where a transaction must not write


class Database:
    """An engine, and the two kinds of transactions: reads see one state, writes never fail half way."""

    def __init__(self, engine: sa.Engine, guard: Guard | None = None) -> None:
        self.engine = engine
        is_server = engine.dialect.name == "postgresql"
        self._reading = READING if is_server else {}
        self._pauses = PAUSES if is_server else ()
        self._guard = guard

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads."""
        with self._begun(reading=True, **self._reading) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes; it commits at the end, or leaves nothing behind."""
        with self._begun() as connection:
            if self._guard is not None:
                self._guard(connection)
            yield connection

    @contextmanager
    def write_beside(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes a few rows by themselves; on PostgreSQL it waits for no other."""
        with self._begun(beside=True) as connection:
            yield connection

    @contextmanager
    def _begun(self, **options: Any) -> Iterator[sa.Connection]:
        with ExitStack() as stack:
            yield self._begin(stack, options)

    def _begin(self, stack: ExitStack, options: dict[str, Any]) -> sa.Connection:
        """Begin a transaction. Nothing is done yet: where the server is away for a moment, try again.

        Raises StoreError where it stays away.
        """
        for pause in (*self._pauses, None):
            try:
                connection = stack.enter_context(self.engine.connect().execution_options(**options))
                stack.enter_context(connection.begin())
                return connection
            except sa.exc.OperationalError as error:
                stack.close()
                if not is_away(error):
                    raise
                if pause is None:
                    said = str(error.orig).partition("\n")[0]
                    reason = f"cannot be reached ({said}); see whether it runs, it is tried again by itself"
                    raise StoreError(_shown(self.engine.url), reason) from error
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def look_through(self) -> None:
        """Raise StoreError where the database is damaged, as far as a few seconds show."""
        refuse_damage(self.engine)

    def close(self) -> None:
        self.engine.dispose()


def take_turns(connection: sa.Connection, lock: int) -> None:
    """Wait on PostgreSQL until no other transaction holds a lock; SQLite has one writer in any case."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


def connect(url: str | sa.URL) -> sa.Engine:
    """Make an engine for SQLite (a file) or PostgreSQL; raises StoreError where the URL is neither."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError("AGGREGATOR_DATABASE_URL", "is not a database URL") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return make_engine(parsed)
    raise StoreError(_shown(parsed), "is neither sqlite:// nor postgresql://")


def sqlite_url(path: Path) -> sa.URL:
    """Return the URL of a SQLite file (built, not written: a path in a URL would be percent-decoded)."""
    return sa.URL.create("sqlite", database=str(path))


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT / 1000})
    say_in_words(engine)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not before the first write
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "temp_store=MEMORY",  # a container's root may be read-only, and then there is no place for files
            f"cache_size={-CACHE}",
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
    if _is_of_this_version(engine):
        return
    # Imported where there is something to do: Alembic takes longer to import than most refreshes take.
    from aggregator.store.upgrading import upgrade

    upgrade(engine, _shown(engine.url))


@cache
def newest_schema() -> str:
    """Return the number of the schema that this program works with."""
    return max(path.name for path in MIGRATIONS.glob("versions/[0-9]*.py")).partition("_")[0]


def _is_of_this_version(engine: sa.Engine) -> bool:
    """Tell whether no migration is left to do; False where that cannot be told."""
    try:
        with Database(engine).read() as connection:
            versions = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()
            return list(versions) == [newest_schema()]
    except sa.exc.DBAPIError:
        return False


def _shown(url: sa.URL) -> str:
    return (
        url.render_as_string(hide_password=True) if url.get_backend_name() != "sqlite" else str(url.database)
    )
