"""Which of the feeds that wait a worker takes: a fair share, and of each host all or none."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate
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
    hosts = _first_hosts(free, most)
    return tuple(feed for feed in free if host_of(feed) in hosts)


def _first_hosts(free: Sequence[FeedState], most: int) -> frozenset[str]:
    """Return the hosts of the first feeds that have so many together."""
    sizes = Counter(map(host_of, free))  # in order of their first feeds
    before = accumulate(sizes.values(), initial=0)
    return frozenset(host for host, taken in zip(sizes, before, strict=False) if taken < most)


def host_of(feed: FeedState) -> str:
    """Return what tells hosts apart that are asked one request at a time."""
    return urlsplit(feed.address).netloc.rpartition("@")[2].lower()
