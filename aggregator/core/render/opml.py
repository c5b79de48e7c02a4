"""OPML 2.0: lists of feeds that any reader imports."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

MEDIA_TYPE = "text/x-opml"


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed in a list."""

    title: str
    xml_url: str
    html_url: str | None = None


def render(title: str, outlines: Iterable[Outline]) -> bytes:
    """Write a list of feeds, in the order given; every address must be absolute."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for outline in outlines:
        # "rss" for Atom too: it is what importers look for.
        element = etree.SubElement(body, "outline", type="rss", text=outline.title, title=outline.title)
        element.set("xmlUrl", outline.xml_url)
        if outline.html_url:
            element.set("htmlUrl", outline.html_url)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
