"""What subscribers were told: stories, and their places in documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.publish import VIEWS
from aggregator.model import Coverage, Former, Membership, Story
from aggregator.store.among import among
from aggregator.store.bulk import insert, update
from aggregator.store.database import Database
from aggregator.store.meta import (
    BUMPS,
    count,
    note,
    noted,
)
from aggregator.store.schema import (
    UNTOLD,
    Row,
    changes,
    entries,
    feeds,
    memberships,
    origins,
    stories,
    topic_stories,
    topics,
)

CHUNK = 500  # stories asked for in one statement
NEW = timedelta(days=1)  # since a feed's first reading, until which others may take to tell what it brought
CARD = (
    "author",
    "contributors",
    "categories",
    "rights",
    "why",
    "language",
    "own_headline",
)  # kept as JSON
DECIDED = (
    "id",
    "merged_into",
    "absorbed",
    "corrected",
    "quiet",
    "title",
)  # what telling a story does not change
PLAIN = tuple(name for name in Story.__dataclass_fields__ if name not in (*CARD, "coverage", "former"))
TOLD_SINCE = "told since topics were looked for"  # how many stories
LOOKED = "topics were looked for"  # when
COVERAGE = tuple(Coverage.__dataclass_fields__)


class PublishingStore(Database):
    """Keep what subscribers see."""

    def touch_changed(self) -> None:
        """Have stories told whose entries changed, also while other stories were being told."""
        with self.write() as connection:
            # One statement takes them: what another process notes from here on is told the next time.
            changed = connection.execute(sa.delete(changes).returning(changes.c.entry)).scalars().all()
            for start in range(0, len(changed), CHUNK):
                its = sa.select(entries.c.story).where(entries.c.id.in_(changed[start : start + CHUNK]))
                connection.execute(sa.update(stories).where(stories.c.id.in_(its)).values(touched=True))

    def untold(self) -> tuple[UUID, ...]:
        """Return the stories that changed since subscribers were last told."""
        query = sa.select(stories.c.id).where(UNTOLD)
        with self.read() as connection:
            return tuple(connection.execute(query.order_by(stories.c.opened, stories.c.id)).scalars())

    def has_untold(self) -> bool:
        """Say whether there are stories that changed since subscribers were last told."""
        touched = sa.exists(sa.select(stories.c.id).where(UNTOLD))
        with self.read() as connection:
            return bool(connection.execute(sa.select(touched | sa.exists(sa.select(changes.c.id)))).scalar())

    def told(self, story_ids: Iterable[UUID]) -> dict[UUID, Story]:
        """Return the stories that were published, as they were last told."""
        columns = [stories.c[name] for name in (*PLAIN, "card")]
        query = sa.select(*columns).where(stories.c.published.is_not(None))
        with self.read() as connection:
            query = query.where(among(connection, stories.c.id, story_ids))
            return {row.id: story_of(row) for row in connection.execute(query)}

    def last_told(self, story_ids: Iterable[UUID]) -> datetime | None:
        """Return when subscribers were last told about one of these stories; None: about none of them."""
        query = sa.select(sa.func.max(stories.c.told)).where(stories.c.id.in_(set(story_ids)))
        with self.read() as connection:
            return connection.execute(query).scalar()

    def save_told(
        self, told: Sequence[Story], filed: Mapping[UUID, Iterable[UUID]], now: datetime
    ) -> dict[UUID, set[UUID]]:
        """Store stories as subscribers will see them; `filed`: story -> topics that may be new to it.

        Returns story -> all topics that it is filed under now.
        """
        rows = [{"id": story.id} | _row(story) | {"told": now} for story in told]
        with self.write() as connection:
            if rows:
                update(connection, stories, rows)
                count(connection, BUMPS, sum(story.bumps > 0 and story.updated == now for story in told))
            held = _topics_of(connection, [story.id for story in told])
            _date(connection, [story for story in told if story.id in held])
            new = {story.id: set(filed.get(story.id, ())) - held.get(story.id, set()) for story in told}
            places = [
                {"topic": topic, "story": story.id, "latest": story.latest}
                for story in told
                for topic in new[story.id]
            ]
            if places:
                insert(connection, topic_stories, places)
        return {story: held.get(story, set()) | topics for story, topics in new.items()}

    def quiet(self, story_ids: Iterable[UUID]) -> set[UUID]:
        """Return those of the stories that regrouping changed since subscribers were last told."""
        query = sa.select(stories.c.id).where(stories.c.quiet)
        with self.read() as connection:
            its = among(connection, stories.c.id, story_ids)
            return set(connection.execute(query.where(its)).scalars())

    def topics_of(self, story_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
        """Return story -> the topics it is filed under."""
        with self.read() as connection:
            return _topics_of(connection, list(story_ids))

    def brought_by_new_feeds(self, story_ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
        """Return story -> the feed, new at `now`, whose first reading alone brought all its entries."""
        only = sa.func.min(origins.c.feed) == sa.func.max(origins.c.feed)
        no_seed = sa.func.count(origins.c.seed) == 0
        query = (
            sa.select(entries.c.story, sa.func.min(origins.c.feed).label("feed"))
            .join(origins, origins.c.entry == entries.c.id)
            .where(entries.c.story.in_(list(story_ids)))
            .group_by(entries.c.story)
            .having(only & no_seed)
            .add_columns(sa.func.max(origins.c.first_seen).label("last_seen"))
            .subquery()
        )
        new = sa.select(query.c.story, query.c.feed).join(feeds, feeds.c.id == query.c.feed)
        with self.read() as connection:
            if not has_new_feeds(connection, now):
                return {}
            first = new.where(is_new(now), feeds.c.first_success == query.c.last_seen)
            return {row.story: row.feed for row in connection.execute(first)}

    def placed(self, topic: UUID, story_ids: Iterable[UUID]) -> dict[str, set[UUID]]:
        """Return view -> those of the stories that have, or had, a place in its document; absent: none."""
        # Each by its whole key: else all that ever had a place in the topic would be read.
        mine = (memberships.c.topic == topic) & memberships.c.story.in_(list(story_ids))
        mine &= memberships.c.view.in_(VIEWS)
        found: dict[str, set[UUID]] = {}
        with self.read() as connection:
            for row in connection.execute(sa.select(memberships.c.view, memberships.c.story).where(mine)):
                found.setdefault(row.view, set()).add(row.story)
        return found

    def shown_as(self, topic: UUID, story_ids: Iterable[UUID]) -> dict[str, dict[UUID, UUID]]:
        """Return view -> story -> another one that the document still shows for it.

        That is a younger one that ended in it, or one that is told with the same entry, which left it.
        """
        told = stories.alias()
        ended_in_it, told_alike = stories.c.merged_into == told.c.id, stories.c.lead == told.c.lead
        query = (
            sa.select(memberships.c.view, told.c.id.label("of"), stories.c.id)
            .join(stories, stories.c.id == memberships.c.story)
            .join(told, (stories.c.id != told.c.id) & (ended_in_it | told_alike))
            .where(memberships.c.topic == topic, memberships.c.left.is_(None), memberships.c.view.in_(VIEWS))
            .where(told.c.id.in_(list(story_ids)))
        )
        found: dict[str, dict[UUID, UUID]] = {}
        with self.read() as connection:
            for row in connection.execute(query):
                found.setdefault(row.view, {})[row.of] = row.id
        return found

    def admit(
        self,
        topic: UUID,
        admitted: Mapping[str, Sequence[Membership[UUID]]],
        now: datetime,
        dates: Mapping[UUID, datetime] = MappingProxyType({}),
    ) -> None:
        """Store new places in a topic's documents (view -> memberships) and have the documents rendered.

        dates: those of stories' leads, as far as they are known.
        """
        with self.write() as connection:
            filed = _filed(connection, admitted.get("", ()), dates)
            rows = [
                {"topic": topic, "view": view, "story": m.of, "entered": m.entered, "left": m.left}
                | {"archived": None if view else filed[m.of]}
                for view, members in admitted.items()
                for m in members
            ]
            if rows:
                insert(connection, memberships, rows)
            published = sa.func.coalesce(topics.c.published, sa.literal(now, topics.c.published.type))
            change = sa.update(topics).where(topics.c.id == topic)
            connection.execute(change.values(dirty=True, published=published))

    def all_told(self, story_ids: Sequence[UUID]) -> None:
        """Note that subscribers have been told about these stories."""
        with self.write() as connection:
            change = sa.update(stories).where(among(connection, stories.c.id, story_ids))
            connection.execute(change.values(touched=False, absorbed=False, corrected=False, quiet=False))
            told, _ = _looked(connection)
            note(connection, TOLD_SINCE, str(told + len(story_ids)))

    def looked_for_topics(self) -> tuple[int, datetime | None]:
        """Return how many stories were told since topics were last looked for, and when that was."""
        with self.read() as connection:
            return _looked(connection)

    def have_looked_for_topics(self, now: datetime) -> None:
        """Note that topics have been looked for."""
        with self.write() as connection:
            note(connection, TOLD_SINCE, "0")
            note(connection, LOOKED, now.isoformat())


def _looked(connection: sa.Connection) -> tuple[int, datetime | None]:
    return int(noted(connection, TOLD_SINCE) or 0), _time(noted(connection, LOOKED))


def is_new(now: datetime) -> sa.ColumnElement[bool]:
    """Select feeds that were read for the first time so lately that what they brought may not be told yet."""
    return (feeds.c.first_success > now - NEW) & (feeds.c.first_success < now + NEW)


def has_new_feeds(connection: sa.Connection, now: datetime) -> bool:
    """Tell whether any feed is new: few refreshes bring one."""
    query = sa.select(feeds.c.id).where(is_new(now))
    return connection.execute(query.limit(1)).first() is not None


def _topics_of(connection: sa.Connection, story_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    query = sa.select(topic_stories.c.story, topic_stories.c.topic)
    found: dict[UUID, set[UUID]] = {}
    for row in connection.execute(query.where(among(connection, topic_stories.c.story, story_ids))):
        found.setdefault(row.story, set()).add(row.topic)
    return found


def _date(connection: sa.Connection, told: Sequence[Story]) -> None:
    """Let stories stand in their topics by their newest date."""
    dates = [{"the_story": story.id, "latest": story.latest} for story in told]
    if dates:
        change = sa.update(topic_stories).where(topic_stories.c.story == sa.bindparam("the_story"))
        connection.execute(change, dates)


def _filed(
    connection: sa.Connection, members: Sequence[Membership[UUID]], dates: Mapping[UUID, datetime]
) -> dict[UUID, datetime]:
    """Return what the archive files stories under: when they entered; for back-fill, their lead's date."""
    filed = {m.of: dates.get(m.of, m.entered) if m.left == m.entered else m.entered for m in members}
    outside = [m.of for m in members if m.left == m.entered and m.of not in dates]
    date = sa.func.coalesce(entries.c.published, entries.c.first_seen).label("date")
    query = sa.select(stories.c.id, date).join(entries, entries.c.id == stories.c.lead)
    for start in range(0, len(outside), CHUNK):
        part = query.where(among(connection, stories.c.id, outside[start : start + CHUNK]))
        filed |= {row.id: row.date for row in connection.execute(part)}
    return filed


def _row(story: Story) -> dict[str, Any]:
    plain = {name: getattr(story, name) for name in PLAIN if name not in DECIDED}
    card = {name: getattr(story, name) for name in CARD} | {"coverage": _lines(story)}
    former = asdict(story.former) | {"id": str(story.former.id)} if story.former else None
    return plain | {"card": card | ({"former": former} if former else {})}


def _lines(story: Story) -> list[dict[str, Any]]:
    return [
        {name: getattr(line, name) for name in COVERAGE}
        | {
            "published": line.published.isoformat() if line.published else None,
            "first_seen": line.first_seen.isoformat(),
        }
        for line in story.coverage
    ]


def story_of(row: Row) -> Story:
    """Make a story from a row whose first columns are `PLAIN`, and that has the card."""
    plain, card = dict(zip(PLAIN, row, strict=False)), dict(row.card)
    coverage = tuple(
        Coverage(**(line | {"published": _time(line["published"]), "first_seen": _time(line["first_seen"])}))
        for line in card.pop("coverage")
    )
    if former := card.pop("former", None):
        card["former"] = Former(**(former | {"id": UUID(former["id"])}))
    lists = {name: tuple(value) for name, value in card.items() if isinstance(value, list)}
    return Story(**plain, **(card | lists), coverage=coverage)


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
