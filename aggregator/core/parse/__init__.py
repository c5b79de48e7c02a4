"""Feed document -> entries: RSS, Atom and RDF through feedparser, JSON Feed by itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from aggregator.core.headlines import tell_apart
from aggregator.core.parse.charset import decode
from aggregator.core.parse.fresh import parse_fresh
from aggregator.core.parse.jsonfeed import parse_json_feed
from aggregator.core.parse.kind import feeds_named_in, refuse_binary, refuse_non_feed
from aggregator.core.parse.xmlfeed import parse_xml_feed
from aggregator.model import FeedState, ParsedFeed

__all__ = ["find_feeds", "parse_feed", "parse_news"]


def parse_feed(body: bytes, headers: Mapping[str, str], url: str, now: datetime) -> ParsedFeed:
    """Read a feed document; what is damaged is repaired, what is missing stays missing.

    headers: names in lower case. url: the address that answered; relative addresses start there.
    Raises DocumentError, saying what the document is instead and what to do, where it yields no feed.
    """
    text = _text(body, headers, url)
    if _is_json(text):
        return parse_json_feed(text, url, now)
    return parse_xml_feed(text, headers, url, now)


def parse_news(
    body: bytes, headers: Mapping[str, str], url: str, now: datetime, feed: FeedState
) -> ParsedFeed:
    """Read what a document of a feed brings since its last reading, its headlines told from names.

    Entries that stand in it as they stood then may be left out; they are counted as `known`.
    """
    text = _text(body, headers, url)
    if _is_json(text):
        parsed = parse_json_feed(text, url, now)
        names = (feed.publisher, parsed.title, feed.title)
        return replace(parsed, entries=tell_apart(parsed.entries, names))
    return parse_fresh(text, headers, url, now, feed)


def _text(body: bytes, headers: Mapping[str, str], url: str) -> str:
    refuse_binary(body, url)
    text = decode(body, headers.get("content-type", ""))
    if not _is_json(text):
        refuse_non_feed(text, url)
    return text


def _is_json(text: str) -> bool:
    return text[:1_000].lstrip("\ufeff \t\r\n").startswith(("{", "["))


def find_feeds(body: bytes, headers: Mapping[str, str], url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page names; empty where it names none."""
    return feeds_named_in(decode(body, headers.get("content-type", "")), url)
