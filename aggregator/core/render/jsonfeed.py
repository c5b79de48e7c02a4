"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aggregator.core.render import Site
from aggregator.core.render.document import Head, Item
from aggregator.model import Enclosure

MEDIA_TYPE = "application/feed+json"


def render(site: Site, head: Head, items: Sequence[Item]) -> bytes:
    """Write a feed, its items in the order given."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.page,
        "feed_url": site.url + head.path,
        "description": head.subtitle,
        "icon": f"{site.url}/static/icon.svg",
        "language": site.language,
        "authors": [{"name": site.title}],
    }
    if site.hub:
        feed["hubs"] = [{"type": "WebSub", "url": site.hub}]
    if head.facts:
        feed["_aggregator"] = dict(head.facts)
    feed["items"] = [_item(item) for item in items]
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        "summary": item.summary,
        "content_html": item.content,
    }
    if item.published:
        shown["date_published"] = _rfc3339(item.published)
    shown |= {
        "date_modified": _rfc3339(item.updated),
        "authors": [{"name": item.author}],
        "tags": [category.label for category in item.categories],
    }
    if item.language:
        shown["language"] = item.language
    if item.enclosures:
        shown["attachments"] = [_attachment(file) for file in item.enclosures]
    if facts := dict(item.facts) | _source(item):
        shown["_aggregator"] = facts
    return shown


def _attachment(file: Enclosure) -> dict[str, Any]:
    attachment: dict[str, Any] = {"url": file.url, "mime_type": file.type or "application/octet-stream"}
    return attachment | ({"size_in_bytes": file.length} if file.length else {})


def _source(item: Item) -> dict[str, Any]:
    """Return what Atom says in atom:source, for which JSON Feed has no word."""
    if item.source is None:
        return {}
    source = {"id": item.source.id, "title": item.source.title, "updated": _rfc3339(item.source.updated)}
    links = {"feed_url": item.source.url, "home_page_url": item.source.page}
    return {"source": source | {name: link for name, link in links.items() if link}}


def _rfc3339(when: datetime) -> str:
    return when.replace(microsecond=0).isoformat().replace("+00:00", "Z")
