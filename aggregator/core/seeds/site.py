"""The site's own name, where a page states it: who published what no line says another source of."""

import re

from aggregator.core.seeds.credit import copyright_owner
from aggregator.core.seeds.dump.heading import ALONE, breadcrumb, heading_label
from aggregator.core.seeds.dump.page import Page
from aggregator.core.seeds.lines import is_capitals, title_case_share, width, words
from aggregator.core.seeds.names import PAPER, is_lone_person
from aggregator.core.seeds.vocabulary import Furniture

TOP = 3  # lines in which a masthead stands
MAX_WORDS = 6  # of a site's name
SMALL = frozenset("of the and de del la las los el da do das dos du des von der die das und van di".split())
MAX_COLUMNS = 50
_NAME = rf"(?P<name>[^\W_][^|«»:•·]{{1,{MAX_COLUMNS}}}?)"
STATED = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^(?i:subscribe to|abonnez-vous à|suscríbete a|подписаться на) {_NAME}\W*$",
        rf"^{_NAME}[\s,.|·•–—-]*\b(?i:(?:is )?(?:proudly )?powered by|läuft mit|fièrement propulsé par)\b",
    )
)
TITLE_BAR = re.compile(rf"^(?P<head>.{{3,80}}?)\s+(?:\||–|—|-|«|»|::|•|·)\s+{_NAME}$")
TAGLINE = re.compile(rf"^{_NAME}\s+(?:[-–—|])\s+(?:[^\W\d_A-Z]|(?:The|A|An|Your) )")
# What begins a section's heading and no site's name; what is in a name of a diary or paper.
HEADING = re.compile(
    r"^(?:latest|recent|all|archives?|posts?|articles?|entries|results|browsing|news|"
    r"updates?|stories|neueste|alle|aktuelle\w*|derniers?|dernières|tous|últim\w+|todas?|"
    r"все|последние|more|our|my|your|the latest|rss|email|e-mail|feed|comments?|me|us|category|tag|"
    r"proudly|site|website|theme|built|hosted|content|blogger|wordpress)\b",
    re.IGNORECASE,
)
DIARY = re.compile(
    r"\b(?:(?:web)?log|blog|diary|notes|notebook|watch|digest|dispatch|review|letter|chronicles?|"
    r"ledger|gazette|tagebuch|notizen|carnet|cuaderno|caderno|quaderno|günlük|дневник|блог)\b",
    re.IGNORECASE,
)


def archive_site(page: Page, first: int) -> str | None:
    """Return the name of an archive's site, whose first post begins at line `first`."""
    return own_name(page, first) or _stated(page) or _title_bar(page, first) or _masthead(page, first)


def article_site(page: Page, first: int) -> str | None:
    """Return the name that an article's page states outside its headline at line `first`."""
    tagged = TAGLINE.match(page.text(0)) if first > 1 and page.kinds[1] is not None else None
    name = tagged["name"] if tagged else ""
    return _stated(page) or (name if is_name(name) else None) or _over_menu(page, first)


def _over_menu(page: Page, first: int) -> str | None:
    """Return the name of several words that is the page's first line of its own, over a menu."""
    index = next((i for i in range(min(WITHIN, first)) if page.is_free(i)), None)
    if index is None or index + 1 >= first or not is_name(page.text(index)):
        return None
    text, below = page.text(index), page.text(index + 1)
    over = page.kinds[index + 1] is not None or breadcrumb(below)
    several = len(text.split()) >= 2 and not is_lone_person(text)
    return text if over and several else None


COMPANY = re.compile(
    r"\b(?:group|media|verlag\w*|gmbh|ag|kg|inc|ltd|limited|llc|plc|corp\w*|company|holdings?|publish\w+|"
    r"publications|grupo|groupe|gruppo|editora|editorial|corporación|medien\w*|mediengruppe|sas|spa|srl|"
    r"newspapers?|co-?operative|co-?op|trust|foundation|association|society|cooperativa|coopérative|"
    r"genossenschaft|stiftung|verein|fundación|fondation|asociación|association|éditions|edizioni|ediciones|"
    r"communications|enterprises|издательств\w*|ооо|зао|ао|ано|фонд)\b|社$|株式会社|有限公司|주식회사|\(주\)",
    re.IGNORECASE,
)
ELIDED = re.compile(r"^(?:[dl]|un|dell|all|nell|sull)['’]")
MOTTO_LARGE = 0.7  # share of words written large from which it is no motto
MOTTO = 3  # words; a shorter part behind a bar may be the site's name
ELIDED = re.compile(r"^(?:[dl]|un|dell|all|nell|sull)['’]")
MOTTO_LARGE = 0.7  # share of words written large from which it is no motto
MOTTO = 3  # words; a shorter part behind a bar may be the site's name
BAR = re.compile(rf"^{_NAME}\s+(?:[|–—·•]|-|::)\s+\S")
WITHIN = 16  # lines at the top in which a paper's name may stand


def own_name(page: Page, first: int) -> str | None:
    """Return whom the copyright line names; the paper at the top that shares its name goes first."""
    name = owner(page)
    if name is None:
        return None
    if is_lone_person(name) and not COMPANY.search(name):  # a newsletter's writer
        return _over_menu(page, first) or name
    tops = (_head_of(page.text(i)) for i in range(min(WITHIN, first)) if page.is_free(i))
    return next((text for text in tops if is_name(text) and _is_kin(text, name)), name)


def _head_of(text: str) -> str:
    """Return a line without the motto behind a bar: "The Bay Paper | News of the coast"."""
    match = BAR.match(text)
    return match["name"] if match else text


def _before_motto(text: str) -> str:
    """Return the name of a line that is a name, a bar and a motto; a motto is longer and written small."""
    head = _head_of(text)
    rest = text[len(head) :]
    return head if len(words(rest)) >= MOTTO and title_case_share(rest) < MOTTO_LARGE else text


def _is_kin(paper: str, owner: str) -> bool:
    """Tell whether a paper is an owner's: it shares a company's name, or is all of the owner's name."""
    its, whole = _telling(paper), _telling(owner)
    if COMPANY.search(owner) and {word for word in its & _telling(COMPANY.sub(" ", owner)) if len(word) >= 4}:
        return True
    return bool(its) and (its == whole or (len(its) >= 2 and its < whole))


def _telling(name: str) -> set[str]:
    bare = (ELIDED.sub("", word) for word in map(str.casefold, words(name)))
    return {word for word in bare if word not in SMALL}


def owner(page: Page) -> str | None:
    """Return whom the page's copyright line names."""
    owners = (copyright_owner(page.text(i)) for i in range(len(page)) if page.kinds[i] is Furniture.COPYRIGHT)
    return next((name for name in owners if name), None)


def is_name(text: str) -> bool:
    """Tell whether a text has the form of a site's name: few words, written large, and no heading."""
    tokens = [token for token in re.split(r"[\s&+/-]+", text) if token]
    if not tokens or len(tokens) > MAX_WORDS or width(text) > MAX_COLUMNS or HEADING.match(text):
        return False
    if re.search(r"[.!?…:;|>]$|\d{3}|[?!:|>°℃℉]", text) or ALONE.match(text) or heading_label(text):
        return False
    tokens = [re.sub("^[dlDL]['’]", "", token) or token for token in tokens if token not in SMALL] or tokens
    large = sum(token[0].isupper() or not token[0].isascii() for token in tokens)
    return (
        not breadcrumb(text) and (text[0].isupper() or not text[0].isascii()) and large >= 0.6 * len(tokens)
    )


def _stated(page: Page) -> str | None:
    matches = (pattern.match(line.text[:160]) for line in page.lines for pattern in STATED)
    found = (match["name"].strip(" ,.-–—") for match in matches if match)
    return next((name for name in found if is_name(name)), None)


def _title_bar(page: Page, first: int) -> str | None:
    """Return the site of a browser's title: "Category: Ferries | Harbour Notes"."""
    bars = (TITLE_BAR.match(page.text(i)[:160]) for i in range(first))
    found = (bar["name"] for bar in bars if bar and heading_label(bar["head"]))
    return next((name for name in found if is_name(name)), None)


def _masthead(page: Page, first: int) -> str | None:
    """Return the name at the top of the page: over a motto, a menu or a heading, or a diary's by its word."""
    index = next((i for i in range(min(TOP, first)) if page.is_free(i)), None)
    if index is None:
        return None
    text, below = _before_motto(page.text(index)), index + 1
    if not is_name(text):
        return None
    introduced = below < first and page.metas[below] is None and not page.prose[below]
    return text if introduced or is_capitals(text) or PAPER.search(text) or DIARY.search(text) else None
