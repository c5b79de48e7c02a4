"""Entries as origins bring them: found again, found elsewhere, or new."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from databases import Databases
from make import make_store

from aggregator.model import Entry, Fetched, FollowedFeed, Intake, ParsedFeed, Poll, SeedRead, TopicConfig
from aggregator.store import Store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URLS = ("https://a.example/feed", "https://b.example/feed")
ARTICLE = Entry("Cable cut in the strait again", "The cable failed at dawn.", publisher="Harbour Gazette")


@pytest.fixture
def store(databases: Databases) -> Iterator[Store]:
    """Return a store that follows two feeds."""
    opened = make_store(databases)
    topic = TopicConfig("cables", "Cables", feeds=tuple(FollowedFeed(url) for url in URLS))
    opened.follow([topic], {"all": uuid4(), "cables": uuid4()}, NOON)
    yield opened
    opened.close()


def poll(store: Store, *entries: Entry, feed: int = 0, at: datetime = NOON, title: str = "Feed") -> Intake:
    ids = {state.url: state.id for state in store.all_feeds()}
    parsed = ParsedFeed(title, entries)
    return store.save_polls([Poll(ids[URLS[feed]], at, at + HOUR, parsed=parsed)])


def read(store: Store, *entries: Entry, name: str = "page.txt", at: datetime = NOON) -> Intake:
    return store.save_seed(SeedRead(name, at, f"digest {len(entries)}", entries))


def stored(store: Store) -> list[Entry]:
    return [one.entry for one in store.entries(sorted(store.ungrouped()))]


def test_reading_a_seed_twice_changes_nothing(store: Store) -> None:
    assert read(store, ARTICLE) == Intake(new=1)
    assert read(store, ARTICLE) == Intake(known=1)
    assert stored(store) == [ARTICLE]


def test_polling_a_feed_twice_changes_nothing(store: Store) -> None:
    entry = replace(ARTICLE, id="1", url="https://a.example/1")
    assert poll(store, entry) == Intake(new=1)
    assert poll(store, entry) == Intake(known=1)
    assert len(stored(store)) == 1


def test_a_feeds_entry_keeps_its_identity_by_id_when_everything_else_changes(store: Store) -> None:
    poll(store, Entry("Old title", "Old", id="1", url="https://a.example/old"))
    assert poll(store, Entry("New title", "New", id="1", url="https://a.example/new")) == Intake(changed=1)
    assert [(e.title, e.url) for e in stored(store)] == [("New title", "https://a.example/new")]


def test_a_changed_seeds_entry_keeps_its_identity_by_address(store: Store) -> None:
    read(store, replace(ARTICLE, url="https://a.example/1"))
    assert read(store, Entry("Other title", "Other body", url="https://a.example/1")) == Intake(changed=1)
    assert [e.title for e in stored(store)] == ["Other title"]


def test_a_changed_seeds_entry_keeps_its_identity_by_title(store: Store) -> None:
    read(store, ARTICLE)
    corrected = replace(ARTICLE, title="CABLE cut, in the Strait again", text="It failed at noon.")
    assert read(store, corrected) == Intake(changed=1)
    assert [e.text for e in stored(store)] == ["It failed at noon."]


def test_a_changed_seeds_entry_keeps_its_identity_by_body(store: Store) -> None:
    read(store, ARTICLE)
    assert read(store, replace(ARTICLE, title="Another headline")) == Intake(changed=1)
    assert [e.title for e in stored(store)] == ["Another headline"]


def test_an_entry_that_vanished_from_a_seed_stays(store: Store) -> None:
    read(store, ARTICLE, Entry("Second article", "Second body"))
    read(store, Entry("Second article", "Second body"))
    assert len(stored(store)) == 2


def test_two_entries_of_one_seed_never_become_one_by_a_weaker_key(store: Store) -> None:
    first, second = Entry("Daily briefing", "Monday."), Entry("Daily briefing", "Tuesday.")
    read(store, replace(first, url="https://a.example/1"), replace(second, url="https://a.example/2"))
    assert len(stored(store)) == 2


def test_entries_keep_the_order_of_their_document(store: Store) -> None:
    read(store, *(Entry(f"Title {n}", f"Body {n}") for n in range(30)))
    assert [e.title for e in stored(store)] == [f"Title {n}" for n in range(30)]


def test_a_document_of_any_length_is_compared_with_what_is_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.homes.CHUNK", 2)
    pages = [Entry(f"Ferry number {n} is late", "", url=f"https://x.example/{n}") for n in range(5)]
    assert poll(store, *pages) == Intake(new=5)
    assert read(store, *pages).new == 0
    assert read(store, *pages, Entry("Ferry number 6 is late", ""), name="more.txt").new == 1
    named: list[int] = []

    def note(
        _connection: object, _cursor: object, statement: str, values: Sequence[object], *_: object
    ) -> None:
        if "FROM entries" in statement and " IN (" in statement:
            named.append(len(values))

    sa.event.listen(store.engine, "before_cursor_execute", note)
    read(store, *pages, name="others.txt")
    assert len(named) > 2
    assert max(named) <= 3  # with the number of the document


def test_the_same_article_in_two_feeds_is_one_entry(store: Store) -> None:
    entry = replace(ARTICLE, id="1", url="https://a.example/cable")
    poll(store, entry)
    assert poll(store, replace(entry, id="other"), feed=1) == Intake(known=1)
    assert len(stored(store)) == 1


def test_a_feed_whose_ids_flap_brings_no_entry_twice(store: Store) -> None:
    entry = replace(ARTICLE, id="1", url="https://a.example/cable")
    poll(store, entry)
    assert poll(store, replace(entry, id="2")) == Intake(known=1)
    assert poll(store, replace(entry, id="1")) == Intake(known=1)


def test_entries_of_one_feed_that_link_to_one_page_stay_apart(store: Store) -> None:
    page = "https://a.example/status"
    poll(store, Entry("Pump fails", id="1", url=page), Entry("Pump repaired", id="2", url=page))
    poll(store, Entry("Second pump fails", id="3", url=page))
    assert len(stored(store)) == 3


def test_front_page_links_do_not_make_two_articles_one(store: Store) -> None:
    poll(store, Entry("Ferry late again today", id="1", url="https://a.example/"))
    poll(store, Entry("Harbour opens new quay", id="1", url="https://a.example/"), feed=1)
    assert len(stored(store)) == 2


def test_a_seed_and_a_feed_with_one_article_are_one_entry_with_the_feeds_address_and_date(
    store: Store,
) -> None:
    read(store, ARTICLE)
    in_feed = replace(ARTICLE, id="1", url="https://a.example/cable", published=NOON, text="Longer text.")
    poll(store, in_feed)
    assert [(e.url, e.published) for e in stored(store)] == [("https://a.example/cable", NOON)]


def test_a_seed_read_after_the_feed_does_not_take_the_address_away(store: Store) -> None:
    poll(store, replace(ARTICLE, id="1", url="https://a.example/cable", published=NOON))
    read(store, ARTICLE)
    read(store, replace(ARTICLE, text="A changed page."))
    assert [(e.url, e.text) for e in stored(store)] == [("https://a.example/cable", ARTICLE.text)]


def test_the_title_of_a_feed_does_not_object_to_a_documents_publisher(store: Store) -> None:
    read(store, ARTICLE)
    article = replace(ARTICLE, id="1", url="https://www.harbour.example/1", publisher=None)
    assert poll(store, article, title="HG.example: World") == Intake(known=1)


def test_two_publishers_with_one_headline_stay_two_entries(store: Store) -> None:
    read(store, ARTICLE)
    poll(store, replace(ARTICLE, publisher="Nordwire", id="1", url="https://a.example/cable"))
    assert len(stored(store)) == 2


def test_entries_without_a_publisher_get_the_feeds(store: Store) -> None:
    poll(store, Entry("A title", id="1"), title="Nordwire: World")
    assert [e.publisher for e in stored(store)] == ["Nordwire: World"]


def test_one_feeds_ids_say_nothing_about_another_feeds(store: Store) -> None:
    poll(store, Entry("First title of a feed", id="1", url="https://a.example/1"))
    assert poll(store, Entry("Impostor in another feed", id="1", url="https://b.example/1"), feed=1).new == 1


def test_validators_are_kept_verbatim_and_sent_again(store: Store) -> None:
    feed = store.all_feeds()[0]
    headers = {"etag": 'W/"x"', "last-modified": "Fri, 20 Nov 2026 11:00:00 GMT"}
    answer = Fetched(feed.url, feed.url, 200, headers, b"<rss/>")
    store.save_polls([Poll(feed.id, NOON, NOON + HOUR, answer, "d", ParsedFeed("T", ()))])
    unchanged = Fetched(feed.url, feed.url, 304, {})
    store.save_polls([Poll(feed.id, NOON + HOUR, NOON + 2 * HOUR, unchanged)])
    kept = store.all_feeds()[0]
    assert (kept.etag, kept.last_modified, kept.digest) == ('W/"x"', headers["last-modified"], "d")


def test_a_failing_feed_remembers_since_when_and_recovers(store: Store) -> None:
    feed = store.all_feeds()[0].id
    store.save_polls([Poll(feed, NOON, NOON + HOUR, error="answered 500")])
    store.save_polls([Poll(feed, NOON + HOUR, NOON + 3 * HOUR, error="timed out")])
    failing = store.all_feeds()[0]
    assert (failing.error, failing.failing_since, failing.failures) == ("timed out", NOON, 2)
    poll(store, ARTICLE, at=NOON + 3 * HOUR)
    well = store.all_feeds()[0]
    assert (well.error, well.failing_since, well.failures) == (None, None, 0)


def test_a_feed_is_due_when_its_time_has_come_or_it_was_never_asked(store: Store) -> None:
    poll(store, ARTICLE)
    first, second = URLS
    assert [f.url for f in store.due_feeds(NOON)] == [second]
    assert [f.url for f in store.due_feeds(NOON + HOUR)] == [second, first]
    assert len(store.due_feeds(NOON, everything=True)) == 2


def test_a_feed_that_is_gone_is_not_asked_again(store: Store) -> None:
    feed = store.all_feeds()[0].id
    store.save_polls([Poll(feed, NOON, None, error="has ended", gone=True)])
    assert feed not in {f.id for f in store.due_feeds(NOON + 99 * HOUR, everything=True)}


def test_a_seed_that_cannot_be_read_is_tried_again_and_keeps_its_entries(store: Store) -> None:
    read(store, ARTICLE)
    store.save_seed(SeedRead("page.txt", NOON, "new digest", error="is binary"))
    assert store.known_seeds() == {}
    assert stored(store) == [ARTICLE]


def test_a_feed_that_no_file_names_any_more_is_not_polled_but_an_added_one_is(store: Store) -> None:
    store.add_feed("https://c.example/feed", NOON)
    store.follow([TopicConfig("cables", "Cables")], {"all": uuid4(), "cables": uuid4()}, NOON)
    assert [f.url for f in store.all_feeds()] == ["https://c.example/feed"]


def test_a_topic_whose_file_disappears_keeps_its_feeds(store: Store) -> None:
    store.follow([], {"all": uuid4()}, NOON)
    assert len(store.all_feeds()) == 2


def test_what_a_feed_asks_for_is_remembered_when_nothing_changed(store: Store) -> None:
    feed = store.due_feeds(NOON, everything=True)[0]
    asks = ParsedFeed("Feed", (Entry("T", id="1"),), ttl=7200.0, skip_hours=(1, 2), skip_days=(6,))
    store.save_polls([Poll(feed.id, NOON, NOON, parsed=asks, newest=NOON)])
    store.save_polls([Poll(feed.id, NOON + HOUR, NOON, newest=NOON)])
    state = next(one for one in store.all_feeds() if one.id == feed.id)
    assert (state.ttl, state.skip_hours, state.skip_days, state.newest) == (7200.0, (1, 2), (6,), NOON)


def test_a_feed_that_moved_is_asked_at_its_new_address_after_a_week_until_that_fails(store: Store) -> None:
    feed, new = store.due_feeds(NOON, everything=True)[0], "https://new.example/feed"
    for day in (0, 4, 8):
        at = NOON + timedelta(days=day)
        store.save_polls([Poll(feed.id, at, at, Fetched(feed.url, new, 200, moved_to=new))])
    addresses = [one.address for one in store.all_feeds() if one.id == feed.id]
    assert addresses == [new]
    store.save_polls([Poll(feed.id, NOON + timedelta(days=9), NOON, error="answered 404")])
    assert [one.address for one in store.all_feeds() if one.id == feed.id] == [feed.url]


def test_what_a_document_held_is_kept_with_its_entries_until_the_next_one(store: Store) -> None:
    feed = store.all_feeds()[0].id
    first = ParsedFeed("Feed", (Entry("T", id="1"),), blocks=b"context, block 1")
    assert store.save_polls([Poll(feed, NOON, NOON, parsed=first)]) == Intake(new=1)
    store.save_polls([Poll(feed, NOON, NOON)])
    store.save_polls([Poll(feed, NOON, NOON, error="answered 500")])
    assert store.all_feeds()[0].blocks == first.blocks

    second = ParsedFeed("Feed", (Entry("U", id="2"),), known=1, blocks=None)
    assert store.save_polls([Poll(feed, NOON, NOON, parsed=second)]) == Intake(new=1, known=1)
    assert store.all_feeds()[0].blocks is None


def test_an_outage_makes_no_move_younger_and_loses_no_place(store: Store) -> None:
    feed, new = store.due_feeds(NOON, everything=True)[0], "https://new.example/feed"

    def after(day: int, **gave: Any) -> str:
        at = NOON + timedelta(days=day)
        store.save_polls([Poll(feed.id, at, at, **gave)])
        return next(one.address for one in store.all_feeds() if one.id == feed.id)

    redirected = {"fetched": Fetched(feed.url, new, 200, moved_to=new)}
    answered, down = {"fetched": Fetched(new, new, 200)}, {"error": "timed out"}
    assert after(0, **redirected) == feed.url
    assert after(3, **down) == feed.url
    assert after(8, **redirected) == new
    assert after(9, **down) == feed.url
    assert after(10, **down) == new, "the old host may be dead by now"
    assert after(11, **answered) == new
    assert after(12, **down) == feed.url
    assert after(13, fetched=Fetched(feed.url, feed.url, 200)) == feed.url
    assert after(14, **down) == feed.url, "it has moved back"


def test_a_feed_that_cannot_be_stored_costs_the_others_nothing(store: Store) -> None:
    broken = replace(ARTICLE, published=datetime(2026, 11, 20))  # no zone: the store refuses it
    polls = [
        Poll(state.id, NOON, NOON + HOUR, parsed=ParsedFeed("Feed", (entry,)))
        for state, entry in zip(store.all_feeds(), (broken, replace(ARTICLE, title="Another")), strict=True)
    ]
    assert store.save_polls(polls) == Intake(new=1)
    broken_feed, sound_feed = store.all_feeds()
    assert broken_feed.error == "cannot be stored (StatementError); please report it"
    assert (broken_feed.failures, broken_feed.last_success) == (1, None)
    assert (sound_feed.error, sound_feed.last_success) == (None, NOON)


def test_entries_get_rising_ids_that_are_never_given_twice(store: Store) -> None:
    several = [Entry(f"Headline {n} of the day", id=str(n), url=f"https://a.example/{n}") for n in range(3)]
    poll(store, *several)
    first = sorted(store.ungrouped())
    assert [one.entry.title for one in store.entries(first)] == [entry.title for entry in several]
    with store.write() as connection:
        for table in ("origins", "entries"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    poll(store, *several)
    assert sorted(store.ungrouped()) == [number + 3 for number in first]


def test_the_index_of_words_holds_what_came_what_changed_and_what_another_origin_says(store: Store) -> None:
    entry = replace(ARTICLE, id="1", url="https://a.example/1")
    read(store, ARTICLE, replace(ARTICLE, title="Ferry adrift"))
    poll(store, entry, replace(entry, id="2", url=None, title="Bridge closed"))
    poll(store, replace(entry, text="The cable holds."), at=NOON + HOUR)

    with store.write() as connection:
        if connection.dialect.name == "sqlite":  # raises where a word is missing or too many
            check = "INSERT INTO entries_fts (entries_fts, rank) VALUES ('integrity-check', 1)"
            connection.execute(sa.text(check))
        else:
            assert connection.execute(sa.text("SELECT count(*) FROM entry_words")).scalar() == 3


def test_feeds_saved_together_find_what_those_before_them_brought_and_changed(store: Store) -> None:
    first, second = (state.id for state in store.all_feeds())
    page = replace(ARTICLE, id="1", url="https://c.example/1")
    other = replace(page, id="2", url="https://c.example/2", title="Ferry adrift off the cape")
    poll(store, replace(other, url="https://c.example/old"))
    read(store, replace(ARTICLE, title="Bridge closed to all lorries"))
    bridge = replace(ARTICLE, id="3", url="https://c.example/3", title="Bridge closed to all lorries")

    brought = store.save_polls(
        [
            Poll(first, NOON, NOON, parsed=ParsedFeed("A", (page, other, bridge))),
            Poll(second, NOON, NOON, parsed=ParsedFeed("B", (page, other, replace(bridge, title="Open")))),
        ]
    )

    assert brought == Intake(new=1, changed=1, known=4)
    assert sorted(entry.title for entry in stored(store)) == sorted(e.title for e in (page, other, bridge))
