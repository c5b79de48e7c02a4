"""What a feed's document brings anew: entries that stand in it as they stood are counted, not parsed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.core.headlines import speaks_for_itself, tell_apart
from aggregator.core.identity import entry_keys
from aggregator.core.parse.cut import SIZE, Blocks, find_blocks
from aggregator.core.parse.fields import distinct
from aggregator.core.parse.plain import Plain
from aggregator.core.parse.xml import well_formed
from aggregator.core.parse.xmlfeed import PlainEntries, Reading, read_xml_feed
from aggregator.errors import DocumentError
from aggregator.model import Entry, FeedState, ParsedFeed

Seen = Mapping[bytes, bytes]  # digest of a block -> key of its entry


def parse_fresh(
    text: str, headers: Mapping[str, str], url: str, now: datetime, feed: FeedState
) -> ParsedFeed:
    """Read an RSS, Atom or RDF document of a feed but for the entries that its last reading had.

    The others are as they would be had the whole document been read. Raises DocumentError.
    """
    document = well_formed(text)
    blocks = find_blocks(document, (url, feed.publisher))
    if blocks:
        seen = blocks.seen_in(feed.blocks)
        others = [digest for digest in blocks.digests if digest not in seen]
        plain = _plain(blocks, others, text)
        known = {digest for digest, node in zip(others, plain.nodes, strict=True) if node is not None}
        try:
            reading = read_xml_feed(blocks.without(seen.keys() | known), text, headers, url, now, plain)
        except DocumentError:
            reading = None  # what is wrong with it, the whole tells
        if reading and _stand_alone(reading, seen, len(others), _names(feed, reading)):
            return _parsed(reading, blocks, others, seen, feed)
    reading = read_xml_feed(document, text, headers, url, now)
    return _parsed(reading, blocks, blocks.digests if blocks else (), {}, feed)


def _plain(blocks: Blocks, digests: Sequence[bytes], text: str) -> PlainEntries:
    """Read those entries that say only what is usual; with a base of its own, a document has none."""
    reader = Plain(blocks.head)
    if "xml:base" in text or not reader.version:
        return PlainEntries("", [None] * len(digests))
    wanted = set(digests)
    return PlainEntries(
        reader.version, [reader.read(block) for digest, block in blocks.entries() if digest in wanted]
    )


def _stand_alone(reading: Reading, seen: Seen, expected: int, names: Sequence[str | None]) -> bool:
    """Tell whether entries are the same without those seen: no id is shared, no title needs them."""
    if not reading.sound or len(reading.entries) != expected or not seen:
        return reading.sound and len(reading.entries) == expected
    keys = [_key(entry) for entry in reading.entries if entry]
    return (
        len(set(keys)) == len(keys)
        and not set(keys).intersection(seen.values())
        and all(speaks_for_itself(entry, names) for entry in reading.entries if entry)
    )


def _parsed(
    reading: Reading, blocks: Blocks | None, digests: Sequence[bytes], seen: Seen, feed: FeedState
) -> ParsedFeed:
    entries = tell_apart(distinct(entry for entry in reading.entries if entry), _names(feed, reading))
    parsed = replace(reading.feed, entries=entries, known=len(seen))
    if blocks is None or not reading.sound or len(reading.entries) != len(digests):
        return parsed
    times = Counter(_key(entry) for entry in reading.entries if entry)
    lasting = [
        (digest, _key(entry))
        for digest, entry, settled in zip(digests, reading.entries, reading.settled, strict=True)
        if entry and settled and (entry.id or entry.url) and times[_key(entry)] == 1
    ]
    return replace(parsed, blocks=blocks.record((*seen.items(), *lasting)))


def _key(entry: Entry) -> bytes:
    return bytes.fromhex(entry_keys(entry)[0])[:SIZE]


def _names(feed: FeedState, reading: Reading) -> tuple[str | None, ...]:
    return (feed.publisher, reading.feed.title, feed.title)
