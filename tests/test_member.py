"""A process that works keeps its lease up, leaves it at once when it ends, and notices who died beside it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from make import NOW

from aggregator.machine import has_ended, this_worker
from aggregator.member import MISSED, Member
from aggregator.store import Store, Worker

PATIENCE = 30  # seconds until a machine that is busy with other things gives up


def member_of(store: Store) -> Member:
    return Member(store, this_worker(uuid4()), lambda: NOW)


@pytest.fixture
def other() -> Iterator[subprocess.Popen[str]]:
    """Run a process that says what worker it is, and waits."""
    program = "import sys, uuid; from aggregator.machine import this_worker as me; w = me(uuid.uuid4())"
    program += "; print(w.id, w.machine, w.process, sep='\\t', flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def worker_of(process: "subprocess.Popen[str]") -> Worker:
    assert process.stdout is not None
    return Worker(*process.stdout.readline().rstrip("\n").split("\t"))


def test_a_process_of_this_machine_is_seen_to_live_and_to_end(other: "subprocess.Popen[str]") -> None:
    worker = worker_of(other)
    assert not has_ended(worker)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)  # ended, and its parent has not looked yet
    assert has_ended(worker)
    other.wait()
    assert has_ended(worker)


def test_another_machine_cannot_be_looked_into() -> None:
    gone = Worker("gone", "another machine", "999999999/1")
    assert not has_ended(gone)


def test_a_number_that_another_process_has_by_now_does_not_keep_its_worker_alive() -> None:
    mine = this_worker(uuid4())
    assert not has_ended(mine)
    assert has_ended(Worker("before", mine.machine, f"{os.getpid()}/12"))


def test_a_member_may_miss_beats_before_it_is_silent(store: Store) -> None:
    assert member_of(store).pause * MISSED <= store.silence


def test_what_a_member_holds_is_free_when_it_leaves(store: Store) -> None:
    with member_of(store) as member:
        assert member.lead().worker == member.worker.id
        assert store.leader(NOW) is not None
    assert store.workers() == ()
    assert store.leader(NOW) is None


def test_a_member_leaves_also_when_its_work_fails(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), member_of(store):
        _ = 1 / 0
    assert store.workers() == ()


def test_who_died_on_this_machine_is_replaced_before_its_lease_ends(
    store: Store, other: "subprocess.Popen[str]"
) -> None:
    dead = worker_of(other)
    store.renew(dead, NOW)
    store.lead(dead, NOW)
    with member_of(store) as member:
        assert member.lead().worker == dead.id
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert member.lead().worker == member.worker.id


def test_a_lease_is_renewed_and_an_empty_place_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.member.BEAT", datetime.resolution * 10_000)
    told = threading.Event()
    member = member_of(store)
    member.on_vacancy = told.set
    with member:
        assert told.wait(PATIENCE)
        assert member.is_wanted()
        member.lead()
        assert not member.is_wanted()


def test_a_database_that_cannot_be_reached_for_a_while_costs_nothing_else(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("aggregator.member.BEAT", datetime.resolution * 10_000)
    failed, renewed = threading.Event(), threading.Event()
    renew = store.renew
    member = member_of(store)
    with member:

        def once(worker: Worker, now: datetime) -> None:
            if failed.is_set():
                renew(worker, now)
                renewed.set()
                return
            failed.set()
            raise OSError("disk full")

        monkeypatch.setattr(store, "renew", once)
        assert renewed.wait(PATIENCE)
    assert "disk full" in caplog.text


def test_a_lease_is_kept_up_whatever_is_done_about_an_empty_place(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.member.BEAT", datetime.resolution * 10_000)
    told = threading.Semaphore(0)

    def fail() -> None:
        told.release()
        raise ValueError("the scheduler is not there yet")

    member = member_of(store)
    member.on_vacancy = fail
    with member:
        for _ in range(3):
            assert told.acquire(timeout=PATIENCE)


def test_leases_on_one_machine_are_measured_with_its_clock(tmp_path: Path, store: Store) -> None:
    here = lambda: datetime(2026, 1, 1, tzinfo=UTC)  # noqa: E731
    if store.engine.dialect.name == "sqlite":
        assert store.clock_of(here) is here
    else:
        assert abs(store.clock_of(here)() - datetime.now(UTC)).days == 0  # noqa: TID251 # the database's clock
