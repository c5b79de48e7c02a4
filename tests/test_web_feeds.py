"""Feeds over HTTP: stored bytes, validators, moved and ended topics."""

import gzip
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from databases import Databases
from flask.testing import FlaskClient
from lxml import etree
from make import (
    NOW,
    database_of,
    fill,
    follow,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    publish,
)

from aggregator.model import Rules
from aggregator.store import Store

FEED = "/topics/bridges.atom"


@pytest.fixture(scope="module")
def filled(lasting_databases: Databases) -> sa.URL:
    store = make_store(lasting_databases)
    two = make_story(make_entry(), make_entry("Brekke bridge is closed", publisher="Nordwire"))
    fill(store, two, make_story(make_entry("A second bridge opens")), topics=[make_topic("bridges")])
    return database_of(store)


@pytest.fixture
def store(databases: Databases, filled: sa.URL) -> Iterator[Store]:
    opened = make_store(databases, filled)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")],
)
def test_a_feed_is_served_as_it_is_stored(store: Store, client: FlaskClient, suffix: str, kind: str) -> None:
    answer = client.get(f"/topics/bridges.{suffix}")

    document = store.document(f"/topics/bridges.{suffix}")
    assert document is not None
    assert answer.status_code == 200
    assert answer.data == document.body
    assert answer.content_type == f"{kind}; charset=utf-8"


def test_a_browser_gets_the_same_bytes_and_tag_as_xml_that_it_can_show(client: FlaskClient) -> None:
    reader = client.get(FEED)
    browser = client.get(FEED, headers={"Sec-Fetch-Dest": "document"})

    assert browser.content_type == "application/xml; charset=utf-8"
    assert (browser.data, browser.headers["ETag"]) == (reader.data, reader.headers["ETag"])
    assert browser.headers["Vary"] == "Sec-Fetch-Dest, Accept-Encoding"


def test_a_feed_may_be_kept_as_long_as_the_settings_say(store: Store) -> None:
    answer = make_app(store, max_age=120).test_client().get(FEED)

    assert answer.headers["Cache-Control"] == "public, max-age=120"


def test_each_coding_has_a_strong_tag_of_its_own(client: FlaskClient) -> None:
    plain = client.get(FEED)
    packed = client.get(FEED, headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert not plain.headers["ETag"].startswith("W/")


@pytest.mark.parametrize("refusing", ["identity", "gzip;q=0", "br"])
def test_who_does_not_take_gzip_gets_the_plain_bytes(client: FlaskClient, refusing: str) -> None:
    assert "Content-Encoding" not in client.get(FEED, headers={"Accept-Encoding": refusing}).headers


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
@pytest.mark.parametrize("asked_with", ["identity", "gzip"])
@pytest.mark.parametrize("now_with", ["identity", "gzip"])
def test_a_known_tag_gets_304_in_either_coding(
    client: FlaskClient, form: str, asked_with: str, now_with: str
) -> None:
    tag = client.get(FEED, headers={"Accept-Encoding": asked_with}).headers["ETag"]

    answer = client.get(FEED, headers={"If-None-Match": form.format(tag), "Accept-Encoding": now_with})

    assert (answer.status_code, answer.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
        assert answer.headers[name]


def test_a_tag_decides_alone_even_beside_the_right_date(client: FlaskClient) -> None:
    date = client.get(FEED).headers["Last-Modified"]

    answer = client.get(FEED, headers={"If-None-Match": '"other"', "If-Modified-Since": date})

    assert answer.status_code == 200


def test_a_lone_date_gets_304_only_when_it_is_the_one_we_gave(client: FlaskClient) -> None:
    date = client.get(FEED).headers["Last-Modified"]

    assert client.get(FEED, headers={"If-Modified-Since": date}).status_code == 304
    assert client.get(FEED, headers={"If-Modified-Since": "Tue, 24 Nov 2026 12:00:01 GMT"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"' * 5000},
        {"If-None-Match": "\xff\xfe"},
        {"If-Modified-Since": "garbage"},
        {"If-Modified-Since": "Thu, 01 Jan 99999 00:00:00 GMT"},
        {"Range": "bytes=0-10"},
        {"A-IM": "feed, gzip"},
        {"Accept": "application/rss+xml"},
        {"Accept": "text/html;q=0.1, nonsense"},
        {"Accept-Encoding": "gzip;q=x, ;;,"},
        {"Host": "else.example"},
    ],
)
def test_odd_headers_get_the_whole_feed(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get(FEED, headers=headers).status_code == 200


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    got, asked = client.get(FEED), client.head(FEED)

    assert asked.data == b""
    assert dict(asked.headers) == dict(got.headers)


def test_a_feed_cannot_be_posted_to(client: FlaskClient) -> None:
    answer = client.post(FEED)

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_the_feed_of_well_reported_stories_leaves_the_others_out(client: FlaskClient) -> None:
    def titles(address: str) -> list[str | None]:
        root = etree.fromstring(client.get(address).data)
        return [e.text for e in root.iterfind("{*}entry/{*}title")]

    assert len(titles(FEED)) == 2
    assert titles(f"{FEED}?min_sources=2") == ["Bridge at Brekke closes after inspection"]
    assert titles(f"{FEED}?utm_source=x&min_sources=") == titles(FEED)


@pytest.mark.parametrize("value", ["1", "4", "two", "2&min_sources=", "%00", "9" * 5000])
def test_another_number_of_sources_is_refused_with_those_that_can_be_asked_for(
    client: FlaskClient, value: str
) -> None:
    if value == "2&min_sources=":
        assert client.get(f"{FEED}?min_sources={value}").status_code == 200
        return
    answer = client.get(f"{FEED}?min_sources={value}")

    assert answer.status_code == 400
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "2, 3, 5" in answer.text


def test_an_unknown_feed_is_not_found_in_plain_text(client: FlaskClient) -> None:
    answer = client.get("/topics/bridge.atom")

    assert (answer.status_code, answer.content_type) == (404, "text/plain; charset=utf-8")
    assert "<" not in answer.text


def test_a_renamed_topic_sends_on_with_the_query(store: Store, client: FlaskClient) -> None:
    follow(store, make_topic("crossings", was=("bridges",)))
    publish(store)

    feed = client.get(f"{FEED}?min_sources=2")
    page = client.get("/topics/bridges?order=sources")

    assert (feed.status_code, feed.location) == (301, "/topics/crossings.atom?min_sources=2")
    assert (page.status_code, page.location) == (301, "/topics/crossings?order=sources")
    assert client.get(feed.location).status_code == 200


def test_a_withdrawn_topic_is_gone(store: Store, client: FlaskClient) -> None:
    follow(store, make_topic("bridges", withdrawn=True))

    feed, page = client.get(FEED), client.get("/topics/bridges")

    assert (feed.status_code, feed.content_type) == (410, "text/plain; charset=utf-8")
    assert (page.status_code, page.content_type) == (410, "text/html; charset=utf-8")
    assert "Bridges" in page.text


def test_an_empty_topic_has_a_valid_feed(store: Store, client: FlaskClient) -> None:
    follow(store, make_topic("airships", rules=Rules(any=("airship",))))
    publish(store)

    answer = client.get("/topics/airships.atom")

    assert answer.status_code == 200
    assert etree.fromstring(answer.data).findall("{*}entry") == []


def test_a_feed_that_is_not_written_yet_asks_to_come_back(store: Store, client: FlaskClient) -> None:
    follow(store, make_topic("airships"))

    answer = client.get("/topics/airships.atom")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_a_date_that_lies_ahead_is_not_given(store: Store) -> None:
    before = make_app(store, now=NOW - timedelta(hours=1)).test_client()

    assert "Last-Modified" not in before.get(FEED).headers


def test_the_list_of_feeds_names_every_topic_with_addresses_that_answer(
    store: Store, client: FlaskClient
) -> None:
    fill(store, topics=[make_topic("bridges"), make_topic("floods & storms", withdrawn=True)])

    answer = client.get("/topics.opml")

    outlines = etree.fromstring(answer.data).findall("body/outline")
    assert answer.content_type == "text/x-opml; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="strait-desk-topics.opml"'
    assert [o.get("xmlUrl") for o in outlines] == ["https://desk.example/topics/bridges.atom"]
    assert [o.get("htmlUrl") for o in outlines] == ["https://desk.example/topics/bridges"]
