"""RSS, RDF and Atom -> entries, through feedparser; its dictionaries end here."""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import feedparser

from aggregator.core.clean import clean_line, clean_url, html_to_text
from aggregator.core.parse.item import MAX_ENTRIES, Item, distinct, entry_of, language_tag, written
from aggregator.core.parse.kind import unreadable
from aggregator.core.parse.xml import well_formed
from aggregator.errors import DocumentError
from aggregator.model import ParsedFeed

UPDATE_PERIODS = {  # sy:updatePeriod (RSS 1.0 Syndication module) -> seconds
    "hourly": 3_600.0,
    "daily": 86_400.0,
    "weekly": 604_800.0,
    "monthly": 2_592_000.0,
    "yearly": 31_536_000.0,
}
LONGEST_TTL = 604_800.0  # seconds; whoever asks for more did not mean it

Dict = Mapping[str, Any]


def read_xml(text: str, headers: Mapping[str, str], url: str, now: datetime) -> ParsedFeed:
    """Read a feed; raises DocumentError where feedparser finds none in it."""
    document = _parse(text, headers, url)
    feed: Dict = document.feed
    base = clean_url(str(feed.get("link") or ""), url) or url
    if not document.entries and not document.version:
        raise unreadable(text, url)
    items = (_item(raw, base, feed) for raw in document.entries[:MAX_ENTRIES])
    entries = distinct(entry for item in items if (entry := entry_of(item, now)))
    links = [link for link in feed.get("links") or () if link.get("href")]
    return ParsedFeed(
        title=clean_line(html_to_text(str(feed.get("title") or ""))) or None,
        entries=entries,
        language=language_tag(str(feed.get("language") or "")),
        link=clean_url(str(feed.get("link") or ""), url),
        ttl=_ttl(feed),
        hub=next(iter(_of_rel(links, "hub", url)), None),
        self_url=next(iter(_of_rel(links, "self", url)), None),
    )


def _parse(text: str, headers: Mapping[str, str], url: str) -> Any:
    known = {
        "content-type": "application/xml; charset=utf-8",  # decoded already
        "content-location": headers.get("content-location") or url,
    }
    try:
        # Always a stream: given bytes that look like a path or an address, feedparser opens it.
        stream = io.BytesIO(well_formed(text).encode("utf-8", "replace"))
        return feedparser.parse(
            stream, response_headers=known, sanitize_html=False, resolve_relative_uris=False
        )
    except RecursionError as error:
        raise DocumentError(url, "is nested too deeply to be a feed; check the address") from error
    except (
        Exception
    ) as error:  # feedparser raises what its parts raise: LookupError, ValueError, AssertionError …
        raise DocumentError(url, f"cannot be parsed ({type(error).__name__}); check the address") from error


def _item(raw: Dict, base: str, feed: Dict) -> Item:
    own_base = _base(raw, base)
    source = raw.get("source") or {}
    return Item(
        title=str(raw.get("title") or ""),
        title_is_html=_is_html(raw.get("title_detail")),
        bodies=tuple(_bodies(raw)),
        id=str(raw.get("id") or ""),
        links=tuple(_links(raw)),
        base=own_base,
        publisher=str(source.get("title") or ""),
        author=str(raw.get("author") or feed.get("author") or ""),
        published=tuple(_dates(raw, "published")),
        updated=tuple(_dates(raw, "updated")),
        categories=tuple(str(tag.get("label") or tag.get("term") or "") for tag in raw.get("tags") or ()),
        language=str((raw.get("title_detail") or {}).get("language") or ""),
        rights=str(raw.get("rights") or feed.get("rights") or ""),
    )


def _is_html(detail: Dict | None) -> bool:
    """Say whether a title may hold markup: RSS does not tell, and feedparser calls plain what has none."""
    return (detail or {}).get("type") != "text/plain"


def _base(raw: Dict, base: str) -> str:
    details = (raw.get("content") or [{}])[0], raw.get("summary_detail") or {}, raw.get("title_detail") or {}
    return next((clean_url(str(d["base"])) or base for d in details if d.get("base")), base)


def _bodies(raw: Dict) -> Iterator[str]:
    for content in raw.get("content") or ():
        if str(content.get("type") or "text/html").startswith(("text/", "application/xhtml")):
            yield _as_html(content)
    yield _as_html(raw.get("summary_detail") or {"value": raw.get("summary") or ""})
    yield str(raw.get("media_description") or "")


def _as_html(detail: Dict) -> str:
    value = str(detail.get("value") or "")
    if detail.get("type") != "text/plain":
        return value
    # Text that says it is plain: what looks like markup in it is meant to be seen.
    return value.replace("&", "&amp;").replace("<", "&lt;")


def _links(raw: Dict) -> Iterator[str]:
    """Yield addresses of the page: alternates (HTML first), the guid where it is one, any other."""
    links = [link for link in raw.get("links") or () if link.get("href")]
    alternates = [link for link in links if link.get("rel", "alternate") == "alternate"]
    alternates.sort(key=lambda link: "html" not in str(link.get("type") or "text/html"))
    yield from (str(link["href"]) for link in alternates)
    if raw.get("link"):
        yield str(raw["link"])
    if raw.get("guidislink") and raw.get("id"):
        yield str(raw["id"])


def _dates(raw: Dict, name: str) -> Iterator[str]:
    """Yield a date as feedparser read it, and as it was written; only one the document really has.

    feedparser's `updated` stands for `published` where that is missing: `in` tells, `get` does not.
    """
    if name in raw:
        yield written(raw.get(f"{name}_parsed"))
        yield str(raw.get(name) or "")


def _of_rel(links: list[Any], rel: str, url: str) -> Iterator[str]:
    for link in links:
        if link.get("rel") == rel and (cleaned := clean_url(str(link["href"]), url)):
            yield cleaned


def _ttl(feed: Dict) -> float | None:
    """Return the seconds between polls that the feed asks for: ttl (minutes), else sy:updatePeriod."""
    try:
        if seconds := 60 * float(feed.get("ttl") or 0):
            return min(max(seconds, 0.0), LONGEST_TTL) or None
        period = UPDATE_PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
        times = max(float(feed.get("sy_updatefrequency") or 1), 1.0)
    except (TypeError, ValueError):
        return None
    return min(period / times, LONGEST_TTL) if period else None
