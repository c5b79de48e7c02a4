"""When a feed is asked again: our rhythm, the publisher's wishes, and patience with failures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import chain, pairwise
from statistics import median

from aggregator.core.identity import digest
from aggregator.model import FeedState, ParsedFeed

LONGEST = timedelta(hours=24)  # between two polls of a feed that answers
LONGEST_ASKED = timedelta(days=7)  # a Retry-After is obeyed up to here
BACK_OFF = timedelta(hours=1)  # times the number of failures in a row
QUIET_SHARE = 1 / 12  # a feed that brought nothing for a day is asked every two hours
LONGEST_QUIET = timedelta(hours=6)  # and at least so often, however quiet it is
SAFETY_NET = timedelta(hours=4)  # between two polls of a feed whose hub pushes
FEWEST_DATES = 5  # of a document, to speak of a rhythm
SILENT = 20  # times its rhythm, a feed's silence says that something is wrong;
LONG_SILENCE = timedelta(days=3)  # nights and weekends do not
HOLDS = timedelta(days=7)  # a permanent redirect is believed once it has lasted so long
WEEK_HOURS = 7 * 24
SPREAD = 0.1  # polls are spread by ± this share, so that feeds do not come due together


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a feed is said to have moved, and where it is asked."""

    moved_to: str | None
    moved_since: datetime | None
    location: str | None


def next_poll(feed: FeedState, now: datetime, every: timedelta, headers: Mapping[str, str]) -> datetime:
    """Say when to ask a feed again that answered, at most a day from now.

    After our interval, or what its publisher asks for, or a share of the time that it has been quiet;
    outside the hours and days it asks to be left alone. feed: as it is after this poll.
    """
    asked = [timedelta(seconds=seconds) for seconds in (feed.ttl, max_age(headers)) if seconds]
    if expires := _expires(headers, now):
        asked.append(expires - now)
    pushed = SAFETY_NET if feed.pushed_until and feed.pushed_until > now else every
    quiet = min((now - feed.newest) * QUIET_SHARE, LONGEST_QUIET) if feed.newest else every
    factor = spread(feed.url, now)
    later = 1 + abs(factor - 1)  # who asks for an hour is not asked after 55 minutes
    wait = max(max(every, quiet, pushed) * factor, min(max(asked, default=every) * later, LONGEST))
    return _welcome(now + wait, feed.skip_hours, feed.skip_days)


def is_welcome(feed: FeedState, now: datetime) -> bool:
    """Say whether a feed may be asked at this hour: one that came due earlier may have to wait on."""
    return _welcome(now, feed.skip_hours, feed.skip_days) == now


def _welcome(when: datetime, skip_hours: Collection[int], skip_days: Collection[int]) -> datetime:
    """Return the first time from `when` on that is in no hour and on no day to be skipped (RSS 2.0)."""
    hours = (
        when.replace(minute=0, second=0, microsecond=0) + timedelta(hours=n) for n in range(1, WEEK_HOURS)
    )
    times = chain((when,), hours)
    return next((t for t in times if t.hour not in skip_hours and t.weekday() not in skip_days), when)


def newest(feed: FeedState, parsed: ParsedFeed | None, now: datetime) -> datetime | None:
    """Say when a feed last brought something: the newest of its dates, or now where it has none.

    parsed: None where nothing changed since the last poll.
    """
    if parsed is None or not parsed.entries:
        return feed.newest
    dates = [entry.published for entry in parsed.entries if entry.published]
    found = min(max(dates), now) if dates else now
    return max(found, feed.newest or found)


def rhythm(parsed: ParsedFeed) -> float | None:
    """Return the median seconds from one of a feed's entries to the next; None: too few dates."""
    dates = sorted({entry.published for entry in parsed.entries if entry.published and not entry.day_only})
    if len(dates) < FEWEST_DATES:
        return None
    return median((later - earlier).total_seconds() for earlier, later in pairwise(dates))


def is_silent(feed: FeedState, now: datetime) -> bool:
    """Tell whether a feed has brought nothing for far longer than it usually does."""
    if feed.rhythm is None or feed.newest is None:
        return False
    return now - feed.newest > max(LONG_SILENCE, SILENT * timedelta(seconds=feed.rhythm))


def moved(feed: FeedState, moved_to: str | None, now: datetime) -> Moved:
    """Say where a feed is asked from now on: where a permanent redirect led for a whole week."""
    if moved_to is None:
        return Moved(feed.location, feed.moved_since if feed.location else None, feed.location)
    since = feed.moved_since if feed.moved_since and feed.moved_to == moved_to else now
    return Moved(moved_to, since, moved_to if now - since >= HOLDS else feed.location)


def other_place(feed: FeedState, now: datetime) -> str | None:
    """Say where to ask a feed that failed: its own address and the one it moved to for good take turns.

    Either may be dead while the other answers. An outage does not make a move younger.
    """
    held = feed.moved_since is not None and now - feed.moved_since >= HOLDS
    return feed.moved_to if held and not feed.location else None


def retry(
    feed: FeedState, now: datetime, every: timedelta, retry_after: float | datetime | None = None
) -> datetime:
    """Say when to ask a feed again that failed once more; feed: as it was before.

    retry_after: seconds, or the time itself, that its publisher asks us to wait for.
    """
    wait = min(max(BACK_OFF * (feed.failures + 1), every), LONGEST) * spread(feed.url, now)
    asked = asked_to_wait(now, retry_after) or now
    return _welcome(max(now + wait, asked), feed.skip_hours, feed.skip_days)


def asked_to_wait(now: datetime, retry_after: float | datetime | None) -> datetime | None:
    """Return until when a publisher wants to be left alone, also by hand; None: it does not say."""
    if retry_after is None:
        return None
    asked = retry_after if isinstance(retry_after, datetime) else now + timedelta(seconds=retry_after)
    return min(asked, now + LONGEST_ASKED)


def spread(url: str, now: datetime) -> float:
    """Return a factor in 1 ± SPREAD that differs from feed to feed and poll to poll, and needs no dice."""
    share = int(digest(url, now.isoformat())[:8], 16) / 0xFFFFFFFF
    return 1 + SPREAD * (2 * share - 1)


def max_age(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Cache-Control's max-age (RFC 9111 §5.2.2.1); None where there is none."""
    for directive in headers.get("cache-control", "").lower().split(","):
        name, _, value = directive.strip().partition("=")
        digits = value.strip().strip('"')
        if name == "max-age" and digits.isascii() and digits.isdigit():
            return float(digits[:9])
    return None


def _expires(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return the time of Expires where it lies ahead (RFC 9111 §5.3: max-age wins over it)."""
    if max_age(headers) is not None or not (raw := headers.get("expires")):
        return None
    try:
        when = parsedate_to_datetime(raw)
    except (ValueError, OverflowError):  # of numbers without end
        return None
    return when if when.tzinfo and when > now else None
