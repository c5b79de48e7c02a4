"""The archive of a topic: every story that ever had a place in it, by the time it is filed under."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aggregator.model import Story
from aggregator.store.database import Database
from aggregator.store.publishing import PLAIN, story_of
from aggregator.store.schema import memberships, stories


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is archived of a topic between two times."""

    stories: int
    before: datetime | None = None  # the time the last one before it is filed under; None: it is the first
    before_since: datetime | None = None  # when that one was filed


class ArchiveStore(Database):
    """Find stories again that left the documents of their topics, or were too old to enter."""

    def newest_archived(self, topic: UUID) -> datetime | None:
        """Return the newest time that a story of a topic is filed under; None: it never had one."""
        query = sa.select(sa.func.max(memberships.c.archived)).where(memberships.c.topic == topic)
        with self.read() as connection:
            return connection.execute(query).scalar()

    def shelf(self, topic: UUID, start: datetime, end: datetime) -> Shelf:
        """Return how much is archived of a topic from `start` until before `end`."""
        count = sa.select(sa.func.count()).where(*_between(topic, start, end))
        filed = memberships.c.archived
        earlier = sa.select(filed, memberships.c.entered).where(memberships.c.topic == topic, filed < start)
        with self.read() as connection:
            stories = connection.execute(count).scalar_one()
            row = connection.execute(earlier.order_by(filed.desc()).limit(1)).first()
        return Shelf(stories, *row) if row else Shelf(stories)

    def last_filed(self, topic: UUID, start: datetime, end: datetime) -> datetime | None:
        """Return when the last of a topic's stories was filed from `start` until before `end`."""
        query = sa.select(sa.func.max(memberships.c.entered)).where(*_between(topic, start, end))
        with self.read() as connection:
            return connection.execute(query).scalar()

    def archived(
        self, topic: UUID, start: datetime, end: datetime, skip: int, limit: int
    ) -> tuple[tuple[Story, ...], datetime | None]:
        """Return stories filed from `start` until before `end`, the first `skip` left out, the newest first.

        Also returns when subscribers were last told about one of them.
        """
        key = (memberships.c.archived, memberships.c.story)
        chosen = sa.select(*key).where(*_between(topic, start, end)).order_by(*key).offset(skip).limit(limit)
        part = chosen.subquery()
        columns = [stories.c[name] for name in (*PLAIN, "card", "told")]
        query = sa.select(*columns).join(part, part.c.story == stories.c.id)
        with self.read() as connection:
            ordered = query.order_by(part.c.archived.desc(), part.c.story)
            rows = connection.execute(ordered).all()
        return tuple(map(story_of, rows)), max((row.told for row in rows if row.told), default=None)


def _between(topic: UUID, start: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    filed = memberships.c.archived
    return memberships.c.topic == topic, filed >= start, filed < end
