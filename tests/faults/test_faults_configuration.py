"""Configuration broken in every way: named wherever somebody looks, and what was right before is kept."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from broken_house import ALL, ONE, Day, House, write
from click.testing import CliRunner
from databases import Databases, Sqlite
from invariants import rows
from make import make_app
from zygote import line_of

from aggregator.board import Board
from aggregator.cli import main
from aggregator.machine import this_worker
from aggregator.member import Member
from aggregator.service import Work
from aggregator.store import open_store

GOOD = {
    "publishers.toml": '[[publishers]]\nname = "Brekke Post"\naliases = ["BP"]\n',
    "corrections.toml": '[[apart]]\nentries = ["https://brekke.example/1", "https://brekke.example/2"]\n',
    "readers.opml": (
        '<opml version="2.0"><body><outline text="Isles">'
        '<outline text="Isles" xmlUrl="http://127.0.0.1:1/isles"/></outline></body></opml>'
    ),
}
BROKEN = {
    "no toml": ("coast.toml", "name = "),
    "an unknown key": ("coast.toml", 'titel = "x"\n'),
    "another type": ("coast.toml", 'any = "word"\n'),
    "no rule": ("coast.toml", 'any = [""]\n'),
    "no address": ("coast.toml", '[[feeds]]\nurl = "nonsense"\n'),
    "a script": ("coast.toml", '[[feeds]]\nurl = "javascript:alert(1)"\n'),
    "two of a key": ("coast.toml", 'name = "coast"\nname = "coast"\n'),
    "no text": ("coast.toml", "\x00\x01"),
    "a bad name": ("coast.toml", 'name = "../../etc"\n'),
    "a list of feeds": ("coast.toml", 'feeds = "https://a.example/"\n'),
    "another topic's name": ("coast.toml", 'name = "hills"\nany = ["x"]\n'),
    "cut publishers": ("publishers.toml", '[[publishers]]\nname = "Brek'),
    "a publisher without a name": ("publishers.toml", '[[publishers]]\naliases = ["BP"]\n'),
    "one name for two": ("publishers.toml", '[[publishers]]\nname = "BP"\n[[publishers]]\nname = "BP"\n'),
    "cut corrections": ("corrections.toml", '[[apart]]\nentries = ["https://'),
    "a correction of nothing": ("corrections.toml", "[[together]]\nentries = []\n"),
    "an unknown correction": ("corrections.toml", '[[aparte]]\nentries = ["a", "b"]\n'),
    "no story": ("corrections.toml", '[[story]]\nstory = "?"\npinned = true\n'),
    "cut outlines": ("readers.opml", '<opml version="2.0"><body><outline text='),
    "outlines of no feeds": ("readers.opml", "<html><body>Not found</body></html>"),
}
ENVIRONMENT = {
    "PORT": "eighty",
    "BASE_URL": "desk.example",
    "DATABASE_URL": "mysql://desk@db/desk",
    "REFRESH_MINUTES": "0",
    "TIMEZONE": "Europe/Brekke",
    "ALLOW_NETWORKS": "10.0.0.0/99",
    "TRUSTED_PROXIES": "proxy",
    "ADMIN_TOKEN": "short",
    "ADMIN_TOKEN_FILE": "/nowhere/token",
    "LOG_LEVEL": "LOUD",
    "RETENTION_DAYS": "-1",
}
KEPT = (
    "SELECT name, title, rules, withdrawn FROM topics ORDER BY name",
    "SELECT topic, feed FROM topic_feeds ORDER BY 1, 2",
    "SELECT url, active FROM feeds ORDER BY url",
    "SELECT kind, entries, others FROM corrections ORDER BY id",
    "SELECT key, value FROM meta WHERE key LIKE '%publishers%'",
    "SELECT path, etag FROM documents ORDER BY path",
)


@pytest.fixture(scope="module")
def database_kind(sqlite: Sqlite) -> Sqlite:
    """Return SQLite alone: files are read the same with any."""
    return sqlite


@pytest.fixture(scope="module")
def settled(
    morning: Day, lasting_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Return a house that has read everything, configured in every way that there is."""
    house = morning.continued(tmp_path_factory.mktemp("settled"), lasting_databases)
    for name, text in GOOD.items():
        write(house.root / "feeds" / name, text)
    assert house.refresh(ONE) == 0, house.said
    assert told(house) == []
    yield house
    assert house.refresh(ONE) == 0, house.said
    assert told(house) == [], "what is mended is right again"
    house.check(ONE, ALL)


def tick(house: House) -> None:
    """Do what the running service does every minute, and say in this process's log what it says."""
    store = open_store(house.database)
    with Member(store, this_worker(uuid4()), lambda: ONE) as member:
        Work(line_of(store, house.root), member, Board(store))(ONE, lambda: None)
    store.close()


def told(house: House) -> list[str]:
    """Return which files the page of sources complains of."""
    store = open_store(house.database)
    found = make_app(store, ONE).test_client().get("/sources.json").json["configuration"]
    store.close()
    return [row["name"] for row in found]


def kept(house: House) -> list[object]:
    return [rows(house.database, query) for query in KEPT]


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_named_and_leaves_everything_as_it_was(
    settled: House, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    name, text = BROKEN[what]
    path = settled.root / "feeds" / name
    before, good = kept(settled), path.read_text()
    write(path, text)
    try:
        with caplog.at_level(logging.WARNING):
            tick(settled)
        checked = CliRunner().invoke(main, ["check"], env=environment(settled))
        assert checked.exit_code == 2
        assert name in checked.stderr
        assert name in caplog.text
        assert {place.partition(":")[0] for place in told(settled)} == {name}
        assert kept(settled) == before
    finally:
        write(path, good)


def environment(house: House) -> dict[str, str]:
    folders = {f"AGGREGATOR_{part.upper()}_DIR": str(house.root / part) for part in ("feeds", "seeds")}
    return folders | {"AGGREGATOR_DATABASE_URL": house.database}


@pytest.mark.parametrize("variable", ENVIRONMENT)
def test_a_broken_environment_is_one_line_before_anything_is_touched(tmp_path: Path, variable: str) -> None:
    folders = {f"AGGREGATOR_{part}_DIR": str(tmp_path / part.lower()) for part in ("DATA", "FEEDS", "SEEDS")}
    broken = folders | {f"AGGREGATOR_{variable}": ENVIRONMENT[variable]}
    for command in ("run", "work", "web", "refresh", "check"):
        result = CliRunner().invoke(main, [command], env=broken)
        assert result.exit_code == 2, result.output
        (line,) = result.stderr.splitlines()
        assert f"AGGREGATOR_{variable.removesuffix('_FILE')}" in line
        assert ENVIRONMENT["ADMIN_TOKEN"] not in line.replace("shorter", ""), "secrets are not repeated"
    assert list(tmp_path.iterdir()) == []


def test_a_broken_environment_ends_the_process_with_2(tmp_path: Path) -> None:
    env = {**os.environ, "AGGREGATOR_DATA_DIR": str(tmp_path / "data"), "AGGREGATOR_PORT": "eighty"}
    ended = subprocess.run(
        [sys.executable, "-m", "aggregator", "run"], env=env, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("Error: environment: AGGREGATOR_PORT: ")
    assert list(tmp_path.iterdir()) == []
