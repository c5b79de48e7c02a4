"""RSS 2.0: feedgen writes the document; dates are added here."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.core.render import GENERATOR, Site, feed_title, story_path
from aggregator.core.render.atom import content_html
from aggregator.model import Story, Topic

MEDIA_TYPE = "application/rss+xml"


class Published(BaseEntryExtension):  # type: ignore[misc] # feedgen is untyped
    """Write an item's pubDate: feedgen's own switches the whole process's locale for each."""

    def __init__(self) -> None:
        self.when: datetime | None = None

    def extend_rss(self, item: Any) -> Any:
        if self.when:
            etree.SubElement(item, "pubDate").text = _rfc822(self.when)
        return item


def render(
    site: Site, topic: Topic, stories: Sequence[Story], updated: datetime, path: str, min_sources: int = 0
) -> bytes:
    """Write the feed of a topic: one item per story, in the order given; `path` is its own address."""
    feed = FeedGenerator()
    feed.load_extension("dc", atom=False)
    feed.title(feed_title(site, topic, min_sources))
    feed.description(topic.description or topic.title)
    feed.link(href=site.url + path, rel="self", type=MEDIA_TYPE)
    feed.link(href=f"{site.url}/topics/{topic.name}", rel="alternate")  # the last one is the channel's link
    feed.generator(GENERATOR)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.language(site.language)
    feed.lastBuildDate(updated)
    for story in stories:
        feed.add_entry(_item(site, story, topic), order="append")
    root = etree.fromstring(feed.rss_str())
    root.find("channel/lastBuildDate").text = _rfc822(updated)
    if site.hub:
        hub = {"href": site.hub, "rel": "hub"}
        etree.SubElement(root.find("channel"), "{http://www.w3.org/2005/Atom}link", hub)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _item(site: Site, story: Story, topic: Topic) -> FeedEntry:
    page = site.url + story_path(story)
    item = FeedEntry()
    item.load_extension("dc", atom=False)
    item.register_extension("published", Published, atom=False)
    item.published.when = story.published
    item.title(story.headline)
    item.link(href=story.url or page)
    item.guid(story.id.urn, permalink=False)
    item.dc.dc_creator(story.author or site.title)
    item.category(term=topic.title, scheme=f"{site.url}/topics/")
    for label in story.categories:
        item.category(term=label)
    item.description(story.excerpt or story.headline)
    item.content(content_html(site, story))
    return item


def _rfc822(when: datetime) -> str:
    return format_datetime(when.replace(microsecond=0), usegmt=True)
