"""Who polls which feed: one worker at a time, and no longer than it lives."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.core.claiming import host_of, share
from aggregator.core.polling import is_welcome
from aggregator.model import FeedState
from aggregator.store.database import take_turns
from aggregator.store.intake import STATE, pollable, state_of
from aggregator.store.leases import LeaseStore, living
from aggregator.store.schema import claims, feeds

CLAIMS = 0x636C6169  # PostgreSQL advisory lock: workers choose in turn, so that no two take feeds of one host


class ClaimStore(LeaseStore):
    """Share out the feeds that are due."""

    def has_free_feeds(self, worker: str, now: datetime, clock: Callable[[], datetime]) -> bool:
        """Tell whether a feed is due that this worker may take; times as for `claim_feeds`."""
        with self.read() as connection:  # nearly always all that is asked
            waiting = [feed for feed in _looked_at(connection, pollable(now, False)) if is_welcome(feed, now)]
        if not waiting:
            return False
        moment = clock()
        with self.read() as connection:
            alive = living(connection, moment, self.silence) | {worker}
            return bool(share(waiting, _busy(connection, alive), 1))

    def claim_feeds(
        self,
        worker: str,
        now: datetime,
        clock: datetime,
        everything: bool = False,
        but: Collection[int] = (),
    ) -> tuple[FeedState, ...]:
        """Take feeds to poll, those that failed last; none when nothing is left that this worker may take.

        now: what is due by. clock: what leases are measured with. everything: also feeds that are not due;
        but: feeds that are not wanted.
        """
        with self.write_beside() as connection:
            take_turns(connection, CLAIMS)
            alive = living(connection, clock, self.silence) | {worker}
            # First: who was taken for dead may be storing what it polled, and then is waited for.
            connection.execute(sa.delete(claims).where(claims.c.worker.not_in(alive)))
            busy = _busy(connection, alive)  # so no feed is claimed twice either
            waiting = [
                feed
                for feed in _looked_at(connection, pollable(now, everything))
                if feed.id not in but and (everything or is_welcome(feed, now))
            ]
            waiting.sort(key=lambda feed: feed.failures > 0)  # who may let us wait again keeps up no other
            chosen = share(waiting, busy, len(alive))
            return _claim(connection, worker, [feed.id for feed in chosen])

    def release_feeds(self, worker: str) -> None:
        """Give back what a worker has claimed and not polled."""
        with self.write_beside() as connection:
            connection.execute(sa.delete(claims).where(claims.c.worker == worker))


def _busy(connection: sa.Connection, alive: Collection[str]) -> frozenset[str]:
    """Return the hosts that are being asked."""
    held = sa.select(claims.c.feed).where(claims.c.worker.in_(alive))
    return frozenset(map(host_of, _looked_at(connection, sa.select(feeds).where(feeds.c.id.in_(held)))))


def _looked_at(connection: sa.Connection, query: sa.Select[Any]) -> list[FeedState]:
    """Return feeds without what is long of them."""
    rows = connection.execute(query.with_only_columns(*(feeds.c[name] for name in STATE if name != "blocks")))
    return [state_of(row) for row in rows]


def _claim(connection: sa.Connection, worker: str, ids: Sequence[int]) -> tuple[FeedState, ...]:
    """Claim feeds, and return them whole, in the order given."""
    if not ids:
        return ()
    connection.execute(sa.insert(claims), [{"feed": feed, "worker": worker} for feed in ids])
    query = sa.select(*(feeds.c[name] for name in STATE)).where(feeds.c.id.in_(ids))
    whole = {feed.id: feed for feed in map(state_of, connection.execute(query))}
    return tuple(whole[feed] for feed in ids)
