"""The running service: the web and the scheduler in one process, until a signal ends it."""

import logging
import os
from collections.abc import Callable
from datetime import datetime

from aggregator.config import Settings
from aggregator.pipeline import Line, Report, refresh
from aggregator.schedule import Schedule
from aggregator.serving import end_on_signal, listen
from aggregator.store import Store
from aggregator.web import create_app, web_settings

PATIENCE = 5.0  # seconds that a refresh under way may take to end

log = logging.getLogger(__name__)


def serve(settings: Settings, store: Store, line: Line, clock: Callable[[], datetime]) -> None:
    """Serve pages and feeds and refresh when due, until SIGTERM or SIGINT; then exit with 0."""
    app = create_app(store, line.site, web_settings(settings), clock)
    server = listen(app, settings.host, settings.port)
    schedule = Schedule(_Refresher(line), clock)
    end_on_signal()
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


class _Refresher:
    """Refresh, and log what happened; a problem that stays is logged once."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._known: frozenset[str] = frozenset()

    def __call__(self, now: datetime, check: Callable[[], None]) -> None:
        report = refresh(self._line, now, progress=lambda *_: check())
        problems = {str(problem): problem for problem in report.problems}
        for text in sorted(problems.keys() - self._known):
            log.warning("%s", text, extra={"kind": type(problems[text]).__name__})
        self._known = frozenset(problems)
        if report.seeds or report.polled or report.told or report.removed:
            log.info("%s", report, extra=_figures(report))


def _figures(report: Report) -> dict[str, int]:
    """Return what a refresh did as fields of its line."""
    counted = ("seeds", "polled", "grouped", "told", "rendered", "removed", "failed")
    return {name: getattr(report, name) for name in counted} | {"new": report.intake.new}
