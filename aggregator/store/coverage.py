"""Who covered a topic when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.store.database import Database
from aggregator.store.pages import WHEN, WHICH_HOUR, Hours
from aggregator.store.schema import entries, topic_stories


@dataclass(frozen=True, slots=True)
class Presence:
    """A publisher's entries on a topic."""

    name: str  # as its latest entry writes it
    entries: int
    hours: Hours


class CoverageStore(Database):
    """Count who covered what."""

    def presence(self, topic: UUID, since: datetime, limit: int) -> tuple[Presence, ...]:
        """Return the publishers with the most entries on a topic since a time, most entries first."""
        with self.read() as connection:
            most = connection.execute(_most_present(topic, since, limit)).all()
            hours: dict[str, dict[str, int]] = {row.publisher_key: {} for row in most}
            if most:
                for row in connection.execute(_hours_of(list(hours), topic, since)):
                    hours[row.publisher_key][row.hour] = row.entries
        return tuple(Presence(row.name, row.entries, hours[row.publisher_key]) for row in most)


def _on(topic: UUID, since: datetime, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Select from a topic's entries that appeared since a time."""
    return (
        sa.select(*columns)
        .join(topic_stories, topic_stories.c.story == entries.c.story)
        .where(topic_stories.c.topic == topic, topic_stories.c.latest >= since)
        .where(sa.literal(since, entries.c.first_seen.type) <= WHEN)
    )


def _most_present(topic: UUID, since: datetime, limit: int) -> sa.Select[Any]:
    # What is counted stands in an index; only the rows that give a name are touched.
    key, count, latest = entries.c.publisher_key, sa.func.count().label("entries"), sa.func.max(entries.c.id)
    counted = _on(topic, since, key, count, latest.label("latest")).where(key.is_not(None)).group_by(key)
    most = counted.order_by(count.desc(), key).limit(limit).subquery()
    of = entries.alias("of")
    name = sa.func.coalesce(of.c.publisher, most.c.publisher_key).label("name")
    query = sa.select(most.c.publisher_key, most.c.entries, name)
    return query.join(of, of.c.id == most.c.latest).order_by(most.c.entries.desc(), most.c.publisher_key)


def _hours_of(keys: list[str], topic: UUID, since: datetime) -> sa.Select[Any]:
    key, hour = entries.c.publisher_key, WHICH_HOUR.label("hour")
    query = _on(topic, since, key, hour, sa.func.count().label("entries"))
    return query.where(key.in_(keys)).group_by(key, "hour")
