"""What is counted beside the entries is what a recount finds, whatever happened to them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from make import NOW, fill, follow, hours_ago, make_entry, make_story, make_topic, publish, read_feed

from aggregator.model import Entry, Grouping, KnownPublisher, Placement, Rule, Rules
from aggregator.store import Store
from aggregator.store.coverage import Archive, Covered
from aggregator.store.schema import entries, publisher_counts, stories, topic_entries, topic_stories

FEED = "https://paper.example/feed"
PAPERS = ("Harbour Gazette", "Nordwire", "Kanal 9", "Nordwire World", None)
KNOWN = KnownPublisher("Nordwire", ("Nordwire World",))
WORDS = ("bridge", "pier", "kite")
STEPS = 25


def recounted(store: Store) -> tuple[list[Any], ...]:
    """Return what the tables of topics' entries, of publishers, and of topics' stories have to hold."""
    appeared = sa.func.coalesce(entries.c.published, entries.c.first_seen)
    its = sa.select(
        topic_stories.c.topic, entries.c.id, appeared, entries.c.day_only, entries.c.publisher_key
    )
    its = its.join(entries, entries.c.story == topic_stories.c.story)
    key = sa.func.coalesce(entries.c.publisher_key, "")
    count = sa.select(key, sa.func.count()).group_by(key)
    order = sa.select(topic_stories.c.topic, stories.c.id, stories.c.publishers, stories.c.opened)
    return rows(store, its, count, order.join(stories, stories.c.id == topic_stories.c.story))


def kept(store: Store) -> tuple[list[Any], ...]:
    counts = sa.select(publisher_counts).where(publisher_counts.c.entries != 0)
    order = sa.select(*(topic_stories.c[name] for name in ("topic", "story", "publishers", "opened")))
    return rows(store, sa.select(topic_entries), counts, order)


def rows(store: Store, *queries: sa.Select[Any]) -> tuple[list[Any], ...]:
    with store.read() as connection:
        return tuple(sorted(map(tuple, connection.execute(query)), key=str) for query in queries)


def bring(store: Store, random: Random, now: datetime) -> None:
    """Read a feed whose articles are new, or others than before."""
    read_feed(store, FEED, *(_entry(random, random.randrange(30), now) for _ in range(4)), now=now)


def _entry(random: Random, n: int, now: datetime) -> Entry:
    return make_entry(
        f"Article {n} of a {random.choice(WORDS)}",
        id=f"tag:paper.example,2026:{n}",
        url=f"https://paper.example/{n}",
        publisher=random.choice(PAPERS),
        published=random.choice((None, now - timedelta(days=random.randrange(50)))),
        day_only=random.random() < 0.2,
    )


def group(store: Store, random: Random, now: datetime) -> None:
    """Open a story, and put articles into any."""
    known, found = story_ids(store), entry_ids(store)
    homes = [*known, UUID(int=random.getrandbits(128))]
    moved = random.sample(found, min(len(found), 4))
    store.apply(Grouping(tuple(Placement(e, random.choice(homes), Rule.JOINED) for e in moved)), now)


def merge(store: Store, random: Random, now: datetime) -> None:
    known = story_ids(store)
    if len(known) > 1:
        elder, younger = random.sample(known, 2)
        store.apply(Grouping(merges=((elder, younger),)), now)


def tell(store: Store, _random: Random, now: datetime) -> None:
    publish(store, now)


def forget(store: Store, random: Random, now: datetime) -> None:
    store.remove_old(now - timedelta(days=random.randrange(30, 50)), 1, now)


def alias(store: Store, random: Random, _now: datetime) -> None:
    store.adopt_publishers([KNOWN] if random.random() < 0.5 else [])


def story_ids(store: Store) -> Sequence[UUID]:
    with store.read() as connection:
        query = sa.select(entries.c.story).distinct().where(entries.c.story.is_not(None))
        return sorted(connection.execute(query).scalars(), key=str)


def entry_ids(store: Store) -> Sequence[int]:
    with store.read() as connection:
        return list(connection.execute(sa.select(entries.c.id).order_by(entries.c.id)).scalars())


CHANCES: Sequence[tuple[int, Callable[[Store, Random, datetime], None]]] = (
    (4, bring),
    (4, group),
    (2, merge),
    (4, tell),
    (1, forget),
    (1, alias),
)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_is_what_a_recount_finds_after_any_news(store: Store, seed: int) -> None:
    random = Random(seed)
    follow(store, *(make_topic(f"{word}s", rules=Rules(any=(word,))) for word in WORDS))
    store.add_feed(FEED, NOW)
    weights, steps = zip(*CHANCES, strict=True)

    most = 0
    for n, step in enumerate((bring, group, tell, *random.choices(steps, weights, k=STEPS))):
        step(store, random, NOW + n * timedelta(days=3))

        assert kept(store) == recounted(store), f"step {n}: {step.__name__}"
        most = max(most, len(kept(store)[0]))
    assert most > len(WORDS)


def test_a_topic_counts_its_stories_articles_and_publishers(store: Store) -> None:
    told = make_story(
        hours_ago(1, "Bridge closes"),
        hours_ago(2, "A bridge is closed", publisher="Nordwire"),
        hours_ago(3, "No way over the bridge", publisher=None, url=None),
        hours_ago(300, "Bridge is looked at", publisher="Kanal 9"),
    )
    fill(store, told, make_story(hours_ago(300, "A bridge is planned")), topics=[make_topic("bridges")])
    topic = store.topic("bridges")
    assert topic is not None

    assert store.covered(topic.id, NOW - timedelta(days=7)) == Covered(stories=1, entries=3, publishers=2)


def test_what_there_is_to_search_leaves_out_what_is_in_no_story_yet(store: Store) -> None:
    old = datetime(2019, 1, 12, tzinfo=UTC)
    fill(
        store,
        make_story(make_entry("Keeper looks back", published=old)),
        make_story(hours_ago(1, publisher=None, url=None)),
    )
    store.add_feed(FEED, NOW)
    read_feed(store, FEED, make_entry("Even older", published=datetime(2018, 1, 1, tzinfo=UTC)))

    assert store.archive() == Archive(entries=2, publishers=1, oldest=old)


def test_publishers_are_named_as_their_latest_articles_write_them(store: Store) -> None:
    first, second = hours_ago(2, "Bridge", publisher="NORDWIRE"), hours_ago(1, "Pier", publisher="Nordwire")
    fill(store, make_story(first), make_story(second), make_story(hours_ago(3, "Kite", publisher="Kanal 9")))

    assert store.publishers(1) == ("Nordwire",)
    assert store.publishers(5) == ("Kanal 9", "Nordwire")
