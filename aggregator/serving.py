"""Servers for the web application: waitress, which is always there, and granian, which is faster."""

import logging
import os
import resource
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from wsgiref.types import WSGIApplication

from waitress.server import create_server

from aggregator.ending import end_with
from aggregator.errors import ConfigError

CONNECTIONS = 100  # of clients at a time
THREADS = 8  # a process answers so many requests at once
APPLICATION = "aggregator.web.wsgi", "application"  # what granian's processes load


def listen(app: WSGIApplication, host: str, port: int) -> Any:
    """Bind waitress to an address; its `run()` then serves until a signal ends it.

    Raises ConfigError where nobody can listen there.
    """
    # A queue is no fault: each request past the eighth would be a line in the log.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=_connections(),
            ident="aggregator",
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=False,  # the application looks who sent them, whatever the server
        )
    except OSError as error:
        reason = f"cannot listen here: {error}; choose another AGGREGATOR_PORT"
        raise ConfigError(f"{host}:{port}", reason) from error


def _connections() -> int:
    """Return how many clients the limit of open files leaves room for.

    Past it waitress would log every attempt to accept one more, thousands in a second.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(CONNECTIONS, soft // 4) if soft != resource.RLIM_INFINITY else CONNECTIONS


def serve_with_waitress(app: WSGIApplication, host: str, port: int) -> None:
    """Serve an application from this process until SystemExit ends it."""
    server = listen(app, host, port)
    server.run()
    server.close()


def has_granian() -> bool:
    """Tell whether granian is installed (the extra `server`)."""
    return find_spec("granian") is not None


def serve_with_granian(host: str, port: int, workers: int) -> None:
    """Serve pages and feeds from several processes, each with settings and database of its own."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, RuntimeModes
    from granian.log import LogLevels

    server = Granian(
        ":".join(APPLICATION),
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        # One thread runs Python in each process: more would wait for each other, which costs twice the CPU.
        # Slow clients hold none, granian writes to them by itself.
        blocking_threads=1,
        runtime_mode=RuntimeModes.mt,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(_load, os.getpid()), wrap_loader=False)


def _load(parent: int) -> Any:
    """Load the application in one of granian's processes, which must not outlive the first one."""
    end_with(parent)
    module, name = APPLICATION
    return getattr(import_module(module), name)
