"""Stories and their follow-ups: which follows which, and which subscribers see no more."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.followups.parts import STILL, Part, appeared, appeared_until, handed_over
from aggregator.core.publish import WINDOW_AGE
from aggregator.model import Former
from aggregator.store.database import Database
from aggregator.store.meta import note, noted
from aggregator.store.schema import entries, follow_ups, memberships, stories, topic_stories, topics

CHANGED = "follow-ups changed"  # how often links between stories did that were there


class FollowUpStore(Database):
    """Know which stories follow which."""

    def follow_ups(self) -> dict[UUID, UUID]:
        """Return follow-up -> the story that it follows."""
        with self.read() as connection:
            return _links(connection)

    def follow_ups_state(self) -> str | None:
        """Return a mark that is another one after a link that was there has changed."""
        with self.read() as connection:
            return noted(connection, CHANGED)

    def maybe_dormant(self, story_ids: Collection[UUID], now: datetime) -> set[UUID]:
        """Return those of the stories that are dormant for a report of this time, and perhaps some more."""
        # One whose newest date lies ahead is not as new as that.
        still = (stories.c.latest <= now - STILL) | (stories.c.latest > now)
        wanted = stories.c.id.in_(list(story_ids)) & stories.c.published.is_not(None) & still
        shown = _shown_since(now - WINDOW_AGE)
        with self.read() as connection:
            return set(connection.execute(sa.select(stories.c.id).where(wanted, ~shown.element)).scalars())

    def parts(self, story_ids: Collection[UUID], oldest: datetime) -> dict[UUID, Part]:
        """Return stories as parts of their sagas; those without entries are left out.

        oldest: what entered a feed before is no longer shown there, or leaves it next.
        """
        its = ("story", "published", "first_seen", "day_only")
        dates = sa.select(*(entries.c[name] for name in its)).where(entries.c.story.in_(list(story_ids)))
        head = (*(stories.c[name] for name in ("id", "opened", "published")), _shown_since(oldest))
        heads = sa.select(*head)
        found: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
        with self.read() as connection:
            for row in connection.execute(dates):
                until = appeared_until(row.published, row.first_seen, row.day_only)
                found[row.story].append((appeared(row.published, row.first_seen), until))
            rows = connection.execute(heads.where(stories.c.id.in_(list(found)))).all()
        return {row.id: _part(row, found[row.id]) for row in rows}

    def formers(self, story_ids: Iterable[UUID]) -> dict[UUID, Former]:
        """Return follow-up -> the story it follows, as it is called now."""
        columns = (stories.c.id, stories.c.headline, stories.c.slug)
        query = sa.select(follow_ups.c.story, *columns).join(stories, stories.c.id == follow_ups.c.follows)
        query = query.where(follow_ups.c.story.in_(list(story_ids)), stories.c.published.is_not(None))
        with self.read() as connection:
            return {story: Former(*called) for story, *called in connection.execute(query)}

    def continued_in(self, story: UUID) -> tuple[Former, ...]:
        """Return the follow-ups of a story that were published, the first opened first."""
        query = sa.select(stories.c.id, stories.c.headline, stories.c.slug)
        query = query.join(follow_ups, follow_ups.c.story == stories.c.id)
        query = query.where(follow_ups.c.follows == story, stories.c.published.is_not(None))
        with self.read() as connection:
            rows = connection.execute(query.order_by(stories.c.opened, stories.c.id))
            return tuple(Former(*row) for row in rows)

    def part_ways(self, follow_up_ids: Sequence[UUID]) -> None:
        """Let stories be no follow-ups any more."""
        with self.write() as connection:
            connection.execute(sa.delete(follow_ups).where(follow_ups.c.story.in_(follow_up_ids)))
            change = sa.update(stories).where(stories.c.id.in_(follow_up_ids))
            connection.execute(change.values(touched=True))
            _changed(connection)


def _shown_since(oldest: datetime) -> sa.Label[bool]:
    """Select whether a story stands in the feed of all stories of some topic, entered since a time."""
    served = sa.select(topics.c.id).where(sa.not_(topics.c.withdrawn))
    place = (memberships.c.story == stories.c.id) & memberships.c.left.is_(None) & (memberships.c.view == "")
    there = place & (memberships.c.entered >= oldest) & memberships.c.topic.in_(served)
    return sa.exists().where(there).label("shown")


def _part(row: Any, dates: Sequence[tuple[datetime, datetime]]) -> Part:
    return Part(
        id=row.id,
        opened=row.opened,
        earliest=min(since for since, _ in dates),
        latest=max(until for _, until in dates),
        entries=len(dates),
        published=row.published is not None,
        shown=row.shown,
    )


def _links(connection: sa.Connection) -> dict[UUID, UUID]:
    return {row.story: row.follows for row in connection.execute(sa.select(follow_ups))}


def _changed(connection: sa.Connection) -> None:
    note(connection, CHANGED, str(int(noted(connection, CHANGED) or 0) + 1))


def with_later(connection: sa.Connection, story: UUID) -> set[UUID]:
    """Return a story with all that follows it, at whatever distance."""
    links, found = _links(connection), {story}
    while more := {one for one, former in links.items() if former in found} - found:
        found |= more
    return found


def link(connection: sa.Connection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Note what follows what (follow-up, former); it stands in every topic that its former is in."""
    if not pairs:
        return
    connection.execute(
        sa.insert(follow_ups), [{"story": story, "follows": former} for story, former in pairs]
    )
    for story, former in pairs:
        mine = sa.select(topic_stories.c.topic).where(topic_stories.c.story == story)
        theirs = sa.select(
            topic_stories.c.topic, sa.literal(story, topic_stories.c.story.type), topic_stories.c.latest
        )
        theirs = theirs.where(topic_stories.c.story == former, topic_stories.c.topic.not_in(mine))
        connection.execute(sa.insert(topic_stories).from_select(["topic", "story", "latest"], theirs))


def hand_over(connection: sa.Connection, elder: UUID, younger: UUID) -> None:
    """Let a story follow what one that ended in it followed, and be followed by what followed that."""
    pair = (elder, younger)
    either = follow_ups.c.story.in_(pair) | follow_ups.c.follows.in_(pair)
    if connection.execute(sa.select(follow_ups.c.story).where(either).limit(1)).first() is None:
        return
    before = _links(connection)
    ids = {*before, *before.values(), *pair}
    age = sa.select(stories.c.id, stories.c.opened).where(stories.c.id.in_(ids))
    opened = {row.id: (row.opened, str(row.id)) for row in connection.execute(age)}
    now = handed_over(before, elder, younger, opened)
    connection.execute(sa.delete(follow_ups))
    if now:
        rows = [{"story": story, "follows": former} for story, former in now.items()]
        connection.execute(sa.insert(follow_ups), rows)
    _changed(connection)


def forget_links(connection: sa.Connection, gone: Sequence[UUID]) -> None:
    """Let nothing follow, or be followed by, stories that are removed."""
    either = follow_ups.c.story.in_(gone) | follow_ups.c.follows.in_(gone)
    left = sa.select(follow_ups.c.story).where(follow_ups.c.follows.in_(gone))
    connection.execute(sa.update(stories).where(stories.c.id.in_(left)).values(touched=True))
    if connection.execute(sa.delete(follow_ups).where(either)).rowcount:
        _changed(connection)
