"""Backups: consistent while others write, whole or not there, checked before they take a database's place."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from click.testing import CliRunner, Result
from make import NOW, fill, make_entry, make_story

from aggregator.cli import main
from aggregator.errors import StoreError
from aggregator.store import Store, copying, open_store
from aggregator.store.backup import back_up, restore
from aggregator.store.database import MIGRATIONS, connect, newest_schema, sqlite_url

HOLD = """
import sys
from aggregator.store import open_store
from aggregator.store.database import sqlite_url
from pathlib import Path
store = open_store(sqlite_url(Path(sys.argv[1])))
store.all_feeds()
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database that holds one story, closed."""
    path = tmp_path / "data" / "aggregator.sqlite3"
    store = open_store(sqlite_url(path))
    fill(store, make_story(make_entry("Bridge at Brekke closes")))
    store.close()
    return path


def titles(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [title for (title,) in connection.execute("SELECT title FROM entries ORDER BY id")]
    finally:
        connection.close()


def add(path: Path, title: str) -> None:
    store = open_store(sqlite_url(path))
    fill(store, make_story(make_entry(title)), seed=f"{title}.txt")
    store.close()


def run(*arguments: object, data: Path) -> Result:
    return CliRunner().invoke(
        main, [str(one) for one in arguments], env={"AGGREGATOR_DATA_DIR": str(data)}, catch_exceptions=False
    )


# ---- backup


def test_a_backup_is_a_whole_database_that_only_its_owner_reads(database: Path, tmp_path: Path) -> None:
    done = run("backup", tmp_path / "b.sqlite3", data=database.parent)

    assert done.exit_code == 0 and "checked" in done.output
    assert titles(tmp_path / "b.sqlite3") == ["Bridge at Brekke closes"]
    assert (tmp_path / "b.sqlite3").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if copying.PART in path.name] == []


def test_a_backup_made_while_others_write_holds_whole_transactions(database: Path, tmp_path: Path) -> None:
    store, stop = open_store(sqlite_url(database)), threading.Event()

    def write() -> None:
        n = 0
        while not stop.is_set() or n < 5:
            with store.write() as connection:
                for key in ("first", "second"):
                    connection.execute(sa.text("DELETE FROM meta WHERE key = :k"), {"k": key})
                    connection.execute(sa.text("INSERT INTO meta VALUES (:k, :v)"), {"k": key, "v": str(n)})
            n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(5):
            back_up(sqlite_url(database), tmp_path / f"{n}.sqlite3", force=False)
    finally:
        stop.set()
        writer.join(30)
        store.close()

    for n in range(5):
        connection = sqlite3.connect(tmp_path / f"{n}.sqlite3")
        found = connection.execute("SELECT value FROM meta WHERE key IN ('first', 'second')").fetchall()
        assert len(set(found)) <= 1, n
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


def test_a_file_that_is_there_is_replaced_only_when_told_to(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.sqlite3"
    target.write_text("precious")

    refused = run("backup", target, data=database.parent)
    assert refused.exit_code == 1 and "--force" in refused.output
    assert target.read_text() == "precious"

    assert run("backup", target, "--force", data=database.parent).exit_code == 0
    assert titles(target) == ["Bridge at Brekke closes"]


def test_a_backup_that_fails_leaves_the_one_before_alone(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "b.sqlite3"
    back_up(sqlite_url(database), target, force=False)
    before = target.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        back_up(sqlite_url(database), target, force=True)

    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.sqlite3", "data"]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("data/aggregator.sqlite3", "is the database itself"),
        ("data", "is a folder"),
        ("nowhere/b.sqlite3", "no such folder"),
    ],
)
def test_a_target_that_cannot_be_one_is_refused_with_what_to_do(
    database: Path, tmp_path: Path, target: str, words: str
) -> None:
    refused = run("backup", tmp_path / target, "--force", data=database.parent)

    assert refused.exit_code == 1 and words in refused.output
    assert titles(database) == ["Bridge at Brekke closes"]


def test_without_a_database_there_is_nothing_to_back_up_and_none_is_made(tmp_path: Path) -> None:
    refused = run("backup", tmp_path / "b.sqlite3", data=tmp_path / "data")

    assert refused.exit_code == 1 and "no database yet" in refused.output
    assert list(tmp_path.iterdir()) == []


# ---- restore


def test_a_backup_takes_the_databases_place_which_is_kept_aside(database: Path, tmp_path: Path) -> None:
    back_up(sqlite_url(database), tmp_path / "b.sqlite3", force=False)
    add(database, "A later report of the harbour")

    done = run("restore", tmp_path / "b.sqlite3", data=database.parent)

    assert done.exit_code == 0, done.output
    assert titles(database) == ["Bridge at Brekke closes"]
    (aside,) = database.parent.glob("*.replaced-*")
    assert str(aside) in done.output
    assert titles(aside) == ["Bridge at Brekke closes", "A later report of the harbour"]
    assert titles(tmp_path / "b.sqlite3") == ["Bridge at Brekke closes"]  # it can be used again


def test_a_restored_database_serves_the_same_feeds(database: Path, tmp_path: Path) -> None:
    def feed() -> object:
        store = open_store(sqlite_url(database))
        found = store.document("/topics/all.atom")
        store.close()
        return found

    before = feed()
    back_up(sqlite_url(database), tmp_path / "b.sqlite3", force=False)
    shutil.rmtree(database.parent)

    assert restore(sqlite_url(database), tmp_path / "b.sqlite3", tmp_path, NOW) is None

    assert before is not None and feed() == before


def test_nothing_is_restored_while_a_process_has_the_database_open(database: Path, tmp_path: Path) -> None:
    back_up(sqlite_url(database), tmp_path / "b.sqlite3", force=False)
    before = titles(database)
    line = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin and holder.stdout
        assert holder.stdout.readline() == b"open\n"
        refused = run("restore", tmp_path / "b.sqlite3", data=database.parent)
        holder.stdin.close()
        holder.wait(30)

    assert refused.exit_code == 1 and "is in use; stop" in refused.output
    assert titles(database) == before
    assert list(database.parent.glob("*.replaced-*")) == []
    assert run("restore", tmp_path / "b.sqlite3", data=database.parent).exit_code == 0


def damage(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[8192 : 8192 + 30_000] = b"\xa5" * 30_000
    path.write_bytes(body)


def foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()


def stamp(version: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path)
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
        connection.close()

    return change


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damage, "is damaged|cannot be read"),
        (foreign, "another program"),
        (stamp("9999"), "newer version"),
        (stamp("abc"), "does not say which version"),
        (lambda path: path.write_text("my diary"), "is no SQLite database"),
        (lambda path: path.write_bytes(b""), "is no SQLite database"),
        (lambda path: path.unlink(), "no such file"),
    ],
)
def test_what_is_no_good_backup_is_refused_and_nothing_changes(
    database: Path, tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    source = tmp_path / "b.sqlite3"
    back_up(sqlite_url(database), source, force=False)
    spoil(source)
    before = database.read_bytes()

    with pytest.raises(StoreError, match=words):
        restore(sqlite_url(database), source, tmp_path, NOW)

    assert database.read_bytes() == before
    assert sorted(path.name for path in database.parent.iterdir()) == [database.name]


def test_a_database_that_is_broken_gives_way_to_its_backup(database: Path, tmp_path: Path) -> None:
    back_up(sqlite_url(database), tmp_path / "b.sqlite3", force=False)
    database.write_bytes(b"not a database any more" * 500)
    Path(f"{database}-wal").write_bytes(b"its log")

    aside = restore(sqlite_url(database), tmp_path / "b.sqlite3", tmp_path, NOW)

    assert titles(database) == ["Bridge at Brekke closes"]
    assert aside is not None and aside.read_bytes().startswith(b"not a database")
    assert not Path(f"{database}-wal").exists()


def test_the_database_is_no_backup_of_itself(database: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the database itself"):
        restore(sqlite_url(database), database, tmp_path, NOW)


# ---- before upgrades


def old_database(path: Path, schema: str = "0011") -> None:
    """Make a database as an earlier version left it, with a feed in it."""
    engine = connect(sqlite_url(path))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, schema)
        feed = "INSERT INTO feeds (url, active, added, created) VALUES ('https://a.example/', 1, 1, :at)"
        connection.execute(sa.text(feed), {"at": "2026-11-01 00:00:00.000000"})
    engine.dispose()


def test_a_database_is_copied_before_it_is_brought_to_a_newer_schema(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.sqlite3"
    old_database(path)

    store = open_store(sqlite_url(path))

    assert [feed.url for feed in store.all_feeds()] == ["https://a.example/"]
    store.close()
    (kept,) = tmp_path.glob("*.before-*")
    assert copying.check_copy(kept, kept) == "0011"
    assert str(kept) in caplog.text
    assert restore(sqlite_url(path), kept, tmp_path, NOW) is not None  # and back again
    assert copying.check_copy(path, path) == "0011"


def test_only_the_last_two_such_copies_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    for schema in ("0008", "0009", "0010", "0011"):
        path.unlink(missing_ok=True)
        old_database(path, schema)
        open_store(sqlite_url(path)).close()

    names = {kept.name for kept in tmp_path.glob("*.before-*")}
    assert names == {f"a.sqlite3.before-{newest_schema()}-from-{schema}" for schema in ("0010", "0011")}


def test_a_new_database_and_one_of_this_version_are_not_copied(tmp_path: Path) -> None:
    open_store(sqlite_url(tmp_path / "a.sqlite3")).close()
    open_store(sqlite_url(tmp_path / "a.sqlite3")).close()
    assert list(tmp_path.glob("*.before-*")) == []


def test_without_room_for_the_copy_nothing_is_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.sqlite3"
    old_database(path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"cannot be copied .* No space left"):
        open_store(sqlite_url(path))

    assert copying.check_copy(path, path) == "0011"


def test_what_was_done_before_counting_began_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    old_database(path)
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO stories (id, opened, touched, bumps) VALUES ('a', '2026-11-01', 0, 3)")
    connection.commit()
    connection.close()

    store: Store = open_store(sqlite_url(path))
    counted = store.figures(NOW).counted
    store.close()

    assert (counted["stories counted"], counted["bumps counted"], counted["polls counted"]) == (1, 3, 0)


# ---- PostgreSQL


def test_where_pg_dump_is_missing_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="pg_dump: is not installed; install PostgreSQL's client"):
        back_up("postgresql://u:secret@127.0.0.1/db", tmp_path / "b.dump", force=False)
    assert list(tmp_path.iterdir()) == []


def test_pg_dump_gets_the_password_by_its_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "pg_dump"
    tool.parent.mkdir()
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/line\necho "$PGPASSWORD" > {tmp_path}/word\nexit 3\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")

    with pytest.raises(StoreError, match="pg_dump: ended with 3"):
        back_up("postgresql://u:secret@127.0.0.1:5433/db", tmp_path / "b.dump", force=False)

    line = (tmp_path / "line").read_text()
    assert "--dbname=postgresql://u@127.0.0.1:5433/db" in line and "secret" not in line
    assert (tmp_path / "word").read_text() == "secret\n"
