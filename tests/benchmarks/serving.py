"""Measure what a request for a topic's feed costs, beside nginx with the same bytes: `make bench-serving`.

python tests/benchmarks/serving.py [--rounds 5] [--seconds 2]

CPU of the server's processes for each request, all servers in turn in every round, medians of the rounds.
Needs nginx and wrk (Debian: apt install nginx-light wrk).
"""

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from make import SITE, fill, hours_ago, make_story, make_topic

from aggregator.store import open_store
from aggregator.store.database import sqlite_url

FEED = "/topics/bridges.atom"
STORIES = 50
LINES = 5  # of coverage in each
CONNECTIONS = 16
TARGETS = {"granian": {"200": 2.5, "304": 2.0}, "waitress": {"200": 8.0, "304": 15.0}}  # times nginx's CPU
TICK = os.sysconf("SC_CLK_TCK")
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 2; {user}
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; root {folder}/static; default_type application/atom+xml; }}
}}
"""
WAITRESS = (
    "from aggregator.cli import main; import aggregator.serving as s; s.has_granian = lambda: False; main()"
)


@dataclass(frozen=True, slots=True)
class Server:
    """A server under test."""

    name: str
    url: str
    session: int  # of all its processes


@dataclass(frozen=True, slots=True)
class Cost:
    """What requests took."""

    cpu: float  # µs of the server for one
    rate: float  # of them in a second


def main() -> None:
    """Run everything and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=int, default=2)
    chosen = arguments.parse_args()
    if missing := [name for name in ("nginx", "wrk") if not found(name)]:
        print(f"Skipped: {' and '.join(missing)} not found. Debian: apt install nginx-light wrk")
        return
    with TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder = Path(name)
        size = prepare(folder)
        servers = [stack.enter_context(server) for server in servers_of(folder)]
        costs = measure(servers, chosen.rounds, chosen.seconds)
    print(table(costs, size, chosen.rounds))


def found(program: str) -> str | None:
    return shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))


def prepare(folder: Path) -> int:
    """Fill a database and write the same feed as a file; return its bytes."""
    (folder / "data").mkdir()
    store = open_store(sqlite_url(folder / "data" / "aggregator.sqlite3"))
    stories = [
        make_story(*(hours_ago(n, f"Bridge {n} at Brekke closes after inspection, says desk {k} today",
                               publisher=f"Desk {k}", text="A crack was found in the northern pier. " * 20)
                     for k in range(LINES)))
        for n in range(STORIES)
    ]  # fmt: skip
    fill(store, *stories, topics=[make_topic("bridges")])
    document = store.document(FEED)
    assert document is not None
    store.close()
    file = folder / "static" / FEED.lstrip("/")
    for path, body in ((file, document.body), (file.with_name(f"{file.name}.gz"), document.gzip)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return len(document.body)


def servers_of(folder: Path) -> Iterator["ExitStack"]:
    user = "user root;" if os.geteuid() == 0 else ""
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    nginx = [str(found("nginx")), "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
    yield running("nginx", nginx, port, {})
    yield running("granian", [sys.executable, "-m", "aggregator", "web"], *ours(folder))
    yield running("waitress", [sys.executable, "-c", WAITRESS, "web"], *ours(folder))


def ours(folder: Path) -> tuple[int, Mapping[str, str]]:
    port = free_port()
    settings = {"DATA_DIR": str(folder / "data"), "PORT": str(port), "BASE_URL": SITE.url}
    return port, {f"AGGREGATOR_{name}": value for name, value in settings.items()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: Sequence[str], port: int, settings: Mapping[str, str]) -> Iterator[Server]:
    """Run a server meanwhile."""
    process = subprocess.Popen(command, env=os.environ | settings, start_new_session=True)
    server = Server(name, f"http://127.0.0.1:{port}{FEED}", process.pid)
    try:
        wait_for(server.url)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url).read()
            return
        except (OSError, urllib.error.HTTPError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def measure(servers: Sequence[Server], rounds: int, seconds: int) -> dict[tuple[str, str], list[Cost]]:
    """Return (server, what) -> costs, one of each round."""
    costs = defaultdict(list)
    for number in range(rounds + 1):
        for server in servers if number % 2 else reversed(servers):
            for what, cost in measured(server, seconds):
                if number:  # the first round warms up
                    costs[server.name, what].append(cost)
        print(f"round {number} of {rounds}", file=sys.stderr)
    return costs


def measured(server: Server, seconds: int) -> Iterator[tuple[str, Cost]]:
    tag = urllib.request.urlopen(server.url).headers["ETag"]
    packed = server.url + ".gz" if server.name == "nginx" else server.url
    yield "200", load(server, server.url, seconds)
    yield "200, gzip", load(server, packed, seconds, "Accept-Encoding: gzip")
    yield "304", load(server, server.url, seconds, f"If-None-Match: {tag}")


def load(server: Server, url: str, seconds: int, *headers: str) -> Cost:
    """Ask as fast as it goes for some seconds."""
    named = [word for header in headers for word in ("-H", header)]
    before = cpu_of(server.session)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *named, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = cpu_of(server.session) - before
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{server.name} failed under load:\n{said}")
    done = re.search(r"(\d+) requests in ([\d.]+)s", said)
    assert done is not None
    return Cost(1e6 * used / int(done[1]), int(done[1]) / float(done[2]))


def cpu_of(session: int) -> float:
    """Return the CPU seconds of all processes of a session."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            total += int(fields[11]) + int(fields[12])
    return total / TICK


def table(costs: Mapping[tuple[str, str], Sequence[Cost]], size: int, rounds: int) -> str:
    """Write the medians, and how they stand to nginx's and to the targets."""
    lines = [f"A feed of {size / 1000:.0f} KB, server CPU a request, median of {rounds}:"]
    for (name, what), runs in costs.items():
        cpu, rate = (statistics.median(getattr(run, of) for run in runs) for of in ("cpu", "rate"))
        times = cpu / statistics.median(run.cpu for run in costs["nginx", what])
        target = TARGETS.get(name, {}).get(what)
        verdict = f"  target {target:g}: {'met' if times <= target else 'MISSED'}" if target else ""
        lines.append(f"  {name:9} {what:10} {cpu:7.1f} µs {rate:9,.0f}/s {times:6.1f} × nginx{verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
