"""What a saved page says about itself for machines: JSON-LD, meta elements, microdata, links."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import html

from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of, when

ARTICLES = frozenset(
    (
        "NewsArticle Article BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNews"
        "Article BackgroundNewsArticle ReviewNewsArticle LiveBlogPosting Report SocialMediaPo"
        "sting TechArticle ScholarlyArticle AdvertiserContentArticle"
    ).split()
)
MAX_NODES = 10_000  # objects of JSON-LD looked at
META = {  # field: names or properties of meta elements, the best first
    "title": (
        "og:title",
        "twitter:title",
        "dc.title",
        "dcterms.title",
        "headline",
        "parsely-title",
        "sailthru.title",
    ),
    "url": ("og:url", "parsely-link"),
    "publisher": (
        "og:site_name",
        "dc.publisher",
        "dcterms.publisher",
        "publisher",
        "application-name",
        "citation_publisher",
    ),
    "author": (
        "author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "byl",
        "article:author",
        "citation_author",
    ),
    "published": (
        "article:published_time",
        "datepublished",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
        "parsely-pub-date",
        "sailthru.date",
        "pubdate",
        "publishdate",
        "publish-date",
        "dc.date",
        "dcterms.date",
        "date",
        "og:published_time",
        "citation_publication_date",
    ),
    "updated": (
        "article:modified_time",
        "datemodified",
        "og:updated_time",
        "dcterms.modified",
        "last-modified",
    ),
    "language": ("og:locale", "content-language", "dc.language"),
    "rights": ("copyright", "dc.rights", "dcterms.rights"),
}
LABELS = ("article:section", "article:tag", "news_keywords", "parsely-tags", "sailthru.tags")


def page_draft(tree: html.HtmlElement) -> Draft:
    """Return what a page says about its one article, as far as it says it; the text may be missing."""
    stated = [json_ld(tree), _from_meta(tree), _from_microdata(tree)]
    values: dict[str, Any] = {}
    for source in stated:
        for field, value in source.items():
            if value not in (None, "", [], ()):
                values.setdefault(field, value)
    return draft_of(values)


def is_article(tree: html.HtmlElement) -> bool:
    """Tell whether a page says that it is about one article."""
    return (_meta(tree).get("og:type") or [""])[0].lower() == "article" or bool(json_ld(tree))


def json_ld(tree: html.HtmlElement) -> dict[str, Any]:
    """Return the fields of the first article that the page's JSON-LD describes."""
    scripts = tree.xpath("//script[contains(@type, 'ld+json')]")
    nodes = (node for script in scripts for node in _nodes(_parsed(script.text_content())))
    article = next((node for node in nodes if _types(node) & ARTICLES), None)
    if article is None:
        return {}
    page = article.get("mainEntityOfPage")
    return {
        "title": article.get("headline") or article.get("name"),
        "text": article.get("articleBody"),
        "url": article.get("url")
        or (page.get("@id") or page.get("url") if isinstance(page, Mapping) else page),
        "publisher": article.get("publisher") or article.get("sourceOrganization"),
        "author": article.get("author") or article.get("creator"),
        "published": article.get("datePublished") or article.get("dateCreated"),
        "updated": article.get("dateModified"),
        "categories": _flat(article.get("articleSection")) + _flat(article.get("keywords")),
        "language": article.get("inLanguage"),
    }


def _flat(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part for part in value.split(",") if part.strip()]
    return list(value) if isinstance(value, list) else []


def _parsed(text: str) -> Any:
    try:
        return json.loads(text.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON-LD document, wherever @graph or lists keep them."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop(0)
        seen += 1
        if isinstance(node, list):
            waiting = node[:MAX_NODES] + waiting
        elif isinstance(node, Mapping):
            yield node
            waiting += [
                node[key] for key in ("@graph", "mainEntity", "itemListElement", "item") if key in node
            ]


def _types(node: Mapping[str, Any]) -> set[str]:
    kind = node.get("@type")
    return {str(k).rsplit("/", 1)[-1] for k in (kind if isinstance(kind, list) else [kind])}


def _meta(tree: html.HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]"):
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
            or ""
        )
        if content := element.get("content", "").strip():
            found.setdefault(name.lower(), []).append(content)
    return found


def _from_meta(tree: html.HtmlElement) -> dict[str, Any]:
    meta = _meta(tree)
    values: dict[str, Any] = {
        field: next((text for name in names for text in meta.get(name, ()) if _fits(field, text)), None)
        for field, names in META.items()
    }
    values["categories"] = [label for name in LABELS for text in meta.get(name, ()) for label in _flat(text)]
    canonical = tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")
    values["url"] = next(iter(canonical), None) or values["url"]
    values["language"] = tree.get("lang") or values["language"]
    return values


def _fits(field: str, text: str) -> bool:
    if field == "author":
        return not text.startswith(("http:", "https:"))  # OpenGraph's article:author is a profile's address
    return field not in {"published", "updated"} or when(text) is not None


def _from_microdata(tree: html.HtmlElement) -> dict[str, Any]:
    """Return microdata of the article, and the marked-up times of HTML itself."""
    names = {"title": "headline", "published": "datePublished", "updated": "dateModified", "author": "author"}
    values: dict[str, Any] = {}
    for field, name in names.items():
        element = next(iter(tree.xpath(f"//*[@itemprop='{name}']")), None)
        if element is not None:
            values[field] = (
                element.get("content") or element.get("datetime") or " ".join(element.text_content().split())
            )
    return values
