"""Known entries are cut out of a document before it is parsed; the others are read as beside them."""

import random
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.core.parse import cut, parse_news
from aggregator.core.parse.charset import decode
from aggregator.core.parse.cut import find_blocks
from aggregator.core.parse.fields import MAX_ENTRIES
from aggregator.errors import DocumentError
from aggregator.model import Entry, FeedState, ParsedFeed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://feeds.example/news.xml"
FEED = FeedState(1, URL)
HEAD = "<title>Nordwire</title><link>https://news.example/</link><language>en</language>"


@pytest.fixture(autouse=True)
def _nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "SMALL", 0)


def parse(document: str | bytes, feed: FeedState = FEED) -> ParsedFeed:
    raw = document if isinstance(document, bytes) else document.encode("utf-8", "surrogatepass")
    return parse_news(raw, {}, URL, NOW, feed)


def after(document: str | bytes, feed: FeedState = FEED) -> FeedState:
    """Return the feed as it is when a document of it has been read."""
    parsed = parse(document, feed)
    return replace(feed, title=parsed.title, blocks=parsed.blocks)


def item(n: int, inside: str = "") -> str:
    return (
        f"<item><title>Cable {n} was cut near the strait</title><guid isPermaLink='false'>{n}</guid>"
        f"<link>https://news.example/{n}</link>{inside}</item>"
    )


def rss(items: Sequence[str], head: str = HEAD, tail: str = "") -> str:
    spaces = "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'"
    return f"<rss version='2.0' {spaces}><channel>{head}{' '.join(items)}{tail}</channel></rss>"


def assert_same(old: str | bytes, new: str | bytes) -> int:
    """Check that a document reads after another one as it does by itself; return how many were known."""
    feed = after(old)
    parsed, whole = parse(new, feed), parse(new, replace(feed, blocks=None))
    assert what_is_said(parsed) == what_is_said(whole)
    known = whole_less(whole.entries, parsed.entries)
    assert len(known) == parsed.known
    before = parse(old).entries
    assert all(entry in before for entry in known)
    assert sorted(records(parsed.blocks)) == sorted(records(whole.blocks))
    return parsed.known


def what_is_said(parsed: ParsedFeed) -> ParsedFeed:
    return replace(parsed, entries=(), known=0, blocks=None)


def records(blocks: bytes | None) -> list[bytes]:
    return [(blocks or b"")[at : at + 16] for at in range(8, len(blocks or b""), 16)]


def whole_less(whole: Sequence[Entry], part: Sequence[Entry]) -> list[Entry]:
    """Return what the whole has besides the part, which must stand in it in its order."""
    left, rest = list(part), []
    for entry in whole:
        if left and left[0] == entry:
            left.pop(0)
        else:
            rest.append(entry)
    assert left == []
    return rest


# --- what is cut ----------------------------------------------------------------------------------------


def test_entries_that_stand_as_they_stood_are_counted_and_the_others_are_read() -> None:
    old, new = rss([item(1), item(2), item(3)]), rss([item(4), item(1), item(2, "<author>Ann</author>")])

    parsed = parse(new, after(old))

    assert [entry.id for entry in parsed.entries] == ["4", "2"]
    assert parsed.known == 1
    assert_same(old, new)


def test_nothing_is_parsed_where_only_the_feeds_date_changed() -> None:
    date = "<lastBuildDate>Fri, 20 Nov 2026 {}:00:00 GMT</lastBuildDate>"
    old = rss([item(1), item(2)], HEAD + date.format("08"))
    new = rss([item(1), item(2)], HEAD + date.format("09"), "<!-- made in 0.2 s -->")

    parsed = parse(new, after(old))

    assert (parsed.entries, parsed.known) == ((), 2)
    assert parsed.updated == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert_same(old, new)


def test_what_was_cut_is_known_the_next_time_too_and_what_left_is_not() -> None:
    feed = after(rss([item(1), item(2)]))
    feed = after(rss([item(3), item(2)]), feed)

    assert parse(rss([item(2), item(3)]), feed).known == 2
    assert [entry.id for entry in parse(rss([item(1), item(3)]), feed).entries] == ["1"]


def test_an_atom_feed_whose_entries_hold_xhtml_is_cut() -> None:
    div = "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Cut.</p></div></content>"
    entries = [f"<entry><id>urn:{n}</id><title>Cable {n} was cut</title>{div}</entry>" for n in range(3)]
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><title>Nordwire</title>{}</feed>"

    assert assert_same(feed.format("".join(entries[:2])), feed.format("\n".join(entries))) == 2


def test_what_a_feed_holds_is_kept_in_sixteen_bytes_an_entry() -> None:
    feed = after(rss([item(n) for n in range(MAX_ENTRIES)]))

    assert feed.blocks is not None
    assert len(feed.blocks) == 8 + 16 * MAX_ENTRIES
    assert parse(rss([item(n) for n in range(MAX_ENTRIES + 1)])).blocks is None


# --- in doubt, the whole --------------------------------------------------------------------------------

ITEMS = [item(1), item(2)]
XMLNS = "<x:a xmlns:x='https://{}.example/'>b</x:a>"
SAME_PAGE = "<item><title>Cable two was cut</title><link>https://news.example/2</link>{}</item>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(rss(ITEMS), rss(ITEMS, HEAD + "<copyright>Nordwire</copyright>"), id="rights"),
        pytest.param(rss(ITEMS), rss(ITEMS, HEAD + "<managingEditor>Ann</managingEditor>"), id="author"),
        pytest.param(rss(ITEMS), rss(ITEMS, HEAD.replace(">en<", ">de<")), id="language"),
        pytest.param(rss(ITEMS), rss(ITEMS, tail="<dc:creator>Ann</dc:creator>"), id="behind the entries"),
        pytest.param(
            rss(ITEMS, HEAD + "<copyright><![CDATA[a <!-- ]]>b<![CDATA[ --> ]]></copyright>"),
            rss(ITEMS, HEAD + "<copyright><![CDATA[a <!-- ]]>c<![CDATA[ --> ]]></copyright>"),
            id="marks of comments inside sections",
        ),
        pytest.param(rss([item(1)]), rss([item(1), item(2, item(3))]), id="nested"),
        pytest.param(rss([item(1)]), rss([item(1), "<item/>"]), id="empty"),
        pytest.param(rss([item(1)]), rss([item(1), "<dc:item>a</dc:item>"]), id="prefixed"),
        pytest.param(rss([item(1)]), rss([item(1), "<image>a</image>", item(2)]), id="something between"),
        pytest.param(rss([item(1)]), rss([item(1), item(2), item(2)]), id="twice the same"),
        pytest.param(rss(ITEMS), rss([*ITEMS, item(1, "<author>Ann</author>")]), id="an id again"),
        pytest.param(rss(ITEMS), rss([*ITEMS, item(3, "<b>")]), id="not well-formed"),
        pytest.param(
            rss([SAME_PAGE.format("")]),
            rss([SAME_PAGE.format("<author>Ann</author>"), SAME_PAGE.format("")]),
            id="an address again, without ids",
        ),
        pytest.param(
            rss([item(1, XMLNS.format("a"))]),
            rss([item(1, XMLNS.format("a")), item(2)]),
            id="a namespace of its own",
        ),
        pytest.param(rss(ITEMS), rss([*ITEMS, "<!-- <item>"]), id="a comment without end"),
        pytest.param(rss(ITEMS), rss([*ITEMS, item(3, "<a b='" + item(4) + "'/>")]), id="in an attribute"),
    ],
)
def test_a_document_in_doubt_is_read_whole(old: str, new: str) -> None:
    assert assert_same(old, new) == 0


def test_a_title_that_only_its_neighbours_explain_is_read_with_them() -> None:
    titles = [item(n).replace("near the strait", "near the strait - Long Shore") for n in range(6)]

    parsed = parse(rss(titles), after(rss(titles[1:])))

    assert (len(parsed.entries), parsed.known) == (6, 0)
    assert {entry.title.endswith("near the strait") for entry in parsed.entries} == {True}


def test_tags_in_sections_and_comments_are_no_entries() -> None:
    odd = item(2, "<description><![CDATA[<item>a</item></item>]]></description><!-- </item> -->")

    assert assert_same(rss([odd]), rss([odd, item(3)])) == 1


def test_an_entry_dated_ahead_is_read_again_until_its_time_has_come() -> None:
    ahead = item(1, "<pubDate>Fri, 20 Nov 2026 18:00:00 GMT</pubDate>")
    far_ahead = item(2, "<pubDate>Fri, 20 Nov 2054 18:00:00 GMT</pubDate>")

    parsed = parse(rss([ahead, far_ahead, item(3)]), after(rss([ahead, far_ahead, item(3)])))

    assert [entry.id for entry in parsed.entries] == ["1", "2"]


def test_another_name_for_the_publisher_or_another_address_lets_everything_be_read() -> None:
    feed = after(rss(ITEMS))

    assert parse(rss(ITEMS), replace(feed, publisher="Nordwire")).known == 0
    assert parse_news(rss(ITEMS).encode(), {}, "https://other.example/", NOW, feed).known == 0


def test_a_small_document_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "SMALL", 4_000)

    assert parse(rss(ITEMS), after(rss(ITEMS))).known == 0


# --- whatever documents hold ----------------------------------------------------------------------------

pieces = st.sampled_from(
    [
        "<author>Ann</author>",
        "<dc:creator>Ann</dc:creator>",
        "<dc:language>de</dc:language>",
        "<description>Two &amp;lt;b&amp;gt; lines &amp;amp; more</description>",
        "<description><![CDATA[<p>A <a href='/x'>link</a></p>]]></description>",
        "<description><![CDATA[</item><item>]]></description>",
        "<!-- <item> -->",
        "<!-- </entry> -->",
        "<media:content url='https://news.example/a.jpg' medium='image'/>",
        "<media:x xmlns:media='http://search.yahoo.com/mrss/'/>",
        "<y:x xmlns:y='http://purl.org/dc/elements/1.1/'/>",
        "<source url='https://other.example/'>Other</source>",
        "<source><title>Other</title><updated>2026-11-01T00:00:00Z</updated></source>",
        "<category>Sea</category>",
        "<pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate>",
        "<updated>2026-11-20T08:00:00Z</updated>",
        "<image><url>https://news.example/i.png</url><title>I</title></image>",
        "<textInput><title>T</title></textInput>",
        "<content type='xhtml' xml:lang='fr'><div xmlns='http://www.w3.org/1999/xhtml'>a<br/></div></content>",
        "<link rel='self' href='https://news.example/s'/>",
        "<link xml:base='https://base.example/' href='r'/>",
        "<title>Cables - Nordwire</title>",
        "<title>Cables - Shore</title>",
        "<b>",
        "&nbsp;&#0;",
        "<entry>",
        "<psc:chapters xmlns:psc='http://podlove.org/simple-chapters'><psc:chapter/></psc:chapters>",
    ]
)
identities = st.one_of(
    st.just(""),
    st.integers(0, 5).map(lambda n: f"<guid>g{n}</guid><id>g{n}</id>"),
    st.integers(0, 5).map(lambda n: f"<link href='https://news.example/{n}'>https://news.example/{n}</link>"),
)
unsound = re.compile("<b>|<entry>|<y:x|<psc|<title>|<media:x")


@st.composite
def bodies(draw: st.DrawFn) -> str:
    number = draw(st.integers(0, 10_000))
    chosen = draw(st.lists(pieces, max_size=2))
    # What leaves no document to cut is worth a part of the examples only.
    chosen = [piece for piece in chosen if not unsound.match(piece) or draw(st.integers(0, 19)) == 0]
    identity = f"<guid>u{number}</guid><id>u{number}</id>"
    if draw(st.integers(0, 9)) == 0:
        identity = draw(identities)
    return f"<title>Cable {number} was cut</title>{identity}{''.join(chosen)}"


kinds = st.sampled_from(
    [
        ("<rss version='2.0'{}><channel>", "item", "</channel></rss>"),
        ("<rss{}><channel>", "item", "</channel></rss>"),
        ("<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'{}>", "entry", "</feed>"),
        ("<feed xml:base='https://base.example/' xmlns='http://www.w3.org/2005/Atom'{}>", "entry", "</feed>"),
        (
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'{}>",
            "item",
            "</rdf:RDF>",
        ),
    ]
)
SPACES = " xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/'"


@given(
    kinds,
    st.lists(bodies(), min_size=2, max_size=8),
    st.lists(pieces.filter(lambda piece: not unsound.match(piece)), max_size=3),
    st.data(),
)
def test_a_cut_document_reads_as_the_whole_one(
    kind: tuple[str, str, str], inside: list[str], around: list[str], data: st.DataObject
) -> None:
    start, tag, end = kind
    blocks = [f"<{tag}>{body}</{tag}>" for body in inside]
    chosen = data.draw(st.lists(st.sampled_from(blocks), max_size=8, unique=True))
    head, tail = "<title>Nordwire</title>" + "".join(around[:2]), "".join(around[2:])
    old, new = (
        start.format(SPACES) + head + "\n".join(found) + tail + end
        for found in (chosen, data.draw(st.permutations(blocks)))
    )

    assume(is_read(old))
    if is_read(new):
        assert_same(old, new)
    else:
        with pytest.raises(DocumentError):
            parse(new, after(old))


def is_read(document: str) -> bool:
    try:
        parse(document)
    except DocumentError:
        return False
    return True


@given(
    st.lists(
        st.one_of(pieces, st.sampled_from(["<item>", "</item>", "<![CDATA[", "]]>", "<!--", "-->", "'"]))
    )
)
def test_whatever_stands_in_a_document_it_is_read_or_refused(parts: list[str]) -> None:
    document = rss(["".join(parts)])
    assume(is_read(document))
    assert_same(document, document)


HOSTILE = {
    "unclosed comments": "<!--" * 200_000,
    "unclosed sections": "<item><![CDATA[" * 100_000,
    "unclosed instructions": "<?" * 300_000,
    "unclosed tags": "<item " * 200_000,
    "unclosed quotes": "<item a='" * 100_000,
    "open quotes": "<item" + " a='" * 200_000,
    "entries that only open": "<item>" * 100_000,
    "entries that only close": "</item>" * 100_000,
    "one hundred thousand entries": "<item>a</item>" * 100_000,
    "one long name": "<" + "a" * 600_000,
    "long prefixes": ("<" + "a" * 1_000) * 600,
    "dates": "<updated>" * 100_000 + "<item>a</item>",
    "dates with attributes": "<updated a" * 80_000 + "<item>a</item>",
    "declarations": "xmlns:a=" * 100_000 + "<item>a</item>",
    "long declarations": "xmlns:" + "a" * 600_000 + "<item>a</item>",
    "comments ahead": "<!--" * 100 + "-->" + "<![CDATA[" * 60_000 + "]]><item>a</item>" + "<!--" * 90_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_search_for_entries_is_linear(name: str) -> None:
    document = "<rss version='2.0'><channel>" + HOSTILE[name]

    started = time.process_time()
    find_blocks(document, ())

    assert time.process_time() - started < 1


# --- other people's feeds -------------------------------------------------------------------------------


def feeds_of(shared: Path) -> list[Path]:
    folder = shared / "data" / "feeds"
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.shared
def test_real_feeds_read_after_a_part_of_themselves_as_they_do_alone(shared: Path) -> None:
    dice, cuttable, known = random.Random(4), 0, 0
    paths = feeds_of(shared)
    for path in paths:
        body = path.read_bytes()
        text = decode(body)
        blocks = find_blocks(text, ())
        if blocks is None:
            continue
        cuttable += 1
        share = dice.choice((0.05, 0.3, 0.8))
        gone = {digest: b"" for digest in blocks.digests if dice.random() < share}
        known += assert_same(blocks.without(gone), text)
    assert len(paths) > 100
    assert cuttable > len(paths) / 2
    assert known > 1_000
