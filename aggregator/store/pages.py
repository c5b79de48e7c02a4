"""What the pages ask: a fixed number of statements each, however many stories they show."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.model import Rule, Story, Topic
from aggregator.store.health import HealthStore
from aggregator.store.publishing import PLAIN, story_of
from aggregator.store.schema import Row, entries, feeds, stories, topic_feeds, topic_stories, topics
from aggregator.store.topics import is_quiet, topic_of

OPENING = 2_000  # characters of an entry's text that a story's page reads; `core.novelty` looks at so many

Cursor = tuple[int, datetime, UUID] | tuple[datetime, UUID]  # the sort key of the last story shown


class Dated:
    """When an entry appeared, as far as its publisher can be believed."""

    __slots__ = ()
    published: datetime | None
    day_only: bool
    first_seen: datetime

    @property
    def dated(self) -> bool:
        """Tell whether its publisher's date can be believed: there is one, and it was not ahead of us."""
        return self.published is not None and self.published <= self.first_seen

    @property
    def timed(self) -> bool:
        """Tell whether the minute of its publication is known."""
        return self.dated and not self.day_only

    @property
    def when(self) -> datetime:
        """Return when it appeared: its date, or else when we first saw it."""
        return self.published if self.published is not None and self.dated else self.first_seen


@dataclass(frozen=True, slots=True)
class Report(Dated):
    """An entry as the pages list it."""

    id: int
    story: UUID
    title: str
    url: str | None
    publisher: str | None
    publisher_key: str | None  # None: unknown, counts as none
    published: datetime | None
    day_only: bool
    first_seen: datetime
    language: str | None
    rule: Rule
    nearest: int | None
    similarity: float
    threshold: float
    terms: tuple[str, ...]
    copy_of: int | None
    opening: str = ""  # how its text begins; empty where it was not asked for


@dataclass(frozen=True, slots=True)
class Brief:
    """A story in a list of headlines."""

    id: UUID
    slug: str
    headline: str
    language: str | None
    latest: datetime
    entries: int
    publishers: int


@dataclass(frozen=True, slots=True)
class TopicHead:
    """A topic with its newest coverage; None: it has no story yet."""

    topic: Topic
    newest: datetime | None


REPORT = tuple(entries.c[name] for name in Report.__dataclass_fields__ if name != "opening")
BRIEF = tuple(stories.c[name] for name in Brief.__dataclass_fields__ if name != "language")
LANGUAGE = stories.c.card["language"].as_string().label("language")

ORDERS: Mapping[str, tuple[sa.ColumnElement[Any], ...]] = {  # ?order= -> the sort key, greatest first
    "newest": (topic_stories.c.latest, topic_stories.c.story),
    "sources": (topic_stories.c.publishers, topic_stories.c.latest, topic_stories.c.story),
    "first-seen": (topic_stories.c.opened, topic_stories.c.story),
}


class PageStore(HealthStore):
    """Read what the pages show."""

    def topic_heads(self, quiet_before: datetime) -> tuple[TopicHead, ...]:
        """Return the topics that are published, newest coverage first, those without any last.

        quiet_before: discovered topics that no story entered since then are left out.
        """
        of_topic = topic_stories.c.topic == topics.c.id
        newest = sa.select(sa.func.max(topic_stories.c.latest)).where(of_topic).scalar_subquery()
        query = sa.select(topics, newest.label("newest"))
        query = query.where(sa.not_(topics.c.withdrawn), sa.not_(is_quiet(quiet_before)))
        with self.read() as connection:
            rows = connection.execute(query.order_by(topics.c.title)).all()
        dated = sorted((r for r in rows if r.newest), key=lambda row: row.newest, reverse=True)
        return tuple(
            TopicHead(topic_of(row), row.newest) for row in (*dated, *(r for r in rows if not r.newest))
        )

    def newest(self, limits: Mapping[UUID, int]) -> dict[UUID, tuple[Brief, ...]]:
        """Return the newest stories of topics; `limits`: topic -> how many."""
        found: dict[UUID, list[Brief]] = {topic: [] for topic in limits}
        if not limits:
            return {}
        parts = [_newest_of(topic, limit) for topic, limit in limits.items()]
        with self.read() as connection:
            for row in connection.execute(sa.union_all(*parts)):
                found[row.topic].append(Brief(**{k: v for k, v in row._mapping.items() if k != "topic"}))
        return {topic: tuple(sorted(f, key=_newest_first)) for topic, f in found.items()}

    def newest_coverage(self, topic: UUID) -> datetime | None:
        """Return when a topic was last covered; None: never."""
        query = sa.select(sa.func.max(topic_stories.c.latest)).where(topic_stories.c.topic == topic)
        with self.read() as connection:
            return connection.execute(query).scalar()

    def topic_page(
        self, topic: UUID, limit: int, order: str = "newest", before: Cursor | None = None
    ) -> tuple[tuple[Story, ...], Cursor | None]:
        """Return the next stories of a topic, and the key to go on from; None: these are the last.

        order: a key of `ORDERS`.
        """
        keys = _keys(topic, order)
        if before is not None:
            keys = keys.where(_key(order) < _bound(order, before))
        rows = self._listed(keys.order_by(*(column.desc() for column in ORDERS[order])).limit(limit + 1))
        last = _cursor(rows[limit - 1], order) if len(rows) > limit else None
        return tuple(story_of(row) for row in rows[:limit]), last

    def topic_page_above(
        self, topic: UUID, limit: int, order: str, upto: Cursor
    ) -> tuple[tuple[Story, ...], Cursor | None]:
        """Return the page that ends with a key, as `topic_page` would show it, and the key that ends the one
        above; None: this is the first."""
        keys = _keys(topic, order).where(_key(order) >= _bound(order, upto))
        rows = self._listed(keys.order_by(*ORDERS[order]).limit(limit + 1))
        above = _cursor(rows[0], order) if len(rows) > limit else None
        return tuple(story_of(row) for row in rows[-limit:]), above

    def _listed(self, keys: sa.Select[Any]) -> Sequence[Row]:
        """Return stories with their sort keys, greatest first: sorted without their texts."""
        found = keys.subquery()
        query = sa.select(*_story_columns(), *found.c).join(found, found.c.story == stories.c.id)
        with self.read() as connection:
            return connection.execute(query.order_by(*(key.desc() for key in found.c))).all()

    def reports(self, story_ids: Collection[UUID]) -> dict[UUID, tuple[Report, ...]]:
        """Return the entries of stories, in order of arrival, without their texts."""
        return self._reports(sa.select(*REPORT), story_ids)

    def opened_reports(self, story: UUID) -> tuple[Report, ...]:
        """Return the entries of a story, in order of arrival, with the opening of their texts."""
        opening = sa.func.substr(entries.c.text, 1, OPENING).label("opening")
        return self._reports(sa.select(*REPORT, opening), (story,)).get(story, ())

    def _reports(self, query: sa.Select[Any], story_ids: Iterable[UUID]) -> dict[UUID, tuple[Report, ...]]:
        found: dict[UUID, list[Report]] = {}
        query = query.where(entries.c.story.in_(list(story_ids))).order_by(entries.c.id)
        with self.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.story, []).append(_report(row))
        return {story: tuple(reports) for story, reports in found.items()}

    def story(self, story: UUID) -> Story | None:
        """Find a published story; None: there is none, or nobody was told about it yet."""
        query = sa.select(*_story_columns()).where(stories.c.id == story, stories.c.published.is_not(None))
        with self.read() as connection:
            row = connection.execute(query).first()
        return story_of(row) if row else None

    def filed_under(self, story_ids: Collection[UUID]) -> dict[UUID, tuple[Topic, ...]]:
        """Return the topics of stories, configured ones first; not those withdrawn, nor the one of all."""
        query = (
            sa.select(topic_stories.c.story, topics)
            .join(topics, topics.c.id == topic_stories.c.topic)
            .where(topic_stories.c.story.in_(list(story_ids)))
            .where(sa.not_(topics.c.everything | topics.c.withdrawn))
        )
        found: dict[UUID, list[Topic]] = {}
        with self.read() as connection:
            for row in connection.execute(query.order_by(topics.c.discovered, topics.c.title)):
                found.setdefault(row.story, []).append(topic_of(row))
        return {story: tuple(its) for story, its in found.items()}

    def feeds_of(self, topic: UUID) -> tuple[str, ...]:
        """Return the names of the feeds that a topic draws on."""
        name = sa.func.coalesce(feeds.c.publisher, feeds.c.title, feeds.c.url)
        query = sa.select(name).join(topic_feeds, topic_feeds.c.feed == feeds.c.id)
        with self.read() as connection:
            return tuple(
                connection.execute(query.where(topic_feeds.c.topic == topic).order_by(name)).scalars()
            )


def _keys(topic: UUID, order: str) -> sa.Select[Any]:
    """Select the sort keys of a topic's stories, the last of them its id."""
    query = sa.select(*ORDERS[order]).join(stories, stories.c.id == topic_stories.c.story)
    return query.where(topic_stories.c.topic == topic, stories.c.published.is_not(None))


def _key(order: str) -> sa.ColumnElement[Any]:
    return sa.tuple_(*ORDERS[order])


def _bound(order: str, cursor: Cursor) -> sa.ColumnElement[Any]:
    values = zip(cursor, ORDERS[order], strict=True)
    return sa.tuple_(*(sa.literal(value, column.type) for value, column in values))


def _cursor(row: Row, order: str) -> Any:  # a Cursor, as long as the order's key
    return tuple(row[-len(ORDERS[order]) :])


def _newest_of(topic: UUID, limit: int) -> sa.Select[Any]:
    newest = (
        sa.select(sa.literal(topic, sa.Uuid).label("topic"), *BRIEF, LANGUAGE)
        .join(topic_stories, topic_stories.c.story == stories.c.id)
        .where(topic_stories.c.topic == topic, stories.c.published.is_not(None))
        .order_by(topic_stories.c.latest.desc(), topic_stories.c.story.desc())
        .limit(limit)
    )
    return sa.select(newest.subquery())


def _newest_first(brief: Brief) -> tuple[float, int]:
    return -brief.latest.timestamp(), -brief.id.int


def _story_columns() -> tuple[sa.Column[Any], ...]:
    return tuple(stories.c[name] for name in (*PLAIN, "card"))


def _report(row: Row) -> Report:
    plain = dict(row._mapping)
    return Report(**(plain | {"rule": Rule(row.rule), "terms": tuple(row.terms or ())}))
