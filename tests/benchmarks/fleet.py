"""Let several workers and web processes work on one database, and kill some of them: `make fleet`.

python tests/benchmarks/fleet.py --database postgresql://user@host/empty [--minutes 3] [--together]

Feeds on loopback come due together, round after round; a tenth of them has news each time. Processes are
killed at random meanwhile and started again. A feed is late from when it was due until the request whose
answer was stored. It fails where one was later than a lease, where a request was repeated that no kill
explains, where an entry is lost or there twice, and where a reader met with something wrong.

Without the address of a database it is SQLite. On PostgreSQL no process sees another one end, as if each had
a machine of its own, unless they are `--together`.
"""

import argparse
import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import fleet as fleets
from fleet import Asked, Fleet, Papers, clock, free_port

PACE = (5.0, 5.0, 20.0, 6.0)  # seconds of a tick, a beat, a lease, of silence; in service, a tick takes 60
LEASE = PACE[2]
KILLED_EVERY = (2.0, 8.0)  # seconds between two kills
QUIET_ROUNDS = 3
fleets.PATIENCE = 600  # seconds that a round may take at most


@dataclass
class Seen:
    """What readers met with at the web processes."""

    answers: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Round:
    """What became of all feeds from when they were due."""

    first: float  # seconds until the last feed was asked for the first time
    last: float  # until the last request whose answer was stored
    stored: float  # until the last was stored
    repeated: int  # requests
    odd: tuple[tuple[Asked, Asked], ...]  # of these, those that no kill explains


@contextmanager
def beside(work: Callable[[threading.Event], None]) -> Iterator[None]:
    """Do something in a thread meanwhile, until its event says that it is over."""
    ended = threading.Event()
    thread = threading.Thread(target=work, args=(ended,))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class Processes:
    """Workers and web processes, some of which are killed."""

    def __init__(self, fleet: Fleet, workers: int, webs: int) -> None:
        self.fleet = fleet
        self.workers = [fleet.start("work") for _ in range(workers)]
        self.ports = [free_port() for _ in range(webs)]
        self.webs = [self._web(port) for port in self.ports]
        self.killed: dict[int, tuple[float, float]] = {}  # process -> Unix times: still alive, dead
        self.leaders = 0

    def _web(self, port: int) -> "subprocess.Popen[bytes]":
        return self.fleet.start("web", AGGREGATOR_PORT=str(port))

    def kill_one(self) -> None:
        """Kill one of them, whichever, and start another."""
        n = random.randrange(len(self.workers) + len(self.webs))
        if n < len(self.workers):
            self.leaders += f"/{self.workers[n].pid}/" in self._leader()
            self._kill(self.workers[n])
            self.workers[n] = self.fleet.start("work")
            return
        n -= len(self.workers)
        self._kill(self.webs[n])
        self.webs[n] = self._web(self.ports[n])

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        begun = clock().timestamp()
        process.kill()
        process.wait()
        self.killed[process.pid] = begun, clock().timestamp()

    def explain(self, asked: Asked, again: Asked) -> bool:
        """Tell whether a request was repeated because who made it was killed."""
        begun, dead = self.killed.get(asked.process, (inf, -inf))
        return asked.at <= dead and again.at >= begun

    def _is_there(self, process: "subprocess.Popen[bytes]") -> bool:
        """Tell whether a process has started: on a machine that is busy all could be starting for ever."""
        return process in self.webs or "working as" in self.fleet.log(process)

    def _leader(self) -> str:
        lead = self.fleet.store.leader(clock())
        return lead.worker if lead else ""

    @contextmanager
    def killed_at_random(self) -> Iterator[None]:
        """Kill some of them meanwhile."""

        def kill(ended: threading.Event) -> None:
            while not ended.wait(random.uniform(*KILLED_EVERY)):
                if all(map(self._is_there, (*self.workers, *self.webs))):
                    self.kill_one()

        with beside(kill):
            yield


def main() -> None:
    """Run everything, print what came out, and exit with 1 where it is not as promised."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", default=os.environ.get("AGGREGATOR_TEST_POSTGRES_URL", ""))
    options.add_argument("--feeds", type=int, default=int(os.environ.get("FEEDS", "1000")))
    options.add_argument("--workers", type=int, default=3)
    options.add_argument("--webs", type=int, default=2)
    options.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES", "3")))
    options.add_argument("--together", action="store_true")
    chosen = options.parse_args()
    if chosen.database and not chosen.together:
        os.environ["APART"] = "yes"
    with TemporaryDirectory(prefix="fleet-") as folder, Papers(chosen.feeds, free_port()).served() as papers:
        fleet = Fleet(Path(folder), chosen.database, ",".join(map(str, PACE)))
        fleet.follow(papers.urls)
        try:
            wrong = run(fleet, papers, chosen)
        finally:
            fleet.close()
    for words in wrong:
        print("WRONG:", words)
    sys.exit(bool(wrong))


def run(fleet: Fleet, papers: Papers, chosen: argparse.Namespace) -> list[str]:
    """Let them work undisturbed, then be killed; return what is not as promised."""
    seen = Seen()
    processes = Processes(fleet, chosen.workers, chosen.webs)
    where = "apart" if "APART" in os.environ else "on one machine"
    kind = fleet.store.engine.dialect.name
    print(f"{chosen.feeds} feeds, {chosen.workers} workers, {chosen.webs} web processes, {where}, {kind}")
    with reading(processes.ports, seen):
        fleet.wait_for(fleet.is_idle)
        quiet = [round_of(fleet, papers, processes) for _ in range(QUIET_ROUNDS)]
        tell(f"{len(quiet)} rounds without kills", quiet)
        until, disturbed = time.monotonic() + chosen.minutes * 60, list[Round]()
        with processes.killed_at_random():
            while time.monotonic() < until:
                disturbed.append(round_of(fleet, papers, processes))
        fleet.wait_for(fleet.is_idle)
    kills = f"{len(processes.killed)} kills, {processes.leaders} of who led"
    tell(f"{len(disturbed)} rounds with {kills}", disturbed)
    codes = sorted(set(fleet.stop()))
    print(f"readers: {seen.answers} answers; ended with {codes}, {len(fleet.store.workers())} did not leave")
    return list(_wrong(fleet, papers, quiet, disturbed, seen))


def _wrong(
    fleet: Fleet, papers: Papers, quiet: list[Round], disturbed: list[Round], seen: Seen
) -> Iterator[str]:
    late = max(one.last for one in (*quiet, *disturbed))
    if late > LEASE:
        yield f"a feed was {late:.1f} s late, more than a lease of {LEASE:.0f} s"
    odd = (pair for one in (*quiet, *disturbed) for pair in one.odd)
    yield from (f"no kill explains that after {asked} came {again}" for asked, again in odd)
    expected, found = papers.reported(), fleet.stored()
    lost, doubled = expected - found, found - expected
    stories = fleet.stories()
    print(f"{len(found)} entries, {len(lost)} lost, {len(doubled)} doubled; {len(stories)} stories")
    yield from (f"lost: {url}" for url in lost)
    yield from (f"doubled: {url}" for url in doubled)
    mixed = [story for story in stories if len({url.rpartition("/")[2] for url in story}) > 1]
    yield from (f"not one event: {story}" for story in mixed)
    yield from (f"a reader saw: {words}" for words in seen.wrong)


def round_of(fleet: Fleet, papers: Papers, processes: Processes) -> Round:
    """Have every feed due, wait until all is done, and look who asked when."""
    papers.edition += 1
    before = len(papers.requests)
    due = fleet.make_due().timestamp()
    fleet.wait_for(fleet.all_polled)
    stored = clock().timestamp() - due
    fleet.wait_for(fleet.is_idle)
    asked = defaultdict[str, list[Asked]](list)
    for request in papers.requests[before:]:
        asked[request.host].append(request)
    assert len(asked) == len(papers.hosts), "some feeds were never asked"
    return Round(
        first=max(requests[0].at for requests in asked.values()) - due,
        last=max(requests[-1].at for requests in asked.values()) - due,
        stored=stored,
        repeated=sum(len(requests) - 1 for requests in asked.values()),
        odd=tuple(
            (one, again)
            for requests in asked.values()
            for one, again in pairwise(requests)
            if not processes.explain(one, again)
        ),
    )


@contextmanager
def reading(ports: list[int], seen: Seen) -> Iterator[None]:
    """Read the feed of all stories meanwhile; what is answered has to be whole and to hold nothing twice."""

    def read(ended: threading.Event) -> None:
        while not ended.wait(0.2):
            try:
                url = f"http://127.0.0.1:{random.choice(ports)}/topics/all.atom"
                with urllib.request.urlopen(url, timeout=10) as answer:
                    body = answer.read()
            except OSError:  # being killed, or not there yet
                continue
            feed = feedparser.parse(body)
            ids = [entry.id for entry in feed.entries]
            seen.answers += 1
            if feed.bozo or len(set(ids)) != len(ids):
                seen.wrong.append(str(feed.get("bozo_exception", "an id twice")))

    with beside(read):
        yield


def tell(what: str, rounds: list[Round]) -> None:
    """Print the worst of some rounds."""
    words = {"first": "asked", "last": "asked by who stored it", "stored": "stored"}
    for name, done in words.items():
        seconds = sorted(getattr(one, name) for one in rounds)
        most, usual = seconds[-1], seconds[len(seconds) // 2]
        print(f"{what}: last feed {done} {most:.1f} s after it was due, half of the rounds {usual:.1f} s")
    repeated, odd = sum(one.repeated for one in rounds), sum(len(one.odd) for one in rounds)
    print(f"{what}: {repeated} requests repeated, {repeated - odd} of them traced to a kill", flush=True)


if __name__ == "__main__":
    main()
