"""Seed documents -> entries: one table of kinds, one module per kind.

What a document is, is decided by its content, and by its name only where the content leaves it open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.seeds.archive import read_archive
from aggregator.core.seeds.article import read_article
from aggregator.core.seeds.charset import decode
from aggregator.core.seeds.draft import Draft, finish
from aggregator.core.seeds.feedfile import is_feed, read_feed
from aggregator.core.seeds.page import read_page
from aggregator.errors import DocumentError
from aggregator.model import Document, Entry

__all__ = ["read_seed"]

Reader = Callable[[Document, str, datetime], tuple[Entry, ...]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document."""

    name: str  # as messages call it
    is_one: Callable[[str, str], bool]  # (text, file name) -> whether the document is of this kind
    read: Reader


def read_seed(document: Document, now: datetime) -> tuple[Entry, ...]:
    """Return the entries of a seed document, in document order.

    Raises DocumentError where it yields nothing.
    """
    text = decode(document)
    kind = next(kind for kind in KINDS if kind.is_one(text, document.name))
    entries = kind.read(document, text, now)
    if not entries:
        raise DocumentError(document.name, f"was read as {kind.name} and {NOTHING}")
    return entries


NOTHING = "no article was found in it; a seed needs a headline and some text, see the README for the kinds that are read"


def _finished(drafts: tuple[Draft, ...], now: datetime) -> tuple[Entry, ...]:
    return tuple(entry for draft in drafts if (entry := finish(draft, now)))


def _read_feed(document: Document, text: str, now: datetime) -> tuple[Entry, ...]:
    return read_feed(document, now)


def _read_page(document: Document, text: str, now: datetime) -> tuple[Entry, ...]:
    page = read_page(text)
    return _finished(read_archive(page) or read_article(page), now)


KINDS = (
    Kind("a feed", is_feed, _read_feed),
    Kind("the text of a web page", lambda text, name: True, _read_page),
)
