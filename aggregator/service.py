"""The running service: the web and the scheduler in one process, until a signal ends it."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

from waitress.server import create_server

from aggregator.config import Settings
from aggregator.errors import ConfigError
from aggregator.pipeline import Line, refresh
from aggregator.schedule import Schedule
from aggregator.store import Store
from aggregator.web import WebSettings, create_app

THREADS = 8  # waitress answers so many requests at once
PATIENCE = 5.0  # seconds that a refresh under way may take to end
FEED_AGE = timedelta(minutes=15)  # readers may keep a feed so long at the most

log = logging.getLogger(__name__)


def serve(settings: Settings, store: Store, line: Line, clock: Callable[[], datetime]) -> None:
    """Serve pages and feeds and refresh when due, until SIGTERM or SIGINT; then exit with 0."""
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    app = create_app(store, line.site, _web_settings(settings), clock)
    try:
        server = create_server(
            app, host=settings.host, port=settings.port, threads=THREADS, ident="aggregator"
        )
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        raise ConfigError(address, f"cannot listen here: {error}; choose another AGGREGATOR_PORT") from error
    schedule = Schedule(_Refresher(line), clock)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    schedule.start()
    log.info("serving on %s; subscribe to %s/topics/all.atom", line.site.url, line.site.url)
    server.run()  # returns when a signal has raised SystemExit inside it
    log.info("ending")
    ended = schedule.stop(PATIENCE)
    line.poller.close()
    server.close()
    store.close()
    if not ended:
        # Every step is one transaction or none, so a refresh can be left where it is.
        logging.shutdown()
        os._exit(0)


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


class _Refresher:
    """Refresh, and log what happened; a problem that stays is logged once."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._known: frozenset[str] = frozenset()

    def __call__(self, now: datetime, check: Callable[[], None]) -> None:
        report = refresh(self._line, now, progress=lambda *_: check())
        problems = frozenset(map(str, report.problems))
        for problem in sorted(problems - self._known):
            log.warning("%s", problem)
        self._known = problems
        if report.seeds or report.polled or report.told:
            log.info("%s", report)


def _web_settings(settings: Settings) -> WebSettings:
    return WebSettings(
        timezone=settings.timezone,
        max_age=int(min(settings.refresh_every, FEED_AGE).total_seconds()),
        robots=settings.robots,
        base_url_is_set=settings.base_url is not None,
    )
