"""The site's name as a saved page shows it: by the browser's title, the feed's, the logo, the owner."""

import re

from lxml import html

from aggregator.core.seeds import dates
from aggregator.core.seeds.credit import copyright_owner
from aggregator.core.seeds.dump.heading import heading_label
from aggregator.core.seeds.html.blocks import path_of
from aggregator.core.seeds.html.tree import names, one_line
from aggregator.core.seeds.lines import fold, width
from aggregator.core.seeds.site import is_name

GENERIC = re.compile(
    r"^(?:print(?:er)?(?:[ -]friendly)?(?: (?:version|page))?|(?:front|main|start) ?page|"
    r"startseite|accueil|inicio|portada|início|article|news|home(?: ?page)?|nyhet|untitled|"
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
_MONTHS = "|".join(sorted(map(re.escape, dates.MONTHS), key=len, reverse=True))
SPAN = re.compile(  # "May 2016", "3 de mayo", "Page 2": a part of a title that names no site
    rf"(?:(?:{_MONTHS}|(?:19|20)\d\d|[0-3]?\d|page \d+|de)\.?(?:[\s,]+|$))+", re.IGNORECASE
)
ARCHIVE = re.compile(
    r"^(?:(?:monthly|daily|yearly|category|tag|author) )?archiv(?:es?|o|os|io|i|)\b|^архив|^아카이브|^أرشيف|"
    r"^(?:存档|归档|アーカイブ)",
    re.IGNORECASE,
)
FRONT = re.compile(r"^(?:\./|/)?(?:index|default|home|main|welcome)\.\w{2,5}$", re.IGNORECASE)
PARTS = re.compile(r"\s+[|–—\-»«›•·]+\s+|\s*[|｜_：»:]+\s*")  # of a browser's title


def site_name(tree: html.HtmlElement, title: str) -> str | None:
    """Return the site's name as the browser's title, the feed's, the logo or the owner's line shows it."""
    return (
        _from_browser(tree, title)
        or _from_archive(tree)
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


def _from_archive(tree: html.HtmlElement) -> str | None:
    """Return the last part of a browser's title whose others name a month or a category."""
    *others, last = [part for part in PARTS.split(browser_title(tree)) if part.strip()] or [""]
    told = any(SPAN.fullmatch(part.strip()) or ARCHIVE.match(part) or heading_label(part) for part in others)
    return _named(last) if told else None


def _named(text: str) -> str | None:
    name = text.strip(" |:：_–—-»«›•·/｜")
    return name if 2 <= width(name) <= 60 and len(name.split()) <= 8 and not _is_generic(name) else None


def _is_generic(name: str) -> bool:
    """Tell whether a text names no site: a page of any site is called so, or a month, or a year."""
    return bool(GENERIC.match(name) or SPAN.fullmatch(name))


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
    """Return the browser's title where it is a name, and the headline is another.

    A listing has no headline: there one word ("Nachrichten") may name the list.
    """
    browser = browser_title(tree)
    is_other = fold(browser) != fold(title) and (bool(title) or " " in browser)
    return browser if is_other and is_name(browser) and not GENERIC.match(browser) else None


def _from_copyright(tree: html.HtmlElement) -> str | None:
    texts = tree.xpath("//text()[contains(., '©') or contains(., 'opyright') or contains(., 'ⓒ')]")
    lines = (" ".join(text.split())[:200] for text in texts[:10])
    return next((name for line in lines if (name := copyright_owner(line)) and is_name(name)), None)


def home_link(element: html.HtmlElement) -> bool:
    """Tell whether a link leads to the site's front page."""
    address = element.get("href") or "#"
    return path_of(address) in {"", "/"} or FRONT.match(address.strip()) is not None
