"""What feed validators look for, by format: the rules of RFC 4287, RSS 2.0 with its profile, JSON Feed 1.1.

Each rule yields a sentence where a document goes against it. One warning of the W3C's validator is left out
on purpose: entries of one `updated`. What one refresh publishes was published at one time.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import fragments_fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RELATIONS = {"alternate", "self", "related", "enclosure", "via", "hub"} | {  # IANA's, as far as we use them
    "current",
    "prev-archive",
    "next-archive",
}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", re.ASCII)
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MEDIA = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
UNSAFE = {"script", "style", "iframe", "object", "embed", "form", "meta", "link"}
AHEAD = timedelta(days=1)  # a date further in the future is implausible


def faults(body: bytes, content_type: str, address: str, now: datetime) -> list[str]:
    """Return what a validator would say of a document that was served at an address."""
    media, _, parameters = content_type.partition(";")
    found = [] if parameters.strip() == "charset=utf-8" else [f"served with {content_type!r}"]
    if media == "application/feed+json":
        return found + list(_json_feed(json.loads(body), address, now))
    root = etree.fromstring(body)
    if not body.startswith(
        (b'<?xml version="1.0" encoding="utf-8"', b"<?xml version='1.0' encoding='utf-8'")
    ):
        found.append("does not name its encoding")
    if media == "application/atom+xml" and root.tag == f"{ATOM}feed":
        return found + list(_atom(root, address, now))
    if media == "application/rss+xml" and root.tag == "rss":
        return found + list(_rss(root, address, now))
    return [*found, f"{root.tag} served as {media}"]


# ---- Atom


def _atom(feed: etree._Element, address: str, now: datetime) -> Iterator[str]:
    yield from _atom_part(feed, now, ("id", "title", "updated", "author"))
    yield from _same("self", [link.get("href") for link in _links(feed, "self")], [address])
    yield from _repeated("entry id", [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")])
    if not feed.get("{http://www.w3.org/XML/1998/namespace}lang"):
        yield "no xml:lang"
    for entry in feed.iterfind(f"{ATOM}entry"):
        yield from _atom_part(entry, now, ("id", "title", "updated"))
        if entry.find(f"{ATOM}content") is None and not _links(entry, "alternate"):
            yield "an entry without content and alternate link"
        for content in entry.iterfind(f"{ATOM}content"):
            yield from _html(content.text or "") if content.get("type") == "html" else ["content is not HTML"]
        for source in entry.iterfind(f"{ATOM}source"):
            yield from _atom_part(source, now, ("id", "title", "updated"))


def _atom_part(part: etree._Element, now: datetime, needed: tuple[str, ...]) -> Iterator[str]:
    for name in needed:
        if len(part.findall(f"{ATOM}{name}")) != 1:
            yield f"not one {name}"
    for name in ("id", "icon"):
        yield from (
            f"{name} {x.text!r} is not absolute" for x in part.iterfind(f"{ATOM}{name}") if not _iri(x.text)
        )
    for name in ("title", "summary", "rights"):
        yield from _plain(name, part.findtext(f"{ATOM}{name}"), part.find(f"{ATOM}{name}"))
    for name in ("updated", "published"):
        yield from (fault for x in part.iterfind(f"{ATOM}{name}") for fault in _rfc3339(x.text, now))
    for person in (*part.iterfind(f"{ATOM}author"), *part.iterfind(f"{ATOM}contributor")):
        if not (person.findtext(f"{ATOM}name") or "").strip():
            yield "a person without a name"
    for category in part.iterfind(f"{ATOM}category"):
        if not category.get("term") or (category.get("scheme") and not _iri(category.get("scheme"))):
            yield "a category without term, or with a relative scheme"
    yield from _atom_links(part)


def _atom_links(part: etree._Element) -> Iterator[str]:
    links = part.findall(f"{ATOM}link")
    for link in links:
        if not _iri(link.get("href")) or link.get("rel") not in RELATIONS:
            yield f"link {dict(link.attrib)} is not absolute, or relates in no registered way"
        if link.get("rel") != "hub" and not MEDIA.fullmatch(link.get("type") or "text/html"):
            yield f"link {dict(link.attrib)} has no media type"
    kinds = [(link.get("type"), link.get("hreflang")) for link in _links(part, "alternate")]
    yield from _repeated("kind of alternate", kinds)


def _links(part: etree._Element, relation: str) -> list[etree._Element]:
    return [link for link in part.iterfind(f"{ATOM}link") if link.get("rel") == relation]


# ---- RSS


def _rss(root: etree._Element, address: str, now: datetime) -> Iterator[str]:
    channel = root.find("channel")
    if root.get("version") != "2.0" or len(root.findall("channel")) != 1:
        yield "not one channel of RSS 2.0"
    for name in ("title", "link", "description"):
        if len(channel.findall(name)) != 1 or not channel.findtext(name).strip():
            yield f"not one {name}"
    if not _iri(channel.findtext("link")) or not LANGUAGE.fullmatch(channel.findtext("language") or ""):
        yield "the channel's link or language"
    yield from _same("self", [link.get("href") for link in _links(channel, "self")], [address])
    yield from _rfc822(channel.findtext("lastBuildDate"), now)
    yield from _plain("title", channel.findtext("title"))
    yield from _repeated("guid", [item.findtext("guid") for item in channel.iterfind("item")])
    for item in channel.iterfind("item"):
        yield from _rss_item(item, now)


def _rss_item(item: etree._Element, now: datetime) -> Iterator[str]:
    yield from _repeated(
        "element", [child.tag for child in item if child.tag not in ("category", "enclosure")]
    )
    if not (item.findtext("title") or item.findtext("description")):
        yield "an item with neither title nor description"
    yield from _plain("title", item.findtext("title"))
    if not _iri(item.findtext("link")):
        yield f"item link {item.findtext('link')!r}"
    guid = item.find("guid")
    if guid is None or not guid.text or (guid.get("isPermaLink") != "false" and not _web(guid.text)):
        yield "an item without guid, or with one that is no address but says so"
    if item.find("pubDate") is not None:
        yield from _rfc822(item.findtext("pubDate"), now)
    if item.find("author") is not None and "@" not in item.findtext("author"):
        yield "an author who is no mail address"
    for name in ("description", CONTENT):
        yield from _html(item.findtext(name) or "")
    for file in item.iterfind("enclosure"):
        if (
            not _web(file.get("url"))
            or not file.get("length", "").isdigit()
            or not MEDIA.fullmatch(file.get("type"))
        ):
            yield f"enclosure {dict(file.attrib)}"
    yield from (f"source {x.get('url')!r}" for x in item.iterfind("source") if not _web(x.get("url")))


# ---- JSON Feed


def _json_feed(feed: dict[str, Any], address: str, now: datetime) -> Iterator[str]:
    if feed.get("version") != "https://jsonfeed.org/version/1.1" or not feed.get("title"):
        yield "no version or title"
    yield from _same("feed_url", [feed.get("feed_url")], [address])
    yield from _repeated("id", [item.get("id") for item in feed["items"]])
    yield from _json_part(feed, ("home_page_url", "icon", "favicon"))
    yield from ("a hub" for hub in feed.get("hubs", ()) if not (hub.get("type") and _web(hub.get("url"))))
    for item in feed["items"]:
        if not isinstance(item.get("id"), str) or not item["id"]:
            yield f"id {item.get('id')!r} is no string"
        if not any(isinstance(item.get(name), str) for name in ("content_html", "content_text")):
            yield "an item without content"
        yield from _json_part(item, ("url", "external_url", "image"))
        yield from _html(item.get("content_html", ""))
        for name in ("date_published", "date_modified"):
            yield from _rfc3339(item[name], now) if name in item else ()


def _json_part(part: dict[str, Any], addresses: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{name} {part[name]!r}" for name in addresses if name in part and not _web(part[name]))
    yield from (f"{name} is null" for name, value in part.items() if value is None)
    authors = part.get("authors", [])
    if not all(set(author) & {"name", "url", "avatar"} for author in authors):
        yield "an author without name, address or picture"
    if "language" in part and not LANGUAGE.fullmatch(part["language"]):
        yield f"language {part['language']!r}"
    yield from (f"tag {tag!r}" for tag in part.get("tags", ()) if not (isinstance(tag, str) and tag))
    for file in part.get("attachments", ()):
        if not _web(file.get("url")) or not MEDIA.fullmatch(file.get("mime_type", "")):
            yield f"attachment {file}"


# ---- what all have


def _same(what: str, found: list[Any], wanted: list[Any]) -> Iterator[str]:
    if found != wanted:
        yield f"{what} is {found}, not {wanted}"


def _repeated(what: str, values: list[Any]) -> Iterator[str]:
    yield from (f"{what} {value!r} stands there {n} times" for value, n in Counter(values).items() if n > 1)


def _iri(text: str | None) -> bool:
    return (
        bool(text)
        and text == text.strip()
        and bool(re.match(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+$", text, re.IGNORECASE))
    )


def _web(text: str | None) -> bool:
    return _iri(text) and urlsplit(str(text)).scheme in ("http", "https") and bool(urlsplit(str(text)).netloc)


def _plain(name: str, text: str | None, element: etree._Element | None = None) -> Iterator[str]:
    """Tell of a text that is shown as it is: markup in it would be seen, or an entity that was left."""
    if element is not None and element.get("type") not in (None, "text"):
        return
    if text is not None and (not text.strip() or re.search(r"</[a-z]+>|<br|&(amp|lt|gt|quot|#\d+);", text)):
        yield f"{name} {text!r} is empty or holds markup"


def _rfc3339(text: str | None, now: datetime) -> Iterator[str]:
    if not TIMESTAMP.fullmatch(text or ""):
        yield f"{text!r} is no date of RFC 3339"
    elif datetime.fromisoformat(str(text)) > now + AHEAD:
        yield f"{text} is not plausible"


def _rfc822(text: str | None, now: datetime) -> Iterator[str]:
    if not RFC822.fullmatch(text or ""):
        yield f"{text!r} is no date of RFC 822 with four digits for the year"
        return
    when = parsedate_to_datetime(str(text))
    if when > now + AHEAD or f"{when:%a}" != str(text)[:3]:
        yield f"{text} is not plausible, or no such day of the week"


def _html(text: str) -> Iterator[str]:
    for part in fragments_fromstring(text):
        if isinstance(part, str):
            continue
        for element in part.iter(etree.Element):
            if element.tag in UNSAFE or any(
                name.startswith("on") or name == "style" for name in element.attrib
            ):
                yield f"<{element.tag} {dict(element.attrib)}> is a risk"
            for name in ("href", "src"):
                if element.get(name) is not None and not _iri(element.get(name)):
                    yield f"{name}={element.get(name)!r} is relative"
