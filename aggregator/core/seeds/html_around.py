"""What stands around an article's text for readers: byline, date, tags, the site's name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html

from aggregator.core.agencies import is_agency
from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import Credit, copyright_owner, is_staff_credit, reporters, source_line
from aggregator.core.seeds.draft import When
from aggregator.core.seeds.fields import when
from aggregator.core.seeds.html_blocks import HEADINGS, Block, Blocks, path_of
from aggregator.core.seeds.html_facts import unique
from aggregator.core.seeds.html_tree import names, one_line, props
from aggregator.core.seeds.html_zones import Zone
from aggregator.core.seeds.lines import fold, is_sentence, width
from aggregator.core.seeds.metaline import Meta, read_meta, split_labels
from aggregator.core.seeds.names import is_lone_person, is_nobody, person
from aggregator.core.seeds.site import is_name

BELOW = 14  # blocks under the text that may say something about it
ABOVE = 5  # blocks over the headline that may
LONGEST = 200  # columns of a byline or a date
MAX_PEOPLE = 8
MAX_LABELS = 30  # links of a list of tags; a cloud of tags has more
MAX_LIST = 600  # characters of such a list
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
DATE = re.compile(
    r"-(?:(?:\w+-)*(?:date|dates|datum|fecha|tarih|timestamp|datetime|time|published|dateline|pubdate|"
    r"posted-on|posted|"
    r"dt-published|stand|hizuke|nichiji|regdate|wdate|data|publish)(?:-\w+)?)-"
)
PUBLISHED = re.compile(
    r"-(?:(?:\w+-)*(?:publish\w*|entry-date|pubdate|dt-published|post-date|created|posted\w*))-"
)
CHANGED = re.compile(r"-(?:(?:\w+-)*(?:updated?|modified|dt-updated|lastmod|edited|change[ds]?))-")
TODAY = re.compile(
    r"-(?:\w+-)*(?:today|current-?date|now|heute|du-jour|hoy|oggi|hoje|bugun|clock|weather|masthead)-"
    r"|(?:^| )-(?:(?:page-|site-|top-|main-)?header|top|top-?bar|(?:header|head|top)-?date)-(?: |$)"
)
CHANGE_WORD = re.compile(
    r"^\W*(?:last |zuletzt )?(?:updated?|modified|edited|aktualisiert|geändert|stand|mise? à jour|modifié|"
    r"actualizad[oa]|"
    r"atualizad[oa]|aggiornat[oa]|bijgewerkt|обновлено|изменено|güncelle\w*|수정|업데이트|更新|최종수정|"
    r"تحديث|آخر تحديث|"
    r"अपडेट)",
    re.IGNORECASE,
)
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
CLOCK_BEFORE = re.compile(
    r"(?<![\d:.])(?P<clock>\d{1,2}[:.h]\d\d(?: ?[ap]\.?m\.?)?)(?: ?(?:uhr|h|hrs))?[\s,|·•–-]{1,4}$",
    re.IGNORECASE,
)
CLOCK_BEHIND = re.compile(
    r"^[\s,|·•/–-]{1,4}(?:um |at |à |às |a las |ore |kl\.? |в |saat |klo )?(?P<clock>\d{1,2}[:.h]\d\d(?: "
    r"?[ap]\.?m\.?)?)(?![\d.:])",
    re.IGNORECASE,
)
SOURCE = re.compile(r"-(?:(?:\w+-)*(?:source|media-?name|laiyuan|quelle|fuente))-(?: |$)")
EDITOR = re.compile(
    r"^\W*(?:责任编辑|责编|責任編輯|編集|편집|edit(?:ed|ing|or)|redigiert|redaktion:)", re.IGNORECASE
)
STAMPED = "data-date-time data-datetime data-timestamp data-time data-published data-date".split()
TIMES = ".//time | .//abbr[@title] | .//*[@datetime or {}]".format(
    " or ".join(f"@{name}" for name in STAMPED)
)
EPOCH = re.compile(r"^\d{10}(?:\d{3})?$")  # seconds or milliseconds since 1970
GENERIC = re.compile(
    r"^(?:print(?:er)?(?:[ -]friendly)?(?: (?:version|page))?|article|news|home(?: ?page)?|nyhet|untitled|"
    r"document|index|"
    r"loading\W*|noticias?|artikel|nachrichten|actualités?|новости|главная|뉴스|新闻|ニュース|الأخبار|haber)$",
    re.IGNORECASE,
)
SITE_NAMES = re.compile(
    r"-(?:site-?(?:title|name|logo|branding)|logo|logotype|brand|branding|masthead|navbar-brand|"
    r"site-title-\w+|blog-title|publication)-"
)
FEED_TITLE = re.compile(
    r"\s*(?:»|«|›|-|–|—|\||:|·)?\s*(?:(?:rss|atom|json)(?: ?[12](?:\.\d+)?)?(?: feed)?|feed|all posts|news "
    r"feed|latest(?: news)?|flux(?: rss)?|"
    r"posts|noticias|articles)?\s*$",
    re.IGNORECASE,
)
PARTS = re.compile(r"\s+[|–—\-»«›•·]+\s+|\s*[|｜_：»:]+\s*")  # of a browser's title


@dataclass(frozen=True, slots=True)
class Around:
    """What readers are told about an article."""

    published: When | None = None
    updated: When | None = None
    author: str | None = None
    publisher: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands among the blocks of its page."""

    blocks: Blocks
    head: int  # the headline's block, or the text's first
    first: int  # of the text
    end: int
    order: dates.Order = None  # how the page writes 10/11/2019
    texts: frozenset[str] = frozenset()  # the article's paragraphs

    def near(self) -> list[Block]:
        """Return the blocks that may say something about the article, the likeliest first."""
        blocks = self.blocks.all
        between = blocks[self.head : self.first][:40]
        inside = [b for b in blocks[self.first : self.end] if b.zone is Zone.FACTS][:40]
        over = list(reversed(blocks[max(0, self.head - ABOVE) : self.head]))
        return [
            b for b in (*between, *inside, *self._below(), *over) if _is_near(b) and b.text not in self.texts
        ]

    def _below(self) -> list[Block]:
        found = []
        for block in self.blocks.all[self.end : self.end + BELOW]:
            if block.zone is Zone.COMMENTS:
                break
            found.append(block)
        return found

    def links(self) -> list[html.HtmlElement]:
        """Return the links around the article that are no part of a sentence."""
        near = {b.element: None for b in (*self.blocks.all[self.first : self.end], *self.near())}
        quiet = (
            e for e in near if self.blocks.prose.get(e, 0) == 0 and self.blocks.zone(e) in {None, Zone.FACTS}
        )
        return [link for element in list(quiet)[:200] for link in list(element.iter("a"))[:50]]

    def holds(self, element: html.HtmlElement) -> bool:
        """Tell whether an element stands in the article or close to it, and in no foreign part."""
        span = self.blocks.spans.get(element) or self.blocks.spans.get(_block_of(element, self.blocks))
        if span is None or self.blocks.zone(element) not in {None, Zone.FACTS}:
            return False
        return self.head - ABOVE - 1 <= span[0] <= self.end + BELOW


def _block_of(element: html.HtmlElement, blocks: Blocks) -> html.HtmlElement | None:
    current: html.HtmlElement | None = element
    while current is not None and current not in blocks.spans:
        current = current.getparent()
    return current


def _is_near(block: Block) -> bool:
    return (
        block.zone in {None, Zone.FACTS}
        and width(block.text) <= 2 * LONGEST
        and not TODAY.search(names(block.element))
        and block.prose < LONGEST
    )


def read_around(place: Place) -> Around:
    """Return what stands around an article."""
    near = place.near()
    metas = [meta for block in near if (meta := _meta(block, place.order))]
    sources = [credit for block in near if (credit := _source(block))]
    stamped, changed = _times(place)
    published = (
        stamped or next((m.published for m in metas if m.published), None) or _dated(near, place.order)
    )
    finer = (m.published for m in metas if m.published and not m.published[1])
    if published and published[1]:
        same_day = (w for w in finer if w[0].date() == published[0].date())
        published = next(same_day, None) or _at_clock(published, near)
    linked = list(_linked_labels(place))
    spoken = (label for m in metas for label in m.categories)
    labels = linked or [*(label for block in near for label in _after_label(block)), *spoken]
    author = _author(place, near) or next((m.author for m in metas if m.author), None)
    return Around(
        published,
        changed or next((m.updated for m in metas if m.updated), None),
        author,
        next((c.publisher for c in sources if c.publisher), None)
        or next((m.publisher for m in metas if m.publisher), None),
        tuple(unique(labels)),
    )


def _meta(block: Block, order: dates.Order) -> Meta | None:
    text = block.text
    if block.prose >= LONGEST or (
        CHANGE_WORD.match(text) and len(text) < LONGEST and not _has_two_dates(text)
    ):
        return None
    return read_meta(text, order)


def _has_two_dates(text: str) -> bool:
    return len(dates.find_dates(text)) > 1


def _source(block: Block) -> Credit | None:
    for element in (block.element, *list(block.element.iterchildren("a", "span"))[:10]):
        name = one_line(element) if SOURCE.search(names(element)) else ""
        if 2 < width(name) <= 40 and is_name(name) and not BY.match(name):
            return Credit(name)
    for part in re.split(r"\s*[|•·]\s*", block.text):
        if len(part) < LONGEST and (credit := source_line(part)) and credit.publisher:
            return credit
    return None


# --- when -------------------------------------------------------------------------------------------------


def _times(place: Place) -> tuple[When | None, When | None]:
    """Return when marked-up times say that it was published and changed."""
    root = place.blocks.root
    found = root.xpath(TIMES)
    stamps = [(e, value) for e in found[:300] if place.holds(e) and (value := _stamp(e))]
    published = [v for e, v in stamps if not _is_change(e) and not TODAY.search(names(e))]
    marked = (
        v
        for e, v in stamps
        if not _is_change(e) and (e.get("pubdate") is not None or PUBLISHED.search(names(e)))
    )
    changed = next((v for e, v in stamps if _is_change(e)), None)
    return next(marked, published[0] if published else None), changed


def _stamp(element: html.HtmlElement) -> When | None:
    stated = (element.get(name) for name in ("datetime", *STAMPED, "title"))
    for raw in (*stated, one_line(element)):
        if raw and (found := when(int(raw) if EPOCH.match(raw) else raw)):
            return found
    return None


def _is_change(element: html.HtmlElement) -> bool:
    if "dateModified" in props(element) or CHANGED.search(names(element)):
        return not PUBLISHED.search(names(element).replace("updated", ""))
    before = " ".join(
        (element.getprevious().tail if element.getprevious() is not None else element.getparent().text) or ""
        for _ in "1"
    )
    return bool(CHANGE_WORD.search(before.strip()[-40:])) or bool(CHANGE_WORD.match(one_line(element)))


def _dated(near: list[Block], order: dates.Order) -> When | None:
    """Return the date of the nearest block that is named a date, or that is nothing but one."""
    for block in near:
        text = block.text
        if CHANGE_WORD.match(text) and not _has_two_dates(text):
            continue
        element = block.element
        stated = element.get("title") or next(iter(element.xpath(".//*[@title]/@title")), "")
        is_named = DATE.search(names(element)) or _names_of_only_child(element, DATE)
        if is_named and (found := when(text, order) or when(stated[:LONGEST], order)):
            return found
        found_dates = dates.find_dates(text, order)
        if block.zone is Zone.FACTS and found_dates and found_dates[0].when and width(text) < LONGEST:
            return found_dates[0].when
        if value := when(text, order) if width(text) < 60 else None:
            return value
    return None


def _at_clock(day: When, near: list[Block]) -> When:
    """Return the moment of a day, where a block gives the time of day right before or behind the date."""
    for block in near:
        for found in dates.find_dates(block.text):
            if found.when == day:
                text = block.text
                match = CLOCK_BEFORE.search(text[: found.start]) or CLOCK_BEHIND.match(text[found.end :])
                if match:
                    return dates.at_clock(day, match["clock"])
    return day


def _names_of_only_child(element: html.HtmlElement, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(names(child)) for child in element.iterchildren() if isinstance(child.tag, str))


# --- who --------------------------------------------------------------------------------------------------


def _author(place: Place, near: list[Block]) -> str | None:
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
    return _spoken(near) or _classed(place)


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
    if not bare or EDITOR.match(text) or len(bare) > LONGEST or is_nobody(bare) or is_agency(bare):
        return None
    return person(bare)


# --- labels -----------------------------------------------------------------------------------------------


def _linked_labels(place: Place) -> Iterator[str]:
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


def _after_label(block: Block) -> Iterator[str]:
    head, colon, rest = block.text.partition(":" if ":" in block.text else "：")
    if colon and rest and TAG_WORD.match(head) and width(rest) <= LONGEST:
        yield from split_labels(re.sub(r"(?<=\S)\s+(?=#)", ", ", rest))


# --- the site ---------------------------------------------------------------------------------------------


def site_name(tree: html.HtmlElement, title: str) -> str | None:
    """Return the site's name as the browser's title, the feed's, the logo or the owner's line shows it."""
    return (
        _from_browser(tree, title)
        or _from_feed(tree)
        or _from_logo(tree)
        or _from_home_link(tree)
        or _from_bare_title(tree, title)
        or _from_copyright(tree)
    )


def browser_title(tree: html.HtmlElement) -> str:
    """Return the title that the browser shows."""
    return " ".join("".join(tree.xpath("(//head/title)[1]//text()")).split())


def _from_browser(tree: html.HtmlElement, title: str) -> str | None:
    browser = browser_title(tree)
    if title and browser.startswith(title):
        parts = [part for part in PARTS.split(browser[len(title) :]) if part.strip()]
        return _named(parts[-1]) if parts else None
    if title and browser.endswith(title):
        parts = [part for part in PARTS.split(browser[: -len(title)]) if part.strip()]
        return _named(parts[0]) if parts else None
    return None


def _named(text: str) -> str | None:
    name = text.strip(" |:：_–—-»«›•·/｜")
    return name if 2 <= width(name) <= 60 and len(name.split()) <= 8 and not GENERIC.match(name) else None


def _from_feed(tree: html.HtmlElement) -> str | None:
    titles = tree.xpath(
        "//link[contains(@rel, 'alternate') and (contains(@type, 'rss') or contains(@type, 'atom') or "
        "contains(@type, 'feed'))]/@title"
    )
    bare = (FEED_TITLE.sub("", title.strip()) for title in titles[:5])
    return next((name for name in bare if 2 < width(name) <= 50 and is_name(name)), None)


def _from_logo(tree: html.HtmlElement) -> str | None:
    for element in tree.xpath("//*[@class or @id or @rel='home']")[:3_000]:
        if not isinstance(element.tag, str) or element.tag in {"body", "html"}:
            continue
        if element.get("rel") == "home" or SITE_NAMES.search(names(element)):
            alts = element.xpath("descendant-or-self::img/@alt | descendant-or-self::a/@title")
            for text in (one_line(element)[:100], *alts[:2]):
                if 2 < width(text) <= 50 and len(text.split()) <= 7 and is_name(text):
                    return str(text)
    return None


def _from_home_link(tree: html.HtmlElement) -> str | None:
    """Return what the first links to the front page are called, unless it is "Home"."""
    links = (a for a in tree.xpath("(//a[@href])[position() <= 20]") if home_link(a))
    texts = (one_line(a)[:100] or next(iter(a.xpath(".//img/@alt")), "") for a in links)
    return next(
        (text for text in texts if width(text) > 4 and is_name(text) and not GENERIC.match(text)), None
    )


def _from_bare_title(tree: html.HtmlElement, title: str) -> str | None:
    """Return the browser's title where it is a name, and the headline is another."""
    browser = browser_title(tree)
    is_other = bool(browser and title) and fold(browser) != fold(title)
    return browser if is_other and is_name(browser) and not GENERIC.match(browser) else None


def _from_copyright(tree: html.HtmlElement) -> str | None:
    texts = tree.xpath("//text()[contains(., '©') or contains(., 'opyright') or contains(., 'ⓒ')]")
    lines = (" ".join(text.split())[:200] for text in texts[:10])
    return next((name for line in lines if (name := copyright_owner(line)) and is_name(name)), None)


def home_link(element: html.HtmlElement) -> bool:
    """Tell whether a link leads to the site's front page."""
    return path_of(element.get("href") or "#") in {"", "/"}


__all__ = [
    "HEADINGS",
    "Around",
    "Place",
    "browser_title",
    "byline",
    "home_link",
    "read_around",
    "site_name",
]
