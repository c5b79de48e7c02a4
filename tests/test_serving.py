"""`aggregator web` as its user runs it: pages and feeds from processes that do not refresh."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

import pytest
import sqlalchemy as sa
from databases import Databases
from make import NOW, database_of, fill, free_port, make_entry, make_store, make_story, make_topic

from aggregator.store import open_store

FEED = "/topics/bridges.atom"
PATIENCE = 60  # seconds until a machine that is busy with other things gives up
WITHOUT_GRANIAN = """
from aggregator import serving
from aggregator.cli import main
serving.has_granian = lambda: False
main()
"""
COMMANDS = {
    "granian": [sys.executable, "-m", "aggregator", "web", "--workers", "1"],
    "waitress": [sys.executable, "-c", WITHOUT_GRANIAN, "web"],
}


class Web:
    """A running `aggregator web`."""

    def __init__(self, url: sa.URL, server: str) -> None:
        self.url = url
        self.port = free_port()
        settings = {
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "PORT": str(self.port),
            "TITLE": "Strait Desk",
        }
        environ = os.environ | {f"AGGREGATOR_{name}": value for name, value in settings.items()}
        self.process = subprocess.Popen(COMMANDS[server], env=environ)
        until = time.monotonic() + PATIENCE
        while self.get("/healthz")[0] != 200:
            assert time.monotonic() < until
            time.sleep(0.1)

    def is_listening(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"):  # type: ignore[no-untyped-def]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except OSError:
            return 0, None, b""
        finally:
            connection.close()


@pytest.fixture(params=COMMANDS)
def web(databases: Databases, request: pytest.FixtureRequest) -> Iterator[Web]:
    if request.param == "granian":
        pytest.importorskip("granian")
    store = make_store(databases)
    fill(store, make_story(), topics=[make_topic("bridges")])
    made = Web(database_of(store), request.param)
    yield made
    made.process.kill()
    made.process.wait()


def test_pages_and_feeds_are_served_as_the_settings_say(web: Web) -> None:
    status, headers, body = web.get(FEED)
    tag = headers["ETag"]

    assert status == 200
    assert body.endswith(b"</feed>")
    assert int(headers["Content-Length"]) == len(body)
    assert web.get(FEED, {"If-None-Match": tag})[::2] == (304, b"")
    assert web.get(FEED, {"If-None-Match": tag})[1]["ETag"] == tag
    assert web.get(FEED, {"Accept-Encoding": "gzip"})[1]["Content-Encoding"] == "gzip"
    assert web.get(FEED, method="HEAD")[::2] == (200, b"")
    assert web.get(FEED, method="POST")[0] == 405
    assert b"Strait Desk" in web.get("/")[2]


def test_what_another_process_publishes_is_seen(web: Web) -> None:
    assert web.get(FEED)[0] == 200
    other = open_store(web.url)
    new = make_story(make_entry("A second bridge opens"))
    fill(other, new, topics=[make_topic("bridges")], now=NOW, seed="b")
    other.close()

    until = time.monotonic() + PATIENCE
    while b"A second bridge opens" not in web.get(FEED)[2]:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_its_processes_end_with_it_also_when_it_is_killed(web: Web) -> None:
    web.process.kill()
    web.process.wait()

    until = time.monotonic() + PATIENCE
    while web.is_listening():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_signal_ends_it_cleanly(web: Web) -> None:
    web.process.terminate()

    assert web.process.wait(PATIENCE) == 0
