"""Atom 1.0 (RFC 4287): feedgen writes the document, lxml adds what feedgen cannot."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.core.render import GENERATOR, Site
from aggregator.core.render.document import KEPT, Category, Head, Item, SourceFeed

MEDIA_TYPE = "application/atom+xml"
STYLE_SHEET = "/static/feed.css"  # browsers then show the feed as a page
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
XHTML = "{http://www.w3.org/1999/xhtml}"


class Additions(BaseEntryExtension):  # type: ignore[misc] # feedgen is untyped
    """Write what feedgen 1.0.0 leaves out of an entry: links' attributes, and most of its source."""

    def __init__(self) -> None:
        self.links: list[dict[str, str]] = []
        self.source: SourceFeed | None = None

    def extend_atom(self, entry: Any) -> Any:
        for link in self.links:
            etree.SubElement(entry, "link", link)
        if self.source:
            entry.append(_source(self.source))
        return entry


def render(site: Site, head: Head, items: Sequence[Item]) -> bytes:
    """Write a feed, its items in the order given."""
    feed = FeedGenerator()
    feed.id(head.id)
    feed.title(head.title)
    feed.updated(_whole_second(head.updated))
    feed.author({"name": site.title})
    feed.link(href=site.url + head.path, rel="self", type=MEDIA_TYPE)
    feed.link(href=head.page, rel="alternate", type="text/html")
    if site.hub:
        feed.link(href=site.hub, rel="hub")
    feed.generator(GENERATOR)
    feed.icon(f"{site.url}/static/icon.svg")
    feed.language(site.language)
    feed.subtitle(head.subtitle)
    for item in items:
        feed.add_entry(_entry(item), order="append")
    return _finish(feed, site, head)


@lru_cache(maxsize=KEPT)
def _entry(item: Item) -> FeedEntry:
    entry = FeedEntry()
    entry.id(item.id)
    entry.title(item.title)
    entry.register_extension("additions", Additions, rss=False)
    entry.additions.links.extend(_links(item))
    entry.additions.source = item.source
    if item.published:
        entry.published(_whole_second(item.published))
    entry.updated(_whole_second(item.updated))
    entry.author({"name": item.author})
    entry.contributor([{"name": name} for name in item.contributors])
    entry.category([_category(category) for category in item.categories])
    entry.summary(item.summary)
    entry.content(item.content, type="html")
    if item.rights:
        entry.rights(item.rights)
    return entry


def _category(category: Category) -> dict[str, str]:
    scheme = {"scheme": category.scheme} if category.scheme else {}
    return {"term": category.term, "label": category.label} | scheme


def _links(item: Item) -> Iterable[dict[str, str]]:
    yield {"rel": "alternate", "type": "text/html", "href": item.link}
    for link in item.related:
        yield {"rel": "related", "type": "text/html", "href": link.href, "title": link.title}
    for file in item.enclosures:
        known = {"type": file.type, "length": str(file.length or "")}
        yield {"rel": "enclosure", "href": file.url} | {name: value for name, value in known.items() if value}


def _source(source: SourceFeed) -> etree._Element:
    element = etree.Element("source")
    etree.SubElement(element, "id").text = source.id
    etree.SubElement(element, "title").text = source.title
    etree.SubElement(element, "updated").text = _whole_second(source.updated).isoformat()
    if source.url:
        etree.SubElement(element, "link", rel="self", href=source.url)
    if source.page:
        etree.SubElement(element, "link", rel="alternate", type="text/html", href=source.page)
    return element


def _whole_second(when: datetime) -> datetime:
    """Drop the microseconds, which feedgen would print."""
    return when.replace(microsecond=0)


def _finish(feed: FeedGenerator, site: Site, head: Head) -> bytes:
    """Add what feedgen has no words for: its archive; a style sheet, and a notice for people who look."""
    root = etree.fromstring(feed.atom_str())
    for moment in root.iter(f"{ATOM}updated", f"{ATOM}published"):
        moment.text = moment.text.replace("+00:00", "Z")
    subtitle = root.find(f"{ATOM}subtitle")
    subtitle.set("type", "xhtml")
    subtitle.append(_notice(subtitle.text, head.page))
    subtitle.text = None
    _place(root, site, head)
    # Relative to whatever host it was asked under: browsers would not load another origin's sheet.
    path = escape(urlsplit(site.url).path.rstrip("/") + STYLE_SHEET)
    sheet = etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{path}"')
    sheet.tail = "\n"
    root.addprevious(sheet)
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8"))


def _place(root: etree._Element, site: Site, head: Head) -> None:
    """Say where a document stands in its archive (RFC 5005, 4)."""
    links = root.findall(f"{ATOM}link")
    for rel, path in reversed(list(head.relations.items())):
        link = etree.Element(f"{ATOM}link", rel=rel, type=MEDIA_TYPE, href=site.url + path)
        links[-1].addnext(link)
    if head.is_archive:
        links[-1].addnext(etree.Element(f"{HISTORY}archive", nsmap={"fh": HISTORY.strip("{}")}))


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
