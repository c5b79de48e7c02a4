"""Saved web pages: what the page states for machines, then its article element, then its text."""

import re
from dataclasses import dataclass, replace

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.author_note import without_note
from aggregator.core.seeds.credit import Credit, ending
from aggregator.core.seeds.draft import Draft
from aggregator.core.seeds.dump.archive import read_archive
from aggregator.core.seeds.dump.article import read_article
from aggregator.core.seeds.dump.page import read_page
from aggregator.core.seeds.dump.post import merge
from aggregator.core.seeds.dump.title import PAPER, SUFFIX
from aggregator.core.seeds.html.around import Around, read_around
from aggregator.core.seeds.html.blocks import HEADINGS, Blocks, path_of, read_blocks
from aggregator.core.seeds.html.body import container, paragraph_texts, paragraphs
from aggregator.core.seeds.html.facts import ORGANISATION, Stated
from aggregator.core.seeds.html.listing import frame_items, listing, page_labels, with_page
from aggregator.core.seeds.html.place import Place
from aggregator.core.seeds.html.site import browser_title, site_name
from aggregator.core.seeds.html.tree import names, one_line, parse
from aggregator.core.seeds.lines import MAX_LINES, Line, fold, width
from aggregator.core.seeds.names import person

MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|main|section|div|p|h1|meta|title|table)\b[^>]*>",
    re.IGNORECASE,
)
SPLIT = 3_000  # characters; a shorter text without a document element may be plain text that quotes a tag
DAY_FIRST: dates.Order = "day"
ENGLISH: dict[str, dates.Order] = {  # which number is first in a date, where English says it
    **dict.fromkeys(("en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za"), DAY_FIRST),
    "en-us": "month",
}
MIN_HEADING = 12  # columns of a headline that the browser's title repeats
MAX_HEADING = 300
MAX_ADDED = 60  # columns of what a stated title adds to the headline
SITE_HEADING = re.compile(r"-(?:site|logo|brand|masthead|blog)-?(?:title|name|logo)?-")
WHOLE = 0.8  # share of the stated text that the page's must have; a paywall shows less
BESIDE = re.compile(r"^\s*[|:：_–—»«•·/｜-]+\s*|\s*[|:：_–—»«•·/｜-]+\s*$")
CUT = re.compile(r"\s*(?:…|\.\.\.)$")


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
    stated = Stated(tree, text)
    if not stated.is_article:
        frame_items(tree)
    blocks = read_blocks(tree)
    order = _order(tree, blocks)
    draft = stated.draft(order)
    if not stated.is_article and (listed := listing(tree, blocks, stated.base, order)):
        site = draft.publisher or site_name(tree, _page_heading(tree))
        labels = page_labels(tree)
        return tuple(with_page(item, site, draft.language, labels) for item in listed)
    element = container(tree, blocks)
    found = _with_body(stated, draft, blocks, element, order) if element is not None else None
    return (found,) if found is not None else _as_dump(tree, blocks, draft)


def _order(tree: html.HtmlElement, blocks: Blocks) -> dates.Order:
    """Tell how the page writes 10/11/2019: by its other dates, its language, its country."""
    language = (
        (tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
        .lower()
        .replace("_", "-")
    )
    found = dates.order_of((block.text for block in blocks.all), language.split("-")[0] or None)
    return found or ENGLISH.get(language)


def _page_heading(tree: html.HtmlElement) -> str:
    return next((one_line(h) for h in tree.iter("h1") if one_line(h) and not _is_site_name(h)), "")


# --- one article ------------------------------------------------------------------------------------------


def _with_body(
    stated: Stated, draft: Draft, blocks: Blocks, element: html.HtmlElement, order: dates.Order
) -> Draft | None:
    """Join what a page states and what it shows."""
    tree = stated.tree
    title = headline(stated, draft, blocks, element)
    description = next(iter(stated.meta.get("description", []) + stated.meta.get("og:description", [])), "")
    texts, credit = paragraphs(element, title, description)
    kept = _longer(texts, draft.text)
    if not title or not kept:
        return None
    kept = without_note(kept, draft.author or credit.author)
    if signed := ending(kept[-1]):
        kept = [*kept[:-1], signed.rest]
        credit = merge([signed, credit])
    around = read_around(replace(_place(blocks, element, title), order=order, texts=frozenset(texts)))
    site = draft.publisher or site_name(tree, title)
    return _joined(draft, Shown(title, kept, credit, around, site))


def _longer(texts: list[str], stated: str) -> list[str]:
    """Return the text that the page shows, or what it states for machines where that is more."""
    written = paragraph_texts(stated) if stated else []
    return texts if sum(map(len, texts)) >= WHOLE * sum(map(len, written)) else written


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of its article."""

    title: str
    texts: list[str]  # its paragraphs
    credit: Credit  # what its first and last words say of who reported it
    around: Around  # what stands between headline and text, and below
    site: str | None


def _joined(draft: Draft, shown: Shown) -> Draft:
    """Add to what a page states what it shows."""
    around, credit, site = shown.around, shown.credit, shown.site
    published = draft.published or around.published or credit.published
    if published and published[1] and around.published and not around.published[1]:
        same_day = around.published[0].date() == published[0].date()
        published = around.published if same_day else published
    updated = draft.updated or around.updated
    author = _author(draft.author, around.author or credit.author)
    publisher = credit.publisher or around.publisher or site
    if site and publisher and publisher == _initials(site):  # "(MSW) —" at the Mountain States Wire
        publisher = site
    author = None if author and fold(author) == fold(draft.publisher or "") else author
    own = {fold(publisher or ""), fold(site or ""), fold(shown.title)}
    return replace(
        draft,
        title=shown.title,
        text="\n\n".join(shown.texts),
        publisher=publisher,
        author=author,
        published=published,
        updated=updated if updated != published else None,
        categories=tuple(label for label in draft.categories + around.categories if fold(label) not in own),
    )


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _author(stated: str | None, shown: str | None) -> str | None:
    """Return who wrote it: a person before an organisation, what is stated before what is shown."""
    if stated is None or (shown and ORGANISATION.search(stated)):
        return shown
    return person(stated) or stated


def _place(blocks: Blocks, element: html.HtmlElement, title: str) -> Place:
    """Return where the article stands: from its headline to the end of its text."""
    start, end = blocks.spans[element]
    folded = fold(title)
    inside = next((i for i in range(start, end) if fold(blocks.all[i].text) == folded), None)
    before = next((i for i in range(start - 1, -1, -1) if fold(blocks.all[i].text) == folded), None)
    head = before if before is not None and start - before <= 40 else inside if inside is not None else start
    first = next((i for i in range(max(head, start), end) if blocks.all[i].prose), start)
    last = next((i for i in range(end - 1, first, -1) if blocks.all[i].prose), end - 1)
    return Place(blocks, head, first, min(end, last + 1))


def headline(stated: Stated, draft: Draft, blocks: Blocks, element: html.HtmlElement) -> str:
    """Return the headline without the site's name: as stated, else a heading, else the browser's title."""
    headings = _headings(stated.tree, element)
    browser = browser_title(stated.tree)
    title = draft.title
    if title:
        whole = CUT.sub("", title)
        cut = next((h for h in headings if whole != title and h.startswith(whole)), None)
        same = next((h for h in headings if fold(h) == fold(title) or _is_added(h, title)), None)
        title = cut or same or title
    title = title or _in_both(headings, browser) or next(iter(headings), "")
    title = title or _block_in(blocks, browser) or browser
    return _without_site(title, draft.publisher or "", headings)


def _is_added(heading: str, title: str) -> bool:
    """Tell whether a stated title is the headline and something in brackets or behind a bar."""
    rest = title[len(heading) :] if title.startswith(heading) and width(heading) >= MIN_HEADING else ""
    return bool(re.match(r"\s*[（(【\[|｜:：]|\s[–—-]\s", rest)) and width(rest) <= MAX_ADDED


def _headings(tree: html.HtmlElement, element: html.HtmlElement) -> list[str]:
    """Return the largest headings, those by the text first; the site's name is none of them."""
    found = [h for part in (element, tree) for h in part.iter("h1")]
    return [text for h in found if (text := one_line(h)) and not _is_site_name(h)]


def _is_site_name(heading: html.HtmlElement) -> bool:
    around = (heading, heading.getparent())
    if any(e is not None and SITE_HEADING.search(names(e)) for e in around):
        return True
    links = heading.xpath(".//a/@href | ancestor::a[1]/@href")
    return bool(links) and path_of(links[0]) in {"", "/"}


def _in_both(headings: list[str], browser: str) -> str | None:
    folded = fold(browser)
    return next((h for h in headings if len(h) >= 4 and fold(h) in folded), None)


def _block_in(blocks: Blocks, browser: str) -> str | None:
    """Return the heading or short line that the browser's title begins or ends with."""
    texts = [
        (b.tag not in HEADINGS, -len(b.text), b.text)
        for b in blocks.all
        if MIN_HEADING <= width(b.text) <= MAX_HEADING
    ]
    return next((text for _, _, text in sorted(texts) if _is_part(text, browser)), None)


def _is_part(text: str, browser: str) -> bool:
    if browser == text:
        return True
    if browser.startswith(text):
        return bool(BESIDE.match(browser[len(text) :]))
    return browser.endswith(text) and bool(BESIDE.search(browser[: -len(text)]))


def _without_site(title: str, site: str, headings: list[str]) -> str:
    if site:
        for cut in (title.removesuffix(site), title.removeprefix(site)):
            if cut != title and len(cut) > MIN_HEADING and BESIDE.search(cut):
                return BESIDE.sub("", cut).strip()
    match = SUFFIX.match(title)
    if match and (match["title"] in headings or PAPER.search(match["site"])):
        return match["title"]
    return title


def _as_dump(tree: html.HtmlElement, blocks: Blocks, stated: Draft) -> tuple[Draft, ...]:
    """Read a page without an article element like the text of a page; what it states counts more."""
    lines = [b.text for b in blocks.all if b.zone is None]
    page = read_page([Line(line, 1) for line in lines[:MAX_LINES]])
    found = read_archive(page) or read_article(page)
    if len(found) != 1:
        return found or _only_stated(stated)
    draft = found[0]
    return (
        replace(
            draft,
            title=stated.title or draft.title,
            url=stated.url or draft.url,
            publisher=draft.publisher or stated.publisher or site_name(tree, draft.title),
            author=stated.author or draft.author,
            published=stated.published or draft.published,
            updated=stated.updated or draft.updated,
            categories=stated.categories or draft.categories,
            language=stated.language or draft.language,
        ),
    )


def _only_stated(stated: Draft) -> tuple[Draft, ...]:
    """Return an article that a page tells machines alone, its text being drawn by a script."""
    return (stated,) if stated.title and stated.text else ()
