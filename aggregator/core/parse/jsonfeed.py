"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), which feedparser does not read."""

import json
from datetime import datetime
from typing import Any

from aggregator.core.clean import clean_line, clean_url
from aggregator.core.parse.item import MAX_ENTRIES, Item, distinct, entry_of, language_tag
from aggregator.errors import DocumentError
from aggregator.model import ParsedFeed


def looks_like_json(text: str) -> bool:
    """Say whether a document begins as a JSON object."""
    return text[:200].lstrip("\ufeff \t\r\n").startswith("{")


def read_json(text: str, url: str, now: datetime) -> ParsedFeed:
    """Read a JSON Feed; raises DocumentError where it is other JSON, or none."""
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise DocumentError(url, "is broken JSON, not a feed; check the address") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise DocumentError(url, "is JSON without items, not a JSON Feed; check the address")
    home = clean_url(_text(feed, "home_page_url"), url)
    language = _text(feed, "language")
    authors = _authors(feed)
    items = (_item(raw, home or url, authors) for raw in feed["items"][:MAX_ENTRIES] if isinstance(raw, dict))
    entries = distinct(entry for item in items if (entry := entry_of(item, now)))
    hubs = [hub for hub in feed.get("hubs") or () if isinstance(hub, dict)]
    return ParsedFeed(
        title=clean_line(_text(feed, "title")) or None,
        entries=entries,
        language=language_tag(language),
        link=home,
        hub=next(filter(None, (clean_url(_text(hub, "url"), url) for hub in hubs)), None),
        self_url=clean_url(_text(feed, "feed_url"), url),
    )


def _item(raw: dict[str, Any], base: str, feed_authors: str) -> Item:
    html = _text(raw, "content_html")
    return Item(
        title=_text(raw, "title"),
        title_is_html=False,
        bodies=(html,) if html else (_text(raw, "content_text") or _text(raw, "summary"),),
        body_is_html=bool(html),
        id=_text(raw, "id"),
        links=(_text(raw, "url"), _text(raw, "external_url"), _text(raw, "id")),
        base=base,
        author=_authors(raw) or feed_authors,
        published=(_text(raw, "date_published"),),
        updated=(_text(raw, "date_modified"),),
        categories=tuple(tag for tag in raw.get("tags") or () if isinstance(tag, str)),
        language=_text(raw, "language"),
    )


def _authors(raw: dict[str, Any]) -> str:
    people = raw.get("authors") if isinstance(raw.get("authors"), list) else [raw.get("author")]
    return ", ".join(_text(one, "name") for one in people or () if isinstance(one, dict) and one.get("name"))


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
