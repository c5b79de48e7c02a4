"""Which of the feeds that wait a worker takes: a fair share, and of each host all or none."""

from collections.abc import Collection, Iterator, Sequence
from math import ceil
from urllib.parse import urlsplit

from aggregator.model import FeedState

MOST = 1_000  # feeds claimed together: so many are polled within a minute, and others can take what is left
FEWEST = 50  # feeds that are not worth sharing


def share(waiting: Sequence[FeedState], busy: Collection[str], workers: int) -> tuple[FeedState, ...]:
    """Choose what one of some workers takes.

    waiting: longest first. busy: the hosts that are being asked, by whomever; two workers that asked one at
    a time would not keep its distance.
    """
    free = [feed for feed in waiting if host_of(feed) not in busy]
    most = min(max(ceil(len(free) / workers), FEWEST), MOST)
    return tuple(_whole_hosts(free, most))


def _whole_hosts(free: Sequence[FeedState], most: int) -> Iterator[FeedState]:
    by_host: dict[str, list[FeedState]] = {}
    for feed in free:
        by_host.setdefault(host_of(feed), []).append(feed)
    taken = 0
    for feeds in by_host.values():
        if taken >= most:
            return
        taken += len(feeds)
        yield from feeds


def host_of(feed: FeedState) -> str:
    """Return what tells hosts apart that are asked one request at a time."""
    return urlsplit(feed.address).netloc.rpartition("@")[2].lower()
