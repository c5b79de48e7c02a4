"""Opening the database: made, brought up to date, or refused in one clear line."""

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from aggregator.errors import StoreError
from aggregator.store import open_store
from aggregator.store.database import connect, migrate, sqlite_url
from aggregator.store.schema import feeds, metadata


def test_a_new_database_has_the_schema_that_the_program_works_with(tmp_path: Path) -> None:
    engine = connect(sqlite_url(tmp_path / "deep" / "a.sqlite3"))
    migrate(engine)
    with engine.begin() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert [d for d in differences if "entries_fts" not in str(d)] == []


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.sqlite3")
    open_store(url).close()
    before = dump(tmp_path / "a.sqlite3")
    open_store(url).close()
    assert dump(tmp_path / "a.sqlite3") == before


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("name", ["100%25 sure?.sqlite3", "mit leerzeichen.sqlite3", "데이터.sqlite3"])
def test_any_file_name_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    open_store(sqlite_url(tmp_path / name)).close()
    assert (tmp_path / name).is_file()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_bytes(b"My diary, page 1. " * 100)
    with pytest.raises(StoreError, match=r"a\.sqlite3: cannot be used as a database"):
        open_store(sqlite_url(path))
    assert path.read_bytes() == b"My diary, page 1. " * 100


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.commit()
    other.close()
    with pytest.raises(StoreError, match="belongs to another program"):
        open_store(sqlite_url(path))
    assert "recipes" in str(dump(path)) and "entries" not in str(dump(path))


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.sqlite3")
    store = open_store(url)
    with store.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreError, match="newer version of aggregator"):
        open_store(url)


@pytest.mark.parametrize("url", ["mysql://u:secret@h/db", "nonsense"])
def test_an_address_that_is_no_database_of_ours_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


def test_a_time_without_zone_never_reaches_the_store(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "a.sqlite3"))
    naive = datetime(2026, 1, 1)
    with pytest.raises(sa.exc.StatementError, match="without zone"), store.write() as connection:
        connection.execute(sa.select(feeds.c.id).where(feeds.c.next_poll == naive))
    store.close()


def test_a_writer_waits_for_another_one(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "a.sqlite3"))
    with store.read() as connection:
        assert connection.execute(sa.text("PRAGMA busy_timeout")).scalar() == 10_000
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
    store.close()


def test_no_place_for_temporary_files_is_needed(tmp_path: Path) -> None:
    engine = connect(sqlite_url(tmp_path / "a.sqlite3"))
    with engine.connect() as connection:
        in_memory = connection.exec_driver_sql("PRAGMA temp_store").scalar_one()
    engine.dispose()
    assert in_memory == 2  # a read-only root, as in a container, has none


def test_a_failed_transaction_leaves_nothing_behind(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "a.sqlite3"))
    row = {
        "url": "https://a.example/",
        "active": True,
        "added": True,
        "created": datetime.fromisoformat("2026-01-01T00:00Z"),
    }
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        connection.execute(sa.insert(feeds).values(**row))
        _ = 1 / 0
    assert store.all_feeds() == ()
    store.close()
