"""Feeds that give all their entries other ids and addresses at once, as sites do that move."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network
from pathlib import Path

import feedparser
import pytest
from databases import Databases
from hostile_server import HostileServer, reply
from hypothesis import given
from hypothesis import strategies as st
from make import make_entry
from test_pipeline import HOUR, NOW, SITE, House

from aggregator.core.moving import Earlier, recognised
from aggregator.fetch import FetchSettings
from aggregator.model import Entry
from aggregator.steps.poll import Poller

ENTRIES = "/topics/all.atom?view=entries"
TITLES = (
    "Dam at Corrin holds overnight as river rises",
    "Tarn Bank buys its rival Fossum",
    "Ferry Terna aground",
    "Museum of Halden opens its northern wing",
    "Council of Brekke votes on the tramway",
)
EARLIER = [Earlier(n, f"title {n}", NOW - n * HOUR, f"What happened, part {n}.") for n in range(1, 5)]


def item(site: str, n: int, title: str = "", text: str = "", moved: timedelta = timedelta()) -> str:
    link = f"https://{site}/{n}"
    date = format_datetime(NOW - n * HOUR + moved, usegmt=True)
    words = text or f"This is what {title or TITLES[n]} is about, told in some words of its own."
    return (
        f"<item><title>{title or TITLES[n]}</title><link>{link}</link><guid>{link}</guid>"
        f"<pubDate>{date}</pubDate><description>{words}</description></item>"
    )


class Desk(House):
    """A house that follows one feed of this machine."""

    def _line(self, site=SITE):  # type: ignore[no-untyped-def]
        line = super()._line(site)
        line.poller.close()
        settings = FetchSettings(
            base_url=site.url, host_spacing=0, allow_networks=(ip_network("127.0.0.0/8"),)
        )
        return replace(line, poller=Poller(settings, timedelta(minutes=30)))

    def serve(self, server: HostileServer, *items: str) -> None:
        body = f"<rss version='2.0'><channel><title>Tamsel Post</title>{''.join(items)}</channel></rss>"
        server.answers["/feed"] = reply(200, body.encode(), "Content-Type: application/rss+xml")

    def shown(self, path: str = ENTRIES) -> dict[str, tuple[str, str]]:
        feed = feedparser.parse(self.body(path))
        assert not feed.bozo and len({entry.id for entry in feed.entries}) == len(feed.entries)
        return {entry.id: (entry.title, entry.link) for entry in feed.entries}


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, databases: Databases, server: HostileServer) -> Iterator[Desk]:
    made = Desk(tmp_path, databases.new())
    made.topic("post", f'[[feeds]]\nurl = "{server.url("/feed")}"\n')
    yield made
    made.close()


def test_a_feed_that_moves_to_another_domain_shows_nothing_again_and_goes_on(
    desk: Desk, server: HostileServer
) -> None:
    desk.serve(server, *(item("old.example", n) for n in range(5)))
    desk.refresh(NOW)
    before = {path: desk.shown(path) for path in (ENTRIES, "/topics/all.atom", "/topics/post.atom")}
    assert len(before[ENTRIES]) == 5
    news = item("new.example", 9, "Mill of Ostrey burns down", moved=9 * HOUR)
    desk.serve(server, news, *(item("new.example", n) for n in range(5)))
    report = desk.refresh(NOW + HOUR)
    assert report.intake.new == 1
    for path, shown in before.items():
        after = desk.shown(path)
        assert {key: after.get(key) for key in shown} == shown
        assert [title for key, (title, _) in after.items() if key not in shown] == [
            "Mill of Ostrey burns down"
        ]
    desk.restart()
    desk.serve(server, *(item("new.example", n, text="Corrected.") for n in range(5)))
    assert desk.refresh(NOW + 2 * HOUR).intake.new == 0, "they are known by their new ids from now on"
    assert {link for _, link in desk.shown().values()} >= {f"https://new.example/{n}" for n in range(5)}


def test_a_feed_that_moves_back_is_known_as_well(desk: Desk, server: HostileServer) -> None:
    for hour, site in enumerate(("old.example", "new.example", "old.example", "third.example")):
        desk.serve(server, *(item(site, n) for n in range(5)))
        desk.refresh(NOW + hour * HOUR)
    assert len(desk.shown()) == len(desk.rows("SELECT id FROM entries")) == 5


def test_a_series_under_one_title_comes_one_at_a_time_and_each_is_new(
    desk: Desk, server: HostileServer
) -> None:
    for hour in range(4):
        one = item("old.example", -hour, "Headlines of this very hour", "All that matters.")
        desk.serve(server, one)
        desk.refresh(NOW + hour * HOUR)
    assert len(desk.shown()) == 4


# ---- which is which


def found(*numbers: int, **others: object) -> list[tuple[str, Entry]]:
    return [
        (
            f"title {n}",
            make_entry(**({"text": EARLIER[n - 1].text, "published": NOW - n * HOUR} | others)),  # type: ignore[arg-type]
        )
        for n in numbers
    ]


def test_entries_are_recognised_by_title_and_text_or_by_title_and_date() -> None:
    assert recognised(found(1, 2), EARLIER) == [1, 2]
    assert recognised(found(1, 2, text="Rewritten."), EARLIER) == [1, 2], "the dates agree"
    assert recognised(found(1, 2, published=None), EARLIER) == [1, 2], "the texts agree"
    assert recognised(found(1, 2, published=None, text=""), EARLIER) == [None, None], "nothing does"
    assert recognised(found(1, 2, 3, published=NOW + 12 * HOUR), EARLIER) == [1, 2, None], "not half a day"


def test_one_entry_alone_or_a_lesser_part_of_a_document_is_no_move() -> None:
    assert recognised(found(1), EARLIER) == [None]
    others = [(f"other {n}", make_entry()) for n in range(3)]
    assert recognised([*found(1, 2), *others], EARLIER) == [None] * 5
    assert recognised([*found(1, 2), *others[:2]], EARLIER) == [1, 2, None, None]


def test_of_several_under_one_title_each_is_the_one_nearest_in_time() -> None:
    series = [Earlier(n, "title 1", NOW - timedelta(minutes=20 * n), EARLIER[0].text) for n in range(1, 4)]
    dates = [NOW - timedelta(minutes=minutes) for minutes in (41, 61, 19)]
    again = [("title 1", make_entry(text=EARLIER[0].text, published=date)) for date in dates]
    assert recognised(again, series) == [2, 3, 1]


def test_a_document_of_what_is_not_ours_recognises_nothing() -> None:
    assert recognised(found(1, 2), []) == [None, None]
    assert recognised([], EARLIER) == []


MOMENT = st.none() | st.integers(0, 60).map(lambda hours: NOW - hours * HOUR)
TITLE = st.sampled_from(["title 1", "title 2", "title 3"])
TEXT = st.sampled_from(["", "one", "two"])


@given(st.lists(st.tuples(TITLE, MOMENT, TEXT)), st.lists(st.tuples(TITLE, MOMENT, TEXT)))
def test_nothing_is_taken_twice_nor_under_another_title(
    now: list[tuple[str, datetime | None, str]], before: list[tuple[str, datetime | None, str]]
) -> None:
    had = [Earlier(n, title, date, text) for n, (title, date, text) in enumerate(before)]
    again = recognised([(title, make_entry(published=date, text=text)) for title, date, text in now], had)
    taken = [one for one in again if one is not None]
    assert len(set(taken)) == len(taken) != 1
    assert not taken or 2 * len(taken) >= len(now)
    assert all(one is None or had[one].title_key == now[n][0] for n, one in enumerate(again))
