"""Measure what pages cost: the server's time among many entries, and when a slow phone shows them.

python tests/benchmarks/pages.py [ENTRIES]

On SQLite, and beside it on PostgreSQL: the one that AGGREGATOR_TEST_POSTGRES_URL names, or one of its own.

Server: ms for an answer of the application itself (no socket): the first of an application that has counted
nothing yet, as after each refresh; of 200 more the median and the 95th percentile. Phone: 390 px wide, 400
kbit/s, 400 ms a round trip, processor four times slower: largest contentful paint (median of three looks),
layout shift, bytes received.
"""

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa
from chromium import launched
from databases import NoPostgresError, postgres
from desk import CROWD, MAIN, SUBJECTS, fill_desk
from flask.testing import FlaskClient
from make import free_port, make_app, serving, story_path_of
from playwright.sync_api import Browser

from aggregator.core.render import Site, story_path
from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url
from aggregator.store.schema import entries, stories

ENTRIES = 50_000
A_STORY = 1.75  # entries, on average, of those that `fill_desk` makes
CALLS = 200
SEEN = ("/", "/topics/bridge", story_path_of(MAIN), story_path_of(CROWD), "/search?q=bridge", "/sources")
LINE = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}  # bytes a second
LOOKS = 3  # at each page; the median counts


def main() -> None:
    """Fill a desk, and print both tables."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with TemporaryDirectory(prefix="bench-") as folder, databases(Path(folder)) as urls:
        stores, port = [open_store(url) for url in urls], free_port()
        site = Site(f"http://127.0.0.1:{port}", "Strait Desk")
        for store in stores:
            fill_desk(store, int(size / A_STORY), site)
            look_through(store)
        with stores[0].read() as connection:
            print(f"{connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar():,} entries")
        print(f"{'server, ms':26}" + "".join(f"{store.engine.dialect.name:>27}" for store in stores))
        print(" " * 26 + f"{'first':>9}{'median':>9}{'95 %':>9}" * len(stores))
        for name in asked(stores[0]):
            taken = [ms for store in stores for ms in served(store, site, asked(store)[name])]
            print(f"{name:26}" + "".join(f"{ms:9.1f}" for ms in taken), flush=True)
        store = stores[0]
        with serving(make_app(store, site=site, checked_every=60), port) as address, launched() as browser:
            print(f"{'slow phone':34}{'LCP, ms':>9}{'CLS':>9}{'kB':>9}")
            for path in SEEN:
                print("{:34}{:9.0f}{:9.3f}{:9.1f}".format(path[:33], *shown(browser, address, path)))
        for store in stores:
            store.close()


@contextmanager
def databases(folder: Path) -> Iterator[list[sa.URL]]:
    """Make an empty database of each kind that is here."""
    embedded = sqlite_url(folder / "desk.sqlite")
    try:
        with postgres() as server:
            url = server.bare()
            yield [embedded, url]
            server.drop(url)
    except NoPostgresError as reason:
        print(f"Without PostgreSQL: {reason}")
        yield [embedded]


def look_through(store: Store) -> None:
    """Have PostgreSQL count what it plans by, as it does by itself in service."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


def asked(store: Store) -> dict[str, Sequence[str]]:
    """Return the addresses that are asked for, by kind of page."""
    with store.read() as connection:
        query = sa.select(stories.c.id, stories.c.slug).where(stories.c.published.is_not(None))
        some = connection.execute(query.order_by(stories.c.id).limit(CALLS)).all()
    topics = [f"/topics/{subject}" for subject in SUBJECTS]
    return {
        "home": ["/"],
        "topic of everything": ["/topics/all"],
        "topics, three orders": [t + o for t in topics for o in ("", "?order=sources", "?order=first-seen")],
        "stories": [story_path(row.id, row.slug) for row in some],
        "a story of 60 articles": [redirected(store, story_path_of(CROWD))],
        "search": [f"/search?q={subject}" for subject in SUBJECTS],
        "sources": ["/sources"],
    }


def redirected(store: Store, path: str) -> str:
    return str(make_app(store).test_client().get(path).location)


def served(store: Store, site: Site, paths: Sequence[str]) -> tuple[float, float, float]:
    """Return ms of the first answer, of the median one, and of the 95th of a hundred."""
    client = make_app(store, site=site).test_client()
    taken = [answered(client, paths[n % len(paths)]) for n in range(CALLS + 1)]
    first, *others = taken
    return first, statistics.median(others), statistics.quantiles(others, n=20)[-1]


def answered(client: FlaskClient, path: str) -> float:
    started = time.perf_counter()
    answer = client.get(path)
    taken = 1000 * (time.perf_counter() - started)
    assert answer.status_code == 200, f"{path}: {answer.status}"
    return taken


def shown(browser: Browser, address: str, path: str) -> tuple[float, float, float]:
    """Return when the largest part of a page was painted (ms), its layout shift, and kB received."""
    looks = [look(browser, address, path) for _ in range(LOOKS)]
    return (
        statistics.median(one["lcp"] for one in looks),
        max(one["cls"] for one in looks),
        looks[0]["bytes"] / 1000,
    )


def look(browser: Browser, address: str, path: str) -> dict[str, Any]:
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(path, wait_until="networkidle")
    found: dict[str, Any] = page.evaluate(PAINTED)
    context.close()
    return found


PAINTED = """() => new Promise(done => {
  let lcp = 0, cls = 0
  new PerformanceObserver(l => l.getEntries().forEach(e => lcp = e.startTime))
    .observe({type: 'largest-contentful-paint', buffered: true})
  new PerformanceObserver(l => l.getEntries().forEach(e => cls += e.value))
    .observe({type: 'layout-shift', buffered: true})
  const sizes = ['navigation', 'resource'].flatMap(t => performance.getEntriesByType(t))
  setTimeout(() => done({lcp, cls, bytes: sizes.reduce((n, e) => n + e.transferSize, 0)}), 500)
})"""


if __name__ == "__main__":
    main()
