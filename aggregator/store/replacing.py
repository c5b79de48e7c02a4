"""Put a backup in the place of a SQLite database; the one that was there is kept aside."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store.copying import check_copy, open_file, writing

LOGS = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database


def replace_database(database: Path, source: Path, now: datetime) -> Path | None:
    """Put a checked copy of `source` in the place of a database; return where that one is; None: none was.

    Raises StoreError where the source is no backup, or a process has the database open.
    """
    if database.exists() and source.exists() and database.samefile(source):
        raise StoreError(str(source), "is the database itself; name a backup of it")
    check_copy(source, source)
    aside = None
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with _held(database), writing(database) as part:
            with closing(open_file(source, "ro")) as connection:
                connection.execute("VACUUM INTO ?", (str(part),))
            check_copy(part, source)
            if database.exists():
                aside = _put_aside(database, now)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(str(database), f"cannot be replaced: {error}") from error
    return aside


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Hold a database for ourselves alone; raises StoreError where somebody has it open."""
    if not database.exists():
        yield
        return
    with closing(open_file(database)) as connection:
        try:
            connection.execute("PRAGMA busy_timeout=200")
            # SQLite leaves write-ahead mode only where nobody else has the file open, and empties the log.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            if mode != "delete":
                raise StoreError(str(database), _in_use())
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreError(str(database), _in_use()) from error
            # A file that SQLite cannot even open for writing is one that a backup is wanted for.
        except sqlite3.DatabaseError:
            pass
        yield


def _in_use() -> str:
    return "is in use; stop `aggregator run` (and what else has it open) first, then restore"


def _put_aside(database: Path, now: datetime) -> Path:
    """Give a database a second name, under which it stays when its place is taken."""
    aside = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    for suffix in LOGS:
        # Only a broken database still has them here; beside the new one they would break that, too.
        log = Path(f"{database}{suffix}")
        if log.exists():
            log.replace(f"{aside}{suffix}")
    try:
        os.link(database, aside)
    except FileExistsError as error:
        raise StoreError(str(aside), "is there already; try again in a second") from error
    except OSError:
        shutil.copy2(database, aside)  # a file system without second names
    return aside
