"""A process that was asked to end has not failed, wherever in its work the signal came."""

import subprocess
import sys
from pathlib import Path

COMMAND = """
import os, signal
from aggregator.cli.root import main
from aggregator.ending import end_on

@main.command()
def toil():
    end_on(signal.SIGTERM)
    try:
        if {asked}:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
    except SystemExit:
        pass  # as a library does that was called in the midst of its cleaning up
    raise RuntimeError("the connection is closed")

main(["toil"])
"""


def toil(asked: bool) -> "subprocess.CompletedProcess[str]":
    script = COMMAND.format(asked=asked)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_what_fails_after_the_signal_is_no_failure_of_the_process() -> None:
    done = toil(asked=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_fails_without_a_signal_is_told() -> None:
    done = toil(asked=False)
    assert done.returncode == 1
    assert "RuntimeError: the connection is closed" in done.stderr


# While modules are imported, locks are let go in callbacks like this one.
MODULE = """
import os, signal, weakref

class Lock: pass

def let_go(_):
    os.kill(os.getpid(), signal.SIGTERM)

lock = Lock()
kept = weakref.ref(lock, let_go)
del lock
print("imported")
"""
BEGIN = """
import signal, time, aggregator.ending as ending

ending.LATEST = 60
ending.end_on(signal.SIGTERM)
import slow
time.sleep(120)
"""


def test_a_signal_that_comes_while_modules_are_imported_is_heeded_when_they_are(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(MODULE)
    (tmp_path / "begin.py").write_text(BEGIN)
    done = subprocess.run(
        [sys.executable, "begin.py"], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=50
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "imported\n", "")


FORKING = """
import os, signal, sys, time, aggregator.ending as ending

ending.LATEST = 60
ending.end_on(signal.SIGTERM)
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
if os.fork() == 0:
    os._exit(0)
print("forked", flush=True)
time.sleep(120)
"""


def test_a_signal_that_comes_in_the_midst_of_a_fork_is_heeded_after_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "forked\n", "")
