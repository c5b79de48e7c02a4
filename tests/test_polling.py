"""When a feed is asked again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.polling import SPREAD, max_age, next_poll, retry

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
URL = "https://a.example/feed"


def close_to(wait: timedelta, expected: timedelta) -> bool:
    return abs(wait - expected) <= SPREAD * expected + timedelta(seconds=1)


def test_a_feed_that_says_nothing_is_asked_at_our_interval() -> None:
    assert close_to(next_poll(URL, NOW, HALF_HOUR, {}) - NOW, HALF_HOUR)


@pytest.mark.parametrize(
    ("headers", "ttl", "hours"),
    [
        ({"cache-control": "public, max-age=7200"}, None, 2),
        ({"expires": "Fri, 20 Nov 2026 15:00:00 GMT"}, None, 3),
        ({"cache-control": "max-age=7200", "expires": "Fri, 20 Nov 2026 22:00:00 GMT"}, None, 2),
        ({}, 4 * 3600.0, 4),
        ({"cache-control": "max-age=99999999"}, None, 24),
        ({"cache-control": "max-age=60"}, None, 0.5),
        ({"cache-control": "max-age=x", "expires": "never"}, None, 0.5),
        ({"expires": "Fri, 20 Nov 2020 15:00:00 GMT"}, None, 0.5),
    ],
)
def test_a_publisher_may_ask_for_more_patience_up_to_a_day(
    headers: dict[str, str], ttl: float | None, hours: float
) -> None:
    assert close_to(next_poll(URL, NOW, HALF_HOUR, headers, ttl) - NOW, timedelta(hours=hours))


def test_failures_are_met_with_longer_and_longer_waits_up_to_a_day() -> None:
    waits = [retry(URL, NOW, HALF_HOUR, failures) - NOW for failures in (1, 2, 5, 100)]
    hours = (1, 2, 5, 24)
    assert all(close_to(wait, timedelta(hours=h)) for wait, h in zip(waits, hours, strict=True))


def test_retry_after_is_never_undercut_and_ends_after_a_week() -> None:
    assert retry(URL, NOW, HALF_HOUR, 1, retry_after=86_400 * 3) == NOW + timedelta(days=3)
    assert retry(URL, NOW, HALF_HOUR, 1, retry_after=86_400 * 30) == NOW + timedelta(days=7)


def test_feeds_due_together_are_spread() -> None:
    moments = {next_poll(f"https://a.example/{n}", NOW, HALF_HOUR, {}) for n in range(100)}
    assert len(moments) > 90


@given(st.text(max_size=50))
def test_any_cache_control_is_read_without_an_error(value: str) -> None:
    age = max_age({"cache-control": value})
    assert age is None or 0 <= age < 10**9
