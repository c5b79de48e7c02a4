"""Back up a database to a file, and back from it, whichever kind it is."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store.copying import copy_database
from aggregator.store.dumping import dump_database, load_dump
from aggregator.store.replacing import replace_database


def back_up(url: str | sa.URL, target: Path, force: bool) -> int:
    """Write a consistent copy, while others go on; return its bytes.

    Raises StoreError where it cannot be made, or `target` exists and `force` is not set.
    """
    parsed = sa.make_url(url)
    _check_target(parsed, target, force)
    if parsed.get_backend_name() == "sqlite":
        copy_database(_file(parsed), target)
    else:
        dump_database(parsed, target)
    return target.stat().st_size


def restore(url: str | sa.URL, source: Path, folder: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database; return where that is kept; None: there was none.

    folder: where a database is kept that does not lie in a file. Raises StoreError and changes nothing.
    """
    parsed = sa.make_url(url)
    if not source.is_file():
        raise StoreError(str(source), "there is no such file")
    if parsed.get_backend_name() == "sqlite":
        return replace_database(_file(parsed), source, now)
    return load_dump(parsed, source, folder, now)


def _check_target(url: sa.URL, target: Path, force: bool) -> None:
    if target.is_dir():
        raise StoreError(str(target), "is a folder; name a file in it")
    if not target.parent.is_dir():
        raise StoreError(str(target.parent), "there is no such folder; make it first")
    if url.get_backend_name() == "sqlite":
        database = _file(url)
        if not database.is_file():
            raise StoreError(str(database), "there is no database yet; `aggregator refresh` makes one")
        if target.exists() and target.samefile(database):
            raise StoreError(str(target), "is the database itself; name another file")
    if target.exists() and not force:
        raise StoreError(str(target), "is there already; name another file, or say --force")


def _file(url: sa.URL) -> Path:
    return Path(url.database or "")
