"""An entry just read, with the keys it may be known by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.core.identity import content_digest, digest, entry_keys, words
from aggregator.core.publishers import Publishers
from aggregator.model import Entry

TELLING_WORDS = 4  # a title of fewer words ("Daily briefing") does not identify an article


@dataclass(frozen=True, slots=True)
class Source:
    """The feed or the seed that a reading came from."""

    column: str  # "feed" or "seed"
    id: int
    publisher: str | None = None  # for entries that name none
    named: bool = True  # somebody said so; else it is the feed's own title
    language: str | None = None
    updated: datetime | None = None  # the feed's own date; None: it has none
    unread: int = 0  # entries of its document that are known, and were not read again

    @property
    def is_feed(self) -> bool:
        return self.column == "feed"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an origin says now."""

    source: Source
    entries: Sequence[Entry]
    at: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """An entry just read, with the keys it may be known by."""

    entry: Entry
    key: str
    title_key: str
    body_key: str  # of a feed's entries, which are not found by it, the key again
    url_key: str | None
    content: str
    is_telling: bool  # its title identifies an article
    publisher_key: str | None
    named: bool  # somebody said that this is its publisher


def distinct(source: Source, found: Iterable[Entry], publishers: Publishers) -> list[Read]:
    """Return entries with their keys, of those that share one the first."""
    by_key: dict[str, Read] = {}
    for entry in found:
        read = _read(source, entry, publishers)
        by_key.setdefault(read.key, read)
    return list(by_key.values())


def _read(source: Source, entry: Entry, publishers: Publishers) -> Read:
    """Fill in what the origin knows of an entry, and work out its keys."""
    whole = _whole(source, entry)
    key = entry_keys(whole, own_id=source.is_feed)[0]
    named = entry.publisher is not None or source.named
    title = words(whole.title)
    found_by_body = whole.text and not source.is_feed
    return Read(
        entry=whole,
        key=key,
        title_key=digest(" ".join(title)),
        body_key=digest(" ".join(words(whole.text))) if found_by_body else key,
        url_key=digest(whole.url) if whole.url else None,
        content=content_digest(whole),
        is_telling=len(title) >= TELLING_WORDS or not whole.title.isascii(),
        publisher_key=publishers.key(whole.publisher, whole.url, named),
        named=named,
    )


def _whole(source: Source, entry: Entry) -> Entry:
    publisher, language = entry.publisher or source.publisher, entry.language or source.language
    if publisher == entry.publisher and language == entry.language:
        return entry
    return replace(entry, publisher=publisher, language=language)
