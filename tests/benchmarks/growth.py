"""Measure what readers' queries cost as the archive grows (SQLite).

python tests/benchmarks/growth.py [N …]

Median of 21 calls in ms, with 10,000, 100,000 and 1,000,000 entries; three entries a story, every story in
the topic of all, every tenth in another one, one entry every five minutes. Of each call: all of it, objects
made of the rows included, and what its statements take in SQLite alone, their rows fetched.
"""

import sqlite3
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa
from make import NOW, fill, make_entry, make_store, make_story, make_topic

from aggregator.core.months import month_of
from aggregator.core.search import read_query
from aggregator.store import Store
from aggregator.store.narrowing import Filter
from aggregator.store.schema import entries, memberships, passed_ids, stories, topic_stories

SIZES = (10_000, 100_000, 1_000_000)
A_STORY = 3  # entries
APART = timedelta(minutes=5)
CALLS = 21
BATCH = 10_000
WORDS = "minister bridge court strike harbour vote flood budget island railway".split()


def main() -> None:
    """Measure every size and print the table."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    figures = {}
    for size in sizes:
        with TemporaryDirectory(prefix="bench-") as folder:
            store = make_store(Path(folder))
            last = grow(store, size)
            figures[size] = {name: costs(store, call) for name, call in calls(store, last).items()}
            store.close()
        print(f"{size:,} measured", file=sys.stderr)
    print(f"{'ms, whole and in SQLite alone':38}" + "".join(f"{size:>16,}" for size in sizes))
    for name in figures[sizes[0]]:
        print(f"{name:38}" + "".join("{:9.2f}{:7.2f}".format(*figures[size][name]) for size in sizes))


def grow(store: Store, size: int) -> uuid.UUID:
    """Copy a story until there are so many entries; return the newest story."""
    fill(store, make_story(make_entry("A bridge"), make_entry("Its bridge")), topics=[make_topic("bridges")])
    tables = (stories, entries, passed_ids, topic_stories, memberships)
    with store.engine.connect() as connection:
        models = {table: dict(connection.execute(sa.select(table)).first()._mapping) for table in tables}  # type: ignore[union-attr]
        names = {topic.name: topic.id for topic in store.topics()}
    story = models[stories]["id"]
    for numbers in batches(size):
        rows: dict[sa.Table, list[dict[str, Any]]] = {table: [] for table in tables}
        for n in numbers:
            story = uuid.UUID(int=n + 1)
            when = NOW - APART * (size - n * A_STORY)
            add_story(rows, models, story, n, when, names)
        with store.write() as connection:
            for table in tables:
                connection.execute(sa.insert(table), rows[table])
    return story


def batches(size: int) -> Iterator[range]:
    step = BATCH // A_STORY
    return (range(n, min(n + step, size // A_STORY)) for n in range(0, size // A_STORY, step))


def add_story(
    rows: dict[sa.Table, list[dict[str, Any]]],
    models: dict[sa.Table, dict[str, Any]],
    story: uuid.UUID,
    n: int,
    when: datetime,
    names: dict[str, uuid.UUID],
) -> None:
    first = 1_000 + n * A_STORY
    rows[stories].append(models[stories] | {"id": story, "lead": first, "latest": when, "told": when})
    for k in range(first, first + A_STORY):
        text = " ".join(WORDS[(k * p) % len(WORDS)] for p in (1, 3, 7, 11)) + f" {k}"
        changed = {"id": k, "story": story, "published": when, "first_seen": when, "joined": when}
        keys = {"title": text, "url_key": str(k), "title_key": str(k)}
        rows[entries].append(models[entries] | changed | keys)
        rows[passed_ids].append({"id": str(k), "entry": k, "iri": f"urn:x:{k}"})
    for topic in names.values() if n % 10 == 0 else (names["all"],):
        rows[topic_stories].append({"topic": topic, "story": story, "latest": when})
        place = {"topic": topic, "story": story, "view": "", "entered": when, "left": when, "archived": when}
        rows[memberships].append(models[memberships] | place)


def calls(store: Store, last: uuid.UUID) -> dict[str, Callable[[], object]]:
    topics = {topic.name: topic for topic in store.topics()}
    everything, some = topics["all"].id, topics["bridges"].id
    month = month_of(NOW - timedelta(days=20))
    common, rare = read_query("minister"), read_query("1500")
    newest, _ = store.topic_page(everything, 25)
    ids = [story.id for story in newest]
    return {
        "topic: newest 25": lambda: store.topic_page(everything, 25),
        "topic: its entries": lambda: store.reports(ids),
        "story": lambda: store.story(last),
        "story: its entries": lambda: store.opened_reports(last),
        "story: its feed": lambda: store.followed(last),
        "feed: stored document": lambda: store.document("/topics/all.atom"),
        "feed: its members": lambda: store.in_documents(everything),
        "feed: which to render": lambda: store.dirty_topics(NOW - timedelta(days=30)),
        "archive: a month, size and neighbour": lambda: store.shelf(some, month.start, month.end),
        "archive: a month's first 200": lambda: store.archived(some, month.start, month.end, 0, 200),
        "search: frequent word, newest 50": lambda: store.search(common, Filter(), 50),
        "search: frequent word in a topic": lambda: store.search(common, Filter(topic=some), 50),
        "search: rare word": lambda: store.search(rare, Filter(), 50),
    }


def costs(store: Store, call: Callable[[], object]) -> tuple[float, float]:
    """Return the median ms of a call, and of its statements alone."""
    statements: list[tuple[str, Any]] = []

    def record(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append((statement, parameters))

    sa.event.listen(store.engine, "before_cursor_execute", record)
    call()
    sa.event.remove(store.engine, "before_cursor_execute", record)
    whole = cost(call)
    pooled = store.engine.raw_connection()  # with the settings of all of ours
    database: sqlite3.Connection = pooled.driver_connection  # type: ignore[assignment]
    alone = cost(lambda: [database.execute(*statement).fetchall() for statement in statements])
    pooled.close()
    return whole, alone


def cost(call: Callable[[], object]) -> float:
    """Return the median ms of a call."""
    call()
    taken = []
    for _ in range(CALLS):
        started = time.perf_counter()
        call()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
