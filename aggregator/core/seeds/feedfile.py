"""RSS, Atom and JSON Feed files, through the parser of feeds."""

import json
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from aggregator.core.headlines import tell_apart
from aggregator.core.parse import parse_feed
from aggregator.errors import DocumentError
from aggregator.model import Document, Entry

HEAD = 20_000  # characters before a feed's root element: declarations, style sheets, licences in comments
PROLOGUE = re.compile(
    r"(?:\s+|\ufeff|<\?[^>]*>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>)*+",
    re.IGNORECASE,
)
ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s>/]")


def is_feed(text: str, _name: str) -> bool:
    """Tell whether a document is a feed: its root element or its version says so."""
    prologue = PROLOGUE.match(text[:HEAD])
    start = prologue.end() if prologue else 0
    if text.startswith("{", start):
        return _is_json_feed(text)
    return bool(ROOT.match(text, start))


def _is_json_feed(text: str) -> bool:
    if "jsonfeed.org" not in text:
        return False
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "jsonfeed.org" in str(document.get("version"))


def read_feed(document: Document, now: datetime) -> tuple[Entry, ...]:
    """Return a feed file's entries; their publisher is the feed's title where they name none."""
    try:
        feed = parse_feed(document.body, {}, f"seed:///{quote(document.name)}", now)
    except DocumentError as error:  # the parser calls it by the address
        raise DocumentError(document.name, error.reason) from error
    return tuple(
        replace(entry, publisher=entry.publisher or feed.title, language=entry.language or feed.language)
        for entry in tell_apart(feed.entries, (feed.title,))
    )
