"""The running service: the web and the scheduler in one process, until a signal ends it."""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from aggregator.config import Settings
from aggregator.pipeline import Line, refresh
from aggregator.schedule import Schedule
from aggregator.serving import end_on_signal, ignore_signals, listen
from aggregator.store import Store
from aggregator.web import create_app, web_settings

PATIENCE = 5.0  # seconds that a refresh under way may take to end

log = logging.getLogger(__name__)


def serve(settings: Settings, store: Store, line: Line, clock: Callable[[], datetime]) -> None:
    """Serve pages and feeds and refresh when due, until SIGTERM or SIGINT; then exit with 0."""
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    app = create_app(store, line.site, web_settings(settings), clock)
    server = listen(app, settings.host, settings.port)
    schedule = Schedule(_Refresher(line), clock)
    end_on_signal()
    with suppress(SystemExit):  # of a signal that comes before the server runs
        schedule.start()
        log.info("serving on %s; subscribe to %s/topics/all.atom", line.site.url, line.site.url)
        server.run()  # returns when a signal has raised SystemExit inside it
    ignore_signals()  # another one would end the ending
    log.info("ending")
    ended = schedule.stop(PATIENCE)
    line.poller.close()
    server.close()
    store.close()
    if not ended:
        # Every step is one transaction or none, so a refresh can be left where it is.
        logging.shutdown()
        os._exit(0)


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
