"""The database as it lies there: whole, of this version, not held, nothing left over beside it."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.doctor.findings import Finding, note, ok, wrong
from aggregator.errors import StoreError
from aggregator.store.checkup import Address, Checkup, check_up
from aggregator.store.copying import PART
from aggregator.store.database import newest_schema

LARGE_LOG = 500_000_000  # bytes; SQLite empties its log at every few megabytes unless something hinders it
UNDER_WAY = timedelta(hours=1)  # no copy takes longer
BACK = "put the newest backup back: aggregator restore FILE"


def examine_database(url: Address, database: Path | None, now: datetime) -> Iterator[Finding]:
    """Look at the database; `database`: its file, None: it lies elsewhere."""
    if database is not None:
        yield from _beside(database, now)
        if not database.exists():
            yield note("database", f"{database} is not there yet; the first start makes it")
            return
    try:
        found = check_up(url)
    except StoreError as error:
        yield wrong("database", f"{error}; {BACK}")
        return
    yield from _inside(found)


def _inside(found: Checkup) -> Iterator[Finding]:
    if found.faults:
        yield wrong("database", f"{found.name} is damaged ({'; '.join(found.faults)}): {BACK}")
    else:
        yield ok("database", f"{found.name} is whole")
    if found.held:
        yield wrong(
            "lock",
            f"something has been writing to {found.name} for seconds: look what runs beside the service",
        )
    if found.schema is None:
        yield wrong("schema", f"{found.name} is the database of another program, or empty: name another one")
    elif found.schema > newest_schema():
        yield wrong(
            "schema", f"{found.schema} is newer than this program's {newest_schema()}: upgrade the program"
        )
    elif found.schema < newest_schema():
        yield note("schema", f"{found.schema} becomes {newest_schema()} at the next start; a copy is kept")
    else:
        yield ok("schema", f"{found.schema}, this program's")


def _beside(database: Path, now: datetime) -> Iterator[Finding]:
    """Look at what lies beside the database."""
    log, journal = Path(f"{database}-wal"), Path(f"{database}-journal")
    if log.exists() and not database.exists():
        yield wrong("log", f"{log} has lost its database: {BACK}; then delete the log")
    elif log.exists() and log.stat().st_size > LARGE_LOG:
        size = log.stat().st_size // 1_000_000
        yield wrong("log", f"{log} has {size} MB, something keeps it from being emptied: restart the service")
    if database.exists() and not os.access(database, os.W_OK):
        yield wrong(
            "database", f"{database} cannot be written by user {os.getuid()}: chown {os.getuid()} {database}"
        )
    if journal.exists():
        yield wrong(
            "journal", f"{journal} is left of a crash: start the service once, which undoes what it began"
        )
    for part in database.parent.glob(f".*{PART}"):
        if now.timestamp() - part.stat().st_mtime > UNDER_WAY.total_seconds():
            yield wrong("leftover", f"{part} is left of a copy that was killed: delete it")
