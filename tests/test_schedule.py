"""When work is done, and how it ends."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.schedule import Schedule

TICK = timedelta(seconds=0.05)


def clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 # APScheduler runs on the real clock


def test_the_first_tick_comes_at_once_and_others_follow() -> None:
    moments: list[datetime] = []
    thrice = threading.Event()

    def work(now: datetime, _check: Callable[[], None]) -> None:
        moments.append(now)
        if len(moments) >= 3:
            thrice.set()

    schedule = Schedule(work, clock, TICK)
    schedule.start()
    assert thrice.wait(10)
    assert schedule.stop(patience=10)


def test_work_is_never_done_twice_at_a_time() -> None:
    running, most, enough = 0, 0, threading.Event()
    turns = 0

    def work(_now: datetime, _check: Callable[[], None]) -> None:
        nonlocal running, most, turns
        running += 1
        most = max(most, running)
        threading.Event().wait(0.12)
        running -= 1
        turns += 1
        if turns >= 3:
            enough.set()

    schedule = Schedule(work, clock, TICK)
    schedule.start()
    assert enough.wait(10)
    schedule.stop(patience=10)
    assert most == 1


def test_work_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    turns, again = 0, threading.Event()

    def work(_now: datetime, _check: Callable[[], None]) -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise OSError("disk full")
        again.set()

    schedule = Schedule(work, clock, TICK)
    schedule.start()
    assert again.wait(10)
    schedule.stop(patience=10)
    assert "disk full" in caplog.text


def test_stopping_ends_work_at_its_next_pause() -> None:
    begun = threading.Event()

    def work(_now: datetime, check: Callable[[], None]) -> None:
        begun.set()
        while True:
            check()
            threading.Event().wait(0.01)

    schedule = Schedule(work, clock, TICK)
    schedule.start()
    assert begun.wait(10)
    assert schedule.stop(patience=10)


def test_work_that_does_not_pause_is_reported_as_not_ended() -> None:
    begun, go = threading.Event(), threading.Event()

    def work(_now: datetime, _check: Callable[[], None]) -> None:
        begun.set()
        go.wait(10)

    schedule = Schedule(work, clock, TICK)
    schedule.start()
    assert begun.wait(10)
    assert not schedule.stop(patience=0.05)
    go.set()


def test_a_tick_can_be_hurried_while_there_is_nothing_under_way() -> None:
    turns, go, begun = 0, threading.Event(), threading.Semaphore(0)

    def work(_now: datetime, _check: Callable[[], None]) -> None:
        nonlocal turns
        turns += 1
        begun.release()
        go.wait(10)

    schedule = Schedule(work, clock, timedelta(hours=1))
    schedule.start()
    assert begun.acquire(timeout=10)
    schedule.hurry()  # under way
    go.set()
    until = clock() + timedelta(seconds=10)
    while not begun.acquire(timeout=0.05):
        assert clock() < until
        schedule.hurry()
    assert schedule.stop(patience=10)
    schedule.hurry()  # too late
    assert turns == 2
