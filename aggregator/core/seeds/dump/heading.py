"""The heading of an archive page: which category, tag or author its posts are filed under."""

import re
from itertools import pairwise

from aggregator.core.seeds.lines import fold, width

_KINDS = (
    r"category|tag|topic|section|label|keyword|kategorie|schlagwort|rubrik|thema|"
    r"catégorie|étiquette|mot-clé|mot-clef|rubrique|thème|categoría|etiqueta|tema|sección|"
    r"categoria|marcador|etichetta|categorie|"
    r"рубрика|категория|метка|тег|тема|раздел|카테고리|분류|태그|키워드|التصنيف|تصنيف|"
    r"الوسم|وسم|القسم|قسم|分类|标签|カテゴリー?|タグ"
)
_QUOTED = r"[\s:“”\"'‘’«»]*(?P<label>[^“”\"«»]+?)[\s“”\"'‘’«»]*"
_TAIL = r"(?:\s*[’'\"”»]?\s*(?:category|tag|archives?|topic))?"
LABEL_HEADINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\W*(?:{_KINDS})\s*[:：|–—-]\s*{_QUOTED}$",
        (
            rf"^\W*(?:{_KINDS})[\s-]*(?:archives?|archiv|results)(?!\w)\s*(?:for|für|of)?\s*[:：|"
            rf"–—-]?\s*{_QUOTED}$"
        ),
        (
            rf"^\W*(?:archives?|archiv)\s+(?:for|of|by)\s+(?:the\s+)?(?:category|tag|topic)\s*[:|"
            rf"–—-]?\s*{_QUOTED}$"
        ),
        (
            r"^\W*(?:archives?|entries|posts|stories|articles)\s+(?:for|of|in|"
            r"from)\s+the\s+[“\"'‘’]?(?P<label>.+?)[”\"'’]?\s+(?:category|tag|section|topic)\W*$"
        ),
        (
            rf"^\W*(?:all\s+)?(?:posts?|entries|articles|stories|items|news)\s+(?:tagged|labell?ed|"
            rf"filed|categori[sz]ed|archived)(?:\s+(?:with|as|under|in|by))*\s*[:|"
            rf"–—-]?\s*{_QUOTED}{_TAIL}$"
        ),
        rf"^\W*(?:posted|filed)\s+(?:in|under)\s*[:|–—-]\s*{_QUOTED}$",
        (
            rf"^\W*(?:browsing|browse|viewing|showing|you are (?:currently )?browsing)(?:\s+(?:the|"
            rf"posts|entries|all|category|tag|archives?|in|for|tagged|from|results))*\s*[:|"
            rf"–—-]?\s*{_QUOTED}{_TAIL}$"
        ),
        (
            rf"^\W*(?:archives? (?:de|par|pour) (?:la )?(?:catégorie|étiquette|mots?[- ]clés?|"
            rf"mots?[- ]clefs?|rubrique)|archivo (?:de|por) (?:la )?(?:categoría|etiqueta)|"
            rf"archivos? (?:de|por)|(?:kategorie|schlagwort|schlagwörter)[- ]archive?|"
            rf"archiv der kategorie|archivio (?:per|della) (?:la )?categoria|архив (?:рубрики|"
            rf"метки|категории)|записи с меткой|beiträge (?:mit|unter|zum) (?:dem )?(?:schlagwort|"
            rf"tag)?)\s*[:|–—-]?\s*{_QUOTED}$"
        ),
        rf"^\W*archives?\s+(?:for|of)\s*[:|–—-]?\s*[‘’'“\"]{_QUOTED}{_TAIL}$",
    )
)
AUTHOR_HEADING = re.compile(
    (
        r"^\W*(?:author(?:\s+archives?)?|autor(?:en)?(?:-?archiv)?|auteur|"
        r"автор)\s*[:：]\s*(?P<label>.+?)\W*$|^\W*(?:all\s+)?(?:posts|articles|stories|"
        r"entries)\s+by\s*:?\s*(?P<by>.+?)\W*$"
    ),
    re.IGNORECASE,
)
ARCHIVE_FOR = re.compile(
    r"^\W*(?:archives?|archiv|posts|entries)\s+(?:for|für|of|from)\s*[:|–—-]?\s*(?P<label>.+?)\W*$",
    re.IGNORECASE,
)
_TIME_SPAN = re.compile(
    r"(?:19|20)\d\d\W*$|^\d", re.IGNORECASE
)  # "Archive for January 2019" names no category
CRUMB = re.compile(r"\s*(?:>|»|›|→|::)\s*|\s+[/\\|]\s+")
ROOTS = frozenset(
    (
        "home|homepage|start|startseite|accueil|inicio|início|home page|главная|홈|الرئيسية|"
        "首页|ホーム|category|categories|tag|tags|blog|blogs|archive|archives|topics|topic|"
        "articles|article|you are here|you are here: home|you are at: home|current page|"
        "index|main|front page|portada|section|sections|home icon"
    ).split("|")
)


# A heading on two lines: "Browsing Category", and below it the category.
ALONE = re.compile(
    (
        rf"^\W*(?:(?:browsing|browse|all|posts|articles|filed|in|under|the|archives?|by|for|"
        rf"current)\s+)*(?:{_KINDS})(?:\s+(?:archives?|archiv|results))?\W*$"
    ),
    re.IGNORECASE,
)


def page_labels(lines: list[str], labelled: bool = False) -> tuple[tuple[str, ...], str | None]:
    """Return the categories and the author that the lines over the first headline name for the whole page.

    Where posts are `labelled` themselves, a breadcrumb that a menu has as well is only the way to the page.
    """
    above = [text for text in lines if width(text) <= 160]
    headings = [label for text in above if (label := heading_label(text))]
    headings += [
        label for a, b in pairwise(above) if ALONE.match(a) and len(b.split()) <= 4 and (label := _label(b))
    ]
    author = next((m["label"] or m["by"] for text in above if (m := AUTHOR_HEADING.match(text))), None)
    if headings:
        return (headings[-1],), author
    crumbs = next((found for text in reversed(above) if (found := breadcrumb(text))), ())
    if labelled and any(_is_in_menu(crumb, above) for crumb in crumbs[-1:]):
        return (), author
    return tuple(heading_label(crumb) or crumb for crumb in crumbs[-1:]), author


def _is_in_menu(crumb: str, lines: list[str]) -> bool:
    others = (f" {fold(text)} " for text in lines if not breadcrumb(text))
    return any(f" {fold(crumb)} " in text for text in others)


def heading_label(text: str) -> str | None:
    """Return the category that an archive page's heading names."""
    for pattern in LABEL_HEADINGS:
        if match := pattern.match(text):
            return _label(match["label"])
    match = ARCHIVE_FOR.match(text)
    return _label(match["label"]) if match and not _TIME_SPAN.search(match["label"]) else None


def _label(raw: str) -> str | None:
    label = re.split(r"\s+[|–—]\s+|\s+-\s+(?=[A-Z])|\s*[|•]\s*|\s*\(?\bpage \d+\b", raw)[
        0
    ]  # "Category: X | Site"
    label = re.sub(r"\s*\(\d+\)$", "", label).strip(" .,:'’‘\"")
    return label if label and width(label) <= 80 and fold(label) not in ROOTS else None


def breadcrumb(text: str) -> tuple[str, ...]:
    """Return the sections of a breadcrumb ("Home > World > Asia") without its root; none where it is none."""
    text = re.sub(
        (
            r"^\W*(?:you are (?:here|at)|sie sind hier|vous êtes ici|estás aquí|вы здесь|현재위치|"
            r"أنت هنا)\s*[:：]?\s*"
        ),
        "",
        text,
        flags=re.IGNORECASE,
    )
    parts = [part.strip() for part in CRUMB.split(text) if part.strip()]
    # The separator of menus is no breadcrumb's: what points on does.
    if len(parts) < 2 or (
        not re.search(r"\w\W*(?:[>»›→]|::)\W*\w", text) and not (fold(parts[0]) in ROOTS and "/" in text)
    ):
        return ()
    if fold(parts[0]) not in ROOTS and not all(len(part.split()) <= 4 for part in parts):
        return ()
    return tuple(part for part in parts if fold(part) not in ROOTS)
