"""Who wrote an article, as its page shows it: links to authors, cards, lines that begin with "by"."""

import re
from itertools import pairwise

from lxml import html

from aggregator.core.agencies import is_agency
from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import is_staff_credit, reporters
from aggregator.core.seeds.dump.metaline import read_meta
from aggregator.core.seeds.html.blocks import HEADINGS, Block
from aggregator.core.seeds.html.facts import unique
from aggregator.core.seeds.html.place import LONGEST, Place
from aggregator.core.seeds.html.tree import names, one_line
from aggregator.core.seeds.lines import is_sentence, width
from aggregator.core.seeds.names import is_lone_person, is_nobody, person

MAX_PEOPLE = 8
AUTHOR = re.compile(
    r"-(?:(?:\w+-)*(?:authors?|author-name|byline|by-line|autor(?:in|en|es)?|auteurs?|autore|yazar|writer|"
    r"reporter|"
    r"journalist|redakteur|user-?name|post-by|kisha|writers?-name|editor-name)(?:-(?:names?|link|text|"
    r"display))?|fn|p-author)-"
)
NOT_AUTHOR = re.compile(
    r"-(?:(?:\w+-)*(?:date|time|bio|box|avatar|image|img|photo|title|job|role|email|desc\w*|social|"
    r"follow)(?:-\w+)*)-"
)
BY = re.compile(
    r"^\W*(?:(?:\w+ )?(?:by|von|par|por|door|przez|oleh)|text|autor(?:in)?|par|propos recueillis par|"
    r"por|escrito por|redacción|di|a cura di|door|автор(?:ы)?|текст|беседовал[аи]?|yazan|yazar|haber|"
    r"gönderen|muhabir|기자명|글|작성자|"
    r"글쓴이|文|作者|记者|記者|撰文|編輯|编辑|執筆|執筆者|取材|文・写真|取材・文|"
    r"بقلم|كتب|كتبت|الكاتب|تحرير|इनके द्वारा|लेखक|द्वारा|oleh|"
    r"penulis|af|av|przez|oprac\.?|tekst)\s*(?:[:：／/|]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
LABELLED_AUTHOR = re.compile(
    r"(?<!\w)(?:作者|记者|記者|撰文|文|글쓴이|글|기자|author|autor|auteur|автор|yazar|kirjoittaja)\s*[:：]\s*"
    r"(?P<value>\S+?(?: \S+?){0,3}?)(?=\s*(?:$|[|·•,]|\S{1,12}\s?[:：]))",
    re.IGNORECASE,
)
LEADING_TO_DATE = re.compile(
    r"[\s,]+(?:on|op|am|le|el|den|il|em|em|w|dnia|at|в|от|på|tarihinde)\b[^A-ZА-Я]{0,20}$"
)
AUTHOR_TAIL = re.compile(r"\s*(?:기자|특파원|記者|记者|さん|氏)\s*$")
CHINESE_REPORTER = re.compile(r"[／/｜|\s](?:記者|记者)\s*(?P<name>[\u4e00-\u9fff]{2,4})(?=[／/｜|\s]|$)")
EDITOR = re.compile(
    r"^\W*(?:责任编辑|责编|責任編輯|編集|편집|edit(?:ed|ing|or)|redigiert|redaktion:)", re.IGNORECASE
)


def shown_author(place: Place, near: list[Block]) -> str | None:
    root = place.blocks.root
    linked = root.xpath(".//a[contains(concat(' ', @rel, ' '), ' author ')]")
    carded = root.xpath(
        ".//*[contains(concat(' ', @class, ' '), ' vcard ') or contains(concat(' ', @class, ' '), ' "
        "p-author ')]"
        "//*[contains(concat(' ', @class, ' '), ' fn ') or contains(concat(' ', @class, ' '), ' p-name ')]"
    )
    for found in (linked[:50], carded[:50]):
        people = unique(name for e in found if place.holds(e) and (name := byline(one_line(e))))
        if people:
            return ", ".join(people[:MAX_PEOPLE])
    return _spoken(near) or _classed(place) or _beside_date(near)


def _beside_date(near: list[Block]) -> str | None:
    """Return the person whose name alone is a line, with the date on the next."""
    for block, following in pairwise(near):
        is_alone = block.tag not in HEADINGS and len(block.text) <= 40 and is_lone_person(block.text)
        if is_alone and len(following.text) < 60 and dates.first_date(following.text):
            return byline(block.text)
    return None


def _classed(place: Place) -> str | None:
    """Return the author that an element named so holds, the innermost."""
    root = place.blocks.root
    found = [
        e
        for e in root.xpath(".//*[@class or @id or @data-testid or @data-hook]")
        if isinstance(e.tag, str)
        and AUTHOR.search(words := names(e))
        and not NOT_AUTHOR.search(words)
        and e.tag not in {"article", "body", "main", "section", "html"}
    ]
    for element in found[:60]:
        text = one_line(element) if place.holds(element) else ""
        if text and width(text) <= LONGEST and (name := _split_byline(element, text)):
            return name
    return None


def _split_byline(element: html.HtmlElement, text: str) -> str | None:
    """Read a byline whole, else by its links, else up to the first date or bar."""
    meta = read_meta(text)
    if meta and meta.author:
        return meta.author
    links = [name for a in element.iter("a") if (name := byline(one_line(a))) and " " in name]
    if links:
        return ", ".join(unique(links)[:MAX_PEOPLE])
    return byline(_before_date(text))


def _spoken(near: list[Block]) -> str | None:
    """Return whom a line that begins with "by" names."""
    for block in near:
        if width(block.text) > 2 * LONGEST or is_sentence(block.text):
            continue
        for text in (block.text, *_parts(block)):
            if width(text) <= LONGEST and BY.match(text) and (name := byline(_before_date(text))):
                return name
        if (match := LABELLED_AUTHOR.search(block.text)) and (name := byline(match["value"])):
            return name
        before = _before_date(block.text)
        if before != block.text and is_lone_person(before):
            return byline(before)
        if is_staff_credit(block.text) and (name := reporters(block.text)):
            return name
    return None


def _parts(block: Block) -> list[str]:
    """Return the texts of the labels on a line."""
    return [one_line(e) for e in list(block.element.iterchildren("span", "a", "b", "strong", "em", "i"))[:10]]


def _before_date(text: str) -> str:
    """Return what stands before the date on a line, without the words that lead to the date."""
    cut = dates.find_dates(text)
    before = re.split(r"\s*[|•·]\s*", text[: cut[0].start] if cut else text)[0]
    return LEADING_TO_DATE.sub("", before).strip(" ,;-–—(") if cut else before


def byline(text: str) -> str | None:
    """Return the persons that a byline names; None where it names nobody, or an agency."""
    bare = re.sub(r"\S+@\S+", " ", BY.sub("", text.strip(), count=1)).strip(" ,.|·•:-–—")
    bare = AUTHOR_TAIL.sub("", bare)
    if reporter := CHINESE_REPORTER.search(text):
        return reporter["name"]
    if not bare or EDITOR.match(text) or len(bare) > LONGEST or is_nobody(bare) or is_agency(bare):
        return None
    return person(bare)
