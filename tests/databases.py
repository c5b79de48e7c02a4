"""Databases for tests, of each kind that holds stores: made in no time, as copies of one with all tables."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from postgres import NoPostgresError, running_server

from aggregator.store import Store, open_store
from aggregator.store.database import connect, sqlite_url

KINDS = ("sqlite", "postgresql")
# A database of PostgreSQL whose user may create others. Read now: tests forget the settings of the machine.
GIVEN = os.environ.get("AGGREGATOR_TEST_POSTGRES_URL")


class Kind(Protocol):
    """One kind of database. What is copied must be closed."""

    def bare(self) -> sa.URL:
        """Make one without tables."""

    def copy(self, url: sa.URL) -> sa.URL:
        """Make one that holds what another one holds."""

    def drop(self, url: sa.URL) -> None:
        """Do away with one."""

    @property
    def with_tables(self) -> sa.URL:
        """Return one with every table, made once: all migrations would take most of a test's time."""


class Databases:
    """What one test, or one module of tests, makes of a kind; done away with at its end."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._made: list[sa.URL] = []
        self._opened: list[Store] = []

    @property
    def name(self) -> str:
        return self._kind.with_tables.get_backend_name()

    def bare(self) -> sa.URL:
        """Make one without tables."""
        return self._keep(self._kind.bare())

    def new(self, copy_of: sa.URL | None = None) -> sa.URL:
        """Make one with empty tables, or one that holds what a closed one holds."""
        return self._keep(self._kind.copy(copy_of or self._kind.with_tables))

    def open(self, url: sa.URL) -> Store:
        """Open a store, which is closed at the end."""
        store = Store(connect(url))
        self._opened.append(store)
        return store

    def drop(self, url: sa.URL) -> None:
        """Do away with one before the end; its stores must be closed."""
        self._made.remove(url)
        self._kind.drop(url)

    def close(self) -> None:
        for store in self._opened:
            store.close()
        for url in tuple(self._made):
            self.drop(url)

    def _keep(self, url: sa.URL) -> sa.URL:
        self._made.append(url)
        return url


class Sqlite:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._names = (folder / f"aggregator{n}.sqlite" for n in count(1))

    def bare(self) -> sa.URL:
        return sqlite_url(next(self._names))

    def copy(self, url: sa.URL) -> sa.URL:
        made = self.bare()
        shutil.copyfile(str(url.database), str(made.database))
        return made

    def drop(self, url: sa.URL) -> None:
        for file in Path(str(url.database)).parent.glob(f"{Path(str(url.database)).name}*"):
            file.unlink()

    @cached_property
    def with_tables(self) -> sa.URL:
        return _with_tables(self.bare)


class Postgres:
    """Databases of a server."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._admin = connect(url).execution_options(isolation_level="AUTOCOMMIT")
        self._names = (f"aggregator_test_{os.getpid()}_{n}" for n in count(1))

    def bare(self) -> sa.URL:
        return self._create("template0")

    def copy(self, url: sa.URL) -> sa.URL:
        return self._create(str(url.database))

    def drop(self, url: sa.URL) -> None:
        self._execute(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")

    @cached_property
    def with_tables(self) -> sa.URL:
        return _with_tables(self.bare)

    def close(self) -> None:
        self.drop(self.with_tables)
        self._admin.dispose()

    def _create(self, template: str) -> sa.URL:
        name = next(self._names)
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url.set(database=name)

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


def _with_tables(make: Callable[[], sa.URL]) -> sa.URL:
    made = make()
    open_store(made).close()
    return made


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Use the PostgreSQL that the environment names, or else a server of our own. Raises NoPostgresError."""
    if GIVEN:
        kind = Postgres(GIVEN)
        try:
            yield kind
        finally:
            kind.close()
        return
    with running_server() as server:
        kind = Postgres(server.url)
        try:
            yield kind
        finally:
            kind.close()


__all__ = ["KINDS", "Databases", "Kind", "NoPostgresError", "Postgres", "Sqlite", "postgres"]
