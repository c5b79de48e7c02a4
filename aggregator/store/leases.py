"""Which processes work on this database, and which one of them leads.

A worker lives as long as it renews its lease. What it claimed and what it leads is free when the lease ends,
or at once when the worker leaves.
"""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from aggregator.errors import SupersededError
from aggregator.store.database import Database, Guard
from aggregator.store.schema import leads, workers

LEASE = timedelta(seconds=20)  # a worker that renewed nothing for so long is taken for dead
# Feeds do not wait for that: of who is silent for so long others take them. Two may die one after the other
# within a lease, and a feed is asked before it ends; who was only slow has asked in vain.
SILENCE = timedelta(seconds=6)
FORGOTTEN = timedelta(days=1)  # since a lease's end, after which a worker that never left is not listed
STORIES = leads.c.name == "stories"  # what is led: all that is done with entries once they are stored


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that works on the database."""

    id: str  # no two are the same, a restarted process's either
    machine: str  # processes on one machine can see whether each other lives
    process: str  # on its machine


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads; a process that loses the lead and takes it again has another epoch."""

    worker: str
    epoch: int


class LeaseStore(Database):
    """Keep who lives and who leads."""

    @property
    def silence(self) -> timedelta:
        """Return how long a worker may be silent and keep its feeds.

        On SQLite, a whole lease: workers wait for each other to write, and see each other end.
        """
        return SILENCE if self.engine.dialect.name == "postgresql" else LEASE

    def clock_of(self, here: Callable[[], datetime]) -> Callable[[], datetime]:
        """Return the clock that leases are measured with: on PostgreSQL, whose workers may be on many
        machines, the database's; else this machine's.
        """
        return self._clock if self.engine.dialect.name == "postgresql" else here

    def _clock(self) -> datetime:
        with self.read() as connection:
            moment: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def renew(self, worker: Worker, now: datetime) -> None:
        """Say that a worker lives, for the length of a lease."""
        change = sa.update(workers).where(workers.c.id == worker.id).values(until=now + LEASE)
        with self.write_beside() as connection:
            if not connection.execute(change).rowcount:
                connection.execute(sa.delete(workers).where(workers.c.until < now - FORGOTTEN))
                connection.execute(sa.insert(workers).values(**asdict(worker), until=now + LEASE))

    def leave(self, worker_ids: Collection[str]) -> None:
        """Forget workers that have ended: what they held is free at once."""
        with self.write_beside() as connection:
            connection.execute(sa.delete(workers).where(workers.c.id.in_(worker_ids)))

    def workers(self) -> tuple[Worker, ...]:
        """Return every worker that did not leave, also those whose lease has ended."""
        with self.read() as connection:
            return _workers(connection)

    def leader(self, now: datetime) -> Lead | None:
        """Return who leads; None: nobody who lives."""
        with self.read() as connection:
            return _leader(connection, now)

    def at_work(self, now: datetime) -> tuple[tuple[Worker, ...], Lead | None]:
        """Return `workers()` and `leader()` of one moment."""
        with self.read() as connection:
            return _workers(connection), _leader(connection, now)

    def lead(self, worker: Worker, now: datetime) -> Lead:
        """Have a worker lead where nobody does who lives; return who leads then."""
        if (known := self.leader(now)) is not None:
            return known
        with self.write_beside() as connection:
            held = sa.select(leads.c.worker, leads.c.epoch).where(STORIES).with_for_update()
            before = Lead(*connection.execute(held).one())
            if before.worker == worker.id or before.worker in living(connection, now):
                return before
            change = sa.update(leads).where(STORIES).values(worker=worker.id, epoch=before.epoch + 1)
            connection.execute(change)
            return Lead(worker.id, before.epoch + 1)


def _workers(connection: sa.Connection) -> tuple[Worker, ...]:
    columns = (workers.c[name] for name in Worker.__dataclass_fields__)
    return tuple(Worker(*row) for row in connection.execute(sa.select(*columns).order_by(workers.c.id)))


def _leader(connection: sa.Connection, now: datetime) -> Lead | None:
    alive = sa.select(workers.c.id).where(lives(now))
    query = sa.select(leads.c.worker, leads.c.epoch).where(STORIES, leads.c.worker.in_(alive))
    row = connection.execute(query).first()
    return Lead(*row) if row else None


def lives(now: datetime) -> sa.ColumnElement[bool]:
    """Select workers that live; a lease that ends far ahead was given before the clock was set back."""
    return (workers.c.until > now) & (workers.c.until <= now + 2 * LEASE)


def living(connection: sa.Connection, now: datetime, silence: timedelta | None = None) -> frozenset[str]:
    """Return the ids of workers that live; silence: and renewed their leases no longer ago."""
    heard = workers.c.until > now + LEASE - (silence or LEASE)
    return frozenset(connection.execute(sa.select(workers.c.id).where(lives(now), heard)).scalars())


def guard_of(lead: Lead) -> Guard:
    """Make the check that lets a leader write, until another one has taken the lead.

    Who takes it waits on PostgreSQL for transactions that have been let through, and finds all they wrote.
    """

    def check(connection: sa.Connection) -> None:
        query = sa.select(leads.c.worker, leads.c.epoch).where(STORIES).with_for_update(read=True)
        holds = Lead(*connection.execute(query).one())
        if holds != lead:
            raise SupersededError(holds.worker, "leads now; this process writes no more until it leads again")

    return check
