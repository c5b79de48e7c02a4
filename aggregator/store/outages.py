"""What keeps the whole from its work: a refresh that fails, a network that is down. Told on /sources."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from aggregator.store.database import Database
from aggregator.store.meta import note, noted
from aggregator.store.schema import feeds, meta

REFRESH, NETWORK = "outage refresh", "outage network"  # what may be out, as it is noted
OUTAGES = (REFRESH, NETWORK)


@dataclass(frozen=True, slots=True)
class Outage:
    """What does not work, since when, and what to do."""

    what: str
    reason: str
    since: datetime


class OutageStore(Database):
    """Keep what is out, until it works again."""

    def note_outage(self, what: str, reason: str, now: datetime) -> None:
        """Note what is out; what was before keeps its date."""
        with self.write() as connection:
            known = read_outage(what, noted(connection, what))
            since = known.since if known else now
            note(connection, what, json.dumps({"reason": reason, "since": since.isoformat()}))

    def end_outage(self, what: str) -> Outage | None:
        """Note that something works again; return what it was. None: it did all the time."""
        if self._outage(what) is None:  # as nearly always: nothing is written then
            return None
        with self.write() as connection:
            known = read_outage(what, noted(connection, what))
            connection.execute(sa.delete(meta).where(meta.c.key == what))
            return known

    def outages(self) -> tuple[Outage, ...]:
        """Return what is out."""
        return tuple(filter(None, map(self._outage, OUTAGES)))

    def ask_again(self, since: datetime, when: Callable[[str], datetime]) -> None:
        """Have feeds asked again that have failed since a time, no later than `when` says of their address.

        Who asked to be left alone until later, is.
        """
        query = sa.select(feeds.c.id, feeds.c.url, feeds.c.wait_until).where(
            feeds.c.active, sa.not_(feeds.c.gone), feeds.c.failing_since >= since
        )
        soon = sa.bindparam("soon", type_=feeds.c.next_poll.type)
        change = sa.update(feeds).where(feeds.c.id == sa.bindparam("of"), feeds.c.next_poll > soon)
        with self.write() as connection:
            changes = [
                {"of": row.id, "soon": max(when(row.url), row.wait_until or since)}
                for row in connection.execute(query)
            ]
            if changes:
                connection.execute(change.values(next_poll=soon), changes)

    def _outage(self, what: str) -> Outage | None:
        with self.read() as connection:
            return read_outage(what, noted(connection, what))


def read_outage(what: str, stored: str | None) -> Outage | None:
    """Read what was noted; None: nothing was."""
    if stored is None:
        return None
    told = json.loads(stored)
    return Outage(what, told["reason"], datetime.fromisoformat(told["since"]))
