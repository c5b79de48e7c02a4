"""The two compose files, started without an engine: what they say works, also when a part of it dies."""

import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from composed import PATIENCE, ROOT, Composed, Image, address
from databases import Databases, Postgres
from pytest_httpserver import HTTPServer

from aggregator.cli import main
from aggregator.config import Settings

FILES = ("compose.yaml", "compose.postgres.yaml")
FEED = "/topics/islands.atom"
PAPER = """<rss version="2.0"><channel><title>Paper</title><link>http://paper.example/</link>
<item><title>Lindvik cable breaks again</title><link>http://paper.example/1</link>
<description>Engineers found the cable to the islands cut where a trawler had been.</description></item>
</channel></rss>"""


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: nobody listens."""

    status: int
    cache: str = ""  # how nginx came by it
    tag: str = ""
    body: bytes = b""


def get(url: str, **headers: str) -> Answer:
    """Ask once."""
    try:
        request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            cache, tag = answer.headers.get("X-Cache", ""), answer.headers.get("ETag", "")
            return Answer(answer.status, cache, tag, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers.get("X-Cache", ""))
    except OSError:
        return Answer(0)


def wait_for(condition: Callable[[], bool], told: Callable[[], str]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, told()
        time.sleep(0.2)


@pytest.fixture
def root(tmp_path: Path, httpserver: HTTPServer) -> Path:
    """Return a folder with what is mounted: a topic with a feed, and a seed."""
    httpserver.expect_request("/feed").respond_with_data(PAPER, content_type="application/rss+xml")
    for folder in ("feeds", "seeds"):
        (tmp_path / folder).mkdir()
    url = httpserver.url_for("/feed")
    (tmp_path / "feeds" / "islands.toml").write_text(
        f'name = "islands"\nany = ["islands"]\n[[feeds]]\nurl = "{url}"\n'
    )
    (tmp_path / "seeds" / "note.md").write_text("# Ferry to the islands stops\n\nFog keeps it in port.\n")
    return tmp_path


@pytest.fixture
def composed(root: Path, postgresql: Postgres) -> Iterator[Composed]:
    with (
        closing(Databases(postgresql)) as databases,
        closing(Composed("compose.postgres.yaml", root, databases.bare())) as made,
    ):
        yield made


@pytest.mark.parametrize("name", FILES)
def test_what_a_compose_file_names_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    settings = {name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"AGGREGATOR_([A-Z_]+)", text)) <= settings
    assert set(re.findall(r'command: \["(\w+)"', text)) <= set(main.commands)
    for path in re.findall(r"- \./(\w+):", text):
        assert (ROOT / path).is_dir()


def test_what_the_small_one_starts_serves_is_healthy_and_ends_when_told(root: Path) -> None:
    with closing(Composed("compose.yaml", root)) as small:
        small.start("aggregator")
        url = f"http://{address(0)}:{small.port}{FEED}"
        wait_for(lambda: get(url).body.count(b"<entry") == 2, small.logs)
        program = [sys.executable, *Image().health[1:]]
        environment = small.environment("aggregator", 0)
        assert subprocess.run(program, env=environment).returncode == 0
        assert [path.name for path in (root / "data").glob("*.sqlite3")] == ["aggregator.sqlite3"]
        assert small.stop() == {0}
        assert subprocess.run(program, env=environment, stderr=subprocess.DEVNULL).returncode != 0


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx here")
def test_what_the_large_one_starts_serves_through_its_cache_whoever_dies(composed: Composed) -> None:
    for service in ("work", "web"):
        composed.start(service)
    with composed.nginx() as url:
        wait_for(lambda: get(url + FEED).body.count(b"<entry") == 2, composed.logs)
        feed = get(url + FEED)
        for path in ("/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/opensearch.xml", "/sources"):
            assert get(url + path).status == 200, path

        wait_for(lambda: get(url + FEED).cache == "HIT", composed.logs)
        assert get(url + FEED).body == feed.body
        assert get(url + FEED, If_None_Match=feed.tag).status == 304

        composed.kill("web", 0)
        assert {get(f"{url}/?{n}").status for n in range(20)} == {200}  # no two of them from the cache

        composed.kill("web", 1)
        wait_for(lambda: get(url + FEED).cache == "STALE", composed.logs)
        assert get(url + FEED).body == feed.body
        assert get(url + "/?never-asked").status == 502
    assert composed.stop() == {0}
