"""The labels that a page prints under (or over) its article."""

import re
from collections.abc import Iterator

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.dump.metaline import split_labels
from aggregator.core.seeds.html.blocks import Block
from aggregator.core.seeds.html.place import LONGEST, Place
from aggregator.core.seeds.html.tree import names, one_line
from aggregator.core.seeds.lines import width

MAX_LABELS = 30  # links of a list of tags; a cloud of tags has more
MAX_LIST = 600  # characters of such a list
TAGS = re.compile(
    r"-(?:(?:\w+-)*(?:tags?|taglist|keywords?|hashtags?|labels|topics|schlagw(?:o|oe)rter|etiquetas|"
    r"etiquettes|"
    r"categor(?:y|ies)|cat-links|catlinks|rubric|etiketler|motscles)"
    r"(?:-(?:list|links?|group|box|items?|container|wrapper|area|inner|wrap|block|bar|terms))?)-(?: |$)"
)
TAG_WORD = re.compile(
    r"^\W*(?:tags?|tagged(?: with| as)?|labels?|topics?|keywords?|key words|filed under|categor(?:y|ies)|"
    r"posted in|hashtags?|"
    r"more on|schlagw(?:o|ö)rter|schlagwort\w*|themen|kategorien?|stichw(?:o|ö)rter|étiquettes?|mots[ -]clés|"
    r"catégories?|thèmes?|"
    r"classé dans|etiquetas?|temas?|categor[íi]as?|palabras clave|palavras-chave|assuntos?|marcadores|"
    r"argomenti|categorie|"
    r"parole chiave|trefwoorden|onderwerpen|теги|тэги|метки|рубрики?|темы|ключевые слова|etiketler|etiket|"
    r"konular|anahtar kelimeler|"
    r"tagi|태그|키워드|카테고리|分类|标签|關鍵字|关键词|關鍵詞|標籤|タグ|キーワード|カテゴリー?|"
    r"関連キーワード|كلمات مفتاحية|الكلمات المفتاحية|"
    r"الوسوم|وسوم|الكلمات الدلالية|التصنيفات|टैग्स?|विषय|tagar)\s*[:：]?\s*$",
    re.IGNORECASE,
)
TAG_PATH = re.compile(
    r"/(?:tags?|labels?|keywords?|topics?|hashtags?|etiquetas?|schlagwort|mot-cle|etiket|tema|temas|"
    r"tema-\w+|thema)/[^/]",
    re.IGNORECASE,
)


def linked_labels(place: Place) -> Iterator[str]:
    root = place.blocks.root
    for link in root.xpath(".//a[contains(concat(' ', @rel, ' '), ' tag ')]")[:200]:
        if place.holds(link):
            yield one_line(link)
    for element in root.xpath(".//*[contains(concat(' ', @class, ' '), ' p-category ')]")[:50]:
        if place.holds(element):
            yield one_line(element)
    yield from _labelled(place)


def _labelled(place: Place) -> Iterator[str]:
    """Yield the links of elements that are named tags, and of the list after a heading "Tags"."""
    lists: dict[html.HtmlElement, bool] = {}
    for link in place.links():
        text = one_line(link) if len(link) < 5 else ""
        if not 1 < len(text) <= 60 or len(text.split()) > 6:
            continue
        if TAG_WORD.match(text) or dates.find_dates(text):
            continue
        if TAG_PATH.search(link.get("href") or "") or _is_in_tags(link, lists):
            yield text


def _is_in_tags(link: html.HtmlElement, lists: dict[html.HtmlElement, bool]) -> bool:
    """Tell whether a link stands in a list of tags; what was found of an element is kept in `lists`."""
    current = link.getparent()
    for _ in range(4):
        if current is None or current.tag in {"article", "body", "main", "p"}:
            return False
        if current not in lists:
            lists[current] = _is_tag_list(current)
        if lists[current]:
            return True
        current = current.getparent()
    return False


def _is_tag_list(element: html.HtmlElement) -> bool:
    named = bool(TAGS.search(names(element))) or _is_labelled(element)
    return named and len(element.xpath(".//a")) <= MAX_LABELS and len(one_line(element)) <= MAX_LIST


def _is_labelled(element: html.HtmlElement) -> bool:
    """Tell whether a heading "Tags" or the like stands before an element, or is its first part."""
    before = element.getprevious() if element.tag in {"ul", "ol", "div", "dd"} else None
    heads = [e for e in (before, next(element.iterchildren(), None)) if e is not None and len(e) < 5]
    return any(TAG_WORD.match(one_line(e)[:60]) for e in heads) or bool(
        TAG_WORD.match((element.text or "")[:60])
    )


def spoken_labels(block: Block) -> Iterator[str]:
    head, colon, rest = block.text.partition(":" if ":" in block.text else "：")
    if colon and rest and TAG_WORD.match(head) and width(rest) <= LONGEST:
        yield from split_labels(re.sub(r"(?<=\S)\s+(?=#)", ", ", rest))
