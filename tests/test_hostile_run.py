"""One refresh, as people run it, among every publisher and document that means harm."""

import gzip
import json
import os
import re
import stat
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import html5lib
import pytest
from flask.testing import FlaskClient
from hostile_families import EITHER, READ, Family, atom, families, item, json_feed, rss
from hostile_server import HostileServer, reply
from make import make_app
from test_pipeline import CABLE, WHEAT, archive, post

from aggregator.store import open_store
from aggregator.store.database import sqlite_url

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MEGABYTES = 400  # the process tree may have
SECONDS = 60  # a refresh may take on a machine that does other things too
STEP = re.compile(r"; |trying again|it is tried again|were given up|put a copy|report it")

LINKS = {"href", "src", "action", "formaction", "poster", "data", "srcset", "xlink:href"}
# Three events without a word in common with one another or with any family: each stays a story of its own.
LIGHTHOUSE, ORCHARDS, TELESCOPE = (
    "Lighthouse keeper retires after forty winters",
    "Orchards near Vellby report record plums",
    "Observatory unveils bigger telescope mirror",
)
GOOD = {
    "/good.rss": rss(item(title=LIGHTHOUSE, guid="good-1")),
    "/good.atom": atom(f"<entry><title>{ORCHARDS}</title><id>urn:x:good-2</id></entry>"),
    "/good.json": json_feed({"id": "good-3", "title": TELESCOPE}),
}
ADDRESSES = """http://10.0.0.1/feed http://169.254.169.254/latest http://[::1]/feed http://0.0.0.0/feed
http://[::ffff:a00:1]/feed http://[64:ff9b::a9fe:a9fe]/feed http://224.0.0.1/feed http://[fd00::1]/feed http://192.168.1.1/feed""".split()


@dataclass
class Outcome:
    """What a run left behind."""

    code: int
    said: str  # stderr
    seconds: float
    megabytes: float  # most of the whole process tree at a time


@dataclass
class World:
    """The server, the folders, and what came of them."""

    root: Path
    server: HostileServer
    families: list[Family]
    outcomes: list[Outcome] = field(default_factory=list)
    bad_seeds: dict[str, str] = field(default_factory=dict)  # names -> words of their reasons

    def url(self, number: int) -> str:
        return self.server.url(f"/{number}", f"127.2.{number // 200}.{number % 200 + 1}")

    def good(self, path: str) -> str:
        return self.server.url(path, "127.3.0.1")

    def run(self, *words: str) -> Outcome:
        began = time.monotonic()
        settings = {
            f"AGGREGATOR_{name.upper()}_DIR": str(self.root / name) for name in ("data", "feeds", "seeds")
        }
        settings |= {"AGGREGATOR_HOST_SPACING_SECONDS": "0", "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8"}
        with (self.root / "said").open("w+b") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "aggregator", "refresh", *words],
                env=dict(os.environ) | settings,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            watch = Watch(process.pid)
            code = process.wait(3 * SECONDS)
            seconds, megabytes = time.monotonic() - began, watch.end()
        outcome = Outcome(code, (self.root / "said").read_text("utf-8"), seconds, megabytes)
        self.outcomes.append(outcome)
        return outcome

    def client(self) -> FlaskClient:
        store = open_store(sqlite_url(self.root / "data" / "aggregator.sqlite3"))
        return make_app(store, NOW).test_client()


class Watch:
    """Look at the memory of a process and its descendants, all the time."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._ended = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._ended.wait(0.05):
            self._most = max(self._most, sum(map(_megabytes, self._tree())))

    def _tree(self) -> list[int]:
        parents: dict[int, list[int]] = {}
        for stat_file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, IndexError, ValueError):
                fields = stat_file.read_text().rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(stat_file.parent.name))
        tree = [self._pid]
        for pid in tree:  # grows while it is walked
            tree += parents.get(pid, ())
        return tree


def _megabytes(pid: int) -> float:
    """Return the memory of a process; what it shares with others counts by its share."""
    with suppress(OSError, IndexError, ValueError):
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) / 1_000 if found else 0.0
    return 0.0


def write_feeds(world: World) -> None:
    rows = "".join(
        f'[[feeds]]\nurl = "{url}"\n'
        for url in (*map(world.good, GOOD), *(world.url(n) for n in range(len(world.families))))
    )
    folder = world.root / "feeds"
    folder.mkdir()
    (folder / "bridges.toml").write_text(
        f'any = ["bridge", "sound", "script", "lighthouse", "orchards", "telescope"]\n{rows}'
    )
    other = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in ADDRESSES)
    (folder / "addresses.toml").write_text(f'any = ["nothing"]\n{other}')


def write_seeds(root: Path) -> dict[str, str]:
    """Fill a folder; return the beginnings of names that have to be reported -> words of their reason."""
    folder = root / "seeds"
    folder.mkdir()
    (folder / "good.txt").write_text(archive(post("Cable to the islands fails again", CABLE, "Nordwire")))
    (folder / "two\nlines.txt").write_text(archive(post("Wheat ships queue at Brekke", WHEAT, "Gazette")))
    with suppress(OSError), open(os.fsencode(folder) + b"/odd\xff\x1b[2J.txt", "wb") as odd:  # noqa: PTH123
        odd.write(b"")
    (folder / "out.txt").symlink_to("/etc/passwd")
    (folder / "up").symlink_to(root.parent, target_is_directory=True)
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "nowhere.txt").symlink_to(root / "gone")
    (folder / "round.txt").symlink_to("round.txt")
    os.mkfifo(folder / "pipe.txt")
    said = dict.fromkeys(("out.txt", "up", "zero.txt"), "leads out of the folder")
    said |= {
        "nowhere.txt": "",
        "round.txt": "",
        "pipe.txt": "a named pipe",
        "odd\\xff": "",
        "huge.txt": "bytes",
    }
    with suppress(PermissionError):
        os.mknod(folder / "device.txt", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
        said["device.txt"] = ""
    os.truncate(_written(folder / "huge.txt"), 50_000_000_000)
    if os.geteuid() != 0:
        _written(folder / "closed.txt", b"x").chmod(0)
        said["closed.txt"] = "may not be read"
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    for name, body in {
        "binary.txt": bytes(range(256)) * 1_000,
        "bomb.gz": bomb,
        "bomb.zip": b"PK\x03\x04" + bomb,
        "zipped.txt": gzip.compress(b"Title\n\nText"),
        "empty.txt": b"",
        "zeros.txt": bytes(5_000_000),
        "picture.html": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
    }.items():
        _written(folder / name, body)
        said[name] = ""
    for name, body in {  # entries or a reason, both are right
        "deep.html": b"<html><body>" + b"<div>" * 100_000 + b"text",
        "deep.json": b"[" * 1_000_000,
        "line.txt": b"word " * 2_000_000,
        "letter.txt": b"a" * 10_000_000,
        "line.jsonl": b'{"title": "Long", "text": "' + b"word " * 2_000_000 + b'"}',
        "lines.jsonl": b'{"title": "Many"}\n' * 20_000,
        "laughs.xml": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel/></rss>',
        "outside.xml": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item(title="&x;")),
        "script.html": b"<html><title><script>alert(1)</script></title><body><script>alert(1)</script>x",
        "wide.txt": "Ferry runs aground in the fog\n\nIt was foggy.".encode("utf-16"),
    }.items():
        _written(folder / name, body)
    deep = folder.joinpath(*["deeper"] * 60)
    deep.mkdir(parents=True)
    (deep / "good.txt").write_text(
        archive(post("Pier of Osterholm is mended", CABLE.replace("cable", "pier"), "Meridian"))
    )
    return said


def _written(path: Path, body: bytes = b"") -> Path:
    path.write_bytes(body)
    return path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("hostile")
    with HostileServer() as server:
        made = World(root, server, list(families(server.url(""))))
        server.answers |= {path: reply(200, body) for path, body in GOOD.items()}
        for n, family in enumerate(made.families):
            server.answers |= {f"/{n}{'x' * more}": family.answer for more in range(8)}
        write_feeds(made)
        made.bad_seeds = write_seeds(root)
        made.run()
        yield made


def test_it_ends_well_and_in_time(world: World) -> None:
    outcome = world.outcomes[0]
    print(f"{len(world.families)} families, {outcome.seconds:.0f} s, {outcome.megabytes:.0f} MB")
    assert outcome.code == 0, outcome.said[-3_000:]
    assert outcome.seconds < SECONDS
    assert len(world.families) > 250


def test_it_stays_small(world: World) -> None:
    assert 50 < world.outcomes[0].megabytes < MEGABYTES


def test_nothing_unforeseen_is_said(world: World) -> None:
    said = world.outcomes[0].said
    assert "Traceback" not in said
    assert [line for line in said.splitlines() if not line.startswith("Problem: ")] == []
    assert [line for line in said.splitlines() if "could not be fetched" in line or "report it" in line] == []
    assert "\x1b" not in said


def test_every_bad_feed_is_named_with_its_reason_and_every_other_is_read(world: World) -> None:
    problems = dict(re.findall(r"^Problem: (http\S+): (.*)$", world.outcomes[0].said, re.MULTILINE))
    wrong = [
        (family.name, reason)
        for n, family in enumerate(world.families)
        for reason in (problems.get(world.url(n), READ),)
        if family.said != EITHER and (family.said not in reason if family.said else reason)
    ]
    assert wrong == []
    assert {url for url in ADDRESSES if url not in problems} == set()
    assert [reason for reason in problems.values() if not STEP.search(reason)] == []
    assert not set(map(world.good, GOOD)) & set(problems)


def test_every_bad_seed_is_named_and_the_good_ones_are_read(world: World) -> None:
    lines = [line for line in world.outcomes[0].said.splitlines() if "://" not in line.split(" ")[1]]
    problems = dict(line.removeprefix("Problem: ").split(": ", 1) for line in lines)
    for name, words in world.bad_seeds.items():
        (reason,) = (reason for key, reason in problems.items() if key.startswith(name))
        assert words in reason and len(reason) > 10, (name, reason)
    assert not any("good.txt" in name or "two" in name for name in problems)
    read = {seed["name"] for seed in _sources(world)["seeds"] if seed["entries"]}
    assert {"good.txt", "two\\nlines.txt", "deeper/" * 60 + "good.txt"} <= read


def _sources(world: World) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(world.client().get("/sources.json").data)
    return found


def test_the_page_of_sources_has_a_reason_for_every_problem(world: World) -> None:
    sources = _sources(world)
    assert len(sources["feeds"]) == len(world.families) + len(GOOD) + len(ADDRESSES)
    for source in (*sources["feeds"], *sources["seeds"]):
        assert source["error"] is None or len(str(source["error"])) > 15, source
        assert (source["error"] is not None) == (source["state"] in ("failing", "ended")), source


def test_nobody_asked_for_what_documents_point_to(world: World) -> None:
    assert [exchange.path for exchange in world.server.exchanges if "canary" in exchange.path] == []
    assert all("cookie" not in exchange.headers for exchange in world.server.exchanges)


def test_nothing_from_outside_got_in(world: World) -> None:
    store = (world.root / "data" / "aggregator.sqlite3").read_bytes()
    assert b"root:x:0" not in store and b"smuggled" not in store


def test_feeds_and_pages_are_sound_and_hold_no_script(world: World) -> None:
    client = world.client()
    for path in (
        "/topics/bridges.atom",
        "/topics/all.atom",
        "/topics/bridges.rss",
        "/topics/all.atom?view=entries",
    ):
        feed = feedparser.parse(client.get(path).data, sanitize_html=False)
        titles = {entry.title for entry in feed.entries}
        assert not feed.bozo and len(titles) >= 3, path
        assert len(feed.entries) >= (30 if "entries" in path else 3), path
        if "bridges" in path:
            assert {LIGHTHOUSE, ORCHARDS, TELESCOPE} <= titles, path
        for entry in feed.entries:
            if "atom" in path:  # plain text: nobody reads it as HTML
                assert entry.summary_detail.type == "text/plain"
            else:
                _harmless(entry.get("summary", ""))
            assert all(link.href.startswith("http") for link in entry.links)
            for content in entry.get("content", ()):
                _harmless(content.value)
    for one in json.loads(client.get("/topics/bridges.json").data)["items"]:
        _harmless(one.get("content_html", ""))
    for path in ("/", "/topics/bridges", "/sources", "/search?q=sound"):
        _harmless(client.get(path).text, ours=True)


def _harmless(html: str, ours: bool = False) -> None:
    tree = html5lib.parse(html, treebuilder="lxml", namespaceHTMLElements=False)
    for element in tree.iter("*"):
        name = element.tag.rpartition("}")[2]
        assert name not in {"iframe", "object", "embed", "math", "base"}
        assert ours or name not in {"script", "style", "svg", "img", "form", "link", "meta"}, html[:200]
        if name == "script":
            assert element.get("src", "").startswith("/static/") and not element.text
        for key, value in element.attrib.items():
            assert not key.startswith("on")
            assert key not in LINKS or not value.strip().lower().startswith(("javascript:", "data:text"))


def test_the_next_refresh_loses_and_doubles_nothing(world: World) -> None:
    heavy = ("bomb", "100,000", "huge", "deep", "many", "long", "endless", "gzip members")
    for n, family in enumerate(world.families):
        if any(word in family.name for word in heavy):
            world.server.answers[f"/{n}"] = reply(503)
    second = world.run("--now")
    assert (second.code, "Traceback" in second.said) == (0, False)
    entries = feedparser.parse(world.client().get("/topics/all.atom?view=entries").data).entries
    titles = [entry.title for entry in entries]
    feeds = {str(feed["url"]): feed for feed in _sources(world)["feeds"]}
    named = {family.name: feeds[world.url(n)] for n, family in enumerate(world.families)}
    assert named["shrinks to nothing"]["entries_7_days"] == 2
    assert named["ids that flap"]["entries_7_days"] == 2
    assert named["ids new at each poll"]["entries_7_days"] == 41
    assert len(set(titles)) > 10
