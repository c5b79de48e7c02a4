"""Topics as configured, the feeds they draw on, and which stories are filed under them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.identity import digest
from aggregator.model import Entry, FollowedFeed, Rules, Topic, TopicConfig
from aggregator.store.among import among
from aggregator.store.database import Database
from aggregator.store.documents import move_documents
from aggregator.store.meta import note_rewritten, raise_generation
from aggregator.store.schema import (
    Row,
    entries,
    feeds,
    memberships,
    origins,
    stories,
    topic_feeds,
    topic_names,
    topic_stories,
    topics,
)

EVERYTHING = TopicConfig(name="all", title="All stories", description="Every story, whatever its topic.")
CHUNK = 500  # entries looked at in one go


class TopicStore(Database):
    """Keep topics and what is filed under them."""

    def follow(self, configured: Sequence[TopicConfig], mint: Mapping[str, UUID], now: datetime) -> None:
        """Take over what feeds/ says; what it no longer says stays as it is.

        mint: an id for each topic by name, used where the topic is new.
        """
        with self.write() as connection:
            for config in (EVERYTHING, *configured):
                topic = _save_topic(connection, config, mint[config.name], now)
                _save_topic_feeds(connection, topic, config.feeds, now)
            followed = sa.select(topic_feeds.c.feed)
            active = sa.or_(feeds.c.added, feeds.c.id.in_(followed))
            connection.execute(sa.update(feeds).where(feeds.c.active != active).values(active=active))

    def topics(self) -> tuple[Topic, ...]:
        """Return every topic, by name."""
        with self.read() as connection:
            return tuple(
                topic_of(row) for row in connection.execute(sa.select(topics).order_by(topics.c.name))
            )

    def topic_counts(self) -> tuple[tuple[Topic, int], ...]:
        """Return every topic with the number of its stories, by name."""
        count = sa.select(sa.func.count()).where(topic_stories.c.topic == topics.c.id).scalar_subquery()
        query = sa.select(topics, count.label("stories")).order_by(topics.c.name)
        with self.read() as connection:
            return tuple((topic_of(row), row.stories) for row in connection.execute(query))

    def topic(self, name: str) -> Topic | None:
        """Find a topic by its present or an earlier name; None: there is none."""
        earlier = sa.select(topic_names.c.topic).where(topic_names.c.name == name)
        query = sa.select(topics).where((topics.c.name == name) | topics.c.id.in_(earlier))
        with self.read() as connection:
            row = connection.execute(query.order_by(topics.c.name != name)).first()
        return topic_of(row) if row else None

    def quiet_topics(self, since: datetime) -> frozenset[UUID]:
        """Return the discovered topics that are older than a time and that no story entered since then."""
        query = sa.select(topics.c.id).where(is_quiet(since))
        with self.read() as connection:
            return frozenset(connection.execute(query).scalars())

    def add_discovered(self, found: Mapping[UUID, TopicConfig], now: datetime) -> None:
        """Take topics in that the program found: id -> what a file would say."""
        with self.write() as connection:
            for topic, config in found.items():
                if _save_topic(connection, config, topic, now) == topic:
                    connection.execute(sa.update(topics).where(topics.c.id == topic).values(discovered=True))

    def newest_stories(self, limit: int) -> tuple[UUID, ...]:
        """Return the stories with the newest coverage."""
        query = sa.select(stories.c.id).where(
            stories.c.published.is_not(None), stories.c.merged_into.is_(None)
        )
        with self.read() as connection:
            newest = query.order_by(stories.c.latest.desc(), stories.c.id).limit(limit)
            return tuple(connection.execute(newest).scalars())

    def drawn_from(self, entry_ids: Iterable[int]) -> dict[int, frozenset[UUID]]:
        """Return for each entry the topics whose files name a feed that brought it; absent: none."""
        query = sa.select(origins.c.entry, topic_feeds.c.topic).join(
            topic_feeds, topic_feeds.c.feed == origins.c.feed
        )
        found: dict[int, set[UUID]] = {}
        with self.read() as connection:
            its = among(connection, origins.c.entry, entry_ids)
            for row in connection.execute(query.where(its)):
                found.setdefault(row.entry, set()).add(row.topic)
        return {entry: frozenset(ids) for entry, ids in found.items()}

    def unfiled_topics(self) -> tuple[Topic, ...]:
        """Return the topics whose rules, or feeds where they have none, changed since stories were filed."""
        query = sa.select(topics).where(sa.not_(topics.c.withdrawn), sa.not_(topics.c.everything))
        with self.read() as connection:
            drawn = _drawn(connection)
            rows = connection.execute(query.order_by(topics.c.name))
            found = [(topic_of(row), row.filed) for row in rows]
        return tuple(topic for topic, filed in found if filed != _filed_by(topic, drawn))

    def told_entries(self, after: int, limit: int = CHUNK) -> tuple[tuple[int, UUID, Entry], ...]:
        """Return (id, story, entry) of told stories' entries with ids above `after`, in order of ids.

        Of the entries only what rules look at is filled in. Stories that are still to be told are left out.
        """
        columns = (entries.c[name] for name in ("id", "story", "title", "text", "categories"))
        query = sa.select(*columns).join(stories, stories.c.id == entries.c.story)
        query = query.where(entries.c.id > after, sa.not_(stories.c.touched))
        with self.read() as connection:
            rows = connection.execute(query.order_by(entries.c.id).limit(limit)).all()
        return tuple((row.id, row.story, _looked_at(row)) for row in rows)

    def file_earlier(self, filed: Iterable[tuple[UUID, UUID]]) -> None:
        """File stories under topics new to them, and have subscribers told; pairs: (topic, story)."""
        by_topic: dict[UUID, set[UUID]] = {}
        for topic, story in filed:
            by_topic.setdefault(topic, set()).add(story)
        with self.write() as connection:
            for topic, found in by_topic.items():
                has = sa.select(topic_stories.c.story).where(topic_stories.c.topic == topic)
                new = found - set(connection.execute(has.where(topic_stories.c.story.in_(found))).scalars())
                published = stories.c.id.in_(new) & stories.c.latest.is_not(None)
                rows = sa.select(sa.literal(topic, sa.Uuid), stories.c.id, stories.c.latest).where(published)
                connection.execute(sa.insert(topic_stories).from_select(["topic", "story", "latest"], rows))
                connection.execute(sa.update(stories).where(stories.c.id.in_(new)).values(touched=True))

    def told_from_feeds_of(self, topic: UUID) -> tuple[UUID, ...]:
        """Return the told stories that have an entry of a topic's own feeds."""
        query = (
            sa.select(entries.c.story)
            .distinct()
            .join(origins, origins.c.entry == entries.c.id)
            .join(topic_feeds, topic_feeds.c.feed == origins.c.feed)
            .join(stories, stories.c.id == entries.c.story)
            .where(topic_feeds.c.topic == topic, sa.not_(stories.c.touched))
        )
        with self.read() as connection:
            return tuple(connection.execute(query.order_by(entries.c.story)).scalars())

    def all_filed(self, topic: Topic) -> None:
        """Note that every stored entry has been filed under the topic's present rules or feeds."""
        with self.write() as connection:
            change = sa.update(topics).where(topics.c.id == topic.id)
            connection.execute(change.values(filed=_filed_by(topic, _drawn(connection))))


def is_quiet(since: datetime) -> sa.ColumnElement[bool]:
    """Ask whether a topic is discovered, older than a time, and no story entered it since then."""
    entered = sa.select(memberships.c.story).where(
        memberships.c.topic == topics.c.id, memberships.c.view == "", memberships.c.entered >= since
    )
    return sa.and_(topics.c.discovered, topics.c.created < since, ~entered.exists())


def _looked_at(row: Row) -> Entry:
    return Entry(title=row.title, text=row.text, categories=tuple(row.categories))


def topic_of(row: Row) -> Topic:
    """Make a topic from a row of the table."""
    return Topic(
        id=row.id,
        name=row.name,
        title=row.title,
        created=row.created,
        description=row.description,
        rules=Rules(**{key: tuple(value) for key, value in row.rules.items()}),
        everything=row.everything,
        discovered=row.discovered,
        withdrawn=row.withdrawn,
        published=row.published,
    )


def _drawn(connection: sa.Connection) -> dict[UUID, list[str]]:
    """Return topic -> the addresses of its own feeds."""
    query = sa.select(topic_feeds.c.topic, feeds.c.url).join(feeds, feeds.c.id == topic_feeds.c.feed)
    found: dict[UUID, list[str]] = {}
    for row in connection.execute(query.order_by(feeds.c.url)):
        found.setdefault(row.topic, []).append(row.url)
    return found


def _filed_by(topic: Topic, drawn: Mapping[UUID, Sequence[str]]) -> str:
    """Return a digest of what decides which stories belong to a topic: its rules, or else its feeds."""
    if not topic.rules:
        return digest("feeds", *drawn.get(topic.id, ()))
    rules = (topic.rules.any, topic.rules.all, topic.rules.none, topic.rules.categories)
    return digest(*("\0".join(part) for part in rules))


def _save_topic(connection: sa.Connection, config: TopicConfig, new_id: UUID, now: datetime) -> UUID:
    """Insert or update a topic; one that is known by an earlier name is renamed and keeps its id."""
    values: dict[str, Any] = {
        "name": config.name,
        "title": config.title,
        "description": config.description,
        "rules": {name: list(getattr(config.rules, name)) for name in ("any", "all", "none", "categories")},
        "withdrawn": config.withdrawn,
        "discovered": False,
    }
    known = sa.select(topics).where(topics.c.name.in_((config.name, *config.was)))
    row = connection.execute(known.order_by(topics.c.name != config.name)).first()
    if row is None:
        values |= {"id": new_id, "everything": config is EVERYTHING, "created": now, "dirty": True}
        connection.execute(sa.insert(topics).values(**values))
    elif any(getattr(row, name) != value for name, value in values.items()):
        if row.withdrawn:
            values["filed"] = None  # what came meanwhile was not filed under it
        connection.execute(sa.update(topics).where(topics.c.id == row.id).values(dirty=True, **values))
        move_documents(connection, row.name, config.name)
        note_rewritten(connection, now, row.id)
        raise_generation(connection)
    topic = new_id if row is None else row.id
    _save_names(connection, topic, config)
    return topic


def _save_names(connection: sa.Connection, topic: UUID, config: TopicConfig) -> None:
    connection.execute(sa.delete(topic_names).where(topic_names.c.name.in_((config.name, *config.was))))
    if config.was:
        rows = [{"name": name, "topic": topic} for name in dict.fromkeys(config.was)]
        connection.execute(sa.insert(topic_names), rows)


def _save_topic_feeds(
    connection: sa.Connection, topic: UUID, followed: Sequence[FollowedFeed], now: datetime
) -> None:
    urls = {feed.url: feed for feed in followed}
    known = {
        row.url: row
        for row in connection.execute(
            sa.select(feeds.c.id, feeds.c.url, feeds.c.publisher).where(feeds.c.url.in_(urls))
        )
    }
    for url, feed in urls.items():
        if url not in known:
            row = {"url": url, "publisher": feed.publisher, "title": feed.title, "created": now}
            connection.execute(
                sa.insert(feeds).values(active=True, added=False, failures=0, gone=False, **row)
            )
        elif feed.publisher and feed.publisher != known[url].publisher:
            change = sa.update(feeds).where(feeds.c.url == url)
            connection.execute(change.values(publisher=feed.publisher))
    connection.execute(sa.delete(topic_feeds).where(topic_feeds.c.topic == topic))
    chosen = sa.select(sa.literal(topic, sa.Uuid), feeds.c.id).where(feeds.c.url.in_(urls))
    connection.execute(sa.insert(topic_feeds).from_select(["topic", "feed"], chosen))
