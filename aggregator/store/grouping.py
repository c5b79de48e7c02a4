"""Entries and their stories: what the grouping works on, and what it decided."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aggregator.model import Enclosure, Entry, Grouping, Live, Member, Placement, Rule, Stored
from aggregator.store.among import among
from aggregator.store.database import Database
from aggregator.store.followups import forget_links, hand_over, link
from aggregator.store.meta import JOINS, MERGES, STORIES, count
from aggregator.store.noted import LIVE_ENTRIES, keep_notes
from aggregator.store.schema import Row, entries, memberships, named_entries, notes, stories, topic_stories

NO_VERSION = -1  # that no note has
# A row of PLACED is the placement of an entry; one of COLUMNS the entry too.
PLACED = tuple(entries.c[name] for name in "id story rule nearest similarity threshold terms copy_of".split())
COLUMNS = tuple(c for c in entries.c if c.name not in ("url_key", "title_key", "from_feed", "named"))

# What the grouping reads of an entry: where many arrive, the other columns and the rest of long texts count.
READ = (
    *(
        entries.c[name]
        for name in "id first_seen publisher_key title url publisher published language".split()
    ),
    sa.func.substr(entries.c.text, 1, sa.bindparam("characters")).label("text"),
)


class GroupingStore(Database):
    """Hand entries to the grouping, and keep its decisions."""

    def ungrouped(self) -> tuple[int, ...]:
        """Return the ids of entries in no story yet, oldest first (an unknown date is its arrival)."""
        when = sa.func.coalesce(entries.c.published, entries.c.first_seen)
        query = sa.select(entries.c.id).where(entries.c.story.is_(None)).order_by(when, entries.c.id)
        with self.read() as connection:
            return tuple(connection.execute(query).scalars())

    def entries(self, ids: Iterable[int]) -> tuple[Stored, ...]:
        """Return entries by id, in order of arrival."""
        query = sa.select(*COLUMNS).where(entries.c.id.in_(list(ids))).order_by(entries.c.id)
        with self.read() as connection:
            return tuple(stored(row) for row in connection.execute(query))

    def readable(self, ids: Iterable[int], characters: int) -> tuple[Stored, ...]:
        """Return entries by id, in order of arrival, as far as the grouping reads them.

        characters: of a text, that it looks at.
        """
        query = sa.select(*READ).where(entries.c.id.in_(list(ids))).order_by(entries.c.id)
        with self.read() as connection:
            return tuple(_as_read(row) for row in connection.execute(query, {"characters": characters}))

    def live(self, version: int, limit: int = LIVE_ENTRIES) -> tuple[Live, ...]:
        """Return the newest grouped entries, in order of arrival: with a note of a version, or else whole.

        Older ones that an editor decided about come before them.
        """
        query = (
            sa.select(*PLACED, notes.c.version, notes.c.note)
            .outerjoin(notes, notes.c.entry == entries.c.id)
            .where(entries.c.story.is_not(None))
            .order_by(entries.c.id.desc())
        )
        with self.read() as connection:
            rows = list(connection.execute(query.limit(limit)))
            if len(rows) == limit:
                decided = entries.c.id.in_(sa.select(named_entries.c.entry))
                rows += connection.execute(query.where(decided, entries.c.id < rows[-1].id))
        read = {one.id: one for one in self.entries(row.id for row in rows if row.version != version)}
        return tuple(
            Live(placement(row), stored=read[row.id]) if row.id in read else Live(placement(row), row.note)
            for row in reversed(rows)
        )

    def live_entries(self) -> tuple[tuple[Stored, Placement], ...]:
        """Return the newest grouped entries whole, with their placements, as `live` chooses them."""
        return tuple((one.stored, one.placement) for one in self.live(NO_VERSION) if one.stored)

    def last_grouped(self) -> int:
        """Return the highest id among grouped entries; 0 where there are none."""
        query = sa.select(sa.func.max(entries.c.id)).where(entries.c.story.is_not(None))
        with self.read() as connection:
            return connection.execute(query).scalar() or 0

    def apply(self, grouping: Grouping, now: datetime) -> None:
        """Store what the grouping decided about one batch, all of it or nothing."""
        with self.write() as connection:
            apply(connection, grouping, now)
            joins = sum(p.rule is not Rule.OPENED for p in grouping.placements)
            count(connection, JOINS, joins)
            count(connection, MERGES, len(grouping.merges))
            keep_notes(connection, grouping.notes, grouping.version)

    def members(self, story_ids: Iterable[UUID]) -> dict[UUID, tuple[Member, ...]]:
        """Return the entries of stories with their placements, in order of arrival."""
        with self.read() as connection:
            return members_of(connection, story_ids)


def apply(connection: sa.Connection, grouping: Grouping, now: datetime) -> None:
    """Store what was decided about entries and stories."""
    left = _stories_of(connection, [p.entry for p in grouping.placements])
    _open(connection, {p.story for p in grouping.placements}, now)
    _place(connection, grouping.placements, now)
    _lead_on(connection, left, [p.entry for p in grouping.placements])
    _touch(connection, left | {p.story for p in grouping.placements})
    link(connection, grouping.follows)
    _touch(connection, [story for story, _ in grouping.follows])
    for elder, younger in grouping.merges:
        _merge(connection, elder, younger, now)
    for story in sorted(left):
        _end_if_empty(connection, story, now)


def members_of(connection: sa.Connection, story_ids: Iterable[UUID]) -> dict[UUID, tuple[Member, ...]]:
    """Return the entries of stories with their placements, in order of arrival."""
    query = sa.select(*COLUMNS).where(among(connection, entries.c.story, story_ids)).order_by(entries.c.id)
    found: dict[UUID, list[Member]] = {}
    for row in connection.execute(query):
        found.setdefault(row.story, []).append(Member(stored(row), placement(row)))
    return {story: tuple(members) for story, members in found.items()}


def stored(row: Row) -> Stored:
    """Make an entry from a row that has `COLUMNS`."""
    return Stored(
        id=row.id,
        first_seen=row.first_seen,
        publisher_key=row.publisher_key,
        entry=Entry(
            title=row.title,
            text=row.text,
            id=row.own_id,
            url=row.url,
            publisher=row.publisher,
            author=row.author,
            published=row.published,
            day_only=row.day_only,
            updated=row.updated,
            categories=tuple(row.categories),
            language=row.language,
            rights=row.rights,
            enclosures=tuple(Enclosure(**file) for file in row.enclosures or ()),
        ),
    )


def _as_read(row: Row) -> Stored:
    """Make an entry from a row that has `READ`."""
    entry = Entry(
        title=row.title,
        text=row.text,
        url=row.url,
        publisher=row.publisher,
        published=row.published,
        language=row.language,
    )
    return Stored(row.id, entry, row.first_seen, row.publisher_key)


def placement(row: Row) -> Placement:
    """Make a grouped entry's placement from a row that has `COLUMNS`."""
    return Placement(
        entry=row.id,
        story=row.story,
        rule=Rule(row.rule),
        nearest=row.nearest,
        similarity=row.similarity,
        threshold=row.threshold,
        terms=tuple(row.terms or ()),
        copy_of=row.copy_of,
    )


def _stories_of(connection: sa.Connection, entry_ids: Sequence[int]) -> set[UUID]:
    query = (
        sa.select(entries.c.story).distinct().where(entries.c.id.in_(entry_ids), entries.c.story.is_not(None))
    )
    return set(connection.execute(query).scalars())


def _open(connection: sa.Connection, story_ids: set[UUID], now: datetime) -> None:
    known = set(connection.execute(sa.select(stories.c.id).where(stories.c.id.in_(story_ids))).scalars())
    new = [
        {"id": story, "opened": now, "touched": True, "bumps": 0, "entries": 0, "publishers": 0, "copies": 0}
        for story in sorted(story_ids - known)
    ]
    if new:
        connection.execute(sa.insert(stories), new)
        count(connection, STORIES, len(new))


def _place(connection: sa.Connection, placements: Iterable[Placement], now: datetime) -> None:
    stays = entries.c.story == sa.bindparam("to_story", type_=sa.Uuid)
    joined = sa.case((stays, entries.c.joined), else_=sa.literal(now, entries.c.joined.type))
    change = (
        sa.update(entries)
        .where(entries.c.id == sa.bindparam("of"))
        .values(
            {
                name: sa.bindparam(f"to_{name}")
                for name in ("story", "rule", "nearest", "similarity", "threshold", "terms", "copy_of")
            }
            | {"joined": joined}
        )
    )
    rows = [
        {
            "of": p.entry,
            "to_story": p.story,
            "to_rule": p.rule.value,
            "to_nearest": p.nearest,
            "to_similarity": p.similarity,
            "to_threshold": p.threshold,
            "to_terms": list(p.terms),
            "to_copy_of": p.copy_of,
        }
        for p in placements
    ]
    if rows:
        connection.execute(change, rows)


def _touch(connection: sa.Connection, story_ids: Iterable[UUID]) -> None:
    wanted = list(story_ids)
    still = stories.c.id.in_(wanted) & stories.c.touched.is_(False)
    connection.execute(sa.update(stories).where(still).values(touched=True))


def _merge(connection: sa.Connection, elder: UUID, younger: UUID, now: datetime) -> None:
    """Let the younger story end in the elder, which then stands in every topic that either was in."""
    change = sa.update(entries).where(entries.c.story == younger)
    connection.execute(change.values(story=elder, joined=now))
    connection.execute(sa.update(stories).where(stories.c.merged_into == younger).values(merged_into=elder))
    connection.execute(
        sa.update(stories).where(stories.c.id == younger).values(merged_into=elder, touched=False)
    )
    shown = sa.select(stories.c.published).where(stories.c.id == younger)
    if connection.execute(shown).scalar() is not None:
        connection.execute(sa.update(stories).where(stories.c.id == elder).values(absorbed=True))
    already = sa.select(topic_stories.c.topic).where(topic_stories.c.story == elder)
    inherited = topic_stories.c.topic.not_in(already)
    connection.execute(
        sa.update(topic_stories).where(topic_stories.c.story == younger, inherited).values(story=elder)
    )
    connection.execute(sa.delete(topic_stories).where(topic_stories.c.story == younger))
    hand_over(connection, elder, younger)
    _touch(connection, [elder])


def _lead_on(connection: sa.Connection, left: Collection[UUID], moved: Collection[int]) -> None:
    """Let stories that ended in one of these lead where their leads went, when those leave it again.

    Where such a story's entry is still shown, the one that its lead opens now is not shown beside it.
    """
    home = sa.select(entries.c.story).where(entries.c.id == stories.c.lead).scalar_subquery()
    ended = stories.c.merged_into.in_(left) & stories.c.lead.in_(moved)
    connection.execute(sa.update(stories).where(ended).values(merged_into=home))


def _end_if_empty(connection: sa.Connection, story: UUID, now: datetime) -> None:
    """A story whose entries all moved ended where its lead, or else its last entry, went."""
    row = connection.execute(
        sa.select(stories.c.lead, stories.c.published, stories.c.merged_into).where(stories.c.id == story)
    ).one()
    if row.merged_into or connection.execute(sa.select(entries.c.id).where(entries.c.story == story)).first():
        return
    heir = connection.execute(sa.select(entries.c.story).where(entries.c.id == row.lead)).scalar()
    if heir is not None:
        _merge(connection, heir, story, now)
        return
    # Never published: nobody knows it.
    forget_links(connection, [story])
    for table in (memberships, topic_stories):
        connection.execute(sa.delete(table).where(table.c.story == story))
    connection.execute(sa.delete(stories).where(stories.c.id == story))
