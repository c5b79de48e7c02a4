"""When: at every tick the work looks in the store for what is due.

The store knows the times, so that a restart polls nothing early.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.errors import AggregatorError

Work = Callable[[datetime, Callable[[], None]], None]

log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 # no error: it is what was asked for
    """Raised between two pieces of work once the service has been told to end."""


class _Scheduler(BackgroundScheduler):  # type: ignore[misc] # it ships no type information
    """Tick on also where the clock was put back: left alone, it waits until the old time has come again."""

    def __init__(self, clock: Callable[[], datetime], tick: timedelta) -> None:
        super().__init__(timezone=UTC)
        self._clock = clock
        self._most = tick

    def _process_jobs(self) -> float:
        now = self._clock()
        for job in self.get_jobs():
            if job.next_run_time - now > 2 * self._most:
                job.modify(next_run_time=now)
        wait = super()._process_jobs()
        most = self._most.total_seconds()
        return most if wait is None else min(wait, most)


class Schedule:
    """Run a piece of work at every tick, one at a time, until stopped.

    The work gets the time, and a function to call between its pieces that raises once the service has to end.
    """

    def __init__(self, work: Work, clock: Callable[[], datetime], tick: timedelta) -> None:
        self._work = work
        self._clock = clock
        self._stopping = threading.Event()
        self._working = threading.Lock()
        self._scheduler = _Scheduler(clock, tick)
        self._job = self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=tick.total_seconds(),
            next_run_time=clock(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # late is better than never: what is due lies in the store
        )

    def start(self) -> None:
        """Begin to tick, the first time at once."""
        self._scheduler.start()

    def hurry(self) -> None:
        """Tick now, unless work is under way or the end is near."""
        with suppress(JobLookupError):  # shut down just now
            if not self._working.locked() and not self._stopping.is_set():
                self._job.modify(next_run_time=self._clock())

    def stop(self, patience: float) -> bool:
        """Stop ticking; wait at most `patience` seconds for work under way. Returns whether it has ended."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        ended = self._working.acquire(timeout=patience)
        if ended:
            self._working.release()
        return ended

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _tick(self) -> None:
        with self._working:
            try:
                self._check()
                self._work(self._clock(), self._check)
            except Stopped:
                return
            # Whatever it was, the next tick finds in the store what this one left undone.
            except AggregatorError as error:
                log.error("refresh failed: %s; trying again within a minute", error)
            except Exception:
                log.exception("refresh failed; trying again within a minute")
