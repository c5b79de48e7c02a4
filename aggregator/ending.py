"""How a signal ends a process: its cleaning up done, but never later than it is waited for."""

import os
import signal
import sys
import threading
import time
from types import FrameType

LATEST = 8.0  # seconds; containers are killed after ten
WATCHED = 1.0  # seconds between two looks whether a parent lives
PAUSE = 0.05  # seconds until a process leaves that could not at once

_asked = threading.Event()


def end_on(*signals: signal.Signals) -> None:
    """Have signals end this process with 0 (SystemExit in its main thread)."""
    for number in signals:
        signal.signal(number, _end)


def end_with(parent: int) -> None:
    """Have this process end once its parent has, however that one ended."""
    threading.Thread(target=_watch, args=(parent,), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCHED)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LATEST)
    os._exit(0)


def was_asked_for() -> bool:
    """Tell whether a signal has asked this process to end; what then fails, fails because of it."""
    return _asked.is_set()


def _end(number: int, frame: FrameType | None) -> None:
    _asked.set()
    for one in (number, signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)  # cleaning up is not interrupted
    last = threading.Timer(LATEST, os._exit, [0])
    last.daemon = True
    last.start()
    sys.unraisablehook = _later
    signal.signal(signal.SIGALRM, _leave)
    _leave(number, frame)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _later(lost: "sys.UnraisableHookArgs") -> None:
    """Leave later where a callback was interrupted, as imports and forks have: Python drops their errors."""
    if issubclass(lost.exc_type, SystemExit):
        signal.setitimer(signal.ITIMER_REAL, PAUSE)
    else:
        sys.__unraisablehook__(lost)
