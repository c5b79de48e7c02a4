"""How many publishers a story has: feeds of one publisher, copies of an agency's text, and unknown ones."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest
from databases import Databases
from make import hours_ago, read_feed
from pytest_httpserver import HTTPServer
from test_pipeline import NOW, SITE, House

from aggregator.fetch import FetchSettings
from aggregator.model import KnownPublisher
from aggregator.steps.poll import Poller

AGENCY = """TAMSEL (AP) — The dam at Corrin held through the night although the river Tamsel rose by another
metre, engineers of the valley authority said on Wednesday, and nobody had to leave the lower town."""
OWN = """The Corrin dam withstood a night of high water on the Tamsel, and the valley authority said
that the lower town need not be evacuated after the river had risen by a metre."""
ANOTHER = """Engineers of the valley authority watched the dam at Corrin all night while the Tamsel rose;
it held, and the lower town was not evacuated."""
ITEM = """<item><title>{title}</title><link>{link}</link><guid>{link}</guid>
<pubDate>Thu, 19 Nov 2026 0{hour}:00:00 GMT</pubDate><description>{text}</description></item>"""
FEED = "<rss version='2.0'><channel><title>{title}</title><link>{site}</link>{items}</channel></rss>"


def feed(title: str, site: str, headline: str, text: str, hour: int) -> str:
    item = ITEM.format(title=headline, link=f"{site}/{hour}", text=text, hour=hour)
    return FEED.format(title=title, site=site, items=item)


FEEDS = {
    "world": feed("NV &gt; World", "https://northernvoice.example", "Dam at Corrin holds overnight", OWN, 1),
    "home": feed(
        "The best of us", "https://m.northernvoice.example", "Corrin dam holds overnight", ANOTHER, 2
    ),
    "post": feed("Tamsel Post", "https://tamselpost.example", "Dam at Corrin holds (AP)", AGENCY, 3),
    "radio": feed(
        "Upland Radio", "https://uplandradio.example", "Corrin dam holds - Upland Radio", AGENCY, 4
    ),
}
UNKNOWN = {"title": "Dam at Corrin holds overnight as river rises", "text": OWN, "published": "2026-11-19"}


@pytest.fixture
def house(tmp_path: Path, databases: Databases) -> Iterator[House]:
    made = House(tmp_path, databases.new())
    loopback = (ip_network("127.0.0.0/8"),)
    fetching = FetchSettings(base_url=SITE.url, host_spacing=0, allow_networks=loopback)
    made.line.poller.close()
    made.line = replace(made.line, poller=Poller(fetching, timedelta(minutes=30)))
    yield made
    made.close()


def counts(house: House) -> list[tuple[object, ...]]:
    return house.rows(
        "SELECT entries, publishers FROM stories WHERE merged_into IS NULL AND published IS NOT NULL"
    )


def test_a_story_counts_publishers_not_feeds_nor_copies_nor_unknown_ones(
    house: House, httpserver: HTTPServer
) -> None:
    for name, body in FEEDS.items():
        httpserver.expect_request(f"/{name}").respond_with_data(body, content_type="application/rss+xml")
    rows = "".join(f'[[feeds]]\nurl = "{httpserver.url_for(f"/{name}")}"\n' for name in FEEDS)
    house.topic("dams", f'any = ["dam"]\n{rows}')
    house.write("unknown.jsonl", json.dumps(UNKNOWN) + "\n")
    report = house.refresh()
    assert report.problems == ()
    # Northern Voice twice, an agency's text in two papers, and somebody: two publishers.
    assert counts(house) == [(5, 2)]
    assert len(house.titles()) == 1


def two_feeds(house: House) -> None:
    """Bring one event from two feeds whose names do not tell that they are one publisher's."""
    urls = ("https://a.example/feed", "https://b.example/feed")
    house.store.follow((), {"all": uuid4()}, NOW)
    for url in urls:
        house.store.add_feed(url, NOW)
    entry = {"text": OWN, "publisher": None, "url": None}
    polled = {"now": NOW, "next_poll": NOW + timedelta(days=1)}  # not asked again meanwhile
    read_feed(
        house.store,
        urls[0],
        hours_ago(3, "Dam at Corrin holds overnight", **entry),
        title="Tamsel Post",
        **polled,
    )
    entry["text"] = ANOTHER
    read_feed(
        house.store,
        urls[1],
        hours_ago(2, "Corrin dam holds overnight", **entry),
        title="Post world desk",
        **polled,
    )


def test_an_alias_makes_two_feeds_one_publisher_without_showing_anything_again(house: House) -> None:
    two_feeds(house)
    house.refresh()
    assert counts(house) == [(2, 2)]
    updated = house.rows("SELECT updated, bumps FROM stories")

    alias = '[[publishers]]\nname = "Tamsel Post"\naliases = ["Post world desk"]\n'
    (house.feeds / "publishers.toml").write_text(alias)
    report = house.refresh(NOW + timedelta(hours=1))

    assert report.problems == ()
    assert counts(house) == [(2, 1)]
    assert house.rows("SELECT updated, bumps FROM stories") == updated
    assert house.store.adopt_publishers([KnownPublisher("Tamsel Post", ("Post world desk",))]) == 0


def test_publishers_that_turn_out_to_be_two_are_no_news_either(house: House) -> None:
    alias = '[[publishers]]\nname = "Tamsel Post"\naliases = ["Post world desk"]\n'
    (house.feeds / "publishers.toml").write_text(alias)
    house.refresh(NOW - timedelta(hours=1))
    two_feeds(house)
    house.refresh()
    assert counts(house) == [(2, 1)]
    updated = house.rows("SELECT updated, bumps FROM stories")
    (house.feeds / "publishers.toml").write_text("")
    house.refresh(NOW + timedelta(hours=1))
    assert counts(house) == [(2, 2)]
    assert house.rows("SELECT updated, bumps FROM stories") == updated


@pytest.mark.parametrize("broken", ["[[publishers]]\nnam = 'x'\n", "[[publishers\n", None])
def test_a_broken_or_vanished_file_of_publishers_leaves_them_as_they_were(
    house: House, broken: str | None
) -> None:
    file = house.feeds / "publishers.toml"
    file.write_text('[[publishers]]\nname = "Tamsel Post"\naliases = ["Post world desk"]\n')
    house.refresh(NOW - timedelta(hours=1))
    if broken is None:
        file.unlink()
    else:
        file.write_text(broken)
    two_feeds(house)
    report = house.refresh()
    assert counts(house) == [(2, 1)]
    subjects = {problem.subject.partition(":")[0] for problem in report.problems}
    assert subjects == (set() if broken is None else {"publishers.toml"})
