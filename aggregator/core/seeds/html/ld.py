"""JSON-LD: what a page's schema.org data say about its article, in all the shapes that sites give it."""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from lxml import html

ARTICLES = frozenset(
    (
        "NewsArticle Article BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNews"
        "Article BackgroundNewsArticle ReviewNewsArticle AskPublicNewsArticle SatiricalArticle "
        "LiveBlogPosting Report SocialMediaPosting TechArticle ScholarlyArticle "
        "AdvertiserContentArticle DiscussionForumPosting"
    ).split()
)
PAGES = frozenset("WebPage ItemPage AboutPage MedicalWebPage".split())
SITES = (
    "NewsMediaOrganization",
    "WebSite",
    "Organization",
    "Blog",
)  # whose name is the site's, the best first
DOWN = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "blogPost", "hasPart")
MAX_NODES = 10_000  # objects of JSON-LD looked at
MAX_DEPTH = 4  # of a reference to a reference
TRAILING_COMMA = re.compile(r",(?=\s*+[}\]])")
WRAPPING = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*;?\s*$")
# What templates leave where they had nothing to fill in.
UNFILLED = re.compile(r"\{\{|\}\}|\{%|<%|^\[[\w-]+\]$|^(?:null|undefined|none|n/a)$", re.IGNORECASE)

Node = Mapping[str, Any]


class Graph:
    """The objects of a page's JSON-LD, with references resolved on demand."""

    def __init__(self, tree: html.HtmlElement) -> None:
        scripts = tree.xpath("//script[contains(@type, 'ld+json')]")
        self.nodes = [node for script in scripts for node in _nodes(_parsed(script.text_content()))]
        self._by_id: dict[str, Node] = {}
        for node in self.nodes:
            if len(node) > 1 and isinstance(node.get("@id"), str):
                self._by_id.setdefault(node["@id"], node)

    def articles(self) -> list[Node]:
        """Return the articles that the page describes."""
        return [node for node in self.nodes if types(node) & ARTICLES]

    def page(self) -> Node | None:
        """Return what it says about the page itself."""
        return next((node for node in self.nodes if types(node) & PAGES), None)

    def site(self) -> str | None:
        """Return the site's name."""
        for kind in SITES:
            for node in self.nodes:
                if kind in types(node) and (name := text_of(node.get("name"))):
                    return name
        return None

    def names(self, value: Any, depth: int = 0) -> list[str]:
        """Return the names in a list, an object, a reference or a text."""
        if isinstance(value, list):
            return [name for item in value[:50] for name in self.names(item, depth + 1)] if depth < 3 else []
        if isinstance(value, Mapping):
            node = self._by_id.get(str(value.get("@id")), value) if "name" not in value else value
            parts = " ".join(text_of(node.get(key)) or "" for key in ("givenName", "familyName")).strip()
            named = node.get("name") or parts or node.get("alternateName")
            return self.names(named, depth + 1) if depth < MAX_DEPTH else []
        text = text_of(value)
        if text in self._by_id and depth < MAX_DEPTH:
            return self.names(self._by_id[text], depth + 1)
        return [text] if text and not text.startswith(("http:", "https:")) else []


def types(node: Node) -> set[str]:
    """Return an object's types without the vocabulary's address."""
    kind = node.get("@type")
    return {
        str(k).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for k in (kind if isinstance(kind, list) else [kind])
    }


def text_of(value: Any) -> str | None:
    """Return a text as it is meant: references to characters decoded; None where a template left a gap."""
    if isinstance(value, Mapping):
        value = value.get("@value")
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    if not isinstance(value, str):
        return None
    text = unescape(value).strip() if "&" in value[:10_000] else value.strip()
    return None if not text or UNFILLED.search(text[:100]) else text


def address_of(value: Any) -> str | None:
    """Return the address that a text or an object gives."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("@id") or value.get("url")
    return value.strip() if isinstance(value, str) and value.strip() else None


def facts(graph: Graph, article: Node) -> dict[str, Any]:
    """Return what an article's object says, by the names of our fields."""
    return {
        "title": text_of(article.get("headline")) or text_of(article.get("name")),
        "text": text_of(article.get("articleBody")),
        "url": address_of(article.get("url")) or address_of(article.get("mainEntityOfPage")),
        "publisher": _first(graph.names(article.get("publisher") or article.get("sourceOrganization"))),
        "author": graph.names(article.get("author") or article.get("creator")),
        "published": text_of(article.get("datePublished")) or text_of(article.get("dateCreated")),
        "updated": text_of(article.get("dateModified")),
        "categories": [
            label
            for key in ("articleSection", "keywords")
            for name in graph.names(article.get(key))
            for label in re.split(r"\s*[,;，、]\s*", name)
        ],
        "language": text_of(article.get("inLanguage")),
    }


def _first(found: list[str]) -> str | None:
    return found[0] if found else None


def _parsed(text: str) -> Any:
    """Return the JSON of a script, also where it has what JavaScript allows and JSON does not."""
    bare = WRAPPING.sub("", WRAPPING.sub("", text.strip())).strip().rstrip(";")
    for repaired in (bare, TRAILING_COMMA.sub("", bare), unescape(bare) if "&quot;" in bare else ""):
        try:
            return json.loads(repaired, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[Node]:
    """Yield the objects of a JSON-LD document in order, wherever @graph or lists keep them."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, list):
            waiting += reversed(node[:MAX_NODES])
        elif isinstance(node, Mapping):
            yield node
            waiting += [node[key] for key in reversed(DOWN) if isinstance(node.get(key), list | dict)]
