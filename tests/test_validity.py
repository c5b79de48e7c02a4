"""Every feed we serve is valid by the rules that validators hold feeds to, whatever its entries are like."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from make import (
    NOW,
    SITE,
    Told,
    fill,
    follow,
    make_app,
    make_entry,
    make_story,
    make_topic,
    publish,
    read_feed,
)
from validator import faults

from aggregator.core.render import Site, story_id
from aggregator.model import Enclosure, FollowedFeed, Grouping, Rules
from aggregator.store import Store

LATER = NOW + timedelta(hours=1)
HUB = Site(SITE.url, "Desk & Sons", hub="https://hub.example/")
FEED = "https://paper.example/feed?a=1&b=2"
GROWN = make_story(
    make_entry("Bridge <shut> & guarded", text="Weight < 3 t & height > 2 m: shut. " * 20),
    make_entry("Bridge shut, say police", publisher="Nordwire", author="Ada Quill", rights="© Nordwire"),
    *(
        make_entry(f"Bridge {n}", url=f"https://papers.example/{n}?a=1&b='{n}'", publisher=f"P{n}")
        for n in range(24)
    ),
)
ODD = (
    make_entry("Undated bridge", published=None, url=None, publisher=None, text=""),
    make_entry("Bridge of the future", published=NOW + timedelta(days=400)),
    make_entry("A bridge on a day", day_only=True, id="not an iri", categories=("Sea & <i>Shore</i>", "sea")),
    make_entry("다리 폐쇄, bridge", language="ko", url="https://ko.example/다리"),
    make_entry("Bridge of signs < > & \" '", id="tag:paper.example,2026:7", author="<a@b.example>"),
    make_entry(
        "Bridge on air",
        enclosures=(Enclosure("https://a.example/b.mp3", "audio/mpeg", 12), Enclosure("https://a.example/c")),
    ),
    make_entry("Bridge " + "very " * 200 + "long", text="word " * 2_000),
)
PATHS = [
    *(
        f"/topics/bridges.{suffix}{query}"
        for suffix in ("atom", "rss", "json")
        for query in ("", "?min_sources=2", "?view=entries")
    ),
    *(f"/topics/empty.{suffix}" for suffix in ("atom", "rss", "json")),
    "/topics/all.atom",
    "/topics/bridges/2026-11.atom",
    "/search.atom?q=bridge",
    "/search.atom?q=%22nobody+says%22",
]


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """Return a client of a store that holds what feeds can bring."""
    paper = make_topic("paper", feeds=(FollowedFeed(FEED, "Paper"),))
    bridges = make_topic("bridges", description="Open & <shut>")
    empty = make_topic("empty", rules=Rules(any=("nothing",)))
    follow(store, bridges, empty, paper)
    read_feed(store, FEED, *ODD, title="Paper & Sons", link="https://paper.example/", id="no iri")
    fill(store, GROWN, *(Told((entry,)) for entry in ODD), topics=[bridges, empty, paper], site=HUB)
    store.apply(Grouping(follows=((Told((ODD[0],)).story, GROWN.story),)), LATER)
    publish(store, LATER, HUB)
    return make_app(store, LATER, HUB).test_client()


@pytest.mark.parametrize("path", PATHS)
def test_a_feed_is_valid(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert (
        faults(answer.data, answer.headers["Content-Type"], SITE.url + path, LATER + timedelta(days=400))
        == []
    )


@pytest.mark.parametrize("suffix", ["atom", "json"])
def test_a_storys_feed_is_valid(client: FlaskClient, suffix: str) -> None:
    path = f"/stories/{story_id(GROWN.story)}.{suffix}"
    answer = client.get(path)
    assert faults(answer.data, answer.headers["Content-Type"], SITE.url + path, LATER) == []


BROKEN = (
    ("<link href='https://desk.example/x' rel='self'/>", "", "self is []"),
    ("<id>urn:uuid:1</id>", "<id>/1</id>", "id '/1' is not absolute"),
    ("2026-11-24T12:00:00Z", "2028-11-24T12:00:00Z", "2028-11-24T12:00:00Z is not plausible"),
    ("2026-11-24T12:00:00Z", "24 Nov 2026", "'24 Nov 2026' is no date of RFC 3339"),
    ("A &lt; B", "A &lt;b&gt;B&lt;/b&gt;", "title 'A <b>B</b>' is empty or holds markup"),
    ("href=&quot;https:", "href=&quot;/", "is relative"),
    ("&lt;p&gt;", "&lt;p onclick=&quot;x&quot;&gt;", "is a risk"),
    ("<name>Desk</name>", "<name/>", "a person without a name"),
)
SOUND = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:uuid:1</id><title>A &lt; B</title>
<updated>2026-11-24T12:00:00Z</updated><author><name>Desk</name></author>
<link href='https://desk.example/x' rel='self'/>
<entry><id>urn:uuid:2</id><title>A</title><updated>2026-11-24T12:00:00Z</updated>
<content type="html">&lt;p&gt;&lt;a href=&quot;https://a.example&quot;&gt;A&lt;/a&gt;&lt;/p&gt;</content></entry></feed>"""


@pytest.mark.parametrize(("sound", "broken", "said"), BROKEN)
def test_the_rules_tell_what_is_wrong(sound: str, broken: str, said: str) -> None:
    kind, address = "application/atom+xml; charset=utf-8", "https://desk.example/x"
    assert faults(SOUND.encode(), kind, address, LATER) == []
    found = faults(SOUND.replace(sound, broken).encode(), kind, address, LATER)
    assert any(said in fault for fault in found), found
