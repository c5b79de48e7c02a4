"""What subscribers must not be shown again, in the corners: merges, splits, topics that end and return."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import feedparser
import pytest
import sqlalchemy as sa
from make import (
    NOW,
    SITE,
    fill,
    follow,
    hours_ago,
    make_app,
    make_entry,
    make_story,
    make_topic,
    publish,
    read_feed,
    story_of,
)

from aggregator.core.publish import NEW_FEED_STORIES
from aggregator.core.render import story_id
from aggregator.model import Entry, FollowedFeed, Grouping, Placement, Rule, Rules
from aggregator.store import Store
from aggregator.store.schema import entries

ALL, BRIDGES = "/topics/all.atom", "/topics/bridges.atom"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAPERS = [f"Paper {letter}" for letter in "ABCDEFGH"]


def shown(store: Store, path: str = ALL, now: datetime = NOW) -> dict[str, feedparser.FeedParserDict]:
    """Return what a document shows, by id, in its order."""
    answer = make_app(store, now).test_client().get(path)
    assert answer.status_code == 200, answer.text
    feed = feedparser.parse(answer.data)
    assert not feed.bozo
    return {entry.id: entry for entry in feed.entries}


def moved(store: Store, story: UUID, path: str = ALL) -> str:
    return str(shown(store, path, NOW + 400 * DAY)[story.urn].updated)


def paper(n: int, title: str = "Bridge at Brekke closes", hours: float = 2) -> Entry:
    """Make a report of the n-th paper."""
    return hours_ago(hours, f"{title}, {PAPERS[n]} says", publisher=PAPERS[n], text=f"{title}. " * (n + 2))


def entry_of(store: Store, entry: Entry) -> int:
    with store.read() as connection:
        return int(connection.execute(sa.select(entries.c.id).where(entries.c.url == entry.url)).scalar_one())


def move(store: Store, story: UUID, *entries: Entry, now: datetime = NOW) -> None:
    """Let entries go to a story, as the engine does when it looks again."""
    ids = [entry_of(store, entry) for entry in entries]
    placements = [
        Placement(one, story, Rule.JOINED if n else Rule.OPENED, ids[0] if n else None, 0.5, 0.3)
        for n, one in enumerate(ids)
    ]
    store.apply(Grouping(tuple(placements)), now)
    publish(store, now)


# ---- moves of `updated`


def test_five_moves_are_a_life_whatever_moves_them(store: Store) -> None:
    first = make_story(paper(0))
    fill(store, first)
    dates = set()
    for n in range(1, 9):
        now = NOW + n * 7 * HOUR
        other = make_story(paper(n % 8, f"Bridge {n}"))
        fill(store, other, now=now, seed=str(n))
        store.apply(Grouping(merges=((first.story, other.story),)), now)
        publish(store, now)
        dates.add(moved(store, first.story))
    assert len(dates) == 5


def test_what_one_refresh_merges_many_times_moves_once(store: Store) -> None:
    stories = [make_story(paper(n, f"Bridge {n}")) for n in range(4)]
    fill(store, *stories)
    first, *others = (story.story for story in stories)
    store.apply(Grouping(merges=tuple((first, other) for other in others)), NOW + HOUR)
    publish(store, NOW + HOUR)
    store.apply(Grouping(), NOW + 2 * HOUR)
    publish(store, NOW + 2 * HOUR)
    assert moved(store, first) == "2026-11-24T13:00:00Z"


def test_a_move_that_was_dropped_does_not_come_with_the_next_paper(store: Store) -> None:
    a, b = make_story(paper(0)), make_story(paper(1, "Ferry"))
    fill(store, a, b)
    store.apply(Grouping(merges=((a.story, b.story),)), NOW + HOUR)
    publish(store, NOW + HOUR)
    c = make_story(paper(2, "Dam"))
    fill(store, c, now=NOW + 2 * HOUR, seed="c")
    store.apply(Grouping(merges=((a.story, c.story),)), NOW + 2 * HOUR)
    publish(store, NOW + 2 * HOUR)  # within six hours: dropped
    fill(store, make_story(paper(3), id=a.story), now=NOW + 20 * HOUR, seed="d")
    assert moved(store, a.story) == "2026-11-24T13:00:00Z"


def test_a_clock_that_was_put_back_moves_nothing_back(store: Store) -> None:
    told = make_story(paper(0))
    fill(store, told)
    fill(store, make_story(paper(1), id=told.story), now=NOW - 3 * HOUR, seed="b")
    entry = shown(store, now=NOW + HOUR)[told.story.urn]
    assert entry.updated == entry.published == "2026-11-24T12:00:00Z"


# ---- merges and splits


def test_of_two_stories_that_were_shown_one_is_shown_again_and_the_other_freezes(store: Store) -> None:
    elder, younger = make_story(paper(0)), make_story(paper(1, "Ferry"))
    fill(store, elder, younger)
    before = shown(store)
    store.apply(Grouping(merges=((elder.story, younger.story),)), NOW + DAY)
    publish(store, NOW + DAY)
    fill(store, make_story(paper(2), id=elder.story), now=NOW + 2 * DAY, seed="c")
    after = shown(store, now=NOW + 3 * DAY)
    assert list(after) == list(before), "same ids, same places"
    assert after[younger.story.urn] == before[younger.story.urn]
    assert after[elder.story.urn].updated == "2026-11-25T12:00:00Z"


def test_a_part_that_splits_off_and_comes_back_is_shown_once_more_at_most(store: Store) -> None:
    a, b, c = paper(0), paper(1), paper(2)
    told = make_story(a, b, c)
    fill(store, told)
    part = uuid4()
    move(store, part, c, now=NOW + HOUR)
    assert list(shown(store, now=NOW + HOUR)) == [part.urn, told.story.urn]
    frozen = shown(store, now=NOW + HOUR)[part.urn]
    store.apply(Grouping(merges=((told.story, part),)), NOW + 8 * HOUR)
    publish(store, NOW + 8 * HOUR)
    after = shown(store, now=NOW + 9 * HOUR)
    assert list(after) == [part.urn, told.story.urn]
    assert after[part.urn] == frozen
    assert after[told.story.urn].updated == "2026-11-24T20:00:00Z"


def test_a_merge_that_is_taken_back_shows_neither_story_twice(store: Store) -> None:
    a, b = paper(0), paper(1, "Ferry")
    elder, younger = make_story(a), make_story(b)
    fill(store, elder, younger)
    before = shown(store)
    store.apply(Grouping(merges=((elder.story, younger.story),)), NOW + HOUR)
    publish(store, NOW + HOUR)
    move(store, again := uuid4(), b, now=NOW + 2 * HOUR)
    after = shown(store, now=NOW + 2 * HOUR)
    assert [(e.id, e.title, e.link) for e in after.values()] == [
        (e.id, e.title, e.link) for e in before.values()
    ]
    page = make_app(store, NOW + DAY).test_client().get(f"/stories/{story_id(younger.story)}")
    assert (page.status_code, story_id(again) in page.location) == (301, True)


def test_a_machine_that_takes_the_lead_away_changes_no_title_and_no_link(store: Store) -> None:
    a, b, c = paper(0, hours=5), paper(1), paper(2)
    told = make_story(a, b, c)
    fill(store, told)
    before = shown(store)[told.story.urn]
    move(store, part := uuid4(), a, now=NOW + HOUR)
    after = shown(store, now=NOW + HOUR)
    assert list(after) == [told.story.urn], "what it is told with now stands there already"
    again = after[told.story.urn]
    assert (again.title, again.link, again.updated) == (before.title, before.link, before.updated)
    fill(store, make_story(paper(3), id=part), now=NOW + 2 * HOUR, seed="b")
    assert list(shown(store, f"{ALL}?min_sources=2", NOW + 2 * HOUR)) == [told.story.urn]


def test_a_merge_into_a_story_that_left_brings_it_back_nowhere(store: Store) -> None:
    old = make_story(paper(0))
    fill(store, old, now=NOW)
    publish(store, NOW + 31 * DAY)
    fresh = make_story(make_entry("Bridge again", published=NOW + 31 * DAY))
    fill(store, fresh, now=NOW + 31 * DAY, seed="b")
    store.apply(Grouping(merges=((old.story, fresh.story),)), NOW + 32 * DAY)
    publish(store, NOW + 32 * DAY)
    assert list(shown(store, now=NOW + 32 * DAY)) == [fresh.story.urn]


def test_an_entry_without_address_keeps_its_link_when_it_comes_into_another_story(store: Store) -> None:
    nameless = make_entry("Bridge note", url=None)
    elder, younger = make_story(paper(0)), make_story(nameless)
    fill(store, elder, younger)
    path = f"{ALL}?view=entries"
    links = {key: entry.link for key, entry in shown(store, path).items()}
    store.apply(Grouping(merges=((elder.story, younger.story),)), NOW + HOUR)
    publish(store, NOW + HOUR)
    after = {key: entry.link for key, entry in shown(store, path, NOW + HOUR).items()}
    assert after == links
    (link,) = (link for link in after.values() if "/entries/" in link)
    client = make_app(store, NOW + HOUR).test_client()
    answer = client.get(link.removeprefix(SITE.url))
    assert answer.status_code == 302 and story_id(elder.story) in answer.location
    assert client.get(answer.location).status_code == 200
    assert [client.get(f"/entries/{n}").status_code for n in (0, 99, 10**30)] == [404] * 3


# ---- views


def test_a_story_that_falls_below_two_sources_and_rises_again_enters_their_feed_once(store: Store) -> None:
    a, b = paper(0), paper(1)
    told = make_story(a, b)
    fill(store, told)
    path = f"{ALL}?min_sources=2"
    before = shown(store, path)[told.story.urn]
    move(store, uuid4(), b, now=NOW + HOUR)
    fill(store, make_story(paper(2), id=told.story), now=NOW + 3 * DAY, seed="c")
    publish(store, NOW + 3 * DAY)
    after = shown(store, path, NOW + 3 * DAY)
    assert list(after) == [told.story.urn]
    assert (after[told.story.urn].published, after[told.story.urn].title) == (before.published, before.title)


def test_a_story_that_left_the_feed_of_two_sources_does_not_return_with_a_fourth(store: Store) -> None:
    told = make_story(paper(0), paper(1))
    fill(store, told)
    publish(store, NOW + 31 * DAY)
    late = [hours_ago(-31 * 24, f"Bridge {n}", publisher=PAPERS[n]) for n in (3, 4)]
    fill(store, make_story(*late, id=told.story), now=NOW + 31 * DAY, seed="b")
    assert shown(store, f"{ALL}?min_sources=2", NOW + 31 * DAY) == {}
    assert shown(store, ALL, NOW + 31 * DAY) == {}


# ---- dates


def test_an_entry_from_the_future_has_no_date_of_ours_that_lies_ahead(store: Store) -> None:
    told = make_story(make_entry("Bridge to come", published=NOW + 400 * DAY))
    fill(store, told, make_story(paper(0)))
    entry = shown(store)[told.story.urn]
    assert entry.published == entry.updated == "2026-11-24T12:00:00Z"
    newer = [make_story(hours_ago(1, f"Bridge {n}")) for n in range(60)]
    fill(store, *newer, now=NOW + HOUR, seed="b")
    assert told.story.urn not in shown(store, now=NOW + HOUR), "it stays no longer than others"


def test_undated_entries_are_as_old_as_they_are_read_and_enter_in_document_order(store: Store) -> None:
    fill(store, make_story(paper(0)))
    undated = [make_story(make_entry(f"Bridge {n}", published=None)) for n in range(3)]
    fill(store, *undated, now=NOW + HOUR, seed="b")
    assert list(shown(store, now=NOW + HOUR))[:3] == [told.story.urn for told in undated]
    before = make_app(store, NOW + DAY).test_client().get(ALL).data
    publish(store, NOW + 2 * DAY)
    assert make_app(store, NOW + 2 * DAY).test_client().get(ALL).data == before


# ---- feeds


def followed(store: Store, *feeds: str, topic: str = "papers", now: datetime = NOW, **others: object) -> None:
    plain = {"rules": Rules(), "feeds": tuple(FollowedFeed(url) for url in feeds)}
    follow(store, make_topic("bridges"), make_topic(topic, **(plain | others)), now=now)


def group(store: Store, now: datetime) -> None:
    """Let each entry that waits open a story."""
    waiting = store.entries(store.ungrouped())
    store.apply(Grouping(tuple(Placement(one.id, story_of(one.entry), Rule.OPENED) for one in waiting)), now)


def tail(count: int, since: datetime, name: str = "Bridge") -> list[Entry]:
    return [
        make_entry(f"{name} {n} closes", published=since - n * HOUR, id=f"urn:x:{name}:{n}")
        for n in range(count)
    ]


def test_a_new_feed_brings_ten_stories_though_a_crash_left_them_to_the_next_refresh(store: Store) -> None:
    followed(store, "https://a.example/feed", "https://b.example/feed")
    read_feed(store, "https://a.example/feed", *tail(3, NOW, "Dam"))
    group(store, NOW)
    publish(store, NOW)
    now = NOW + HOUR
    read_feed(store, "https://b.example/feed", *tail(40, now), now=now)  # and the power goes out
    group(store, now + HOUR)
    publish(store, now + HOUR)
    assert len(shown(store, BRIDGES, now + HOUR)) == 40, "its first publication"
    for path in (ALL, f"{ALL}?view=entries", "/topics/papers.atom"):
        new = [entry.title for entry in shown(store, path, now + HOUR).values() if "Bridge" in entry.title]
        assert new == [f"Bridge {n} closes" for n in range(NEW_FEED_STORIES)]


def test_what_a_new_feed_brings_at_its_next_poll_is_news(store: Store) -> None:
    followed(store, "https://a.example/feed", "https://b.example/feed")
    read_feed(store, "https://a.example/feed", *tail(1, NOW, "Dam"))
    group(store, NOW)
    publish(store, NOW)
    for now, name in ((NOW + HOUR, "Bridge"), (NOW + 2 * HOUR, "Tunnel")):
        read_feed(store, "https://b.example/feed", *tail(15, now, name), now=now)
        group(store, now)
        publish(store, now)
    titles = [entry.title for entry in shown(store, now=NOW + 3 * HOUR).values()]
    assert sum("Tunnel" in title for title in titles) == 15
    assert sum("Bridge" in title for title in titles) == NEW_FEED_STORIES


@pytest.mark.parametrize("address", ["https://a.example/news/{}", "http://a.example/news/{}"])
def test_a_feed_that_changes_all_its_ids_shows_nothing_again(store: Store, address: str) -> None:
    followed(store, "https://a.example/feed")
    before = [
        make_entry(f"Bridge {n} closes", url=f"https://a.example/news/{n}", id=f"urn:old:{n}")
        for n in range(9)
    ]
    read_feed(store, "https://a.example/feed", *before)
    group(store, NOW)
    publish(store, NOW)
    documents = {path: shown(store, path) for path in (ALL, f"{ALL}?view=entries", "/topics/papers.atom")}
    after = [
        make_entry(f"Bridge {n} closes", url=address.format(n), id=f"urn:new:{n}", published=NOW - HOUR)
        for n in range(9)
    ]
    read_feed(store, "https://a.example/feed", *after, now=NOW + HOUR)
    group(store, NOW + HOUR)
    publish(store, NOW + HOUR)
    for path, then in documents.items():
        now = shown(store, path, NOW + HOUR)
        assert [(e.id, e.title) for e in now.values()] == [(e.id, e.title) for e in then.values()]
        assert all(entry.link == then[entry.id].link for entry in now.values())


# ---- topics that change


def test_a_topic_that_was_withdrawn_returns_with_its_ids_and_what_came_meanwhile(store: Store) -> None:
    first, second, third = (make_story(paper(n, f"Bridge {n}")) for n in range(3))
    fill(store, first, topics=[make_topic("bridges")])
    before = shown(store, BRIDGES)[first.story.urn]
    fill(store, second, topics=[make_topic("bridges", withdrawn=True)], now=NOW + HOUR, seed="b")
    assert make_app(store).test_client().get(BRIDGES).status_code == 410
    fill(store, third, topics=[make_topic("bridges")], now=NOW + 2 * HOUR, seed="c")
    after = shown(store, BRIDGES, NOW + 3 * HOUR)
    assert set(after) == {first.story.urn, second.story.urn, third.story.urn}
    assert after[first.story.urn] == before


def test_a_topic_that_was_withdrawn_for_long_returns_without_what_is_old(store: Store) -> None:
    first, second = make_story(paper(0)), make_story(make_entry("Bridge again", published=NOW + 2 * DAY))
    fill(store, first, topics=[make_topic("bridges")])
    fill(store, second, topics=[make_topic("bridges", withdrawn=True)], now=NOW + 2 * DAY, seed="b")
    follow(store, make_topic("bridges"), now=NOW + 40 * DAY)
    publish(store, NOW + 40 * DAY)
    assert shown(store, BRIDGES, NOW + 40 * DAY) == {}


def test_other_rules_add_stories_and_take_none_away_nor_show_one_again(store: Store) -> None:
    told = [
        make_story(paper(n, title)) for n, title in enumerate(("Bridge shut", "Ferry sunk", "Dam broken"))
    ]
    fill(store, *told, topics=[make_topic("bridges")])
    before = shown(store, BRIDGES)
    for n, words in enumerate((("ferry",), ("dam", "bridge"), ("bridge",)), 1):
        fill(store, topics=[make_topic("bridges", rules=Rules(any=words))], now=NOW + n * HOUR)
    after = shown(store, BRIDGES, NOW + 5 * HOUR)
    assert list(after)[-1:] == list(before)
    assert set(after) == {story.story.urn for story in told}
    assert after[told[0].story.urn] == before[told[0].story.urn]
    assert shown(store, ALL, NOW + 5 * HOUR).keys() == shown(store, ALL).keys()


def test_a_renamed_topic_is_never_without_its_feed(store: Store) -> None:
    told = make_story(paper(0))
    fill(store, told, topics=[make_topic("bridges")])
    follow(store, make_topic("crossings", was=("bridges",)), now=NOW + HOUR)  # not rendered yet
    client = make_app(store, NOW + HOUR).test_client()
    moved = client.get(f"{BRIDGES}?min_sources=2")
    assert (moved.status_code, moved.location) == (301, "/topics/crossings.atom?min_sources=2")
    assert client.get(moved.location).status_code == 200
    assert list(shown(store, "/topics/crossings.atom")) == [told.story.urn]


def test_a_topic_that_takes_an_earlier_name_shows_only_its_own(store: Store) -> None:
    bridge, ferry = make_story(paper(0)), make_story(paper(1, "Ferry sunk"))
    fill(store, bridge, ferry, topics=[make_topic("bridges")])
    other = make_topic("bridges", rules=Rules(any=("ferry",)))
    renamed = make_topic("crossings", was=("bridges",))
    follow(store, renamed, now=NOW + HOUR)
    store.follow(
        (other, renamed), {name: uuid4() for name in ("all", "bridges", "crossings")}, NOW + 2 * HOUR
    )
    answer = make_app(store, NOW + 2 * HOUR).test_client().get(BRIDGES)
    assert bridge.story.urn not in answer.text
    publish(store, NOW + 2 * HOUR)
    assert list(shown(store, BRIDGES, NOW + 3 * HOUR)) == [ferry.story.urn]
    assert list(shown(store, "/topics/crossings.atom", NOW + 3 * HOUR)) == [bridge.story.urn]


def test_a_topic_without_rules_over_a_feed_that_was_there_takes_what_it_brought(store: Store) -> None:
    followed(store, "https://a.example/feed", topic="papers")
    read_feed(store, "https://a.example/feed", *tail(3, NOW))
    group(store, NOW)
    publish(store, NOW)
    followed(store, "https://a.example/feed", topic="gazettes", now=NOW + HOUR)
    publish(store, NOW + HOUR)
    assert shown(store, "/topics/gazettes.atom").keys() == shown(store, "/topics/papers.atom").keys()


# ---- what is old


def found(store: Store, now: datetime = NOW) -> set[str]:
    """Return the titles that a search finds."""
    return {entry.title for entry in shown(store, "/search.atom?q=bridge", now).values()}


def test_a_first_run_shows_the_newest_fifty_and_keeps_the_rest_where_one_can_look(store: Store) -> None:
    old = [make_story(make_entry(f"Bridge {n}", published=NOW - 400 * DAY - n * HOUR)) for n in range(60)]
    fill(store, *old, topics=[make_topic("bridges")])
    for path in (ALL, BRIDGES, f"{BRIDGES}?view=entries"):
        assert [entry.title for entry in shown(store, path).values()] == [f"Bridge {n}" for n in range(50)]
    archived = shown(store, "/topics/bridges/2026-11.atom") | shown(store, "/topics/bridges/2025-10.atom")
    assert archived.keys() == {told.story.urn for told in old}
    assert make_app(store).test_client().get(f"/stories/{story_id(old[59].story)}.atom").status_code == 200


def test_an_old_seed_that_comes_later_is_in_archive_search_and_stories_only(store: Store) -> None:
    fill(store, make_story(paper(0)), topics=[make_topic("bridges")])
    before = {path: list(shown(store, path)) for path in (ALL, BRIDGES, f"{ALL}?view=entries")}
    old = make_story(
        make_entry("Bridge of old", published=NOW - 8 * DAY),
        make_entry("Old bridge", published=NOW - 9 * DAY),
    )
    fill(store, old, topics=[make_topic("bridges")], now=NOW + HOUR, seed="b")
    assert {path: list(shown(store, path, NOW + DAY)) for path in before} == before
    assert old.story.urn in shown(store, "/topics/bridges/2026-11.atom", NOW + DAY)
    assert {"Bridge of old", "Old bridge"} <= found(store, NOW + DAY)
    assert len(shown(store, f"/stories/{story_id(old.story)}.atom", NOW + DAY)) == 2


def test_a_week_old_story_is_news_and_an_older_one_is_not(store: Store) -> None:
    fill(store, make_story(paper(0)))
    fresh, old = (make_story(make_entry(f"Bridge {d}", published=NOW - d * DAY)) for d in (7, 7.01))
    fill(store, fresh, old, seed="b")
    assert fresh.story.urn in shown(store) and old.story.urn not in shown(store)


def test_two_new_feeds_bring_ten_stories_each(store: Store) -> None:
    addresses = [f"https://{name}.example/feed" for name in "abc"]
    followed(store, *addresses)
    read_feed(store, addresses[0], *tail(1, NOW, "Dam"))
    group(store, NOW)
    publish(store, NOW)
    for address, name in zip(addresses[1:], ("Bridge", "Ferry"), strict=True):
        read_feed(store, address, *tail(12, NOW + HOUR, name), now=NOW + HOUR)
    group(store, NOW + HOUR)
    publish(store, NOW + HOUR)
    titles = [entry.title for entry in shown(store, now=NOW + HOUR).values()]
    assert [sum(name in title for title in titles) for name in ("Bridge", "Ferry")] == [NEW_FEED_STORIES] * 2
