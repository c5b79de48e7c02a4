"""The page of a topic: days, charts, rules in words, pages by key."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from make import (
    fill,
    follow,
    hours_ago,
    make_entry,
    make_story,
    make_topic,
    read,
    story_path_of,
)

from aggregator.model import FollowedFeed, Rules
from aggregator.store import Store


def test_a_topic_lists_its_stories_under_the_days_of_their_latest_coverage(
    store: Store, client: FlaskClient
) -> None:
    today = make_story(
        hours_ago(1, "Bridge of today"), hours_ago(40, "Bridge two days ago", publisher="Nordwire")
    )
    old = make_story(make_entry("Bridge of 2019", published=datetime(2019, 1, 12, 9, 30, tzinfo=UTC)))
    fill(store, today, old, topics=[make_topic("bridges")])

    text = read(client, "/topics/bridges")

    assert "Today, Tuesday 24 November Bridge two days ago" in text
    assert "Nordwire 22 Nov 20:00 Harbour Gazette 24 Nov 11:00" in text
    assert "Saturday 12 January 2019 Bridge of 2019" in text


def test_a_topic_shows_the_first_sources_and_how_many_more_there_are(
    store: Store, client: FlaskClient
) -> None:
    entries = [hours_ago(9 - n, f"Bridge {n}", publisher=f"Paper {n}") for n in range(8)]
    fill(store, make_story(*entries), topics=[make_topic("bridges")])

    text = read(client, "/topics/bridges")

    assert "8 articles from 8 sources" in text
    assert "Paper 5 08:00 2 more" in text


def test_a_topic_says_what_belongs_to_it(store: Store, client: FlaskClient) -> None:
    rules = Rules(
        any=("bridge", "pier"), categories=("Roads",), all=("brekke",), none=("bridge loan", "card")
    )
    fill(store, topics=[make_topic("bridges", rules=rules)])

    assert (
        "Articles that mention bridge or pier or that their publishers filed under Roads and that mention "
        "brekke but not bridge loan or card." in read(client, "/topics/bridges")
    )


def test_a_topic_without_rules_names_its_feeds(store: Store, client: FlaskClient) -> None:
    feeds = (FollowedFeed("https://a.example/f", "Nordwire"), FollowedFeed("https://b.example/f"))
    fill(store, topics=[make_topic("bridges", rules=Rules(), feeds=feeds)])

    assert "Every article of its own feeds: Nordwire and https://b.example/f" in read(
        client, "/topics/bridges"
    )


def test_a_topic_gives_the_whole_address_to_subscribe_to(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(), topics=[make_topic("bridges")])

    assert "https://desk.example/topics/bridges.atom" in read(client, "/topics/bridges")


def test_an_empty_topic_says_what_it_waits_for(store: Store, client: FlaskClient) -> None:
    fill(store, topics=[make_topic("bridges")])

    assert "waits for the first article that belongs to it" in read(client, "/topics/bridges")


def test_the_chart_ends_today_or_says_where_it_ends(store: Store, client: FlaskClient) -> None:
    lighthouse = make_entry("Lighthouse of 2019", published=datetime(2019, 1, 12, 9, 30, tzinfo=UTC))
    topics = [make_topic("bridges"), make_topic("lights", rules=Rules(any=("lighthouse",)))]
    fill(store, make_story(hours_ago(1)), make_story(lighthouse), topics=topics)

    assert "Articles per day, 26 Oct to 24 Nov: 0, " in client.get("/topics/bridges").text
    assert "This week: 1 story, 1 article from 1 source" in read(client, "/topics/bridges")
    assert "The chart ends on 12 Jan 2019" in read(client, "/topics/lights")
    assert "In the week to 12 Jan 2019: 1 story, 1 article from 1 source" in read(client, "/topics/lights")


@pytest.mark.parametrize("order", ["newest", "sources", "first-seen", "nonsense"])
def test_following_the_links_shows_every_story_once(store: Store, client: FlaskClient, order: str) -> None:
    titles = [f"Bridge number {n} closes" for n in range(60)]
    fill(
        store,
        *(make_story(hours_ago(n + 1, t)) for n, t in enumerate(titles)),
        topics=[make_topic("bridges")],
    )

    shown, path = [], f"/topics/bridges?order={order}"
    while path:
        html = client.get(path).text
        shown += re.findall('<h3[^>]*><a class="hl"[^>]*>([^<]*)</a></h3>', html)
        following = re.search(r'<a href="([^"]*)" rel="next">', html)
        assert bool(following) == ('<link rel="next"' in html)
        path = "/topics/bridges" + unescape(following[1]) if following else ""

    assert sorted(shown) == sorted(titles)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "x",
        "1-2-3",
        "9" * 400,
        "1-" + "a" * 26,
        "99999999999999999-" + "a" * 26,
        "-1-" + "a" * 26,
        "9999999999-1-" + "a" * 26,
        "٣-" + "a" * 26,
    ],
)
def test_a_page_key_that_nobody_gave_out_does_no_harm(store: Store, client: FlaskClient, before: str) -> None:
    fill(store, make_story(), topics=[make_topic("bridges")])

    assert client.get(f"/topics/bridges?before={before}").status_code == 200
    assert client.get(f"/topics/bridges?order=sources&before={before}").status_code == 200


def test_the_feed_and_page_of_a_withdrawn_topic_are_on_no_other_page(
    store: Store, client: FlaskClient
) -> None:
    told = make_story()
    fill(store, told, topics=[make_topic("bridges")])
    follow(store, make_topic("bridges", withdrawn=True))

    for path in ("/", story_path_of(told), "/topics/all"):
        assert "/topics/bridges" not in client.get(path).text


@pytest.mark.parametrize("order", ["newest", "sources", "first-seen"])
def test_the_way_back_shows_the_same_pages(store: Store, client: FlaskClient, order: str) -> None:
    fill(store, *(make_story(hours_ago(n, f"Bridge {n}")) for n in range(60)), topics=[make_topic("bridges")])
    path, forth = f"/topics/bridges?order={order}", []
    while path:
        forth.append(client.get(path).text)
        path = leads(forth[-1], "next")
    back = [forth[-1]]
    while path := leads(back[-1], "prev"):
        back.append(client.get(path).text)

    assert [headlines(page) for page in back] == [headlines(page) for page in reversed(forth)]
    assert [len(headlines(page)) for page in forth] == [25, 25, 10]


def test_the_way_back_leads_to_the_whole_first_page_where_news_arrived(
    store: Store, client: FlaskClient
) -> None:
    fill(
        store,
        *(make_story(hours_ago(n, f"Bridge {n}")) for n in range(1, 41)),
        topics=[make_topic("bridges")],
    )
    second = client.get(leads(client.get("/topics/bridges").text, "next")).text
    fill(store, make_story(hours_ago(0, "Bridge of now")), seed="more.txt")

    page = client.get(leads(second, "prev")).text
    first = client.get(leads(page, "prev")).text

    assert len(headlines(page)) == 25
    assert headlines(first)[0] == "Bridge of now"
    assert leads(first, "prev") == ""


def leads(html: str, relation: str) -> str:
    """Return where a page leads with a relation; empty: it has none."""
    found = re.search(rf'<a href="([^"]*)" rel="{relation}"', html)
    return "/topics/bridges" + unescape(found[1]) if found else ""


def headlines(html: str) -> list[str]:
    return re.findall(r'<h3[^>]*><a class="hl"[^>]*>([^<]*)', html)
