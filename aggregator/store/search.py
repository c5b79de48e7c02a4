"""Full-text search over entries: one method, whatever the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.search import Term, fts5
from aggregator.store.database import Database
from aggregator.store.pages import Dated
from aggregator.store.schema import entries, topic_stories

MARK, UNMARK = (
    "\ue000",
    "\ue001",
)  # around a match; private characters, which cleaned text may hold but never means
COUNTED = 1_000  # matches counted at most

entries_fts = sa.table("entries_fts", sa.column("rowid"), sa.column("title"), sa.column("text"))


@dataclass(frozen=True, slots=True)
class Hit(Dated):
    """An entry that matches, with its matches between MARK and UNMARK."""

    entry: int
    story: UUID
    title: str
    snippet: str
    publisher: str | None
    url: str | None
    published: datetime | None
    day_only: bool
    first_seen: datetime
    language: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of the matches are wanted."""

    topic: UUID | None = None
    publisher: str | None = None  # normalised
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # only entries with a lower id: the next page


class SearchStore(Database):
    """Find entries by their words."""

    def search(self, terms: Sequence[Term], wanted: Filter, limit: int) -> tuple[tuple[Hit, ...], int]:
        """Return matching grouped entries, newest first, and how many there are (COUNTED at most)."""
        if not terms:
            return (), 0
        matching = sa.text("entries_fts MATCH :query")
        found = (
            sa.select(entries.c.id)
            .select_from(entries_fts.join(entries, entries.c.id == entries_fts.c.rowid))
            .where(matching, entries.c.story.is_not(None), *_conditions(wanted))
        )
        parameters = {"query": fts5(tuple(terms))}
        page = found if wanted.before is None else found.where(entries.c.id < wanted.before)
        columns = (
            entries.c[name]
            for name in Hit.__dataclass_fields__
            if name not in ("entry", "title", "snippet", "publisher")
        )
        hits = page.with_only_columns(
            entries.c.id.label("entry"),
            sa.literal_column(f"highlight(entries_fts, 0, '{MARK}', '{UNMARK}')").label("title"),
            sa.literal_column(f"snippet(entries_fts, 1, '{MARK}', '{UNMARK}', '…', 24)").label("snippet"),
            sa.literal_column(f"highlight(entries_fts, 2, '{MARK}', '{UNMARK}')").label("publisher"),
            *columns,
        ).order_by(entries_fts.c.rowid.desc())
        with self.read() as connection:
            rows = connection.execute(hits.limit(limit), parameters).all()
            counted = sa.select(sa.func.count()).select_from(found.limit(COUNTED).subquery())
            total = connection.execute(counted, parameters).scalar_one()
        return tuple(Hit(**row._mapping) for row in rows), total


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    when = sa.func.coalesce(entries.c.published, entries.c.first_seen)
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.topic is not None:
        # Asked for each match: a list of the topic's stories would be made anew for every search.
        mine = (topic_stories.c.topic == wanted.topic) & (topic_stories.c.story == entries.c.story)
        conditions.append(sa.exists().where(mine))
    if wanted.publisher is not None:
        conditions.append(entries.c.publisher_key == wanted.publisher)
    if wanted.since is not None:
        conditions.append(when >= wanted.since)
    if wanted.until is not None:
        conditions.append(when < wanted.until)
    return conditions
