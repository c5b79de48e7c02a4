"""Lists of feeds as any reader exports them (OPML 2.0): folders become topics."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from aggregator.core.clean import clean_line, clean_url
from aggregator.core.identity import topic_name
from aggregator.errors import ConfigError
from aggregator.model import FollowedFeed, TopicConfig

MAX_OUTLINES = 10_000


def read_opml(name: str, body: bytes) -> tuple[TopicConfig, ...]:
    """Read a list: each folder becomes a topic of its feeds, feeds in no folder one named after the file.

    Raises ConfigError where it is no OPML, or names no feed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ConfigError(name, f"is not well-formed OPML: {error}") from error
    if root.tag.lower() != "opml":
        raise ConfigError(name, f"is no OPML: it begins with <{root.tag}>")
    own = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    titles: dict[str, str] = {}
    feeds: dict[str, dict[str, FollowedFeed]] = defaultdict(dict)
    for folder, feed in _feeds(root):
        topic = topic_name(folder or own)  # folders that give one name are one topic
        titles.setdefault(topic, folder or own.replace("-", " ").capitalize())
        feeds[topic].setdefault(feed.url, feed)
    if not feeds:
        raise ConfigError(name, "names no feed: no outline in it has an xmlUrl with an http address")
    return tuple(
        TopicConfig(name=topic, title=titles[topic], feeds=tuple(found.values()), origin=name)
        for topic, found in feeds.items()
    )


def _feeds(root: etree._Element) -> Iterator[tuple[str, FollowedFeed]]:
    """Yield (innermost folder, feed); an empty folder name stands for none."""
    for number, outline in enumerate(root.iter("outline")):
        url = clean_url(outline.get("xmlUrl") or outline.get("xmlurl") or "")
        if url is None or number > MAX_OUTLINES:
            continue
        parent = outline.getparent()
        folder = _title(parent) if parent is not None and parent.tag == "outline" else ""
        yield folder, FollowedFeed(url, title=_title(outline) or None)


def _title(outline: etree._Element) -> str:
    return clean_line(outline.get("title") or outline.get("text") or "", 200)
