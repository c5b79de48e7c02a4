"""What pages weigh, and what holds on every page of a full desk."""

import gzip
import re
from collections.abc import Mapping
from html import unescape
from urllib.request import Request, urlopen

import feedparser
import pytest
from desk import HOSTILE, PAGES

from aggregator.web.assets import FOLDER

LINE = 50_000  # bytes a second: 400 kbit/s
ROUND_TRIP = 0.4  # seconds; one for the page, one for its style
SHOWN_WITHIN = 2.0  # seconds to the largest contentful paint; `benchmarks/pages.py` measures it
PAINTING = 0.5  # of them a slow processor may need
FOUND = [path for path in PAGES if path != "/nothing/here"]
FEEDLESS = {"/search", "/sources"}


def sent(address: str) -> tuple[bytes, Mapping[str, str]]:
    """Return what goes over the line for an address, and its headers."""
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
        return bytes(answer.read()), answer.headers


def weight(name: str) -> int:
    return len(gzip.compress((FOLDER / name).read_bytes()))


def test_home_with_25_topics_is_light(full_desk: str) -> None:
    """At most 10 KB, 15 KB with style and script, and nothing else to fetch but the icon."""
    body, _ = sent(full_desk + "/")
    html = gzip.decompress(body).decode()

    assert html.count('<article class="tp">') >= 25
    assert len(body) <= 10 * 1024
    assert len(body) + weight("style.css") + weight("keys.js") <= 15 * 1024
    assert not re.search(
        r"<img|<iframe|<picture|@font-face|@import|url\(", html + (FOLDER / "style.css").read_text()
    )


@pytest.mark.parametrize("path", FOUND)
def test_a_slow_line_brings_what_a_page_shows_in_time(full_desk: str, path: str) -> None:
    """Style and page alone have to be there for the first paint; the script is deferred."""
    body, _ = sent(full_desk + path)

    needed = 2 * ROUND_TRIP + (len(body) + weight("style.css")) / LINE
    assert needed <= SHOWN_WITHIN - PAINTING


@pytest.mark.parametrize("path", [path for path in FOUND if path not in FEEDLESS])
def test_the_feed_that_a_page_names_is_one_that_readers_read(full_desk: str, path: str) -> None:
    """Exactly one, of this instance, and well-formed whatever the stories are called."""
    html = gzip.decompress(sent(full_desk + path)[0]).decode()
    found = re.findall(
        r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', html
    )
    assert len(found) == 1

    body, headers = sent(full_desk + unescape(found[0]))
    feed = feedparser.parse(gzip.decompress(body), response_headers={"content-type": headers["Content-Type"]})
    assert feed.bozo is False
    assert feed.feed.title


def test_what_feeds_say_is_text_in_lists_of_feeds_and_in_their_titles(full_desk: str) -> None:
    opml = gzip.decompress(sent(full_desk + "/topics.opml")[0]).decode()
    atom = feedparser.parse(gzip.decompress(sent(full_desk + "/topics/hostile.atom")[0]))

    assert "<script" not in opml
    assert "&lt;script&gt;document.title" in opml
    assert atom.feed.title.startswith(HOSTILE[0])


@pytest.mark.parametrize("path", FOUND)
def test_no_page_leads_anywhere_but_to_outlets(full_desk: str, path: str) -> None:
    """Links to elsewhere are to articles and carry rel=noopener; nothing else is asked of another host."""
    html = gzip.decompress(sent(full_desk + path)[0]).decode()
    for tag in re.findall(r'<[^>]+(?:href|src|action)="https?://[^>]*>', html):
        ours = 'rel="canonical"' in tag
        assert ours or (tag.startswith("<a ") and 'rel="noopener"' in tag), tag


def test_no_style_sheet_needs_a_transformation() -> None:
    """Browsers are removing XSLT."""
    texts = (
        path.read_text("utf-8")
        for path in FOLDER.parent.rglob("*")
        if path.suffix in (".html", ".css", ".xml")
    )

    assert not any("xsl" in text.lower() for text in texts)
