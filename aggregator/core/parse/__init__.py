"""Feed document -> entries: RSS, Atom and RDF through feedparser, JSON Feed by itself."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.core.parse.charset import decode
from aggregator.core.parse.jsonfeed import parse_json_feed
from aggregator.core.parse.kind import feeds_named_in, refuse_binary, refuse_non_feed
from aggregator.core.parse.xmlfeed import parse_xml_feed
from aggregator.model import ParsedFeed

__all__ = ["find_feeds", "parse_feed"]


def parse_feed(body: bytes, headers: Mapping[str, str], url: str, now: datetime) -> ParsedFeed:
    """Read a feed document; what is damaged is repaired, what is missing stays missing.

    headers: names in lower case. url: the address that answered; relative addresses start there.
    Raises DocumentError, saying what the document is instead and what to do, where it yields no feed.
    """
    refuse_binary(body, url)
    text = decode(body, headers.get("content-type", ""))
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return parse_json_feed(text, url, now)
    refuse_non_feed(text, url)
    return parse_xml_feed(text, headers, url, now)


def find_feeds(body: bytes, headers: Mapping[str, str], url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page names; empty where it names none."""
    return feeds_named_in(decode(body, headers.get("content-type", "")), url)
