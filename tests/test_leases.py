"""Who lives and who leads: one at a time, and nobody writes who led before."""

from datetime import timedelta

import pytest
from make import NOW, make_worker

from aggregator.errors import SupersededError
from aggregator.store import Lead, Store
from aggregator.store.leases import LEASE

SECOND = timedelta(seconds=1)
ANNA, BERT = make_worker("anna"), make_worker("bert")


def test_the_first_worker_leads_and_others_learn_who_does(store: Store) -> None:
    assert store.leader(NOW) is None
    for worker in (ANNA, BERT):
        store.renew(worker, NOW)
    assert store.lead(ANNA, NOW) == Lead("anna", 1)
    assert store.lead(BERT, NOW) == store.leader(NOW) == Lead("anna", 1)
    assert store.lead(ANNA, NOW + SECOND) == Lead("anna", 1)


def test_a_lease_that_ran_out_is_taken_over(store: Store) -> None:
    store.renew(ANNA, NOW)
    store.lead(ANNA, NOW)
    late = NOW + LEASE
    store.renew(BERT, late)
    assert store.lead(BERT, late - SECOND) == Lead("anna", 1)
    assert store.leader(late) is None
    assert store.lead(BERT, late) == Lead("bert", 2)


def test_a_lease_that_is_renewed_lasts(store: Store) -> None:
    for n in range(10):
        store.renew(ANNA, NOW + n * LEASE / 2)
        store.lead(ANNA, NOW + n * LEASE / 2)
    assert store.leader(NOW + 5 * LEASE) == Lead("anna", 1)


def test_who_leaves_is_replaced_at_once(store: Store) -> None:
    for worker in (ANNA, BERT):
        store.renew(worker, NOW)
    store.lead(ANNA, NOW)
    store.leave(["anna"])
    assert store.workers() == (BERT,)
    assert store.lead(BERT, NOW) == Lead("bert", 2)


def test_workers_that_died_long_ago_are_forgotten_when_another_one_comes(store: Store) -> None:
    store.renew(ANNA, NOW)
    store.renew(BERT, NOW + timedelta(days=2))
    assert store.workers() == (BERT,)


def test_a_clock_that_was_set_back_keeps_no_dead_worker_alive(store: Store) -> None:
    store.renew(ANNA, NOW)
    store.lead(ANNA, NOW)
    earlier = NOW - timedelta(hours=1)
    store.renew(BERT, earlier)
    assert store.lead(BERT, earlier) == Lead("bert", 2)


def test_who_led_before_writes_no_more(store: Store) -> None:
    store.renew(ANNA, NOW)
    led = store.led(store.lead(ANNA, NOW))
    led.add_feed("https://a.example/feed", NOW)
    store.leave(["anna"])
    led.add_feed("https://b.example/feed", NOW)  # nobody has taken the lead, so that nobody minds

    store.renew(BERT, NOW)
    store.lead(BERT, NOW)

    with pytest.raises(SupersededError, match="bert: leads now"):
        led.add_feed("https://c.example/feed", NOW)
    assert [feed.url[8] for feed in store.all_feeds()] == ["a", "b"]
    led.unled.add_feed("https://d.example/feed", NOW)
    assert len(store.all_feeds()) == 3


def test_who_lost_the_lead_and_took_it_again_does_not_go_on_with_what_it_knew(store: Store) -> None:
    store.renew(ANNA, NOW)
    before = store.led(store.lead(ANNA, NOW))
    late = NOW + LEASE
    store.renew(BERT, late)
    store.lead(BERT, late)
    store.leave(["bert"])
    store.renew(ANNA, late)
    again = store.lead(ANNA, late)
    assert again == Lead("anna", 3)
    with pytest.raises(SupersededError):
        before.add_feed("https://a.example/feed", NOW)
    store.led(again).add_feed("https://a.example/feed", NOW)
