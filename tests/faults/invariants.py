"""What holds after any fault: a whole database, what was acknowledged, nothing twice, sound feeds."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient
from lxml import etree
from make import make_app
from news import Item

from aggregator.core.identity import digest
from aggregator.store import Store
from aggregator.store.database import connect

ATOM = "{http://www.w3.org/2005/Atom}"
VIEWS = ("", "?min_sources=2", "?view=entries")
SUFFIXES = ("atom", "rss", "json")


def assert_intact(url: str) -> None:
    """I1: the database is whole, and every reference leads somewhere."""
    engine = connect(url)
    try:
        with engine.connect().execution_options(reading=True) as connection:
            if connection.dialect.name == "sqlite":
                assert connection.execute(sa.text("PRAGMA integrity_check")).scalars().all() == ["ok"]
                assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
                search = "INSERT INTO entries_fts (entries_fts, rank) VALUES ('integrity-check', 1)"
                if sa.inspect(connection).has_table(
                    "entries_fts"
                ):  # killed before it was made, there is none
                    connection.execute(sa.text(search))
                connection.rollback()
    finally:
        engine.dispose()


def assert_nothing_lost(url: str, expected: Iterable[Item]) -> None:
    """I2: every item is there, in a story of its event, and that story holds no other event."""
    found = stories(url)
    assert sorted(title for titles in found for title in titles) == sorted(item.title for item in expected)


def assert_nothing_twice(url: str) -> None:
    """I3: no entry is stored twice, no story holds two events, no event has two stories."""
    titles = Counter(title for told in stories(url) for title in told)
    assert [title for title, times in titles.items() if times > 1] == []
    events = Counter(event for told in stories(url) for event in {_event(title) for title in told})
    assert [event for event, times in events.items() if times > 1] == []
    assert [told for told in stories(url) if len({_event(title) for title in told}) > 1] == []


def stories(url: str) -> list[frozenset[str]]:
    """Return the titles of each story's entries; those of no story are a story of their own."""
    found: dict[object, list[str]] = {}
    for title, story, number in rows(url, "SELECT title, story, id FROM entries ORDER BY id"):
        found.setdefault(story or f"none {number}", []).append(str(title))
    assert all(len(titles) == len(set(titles)) for titles in found.values()), "an entry is stored twice"
    return sorted(map(frozenset, found.values()), key=sorted)


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    engine = connect(url)
    try:
        with engine.connect().execution_options(reading=True) as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]
    finally:
        engine.dispose()


def assert_nothing_is_left_to_do(url: str) -> None:
    """I5: what a fault left undone is done."""
    assert rows(url, "SELECT id FROM entries WHERE story IS NULL") == []
    assert rows(url, "SELECT id FROM stories WHERE touched AND merged_into IS NULL") == []
    assert rows(url, "SELECT name FROM topics WHERE dirty") == []


def _event(title: str) -> str:
    return title.partition(",")[0]


def shown(
    store: Store, now: datetime, suffixes: Sequence[str] = SUFFIXES
) -> dict[str, dict[str, tuple[str, str, str]]]:
    """I4: return path -> id -> (title, published, updated) of what is served; every document is sound."""
    client = make_app(store, now + timedelta(seconds=1)).test_client()
    found = {}
    for topic in store.topics():
        for suffix in suffixes:
            for view in VIEWS:
                path = f"/topics/{topic.name}.{suffix}{view}"
                body = _served(client, path)
                if body is not None:
                    found[path] = _entries(suffix, body)
    return found


def _served(client: FlaskClient, path: str) -> bytes | None:
    """Return a document; None: it was never written yet, and readers are asked to come again."""
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    if plain.status_code == 503:
        assert plain.headers["Retry-After"], path
        return None
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert (plain.status_code, packed.status_code) == (200, 200), path
    assert plain.headers["ETag"] == f'"{digest(plain.data)[:32]}"', path
    assert gzip.decompress(packed.data) == plain.data, path
    again = client.get(path, headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b""), path
    return plain.data


def _entries(suffix: str, body: bytes) -> dict[str, tuple[str, str, str]]:
    entries = {"atom": _atom, "rss": _rss, "json": _json}[suffix](body)
    found = {entry[0]: entry[1:] for entry in entries}
    assert len(found) == len(entries), "an id is shown twice"
    assert len({entry[1] for entry in entries}) == len(entries), "an entry is shown twice"
    assert all(all(part for part in entry[:2]) for entry in entries)
    return found


Shown = list[tuple[str, str, str, str]]


def _atom(body: bytes) -> Shown:
    feed = etree.fromstring(body)
    for needed in ("id", "title", "updated"):
        assert feed.findtext(ATOM + needed), needed
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated")).tzinfo
    found = []
    for entry in feed.findall(f"{ATOM}entry"):
        parts = [entry.findtext(ATOM + name) or "" for name in ("id", "title", "published", "updated")]
        assert parts[0] and parts[1] and datetime.fromisoformat(parts[3]).tzinfo
        assert entry.find(f"{ATOM}author") is not None or feed.find(f"{ATOM}author") is not None
        found.append((parts[0], parts[1], parts[2], parts[3]))
    return found


def _rss(body: bytes) -> Shown:
    items = etree.fromstring(body).findall("channel/item")
    return [
        (i.findtext("guid") or "", i.findtext("title") or "", i.findtext("pubDate") or "", "") for i in items
    ]


def _json(body: bytes) -> Shown:
    entries = json.loads(body)["items"]
    return [(e["id"], e["title"], e.get("date_published", ""), e.get("date_modified", "")) for e in entries]
