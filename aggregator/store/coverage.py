"""How much was covered, by whom and when: counted in tables that have nothing else, rows of an index each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from aggregator.store.database import Database
from aggregator.store.schema import Utc, entries, publisher_counts, stories, topic_entries, topic_stories

Hours = Mapping[str, int]  # "2026-10-14 06" (UTC), or "2026-10-14" for dates without a time -> entries


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved since a time: an entry of it was first seen since then."""

    stories: int
    publishers: int  # how many known publishers reported something
    most_covered: tuple[UUID, ...]  # at most three, the most publishers first


@dataclass(frozen=True, slots=True)
class Covered:
    """How much a topic was covered since a time."""

    stories: int
    entries: int
    publishers: int


@dataclass(frozen=True, slots=True)
class Presence:
    """A publisher's entries on a topic."""

    name: str  # as its latest entry writes it
    entries: int
    hours: Hours


@dataclass(frozen=True, slots=True)
class Archive:
    """How much there is to search."""

    entries: int
    publishers: int
    oldest: datetime | None  # the earliest date that a publisher gave; None: there is none


class hour(sa.sql.functions.FunctionElement[str]):  # noqa: N801 # named as the SQL function it is
    """Cut a time to the hour, as text in UTC."""

    type = sa.String()
    inherit_cache = True


@compiles(hour)
def _hour(element: hour, compiler: Any, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 13)"


@compiles(hour, "postgresql")
def _hour_postgresql(element: hour, compiler: Any, **options: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24')"


ITS = topic_entries.c
# A date without a time is no moment.
WHICH_HOUR = sa.case((ITS.day_only, sa.func.substr(hour(ITS.appeared), 1, 10)), else_=hour(ITS.appeared))


class CoverageStore(Database):
    """Count who covered what."""

    def moved(self, since: datetime) -> Moved:
        """Return what moved since a time."""
        recent = entries.c.first_seen > since
        counts = sa.select(
            sa.func.count(sa.distinct(entries.c.story)).label("stories"),
            sa.func.count(sa.distinct(entries.c.publisher_key)).label("publishers"),
        ).where(recent)
        in_question = sa.select(entries.c.story).where(recent)
        query = (
            sa.select(stories.c.id)
            .where(stories.c.id.in_(in_question), stories.c.published.is_not(None))
            .order_by(*(c.desc() for c in (stories.c.publishers, stories.c.entries, stories.c.latest)))
            .order_by(stories.c.id)
        )
        with self.read() as connection:
            row = connection.execute(counts).one()
            top = connection.execute(query.limit(3)).scalars().all()
        return Moved(row.stories, row.publishers, tuple(top))

    def hours(self, since: Mapping[UUID, datetime]) -> dict[UUID, Hours]:
        """Count the entries of topics by the hour they appeared in; `since`: topic -> where to begin."""
        if not since:
            return {}
        asked = _asked(since)
        of_topic = (ITS.topic == asked.c.topic) & (ITS.appeared >= asked.c.since)
        query = (
            sa.select(asked.c.topic, WHICH_HOUR.label("hour"), sa.func.count().label("entries"))
            .select_from(asked.join(topic_entries, of_topic))
            .group_by(asked.c.topic, "hour")
        )
        found: dict[UUID, dict[str, int]] = {topic: {} for topic in since}
        with self.read() as connection:
            for row in connection.execute(query):
                found[row.topic][row.hour] = row.entries
        return dict(found)

    def story_counts(self, since: Mapping[UUID, datetime]) -> dict[UUID, int]:
        """Count the stories of topics with coverage since a time."""
        if not since:
            return {}
        asked = _asked(since)
        of_topic = (topic_stories.c.topic == asked.c.topic) & (topic_stories.c.latest >= asked.c.since)
        query = sa.select(asked.c.topic, sa.func.count().label("stories"))
        query = query.select_from(asked.join(topic_stories, of_topic)).group_by(asked.c.topic)
        with self.read() as connection:
            counts = {row.topic: row.stories for row in connection.execute(query)}
        return dict.fromkeys(since, 0) | counts

    def covered(self, topic: UUID, since: datetime) -> Covered:
        """Return how much a topic was covered since a time."""
        covered = (topic_stories.c.topic == topic) & (topic_stories.c.latest >= since)
        query = sa.select(
            sa.select(sa.func.count()).select_from(topic_stories).where(covered).scalar_subquery(),
            sa.func.count(),
            sa.func.count(sa.distinct(ITS.publisher_key)),
        ).where(*_since(topic, since))
        with self.read() as connection:
            return Covered(*connection.execute(query).one())

    def presence(self, topic: UUID, since: datetime, limit: int) -> tuple[Presence, ...]:
        """Return the publishers with the most entries on a topic since a time, most entries first."""
        with self.read() as connection:
            most = connection.execute(_most_present(topic, since, limit)).all()
            hours: dict[str, dict[str, int]] = {row.publisher_key: {} for row in most}
            if most:
                for row in connection.execute(_hours_of(list(hours), topic, since)):
                    hours[row.publisher_key][row.hour] = row.entries
        return tuple(Presence(row.name, row.entries, hours[row.publisher_key]) for row in most)

    def archive(self) -> Archive:
        """Return how much there is to search."""
        known = publisher_counts.c.publisher_key != ""
        dated = sa.select(entries.c.published).where(
            entries.c.published.is_not(None), entries.c.story.is_not(None)
        )
        waiting = sa.select(sa.func.count()).select_from(entries).where(entries.c.story.is_(None))
        query = sa.select(
            sa.func.coalesce(sa.func.sum(publisher_counts.c.entries), 0) - waiting.scalar_subquery(),
            sa.func.count().filter(known & (publisher_counts.c.entries > 0)),
            dated.order_by(entries.c.published).limit(1).scalar_subquery(),
        )
        with self.read() as connection:
            return Archive(*connection.execute(query).one())

    def publishers(self, limit: int) -> tuple[str, ...]:
        """Return the names of the publishers with the most entries, as their latest write them, by name."""
        key, count = publisher_counts.c.publisher_key, publisher_counts.c.entries
        most = sa.select(key).where(key != "", count > 0).order_by(count.desc(), key).limit(limit).subquery()
        named = sa.select(entries.c.publisher).where(entries.c.publisher.is_not(None))
        latest = named.where(entries.c.publisher_key == most.c.publisher_key).order_by(entries.c.id.desc())
        with self.read() as connection:
            names = connection.execute(sa.select(latest.limit(1).scalar_subquery()).select_from(most))
            return tuple(sorted(filter(None, names.scalars()), key=str.casefold))


def _asked(since: Mapping[UUID, datetime]) -> sa.CTE:
    columns = (sa.column("topic", sa.Uuid()), sa.column("since", Utc()))
    return sa.values(*columns, name="asked").data(list(since.items())).cte("asked")


def _since(topic: UUID, since: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return ITS.topic == topic, ITS.appeared >= since


def _most_present(topic: UUID, since: datetime, limit: int) -> sa.Select[Any]:
    # Only the rows that give a name are touched.
    key, count, latest = ITS.publisher_key, sa.func.count().label("entries"), sa.func.max(ITS.entry)
    counted = sa.select(key, count, latest.label("latest")).where(*_since(topic, since), key.is_not(None))
    most = counted.group_by(key).order_by(count.desc(), key).limit(limit).subquery()
    name = sa.func.coalesce(entries.c.publisher, most.c.publisher_key).label("name")
    query = sa.select(most.c.publisher_key, most.c.entries, name)
    return query.join(entries, entries.c.id == most.c.latest).order_by(
        most.c.entries.desc(), most.c.publisher_key
    )


def _hours_of(keys: list[str], topic: UUID, since: datetime) -> sa.Select[Any]:
    key, hour = ITS.publisher_key, WHICH_HOUR.label("hour")
    query = sa.select(key, hour, sa.func.count().label("entries")).where(*_since(topic, since))
    return query.where(key.in_(keys)).group_by(key, "hour")
