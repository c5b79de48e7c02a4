"""Feed documents -> entries: RSS, RDF and Atom through feedparser, JSON Feed by itself, all cleaned."""

from collections.abc import Mapping
from datetime import datetime

from aggregator.core.parse.charset import decode
from aggregator.core.parse.feed import read_xml
from aggregator.core.parse.jsonfeed import looks_like_json, read_json
from aggregator.core.parse.kind import refuse_non_feed
from aggregator.model import ParsedFeed

__all__ = ["parse_feed"]


def parse_feed(body: bytes, headers: Mapping[str, str], url: str, now: datetime) -> ParsedFeed:
    """Read a feed document.

    headers: of the answer, names in lower case; `content-type` and `content-location` count.
    url: where the document was found, for relative links and for messages.
    Raises DocumentError that says what the document is instead, and what to do.
    """
    text = decode(body, headers.get("content-type", ""))
    if looks_like_json(text):
        return read_json(text, url, now)
    refuse_non_feed(text, url)
    return read_xml(text, headers, url, now)
