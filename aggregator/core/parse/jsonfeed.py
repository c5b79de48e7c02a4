"""JSON Feed 1 and 1.1 -> entries (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from aggregator.core.clean import clean_line, clean_url
from aggregator.core.parse import fields
from aggregator.errors import DocumentError
from aggregator.model import Entry, ParsedFeed

Object = dict[str, Any]


def parse_json_feed(text: str, url: str, now: datetime) -> ParsedFeed:
    """Read a JSON Feed; raises DocumentError where the document is none."""
    feed = _loaded(text, url)
    home = clean_url(_text(feed, "home_page_url"), url)
    entries = (_entry(item, feed, home or url, now) for item in _objects(feed, "items"))
    return ParsedFeed(
        title=fields.plain(_text(feed, "title"), fields.MAX_BYLINE) or None,
        entries=fields.distinct(entry for entry in entries if entry),
        language=fields.language(_text(feed, "language")),
        link=home,
        hub=next(
            (hub for hub in (clean_url(_text(h, "url"), url) for h in _objects(feed, "hubs")) if hub), None
        ),
        self_url=clean_url(_text(feed, "feed_url"), url),
    )


def _loaded(text: str, url: str) -> Object:
    try:
        feed = json.loads(text, strict=False)  # bare line ends in texts are common, and do no harm
    except (ValueError, RecursionError) as error:
        reason = "begins like JSON but is broken; check the address, or tell its publisher"
        raise DocumentError(url, reason) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise DocumentError(url, "is JSON, but not a JSON Feed (it has no items); check the address")
    return feed


def _entry(item: Object, feed: Object, base_url: str, now: datetime) -> Entry | None:
    url = clean_url(_text(item, "url"), base_url) or clean_url(_text(item, "external_url"), base_url)
    text = fields.text_of(_bodies(item))
    title = fields.title_or_beginning(clean_line(_text(item, "title")), text, url)
    if not title:
        return None
    published, day_only = fields.date_of(_text(item, "date_published"), now)
    return Entry(
        title=title,
        text=text,
        id=clean_line(_text(item, "id"), fields.MAX_ID) or None,
        url=url,
        author=fields.byline(_authors(item)) or fields.byline(_authors(feed)),
        published=published,
        day_only=day_only,
        updated=fields.date_of(_text(item, "date_modified"), now)[0],
        categories=fields.labels(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        enclosures=fields.enclosures(
            (
                (f.get("url"), f.get("mime_type"), f.get("size_in_bytes"))
                for f in _objects(item, "attachments")
            ),
            url or base_url,
        ),
        language=fields.language(_text(item, "language")) or fields.language(_text(feed, "language")),
    )


def _bodies(item: Object) -> Iterator[fields.Body]:
    for key, is_html in (("content_html", True), ("content_text", False), ("summary", False)):
        if value := _text(item, key):
            yield fields.Body(value, is_html)


def _authors(holder: Object) -> Iterator[str]:
    one = holder.get("author")  # version 1
    authors = _objects(holder, "authors") or ([one] if isinstance(one, dict) else [])
    yield from (_text(author, "name") for author in authors)


def _text(holder: Object, key: str) -> str:
    value = holder.get(key)
    # Some publishers' ids are numbers; a truth value is never meant.
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _list(holder: Object, key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _objects(holder: Object, key: str) -> list[Object]:
    return [value for value in _list(holder, key) if isinstance(value, dict)]
