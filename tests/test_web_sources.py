"""The page of sources and its JSON: problems first, in words, with a next step."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from make import NOW, fail_feed, follow, make_app, make_entry, make_store, make_topic, read, read_feed

from aggregator.model import Fetched, FollowedFeed, SeedRead
from aggregator.store import Store

FEEDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = make_store(tmp_path)
    follow(opened, make_topic(feeds=tuple(FollowedFeed(url(name), name.title()) for name in FEEDS)))
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return make_app(store).test_client()


def url(name: str) -> str:
    return f"https://{name}.example/feed"


def test_each_feed_says_how_it_is_and_what_to_do(store: Store, client: FlaskClient) -> None:
    fail_feed(store, url("alpha"), "answered 404", now=NOW - timedelta(hours=3))
    fail_feed(store, url("alpha"), "answered 404")
    fail_feed(store, url("beta"), "answered 410", gone=True)
    read_feed(store, url("gamma"), make_entry("Old bridge"), now=NOW - timedelta(days=40))
    read_feed(store, url("delta"), make_entry("New bridge"))
    read_feed(store, url("epsilon"))
    moved = Fetched(url("zeta"), "https://zeta.example/new", 200, moved_to="https://zeta.example/new")
    read_feed(store, url("zeta"), make_entry("Bridge moved"), fetched=moved)

    text = read(client, "/sources")

    assert "7 sources: 2 failing, 3 need a look, 1 waiting, 1 healthy." in text
    assert "Answered 404 (since 09:00, 2 tries). Look on its site for a new address" in text
    assert "Its publisher says that this feed has ended (410)." in text
    assert "Nothing new since 15 Oct." in text
    assert "It moved for good to https://zeta.example/new." in text
    assert "It answers, but held no entry that could be read so far." in text
    assert "● Healthy 12:00 12:00 1 12:30" in text


def test_problems_come_first_and_then_names(store: Store, client: FlaskClient) -> None:
    read_feed(store, url("delta"), make_entry("New bridge"))
    read_feed(store, url("alpha"), make_entry("Other bridge"))
    fail_feed(store, url("zeta"), "certificate has expired")

    rows = client.get("/sources").text.partition("<tbody>")[2]
    order = sorted(FEEDS, key=lambda name: rows.index(f"<bdi>{name.title()}</bdi>"))

    assert order == ["zeta", "beta", "epsilon", "eta", "gamma", "alpha", "delta"]


def test_a_document_that_could_not_be_read_is_named_with_the_reason(
    store: Store, client: FlaskClient
) -> None:
    store.save_seed(SeedRead("good.txt", NOW, "d", (make_entry(),)))
    store.save_seed(SeedRead("notes/bad.txt", NOW, error="holds no article"))

    text = read(client, "/sources")

    assert (
        "notes/bad.txt Holds no article (since 12:00). "
        "See what it yields: aggregator inspect seeds/notes/bad.txt" in text
    )
    assert "good.txt ● Healthy 12:00 1" in text
    assert text.index("notes/bad.txt") < text.index("good.txt")


def test_every_page_says_how_many_sources_fail(store: Store, client: FlaskClient) -> None:
    assert "failing" not in read(client, "/")

    fail_feed(store, url("alpha"), "timed out")

    assert "Sources 1 failing" in read(client, "/")
    assert "Sources 1 failing" in read(client, "/topics/bridges")


def test_the_same_stands_in_json(store: Store, client: FlaskClient) -> None:
    fail_feed(store, url("beta"), "answered 503")
    read_feed(store, url("alpha"), make_entry())
    store.save_seed(SeedRead("good.txt", NOW, "d", (make_entry("Another bridge"),)))

    answer = client.get("/sources.json")
    told = answer.get_json()

    assert answer.content_type == "application/json; charset=utf-8"
    assert told["states"] == {"failing": 1, "healthy": 2, "waiting": 5}
    assert told["feeds"][0] | {"next_poll": None} == {
        "state": "failing",
        "url": url("beta"),
        "title": None,
        "publisher": "Beta",
        "topics": ["Bridges"],
        "error": "answered 503",
        "failing_since": "2026-11-24T12:00:00Z",
        "failures": 1,
        "moved_to": None,
        "last_poll": "2026-11-24T12:00:00Z",
        "last_success": None,
        "next_poll": None,
        "newest_entry": None,
        "entries_7_days": 0,
    }
    assert told["feeds"][-1]["entries_7_days"] == 1
    assert told["seeds"] == [
        {
            "state": "healthy",
            "name": "good.txt",
            "entries": 1,
            "error": None,
            "failing_since": None,
            "read": "2026-11-24T12:00:00Z",
        }
    ]


def test_an_instance_without_sources_says_where_they_come_from(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    store = make_store(folder)

    assert "Nothing is followed yet" in read(make_app(store).test_client(), "/sources")
    store.close()
