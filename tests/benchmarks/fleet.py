"""Let several workers and web processes work on one database, and kill some of them: `make fleet`.

python tests/benchmarks/fleet.py --database postgresql://user@host/empty [--feeds 1000] [--minutes 3]

Feeds on loopback come due together, round after round. Told: whether each was asked once a round, how late
the last one was stored, and, while processes are killed at random and started again, what was lost or
doubled. Without the address of a database it is SQLite.
"""

import argparse
import os
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from fleet import Fleet, Papers, free_port

PACE = (5.0, 5.0, 20.0)  # seconds of a tick, a beat and a lease; in service, a tick takes 60
KILLED_EVERY = (2.0, 8.0)  # seconds between two kills
QUIET_ROUNDS = 3


@dataclass
class Seen:
    """What readers met with at the web processes."""

    answers: int = 0
    wrong: list[str] = field(default_factory=list)


def main() -> None:
    """Run everything and print what came out."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", default=os.environ.get("AGGREGATOR_TEST_POSTGRES_URL", ""))
    options.add_argument("--feeds", type=int, default=int(os.environ.get("FEEDS", "1000")))
    options.add_argument("--workers", type=int, default=3)
    options.add_argument("--webs", type=int, default=2)
    options.add_argument("--minutes", type=float, default=float(os.environ.get("MINUTES", "3")))
    chosen = options.parse_args()
    with TemporaryDirectory(prefix="fleet-") as folder, Papers(chosen.feeds, free_port()).served() as papers:
        fleet = Fleet(Path(folder), chosen.database, ",".join(map(str, PACE)))
        fleet.follow(papers.urls)
        try:
            run(fleet, papers, chosen)
        finally:
            fleet.close()


def run(fleet: Fleet, papers: Papers, chosen: argparse.Namespace) -> None:
    workers = [fleet.start("work") for _ in range(chosen.workers)]
    ports = [free_port() for _ in range(chosen.webs)]
    webs = [fleet.start("web", AGGREGATOR_PORT=str(port)) for port in ports]
    seen = Seen()
    with reading(ports, seen):
        quiet = [round_of(fleet, papers, first=number == 0) for number in range(QUIET_ROUNDS)]
        expected = fleet.counts(), len(fleet.stories())
        say(f"{chosen.feeds} feeds, {chosen.workers} workers, {chosen.webs} web processes on ", fleet)
        asked = papers.asked.values()
        say(
            f"{QUIET_ROUNDS} rounds: asked {min(asked)} to {max(asked)} times each; last stored after ", quiet
        )
        kills, late = kill(fleet, papers, workers, dict(zip(ports, webs, strict=True)), chosen.minutes)
    found = fleet.counts(), len(fleet.stories())
    say(f"{kills} kills, {len(late)} rounds: last stored after ", late)
    again = sum(papers.asked.values()) - chosen.feeds * (QUIET_ROUNDS + len(late))
    say(f"asked again because who had asked was killed: {again} of {sum(papers.asked.values())}")
    say(f"(entries, origins), stories: {found}, before the kills {expected}")
    say(f"readers: {seen.answers} answers, {len(seen.wrong)} wrong {seen.wrong[:3]}")
    say(f"ended with {sorted(set(fleet.stop()))}, workers that did not leave: {len(fleet.store.workers())}")


def round_of(fleet: Fleet, papers: Papers, first: bool = False) -> float:
    """Have every feed due, and return the seconds until the last of them was stored."""
    begun = time.monotonic()
    if not first:
        fleet.make_due()
    fleet.wait_for(fleet.all_polled)
    took = time.monotonic() - begun
    assert len(papers.asked) == len(papers.hosts), "some feeds were never asked"
    fleet.wait_for(fleet.is_idle)
    return round(took, 1)


def kill(
    fleet: Fleet,
    papers: Papers,
    workers: "list[subprocess.Popen[bytes]]",
    webs: "dict[int, subprocess.Popen[bytes]]",
    minutes: float,
) -> tuple[int, list[float]]:
    """Kill one of the processes at random moments and start another; return how many, and all rounds."""
    until, kills, late = time.monotonic() + minutes * 60, 0, list[float]()
    ended = threading.Event()

    def killer() -> None:
        nonlocal kills
        while not ended.wait(random.uniform(*KILLED_EVERY)):
            n = random.randrange(len(workers) + len(webs))
            if n < len(workers):
                workers[n].kill()
                workers[n] = fleet.start("work")
            else:
                port = sorted(webs)[n - len(workers)]
                webs[port].kill()
                webs[port].wait()
                webs[port] = fleet.start("web", AGGREGATOR_PORT=str(port))
            kills += 1

    thread = threading.Thread(target=killer)
    thread.start()
    while time.monotonic() < until:
        late.append(round_of(fleet, papers))
    ended.set()
    thread.join()
    fleet.wait_for(fleet.is_idle)
    return kills, late


@contextmanager
def reading(ports: list[int], seen: Seen) -> Iterator[None]:
    """Read the feed of all stories meanwhile; what is answered has to be whole and to hold nothing twice."""
    ended = threading.Event()

    def read() -> None:
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

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def say(words: str, what: object = "") -> None:
    shown = what.store.engine.dialect.name if isinstance(what, Fleet) else what
    if isinstance(what, list):
        shown = f"{max(what)} s at most ({', '.join(map(str, what))})"
    print(words + str(shown), flush=True)


if __name__ == "__main__":
    main()
