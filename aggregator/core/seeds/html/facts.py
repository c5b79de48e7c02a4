"""What a saved page says about itself for machines: JSON-LD, meta elements, microdata, RDFa, links."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import draft_of, when
from aggregator.core.seeds.html import ld as json_ld
from aggregator.core.seeds.html.blocks import path_of
from aggregator.core.seeds.html.tree import one_line
from aggregator.core.seeds.lines import fold

META = {  # field: names or properties of meta elements, the best first
    "title": (
        "og:title twitter:title dc.title dcterms.title headline parsely-title sailthru.title "
        "citation_title hdl cxenseparse:title"
    ),
    "url": "og:url parsely-link citation_public_url dc.identifier twitter:url cxenseparse:url",
    "publisher": (
        "og:site_name dc.publisher dcterms.publisher citation_publisher citation_journal_title publisher "
        "application-name apple-mobile-web-app-title cxenseparse:recs:publisher source copyright-holder"
    ),
    "author": (
        "author dc.creator dcterms.creator parsely-author sailthru.author byl byline article:author "
        "og:article:author citation_author article.author cxenseparse:author dc.contributor "
        "twitter:creator:name"
    ),
    "published": (
        "article:published_time og:article:published_time article:published datepublished "
        "parsely-pub-date sailthru.date cxenseparse:recs:publishtime citation_publication_date "
        "citation_online_date dc.date.issued dcterms.issued dc.date.created dcterms.created publication_date "
        "publish_date publish-date publishdate published_time pubdate pub_date ptime article.published "
        "og:published_time og:pubdate dc.date dcterms.date date.issued dcterms.available date "
        "rnews:datepublished "
        "article_date_original originalpublicationdate sf_publication_date"
    ),
    "updated": (
        "article:modified_time og:article:modified_time datemodified og:updated_time dcterms.modified "
        "dc.date.modified last-modified revised"
    ),
    "language": "og:locale content-language dc.language dcterms.language language",
    "rights": "copyright dc.rights dcterms.rights",
}
LABELS = (
    "article:section og:article:section article:tag og:article:tag news_keywords parsely-section "
    "parsely-tags "
    "sailthru.tags citation_keywords dc.subject dcterms.subject section article.section keywords"
).split()
PROFILE = re.compile(r"^(?:https?:|www\.|@)|\.(?:com|net|org)/", re.IGNORECASE)
ITEM_FIELDS = {  # of microdata and RDFa
    "title": "headline",
    "published": "datePublished dc:created dcterms:created dc:date dcterms:date dateCreated",
    "updated": "dateModified",
    "publisher": "publisher",
    "url": "mainEntityOfPage",
}
WRITTEN_BY = re.compile(
    r"^(?:written by|author|by|verfasst von|geschrieben von|autor|autorin|écrit par|auteur|par|escrito por|"
    r"scritto da|autore|geschreven door|автор|написано автором|yazan|작성자|글쓴이|執筆者|作者|كتبه)\W*$",
    re.IGNORECASE,
)
FILED_UNDER = re.compile(
    r"^(?:filed under|tags?|categor(?:y|ies)|rubrique|kategorien?|topics?)\W*$", re.IGNORECASE
)
SAVED_FROM = re.compile(
    r"<!--\s*saved from url=\(\d+\)(https?://[^\s>]{1,2000})|snapshot-source:\s*(https?://\S{1,2000})"
)
ORGANISATION = re.compile(
    r"\b(?:news|times|post|press|herald|tribune|daily|journal|gazette|media|network|radio|tv|bureau|desk|"
    r"staff|team|editors?|"
    r"editorial|newsroom|redaktion|redacción|redação|rédaction|redazione|redactie|agency|agentur|agence|"
    r"agencia|редакция|газета|"
    r"агентство|ministry|ministerium|department|office)\b|신문|일보|뉴스|방송|통신|편집부|新聞|新報|通信|编辑部|晚报|日报|网$|تحرير|"
    r"وكالة|صحيفة",
    re.IGNORECASE,
)
NOBODY = re.compile(r"\{\{|^(?:admin|administrator|root|webmaster|user\d*|editor)$", re.IGNORECASE)

Values = dict[str, Any]


class Stated:
    """What a page states for machines; read once."""

    def __init__(self, tree: html.HtmlElement, text: str = "") -> None:
        self.tree = tree
        self.graph = json_ld.Graph(tree)
        self.meta = read_meta_elements(tree)
        self.canonical = _canonical(tree)
        saved = SAVED_FROM.search(text[:3_000])
        self.saved_from = (saved[1] or saved[2]) if saved else None
        base = next(iter(tree.xpath("//base/@href")), None)
        self.base = base or self.canonical or self.meta.get("og:url", [None])[0] or self.saved_from

    @property
    def is_article(self) -> bool:
        """Tell whether the page says that it is about one article."""
        if (self.meta.get("og:type") or [""])[0].lower() == "article":
            return True
        return len(self.graph.articles()) == 1

    def draft(self, order: dates.Order = None) -> Draft:
        """Return what the page says about its one article, as far as it says it; the text may be missing."""
        ld = self._from_ld()
        sources = [ld, _from_meta(self.meta), _from_items(self.tree)]
        values: Values = {}
        for source in sources:
            for field, value in source.items():
                if field != "categories" and value not in (None, "", [], ()):
                    values.setdefault(field, value)
        values["categories"] = [label for source in sources for label in source.get("categories") or ()]
        values["url"] = self._url(values.get("url"))
        values["language"] = self.tree.get("lang") or values.get("language")
        values["publisher"] = values.get("publisher") or self.graph.site()
        values["author"] = _people(values.get("author"), values["publisher"])
        return draft_of(values, order)

    def _from_ld(self) -> Values:
        articles = self.graph.articles()
        article = next((node for node in articles if self._is_about(node)), articles[0] if articles else None)
        page = self.graph.page()
        values = json_ld.facts(self.graph, article) if article is not None else {}
        if page is not None and article is None:
            values = {key: json_ld.facts(self.graph, page)[key] for key in ("published", "updated", "author")}
        for field in ("published", "updated"):
            if when(values.get(field)) is None:
                values[field] = None
        return values

    def _is_about(self, node: json_ld.Node) -> bool:
        """Tell whether one of several articles is the page's own."""
        url = json_ld.facts(self.graph, node)["url"]
        return bool(url and self.canonical and url.rstrip("/") == self.canonical.rstrip("/"))

    def _url(self, stated: str | None) -> str | None:
        """Return the page's address: of the article before that of the site's front page."""
        found = [
            url for url in (self.canonical, stated, *self.meta.get("og:url", ()), self.saved_from) if url
        ]
        whole = [urljoin(self.base or "", url) for url in found]
        usable = [url for url in whole if url.startswith(("http://", "https://"))]
        return next((url for url in usable if path_of(url) not in {"", "/"}), usable[0] if usable else None)


def _canonical(tree: html.HtmlElement) -> str | None:
    found = tree.xpath("//link[contains(concat(' ', @rel, ' '), ' canonical ')]/@href")
    return next((url.strip() for url in found if url.strip()), None)


def read_meta_elements(tree: html.HtmlElement) -> dict[str, list[str]]:
    """Return the contents of meta elements by their name or property, in lower case."""
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]"):
        content = element.get("content", "").strip()
        keys = {element.get(key, "").strip().lower() for key in ("property", "name", "http-equiv")} - {""}
        for key in keys if content else ():
            found.setdefault(key, []).append(content)
    return found


def _from_meta(meta: dict[str, list[str]]) -> Values:
    values: Values = {}
    for field, names in META.items():
        texts = ([text for text in meta.get(name, ()) if _fits(field, text)] for name in names.split())
        found = next((kept for kept in texts if kept), None)
        values[field] = (found if field == "author" else found[0]) if found else None
    values["categories"] = [
        label for name in LABELS for text in meta.get(name, ()) for label in _labels(text)
    ]
    for label, content in _pairs(meta):  # what Yoast tells Slack
        if WRITTEN_BY.match(label) and _fits("author", content):
            values["author"] = [content]
        elif FILED_UNDER.match(label):
            values["categories"] += _labels(content)
    return values


def _pairs(meta: dict[str, list[str]]) -> Iterable[tuple[str, str]]:
    for number in "1234":
        label, content = meta.get(f"twitter:label{number}"), meta.get(f"twitter:data{number}")
        if label and content:
            yield label[0], content[0]


def _labels(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;，、|]", text) if part.strip()]


def _fits(field: str, text: str) -> bool:
    if json_ld.UNFILLED.search(text[:100]):
        return False
    if field == "author":
        return not PROFILE.search(text)  # OpenGraph's article:author is a profile's address
    if field == "publisher":
        return not text.startswith(("http:", "https:", "@"))
    return field not in {"published", "updated"} or when(text) is not None


def _from_items(tree: html.HtmlElement) -> Values:
    """Return what microdata and RDFa say of the article; not what they say of its parts and comments."""
    values: Values = {}
    for field, names in ITEM_FIELDS.items():
        found = (text for name in names.split() for e in items(tree, name) if (text := item_value(e)))
        values[field] = next((text for text in found if _fits(field, text)), None)
    values["author"] = unique(text for e in items(tree, "author") if (text := item_value(e)))
    values["categories"] = [
        label
        for name in ("articleSection", "keywords")
        for element in items(tree, name)
        for label in _labels(item_value(element) or "")
    ]
    return values


def items(tree: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    """Return the elements that hold a property of microdata or RDFa."""
    found = tree.xpath(
        ".//*[@itemprop or @property][contains(concat(' ', @itemprop, ' '), concat(' ', $name, ' ')) or "
        "contains(concat(' ', @property, ' '), concat(' ', $name, ' ')) or "
        "contains(concat(' ', @property, ' '), concat(':', $name, ' '))]",
        name=name,
    )
    return [element for element in found[:50] if element.tag != "meta" or "itemprop" in element.attrib][:20]


def item_value(element: html.HtmlElement) -> str | None:
    """Return the value of a property: stated in an attribute, or its object's name, or its text."""
    if element.xpath("ancestor::*[contains(@itemtype, '/Comment') or @itemprop='comment'][1]"):
        return None
    if stated := element.get("content") or element.get("datetime"):
        return str(stated).strip()
    is_object = element.get("itemscope") is not None or element.get("typeof") is not None
    named = next(iter(items(element, "name")), None) if is_object else None
    if named is not None and named is not element:
        return item_value(named)
    shown = "" if element.tag == "link" else one_line(element)[:200]
    return shown or next(
        (str(url) for key in ("href", "resource", "itemid") if (url := element.get(key))), None
    )


def unique(texts: Iterable[str]) -> list[str]:
    """Return texts in order, each once (compared without case)."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(fold(text), text)
    return list(found.values())


def _people(value: Any, publisher: str | None) -> list[str] | None:
    """Return the persons among the stated authors, without the site's own name and the system's accounts."""
    texts = [value] if isinstance(value, str) else list(value or ())
    kept = [text for text in unique(texts) if fold(text) != fold(publisher or "") and not NOBODY.search(text)]
    return kept or None
