"""What comes in twice changes nothing: no entry, no story, no byte of a document."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from databases import Databases, Kind
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make import SITE, make_store, make_topic

from aggregator.core.identity import digest
from aggregator.core.parse import parse_feed
from aggregator.errors import DocumentError
from aggregator.model import FollowedFeed, Intake, Poll, SeedRead
from aggregator.steps.discover import discover_topics
from aggregator.steps.group import Grouper
from aggregator.steps.render import render_documents
from aggregator.steps.tell import file_earlier, tell_stories
from aggregator.store import Store

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
URLS = tuple(f"https://{name}.example/feed" for name in ("alpha", "beta", "gamma"))
# What may differ between two looks at one thing: when we looked, and nothing else.
NOTES = {"meta"}  # what steps note down of their own work
LOOKS = {"last_poll", "last_success", "next_poll", "read", "failing_since", "modified"}

WORDS = "bridge Brekke closes ferry Karsund sails cable Osse fails wheat tolls pier storm".split()
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join) | st.text(max_size=20)
texts = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=60)
few = st.sampled_from(
    [None, "", "1", "2", "urn:x:1", "https://alpha.example/1", " 1 ", "https://alpha.example/1?utm_source=x"]
)
dates = st.sampled_from(
    [
        None,
        "Tue, 24 Nov 2026 10:00:00 GMT",
        "Wed, 25 Nov 2026 11:00:00 GMT",
        "9999-01-01",
        "0000-00-00",
        "2026-11-01",
        "x",
    ]
)
items = st.fixed_dictionaries(
    {
        "title": titles,
        "description": texts,
        "guid": few,
        "link": few,
        "pubDate": dates,
        "author": titles | st.none(),
        "category": titles,
    }
)
feeds = st.lists(items, max_size=6)


def rss(elements: Sequence[dict[str, str | None]]) -> bytes:
    def written(item: dict[str, str | None]) -> str:
        fields = ((name, text) for name, text in item.items() if text is not None)
        return "".join(f"<{name}>{_escaped(text)}</{name}>" for name, text in fields)

    body = "".join(f"<item>{written(element)}</item>" for element in elements)
    whole = f"<rss version='2.0'><channel><title>Paper</title>{body}</channel></rss>"
    return whole.encode("utf-8", "surrogatepass")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


class Desk:
    """A store that follows three feeds, and all that makes its documents."""

    def __init__(self, databases: Databases) -> None:
        self.store: Store = make_store(databases)
        topic = make_topic(feeds=tuple(FollowedFeed(url) for url in URLS))
        self.store.follow([topic], {"all": uuid4(), topic.name: uuid4()}, NOW)
        self.grouper = Grouper(self.store, uuid4)

    def take(self, documents: Sequence[bytes], now: datetime) -> Intake:
        """Take in a document of each feed and the first one as a seed too, and publish."""
        total = Intake()
        ids = {state.url: state.id for state in self.store.all_feeds()}
        for url, body in zip(URLS, documents, strict=False):
            parsed = parse_feed(body, {}, url, NOW)
            total += self.store.save_polls([Poll(ids[url], now, now, parsed=parsed)])
        seed = parse_feed(documents[0], {}, "seed", NOW).entries
        total += self.store.save_seed(SeedRead("seed.xml", now, digest(documents[0]), seed))
        self.publish(now)
        return total

    def publish(self, now: datetime) -> None:
        self.grouper.group(now)
        file_earlier(self.store)
        tell_stories(self.store, uuid4, now)
        if discover_topics(self.store, uuid4, now):
            file_earlier(self.store)
            tell_stories(self.store, uuid4, now)
        render_documents(self.store, SITE, now)

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, but for the times of looking."""
        tables = sa.MetaData()
        with self.store.read() as connection:
            tables.reflect(connection)
            return {
                name: sorted(
                    (
                        tuple(v for k, v in row._mapping.items() if k not in LOOKS)
                        for row in connection.execute(sa.select(table))
                    ),
                    key=repr,
                )
                for name, table in tables.tables.items()
                if name not in NOTES and not name.startswith(("search", "sqlite"))
            }


@given(st.lists(feeds, min_size=1, max_size=3))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_taking_the_same_documents_in_again_changes_no_byte(
    database_kind: Kind, documents: list[list[dict[str, str | None]]]
) -> None:
    with closing(Databases(database_kind)) as databases:
        desk = Desk(databases)
        bodies = [rss(elements) for elements in documents]
        desk.take(bodies, NOW)
        before = desk.contents()
        again = desk.take(bodies, NOW + MINUTE)
        after = desk.contents()
    assert (again.new, again.changed) == (0, 0)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    assert before["documents"]


@given(feeds, feeds)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_what_a_feed_said_before_and_says_again_is_no_new_entry(
    database_kind: Kind, first: list[dict[str, str | None]], second: list[dict[str, str | None]]
) -> None:
    with closing(Databases(database_kind)) as databases:
        desk = Desk(databases)
        desk.take([rss(first)], NOW)
        desk.take([rss(second)], NOW + MINUTE)
        stories = desk.contents()["entries"]
        counted = [desk.take([rss(one)], NOW + n * MINUTE).new for n, one in enumerate((first, second), 2)]
        assert counted == [0, 0]
        assert len(desk.contents()["entries"]) == len(stories)


def test_the_documents_of_these_tests_are_feeds_with_entries() -> None:
    body = rss([{"title": "A & <b>", "description": "x", "guid": "1", "link": None}])
    assert [entry.title for entry in parse_feed(body, {}, URLS[0], NOW).entries] == ["A & <b>"]
    try:
        assert parse_feed(rss([]), {}, URLS[0], NOW).entries == ()
    except DocumentError as error:
        raise AssertionError from error
