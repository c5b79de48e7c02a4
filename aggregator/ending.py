"""How a signal ends a process: its cleaning up done, but never later than it is waited for."""

import os
import signal
import threading
from types import FrameType

LATEST = 8.0  # seconds; containers are killed after ten


def end_on(*signals: signal.Signals) -> None:
    """Have signals end this process with 0 (SystemExit in its main thread)."""
    for number in signals:
        signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # cleaning up is not interrupted
    last = threading.Timer(LATEST, os._exit, [0])
    last.daemon = True
    last.start()
    raise SystemExit(0)
