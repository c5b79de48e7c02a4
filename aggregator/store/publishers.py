"""Which names are one publisher: what feeds/publishers.toml last said, and the keys of stored entries."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa

from aggregator.core.identity import digest
from aggregator.core.publish import publishers_in
from aggregator.core.publishers import Publishers
from aggregator.model import KnownPublisher
from aggregator.store.database import Database
from aggregator.store.grouping import members_of
from aggregator.store.meta import note, noted
from aggregator.store.schema import Row, entries, feeds, origins, stories

KEYS = "2"  # raised when `Publishers.key` decides otherwise, so that stored keys are made anew
CHUNK = 2_000  # entries looked at in one go


class PublisherStore(Database):
    """Keep who is who among publishers."""

    def adopt_publishers(self, known: Iterable[KnownPublisher] | None) -> int:
        """Take over what is known of publishers; None: what was known before holds.

        Entries stored under other keys get their new ones, quietly: nothing is shown again for that.
        Returns how many there were.
        """
        with self.write() as connection:
            if known is not None:
                note(connection, "publishers", json.dumps([asdict(publisher) for publisher in known]))
            state = digest(KEYS, noted(connection, "publishers"))
            if noted(connection, "publisher_keys") == state:
                return 0
            changed = _count_anew(connection, publishers_of(connection))
            note(connection, "publisher_keys", state)
            return changed

    def publisher_key(self, name: str) -> str | None:
        """Return the key of a publisher that is named as pages name it; None: that is no name."""
        named = sa.select(feeds.c.id).where(sa.or_(feeds.c.title == name, feeds.c.publisher == name))
        with self.read() as connection:
            ids = connection.execute(named).scalars().all()
            its = (
                sa.select(entries.c.publisher_key)
                .join(origins, origins.c.entry == entries.c.id)
                .where(origins.c.feed.in_(ids), entries.c.publisher == name)
            )
            found: str | None = connection.execute(its.limit(1)).scalar() if ids else None
            return found or publishers_of(connection).key(name)


def publishers_of(connection: sa.Connection) -> Publishers:
    """Return what is known of publishers."""
    return _read(noted(connection, "publishers") or "[]")


@lru_cache(maxsize=2)
def _read(stored: str) -> Publishers:
    return Publishers(
        KnownPublisher(row["name"], tuple(row["aliases"]), tuple(row["domains"]), row["owner"])
        for row in json.loads(stored)
    )


def _count_anew(connection: sa.Connection, publishers: Publishers) -> int:
    changed, after = 0, 0
    while rows := _next(connection, after):
        wrong = [(row, key) for row, key in _keyed(rows, publishers) if key != row.publisher_key]
        if wrong:
            change = sa.update(entries).where(entries.c.id == sa.bindparam("of"))
            keys = [{"of": row.id, "to_key": key} for row, key in wrong]
            connection.execute(change.values(publisher_key=sa.bindparam("to_key")), keys)
            _recount(connection, sorted({row.story for row, _ in wrong if row.story}, key=str))
        changed += len(wrong)
        after = rows[-1].id
    return changed


def _next(connection: sa.Connection, after: int) -> Sequence[Row]:
    columns = (entries.c[name] for name in ("id", "story", "publisher", "url", "named", "publisher_key"))
    query = sa.select(*columns).where(entries.c.id > after).order_by(entries.c.id)
    return connection.execute(query.limit(CHUNK)).all()


def _keyed(rows: Iterable[Row], publishers: Publishers) -> Iterable[tuple[Row, str | None]]:
    return ((row, publishers.key(row.publisher, row.url, row.named)) for row in rows)


def _recount(connection: sa.Connection, story_ids: Sequence[UUID]) -> None:
    """Count the publishers of stories again, as told before: crossing from one to two is no news then."""
    for start in range(0, len(story_ids), CHUNK // 4):
        found = members_of(connection, story_ids[start : start + CHUNK // 4])
        change = sa.update(stories).where(stories.c.id == sa.bindparam("of"))
        counts = [{"of": story, "to": publishers_in(members)} for story, members in found.items()]
        connection.execute(change.values(publishers=sa.bindparam("to"), touched=True), counts)
