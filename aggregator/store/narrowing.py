"""Which way a search goes: through all that the index of words gives, or through what its filter leaves.

The index gives matches newest first, so that a frequent word fills a page at once; but where a topic or a
publisher has few entries, nearly all matches of a million would be looked at before the page is full. So a
filter's parts are counted first, as far as `Limits`, and the smallest is met with the index instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.search import Term
from aggregator.store.fulltext import holding, matching_ids
from aggregator.store.schema import entries, topic_entries

Part = sa.Select[Any] | sa.CompoundSelect[Any]  # selects `entry`
UNGROUPED = sa.select(entries.c.id).where(entries.c.story.is_(None))  # few, and an index has them together


@dataclass(frozen=True, slots=True)
class Filter:
    """Which of the matches are wanted."""

    topic: UUID | None = None
    publisher: str | None = None  # normalised
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # only entries with a lower id: the next page


@dataclass(frozen=True, slots=True)
class Limits:
    """How many entries are looked for in which way; measured with a million in SQLite."""

    handful: int = 200  # each by itself in the index of words: 40 µs for a word of an entry
    few: int = 20_000  # listed, then met by the matches: 0.4 µs for one listed, 0.2 for a match
    several: int = 100_000  # so too where there are several parts: what passes all of them is rare


LIMITS = Limits()


def matches(
    connection: sa.Connection, terms: Sequence[Term], wanted: Filter, limits: Limits = LIMITS
) -> sa.Select[Any] | None:
    """Select the grouped entries (`entry`) that hold all terms and are wanted, whatever `before` says.

    None: there is nothing to ask.
    """
    matching = matching_ids(connection.dialect.name, terms)
    if matching is None:
        return None
    parts = list(_parts(wanted))
    part = _smallest(connection, parts, limits.few if len(parts) < 2 else limits.several)
    if part is None:
        return matching.all().where(*_passing(matching.entry, wanted), *_between(matching.entry, parts))
    few = sa.select(part.c.entry).where(*_passing(part.c.entry, wanted))
    if connection.dialect.name == "postgresql":
        return matching.among(few)
    handful = connection.execute(few.limit(limits.handful + 1)).scalars().all()
    if len(handful) > limits.handful:
        return matching.among(few)
    left, sure = holding(connection, handful, terms)
    few = sa.select(entries.c.id.label("entry")).where(entries.c.id.in_(left))
    return few if sure else matching.among(few)


def _smallest(connection: sa.Connection, parts: Sequence[Part], few: int) -> sa.Subquery | None:
    """Choose the part of a filter with the fewest entries; None: each has more than a few."""
    if not parts:
        return None
    limited = [sa.select(part.subquery()).limit(few + 1).subquery() for part in parts]
    counts = [sa.select(sa.func.count()).select_from(part).scalar_subquery() for part in limited]
    sizes = list(connection.execute(sa.select(*counts)).one())
    return parts[sizes.index(min(sizes))].subquery() if min(sizes) <= few else None


def _parts(wanted: Filter) -> Iterator[Part]:
    """Select what each part of a filter leaves, by an index that has nothing else."""
    if wanted.topic is not None:
        yield sa.select(topic_entries.c.entry).where(topic_entries.c.topic == wanted.topic)
    entry = sa.select(entries.c.id.label("entry"))
    if wanted.publisher is not None:
        yield entry.where(entries.c.publisher_key == wanted.publisher)
    if wanted.since is not None or wanted.until is not None:
        undated = entry.where(entries.c.published.is_(None), *_within(entries.c.first_seen, wanted))
        yield entry.where(*_within(entries.c.published, wanted)).union_all(undated)


def _within(when: sa.ColumnElement[datetime], wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.since is not None:
        yield when >= wanted.since
    if wanted.until is not None:
        yield when < wanted.until


def _passing(entry: sa.ColumnElement[Any], wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    """Ask of an entry whether it is grouped, and passes every part of a filter."""
    its = topic_entries.alias() if wanted.topic is not None else entries.alias()
    mine = [its.c.publisher_key == wanted.publisher] if wanted.publisher is not None else []
    if wanted.topic is not None:
        mine += [its.c.topic == wanted.topic, *_within(its.c.appeared, wanted)]
        yield sa.exists().where(its.c.entry == entry, *mine)
        return
    mine += _within(sa.func.coalesce(its.c.published, its.c.first_seen), wanted)
    yield entry.not_in(UNGROUPED)
    if mine:
        yield sa.exists().where(its.c.id == entry, *mine)


def _between(entry: sa.ColumnElement[Any], parts: Sequence[Part]) -> Iterator[sa.ColumnElement[bool]]:
    """Begin where a topic or a publisher has its newest entry, and end with its oldest."""
    for part in parts:
        if isinstance(part, sa.Select):
            (column,) = part.selected_columns
            ways = (column.asc(), column.desc())
            first, last = (part.order_by(way).limit(1).scalar_subquery() for way in ways)
            yield entry >= first
            yield entry <= last
