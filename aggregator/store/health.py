"""How the feeds and seed documents are, for the page of sources and the line at the head of every page."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from aggregator.errors import AggregatorError
from aggregator.model import FeedState
from aggregator.store.database import Database
from aggregator.store.intake import STATE, state_of
from aggregator.store.meta import note, noted
from aggregator.store.outages import OUTAGES
from aggregator.store.schema import Row, documents, entries, feeds, meta, origins, seeds, topic_feeds, topics

MISTAKES = "mistakes"  # under which they are noted


@dataclass(frozen=True, slots=True)
class Pulse:
    """The state of the whole: what the head and foot of every page say."""

    failing: int  # feeds and seeds whose last reading failed, mistakes in feeds/, and what else is out
    feeds: int  # feeds that are followed
    seeds: int  # documents that were looked at
    last_entry: int  # id of the newest entry; 0: there is none
    changed: datetime | None  # when a document for subscribers last changed; None: there is none yet


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed with what it brought."""

    state: FeedState
    entries: int  # that it brought since the time asked for
    newest: datetime | None  # when it last brought an entry; None: it never did
    topics: tuple[str, ...] = ()  # titles of the topics that draw on it; empty: added by command


@dataclass(frozen=True, slots=True)
class SeedHealth:
    """A seed document as it was last read."""

    name: str
    entries: int  # it held when it was last read
    read: datetime | None  # when its content was taken in; None: never
    error: str | None
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in feeds/: what it configures stays as it was."""

    place: str  # file, and line where it is known
    reason: str
    since: datetime


class HealthStore(Database):
    """Read how the sources are, and what is wrong in their configuration."""

    def note_mistakes(self, found: Iterable[AggregatorError], now: datetime) -> None:
        """Keep what is wrong in feeds/ now; what was wrong before keeps its date."""
        with self.write() as connection:
            known = {(m.place, m.reason): m.since for m in _mistakes(connection)}
            rows = [
                {
                    "place": e.subject,
                    "reason": e.reason,
                    "since": known.get((e.subject, e.reason), now).isoformat(),
                }
                for e in found
            ]
            if rows or known:
                note(connection, MISTAKES, json.dumps(rows))

    def mistakes(self) -> tuple[Mistake, ...]:
        """Return what is wrong in feeds/, in the order of files."""
        with self.read() as connection:
            return _mistakes(connection)

    def pulse(self) -> Pulse:
        """Return the state of the whole."""
        failing_feeds = _count(feeds, feeds.c.active & feeds.c.error.is_not(None))
        failing_seeds = _count(seeds, seeds.c.error.is_not(None))
        outages = _count(meta, meta.c.key.in_(OUTAGES))
        query = sa.select(
            (failing_feeds + failing_seeds + outages).label("failing"),
            _count(feeds, feeds.c.active).label("feeds"),
            _count(seeds, sa.true()).label("seeds"),
            sa.select(sa.func.coalesce(sa.func.max(entries.c.id), 0)).scalar_subquery().label("last_entry"),
            sa.select(sa.func.max(documents.c.modified)).scalar_subquery().label("changed"),
            sa.select(meta.c.value).where(meta.c.key == MISTAKES).scalar_subquery().label("mistakes"),
        )
        with self.read() as connection:
            row = dict(connection.execute(query).one()._mapping)
        mistakes = _read_mistakes(row.pop("mistakes"))
        return Pulse(**row | {"failing": row["failing"] + len(mistakes)})

    def feed_health(self, since: datetime) -> tuple[FeedHealth, ...]:
        """Return every followed feed by address, with what it brought since a time."""
        its = origins.c.feed == feeds.c.id
        newest = sa.select(sa.func.max(origins.c.first_seen)).where(its).scalar_subquery()
        # Entries, not origins: one whose id flaps has an origin for each of them.
        entries_of = sa.select(sa.func.count(sa.distinct(origins.c.entry)))
        brought = entries_of.where(its, origins.c.first_seen > since).scalar_subquery()
        query = sa.select(
            *(feeds.c[name] for name in STATE),
            brought.label("brought"),
            newest.label("last_brought"),
        ).where(feeds.c.active)
        drawing = sa.select(topic_feeds.c.feed, topics.c.title).join(
            topics, topics.c.id == topic_feeds.c.topic
        )
        with self.read() as connection:
            rows = connection.execute(query.order_by(feeds.c.url)).all()
            titles: dict[int, list[str]] = {}
            for row in connection.execute(drawing.order_by(topics.c.title)):
                titles.setdefault(row.feed, []).append(row.title)
        return tuple(_feed_health(row, tuple(titles.get(row.id, ()))) for row in rows)

    def seed_health(self) -> tuple[SeedHealth, ...]:
        """Return every seed document by name."""
        columns = (seeds.c[name] for name in SeedHealth.__dataclass_fields__)
        with self.read() as connection:
            rows = connection.execute(sa.select(*columns).order_by(seeds.c.name))
            return tuple(SeedHealth(**row._mapping) for row in rows)


def _mistakes(connection: sa.Connection) -> tuple[Mistake, ...]:
    return _read_mistakes(noted(connection, MISTAKES))


def _read_mistakes(stored: str | None) -> tuple[Mistake, ...]:
    rows = json.loads(stored or "[]")
    return tuple(Mistake(r["place"], r["reason"], datetime.fromisoformat(r["since"])) for r in rows)


def _count(table: sa.Table, condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(table).where(condition).scalar_subquery()


def _feed_health(row: Row, titles: tuple[str, ...]) -> FeedHealth:
    return FeedHealth(state_of(row), row.brought, row.last_brought, titles)
