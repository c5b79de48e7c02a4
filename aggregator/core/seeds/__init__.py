"""Seed documents -> entries: one table of kinds, one module per kind.

What a document is, is decided by its content, and by its name only where the content leaves it open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.seeds.charset import decode
from aggregator.core.seeds.draft import Draft, finish
from aggregator.core.seeds.dump.archive import read_archive
from aggregator.core.seeds.dump.article import read_article
from aggregator.core.seeds.dump.numbers import without_numbers
from aggregator.core.seeds.dump.page import read_page
from aggregator.core.seeds.feedfile import is_feed, read_feed
from aggregator.core.seeds.html.saved import is_html, read_html
from aggregator.core.seeds.jsonlines import is_json, read_json
from aggregator.core.seeds.lines import MAX_LINES, split_lines
from aggregator.core.seeds.mail import is_mail, read_mail
from aggregator.core.seeds.markdown import has_front_matter, is_markdown, read_front_matter, read_markdown
from aggregator.core.seeds.records import is_records, read_records
from aggregator.errors import DocumentError
from aggregator.model import Document, Entry

__all__ = ["read_seed"]

LONGEST_LINE = 200_000  # characters of a page; a book's chapter has less, and what is longer takes too much

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


NOTHING = (
    "no article was found in it; a seed needs a headline and some text, see the README fo"
    "r the kinds that are read"
)


def _with(read: Callable[[str], tuple[Draft, ...]]) -> Reader:
    """Make a reader of a function from text to drafts."""

    def reader(_document: Document, text: str, now: datetime) -> tuple[Entry, ...]:
        return tuple(entry for draft in read(text) if (entry := finish(draft, now)))

    return reader


def _named(read: Callable[[str, str], tuple[Draft, ...]]) -> Reader:
    """Make a reader of a function from text and file name to drafts."""

    def reader(document: Document, text: str, now: datetime) -> tuple[Entry, ...]:
        return tuple(entry for draft in read(text, document.name) if (entry := finish(draft, now)))

    return reader


def _read_page(document: Document, text: str, now: datetime) -> tuple[Entry, ...]:
    if len(max(text.split("\n"), key=len)) > LONGEST_LINE:
        many = f"{LONGEST_LINE:,} characters"
        raise DocumentError(document.name, f"has a line of more than {many}, which is no page; break it")
    text = without_numbers(text)
    if text.count("\n") > 10 * MAX_LINES or len(lines := split_lines(text)) > MAX_LINES:
        raise DocumentError(document.name, f"has more than {MAX_LINES:,} lines, which is no page; split it")
    page = read_page(lines)
    drafts = read_archive(page) or read_article(page)
    return tuple(entry for draft in drafts if (entry := finish(draft, now)))


KINDS = (  # the first that a document is; the text of a page is what remains
    Kind("a feed", is_feed, lambda document, _text, now: read_feed(document, now)),
    Kind("text with front matter", has_front_matter, _named(read_front_matter)),
    Kind("JSON", is_json, _with(read_json)),
    Kind("HTML", is_html, _with(read_html)),
    Kind("mail", is_mail, _with(read_mail)),
    Kind('text with "Key: value" heads', is_records, _with(read_records)),
    Kind("Markdown", is_markdown, _named(read_markdown)),
    Kind("the text of a web page", lambda _text, _name: True, _read_page),
)
