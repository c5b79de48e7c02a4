"""Markdown, with front matter or without: one article, or several under headings of their own."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from aggregator.core import clean
from aggregator.core.seeds import marked
from aggregator.core.seeds.credit import Credit, source_line
from aggregator.core.seeds.draft import Draft, When
from aggregator.core.seeds.dump.metaline import Meta, read_meta
from aggregator.core.seeds.dump.post import gather, merge
from aggregator.core.seeds.fields import draft_of, without_site
from aggregator.core.seeds.front_matter import fronted
from aggregator.core.seeds.heads import key_line, known_line
from aggregator.core.seeds.keys import field_of
from aggregator.core.seeds.lines import fold, is_prose, is_sentence
from aggregator.core.seeds.marked import Block, normal
from aggregator.core.seeds.names import PAPER, is_lone_person

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")
DAY_IN_NAME = re.compile(r"(?:^|/)(?P<day>(?:19|20)\d\d-[01]\d-[0-3]\d)[-_ ]")  # as Jekyll names posts
AROUND = 8  # paragraphs at the beginning, and half as many at the end, that may say who and when
LONGEST = 200  # characters; a longer line is text
# Headings that clippers and readers put into a note; they are none of the article's.
NOTE_HEADINGS = frozenset(
    "metadata|full document|highlights|excerpt|content|article|properties|notes".split("|")
)
LINKED = re.compile(r"\[(?P<label>[^\[\]]*)\]\((?P<url>https?://[^\s()]+(?:\([^\s()]*\)[^\s()]*)*)[^()]*\)")
ORIGINAL = re.compile(
    r"original|source|permalink|read (?:more|on|the)|full (?:story|article|text)|view|link|"
    r"quelle|fuente|fonte|lire|leer|weiterlesen|zum artikel|источник|출처|原文|المصدر",
    re.IGNORECASE,
)
# "Ferry sinks (*The Bay Paper*)", "Ferry sinks — _The Bay Paper_": a digest's headline and its paper.
PAPERED = re.compile(
    r"^(?P<title>.{8,}?)\s*(?:[–—|:,-]\s*)?(?:[(\[]\s*[*_]{0,3}(?P<inner>[^()\[\]*_]{2,60})[*_]{0,3}\s*[)\]]|"
    r"(?<!\w)(?P<mark>[*_])(?P<marked>[^()\[\]*_]{2,60})(?P=mark))\W*$"
)
EMPHASISED = re.compile(r"^(?P<mark>[*_]{1,3})(?P<inner>[^*_]{2,100})(?P=mark)$")
SHARE = 0.6  # of the sections must say who or when, for each to be an article


def has_front_matter(text: str, _name: str) -> bool:
    """Tell whether a text begins with front matter."""
    return bool(fronted(normal(text).lstrip()))


def is_markdown(text: str, name: str) -> bool:
    """Tell whether a text is Markdown: its name says so, or it begins with a heading of it."""
    first = text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    return name.lower().endswith(SUFFIXES) or bool(re.match(r"#{1,2} \S", first))


def read_front_matter(text: str, name: str) -> tuple[Draft, ...]:
    """Return the articles of a text, each under its front matter."""
    heads = fronted(normal(text).lstrip())
    return tuple(entry for head in heads for entry in _under(draft_of(head.values), head.body, name))


def read_markdown(text: str, name: str) -> tuple[Draft, ...]:
    """Return the articles of a Markdown text without front matter."""
    return _under(Draft(""), normal(text), name)


def _under(draft: Draft, body: str, name: str) -> tuple[Draft, ...]:
    """Join front matter and body: one article, or the body's several."""
    blocks = _without_excerpt(marked.blocks(marked.seen(body)))
    sections = _sections(blocks)
    if len(sections) >= 2:
        sections = _papered(sections)
        common = replace(draft, text="", id=None, url=None)
        articles = (_article(replace(common, title="", published=None), section) for section in sections)
        return tuple(
            article if article.published else replace(article, published=draft.published)
            for article in articles
        )
    return (_dated(_article(draft, blocks), name),)


def _papered(sections: list[list[Block]]) -> list[list[Block]]:
    """Put the paper that most headlines of a digest name at their end on a line of its own under them."""
    found = [_paper_of(section[0]) for section in sections]
    if sum(map(bool, found)) < max(2, SHARE * len(sections)):
        return sections
    return [
        [replace(s[0], lines=(both[0],)), Block((f"[{both[1]}]",)), *s[1:]] if both else s
        for s, both in zip(sections, found, strict=True)
    ]


def _paper_of(heading: Block) -> tuple[str, str] | None:
    """Return headline and paper of a heading that names both."""
    match = PAPERED.match(heading.source) if len(heading.source) <= 2 * LONGEST else None
    name = (match["inner"] or match["marked"]).strip() if match else ""
    credit = source_line(f"[{name}]") if name else None
    return (match["title"], name) if match and credit and credit.publisher else None


def _without_excerpt(blocks: list[Block]) -> list[Block]:
    """Leave out the quotation headed "Excerpt" that a clipper puts over a text."""
    start = next(
        (i for i, b in enumerate(blocks[:AROUND]) if b.level and b.quoted and fold(b.text) == "excerpt"), None
    )
    if start is None:
        return blocks
    end = next((i for i in range(start, len(blocks)) if not blocks[i].quoted), len(blocks))
    return blocks[:start] + blocks[end:]


def _dated(draft: Draft, name: str) -> Draft:
    match = None if draft.published else DAY_IN_NAME.search(name)
    day: When | None = clean.parse_date(match["day"]) if match else None
    return replace(draft, published=day) if day else draft


# --- several articles -----------------------------------------------------------------------------------


def _sections(blocks: Sequence[Block]) -> list[list[Block]]:
    """Return the sections that are articles: under first headings, or such as say who or when."""
    for level in (1, 2, 3):
        starts = [i for i, block in enumerate(blocks) if block.level == level]
        if not starts:
            continue
        bounds = [*starts, len(blocks)]
        sections = [list(blocks[a:b]) for a, b in itertools.pairwise(bounds)]
        told = sum(_tells(section) for section in sections)
        if (
            len(sections) >= 2
            and all(map(_has_text, sections))
            and (level == 1 or told >= max(2, SHARE * len(sections)))
        ):
            return sections
        if level == 1 and len(sections) >= 2:
            return []
    return []


def _has_text(section: list[Block]) -> bool:
    return any(is_sentence(block.text) for block in section[1:])


def _tells(section: list[Block]) -> bool:
    """Tell whether a section says who reported it, when, or where it is from."""
    if LINKED.search(section[0].source) or _paper_of(section[0]):
        return True
    return any(_keys(block) or _meta(block) or _credit(block) for block in (*section[1:4], section[-1]))


# --- one article ----------------------------------------------------------------------------------------


def _article(draft: Draft, blocks: Sequence[Block]) -> Draft:
    """Read an article's blocks; what its front matter says goes first."""
    title, url, rest = _headline(draft, blocks)
    edge = {*range(AROUND), *range(len(rest) - AROUND // 2, len(rest))}
    keys: dict[str, str] = {}
    metas: list[Meta] = []
    credits_: list[Credit] = []
    kept: list[str] = []
    before_text = True
    for i, block in enumerate(rest):
        near = i in edge and (before_text or i >= len(rest) - AROUND // 2)
        if near and (found := _keys(block)):
            keys.update({key: value for key, value in found.items() if key not in keys})
        elif near and (credit := _credit(block)):
            credits_.append(credit)
        elif near and before_text and (meta := _meta(block)):
            metas.append(meta)
        elif near and (link := _original(block)):
            url = url or link
        elif (text := block.text) and not _is_note(block):
            kept.append(text)
            before_text = before_text and not is_prose(text)
    credit = merge(credits_)
    headed = replace(draft, title=title, url=draft.url or url or credit.url)
    return without_site(_joined(headed, keys, metas, kept, credit))


def _joined(draft: Draft, keys: dict[str, str], metas: list[Meta], kept: list[str], credit: Credit) -> Draft:
    said, facts = draft_of(keys), gather(metas)
    return replace(
        draft,
        text="\n\n".join(kept) or draft.text,
        url=draft.url or said.url,
        author=draft.author or said.author or facts.author,
        publisher=draft.publisher or said.publisher or credit.publisher or facts.publisher,
        # The day of a clipping is no day of publication; what the text itself says goes first there.
        published=draft.published or said.published or credit.published or facts.published,
        updated=draft.updated or said.updated or facts.updated,
        categories=(*draft.categories, *said.categories, *facts.categories),
    )


def _headline(draft: Draft, blocks: Sequence[Block]) -> tuple[str, str | None, list[Block]]:
    """Return headline, its link, and the blocks without it; only sentences stand over a headline."""
    index = next(
        (i for i, block in enumerate(blocks) if block.level and not block.quoted and not _is_note(block)),
        None,
    )
    if index is None:
        return draft.title, None, list(blocks)
    heading = blocks[index]
    link = LINKED.search(heading.source)
    if draft.title:
        same = fold(heading.text).startswith(fold(draft.title)) and index == 0
        return draft.title, None, list(blocks[1:] if same else blocks)
    over = [block for block in blocks[:index] if is_sentence(block.text) or _keys(block) or _meta(block)]
    return heading.text, link["url"] if link else None, [*over, *blocks[index + 1 :]]


def _keys(block: Block) -> dict[str, str]:
    """Return what a block of lines "Key: value" says; nothing where the block is text."""
    lines = [line.strip().strip("*_ ") for line in block.lines]
    if block.level or not lines or any(len(line) > LONGEST or not key_line(line) for line in lines):
        return {}
    found = [known for line in lines if (known := known_line(line))]
    fields = {field_of(key) for key, _ in found} - {None}
    # "Note: …" and "Lead: …" may begin a text.
    return dict(found) if fields - {"summary", "text"} and len(found) >= len(lines) / 2 else {}


def _credit(block: Block) -> Credit | None:
    """Read a line that only names the paper, its day or the original: "*The Bay Paper, 7 March*"."""
    meta = _meta(block)
    if block.level or len(block.source) > LONGEST or (meta and meta.kinds & {"by", "author"}):
        return None
    emphasised = EMPHASISED.match(block.source)
    credit = source_line(f"[{emphasised['inner']}]" if emphasised else block.text)
    is_person = credit and credit.publisher and is_lone_person(credit.publisher)
    return None if is_person and credit and not PAPER.search(credit.publisher or "") else credit


def _meta(block: Block) -> Meta | None:
    text = block.text
    meta = read_meta(text.strip("*_()[] ")) if not block.level and len(text) <= LONGEST else None
    return meta if meta and meta.is_strong else None


def _original(block: Block) -> str | None:
    """Return the address of a block that only links to the original."""
    match = LINKED.search(block.source)
    around = LINKED.sub("", block.source).strip(" *_>.:→»-")
    if block.level or not match or len(around) > 40:
        return None
    told = ORIGINAL.search(match["label"]) if not around else ORIGINAL.search(around)
    return match["url"] if told else None


def _is_note(block: Block) -> bool:
    return bool(block.level) and fold(block.text) in NOTE_HEADINGS
