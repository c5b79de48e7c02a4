"""Feed documents -> entries."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.clean import clean_line, clean_url, html_to_text
from aggregator.core.parse import parse_feed
from aggregator.core.parse.fields import MAX_ENTRIES, language
from aggregator.errors import DocumentError
from aggregator.model import Entry, ParsedFeed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://nordwire.example/world/rss"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Nordwire &amp; Sons</title><link>https://nordwire.example/</link><language>en-gb</language>
<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<item>
 <title>Cable &lt;b&gt;cut&lt;/b&gt; again</title>
 <link>/world/cable?utm_source=rss&amp;id=7</link>
 <guid isPermaLink="false">nw-7</guid>
 <pubDate>Fri, 20 Nov 2026 06:12:00 +0100</pubDate>
 <dc:creator>Ada Quill</dc:creator>
 <category>Sea</category><category>Cables</category><category>Sea</category>
 <description>Short.</description>
 <content:encoded><![CDATA[<p>It failed at <a href="/dawn">dawn</a>.</p>
 <script>alert(1)</script><p>Ships wait.</p>]]></content:encoded>
</item>
<item>
 <description>A note without a title, of which the first dozen words have to do as one here.</description>
</item>
<item><title></title></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://kanal.example/">
<title>Kanal 9</title><id>urn:x</id><updated>2026-11-20T10:00:00Z</updated>
<link rel="self" href="https://kanal.example/feed"/><link rel="hub" href="https://hub.example/"/>
<link href="https://kanal.example/"/><rights>Kanal 9</rights>
<entry><id>tag:kanal.example,2026:1</id><title type="html">Schleuse &amp;amp; Deich</title>
 <link rel="enclosure" href="https://kanal.example/a.mp3"/><link href="artikel/1"/>
 <updated>2026-11-20T09:30:00+01:00</updated><summary>Kurz.</summary></entry>
<entry><id>tag:kanal.example,2026:2</id><title>Zwei</title><published>2026-11-19T08:00:00Z</published>
 <updated>2026-11-20T09:00:00Z</updated><source><title>Hafenbote</title></source>
 <content type="text">1 &lt; 2</content></entry>
</feed>"""


def parse(text: str, url: str = URL, **headers: str) -> ParsedFeed:
    return parse_feed(text.encode(), {k.replace("_", "-"): v for k, v in headers.items()}, url, NOW)


def test_an_rss_item_becomes_a_clean_entry() -> None:
    feed = parse(RSS)
    assert (feed.title, feed.link, feed.language, feed.ttl) == (
        "Nordwire & Sons",
        "https://nordwire.example/",
        "en-GB",
        1800,
    )
    entry = feed.entries[0]
    assert entry == Entry(
        title="Cable cut again",
        text="It failed at dawn.\n\nShips wait.",
        id="nw-7",
        url="https://nordwire.example/world/cable?id=7",
        author="Ada Quill",
        published=datetime(2026, 11, 20, 5, 12, tzinfo=UTC),
        categories=("Sea", "Cables"),
        html=entry.html,
        language=entry.language,
    )
    assert 'href="https://nordwire.example/dawn"' in entry.html and "script" not in entry.html


def test_an_item_without_a_title_is_named_after_its_text_and_an_empty_one_is_dropped() -> None:
    titles = [entry.title for entry in parse(RSS).entries]
    assert titles[1:] == ["A note without a title, of which the first dozen words have …"]


def test_an_atom_entry_has_its_page_its_dates_and_its_source() -> None:
    feed = parse(ATOM)
    assert (feed.title, feed.hub, feed.self_url) == (
        "Kanal 9",
        "https://hub.example/",
        "https://kanal.example/feed",
    )
    first, second = feed.entries
    assert (first.title, first.url) == ("Schleuse & Deich", "https://kanal.example/artikel/1")
    assert first.published == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert second.published == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert second.updated == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (second.publisher, second.text, second.language) == ("Hafenbote", "1 < 2", "de")


def test_an_item_without_a_date_has_none() -> None:
    assert parse(RSS).entries[1].published is None


@pytest.mark.parametrize("date", ["Fri, 20 Nov 2093 06:12:00 GMT", "1 Jan 0001", "yesterday", "0000-00-00"])
def test_an_impossible_date_is_no_date(date: str) -> None:
    assert parse(RSS.replace("Fri, 20 Nov 2026 06:12:00 +0100", date)).entries[0].published is None


def test_a_json_feed_is_read() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour notes",
        "home_page_url": "https://harbour.example/",
        "items": [
            {
                "id": 1,
                "url": "/1",
                "title": "A < B",
                "content_html": "<p>One</p><p>Two</p>",
                "tags": ["Port"],
            },
            {"id": "2", "content_text": "Only text.", "date_published": "2026-11-19T08:00:00+09:00"},
            "nonsense",
        ],
    }
    feed = parse(json.dumps(document))
    assert (feed.title, len(feed.entries)) == ("Harbour notes", 2)
    first, second = feed.entries
    assert (first.id, first.url, first.title) == ("1", "https://harbour.example/1", "A < B")
    assert (first.text, first.categories) == ("One\n\nTwo", ("Port",))
    assert (second.title, second.published) == ("Only text.", datetime(2026, 11, 18, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"<!doctype html><html><body>Log in</body></html>", "is a web page"),
        (
            b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>',
            "example/feed",
        ),
        (b"%PDF-1.4", "is a PDF"),
        (b"just words", "is no feed"),
        (b'{"error": 1}', "it has no items"),
        (b"{broken", "but is broken"),
        (b"<opml><body/></opml>", "feeds import"),
        (b"<urlset/>", "is a sitemap"),
    ],
)
def test_what_is_no_feed_is_named_with_the_next_step(body: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        parse_feed(body, {}, URL, NOW)


def test_a_page_doctype_before_a_feed_does_not_hide_it() -> None:
    assert parse("<!DOCTYPE html>" + ATOM).title == "Kanal 9"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-1"])
def test_letters_survive_every_declared_encoding(encoding: str) -> None:
    text = RSS.replace("Cable", "Käbel é").replace("utf-8", encoding)
    assert parse_feed(text.encode(encoding), {}, URL, NOW).entries[0].title.startswith("Käbel é")


def test_one_bad_byte_does_not_turn_a_feed_to_mojibake() -> None:
    body = (
        RSS.replace("Ada Quill", "Ünä Ä").replace("Short.", "Kürz€").encode().replace(b"dawn", b"d\xe4wn", 1)
    )
    assert parse_feed(body, {}, URL, NOW).entries[0].author == "Ünä Ä"


def test_entities_that_expand_or_reach_outside_do_neither() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = RSS.replace('<?xml version="1.0" encoding="utf-8"?>', bomb).replace("Short.", "&b;&f;")
    text = " ".join(entry.text for entry in parse(body).entries)
    assert "aaaaaaaaaaaaaaaaaaaaaaaa" not in text and "root:" not in text


def test_entries_of_one_id_are_one_unless_they_link_elsewhere() -> None:
    item = "<item><guid isPermaLink='false'>same</guid><title>{0}</title><link>https://a.example/{0}</link></item>"
    items = "".join(item.format(name) for name in ("A", "A", "B"))
    body = f"<rss version='2.0'><channel>{items}</channel></rss>"
    assert [(e.id, e.title) for e in parse(body).entries] == [("same", "A"), ("https://a.example/B", "B")]


def test_a_feed_brings_a_bounded_number_of_entries() -> None:
    items = "".join(f"<item><title>{n}</title></item>" for n in range(MAX_ENTRIES + 5))
    assert len(parse(f"<rss version='2.0'><channel>{items}</channel></rss>").entries) == MAX_ENTRIES


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en-us", "en-US"),
        ("de_DE", "de-DE"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("", None),
        ("english!", None),
        ("x", None),
    ],
)
def test_a_language_is_a_tag_or_nothing(raw: str, tag: str | None) -> None:
    assert language(raw) == tag


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_entries_or_a_clear_error(body: bytes) -> None:
    for document in (body, RSS.encode().replace(b"Short.", body), ATOM.encode().replace(b"Kurz.", body)):
        try:
            parse_feed(document, {}, URL, NOW)
        except DocumentError as error:
            assert error.reason


@pytest.mark.shared
def test_real_feeds_give_the_entries_that_feedparser_finds(shared: Path) -> None:
    folder = shared / "data" / "feeds"
    for one in json.loads((folder / "manifest.json").read_text()):
        body = (folder / one["file"]).read_bytes()
        found = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False).entries
        ours = parse_feed(body, {}, "https://feeds.example/x", NOW).entries
        assert len(ours) == one["entries"] - one["duplicate_ids"], one["file"]
        if one["duplicate_ids"]:
            continue
        for theirs, entry in zip(found, ours, strict=True):
            title = clean_line(html_to_text(theirs.get("title", "")))
            if "&" not in theirs.get("title", "") and "<" not in theirs.get("title", ""):
                assert not title or entry.title == title, one["file"]
            assert entry.url == clean_url(theirs.get("link", ""), "https://feeds.example/x"), one["file"]
