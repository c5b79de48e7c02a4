"""Entries that are read without feedparser say what feedparser would have made of them."""

import random
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.core.headlines import tell_apart
from aggregator.core.parse import parse_feed, parse_news
from aggregator.core.parse.plain import Plain
from aggregator.errors import DocumentError
from aggregator.model import FeedState, ParsedFeed

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://feeds.example/news.xml"
FEED = FeedState(1, URL)
OWN = sorted((Path(__file__).parent / "data" / "feeds").glob("*.xml"))
VARIANTS = 60  # of each document

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel>
<title>Nordwire</title><link>https://nord.example/</link><language>en-GB</language>
<item><title>Ferry runs again &amp; again</title><link>https://nord.example/1?a=1&amp;b=2</link>
<guid isPermaLink="false">n-1</guid><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubDate>
<dc:creator><![CDATA[Ada Berg]]></dc:creator><category>Ferries</category><category domain="x">Sea</category>
<description>Eight &lt;b&gt;boats&lt;/b&gt; sailed.</description>
<content:encoded><![CDATA[<p>Eight boats sailed <a href="/more?utm_source=rss">on time</a>.</p>]]>
</content:encoded><enclosure url="https://nord.example/1.mp3" length="99" type="audio/mpeg" /></item>
<item><title><![CDATA[<i>Cable</i> cut near Almery]]></title><link> https://nord.example/2 </link>
<guid>https://nord.example/2</guid><pubDate>Mon, 23 Nov 2026 09:00:00 +0100</pubDate>
<author>desk@nord.example (Bo Lind)</author><comments>https://nord.example/2#talk</comments>
<slash:comments>3</slash:comments><description>Caf\u00e9 \u2014 closed.</description>
<media:content url="https://nord.example/2.jpg" medium="image" width="640"/></item>
<item><title>Third</title><guid>https://nord.example/3</guid><description/></item>
</channel></rss>"""
ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title><id>urn:x:1</id>
<updated>2026-11-24T10:00:00Z</updated><author><name>Redaktion</name></author>
<entry><title type="html">Deich &amp;amp; Damm &lt;i&gt;h\u00e4lt&lt;/i&gt;</title><id>urn:x:2</id>
<link href="https://blatt.example/2" />
<link rel="enclosure" href="https://blatt.example/2.pdf" type="application/PDF"/>
<published>2026-11-24T09:00:00+01:00</published><updated>2026-11-24T10:00:00.25Z</updated>
<author><name>Ede Falk</name><uri>https://blatt.example/ede</uri><email>ede@blatt.example</email></author>
<category term="deich" label="Deiche"/><summary>Kurz.</summary>
<content type="html">&lt;p&gt;Er h\u00e4lt.&lt;/p&gt;</content></entry>
<entry><author><name>Gro Hay</name></author><title>Zwei</title><id>tag:blatt.example,2026:3</id>
<link rel="related" href="https://else.example/"/><updated>2026-11-23T10:00:00Z</updated>
<content type="text">Schlicht &lt; einfach</content><rights>CC</rights></entry></feed>"""


def item(inside: str) -> str:
    return RSS[: RSS.index("<item>")] + f"<item>{inside}</item></channel></rss>"


def entry(inside: str) -> str:
    return ATOM[: ATOM.index("<entry>")] + f"<entry>{inside}</entry></feed>"


def shortly(document: str) -> ParsedFeed | str:
    """Return what is read; where it is an error, that."""
    try:
        return replace(parse_news(document.encode(), {}, URL, NOW, FEED), blocks=None)
    except DocumentError as error:
        return str(error)


def by_feedparser(document: str) -> ParsedFeed | str:
    try:
        parsed = parse_feed(document.encode(), {}, URL, NOW)
    except DocumentError as error:
        return str(error)
    return replace(parsed, entries=tell_apart(parsed.entries, (None, parsed.title, None)))


def blocks(document: str) -> Iterable[str]:
    return re.findall(r"<item>.*?</item>|<entry>.*?</entry>", document, re.DOTALL)


def read_plainly(document: str) -> list[bool]:
    """Return for each entry whether it is read without feedparser."""
    found = list(blocks(document))
    reader = Plain(document[: document.index(found[0])])
    return [reader.read(block) is not None for block in found]


@pytest.mark.parametrize("document", [RSS, ATOM, RSS.replace("\n", "\r\n")])
def test_usual_entries_are_read_without_feedparser_and_say_the_same(document: str) -> None:
    assert all(read_plainly(document))
    assert shortly(document) == by_feedparser(document)


UNUSUAL = {
    "markup that is not escaped": item("<title>A</title><description>x <b>y</b></description>"),
    "a comment": item("<title>A</title><!-- b -->"),
    "text between elements": item("<title>A</title> b"),
    "an element twice": item("<title>A</title><title>B</title>"),
    "an author twice": item("<title>A</title><author>B</author><dc:creator>C</dc:creator>"),
    "an unknown element": item("<title>A</title><source url='https://x.example/'>S</source>"),
    "an unknown attribute": item('<title xml:lang="fr">A</title>'),
    "a language without a prefix": item('<title lang="fr">A</title>'),
    "an attribute twice": item('<title>A</title><guid isPermaLink="true" isPermaLink="false">b</guid>'),
    "an unknown reference": item("<title>A &b; c</title>"),
    "a lone ampersand": item("<title>A & c</title>"),
    "a section that ends twice": item("<title>A ]]> c</title>"),
    "an element inside an element": item(
        "<title>A</title><media:content url='u'><media:title>B</media:title></media:content>"
    ),
    "a link without an address": item("<title>A</title><link></link>"),
    "a relative link": item("<title>A</title><link>/b</link>"),
    "UTF-8 that was read twice": item("<title>caf\u00c3\u00a9</title>"),
    "Windows-1252 in ISO-8859-1": item("<title>\x93A\x94</title>"),
    "XHTML": entry('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A</div></title>'),
    "another type": entry('<title>A</title><content type="image/png">QUJD</content>'),
    "content elsewhere": entry('<title>A</title><content src="https://x.example/a"/>'),
    "an author without a name": entry("<title>A</title><author>B</author>"),
    "a person with more": entry("<title>A</title><author><name>B</name><age>7</age></author>"),
    "its own namespace": item('<title>A</title><dc:creator xmlns:dc="urn:x">B</dc:creator>'),
    "an id with too many slashes": item("<title>A</title><guid>https:///x.example/</guid>"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_left_to_feedparser(name: str) -> None:
    assert read_plainly(UNUSUAL[name]) == [False]
    assert shortly(UNUSUAL[name]) == by_feedparser(UNUSUAL[name])


AROUND = {
    "a base": ("<feed ", '<feed xml:base="https://else.example/" '),
    "a base without a prefix": ("<feed ", '<feed base="https://else.example/" '),
    "a second language": ("<title>Blatt</title>", '<title xml:lang="fr">Blatt</title>'),
    "an element inside an element": ("<title>Blatt</title>", "<title>Blatt<rights>R</rights></title>"),
    "an older Atom": ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
}


@pytest.mark.parametrize("name", AROUND)
def test_around_what_could_change_them_no_entry_is_usual(name: str) -> None:
    document = ATOM.replace(*AROUND[name], 1)
    assert not any(read_plainly(document))
    assert shortly(document) == by_feedparser(document)


def test_a_prefix_that_means_something_else_makes_an_entry_unusual() -> None:
    document = RSS.replace("http://purl.org/dc/elements/1.1/", "urn:dublin")
    assert read_plainly(document) == [False, True, True]
    assert shortly(document) == by_feedparser(document)


def test_entries_of_both_kinds_stay_in_their_order() -> None:
    document = RSS.replace("<guid>https://nord.example/2</guid>", "<guid>2</guid><odd/>")
    assert read_plainly(document) == [True, False, True]
    read = shortly(document)
    assert isinstance(read, ParsedFeed)
    assert [e.title for e in read.entries] == ["Ferry runs again & again", "Cable cut near Almery", "Third"]
    assert read == by_feedparser(document)


def test_a_version_that_only_looks_like_rss_2_is_left_to_feedparser() -> None:
    document = RSS.replace('version="2.0" xmlns', 'version="0.91" xmlns')
    assert shortly(document) == by_feedparser(document)


TEXTS = """&amp; &#233; &lt;b&gt; &#38;lt; &nbsp; \u00e9 \u00c3\u00a9 \x93 \xa0 ]]&gt; <b/> <!--c-->
<![CDATA[x<y]]> &#x110000; ]]> &amp;amp;""".split()
INSIDE = (
    "<guid>https://a.example/b</guid>",
    '<category domain="x">A</category>',
    "<author>a@b.example (Z)</author>",
    "<author><name>Z</name><email>z@z.example</email></author>",
    "<author><email>z@z.example</email></author>",
    '<category term="t"/>',
    '<link rel="Enclosure" href="https://a.example/c.mp3"/>',
    "<link/>",
    "<source><title>S</title></source>",
    "<rights>R</rights>",
    "<pubDate>25 Nov 2026</pubDate>",
)


def text(document: str, dice: random.Random) -> str:
    place = dice.randrange(len(document))
    return document[:place] + dice.choice(TEXTS) + document[place:]


def tag(document: str, dice: random.Random) -> str:
    tags = re.findall(r"<[^<>]{1,60}>", document)
    return document.replace(dice.choice(tags), dice.choice(tags), dice.choice((1, -1)))


def element(document: str, dice: random.Random) -> str:
    end = dice.choice(("</item>", "</entry>", "</title>"))
    return document.replace(end, dice.choice(INSIDE) + end, dice.choice((1, 2, -1)))


def attribute(document: str, dice: random.Random) -> str:
    name = dice.choice(("title", "link", "item", "channel", "summary", "content", "guid", "category"))
    given = dice.choice(
        ('type="html"', 'xml:lang="fr"', 'base="/x"', "term='q'", 'a="1"', 'isPermaLink="true"')
    )
    return document.replace(f"<{name}", f"<{name} {given}", dice.choice((1, -1)))


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (text, tag, element, attribute)


def test_whatever_is_changed_in_a_document_both_ways_say_the_same() -> None:
    dice, plain = random.Random(11), 0
    for source in (RSS, ATOM, *(path.read_text() for path in OWN)):
        for _ in range(VARIANTS):
            document = source
            for _ in range(dice.choice((1, 1, 2, 4))):
                document = dice.choice(CHANGES)(document, dice)
            assert shortly(document) == by_feedparser(document), document
            plain += any(read_plainly(document)) if any(blocks(document)) else 0
    assert plain > VARIANTS, "enough of them had a usual entry to tell something"


HOSTILE = {
    "sections without end": "<title>" + "<![CDATA[" * 50_000,
    "sections": "<title>" + "<![CDATA[x]]>" * 50_000,
    "attributes": "<guid " + 'a="1" ' * 50_000 + ">x</guid>",
    "open tags": "<title>" * 100_000,
    "persons": "<author>" * 50_000,
    "references": "<title>" + "&amp;" * 200_000 + "&</title>",
    "empty elements": "<slash:comments/>" * 50_000 + "<",
    "blanks": " " * 500_000 + "<",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_entry_takes_more_than_linear_time(name: str) -> None:
    reader = Plain(RSS[: RSS.index("<item>")])
    started = time.process_time()
    reader.read(f"<item>{HOSTILE[name]}</item>")
    assert time.process_time() - started < 5, "milliseconds, where it is not quadratic"


@pytest.mark.parametrize("part", ["<!-- -->", "<?x?>", "<!DOCTYPE a [ ]>", " "])
def test_a_long_way_to_the_first_element_takes_no_more_than_linear_time(part: str) -> None:
    started = time.process_time()
    assert isinstance(shortly(part * 100_000 + "<x"), str)
    assert time.process_time() - started < 5, "milliseconds, where it is not exponential"


@pytest.mark.shared
def test_real_feeds_are_read_both_ways_the_same_and_mostly_without_feedparser(shared: Path) -> None:
    plain = []
    for path in sorted(p for p in (shared / "data" / "feeds").rglob("*") if p.is_file()):
        document = path.read_bytes().decode("utf-8", "replace")
        assert shortly(document) == by_feedparser(document), path.name
        plain += read_plainly(document) if any(blocks(document)) else []
    assert sum(plain) > len(plain) / 2
