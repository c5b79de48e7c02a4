"""What keeps a SQLite file from working, in words: a lock, a full disk, a damaged page."""

import sqlite3
import time

import sqlalchemy as sa

from aggregator.errors import StoreError

CHECK = 5.0  # seconds; a larger file is looked at only in part, and a start never waits longer
STEPS = 100_000  # of SQLite's machine between two looks at the clock, some milliseconds

_DAMAGED = "is damaged ({}), and is left as it is; put a backup of it in its place"
REASONS = {  # SQLite's result code -> what it means here, and what to do; {}: SQLite's own words
    sqlite3.SQLITE_BUSY: "is held by another process ({}); see which one, it is tried again by itself",
    sqlite3.SQLITE_LOCKED: "is held by another process ({}); see which one, it is tried again by itself",
    sqlite3.SQLITE_FULL: "cannot grow ({}); make room, it is tried again by itself",
    sqlite3.SQLITE_IOERR: "cannot be read or written ({}); see whether its disk is full or failing",
    sqlite3.SQLITE_READONLY: "may not be written ({}); give this user write permission on it and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened ({}); see whether its folder is there and may be written",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: "cannot be used as a database: {}",
}


def say_in_words(engine: sa.Engine) -> None:
    """Have an engine raise StoreError for what is the matter with its file, not with what was asked of it."""

    @sa.event.listens_for(engine, "handle_error")
    def _in_words(context: sa.ExceptionContext) -> StoreError | None:
        error = context.original_exception
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # what extended codes add is in the message
        return StoreError(str(engine.url.database), REASONS[code].format(error)) if code in REASONS else None


def refuse_damage(engine: sa.Engine) -> None:
    """Look a SQLite file through, for CHECK seconds at most; raises StoreError where it is damaged."""
    if engine.dialect.name != "sqlite":
        return
    until = time.monotonic() + CHECK
    with engine.connect().execution_options(reading=True) as connection:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            return
        raw.set_progress_handler(lambda: time.monotonic() > until, STEPS)
        try:
            found = connection.execute(sa.text("PRAGMA quick_check(1)")).scalar()
        except sa.exc.OperationalError:  # it was long enough
            return
        finally:
            raw.set_progress_handler(None, 0)
    if found != "ok":
        raise StoreError(str(engine.url.database), _DAMAGED.format(str(found).replace("\n", " ")))
