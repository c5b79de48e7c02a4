"""The index of words, as each database has it.

SQLite's FTS5 keeps itself in step by triggers; PostgreSQL's `entry_words` is written with the entries, in a
table of its own: entries are changed often, their words seldom.
"""

from collections.abc import Iterable, Sequence
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


def index_words(connection: sa.Connection, written: Iterable[dict[str, Any]]) -> None:
    """Note the words of entries that were written: rows with id, title, publisher and text."""
    if connection.dialect.name != "postgresql":
        return
    rows = [
        {"of": row["id"], "says": tsvector((row["title"], row["publisher"], row["text"]))} for row in written
    ]
    connection.execute(INDEX, rows)


INDEX = sa.text(
    "INSERT INTO entry_words (entry, words) VALUES (:of, CAST(:says AS tsvector))"
    " ON CONFLICT (entry) DO UPDATE SET words = excluded.words"
)
