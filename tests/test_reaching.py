"""Whether it is our own network that fails."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.reaching import CATCHING_UP, SOONEST, Reach, again, catch_up, has_name

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE, HALF_HOUR, DAY = timedelta(minutes=1), timedelta(minutes=30), timedelta(days=1)
URLS = [f"https://{n}.example/feed" for n in range(200)]


def test_one_host_that_is_not_reached_says_nothing_of_us() -> None:
    assert not Reach().after(False, {"a.example"}, NOW).is_cut_off
    assert not Reach().after(False, {"a.example"}, NOW).after(False, {"a.example"}, NOW).is_cut_off


def test_we_are_cut_off_where_several_hosts_are_not_reached_and_none_is() -> None:
    first = Reach().after(False, {"a.example"}, NOW)
    second = first.after(False, {"b.example"}, NOW + MINUTE)
    assert second.is_cut_off
    assert second.since == NOW


def test_whoever_is_reached_shows_that_it_is_not_us() -> None:
    cut_off = Reach().after(False, {"a.example", "b.example"}, NOW)
    assert cut_off.after(True, {"c.example"}, NOW) == Reach()


def test_polls_that_tell_nothing_change_nothing() -> None:
    assert Reach().after(False, set(), NOW) == Reach()
    known = Reach().after(False, {"a.example"}, NOW)
    assert known.after(False, set(), NOW + MINUTE) == known


def test_a_feed_that_was_not_reached_is_asked_again_within_minutes_at_first() -> None:
    waits = [again(url, None, NOW, HALF_HOUR) - NOW for url in URLS]
    assert min(waits) >= SOONEST / 2 and max(waits) <= SOONEST
    assert len(set(waits)) > 100, "they are spread"


def test_the_longer_it_lasts_the_longer_are_the_waits_but_never_above_our_interval() -> None:
    hour = [again(url, NOW - timedelta(hours=2), NOW, HALF_HOUR) - NOW for url in URLS]
    assert min(hour) > 7 * MINUTE and max(hour) <= 15 * MINUTE
    day = [again(url, NOW - DAY, NOW, HALF_HOUR) - NOW for url in URLS]
    assert min(day) > 14 * MINUTE and max(day) <= HALF_HOUR
    assert again(URLS[0], NOW + DAY, NOW, HALF_HOUR) - NOW <= SOONEST, "the clock was put back"


def test_once_a_host_is_reached_all_are_asked_within_minutes_and_not_at_once() -> None:
    minutes = [int((catch_up(url, NOW) - NOW) / MINUTE) for url in URLS]
    assert max(minutes) < CATCHING_UP / MINUTE
    assert max(map(minutes.count, range(5))) < len(URLS) / 3


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("a.example", True),
        ("a.example:8080", True),
        ("localhost", True),
        ("192.0.2.1", False),
        ("192.0.2.1:81", False),
        ("[2001:db8::1]", False),
        ("[2001:db8::1]:81", False),
    ],
)
def test_hosts_that_are_addresses_are_told_from_names(host: str, named: bool) -> None:
    assert has_name(host) == named
