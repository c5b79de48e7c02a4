"""What is older than it is kept goes, and nothing of it comes back."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from make import (
    NOW,
    Told,
    fill,
    follow,
    make_app,
    make_entry,
    make_story,
    make_topic,
    publish,
    read_feed,
    story_path_of,
)

from aggregator.core.publish import VIEWS
from aggregator.core.render import story_id
from aggregator.core.search import read_query
from aggregator.model import Entry, Grouping, SeedRead
from aggregator.steps.decide import find_story, rename
from aggregator.steps.expire import LOOK_EVERY, PIECE, expire
from aggregator.steps.group import Grouper
from aggregator.store import Store
from aggregator.store.narrowing import Filter

FEED = "https://paper.example/feed"
KEEP = timedelta(days=60)
LATER = NOW + timedelta(days=100)  # long after anything that came at NOW left its documents
OLD = make_entry("Old bridge at Brekke falls", id="tag:paper.example,2026:1")
NEW = make_entry("New bridge at Brekke opens", id="tag:paper.example,2026:2", published=LATER)
PATHS = [
    f"/topics/{topic}.{suffix}{query}"
    for topic in ("all", "bridges")
    for suffix in ("atom", "rss", "json")
    for query in ("", "?view=entries", *(f"?min_sources={view}" for view in VIEWS if view))
]


def bring(store: Store, *found: Entry, url: str = FEED, now: object = NOW) -> None:
    """Poll a feed that lists entries, and bring all that is new before subscribers."""
    store.add_feed(url, NOW)
    read_feed(store, url, *found, now=now)
    Grouper(store, uuid4).group(now)
    publish(store, now)


def ids(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(sa.text("SELECT title FROM entries ORDER BY id")).scalars())


def the_story(store: Store, title: str) -> UUID:
    with store.read() as connection:
        found = connection.execute(sa.text("SELECT story FROM entries WHERE title = :t"), {"t": title})
        return UUID(str(found.scalar_one()))


@pytest.fixture
def aged(store: Store) -> Store:
    """Return a store with one story that left every document, and one that has just come."""
    follow(store, make_topic())
    bring(store, OLD)
    bring(store, NEW, now=LATER)
    return store


def test_an_old_story_goes_and_the_feed_that_still_lists_it_does_not_bring_it_back(aged: Store) -> None:
    assert expire(aged, KEEP, LATER) == 1
    assert ids(aged) == [NEW.title]

    bring(aged, OLD, NEW, now=LATER + timedelta(hours=1))
    bring(aged, make_entry(OLD.title, id=OLD.id, text="Now it says more."), now=LATER + timedelta(hours=2))

    assert ids(aged) == [NEW.title]


def test_feeds_are_the_same_bytes_before_and_after(aged: Store) -> None:
    before = {path: aged.document(path) for path in PATHS}
    assert expire(aged, KEEP, LATER) == 1

    with aged.write() as connection:
        connection.execute(sa.text("UPDATE topics SET dirty = true"))
    publish(aged, LATER + timedelta(hours=1))

    assert all(before.values())
    assert {path: aged.document(path) for path in PATHS} == before


def test_the_page_and_the_feed_of_a_removed_story_say_that_it_is_gone(aged: Store) -> None:
    story = the_story(aged, OLD.title)
    client = make_app(aged, LATER).test_client()
    address = story_path_of(make_story(OLD, id=story))
    assert client.get(f"{address}-slug", follow_redirects=True).status_code == 200

    expire(aged, KEEP, LATER)

    page, feed = client.get(f"{address}-slug"), client.get(f"{address}.atom")
    assert (page.status_code, feed.status_code) == (410, 410)
    assert "no longer kept" in page.text and feed.mimetype == "text/plain"
    assert client.get(f"/stories/{'a' * 26}").status_code == 404
    assert client.get("/topics/all/2026-11.atom").status_code == 404


def test_search_and_topic_pages_forget_it_too(aged: Store) -> None:
    terms = read_query("falls")
    assert aged.search(terms, Filter(), 10)[1] == 1

    expire(aged, KEEP, LATER)

    assert aged.search(terms, Filter(), 10)[1] == 0
    assert OLD.title not in make_app(aged, LATER).test_client().get("/topics/bridges").text


def test_another_feed_that_carries_the_same_article_does_not_bring_it_back_either(aged: Store) -> None:
    expire(aged, KEEP, LATER)

    bring(aged, make_entry(OLD.title, id="other"), url="https://mirror.example/feed", now=LATER)
    bring(aged, make_entry(OLD.title, id="other"), url="https://mirror.example/feed", now=LATER + KEEP)

    assert ids(aged) == [NEW.title]


def test_another_article_at_its_address_is_another_article(aged: Store) -> None:
    expire(aged, KEEP, LATER)

    bring(aged, make_entry("Minutes of the bridge board, revised", url=OLD.url), now=LATER)

    assert len(ids(aged)) == 2


def test_a_changed_document_does_not_bring_its_removed_articles_back(store: Store) -> None:
    old, new = make_entry("Old bridge falls", url=None), make_entry("Another one opens", url=None)
    fill(store, make_story(old))
    publish(store, LATER)
    assert expire(store, KEEP, LATER) == 1

    for n, found in enumerate([(old, new), (make_entry("Old bridge falls", url=None, text="More."), new)]):
        store.save_seed(SeedRead("seed.txt", LATER, f"{n:064}", found))

    assert ids(store) == [new.title]


def test_what_a_document_still_shows_is_kept(store: Store) -> None:
    fill(store, make_story(OLD))

    assert expire(store, timedelta(days=1), NOW + timedelta(days=20)) == 0
    assert ids(store) == [OLD.title]


def test_what_arrived_lately_is_kept_though_its_date_is_old(store: Store) -> None:
    fill(store, make_story(make_entry(published=NOW - timedelta(days=3000))))
    publish(store, NOW + timedelta(days=40))

    assert expire(store, KEEP, NOW + timedelta(days=40)) == 0


def test_a_story_that_goes_on_is_kept_with_its_first_articles(store: Store) -> None:
    first, second = make_entry("Old bridge falls"), make_entry("Its second pier follows", published=LATER)
    story = make_story(first)
    fill(store, story)
    publish(store, LATER)
    fill(store, Told((second,), id=story.story), seed="more.txt", now=LATER)

    assert expire(store, KEEP, LATER) == 0


def test_what_an_editor_decided_about_is_kept(aged: Store) -> None:
    story = the_story(aged, OLD.title)
    rename(aged, find_story(aged, story_id(story)), "The fall of Brekke", uuid4, LATER)
    publish(aged, LATER)

    assert expire(aged, KEEP, LATER) == 0


def test_a_story_that_ended_in_a_removed_one_is_gone_with_it(store: Store) -> None:
    elder, younger = make_story(make_entry("Old bridge falls")), make_story(make_entry("Bridge is down"))
    fill(store, elder, younger)
    store.apply(Grouping((), ((elder.story, younger.story),)), NOW)
    publish(store, NOW)
    publish(store, LATER)
    client = make_app(store, LATER).test_client()

    assert expire(store, KEEP, LATER) == 1

    assert [client.get(story_path_of(one)).status_code for one in (elder, younger)] == [410, 410]


def test_a_refresh_removes_a_piece_and_the_next_one_goes_on(store: Store) -> None:
    fill(store, *(make_story(make_entry(f"Report number {n} of the bridge")) for n in range(PIECE + 5)))
    publish(store, LATER)

    assert [expire(store, KEEP, LATER) for _ in range(3)] == [PIECE, 5, 0]
    assert expire(store, KEEP, LATER + LOOK_EVERY) == 0
    assert ids(store) == []


def test_nothing_is_removed_where_no_time_is_set(aged: Store) -> None:
    assert expire(aged, None, LATER) == 0
    assert len(ids(aged)) == 2


def test_an_engine_that_knew_removed_entries_opens_new_stories_for_what_is_like_them(store: Store) -> None:
    text = "The old bridge at Brekke fell into the sound when its northern pier gave way at noon. " * 3
    grouper = Grouper(store, uuid4)
    store.add_feed(FEED, NOW)
    read_feed(store, FEED, make_entry("Old bridge at Brekke falls", text=text, published=None, id="1"))
    grouper.group(NOW)
    publish(store, NOW)
    read_feed(store, FEED, make_entry("Wheat harvest begins in the south", id="3"), now=LATER)
    grouper.group(LATER)
    publish(store, LATER)
    before = the_story(store, "Old bridge at Brekke falls")
    assert expire(store, KEEP, LATER) == 1

    again = make_entry("Old bridge at Brekke falls down", text=text, published=None, id="2")
    read_feed(store, FEED, again, now=LATER)
    grouper.group(LATER)

    after = the_story(store, again.title)
    assert after != before and store.was_removed(before) and not store.was_removed(after)


def test_an_id_that_readers_know_is_not_given_to_another_entry(aged: Store) -> None:
    expire(aged, KEEP, LATER)
    other = make_entry(
        "Something else entirely in the harbour", id=OLD.id, url="https://o.example/x", published=LATER
    )

    bring(aged, other, url="https://other.example/feed", now=LATER)

    body = aged.document("/topics/all.atom?view=entries").body.decode()
    assert other.title in body and str(OLD.id) not in body


def test_what_is_removed_leaves_no_rows_behind(aged: Store, tmp_path: Path) -> None:
    expire(aged, KEEP, LATER)

    with aged.read() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
            connection.execute(sa.text("INSERT INTO entries_fts (entries_fts) VALUES ('integrity-check')"))
        for table in ("passed_ids", "notes", "entry_memberships", "memberships", "topic_stories"):
            left = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
            assert 0 < left <= 10, table
