"""Feeds with damage of every kind: entries that can be stored and told, or our own error, in good time.

`make fuzz` tries more of them; each is made from its number, and so can be made again.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from databases import Databases
from lxml import etree
from make import SITE, make_store

from aggregator.core.clean import clean_line, clean_text, clean_url
from aggregator.core.parse import parse_feed
from aggregator.core.render import atom, jsonfeed, rss
from aggregator.core.render.entries import entries_head, entry_item
from aggregator.errors import DocumentError
from aggregator.model import CameFrom, Entry, Member, ParsedFeed, Passed, Placement, Poll, Rule, Stored, Topic
from aggregator.store import Store

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://paper.example/feed"
SEED = 20261125
OWN = sorted(p for p in (Path(__file__).parent / "data" / "feeds").iterdir() if "expected" not in p.name)
LONG = int(os.environ.get("MUTATIONS", "0"))  # of the long run; `make fuzz` sets it
LIMIT = 5.0  # processor seconds for one document; the service ends a parser that takes longer
LARGEST = 60_000  # bytes of a document that is mutated; a longer one is cut, and that is damage too

PIECES = b"""<item> </item> <entry> </entry> </channel> </rss> <title> <![CDATA[ ]]> <!-- --> &x; &amp;
&amp;amp; &#0; &#xD800; &#x10FFFF; &#99999999999; &nbsp; & < > <script>alert(1)</script> <div style=' " '
{ } [ ] , : \\u0000 \\ud800 1e999 -1 null NaN xml:base='javascript:' <link/> <guid/> <pubDate> 9999-99-99
<author> <svg/onload=x>""".split()
PIECES += [b"<?xml version='1.0' encoding='utf-16'?>", b"<!DOCTYPE rss [<!ENTITY x 'y'>]>", b"<a:b xmlns:a='"]
PIECES += [b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\xc3", b"\xed\xa0\x80", b"\x1b$B", b"\r", b"\x0c"]
PIECES += [b"\xe2\x80\xae", b"9" * 400, b"<content type='xhtml'>"]


# ---- damage


def flip(body: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 1, 3, 30))):
        body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)


def cut(body: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(body))
    del body[start : start + dice.choice((1, 10, 200, len(body)))]


def repeat(body: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(body))
    body[start:start] = bytes(body[start : start + dice.choice((1, 30, 1_000))]) * dice.choice((1, 5, 50))


def insert(body: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 1, 5))):
        place = dice.randrange(len(body) + 1)
        body[place:place] = dice.choice(PIECES) * dice.choice((1, 1, 1, 100))


def swap(body: bytearray, dice: random.Random) -> None:
    a, b, c = sorted(dice.randrange(len(body)) for _ in range(3))
    body[a:c] = body[b:c] + body[a:b]


def recode(body: bytearray, dice: random.Random) -> None:
    text = body.decode("utf-8", "replace")
    body[:] = text.encode(
        dice.choice(("latin-1", "utf-16", "utf-16-be", "utf-32", "cp1251", "utf-7")), "replace"
    )


def replace_word(body: bytearray, dice: random.Random) -> None:
    words = bytes(body).split(b" ")
    words[dice.randrange(len(words))] = dice.choice(PIECES)
    body[:] = b" ".join(words)


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip, cut, repeat, insert, insert, swap, recode, replace_word,
)  # fmt: skip


def mutated(bodies: tuple[bytes, ...], number: int) -> bytes:
    """Return the document of a number."""
    dice = random.Random(SEED + number)
    whole = dice.choice(bodies)
    start = dice.randrange(max(len(whole) - LARGEST, 1)) if dice.random() < 0.3 else 0
    body = bytearray(whole[start : start + LARGEST])
    for _ in range(dice.choice((1, 1, 2, 4))):
        if body:
            dice.choice(DAMAGES)(body, dice)
    return bytes(body)


# ---- what holds for each


@dataclass
class Tally:
    """What came of all documents."""

    read: int = 0
    entries: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int] = (0.0, 0)  # processor seconds, number
    sample: dict[str, Entry] = field(default_factory=dict)


def attempt(bodies: tuple[bytes, ...], numbers: Iterable[int]) -> Tally:
    """Parse documents and check what comes of each; whatever else is raised fails the test."""
    tally = Tally()
    for number in numbers:
        began = time.process_time()
        try:
            feed = parse_feed(mutated(bodies, number), {}, URL, NOW)
        except DocumentError as error:
            assert error.subject == URL and len(error.reason) > 10, number
            tally.refused[error.reason.partition(" (")[0].partition("“")[0][:50]] += 1
        else:
            tally.read += 1
            tally.entries += len(feed.entries)
            for entry in feed.entries:
                assert_clean(entry, number)
            if feed.entries:
                assert_told(feed.entries, number)
                tally.sample |= {f"{number} {entry.title}": entry for entry in feed.entries[:2]}
        spent = time.process_time() - began
        tally.slowest = max(tally.slowest, (spent, number))
        assert spent < 2 * LIMIT, f"number {number} took {spent:.1f} s"
    return tally


def assert_clean(entry: Entry, number: int) -> None:
    assert entry.title == clean_line(entry.title) != "", number
    assert entry.text == clean_text(entry.text), number
    assert entry.url is None or entry.url == clean_url(entry.url), number
    for text in (entry.id, entry.author, entry.rights, *entry.categories):
        text and text.encode("utf-8")
        assert "\0" not in (text or ""), number


def assert_told(entries: tuple[Entry, ...], number: int) -> None:
    """Entries render to feeds that strict parsers read, none of them lost."""
    topic = Topic(UUID(int=1), "bridges", "Bridges", NOW)
    passed = [passed_on(entry, n) for n, entry in enumerate(entries[:20])]
    head, items = entries_head(SITE, topic, passed, "/t"), [entry_item(SITE, one, topic) for one in passed]
    for form, path in ((atom, "{http://www.w3.org/2005/Atom}entry"), (rss, "channel/item")):
        document = etree.fromstring(form.render(SITE, head, items), etree.XMLParser(resolve_entities=False))
        assert len(document.findall(path)) == len(items), (number, form.__name__)
    told = jsonfeed.render(SITE, head, items)
    assert told.decode("utf-8").count('"title":') >= len(items), number


def passed_on(entry: Entry, n: int) -> Passed:
    member = Member(Stored(n, entry, NOW), Placement(n, UUID(int=9), Rule.OPENED))
    return Passed(member, f"urn:x:{n}", NOW, "slug", CameFrom("Paper", NOW, url=URL))


def assert_storable(store: Store, sample: dict[str, Entry]) -> None:
    entries = tuple(sample.values())
    store.add_feed(URL, NOW)
    feed = store.all_feeds()[0].id
    store.save_polls([Poll(feed, NOW, NOW, parsed=ParsedFeed("Paper", entries))])
    assert 0 < len(store.ungrouped()) <= len(entries)


# ---- the runs


@pytest.fixture
def own() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in OWN)


def test_damaged_feeds_of_our_own_give_sound_entries_or_our_error(
    own: tuple[bytes, ...], databases: Databases
) -> None:
    tally = attempt(own, range(400))
    assert tally.read > 100 and sum(tally.refused.values()) > 20
    store = make_store(databases)
    assert_storable(store, tally.sample)
    store.close()


@pytest.mark.shared
def test_damaged_real_feeds_give_sound_entries_or_our_error(shared: Path, databases: Databases) -> None:
    tally = attempt(real(shared), range(150))
    assert tally.read > 30
    store = make_store(databases)
    assert_storable(store, tally.sample)
    store.close()


@pytest.mark.skipif(not LONG, reason="`make fuzz` runs it: it takes minutes")
def test_many_damaged_feeds_give_sound_entries_or_our_error(
    own: tuple[bytes, ...], databases: Databases
) -> None:
    here = Path(__file__).resolve().parents[2] / "shared"
    bodies = own * 3 + (real(here) if here.is_dir() else ())
    tally = attempt(bodies, range(1_000, 1_000 + LONG))
    store = make_store(databases)
    assert_storable(store, tally.sample)
    store.close()
    print(f"\n{LONG} documents of {len(set(bodies))}: {tally.read} read with {tally.entries} entries")
    print(f"slowest: number {tally.slowest[1]} with {tally.slowest[0]:.2f} s")
    for reason, count in tally.refused.most_common(12):
        print(f"{count:6} {reason}")


def real(shared: Path) -> tuple[bytes, ...]:
    files = sorted((shared / "data" / "feeds").iterdir())
    return tuple(path.read_bytes() for path in files if path.suffix != ".json" and path.is_file())


def test_a_number_makes_the_same_document_each_time(own: tuple[bytes, ...]) -> None:
    assert [mutated(own, n) for n in range(30)] == [mutated(own, n) for n in range(30)]
    assert len({mutated(own, n) for n in range(30)}) == 30
