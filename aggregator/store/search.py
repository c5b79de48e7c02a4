"""Full-text search over entries: one method, whatever the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.search import A_PAIR, Mention, Term
from aggregator.core.snippets import highlight, snippet
from aggregator.store.database import Database
from aggregator.store.fulltext import Matching, matching_ids
from aggregator.store.narrowing import Filter, matches
from aggregator.store.pages import Dated
from aggregator.store.schema import Row, entries, stories

COUNTED = 1_000  # matches counted at most
MENTIONED = 500  # characters of a text in which names are told: they stand at its beginning


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


OTHERS = (name for name in Hit.__dataclass_fields__ if name not in ("entry", "snippet"))
COLUMNS = (entries.c.id.label("entry"), entries.c.text, *(entries.c[name] for name in OTHERS))


class SearchStore(Database):
    """Find entries by their words."""

    def search(self, terms: Sequence[Term], wanted: Filter, limit: int) -> tuple[tuple[Hit, ...], int]:
        """Return matching grouped entries, newest first, and how many there are (COUNTED at most)."""
        with self.read() as connection:
            matched = matches(connection, terms, wanted)
            if matched is None:
                return (), 0
            (entry,) = matched.selected_columns
            newest = matched.order_by(entry.desc())
            ids = connection.execute(newest.limit(max(limit, COUNTED))).scalars().all()
            if wanted.before is None:
                page = ids[:limit]
            else:
                page = connection.execute(newest.where(entry < wanted.before).limit(limit)).scalars().all()
            hits = sa.select(*COLUMNS).where(entries.c.id.in_(page)).order_by(entries.c.id.desc())
            rows = connection.execute(hits).all() if page else []
        return tuple(_hit(row, terms) for row in rows), min(len(ids), COUNTED)

    def mentions(self, pairs: Iterable[Sequence[Term]], other_than: UUID) -> tuple[Mention, ...]:
        """Return the newest entries of other stories that say all terms of a pair, A_PAIR for each pair."""
        found = [matching_ids(self.engine.dialect.name, pair) for pair in pairs]
        parts = [sa.select(_newest(matching).subquery()) for matching in found if matching]
        if not parts:
            return ()
        said = sa.union(*parts).subquery()
        opening = sa.func.substr(entries.c.text, 1, MENTIONED).label("opening")
        query = (
            sa.select(entries.c.story, entries.c.title, opening)
            .join(said, said.c.entry == entries.c.id)
            .join(stories, stories.c.id == entries.c.story)
            .where(stories.c.published.is_not(None), stories.c.merged_into.is_(None))
            .where(entries.c.story != other_than)
            .order_by(entries.c.id)
        )
        with self.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Mention(row.story, f"{row.title} | {row.opening}") for row in rows)


def _newest(matching: Matching) -> sa.Select[Any]:
    query = sa.select(matching.entry.label("entry")).select_from(matching.table).where(matching.condition)
    return query.order_by(matching.entry.desc()).limit(A_PAIR)


def _hit(row: Row, terms: Sequence[Term]) -> Hit:
    facts = dict(row._mapping)
    text = facts.pop("text")
    marked = {name: highlight(facts[name], terms) for name in ("title", "publisher") if facts[name]}
    return Hit(**(facts | marked), snippet=snippet(text, terms))
