"""What keeps the whole from its work: noted, told on the page of sources, and over."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from make import NOW, follow, make_app, make_topic

from aggregator.board import Board
from aggregator.errors import StoreError
from aggregator.model import FollowedFeed, Poll
from aggregator.store import Store
from aggregator.store.outages import NETWORK, REFRESH

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HELD = StoreError("/srv/desk/a.sqlite3", "is held by another process (database is locked); see which one")
URLS = tuple(f"https://{name}.example/feed" for name in "abcd")


def test_what_is_out_keeps_its_date_until_it_is_over(store: Store) -> None:
    store.note_outage(REFRESH, "fails", NOW)
    store.note_outage(REFRESH, "fails otherwise", NOW + HOUR)
    store.note_outage(NETWORK, "is down", NOW + HOUR)
    assert [(o.what, o.reason, o.since) for o in store.outages()] == [
        (REFRESH, "fails otherwise", NOW),
        (NETWORK, "is down", NOW + HOUR),
    ]
    ended = store.end_outage(REFRESH)
    assert ended is not None and ended.since == NOW
    assert store.end_outage(REFRESH) is None
    assert [o.what for o in store.outages()] == [NETWORK]


def test_a_refresh_that_failed_is_told_on_the_page_until_one_works(store: Store, client: FlaskClient) -> None:
    board = Board(store)
    board.failed(HELD, NOW)
    text = client.get("/sources").text
    assert "1 problem of this service itself." in text
    assert "The database is held by another process (database is locked) (since 12:00)." in text
    assert "See which one. What was published is served on." in text
    assert "/srv/desk" not in text, "pages may be public"
    assert "1 failing" in client.get("/").text
    assert client.get("/sources.json").json["service"] == [
        {
            "state": "failing",
            "name": "refresh",
            "error": f"the database {HELD.reason}",
            "failing_since": "2026-11-24T12:00:00Z",
        }
    ]
    board.worked()
    assert "this service itself" not in client.get("/sources").text
    assert client.get("/sources.json").json["service"] == []


def test_a_database_that_cannot_be_written_need_not_hold_what_is_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(store)
    app = make_app(store)
    web = make_app(store, outages=board.outages).test_client()

    def refuse(*_: object) -> None:
        raise HELD

    with monkeypatch.context() as patched:
        patched.setattr(store, "note_outage", refuse)
        board.failed(HELD, NOW)
        board.failed(StoreError("x", "cannot grow (database or disk is full); make room"), NOW + MINUTE)
    assert store.outages() == ()
    (row,) = web.get("/sources.json").json["service"]
    assert row["error"].startswith("the database cannot grow")
    assert row["failing_since"] == "2026-11-24T12:00:00Z"
    assert app.test_client().get("/sources.json").json["service"] == []
    board.worked()
    assert web.get("/sources.json").json["service"] == []


def test_a_fault_of_our_own_is_named_without_its_words(store: Store) -> None:
    board = Board(store)
    board.failed(KeyError("secret"), NOW)
    (outage,) = board.outages()
    assert "KeyError" in outage.reason and "secret" not in outage.reason


def failed(feed: int, at: timedelta, **others: object) -> Poll:
    again = NOW + 10 * HOUR
    return Poll(feed, NOW + at, again, error="was not found", **others)  # type: ignore[arg-type]


def test_feeds_that_failed_since_a_time_are_asked_again_and_no_others(store: Store) -> None:
    follow(store, make_topic(feeds=tuple(FollowedFeed(url) for url in URLS)))
    ids = {feed.url: feed.id for feed in store.due_feeds(NOW)}
    old, lost, busy, well = (ids[url] for url in URLS)
    store.save_polls([failed(old, -HOUR), failed(lost, MINUTE, ours=True)])
    store.save_polls([failed(busy, MINUTE, wait_until=NOW + 5 * HOUR)])
    store.save_polls([Poll(well, NOW, NOW + HOUR)])

    store.ask_again(NOW, lambda _url: NOW + 3 * MINUTE)

    feeds = {feed.id: feed for feed in store.all_feeds()}
    waits = [feeds[one].next_poll - NOW for one in (old, lost, busy, well)]  # type: ignore[operator]
    assert waits == [10 * HOUR, 3 * MINUTE, 5 * HOUR, HOUR]
    assert [feeds[one].failures for one in (old, lost)] == [1, 0], "what is ours is nobody's failure"


def test_who_is_due_sooner_stays_so(store: Store) -> None:
    follow(store, make_topic(feeds=(FollowedFeed(URLS[0]),)))
    (feed,) = store.due_feeds(NOW)
    store.save_polls([Poll(feed.id, NOW, NOW + MINUTE, error="was not found")])
    store.ask_again(NOW, lambda _url: NOW + HOUR)
    assert store.all_feeds()[0].next_poll == NOW + MINUTE
