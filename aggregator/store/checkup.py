"""Look at a database as it is: nothing is made, migrated or repaired."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store import Store
from aggregator.store.copying import open_file
from aggregator.store.database import connect, newest_schema

PATIENCE = 2_000  # milliseconds; no transaction of ours takes longer
Address: TypeAlias = str | sa.URL  # of a database
VERSION = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found."""

    name: str  # of the database, without a password
    schema: str | None  # None: it has none, so it is not ours
    faults: tuple[str, ...] = ()  # what is damaged
    held: bool = False  # somebody writes, and does not come to an end


def file_of(url: Address) -> Path | None:
    """Return the file that a database lies in; None: it lies in none."""
    parsed = sa.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def check_up(url: Address) -> Checkup:
    """Examine a database that is there; raises StoreError where it cannot be read at all."""
    path = file_of(url)
    if path is None:
        return _elsewhere(url)
    try:
        with closing(open_file(path)) as connection:
            faults = [line for (line,) in connection.execute("PRAGMA quick_check(3)") if line != "ok"]
            strays = connection.execute("PRAGMA foreign_key_check").fetchmany(3)
            faults += [f"a row of {table} names one of {other} that is gone" for table, _, other, _ in strays]
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            row = connection.execute(VERSION).fetchone() if "alembic_version" in tables else None
            return Checkup(str(path), row[0] if row else None, tuple(faults), _is_held(connection))
    except sqlite3.Error as error:
        raise StoreError(str(path), f"cannot be read: {error}") from error


def _is_held(connection: sqlite3.Connection) -> bool:
    """Tell whether nobody else can write; the lock is given back at once."""
    connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    return False


def _elsewhere(url: Address) -> Checkup:
    engine = connect(url)
    name = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            ours = "alembic_version" in sa.inspect(connection).get_table_names()
            return Checkup(name, connection.execute(sa.text(VERSION)).scalar() if ours else None)
    except sa.exc.DBAPIError as error:
        raise StoreError(name, f"cannot be reached: {error.orig}") from error
    finally:
        engine.dispose()


@contextmanager
def looked_at(url: Address) -> Iterator[Store | None]:
    """Open a database that has this program's schema, as it is; None: there is none, or it has another."""
    path = file_of(url)
    if (path is not None and not path.is_file()) or check_up(url).schema != newest_schema():
        yield None
        return
    store = Store(connect(url))
    try:
        yield store
    finally:
        store.close()
