"""When a feed is asked again: our rhythm, the publisher's wishes, and patience with failures."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from aggregator.core.identity import digest

LONGEST = timedelta(hours=24)  # between two polls of a feed that answers
LONGEST_ASKED = timedelta(days=7)  # a Retry-After is obeyed up to here
BACK_OFF = timedelta(hours=1)  # times the number of failures in a row
SPREAD = 0.1  # polls are spread by ± this share, so that feeds do not come due together


def next_poll(
    url: str, now: datetime, every: timedelta, headers: Mapping[str, str], ttl: float | None = None
) -> datetime:
    """Say when to ask a feed again that answered: after our interval, or what it asks for, at most a day.

    ttl: seconds that the feed document itself asks for.
    """
    asked = [timedelta(seconds=seconds) for seconds in (ttl, max_age(headers)) if seconds]
    if expires := _expires(headers, now):
        asked.append(expires - now)
    wait = min(max((every, *asked)), max(LONGEST, every))
    return now + wait * spread(url, now)


def retry(
    url: str, now: datetime, every: timedelta, failures: int, retry_after: float | None = None
) -> datetime:
    """Say when to ask a feed again that failed, now for the `failures`-th time in a row."""
    wait = min(max(BACK_OFF * failures, every), LONGEST) * spread(url, now)
    asked = min(timedelta(seconds=retry_after or 0), LONGEST_ASKED)
    return now + max(wait, asked)


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
    except ValueError:
        return None
    return when if when.tzinfo and when > now else None
