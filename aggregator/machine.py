"""Processes of this machine: what tells this one apart, and whether another one still lives."""

import os
import socket
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from aggregator.store import Worker

BOOT = Path("/proc/sys/kernel/random/boot_id")
SPACE = Path("/proc/self/ns/pid")  # processes see each other inside it: a container has its own

GONE = ("Z", "X")  # states of a process that has ended and whose parent has not looked yet


def this_worker(made: UUID) -> Worker:
    """Name this process as a worker; `made`: a fresh id, as numbers of processes come again."""
    name = socket.gethostname()[:50]
    return Worker(f"{name}/{os.getpid()}/{made.hex[:12]}", _machine(name), _process(os.getpid()))


def has_ended(worker: Worker) -> bool:
    """Tell whether a worker is known to live no more; False where that cannot be seen from here."""
    if worker.machine != _machine(socket.gethostname()[:50]):
        return False
    number = int(worker.process.partition("/")[0])
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's
    return _process(number) != worker.process


def _machine(name: str) -> str:
    """Return what processes share that can see each other."""
    with suppress(OSError):  # not Linux
        return f"{BOOT.read_text().strip()} {SPACE.readlink()}"
    return name


def _process(number: int) -> str:
    """Return a process's number with its start, where that can be told."""
    try:
        after_name = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2]
        state, start = after_name.split()[0], after_name.split()[19]  # fields 3 and 22 of proc(5)
        return f"{number}/{start if state not in GONE else 'ended'}"
    except (OSError, IndexError):
        return f"{number}/"
