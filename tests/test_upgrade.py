"""A database of every earlier version, brought to this one: subscribers see the same bytes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from make import NOW, SITE, fill, hours_ago, make_app, make_entry, make_story, make_topic, publish

from aggregator.model import Grouping
from aggregator.steps.render import render_documents
from aggregator.store import Store, open_store
from aggregator.store.database import MIGRATIONS, connect, sqlite_url

FIRST = "0003"  # the first schema with all that a feed shows
REVISIONS = sorted(
    s.revision for s in ScriptDirectory(str(MIGRATIONS)).walk_revisions() if s.revision >= FIRST
)
LATER = NOW + timedelta(hours=3)
ENDED = {"html": "'<p>What was kept once.</p>'"}  # columns that are no more, and what stood there
KEPT = (
    "SELECT id, published, updated, bumps, headline, url, excerpt, slug, merged_into FROM stories ORDER BY 1",
    "SELECT path, etag, modified, updated, body FROM documents ORDER BY path",
    'SELECT topic, "view", story, entered, "left" FROM memberships ORDER BY 1, 2, 3',
    'SELECT topic, entry, entered, "left" FROM entry_memberships ORDER BY 1, 2',
    "SELECT entry, iri FROM passed_ids ORDER BY 1",
    "SELECT id, name, created, published FROM topics ORDER BY 1",
)


def lived_in(store: Store) -> None:
    """Let a store see some days: stories that grow, merge, are too old, and a topic beside that of all."""
    topic = make_topic("bridges")
    bridge, ferry = make_story(), make_story(hours_ago(4, "Ferry sunk at Skerry"))
    fill(store, bridge, ferry, topics=[topic], now=NOW - timedelta(days=2))
    other = make_entry("Brekke bridge is shut", publisher="Nordwire", text="The pier has a crack, they say.")
    fill(store, make_story(other, id=bridge.story), topics=[topic], now=NOW - timedelta(days=1), seed="b")
    old = make_entry("Old bridge opens", published=NOW - timedelta(days=300))
    fill(store, make_story(old), topics=[topic], seed="c")
    store.apply(Grouping(merges=((bridge.story, ferry.story),)), NOW)
    publish(store, NOW)


def rows(engine: sa.Engine) -> list[list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return [[tuple(row) for row in connection.exec_driver_sql(query)] for query in KEPT]


def as_of(revision: str, store: Store, path: Path) -> str:
    """Copy what a store holds into a database with an earlier schema; return its address."""
    url = sqlite_url(path)
    engine = connect(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revision)
    tables = columns_of(engine)
    with engine.begin() as old, store.engine.connect() as new:
        old.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table, columns in tables.items():
            copy(new, old, table, columns)
    engine.dispose()
    return str(url)


def columns_of(engine: sa.Engine) -> dict[str, list[str]]:
    """Return table -> its columns; without the index of texts, which fills itself."""
    found = sa.inspect(engine)
    names = (name for name in found.get_table_names() if not name.startswith(("alembic", "entries_fts")))
    return {name: [str(column["name"]) for column in found.get_columns(name)] for name in names}


def copy(new: sa.Connection, old: sa.Connection, table: str, columns: list[str]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(ENDED.get(name, f'"{name}"') for name in columns)
    found = [tuple(row) for row in new.exec_driver_sql(f"SELECT {values} FROM {table}")]
    if found:
        places = ", ".join("?" * len(columns))
        # Some rows are there already: migrations make them.
        old.exec_driver_sql(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({places})", found)


@pytest.fixture
def lived(tmp_path: Path) -> Iterator[Store]:
    """Return a store in SQLite: what it holds is copied into the schemas of earlier versions."""
    store = open_store(str(sqlite_url(tmp_path / "new.sqlite3")))
    lived_in(store)
    yield store
    store.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_changes_no_id_no_date_and_no_byte(lived: Store, tmp_path: Path, revision: str) -> None:
    before = rows(lived.engine)
    upgraded = open_store(as_of(revision, lived, tmp_path / "old.sqlite3"))
    assert rows(upgraded.engine) == before
    with upgraded.write() as connection:  # whatever a new version writes otherwise, it writes anew
        connection.exec_driver_sql("UPDATE topics SET dirty = 1")
        connection.exec_driver_sql("UPDATE stories SET touched = 1 WHERE merged_into IS NULL")
    publish(upgraded, LATER)
    assert rows(upgraded.engine) == before
    upgraded.close()


def test_a_new_form_of_documents_moves_no_date_of_an_entry(
    lived: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(lived.engine)
    monkeypatch.setattr("aggregator.steps.render.FORMAT", "another")
    monkeypatch.setattr("aggregator.core.render.rss.GENERATOR", "another")
    assert render_documents(lived, SITE, LATER) > 0
    after = rows(lived.engine)
    assert after[0] == before[0] and after[2:] == before[2:]
    dates = [[(path, updated) for path, _, _, updated, _ in documents] for documents in (before[1], after[1])]
    assert dates[0] == dates[1]


def test_who_upgrades_finds_what_was_there_under_its_address(lived: Store, tmp_path: Path) -> None:
    paths = (
        "/topics/all.atom",
        "/topics/bridges.rss",
        "/topics/bridges/2026-11.atom",
        "/topics/bridges/2026-01.atom",
    )
    before = [make_app(lived, LATER).test_client().get(path).data for path in paths]
    upgraded = open_store(as_of(REVISIONS[0], lived, tmp_path / "old.sqlite3"))
    publish(upgraded, LATER)
    assert [make_app(upgraded, LATER).test_client().get(path).data for path in paths] == before
    assert lived.topic("bridges") == upgraded.topic("bridges")
    upgraded.close()
