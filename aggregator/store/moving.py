"""Entries of a feed that has given all of them other ids: found again."""

from collections.abc import Sequence

import sqlalchemy as sa

from aggregator.core.moving import Earlier, recognised
from aggregator.model import Entry
from aggregator.store.schema import entries, origins


def earlier_of(connection: sa.Connection, feed: int, found: Sequence[tuple[str, Entry]]) -> list[int | None]:
    """Return for each entry that a feed now lists (title key, entry) the one of it that we have; see `core`.

    None of them may be known by its id, nor anything else that the feed's document lists.
    """
    own = sa.exists().where(origins.c.entry == entries.c.id, origins.c.feed == feed)
    columns = (entries.c[name] for name in Earlier.__dataclass_fields__)
    wanted = entries.c.title_key.in_({title_key for title_key, _ in found})
    rows = connection.execute(sa.select(*columns).where(wanted, own).order_by(entries.c.id))
    return recognised(found, [Earlier(*row) for row in rows])
