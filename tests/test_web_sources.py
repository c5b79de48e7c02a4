"""The page of sources and its JSON: problems first, in words, with a next step."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import html5lib
import pytest
from databases import Databases
from flask.testing import FlaskClient
from lxml import etree
from make import NOW, fail_feed, follow, make_app, make_entry, make_store, make_topic, read, read_feed

from aggregator.errors import ConfigError
from aggregator.model import Fetched, FollowedFeed, ParsedFeed, Poll, SeedRead
from aggregator.store import Store

FEEDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")


@pytest.fixture
def store(databases: Databases) -> Iterator[Store]:
    opened = make_store(databases)
    follow(opened, make_topic(feeds=tuple(FollowedFeed(url(name), name.title()) for name in FEEDS)))
    yield opened
    opened.close()


def url(name: str) -> str:
    return f"https://{name}.example/feed"


def test_each_feed_says_how_it_is_and_what_to_do(store: Store, client: FlaskClient) -> None:
    not_found = "answered 404 Not Found; check the address"
    fail_feed(store, url("alpha"), not_found, now=NOW - timedelta(hours=3))
    fail_feed(store, url("alpha"), not_found)
    fail_feed(store, url("beta"), "answered 410", gone=True)
    read_feed(store, url("gamma"), make_entry("Old bridge"), now=NOW - timedelta(days=40))
    read_feed(store, url("delta"), make_entry("New bridge"))
    read_feed(store, url("epsilon"))
    moved = Fetched(url("zeta"), "https://zeta.example/new", 200, moved_to="https://zeta.example/new")
    read_feed(store, url("zeta"), make_entry("Bridge moved"), fetched=moved)

    text = read(client, "/sources")

    assert "7 sources: 2 failing, 3 need a look, 1 waiting, 1 healthy." in text
    assert "Answered 404 Not Found (since 09:00, 2 tries). Look on its site for its present one" in text
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


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("timed out; trying again later", "Timed out (since 12:00). Trying again later."),
        ("is broken (at 3; 9); tell its publisher", "Is broken (at 3; 9) (since 12:00). Tell its publisher."),
        ("nothing came.", "Nothing came (since 12:00)."),
    ],
)
def test_what_an_error_advises_is_said_once_and_last(
    store: Store, client: FlaskClient, error: str, said: str
) -> None:
    fail_feed(store, url("alpha"), error)

    assert f"{said} ✕ Failing" in read(client, "/sources")


def many(store: Store, failing: int, seeds: int) -> None:
    """Follow 200 feeds more, some of which fail, and read seed documents."""
    names = [f"Paper {n:03}" for n in range(200)]
    follow(
        store,
        make_topic(feeds=tuple(FollowedFeed(url(f"paper-{n:03}"), name) for n, name in enumerate(names))),
    )
    for n in range(200):
        if n < failing:
            fail_feed(store, url(f"paper-{n:03}"), "answered 404")
        else:
            read_feed(store, url(f"paper-{n:03}"), make_entry(f"Bridge {n}"))
    for n in range(seeds):
        store.save_seed(SeedRead(f"page-{n:03}.txt", NOW, f"{n}", (make_entry(f"Pier {n}"),)))


@pytest.mark.parametrize("failing", [3, 200])
def test_two_hundred_feeds_make_no_heavy_page(store: Store, client: FlaskClient, failing: int) -> None:
    many(store, failing, seeds=60)
    tree = html5lib.parse(client.get("/sources").text, treebuilder="lxml", namespaceHTMLElements=False)

    assert len(list(tree.iter("*"))) < 1_500
    assert f"{failing} failing" in read(client, "/sources")


@pytest.mark.parametrize(("word", "number"), [("feeds", 200), ("seeds", 60)])
def test_following_the_links_shows_every_source_once_problems_first(
    store: Store, client: FlaskClient, word: str, number: int
) -> None:
    many(store, failing=3, seeds=60)

    shown: list[str] = []
    path = "/sources"
    while path:
        html = client.get(path).text
        shown += re.findall(r"<bdi>(Paper \d+|page-\d+\.txt)</bdi>", html)
        following = re.search(rf'href="(\?{word}=[^"]*)" rel="next"', html)
        path = "/sources" + unescape(following[1]) if following else ""

    of_this = [name for name in shown if name.startswith("Paper" if word == "feeds" else "page")]
    assert of_this == sorted(of_this)
    assert (len(of_this), len(set(of_this))) == (number, number)


@pytest.mark.parametrize("key", ["", "x", "9", "%00", "😀" * 500, "6 paper"])
def test_a_key_that_nobody_gave_out_does_no_harm(client: FlaskClient, key: str) -> None:
    assert client.get(f"/sources?feeds={key}").status_code == 200
    assert client.get(f"/sources?seeds={key}").status_code == 200
    assert client.get(f"/sources?seeds={key}&feeds={key}").status_code == 200


def test_what_is_read_here_can_be_imported_elsewhere(store: Store, client: FlaskClient) -> None:
    parsed = ParsedFeed("Alpha & Sons", (make_entry(),), link="https://alpha.example/")
    state = next(feed for feed in store.due_feeds(NOW, everything=True) if feed.url == url("alpha"))
    store.save_polls([Poll(state.id, NOW, NOW, parsed=parsed, digest="d")])
    fail_feed(store, url("beta"), "answered 410", gone=True)

    answer = client.get("/sources.opml")
    outlines = etree.fromstring(answer.data).findall("./body/outline")

    assert answer.content_type == "text/x-opml; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="strait-desk-sources.opml"'
    assert [outline.get("xmlUrl") for outline in outlines] == sorted(map(url, {*FEEDS} - {"beta"}))
    assert dict(outlines[0].attrib) == {
        "type": "rss",
        "text": "Alpha",
        "title": "Alpha",
        "xmlUrl": url("alpha"),
        "htmlUrl": "https://alpha.example/",
    }
    assert 'href="/sources.opml"' in client.get("/sources").text


def test_an_instance_without_sources_says_where_they_come_from(databases: Databases) -> None:
    store = make_store(databases)

    assert "Nothing is followed yet" in read(make_app(store).test_client(), "/sources")
    store.close()


def test_a_mistake_in_the_configuration_is_shown_until_it_is_mended(
    store: Store, client: FlaskClient
) -> None:
    mistake = ConfigError("korea.toml:3", "unknown key 'titel'; did you mean 'title'?")
    store.note_mistakes([mistake], NOW - timedelta(hours=3))
    store.note_mistakes([mistake], NOW)
    text = read(client, "/sources")
    assert "1 mistake in the configuration." in text
    assert "korea.toml:3 Unknown key 'titel' (since 09:00). Did you mean 'title'?" in text
    assert "What it configures stays as it was until then." in text
    assert "Sources 1 failing" in text
    told = client.get("/sources.json").json["configuration"]
    assert told[0] == {
        "state": "failing",
        "name": "korea.toml:3",
        "error": mistake.reason,
        "failing_since": "2026-11-24T09:00:00Z",
    }
    store.note_mistakes([], NOW)
    assert "mistake" not in read(client, "/sources")
    assert client.get("/sources.json").json["configuration"] == []


def test_a_feed_that_is_silent_against_its_habit_needs_a_look(store: Store, client: FlaskClient) -> None:
    ago = NOW - timedelta(days=5)
    hourly = [make_entry(f"Bridge {n}", published=ago - timedelta(hours=3 * n)) for n in range(8)]
    read_feed(store, url("alpha"), *hourly, now=ago)
    text = read(client, "/sources")
    assert "Nothing new since 19 Nov, though it usually brings something every 3 hours." in text
