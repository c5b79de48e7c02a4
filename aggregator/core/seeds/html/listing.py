"""Saved pages that list several articles: what repeats, with a headline that is a link."""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urljoin

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import ending
from aggregator.core.seeds.draft import Draft, When
from aggregator.core.seeds.dump.heading import heading_label
from aggregator.core.seeds.dump.metaline import read_meta
from aggregator.core.seeds.dump.page import is_title
from aggregator.core.seeds.dump.post import merge
from aggregator.core.seeds.fields import when
from aggregator.core.seeds.html.around import read_around
from aggregator.core.seeds.html.blocks import Blocks, read_blocks
from aggregator.core.seeds.html.body import paragraphs
from aggregator.core.seeds.html.place import Place
from aggregator.core.seeds.html.tree import names, one_line
from aggregator.core.seeds.html.zones import Zone

MAX_ITEMS = 1_000
DOMINANT = 0.7  # share of the text; one item with so much is the article, the others are links
ENOUGH = 20  # items, from which a page is a listing however long one of them is
SHARE = 0.5  # of the page's running text that the items of a listing hold
HEAD = 12  # blocks of an item among which is the line that says who and when
REPEATED = 3  # elements of one form side by side that make a listing
HEADED = 0.7  # share of the items whose headline is a link to the article
TITLES = ("h1", "h2", "h3", "h4", "h5")
TITLE_NAME = re.compile(
    r"-(?:(?:\w+-)*(?:title|headline|titulo|titel|titre|subject|tit|heading)(?:-\w+)?|p-name)-"
)
ITEM_NAME = re.compile(r"-(?:hentry|h-entry|post|blog-?post|story|news-?item|entry|article)-")


def listing(
    tree: html.HtmlElement, blocks: Blocks, base: str | None, order: dates.Order = None
) -> tuple[Draft, ...]:
    """Return the articles of a listing; none where the page is about one."""
    for items in _candidates(tree, blocks):
        if len(items) < 2:
            continue
        drafts = [(draft, item) for item in items if (draft := _listed(item, base, order))]
        if _is_listing(drafts, blocks):
            return tuple(draft for draft, _ in drafts)
    return ()


def frame_items(tree: html.HtmlElement) -> None:
    """Put an element around each item of a listing whose headlines and texts stand side by side."""
    for tag in ("h2", "h3", "h4", "dt"):
        groups: dict[html.HtmlElement, list[html.HtmlElement]] = {}
        for head in tree.iter(tag):
            if head.getparent() is not None:
                groups.setdefault(head.getparent(), []).append(head)
        for heads in groups.values():
            if len(heads) >= REPEATED and _are_links(heads) and _have_text(heads):
                _frame(heads[:MAX_ITEMS])


def _are_links(heads: list[html.HtmlElement]) -> bool:
    addresses = [url for head in heads if (url := _address(head))]
    return len(addresses) >= HEADED * len(heads) and len(set(addresses)) >= HEADED * len(heads)


def _have_text(heads: list[html.HtmlElement]) -> bool:
    """Tell whether something else than the next headline follows each."""
    followers = [head.getnext() for head in heads]
    return all(e is not None and e.tag != head.tag for e, head in zip(followers, heads, strict=True))


def _frame(heads: list[html.HtmlElement]) -> None:
    for head in heads:
        item = head.makeelement("div", {"class": "item"})
        parts, following = [head], head.getnext()
        while following is not None and following.tag != head.tag:
            parts.append(following)
            following = following.getnext()
        head.addprevious(item)
        item.extend(parts)


def page_labels(tree: html.HtmlElement) -> tuple[str, ...]:
    """Return the category that the heading over a listing names."""
    headings = (one_line(h) for h in tree.iter("h1", "h2", "title"))
    return tuple(label for text in headings if (label := heading_label(text)))[:1]


def _candidates(tree: html.HtmlElement, blocks: Blocks) -> Iterable[list[html.HtmlElement]]:
    def usable(elements: list[html.HtmlElement]) -> list[html.HtmlElement]:
        return [e for e in elements[:MAX_ITEMS] if e in blocks.spans and blocks.zone(e) in {None, Zone.FACTS}]

    yield usable(tree.xpath("//article[not(ancestor::article)][not(ancestor::aside)]"))
    posts = [e for e in blocks.spans if e.tag in {"div", "section", "li"} and ITEM_NAME.search(names(e))]
    outer = set(posts)
    yield usable([e for e in posts if not any(a in outer for a in e.iterancestors())])
    yield from (usable(group) for group in _repeated(blocks))


def _repeated(blocks: Blocks) -> list[list[html.HtmlElement]]:
    """Return the groups of equal elements side by side whose headlines are links, the largest first."""
    groups: dict[tuple[html.HtmlElement, str, str], list[html.HtmlElement]] = {}
    for element in blocks.spans:
        parent = element.getparent()
        if parent is None or element.tag not in {"div", "section", "li", "tr", "td", "table", "dl", "a"}:
            continue
        kind = (element.get("class") or "").split()
        groups.setdefault((parent, element.tag, kind[0] if kind else ""), []).append(element)
    full = {id(group) for group in groups.values() if all(blocks.prose.get(e, 0) for e in group)}
    # Two may stand side by side by chance, unless each has a text of its own.
    large = [group for group in groups.values() if len(group) >= (2 if id(group) in full else REPEATED)]
    sized = sorted(large, key=lambda group: -sum(blocks.prose.get(e, 0) for e in group))[:5]
    return [group for group in sized if _are_headed(group) or _are_told(group, blocks)]


def _are_told(group: list[html.HtmlElement], blocks: Blocks) -> bool:
    """Tell whether each element of a group has a headline of its own, and a line that says who or when."""
    return all(_title(e) is not None and _tells(e, blocks) for e in group[:50])


def _tells(element: html.HtmlElement, blocks: Blocks) -> bool:
    start, end = blocks.spans[element]
    lines = [block.text for block in blocks.all[start : min(end, start + HEAD)] if not block.prose]
    metas = map(read_meta, lines)
    return blocks.prose.get(element, 0) > 0 and any(meta and meta.is_strong for meta in metas)


def _are_headed(group: list[html.HtmlElement]) -> bool:
    """Tell whether most elements of a group have a headline that is a link."""
    titled = [title for e in group[:50] if (title := _title(e)) is not None]
    linked = [title for title in titled if _address(title)]
    addresses = {_address(title) for title in linked}
    return len(linked) >= HEADED * len(group[:50]) and len(addresses) >= HEADED * len(linked)


def _is_listing(drafts: list[tuple[Draft, html.HtmlElement]], blocks: Blocks) -> bool:
    sizes = [len(draft.text) for draft, _ in drafts]
    if len(drafts) < 2 or not sum(sizes):
        return False
    if max(sizes) > DOMINANT * sum(sizes) and len(drafts) < ENOUGH:
        return False
    prose = sum(blocks.prose.get(item, 0) for _, item in drafts)
    return prose >= SHARE * blocks.prose[blocks.root] or len(drafts) == MAX_ITEMS


def _title(element: html.HtmlElement) -> html.HtmlElement | None:
    """Return an item's headline: its first heading, else what is named a title, else its first bold link."""
    heading = next((h for h in element.iter(*TITLES) if one_line(h)), None)
    if heading is not None:
        return heading
    for inner in element.iterdescendants():
        if isinstance(inner.tag, str) and TITLE_NAME.search(names(inner)) and one_line(inner):
            return inner
    linked = next(
        (a for a in element.xpath(".//b/a | .//strong/a | .//a[b] | .//a[strong] | .//dt/a") if one_line(a)),
        None,
    )
    return linked if linked is not None else _bold_first(element)


def _bold_first(element: html.HtmlElement) -> html.HtmlElement | None:
    """Return the bold words that an item begins with, if they have a headline's form."""
    bold = next(iter(element.iter("b", "strong")), None)
    text, whole = (one_line(bold), one_line(element)) if bold is not None else ("", "")
    return bold if is_title(text) and whole.startswith(text) and len(whole) > 2 * len(text) else None


def _address(title: html.HtmlElement) -> str | None:
    found = title.xpath("descendant-or-self::a/@href | ancestor::a[1]/@href")
    return next((url for url in found if url.strip() and not url.startswith(("#", "javascript:"))), None)


def _listed(element: html.HtmlElement, base: str | None, order: dates.Order) -> Draft | None:
    heading = _title(element)
    if heading is None:
        return None
    title = one_line(heading)
    links = [_address(heading), *element.xpath(".//a[contains(@rel, 'bookmark')]/@href")]
    link = next((url for url in links if url), None)
    texts, credit = paragraphs(element, title)
    blocks = read_blocks(element)
    place = Place(blocks, 0, len(blocks.all), len(blocks.all), order, frozenset([title, *texts]))
    if texts and (signed := ending(texts[-1])):
        texts[-1], credit = signed.rest, merge([signed, credit])
    around = read_around(place)
    return Draft(
        title,
        "\n\n".join(texts),
        url=urljoin(base or "", link) if link else None,
        publisher=credit.publisher or around.publisher,
        author=around.author or credit.author,
        published=around.published or credit.published or _above(element, order),
        updated=around.updated,
        categories=around.categories,
    )


def _above(element: html.HtmlElement, order: dates.Order) -> When | None:
    """Return the date over an item: Blogger prints a day once over all its posts."""
    current = element
    for _ in range(3):
        before = current.getprevious()
        text = one_line(before) if before is not None and isinstance(before.tag, str) else ""
        if 0 < len(text) < 60 and (found := when(text, order)):
            return found
        parent = current.getparent()
        if parent is None:
            return None
        current = parent
    return None


def with_page(draft: Draft, publisher: str | None, language: str | None, labels: tuple[str, ...]) -> Draft:
    """Add to an item what the page says about all."""
    return replace(
        draft,
        publisher=draft.publisher or publisher,
        language=language or draft.language,
        categories=labels + draft.categories,
    )
