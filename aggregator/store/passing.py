"""Original entries as they are passed on: lasting ids, places in documents, where they came from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.identity import digest
from aggregator.core.publish import Arrival
from aggregator.model import CameFrom, Member, Membership, Passed
from aggregator.store.among import among
from aggregator.store.bulk import insert
from aggregator.store.database import Database
from aggregator.store.followups import with_later
from aggregator.store.grouping import COLUMNS, placement, stored
from aggregator.store.publishing import has_new_feeds, is_new
from aggregator.store.retention import buried
from aggregator.store.schema import (
    Row,
    entries,
    entry_memberships,
    feeds,
    origins,
    passed_ids,
    seeds,
    stories,
    topic_stories,
    topics,
)

FOLLOWED = 50  # entries in the feed of a story, the last to join

CHUNK = 500
_nearest = passed_ids.alias()
NEAREST = sa.select(_nearest.c.iri).where(_nearest.c.entry == entries.c.nearest).scalar_subquery()
IRI_OF = sa.select(passed_ids.c.iri).where(passed_ids.c.entry == entries.c.id).scalar_subquery()


class PassingStore(Database):
    """Pass original entries on."""

    def claim_ids(self, wanted: Mapping[int, str | None], mint: Callable[[], UUID]) -> None:
        """Give entries the ids they are passed on with, for ever.

        wanted: entry -> its own id, where that may stand in a feed. Who claims an id first has it; the
        others, and those without, get one that we mint.
        """
        with self.write() as connection:
            ids = sorted(wanted)
            mine = sa.select(passed_ids.c.entry).where(among(connection, passed_ids.c.entry, ids))
            known = set(connection.execute(mine).scalars())
            without = [entry for entry in ids if entry not in known]
            keys = {entry: digest(iri) for entry in without if (iri := wanted[entry])}
            claimed = sa.select(passed_ids.c.id).where(among(connection, passed_ids.c.id, keys.values()))
            # Nor is one given again whose entry was removed: readers know it.
            taken, rows = set(connection.execute(claimed).scalars()) | buried(connection, keys.values()), []
            for entry in without:
                iri, key = wanted[entry], keys.get(entry)
                if iri is None or key is None or key in taken:
                    iri = mint().urn
                    key = digest(iri)
                taken.add(key)
                rows.append({"id": key, "entry": entry, "iri": iri})
            if rows:
                insert(connection, passed_ids, rows)

    def entry_arrivals(self, story_ids: Sequence[UUID], now: datetime) -> list[tuple[UUID, Arrival[int]]]:
        """Return (topic, entry) for entries of these stories that never had a place in the topic's view."""
        placed = sa.exists().where(
            entry_memberships.c.topic == topic_stories.c.topic, entry_memberships.c.entry == entries.c.id
        )
        when = sa.func.coalesce(entries.c.published, entries.c.first_seen)
        query = (
            sa.select(topic_stories.c.topic, entries.c.id, when.label("latest"), stories.c.quiet)
            .join(entries, entries.c.story == topic_stories.c.story)
            .join(stories, stories.c.id == entries.c.story)
            .join(topics, topics.c.id == topic_stories.c.topic)
            .where(sa.not_(placed), sa.not_(topics.c.withdrawn))
        )
        with self.read() as connection:
            feed = _new_feed(now) if has_new_feeds(connection, now) else sa.null()
            query = query.add_columns(feed.label("feed"))
            query = query.where(among(connection, topic_stories.c.story, story_ids))
            rows = connection.execute(query.order_by(entries.c.id, topic_stories.c.topic))
            return [
                (row.topic, Arrival(row.id, row.latest, row.id, new_feed=row.feed, known=row.quiet))
                for row in rows
            ]

    def has_entries(self, topic: UUID) -> bool:
        """Tell whether a topic's view of original entries ever had any."""
        mine = sa.select(entry_memberships.c.entry).where(entry_memberships.c.topic == topic)
        with self.read() as connection:
            return connection.execute(mine.limit(1)).first() is not None

    def admit_entries(self, topic: UUID, admitted: Iterable[Membership[int]]) -> None:
        """Store new places in a topic's view of original entries, and have its documents rendered."""
        rows = [{"topic": topic, "entry": m.of, "entered": m.entered, "left": m.left} for m in admitted]
        with self.write() as connection:
            if rows:
                insert(connection, entry_memberships, rows)
            connection.execute(sa.update(topics).where(topics.c.id == topic).values(dirty=True))

    def entries_in_document(self, topic: UUID) -> tuple[Membership[int], ...]:
        """Return the members of a topic's view of original entries."""
        mine = (entry_memberships.c.topic == topic) & entry_memberships.c.left.is_(None)
        query = sa.select(entry_memberships.c.entry, entry_memberships.c.entered).where(mine)
        with self.read() as connection:
            return tuple(Membership(row.entry, row.entered) for row in connection.execute(query))

    def passed(self, entry_ids: Iterable[int]) -> dict[int, Passed]:
        """Return entries as they are passed on; those that have no story any more are left out."""
        return {p.member.stored.id: p for p in self._passed(entries.c.id.in_(list(entry_ids)))}

    def followed(self, story: UUID) -> tuple[tuple[Passed, ...], datetime | None]:
        """Return the last entries that joined a story or its follow-ups, the last first.

        Also returns when one of these was last told.
        """
        with self.read() as connection:
            its = with_later(connection, story)
            told = sa.select(sa.func.max(stories.c.told)).where(stories.c.id.in_(its))
            when = connection.execute(told).scalar()
        return self._passed(entries.c.story.in_(its), FOLLOWED), when

    def _passed(self, which: sa.ColumnElement[bool], limit: int | None = None) -> tuple[Passed, ...]:
        query = (
            sa.select(*COLUMNS, stories.c.slug, IRI_OF.label("iri"), NEAREST.label("nearest_iri"))
            .join(stories, stories.c.id == entries.c.story)
            .where(which, IRI_OF.is_not(None))
            .order_by(entries.c.joined.desc(), entries.c.id.desc())
        )
        with self.read() as connection:
            rows = connection.execute(query.limit(limit)).all()
            sources = _sources(connection, [row.id for row in rows])
        return tuple(_pass(row, sources.get(row.id)) for row in rows)


def _new_feed(now: datetime) -> sa.ScalarSelect[Any]:
    """Select the feed, new at `now`, whose first reading alone brought an entry."""
    its = origins.c.entry == entries.c.id
    alone = sa.select(sa.func.count()).where(its).correlate(entries).scalar_subquery() == 1
    query = sa.select(origins.c.feed).join(feeds, feeds.c.id == origins.c.feed)
    first = is_new(now) & (feeds.c.first_success == origins.c.first_seen)
    return query.where(its, first, alone).correlate(entries).scalar_subquery()


def _pass(row: Row, source: CameFrom | None) -> Passed:
    member = Member(stored(row), placement(row))
    return Passed(member, row.iri, row.joined, row.slug or "", source, row.nearest_iri)


def _sources(connection: sa.Connection, entry_ids: Sequence[int]) -> dict[int, CameFrom]:
    """Return where entries were read: the first feed that brought them, else the first document."""
    name = sa.func.coalesce(feeds.c.title, feeds.c.publisher, feeds.c.url, seeds.c.name)
    query = (
        sa.select(
            origins.c.entry,
            name.label("title"),
            sa.func.coalesce(origins.c.source_updated, origins.c.first_seen).label("updated"),
            feeds.c.own_id.label("id"),
            feeds.c.url,
            feeds.c.link.label("page"),
        )
        .join(feeds, feeds.c.id == origins.c.feed, isouter=True)
        .join(seeds, seeds.c.id == origins.c.seed, isouter=True)
        .where(origins.c.entry.in_(entry_ids))
        .order_by(origins.c.feed.is_(None), origins.c.id)
    )
    found: dict[int, CameFrom] = {}
    for row in connection.execute(query):
        entry, *facts = row
        found.setdefault(entry, CameFrom(*facts))
    return found
