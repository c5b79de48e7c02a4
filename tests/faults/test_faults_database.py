"""A database that is damaged or held by another process: said in one line, and left alone."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from broken_house import ALL, MINUTE, ONE, House
from click.testing import CliRunner, Result
from conftest import LONG
from databases import Sqlite
from invariants import assert_intact
from make import make_app

from aggregator.cli import main
from aggregator.errors import StoreError
from aggregator.store import Store
from aggregator.store.database import connect

PAGE = 4096  # bytes


@pytest.fixture(scope="module")
def database_kind(sqlite: Sqlite) -> Sqlite:
    """Return SQLite alone: what is here is about its file."""
    return sqlite


def path_of(house: House) -> Path:
    return Path(house.database.removeprefix("sqlite:///"))


def command(house: House, *words: str) -> Result:
    folders = {f"AGGREGATOR_{name.upper()}_DIR": str(house.root / name) for name in ("feeds", "seeds")}
    return CliRunner().invoke(main, words, env=folders | {"AGGREGATOR_DATABASE_URL": house.database})


@contextmanager
def held(path: Path, seconds: float) -> Iterator[None]:
    """Hold the write lock of a database as another program would, for so long or until the end."""
    begun, ended = threading.Event(), threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        begun.set()
        ended.wait(seconds)
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.parametrize(
    "seconds", [3, pytest.param(60, marks=pytest.mark.skipif(not LONG, reason="make faults"))]
)
def test_a_lock_that_is_held_for_a_while_costs_no_entry(house: House, seconds: int) -> None:
    with held(path_of(house), seconds):
        moments = [ONE + n * MINUTE for n in range(2 + seconds // 10)]
        house.refresh(*moments)
    assert ("is held by another process" in house.said) == (seconds > 10)
    house.check(moments[-1], ALL)


def test_a_command_that_finds_the_database_held_says_so_in_one_line(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.database.BUSY_TIMEOUT", 100)
    with held(path_of(house), 60):
        result = command(house, "refresh")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: {path_of(house)}: is held by another process (database is locked); ")


def test_the_web_asks_to_come_again_where_the_database_cannot_be_read(house: House) -> None:
    client = make_app(Store(connect(house.database)), ONE).test_client()
    for file in path_of(house).parent.glob(f"{path_of(house).name}*"):
        file.write_bytes(os.urandom(PAGE))
    for path in ("/", "/topics/all.atom", "/sources.json"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60"), path


def damaged(house: House, *pages: int) -> bytes:
    """Write nonsense over some pages of the database; return what its file holds then."""
    path = path_of(house)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    body = bytearray(path.read_bytes())
    for page in pages:
        body[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    path.write_bytes(body)
    return bytes(body)


@pytest.mark.parametrize("what", ["first page", "some pages", "cut"])
def test_a_damaged_file_is_named_in_one_line_and_left_as_it_is(house: House, what: str) -> None:
    body = damaged(house, *{"first page": [0], "some pages": range(1, 60), "cut": ()}[what])
    if what == "cut":
        body = body[: len(body) // 2 // PAGE * PAGE]
        path_of(house).write_bytes(body)
    for words in (("refresh",), ("run",)):
        result = command(house, *words)
        assert result.exit_code == 1, result.output
        (line,) = result.stderr.splitlines()
        assert str(path_of(house)) in line and ("is damaged" in line or "cannot be used" in line)
    assert path_of(house).read_bytes() == body


def test_a_page_damaged_in_the_midst_is_found_at_start(house: House) -> None:
    with sqlite3.connect(path_of(house)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.close()
    body = damaged(house, *range(pages // 2, pages // 2 + 8))
    with pytest.raises(StoreError, match="is damaged"):
        Store(connect(house.database)).look_through()
    assert path_of(house).read_bytes() == body


def test_a_sound_file_is_sound(house: House) -> None:
    Store(connect(house.database)).look_through()
    assert_intact(house.database)
