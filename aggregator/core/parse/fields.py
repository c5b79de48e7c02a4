"""What the formats of feeds have in common: rough values in, clean fields of an entry out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from aggregator.core.clean import (
    clean_date,
    clean_line,
    clean_text,
    clean_url,
    html_to_text,
    parse_date,
)
from aggregator.model import Enclosure, Entry

MAX_ENTRIES = 2_000  # of one document, the first; real feeds were seen with 1,046
MAX_CATEGORIES = 50  # of one entry
MAX_CATEGORY = 200  # bytes
MAX_ENCLOSURES = 20  # of one entry
MAX_ID = 2_048  # bytes
MAX_BYLINE = 500  # bytes
TITLE_WORDS = 12  # of the text, where an entry has no title

_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:#\w{1,8}|[a-zA-Z]\w{1,31});")
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|img|b|i|em|strong|ul|ol|li|h[1-6]|table|blockquote)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_MEDIA_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,80}")
_EMAIL = re.compile(r"[(<]?[^\s@()<>]{1,64}@[^\s@()<>]{1,255}[)>]?")


@dataclass(frozen=True, slots=True)
class Body:
    """A text of an entry as its document holds it."""

    value: str
    is_html: bool


def plain(raw: str | None, limit: int) -> str:
    """Return a label on one line; markup in it is read as HTML."""
    if not raw:
        return ""
    return clean_line(html_to_text(raw) if _MARKUP.search(raw) else raw, limit)


def looks_like_html(raw: str) -> bool:
    """Tell whether a text that is declared plain holds tags that only HTML has."""
    return bool(_TAG.search(raw))


def text_of(bodies: Iterable[Body]) -> str:
    """Return the fullest text among an entry's contents and summaries, the first of equals."""
    read = (html_to_text(body.value) if body.is_html else clean_text(body.value) for body in bodies)
    return max(read, key=len, default="")


def title_or_beginning(title: str, text: str, url: str | None) -> str:
    """Return the title, else the first words of the text, else the address; empty where there is nothing."""
    if title or not text:
        return title or clean_line(url or "")
    words = text[:2_000].split()
    beginning = clean_line(" ".join(words[:TITLE_WORDS]))
    return beginning if len(words) <= TITLE_WORDS else f"{beginning.rstrip('.,;:')} …"


def date_of(raw: str | None, now: datetime) -> tuple[datetime | None, bool]:
    """Return (UTC time, whether it names only a day); (None, False) where there is no date to trust."""
    found = parse_date(raw) if raw else None
    when = clean_date(found[0], now) if found else None
    return when, bool(when and found and found[1])


def byline(names: Iterable[str | None]) -> str | None:
    """Return the names of the authors without their mail addresses."""
    cleaned = (plain(_EMAIL.sub(" ", name[:MAX_BYLINE]), MAX_BYLINE).strip(" ,;()") for name in names if name)
    return clean_line(", ".join(dict.fromkeys(filter(None, cleaned))), MAX_BYLINE) or None


def labels(raw: Iterable[str | None]) -> tuple[str, ...]:
    """Return the categories, each once whatever its case; an address is a machine's label and left out."""
    cleaned = (plain(label, MAX_CATEGORY) for label in raw)
    distinct: dict[str, str] = {}
    for label in cleaned:
        if label and not label.startswith(("http://", "https://")):
            distinct.setdefault(label.casefold(), label)
        if len(distinct) == MAX_CATEGORIES:
            break
    return tuple(distinct.values())


def enclosures(raw: Iterable[tuple[Any, Any, Any]], base_url: str) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each address once; raw: (address, media type, bytes), as found."""
    found: dict[str, Enclosure] = {}
    for address, kind, length in islice(raw, 2 * MAX_ENCLOSURES):
        url = clean_url(address, base_url) if isinstance(address, str) else None
        if url and url not in found and len(found) < MAX_ENCLOSURES:
            media = kind.strip().lower() if isinstance(kind, str) else ""
            # A page is no file: feedparser takes any link without a type for one.
            known = _MEDIA_TYPE.fullmatch(media) and media != "text/html"
            found[url] = Enclosure(url, media if known else "", _bytes(length))
    return tuple(found.values())


def _bytes(raw: Any) -> int | None:
    digits = str(raw).strip()
    return int(digits) or None if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def language(raw: str | None) -> str | None:
    """Return a BCP 47 tag as it is written (RFC 5646, 2.1.1); None where it is none, or says "any"."""
    if not raw or not _LANGUAGE.fullmatch(raw := raw.strip()):
        return None
    first, *others = raw.replace("_", "-").lower().split("-")
    if first in {"und", "mul", "zxx"}:
        return None
    cased = {2: str.upper, 4: str.title}
    return "-".join([first, *(cased.get(len(part), str)(part) for part in others)])


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the first MAX_ENTRIES entries, no id twice.

    Of entries with one id the first stays. One that differs from it in address and in text is another
    item whose publisher repeats an id (a counter that restarts, a constant): it takes its address as id.
    """
    known: dict[str, Entry] = {}
    kept: list[Entry] = []
    for entry in islice(entries, 2 * MAX_ENTRIES):  # a document of one id may be as long as it likes
        unique = _unique(entry, known)
        if unique:
            kept.append(unique)
            known.setdefault(unique.id or "", unique)
        if len(kept) == MAX_ENTRIES:
            break
    return tuple(kept)


def _unique(entry: Entry, known: dict[str, Entry]) -> Entry | None:
    first = known.get(entry.id) if entry.id else None
    if first is None:
        return entry
    is_other = entry.url not in {None, first.url} and (entry.title, entry.text) != (first.title, first.text)
    return replace(entry, id=entry.url) if is_other and entry.url not in known else None
