"""Have hubs push news instead of asking for it (WebSub, W3C Recommendation of 23 January 2018)."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from aggregator.model import Pushable, Subscription

LEASE = timedelta(days=10)  # asked of hubs; they may give less or more
LONGEST_LEASE = timedelta(days=30)  # believed, whatever a hub says
RENEW = 0.25  # of a lease before its end it is asked for again
PATIENCE = timedelta(days=1)  # until a hub that did not confirm is asked once more
BETWEEN = timedelta(hours=1)  # two requests to a hub for one feed
AT_ONCE = 20  # hubs asked in one refresh
ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")  # of signatures (WebSub, 7.1)


def to_ask(feeds: Iterable[Pushable], now: datetime) -> tuple[Pushable, ...]:
    """Choose the feeds whose hubs are asked now: never asked, moved to another hub, or the lease runs out."""
    return tuple(feed for feed in feeds if _is_due(feed, now))[:AT_ONCE]


def _is_due(feed: Pushable, now: datetime) -> bool:
    known = feed.subscription
    if known is None or (known.hub, known.topic) != (feed.hub, feed.topic):
        return True
    if known.until is None:
        return now - known.asked >= PATIENCE
    runs_out = known.until - (known.until - known.asked) * RENEW
    return now >= runs_out and now - known.asked >= BETWEEN


def request_form(asked: Subscription, callback: str) -> dict[str, str]:
    """Return what a hub is sent to be asked for a subscription (WebSub, 5.1)."""
    return {
        "hub.mode": "subscribe",
        "hub.topic": asked.topic,
        "hub.callback": callback,
        "hub.secret": asked.secret,
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
    }


def ping_form(url: str) -> dict[str, str]:
    """Return what our hub is sent when a document of ours has changed.

    WebSub leaves this to publisher and hub (6); the form is that of PubSubHubbub 0.4 (7.1), which hubs take.
    """
    return {"hub.mode": "publish", "hub.url": url, "hub.topic": url}


def lease(raw: str, now: datetime) -> datetime:
    """Return the end of a lease that a hub names in seconds; what is no number counts as what we asked."""
    sound = raw.isascii() and raw.isdigit() and len(raw) < 12
    given = timedelta(seconds=int(raw)) if sound else LEASE
    return now + min(given, LONGEST_LEASE)


def is_signed(body: bytes, secret: str, header: str) -> bool:
    """Tell whether a push carries the signature that only its hub can make (X-Hub-Signature)."""
    algorithm, equals, signature = header.strip().partition("=")
    if not equals or algorithm not in ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, algorithm).hexdigest()
    return hmac.compare_digest(expected, signature.strip().lower().encode("ascii", "replace").decode())
