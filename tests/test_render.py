"""A topic's documents: what feedparser and other readers make of them."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from uuid import UUID

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.html import fromstring

from aggregator.core.clean import clean_line, clean_text
from aggregator.core.publish import SHOWN_COVERAGE
from aggregator.core.render import Site, atom, jsonfeed, opml, parse_story_id, rss, story_id, story_path
from aggregator.core.render.stories import content_html, story_item, topic_head
from aggregator.model import Coverage, Story, Topic

NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
SITE = Site("https://news.example/desk", "Strait Desk")
TOPIC = Topic(UUID(int=1), "cables", "Undersea cables", NOON, description="Faults & repairs <at sea>")


def line(
    number: int, headline: str = "Cable C7 cut", url: str | None = "https://a.example/?a=1&b=2"
) -> Coverage:
    return Coverage(number, headline, url, "Harbour & Gazette", NOON, False, NOON)


def story(number: int = 7, headline: str = "Cable C7 cut", **fields: object) -> Story:
    values = {"url": "https://a.example/?a=1&b=2", "excerpt": "It failed <at dawn>.", "slug": "cable-c7-cut"}
    values |= {"coverage": (line(1, headline),), "author": "Harbour & Gazette", "why": "They share C7."}
    values |= {"contributors": ("Harbour & Gazette",), "categories": ("Sea & Shore",)}
    return Story(UUID(int=number), 1, headline, published=NOON, updated=NOON, **(values | fields))  # type: ignore[arg-type]


def rendered(
    format_: ModuleType, *stories: Story, path: str = "/t", min_sources: int = 0, site: Site = SITE
) -> bytes:
    head = topic_head(site, TOPIC, NOON, path, min_sources)
    body: bytes = format_.render(site, head, [story_item(site, TOPIC, one) for one in stories])
    return body


def parsed(body: bytes) -> feedparser.FeedParserDict:
    feed = feedparser.parse(body)
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_an_atom_feed_names_itself_its_page_and_its_stories() -> None:
    feed = parsed(rendered(atom, story(), path="/topics/cables.atom"))
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == "https://news.example/desk/topics/cables.atom"
    assert links["alternate"] == "https://news.example/desk/topics/cables"
    assert feed.feed.id == "urn:uuid:00000000-0000-0000-0000-000000000001"
    entry = feed.entries[0]
    assert (entry.id, entry.title) == ("urn:uuid:00000000-0000-0000-0000-000000000007", "Cable C7 cut")
    assert entry.published == entry.updated == "2026-11-20T12:00:00Z"
    assert entry.link == "https://a.example/?a=1&b=2"
    assert [c.name for c in entry.contributors] == ["Harbour & Gazette"]


def test_a_story_without_address_links_to_its_page() -> None:
    entry = parsed(rendered(atom, story(url=None), path="/t.atom")).entries[0]
    assert entry.link == SITE.url + story_path(story().id, story().slug)


def test_content_shows_coverage_reasons_and_the_page() -> None:
    content = parsed(rendered(atom, story(), path="/t.atom")).entries[0].content[0].value
    for part in (
        "It failed &lt;at dawn&gt;.",
        "Harbour &amp; Gazette",
        "They share C7.",
        story_path(story().id, story().slug),
    ):
        assert part in content


def test_long_coverage_ends_with_how_many_more_there_are() -> None:
    shown = tuple(line(n) for n in range(SHOWN_COVERAGE))
    assert "and 5 more" in content_html(SITE, story(coverage=shown, entries=SHOWN_COVERAGE + 5))
    assert "more</p>" not in content_html(SITE, story(coverage=shown, entries=SHOWN_COVERAGE))


@pytest.mark.parametrize("renderer", [atom, rss, jsonfeed])
def test_markup_in_a_headline_is_shown_as_text(renderer: ModuleType) -> None:
    headline = "<script>alert(1)</script> & <b>"
    body = rendered(renderer, story(headline=headline))
    if renderer is jsonfeed:
        item = json.loads(body)["items"][0]
        assert item["title"] == headline and "<script" not in item["content_html"]
    else:
        entry = parsed(body).entries[0]
        assert "<script" not in entry.content[0].value
        assert b"<script" not in body


def test_an_excerpt_that_looks_like_markup_is_text_in_every_format() -> None:
    excerpt = "<script>alert(1)</script> & <b>bold</b>"
    item = etree.fromstring(rendered(rss, story(excerpt=excerpt))).find("channel/item")
    assert fromstring(item.findtext("description")).text_content() == excerpt  # HTML, as readers take it
    summary = parsed(rendered(atom, story(excerpt=excerpt))).entries[0].summary_detail
    assert (summary.type, summary.value) == ("text/plain", excerpt)
    assert json.loads(rendered(jsonfeed, story(excerpt=excerpt)))["items"][0]["summary"] == excerpt


def test_an_rss_feed_carries_the_same_stories() -> None:
    feed = parsed(rendered(rss, story(7), story(8, "Ship held"), path="/topics/cables.rss"))
    assert [entry.title for entry in feed.entries] == ["Cable C7 cut", "Ship held"]
    entry = feed.entries[0]
    assert (entry.id, entry.guidislink) == (UUID(int=7).urn, False)
    assert entry.published == "Fri, 20 Nov 2026 12:00:00 GMT"
    assert feed.feed.link == "https://news.example/desk/topics/cables"


def test_a_json_feed_has_what_version_1_1_requires() -> None:
    feed = json.loads(rendered(jsonfeed, story(), path="/topics/cables.json"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://news.example/desk/topics/cables.json"
    item = feed["items"][0]
    assert isinstance(item["id"], str) and item["url"] == "https://a.example/?a=1&b=2"
    assert item["date_published"] == item["date_modified"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("renderer", [atom, rss, jsonfeed])
def test_a_hub_is_told_in_every_format(renderer: ModuleType) -> None:
    site = Site(SITE.url, SITE.title, hub="https://hub.example/")
    body = rendered(renderer, site=site)
    assert b"https://hub.example/" in body


def test_an_empty_topic_is_a_valid_feed() -> None:
    feed = parsed(rendered(atom, path="/t.atom"))
    assert feed.entries == [] and feed.feed.updated == "2026-11-20T12:00:00Z"


def test_a_view_has_an_id_of_its_own_that_holds_no_address() -> None:
    views = {parsed(rendered(atom, path="/t.atom", min_sources=n)).feed.id for n in (0, 2, 3, 5)}
    assert len(views) == 4 and all(one.startswith("urn:uuid:") for one in views)


def test_another_base_url_changes_links_and_no_id() -> None:
    here = parsed(rendered(atom, story(), path="/t.atom"))
    moved = parsed(rendered(atom, story(), path="/t.atom", site=Site("http://10.0.0.1", "Strait Desk")))
    assert (here.feed.id, here.entries[0].id) == (moved.feed.id, moved.entries[0].id)
    assert "news.example" not in str(moved)


def test_opml_lists_feeds_with_absolute_addresses() -> None:
    body = opml.render(
        "Desk & more", [opml.Outline("A <b>", "https://a.example/x?y&z", "https://a.example/")]
    )
    outline = etree.fromstring(body).find("body/outline")
    assert dict(outline.attrib) == {
        "type": "rss",
        "text": "A <b>",
        "title": "A <b>",
        "xmlUrl": "https://a.example/x?y&z",
        "htmlUrl": "https://a.example/",
    }


@given(st.uuids())
def test_a_storys_id_in_an_address_is_read_back(value: UUID) -> None:
    text = story_id(value)
    assert len(text) == 26 and parse_story_id(text) == parse_story_id(text.upper()) == value


@given(st.text(max_size=30))
def test_any_other_text_is_no_storys_id(text: str) -> None:
    value = parse_story_id(text)
    assert value is None or story_id(value) == text.lower()


@settings(max_examples=150)
@given(st.text(), st.text())
def test_any_cleaned_text_makes_a_valid_document(title: str, text: str) -> None:
    cleaned = story(headline=clean_line(title) or "x", excerpt=clean_text(text), why=clean_text(text))
    for renderer in (atom, rss):
        etree.fromstring(rendered(renderer, cleaned))
    json.loads(rendered(jsonfeed, cleaned))


SAME_BYTES = """
import hashlib, locale, sys
sys.path[:0] = [{tests!r}]
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
from test_render import rendered, story
from aggregator.core.render import atom, jsonfeed, rss
bodies = [rendered(r, story()) for r in (atom, rss, jsonfeed)]
print(hashlib.sha256(b"".join(bodies)).hexdigest())
"""


def test_bytes_do_not_depend_on_hash_seed_time_zone_or_locale() -> None:
    code = SAME_BYTES.format(tests=os.path.dirname(__file__))  # noqa: PTH120
    surroundings = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "Asia/Seoul", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "3", "TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8"},
    ]
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | env, capture_output=True, text=True, check=True
        ).stdout
        for env in surroundings
    }
    assert len(digests) == 1


def test_microseconds_never_reach_a_document() -> None:
    later = replace(story(), updated=NOON + timedelta(microseconds=7))
    body = rendered(atom, later, path="/t.atom")
    assert b".123" not in body and b"+00:00" not in body
