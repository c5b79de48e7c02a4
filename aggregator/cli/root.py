"""What every command stands on: the group, the clock, and how the parts are put together."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aggregator import __version__
from aggregator.ending import was_asked_for
from aggregator.errors import AggregatorError, ConfigError

if TYPE_CHECKING:
    from sqlalchemy import URL

    from aggregator.config import Settings
    from aggregator.core.render import Site
    from aggregator.fetch import FetchSettings
    from aggregator.member import Member
    from aggregator.pipeline import Line as Pipeline
    from aggregator.store import Store

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DATABASE = "aggregator.sqlite3"  # in the data directory
GARBAGE = 20_000  # objects until circles among them are looked for; Python's 700 costs an eighth more
M_TRIM_THRESHOLD = -1  # mallopt(3); setting it also ends the habit of raising it with each large document

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def now() -> datetime:
    """Read the clock: UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 # the one place


class Commands(click.Group):
    """Turn our own errors into one line on stderr and exit code 1; an end that was asked for is none."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if was_asked_for():  # wherever the signal came: a library may have made an error of the end
                raise SystemExit(0) from error
            if isinstance(error, AggregatorError):
                raise click.ClickException(str(error)) from error
            raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aggregator")
def main() -> None:
    """Follow a subject: feeds and saved documents in, stories under topics out.

    \b
    Start here:  aggregator run
    Settings:    AGGREGATOR_* in the environment; topics in feeds/, documents in seeds/
    """


class MisconfiguredError(click.ClickException):
    """The environment cannot be used: nothing has been touched, and starting again would not help."""

    exit_code = 2


def settings_of_environment() -> "Settings":
    """Read the settings; raises MisconfiguredError."""
    from aggregator.config import read_settings

    try:
        return read_settings()
    except ConfigError as error:
        raise MisconfiguredError(str(error)) from error


def has_database(settings: "Settings") -> bool:
    """Say whether there is a database already; opening it would make one."""
    return bool(settings.database_url) or (settings.data_dir / DATABASE).is_file()


@contextmanager
def importing() -> "Iterator[None]":
    """Import without looking for garbage, now or later: there is none, and looking takes long."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def start_logging_of(settings: "Settings") -> None:
    """Have the log written as the settings say, before anything is opened that may have to tell something."""
    from aggregator.logs import start_logging

    start_logging(settings.log_level, settings.log_format)


def database_of(settings: "Settings") -> "str | URL":
    """Return the database's address."""
    from aggregator.store.database import sqlite_url

    return settings.database_url or sqlite_url(settings.data_dir / DATABASE)


def open_store_of(settings: "Settings") -> "Store":
    """Open the database."""
    from aggregator.store import open_store

    return open_store(database_of(settings))


@contextmanager
def store_of(settings: "Settings") -> "Iterator[Store]":
    """Open the database, and close it again."""
    store = open_store_of(settings)
    try:
        yield store
    finally:
        store.close()


def site_of(settings: "Settings") -> "Site":
    """Say where and under what name we publish."""
    from aggregator.core.render import Site

    return Site(settings.public_url, settings.title, settings.hub)


def fetching_of(settings: "Settings") -> "FetchSettings":
    """Say how feeds are asked."""
    from aggregator.fetch import FetchSettings

    return FetchSettings(
        base_url=settings.public_url,
        host_spacing=settings.host_spacing_seconds,
        allow_networks=settings.allow_networks,
    )


@contextmanager
def member_of(store: "Store") -> "Iterator[Member]":
    """Be one of those that work on the database."""
    from uuid import uuid4

    from aggregator.machine import this_worker
    from aggregator.member import Member

    with Member(store, this_worker(uuid4()), store.clock_of(now)) as member:
        yield member


def pipeline_of(settings: "Settings", store: "Store", member: "Member") -> "Pipeline":
    """Put together what a refresh works with."""
    from uuid import uuid4

    from aggregator.pipeline import Line
    from aggregator.steps.group import Grouper
    from aggregator.steps.ping import Pinger
    from aggregator.steps.poll import Claimant, Poller
    from aggregator.steps.subscribe import Subscriber

    _give_memory_back()
    gc.set_threshold(GARBAGE)
    claimant = Claimant(member.worker.id, member.clock, member.is_wanted)
    return Line(
        store=store,
        site=site_of(settings),
        feeds_dir=settings.feeds_dir,
        seeds_dir=settings.seeds_dir,
        poller=Poller(fetching_of(settings), settings.refresh_every, claimant),
        grouper=Grouper(store, uuid4),
        mint=uuid4,
        subscriber=Subscriber(fetching_of(settings), settings.public_url) if settings.is_reachable else None,
        keep=settings.retention,
        pinger=Pinger(fetching_of(settings), settings.hub, settings.public_url) if settings.hub else None,
    )


def _give_memory_back() -> None:
    """Have the C library return what large documents took; left alone, glibc keeps tens of megabytes."""
    with suppress(OSError, AttributeError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(M_TRIM_THRESHOLD, 128 * 1024)
