"""The running service: the web, the scheduler and workers, or one of them, until a signal ends it."""

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from aggregator.board import Board
from aggregator.config import Settings
from aggregator.errors import SupersededError
from aggregator.member import Member
from aggregator.pipeline import Line, Report, assist, led, refresh
from aggregator.schedule import Schedule, Stopped
from aggregator.serving import listen
from aggregator.store import Lead
from aggregator.web import create_app, web_settings

TICK = timedelta(seconds=60)  # from one refresh to the next
LOOK = timedelta(seconds=2)  # meanwhile, how soon a feed is asked that comes due, or whose worker died
PATIENCE = 5.0  # seconds that a refresh under way may take to end

log = logging.getLogger(__name__)


def serve(settings: Settings, line: Line, member: Member, clock: Callable[[], datetime]) -> None:
    """Serve pages and feeds, and refresh when due, until SystemExit ends it."""
    board = Board(line.store)
    app = create_app(line.store, line.site, web_settings(settings), clock, board.outages)
    server = listen(app, settings.host, settings.port)
    with _working(line, member, clock, board):
        log.info("serving on %s; subscribe to %s/topics/all.atom", line.site.url, line.site.url)
        server.run()  # returns when a signal has raised SystemExit inside it
        log.info("ending")
    server.close()


def work(line: Line, member: Member, clock: Callable[[], datetime]) -> None:
    """Refresh when due, or help who leads, until SystemExit ends it."""
    with _working(line, member, clock, Board(line.store)):
        log.info("working as %s", member.worker.id)
        try:
            threading.Event().wait()
        except SystemExit:  # raised by a signal
            log.info("ending")


@contextmanager
def _working(line: Line, member: Member, clock: Callable[[], datetime], board: Board) -> Iterator[None]:
    """Refresh when due meanwhile; at the end, give up what is held and leave what does not end in time."""
    schedule = Schedule(Work(line, member, board), clock, min(LOOK, TICK))
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
    """Refresh as who leads or help who does, and poll feeds that come due between; log what happened.

    A problem that stays is logged once.
    """

    def __init__(self, line: Line, member: Member, board: Board) -> None:
        self._line = line
        self._member = member
        self._board = board
        self._lead: Lead | None = None
        self._led = line  # what this process leads with
        self._next: datetime | None = None  # refresh
        self._failed = False  # what failed is not tried again before the next refresh
        self._known: frozenset[str] = frozenset()
        self._polled = Report()  # since the last refresh

    def __call__(self, now: datetime, check: Callable[[], None]) -> None:
        failed, self._failed = self._failed, True
        try:
            if self._is_time(now):
                self._next = now + TICK
                self._tell(self._refresh(now, check))
            elif failed:
                return
            elif self._line.store.has_free_feeds(self._member.worker.id, now, self._member.clock):
                self._note(self._assist(now, check))
        except SupersededError as error:
            log.warning("%s", error)
        except Stopped:
            raise
        except Exception as error:
            self._board.failed(error, now)
            raise
        self._failed = False

    def _is_time(self, now: datetime) -> bool:
        """Tell whether to refresh: after a TICK, where the clock was put back, and where nobody leads."""
        return self._next is None or not self._next - TICK <= now < self._next or self._member.is_wanted()

    def _refresh(self, now: datetime, check: Callable[[], None]) -> Report:
        lead = self._member.lead()
        if lead != self._lead:
            self._lead, self._led = lead, led(self._line, lead)
            other = self._leader
            log.info(f"{other} leads; polling beside it, ready to take over" if other else "leading")
        if self._leader is not None:
            return self._assist(now, check)
        report = refresh(self._led, now, progress=lambda *_: check())
        self._board.worked()
        return report

    def _assist(self, now: datetime, check: Callable[[], None]) -> Report:
        return assist(self._line, self._leader, now, progress=lambda *_: check())

    @property
    def _leader(self) -> str | None:
        """Return who else leads; None: nobody, or this process."""
        leader = self._lead.worker if self._lead else None
        return leader if leader != self._member.worker.id else None

    def _note(self, report: Report) -> None:
        """Log problems at once; the rest is told with the next refresh: one line a minute."""
        problems = {str(problem): problem for problem in report.problems}
        for text in sorted(problems.keys() - self._known):
            log.warning("%s", text, extra={"kind": type(problems[text]).__name__})
        self._known |= problems.keys()
        self._polled = report.after(self._polled)

    def _tell(self, report: Report) -> None:
        self._note(report)
        self._known = frozenset(map(str, report.problems))
        told, self._polled = self._polled, Report()
        if told.seeds or told.polled or told.told or told.removed:
            log.info("%s", told, extra=_figures(told))


def _figures(report: Report) -> dict[str, int]:
    """Return what a refresh did as fields of its line."""
    counted = ("seeds", "polled", "grouped", "told", "rendered", "removed", "failed")
    return {name: getattr(report, name) for name in counted} | {"new": report.intake.new}
