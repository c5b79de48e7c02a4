"""The index of words, as each database has it.

SQLite's FTS5 holds no texts of its own, and is kept in step by triggers where entries change or go; new ones
are added to it many at a time, for a trigger would have it write out after each what it gathers in memory.
PostgreSQL's `entry_words` is written with the entries, in a table of its own: entries are changed often,
their words seldom.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from aggregator.core.search import Term, fts5
from aggregator.core.tokens import tsquery, tsvector

entries_fts = sa.table("entries_fts", sa.column("rowid"))
entry_words = sa.table("entry_words", sa.column("entry", sa.BigInteger), sa.column("words", TSVECTOR))


@dataclass(frozen=True, slots=True)
class Matching:
    """How entries are asked for by their words."""

    table: sa.FromClause
    entry: sa.ColumnElement[Any]  # its id
    condition: sa.ColumnElement[bool]

    def all(self) -> sa.Select[Any]:
        """Select all of them (`entry`)."""
        entry = self.entry.label("entry")
        return sa.select(entry).select_from(self.table).where(self.condition)

    def among(self, few: sa.Select[Any]) -> sa.Select[Any]:
        """Select those of a few entries; `few` selects `entry`."""
        listed = few.cte("few").prefix_with("MATERIALIZED", dialect="postgresql")
        if self.table is not entries_fts:
            return self.all().join(listed, listed.c.entry == self.entry)
        first, last = (sa.select(end(listed.c.entry)).scalar_subquery() for end in (sa.func.min, sa.func.max))
        # The plus keeps SQLite from asking the index of words for each of them.
        its = sa.literal_column("+entries_fts.rowid", sa.BigInteger)
        among = its.in_(sa.select(listed.c.entry))
        return self.all().where(self.entry >= first, self.entry <= last, among)


def matching_ids(dialect: str, terms: Sequence[Term]) -> Matching | None:
    """Return how to ask for entries that hold all of these terms; None: there is nothing to ask."""
    if dialect == "postgresql":
        asked = tsquery(terms)
        holds = entry_words.c.words.bool_op("@@")(sa.cast(sa.literal(asked, sa.Text), TSQUERY))
        return Matching(entry_words, entry_words.c.entry, holds) if asked else None
    # Unique, so that one statement can ask for several.
    query: sa.BindParameter[str] = sa.bindparam("query", fts5(tuple(terms)), unique=True)
    holds = sa.text("entries_fts MATCH :query").bindparams(query)  # type: ignore[assignment]
    return Matching(entries_fts, entries_fts.c.rowid, holds) if terms else None


def holding(
    connection: sa.Connection, ids: Sequence[int], terms: Sequence[Term]
) -> tuple[Sequence[int], bool]:
    """Return those of some entries that hold the plain words of terms, and whether that is all of the terms.

    For SQLite: asked for all terms at once, it would look behind each entry for the next one that holds
    them all.
    """
    words = dict.fromkeys(word for term in terms for word in _plain(term))
    for word in words:
        holds = sa.text("entries_fts MATCH :word").bindparams(word=fts5((Term((word,)),)))
        query = sa.select(entries_fts.c.rowid).where(holds, entries_fts.c.rowid.in_(ids))
        ids = connection.execute(query).scalars().all()
    return ids, all(len(term.words) == 1 and term.words[0] in words for term in terms)


def _plain(term: Term) -> Iterator[str]:
    """Return the whole words of a term of which it is certain that SQLite takes them for words, too."""
    for word in term.words[: -1 if term.prefix else None]:
        if word.isascii() and word.isalnum():
            yield word


def index_new(connection: sa.Connection, written: Sequence[dict[str, Any]]) -> None:
    """Note the words of entries that were inserted: rows with id, title, publisher and text."""
    if connection.dialect.name == "postgresql":
        index_words(connection, written)
    else:
        connection.execute(ADD, [{name: row[name] for name in ADDED} for row in written])


def index_changed(connection: sa.Connection, written: Sequence[dict[str, Any]]) -> None:
    """Note the words of entries that were changed, as `index_new` does."""
    if connection.dialect.name == "postgresql":
        index_words(connection, written)


def index_words(connection: sa.Connection, written: Sequence[dict[str, Any]]) -> None:
    """Note the words of entries on PostgreSQL."""
    rows = [
        {"of": row["id"], "says": tsvector((row["title"], row["publisher"], row["text"]))} for row in written
    ]
    connection.execute(INDEX, rows)


ADDED = ("id", "title", "text", "publisher")
ADD = sa.text(
    "INSERT INTO entries_fts (rowid, title, text, publisher) VALUES (:id, :title, :text, :publisher)"
)
INDEX = sa.text(
    "INSERT INTO entry_words (entry, words) VALUES (:of, CAST(:says AS tsvector))"
    " ON CONFLICT (entry) DO UPDATE SET words = excluded.words"
)
