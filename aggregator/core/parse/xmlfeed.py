"""RSS, Atom and RDF -> entries; feedparser's values end here."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import feedparser

from aggregator.core.clean import clean_line, clean_url
from aggregator.core.parse import fields, strict
from aggregator.core.parse.kind import unreadable
from aggregator.core.parse.xml import well_formed
from aggregator.errors import DocumentError
from aggregator.model import Entry, ParsedFeed

Node = Mapping[str, Any]  # feedparser's dictionaries

_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_HOURS = {str(hour): hour % 24 for hour in range(25)} | {f"{hour:02}": hour for hour in range(10)}
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {day: n for n, day in enumerate(_WEEK)}
_CHANNEL = 50_000  # characters in which a channel speaks of itself
_SKIPPED = {
    unit: re.compile(rf"<skip{unit}s>([^!]{{0,800}}?)</skip{unit}s>", re.IGNORECASE)
    for unit in ("hour", "day")
}
_VALUE = {unit: re.compile(rf"<{unit}>\s*(\w{{1,9}})\s*</{unit}>", re.IGNORECASE) for unit in ("hour", "day")}
_LONGEST = 31_536_000.0  # seconds; nobody means more than a year
_LINK_HEADER = re.compile(r"<([^<>]{1,2048})>\s*((?:;[^,<]{0,500})?)")
_RELATION = re.compile(r"""rel\s*=\s*["']?([\w -]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Source:
    """What an entry is read against."""

    feed: Node
    is_atom: bool
    base_url: str  # what its relative addresses are relative to
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says, its entries one by one."""

    feed: ParsedFeed  # without entries
    entries: tuple[Entry | None, ...]  # as they stand in the document; None: there is nothing to read in it
    settled: tuple[bool, ...]  # for each, whether it would be read the same at any later time
    sound: bool  # well-formed


@dataclass(frozen=True, slots=True)
class PlainEntries:
    """What some entries of a document say, which are not in it any more."""

    version: str  # of the feed, as feedparser calls it
    nodes: Sequence[Node | None]  # one for each entry, in order; None: it is in the document


def parse_xml_feed(text: str, headers: Mapping[str, str], url: str, now: datetime) -> ParsedFeed:
    """Read an RSS, Atom or RDF document; raises DocumentError where feedparser finds no feed in it."""
    reading = read_xml_feed(well_formed(text), text, headers, url, now)
    return replace(reading.feed, entries=fields.distinct(entry for entry in reading.entries if entry))


def read_xml_feed(
    document: str,
    text: str,
    headers: Mapping[str, str],
    url: str,
    now: datetime,
    plain: PlainEntries | None = None,
) -> Reading:
    """Read a document that is well-formed, as far as it could be made so.

    text: the document as it was sent, whole. plain: what its entries say, where that was read already and
    they are not in the document. Raises DocumentError where feedparser finds no feed in it.
    """
    parsed = _parsed(document, url, has_base="xml:base" in text)
    feed: Node = parsed["feed"]
    nodes: Sequence[Node] = _together(parsed, plain) if plain else parsed["entries"]
    if not parsed["version"] and not nodes:
        raise unreadable(text, url)
    if parsed["bozo"] and not nodes:
        raise DocumentError(url, f"is broken before its first entry ({_fault(parsed)}); tell its publisher")
    link = clean_url(feed.get("link") or "", url)
    is_atom = parsed["version"].startswith("atom")
    # RSS says nothing of relative addresses, and its documents often lie on another host than their pages.
    source = _Source(feed, is_atom, url if is_atom else link or url, now)
    # Twice what is kept: a document may repeat an id as long as it likes.
    entries = tuple(_entry(node, source) for node in islice(nodes, 2 * fields.MAX_ENTRIES))
    said = ParsedFeed(
        title=_title(feed) or None,
        entries=(),
        language=fields.language(feed.get("language")),
        link=link,
        ttl=_seconds_between_polls(feed),
        skip_hours=_skipped(text, "hour", _HOURS),
        skip_days=_skipped(text, "day", _DAYS),
        hub=_related("hub", feed, headers, url),
        self_url=_related("self", feed, headers, url),
        id=clean_line(_string(feed, "id"), fields.MAX_ID) or None,
        updated=fields.date_of(feed["updated"], now)[0] if "updated" in feed else None,
    )
    settled = tuple(_is_settled(node, entry, now) for node, entry in zip(nodes, entries, strict=False))
    return Reading(said, entries, settled, sound=not parsed["bozo"])


def _parsed(text: str, url: str, has_base: bool) -> Node:
    document = text.encode("utf-8", "replace")
    # Without a base of its own, an address stays as relative as its document has it, and we choose the base.
    # Where the document sets bases, feedparser needs an outermost one to return to.
    base = {"content-location": url} if has_base else {}
    try:
        if not has_base and (read := strict.read(document)):
            return read
        # Always a stream: given bytes that look like a path, feedparser opens the file.
        parsed: Node = feedparser.parse(
            io.BytesIO(document),
            response_headers={"content-type": "application/xml; charset=utf-8", **base},
            sanitize_html=False,  # no HTML is kept, and this one lets attacks through
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:  # it raises all kinds on hostile documents
        raise DocumentError(url, "is too broken to be read as a feed; tell its publisher") from error
    return parsed


def _together(parsed: Node, plain: PlainEntries) -> Sequence[Node]:
    """Return all entries in order; those of feedparser alone where they do not fill the gaps."""
    others = parsed["entries"]
    if len(others) != plain.nodes.count(None) or parsed["version"] != plain.version:
        return list(others)
    rest = iter(others)
    return [next(rest) if node is None else node for node in plain.nodes]


def _fault(document: Node) -> str:
    error = document.get("bozo_exception")
    return clean_line(str(error).removeprefix("<unknown>:"), 100) or "not well-formed"


# --- entries ------------------------------------------------------------------------------------------


def _entry(node: Node, source: _Source) -> Entry | None:
    url = _address(node, source.base_url)
    text = fields.text_of(_bodies(node))
    title = fields.title_or_beginning(_title(node), text, url)
    if not title:
        return None
    published, day_only = _published(node, source.now)
    return Entry(
        title=title,
        text=text,
        id=clean_line(_string(node, "id"), fields.MAX_ID) or None,
        url=url,
        publisher=_title(_child(node, "source")) or None,
        author=_author(node) or _author(source.feed),
        published=published,
        day_only=day_only,
        updated=_updated(node, source),
        categories=fields.labels(tag.get("label") or tag.get("term") for tag in _nodes(node, "tags")),
        language=_language(node) or fields.language(source.feed.get("language")),
        rights=_rights(node) or _rights(source.feed),
        enclosures=fields.enclosures(_files(node), source.base_url),
    )


def _address(node: Node, base_url: str) -> str | None:
    """Return the article's own address, which FeedBurner keeps beside its click counter's."""
    raw = (_string(node, "feedburner_origlink"), _string(node, "link"))
    return next((url for url in (clean_url(link, base_url) for link in raw) if url), None)


def _files(node: Node) -> Iterator[tuple[Any, Any, Any]]:
    for link in _nodes(node, "links"):
        if link.get("rel") == "enclosure":
            yield link.get("href"), link.get("type"), link.get("length")
    for media in _nodes(node, "media_content"):
        yield media.get("url"), media.get("type"), media.get("filesize")


def _title(node: Node) -> str:
    """Return a title as text: escaped markup in it is read once, as its document declares."""
    raw = _string(node, "title")
    detail = _child(node, "title_detail")
    return fields.plain(raw, 1_000) if detail.get("type") in _HTML_TYPES else clean_line(raw)


def _bodies(node: Node) -> Iterator[fields.Body]:
    for detail in (*_nodes(node, "content"), _child(node, "summary_detail")):
        value = _string(detail, "value")
        if value:
            is_html = detail.get("type") in _HTML_TYPES or fields.looks_like_html(value)
            yield fields.Body(value, is_html)


def _published(node: Node, now: datetime) -> tuple[datetime | None, bool]:
    """Return the date of publication, else the only date that the entry has."""
    # `in` and not `get`: feedparser gives `published` where `updated` is missing.
    dates = (fields.date_of(node[key], now) for key in ("published", "created", "updated") if key in node)
    return next((date for date in dates if date[0]), (None, False))


def _updated(node: Node, source: _Source) -> datetime | None:
    """Return the date of the last change; outside Atom, an only date tells when an item was published."""
    if "updated" not in node or not ("published" in node or source.is_atom):
        return None
    return fields.date_of(node["updated"], source.now)[0]


def _is_settled(node: Node, entry: Entry | None, now: datetime) -> bool:
    """Tell whether no date of an entry lies ahead: one does that is not trusted yet."""
    if entry is None:
        return True
    dates = [date for date in (entry.published, entry.updated) if date]
    dated = any(key in node for key in ("published", "created", "updated"))
    return max(dates) <= now if dates else not dated


def _rights(node: Node) -> str | None:
    return fields.plain(_string(node, "rights"), fields.MAX_BYLINE) or None


def _author(node: Node) -> str | None:
    authors = _nodes(node, "authors")
    # One author is taken as written: feedparser cuts mail addresses at the fourth letter of their domain.
    names = [_string(author, "name") for author in authors] if len(authors) > 1 else [_string(node, "author")]
    return fields.byline(names)


def _language(node: Node) -> str | None:
    details = (_child(node, "title_detail"), *_nodes(node, "content"), _child(node, "summary_detail"))
    declared = (fields.language(_string(holder, "language")) for holder in (node, *details))
    return next((tag for tag in declared if tag), None)


# --- the feed -----------------------------------------------------------------------------------------


def _seconds_between_polls(feed: Node) -> float | None:
    """Return the longest interval that the feed asks for: `ttl` in minutes, or the syndication module's."""
    period = _PERIODS.get(_string(feed, "sy_updateperiod").strip().lower(), 0)
    frequency = _number(feed, "sy_updatefrequency") or 1.0
    seconds = max(60 * _number(feed, "ttl"), period / frequency)
    return min(seconds, _LONGEST) if seconds > 0 else None


def _skipped(text: str, unit: str, known: Mapping[str, int]) -> tuple[int, ...]:
    """Return the hours or days in which an RSS feed asks not to be asked; feedparser keeps only the last.

    All of them would be never: then it asks for nothing sensible, and none counts.
    """
    found: set[int] = set()
    for block in islice(_SKIPPED[unit].finditer(text[:_CHANNEL]), 2):
        values = _VALUE[unit].findall(block[1])
        found |= {known[value.lower()] for value in values if value.lower() in known}
    return tuple(sorted(found)) if len(found) < len(set(known.values())) else ()


def _number(feed: Node, key: str) -> float:
    raw = _string(feed, key).strip()
    return float(raw[:9]) if raw.isascii() and raw.isdigit() else 0.0


def _related(relation: str, feed: Node, headers: Mapping[str, str], url: str) -> str | None:
    """Return the address that the document, else the HTTP header, relates to the feed."""
    named = [link.get("href") for link in _nodes(feed, "links") if link.get("rel") == relation]
    for target, parameters in _LINK_HEADER.findall(headers.get("link", "")[:16_384]):
        rel = _RELATION.search(parameters)
        if rel and relation in rel[1].lower().split():
            named.append(target)
    return next((address for address in (clean_url(href or "", url) for href in named) if address), None)


# --- feedparser's dictionaries ------------------------------------------------------------------------


def _string(node: Node, key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _child(node: Node, key: str) -> Node:
    value = node.get(key)
    return value if isinstance(value, Mapping) else {}


def _nodes(node: Node, key: str) -> list[Node]:
    value = node.get(key)
    return [child for child in value if isinstance(child, Mapping)] if isinstance(value, list) else []
