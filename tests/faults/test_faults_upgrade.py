"""A database of an earlier schema, brought up to date and killed on the way: the same bytes are served."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from broken_house import NOON, House, Zygote
from conftest import LONG
from invariants import assert_intact, rows
from make import fill, make_entry, make_story, make_topic
from news import Stand
from points import DIED

from aggregator.store import open_store
from aggregator.store.database import MIGRATIONS, connect, sqlite_url

STORIES = 2_000 if LONG else 200
ENDED = {"html"}  # columns that are no more, and had to say something
OTHERS = ("alembic_version", "sqlite_sequence")


def revisions() -> Sequence[str]:
    """Return the schemas, oldest first."""
    return sorted(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


@pytest.fixture(scope="module")
def present(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database of today's schema that holds many stories."""
    folder = tmp_path_factory.mktemp("present")
    store = open_store(sqlite_url(folder / "a.sqlite3"))
    told = [make_story(make_entry(f"Bridge number {n} closes"), id=uuid4()) for n in range(STORIES)]
    fill(store, *told, topics=[make_topic()], now=NOON)
    path = Path(str(store.engine.url.database))
    store.close()
    return path


def earlier(present: Path, path: Path, revision: str) -> None:
    """Make a database of an earlier schema that holds the same, as far as its tables can."""
    engine = connect(sqlite_url(path))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revision)
    engine.dispose()
    database = sqlite3.connect(path)
    database.execute("ATTACH ? AS present", (str(present),))
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


def documents(url: str) -> list[tuple[object, ...]]:
    return rows(url, "SELECT path, etag, updated, body FROM documents ORDER BY path")


@pytest.mark.parametrize("back", [1, 2])
def test_an_upgrade_that_is_killed_on_the_way_is_done_at_the_next_start(
    present: Path, tmp_path: Path, zygote: Zygote, back: int
) -> None:
    url = sqlite_url(tmp_path / "a.sqlite3").render_as_string()
    before = documents(sqlite_url(present).render_as_string())
    earlier(present, tmp_path / "a.sqlite3", revisions()[-1 - back])
    house, n, code = House(tmp_path, url, zygote, Stand()), 0, DIED
    while code == DIED:
        n += 1 if LONG or n < 3 else 4
        code = house.refresh(point=n)
        assert_intact(url)
        assert documents(url) == before
        versions = {str(row[0]) for row in rows(url, "SELECT version_num FROM alembic_version")}
        assert versions <= {revisions()[-1 - back], revisions()[-1]}, "an upgrade was done in part"
    assert code == 0 and n > 10, house.said
    assert versions == {revisions()[-1]}
    stories = rows(url, "SELECT count(*) FROM stories")
    assert stories == [(STORIES,)]
