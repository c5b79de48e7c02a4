"""Find: the feed behind an address that a person gives."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.core.parse import find_feeds
from aggregator.errors import DocumentError, FetchError
from aggregator.fetch import FetchRequest, FetchSettings, fetch_one
from aggregator.model import FeedState, Fetched, ParsedFeed
from aggregator.parsers import Parsers

TRIED = 3  # feeds that a page names and that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """A feed at, or behind, an address."""

    url: str
    feed: ParsedFeed | None  # None: it could not be asked
    others: tuple[str, ...] = ()  # further feeds that the page names
    doubt: str = ""  # why it could not be asked; empty: it answered


def find_feed(url: str, settings: FetchSettings, now: datetime) -> Found:
    """Ask an address for a feed, or for a page that names one.

    An address that does not answer may be right all the same: it is returned with the reason. Raises
    DocumentError where something answers that is no feed and names none.
    """
    parsers = Parsers()
    try:
        return _behind(_ask(url, url, settings), parsers, settings, now)
    except FetchError as error:
        return Found(url, None, doubt=error.reason)
    finally:
        parsers.close()


def _behind(page: Fetched, parsers: Parsers, settings: FetchSettings, now: datetime) -> Found:
    try:
        return _read(page, parsers, now)
    except DocumentError:
        named = find_feeds(page.body, page.headers, page.final_url)
        for feed in named[:TRIED]:
            with suppress(FetchError, DocumentError):  # a dead link on the page; it may name another one
                found = _read(_ask(feed, page.url, settings), parsers, now)
                return replace(found, others=tuple(one for one in named if one != feed))
        raise


def _read(answer: Fetched, parsers: Parsers, now: datetime) -> Found:
    parsed = parsers.parse(answer, now, FeedState(0, answer.url))
    return Found(answer.moved_to or answer.url, parsed)


def _ask(url: str, configured: str, settings: FetchSettings) -> Fetched:
    """Fetch an address; only the host of the one that a person gave may be private. Raises FetchError."""
    return fetch_one(FetchRequest(url, configured=configured), settings)
