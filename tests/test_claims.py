"""Feeds that several workers poll: each by one of them, and of each host all by the same."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from make import NOW, make_entry, make_worker

from aggregator.core.claiming import FEWEST, MOST, host_of, share
from aggregator.model import FeedState, Intake, ParsedFeed, Poll
from aggregator.store import Store
from aggregator.store.leases import SILENCE

HOUR = timedelta(hours=1)
ANNA, BERT = make_worker("anna"), make_worker("bert")


def feeds_of(count: int, hosts: int) -> list[FeedState]:
    return [FeedState(n, f"https://paper{n % hosts}.example/{n}") for n in range(count)]


# ---- what is a fair share


@pytest.mark.parametrize(("workers", "taken"), [(1, 600), (2, 300), (3, 200), (600, FEWEST)])
def test_workers_take_equal_shares(workers: int, taken: int) -> None:
    assert len(share(feeds_of(600, 600), (), workers)) == taken


def test_no_worker_takes_more_than_it_can_poll_soon() -> None:
    assert len(share(feeds_of(3 * MOST, 3 * MOST), (), 1)) == MOST


def test_a_host_goes_to_one_worker_whole() -> None:
    taken = share(feeds_of(600, 4), (), 3)
    assert len(taken) == 300
    assert len({host_of(feed) for feed in taken}) == 2


def test_a_host_that_is_being_asked_is_left_alone() -> None:
    taken = share(feeds_of(600, 4), {"paper0.example", "paper2.example"}, 1)
    assert {host_of(feed) for feed in taken} == {"paper1.example", "paper3.example"}


@pytest.mark.parametrize(
    ("url", "location"),
    [("http://Paper.example:8080/a", None), ("https://old.example/", "http://me@paper.example:8080/a?b@c")],
)
def test_a_host_is_where_a_feed_is_asked(url: str, location: str | None) -> None:
    assert host_of(FeedState(1, url, location=location)) == "paper.example:8080"


# ---- claims


@pytest.fixture
def desk(store: Store) -> Store:
    """Return a store with two workers and three feeds on two hosts."""
    for worker in (ANNA, BERT):
        store.renew(worker, NOW)
    for path in ("a.example/1", "a.example/2", "b.example/1"):
        store.add_feed(f"https://{path}", NOW)
    return store


def urls(found: Sequence[FeedState]) -> list[str]:
    return [feed.url.removeprefix("https://") for feed in found]


def poll(feed: FeedState, title: str = "") -> Poll:
    """Make a poll that brought an entry, or nothing."""
    parsed = ParsedFeed("Paper", (make_entry(title),)) if title else None
    return Poll(feed.id, NOW, NOW + HOUR, parsed=parsed, newest=NOW)


def test_a_feed_is_claimed_once(desk: Store) -> None:
    assert len(desk.claim_feeds("anna", NOW, NOW)) == 3
    assert desk.claim_feeds("anna", NOW, NOW) == desk.claim_feeds("bert", NOW, NOW) == ()


def test_what_is_stored_is_not_due_and_what_is_given_back_is(desk: Store) -> None:
    first, *_ = desk.claim_feeds("anna", NOW, NOW)
    desk.save_polls([poll(first)], "anna")
    desk.release_feeds("anna")
    assert urls(desk.claim_feeds("bert", NOW, NOW)) == ["a.example/2", "b.example/1"]


def test_feeds_of_a_host_that_another_worker_asks_wait(desk: Store) -> None:
    first = next(feed for feed in desk.claim_feeds("anna", NOW, NOW) if feed.url.endswith("a.example/2"))
    desk.release_feeds("anna")
    others = [feed.id for feed in desk.all_feeds() if feed.id != first.id]
    assert urls(desk.claim_feeds("anna", NOW, NOW, but=others)) == ["a.example/2"]
    assert urls(desk.claim_feeds("bert", NOW, NOW)) == ["b.example/1"]


def test_what_a_dead_worker_claimed_is_free(desk: Store) -> None:
    desk.claim_feeds("anna", NOW, NOW)
    late = NOW + desk.silence
    desk.renew(BERT, late)
    assert desk.claim_feeds("bert", NOW, late - timedelta(seconds=1)) == ()
    assert not desk.has_free_feeds("bert", NOW, lambda: late - timedelta(seconds=1))
    assert desk.has_free_feeds("bert", NOW, lambda: late)
    assert len(desk.claim_feeds("bert", NOW, late)) == 3


def test_feeds_wait_less_for_a_silent_worker_than_the_lead_does_where_beats_wait_for_nobody(
    desk: Store,
) -> None:
    lead = desk.lead(ANNA, NOW)
    desk.claim_feeds("anna", NOW, NOW)
    late = NOW + SILENCE
    desk.renew(BERT, late)
    is_server = desk.engine.dialect.name == "postgresql"
    assert desk.has_free_feeds("bert", NOW, lambda: late) == is_server
    assert desk.lead(BERT, late) == lead


def test_no_feed_is_free_that_is_not_due_or_whose_host_is_asked(desk: Store) -> None:
    assert desk.has_free_feeds("anna", NOW, lambda: NOW)
    claimed = desk.claim_feeds("anna", NOW, NOW)
    assert not desk.has_free_feeds("bert", NOW, lambda: NOW)
    desk.save_polls([poll(feed) for feed in claimed], "anna")
    assert not desk.has_free_feeds("bert", NOW, lambda: NOW)


def test_a_worker_whose_feed_was_taken_over_stores_nothing(desk: Store) -> None:
    claimed = desk.claim_feeds("anna", NOW, NOW)
    desk.leave(["anna"])
    desk.claim_feeds("bert", NOW, NOW)
    assert desk.save_polls([poll(claimed[0], "Late news"), poll(claimed[1])], "anna") == Intake()
    assert desk.ungrouped() == ()
    assert {feed.last_poll for feed in desk.all_feeds()} == {None}
    assert desk.save_polls([poll(claimed[0], "News"), poll(claimed[1])], "bert") == Intake(new=1)


def test_a_worker_that_is_thought_dead_but_was_not_replaced_loses_nothing(desk: Store) -> None:
    claimed = desk.claim_feeds("anna", NOW, NOW)
    desk.leave(["anna"])
    assert desk.save_polls([poll(claimed[0], "News")], "anna") == Intake(new=1)
    assert len(desk.claim_feeds("bert", NOW, NOW)) == 2


def test_feeds_that_failed_are_claimed_last(desk: Store) -> None:
    first = desk.all_feeds()[0]
    desk.save_polls([Poll(first.id, NOW, NOW, error="answered 500")])
    assert urls(desk.claim_feeds("anna", NOW, NOW)) == ["a.example/2", "b.example/1", "a.example/1"]


def test_a_feed_that_is_not_due_is_claimed_when_everything_is_asked_for(desk: Store) -> None:
    first = desk.all_feeds()[0]
    desk.save_polls([poll(first)])
    assert len(desk.claim_feeds("anna", NOW, NOW)) == 2
    desk.release_feeds("anna")
    assert len(desk.claim_feeds("anna", NOW, NOW, everything=True)) == 3


def test_a_feed_waits_in_the_hours_that_it_asks_to_be_left_alone(desk: Store) -> None:
    first = desk.all_feeds()[0]
    asks = ParsedFeed("Paper", (), skip_hours=(NOW.hour,))
    desk.save_polls([Poll(first.id, NOW - HOUR, NOW, parsed=asks)])
    assert first.id not in {feed.id for feed in desk.claim_feeds("anna", NOW, NOW)}
    desk.release_feeds("anna")
    assert first.id in {feed.id for feed in desk.claim_feeds("anna", NOW + HOUR, NOW)}


def test_a_feed_that_is_pushed_while_it_is_polled_is_asked_once_more(desk: Store) -> None:
    claimed = desk.claim_feeds("anna", NOW, NOW)
    desk.pushed(claimed[0].id, NOW)
    desk.save_polls([poll(feed) for feed in claimed], "anna")
    again = desk.claim_feeds("bert", NOW, NOW)
    assert [feed.id for feed in again] == [claimed[0].id]
    desk.save_polls([poll(again[0])], "bert")
    assert desk.claim_feeds("anna", NOW, NOW) == ()
