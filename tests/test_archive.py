"""The archive of a topic: monthly documents that hold what its feed no longer shows (RFC 5005)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import Databases
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from make import (
    NOW,
    SITE,
    fill,
    follow,
    hours_ago,
    make_app,
    make_entry,
    make_store,
    make_story,
    make_topic,
    publish,
)
from test_upgrade import as_of

from aggregator.core.months import Month, month_of, read_month
from aggregator.core.publish import WINDOW_STORIES
from aggregator.core.render import Site
from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url
from aggregator.web import archive

ATOM = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
FEED, NOVEMBER = "/topics/bridges.atom", "/topics/bridges/2026-11.atom"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def store(databases: Databases) -> Iterator[Store]:
    opened = make_store(databases)
    follow(opened, make_topic("bridges"))
    yield opened
    opened.close()


def bring(store: Store, *titles: str, now: datetime = NOW, age: timedelta = DAY) -> None:
    """Publish a story for each title, that was written so long ago."""
    stories = (make_story(make_entry(title, published=now - age)) for title in titles)
    fill(store, *stories, topics=[make_topic("bridges")], now=now, seed=now.isoformat() + titles[0])


def get(store: Store, path: str, now: datetime = NOW) -> bytes:
    answer = make_app(store, now).test_client().get(path)
    assert answer.status_code == 200, answer.text
    return answer.data


def titles(store: Store, path: str, now: datetime = NOW) -> list[str]:
    root = etree.fromstring(get(store, path, now))
    return [entry.findtext(f"{ATOM}title") for entry in root.iterfind(f"{ATOM}entry")]


def relations(store: Store, path: str, now: datetime = NOW) -> dict[str, str]:
    """Return where a document's head leads, below the base URL."""
    root = etree.fromstring(get(store, path, now))
    return {
        link.get("rel"): link.get("href").removeprefix(SITE.url)
        for link in root.iterfind(f"{ATOM}link")
        if link.get("rel") not in ("alternate", "hub")
    }


# ---- what is in it


def test_what_the_feed_no_longer_shows_is_in_its_month(store: Store) -> None:
    names = [f"Bridge {n} closes" for n in range(WINDOW_STORIES)]
    bring(store, *names)
    bring(store, "A last bridge closes", now=NOW + DAY)
    shown = titles(store, FEED, NOW + DAY)

    (gone,) = {*names, "A last bridge closes"} - set(shown)
    assert gone in titles(store, NOVEMBER, NOW + DAY)


def test_a_story_is_archived_by_when_it_entered_the_feed(store: Store) -> None:
    bring(store, "Bridge closes", now=datetime(2026, 11, 2, tzinfo=UTC), age=5 * DAY)

    assert titles(store, NOVEMBER) == ["Bridge closes"]


def test_what_was_too_old_to_enter_is_archived_by_the_date_of_its_lead(store: Store) -> None:
    bring(store, "Bridge closes")
    bring(store, "Old bridge opens", now=NOW + DAY, age=300 * DAY)

    assert titles(store, FEED) == ["Bridge closes"]
    assert titles(store, "/topics/bridges/2026-01.atom") == ["Old bridge opens"]
    assert titles(store, NOVEMBER) == ["Bridge closes"]


def test_a_month_holds_every_story_once_the_newest_first(store: Store) -> None:
    for n in (1, 2, 3):
        bring(store, f"Bridge {n} closes", now=NOW + n * DAY)

    assert titles(store, NOVEMBER, NOW + 4 * DAY) == ["Bridge 3 closes", "Bridge 2 closes", "Bridge 1 closes"]


def test_the_archive_shows_what_the_feed_showed_under_the_same_id(store: Store) -> None:
    bring(store, "Bridge closes")
    feed, month = (etree.fromstring(get(store, path)) for path in (FEED, NOVEMBER))

    assert feed.findtext(f"{ATOM}id") == month.findtext(f"{ATOM}id")
    assert etree.tostring(feed.find(f"{ATOM}entry")) == etree.tostring(month.find(f"{ATOM}entry"))


def test_a_long_month_is_cut_into_parts_without_loss(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PART", 2)
    for n in range(5):
        bring(store, f"Bridge {n} closes", now=NOW + timedelta(hours=n))
    later = NOW + DAY

    assert titles(store, NOVEMBER, later) == ["Bridge 4 closes"]
    assert titles(store, f"{NOVEMBER}?part=2", later) == ["Bridge 3 closes", "Bridge 2 closes"]
    assert titles(store, f"{NOVEMBER}?part=1", later) == ["Bridge 1 closes", "Bridge 0 closes"]
    assert get(store, f"{NOVEMBER}?part=3", later) == get(store, NOVEMBER, later)
    assert relations(store, f"{NOVEMBER}?part=2", later) == {
        "self": f"{NOVEMBER}?part=2",
        "current": FEED,
        "prev-archive": f"{NOVEMBER}?part=1",
        "next-archive": NOVEMBER,
    }


# ---- how it is linked


def test_walking_back_from_the_feed_finds_every_story(store: Store) -> None:
    bring(store, "Bridge closes")
    bring(store, "Old bridge opens", now=NOW + DAY, age=300 * DAY)
    bring(store, "Oldest bridge opens", now=NOW + 2 * DAY, age=3000 * DAY)

    found, path = [], relations(store, FEED).get("prev-archive")
    while path:
        found += titles(store, path)
        path = relations(store, path).get("prev-archive")

    assert found == ["Bridge closes", "Old bridge opens", "Oldest bridge opens"]


def test_a_month_says_that_it_is_an_archive_and_where_it_stands(store: Store) -> None:
    bring(store, "Bridge closes", now=NOW - 60 * DAY)
    bring(store, "Bridge opens")
    root = etree.fromstring(get(store, "/topics/bridges/2026-09.atom"))

    assert root.find(ARCHIVE) is not None
    assert relations(store, "/topics/bridges/2026-09.atom") == {
        "self": "/topics/bridges/2026-09.atom",
        "current": FEED,
        "next-archive": "/topics/bridges/2026-10.atom?part=1",
    }
    assert relations(store, NOVEMBER) == {
        "self": NOVEMBER,
        "current": FEED,
        "prev-archive": "/topics/bridges/2026-09.atom",
    }
    assert titles(store, "/topics/bridges/2026-10.atom?part=1") == []


def test_the_feed_of_all_stories_alone_leads_to_the_archive_and_no_entry_does(store: Store) -> None:
    bring(store, "Bridge closes")
    root = etree.fromstring(get(store, FEED))

    assert relations(store, FEED) == {"self": FEED, "prev-archive": NOVEMBER}
    assert root.find(ARCHIVE) is None
    assert not root.findall(f"{ATOM}entry/{ATOM}link[@rel='prev-archive']")
    for view in ("min_sources=2", "view=entries"):
        assert set(relations(store, f"{FEED}?{view}")) == {"self"}


# ---- when it changes


def test_a_month_that_is_over_stays_as_it_is_whatever_comes(store: Store) -> None:
    bring(store, "Bridge closes", now=NOW - 60 * DAY)
    september = "/topics/bridges/2026-09.atom"
    before = get(store, september)

    bring(store, "Bridge opens", now=NOW)
    bring(store, "Another bridge opens", now=NOW + 40 * DAY)

    assert get(store, september, NOW + 400 * DAY) == before


def test_a_stored_fact_of_its_stories_changes_a_month(store: Store) -> None:
    told = make_story(make_entry("Bridge closes", published=NOW - 60 * DAY))
    fill(store, told, topics=[make_topic("bridges")], now=NOW - 60 * DAY)
    client = make_app(store, NOW + DAY).test_client()
    before = client.get("/topics/bridges/2026-09.atom")
    fill(store, make_story(hours_ago(1, "Brekke bridge shut"), id=told.story), now=NOW, seed="b")

    after = client.get("/topics/bridges/2026-09.atom", headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert "Brekke bridge shut" in after.text
    assert after.headers["Last-Modified"] != before.headers["Last-Modified"]


def validators(store: Store, path: str, now: datetime, site: Site = SITE) -> tuple[str, str]:
    answer = make_app(store, now, site).test_client().get(path)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"], answer.headers["Last-Modified"]


def assert_both_change(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert all(a != b for a, b in zip(before, after, strict=True)), (before, after)


def test_a_month_that_gets_an_earlier_neighbour_has_another_date(store: Store) -> None:
    bring(store, "Bridge closes", now=NOW - DAY)
    before = validators(store, NOVEMBER, NOW)
    bring(store, "Old bridge opens", age=300 * DAY)
    assert relations(store, NOVEMBER)["prev-archive"] == "/topics/bridges/2026-01.atom"
    assert_both_change(before, validators(store, NOVEMBER, NOW))


def test_a_part_that_a_late_story_pushes_on_has_another_date(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PART", 2)
    for n in range(5):  # days apart, so that each stands at its own place
        bring(store, f"Bridge {n} closes", now=NOW - (9 - n) * DAY)
    paths = [f"{NOVEMBER}?part=2", NOVEMBER]
    before = [validators(store, path, NOW) for path in paths]
    bring(store, "Late bridge closes", age=20 * DAY)
    after = [validators(store, path, NOW) for path in paths]
    for pair in zip(before, after, strict=True):
        assert_both_change(*pair)


def test_another_title_of_the_topic_or_of_the_instance_is_another_date(store: Store) -> None:
    bring(store, "Bridge closes", now=NOW - DAY)
    before = validators(store, NOVEMBER, NOW - HOUR)
    follow(store, make_topic("bridges", title="Crossings"), now=NOW - HOUR)
    retitled = validators(store, NOVEMBER, NOW)
    assert_both_change(before, retitled)
    other = Site(SITE.url, "Another desk")
    publish(store, NOW, other)
    assert_both_change(retitled, validators(store, NOVEMBER, NOW, other))


def test_a_month_without_news_keeps_its_date(store: Store) -> None:
    bring(store, "Bridge closes", now=NOW - DAY)
    before = validators(store, NOVEMBER, NOW)
    publish(store, NOW + HOUR)
    assert validators(store, NOVEMBER, NOW + 2 * HOUR) == before


# ---- how it answers


def test_a_month_is_asked_for_conditionally(store: Store) -> None:
    bring(store, "Bridge closes")
    client = make_app(store).test_client()
    answer = client.get(NOVEMBER)

    assert answer.content_type == "application/atom+xml; charset=utf-8"
    for name, of in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert client.get(NOVEMBER, headers={name: answer.headers[of]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/topics/bridge/2026-11.atom",  # no such topic
        "/topics/bridges/2026-10.atom",  # before its first story
        "/topics/bridges/2026-12.atom",  # still to come
        "/topics/bridges/2026-13.atom",
        "/topics/bridges/2026-1.atom",
        "/topics/bridges/latest.atom",
        "/topics/bridges/9999-12.atom",
        f"{NOVEMBER}?part=2",
        f"{NOVEMBER}?part=0",
        f"{NOVEMBER}?part=x",
        f"{NOVEMBER}?part={'9' * 400}",
    ],
)
def test_a_month_that_is_not_there_is_404_in_plain_text(store: Store, path: str) -> None:
    bring(store, "Bridge closes")
    answer = make_app(store).test_client().get(path)

    assert (answer.status_code, answer.mimetype) == (404, "text/plain")


def test_a_renamed_topics_archive_moves_and_a_withdrawn_ones_ends(store: Store) -> None:
    bring(store, "Bridge closes")
    client = make_app(store).test_client()
    follow(store, make_topic("crossings", was=("bridges",)))
    publish(store)
    moved = client.get(f"{NOVEMBER}?part=1")
    follow(store, make_topic("crossings", withdrawn=True))

    assert (moved.status_code, moved.location) == (301, "/topics/crossings/2026-11.atom?part=1")
    assert client.get("/topics/crossings/2026-11.atom").status_code == 410


def test_an_older_database_gets_an_archive_of_what_it_holds(tmp_path: Path) -> None:
    store = open_store(sqlite_url(tmp_path / "new.sqlite3"))
    bring(store, "Bridge closes")
    bring(store, "Old bridge opens", now=NOW + DAY, age=300 * DAY)
    months = ("/topics/bridges/2026-01.atom", NOVEMBER)
    before = [titles(store, path) for path in months]
    earlier = as_of("0010", store, tmp_path / "old.sqlite3")
    store.close()

    newer = open_store(earlier)
    assert [titles(newer, path) for path in months] == before == [["Old bridge opens"], ["Bridge closes"]]
    assert newer.unpinged(100) == ()
    newer.close()


# ---- months


@given(st.datetimes(datetime(1000, 1, 1), datetime(2999, 11, 30), timezones=st.just(UTC)))
def test_every_time_lies_in_its_month_and_months_follow_each_other(when: datetime) -> None:
    month = month_of(when)

    assert month.start <= when < month.end == month.following.start
    assert read_month(str(month)) == month < month.following


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-00", "2026-13", "0999-01", "2026-1", "２026-01", "2026-01\n"]
)
def test_what_is_no_month_is_not_read(text: str) -> None:
    assert read_month(text) is None


def test_december_is_followed_by_january() -> None:
    assert Month(2026, 12).following == Month(2027, 1)
