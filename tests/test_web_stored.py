"""Stored feeds before Flask: no row is read for what is known, and what changed is seen."""

import http.client
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from databases import Databases
from flask import Flask
from make import (
    NOW,
    SITE,
    database_of,
    fill,
    follow,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    publish,
    serving,
)

from aggregator.core.render import Site
from aggregator.store import Store
from aggregator.web import HEADERS
from aggregator.web.stored import Kept, Ready

FEED = "/topics/bridges.atom"
VARIANTS = (FEED, "/topics/bridges.rss", "/topics/all.json", f"{FEED}?min_sources=3", f"{FEED}?view=entries")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def filled(lasting_databases: Databases) -> sa.URL:
    store = make_store(lasting_databases)
    fill(store, make_story(), topics=[make_topic("bridges")])
    return database_of(store)


@pytest.fixture
def store(databases: Databases, filled: sa.URL) -> Iterator[Store]:
    opened = make_store(databases, filled)
    yield opened
    opened.close()


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Collect what the database is asked."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", VARIANTS)
def test_a_feed_that_is_kept_is_answered_without_asking_the_database(store: Store, path: str) -> None:
    client = make_app(store, checked_every=3600).test_client()
    first = client.get(path)

    with statements(store) as asked:
        known = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        again = client.get(path)

    assert (known.status_code, again.data) == (304, first.data)
    assert asked == []


def test_one_look_at_the_database_is_enough_for_all_requests_of_a_while(store: Store) -> None:
    client = make_app(store, checked_every=0).test_client()
    client.get(FEED)

    with statements(store) as asked:
        client.get(FEED)

    assert len([statement for statement in asked if "FROM meta" in statement]) == 1
    assert not [statement for statement in asked if "FROM documents" in statement]


def test_the_layer_answers_as_the_application_behind_it(store: Store) -> None:
    client = make_app(store).test_client()
    for headers in ({}, {"Accept-Encoding": "gzip"}, {"Sec-Fetch-Dest": "document"}, {"If-None-Match": "*"}):
        stored = client.get(FEED, headers=headers)
        behind = client.get(f"{FEED}?utm_source=x", headers=headers)  # not its one address

        assert (stored.status, stored.data) == (behind.status, behind.data)
        # What guards a body goes with it: of a 304 the client has it already.
        guards = HEADERS if stored.status_code == 304 else {}
        assert dict(stored.headers) == {k: v for k, v in behind.headers.items() if k not in guards}


def test_a_changed_feed_is_seen(store: Store) -> None:
    client = make_app(store, NOW + HOUR).test_client()
    before = client.get(FEED)
    new = make_story(make_entry("A second bridge opens"))
    fill(store, new, topics=[make_topic("bridges")], now=NOW + HOUR, seed="b")

    after = client.get(FEED, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert b"A second bridge opens" in after.data


def test_a_kept_feed_ends_with_its_topic_and_moves_with_its_name(store: Store) -> None:
    client = make_app(store).test_client()
    assert client.get(FEED).status_code == 200

    follow(store, make_topic("crossings", was=("bridges",)))
    publish(store)
    assert client.get(FEED).status_code == 301
    assert client.get("/topics/crossings.atom").status_code == 200

    follow(store, make_topic("crossings", withdrawn=True))
    assert client.get("/topics/crossings.atom").status_code == 410


def test_the_last_good_feed_is_served_while_the_database_is_away(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = make_app(store).test_client()
    before = client.get(FEED)

    def away() -> str:
        raise OSError("disk is gone")

    monkeypatch.setattr(store, "generation", away)
    with caplog.at_level(logging.ERROR):
        after = client.get(FEED)

    assert (after.status_code, after.data) == (200, before.data)
    assert "disk is gone" in caplog.text


def test_a_feed_that_cannot_be_read_is_an_error_in_words(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_path: str) -> None:
        raise OSError("disk is gone")

    monkeypatch.setattr(store, "document", away)
    answer = make_app(store).test_client().get(FEED)

    assert (answer.status_code, answer.mimetype) == (500, "text/plain")


def test_documents_beyond_the_limit_make_room() -> None:
    kept = Kept("1", limit=250)
    for n in range(10):
        kept.add(f"/{n}", ready(100))

    assert list(kept.documents) == ["/8", "/9"]


def test_a_document_that_is_kept_is_counted_once() -> None:
    kept = Kept("1", limit=250)
    for _ in range(10):
        kept.add("/1", ready(100))
    kept.add("/2", ready(100))

    assert list(kept.documents) == ["/1", "/2"]


def ready(size: int) -> Ready:
    return Ready("tag", frozenset(), "", (b"x" * size, b""), ([], []), {})


def test_below_a_prefix_it_is_the_same_feed(store: Store) -> None:
    site = Site("https://desk.example/news", SITE.title)
    follow(store)
    publish(store, NOW, site)
    client = make_app(store, NOW, site).test_client()

    assert client.get(f"/news{FEED}").data == client.get(FEED).data


def test_a_connection_that_stays_open_gets_whole_answers_one_after_the_other(store: Store) -> None:
    with connection_to(make_app(store)) as connection:
        answers = []
        for method in ("GET", "HEAD", "GET"):
            connection.request(method, FEED)
            answer = connection.getresponse()
            answers.append((answer.status, answer.headers["Content-Length"], len(answer.read())))

    size = len(store.document(FEED).body)  # type: ignore[union-attr]
    assert answers == [(200, str(size), size), (200, str(size), 0), (200, str(size), size)]


def test_odd_bytes_on_the_wire_are_no_failure_of_ours(store: Store) -> None:
    with connection_to(make_app(store)) as connection:
        for name, value in (
            ("If-None-Match", b'W/"\xff\xfe"'),
            ("Accept-Encoding", b"gzip;q=\xff"),
            ("If-Modified-Since", b"\xe9"),
            ("Accept-Encoding", b"gzip," * 200),
        ):
            connection.putrequest("GET", FEED)
            connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200


@contextmanager
def connection_to(app: Flask) -> Iterator[http.client.HTTPConnection]:
    with serving(app) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        yield connection
        connection.close()
