"""Feed documents become entries: pairs of documents and expectations, then one test for each trap."""

import io
import json
import warnings
from dataclasses import asdict
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.clean import MAX_TITLE, clean_line, clean_text, clean_url, html_to_text
from aggregator.core.parse import find_feeds, parse_feed
from aggregator.core.parse.fields import MAX_ENTRIES
from aggregator.errors import DocumentError
from aggregator.model import Enclosure, Entry, ParsedFeed

NOW = datetime(2019, 1, 20, 12, tzinfo=UTC)
URL = "https://feeds.example/news.xml"
DOCUMENTS = Path(__file__).parent / "data" / "feeds"


def parse(body: str | bytes, content_type: str = "", url: str = URL) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(raw, {"content-type": content_type} if content_type else {}, url, NOW)


def rss(items: str, channel: str = "<title>T</title><link>https://news.example/</link>") -> str:
    spaces = (
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    )
    return f'<rss version="2.0" {spaces}><channel>{channel}{items}</channel></rss>'


def atom(entries: str, head: str = "<title>T</title><link href='https://news.example/'/>") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>'


def only(body: str | bytes, content_type: str = "") -> Entry:
    (entry,) = parse(body, content_type).entries
    return entry


def item(inside: str) -> Entry:
    return only(rss(f"<item>{inside}</item>"))


def reason(body: str | bytes, content_type: str = "", url: str = URL) -> str:
    with pytest.raises(DocumentError) as caught:
        parse(body, content_type, url)
    assert caught.value.subject == url
    return caught.value.reason


# --- pairs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rss20.xml", "atom.xml", "rdf.xml", "jsonfeed.json"])
def test_a_document_yields_what_stands_beside_it(name: str) -> None:
    expected = json.loads((DOCUMENTS / name).with_suffix(".expected.json").read_text(encoding="utf-8"))

    parsed = asdict(parse((DOCUMENTS / name).read_bytes()))

    assert [said(entry) for entry in parsed.pop("entries")] == expected.pop("entries")
    assert said(parsed) == expected


def said(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a document does not say, and write the rest as JSON does."""
    written = {
        key: value.isoformat()
        if isinstance(value, datetime)
        else list(value)
        if isinstance(value, tuple)
        else value
        for key, value in values.items()
    }
    return {key: value for key, value in written.items() if value not in (None, "", [], False)}


# --- titles and texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Kim &amp; Moon", "Kim & Moon"),
        ("<![CDATA[Kim &amp; Moon]]>", "Kim & Moon"),
        ("Kim &amp;amp; Moon", "Kim & Moon"),
        ("&lt;b&gt;Kim&lt;/b&gt; meets Moon", "Kim meets Moon"),
        ("5 &lt; 6", "5 < 6"),
        ("What &lt;b&gt; does", "What <b> does"),
        ("Kim&nbsp;meets&hellip;", "Kim meets…"),
        ("&#8216;Peace&#8217;", "‘Peace’"),
        ("<![CDATA[A<br/>\nB]]>", "A<br/> B"),
    ],
)
def test_a_title_is_the_text_that_its_publisher_meant(title: str, text: str) -> None:
    assert item(f"<title>{title}</title>").title == text


def test_an_atom_title_of_type_html_is_read_as_html_and_one_of_type_text_is_not() -> None:
    first, second = parse(
        atom(
            "<entry><id>1</id><title type='html'>&lt;i&gt;A&lt;/i&gt; &amp;amp; B</title></entry>"
            "<entry><id>2</id><title type='text'>&lt;i&gt;A&lt;/i&gt; &amp;amp; B</title></entry>"
        )
    ).entries

    assert (first.title, second.title) == ("A & B", "<i>A</i> &amp; B")


def test_an_entry_without_a_title_takes_its_first_words() -> None:
    assert item("<description>One two three.</description>").title == "One two three."
    assert item(f"<description>{'word ' * 40}</description>").title == "word " * 12 + "…"


def test_an_entry_with_nothing_but_a_link_is_called_by_it() -> None:
    assert item("<link>https://news.example/1</link>").title == "https://news.example/1"


def test_an_entry_with_nothing_to_read_is_dropped() -> None:
    assert parse(rss("<item><guid isPermaLink='false'>1</guid></item>")).entries == ()


def test_the_fullest_of_summary_and_content_is_the_text() -> None:
    entry = item(
        "<title>T</title><description>Short.</description>"
        "<content:encoded>&lt;p&gt;Much longer.&lt;/p&gt;</content:encoded>"
    )
    other = item(
        "<title>T</title><description>The long one is here.</description>"
        "<content:encoded>Short.</content:encoded>"
    )

    assert entry.text == "Much longer."
    assert other.text == "The long one is here."


def test_a_media_description_is_a_text_too() -> None:
    entry = item(
        "<title>T</title><media:group><media:description>Said in a film.</media:description></media:group>"
    )

    assert entry.text == "Said in a film."


def test_plain_text_keeps_its_lines_and_signs() -> None:
    entry = only(atom("<entry><title>T</title><content type='text'>a &lt; b\nc</content></entry>"))

    assert entry.text == "a < b\nc"


def test_html_that_is_declared_plain_is_html() -> None:
    entry = only(atom("<entry><title>T</title><summary>one&lt;br /&gt;two</summary></entry>"))

    assert entry.text == "one\ntwo"


def test_a_very_long_title_and_text_are_capped() -> None:
    entry = item(f"<title>{'t' * 5_000}</title><description>{'word ' * 200_000}</description>")

    assert len(entry.title) == MAX_TITLE
    assert 499_000 < len(entry.text) <= 500_000


# --- ids and links ------------------------------------------------------------------------------------


def test_a_guid_that_is_an_address_is_the_link_unless_it_says_that_it_is_none() -> None:
    assert item("<title>T</title><guid>https://news.example/1</guid>").url == "https://news.example/1"
    assert item("<title>T</title><guid isPermaLink='false'>https://news.example/1</guid>").url is None


@pytest.mark.parametrize(
    ("document", "url"),
    [
        (rss("<item><title>T</title><link>/1</link></item>"), "https://news.example/1"),
        (rss("<item><title>T</title><link>/1</link></item>", "<title>T</title>"), "https://feeds.example/1"),
        (atom("<entry><title>T</title><link href='1'/></entry>"), "https://feeds.example/1"),
        (
            atom("<entry xml:base='https://other.example/a/'><title>T</title><link href='1'/></entry>"),
            "https://other.example/a/1",
        ),
        (rss("<item><title>T</title><link>javascript:alert(1)</link></item>"), None),
        (
            rss(
                "<item><title>T</title><link>https://counter.example/~r/1</link>"
                "<feedburner:origLink>https://news.example/1</feedburner:origLink></item>"
            ),
            "https://news.example/1",
        ),
    ],
    ids=["RSS, feed's page", "RSS, document", "Atom, document", "xml:base", "script", "click counter"],
)
def test_a_link_is_absolute_or_missing(document: str, url: str | None) -> None:
    assert only(document).url == url


def test_the_same_entry_twice_is_one() -> None:
    one = "<item><title>A</title><guid isPermaLink='false'>1</guid><link>https://news.example/a</link></item>"

    assert len(parse(rss(one + one)).entries) == 1


def test_different_items_under_one_id_are_told_apart_by_their_address() -> None:
    entries = parse(
        rss(
            "".join(
                f"<item><title>{name}</title><guid isPermaLink='false'>1</guid>"
                f"<link>https://news.example/{name}</link></item>"
                for name in "aba"
            )
        )
    ).entries

    assert [(entry.title, entry.id) for entry in entries] == [("a", "1"), ("b", "https://news.example/b")]


def test_a_changed_text_under_the_same_id_and_address_is_not_a_second_entry() -> None:
    entries = parse(
        rss(
            "".join(
                f"<item><title>{title}</title><guid isPermaLink='false'>1</guid>"
                "<link>https://news.example/a</link></item>"
                for title in ("new", "old")
            )
        )
    ).entries

    assert [entry.title for entry in entries] == ["new"]


def test_a_bounded_number_of_entries_is_taken_the_first_ones() -> None:
    entries = parse(rss("".join(f"<item><title>{n}</title></item>" for n in range(MAX_ENTRIES + 5)))).entries

    assert [entry.title for entry in entries] == [str(n) for n in range(MAX_ENTRIES)]


# --- dates --------------------------------------------------------------------------------------------


def test_a_date_without_a_time_has_the_precision_of_a_day() -> None:
    entry = item("<title>T</title><dc:date>2019-01-11</dc:date>")

    assert (entry.published, entry.day_only) == (datetime(2019, 1, 11, tzinfo=UTC), True)
    assert entry.updated is None


def test_a_publication_date_is_no_date_of_change() -> None:
    entry = item("<title>T</title><pubDate>Fri, 11 Jan 2019 16:05:00 GMT</pubDate>")

    assert entry.published == datetime(2019, 1, 11, 16, 5, tzinfo=UTC)
    assert entry.updated is None


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "yesterday",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "Fri, 11 Jan 2219 16:05:00 GMT",
        "2019",
        "01/02/2019",
    ],
)
def test_a_date_that_cannot_be_trusted_is_unknown(raw: str) -> None:
    assert item(f"<title>T</title><pubDate>{raw}</pubDate>").published is None


# --- people, labels, languages ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<author>ada@news.example (Ada Lund)</author>", "Ada Lund"),
        ("<author>Ada Lund &lt;ada@news.example&gt;</author>", "Ada Lund"),
        ("<author>noreply@news.example</author>", None),
        ("<dc:creator>Ada Lund</dc:creator><dc:creator>Jo Berg</dc:creator>", "Ada Lund, Jo Berg"),
        ("<dc:creator><![CDATA[<a href='/ada'>Ada &amp; Jo</a>]]></dc:creator>", "Ada & Jo"),
    ],
)
def test_a_byline_names_people_and_gives_no_address_away(author: str, name: str | None) -> None:
    assert item(f"<title>T</title>{author}").author == name


def test_categories_are_counted_and_capped() -> None:
    entry = item("<title>T</title>" + "".join(f"<category>c{n}</category>" for n in range(80)))

    assert entry.categories == tuple(f"c{n}" for n in range(50))


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ("en-us", "en-US"),
        ("EN", "en"),
        ("zh_hant_tw", "zh-Hant-TW"),
        ("English", None),
        ("und", None),
        ("", None),
    ],
)
def test_a_language_is_a_tag_or_unknown(raw: str, tag: str | None) -> None:
    feed = parse(rss("<item><title>T</title></item>", f"<title>T</title><language>{raw}</language>"))

    assert feed.language == feed.entries[0].language == tag


def test_the_item_names_its_own_source() -> None:
    assert (
        item("<title>T</title><source url='https://w.example/'>Wire &amp; Co</source>").publisher
        == "Wire & Co"
    )
    assert item("<title>T</title>").publisher is None


# --- the feed itself ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("<ttl>60</ttl>", 3_600.0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3_600.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21_600.0),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>99999999999999999999</ttl>", 31_536_000.0),
        ("", None),
    ],
)
def test_a_feed_says_how_often_it_wants_to_be_asked(channel: str, seconds: float | None) -> None:
    assert parse(rss("<item><title>T</title></item>", f"<title>T</title>{channel}")).ttl == seconds


def test_hub_and_self_may_stand_in_the_header() -> None:
    header = '<https://hub.example/>; rel="hub", </feed>; rel=self'

    feed = parse_feed(rss("<item><title>T</title></item>").encode(), {"link": header}, URL, NOW)

    assert (feed.hub, feed.self_url) == ("https://hub.example/", "https://feeds.example/feed")


def test_a_feed_without_entries_is_a_feed() -> None:
    feed = parse(rss(""))

    assert (feed.title, feed.entries) == ("T", ())


# --- damage -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8-sig", "utf-8", ""),
        ("utf-8", "", ""),
        ("utf-8", "iso-8859-1", "text/xml; charset=us-ascii"),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "utf-16", ""),
        ("cp949", "euc-kr", ""),
        ("cp949", "", "text/xml; charset=EUC-KR"),
        ("gb18030", "gb2312", ""),
        ("iso2022_kr", "iso-2022-kr", ""),
    ],
)
def test_every_encoding_is_read_whatever_is_declared(encoding: str, declared: str, header: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    titles = {"gb18030": "平壤的和平会谈"}
    title = titles.get(encoding, "평양에서 평화 회담 개최")

    entry = only((declaration + rss(f"<item><title>{title}</title></item>")).encode(encoding), header)

    assert entry.title == title


def test_latin_letters_without_any_declaration_are_read() -> None:
    body = rss("<item><title>Müller grüßt die Bürgermeisterin in Köln – „schön“</title></item>").encode(
        "cp1252"
    )

    assert only(body).title == "Müller grüßt die Bürgermeisterin in Köln – „schön“"


def test_one_bad_byte_costs_one_character_not_the_whole_feed() -> None:
    body = (
        rss("<item><title>Präsident Müller in Köln: It@s für alle</title></item>")
        .encode()
        .replace(b"@", b"\x92")
    )

    assert only(body).title == "Präsident Müller in Köln: It’s für alle"


def test_a_document_that_breaks_off_gives_what_it_had() -> None:
    whole = rss("<item><title>One</title></item><item><title>Two</title></item>")

    entries = parse(whole[: whole.index("Two") + 2]).entries

    assert entries[0].title == "One"


@pytest.mark.parametrize(
    "document",
    [
        "\n\n" + rss("<item><title>T</title></item>"),
        "Warning: something in line 3\n<?xml version='1.0'?>" + rss("<item><title>T</title></item>"),
        rss("<item><title>T\x08</title></item>").replace("\x08", ""),
        rss("<item><title>T</title><description>a & b, &bogus; &copy;</description></item>"),
        rss("<item><title>T</title><link>https://news.example/?a=1&b=2</link></item>"),
        rss("<item><title>T</title></item>").replace("</channel>", ""),
    ],
    ids=["blank lines", "warning before it", "plain", "bare ampersand", "ampersand in link", "unclosed"],
)
def test_small_faults_do_not_stop_a_feed(document: str) -> None:
    assert only(document).title == "T"


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#0;", "&#1;", "&#x110000;", "&#99999999999999999999;", "\x01", "\ufffe"]
)
def test_what_xml_forbids_becomes_the_replacement_character(reference: str) -> None:
    assert item(f"<title>a{reference}b</title>").title == "a�b"


def test_an_entity_that_the_document_declares_is_read() -> None:
    document = '<!DOCTYPE rss [<!ENTITY eacute "&#233;">]>' + rss(
        "<item><title>Caf&eacute; &uuml;</title></item>"
    )

    assert only(document).title == "Café ü"


def test_entities_that_expand_or_read_files_give_nothing() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = (
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://x.example/">'
        "%p;]>" + rss("<item><title>T</title><description>&l9; &f;</description></item>")
    )

    entry = only(document)

    assert "root:" not in entry.text
    assert len(entry.text) < 100


def test_a_title_cannot_smuggle_markup_or_a_script_link() -> None:
    entry = item(
        "<title><![CDATA[<svg/onload=alert(1)>News</svg>]]></title><link>javascript:alert(1)</link>"
        "<description><![CDATA[<img src=x onerror=alert(1)><a href='javascript:x'>y</a>]]></description>"
    )

    assert entry.url is None
    assert entry.text == "y"


def test_a_page_s_doctype_before_a_feed_does_not_hide_it() -> None:
    assert only("<!DOCTYPE html>" + rss("<item><title>T</title></item>")).title == "T"


def test_a_line_end_inside_a_json_text_is_taken_for_one() -> None:
    body = '{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_text": "a\nb"}]}'

    assert only(body).text == "a\nb"


def test_a_path_as_body_opens_no_file() -> None:
    assert "is no feed" in reason(str(DOCUMENTS / "rss20.xml"))


# --- what is no feed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "is empty"),
        (" \n\0", "is empty"),
        ("<!DOCTYPE html><html><body>Hi</body></html>", "is a web page, not a feed; look on it for"),
        ("<html><head><title>x</title>", "is a web page, not a feed"),
        (
            "<!doctype html><link rel=alternate type='application/rss+xml' href='/feed'>",
            "use the feed that the page names: https://feeds.example/feed",
        ),
        ("<?xml version='1.0'?><opml version='2.0'><body/></opml>", "aggregator feeds import"),
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'></urlset>", "is a sitemap"),
        ("<note><to>x</to></note>", "is XML that begins with <note>"),
        ("Not Found", "is no feed; it begins with “Not Found”"),
        ('{"error": "x"}', "is JSON, but not a JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [', "begins like JSON but is broken"),
        ("[" * 100_000, "begins like JSON but is broken"),
        ("[]", "is JSON, but not a JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": 3}', "is JSON, but not a JSON Feed"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is a picture"),
        (b"\x1f\x8b\x08\0\0", "is compressed without saying so"),
        ("<rss version='2.0'><channel><title>x", "is broken before its first entry"),
        ("<rss version='2.0' <channel>", "is broken"),
    ],
)
def test_what_is_no_feed_is_called_what_it_is(body: str | bytes, words: str) -> None:
    assert words in reason(body)


FRAGMENTS = (
    "<rss>|<channel>|<item>|<title>|</title>|</item>|</channel>|</rss>|<feed>|<entry>|<content type='xhtml'>|"
    "<!DOCTYPE x [|]>|<![CDATA[|]]>|<!--|&amp;|&#xD800;|<?xml version='1.0' encoding='punycode'?>|<html>|{|"
    '"items":|[|]|}|<description>|<link>|http://[|<guid>|<pubDate>|2019-01-11|<div>|\0|é|<author>|@|<category>|'
    "<dc:date>|<base>"
).split("|")


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join).map(str.encode)
)
def test_any_bytes_give_clean_entries_or_a_reason(body: bytes) -> None:
    try:
        feed = parse(body)
    except DocumentError as error:
        assert error.reason
        return
    for entry in feed.entries:
        assert entry.title == clean_line(entry.title) != ""
        assert entry.text == clean_text(entry.text)
        assert entry.url is None or entry.url == clean_url(entry.url)


# --- real feeds ---------------------------------------------------------------------------------------


@pytest.mark.shared
def test_real_feeds_yield_what_feedparser_finds(shared: Path) -> None:
    folder = shared / "data" / "feeds"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    unlike: list[Any] = []

    for row in manifest:
        body = (folder / row["file"]).read_bytes()
        found = [(entry.id, entry.url, entry.title) for entry in parse(body).entries]
        expected = by_feedparser(body)
        assert len(expected) == row["entries"]
        if row["duplicate_ids"]:
            expected = list({entry[0]: entry for entry in reversed(expected)}.values())[::-1]
        unlike += [
            (row["file"], theirs, ours)
            for theirs, ours in zip(expected, found, strict=True)
            if theirs != ours and (theirs[2] or theirs[:2] != ours[:2])
        ]

    assert len(manifest) > 100
    assert unlike == []


def by_feedparser(body: bytes) -> list[tuple[str | None, str | None, str]]:
    """Return (id, link, title as text) of every entry, as feedparser alone reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        document = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    base = clean_url(document.feed.get("link", ""), URL) if document.version.startswith("rss") else URL
    return [
        (
            clean_line(entry.get("id", ""), 2_048) or None,
            clean_url(entry.get("feedburner_origlink") or entry.get("link", ""), base),
            # One title holds a name of HTML5 that feedparser does not know.
            clean_line(
                html_to_text(entry.get("title", ""))
                if entry.get("title_detail", {}).get("type") == "text/html"
                else unescape(entry.get("title", ""))
            ),
        )
        for entry in document.entries
    ]


# ---- when to ask again


def test_hours_and_days_to_skip_are_all_kept() -> None:
    head = (
        "<skipHours><hour>0</hour><hour> 24 </hour><hour>07</hour><hour>99</hour></skipHours>"
        "<skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays>"
    )
    feed = parse_feed(
        f"<rss version='2.0'><channel><title>F</title>{head}</channel></rss>".encode(), {}, URL, NOW
    )
    assert (feed.skip_hours, feed.skip_days) == ((0, 7), (5, 6))


def test_a_feed_that_asks_to_be_left_alone_for_ever_asks_for_nothing() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    body = f"<rss version='2.0'><channel><title>F</title><skipHours>{hours}</skipHours></channel></rss>"
    assert parse(body).skip_hours == ()


# ---- feeds that a page names

PAGE = """<!DOCTYPE html><html><head><base href="https://paper.example/en/">
<link rel="stylesheet" href="a.css"><link rel=alternate hreflang=de href="/de/">
<link rel="alternate" type="application/rss+xml" title="Comments feed" href="/comments/feed">
<link type='application/atom+xml' href='feed.atom?a=1&amp;b=2' rel='alternate'>
<link rel="alternate" type="application/feed+json" href="https://paper.example/feed.json">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">"""


def test_a_page_names_its_feeds_in_order_and_that_of_comments_last() -> None:
    assert find_feeds(PAGE.encode(), {}, "https://paper.example/") == (
        "https://paper.example/en/feed.atom?a=1&b=2",
        "https://paper.example/feed.json",
        "https://paper.example/comments/feed",
    )


@given(st.text())
def test_any_text_names_feeds_with_web_addresses_or_none(text: str) -> None:
    found = find_feeds((PAGE[:60] + text).encode("utf-8", "replace"), {}, "https://paper.example/")
    assert all(url.startswith(("http://", "https://")) for url in found)


# ---- files that belong to entries


def test_files_of_an_entry_are_kept_from_every_format() -> None:
    rss = parse(
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><title>F</title><item>"
        "<title>T</title><enclosure url='https://a.example/1.mp3' type='Audio/MPEG' length='12'/>"
        "<media:content url='https://a.example/1.jpg' type='bad type' fileSize='-1'/>"
        "<media:content url='javascript:alert(1)'/></item></channel></rss>"
    )
    files = (Enclosure("https://a.example/1.mp3", "audio/mpeg", 12), Enclosure("https://a.example/1.jpg"))
    assert rss.entries[0].enclosures == files
    item = {"id": "1", "title": "T", "attachments": [{"url": "1.mp3", "mime_type": "audio/mpeg"}, {"url": 3}]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [item]}
    assert parse(json.dumps(feed), url="https://a.example/feed.json").entries[0].enclosures == (
        Enclosure("https://a.example/1.mp3", "audio/mpeg"),
    )
