"""Saved web pages: what the page states for machines, then its article element, then its text."""

import re
from dataclasses import replace
from urllib.parse import urljoin

from lxml import etree, html

from aggregator.core.seeds.archive import read_archive
from aggregator.core.seeds.archive_heading import heading_label
from aggregator.core.seeds.article import read_article
from aggregator.core.seeds.article_title import PAPER, SUFFIX
from aggregator.core.seeds.credit import Credit, dateline, ending, is_staff_credit, reporters, source_line
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.fields import when
from aggregator.core.seeds.furniture import furniture, without_link
from aggregator.core.seeds.html_facts import is_article, page_draft
from aggregator.core.seeds.lines import MAX_LINES, Line, fold, is_sentence, width
from aggregator.core.seeds.metaline import read_meta
from aggregator.core.seeds.names import person
from aggregator.core.seeds.page import read_page
from aggregator.core.seeds.post import merge
from aggregator.core.seeds.vocabulary import Furniture

MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|main|section|div|p|h1|meta|title|table)\b[^>]*>",
    re.IGNORECASE,
)
SPLIT = 3_000  # characters; a shorter text without a document element may be plain text that quotes a tag
BLOCKS = frozenset(
    (
        "p h1 h2 h3 h4 h5 h6 li blockquote pre td th dt dd figcaption caption div section art"
        "icle main header footer aside nav ul ol dl table tr tbody thead form figure address "
        "center body html br hr details summary"
    ).split()
)
DROPPED = frozenset(
    (
        "script style noscript template iframe svg canvas object embed form button select tex"
        "tarea input nav aside footer figure audio video menu dialog head title"
    ).split()
)
# Words in class and id of what is not the article; whole words, so that "sharepoint-story" stays.
FURNITURE_CLASS = re.compile(
    r"(?<![a-z])(?:share|sharing|social|related|recommend(?:ed|ations)?|more-?(?:stories|"
    r"news|from)|comments?|disqus|newsletter|subscribe|subscription|paywall|"
    r"advert(?:isement|s)?|ads?|ad-?(?:slot|container|unit|wrapper)|promo|sponsored|"
    r"cookies?|consent|gdpr|breadcrumbs?|"
    r"sidebar|side-?bar|footer|navbar|navigation|nav|menu|toolbar|most-?(?:read|popular|"
    r"viewed)|trending|popular|widget|tags?|tag-?list|byline|author-?(?:box|bio|info)|"
    r"post-?(?:meta|nav|tags|footer|navigation)|entry-?(?:meta|footer|utility)|"
    r"article-?(?:meta|tags|footer|info)|meta|caption|gallery|credit|"
    r"print-?only|hidden|sr-?only|screen-?reader-?text|visually-?hidden|skip-?link|"
    r"pagination|pager|modal|popup|outbrain|taboola|teasers?|see-?also|read-?(?:more|next|"
    r"also)|also-?read|login|masthead|site-?header)(?![a-z])",
    re.IGNORECASE,
)
KEPT_ANYWAY = frozenset(("html", "body", "main", "article", "p", "h1"))
WRAPPED = 0.5  # how much of a paragraph counts for the element around its parent
MIN_HEADING = 12  # characters of a headline that the browser's title repeats
MIN_TEXT = 80  # columns of running text that make an element an article
DOMINANT = 0.7  # share of the text; one article element with so much is the article, the others are links


def is_html(text: str, name: str) -> bool:
    """Tell whether a text is HTML: markup at its start, or at the start of a file that is called so."""
    head = text[:SPLIT].lstrip("\ufeff \t\r\n")
    if not head.startswith("<"):
        return name.lower().endswith((".html", ".htm", ".xhtml")) and bool(MARKUP.search(text[: 20 * SPLIT]))
    return bool(MARKUP.search(head))


def read_html(text: str) -> tuple[Draft, ...]:
    """Return the article of a saved page, or the articles of a saved listing."""
    tree = parse(text)
    if tree is None:
        return ()
    stated = page_draft(tree)
    base = next(iter(tree.xpath("//base/@href")), None) or stated.url
    listed = listing(tree, base)
    if listed and not is_article(tree):
        site = stated.publisher or _site(tree, "")
        labels = _page_labels(tree)
        return tuple(
            replace(
                draft,
                publisher=draft.publisher or site,
                language=stated.language or draft.language,
                categories=labels + draft.categories,
            )
            for draft in listed
        )
    container = _container(tree)
    draft = _with_body(tree, stated, container) if container is not None else None
    return (draft,) if draft is not None else _as_dump(tree, stated)


def parse(text: str) -> html.HtmlElement | None:
    """Return a page's tree; None where it has no element."""
    parser = html.HTMLParser(
        encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


# --- one article ------------------------------------------------------------------------------------------


def _container(tree: html.HtmlElement) -> html.HtmlElement | None:
    """Return the element that holds the article: marked as such, or the parent of most paragraphs."""
    for path in ("//*[@itemprop='articleBody']", "//article", "//main", "//*[@role='main']"):
        found = [(text_size(element), i, element) for i, element in enumerate(tree.xpath(path)[:200])]
        best = max(found, default=None, key=lambda item: item[:2])
        if best and best[0] >= MIN_TEXT:
            return best[2]
    sizes: dict[html.HtmlElement, float] = {}
    for paragraph in tree.iter("p"):
        parent = paragraph.getparent()
        if parent is None or is_furniture(parent):
            continue
        size = _prose_size(paragraph)
        sizes[parent] = sizes.get(parent, 0) + size
        above = parent.getparent()  # some pages wrap every paragraph
        if above is not None and above.tag not in {"body", "html"} and not is_furniture(above):
            sizes[above] = sizes.get(above, 0) + WRAPPED * size
    best_parent = max(sizes.items(), key=lambda item: item[1], default=None)
    return best_parent[0] if best_parent and best_parent[1] >= MIN_TEXT else None


def text_size(element: html.HtmlElement) -> int:
    """Return how much running text the paragraphs of an element hold."""
    return sum(_prose_size(paragraph) for paragraph in element.iter("p"))


def _prose_size(paragraph: html.HtmlElement) -> int:
    text = " ".join(paragraph.text_content().split())
    return width(text) if width(text) >= 40 else 0


def _with_body(tree: html.HtmlElement, stated: Draft, container: html.HtmlElement) -> Draft | None:
    """Join what a page states and the text of its article element."""
    title = _title(tree, stated, container)
    lines = [line for line in block_lines(container) if fold(line) != fold(title)]
    paragraphs, credit = article_lines(lines)
    written = stated.text.split("\n\n") if stated.text else []
    longer = sum(map(len, paragraphs)) >= 0.8 * sum(map(len, written))
    kept = paragraphs if longer else [line for text in written for line in text.split("\n") if line.strip()]
    if not title or not kept:
        return None
    if signed := ending(kept[-1]):
        kept = [*kept[:-1], signed.rest]
        credit = merge([signed, credit])
    published = stated.published or _time(container) or credit.published
    return replace(
        stated,
        title=title,
        text="\n\n".join(kept),
        publisher=credit.publisher or stated.publisher or _site(tree, title),
        author=(person(stated.author) or stated.author) if stated.author else credit.author,
        published=published,
        updated=stated.updated if stated.updated != published else None,
        html=_markup(container),
    )


def _title(tree: html.HtmlElement, stated: Draft, container: html.HtmlElement) -> str:
    """Return the headline without the site's name: as stated, else a heading, else the browser's title."""
    headings = [
        " ".join(h.text_content().split()) for element in (container, tree) for h in element.iter("h1")
    ]
    browser = " ".join("".join(tree.xpath("//head/title[1]//text()")).split())
    title = stated.title or next((h for h in headings if h), "") or _heading_in(tree, browser) or browser
    site = stated.publisher or ""
    match = SUFFIX.match(title)
    if match and (
        fold(match["site"]) == fold(site) or match["title"] in headings or PAPER.search(match["site"])
    ):
        return match["title"]
    return title


def _heading_in(tree: html.HtmlElement, browser: str) -> str | None:
    """Return the lesser heading that the browser's title ends or begins with, beside the site's name."""
    headings = (" ".join(h.text_content().split()) for h in tree.iter("h2", "h3", "h4"))
    long = (h for h in headings if len(h) >= MIN_HEADING)
    return next((h for h in long if browser.endswith(h) or browser.startswith(h)), None)


def _site(tree: html.HtmlElement, title: str) -> str | None:
    """Return the site's name as the browser's title adds it to the headline."""
    browser = " ".join("".join(tree.xpath("//head/title[1]//text()")).split())
    before = re.match(r"^(?P<site>.{2,50}?)\s+(?:\||-|–|—|»|::|•|·)\s+$", browser.removesuffix(title))
    if before and title and browser.endswith(title):
        return before["site"]
    match = SUFFIX.match(browser)
    return (
        match["site"]
        if match and (fold(match["title"]) == fold(title) or (not title and PAPER.search(match["site"])))
        else None
    )


def article_lines(lines: list[str]) -> tuple[list[str], Credit]:
    """Return the paragraphs among an article element's lines, and what its bylines and source lines say."""
    kept: list[str] = []
    credits_: list[Credit] = []
    for line in lines:
        meta = read_meta(line)
        if credit := source_line(line):
            credits_.append(credit)
        elif meta is not None and meta.kinds:
            credits_.append(Credit(meta.publisher, meta.author, meta.published))
        elif is_staff_credit(line):
            credits_.append(Credit(author=reporters(line)))
        elif furniture(line) in {None, Furniture.MENU} or (furniture(line) is None and is_sentence(line)):
            kept.append(without_link(line))
    if kept and (credit := dateline(kept[0])):
        credits_.append(credit)
    return kept, merge(credits_)


def _time(container: html.HtmlElement) -> tuple | None:  # type: ignore[type-arg]
    for element in container.iter("time"):
        if found := when(element.get("datetime") or " ".join(element.text_content().split())):
            return found
    return None


def _as_dump(tree: html.HtmlElement, stated: Draft) -> tuple[Draft, ...]:
    """Read a page without an article element like the text of a page; what it states counts more."""
    page = read_page([Line(line, 1) for line in block_lines(tree)[:MAX_LINES]])
    found = read_archive(page) or read_article(page)
    if len(found) != 1:
        return found
    draft = found[0]
    return (
        replace(
            draft,
            title=stated.title or draft.title,
            url=stated.url or draft.url,
            publisher=draft.publisher or stated.publisher or _site(tree, draft.title),
            author=stated.author or draft.author,
            published=stated.published or draft.published,
            updated=stated.updated or draft.updated,
            categories=stated.categories or draft.categories,
            language=stated.language or draft.language,
        ),
    )


# --- a listing --------------------------------------------------------------------------------------------


def listing(tree: html.HtmlElement, base: str | None) -> tuple[Draft, ...]:
    """Return the articles of a listing, one for each article element; none where one is the page's."""
    elements = [
        e
        for e in tree.xpath("//article[not(ancestor::article)][not(ancestor::aside)]")[:1_000]
        if not is_furniture(e)
    ]
    drafts = [(draft, e) for e in elements if (draft := _listed(e, base))]
    sizes = [len(draft.text) for draft, _ in drafts]
    if len(drafts) < 2 or (max(sizes) > DOMINANT * sum(sizes) and len(drafts) < 20):
        return ()
    return tuple(draft for draft, _ in drafts)


def _page_labels(tree: html.HtmlElement) -> tuple[str, ...]:
    """Return the category that the heading over a listing names."""
    headings = (" ".join(h.text_content().split()) for h in tree.iter("h1", "h2", "title"))
    return tuple(label for text in headings if (label := heading_label(text)))[:1]


def _listed(element: html.HtmlElement, base: str | None) -> Draft | None:
    heading = next((h for h in element.iter("h1", "h2", "h3", "h4") if h.text_content().strip()), None)
    if heading is None:
        return None
    title = " ".join(heading.text_content().split())
    links = heading.xpath(".//a/@href | ancestor::a/@href") or element.xpath(
        ".//a[contains(@rel, 'bookmark')]/@href"
    )
    paragraphs, credit = article_lines([line for line in block_lines(element) if fold(line) != fold(title)])
    if paragraphs and (signed := ending(paragraphs[-1])):
        paragraphs[-1], credit = signed.rest, merge([signed, credit])
    author = next(
        (
            " ".join(a.text_content().split())
            for a in element.xpath(
                ".//*[contains(@rel, "
                "'author') or @itemprop='author' or contains(concat(' ', @class, ' '), ' author ') or"
                " contains(concat(' ', @class, ' '), ' byline ')]"
            )
        ),
        None,
    )
    return Draft(
        title,
        "\n\n".join(paragraphs),
        url=urljoin(base or "", links[0]) if links else None,
        publisher=credit.publisher,
        author=person(re.sub(r"^(?:by|von|par|por)\s+", "", author, flags=re.IGNORECASE))
        if author
        else credit.author,
        published=_time(element) or credit.published,
        categories=tuple(
            " ".join(a.text_content().split()) for a in element.xpath(".//a[contains(@rel, 'tag')]")
        ),
        html=_markup(element),
    )


# --- text -------------------------------------------------------------------------------------------------


def is_furniture(element: html.HtmlElement) -> bool:
    """Tell whether an element is the site's and not the article's, by its name, class and id."""
    if not isinstance(element.tag, str) or element.tag in DROPPED:
        return True
    if element.tag in KEPT_ANYWAY:
        return False
    if element.tag == "a":
        return "tag" in (element.get("rel") or "").split()
    if (
        element.get("aria-hidden") == "true"
        or element.get("hidden") is not None
        or element.get("role") in {"navigation", "complementary", "banner", "contentinfo", "search", "dialog"}
    ):
        return True
    return (
        bool(FURNITURE_CLASS.search(f"{element.get('class', '')} {element.get('id', '')}"[:400]))
        and text_size(element) < 1_500
    )


def block_lines(root: html.HtmlElement) -> list[str]:
    """Return the text of an element, a line for each block, without what belongs to the site.

    Walks without recursion: hostile pages nest deeper than Python does.
    """
    lines: list[str] = []
    pieces: list[str] = []

    def close() -> None:
        if text := " ".join("".join(pieces).split()):
            lines.append(text)
        pieces.clear()

    skipped: html.HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                pieces.append(element.tail or "" if element is not root else "")
            continue
        if event == "start" and element is not root and is_furniture(element):
            skipped = element
            if element.tag in BLOCKS:
                close()
            continue
        if element.tag in BLOCKS:
            close()
        pieces.append(
            (element.text if event == "start" else element.tail if element is not root else "") or ""
        )
    close()
    return lines


def _markup(container: html.HtmlElement) -> str:
    """Return an article element's markup without what belongs to the site."""
    copy = html.fromstring(html.tostring(container, encoding="unicode"))
    for element in [e for e in copy.iter() if e is not copy and is_furniture(e)]:
        parent = element.getparent()
        if parent is not None:
            element.drop_tree() if isinstance(element.tag, str) else parent.remove(element)
    return str(html.tostring(copy, encoding="unicode"))
