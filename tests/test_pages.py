"""What the store answers to the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from make import (
    NOW,
    fail_feed,
    fill,
    follow,
    make_entry,
    make_story,
    make_topic,
    publish,
    read_feed,
    story_of,
)

from aggregator.model import FollowedFeed, Grouping, Placement, Rule, Rules, SeedRead
from aggregator.store import Store
from aggregator.store.pages import ORDERS


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """Collect the statements that are executed."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", note)


def topic_id(store: Store, name: str) -> UUID:
    found = store.topic(name)
    assert found is not None
    return found.id


def hours_ago(hours: float, title: str, **others: Any) -> Any:
    return make_entry(title, published=NOW - timedelta(hours=hours), **others)


def test_topics_stand_in_the_order_of_their_newest_coverage(store: Store) -> None:
    bridge, flood = hours_ago(5, "A bridge closes"), hours_ago(1, "A flood rises")
    topics = (make_topic("bridges"), make_topic("floods", rules=Rules(any=("flood",))))
    fill(
        store,
        make_story(bridge),
        make_story(flood),
        topics=(*topics, make_topic("none", rules=Rules(any=("zeppelin",)))),
    )

    heads = store.topic_heads(NOW)

    assert [head.topic.name for head in heads if not head.topic.everything] == ["floods", "bridges", "none"]
    assert heads[-1].newest is None


def test_the_newest_stories_of_a_topic_come_first_and_no_more_than_asked_for(store: Store) -> None:
    stories = [make_story(hours_ago(n, f"Bridge number {n} closes")) for n in (3, 1, 2)]
    fill(store, *stories, topics=[make_topic("bridges")])
    topic = topic_id(store, "bridges")

    found = store.newest({topic: 2})

    assert [brief.headline for brief in found[topic]] == ["Bridge number 1 closes", "Bridge number 2 closes"]


def test_what_moved_is_told_by_when_entries_were_first_seen_not_by_their_dates(store: Store) -> None:
    old_date = make_entry("Bridge opens in 2019", published=datetime(2019, 1, 5, tzinfo=UTC))
    fill(store, make_story(old_date))
    fill(store, make_story(hours_ago(72, "Bridge of last week")), now=NOW - timedelta(hours=48), seed="b.txt")

    moved = store.moved(NOW - timedelta(hours=24))

    assert (moved.stories, moved.publishers) == (1, 1)
    assert moved.most_covered == (story_of(old_date),)


def test_the_most_covered_story_is_the_one_with_most_publishers(store: Store) -> None:
    alone = make_story(
        hours_ago(1, "One says so"), hours_ago(2, "One says so again"), hours_ago(3, "And again")
    )
    both = make_story(hours_ago(4, "Two say so"), hours_ago(5, "Two say so too", publisher="Nordwire"))
    fill(store, alone, both)

    assert store.moved(NOW - timedelta(days=1)).most_covered[0] == both.story


def test_hours_count_entries_where_they_appeared_and_keep_bare_dates_bare(store: Store) -> None:
    day = datetime(2026, 11, 23, tzinfo=UTC)
    timed = [make_entry(f"Bridge {n}", published=day + timedelta(hours=6, minutes=n)) for n in range(3)]
    dated = make_entry("Bridge of that day", published=day, day_only=True)
    undated = make_entry("Bridge without a date", published=None)
    fill(store, make_story(*timed, dated), make_story(undated), topics=[make_topic("bridges")])
    topic = topic_id(store, "bridges")

    assert store.hours({topic: NOW - timedelta(days=3)}) == {
        topic: {"2026-11-23 06": 3, "2026-11-23": 1, "2026-11-24 12": 1}
    }


def test_coverage_since_a_time_leaves_out_what_was_before(store: Store) -> None:
    story = make_story(hours_ago(1, "Bridge now"), hours_ago(300, "Bridge long ago", publisher="Nordwire"))
    fill(store, story, topics=[make_topic("bridges")])

    covered = store.covered(topic_id(store, "bridges"), NOW - timedelta(days=7))

    assert (covered.stories, covered.entries, covered.publishers) == (1, 1, 1)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_by_key_show_every_story_once_though_news_arrives_in_between(store: Store, order: str) -> None:
    titles = [f"Bridge number {n} closes" for n in range(12)]
    fill(
        store,
        *(make_story(hours_ago(n + 1, t)) for n, t in enumerate(titles)),
        topics=[make_topic("bridges")],
    )
    topic = topic_id(store, "bridges")
    first, cursor = store.topic_page(topic, 5, order)
    fill(
        store,
        *(
            make_story(hours_ago(0.1, f"Bridge news {n}"), hours_ago(0.1, f"More {n}", publisher="X"))
            for n in range(10)
        ),
        topics=[make_topic("bridges")],
        now=NOW + timedelta(minutes=1),
        seed="later.txt",
    )

    shown = [story.headline for story in first]
    while cursor is not None:
        stories, cursor = store.topic_page(topic, 5, order, cursor)
        shown += [story.headline for story in stories]

    assert sorted(shown) == sorted(titles)


def test_most_sources_come_first_when_that_is_asked_for(store: Store) -> None:
    many = make_story(hours_ago(9, "Bridge a"), *(hours_ago(8, f"Bridge {p}", publisher=p) for p in "XYZ"))
    fill(store, make_story(hours_ago(1, "Bridge new")), many, topics=[make_topic("bridges")])

    stories, following = store.topic_page(topic_id(store, "bridges"), 5, "sources")

    assert [story.publishers for story in stories] == [4, 1]
    assert following is None


def test_reports_carry_why_an_entry_is_in_its_story(store: Store) -> None:
    story = make_story(hours_ago(2, "Bridge a"), hours_ago(1, "Bridge b"), copies=(1,), terms=("pier",))
    fill(store, story)

    opened, joined = store.opened_reports(story.story)

    assert opened.nearest is None
    assert (joined.copy_of, joined.similarity, joined.threshold) == (opened.id, 0.8, 0.6)
    assert joined.terms == ("pier",)
    assert joined.opening.startswith("Engineers found")


def test_a_date_ahead_of_when_we_saw_it_is_not_believed(store: Store) -> None:
    story = make_story(hours_ago(-5, "Bridge of tomorrow"))
    fill(store, story)

    (report,) = store.opened_reports(story.story)

    assert not report.dated
    assert report.when == NOW


def test_a_story_nobody_was_told_about_is_not_found(store: Store) -> None:
    entry = make_entry()
    follow(store)
    store.save_seed(SeedRead("a.txt", NOW, "d", (entry,)))
    (number,) = store.ungrouped()
    store.apply(Grouping((Placement(number, story_of(entry), Rule.OPENED),)), NOW)
    assert store.story(story_of(entry)) is None

    publish(store)
    assert store.story(story_of(entry)) is not None


def test_the_pulse_counts_what_fails_and_says_when_something_changed(store: Store) -> None:
    feeds = (FollowedFeed("https://a.example/f"), FollowedFeed("https://b.example/f"))
    fill(store, make_story(), topics=[make_topic(feeds=feeds)])
    fail_feed(store, "https://a.example/f", "answered 404")
    read_feed(store, "https://b.example/f")
    store.save_seed(SeedRead("broken.txt", NOW, error="holds nothing"))

    pulse = store.pulse()

    assert (pulse.failing, pulse.feeds, pulse.seeds, pulse.changed) == (2, 2, 2, NOW)


def test_a_feed_says_how_much_it_brought_lately_and_for_which_topics(store: Store) -> None:
    url = "https://a.example/f"
    follow(store, make_topic("bridges", feeds=(FollowedFeed(url),)))
    read_feed(store, url, make_entry("Old bridge"), now=NOW - timedelta(days=20))
    read_feed(store, url, make_entry("New bridge"), make_entry("Newer bridge"))

    (health,) = store.feed_health(NOW - timedelta(days=7))

    assert (health.entries, health.newest, health.topics) == (2, NOW, ("Bridges",))


def test_no_read_takes_more_statements_when_there_are_more_stories(store: Store) -> None:
    def statements() -> int:
        topic = topic_id(store, "bridges")
        with counted(store) as seen:
            stories, _ = store.topic_page(topic, 25)
            store.reports([story.id for story in stories])
            store.filed_under([story.id for story in stories])
            store.topic_heads(NOW)
            store.newest({topic: 8})
            store.moved(NOW - timedelta(days=1))
            store.hours({topic: NOW - timedelta(days=1)})
        return len(seen)

    fill(store, make_story(), topics=[make_topic("bridges")])
    few = statements()
    fill(
        store,
        *(make_story(make_entry(f"Bridge {n}")) for n in range(40)),
        topics=[make_topic("bridges")],
        seed="b",
    )

    assert statements() == few == 8
