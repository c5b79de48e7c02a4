"""Discover: topics that nobody configured, among the newest stories."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from aggregator.core.discovery import allowed, discover, is_due
from aggregator.core.topics import quiet_before
from aggregator.model import Entry, Topic, TopicConfig
from aggregator.steps import chunks
from aggregator.store import Store

NEWEST = 2_000  # stories looked at
CHUNK = 200  # stories whose entries are in memory at once


def discover_topics(store: Store, mint: Callable[[], UUID], now: datetime) -> int:
    """Take in topics that the newest stories call for; return how many. Those there are stay as they are.

    Topics that are dormant leave room for others. Nothing is looked at before enough has been told since
    the last time.
    """
    newest = store.newest_stories(NEWEST)
    told, last = store.looked_for_topics()
    if not is_due(told, len(newest), now - last if last else None):
        return 0
    topics = store.topics()
    quiet = store.quiet_topics(quiet_before(now))
    room = allowed(len(newest)) - sum(topic.discovered and topic.id not in quiet for topic in topics)
    found = _found(store, topics, newest, room) if room > 0 else ()
    store.add_discovered({mint(): config for config in found}, now)
    store.have_looked_for_topics(now)
    return len(found)


def _found(
    store: Store, topics: Sequence[Topic], newest: Sequence[UUID], room: int
) -> tuple[TopicConfig, ...]:
    gathered = _gathered(store, newest)
    found = discover(_told(store, newest), [(topic, gathered[topic.id]) for topic in topics], room)
    # An earlier name of a topic answers with 301 to its present one: it is not free either.
    return tuple(config for config in found if store.topic(config.name) is None)


def _gathered(store: Store, stories: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Return which of the stories each topic holds."""
    gathered: dict[UUID, set[UUID]] = defaultdict(set)
    for ids in chunks(stories, CHUNK):
        for story, filed in store.topics_of(ids).items():
            for topic in filed:
                gathered[topic].add(story)
    return gathered


def _told(store: Store, stories: Sequence[UUID]) -> Iterator[tuple[UUID, list[Entry]]]:
    """Yield each story with its entries."""
    for ids in chunks(stories, CHUNK):
        for story, members in store.members(ids).items():
            yield story, [member.stored.entry for member in members]
