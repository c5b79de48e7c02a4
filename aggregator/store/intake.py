"""What comes in: topics and feeds that are followed, seed documents, entries and where they were read."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from aggregator.core.polling import moved, other_place, rhythm
from aggregator.errors import StoreError
from aggregator.model import FeedState, Intake, ParsedFeed, Poll, SeedRead
from aggregator.store.database import Database
from aggregator.store.entries import save_entries
from aggregator.store.meta import FAILURES, POLLS, count
from aggregator.store.reading import Reading, Source
from aggregator.store.schema import Row, claims, feeds, seeds

PARSED = ("ttl", "skip_hours", "skip_days", "hub", "self_url")  # kept of what a feed says of itself
CLOCKS = timedelta(minutes=5)  # by which the clocks of machines on one database may differ
STATE = tuple(field for field in FeedState.__dataclass_fields__)
PLACE = ("moved_to", "moved_since", "location")  # where a feed is asked
# What a poll changes that brought no entries.
CHANGED: tuple[str, ...] = (
    *("last_poll", "last_success", "first_success", "next_poll", "error", "failing_since", "failures"),
    *("gone", "newest", "wait_until", "etag", "last_modified", "digest", *PLACE),
)
# And one that did.
READ: tuple[str, ...] = (*CHANGED, "title", "link", "own_id", "blocks", "rhythm", *PARSED)


class IntakeStore(Database):
    """Keep feeds, seeds, and the entries they bring."""

    # ---- feeds

    def due_feeds(self, now: datetime, everything: bool = False) -> tuple[FeedState, ...]:
        """Return the feeds to poll, longest waiting first; `everything`: also those not due yet."""
        with self.read() as connection:
            return tuple(state_of(row) for row in connection.execute(pollable(now, everything)))

    def all_feeds(self) -> tuple[FeedState, ...]:
        """Return every feed that is followed, by address."""
        query = sa.select(*(feeds.c[name] for name in STATE)).where(feeds.c.active)
        with self.read() as connection:
            rows = connection.execute(query.order_by(feeds.c.url))
            return tuple(state_of(row) for row in rows)

    def add_feed(self, url: str, now: datetime) -> bool:
        """Follow a feed from now on; False where it was followed already."""
        with self.write() as connection:
            row = connection.execute(sa.select(feeds.c.id, feeds.c.active).where(feeds.c.url == url)).first()
            if row is None:
                connection.execute(
                    sa.insert(feeds).values(
                        url=url, active=True, added=True, created=now, failures=0, gone=False
                    )
                )
                return True
            change = sa.update(feeds).where(feeds.c.id == row.id)
            connection.execute(change.values(active=True, added=True, gone=False, next_poll=None))
            return not row.active

    def save_polls(self, polls: Iterable[Poll], worker: str | None = None) -> Intake:
        """Store what polls gave: a feed's entries, validators and next poll together, or none of them.

        What cannot be stored is an error of its feed, and stops no other. The worker's claims end with it;
        a feed that another one has claimed meanwhile is left to that one. None: nobody has claimed them.
        """
        together = tuple(polls)
        try:
            return self._save_together(together, worker)
        except (StoreError, sa.exc.OperationalError):
            raise  # a lock, a full disk: it is the same for each of them
        except Exception:
            return sum((self._save_alone(poll, worker) for poll in together), Intake())

    def _save_alone(self, poll: Poll, worker: str | None) -> Intake:
        try:
            return self._save_together((poll,), worker)
        except (StoreError, sa.exc.OperationalError):
            raise
        except Exception as fault:
            reason = f"cannot be stored ({type(fault).__name__}); please report it"
            failed = replace(poll, fetched=None, digest=None, parsed=None, error=reason)
            return self._save_together((failed,), worker)

    def _save_together(self, polls: Sequence[Poll], worker: str | None) -> Intake:
        # No savepoint between feeds: at each the full-text index would write out what it gathers in memory.
        with self.write() as connection:
            held = _held(connection, polls, worker)
            ours = [poll for poll in polls if poll.feed in held]
            _save_unchanged(connection, [poll for poll in ours if poll.parsed is None])
            intake = _save_read(connection, [(p, p.parsed) for p in ours if p.parsed is not None])
            _end_claims(connection, ours, worker)
            # Last: on PostgreSQL others who count wait from here on.
            count(connection, POLLS, len(ours))
            count(connection, FAILURES, sum(poll.error is not None for poll in ours))
            return intake

    # ---- seeds

    def known_seeds(self) -> dict[str, str]:
        """Return name -> SHA-256 of the documents that were read without an error."""
        with self.read() as connection:
            query = sa.select(seeds.c.name, seeds.c.digest).where(
                seeds.c.digest.is_not(None), seeds.c.error.is_(None)
            )
            return {row.name: row.digest for row in connection.execute(query)}

    def save_seed(self, reading: SeedRead) -> Intake:
        """Store what reading a document gave; an error leaves its earlier entries as they are."""
        with self.write() as connection:
            row = connection.execute(
                sa.select(seeds.c.id, seeds.c.failing_since).where(seeds.c.name == reading.name)
            ).first()
            if row is None:
                made = sa.insert(seeds).values(name=reading.name, created=reading.at, entries=0)
                seed, since = connection.execute(made.returning(seeds.c.id)).scalar_one(), None
            else:
                seed, since = row.id, row.failing_since
            change = sa.update(seeds).where(seeds.c.id == seed)
            if reading.error is not None:
                connection.execute(change.values(error=reading.error, failing_since=since or reading.at))
                return Intake()
            connection.execute(
                change.values(
                    digest=reading.digest,
                    read=reading.at,
                    entries=len(reading.entries),
                    error=None,
                    failing_since=None,
                )
            )
            return save_entries(connection, [Reading(Source("seed", seed), reading.entries, reading.at)])


def pollable(now: datetime, everything: bool) -> sa.Select[tuple[Any, ...]]:
    """Select the feeds to poll, longest waiting first.

    `everything`: also those not due yet, but none whose publisher asked to be left alone until later.
    """
    query = sa.select(*(feeds.c[name] for name in STATE)).where(feeds.c.active, sa.not_(feeds.c.gone))
    due = feeds.c.wait_until if everything else feeds.c.next_poll
    ahead = feeds.c.last_poll > now + CLOCKS  # the clock was put back: so may be what it was due by
    query = query.where(due.is_(None) | (due <= now) | ahead)
    return query.order_by(feeds.c.next_poll.nulls_first(), feeds.c.id)


def state_of(row: Row) -> FeedState:
    """Make a feed's state from a row whose columns are the first of `STATE`."""
    fields = dict(zip(STATE, row, strict=False))
    lists = {name: tuple(fields[name] or ()) for name in ("skip_hours", "skip_days")}
    return FeedState(**fields | lists)


def _held(connection: sa.Connection, polls: Sequence[Poll], worker: str | None) -> frozenset[int]:
    """Return which of the feeds the worker still holds; until the end no other can claim those."""
    polled = {poll.feed for poll in polls}
    query = sa.select(claims.c.feed, claims.c.worker).where(claims.c.feed.in_(polled))
    holder = {row.feed: row.worker for row in connection.execute(query.with_for_update())}
    return frozenset(feed for feed in polled if holder.get(feed) == worker)


def _end_claims(connection: sa.Connection, polls: Sequence[Poll], worker: str | None) -> None:
    """Give feeds back; one whose hub pushed since it was claimed is due again."""
    if worker is None or not polls:
        return
    its = claims.c.feed.in_([poll.feed for poll in polls])
    called = feeds.c.id.in_(sa.select(claims.c.feed).where(its, claims.c.called)) & (feeds.c.failures == 0)
    connection.execute(sa.update(feeds).where(called).values(next_poll=polls[0].at))
    connection.execute(sa.delete(claims).where(its))


def _save_unchanged(connection: sa.Connection, polls: Sequence[Poll]) -> None:
    """Store polls that brought no entries: most do, and one statement costs less than one each."""
    if polls:
        states = _states(connection, polls, ("id", "url", *CHANGED))
        _update(
            connection, CHANGED, [(states[poll.feed], _unchanged(poll, states[poll.feed])) for poll in polls]
        )


def _save_read(connection: sa.Connection, polls: Sequence[tuple[Poll, ParsedFeed]]) -> Intake:
    """Store polls that brought entries, likewise."""
    if not polls:
        return Intake()
    states = _states(connection, [poll for poll, _ in polls], ("id", "url", "publisher", *READ))
    changed = [(states[poll.feed], _after_success(poll, states[poll.feed])) for poll, _ in polls]
    _update(connection, READ, changed)
    readings = [
        Reading(_source(states[poll.feed], parsed), parsed.entries, poll.at) for poll, parsed in polls
    ]
    read = save_entries(connection, readings)
    return read + Intake(known=sum(parsed.known for _, parsed in polls))


def _source(state: Row, parsed: ParsedFeed) -> Source:
    return Source(
        "feed",
        state.id,
        publisher=state.publisher or parsed.title or state.title,
        named=state.publisher is not None,
        language=parsed.language,
        updated=parsed.updated,
        unread=parsed.known,
    )


def _states(connection: sa.Connection, polls: Sequence[Poll], columns: Iterable[str]) -> dict[int, Row]:
    query = sa.select(*(feeds.c[name] for name in columns))
    rows = connection.execute(query.where(feeds.c.id.in_([poll.feed for poll in polls])))
    return {row.id: row for row in rows}


def _update(
    connection: sa.Connection, columns: Iterable[str], changes: Iterable[tuple[Row, dict[str, Any]]]
) -> None:
    """Write feeds, each with what it is where nothing changes: every poll sets the same columns."""
    names = tuple(columns)
    rows = [
        {"of": state.id} | {f"new_{n}": change[n] if n in change else getattr(state, n) for n in names}
        for state, change in changes
    ]
    chosen: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
    connection.execute(sa.update(feeds).where(feeds.c.id == sa.bindparam("of")).values(**chosen), rows)


def _unchanged(poll: Poll, state: Row) -> dict[str, Any]:
    return _after_error(poll, state) if poll.error else _after_success(poll, state)


def _place_of(row: Row) -> FeedState:
    """Make what a feed's moves are judged by from a row that has `PLACE`."""
    return FeedState(row.id, row.url, **{name: getattr(row, name) for name in PLACE})


def _after_success(poll: Poll, state: Row) -> dict[str, Any]:
    change: dict[str, Any] = {
        "last_poll": poll.at,
        "last_success": poll.at,
        "next_poll": poll.next_poll,
        "error": None,
        "failing_since": None,
        "failures": 0,
        "wait_until": None,
        "first_success": state.first_success or poll.at,
        "newest": poll.newest,
    }
    if poll.fetched is not None:
        place = moved(_place_of(state), poll.fetched.moved_to, poll.at)
        change |= {name: getattr(place, name) for name in PLACE}
        headers = poll.fetched.headers  # a 304 may repeat its validators or leave them out
        fresh = {"etag": headers.get("etag"), "last_modified": headers.get("last-modified")}
        change |= fresh if poll.fetched.status == 200 else {k: v for k, v in fresh.items() if v}
    if poll.digest is not None:
        change["digest"] = poll.digest
    if poll.parsed is not None:
        change |= {"title": poll.parsed.title or state.title, "link": poll.parsed.link}
        change |= {name: getattr(poll.parsed, name) for name in PARSED}
        change |= {"own_id": poll.parsed.id, "blocks": poll.parsed.blocks}
        change["rhythm"] = rhythm(poll.parsed) or state.rhythm
    return change


def _after_error(poll: Poll, state: Row) -> dict[str, Any]:
    return {
        "last_poll": poll.at,
        "next_poll": poll.next_poll,
        "error": poll.error,
        "failing_since": state.failing_since or poll.at,
        "failures": state.failures + (not poll.ours),
        "location": other_place(_place_of(state), poll.at),
        "gone": poll.gone,
        "wait_until": poll.wait_until,
        "digest": poll.digest or state.digest,
    }
