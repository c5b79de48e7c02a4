"""RSS 2.0: feedgen writes the document; dates are added here."""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.core.render import GENERATOR, Site
from aggregator.core.render.document import KEPT, Category, Head, Item, SourceFeed

MEDIA_TYPE = "application/rss+xml"


class Additions(BaseEntryExtension):  # type: ignore[misc] # feedgen is untyped
    """Write an item's date and source: feedgen switches the process's locale for each date."""

    def __init__(self) -> None:
        self.published: datetime | None = None
        self.source: SourceFeed | None = None

    def extend_rss(self, item: Any) -> Any:
        if self.published:
            etree.SubElement(item, "pubDate").text = _rfc822(self.published)
        if self.source and self.source.url:
            etree.SubElement(item, "source", url=self.source.url).text = self.source.title
        return item


def render(site: Site, head: Head, items: Sequence[Item]) -> bytes:
    """Write a feed, its items in the order given."""
    feed = FeedGenerator()
    feed.load_extension("dc", atom=False)
    feed.title(head.title)
    feed.description(head.subtitle)
    feed.link(href=site.url + head.path, rel="self", type=MEDIA_TYPE)
    feed.link(href=head.page, rel="alternate")  # the last one is the channel's link
    feed.generator(GENERATOR)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.language(site.language)
    feed.lastBuildDate(head.updated)
    for item in items:
        feed.add_entry(_item(item), order="append")
    root = etree.fromstring(feed.rss_str())
    root.find("channel/lastBuildDate").text = _rfc822(head.updated)
    if site.hub:
        hub = {"href": site.hub, "rel": "hub"}
        etree.SubElement(root.find("channel"), "{http://www.w3.org/2005/Atom}link", hub)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


@lru_cache(maxsize=KEPT)
def _item(item: Item) -> FeedEntry:
    entry = FeedEntry()
    entry.load_extension("dc", atom=False)
    entry.register_extension("additions", Additions, atom=False)
    entry.additions.published = item.published
    entry.additions.source = item.source
    for file in item.enclosures[:1]:  # RSS 2.0 has one, with its length; 0 stands for an unknown one
        entry.enclosure(file.url, str(file.length or 0), file.type or "application/octet-stream")
    entry.title(item.title)
    entry.link(href=item.link)
    entry.guid(item.id, permalink=False)
    entry.dc.dc_creator(item.author)
    entry.category([_category(category) for category in item.categories])
    entry.description(escape(item.summary, quote=False))  # readers take a description for HTML
    entry.content(item.content)
    return entry


def _category(category: Category) -> dict[str, str]:
    return {"term": category.label} | ({"scheme": category.scheme} if category.scheme else {})


def _rfc822(when: datetime) -> str:
    return format_datetime(when.replace(microsecond=0), usegmt=True)
