"""What a document is, told from its beginning: feeds go on, for all else there is advice."""

import re
from html import unescape

from aggregator.core.clean import clean_line, clean_url
from aggregator.errors import DocumentError

_BINARY = (  # first bytes, and what such a document is
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "compressed without saying so"),
)
_PROLOGUE = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?P<doctype>[^\[>]*)(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_FEEDS = frozenset(("rss", "feed", "rdf"))
_PAGE = frozenset(
    ("html", "head", "body", "div", "p", "script", "meta", "title", "h1", "center", "font", "table")
)
_FEED = frozenset(("rss", "feed", "rdf"))
_ADVICE = {  # root elements that people take for feeds
    "opml": "is an OPML list of feeds, not a feed; import it with `aggregator feeds import`",
    "urlset": "is a sitemap, not a feed; look for the site's RSS or Atom address",
    "sitemapindex": "is a sitemap, not a feed; look for the site's RSS or Atom address",
    "opensearchdescription": "describes a search, not a feed; look for the site's RSS or Atom address",
    "error": "is an error message in XML, not a feed; open the address in a browser to read it",
    "svg": "is a picture, not a feed; check the address",
}
_LINK = re.compile(r"<link\b[^>]{0,2000}>", re.IGNORECASE)
_BASE = re.compile(r"<base\b[^>]{0,2000}>", re.IGNORECASE)
_ALTERNATE = re.compile(r"""\brel\s*=\s*["']?[^"'>]{0,100}\balternate\b""", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b|kommentare|commentaires|comentarios|댓글", re.IGNORECASE)
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)


def root_of(text: str) -> str:
    """Return the name of the root element in lower case, without its prefix; empty where there is none."""
    start, doctype = prologue(text)
    match = _ROOT.match(text, start)
    if not match:
        return ""
    root = str(match[1]).lower()
    if root in _FEED:  # some generators put a page's DOCTYPE before their feed
        return root
    return "html" if doctype.strip().lower().startswith("html") else root


def prologue(text: str) -> tuple[int, str]:
    """Return where the root element starts, and what the last DOCTYPE before it says."""
    at, doctype = 0, ""
    while part := _PROLOGUE.match(text, at):
        at, doctype = part.end(), part["doctype"] or doctype
    return at, doctype


def refuse_binary(body: bytes, url: str) -> None:
    """Raise DocumentError where a document has no text."""
    if not body.strip(b"\0 \t\r\n"):
        raise DocumentError(
            url, "is empty: the server sent no document; check the address, or try again later"
        )
    if kind := next((kind for magic, kind in _BINARY if body.startswith(magic)), None):
        raise DocumentError(url, f"is {kind}, not a feed; check the address")


def refuse_non_feed(text: str, url: str) -> None:
    """Raise DocumentError where a document shows that it is something else than a feed; say what to do."""
    root = root_of(text)
    if root in _PAGE:
        raise DocumentError(url, f"is a web page, not a feed; {_feed_named_in(text, url)}")
    if root in _ADVICE:
        raise DocumentError(url, _ADVICE[root])


def unreadable(text: str, url: str) -> DocumentError:
    """Return the error for a document that gave neither a feed nor a hint of what it is."""
    if (root := root_of(text)) in _FEEDS:
        reason = "is broken from its first tag on; tell its publisher"
    elif root:
        reason = f"is XML that begins with <{root[:40]}>, not RSS or Atom; check the address"
    else:
        reason = f"is no feed; it begins with “{clean_line(text[:200], 60)}”; check the address"
    return DocumentError(url, reason)


def _feed_named_in(page: str, url: str) -> str:
    named = feeds_named_in(page, url)
    if named:
        return f"use the feed that the page names: {named[0]}"
    return "look on it for an RSS or Atom link and use that address"


def feeds_named_in(page: str, url: str) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page names, in its order, those of comments last.

    url: the page's own address; what is relative starts at the page's <base>, else there.
    """
    head = page[:200_000]
    base = _BASE.search(head)
    start = clean_url(_href(base[0]), url) if base else None
    links = [link for link in _LINK.findall(head) if _FEED_TYPE.search(link) and _ALTERNATE.search(link)]
    links.sort(key=lambda link: bool(_COMMENTS.search(link)))
    found = (clean_url(_href(link), start or url) for link in links)
    return tuple(dict.fromkeys(feed for feed in found if feed and feed != clean_url(url)))


def _href(tag: str) -> str:
    href = _HREF.search(tag)
    return unescape(href[1] or href[2] or href[3] or "") if href else ""
