"""Models of feed readers: what each takes for one entry, and what makes it show an entry again.

As their sources and runs of them against a feed have shown; what a reader keeps it keeps for ever here, so
that nothing counts as new only because it was forgotten.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import feedparser


class Item(NamedTuple):
    """An entry of a document as any reader takes it in."""

    id: str
    title: str
    link: str
    updated: str  # empty where the format has none
    content: str


class Document(NamedTuple):
    """A feed document as any reader takes it in."""

    updated: str
    items: tuple[Item, ...]


def read_document(body: bytes, is_json: bool) -> Document:
    """Read Atom, RSS or JSON Feed; fails where it is not sound."""
    if is_json:
        said = json.loads(body)
        return Document("", tuple(_json_item(item) for item in said["items"]))
    parsed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    return Document(parsed.feed.get("updated", ""), tuple(_xml_item(entry) for entry in parsed.entries))


def _json_item(item: Mapping[str, str]) -> Item:
    content = item.get("content_html", "") + item.get("summary", "")
    return Item(item["id"], item["title"], item.get("url", ""), item.get("date_modified", ""), content)


def _xml_item(entry: feedparser.FeedParserDict) -> Item:
    content = "".join(part.value for part in entry.get("content", [])) + entry.get("summary", "")
    updated = entry.updated if "updated" in entry else ""
    return Item(entry.id, entry.title, entry.get("link", ""), updated, content)


@dataclass
class Reader:
    """One reader with one subscription."""

    name: str
    key: Callable[[Item], Hashable]  # entries with one key are one entry to it
    again: Callable[[Item], Hashable] = lambda _: None  # when this changes, it shows the entry once more
    seen: dict[Hashable, Hashable] = field(default_factory=dict)
    shown: Counter[str] = field(default_factory=Counter)  # id -> times it stood there as unread

    def take(self, document: Document) -> list[str]:
        """Read a document; returns the ids of entries that it shows, and had shown before under that id."""
        repeated = []
        for item in document.items:
            key, state = self.key(item), self.again(item)
            if key not in self.seen or self.seen[key] != state:
                repeated += [item.id] if item.id in self.shown else []
                self.shown[item.id] += 1
            self.seen[key] = state
        return repeated


def by_id(item: Item) -> Hashable:
    return item.id


def by_all_that_sfeed_prints(item: Item) -> Hashable:
    return item.id, item.link, item.title


def its_content(item: Item) -> Hashable:
    return item.title, item.link, item.content


def its_date(item: Item) -> Hashable:
    return item.updated


QUIET = ("miniflux", "netnewswire", "freshrss", "tt-rss", "commafeed", "newsboat", "sfeed")
CURIOUS = ("freshrss, changed entries unread", "tt-rss, changed entries unread")  # their users asked for it
BOT = "a bot that follows `updated`"


def every_reader() -> Iterable[Reader]:
    """Make one of each."""
    for name in QUIET:
        yield Reader(name, by_all_that_sfeed_prints if name == "sfeed" else by_id)
    for name in CURIOUS:
        yield Reader(name, by_id, its_content)
    yield Reader(BOT, by_id, its_date)
