"""Count what a process asks of its database, name it, and at a chosen point kill it or fail the call.

Names come from the stack: which step asked which method of the store, so that no product code names them.
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

DIED = -signal.SIGKILL  # the exit code of a process that was killed
CALLERS = ("aggregator.steps.", "aggregator.pipeline")
MIGRATION = "migrations/versions/"


class Failed(sqlite3.OperationalError):
    """What SQLite says when the disk under it goes away for a moment."""

    sqlite_errorcode = sqlite3.SQLITE_IOERR

    def __init__(self) -> None:
        super().__init__("disk I/O error")


@dataclass
class Points:
    """The calls that were made, by name; `act` is called at the one that was chosen."""

    at: int = 0  # number of the call at which to act, from 1; 0: never
    act: Callable[[], None] = lambda: None
    names: list[str] = field(default_factory=list)

    def reach(self, event: str) -> None:
        self.names.append(f"{_place()}: {event}")
        if len(self.names) == self.at:
            self.act()


def kill() -> None:
    """End this process as the kernel does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def terminate() -> None:
    """Ask this process to end, as `docker stop` does."""
    os.kill(os.getpid(), signal.SIGTERM)


def fail() -> None:
    """Fail this one call."""
    raise Failed


def watch(points: Points) -> None:
    """Pass every call to a database through `points` before it is made, commits also after it."""

    @sa.event.listens_for(sa.Engine, "do_connect")
    def _connect(*_: Any) -> None:
        points.reach("connect")

    @sa.event.listens_for(sa.Engine, "do_execute")
    @sa.event.listens_for(sa.Engine, "do_executemany")
    def _execute(_cursor: Any, statement: str, *_: Any) -> None:
        points.reach(" ".join(statement.split()[:3]))

    commit = DefaultDialect.do_commit

    def _commit(self: DefaultDialect, connection: Any) -> None:
        points.reach("before commit")
        commit(self, connection)
        if points.act is not fail:  # what is committed cannot fail any more
            points.reach("after commit")

    DefaultDialect.do_commit = _commit  # type: ignore[method-assign] # this process is here to be broken


def _place() -> str:
    """Name the step and the method of the store that are at work."""
    store, step, frame = "", "", sys._getframe(2)
    while frame is not None and not step:
        module, function = frame.f_globals.get("__name__", ""), frame.f_code.co_name
        if module.startswith("aggregator.store.") and function not in ("read", "write"):
            store = function
        elif MIGRATION in frame.f_code.co_filename:
            store = frame.f_code.co_filename.rpartition("/")[2][:4]
        elif module.startswith(CALLERS):
            step = function
        frame = frame.f_back  # type: ignore[assignment]
    return f"{step or 'open'} {store}".strip()
