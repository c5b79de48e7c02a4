"""What a worker does at each look: refreshes once a minute, and asks at once what comes due between."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest
from make import NOW, SITE
from pytest_httpserver import HTTPServer

from aggregator.board import Board
from aggregator.fetch import FetchSettings
from aggregator.machine import this_worker
from aggregator.member import Member
from aggregator.pipeline import Line
from aggregator.service import LOOK, TICK, Work
from aggregator.steps.group import Grouper
from aggregator.steps.poll import Poller
from aggregator.store import Store

FEED = """<rss version="2.0"><channel><title>Paper</title><link>http://paper.example/</link>
<item><title>Lindvik cable breaks again</title><link>http://paper.example/1</link></item></channel></rss>"""


@pytest.fixture
def line(tmp_path: Path, store: Store) -> Iterator[Line]:
    for folder in ("feeds", "seeds"):
        (tmp_path / folder).mkdir()
    fetching = FetchSettings(host_spacing=0, allow_networks=(ip_network("127.0.0.0/8"),))
    poller = Poller(fetching, timedelta(minutes=30))
    yield Line(store, SITE, tmp_path / "feeds", tmp_path / "seeds", poller, Grouper(store, uuid4), uuid4)
    poller.close()


@pytest.fixture
def work(line: Line) -> Iterator[Work]:
    with Member(line.store, this_worker(uuid4()), lambda: NOW) as member:
        yield Work(line, member, Board(line.store))


def look(work: Work, now: datetime) -> None:
    work(now, lambda: None)


def follow(store: Store, server: HTTPServer, path: str, now: datetime) -> None:
    """Follow a feed from now on: it is due at once."""
    server.expect_request(path).respond_with_data(FEED, content_type="application/rss+xml")
    store.add_feed(server.url_for(path), now)


def test_a_feed_that_comes_due_between_two_refreshes_is_asked_at_the_next_look(
    work: Work, store: Store, httpserver: HTTPServer
) -> None:
    look(work, NOW)
    follow(store, httpserver, "/feed", NOW + LOOK)

    look(work, NOW + LOOK)

    assert [feed.last_poll for feed in store.all_feeds()] == [NOW + LOOK]
    assert len(store.ungrouped()) == 1  # the rest has time until the next refresh
    look(work, NOW + TICK)
    assert store.ungrouped() == ()
    assert len(httpserver.log) == 1


def test_what_failed_is_tried_again_with_the_next_refresh_and_no_sooner(
    work: Work, line: Line, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[datetime] = []

    def fail(_store: Store, now: datetime, *_: object) -> None:
        tried.append(now)
        raise OSError("disk full")

    follow(line.store, httpserver, "/feed", NOW)
    with monkeypatch.context() as patch:
        patch.setattr(line.poller, "poll", fail)
        for moment in (NOW, NOW + TICK):
            with pytest.raises(OSError, match="disk full"):
                look(work, moment)
            look(work, moment + LOOK)

    assert tried == [NOW, NOW + TICK]
    look(work, NOW + 2 * TICK)
    follow(line.store, httpserver, "/other", NOW + 2 * TICK + LOOK)
    look(work, NOW + 2 * TICK + LOOK)
    assert [request.path for request, _ in httpserver.log] == ["/feed", "/other"]


def test_where_the_clock_was_put_back_nothing_waits_until_the_old_time_has_come_again(
    work: Work, store: Store, httpserver: HTTPServer
) -> None:
    look(work, NOW)
    follow(store, httpserver, "/feed", NOW - timedelta(hours=1))

    look(work, NOW - timedelta(hours=1))

    assert store.ungrouped() == ()
    assert len(httpserver.log) == 1


def test_a_minute_is_one_line_in_the_log_and_a_problem_is_told_at_once_and_once(
    work: Work, line: Line, httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "aggregator.service")
    (line.feeds_dir / "news.toml").write_text("nane = 'news'\n")
    for n in range(3):
        follow(line.store, httpserver, f"/{n}", NOW)
        look(work, NOW + n * LOOK)
    line.store.add_feed("http://127.0.0.1:1/feed", NOW)
    look(work, NOW + 3 * LOOK)
    look(work, NOW + TICK)
    look(work, NOW + 2 * TICK)

    told = [record.getMessage() for record in caplog.records if record.name == "aggregator.service"]
    assert [text.partition(" and ")[2].partition(" feeds")[0] for text in told if "Read" in text] == [
        "1",
        "3",
    ]
    assert sum("refuses" in text for text in told) == 1
    assert sum("nane" in text for text in told) == 1
