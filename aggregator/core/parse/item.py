"""One item of a feed, raw -> an entry that has passed the door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aggregator.core.clean import (
    clean_date,
    clean_html,
    clean_line,
    clean_url,
    html_to_text,
    parse_date,
)
from aggregator.core.identity import first_words
from aggregator.model import Entry

MAX_ENTRIES = 2_000  # a poll, the first of the document; real feeds were seen with 1,046
MAX_CATEGORIES = 50
MAX_BODY = 2_000_000  # characters of an item's HTML that are looked at
TITLE_WORDS = 12  # of the text, for an item that has no title


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed says of one entry, whatever its format; nothing in it is clean."""

    title: str = ""
    title_is_html: bool = True
    bodies: tuple[str, ...] = ()  # candidates: full content, summary, media description
    body_is_html: bool = True
    id: str = ""
    links: tuple[str, ...] = ()  # the best first
    base: str = ""  # what relative links are relative to
    publisher: str = ""
    author: str = ""
    published: tuple[str, ...] = ()  # dates as written, the best first
    updated: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    rights: str = ""


def entry_of(item: Item, now: datetime) -> Entry | None:
    """Clean an item; None where it has neither a title nor a text nor a link."""
    body = max(item.bodies, key=len, default="")[:MAX_BODY]
    html = clean_html(body, item.base) if item.body_is_html else ""
    text = html_to_text(body) if item.body_is_html else clean_line(body, MAX_BODY)
    title = _line(item.title, item.title_is_html)
    url = next(filter(None, (clean_url(link, item.base) for link in item.links)), None)
    if not (title or text or url):
        return None
    published, day_only = _date((*item.published, *item.updated), now)
    return Entry(
        title=title or first_words(text, TITLE_WORDS) or url or "",
        text=text,
        id=clean_line(item.id) or None,
        url=url,
        publisher=_line(item.publisher) or None,
        author=_line(item.author) or None,
        published=published,
        day_only=day_only,
        updated=_date(item.updated, now)[0],
        categories=labels(item.categories),
        html=html,
        language=language_tag(item.language),
        rights=_line(item.rights) or None,
    )


def _line(raw: str, is_html: bool = True) -> str:
    return clean_line(html_to_text(raw) if is_html else raw)


def _date(candidates: Iterable[str], now: datetime) -> tuple[datetime | None, bool]:
    """Return the first date that can be read and is possible, and whether it names only a day."""
    for raw in candidates:
        found = parse_date(raw)
        if found and (when := clean_date(found[0], now)):
            return when, found[1]
    return None, False


def labels(raw: Iterable[str]) -> tuple[str, ...]:
    """Return category labels, cleaned, each once, in order."""
    cleaned = (_line(label) for label in raw)
    return tuple(dict.fromkeys(label for label in cleaned if label))[:MAX_CATEGORIES]


def language_tag(raw: str) -> str | None:
    """Return a language as BCP 47 writes it ("en", "en-GB"); None where it is none."""
    parts = raw.strip().replace("_", "-").split("-")
    if not all(part.isascii() and part.isalnum() and len(part) <= 8 for part in parts):
        return None
    primary = parts[0].lower()
    if not (2 <= len(primary) <= 3 and primary.isalpha()):
        return None
    return "-".join((primary, *(p.upper() if len(p) == 2 else p for p in parts[1:4])))


def written(parsed: Sequence[int] | None) -> str:
    """Write a date that feedparser read (UTC) so that the door can read it; empty for none."""
    if parsed is None:
        return ""
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Keep entries apart that a feed gives one id: the later ones are then known by their links.

    A later entry with the same id and the same link, or the same content, is the same entry.
    """
    seen: dict[str, Entry] = {}
    kept: list[Entry] = []
    for entry in entries:
        first = seen.get(entry.id) if entry.id else None
        if first is None:
            if entry.id:
                seen[entry.id] = entry
            kept.append(entry)
        elif entry.url != first.url and (entry.title, entry.text) != (first.title, first.text):
            kept.append(replace(entry, id=None))
    return tuple(kept)
