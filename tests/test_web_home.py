"""The home page."""

from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient
from make import (
    NOW,
    fill,
    hours_ago,
    make_app,
    make_entry,
    make_story,
    make_topic,
    publish,
    read,
)

from aggregator.model import Rules
from aggregator.store import Store


def test_the_home_page_says_what_to_do_where_nothing_was_read(store: Store, client: FlaskClient) -> None:
    fill(store)

    text = read(client, "/")

    assert "No stories yet" in text
    assert "feeds/korea.toml" in text


def test_the_home_page_works_before_the_first_refresh(client: FlaskClient) -> None:
    assert "No stories yet" in client.get("/").text


def test_the_home_page_shows_what_moved_and_the_most_covered(store: Store, client: FlaskClient) -> None:
    both = make_story(hours_ago(3, "Bridge closes"), hours_ago(2, "Bridge shut", publisher="Nordwire"))
    fill(store, make_story(hours_ago(1, "Bridge opens")), both, topics=[make_topic("bridges")])

    text = read(client, "/")

    assert "Tuesday 24 November 2 stories moved in the last 24 hours, from 2 sources." in text
    assert "Most covered in the last 24 hours Bridges Bridge closes" in text
    assert "2 articles from 2 sources since 09:00" in text


def test_the_home_page_says_when_nothing_moved(store: Store) -> None:
    fill(store, make_story(), now=NOW)
    later = make_app(store, now=NOW + timedelta(days=3)).test_client()

    text = later.get("/").text

    assert "Nothing moved in the last 24 hours. The newest coverage is of 24 Nov." in text
    assert "Most covered" not in text


def test_topics_stand_on_the_home_page_with_their_newest_stories(store: Store, client: FlaskClient) -> None:
    stories = [make_story(hours_ago(n, f"Bridge number {n}")) for n in (1, 2, 20, 30)]
    fill(store, *stories, topics=[make_topic("bridges"), make_topic("kites", rules=Rules(any=("kite",)))])

    text = read(client, "/")

    assert (
        "Bridges 4 stories, 4 articles this week Atom feed 11:00 Bridge number 1 10:00 Bridge number 2 "
        "23 Nov Bridge number 20 Kites" in text
    )
    assert "Kites Nothing new this week Atom feed No story yet." in text


def test_times_are_those_of_the_zone_that_is_set(store: Store) -> None:
    fill(store, make_story(hours_ago(1)), topics=[make_topic("bridges")])
    client = make_app(store, timezone="Asia/Kolkata").test_client()

    html = client.get("/topics/bridges").text

    assert '<time datetime="2026-11-24T11:00Z">16:30</time>' in html
    assert "All times Asia/Kolkata." in html


def test_discovered_topics_stand_apart_from_those_somebody_configured(
    store: Store, client: FlaskClient
) -> None:
    fill(store, make_story(), topics=[make_topic("bridges")])
    store.add_discovered({UUID(int=5): make_topic("brekke", rules=Rules(any=("brekke",)))}, NOW)
    publish(store)

    text = read(client, "/")

    assert "Discovered topics: names and labels that several stories share Brekke" in text
    assert "Brekke 1 story" not in text
    assert "Discovered: several stories share this name or label." in read(client, "/topics/brekke")


def test_discovered_topics_are_shown_with_their_stories_where_nobody_configured_any(
    store: Store, client: FlaskClient
) -> None:
    fill(store, make_story())
    store.add_discovered({UUID(int=5): make_topic("brekke", rules=Rules(any=("brekke",)))}, NOW)
    publish(store)

    assert "Brekke 1 story, 1 article this week" in read(client, "/")


def test_a_long_list_of_topics_ends_in_names(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(), topics=[make_topic(f"bridges-{n:02}") for n in range(32)])

    assert "More topics Bridges-30 Bridges-31" in read(client, "/")


def test_figures_are_counted_anew_when_something_arrives(store: Store, client: FlaskClient) -> None:
    fill(store, make_story(hours_ago(2, "Bridge closes")), topics=[make_topic("bridges")])
    assert "Bridges 1 story, 1 article this week" in read(client, "/")

    fill(store, make_story(hours_ago(1, "Bridge opens")), topics=[make_topic("bridges")], seed="later.txt")

    assert "Bridges 2 stories, 2 articles this week" in read(client, "/")
    assert "This week: 2 stories, 2 articles from 1 source" in read(client, "/topics/bridges")


def test_the_home_page_stays_the_same_while_nothing_happens(store: Store) -> None:
    fill(store, make_story(), topics=[make_topic("bridges")])

    tags = {
        make_app(store, now=NOW + timedelta(minutes=n)).test_client().get("/").headers["ETag"]
        for n in (0, 20, 59)
    }

    assert len(tags) == 1


def test_a_discovered_topic_that_no_story_entered_for_a_month_is_listed_no_more_but_answers(
    store: Store,
) -> None:
    discovered = {UUID(int=5): make_topic("brekke", rules=Rules(any=("brekke",)))}
    fill(store, make_story(), topics=[make_topic("bridges")])
    store.add_discovered(discovered, NOW)
    publish(store)

    def lists(days: int) -> list[bool]:
        client = make_app(store, now=NOW + timedelta(days=days)).test_client()
        assert client.get("/topics/brekke").status_code == 200
        assert client.get("/topics/brekke.atom").status_code == 200
        assert "/topics/bridges.atom" in client.get("/topics.opml").text
        return [
            "/topics/brekke" in client.get("/").text,
            "/topics/brekke.atom" in client.get("/topics.opml").text,
        ]

    assert lists(days=29) == [True, True]
    assert lists(days=31) == [False, False]

    later = NOW + timedelta(days=32)
    fill(store, make_story(make_entry("Ferry to Brekke", published=later)), now=later, seed="later.txt")
    assert lists(days=33) == [True, True]
