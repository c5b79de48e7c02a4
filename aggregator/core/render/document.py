"""What a feed is made of, whatever the format: a head and items, from stories or from original entries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aggregator.model import Enclosure

KEPT = 250  # items whose entries a format keeps: the views of a topic show many of the same


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed says of itself."""

    id: str  # an IRI that never changes
    title: str
    subtitle: str
    path: str  # its own address below the base URL
    page: str  # the web page it belongs to, absolute
    updated: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)  # for programs, as an item's
    relations: Mapping[str, str] = field(
        default_factory=dict
    )  # documents of the same feed (RFC 5005): what they are to this one -> address below the base URL
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """A label; `scheme` says whose words these are."""

    term: str
    label: str
    scheme: str | None = None  # None: the publisher's


@dataclass(frozen=True, slots=True)
class Link:
    """A page that an item is related to."""

    href: str
    title: str


@dataclass(frozen=True, slots=True)
class SourceFeed:
    """The feed that an original entry came from (atom:source, RFC 4287, 4.2.11)."""

    id: str
    title: str
    updated: datetime
    url: str | None  # its own address; None: a document that has none
    page: str | None  # the page it belongs to


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed."""

    id: str  # an IRI that never changes
    title: str
    link: str  # where to read it
    updated: datetime
    published: datetime | None  # None: its publisher does not say
    author: str
    summary: str  # plain text
    content: str  # harmless HTML
    related: tuple[Link, ...] = ()
    contributors: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    rights: str = ""
    language: str | None = None
    source: SourceFeed | None = None
    enclosures: tuple[Enclosure, ...] = ()
    # For programs: JSON Feed shows them as `_aggregator`.
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
