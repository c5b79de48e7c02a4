"""A database of an earlier schema, brought up to date and killed on the way: the same bytes are served."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from broken_house import NOON, House, Zygote, address
from conftest import LONG
from databases import Databases
from invariants import assert_intact, rows
from make import database_of, fill, make_entry, make_story, make_topic
from news import Stand
from points import DIED

from aggregator.store.database import MIGRATIONS, connect

STORIES = 2_000 if LONG else 200
STEP = 1 if LONG else 6  # every so many calls of an upgrade
ENDED = {"html"}  # columns that are no more, and had to say something
OTHERS = ("alembic_version", "sqlite_sequence")
FIRST_OF_SERVERS = "0012"  # the first schema that PostgreSQL can have


def revisions() -> Sequence[str]:
    """Return the schemas, oldest first."""
    return sorted(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


# The two before today's, and one of long ago.
EARLIER = (*revisions()[-3:-1], "0005")


@pytest.fixture(scope="module")
def present(lasting_databases: Databases) -> sa.URL:
    """Return a database of today's schema that holds many stories."""
    store = lasting_databases.open(lasting_databases.new())
    told = [make_story(make_entry(f"Bridge number {n} closes"), id=uuid4()) for n in range(STORIES)]
    fill(store, *told, topics=[make_topic()], now=NOON)
    return database_of(store)


def earlier(present: sa.URL, url: sa.URL, revision: str) -> None:
    """Make the tables of an earlier schema, and fill them with the same, as far as they can hold it."""
    engine = connect(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revision)
    engine.dispose()
    if url.get_backend_name() == "sqlite":
        _fill_file(str(present.database), str(url.database))
    else:
        plain = (address(one.set(drivername="postgresql")) for one in (present, url))
        _fill_server(*plain)


def _fill_file(present: str, path: str) -> None:
    database = sqlite3.connect(path)
    database.execute("ATTACH ? AS present", (present,))
    tables = "SELECT name FROM {}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'entries_fts%'"
    names = [{row[0] for row in database.execute(tables.format(of))} for of in ("main", "present")]
    for name in sorted((names[0] & names[1]).difference(OTHERS)):
        old, new = (
            [row[1] for row in database.execute(f"PRAGMA {of}.table_info({name})")]
            for of in ("main", "present")
        )
        kept = [column for column in old if column in new or column in ENDED]
        columns = ", ".join(f'"{column}"' for column in kept)
        values = ", ".join(f'"{column}"' if column in new else "''" for column in kept)
        database.execute(f"INSERT OR REPLACE INTO {name} ({columns}) SELECT {values} FROM present.{name}")
    database.commit()
    database.close()


def _fill_server(present: str, url: str) -> None:
    with psycopg.connect(present) as new, psycopg.connect(url) as old:
        shared = sorted(_tables(new) & _tables(old))
        old.execute("SET session_replication_role = replica")  # in any order
        old.execute(f"TRUNCATE {', '.join(shared)} CASCADE")
        for name in shared:
            there = _columns(new, name)
            kept = sorted(_columns(old, name) & (there | ENDED))
            columns = ", ".join(f'"{column}"' for column in kept)
            values = ", ".join(f'"{column}"' if column in there else "''::text" for column in kept)
            reading = new.cursor().copy(f"COPY (SELECT {values} FROM {name}) TO STDOUT (FORMAT binary)")
            writing = old.cursor().copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT binary)")
            with reading as source, writing as copied:
                for part in source:
                    copied.write(part)


def _tables(connection: psycopg.Connection) -> set[str]:
    query = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
    return {name for (name,) in connection.execute(query)}.difference(OTHERS)


def _columns(connection: psycopg.Connection, table: str) -> set[str]:
    query = (
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND is_generated = 'NEVER' AND table_name = %s"
    )
    return {name for (name,) in connection.execute(query, (table,))}


def documents(url: str) -> list[tuple[object, ...]]:
    return rows(url, "SELECT path, etag, updated, body FROM documents ORDER BY path")


@pytest.mark.parametrize("revision", EARLIER)
def test_an_upgrade_that_is_killed_on_the_way_is_done_at_the_next_start(
    present: sa.URL, databases: Databases, tmp_path: Path, zygote: Zygote, revision: str
) -> None:
    if databases.name == "postgresql" and revision < FIRST_OF_SERVERS:
        pytest.skip("there was no PostgreSQL then")
    made = databases.bare()
    url, before = address(made), documents(address(present))
    earlier(present, made, revision)
    house, n, code = House(tmp_path, url, zygote, Stand()), 1 - STEP, DIED
    while code == DIED:
        n += STEP
        code = house.refresh(point=n)
        assert_intact(url)
        assert documents(url) == before
        versions = {str(row[0]) for row in rows(url, "SELECT version_num FROM alembic_version")}
        assert versions <= {revision, revisions()[-1]}, "an upgrade was done in part"
    print(f"{databases.name}: killed at {n // STEP} of the calls of an upgrade from {revision}")
    assert code == 0 and n > 10, house.said
    assert versions == {revisions()[-1]}
    assert rows(url, "SELECT count(*) FROM stories") == [(STORIES,)]
