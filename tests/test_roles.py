"""Several processes on one database: each feed polled once, one leads, and any of them may die."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from databases import Postgres
from fleet import Fleet, Papers, free_port
from make import make_worker
from postgres import Server, server_or_skip

from aggregator.cli.root import now

FEEDS = 200
ONCE = {1}
CALM = "0.5,0.5,20"  # a lease that no worker misses however busy the machine: then nothing is asked twice

Outcome = tuple[set[frozenset[str]], tuple[int, int]]  # stories; entries and origins


@pytest.fixture
def papers() -> Iterator[Papers]:
    with Papers(FEEDS, free_port()).served() as served:
        yield served


@pytest.fixture
def fleet(tmp_path: Path, papers: Papers) -> Iterator[Fleet]:
    made = Fleet(tmp_path)
    made.follow(papers.urls)
    yield made
    made.close()


@pytest.fixture
def server(postgresql: Postgres) -> Iterator[Server]:  # asked for so that both are skipped together
    """Return a PostgreSQL that may be killed."""
    with server_or_skip() as running:
        yield running


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Return what one process makes of the papers in one pass."""
    with Papers(FEEDS, free_port()).served() as papers:
        alone = Fleet(tmp_path_factory.mktemp("alone"))
        alone.follow(papers.urls)
        assert alone.start("refresh").wait() == 0, alone.logs()
        found = alone.stories(), alone.counts()
        alone.close()
    assert {len(story) for story in found[0]} == {4}
    return found


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_poll_each_feed_once_per_due_time_and_tell_what_one_would(
    fleet: Fleet, papers: Papers, expected: Outcome, workers: int
) -> None:
    fleet.pace = CALM
    for _ in range(workers):
        fleet.start("work")
    for due in (1, 2):
        fleet.wait_for(fleet.is_idle)
        assert set(papers.asked.values()) == {due}
        assert len(papers.asked) == FEEDS
        fleet.make_due()
    fleet.wait_for(fleet.is_idle)
    assert (fleet.stories(), fleet.counts()) == expected
    assert fleet.stop() == [0] * workers
    assert fleet.store.workers() == ()
    assert fleet.logs().count("INFO aggregator.service: leading") == 1


def test_what_a_killed_worker_was_polling_is_polled_by_another_one(
    fleet: Fleet, papers: Papers, expected: Outcome
) -> None:
    papers.delay = 1.0
    for _ in range(3):
        fleet.start("work")
    leader = fleet.leader()
    fleet.wait_for(lambda: len(papers.asked) == FEEDS)
    victim = next(process for process in fleet.processes if process is not leader)
    victim.kill()
    papers.delay = 0.0
    fleet.wait_for(fleet.is_idle)
    assert set(papers.asked.values()) <= {1, 2}
    assert (fleet.stories(), fleet.counts()) == expected


def test_when_the_leader_is_killed_another_process_leads_with_what_is_stored(
    fleet: Fleet, papers: Papers, expected: Outcome
) -> None:
    for _ in range(3):
        fleet.start("work")
    leader = fleet.leader()
    fleet.wait_for(lambda: fleet.counts()[0] > 0)
    leader.kill()
    leader.wait()
    fleet.wait_for(lambda: fleet.leader() is not leader)
    fleet.wait_for(fleet.is_idle)
    assert (fleet.stories(), fleet.counts()) == expected
    story = "Late report: Museum in Tamsel returns masks"
    (fleet.root / "seeds" / "late.md").write_text(
        f"# {story}\n\nCurators of Tamsel hand masks back to Ulmen.\n"
    )
    fleet.wait_for(lambda: fleet.counts()[0] == expected[1][0] + 1 and fleet.is_idle())
    assert fleet.stop() == [0, 0]


def test_a_leader_that_was_paused_beyond_its_lease_leaves_the_work_to_who_took_over(
    fleet: Fleet, papers: Papers, expected: Outcome
) -> None:
    for _ in range(2):
        fleet.start("work")
    paused = fleet.leader()
    pause_between_transactions(fleet, paused)
    fleet.wait_for(lambda: fleet.leader() is not paused)
    paused.send_signal(signal.SIGCONT)
    fleet.wait_for(fleet.is_idle)
    assert fleet.leader() is not paused
    fleet.wait_for(lambda: " leads" in fleet.log(paused))
    fleet.make_due()
    fleet.wait_for(fleet.is_idle)
    assert (fleet.stories(), fleet.counts()) == expected
    assert fleet.stop() == [0, 0]


def test_workers_on_machines_of_their_own_get_over_the_death_of_their_server_and_of_who_led(
    tmp_path: Path, papers: Papers, expected: Outcome, server: Server
) -> None:
    papers.delay = 1.0
    with closing(Fleet(tmp_path, server.url, "0.5,0.5,8,3")) as fleet:
        fleet.follow(papers.urls)
        for _ in range(3):
            fleet.start("work", APART="yes")
        leader = fleet.leader()
        fleet.wait_for(lambda: len(papers.asked) > FEEDS / 4)
        server.crash()
        server.start()
        leader.kill()
        fleet.wait_for(lambda: fleet.leader() is not leader)
        fleet.wait_for(fleet.is_idle)
        assert (fleet.stories(), fleet.counts()) == expected
        assert fleet.stop() == [0, 0]


def pause_between_transactions(fleet: Fleet, process: "subprocess.Popen[bytes]") -> None:
    """Pause a process while it does not hold the one lock of SQLite; PostgreSQL ends what is idle in one."""
    process.send_signal(signal.SIGSTOP)
    while fleet.store.engine.dialect.name == "sqlite":
        probe = "import sqlite3, sys; sqlite3.connect(sys.argv[1], 0.5).execute('BEGIN IMMEDIATE')"
        database = str(fleet.root / "data" / "aggregator.sqlite3")
        done = subprocess.run([sys.executable, "-c", probe, database], capture_output=True)
        if done.returncode == 0:
            return
        process.send_signal(signal.SIGCONT)
        time.sleep(0.05)
        process.send_signal(signal.SIGSTOP)


def test_two_services_share_the_work(fleet: Fleet, papers: Papers) -> None:
    fleet.pace = CALM
    for _ in range(2):
        fleet.start("run", AGGREGATOR_PORT=str(free_port()))
    fleet.wait_for(fleet.is_idle)
    assert set(papers.asked.values()) == ONCE
    fleet.wait_for(lambda: fleet.logs().count("serving on") == 2)
    assert fleet.stop() == [0, 0]


def test_a_refresh_beside_a_service_polls_nothing_twice_and_says_who_leads(
    fleet: Fleet, papers: Papers
) -> None:
    fleet.pace = CALM
    fleet.start("work")
    leader = fleet.leader()
    beside = [fleet.start("refresh", *options) for options in ((), ("--json",))]
    assert [process.wait() for process in beside] == [0, 0]
    assert f"/{leader.pid}/" in fleet.log(beside[0])
    assert f"/{leader.pid}/" in json.loads(fleet.log(beside[1]).splitlines()[-1])["leader"]
    fleet.wait_for(fleet.is_idle)
    assert set(papers.asked.values()) == ONCE
    assert len(papers.asked) == FEEDS


def test_a_refresh_leads_where_nobody_does_and_gives_the_lead_up(fleet: Fleet, papers: Papers) -> None:
    process = fleet.start("refresh", "--json")
    assert process.wait() == 0
    report = json.loads(fleet.log(process).splitlines()[-1])
    assert report["leader"] is None
    assert report["polled"] == FEEDS
    assert report["stories"] > 0
    assert fleet.store.workers() == ()


def test_what_a_killed_refresh_left_the_next_one_does_at_once(fleet: Fleet, papers: Papers) -> None:
    killed = fleet.start("refresh")
    fleet.wait_for(lambda: fleet.counts()[0] > 0)
    killed.kill()
    killed.wait()
    again = fleet.start("refresh", "--json")
    assert again.wait() == 0
    assert json.loads(fleet.log(again).splitlines()[-1])["leader"] is None
    assert fleet.is_idle()


@pytest.mark.parametrize("words", ["run", "work", "refresh", "refresh --now"])
def test_sigterm_ends_every_role_with_0_and_frees_what_it_held(
    fleet: Fleet, papers: Papers, words: str
) -> None:
    papers.delay = 5.0
    process = fleet.start(*words.split(), AGGREGATOR_PORT=str(free_port()))
    fleet.wait_for(lambda: len(papers.asked) > FEEDS / 2)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0, fleet.logs()
    assert fleet.store.workers() == ()
    # A parser that was just starting says so when its parent ends.
    assert [fault for fault in fleet.logs().split("Traceback")[1:] if "spawn_main" not in fault] == []
    other = make_worker("other")
    fleet.store.renew(other, now())
    assert fleet.store.lead(other, now()).worker == "other"
    assert fleet.store.claim_feeds("other", now(), now())
