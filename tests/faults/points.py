"""Count what a process asks of its database, name it, and at a chosen point kill it, fail the call or cut it.

Names come from the stack: which step asked which method of the store, so that no product code names them.
"""

import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
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


@dataclass(frozen=True)
class Call:
    """What is asked of a database just now."""

    dialect: str
    connection: Any = None  # the driver's; None: it is still to be made
    is_done: bool = False  # and cannot fail any more, but its answer may be lost


@dataclass
class Points:
    """The calls that were made, by name; `act` is called at the one that was chosen."""

    at: int  # number of the call at which to act, from 1; 0: never
    action: str
    names: list[str] = field(default_factory=list)

    def reach(self, event: str, call: Call) -> None:
        act, concerns = ACTIONS[self.action]
        if call.is_done not in concerns:
            return
        self.names.append(f"{_place()}: {event}")
        if len(self.names) == self.at:
            act(call)


def kill(_: Call) -> None:
    """End this process as the kernel does when memory is short."""
    os.kill(os.getpid(), signal.SIGKILL)


def terminate(_: Call) -> None:
    """Ask this process to end, as `docker stop` does."""
    os.kill(os.getpid(), signal.SIGTERM)


def fail(call: Call) -> None:
    """Fail this one call: the disk is full, or its controller hiccups."""
    if call.dialect == "sqlite":
        raise Failed
    raise psycopg.errors.DiskFull("could not extend file: No space left on device")


def cut(call: Call) -> None:
    """Cut the line to the server before the call is heard."""
    if call.connection is None:
        raise psycopg.OperationalError("connection failed: Connection refused")
    with socket.socket(fileno=os.dup(call.connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


def lose(call: Call) -> None:
    """Cut the line after a commit, before its answer: what is told to have failed is done."""
    cut(call)
    raise psycopg.OperationalError("server closed the connection unexpectedly")


# What is done, and whether to calls before they are made, or to commits after it.
ACTIONS: dict[str, tuple[Callable[[Call], None], Sequence[bool]]] = {
    "kill": (kill, (False, True)),
    "term": (terminate, (False, True)),
    "fail": (fail, (False,)),
    "cut": (cut, (False,)),
    "lose": (lose, (True,)),
}


def watch(points: Points) -> None:
    """Pass every call to a database through `points` before it is made, commits also after it."""

    @sa.event.listens_for(sa.Engine, "do_connect")
    def _connect(dialect: sa.Dialect, *_: Any) -> None:
        points.reach("connect", Call(dialect.name))

    @sa.event.listens_for(sa.Engine, "do_execute")
    @sa.event.listens_for(sa.Engine, "do_executemany")
    def _execute(cursor: Any, statement: str, _parameters: Any, context: Any) -> None:
        call = Call(context.dialect.name, cursor.connection)
        points.reach(" ".join(statement.split()[:3]), call)

    copy = psycopg.Cursor.copy

    def _copy(self: psycopg.Cursor[Any], statement: str) -> Any:
        points.reach(" ".join(statement.split()[:2]), Call("postgresql", self.connection))
        return copy(self, statement)

    psycopg.Cursor.copy = _copy  # type: ignore[assignment,method-assign] # SQLAlchemy does not see it

    commit = DefaultDialect.do_commit

    def _commit(self: DefaultDialect, connection: Any) -> None:
        points.reach("before commit", Call(self.name, connection))
        commit(self, connection)
        points.reach("after commit", Call(self.name, connection, is_done=True))

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
