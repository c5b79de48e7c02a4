"""The short way through feedparser's handlers gives what `feedparser.parse` gives, document for document."""

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.core.parse import strict
from aggregator.core.parse.charset import decode
from aggregator.core.parse.xml import well_formed

OWN = sorted((Path(__file__).parent / "data" / "feeds").glob("*.xml"))
VARIANTS = 150  # of each document
SPACES = (
    "http://backend.userland.com/RSS2",
    "http://purl.org/rss/1.0/",
    "http://purl.org/atom/ns#",
    "http://www.w3.org/1999/xhtml",
    "http://search.yahoo.com/mrss",
    "urn:x-unknown",
)

# What is particular about each is in its name; all are well-formed.
DOCUMENTS = {
    "lines and references in texts": """<rss version="2.0"><channel><title>A &amp; B
        C</title><item><title>One
two &lt;b&gt;three&lt;/b&gt; &#233;</title><description><![CDATA[<p>a]]>b<![CDATA[ c</p>]]></description>
        <link> https://a.example/?x=1&amp;y=2 </link></item></channel></rss>""",
    "XHTML inside": """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de-AT"><title type="xhtml">
        <div xmlns="http://www.w3.org/1999/xhtml">  <em>A</em> &amp; B </div></title><entry><id>x</id>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p title="a &quot;b&quot;">c
        d</p><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>s</title></svg>
        <m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math></div></content>
        </entry></feed>""",
    "prefixes of its own": """<a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns:u="urn:x" u:odd="1">
        <a:title a:type="text">T</a:title><u:thing U="2">v</u:thing><a:entry xml:lang="fr">
        <a:title>E</a:title>
        <a:link HREF="https://a.example/" Rel="Alternate"/><u:thing/></a:entry></a:feed>""",
    "a prefix that changes hands": """<rss version="2.0" xmlns:x="http://purl.org/dc/elements/1.1/"><channel>
        <item><title>A</title><x:creator>Ann</x:creator></item>
        <item xmlns:x="http://search.yahoo.com/mrss/"><title>B</title><x:credit role="author">Bo</x:credit>
        <x:content url="https://a.example/b.mp3" type="audio/mpeg"/></item>
        <item><title>C</title><x:creator>Cy</x:creator></item></channel></rss>""",
    "Userland's namespace": """<rss version="2.0" xmlns="http://backend.userland.com/RSS2"><channel>
        <title>T</title><item><title>A</title><guid isPermaLink="true">https://a.example/1</guid></item>
        </channel></rss>""",
    "a prefix that means another unknown thing": """<rss version="2.0"><channel>
        <item xmlns:u="urn:x"><title>A</title><thing xmlns="urn:x">1</thing></item>
        <item xmlns:u="urn:y"><title>B</title><thing xmlns="urn:x">2</thing><u:thing>3</u:thing></item>
        </channel></rss>""",
    "Userland's namespace with a prefix": """<r:rss version="2.0" xmlns:r="http://backend.userland.com/RSS2">
        <r:channel><r:item><r:title>A</r:title></r:item></r:channel></r:rss>""",
    "xlink": """<rss xmlns:xlink="http://www.w3.org/1999/xlink" version="0.91"><channel><image><url>u</url>
        </image><item><title>A</title><link xlink:href="https://a.example/"/></item></channel></rss>""",
    "base64 and modes": """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped"
        type="text/html">&lt;b&gt;A&lt;/b&gt;</title><content type="image/png" mode="base64">QUJD</content>
        <content type="application/octet-stream">QUJD</content><modified>2026-01-02T03:04:05Z</modified>
        </entry></feed>""",
    "Windows-1252 among ISO-8859-1, UTF-8 read twice": """<rss version="2.0"><channel><item>
        <title>\x93A\x94 \x85</title><description>cafÃ© zoÃ«</description></item></channel></rss>""",
    "a page's elements in a text": """<rss version="2.0"><channel><item><title>A</title><description>x
        <p>y <i>z</i></p></description></item><textinput><title>T</title></textinput></channel></rss>""",
}


def by_feedparser(document: bytes) -> dict[str, Any] | None:
    found = feedparser.parse(
        io.BytesIO(document),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return None if found["bozo"] else {name: found[name] for name in ("feed", "entries", "version", "bozo")}


def same(document: bytes) -> bool:
    """Compare both readings, and what they hold for a caller who asks in feedparser's other words."""
    ours, theirs = strict.read(document), by_feedparser(document)
    if ours is None or theirs is None:
        return ours is theirs
    words = ("summary", "url", "modified", "issued", "category", "guid")
    asked = [[entry.get(word) for word in words] for entry in ours["entries"]]
    return ours == theirs and asked == [[entry.get(word) for word in words] for entry in theirs["entries"]]


def drop(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text))
    return text[:start] + text[start + dice.randint(1, 30) :]


def double(text: str, dice: random.Random) -> str:
    start, place = dice.randrange(len(text)), dice.randrange(len(text))
    return text[:place] + text[start : start + dice.randint(1, 40)] + text[place:]


def rename(text: str, dice: random.Random) -> str:
    names = "title link description item entry content summary author name guid id updated published".split()
    return text.replace(dice.choice(names), dice.choice(names), dice.choice((1, 2, -1)))


def move(text: str, dice: random.Random) -> str:
    known = ("http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/", *SPACES)
    return text.replace(dice.choice(known), dice.choice(SPACES))


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (drop, double, rename, move)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_particular_document_is_read_as_feedparser_reads_it(name: str) -> None:
    document = well_formed(DOCUMENTS[name]).encode()
    assert strict.read(document) is not None, "it is well-formed"
    assert same(document)


def test_changed_documents_are_read_as_feedparser_reads_them_or_not_at_all() -> None:
    dice, read = random.Random(7), 0
    sources = [*DOCUMENTS.values(), *(path.read_text() for path in OWN)]
    for source in sources:
        for _ in range(VARIANTS):
            text = source
            for _ in range(dice.randint(1, 3)):
                text = dice.choice(CHANGES)(text, dice)
            document = well_formed(text).encode("utf-8", "replace")
            assert same(document), text
            read += strict.read(document) is not None
    assert read > len(sources) * VARIANTS / 10, "enough of them stayed well-formed to tell something"


def test_what_is_not_well_formed_is_left_to_feedparser() -> None:
    assert strict.read(b"<rss><channel></rss>") is None
    assert strict.read(b"") is None


def test_the_letters_that_feedparser_maps_are_still_mapped_for_everybody() -> None:
    found = feedparser.parse(io.BytesIO("<rss><channel><title>\x93A\x94 ~</title></channel></rss>".encode()))
    assert found["feed"]["title"] == "“A” ~"


@pytest.mark.shared
def test_real_feeds_are_read_as_feedparser_reads_them(shared: Path) -> None:
    paths = sorted(path for path in (shared / "data" / "feeds").rglob("*") if path.is_file())
    bodies = [path.read_bytes() for path in paths if path.suffix != ".json"]
    documents = [well_formed(decode(body, "")).encode("utf-8", "replace") for body in bodies]
    assert documents
    assert all(same(document) for document in documents)
    assert sum(strict.read(document) is not None for document in documents) > 0.9 * len(documents)


def test_feedparsers_own_sanitiser_still_reads_references_to_plain_letters() -> None:
    text = "&amp;#65;&amp;#x42; &lt;b&gt;c&lt;/b&gt;"
    found = feedparser.parse(
        io.BytesIO(f"<rss><channel><description>{text}</description></channel></rss>".encode())
    )
    assert found["feed"]["description"] == "&#65;&#x42; <b>c</b>"
