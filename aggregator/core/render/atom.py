"""Atom 1.0 (RFC 4287): feedgen writes the document, lxml adds what feedgen cannot."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid5

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.core.publish import SHOWN_COVERAGE
from aggregator.core.render import GENERATOR, Site, feed_title, story_path
from aggregator.model import Coverage, Story, Topic

MEDIA_TYPE = "application/atom+xml"
STYLE_SHEET = "/static/feed.css"  # browsers then show the feed as a page
ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"


class Links(BaseEntryExtension):  # type: ignore[misc] # feedgen is untyped
    """Write an entry's links with their attributes, which feedgen 1.0.0 drops from entries."""

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []

    def extend_atom(self, entry: Any) -> Any:
        for link in self.links:
            etree.SubElement(entry, "link", link)
        return entry


def render(
    site: Site, topic: Topic, stories: Sequence[Story], updated: datetime, path: str, min_sources: int = 0
) -> bytes:
    """Write the feed of a topic: one entry per story, in the order given; `path` is its own address."""
    feed = FeedGenerator()
    page = f"{site.url}/topics/{topic.name}"
    feed.id(uuid5(topic.id, f"min_sources={min_sources}").urn if min_sources else topic.id.urn)
    feed.title(feed_title(site, topic, min_sources))
    feed.updated(_utc(updated))
    feed.author({"name": site.title})
    feed.link(href=site.url + path, rel="self", type=MEDIA_TYPE)
    feed.link(href=page, rel="alternate", type="text/html")
    if site.hub:
        feed.link(href=site.hub, rel="hub")
    feed.generator(GENERATOR)
    feed.icon(f"{site.url}/static/icon.svg")
    feed.language(site.language)
    feed.subtitle(topic.description or topic.title)
    for story in stories:
        feed.add_entry(_entry(site, story, topic), order="append")
    return _finish(feed, site, page)


def _entry(site: Site, story: Story, topic: Topic) -> FeedEntry:
    page = site.url + story_path(story)
    entry = FeedEntry()
    entry.id(story.id.urn)
    entry.title(story.headline)
    entry.register_extension("links", Links, rss=False)
    entry.links.links.extend(_links(story, page))
    entry.published(_utc(story.published))
    entry.updated(_utc(story.updated))
    entry.author({"name": story.author or site.title})
    for name in story.contributors:
        entry.contributor({"name": name})
    entry.category(term=topic.name, scheme=f"{site.url}/topics/", label=topic.title)
    for label in story.categories:
        entry.category(term=label, label=label)
    entry.summary(story.excerpt or story.headline)
    entry.content(content_html(site, story), type="html")
    if story.rights:
        entry.rights(" · ".join(story.rights))
    return entry


def _links(story: Story, page: str) -> Iterable[dict[str, str]]:
    yield {"rel": "alternate", "type": "text/html", "href": story.url or page}
    yield {"rel": "related", "type": "text/html", "href": page, "title": "All coverage of this story"}
    for line in story.coverage:
        if line.url and line.url != story.url:
            yield {"rel": "related", "type": "text/html", "href": line.url, "title": line.headline}


def content_html(site: Site, story: Story) -> str:
    """Write a story's entry as HTML: excerpt, coverage, why its entries are together, where to read on."""
    page = escape(site.url + story_path(story))
    lead = f"<p>{escape(story.excerpt)}</p>" if story.excerpt else ""
    lines = "".join(f"<li>{_line(line)}</li>" for line in story.coverage)
    more = story.entries - len(story.coverage)
    rest = f"<p>and {more} more</p>" if more > 0 and len(story.coverage) == SHOWN_COVERAGE else ""
    why = f"<p>{escape(story.why)}</p>" if story.why else ""
    return f'{lead}<ul>{lines}</ul>{rest}{why}<p><a href="{page}">All coverage of this story</a></p>'


def _line(line: Coverage) -> str:
    publisher = f"<b>{escape(line.publisher)}</b>: " if line.publisher else ""
    headline = escape(line.headline)
    link = f'<a href="{escape(line.url)}">{headline}</a>' if line.url else headline
    return f"{publisher}{link} ({_when(line)})"


def _when(line: Coverage) -> str:
    if line.published is None:
        return f"seen {line.first_seen:%d %b %Y, %H:%M} UTC"
    return f"{line.published:%d %b %Y}" if line.day_only else f"{line.published:%d %b %Y, %H:%M} UTC"


def _utc(when: datetime) -> datetime:
    """Drop the microseconds, which feedgen would print."""
    return when.replace(microsecond=0)


def _finish(feed: FeedGenerator, site: Site, page: str) -> bytes:
    """Add what feedgen has no words for: a style sheet, and a notice, for people who look at the feed."""
    root = etree.fromstring(feed.atom_str())
    for moment in root.iter(f"{ATOM}updated", f"{ATOM}published"):
        moment.text = moment.text.replace("+00:00", "Z")
    subtitle = root.find(f"{ATOM}subtitle")
    subtitle.set("type", "xhtml")
    subtitle.append(_notice(subtitle.text, page))
    subtitle.text = None
    # Relative to whatever host it was asked under: browsers would not load another origin's sheet.
    path = escape(urlsplit(site.url).path.rstrip("/") + STYLE_SHEET)
    sheet = etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{path}"')
    sheet.tail = "\n"
    root.addprevious(sheet)
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8"))


def _notice(subtitle: str, page: str) -> etree._Element:
    block = etree.Element(f"{XHTML}div", nsmap={None: XHTML.strip("{}")})
    _paragraph(block, (subtitle,))
    note = _paragraph(block, ("This is a web feed: copy its address into a feed reader to subscribe. ",))
    link = etree.SubElement(note, f"{XHTML}a", href=page)
    link.text = "Read it as a web page."
    return block


def _paragraph(parent: etree._Element, texts: Iterable[str]) -> etree._Element:
    paragraph = etree.SubElement(parent, f"{XHTML}p")
    paragraph.text = "".join(texts)
    return paragraph
