"""Copies of a SQLite database: whole and consistent while others write, or not there at all."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from aggregator.errors import StoreError
from aggregator.store.database import BUSY_TIMEOUT, newest_schema

KEPT = 2  # copies from before upgrades
HEADER = b"SQLite format 3\0"
OURS = {"alembic_version", "entries", "stories", "topics"}  # tables that every database of ours has
PART = ".part"  # what is being written; left behind only by a process that was killed


def open_file(path: Path, mode: str = "rw") -> sqlite3.Connection:
    """Open a SQLite file as it is; nothing is made where there is none."""
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT / 1000, isolation_level=None)


@contextmanager
def writing(target: Path) -> Iterator[Path]:
    """Yield a file to write to, which becomes `target` if all goes well and else is gone.

    Only its owner can read it: it holds what the database holds, hubs' secrets too.
    """
    handle, name = mkstemp(prefix=f".{target.name}.", suffix=PART, dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def copy_database(source: Path, target: Path) -> None:
    """Write one state of a database to a file, over what is there; raises StoreError, leaving that alone."""
    try:
        with writing(target) as part, closing(open_file(source)) as connection:
            connection.execute("VACUUM INTO ?", (str(part),))
            check_copy(part, source)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(str(source), f"cannot be copied to {target}: {error}") from error


def check_copy(path: Path, subject: Path) -> str:
    """Return the schema of a database file; raises StoreError about `subject` where it is none of ours."""
    try:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                raise StoreError(str(subject), "is no SQLite database, so no backup of one")
        with closing(open_file(path, "ro")) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            if not tables >= OURS:
                raise StoreError(str(subject), "is the database of another program, or holds nothing")
            faults = [str(line) for (line,) in connection.execute("PRAGMA integrity_check(3)")]
            if faults != ["ok"]:
                raise StoreError(str(subject), f"is damaged ({'; '.join(faults)}); use an earlier backup")
            versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(str(subject), f"cannot be read as a backup: {error}") from error
    return check_schema(subject, versions[0][0] if versions else "")


def check_schema(subject: Path, schema: str) -> str:
    """Return a schema that this program can work with; raises StoreError where it is newer or none."""
    if not re.fullmatch(r"\d{4}", schema, re.ASCII):
        raise StoreError(str(subject), "does not say which version of aggregator wrote it")
    if schema > newest_schema():
        raise StoreError(str(subject), "was written by a newer version of aggregator; upgrade the program")
    return schema


def copy_before_upgrade(database: Path, schema: str) -> Path:
    """Keep a database as it is before it is brought from a schema to this one; the last two are kept."""
    kept = database.with_name(f"{database.name}.before-{newest_schema()}-from-{schema}")
    copy_database(database, kept)
    earlier = sorted(
        database.parent.glob(f"{database.name}.before-*-from-*"), key=lambda path: path.stat().st_mtime_ns
    )
    for old in [path for path in earlier if path != kept][: -(KEPT - 1)]:
        with suppress(OSError):
            old.unlink()
    return kept
