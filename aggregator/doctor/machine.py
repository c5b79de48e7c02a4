"""The machine: folders and who may write there, room, the clock, who can read secrets."""

import os
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aggregator.config import Settings
from aggregator.doctor.findings import Finding, note, ok, wrong

ROOM = 200_000_000  # bytes that should be free: some weeks of news, and the log of the database
BUILT = datetime(2026, 11, 1, tzinfo=UTC)  # this program did not exist earlier
LOOPBACK = ("127.", "localhost", "::1")


def examine_machine(settings: Settings, database: Path | None, now: datetime) -> Iterator[Finding]:
    """Look at what the program stands on; `database`: its file, None: it lies elsewhere."""
    if database is not None:
        yield _writable(database.parent)
        yield _room(database)
    yield from _readable(settings.feeds_dir, "AGGREGATOR_FEEDS_DIR", "no topic is configured")
    yield from _readable(settings.seeds_dir, "AGGREGATOR_SEEDS_DIR", "no document is read")
    for path in filter(None, (settings.database_url_file, settings.admin_token_file)):
        if path.stat().st_mode & stat.S_IROTH:
            yield wrong("secret", f"{path} can be read by everybody on this machine: chmod 600 {path}")
    if now < BUILT:
        yield wrong("clock", f"it says {now:%Y-%m-%d}, before this program was written: set the clock (NTP)")
    yield _address(settings)


def _writable(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        return wrong("folder", f"{there} is no folder: the database cannot lie in it")
    if not os.access(there, os.W_OK | os.X_OK):
        return wrong(
            "folder", f"{folder} cannot be written by user {os.getuid()}: chown {os.getuid()} {there}"
        )
    if there != folder:
        return note("folder", f"{folder} is not there yet; the first start makes it")
    return ok("folder", f"{folder} can be written")


def _room(database: Path) -> Finding:
    """Compare what is free with what the next upgrade needs: a copy of the database beside it."""
    there = next(path for path in (database, *database.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    needed = ROOM + (2 * database.stat().st_size if database.is_file() else 0)
    if free < needed:
        return wrong(
            "disk", f"{_mb(free)} MB are free at {database.parent}, {_mb(needed)} should be: make room there"
        )
    return ok("disk", f"{_mb(free)} MB are free")


def _readable(folder: Path, variable: str, meaning: str) -> Iterator[Finding]:
    if not folder.exists():
        yield note(
            "folder", f"{folder} is not there, so {meaning}; make it, or name another one in {variable}"
        )
    elif not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        yield wrong(
            "folder", f"{folder} cannot be read by user {os.getuid()}, so {meaning}: chmod a+rX {folder}"
        )
    else:
        yield ok("folder", f"{folder} can be read")


def _address(settings: Settings) -> Finding:
    if settings.base_url is not None:
        return ok("address", f"links lead to {settings.public_url}")
    said = f"links lead to {settings.public_url}, which means this machine only"
    if settings.host.startswith(LOOPBACK):
        return note("address", f"{said}; to let others in, set AGGREGATOR_BASE_URL")
    return wrong("address", f"{said}, but others can reach it: set AGGREGATOR_BASE_URL to what readers type")


def _mb(size: int) -> int:
    return size // 1_000_000
