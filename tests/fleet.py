"""Several real processes on one database, and a server on this machine that counts who is asked how often."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from aggregator.store import Store, open_store
from aggregator.store.database import sqlite_url
from aggregator.store.schema import entries, feeds, origins

PATIENCE = 120  # seconds until a machine that is busy with other things gives up
# The program as it is, at another pace: what takes minutes in service takes seconds here. Each process
# says in its requests which one it is; one that is APART sees no other end, as on a machine of its own.
PROGRAM = """
import os, sys
from datetime import timedelta
from aggregator import machine, member, service
from aggregator.fetch import run
from aggregator.store import leases
pace = [timedelta(seconds=float(n)) for n in sys.argv.pop(1).split(",")]
service.TICK, member.BEAT, leases.LEASE, leases.SILENCE = (*pace, pace[-1])[:4]
headers = run.our_headers
run.our_headers = lambda url: headers(url) | {"X-Process": str(os.getpid())}
if os.environ.get("APART"):
    machine._machine = lambda name: f"{name} {os.getpid()}"
from aggregator.cli import main
main()
"""
EVENTS = 100  # each has words of its own, so that nobody takes one for another, in whatever order they come
REPORTED = 2  # events that a paper reports
TENTH = 10  # of the papers bring news with an edition, of an event that four of them report
SYLLABLES = "bal cer dun fis gor hal jin kem lor mus nev pol quin ras sel tor ulm var wes yor".split()
LITTLE = (
    "officials said on Friday after a long night that more is known by now about what had happened".split()
)
FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper {n}</title><id>urn:paper:{n}</id>
<updated>2026-11-20T08:00:00Z</updated>{items}</feed>"""
ITEM = """<entry><title>{title}</title><id>urn:paper:{n}:{event}</id><updated>2026-11-20T08:00:00Z</updated>
<published>2026-11-20T08:00:00Z</published><link href="http://paper{n}.example/{event}"/>
<content>{text}</content></entry>"""


@cache
def report(n: int, event: int) -> str:
    """Write what a paper says of an event."""
    dice = random.Random(event)
    words = ["".join(dice.choices(SYLLABLES, k=4)) for _ in range(24)]
    names, said = words[:4], words[4:]
    dice = random.Random(f"{n} {event}")
    text = dice.sample(said, 16) + dice.sample(LITTLE, 3)
    dice.shuffle(text)
    dice.shuffle(names)
    title, whole = " ".join(names).capitalize(), " ".join(text)
    return ITEM.format(n=n, event=event, title=title, text=f"{' '.join(names)} {whole}.")


def news(n: int, edition: int) -> int | None:
    """Return the event that a paper reports in an edition, or reported last."""
    newest = edition - (edition - n) % TENTH
    return EVENTS * (newest + 1) + n // (4 * TENTH) if newest > 0 else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a paper."""

    at: float  # Unix time
    host: str
    process: int


class Papers:
    """Feeds on loopback, each on a host of its own; every request is noted."""

    def __init__(self, count: int, port: int) -> None:
        self.hosts = [f"127.0.{n // 250 + 1}.{n % 250 + 1}" for n in range(count)]
        self.port = port
        self.asked: Counter[str] = Counter()
        self.requests: list[Asked] = []
        self.edition = 0
        self.delay = 0.0  # seconds before an answer
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def urls(self) -> list[str]:
        return [f"http://{host}:{self.port}/feed" for host in self.hosts]

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._answer, self.hosts, self.port, backlog=16)
        )
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))
        self._loop.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            process = head.lower().partition(b"x-process: ")[2].split(b"\r\n")[0]
            host = writer.get_extra_info("sockname")[0]
            self.asked[host] += 1
            self.requests.append(Asked(clock().timestamp(), host, int(process)))
            await asyncio.sleep(self.delay)
            body = self.feed(self.hosts.index(host), self.edition)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\nContent-Length: {len(body)}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def feed(self, n: int, edition: int) -> bytes:
        """Write a paper."""
        return FEED.format(n=n, items="".join(report(n, event) for event in self.events(n, edition))).encode()

    def events(self, n: int, edition: int) -> list[int]:
        """Return what a paper reports in an edition."""
        always = [(REPORTED * n + k) % EVENTS for k in range(REPORTED)]
        new = news(n, edition)
        return always if new is None else [*always, new]

    def reported(self) -> Counter[str]:
        """Return the address of every entry that there was up to today, each once."""
        found = {
            f"http://paper{n}.example/{event}"
            for edition in range(self.edition + 1)
            for n in range(len(self.hosts))
            for event in self.events(n, edition)
        }
        return Counter(found)

    @contextmanager
    def served(self) -> Iterator["Papers"]:
        """Serve them meanwhile."""
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(PATIENCE)


class Fleet:
    """Processes that work on one database."""

    def __init__(self, root: Path, database_url: str = "", pace: str = "0.5,0.5,8") -> None:
        # Seconds of a tick, a beat, a lease, and of silence (where not given, a lease): long enough for a
        # machine that does other things too.
        self.root, self.pace = root, pace
        self.database_url = database_url
        for folder in ("seeds", "feeds", "data"):
            (root / folder).mkdir(exist_ok=True)
        self.store: Store = open_store(database_url or sqlite_url(root / "data" / "aggregator.sqlite3"))
        self.processes: list[subprocess.Popen[bytes]] = []

    def follow(self, urls: list[str]) -> None:
        rows = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
        (self.root / "feeds" / "news.toml").write_text(f'name = "news"\n{rows}')

    @property
    def env(self) -> dict[str, str]:
        settings = {
            **{
                f"AGGREGATOR_{name.upper()}_DIR": str(self.root / name) for name in ("data", "feeds", "seeds")
            },
            "AGGREGATOR_DATABASE_URL": self.database_url,
            "AGGREGATOR_HOST_SPACING_SECONDS": "0",
            "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        }
        return {k: v for k, v in os.environ.items() if not k.startswith("AGGREGATOR_")} | settings

    def start(self, *words: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Start a command; its log lies in `log-<number>`."""
        with (self.root / f"log-{len(self.processes)}").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, self.pace, *words],
                env=self.env | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.processes.append(process)
        return process

    def log(self, process: "subprocess.Popen[bytes]") -> str:
        return (self.root / f"log-{self.processes.index(process)}").read_text()

    def logs(self) -> str:
        return "".join(map(self.log, self.processes))

    def leader(self) -> "subprocess.Popen[bytes]":
        """Wait until one of the processes leads, and return it."""
        found: list[subprocess.Popen[bytes]] = []

        def look() -> bool:
            lead = self.store.leader(clock())
            number = int(lead.worker.split("/")[1]) if lead else 0
            found[:] = [process for process in self.processes if process.pid == number]
            return bool(found)

        self.wait_for(look)
        return found[0]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, self.logs()
            time.sleep(0.05)

    def all_polled(self) -> bool:
        """Tell whether no feed is due, and there are some."""
        due = feeds.c.next_poll.is_(None) | (feeds.c.next_poll <= clock())
        counts = sa.select(sa.func.count(), sa.func.count().filter(feeds.c.active & ~feeds.c.gone & due))
        with self.store.read() as connection:  # no more than that: what serves the papers shares this process
            every, waiting = connection.execute(counts.select_from(feeds)).one()
        return every > 0 and waiting == 0

    def make_due(self) -> datetime:
        """Have every feed due now; return when that is."""
        now = clock().replace(microsecond=0)
        with self.store.write() as connection:
            connection.execute(sa.update(feeds).values(next_poll=now))
        return now

    def stories(self) -> set[frozenset[str]]:
        """Return each story as the addresses of its entries."""
        told: dict[object, set[str]] = {}
        with self.store.read() as connection:
            for story, url in connection.execute(sa.select(entries.c.story, entries.c.url)):
                told.setdefault(story, set()).add(url)
        return {frozenset(urls) for urls in told.values()}

    def is_idle(self) -> bool:
        """Tell whether nothing waits to be polled, grouped or told."""
        return self.all_polled() and not self.store.ungrouped() and not self.store.has_untold()

    def counts(self) -> tuple[int, int]:
        """Return how many entries and origins there are."""
        with self.store.read() as connection:
            both = (sa.select(sa.func.count()).select_from(table) for table in (entries, origins))
            found = [connection.execute(query).scalar_one() for query in both]
        return found[0], found[1]

    def stored(self) -> Counter[str]:
        """Return the address of every entry, and how often it is there."""
        with self.store.read() as connection:
            return Counter(connection.execute(sa.select(entries.c.url)).scalars())

    def stop(self) -> list[int]:
        """End all processes with SIGTERM; return what they exited with."""
        running = [process for process in self.processes if process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        return [process.wait(PATIENCE) for process in running]

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.store.close()


def clock() -> datetime:
    """Read the clock of the processes."""
    return datetime.now(UTC)  # noqa: TID251


def free_port() -> int:
    """Find a port that nobody listens on, on any address of this machine."""
    with socket.create_server(("0.0.0.0", 0)) as listening:
        return int(listening.getsockname()[1])
