"""Backups of a PostgreSQL database: made and put back by its own programs."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store.copying import OURS, check_schema, writing
from aggregator.store.database import connect

HEADER = b"PGDMP"
SESSIONS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def dump_database(url: sa.URL, target: Path) -> None:
    """Write one state of a database to a file; raises StoreError."""
    with writing(target) as part:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
        check_dump(part, target)


def load_dump(url: sa.URL, source: Path, folder: Path, now: datetime) -> Path | None:
    """Put a dump in the place of a database, all or nothing; return where in `folder` that one is.

    None: nothing was there. Raises StoreError where it is no dump of ours, or the database is in use.
    """
    check_dump(source, source)
    engine = connect(url)
    try:
        with engine.connect() as connection:
            if connection.execute(SESSIONS).scalar_one():
                raise StoreError(_named(url), "is in use; stop `aggregator run` first, then restore")
            holds = bool(sa.inspect(connection).get_table_names())
    except sa.exc.DBAPIError as error:
        raise StoreError(_named(url), f"cannot be reached: {error.orig}") from error
    finally:
        engine.dispose()
    aside = folder / f"postgresql.replaced-{now:%Y%m%dT%H%M%SZ}.dump" if holds else None
    if aside is not None:
        folder.mkdir(parents=True, exist_ok=True)
        dump_database(url, aside)
    options = ("--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges")
    _run("pg_restore", url, *options, str(source))
    return aside


def check_dump(path: Path, subject: Path) -> str:
    """Return the schema of a dump; raises StoreError about `subject` where it is none of ours."""
    try:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                raise StoreError(str(subject), "is no backup of a PostgreSQL database")
    except OSError as error:
        raise StoreError(str(subject), f"cannot be read as a backup: {error}") from error
    tables = set(re.findall(r"TABLE public (\w+)", _run("pg_restore", None, "--list", str(path))))
    if not tables >= OURS:
        raise StoreError(str(subject), "is the database of another program, or holds nothing")
    options = ("--data-only", "--table=alembic_version", "--file=-")
    found = re.search(r"^COPY .*;\n(\w+)$", _run("pg_restore", None, *options, str(path)), re.MULTILINE)
    return check_schema(subject, found[1] if found else "")


def _run(program: str, url: sa.URL | None, *options: str) -> str:
    """Run one of PostgreSQL's programs and return what it prints; the password goes by the environment."""
    where = shutil.which(program)
    if where is None:
        reason = "is not installed; install PostgreSQL's client programs (Debian: postgresql-client)"
        raise StoreError(program, reason)
    environment, target = dict(os.environ), list[str]()
    if url is not None:
        address = url.set(drivername="postgresql")
        if address.password:
            environment["PGPASSWORD"] = str(address.password)
        plain = sa.URL.create(
            "postgresql", address.username, None, address.host, address.port, address.database, address.query
        )
        target = [f"--dbname={plain.render_as_string()}"]
    return _output(program, [where, *target, *options], environment)


def _output(program: str, line: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 # PostgreSQL's own program, and no shell reads its arguments
        line, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())[:500] or f"ended with {done.returncode}"
        raise StoreError(program, reason)
    return done.stdout


def _named(url: sa.URL) -> str:
    return url.render_as_string(hide_password=True)
