"""What is followed: topics' files, feeds and documents, and whether anybody refreshes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aggregator.config import Settings, read_corrections, read_publishers, read_topics
from aggregator.doctor.findings import Finding, at_most, note, ok, wrong
from aggregator.errors import AggregatorError
from aggregator.folder import read_files
from aggregator.logs import without_secrets
from aggregator.model import FeedState
from aggregator.store import Store

PATIENCE = timedelta(days=1)  # a feed may fail so long without anybody having to do something
LATE = timedelta(hours=2)  # nobody refreshes where a feed waits longer
AHEAD = timedelta(minutes=5)  # clocks of two machines may differ so much


def examine_configuration(settings: Settings) -> Iterator[Finding]:
    """Look at the files in feeds/."""
    files, unreadable = read_files(settings.feeds_dir)
    topics, mistakes = read_topics(files)
    found: tuple[AggregatorError, ...]
    found = (*unreadable, *mistakes, *read_publishers(files)[1], *read_corrections(files)[1])
    yield from at_most(
        (wrong("topics", f"{settings.feeds_dir}/{mistake}") for mistake in found),
        "topics",
        "aggregator check tells all",
    )
    if not found:
        yield ok("topics", f"{len(topics)} in {settings.feeds_dir}")


def examine_sources(store: Store, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Look at how feeds and documents are."""
    followed = store.all_feeds()
    failing = [finding for feed in followed for finding in _feed(feed, now)]
    yield from at_most(failing, "feed", "aggregator feeds lists all")
    documents = [
        wrong("document", f"{s.name}: {s.error}: correct or remove it")
        for s in store.seed_health()
        if s.error
    ]
    yield from at_most(documents, "document", "/sources lists all")
    if not failing and followed:
        yield ok("feeds", f"{len(followed)} are followed, none of them fails")
    yield from _refreshing(store, settings, now)


def _feed(feed: FeedState, now: datetime) -> Iterator[Finding]:
    url = without_secrets(feed.url)
    if feed.gone:
        yield wrong("feed", f"{url} has ended: take it out of feeds/")
    elif feed.error and feed.failing_since:
        since = f"{feed.failing_since:%Y-%m-%d %H:%M} UTC"
        said = f"{url} fails since {since}: {without_secrets(feed.error)}"
        long = now - feed.failing_since > PATIENCE
        yield wrong("feed", f"{said}; see whether it has moved") if long else note("feed", said)


def _refreshing(store: Store, settings: Settings, now: datetime) -> Iterator[Finding]:
    figures = store.figures(now)
    if figures.last_poll and figures.last_poll - now > AHEAD:
        ahead = f"{figures.last_poll:%Y-%m-%d %H:%M} UTC"
        yield wrong("clock", f"a feed was asked at {ahead}, which is still to come: set the clock (NTP)")
    if figures.lag > max(LATE, 3 * settings.refresh_every):
        hours = figures.lag / timedelta(hours=1)
        yield wrong(
            "refresh", f"a feed has been due for {hours:.0f} h, nobody refreshes: start aggregator run"
        )
    elif figures.last_poll:
        yield ok("refresh", f"feeds were last asked at {figures.last_poll:%Y-%m-%d %H:%M} UTC")
