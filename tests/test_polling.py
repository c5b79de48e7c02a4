"""When a feed is asked again."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.core.polling import (
    SPREAD,
    is_silent,
    is_welcome,
    max_age,
    moved,
    newest,
    next_poll,
    retry,
    rhythm,
)
from aggregator.model import Entry, FeedState, ParsedFeed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
URL = "https://a.example/feed"
FEED = FeedState(1, URL)
DAY = timedelta(days=1)


def close_to(wait: timedelta, expected: timedelta) -> bool:
    return abs(wait - expected) <= SPREAD * expected + timedelta(seconds=1)


def test_a_feed_that_says_nothing_is_asked_at_our_interval() -> None:
    assert close_to(next_poll(FEED, NOW, HALF_HOUR, {}) - NOW, HALF_HOUR)


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
    assert close_to(next_poll(replace(FEED, ttl=ttl), NOW, HALF_HOUR, headers) - NOW, timedelta(hours=hours))


def test_failures_are_met_with_longer_and_longer_waits_up_to_a_day() -> None:
    waits = [retry(replace(FEED, failures=n), NOW, HALF_HOUR) - NOW for n in (0, 1, 4, 99)]
    hours = (1, 2, 5, 24)
    assert all(close_to(wait, timedelta(hours=h)) for wait, h in zip(waits, hours, strict=True))


def test_retry_after_is_never_undercut_and_ends_after_a_week() -> None:
    assert retry(FEED, NOW, HALF_HOUR, 86_400 * 3) == NOW + timedelta(days=3)
    assert retry(FEED, NOW, HALF_HOUR, 86_400 * 30) == NOW + timedelta(days=7)


def test_feeds_due_together_are_spread() -> None:
    moments = {next_poll(replace(FEED, url=f"https://a.example/{n}"), NOW, HALF_HOUR, {}) for n in range(100)}
    assert len(moments) > 90


def test_a_publishers_wish_for_patience_is_never_undercut() -> None:
    feeds = [FeedState(n, f"https://a.example/{n}", ttl=7200.0) for n in range(200)]
    waits = [next_poll(feed, NOW, HALF_HOUR, {}) - NOW for feed in feeds]
    assert min(waits) >= timedelta(hours=2)
    assert len(set(waits)) > 100
    day = {"cache-control": "max-age=86400"}
    assert {next_poll(feed, NOW, HALF_HOUR, day) - NOW for feed in feeds} == {DAY}


def test_a_retry_after_that_is_a_time_is_waited_for_and_at_most_a_week() -> None:
    assert retry(FEED, NOW, HALF_HOUR, NOW + 2 * DAY) == NOW + 2 * DAY
    assert retry(FEED, NOW, HALF_HOUR, NOW + 90 * DAY) == NOW + 7 * DAY
    assert close_to(retry(FEED, NOW, HALF_HOUR, NOW - DAY) - NOW, timedelta(hours=1))


@given(st.text(max_size=50) | st.from_regex(r"[+-]?[0-9]{1,12} Nov [0-9:]{1,12} [+-]?[0-9]{1,12}( GMT)?"))
@example("+9999 Nov 15:00:00 9999999999")
def test_any_expires_is_read_without_an_error(value: str) -> None:
    assert NOW < next_poll(FEED, NOW, HALF_HOUR, {"expires": value}) <= NOW + DAY


@given(st.text(max_size=50))
def test_any_cache_control_is_read_without_an_error(value: str) -> None:
    age = max_age({"cache-control": value})
    assert age is None or 0 <= age < 10**9


# ---- quiet feeds


@pytest.mark.parametrize(("quiet", "wait"), [(1, 0.5), (6, 0.5), (24, 2), (48, 4), (24 * 30, 6)])
def test_a_quiet_feed_is_asked_less_often_but_every_six_hours(quiet: float, wait: float) -> None:
    feed = replace(FEED, newest=NOW - timedelta(hours=quiet))
    assert close_to(next_poll(feed, NOW, HALF_HOUR, {}) - NOW, timedelta(hours=wait))


def test_a_feed_is_as_new_as_its_newest_entry_and_never_from_the_future() -> None:
    dates = (NOW - DAY, NOW - 3 * DAY)
    parsed = ParsedFeed("F", tuple(Entry("E", published=date) for date in dates))
    assert newest(FEED, parsed, NOW) == NOW - DAY
    assert newest(replace(FEED, newest=NOW), parsed, NOW) == NOW
    assert newest(FEED, ParsedFeed("F", (Entry("E", published=NOW + DAY),)), NOW) == NOW


def test_a_feed_without_dates_brought_something_when_it_changed() -> None:
    assert newest(FEED, ParsedFeed("F", (Entry("E"),)), NOW) == NOW
    assert newest(replace(FEED, newest=NOW - DAY), None, NOW) == NOW - DAY


# ---- hours and days to be skipped


def test_hours_and_days_that_a_publisher_asks_to_skip_are_skipped() -> None:
    friday_noon = replace(FEED, skip_hours=tuple(range(12, 24)), skip_days=(5,))
    assert next_poll(friday_noon, NOW, HALF_HOUR, {}) == datetime(2026, 11, 22, 0, tzinfo=UTC)


def test_a_feed_that_failed_is_not_tried_again_in_the_hours_to_be_skipped() -> None:
    night = replace(FEED, skip_hours=tuple(range(12, 20)))
    assert retry(night, NOW, HALF_HOUR) == NOW + timedelta(hours=8)


def test_a_feed_that_came_due_too_late_waits_until_it_is_welcome() -> None:
    noon = replace(FEED, skip_hours=(12,))
    assert not is_welcome(noon, NOW + timedelta(minutes=59))
    assert is_welcome(noon, NOW + timedelta(minutes=60))
    assert is_welcome(replace(FEED, skip_hours=tuple(range(24))), NOW)


def test_who_asks_never_to_be_asked_is_asked_all_the_same() -> None:
    never = replace(FEED, skip_hours=tuple(range(24)))
    assert close_to(next_poll(never, NOW, HALF_HOUR, {}) - NOW, HALF_HOUR)


# ---- feeds that move


def test_a_permanent_redirect_is_believed_once_it_has_held_for_a_week() -> None:
    state = FEED
    for day in range(9):
        found = moved(state, "https://b.example/feed", NOW + day * DAY)
        state = replace(state, **asdict(found))
        assert state.address == (URL if day < 7 else "https://b.example/feed")


def test_a_redirect_that_changes_its_mind_starts_anew() -> None:
    state = replace(FEED, moved_to="https://b.example/feed", moved_since=NOW - 6 * DAY)
    assert moved(state, "https://c.example/feed", NOW).moved_since == NOW
    assert moved(state, None, NOW).moved_since is None


def test_a_new_address_stays_while_it_answers() -> None:
    new = "https://b.example/feed"
    state = replace(FEED, moved_to=new, moved_since=NOW - 9 * DAY, location=new)
    assert moved(state, None, NOW).location == new


@given(
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 6)),
    st.one_of(st.none(), st.datetimes(timezones=st.just(UTC), max_value=datetime(2026, 11, 20))),
    st.one_of(st.none(), st.floats(0, 1e7)),
)
def test_every_feed_is_asked_again_later_and_within_days(
    hours: set[int], days: set[int], last: datetime | None, ttl: float | None
) -> None:
    feed = replace(FEED, skip_hours=tuple(hours), skip_days=tuple(days), newest=last, ttl=ttl)
    when = next_poll(feed, NOW, HALF_HOUR, {})
    assert NOW < when <= NOW + timedelta(days=9)


# ---- rhythm


def feed_of(*hours: float) -> ParsedFeed:
    return ParsedFeed("F", tuple(Entry("E", published=NOW - timedelta(hours=h)) for h in hours))


def test_a_feeds_rhythm_is_the_usual_time_between_its_entries() -> None:
    assert rhythm(feed_of(0, 2, 4, 6, 30, 32)) == 2 * 3600
    assert rhythm(feed_of(0, 2, 4)) is None


def test_a_feed_is_silent_against_its_own_habit_only() -> None:
    hourly = replace(FEED, rhythm=3600.0, newest=NOW - 4 * DAY)
    assert is_silent(hourly, NOW)
    assert not is_silent(replace(hourly, newest=NOW - 2 * DAY), NOW)
    assert not is_silent(replace(hourly, rhythm=86_400.0), NOW)
    assert not is_silent(replace(hourly, rhythm=None), NOW)
