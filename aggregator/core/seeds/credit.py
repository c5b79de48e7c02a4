"""Who reported it: source lines, agency endings, datelines, copyright lines."""

import re
from dataclasses import dataclass

from aggregator.core.agencies import is_agency
from aggregator.core.seeds import dates
from aggregator.core.seeds.draft import When
from aggregator.core.seeds.lines import SPACES, fold, width
from aggregator.core.seeds.names import is_names, is_nobody, person

MAX_SOURCE = 80  # columns; a longer line in brackets is an editor's remark


@dataclass(frozen=True, slots=True)
class Credit:
    """A publisher as a line names it, and what else the same line says."""

    publisher: str | None = None
    author: str | None = None
    published: When | None = None
    url: str | None = None
    rest: str = ""  # the line without the credit


_SOURCE_WORD = (
    r"(?:news )?sources?|original source|source article|source url|from|via|credit|"
    r"courtesy(?: of)?|originally (?:published|posted|appeared) (?:in|on|at|by)|"
    r"first (?:published|appeared) (?:in|on|by)|quelle|quellen|fuentes?|fonte|bron|kilde|"
    r"źródło|kaynak|источник|출처|자료|المصدر|مصدر|来源|來源|出典|提供"
)
SOURCE_LINE = re.compile(rf"^\W*(?:{_SOURCE_WORD})\s*[:：]\s*(?P<name>.+?)[\])\s.]*$", re.IGNORECASE)
VIA_LINE = re.compile(
    (
        r"^[\[(]?\s*(?:via|source|courtesy of|originally (?:published|posted|appeared) (?:in|"
        r"on|at|by))\s+(?P<name>[^.!?]+?)[\])\s.]*$"
    ),
    re.IGNORECASE,
)
# What a reading tool writes under what it kept: the day is not the article's.
KEPT_FROM = re.compile(
    r"^\W*(?:saved|clipped|archived|printed|copied|retrieved|downloaded|gespeichert|gedruckt|ausgedruckt|"
    r"enregistré|imprimé|archivé|guardado|impreso|salvo|salvato|stampato|opgeslagen|сохранено|"
    r"распечатано)\s+"
    r"(?:from|von|aus|depuis|de|da|del|van|из|с сайта)\s+(?P<name>[^\d].{2,60}?)"
    r"(?:,?\s+(?:(?:on|at|am|le|el|il|op|em)\b|\d).*)?$",
    re.IGNORECASE,
)
BRACKETS = re.compile(
    r"^(?:\[(?P<square>[^\[\]]+)\]|\((?P<round>[^()]+)\)|\{(?P<curly>[^{}]+)\}|"
    r"【(?P<wide>[^】]+)】|<(?P<angle>[^<>]+)>)\W{0,2}$"
)
DASH_LINE = re.compile(r"^(?:—|–|―|--?|~)\s*(?P<name>[^\s—–-].{1,60}?)\.?$")
_NOT_A_SOURCE = re.compile(
    (
        r"^(?:photos?|images?|videos?|pictures?|file|click|read|see|watch|more|continue|"
        r"update|updated|correction|editor|note|listen|cc|pdf|link|advert|foto|bild|part|"
        r"chapter|page|table|figure|map|graphic|appendix|\d)\b"
    ),
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s<>\"'\])]+")

# "Permalink: https://…": the piece's own address, by whatever name a site or a clipper gives it.
URL_LABEL = re.compile(
    r"^\W*(?:url|link|perma\s?link|permanent (?:link|url|address)|short ?(?:url|link)|source url|"
    r"article url|"
    r"document url|canonical(?: url| link)?|web ?(?:address|link)|address|printed from|print from|"
    r"retrieved from|available (?:online )?at|link to (?:this |the )?(?:article|story|post|page|original)|"
    r"(?:article|story|post) link|original(?: article| source| story| post| link| url)?|"
    r"view original|read (?:the )?(?:original|full article|full story|more)(?: at| here|"
    r" on)?|source|from|url to article|"
    r"adresse|permanenter link|dauerlink|dauerhafter link|link zum (?:artikel|beitrag|original)|"
    r"original-?link|"
    r"lien|lien permanent|permalien|adresse permanente|lien (?:vers|de) l['’]article|article original|"
    r"enlace|enlace permanente|enlace original|vínculo|dirección|nota original|artículo original|"
    r"ligação permanente|link permanente|collegamento permanente|articolo originale|link original|"
    r"permanente link|vaste link|bezpośredni odnośnik|permalänk|kalıcı bağlantı|bağlantı|tautan|pautan|"
    r"ссылка|постоянная ссылка|постоянный адрес|адрес|оригинал|ссылка на (?:статью|оригинал|источник)|"
    r"링크|원문|원문\s?(?:보기|링크|주소)|고유\s?(?:링크|주소)|기사\s?(?:링크|주소|원문)|짧은\s?주소|출처|"
    r"(?:ال)?رابط(?: (?:ال)?(?:دائم|ثابت|مختصر|خبر|مقال|أصلي))?|"
    r"原文(?:链接|鏈接|網址|地址)?|本文(?:链接|地址|網址|鏈接)|永久(?:链接|連結|鏈接)|链接|連結|記事のurl|パーマリンク|"
    r"स्थायी लिंक|लिंक)\s*[:：]?\s*[<\[(]?(?P<url>https?://[^\s<>\])]+)",
    re.IGNORECASE,
)

_INPUTS = re.compile(
    (
        r"\s*[\[(]?\s*(?:with|additional)\s+(?:(?:agency|agencies|additional)\s+)?(?:inputs?|"
        r"reporting|reports?|material|information)\s+(?:from|"
        r"by)\s+(?P<name>[^)\].]{2,60})[)\].\s]*$"
    ),
    re.IGNORECASE,
)
_STAFF_ENDING = re.compile(
    (
        r"(?<=[.!?…”\"’'»)])\s*[\[(](?P<staff>(?:additional )?(?:reporting|writing|editing|"
        r"edited|written|compiled|translated|report) by\b[^()\[\]]{3,230})[)\]]?\W*$"
    ),
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?<=[.!?…”\"’'»)。])\s*(?P<open>—|–|―|--|-|/|\(|\[|（|"
    r"［)\s*(?P<name>[^\s()\[\]—–][^()\[\]—–.!?]{1,40}?)\s*(?P<close>[)\]/）］])?\s*\.?$"
)
_DATELINE = re.compile(
    r"^(?P<place>[^()\n]{0,70}?)[\s,]*"
    r"[(/（\[]\s*(?P<name>[^()/\]\d]{2,40}?)\s*[)/）\]]\s*(?:[.:]?\s*[-–—−:]+|\.\s*[-–—]?|"
    r":)\s*(?=\S)"
)
_DASH_AFTER = re.compile(r"[)\]）］]\s*(?:--|[–—])\s*$")  # "(Shore Wire) -- The ferry …"
_DASHED_DATELINE = re.compile(
    r"^(?P<place>[^\W\d_][^.!?()]{1,40}?)\s*[-–—,/]\s*(?P<name>[^\s\d.!?()-][^.!?()\d]{1,3"
    r"0}?)\s*(?:[:،]|\s[-–—])\s*(?=\S)"
)
_KOREAN_DATELINE = re.compile(
    r"^[(\[【]\s*(?P<place>[^=\])]{1,30})=\s*(?P<"
    r"name>[^\])]{2,20})\s*[)\]】]\s*(?:(?P<autho"
    r"r>[가-힣]{2,4}(?:[·,\s]+[가-힣]{2,4})*)\s*(?:기자|특파원)\s*)?=?\s*"
)

_COPYRIGHT = re.compile(
    r"(?:(?:copyright|©|\(c\)|ⓒ|&copy;|저작권자)\s*)+(?:[\[(]?(?:19|"
    r"20)\d\d[\])]?(?:\s*[-–/]\s*(?:19|20)?\d\d(?:\d\d)?)?)?[\s,.:]*(?:by\s+|"
    r"of\s+)?(?P<name>[^\d©|•·,.:;<>()\[\]][^©|•·;<>()\[\]]{1,80}?)\s*"
    r"(?:$|[.,;|•·–—>)\]]|(?:\b(?:19|20)\d\d\b)|\s-\s|\ball rights\b|\b(?:alle|tous|todos|"
    r"tutti)\b|все права|무단|재배포|جميع|版权)",
    re.IGNORECASE,
)
_OWNER_FIRST = re.compile(r"^\W*(?P<name>[^\d©|]{2,60}?)[\s,]*(?:©|\(c\)|ⓒ)\s*(?:19|20)\d\d", re.IGNORECASE)
_GENERIC = re.compile(
    (
        r"^(?:copyrights?|all rights?|rights|the authors?|respective|protected|reserved|"
        r"notice|policy|by|us|and|terms|content|this|material|information)\b"
    ),
    re.IGNORECASE,
)


def source_line(text: str, order: dates.Order = None) -> Credit | None:
    """Read a line that only names where a piece is from: "[Reuters]", "Source: AP", "via BBC News"."""
    if width(text) > 3 * MAX_SOURCE:
        return None
    if is_agency(text) and text[0].isalnum() and text[-1].isalnum():
        return Credit(text)
    if (match := URL_LABEL.match(text)) and not re.search(r"\w", text[match.end() :]):
        return Credit(url=match["url"])
    if match := SOURCE_LINE.match(text):
        return _named(match["name"], order) or _labelled(match["name"])
    if (match := KEPT_FROM.match(text)) and (kept := _named(match["name"], order)):
        return Credit(kept.publisher, url=kept.url)
    if match := VIA_LINE.match(text):
        return _named(match["name"], order)
    if match := BRACKETS.match(text):
        inner = next(group for group in match.groups() if group)
        labelled = SOURCE_LINE.match(inner) or VIA_LINE.match(inner)
        found = _named(labelled["name"] if labelled else inner, order)
        # Round brackets hold remarks more often than names: there only what is known or written large.
        certain = labelled or match["square"] or (found and found.publisher and _is_certain(found.publisher))
        return found if certain else None
    match = DASH_LINE.match(text)
    # An item of a list begins with a dash as well; what it counts or explains is no name.
    unfit = match is None or len(match["name"].split()) > 5 or re.search(r"[:,\d]", match["name"])
    return _named(match["name"], order) if match and not unfit else None


def _is_certain(name: str) -> bool:
    return is_agency(name) or (
        len(name.split()) <= 5 and all(w[0].isupper() or w in {"of", "and", "the"} for w in name.split())
    )


def _named(raw: str, order: dates.Order) -> Credit | None:
    """Read "Reuters", "Reuters, January 10, 2019" or an address."""
    if url := _URL.search(raw):
        name = raw[: url.start()].strip(" :-–—(,")
        return Credit(name if name and _is_source_name(name) else None, url=url[0])
    found = dates.find_dates(raw, order)
    name = (raw[: found[0].start] if found else raw).strip(" ,;:-–—|")
    if not _is_source_name(name):
        return None
    return Credit(SPACES.sub(" ", name), published=found[0].when if found else None)


def _labelled(name: str) -> Credit | None:
    """Accept after "Source:" any few words without a full stop: not every script writes names large."""
    plain = len(name.split()) <= 6 and width(name) <= MAX_SOURCE and not is_nobody(name)
    return Credit(SPACES.sub(" ", name)) if plain and not re.search(r"[.!?…;]", name) else None


def _is_source_name(name: str) -> bool:
    """Tell whether a text can be a publisher's name, by its form."""
    if is_agency(name):
        return True
    if (
        width(name) > MAX_SOURCE
        or is_nobody(name)
        or _NOT_A_SOURCE.match(name)
        or re.search(r"[!?;=]|\.\s|\.{2,}|…", name)
    ):
        return False
    return (
        bool(re.match(r"[^\W_]", name))
        and len(name.split()) <= 8
        and (is_names(name) or is_names(re.sub(r"[\d:“”\"]", "", name).strip() or "1 2"))
    )


def ending(text: str) -> Credit | None:
    """Read an agency's name after the last sentence ("… — Reuters", "… (AFP)"); `rest` is the text before."""
    if match := _INPUTS.search(text[-120:]):
        name = match["name"].strip()
        return Credit(
            None if is_nobody(name) or not _is_source_name(name) else name,
            rest=text[: len(text) - len(match[0])].rstrip(),
        )
    if match := _STAFF_ENDING.search(text[-250:]):
        before = text[: len(text) - len(match[0])].rstrip()
        inner = ending(before)
        return Credit(
            inner.publisher if inner else None,
            reporters(match["staff"]),
            rest=inner.rest if inner else before,
        )
    tail = text[-80:]
    match = _ENDING.search(tail)
    if match is None:
        return _bare_ending(text, tail)
    name, before = match["name"].strip(), tail[: match.start()].rstrip()
    rest = text[: len(text) - len(tail) + match.start()].rstrip()
    if is_agency(name):
        return Credit(name, rest=rest)
    if is_nobody(name) and match["open"] in "—–―--([":
        return Credit(None, rest=rest)
    # Otherwise a long dash after a full stop; after a closing quotation mark it names the speaker.
    quoted = before.endswith(("”", '"', "’", "'", "»"))
    unsure = quoted or match["open"] not in {"—", "–", "―", "[", "--"} or len(name.split()) > 4
    return None if unsure or not name[0].isupper() or not _is_source_name(name) else Credit(name, rest=rest)


def _bare_ending(text: str, tail: str) -> Credit | None:
    """Read an agency's name that follows the last sentence without a sign: "… said. EFE"."""
    match = re.search(r"(?<=[.!?…”\"»])\s+(?P<name>[^.!?…”\"»]{2,30})$", tail)
    return (
        Credit(match["name"].strip(), rest=text[: len(text) - len(match[0])])
        if match and is_agency(match["name"])
        else None
    )


def dateline(text: str, order: dates.Order = None) -> Credit | None:
    """Read the agency out of a dateline ("PARIS, Jan 10 (Reuters) - …"); the dateline stays in the text."""
    head = text[:140]
    if match := _KOREAN_DATELINE.match(head):
        return Credit(match["name"].strip(), match["author"])
    match = _DATELINE.match(head)
    if (
        match
        and _is_place(match["place"], order)
        and (
            is_agency(match["name"])
            or ((match["place"] or _DASH_AFTER.search(match[0])) and _is_acronym_or_title(match["name"]))
        )
    ):
        return Credit(SPACES.sub(" ", match["name"]), published=dates.first_date(match["place"], order))
    match = _DASHED_DATELINE.match(head)
    if match and is_agency(match["name"]):
        return Credit(match["name"].strip())
    return Credit(published=found) if (found := _dated_place(head, order)) else None


def _is_acronym_or_title(name: str) -> bool:
    return len(name.split()) <= 4 and all(word[0].isupper() for word in name.split()) and not is_nobody(name)


def _is_place(text: str, order: dates.Order) -> bool:
    """Tell whether a text is a dateline's place and day: few words, places written large."""
    for found in reversed(dates.find_dates(text, order)):
        text = text[: found.start] + text[found.end :]
    text = dates.VAGUE.sub("", text)
    return len(text.split()) <= 8 and (
        not text.strip() or is_names(re.sub(r"[—–,/.:]", " ", text)) or len(text.split()) <= 3
    )


def _dated_place(head: str, order: dates.Order) -> When | None:
    """Read the full date of "SEOUL, January 10, 2019 – …"."""
    match = re.match(
        r"^(?P<place>[^\W\d_][^.!?()\d]{1,45}?)[\s,(–—-]+(?P<rest>.{6,40}?)\)?\s*(?:[-–—:]+|/\S+/)\s", head
    )
    if not match:
        return None
    found = dates.find_dates(head, order)
    inside = found and found[0].end <= match.end() and _is_place(head[: found[0].start], order)
    return found[0].when if inside else None


def copyright_owner(text: str) -> str | None:
    """Return who a copyright line names; None where it names nobody."""
    for pattern in (_COPYRIGHT, _OWNER_FIRST):
        if match := pattern.search(text):
            name = re.sub(
                r"^(?:by|of|the copyright of)\s+|\s*(?:19|20)\d\d.*$",
                "",
                match["name"].strip(" -–—,.«»“”„‟\"'‘’"),
                flags=re.IGNORECASE,
            )
            if (
                name
                and not _GENERIC.match(name)
                and not _NOT_A_SOURCE.match(name)
                and len(name.split()) <= 8
                and not is_nobody(name)
            ):
                return SPACES.sub(" ", name)
    return None


def reporters(text: str) -> str | None:
    """Return the names in an agency's credit ("Reporting by Jane Doe in Seoul; Editing by …")."""
    match = re.match(
        r"^\W*(?:reporting|report|additional reporting) by\s+(?P<names>[^;.)]+)", text, re.IGNORECASE
    )
    if not match:
        return None
    names = re.sub(r"\s+in\s+[A-Z][\w .]*?(?=\s+and\s|,|$)", "", match["names"])
    names = re.split(r"\s+(?:editing|writing|additional)\b", names, flags=re.IGNORECASE)[0]
    return person(re.sub(r",\s*and\s+", ", ", names))


STAFF_CREDIT = re.compile(
    r"^\W*(?:(?:additional )?(?:reporting|writing|editing|report|edited|written|compiled|"
    r"translated|fact-check\w*|graphics?|production)\s+by\b.{3,250}|"
    r".{3,160}\bcontributed (?:to|reporting)\b.{0,60}|our standards: .{0,80}|"
    r"(?:the )?thomson reuters trust principles\W*|redaktion: .{0,80}|rédaction: .{0,80})$",
    re.IGNORECASE,
)


def is_staff_credit(text: str) -> bool:
    """Tell whether a line only says who reported, wrote and edited."""
    return bool(STAFF_CREDIT.match(fold(text)))
