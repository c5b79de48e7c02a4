"""The text of a page's article: the element that holds it, and which of its blocks are paragraphs."""

import re

from lxml import html

from aggregator.core.seeds.credit import Credit, dateline, is_staff_credit, reporters, source_line
from aggregator.core.seeds.dump.metaline import read_meta
from aggregator.core.seeds.dump.post import merge
from aggregator.core.seeds.furniture import furniture, opens_list, without_link
from aggregator.core.seeds.html.blocks import HEADINGS, Block, Blocks, read_blocks
from aggregator.core.seeds.html.labels import TAG_WORD
from aggregator.core.seeds.html.tree import above, names, one_line
from aggregator.core.seeds.html.who import AUTHOR, BY, byline
from aggregator.core.seeds.html.zones import Zone
from aggregator.core.seeds.lines import fold, is_sentence, width
from aggregator.core.seeds.vocabulary import Furniture

MIN_TEXT = 80  # columns of running text that make an element an article
WHOLE = 0.8  # share of the running text; a smaller element with so much holds the article
OF_MARKED = 0.4  # share of the page's running text that an element marked as the body must have
OVER = 0.25  # share of the running text that may stand over the headline, and is none of it
ALL_LINK = 0.9  # share of a block inside links, from which it points to something else
LABEL = 6  # words before a colon that announce a link
MAX_NESTED = 200  # article elements inside an article that are looked at
MAX_BLOCKS = 5_000  # of an article; its text is cut at half a megabyte anyway
MAX_QUOTES = 60  # pulled quotes that are looked for in the text
CALL = re.compile(
    r"^\W*(?:(?:our |free |e-?mail |sign up for )*newsletters?|bolet[íi]n|infolettre|rundbrief|рассылка|"
    r"뉴스레터|メールマガジン|النشرة|"
    r"bülten|whatsapp[ -](?:kanal|channel|canal))\b",
    re.IGNORECASE,
)
ARTICLES = (
    "//article",
    "//main",
    "//*[@role='main']",
    "//*[contains(@itemtype, 'Article') or contains(@itemtype, 'BlogPosting')]",
)
MICROFORMATS = re.compile(r"-(?:e-content|entry-content|post-body|article-body|articlebody|story-body)-")
SUBTITLE = re.compile(
    r"-(?:(?:\w+-)*(?:sub-?title|sub-?head(?:line|ing)?|standfirst|dek|deck|excerpt|chapo|vorspann|bajada|"
    r"entradilla))-"
)


def container(tree: html.HtmlElement, blocks: Blocks) -> html.HtmlElement | None:
    """Return the element that holds the article: marked as its body, or where the running text is."""
    best = _marked(tree, blocks)
    best = best if best is not None else _largest(tree, blocks)
    return best if best is not None and blocks.prose.get(best, 0) >= MIN_TEXT else None


def _marked(tree: html.HtmlElement, blocks: Blocks) -> html.HtmlElement | None:
    """Return the body that the page marks; where it marks every paragraph, what holds them all."""
    total = max(blocks.prose.values(), default=0)
    marked = tree.xpath("//*[contains(@itemprop, 'articleBody') or contains(@property, 'articleBody')]")[:200]
    if len(marked) > 1 and (parent := _common(marked)) is not None:
        marked = [parent]
    named = [e for e in blocks.spans if MICROFORMATS.search(names(e)) and blocks.zone(e) is None][:200]
    for group in (marked, named):
        found = max(group, default=None, key=lambda e: blocks.prose.get(e, 0))
        if found is not None and blocks.prose.get(found, 0) >= max(MIN_TEXT, OF_MARKED * total):
            return _descended(found, blocks)
    return None


def _common(elements: list[html.HtmlElement]) -> html.HtmlElement | None:
    """Return the parent of several elements that stand side by side, or the outermost of nested ones."""
    parents = {element.getparent() for element in elements}
    return parents.pop() if len(parents) == 1 else None


def _largest(tree: html.HtmlElement, blocks: Blocks) -> html.HtmlElement | None:
    for path in ARTICLES:
        found = [
            (blocks.prose.get(e, 0), -i, e)
            for i, e in enumerate(tree.xpath(path)[:200])
            if blocks.zone(e) is None
        ]
        best = max(found, default=None, key=lambda item: item[:2])
        if best and best[0] >= max(MIN_TEXT, OF_MARKED * blocks.prose[blocks.root]):
            return _descended(best[2], blocks)
    return _descended(blocks.root, blocks)


def _descended(element: html.HtmlElement, blocks: Blocks) -> html.HtmlElement:
    """Go down to the smallest element that still holds nearly all running text."""
    while True:
        inner = max(element.iterchildren(), default=None, key=lambda e: blocks.prose.get(e, 0))
        inner = inner if inner is not None and isinstance(inner.tag, str) else None
        if inner is None or blocks.prose.get(inner, 0) < max(MIN_TEXT, WHOLE * blocks.prose.get(element, 0)):
            return element
        if inner.tag == "p" or _loses_paragraph(element, inner, blocks):
            return element
        element = inner


def _loses_paragraph(element: html.HtmlElement, inner: html.HtmlElement, blocks: Blocks) -> bool:
    """Tell whether a full paragraph stands beside an inner element, and not in another part of the page."""
    start, end = blocks.spans[element]
    first, last = blocks.spans[inner]
    beside = [b for b in (*blocks.all[start:first], *blocks.all[last:end]) if b.prose >= MIN_TEXT]
    return any(b.element.getparent() is element and b.tag in {"p", "blockquote"} for b in beside)


# --- the paragraphs ---------------------------------------------------------------------------------------


def paragraphs(element: html.HtmlElement, title: str, description: str = "") -> tuple[list[str], Credit]:
    """Return the paragraphs of an article's element, and what the lines among them say about it."""
    blocks = _behind_headline(_without_articles(read_blocks(element)), title)[:MAX_BLOCKS]
    kept: list[Block] = []
    credits_: list[Credit] = []
    for block in blocks:
        if credit := _credit(block):
            credits_.append(credit)
        elif _is_text(block):
            kept.append(block)
    kept = _trimmed(_without_quotes(_without_lists(kept)), description)
    texts = [text for block in kept if (text := without_link(block.text).strip())]
    if texts and (credit := dateline(texts[0])):
        credits_.append(credit)
    return texts, merge(credits_)


def _without_articles(blocks: Blocks) -> list[Block]:
    """Cut article elements that stand in the middle of another's text: they announce other pieces."""
    nested = [blocks.spans[e] for e in blocks.spans if e.tag == "article" and e is not blocks.root]
    inner = {i for start, end in nested[:MAX_NESTED] for i in range(start, end)}
    within = sum(blocks.all[i].prose for i in inner)
    if 2 * within >= sum(block.prose for block in blocks.all):
        return blocks.all
    return [block for i, block in enumerate(blocks.all) if i not in inner]


def _behind_headline(blocks: list[Block], title: str) -> list[Block]:
    """Cut what stands over the headline, and the headline."""
    folded = fold(title)
    heads = [i for i, b in enumerate(blocks) if fold(b.text) == folded]
    prose = sum(b.prose for b in blocks)
    before = next((i for i in heads if sum(b.prose for b in blocks[:i]) < OVER * prose), None)
    return [b for b in blocks[(before + 1 if before is not None else 0) :] if fold(b.text) != folded]


def _credit(block: Block) -> Credit | None:
    """Read a line that says who, when or from whom; None where it is text."""
    text = block.text
    if block.zone not in {None, Zone.FACTS}:
        return None
    if credit := source_line(text):
        return credit
    if (meta := read_meta(text)) and meta.kinds:
        return Credit(meta.publisher, meta.author, meta.published)
    if is_staff_credit(text):
        return Credit(author=reporters(text))
    if width(text) <= 60 and not is_sentence(text) and BY.match(text) and (name := byline(text)):
        return Credit(author=name)
    return None


def _is_text(block: Block) -> bool:
    if block.zone is not None or block.is_caption:
        return False
    if block.linked >= ALL_LINK and (block.tag not in HEADINGS) and _points_elsewhere(block):
        return False
    if _announces_link(block) or TAG_WORD.match(block.text):
        return False
    if CALL.match(block.text) and width(block.text) <= 160:
        return False
    kind = furniture(block.text)
    return kind in {None, Furniture.MENU} or (block.tag == "pre")


def _points_elsewhere(block: Block) -> bool:
    """Tell whether a block that is one link is the title of another piece, and no sentence of this one."""
    return not is_sentence(block.text)


def _announces_link(block: Block) -> bool:
    """Recognise "Read also: <a link>" in any language: a few words, a colon, and nothing but links."""
    if not 0.4 <= block.linked < 1:
        return False
    head, colon, rest = (
        re.split("([:：|»])", block.text, maxsplit=1) if re.search("[:：|»]", block.text) else ("", "", "")
    )
    if not colon or not rest.strip() or len(head.split()) > LABEL or width(head) > 40:
        return False
    linked = sum(len(one_line(a)) for a in block.element.iter("a"))
    return linked >= ALL_LINK * len(rest.strip())


def _without_lists(blocks: list[Block]) -> list[Block]:
    """Cut lists of links with the heading over them."""
    kept: list[Block] = []
    for i, block in enumerate(blocks):
        following = blocks[i + 1] if i + 1 < len(blocks) else None
        is_heading = block.tag in HEADINGS or (width(block.text) < 50 and not is_sentence(block.text))
        if is_heading and opens_list(block.text) and (following is None or not following.prose):
            continue
        kept.append(block)
    return kept


def _without_quotes(blocks: list[Block]) -> list[Block]:
    """Cut quotations that only repeat the text."""
    quotes = [b for b in blocks if width(b.text) < 400 and _is_set_apart(b)][:MAX_QUOTES]
    if not quotes:
        return blocks
    others = "\n".join(_plain(b.text) for b in blocks if all(b is not q for q in quotes))
    repeated = {id(b) for b in quotes if len(_plain(b.text)) >= 12 and _plain(b.text) in others}
    return [b for b in blocks if id(b) not in repeated]


def _is_set_apart(block: Block) -> bool:
    for depth, element in enumerate(above(block.element)):
        if depth > 3 or element.tag in {"article", "main", "body"}:
            return False
        if element.tag in {"blockquote", "q", "h2", "h3", "h4", "h5"} or "-quote-" in names(element):
            return True
    return False


def _plain(text: str) -> str:
    return re.sub(r"[^\w]+", " ", text.casefold()).strip()


def _trimmed(blocks: list[Block], description: str) -> list[Block]:
    """Cut headings and short lines before the first paragraph and behind the last one."""
    start, end = 0, len(blocks)
    while start < end and _is_loose(blocks[start]) and any(b.prose for b in blocks[start:]):
        start += 1
    while (
        end > start and _is_loose_end(blocks[end - 1]) and any(b.prose for b in blocks[start : end - 1][-3:])
    ):
        end -= 1
    kept = blocks[start:end]
    return kept[1:] if len(kept) > 2 and _is_standfirst(kept, description) else kept


def _is_small(block: Block) -> bool:
    """Tell whether a block is set in small print."""
    children = [e for e in block.element.iterchildren() if isinstance(e.tag, str)]
    if len(children) != 1 or (block.element.text or "").strip() or (children[0].tail or "").strip():
        return False
    return children[0].tag == "small" or (
        children[0].tag == "font" and children[0].get("size") in {"1", "-1", "-2"}
    )


def _is_note(block: Block) -> bool:
    """Tell whether a block is a note in italics that sends readers somewhere."""
    slanted = sum(
        len(one_line(e)) for e in block.element.iter("i", "em") if e.getparent().tag not in {"i", "em"}
    )
    return slanted >= 0.7 * len(block.text) and (
        block.linked > 0 or bool(re.search(r"@|https?:", block.text))
    )


def _is_loose(block: Block) -> bool:
    return block.tag in HEADINGS or (
        not block.prose and block.tag not in {"pre", "li", "blockquote"} and not is_sentence(block.text)
    )


def _is_loose_end(block: Block) -> bool:
    if block.tag in HEADINGS or _is_small(block) or _is_note(block):
        return True
    return (
        not block.prose
        and block.tag not in {"pre", "blockquote", "p", "td", "dd"}
        and not is_sentence(block.text)
        and (block.linked > 0 or block.tag == "div" or bool(AUTHOR.search(names(block.element))))
    )


def _is_standfirst(kept: list[Block], description: str) -> bool:
    """Tell whether the first paragraph is a summary that stands apart from the others."""
    first, second = kept[0], kept[1]
    apart = (
        first.element.getparent() is not second.element.getparent() and first.element is not second.element
    )
    same = bool(description) and fold(first.text) == fold(description)
    return apart and (
        same
        or any(SUBTITLE.search(names(e)) for e in (first.element, first.element.getparent()) if e is not None)
    )


def paragraph_texts(text: str) -> list[str]:
    """Return the paragraphs of a text that a page states."""
    return [line for part in text.split("\n\n") for line in part.split("\n") if line.strip()]
