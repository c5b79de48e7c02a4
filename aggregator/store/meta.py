"""Single facts about the whole: each has a name."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aggregator.store.schema import meta

GENERATION = "generation"  # of the documents: raised with every change
REWRITTEN = "rewritten"  # when documents last became others for what they all depend on

# What is counted for ever, where no table could be asked for it at little cost.
POLLS, FAILURES = "polls counted", "failures counted"
STORIES, JOINS, MERGES, BUMPS = "stories counted", "joins counted", "merges counted", "bumps counted"
COUNTED = (POLLS, FAILURES, STORIES, JOINS, MERGES, BUMPS)


def count(connection: sa.Connection, key: str, more: int) -> None:
    """Add to what is counted for ever."""
    if not more:
        return
    value = sa.cast(sa.cast(meta.c.value, sa.BigInteger) + more, sa.Text)
    if not connection.execute(sa.update(meta).where(meta.c.key == key).values(value=value)).rowcount:
        connection.execute(sa.insert(meta).values(key=key, value=str(more)))


def note(connection: sa.Connection, key: str, value: str) -> None:
    """Write a fact down, over what it was before; one that is known already is left as it stands."""
    if noted(connection, key) == value:
        return
    connection.execute(sa.delete(meta).where(meta.c.key == key))
    connection.execute(sa.insert(meta).values(key=key, value=value))


def noted(connection: sa.Connection, key: str) -> str | None:
    """Return a fact; None: it was never written down."""
    found: str | None = connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
    return found


def raise_generation(connection: sa.Connection) -> None:
    """Note that what subscribers are answered with may be another now."""
    note(connection, GENERATION, str(int(noted(connection, GENERATION) or 0) + 1))


def note_rewritten(connection: sa.Connection, now: datetime, topic: UUID | None = None) -> None:
    """Note that documents are others from now on for another reason than stories; None: all of them."""
    note(connection, _rewritten(topic), now.isoformat())


def last_rewritten(connection: sa.Connection, topic: UUID | None = None) -> datetime | None:
    """Return when documents, or a topic's, last became others for another reason than stories."""
    keys = {_rewritten(None), _rewritten(topic)}
    found = connection.execute(sa.select(meta.c.value).where(meta.c.key.in_(keys))).scalars()
    return max(map(datetime.fromisoformat, found), default=None)


def _rewritten(topic: UUID | None) -> str:
    return f"{REWRITTEN} {topic.hex}" if topic else REWRITTEN
