"""A search finds the same whichever way it goes: through all matches, or through what its filter leaves."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from databases import Databases
from hypothesis import given
from hypothesis import strategies as st
from make import NOW, database_of, fill, make_entry, make_store, make_story, make_topic

from aggregator.core.identity import digest
from aggregator.core.search import Term, read_query
from aggregator.model import Rules, SeedRead
from aggregator.store import Store
from aggregator.store.narrowing import Filter, Limits, matches

TERMS = (
    "bridge",
    "closes",
    "pier",
    '"bridge closes"',
    '"pier bridge"',
    "Øresund",
    "kelland_9",
    "_",
    "북한",
    "x",
)
WORDS = ("bridge", "closes", "pier", "Øresund", "kelland_9", "북한이", "of", "the")
PUBLISHERS = ("Harbour Gazette", "Nordwire", "Kanal 9", None)
WAYS = {
    "all": Limits(rare=-1, handful=0, few=-1, several=-1),
    "rare": Limits(rare=999),
    "few": Limits(rare=-1, handful=-1, few=999, several=999),
    "listed": Limits(rare=-1, handful=-1, few=-1, several=999),
    "handful": Limits(rare=-1, handful=999, few=999, several=999),
}
TOPICS = ("bridges", "piers", "kites")
DAYS = 40


@pytest.fixture(scope="module")
def filled(lasting_databases: Databases) -> sa.URL:
    store, random = make_store(lasting_databases), Random(7)
    entries = iter([_entry(random, n) for n in range(120)])
    stories = [make_story(*chosen) for chosen in zip(entries, entries, entries, strict=True)]
    topics = [
        make_topic(name, rules=Rules(any=(word,)))
        for name, word in zip(TOPICS, ("bridge", "pier", "kite"), strict=True)
    ]
    fill(store, *stories, topics=topics)
    ungrouped = tuple(_entry(random, n) for n in range(200, 210))
    store.save_seed(SeedRead("more.txt", NOW, digest("more"), ungrouped))
    return database_of(store)


@pytest.fixture(scope="module")
def lasting(lasting_databases: Databases, filled: sa.URL) -> Iterator[Store]:
    store = make_store(lasting_databases, filled)
    yield store
    store.close()


def _entry(random: Random, n: int) -> object:
    published = NOW - timedelta(days=random.uniform(0, DAYS)) if random.random() < 0.8 else None
    words = random.choices(WORDS, k=random.randint(1, 8))
    return make_entry(
        f"Number {n}: {' '.join(words[:4])}",
        text=" ".join(words[4:]),
        publisher=random.choice(PUBLISHERS),
        published=published,
    )


def found(store: Store, terms: Sequence[Term], wanted: Filter, limits: Limits) -> list[int]:
    with store.read() as connection:
        query = matches(connection, terms, wanted, limits)
        if query is None:
            return []
        (entry,) = query.selected_columns
        return list(connection.execute(query.order_by(entry.desc())).scalars())


days = st.none() | st.integers(-1, DAYS).map(lambda n: NOW - timedelta(days=n))


@given(
    query=st.lists(st.sampled_from(TERMS), min_size=1, max_size=3).map(" ".join),
    topic=st.sampled_from((*TOPICS, None)),
    publisher=st.sampled_from(("nordwire", "kanal 9", "nobody", None)),
    since=days,
    until=days,
)
def test_every_way_finds_the_same(
    lasting: Store, query: str, topic: str | None, publisher: str | None, since: object, until: object
) -> None:
    ids = {one.name: one.id for one in lasting.topics()}
    wanted = Filter(ids[topic] if topic else None, publisher, since, until)  # type: ignore[arg-type]
    terms = read_query(query)

    ways = {name: found(lasting, terms, wanted, limits) for name, limits in WAYS.items()}

    assert ways == dict.fromkeys(WAYS, ways["all"])
