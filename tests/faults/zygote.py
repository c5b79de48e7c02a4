"""A process that has everything imported and forks for each task: a kill costs no start of Python.

Reads one task as JSON a line, and writes one line when it has ended: its exit code.
"""

import json
import os
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias
from uuid import uuid4

import click
import points

from aggregator.cli import main as cli
from aggregator.core.parse import parse_news
from aggregator.core.render import Site
from aggregator.core.seeds import read_seed
from aggregator.core.stories import Engine
from aggregator.fetch import FetchSettings
from aggregator.fetch.run import Run
from aggregator.model import FeedState, Fetched, ParsedFeed
from aggregator.pipeline import Line, refresh
from aggregator.steps.documents import render_topic
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Claimant, Poller
from aggregator.steps.tell import tell_stories
from aggregator.store import Store, open_store, upgrading
from aggregator.web import WebSettings, create_app

IMPORTED = (
    Engine,
    Run,
    read_seed,
    render_topic,
    tell_stories,
    upgrading,
)  # else every child would import them
SITE = Site("https://desk.example", "Desk")
FETCHING = FetchSettings(SITE.url, host_spacing=0, allow_networks=(ip_network("127.0.0.0/8"),))
TOKEN = "a token of sixteen characters"
TITLE = "A title of ours"
EVENING = datetime(2026, 11, 20, 20, tzinfo=UTC)
Task: TypeAlias = dict[str, Any]


class Here:
    """Parse in this process: a child of a child would outlive neither, and only take time."""

    def parse(self, fetched: Fetched, now: datetime, feed: FeedState) -> ParsedFeed:
        return parse_news(fetched.body, dict(fetched.headers), fetched.final_url, now, feed)

    def close(self) -> None:
        pass


def line_of(store: Store, root: Path) -> Line:
    # Each process is a worker of its own, as in service: what a killed one had claimed is free for the next.
    claimant = Claimant(f"here/{os.getpid()}/{uuid4().hex}", lambda: datetime.now(UTC))  # noqa: TID251
    poller = Poller(FETCHING, timedelta(minutes=30), claimant)
    poller._parsers = Here()  # type: ignore[assignment]
    return Line(store, SITE, root / "feeds", root / "seeds", poller, Grouper(store, uuid4), uuid4)


def work(task: Task) -> int:
    """Open the database, and refresh at each of the moments; return how many refreshes failed."""
    reached = points.Points(task["point"], task["action"])
    points.watch(reached)
    try:
        return JOBS[task["job"]](task)
    finally:
        Path(task["trace"]).write_text(json.dumps(reached.names), encoding="utf-8")


def _refresh(task: Task) -> int:
    store, failed = open_store(task["database"]), 0
    line = line_of(store, Path(task["root"]))
    for moment in task["moments"]:
        try:
            refresh(line, datetime.fromisoformat(moment))
        except Exception:  # as the schedule does: the next tick finds what this one left
            failed += 1
            traceback.print_exc()
    store.close()
    return failed


def _tell(task: Task) -> int:
    """Follow feeds over HTTP and give a story a title by command; write down what was acknowledged."""
    store = open_store(task["database"])
    client = create_app(store, SITE, WebSettings(admin_token=TOKEN), lambda: EVENING).test_client()
    acknowledged = os.open(task["acknowledged"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for n in range(3):
        url, proof = f"https://{n}.example/feed", {"Authorization": f"Bearer {TOKEN}"}
        if client.post("/feeds", data={"url": url}, headers=proof).status_code == 201:
            os.write(acknowledged, f"{url}\n".encode())
    os.environ["AGGREGATOR_DATABASE_URL"] = task["database"]
    for words, kind in ((("rename", task["story"], TITLE), "title"), (("pin", task["story"]), "pin")):
        try:
            cli(["stories", *words], standalone_mode=False)
        except click.ClickException:
            continue
        os.write(acknowledged, f"{kind}\n".encode())
    store.close()
    return 0


JOBS = {"refresh": _refresh, "tell": _tell}


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _child(task: Task) -> int:
    said = os.open(task["said"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    signal.signal(signal.SIGTERM, _end)
    try:
        work(task)
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def _wait(pid: int, after: float) -> int:
    """Return the status of a child at its end; after: seconds until it is killed, 0: never."""
    until = time.monotonic() + after
    while after and time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.001)
    if after:
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    for asked in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                code = _child(json.loads(asked))
            finally:
                sys.stderr.flush()
                os._exit(code)
        status = _wait(pid, json.loads(asked)["after"])
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
