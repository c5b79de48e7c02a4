"""Let old stories go: with their entries, and in a way that nothing of them comes back."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.identity import digest
from aggregator.store.database import Database
from aggregator.store.followups import forget_links
from aggregator.store.meta import note, noted
from aggregator.store.schema import (
    Row,
    entries,
    entry_memberships,
    follow_ups,
    memberships,
    named_entries,
    notes,
    origins,
    passed_ids,
    removed_stories,
    stories,
    tombstones,
    topic_stories,
    topics,
)

CHUNK = 500  # entries named in one statement
LOOKED = "old stories were looked for"  # when, and nothing was left to do
REMOVED = "stories removed"  # how many; another number: what was read of entries before may be gone


class RetentionStore(Database):
    """Remove what nobody is shown any more."""

    def remove_old(self, before: datetime, limit: int, now: datetime) -> int:
        """Remove at most `limit` stories whose entries all came, and are dated, before a time.

        Those that a document still shows stay, and those that an editor decided about. Returns how many went.
        """
        with self.write() as connection:
            old = _old(connection, before, limit)
            if not old:
                return 0
            gone = [*old, *_ended_in(connection, old)]
            its = connection.execute(_of_stories(old)).all()
            _bury(connection, its)
            topics_of = _leave_topics(connection, gone)
            connection.execute(sa.delete(entries).where(entries.c.story.in_(old)))
            connection.execute(sa.update(stories).where(stories.c.id.in_(gone)).values(merged_into=None))
            forget_links(connection, gone)
            connection.execute(sa.delete(stories).where(stories.c.id.in_(gone)))
            connection.execute(sa.insert(removed_stories), [{"id": story, "removed": now} for story in gone])
            _forget_archives(connection, topics_of)
            note(connection, REMOVED, str(int(noted(connection, REMOVED) or 0) + len(gone)))
        return len(old)

    def removal(self) -> str | None:
        """Return a mark that is another one as soon as entries were removed."""
        with self.read() as connection:
            return noted(connection, REMOVED)

    def was_removed(self, story: UUID) -> bool:
        """Tell whether there was such a story, which is no longer kept."""
        query = sa.select(removed_stories.c.id).where(removed_stories.c.id == story)
        with self.read() as connection:
            return connection.execute(query).first() is not None

    def looked_for_old(self) -> datetime | None:
        """Return when all that was old had been removed; None: never."""
        with self.read() as connection:
            when = noted(connection, LOOKED)
        return datetime.fromisoformat(when) if when else None

    def have_looked_for_old(self, now: datetime) -> None:
        """Note that all that is old has been removed."""
        with self.write() as connection:
            note(connection, LOOKED, now.isoformat())


def _old(connection: sa.Connection, before: datetime, limit: int) -> list[UUID]:
    """Choose stories that may go, the oldest first."""
    its = entries.c.story == stories.c.id
    named = sa.select(named_entries.c.entry)
    query = (
        sa.select(stories.c.id)
        .where(stories.c.latest < before, stories.c.merged_into.is_(None), sa.not_(stories.c.touched))
        .where(stories.c.published.is_not(None), stories.c.title.is_(None))
        .where(~sa.exists().where(its, (entries.c.first_seen >= before) | entries.c.id.in_(named)))
        .where(stories.c.id.not_in(_shown(connection)))
        .order_by(stories.c.latest, stories.c.id)
    )
    return list(connection.execute(query.limit(limit)).scalars())


def _shown(connection: sa.Connection) -> set[UUID]:
    """Return the stories that documents show or name: some dozens for each topic."""
    served = sa.select(topics.c.id).where(sa.not_(topics.c.withdrawn))
    heir = sa.func.coalesce(stories.c.merged_into, stories.c.id)
    as_stories = (
        sa.select(heir)
        .join(memberships, memberships.c.story == stories.c.id)
        .where(memberships.c.topic.in_(served), memberships.c.left.is_(None))
    )
    shown = sa.select(entries.c.story, entries.c.nearest).where(
        entries.c.id.in_(
            sa.select(entry_memberships.c.entry).where(
                entry_memberships.c.topic.in_(served), entry_memberships.c.left.is_(None)
            )
        )
    )
    found = set(connection.execute(as_stories).scalars())
    rows = connection.execute(shown).all()
    nearest = {row.nearest for row in rows if row.nearest is not None}
    shown_or_ended = found | {row.story for row in rows} | _stories_of(connection, nearest)
    named = sa.select(follow_ups.c.follows).where(follow_ups.c.story.in_(shown_or_ended))
    return shown_or_ended | set(connection.execute(named).scalars())


def _stories_of(connection: sa.Connection, entry_ids: Collection[int]) -> set[UUID]:
    found: set[UUID] = set()
    for part in _parts(sorted(entry_ids)):
        query = sa.select(entries.c.story).where(entries.c.id.in_(part), entries.c.story.is_not(None))
        found |= set(connection.execute(query).scalars())
    return found


def _ended_in(connection: sa.Connection, old: Sequence[UUID]) -> list[UUID]:
    query = sa.select(stories.c.id).where(stories.c.merged_into.in_(old))
    return list(connection.execute(query).scalars())


def _of_stories(old: Sequence[UUID]) -> sa.Select[Any]:
    return sa.select(entries.c.id, entries.c.url_key, entries.c.title_key).where(entries.c.story.in_(old))


def page_key(url_key: str, title_key: str) -> str:
    """Return by what an article is recognised that another feed brings again."""
    return digest("page", url_key, title_key)


def _bury(connection: sa.Connection, its: Sequence[Row]) -> None:
    """Keep of entries by what they are recognised, and nothing else."""
    keys = {page_key(row.url_key, row.title_key) for row in its if row.url_key}
    for part in _parts([row.id for row in its]):
        mine = passed_ids.c.entry.in_(part)
        keys |= set(connection.execute(sa.select(passed_ids.c.id).where(mine)).scalars())
        for table in (passed_ids, entry_memberships, notes):
            connection.execute(sa.delete(table).where(table.c.entry.in_(part)))
        read = origins.c.entry.in_(part)
        # Entries of feeds are found again by their key alone.
        short = {"title_key": "", "body_key": "", "content": ""}
        connection.execute(sa.update(origins).where(read, origins.c.feed.is_not(None)).values(**short))
        connection.execute(sa.update(origins).where(read).values(entry=None))
    keys -= buried(connection, keys)
    if keys:
        connection.execute(sa.insert(tombstones), [{"key": key} for key in sorted(keys)])


def buried(connection: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Return those of the keys that belong to something removed."""
    found: set[str] = set()
    if connection.execute(sa.select(tombstones.c.key).limit(1)).first() is None:
        return found  # nothing ever was; `keys` need not be made then
    for part in _parts(sorted(set(keys))):
        query = sa.select(tombstones.c.key).where(tombstones.c.key.in_(part))
        found |= set(connection.execute(query).scalars())
    return found


def _leave_topics(connection: sa.Connection, gone: Sequence[UUID]) -> list[UUID]:
    """Take stories out of topics and their archives; returns the topics that had them in their archives."""
    query = sa.select(memberships.c.topic).distinct().where(memberships.c.story.in_(gone))
    had = list(connection.execute(query).scalars())
    for table in (memberships, topic_stories):
        connection.execute(sa.delete(table).where(table.c.story.in_(gone)))
    return had


def _forget_archives(connection: sa.Connection, topic_ids: Sequence[UUID]) -> None:
    """Have topics rendered whose documents name an archive that nothing is left of."""
    archived = sa.exists().where(memberships.c.topic == topics.c.id, memberships.c.archived.is_not(None))
    change = sa.update(topics).where(topics.c.id.in_(topic_ids), ~archived)
    connection.execute(change.values(dirty=True))


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))
