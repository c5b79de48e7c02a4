"""Single facts about the whole: each has a name."""

import sqlalchemy as sa

from aggregator.store.schema import meta

GENERATION = "generation"  # of the documents: raised with every change


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
