"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aggregator.core.render import Site, feed_title, story_path
from aggregator.core.render.atom import content_html
from aggregator.model import Story, Topic

MEDIA_TYPE = "application/feed+json"


def render(
    site: Site, topic: Topic, stories: Sequence[Story], _updated: datetime, path: str, min_sources: int = 0
) -> bytes:
    """Write the feed of a topic: one item per story, in the order given; `path` is its own address."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_title(site, topic, min_sources),
        "home_page_url": f"{site.url}/topics/{topic.name}",
        "feed_url": site.url + path,
        "description": topic.description or topic.title,
        "icon": f"{site.url}/static/icon.svg",
        "language": site.language,
        "authors": [{"name": site.title}],
    }
    if site.hub:
        feed["hubs"] = [{"type": "WebSub", "url": site.hub}]
    feed["items"] = [_item(site, story, topic) for story in stories]
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _item(site: Site, story: Story, topic: Topic) -> dict[str, Any]:
    page = site.url + story_path(story)
    item: dict[str, Any] = {
        "id": story.id.urn,
        "url": story.url or page,
        "title": story.headline,
        "summary": story.excerpt or story.headline,
        "content_html": content_html(site, story),
        "date_published": _rfc3339(story.published),
        "date_modified": _rfc3339(story.updated),
        "authors": [{"name": story.author or site.title}],
        "tags": [topic.title, *story.categories],
    }
    return item | ({"language": story.language} if story.language else {})


def _rfc3339(when: datetime) -> str:
    return when.replace(microsecond=0).isoformat().replace("+00:00", "Z")
