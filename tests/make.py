"""Builders with plain defaults: a test says only what it is about."""

import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from threading import Thread
from typing import Any
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from databases import Databases
from flask import Flask
from flask.testing import FlaskClient
from waitress import wasyncore
from waitress.server import create_server

from aggregator.core.identity import digest, publisher_key
from aggregator.core.render import Site, story_id
from aggregator.model import (
    Entry,
    Grouping,
    ParsedFeed,
    Placement,
    Poll,
    Rule,
    Rules,
    SeedRead,
    Stored,
    TopicConfig,
)
from aggregator.steps.render import render_documents
from aggregator.steps.tell import file_earlier, tell_stories
from aggregator.store import Store, Worker
from aggregator.store.outages import Outage
from aggregator.web import WebSettings, create_app
from aggregator.web.limits import Rate

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAMES = UUID("6b1f0f6e-4a35-4c0e-9a57-3f0a5d8f1c11")  # what the ids of tests are derived from
SITE = Site(url="https://desk.example", title="Strait Desk")


def make_entry(title: str = "Bridge at Brekke closes after inspection", **others: Any) -> Entry:
    """Make an entry of a named publisher, two hours before NOW."""
    plain: dict[str, Any] = {
        "text": "Engineers found a crack in the northern pier. Traffic is led over the old road.",
        "url": f"https://news.example/{digest(title)[:8]}",
        "publisher": "Harbour Gazette",
        "published": NOW - timedelta(hours=2),
    }
    return Entry(title=title, **(plain | others))


def hours_ago(hours: float, title: str = "Bridge at Brekke closes", **others: Any) -> Entry:
    """Make an entry that was published so many hours before NOW."""
    return make_entry(title, published=NOW - timedelta(hours=hours), **others)


def make_stored(number: int = 1, first_seen: datetime = NOW, **entry: Any) -> Stored:
    """Make an entry as the store knows it; `number` is its id there."""
    made = make_entry(**entry)
    return Stored(id=number, entry=made, first_seen=first_seen, publisher_key=publisher_key(made.publisher))


def make_topic(name: str = "bridges", **others: Any) -> TopicConfig:
    """Make a topic that takes every entry that mentions a bridge."""
    plain: dict[str, Any] = {"title": name.capitalize(), "rules": Rules(any=("bridge",))}
    return TopicConfig(name=name, **(plain | others))


def make_worker(name: str) -> Worker:
    """Make a worker on a machine that this one cannot look into."""
    return Worker(name, "another machine", "1/1")


def make_store(databases: Databases, copy_of: sa.URL | None = None) -> Store:
    """Open an empty store, or one that holds what `database_of` another one held."""
    return databases.open(databases.new(copy_of))


def database_of(store: Store) -> sa.URL:
    """Close a store and return what may be copied."""
    store.close()
    return store.engine.url


@dataclass(frozen=True)
class Told:
    """A story to be: its entries in order, and which of them repeat the first one's text."""

    entries: tuple[Entry, ...]
    copies: tuple[int, ...] = ()  # positions in `entries`
    terms: tuple[str, ...] = ("bridge", "brekke")
    id: UUID | None = None  # None: derived from its first entry

    @property
    def story(self) -> UUID:
        return self.id or story_of(self.entries[0])


def make_story(*entries: Entry, **others: Any) -> Told:
    """Make a story of entries, by default of a single one."""
    return Told(entries or (make_entry(),), **others)


def story_of(entry: Entry) -> UUID:
    """Return the id of the story that an entry opens in tests."""
    return uuid5(NAMES, f"{entry.title} {entry.url}")


def follow(store: Store, *topics: TopicConfig, now: datetime = NOW) -> None:
    """Let the store follow topics."""
    mint = {name: uuid5(NAMES, name) for name in ("all", *(topic.name for topic in topics))}
    store.follow(topics, mint, now)


def fill(
    store: Store,
    *stories: Told,
    topics: Sequence[TopicConfig] = (),
    now: datetime = NOW,
    seed: str = "seed.txt",
    site: Site = SITE,
) -> None:
    """Bring stories into a store as a refresh would: read, grouped as told, filed, published, rendered."""
    follow(store, *topics, now=now)
    found = tuple(entry for story in stories for entry in story.entries)
    if found:
        store.save_seed(SeedRead(seed, now, digest(seed, now.isoformat()), found))
        store.apply(Grouping(_placements(store, stories)), now)
    publish(store, now, site)


def publish(store: Store, now: datetime = NOW, site: Site = SITE) -> None:
    """File, tell and render what changed."""
    file_earlier(store)
    tell_stories(store, uuid4, now)
    render_documents(store, site, now)


def _placements(store: Store, stories: Sequence[Told]) -> tuple[Placement, ...]:
    ids = _ids(store)
    placements: list[Placement] = []
    for told in stories:
        lead = ids[_key(told.entries[0])]
        for n, entry in enumerate(told.entries):
            joined = Placement(
                entry=ids[_key(entry)],
                story=told.story,
                rule=Rule.COPY if n in told.copies else Rule.JOINED,
                nearest=lead,
                similarity=0.8,
                threshold=0.6,
                terms=told.terms,
                copy_of=lead if n in told.copies else None,
            )
            placements.append(joined if n else Placement(lead, told.story, Rule.OPENED))
    return tuple(placements)


def _ids(store: Store) -> Mapping[tuple[str, str | None], int]:
    return {_key(stored.entry): stored.id for stored in store.entries(store.ungrouped())}


def _key(entry: Entry) -> tuple[str, str | None]:
    return entry.title, entry.url


def read_feed(store: Store, url: str, *entries: Entry, now: datetime = NOW, **others: Any) -> None:
    """Poll a followed feed with success."""
    facts = {name: others.pop(name, None) for name in ("title", "link", "id", "updated", "hub", "self_url")}
    parsed = ParsedFeed(entries=entries, **facts)
    _poll(store, url, now, parsed=parsed, digest=digest(url, now.isoformat()), **others)


def fail_feed(store: Store, url: str, error: str, now: datetime = NOW, **others: Any) -> None:
    """Poll a followed feed without success."""
    _poll(store, url, now, error=error, **others)


def _poll(store: Store, url: str, now: datetime, **others: Any) -> None:
    state = next(feed for feed in store.due_feeds(now, everything=True) if feed.url == url)
    plain = Poll(feed=state.id, at=now, next_poll=now + timedelta(minutes=30), newest=now)
    store.save_polls([replace(plain, **others)])


def make_app(
    store: Store,
    now: datetime = NOW,
    site: Site = SITE,
    outages: Callable[[], tuple[Outage, ...]] = tuple,
    **settings: Any,
) -> Flask:
    """Make the web application as it runs at `now`; it looks for changed feeds always, and limits nobody."""
    often = {"checked_every": 0, "searches": Rate(burst=10**6, seconds=1)}
    app = create_app(store, site, WebSettings(**(often | settings)), lambda: now, outages)
    app.testing = False  # errors become pages, as they do in service
    return app


def story_path_of(told: Told) -> str:
    """Return the address of a story without its slug."""
    return f"/stories/{story_id(told.story)}"


def read(client: FlaskClient, path: str) -> str:
    """Return what people read on a page: its text with single spaces, none before punctuation."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, answer.status
    body = answer.text.partition("<body>")[2]
    text = " ".join(unescape(re.sub("<[^>]*>", " ", body)).split())
    return re.sub(r" ([.,:;)])", r"\1", text).replace("( ", "(")


def free_port() -> int:
    """Find a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an application on a socket of this machine, and yield its address; port 0: a free one."""
    server = create_server(app, host="127.0.0.1", port=port, threads=4)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # In the thread of its loop, which ends when no socket is left.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(10)
        server.task_dispatcher.shutdown()
