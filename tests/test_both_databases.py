"""SQLite and PostgreSQL hold the same after the same: stories, memberships, bytes of feeds and pages."""

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
import sqlalchemy as sa
import test_readers
from databases import Databases, Kind, Postgres, Sqlite
from make import NAMES, make_app
from test_pipeline import FEEDS, SEEDS
from test_readers import HOUR, START, Desk, news_of

from aggregator.store import Store
from aggregator.store.schema import metadata

PAGES = (
    "/",
    "/topics/all",
    "/topics/all?order=sources",
    "/topics/korea?order=first-seen",
    "/sources",
    "/sources.json",
    "/topics.opml",
    "/topics/all.atom?view=entries",
    "/topics/all/2026-11.atom",
    "/search?q=north+korea",
    "/search?q=bridge",
    "/search?q=%22flood+warning%22",
    "/search.atom?q=the&topic=floods",
    "/stories/zzz",
)


def numbered() -> Callable[[], UUID]:
    """Mint the same ids in every run."""
    numbers = count(1)
    return lambda: uuid5(NAMES, str(next(numbers)))


def rows_of(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in one order."""
    with store.read() as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def replay(kind: Kind, root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, dict[str, bytes]]:
    """Let two days of made-up news arrive beside the sample documents; return what is stored and shown."""
    root.mkdir()
    monkeypatch.setattr(test_readers, "uuid4", numbered())
    with closing(Databases(kind)) as databases:
        desk = Desk(root, databases.new(), news_of(2, 12, seed=8), real=True)
        shutil.copytree(SEEDS, root / "seeds", dirs_exist_ok=True)
        shutil.copytree(FEEDS, root / "feeds", dirs_exist_ok=True)
        for turn in range(1, 9):
            desk.refresh(START + turn * 6 * HOUR)
            if turn == 4:
                desk.restart()
        client = make_app(desk.store, desk.now + timedelta(minutes=5)).test_client()
        shown = {path: client.get(path).data for path in PAGES}
        stored = rows_of(desk.store)
        desk.store.close()
        return stored, shown


def test_both_databases_hold_and_show_the_same_after_the_same_news(
    sqlite: Sqlite, postgresql: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, shown = replay(sqlite, tmp_path / "sqlite", monkeypatch)
    stored_too, shown_too = replay(postgresql, tmp_path / "postgresql", monkeypatch)

    for table, rows in stored.items():
        assert stored_too[table] == rows, table
    for path, body in shown.items():
        assert shown_too[path] == body, path
    assert b"<mark>North</mark>" in shown["/search?q=north+korea"]
    assert min(len(stored[name]) for name in ("entries", "stories", "memberships", "documents")) > 20
