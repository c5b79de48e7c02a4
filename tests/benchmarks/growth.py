"""Measure what readers' queries cost as the archive grows (SQLite): `make bench-growth`.

python tests/benchmarks/growth.py [--in FOLDER] [N …]

Median of 21 calls in ms of CPU, with 10,000, 100,000 and 1,000,000 entries (see archives.py). Of each call:
all of it, objects made of the rows included, and what its statements take in SQLite alone, their rows
fetched. Then every page and feed: what takes more than a millisecond, or grows to more than twice.
`--in` keeps the databases in a folder, for another run.
"""

import argparse
import sqlite3
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa
from archives import FREQUENT, RARE, grow
from make import NOW, make_app

from aggregator.core.identity import publisher_key
from aggregator.core.months import month_of
from aggregator.core.render import story_id
from aggregator.core.search import read_query
from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url
from aggregator.store.narrowing import Filter

SIZES = (10_000, 100_000, 1_000_000)
CALLS = 21
SLOW, GROWS = 1.0, 2.0  # ms of a statement; times what it takes in the smallest database
TELLING = 0.2  # ms: what takes less does not grow, it trembles
FRESH = 5  # requests of an application that has counted nothing yet; the median counts
WORDS = {
    "frequent word": "minister",
    "two frequent": "minister bridge",
    "phrase": '"minister bridge"',
    "rare word": "1500",
}
WITHIN = {"": None, "week": timedelta(days=7), "year": timedelta(days=365)}

Figures = dict[str, tuple[float, float]]
Statement = tuple[str, Any]


def main() -> None:
    """Measure every size and print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("sizes", type=int, nargs="*", default=SIZES)
    arguments.add_argument("--in", dest="folder", type=Path)
    chosen = arguments.parse_args()
    queries, searches, pages = {}, {}, {}
    with ExitStack() as stack:
        folder = chosen.folder or Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
        for size in chosen.sizes:
            store, last = opened(folder / f"{size}.sqlite", size)
            queries[size] = {name: costs(store, call) for name, call in calls(store, last).items()}
            searches[size] = {name: costs(store, call) for name, call in searched(store).items()}
            pages[size] = {name: answered(store, path) for name, path in paths(last).items()}
            store.close()
            print(f"{size:,} measured", file=sys.stderr)
    for title, figures in (("ms, whole and in SQLite alone", queries), ("searches", searches)):
        print(table(title, figures), "", sep="\n")
    print(told_of_pages(pages))


def opened(path: Path, size: int) -> tuple[Store, uuid.UUID]:
    """Open a database of a size, made where there is none; also return its newest story."""
    known = path.exists()
    store = open_store(sqlite_url(path))
    last = uuid.UUID(int=size // 3) if known else grow(store, size)
    return store, last


def calls(store: Store, last: uuid.UUID) -> dict[str, Callable[[], object]]:
    topics = {topic.name: topic for topic in store.topics()}
    everything, some = topics["all"].id, topics["bridges"].id
    month = month_of(NOW - timedelta(days=20))
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
    }


def searched(store: Store) -> dict[str, Callable[[], object]]:
    """Return searches for every kind of words with every combination of filters; for the newest 50."""
    topics = {topic.name: topic.id for topic in store.topics()}
    publishers = {"": None, FREQUENT: publisher_key(FREQUENT), RARE: publisher_key(RARE)}
    found = {}
    for (said, query), topic, (paper, key), (when, span) in product(
        WORDS.items(), ("", "bridges", "ferries", "kites", "canals"), publishers.items(), WITHIN.items()
    ):
        terms, since = read_query(query), NOW - span if span else None
        wanted = Filter(topics[topic] if topic else None, key, since)
        name = " · ".join(filter(None, (said, topic, paper, when)))
        found[name] = lambda terms=terms, wanted=wanted: store.search(terms, wanted, 50)
    return found


def paths(last: uuid.UUID) -> dict[str, str]:
    """Return an address of each kind that reads the store, by a name that is the same for every size."""
    story, month = f"/stories/{story_id(last)}", f"{NOW - timedelta(days=20):%Y-%m}"
    topics = [f"/topics/{name}{order}" for name in ("all", "bridges", "kites")
              for order in ("", "?order=sources", "?order=first-seen")]  # fmt: skip
    feeds = [f"/topics/all.atom{view}" for view in ("", "?min_sources=2", "?view=entries")]
    others = ("/topics.opml", "/search", "/search?q=nothing+at+all", "/sources", "/sources.json", "/metrics")
    addresses = (
        "/",
        *topics,
        *feeds,
        f"/topics/bridges/{month}.atom",
        story,
        f"{story}.atom",
        f"{story}.json",
        *others,
    )
    return {path.replace(story, "/stories/newest"): path for path in addresses}


def answered(store: Store, path: str) -> tuple[float, dict[str, float]]:
    """Return ms of the first answer of an application that has counted nothing yet, and of its statements."""
    statements = asked(store, lambda: first_answer(store, path))
    whole = statistics.median(cost_of(lambda: first_answer(store, path)) for _ in range(FRESH))
    return whole, {said: alone(store, [(said, given)]) for said, given in statements}


def first_answer(store: Store, path: str) -> None:
    # Made here: it is part of the whole, but a small one beside a page.
    status = make_app(store).test_client().get(path, follow_redirects=True).status_code
    assert status == 200, f"{path}: {status}"


def asked(store: Store, call: Callable[[], object]) -> list[Statement]:
    """Return the statements that a call sends."""
    statements: list[Statement] = []

    def record(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    sa.event.listen(store.engine, "before_cursor_execute", record)
    call()
    sa.event.remove(store.engine, "before_cursor_execute", record)
    return statements


def costs(store: Store, call: Callable[[], object]) -> tuple[float, float]:
    """Return the median ms of a call, and of its statements alone."""
    return cost(call), alone(store, asked(store, call))


def alone(store: Store, statements: list[Statement]) -> float:
    pooled = store.engine.raw_connection()  # with the settings of all of ours
    database: sqlite3.Connection = pooled.driver_connection  # type: ignore[assignment]
    try:
        return cost(lambda: [database.execute(*statement).fetchall() for statement in statements])
    finally:
        pooled.close()


def cost(call: Callable[[], object]) -> float:
    """Return the median ms of a call; of one that takes long, of fewer calls."""
    first = cost_of(call)
    return statistics.median(cost_of(call) for _ in range(CALLS if first < 5 else 3))


def cost_of(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return 1000 * (time.process_time() - started)


def table(title: str, figures: Mapping[int, Figures]) -> str:
    sizes = list(figures)
    lines = [f"{title:48}" + "".join(f"{size:>18,}" for size in sizes)]
    lines += (
        f"{name:48}" + "".join("{:10.2f}{:8.2f}".format(*figures[size][name]) for size in sizes)
        for name in figures[sizes[0]]
    )
    if title == "searches":
        wholes = ([whole for whole, _ in figures[size].values()] for size in sizes)
        percentiles = [statistics.quantiles(whole, n=20)[-1] for whole in wholes]
        lines.append(
            f"{'95 % of them take no more than':48}" + "".join(f"{one:10.1f}{'':8}" for one in percentiles)
        )
    return "\n".join(lines)


def told_of_pages(pages: Mapping[int, Mapping[str, tuple[float, Mapping[str, float]]]]) -> str:
    """Write what each page takes, and which of its statements are slow or grow."""
    sizes = list(pages)
    smallest = pages[sizes[0]]
    lines = [
        f"{'first answer, ms, and its slowest statement':48}" + "".join(f"{size:>18,}" for size in sizes)
    ]
    noticed: dict[str, str] = {}
    for path in smallest:
        found = [
            (whole, max(each.values(), default=0)) for whole, each in (pages[size][path] for size in sizes)
        ]
        lines.append(f"{path:48}" + "".join("{:10.1f}{:8.2f}".format(*one) for one in found))
        for said, before in smallest[path][1].items():
            after = pages[sizes[-1]][path][1].get(said, 0.0)
            if after > SLOW or after > GROWS * max(before, TELLING):
                noticed[said] = f"{path}: {before:.2f} -> {after:.2f} ms\n    {' '.join(said.split())[:600]}"
    return "\n".join(
        (*lines, "", "Statements above a millisecond, or that grow to more than twice:", *noticed.values())
    )


if __name__ == "__main__":
    main()
