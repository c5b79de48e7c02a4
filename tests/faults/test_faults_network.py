"""Our own network fails for a while: no publisher is blamed for it, and nobody is stormed afterwards."""

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import news
import pytest
from databases import Databases, Sqlite
from make import make_app
from news import Item, Stand

from aggregator.core.reaching import CATCHING_UP
from aggregator.core.render import Site
from aggregator.fetch import FetchSettings
from aggregator.pipeline import Line, refresh
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Poller
from aggregator.store import Store

MINUTE, HALF_HOUR, DAY = timedelta(minutes=1), timedelta(minutes=30), timedelta(days=1)
NOON = news.BEGIN
PAPERS = tuple(f"Gazette {n}" for n in range(12))
BESIDE = "Neighbour 0"  # asked by its address
ALLOWED = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class Names:
    """Who is asked for addresses: `*.papers.test` are on this machine, as long as there is a network."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.trouble: str = ""
        self.lost: set[str] = set()  # names that nobody knows any more
        self._look_up = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._answer)

    def _answer(self, host: Any, *others: Any, **more: Any) -> Any:
        if not str(host).endswith(".papers.test"):
            return self._look_up(host, *others, **more)
        if self.trouble == "no names":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host in self.lost:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        # Nobody listens there: what a router says that has no line.
        return self._look_up("::1" if self.trouble == "no route" else "127.0.0.1", *others, **more)


class Desk:
    """A service whose clock is in our hands."""

    def __init__(self, root: Path, store: Store, stand: Stand) -> None:
        self.store, self.stand, self.now = store, stand, NOON
        for name in ("feeds", "seeds"):
            (root / name).mkdir()
        urls = [*(stand.url(paper, f"{n}.papers.test") for n, paper in enumerate(PAPERS)), stand.url(BESIDE)]
        rows = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in urls)
        (root / "feeds" / "all.toml").write_text(f'name = "coast"\nany = ["x"]\n{rows}')
        poller = Poller(FetchSettings(host_spacing=0, allow_networks=ALLOWED), HALF_HOUR)
        site = Site("https://desk.example", "Desk")
        self.line = Line(store, site, root / "feeds", root / "seeds", poller, Grouper(store, uuid4), uuid4)

    def carry(self, event: int) -> None:
        self.stand.carry(str(event), [Item(paper, event + n) for n, paper in enumerate((*PAPERS, BESIDE))])

    def go_on(self, how_long: timedelta, step: timedelta = MINUTE) -> list[set[str]]:
        """Refresh every minute for some time; return who was asked each time."""
        asked, until = [], self.now + how_long
        while self.now < until:
            self.stand.asked.clear()
            refresh(self.line, self.now)
            asked.append(set(self.stand.asked))
            self.now += step
        return asked

    def failing(self) -> set[str]:
        return {str(urlsplit(feed.url).hostname) for feed in self.store.all_feeds() if feed.error}

    def told(self) -> str:
        """Return what the page of sources says of the service itself."""
        told = make_app(self.store, self.now).test_client().get("/sources.json").json["service"]
        return "".join(row["error"] for row in told)


@pytest.fixture(scope="module")
def database_kind(sqlite: Sqlite) -> Sqlite:
    """Return SQLite alone: what is asked of the store for this is tested on each kind by itself."""
    return sqlite


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


@pytest.fixture
def desk(tmp_path: Path, databases: Databases, names: Names) -> Iterator[Desk]:
    """Return a desk whose feeds have all been read."""
    store = databases.open(databases.new())
    with Stand() as stand:
        made = Desk(tmp_path, store, stand)
        with closing(made.line.poller):
            made.carry(100)
            made.go_on(HALF_HOUR, HALF_HOUR / 2)
            assert not made.failing() and not made.told()
            yield made


@pytest.mark.parametrize("trouble", ["no names", "no route"])
def test_feeds_that_we_could_not_reach_are_read_soon_after_we_can(
    desk: Desk, names: Names, trouble: str
) -> None:
    names.trouble = trouble
    desk.carry(200)
    asked = desk.go_on(5 * HALF_HOUR, 5 * MINUTE)
    assert len(desk.failing()) == len(PAPERS)
    beside = [n for n, paths in enumerate(asked) if paths]
    assert set().union(*asked) == {"/Neighbour-0"} and len(beside) >= 4, "the others go on as before"
    assert "reaches none of the feeds' hosts" in desk.told()

    names.trouble = ""
    asked = desk.go_on(HALF_HOUR)

    assert not desk.failing() and not desk.told()
    began = next(n for n, paths in enumerate(asked) if len(paths - {"/Neighbour-0"}))
    soon = asked[began : began + CATCHING_UP // MINUTE + 1]
    assert len(set().union(*soon) - {"/Neighbour-0"}) == len(PAPERS), "all of them within minutes"
    assert began < 15
    assert max(map(len, soon)) <= len(PAPERS) * 2 // 3, "but not at once"
    assert {feed.failures for feed in desk.store.all_feeds()} == {0}


def test_after_a_day_without_a_network_all_feeds_are_read_within_the_interval(
    desk: Desk, names: Names
) -> None:
    names.trouble = "no names"
    desk.go_on(DAY, HALF_HOUR)
    desk.go_on(HALF_HOUR, 2 * MINUTE)  # as it ticks: who is due then is spread
    names.trouble = ""
    desk.carry(300)
    asked = desk.go_on(HALF_HOUR + MINUTE)
    assert not desk.failing()
    assert max(map(len, asked)) <= len(PAPERS) * 2 // 3
    known = make_app(desk.store, desk.now).test_client().get("/topics/all.json?view=entries").json["items"]
    shown = {entry["title"] for entry in known}
    assert {Item(paper, 300 + n).title for n, paper in enumerate(PAPERS)} <= shown


def test_a_host_that_alone_is_lost_is_to_blame_itself(desk: Desk, names: Names) -> None:
    names.lost = {"3.papers.test", "4.papers.test"}
    desk.go_on(8 * HALF_HOUR, HALF_HOUR / 3)
    lost = [feed for feed in desk.store.all_feeds() if feed.error]
    assert {urlsplit(feed.url).hostname for feed in lost} == names.lost
    assert min(feed.failures for feed in lost) >= 2
    assert all(feed.next_poll and feed.next_poll > desk.now + HALF_HOUR for feed in lost)
    assert not desk.told()
