"""RSS, Atom and JSON Feed files, through the parser of feeds."""

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from aggregator.model import Document, Entry

HEAD = 4_096  # characters in which a feed shows its root element
ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s>]")
HTML = re.compile(r"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)


def is_feed(text: str, name: str) -> bool:
    """Tell whether a document is a feed: its root element says so."""
    head = text[:HEAD].lstrip("\ufeff \t\r\n")
    if head.startswith("<") and not HTML.search(head):
        return bool(ROOT.search(head))
    return (head.startswith("{") and "jsonfeed.org/version" in head.replace("\\/", "/")) or _is_json_feed(
        text, name
    )


def _is_json_feed(text: str, name: str) -> bool:
    """Tell whether JSON whose version is not at its head is a JSON Feed."""
    if (
        not text.lstrip().startswith("{")
        or "jsonfeed.org" not in text
        or PurePosixPath(name).suffix not in {".json", ".feed", ""}
    ):
        return False
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and "jsonfeed.org" in str(document.get("version"))


def read_feed(document: Document, now: datetime) -> tuple[Entry, ...]:
    """Return a feed file's entries; their publisher is the feed's title where they name none."""
    headers = (
        {"content-type": "application/feed+json"}
        if document.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        else {}
    )
    from aggregator.core.parse import parse_feed

    feed = parse_feed(document.body, headers, f"seed:///{quote(document.name)}", now)
    return tuple(
        replace(entry, publisher=entry.publisher or feed.title, language=entry.language or feed.language)
        for entry in feed.entries
    )
