"""Discover: topics that nobody configured, among the newest stories."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from aggregator.core.discovery import allowed, discover
from aggregator.steps import chunks
from aggregator.store import Store

NEWEST = 2_000  # stories looked at
CHUNK = 500


def discover_topics(store: Store, mint: Callable[[], UUID], now: datetime) -> int:
    """Take in topics that the newest stories call for; return how many. Those there are stay as they are."""
    if not store.discovery_is_due():
        return 0
    topics = store.topics()
    newest = store.newest_stories(NEWEST)
    room = allowed(len(newest)) - sum(topic.discovered for topic in topics)
    if room <= 0:
        store.discovery_is_done()
        return 0
    told = [story for ids in chunks(newest, CHUNK) for story in store.told(ids).values()]
    gathered: dict[UUID, set[UUID]] = defaultdict(set)
    for ids in chunks(newest, CHUNK):
        for story, filed in store.topics_of(ids).items():
            for topic in filed:
                gathered[topic].add(story)
    taken = [frozenset(gathered[topic.id]) for topic in topics if not topic.everything]
    found = discover(told, taken, [topic.name for topic in topics], room)
    if found:
        store.add_discovered({mint(): config for config in found}, now)
    store.discovery_is_done()
    return len(found)
