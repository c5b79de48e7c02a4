"""Archives of any size for measurements: three entries a story, one entry every five minutes.

Every story is in the topic of all; every tenth in `bridges`, every hundredth in `ferries`, a dozen, the
newest among them, in `kites`, and only the oldest three in a hundred in `canals`. A tenth of the entries is
of one publisher, thirty are of another one, the others of two hundred.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from make import NOW, fill, make_entry, make_story, make_topic, read_feed

from aggregator.core.identity import publisher_key
from aggregator.model import FollowedFeed, Rules
from aggregator.store import Store
from aggregator.store.fulltext import index_words
from aggregator.store.schema import (
    entries,
    memberships,
    metadata,
    origins,
    passed_ids,
    stories,
    topic_stories,
)

A_STORY = 3  # entries
APART = timedelta(minutes=5)
BATCH = 10_000
WORDS = "minister bridge court strike harbour vote flood budget island railway".split()
TOPICS = ("bridges", "ferries", "kites", "canals")
FREQUENT, RARE = "Nordwire", "Kelland Courier"
A_FEW = 12  # stories of the topic `kites`
FEW = 30  # entries of the rare publisher
OTHERS = 200  # publishers
FEEDS = 50

Rows = dict[sa.Table, list[dict[str, Any]]]


def grow(store: Store, size: int) -> uuid.UUID:
    """Copy a story until there are so many entries; return the newest story."""
    feeds = tuple(FollowedFeed(f"https://{n}.example/feed") for n in range(FEEDS))
    topics = [make_topic(name, rules=Rules(any=(name,)), feeds=feeds) for name in TOPICS]
    start = NOW - APART * (size + 1_000)
    fill(store, topics=topics, now=start)
    read_feed(store, feeds[0].url, make_entry("A model", published=start), now=start)
    model = [make_entry(f"{name} bridges model", published=start) for name in ("A", "Its")]
    fill(store, make_story(*model), topics=topics, now=start)
    models, names = _models(store), {topic.name: topic.id for topic in store.topics()}
    story = uuid.UUID(int=1)
    for numbers in _batches(size):
        rows: Rows = {table: [] for table in sorted(models, key=metadata.sorted_tables.index)}
        for n in numbers:
            story = uuid.UUID(int=n + 1)
            _add_story(rows, models, n, size, [names[name] for name in _topics_of(n, size // A_STORY)])
        with store.write() as connection:
            for table, added in rows.items():
                connection.execute(sa.insert(table), added)
            index_words(connection, rows[entries])
    with store.write() as connection:
        connection.exec_driver_sql("ANALYZE")
    return story


def _models(store: Store) -> dict[sa.Table, dict[str, Any]]:
    """Return a row of each table, to be copied."""
    chosen = {table: sa.select(table) for table in (stories, origins, passed_ids, topic_stories, memberships)}
    chosen[entries] = sa.select(entries).where(entries.c.story.is_not(None))
    with store.engine.connect() as connection:
        found = {table: connection.execute(query.limit(1)).one() for table, query in chosen.items()}
    return {table: dict(row._mapping) for table, row in found.items()}


def _batches(size: int) -> Iterator[range]:
    step = BATCH // A_STORY
    return (range(n, min(n + step, size // A_STORY)) for n in range(0, size // A_STORY, step))


def _topics_of(n: int, count: int) -> Iterator[str]:
    yield "all"
    if n % 10 == 0:
        yield "bridges"
    if n % 100 == 0:
        yield "ferries"
    if (count - 1 - n) % (count // A_FEW) == 0:
        yield "kites"
    if n < count * 3 // 100:
        yield "canals"


def _mixed(k: int) -> int:
    """Return a number that says nothing about `k`, and is the same each time."""
    return (k * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> 24


def _publisher_of(k: int, count: int) -> str:
    if k % (count // FEW) == 7:
        return RARE
    chosen = _mixed(k) % (OTHERS + OTHERS // 10)
    return FREQUENT if chosen >= OTHERS else f"Paper {chosen}"


def _add_story(
    rows: Rows, models: dict[sa.Table, dict[str, Any]], n: int, size: int, topics: list[uuid.UUID]
) -> None:
    story, first, when = uuid.UUID(int=n + 1), 1_000 + n * A_STORY, NOW - APART * (size - n * A_STORY)
    dates = {"latest": when, "told": when, "opened": when, "published": when, "updated": when}
    rows[stories].append(models[stories] | dates | {"id": story, "lead": first})
    for k in range(first, first + A_STORY):
        _add_entry(rows, models, k, story, when, _publisher_of(k, size))
    for topic in topics:
        rows[topic_stories].append({"topic": topic, "story": story, "latest": when})
        place = {"topic": topic, "story": story, "view": "", "entered": when, "left": when, "archived": when}
        rows[memberships].append(models[memberships] | place)


def _add_entry(
    rows: Rows, models: dict[sa.Table, dict[str, Any]], k: int, story: uuid.UUID, when: datetime, paper: str
) -> None:
    text = " ".join(WORDS[_mixed(k * p) // 7 % len(WORDS)] for p in (3, 5, 7, 11)) + f" {k}"
    changed = {"id": k, "story": story, "published": when, "first_seen": when, "joined": when, "title": text}
    keys = {"url_key": str(k), "title_key": str(k), "publisher": paper, "publisher_key": publisher_key(paper)}
    rows[entries].append(models[entries] | changed | keys)
    brought = {"id": k, "entry": k, "key": str(k), "first_seen": when, "feed": 1 + k % FEEDS, "seed": None}
    rows[origins].append(models[origins] | brought)
    rows[passed_ids].append({"id": str(k), "entry": k, "iri": f"urn:x:{k}"})
