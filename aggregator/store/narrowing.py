"""Which way a search goes: through all that the index of words gives, or through what its filter leaves.

The index gives matches newest first, so that a frequent word fills a page at once; but where a topic or a
publisher has few entries, nearly all matches of a million would be looked at before the page is full. So a
filter's parts are counted first, as far as `Limits`, and the smallest is met with the index instead.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.search import Term
from aggregator.store.fulltext import Matching, holding, matching_ids
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

    rare: int = 2_000  # matches, each of which is looked at whatever the filter: 4 µs
    handful: int = 200  # entries, each by itself in the index of words: 40 µs for a word of one
    few: int = 20_000  # listed, then met by the matches: 0.4 µs for one listed, 0.2 for a match
    several: int = 150_000  # so too where a filter has several parts: what passes all of them is rare


SQLITE = Limits()
POSTGRESQL = Limits(few=5_000, several=20_000)  # counting them takes ten times as long there
ASKED_FOR = 10  # entries of a topic that are listed as fast as one is asked whether it is in the topic


def matches(
    connection: sa.Connection, terms: Sequence[Term], wanted: Filter, limits: Limits | None = None
) -> sa.Select[Any] | None:
    """Select the grouped entries (`entry`) that hold all terms and are wanted, whatever `before` says.

    None: there is nothing to ask.
    """
    matching = matching_ids(connection.dialect.name, terms)
    if matching is None:
        return None
    limits = limits or (POSTGRESQL if connection.dialect.name == "postgresql" else SQLITE)
    parts = dict(_parts(wanted))
    few = None if _is_rare(connection, matching, limits) else _few(connection, parts, wanted, limits)
    if few is None:
        return matching.all().where(*_passing(matching.entry, wanted), *_between(matching.entry, parts))
    if connection.dialect.name == "postgresql":
        return matching.among(few)
    handful = connection.execute(few.limit(limits.handful + 1)).scalars().all()
    if len(handful) > limits.handful:
        return matching.among(few)
    left, sure = holding(connection, handful, terms)
    few = sa.select(entries.c.id.label("entry")).where(entries.c.id.in_(left))
    return few if sure else matching.among(few)


def _is_rare(connection: sa.Connection, matching: Matching, limits: Limits) -> bool:
    """Tell whether few entries match; PostgreSQL knows about how many, and would find all to count some."""
    if connection.dialect.name == "postgresql":
        return False
    (count,) = _counts(connection, [matching.all()], limits.rare)
    return count <= limits.rare


def _few(
    connection: sa.Connection, parts: Mapping[str, Part], wanted: Filter, limits: Limits
) -> sa.Select[Any] | None:
    """Select what passes a filter, by the part of it with the fewest entries; None: too many."""
    if not parts:
        return None
    limit = limits.several if len(parts) > 1 else limits.few
    counts = dict(zip(parts, _counts(connection, list(parts.values()), limit), strict=True))
    name = min(counts, key=counts.__getitem__)
    if "topic" in parts and counts["topic"] <= min(limit, ASKED_FOR * counts[name]):
        return sa.select(topic_entries.c.entry).where(*_of_topic(topic_entries, wanted))
    if counts[name] <= (limit if "topic" in parts else limits.few):
        part = parts[name].subquery()
        return sa.select(part.c.entry).where(*_passing(part.c.entry, wanted, seen=name))
    return None if "topic" in parts or max(counts.values()) > limit else _in_each(list(parts.values()))


def _in_each(parts: Sequence[Part]) -> sa.Select[Any]:
    """Select the grouped entries that several parts leave, each listed by its index."""
    first, *others = (part.subquery() for part in parts)
    listed = (first.c.entry.in_(sa.select(other.c.entry)) for other in others)
    return sa.select(first.c.entry).where(first.c.entry.not_in(UNGROUPED), *listed)


def _counts(connection: sa.Connection, queries: Sequence[Part], limit: int) -> Sequence[int]:
    """Count what each selects, as far as one beyond a limit."""
    parts = [sa.select(query.subquery()).limit(limit + 1).subquery() for query in queries]
    counts = (sa.select(sa.func.count()).select_from(part).scalar_subquery() for part in parts)
    return list(connection.execute(sa.select(*counts)).one())


def _parts(wanted: Filter) -> Iterator[tuple[str, Part]]:
    """Select what each part of a filter leaves, by an index that has nothing else."""
    if wanted.topic is not None:
        yield "topic", sa.select(topic_entries.c.entry).where(topic_entries.c.topic == wanted.topic)
    entry = sa.select(entries.c.id.label("entry"))
    if wanted.publisher is not None:
        yield "publisher", entry.where(entries.c.publisher_key == wanted.publisher)
    if wanted.since is not None or wanted.until is not None:
        undated = entry.where(entries.c.published.is_(None), *_within(entries.c.first_seen, wanted))
        yield "dates", entry.where(*_within(entries.c.published, wanted)).union_all(undated)


def _within(when: sa.ColumnElement[datetime], wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    if wanted.since is not None:
        yield when >= wanted.since
    if wanted.until is not None:
        yield when < wanted.until


def _of_topic(its: sa.FromClause, wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    yield its.c.topic == wanted.topic
    yield from _within(its.c.appeared, wanted)
    if wanted.publisher is not None:
        yield its.c.publisher_key == wanted.publisher


def _passing(
    entry: sa.ColumnElement[Any], wanted: Filter, seen: str = ""
) -> Iterator[sa.ColumnElement[bool]]:
    """Ask of an entry whether it is grouped and passes a filter; but for the part that is seen to already."""
    if wanted.topic is not None:
        its = topic_entries.alias()
        yield sa.exists().where(its.c.entry == entry, *_of_topic(its, wanted))
        return
    yield entry.not_in(UNGROUPED)
    # Each by itself: the publisher is told by an index, only the date by the entry's row.
    if wanted.publisher is not None and seen != "publisher":
        yield _has(entry, lambda its: [its.c.publisher_key == wanted.publisher])
    if (wanted.since is not None or wanted.until is not None) and seen != "dates":
        yield _has(entry, lambda its: _within(sa.func.coalesce(its.c.published, its.c.first_seen), wanted))


def _has(
    entry: sa.ColumnElement[Any], conditions: Callable[[sa.FromClause], Iterable[sa.ColumnElement[bool]]]
) -> sa.ColumnElement[bool]:
    its = entries.alias()
    return sa.exists().where(its.c.id == entry, *conditions(its))


def _between(entry: sa.ColumnElement[Any], parts: Mapping[str, Part]) -> Iterator[sa.ColumnElement[bool]]:
    """Begin where a topic or a publisher has its newest entry, and end with its oldest."""
    for part in parts.values():
        if isinstance(part, sa.Select):
            (column,) = part.selected_columns
            ways = (column.asc(), column.desc())
            first, last = (part.order_by(way).limit(1).scalar_subquery() for way in ways)
            yield entry >= first
            yield entry <= last
