"""The service as its user runs it: one process, real sockets, a folder of seeds and a dozen feeds."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import feedparser
import pytest
from pytest_httpserver import HTTPServer
from test_pipeline import CABLE, WHEAT, archive, post
from werkzeug import Request, Response

PATIENCE = 60  # seconds until a machine that is busy with other things gives up
FEED = """<rss version="2.0"><channel><title>{name}</title><link>http://{name}.example/</link>
<item><title>{title}</title><link>http://{name}.example/{n}</link><guid isPermaLink="false">{name}-{n}</guid>
<pubDate>Wed, 18 Nov 2026 0{n}:00:00 GMT</pubDate><description>{text}</description></item></channel></rss>"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A running `aggregator run`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        for folder in ("seeds", "feeds"):
            (root / folder).mkdir(exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        settings = {
            "AGGREGATOR_DATA_DIR": str(self.root / "data"),
            "AGGREGATOR_FEEDS_DIR": str(self.root / "feeds"),
            "AGGREGATOR_SEEDS_DIR": str(self.root / "seeds"),
            "AGGREGATOR_PORT": str(self.port),
            "AGGREGATOR_HOST_SPACING_SECONDS": "0",
            "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8",
        }
        return {k: v for k, v in os.environ.items() if not k.startswith("AGGREGATOR_")} | settings

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aggregator", *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> None:
        log = (self.root / "log").open("ab")
        self.process = subprocess.Popen([sys.executable, "-m", "aggregator", "run"], env=self.env, stderr=log)
        log.close()
        self.wait_for(lambda: self.get("/healthz")[0] == 200)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def wait_for(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, (self.root / "log").read_text()
            time.sleep(0.1)

    def entries(self, topic: str = "all") -> list[feedparser.FeedParserDict]:
        status, body = self.get(f"/topics/{topic}.atom")
        return list(feedparser.parse(body).entries) if status == 200 else []


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def feed(name: str, title: str, text: str, n: int) -> str:
    return FEED.format(name=name, title=title, text=text, n=n)


def topic_file(urls: dict[str, str]) -> str:
    rows = "".join(f'[[feeds]]\nurl = "{url}"\npublisher = "{name}"\n' for name, url in urls.items())
    return f'name = "islands"\nany = ["undersea cable", "wheat"]\n{rows}'


def test_seeds_and_feeds_meet_in_stories_and_bad_feeds_harm_nobody(
    service: Service, httpserver: HTTPServer
) -> None:
    urls = {}
    for n in range(1, 10):
        title, text = ("Lindvik cable breaks again", CABLE) if n % 2 else ("Ships queue for wheat", WHEAT)
        httpserver.expect_request(f"/{n}").respond_with_data(
            feed(f"paper{n}", title, f"{text} So said desk {n}.", n), content_type="application/rss+xml"
        )
        urls[f"Paper {n}"] = httpserver.url_for(f"/{n}")
    httpserver.expect_request("/broken").respond_with_data("oops", status=500)
    httpserver.expect_request("/garbage").respond_with_data(
        "<html><p>Please log in", content_type="text/html"
    )
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    urls |= {name: httpserver.url_for(f"/{name.lower()}") for name in ("Broken", "Garbage", "Gone")}
    (service.root / "feeds" / "islands.toml").write_text(topic_file(urls))
    seed = archive(post("Cable to the islands fails again", CABLE, "Nordwire"))
    (service.root / "seeds" / "blog.txt").write_text(seed, encoding="utf-8")

    service.start()
    service.wait_for(lambda: len(service.entries("islands")) >= 2)

    names = [{c.name for c in entry.get("contributors", [])} for entry in service.entries("islands")]
    assert any({"Nordwire", "Paper 1"} <= found for found in names)
    assert len(service.entries("islands")) == 2
    page = service.get("/sources")[1].decode()
    for words in ("500", "web page, not a feed", "410"):
        assert words in page
    health = json.loads(service.get("/sources.json")[1])
    assert "Broken" in json.dumps(health)
    assert service.stop() == 0


def test_a_restart_polls_nothing_early_and_serves_the_same_bytes(
    service: Service, httpserver: HTTPServer
) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        body = feed("paper", "Lindvik cable breaks again", CABLE, 1)
        return Response(body, headers={"ETag": '"1"'}, content_type="application/rss+xml")

    httpserver.expect_request("/feed").respond_with_handler(answer)
    (service.root / "feeds" / "islands.toml").write_text(topic_file({"Paper": httpserver.url_for("/feed")}))
    service.start()
    service.wait_for(lambda: len(service.entries()) == 1)
    before = service.get("/topics/all.atom")
    assert service.stop() == 0
    service.start()
    service.wait_for(lambda: b"serving" in (service.root / "log").read_bytes().split(b"ending")[-1])
    report = service.command("refresh", "--json")
    assert json.loads(report.stdout)["polled"] == 0
    assert service.get("/topics/all.atom") == before
    assert len(asked) == 1
    assert service.command("refresh", "--now").returncode == 0
    assert [request.headers.get("If-None-Match") for request in asked] == [None, '"1"']
    assert all("Cookie" not in request.headers and "Referer" not in request.headers for request in asked)
    assert service.stop() == 0


def test_pages_and_feeds_are_there_from_the_samples(service: Service) -> None:
    root = Path(__file__).resolve().parents[1]
    for folder in ("seeds", "feeds"):
        for file in (root / folder).iterdir():
            (service.root / folder / file.name).write_bytes(file.read_bytes())
    service.start()
    service.wait_for(lambda: len(service.entries("korea")) > 3)
    home = service.get("/")[1].decode()
    for link in sorted(set(re.findall(r'href="(/[^"#]*)"', home))):
        assert service.get(link.replace("&amp;", "&"))[0] == 200, link
    assert service.stop() == 0


def test_a_taken_port_is_one_clear_line(service: Service) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", service.port))
        taken.listen()
        done = service.command("run")
    assert done.returncode == 1
    assert "AGGREGATOR_PORT" in done.stderr and "Traceback" not in done.stderr


# ---- the other commands


def test_inspect_shows_entries_as_json_lines(service: Service) -> None:
    path = service.root / "seeds" / "blog.txt"
    path.write_text(archive(post("Cable to the islands fails again", CABLE, "Nordwire")), encoding="utf-8")
    done = service.command("inspect", "--json", str(path))
    (line,) = done.stdout.splitlines()
    shown = json.loads(line)
    assert list(shown) == ["id", "title", "publisher", "author", "published", "url", "categories", "text"]
    assert (shown["title"], shown["publisher"], shown["author"]) == (
        "Cable to the islands fails again",
        "Nordwire",
        "Ada Quill",
    )
    assert shown["published"] == "2026-11-18T00:00:00+00:00"
    assert done.returncode == 0


def test_inspect_names_what_yields_nothing_and_shows_the_rest(service: Service) -> None:
    good, bad = service.root / "seeds" / "good.txt", service.root / "seeds" / "bad.bin"
    good.write_text(archive(post("Cable to the islands fails again", CABLE, "Nordwire")), encoding="utf-8")
    bad.write_bytes(b"\x00\x01\x02" * 100)
    done = service.command("inspect", "--json", str(bad), str(good), str(service.root / "missing.txt"))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "bad.bin" in done.stderr and "missing.txt" in done.stderr and "Traceback" not in done.stderr


def test_group_prints_a_story_for_every_entry(service: Service) -> None:
    rows = [
        {"id": "a", "title": "Lindvik cable to Karsund breaks again", "body": CABLE, "publisher": "Nordwire"},
        {"id": "b", "title": "Ships queue for wheat at Brekke", "text": WHEAT, "source": None},
        {"id": "c", "title": "Undersea cable to Karsund breaks", "body": CABLE.replace("dawn", "six")},
    ]
    file = service.root / "entries.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    done = service.command("group", str(file), "--batch", "1")
    stories = {row["id"]: row["story"] for row in map(json.loads, done.stdout.splitlines())}
    assert list(stories) == ["a", "b", "c"]
    assert stories["a"] == stories["c"] != stories["b"]


def test_evaluate_measures_labelled_entries(service: Service) -> None:
    rows = [{"id": n, "title": f"Story number {n}", "story": n, "beat": n % 2} for n in range(4)]
    file = service.root / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    figures = json.loads(service.command("evaluate", str(file), "--json").stdout)
    assert figures["collections"] == 2 and 0 <= figures["bcubed_f"] <= 1


def test_a_broken_line_is_an_error_with_its_number(service: Service) -> None:
    file = service.root / "entries.jsonl"
    file.write_text('{"id": 1, "title": "T"}\nnonsense\n')
    done = service.command("group", str(file))
    assert done.returncode == 1 and "entries.jsonl:2" in done.stderr and "Traceback" not in done.stderr


def test_feeds_can_be_added_and_listed(service: Service) -> None:
    assert service.command("feeds", "add", "https://a.example/feed").returncode == 0
    assert "followed already" in service.command("feeds", "add", "https://a.example/feed").stdout
    assert service.command("feeds", "add", "javascript:alert(1)").returncode == 1
    (row,) = json.loads(service.command("feeds", "--json").stdout)
    assert (row["feed"], row["state"]) == ("https://a.example/feed", "new")


def test_lists_of_feeds_go_in_and_out(service: Service) -> None:
    file = service.root / "list.opml"
    outline = '<outline text="Harbour" type="rss" xmlUrl="https://a.example/feed"/>'
    file.write_text(f'<opml version="2.0"><body>{outline}</body></opml>')
    assert "1 new feeds" in service.command("feeds", "import", str(file)).stdout
    assert "0 new feeds" in service.command("feeds", "import", str(file)).stdout
    exported = service.command("feeds", "export").stdout
    assert exported.startswith("<?xml") and 'xmlUrl="https://a.example/feed"' in exported


def test_a_discovered_topic_can_be_kept_and_is_then_configured(service: Service) -> None:
    posts = [
        post(f"Wheat ships queue on day {n}", WHEAT.replace("Nine", str(n)), "Nordwire", n) for n in (3, 18)
    ]
    (service.root / "seeds" / "a.txt").write_text(archive(*posts))
    service.command("refresh")
    assert service.command("topics", "keep", "harbour-news").returncode == 0
    kept = (service.root / "feeds" / "harbour-news.toml").read_text()
    assert 'categories = ["Harbour news"]' in kept
    assert service.command("check").returncode == 0
    assert service.command("topics", "keep", "harbour-news").returncode == 1
    assert service.command("topics", "keep", "nonsense").returncode == 1


def test_topics_lists_counts_and_addresses(service: Service) -> None:
    (service.root / "feeds" / "grain.toml").write_text('any = ["wheat"]')
    (service.root / "seeds" / "a.txt").write_text(archive(post("Ships queue for wheat", WHEAT, "Nordwire")))
    assert service.command("refresh").returncode == 0
    rows = {row["name"]: row for row in json.loads(service.command("topics", "--json").stdout)}
    assert rows["grain"]["stories"] == 1
    assert rows["grain"]["feed"].endswith("/topics/grain.atom")


def test_check_finds_what_is_wrong(service: Service) -> None:
    (service.root / "feeds" / "a.toml").write_text('titel = "x"\n')
    done = service.command("check")
    assert done.returncode == 2 and "a.toml:1" in done.stderr and "did you mean 'title'?" in done.stderr


def test_refresh_fails_when_nothing_could_be_read(service: Service) -> None:
    assert service.command("refresh").returncode == 0
    (service.root / "seeds" / "empty.txt").write_text("")
    done = service.command("refresh")
    assert done.returncode == 1 and "empty.txt" in done.stderr


def test_every_command_has_help_with_an_example(service: Service) -> None:
    for name in ("run", "refresh", "inspect", "group", "evaluate", "topics", "feeds", "check"):
        done = service.command(name, "--help")
        assert done.returncode == 0 and "Example:" in done.stdout, name
