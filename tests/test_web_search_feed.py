"""Any search as a feed: what is in it, how it is asked for, and what is refused."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import feedparser
import pytest
from databases import Databases
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from make import (
    NOW,
    SITE,
    Told,
    database_of,
    fill,
    follow,
    hours_ago,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
)

from aggregator.core.publish import WINDOW_STORIES
from aggregator.store import Store

HOUR = timedelta(hours=1)
FEED = "/search.atom?q=bridge"


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return make_app(store, NOW + HOUR).test_client()


@pytest.fixture(scope="module")
def lasting(lasting_databases: Databases) -> Iterator[FlaskClient]:
    store = make_store(lasting_databases)
    fill(store, make_story(), topics=[make_topic("bridges")])
    yield make_app(make_store(lasting_databases, database_of(store))).test_client()


def reports() -> tuple[Told, Told]:
    bridge = make_story(
        hours_ago(5, "Bridge closes"), hours_ago(3, "Brekke bridge shut", publisher="Nordwire")
    )
    return bridge, make_story(hours_ago(2, "Ferry sails", text="A ship."))


def titles(client: FlaskClient, path: str = FEED) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    feed = feedparser.parse(answer.data)
    assert not feed.bozo, feed.get("bozo_exception")
    return [entry.title for entry in feed.entries]


def test_every_article_that_matches_is_an_entry_the_last_to_arrive_first(
    store: Store, client: FlaskClient
) -> None:
    fill(store, *reports())

    assert titles(client) == ["Brekke bridge shut", "Bridge closes"]
    assert titles(client, "/search.atom?q=ferry") == ["Ferry sails"]


def test_an_entry_has_the_id_it_has_elsewhere(store: Store, client: FlaskClient) -> None:
    fill(store, *reports())
    found, all_of_them = (
        {entry.id for entry in feedparser.parse(client.get(path).data).entries}
        for path in (FEED, "/topics/all.atom?view=entries")
    )

    assert len(found) == 2
    assert found < all_of_them


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ("source=Nordwire", ["Brekke bridge shut"]),
        ("topic=bridges", ["Brekke bridge shut", "Bridge closes"]),
        ("from=2026-11-25", []),
        ("to=2026-11-24", ["Brekke bridge shut", "Bridge closes"]),
        ("from=&to=&topic=&source=", ["Brekke bridge shut", "Bridge closes"]),
    ],
)
def test_it_is_narrowed_as_the_page_is(
    store: Store, client: FlaskClient, narrowed: str, expected: list[str]
) -> None:
    fill(store, *reports(), topics=[make_topic("bridges")])

    assert titles(client, f"{FEED}&{narrowed}") == expected


def test_newer_matches_push_older_ones_out(store: Store, client: FlaskClient) -> None:
    fill(store, *(make_story(make_entry(f"Bridge {n} closes")) for n in range(WINDOW_STORIES + 1)))

    found = titles(client)

    assert len(found) == WINDOW_STORIES
    assert "Bridge 0 closes" not in found


def test_it_names_itself_its_page_and_what_is_asked(store: Store, client: FlaskClient) -> None:
    fill(store, *reports(), topics=[make_topic("bridges")])
    feed = feedparser.parse(client.get("/search.atom?topic=bridges&q=%22brekke%20bridge%22").data).feed
    links = {link.rel: link.href for link in feed.links}

    assert feed.title == '"brekke bridge" · Bridges · Strait Desk'
    assert links["self"] == f"{SITE.url}/search.atom?q=%22brekke+bridge%22&topic=bridges"
    assert links["alternate"] == f"{SITE.url}/search?q=%22brekke+bridge%22&topic=bridges"
    assert client.get(links["self"].removeprefix(SITE.url)).status_code == 200


def test_one_question_has_one_id_however_it_is_written(store: Store, client: FlaskClient) -> None:
    fill(store, *reports())
    ids = [
        feedparser.parse(client.get(path).data).feed.id
        for path in (FEED, "/search.atom?from=&q=+bridge+", "/search.atom?q=ferry")
    ]

    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("urn:uuid:")


def test_a_search_that_finds_nothing_is_a_valid_feed(store: Store, client: FlaskClient) -> None:
    follow(store)
    root = etree.fromstring(client.get("/search.atom?q=airship").data)

    assert root.findtext("{*}updated") == "2026-11-24T12:00:00Z"
    assert root.findall("{*}entry") == []


def test_it_is_asked_for_conditionally(store: Store, client: FlaskClient) -> None:
    fill(store, *reports())
    answer = client.get(FEED)
    known = {"If-None-Match": answer.headers["ETag"]}
    dated = {"If-Modified-Since": answer.headers["Last-Modified"]}

    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert client.get(FEED, headers=known).status_code == 304
    assert client.get(FEED, headers=dated).status_code == 304
    fill(store, make_story(make_entry("A second bridge opens")), now=NOW + HOUR, seed="b")
    assert client.get(FEED, headers=known).status_code == 200
    assert client.get(FEED, headers=dated).status_code == 200


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "at least one word"),
        ("?q=", "at least one word"),
        ("?q=!?-", "at least one word"),
        ("?q=bridge&topic=nothing", "no topic “nothing”"),
        ("?q=bridge&from=yesterday", "“yesterday” is no date"),
        ("?q=bridge&to=2026-02-30", "“2026-02-30” is no date"),
        ("?q=bridge&source=!", "“!” names no source"),
        (f"?q={'bridge+' * 100}", "first 500 characters"),
    ],
)
def test_a_question_that_is_not_clear_is_refused_with_the_reason(
    store: Store, client: FlaskClient, query: str, reason: str
) -> None:
    fill(store, *reports())
    answer = client.get(f"/search.atom{query}")

    assert (answer.status_code, answer.content_type) == (400, "text/plain; charset=utf-8")
    assert reason in answer.text


def test_the_page_leads_to_the_feed_of_its_question(store: Store, client: FlaskClient) -> None:
    fill(store, *reports(), topics=[make_topic("bridges")])
    page = etree.HTML(client.get("/search?q=brekke+bridge&topic=bridges&from=nonsense").data)

    (link,) = page.findall(".//link[@rel='alternate']")
    assert link.get("href") in [a.get("href") for a in page.iterfind(".//a")]
    assert titles(client, link.get("href")) == ["Brekke bridge shut"]
    assert etree.HTML(client.get("/search").data).findall(".//link[@rel='alternate']") == []


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_gets_a_feed_or_a_reason(lasting: FlaskClient, text: str) -> None:
    answer = lasting.get(f"/search.atom?q={quote(text.encode('utf-8', 'replace'))}")

    if answer.status_code == 200:
        etree.fromstring(answer.data)
    else:
        assert (answer.status_code, answer.mimetype) == (400, "text/plain")
