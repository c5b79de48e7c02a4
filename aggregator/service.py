"""The running service: the web, the scheduler and workers, or one of them, until a signal ends it."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from aggregator.config import Settings
from aggregator.errors import SupersededError
from aggregator.member import Member
from aggregator.pipeline import Line, Report, assist, led, refresh
from aggregator.schedule import TICK, Schedule
from aggregator.serving import listen
from aggregator.store import Lead
from aggregator.web import create_app, web_settings

PATIENCE = 5.0  # seconds that a refresh under way may take to end

log = logging.getLogger(__name__)


def serve(settings: Settings, line: Line, member: Member, clock: Callable[[], datetime]) -> None:
    """Serve pages and feeds, and refresh when due, until SystemExit ends it."""
    app = create_app(line.store, line.site, web_settings(settings), clock)
    server = listen(app, settings.host, settings.port)
    with _working(line, member, clock):
        log.info("serving on %s; subscribe to %s/topics/all.atom", line.site.url, line.site.url)
        server.run()  # returns when a signal has raised SystemExit inside it
        log.info("ending")
    server.close()


def work(line: Line, member: Member, clock: Callable[[], datetime]) -> None:
    """Refresh when due, or help who leads, until SystemExit ends it."""
    with _working(line, member, clock):
        log.info("working as %s", member.worker.id)
        try:
            threading.Event().wait()
        except SystemExit:  # raised by a signal
            log.info("ending")


@contextmanager
def _working(line: Line, member: Member, clock: Callable[[], datetime]) -> Iterator[None]:
    """Refresh when due meanwhile; at the end, give up what is held and leave what does not end in time."""
    schedule = Schedule(Work(line, member), clock, TICK)
    member.on_vacancy = schedule.hurry
    schedule.start()
    try:
        yield
    finally:
        ended = schedule.stop(PATIENCE)
        line.poller.close()
        member.leave()
        if not ended:
            # Every step is one transaction or none, so a refresh can be left where it is.
            logging.shutdown()
            os._exit(0)


class Work:
    """Refresh as who leads or help who does, and log what happened; a problem that stays is logged once."""

    def __init__(self, line: Line, member: Member) -> None:
        self._line = line
        self._member = member
        self._lead: Lead | None = None
        self._led = line  # what this process leads with
        self._known: frozenset[str] = frozenset()

    def __call__(self, now: datetime, check: Callable[[], None]) -> None:
        try:
            self._note(self._work(now, check))
        except SupersededError as error:
            log.warning("%s", error)

    def _work(self, now: datetime, check: Callable[[], None]) -> Report:
        lead = self._member.lead()
        leads = lead.worker == self._member.worker.id
        if lead != self._lead:
            self._lead, self._led = lead, led(self._line, lead)
            log.info("leading" if leads else f"{lead.worker} leads; polling beside it, ready to take over")
        if leads:
            return refresh(self._led, now, progress=lambda *_: check())
        return assist(self._line, lead.worker, now, progress=lambda *_: check())

    def _note(self, report: Report) -> None:
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
