"""Discover: topics that nobody configured, among the newest stories."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from aggregator.model import Entry, Topic, TopicConfig
from aggregator.steps import chunks
from aggregator.store import Store

NEWEST = 2_000  # stories looked at
PATIENCE = timedelta(hours=6)  # of our clock: then any news is enough, so that no affair stays unnoticed
FEW = 200  # stories, among which it costs next to nothing
NEWS = 0.1  # of the stories looked at: where so many are new or changed, they may have become an affair
CHUNK = 200  # stories whose entries are in memory at once


def discover_topics(store: Store, mint: Callable[[], UUID], now: datetime) -> int:
    """Take in topics that the newest stories call for; return how many. Those there are stay as they are.

    Topics that are dormant leave room for others. Nothing is looked at before enough has been told since
    the last time.
    """
    told, last = store.looked_for_topics()
    newest = store.newest_stories(NEWEST) if told else ()
    if not is_due(told, len(newest), now - last if last else None):
        return 0
    # Imported when it is time: most refreshes do not look for topics.
    from aggregator.core.discovery import allowed
    from aggregator.core.topics import quiet_before

    topics = store.topics()
    quiet = store.quiet_topics(quiet_before(now))
    room = allowed(len(newest)) - sum(topic.discovered and topic.id not in quiet for topic in topics)
    found = _found(store, topics, newest, room) if room > 0 else ()
    store.add_discovered({mint(): config for config in found}, now)
    store.have_looked_for_topics(now)
    return len(found)


def is_due(told: int, stories: int, since: timedelta | None) -> bool:
    """Say whether to look for topics among so many stories.

    told: how many stories are new or changed since the last look. since: how long ago that was; None: never.
    """
    if not told:
        return False
    return since is None or since >= PATIENCE or stories <= FEW or told >= NEWS * stories


def _found(
    store: Store, topics: Sequence[Topic], newest: Sequence[UUID], room: int
) -> tuple[TopicConfig, ...]:
    from aggregator.core.discovery import discover

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
