"""Find: the feed behind an address that a person gives."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.core.parse import find_feeds
from aggregator.errors import DocumentError, FetchError
from aggregator.fetch import FetchRequest, FetchSettings, fetch_all
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
    answer = _ask(url, settings)
    if isinstance(answer, FetchError):
        return Found(url, None, doubt=answer.reason)
    parsers = Parsers()
    try:
        return _read(answer, parsers, settings, now)
    finally:
        parsers.close()


def _read(page: Fetched, parsers: Parsers, settings: FetchSettings, now: datetime) -> Found:
    try:
        return Found(page.moved_to or page.url, parsers.parse(page, now, FeedState(0, page.url)))
    except DocumentError as error:
        named = find_feeds(page.body, page.headers, page.final_url)
        for feed in named[:TRIED]:
            answer = _ask(feed, settings)
            if isinstance(answer, FetchError):
                continue
            try:
                parsed = parsers.parse(answer, now, FeedState(0, feed))
            except DocumentError:
                continue
            return Found(answer.moved_to or feed, parsed, tuple(one for one in named if one != feed))
        raise error


def _ask(url: str, settings: FetchSettings) -> Fetched | FetchError:
    answers: list[Fetched | FetchError] = []
    fetch_all([FetchRequest(url)], settings, lambda _request, answer: answers.append(answer))
    return answers[0]
